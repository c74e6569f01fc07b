/* Editable installs that setuptools makes with a finder: a module __editable___NAME_VERSION_finder.py with two literals,
 *
 *     MAPPING: dict[str, str] = {'shop': '/srv/shop/src/shop'}
 *     NAMESPACES: dict[str, list[str]] = {'acme': ['/srv/acme/src/acme']}
 *
 * which are read as text. They are what repr() gives for strings, lists and dictionaries, so nothing else is understood. */
#include "engine/environment_internal.h"
#include "port/io.h"

typedef struct Reader {
    Arena *arena;
    Str text;
    uint32_t at;
} Reader;

static char peek(const Reader *reader)
{
    return reader->at < reader->text.n ? reader->text.p[reader->at] : '\0';
}

static bool take(Reader *reader, char c)
{
    while (reader->at < reader->text.n && strchr(" \t\r\n", peek(reader)) && peek(reader))
        reader->at++;
    if (peek(reader) != c)
        return false;
    reader->at++;
    return true;
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Behind `\x`, `\u`, `\U`: `count` digits, as UTF-8 at `out`. 0: half of one, or nothing that a path can hold. */
static uint32_t read_code(Reader *reader, int count, char *out)
{
    uint32_t code = 0;
    for (; count > 0; count--) {
        int digit = digit_of(peek(reader));
        if (digit < 0)
            return 0;
        code = code << 4 | (uint32_t)digit;
        reader->at++;
    }
    if (!code || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return 0;
    uint32_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char heads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (uint32_t i = n; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(heads[n] | code);
    return n;
}

/* The sequence behind a backslash; at most as long as it is written. */
static uint32_t read_escape(Reader *reader, char *out)
{
    static const char letters[] = "ntr", meant[] = "\n\t\r";
    char c = peek(reader);
    reader->at++;
    if (c == 'x' || c == 'u' || c == 'U')
        return read_code(reader, c == 'x' ? 2 : c == 'u' ? 4 : 8, out);
    const char *letter = c ? strchr(letters, c) : NULL;
    out[0] = letter ? meant[letter - letters] : c;
    return c == '\\' || c == '\'' || c == '"' || letter ? 1 : 0;
}

/* False: there is none here. */
static bool read_string(Reader *reader, Str *string)
{
    char quote = take(reader, '\'') ? '\'' : take(reader, '"') ? '"' : '\0';
    uint32_t end = reader->at;
    while (quote && end < reader->text.n && reader->text.p[end] != quote && reader->text.p[end] != '\n')
        end += reader->text.p[end] == '\\' ? 2 : 1;
    if (!quote || end >= reader->text.n || reader->text.p[end] != quote)
        return false;
    char *out = arena_alloc_raw(reader->arena, (size_t)(end - reader->at) + 1);
    uint32_t n = 0;
    while (reader->at < end) {
        char c = reader->text.p[reader->at++];
        uint32_t more = 1;
        if (c == '\\')
            more = read_escape(reader, out + n);
        else
            out[n] = c;
        if (!more || !out[n])
            return false;
        n += more;
    }
    reader->at = end + 1;
    out[n] = '\0';
    *string = (Str){ out, n };
    return n > 0;
}

static void add(Environment *environment, Str name, Str path, bool is_namespace)
{
    if (path.p[0] == '/' && environment->mappings.count < MAPPINGS_MOST)
        *array_push(&environment->own, &environment->mappings) = (Mapping){ name, path, is_namespace };
}

/* The value of a key: a path, or a list of them. False: something else. */
static bool read_value(Environment *environment, Reader *reader, Str name, bool is_namespace)
{
    Str path;
    if (!is_namespace) {
        bool is_path = read_string(reader, &path);
        if (is_path)
            add(environment, name, path, false);
        return is_path;
    }
    if (!take(reader, '['))
        return false;
    while (!take(reader, ']')) {
        if (!read_string(reader, &path))
            return false;
        add(environment, name, path, true);
        if (!take(reader, ',') && peek(reader) != ']')
            return false;
    }
    return true;
}

static void read_dictionary(Environment *environment, Reader *reader, bool is_namespace)
{
    Str name;
    if (!take(reader, '{'))
        return;
    while (read_string(reader, &name) && take(reader, ':') && read_value(environment, reader, name, is_namespace) &&
           take(reader, ','))
        continue;
}

/* `NAME = {` or `NAME: annotation = {` at the beginning of a line. */
static void read_assignment(Environment *environment, Str line_on, Str variable, bool is_namespace)
{
    if (!str_starts(line_on, variable))
        return;
    Str rest = str_slice(line_on, variable.n, line_on.n);
    if (!rest.n || !strchr(": =", rest.p[0]) || !rest.p[0])
        return;
    Str line = str_slice(rest, 0, str_find(rest, '\n'));
    uint32_t equals = str_find(line, '=');
    if (equals == line.n)
        return;
    Reader reader = { &environment->own, rest, equals + 1 };
    read_dictionary(environment, &reader, is_namespace);
}

static void read_finder(Environment *environment, Str path)
{
    Str text;
    uint64_t size;
    if (io_read_file(&environment->scratch, path.p, true, FINDER_SIZE_MOST, &text, &size) != READ_OK)
        return;
    while (text.n) {
        read_assignment(environment, text, STR("MAPPING"), false);
        read_assignment(environment, text, STR("NAMESPACES"), true);
        uint32_t end = str_find(text, '\n');
        text = str_slice(text, end < text.n ? end + 1 : end, text.n);
    }
}

void editable_read(Environment *environment, Str root)
{
    Paths names = listing_names(environment, listing_of(environment, root), STR("_finder.py"));
    for (uint32_t i = 0; i < names.count; i++)
        if (str_starts(names.items[i], STR("__editable__")))
            read_finder(environment, path_in(&environment->scratch, root, names.items[i]));
}
