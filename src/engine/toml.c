/* The grammar knows the shapes; what it does not know is here: keys and tables that are there twice, escapes, numbers. */
#include "engine/toml.h"

#include <setjmp.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

#include "base/text.h"
#include "port/threads.h"
#include "python/tree.h"

const TSLanguage *tree_sitter_toml(void);

enum { DEPTH_MOST = 64, DIGITS_MOST = 128, SECONDS_MOST = 5 };

/* How a table came to be says who may add to it. */
enum {
    BY_PATH = 0, /* on the way of a header: a header of its own may follow */
    BY_HEADER = 1,
    BY_DOTS = 2,     /* by a dotted key: other dotted keys may add to it */
    BY_BRACES = 3,   /* inline: complete */
    BY_BRACKETS = 4, /* an array of [[tables]]; other arrays are complete */
};

typedef struct Reader {
    Arena *arena;
    Str text;
    TomlError *error;
    double deadline;   /* of the parser */
    sigjmp_buf failed; /* the first mistake ends it */
    struct { /* the last place that was counted: a line of a megabyte would cost its length at each of its values */
        uint32_t row, byte, column;
    } counted;
} Reader;

/* ---- Places and mistakes ---- */

static Place place_at(const Reader *reader, uint32_t byte)
{
    Place place = { 1, 1 };
    uint32_t line = 0;
    for (uint32_t i = 0; i < byte && i < reader->text.n; i++) {
        if (reader->text.p[i] == '\n') {
            place.row++;
            line = i + 1;
        }
    }
    place.column += text_length(str_slice(reader->text, line, byte < reader->text.n ? byte : reader->text.n));
    return place;
}

static Place place_of(Reader *reader, TSNode node)
{
    TSPoint point = ts_node_start_point(node);
    uint32_t begin = ts_node_start_byte(node), row = point.row + 1;
    if (reader->counted.row != row)
        reader->counted.row = row, reader->counted.byte = begin - point.column, reader->counted.column = 1;
    if (begin >= reader->counted.byte)
        reader->counted.column += text_length(str_slice(reader->text, reader->counted.byte, begin));
    else
        reader->counted.column -= text_length(str_slice(reader->text, begin, reader->counted.byte));
    reader->counted.byte = begin;
    return (Place){ row, reader->counted.column };
}

static _Noreturn void fail(Reader *reader, Place at, Str message)
{
    *reader->error = (TomlError){ at, message };
    siglongjmp(reader->failed, 1);
}

static Str text_of(const Reader *reader, TSNode node)
{
    return str_slice(reader->text, ts_node_start_byte(node), ts_node_end_byte(node));
}

static bool is_kind(TSNode node, const char *type)
{
    return strcmp(ts_node_type(node), type) == 0;
}

/* ---- What the parser could not read ---- */

static uint32_t first_error(TSNode root)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (;;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        if (ts_node_is_missing(node) || is_kind(node, "ERROR"))
            return ts_node_start_byte(node);
        if (ts_node_has_error(node) && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (!ts_tree_cursor_goto_next_sibling(&cursor))
            if (!ts_tree_cursor_goto_parent(&cursor))
                return 0;
    }
}

static void check_shape(Reader *reader)
{
    uint32_t at = 0;
    const char *why = toml_mistake(reader->text, &at);
    if (why)
        fail(reader, place_at(reader, at), arena_printf(reader->arena, "not valid TOML: %s", why));
}

/* ---- Strings and numbers ---- */

static uint32_t put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    uint32_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (uint32_t i = n; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(lead[n] | code);
    return n;
}

/* The character of an escape behind its backslash; *at is left behind it. */
static uint32_t read_escape(Reader *reader, Str s, uint32_t *at, Place place)
{
    static const char letters[] = "btnfr\"\\", meanings[] = "\b\t\n\f\r\"\\";
    char c = s.p[(*at)++];
    const char *found = strchr(letters, c);
    if (found && c)
        return (unsigned char)meanings[found - letters];
    uint32_t digits = c == 'u' ? 4 : 8;
    char number[16] = "";
    memcpy(number, s.p + *at, digits <= s.n - *at ? digits : s.n - *at);
    *at += digits;
    unsigned long code = strtoul(number, NULL, 16);
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        fail(reader, place, STR("not valid TOML: the escape is no character"));
    return (uint32_t)code;
}

static Str decode(Reader *reader, Str s, Place place)
{
    char *out = arena_alloc(reader->arena, (size_t)s.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s.n;) {
        if (s.p[i] != '\\') {
            out[n++] = s.p[i++];
            continue;
        }
        i++;
        if (strchr(" \t\r\n", s.p[i])) /* a line that goes on */
            while (i < s.n && strchr(" \t\r\n", s.p[i]))
                i++;
        else
            n += put_utf8(out + n, read_escape(reader, s, &i, place));
    }
    return (Str){ out, n };
}

static Str string_text(Reader *reader, TSNode node)
{
    Str s = text_of(reader, node);
    bool is_basic = s.p[0] == '"', is_long = s.n >= 6 && s.p[1] == s.p[0] && s.p[2] == s.p[0];
    uint32_t quotes = is_long ? 3 : 1;
    s = str_slice(s, quotes, s.n - quotes);
    if (is_long && s.n && s.p[0] == '\r')
        s = str_slice(s, 1, s.n);
    if (is_long && s.n && s.p[0] == '\n')
        s = str_slice(s, 1, s.n);
    return is_basic ? decode(reader, s, place_of(reader, node)) : arena_copy(reader->arena, s);
}

static void read_number(Reader *reader, TomlValue *value, Str s)
{
    char digits[DIGITS_MOST];
    uint32_t n = 0;
    for (uint32_t i = 0; i < s.n && n < DIGITS_MOST - 1; i++)
        if (s.p[i] != '_')
            digits[n++] = s.p[i];
    digits[n] = '\0';
    value->number = strtod(digits, NULL);
    if (value->kind == TOML_FLOAT)
        return;
    int base = 10;
    if (n > 2 && digits[0] == '0')
        base = digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : digits[1] == 'b' ? 2 : 10;
    char *end;
    long long number = strtoll(digits + (base == 10 ? 0 : 2), &end, base);
    if (*end || ((number == INT64_MAX || number == INT64_MIN) && n > 2 && value->number != (double)number))
        fail(reader, value->at, STR("not valid TOML: the number is too large"));
    value->integer = number;
    value->number = (double)number;
}

/* ---- Tables ---- */

static TomlValue *add_value(Reader *reader, TomlValue *parent, TomlKind kind, Place at)
{
    TomlValue *value = arena_new(reader->arena, TomlValue);
    *value = (TomlValue){ .kind = kind, .at = at, .key_at = at, .key = STR(""), .text = STR("") };
    map_init(&value->map, reader->arena);
    if (parent) {
        *(parent->first ? &parent->last->next : &parent->first) = value;
        parent->last = value;
    }
    return value;
}

static TomlValue *add_key(Reader *reader, TomlValue *table, Str key, TomlKind kind, Place at)
{
    TomlValue *value = add_value(reader, table, kind, at);
    value->key = key;
    *map_at(&table->map, key) = value;
    return value;
}

typedef struct Key {
    ARRAY(Str) parts;
    ARRAY(Place) places;
} Key;

/* A dotted key is nested to the left: a.b.c is ((a.b).c). */
static Key read_key(Reader *reader, TSNode node)
{
    Key key = { 0 };
    Str parts[DEPTH_MOST];
    Place places[DEPTH_MOST];
    uint32_t count = 0;
    while (is_kind(node, "dotted_key") && count < DEPTH_MOST - 1) {
        TSNode part = ts_node_named_child(node, 1);
        places[count] = place_of(reader, part);
        parts[count++] =
            is_kind(part, "quoted_key") ? string_text(reader, part) : arena_copy(reader->arena, text_of(reader, part));
        node = ts_node_named_child(node, 0);
    }
    if (is_kind(node, "dotted_key"))
        fail(reader, place_of(reader, node), STR("the key has too many parts"));
    places[count] = place_of(reader, node);
    parts[count++] =
        is_kind(node, "quoted_key") ? string_text(reader, node) : arena_copy(reader->arena, text_of(reader, node));
    while (count--) {
        *array_push(reader->arena, &key.parts) = parts[count];
        *array_push(reader->arena, &key.places) = places[count];
    }
    return key;
}

static _Noreturn void fail_twice(Reader *reader, const TomlValue *old, Str key, Place at)
{
    fail(reader, at,
        arena_printf(reader->arena, "`%.*s` is there twice: first on line %u", STR_ARG(key), old->key_at.row));
}

static _Noreturn void fail_not_table(Reader *reader, const TomlValue *old, Str key, Place at)
{
    fail(reader, at,
        arena_printf(reader->arena, "`%.*s` is %s (line %u) and cannot be added to", STR_ARG(key),
            old->how == BY_BRACES ? "complete" : toml_kind_name(old->kind), old->at.row));
}

/* The table of all parts of a header's key but the last. */
static TomlValue *go_to_header(Reader *reader, TomlValue *table, const Key *key)
{
    for (uint32_t i = 0; i + 1 < key->parts.count; i++) {
        TomlValue *next = map_get(&table->map, key->parts.items[i]);
        if (!next)
            next = add_key(reader, table, key->parts.items[i], TOML_TABLE, key->places.items[i]);
        if (next->kind == TOML_ARRAY && next->how == BY_BRACKETS)
            next = next->last;
        if (next->kind != TOML_TABLE || next->how == BY_BRACES)
            fail_not_table(reader, next, key->parts.items[i], key->places.items[i]);
        table = next;
    }
    return table;
}

/* The table that `[key]` or `[[key]]` begins. */
static TomlValue *begin_table(Reader *reader, TomlValue *root, TSNode node)
{
    Key key = read_key(reader, ts_node_named_child(node, 0));
    bool is_array = is_kind(node, "table_array_element");
    TomlValue *table = go_to_header(reader, root, &key);
    uint32_t last = key.parts.count - 1;
    Str name = key.parts.items[last];
    Place at = key.places.items[last];
    TomlValue *old = map_get(&table->map, name);
    if (is_array) {
        if (!old) {
            old = add_key(reader, table, name, TOML_ARRAY, at);
            old->how = BY_BRACKETS;
        }
        if (old->how != BY_BRACKETS)
            fail_twice(reader, old, name, at);
        TomlValue *element = add_value(reader, old, TOML_TABLE, at);
        element->how = BY_HEADER;
        return element;
    }
    if (old && (old->kind != TOML_TABLE || old->how != BY_PATH))
        fail_twice(reader, old, name, at);
    if (!old)
        old = add_key(reader, table, name, TOML_TABLE, at);
    old->how = BY_HEADER;
    return old;
}

/* ---- Values ---- */

static void read_pair(Reader *reader, TomlValue *table, TSNode pair, int depth);

static void read_value(Reader *reader, TomlValue *value, TSNode node, int depth)
{
    value->at = place_of(reader, node);
    if (depth > DEPTH_MOST)
        fail(reader, value->at, STR("values are nested too deep"));
    Str text = text_of(reader, node);
    if (is_kind(node, "string")) {
        value->kind = TOML_STRING;
        value->text = string_text(reader, node);
    } else if (is_kind(node, "integer") || is_kind(node, "float")) {
        value->kind = is_kind(node, "float") ? TOML_FLOAT : TOML_INTEGER;
        read_number(reader, value, text);
    } else if (is_kind(node, "boolean")) {
        value->kind = TOML_BOOLEAN;
        value->boolean = str_is(text, "true");
    } else if (is_kind(node, "array") || is_kind(node, "inline_table")) {
        bool is_array = is_kind(node, "array");
        value->kind = is_array ? TOML_ARRAY : TOML_TABLE;
        value->how = BY_BRACES;
        TSTreeCursor cursor = ts_tree_cursor_new(node);
        for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
             more = ts_tree_cursor_goto_next_sibling(&cursor)) {
            TSNode child = ts_tree_cursor_current_node(&cursor);
            if (!ts_node_is_named(child) || is_kind(child, "comment"))
                continue;
            if (is_array)
                read_value(reader, add_value(reader, value, TOML_STRING, value->at), child, depth + 1);
            else
                read_pair(reader, value, child, depth + 1);
        }
    } else {
        value->kind = TOML_TIME;
        value->text = arena_copy(reader->arena, text);
    }
}

static void read_pair(Reader *reader, TomlValue *table, TSNode pair, int depth)
{
    Key key = read_key(reader, ts_node_named_child(pair, 0));
    for (uint32_t i = 0; i + 1 < key.parts.count; i++) {
        TomlValue *next = map_get(&table->map, key.parts.items[i]);
        if (next && (next->kind != TOML_TABLE || next->how == BY_BRACES))
            fail_not_table(reader, next, key.parts.items[i], key.places.items[i]);
        if (next && next->how == BY_HEADER)
            fail_twice(reader, next, key.parts.items[i], key.places.items[i]);
        if (!next) {
            next = add_key(reader, table, key.parts.items[i], TOML_TABLE, key.places.items[i]);
            next->how = BY_DOTS;
        }
        table = next;
    }
    Str name = key.parts.items[key.parts.count - 1];
    Place at = key.places.items[key.parts.count - 1];
    const TomlValue *old = map_get(&table->map, name);
    if (old)
        fail_twice(reader, old, name, at);
    TomlValue *value = add_key(reader, table, name, TOML_STRING, at);
    read_value(reader, value, ts_node_named_child(pair, 1), depth); /* a comment may follow */
}

static void read_pairs(Reader *reader, TomlValue *table, TSNode parent)
{
    TSTreeCursor cursor = ts_tree_cursor_new(parent);
    for (bool more = ts_tree_cursor_goto_first_child(&cursor); more; more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        if (is_kind(node, "pair"))
            read_pair(reader, table, node, 1);
    }
}

static void read_document(Reader *reader, TomlValue *root, TSNode document)
{
    read_pairs(reader, root, document);
    TSTreeCursor cursor = ts_tree_cursor_new(document);
    for (bool more = ts_tree_cursor_goto_first_child(&cursor); more; more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        if (is_kind(node, "table") || is_kind(node, "table_array_element"))
            read_pairs(reader, begin_table(reader, root, node), node);
    }
}

/* The parser takes NUL for the end, and what is not UTF-8 for anything. */
static void check_bytes(Reader *reader)
{
    uint32_t wrong = text_invalid_utf8(reader->text), nul = str_find(reader->text, '\0');
    if (nul < reader->text.n && nul < wrong)
        fail(reader, place_at(reader, nul), STR("not valid TOML: a NUL character"));
    if (wrong < reader->text.n)
        fail(reader, place_at(reader, wrong), STR("not valid TOML: not UTF-8"));
}

/* ---- Parsing ---- */

static const char *give_text(void *payload, uint32_t at, TSPoint point, uint32_t *n)
{
    (void)point;
    const Reader *reader = payload;
    *n = at < reader->text.n ? reader->text.n - at : 0;
    return *n ? reader->text.p + at : "";
}

/* Where a file is wrong on every line, the parser's search for a way out costs the square of its length. */
static bool should_stop(TSParseState *state)
{
    const Reader *reader = state->payload;
    return clock_wall() > reader->deadline;
}

static TSTree *parse(Reader *reader)
{
    TSParser *parser = ts_parser_new();
    ts_parser_set_language(parser, tree_sitter_toml());
    TSInput input = { .payload = reader, .read = give_text, .encoding = TSInputEncodingUTF8 };
    TSParseOptions options = { .payload = reader, .progress_callback = should_stop };
    reader->deadline = clock_wall() + SECONDS_MOST;
    TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);
    if (!tree)
        fail(reader, (Place){ 1, 1 }, STR("not valid TOML: too much of it makes no sense"));
    return tree;
}

/* All that may fail. */
static void read_all(Reader *reader, TomlValue *root)
{
    check_bytes(reader);
    check_shape(reader);
    TSNode document = ts_tree_root_node(parse(reader));
    if (ts_node_has_error(document))
        fail(reader, place_at(reader, first_error(document)), STR("not valid TOML: this makes no sense"));
    read_document(reader, root, document);
}

static bool has_read(Reader *reader, TomlValue *root)
{
    if (sigsetjmp(reader->failed, 0))
        return false;
    read_all(reader, root);
    return true;
}

TomlValue *toml_parse(Arena *arena, Str text, TomlError *error)
{
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_slice(text, 3, text.n);
    Reader reader = { .arena = arena, .text = text, .error = error };
    Arena scratch; /* of the parser; dropped whole */
    arena_init(&scratch);
    TomlValue *root = add_value(&reader, NULL, TOML_TABLE, (Place){ 1, 1 });
    root->how = BY_HEADER;
    tree_memory(&scratch);
    bool is_good = has_read(&reader, root);
    tree_memory(NULL);
    arena_release(&scratch);
    return is_good ? root : NULL;
}

/* ---- Looking things up ---- */

TomlValue *toml_find(const TomlValue *table, const char *path)
{
    TomlValue *found = NULL;
    for (Str rest = str_of(path); rest.n;) {
        uint32_t dot = str_find(rest, '.');
        if (!table || table->kind != TOML_TABLE)
            return NULL;
        found = map_get(&table->map, str_slice(rest, 0, dot));
        table = found;
        rest = str_slice(rest, dot < rest.n ? dot + 1 : dot, rest.n);
    }
    return found;
}

const char *toml_kind_name(TomlKind kind)
{
    static const char *const names[] = {
        [TOML_TABLE] = "a table",
        [TOML_ARRAY] = "an array",
        [TOML_STRING] = "a string",
        [TOML_INTEGER] = "an integer",
        [TOML_FLOAT] = "a number",
        [TOML_BOOLEAN] = "a boolean",
        [TOML_TIME] = "a time",
    };
    return names[kind];
}
