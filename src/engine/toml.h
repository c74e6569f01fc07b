/* TOML 1.0 into a tree of values, each with its place, so that a message about a setting can point at it. */
#ifndef AWRY_ENGINE_TOML_H
#define AWRY_ENGINE_TOML_H

#include "base/map.h"
#include "python/scan.h"

typedef enum TomlKind {
    TOML_TABLE,
    TOML_ARRAY,
    TOML_STRING,
    TOML_INTEGER,
    TOML_FLOAT,
    TOML_BOOLEAN,
    TOML_TIME, /* dates and times; `text` as written */
} TomlKind;

typedef struct TomlValue {
    TomlKind kind;
    Place at; /* of the value; of a table its header, or the key that made it */
    Str key;  /* in its table; empty in an array */
    Place key_at;
    Str text; /* of a string, without quotes and escapes */
    int64_t integer;
    double number; /* of an integer too */
    bool boolean;
    struct TomlValue *first, *last, *next; /* what a table or array holds, in order; the next one beside it */
    Map map;                               /* of a table: its values by key */
    unsigned how;                          /* how a table came to be; the reader's business */
} TomlValue;

typedef struct TomlError {
    Place at;
    Str message;
} TomlError;

/* The top table; NULL with *error filled in when the text is not TOML. Everything in the arena; no pointer into `text`.
 * tree_setup must have been called. Linear in time; nesting is limited to 64 levels. */
TomlValue *toml_parse(Arena *arena, Str text, TomlError *error);

/* What is wrong with the shape of a text, and the byte at which it shows; NULL: nothing, which is not to say that it is TOML. */
const char *toml_mistake(Str text, uint32_t *at);

/* The value at a dotted path of bare keys ("tool.awry"); NULL when there is none. */
TomlValue *toml_find(const TomlValue *table, const char *path);

/* "a string", "an array", ... for messages. */
const char *toml_kind_name(TomlKind kind);

#endif
