/* JSON read into a tree of values. Missing members are a value of their own kind, so that a chain needs one check, at its end:
 * json_member(json_member(message, "params"), "textDocument"). Writing is report/write.h's business. */
#ifndef AWRY_LSP_JSON_H
#define AWRY_LSP_JSON_H

#include "base/array.h"

typedef enum JsonKind {
    JSON_MISSING,
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
} JsonKind;

typedef struct JsonValue {
    JsonKind kind;
    double number;
    Str text;                             /* of a string, without quotes and escapes; half a surrogate pair is U+FFFD */
    Str raw;                              /* of a number, as written */
    Str key;                              /* in its object */
    const struct JsonValue *first, *next; /* what an object or array holds, in order; the next one beside it */
} JsonValue;

enum { JSON_DEPTH_MOST = 128 };

/* NULL when the text is no JSON (RFC 8259), is deeper than JSON_DEPTH_MOST or larger than there is room for. Everything in the
 * arena, nothing points into `text`. `scratch` is the parser's memory, to be cleared afterwards. tree_setup must have been
 * called. */
const JsonValue *json_read(Arena *arena, Arena *scratch, Str text);

/* The member of an object; of anything else, or when there is none, a value of kind JSON_MISSING. The last one of a name counts. */
const JsonValue *json_member(const JsonValue *value, const char *key);

/* The same with several names, ended by NULL. */
const JsonValue *json_path(const JsonValue *value, ...) __attribute__((sentinel));

/* A number as far as it fits: what is below 0 is 0, what is no number too. */
uint32_t json_uint(const JsonValue *value);

static inline bool json_is_true(const JsonValue *value)
{
    return value->kind == JSON_TRUE;
}
static inline bool json_is(const JsonValue *value, const char *text)
{
    return value->kind == JSON_STRING && str_is(value->text, text);
}

#endif
