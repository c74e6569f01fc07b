/* The grammar knows the shapes; strings, numbers and what it takes besides JSON are here.
 *
 * The parser never sees a text as it came: strings are read first and left out of it, `{"":"","":[]}`. What an editor sends is nearly all
 * strings, and a megabyte of line ends (an escape each) would cost the parser a second and 80 MB. */
#include "lsp/json.h"

#include <setjmp.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

#include "base/text.h"
#include "port/threads.h"
#include "python/tree.h"

const TSLanguage *tree_sitter_json(void);

enum {
    DIGITS_MOST = 128,
    SECONDS_MOST = 5, /* for the search for a way out of what is no JSON */
};
#define MEMORY_MOST ((size_t)256 << 20) /* of the parser */

typedef struct Reader {
    Arena *arena, *scratch;
    Str text;           /* as it came */
    Str compact;        /* for the parser */
    ARRAY(Str) strings; /* decoded, in order of place */
    uint32_t taken;     /* of the strings, by the walk */
    double deadline;
} Reader;

static const JsonValue missing;

/* ---- Strings and numbers ---- */

static bool read_hex(Str s, uint32_t at, uint32_t *code)
{
    *code = 0;
    if (at + 4 > s.n)
        return false;
    for (uint32_t i = at; i < at + 4; i++) {
        unsigned char c = (unsigned char)s.p[i], letter = c | 0x20;
        if (c >= '0' && c <= '9')
            *code = *code << 4 | (uint32_t)(c - '0');
        else if (letter >= 'a' && letter <= 'f')
            *code = *code << 4 | (uint32_t)(letter - 'a' + 10);
        else
            return false;
    }
    return true;
}

static char *put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

/* The four digits behind `\u`, and those of a second half. *at is behind what was read. */
static bool read_code(Str s, uint32_t *at, uint32_t *code)
{
    if (!read_hex(s, *at, code))
        return false;
    *at += 4;
    if (*code < 0xD800 || *code > 0xDFFF)
        return true;
    uint32_t low;
    bool is_pair = *code < 0xDC00 && *at + 6 <= s.n && s.p[*at] == '\\' && s.p[*at + 1] == 'u' &&
                   read_hex(s, *at + 2, &low) && low >= 0xDC00 && low <= 0xDFFF;
    if (!is_pair) {
        *code = 0xFFFD; /* as long in UTF-16 as the half that it stands for */
        return true;
    }
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    *at += 6;
    return true;
}

static int escaped(char c)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *found = c ? strchr(from, c) : NULL;
    return found ? to[found - from] : -1;
}

/* `s` is between the quotes. No escape is shorter than what it stands for. */
static bool read_string(const Reader *reader, Str s, Str *text)
{
    char *begin = arena_alloc_raw(reader->arena, (size_t)s.n + 1), *out = begin;
    for (uint32_t i = 0; i < s.n;) {
        if ((unsigned char)s.p[i] < 0x20)
            return false;
        if (s.p[i] != '\\') {
            *out++ = s.p[i++];
            continue;
        }
        char kind = i + 1 < s.n ? s.p[i + 1] : '\0';
        i += 2;
        uint32_t code = (uint32_t)escaped(kind);
        if (kind == 'u' ? !read_code(s, &i, &code) : escaped(kind) < 0)
            return false;
        out = put_utf8(out, code);
    }
    *out = '\0';
    *text = (Str){ begin, (uint32_t)(out - begin) };
    return true;
}

static bool read_number(Str s, double *number)
{
    char digits[DIGITS_MOST + 1];
    if (s.n > DIGITS_MOST)
        return false;
    memcpy(digits, s.p, s.n);
    digits[s.n] = '\0';
    char *end;
    *number = strtod(digits, &end);
    return *end == '\0';
}

/* ---- The text without its strings ---- */

static uint32_t string_end(Str text, uint32_t at)
{
    while (at < text.n && text.p[at] != '"')
        at += text.p[at] == '\\' ? 2 : 1;
    return at;
}

/* Outside of strings: brackets that match, and characters that stand in numbers, words and between values. */
static bool is_shape(char c, char *open, uint32_t *depth)
{
    if (c == '{' || c == '[') {
        if (*depth == JSON_DEPTH_MOST)
            return false;
        open[(*depth)++] = c;
        return true;
    }
    if (c == '}' || c == ']')
        return *depth && open[--*depth] == (c == '}' ? '{' : '[');
    return c && strchr(" \t\r\n,:+-.0123456789eEtrufalsn", c);
}

static bool leave_out_strings(Reader *reader)
{
    Str text = reader->text;
    char *out = arena_alloc_raw(reader->scratch, (size_t)text.n + 1), open[JSON_DEPTH_MOST];
    uint32_t n = 0, depth = 0;
    for (uint32_t i = 0; i < text.n; i++) {
        out[n++] = text.p[i];
        if (text.p[i] != '"') {
            if (!is_shape(text.p[i], open, &depth))
                return false;
            continue;
        }
        uint32_t end = string_end(text, i + 1);
        Str string;
        if (end >= text.n || !read_string(reader, str_slice(text, i + 1, end), &string))
            return false;
        *array_push(reader->scratch, &reader->strings) = string;
        out[n++] = '"';
        i = end;
    }
    reader->compact = (Str){ out, n };
    return depth == 0;
}

/* ---- Values ---- */

static JsonKind kind_of(TSNode node)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",
        [JSON_FALSE] = "false",
        [JSON_TRUE] = "true",
        [JSON_NUMBER] = "number",
        [JSON_STRING] = "string",
        [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object",
    };
    const char *type = ts_node_type(node);
    for (unsigned i = JSON_NULL; i <= JSON_OBJECT; i++)
        if (strcmp(type, names[i]) == 0)
            return (JsonKind)i;
    return JSON_MISSING;
}

static Str text_of(const Reader *reader, TSNode node)
{
    return str_slice(reader->compact, ts_node_start_byte(node), ts_node_end_byte(node));
}

static bool read_scalar(Reader *reader, JsonValue *value, TSNode node)
{
    if (value->kind == JSON_STRING)
        value->text = reader->strings.items[reader->taken++];
    if (value->kind != JSON_NUMBER)
        return true;
    value->raw = arena_copy(reader->arena, text_of(reader, node));
    return read_number(value->raw, &value->number);
}

/* What is being read: arrays and objects that are still open. */
typedef struct Level {
    JsonValue *value, *last;
} Level;

static void add_to(Level *level, JsonValue *value)
{
    if (level->last)
        level->last->next = value;
    else
        level->value->first = value;
    level->last = value;
}

/* What the cursor stands at, put into the innermost level; a new level when it holds something. False: no JSON. */
static bool visit(Reader *reader, TSTreeCursor *cursor, Level *levels, uint32_t *depth, Str *key)
{
    TSNode node = ts_tree_cursor_current_node(cursor);
    const char *field = ts_tree_cursor_current_field_name(cursor);
    if (field && strcmp(field, "key") == 0) {
        *key = reader->strings.items[reader->taken++];
        return true;
    }
    if (!ts_node_is_named(node) || strcmp(ts_node_type(node), "pair") == 0)
        return true;
    JsonValue *value = arena_new(reader->arena, JsonValue);
    value->kind = kind_of(node);
    value->key = *key;
    *key = (Str){ "", 0 };
    if (value->kind == JSON_MISSING || !read_scalar(reader, value, node))
        return false;
    add_to(&levels[*depth], value);
    if (value->kind < JSON_ARRAY)
        return true;
    levels[++*depth] = (Level){ value, NULL };
    return true;
}

static bool holds_more(TSNode node)
{
    const char *type = ts_node_type(node);
    return strcmp(type, "object") == 0 || strcmp(type, "array") == 0 || strcmp(type, "pair") == 0;
}

/* Everything below the root in order of place. */
static bool read_all(Reader *reader, TSNode root, JsonValue *document)
{
    Level levels[JSON_DEPTH_MOST + 1] = { { document, NULL } };
    uint32_t depth = 0;
    Str key = { "", 0 };
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    bool more = ts_tree_cursor_goto_first_child(&cursor);
    while (more) {
        if (!visit(reader, &cursor, levels, &depth, &key))
            return false;
        if (holds_more(ts_tree_cursor_current_node(&cursor)) && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (more && !ts_tree_cursor_goto_next_sibling(&cursor)) {
            more = ts_tree_cursor_goto_parent(&cursor) && ts_tree_cursor_current_depth(&cursor) > 0;
            if (more && kind_of(ts_tree_cursor_current_node(&cursor)) >= JSON_ARRAY)
                depth--;
        }
    }
    return document->first && !document->first->next;
}

/* ---- Parsing ---- */

static const char *give_text(void *payload, uint32_t at, TSPoint point, uint32_t *n)
{
    (void)point;
    const Reader *reader = payload;
    *n = at < reader->compact.n ? reader->compact.n - at : 0;
    return *n ? reader->compact.p + at : "";
}

static bool should_stop(TSParseState *state)
{
    const Reader *reader = state->payload;
    return clock_wall() > reader->deadline;
}

static const JsonValue *parse(Reader *reader)
{
    if (!leave_out_strings(reader))
        return NULL;
    TSParser *parser = ts_parser_new();
    ts_parser_set_language(parser, tree_sitter_json());
    TSInput input = { .payload = reader, .read = give_text, .encoding = TSInputEncodingUTF8 };
    TSParseOptions options = { .payload = reader, .progress_callback = should_stop };
    TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);
    if (!tree)
        return NULL;
    TSNode root = ts_tree_root_node(tree);
    JsonValue *document = arena_new(reader->arena, JsonValue);
    return !ts_node_has_error(root) && read_all(reader, root, document) ? document->first : NULL;
}

/* The guard is this frame's, so it goes when the frame does. */
static const JsonValue *parse_within_budget(Reader *reader)
{
    sigjmp_buf guard;
    if (sigsetjmp(guard, 0))
        return NULL;
    arena_guard(reader->scratch, MEMORY_MOST, &guard);
    return parse(reader);
}

const JsonValue *json_read(Arena *arena, Arena *scratch, Str text)
{
    if (text_invalid_utf8(text) < text.n)
        return NULL;
    Reader reader = { .arena = arena, .scratch = scratch, .text = text, .deadline = clock_wall() + SECONDS_MOST };
    tree_memory(scratch);
    const JsonValue *value = parse_within_budget(&reader);
    tree_memory(NULL);
    arena_guard(scratch, 0, NULL);
    return value;
}

/* ---- Looking things up ---- */

const JsonValue *json_member(const JsonValue *value, const char *key)
{
    const JsonValue *found = &missing;
    if (value->kind != JSON_OBJECT)
        return found;
    for (const JsonValue *member = value->first; member; member = member->next)
        if (str_is(member->key, key))
            found = member;
    return found;
}

const JsonValue *json_path(const JsonValue *value, ...)
{
    va_list keys;
    va_start(keys, value);
    for (const char *key = va_arg(keys, const char *); key; key = va_arg(keys, const char *))
        value = json_member(value, key);
    va_end(keys);
    return value;
}

uint32_t json_uint(const JsonValue *value)
{
    if (value->kind != JSON_NUMBER || !(value->number > 0))
        return 0;
    return value->number < UINT32_MAX ? (uint32_t)value->number : UINT32_MAX;
}
