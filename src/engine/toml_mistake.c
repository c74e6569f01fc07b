/* Why a text is not TOML. The parser would say that it is not, but seldom where: its error covers what it could make no sense of,
 * which begins early and ends late; and it takes minutes for a megabyte of `"x" = "x" = ...`. This goes over the text first,
 * knows the shapes only, and stops at the first surprise. */
#include "engine/toml.h"

enum { DEPTH_MOST = 64 };

typedef struct Look {
    Str text;
    uint32_t at;
    const char *why; /* what is wrong at `at`; NULL so far */
} Look;

static char ahead(const Look *look)
{
    return look->at < look->text.n ? look->text.p[look->at] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_key_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
}

static bool is_line_end(const Look *look)
{
    char c = ahead(look);
    return look->at >= look->text.n || c == '\n' || c == '\r';
}

static void skip_comment(Look *look)
{
    if (ahead(look) == '#')
        while (!is_line_end(look))
            look->at++;
}

static void skip_blanks(Look *look)
{
    while (ahead(look) == ' ' || ahead(look) == '\t')
        look->at++;
}

/* Blanks, comments and line ends. */
static void skip_lines(Look *look)
{
    for (;;) {
        skip_blanks(look);
        skip_comment(look);
        if (ahead(look) != '\n' && ahead(look) != '\r')
            return;
        look->at++;
    }
}

static bool fail(Look *look, const char *why)
{
    look->why = why;
    return false;
}

/* A mistake that shows where something began. */
static bool fail_back(Look *look, uint32_t begin, const char *why)
{
    look->at = begin;
    return fail(look, why);
}

static bool look_at_string(Look *look)
{
    uint32_t begin = look->at;
    char quote = ahead(look);
    Str three = { quote == '"' ? "\"\"\"" : "'''", 3 };
    bool is_long = str_starts(str_slice(look->text, begin, look->text.n), three);
    look->at += is_long ? 3 : 1;
    while (look->at < look->text.n) {
        char c = ahead(look);
        if (!is_long && is_line_end(look))
            break;
        if (quote == '"' && c == '\\') {
            look->at++;
            if (!strchr(is_long ? "btnfruU\"\\ \t\r\n" : "btnfruU\"\\", ahead(look)))
                return fail_back(
                    look, look->at - 1, "there is no such escape; a path is best written in single quotes");
            look->at++;
        } else if (is_long ? str_starts(str_slice(look->text, look->at, look->text.n), three) : c == quote) {
            look->at += is_long ? 3 : 1;
            while (is_long && ahead(look) == quote)
                look->at++;
            return true;
        } else {
            look->at++;
        }
    }
    return fail_back(look, begin, "the string is never closed");
}

static bool look_at_key(Look *look)
{
    for (;;) {
        skip_blanks(look);
        if (ahead(look) == '"' || ahead(look) == '\'') {
            if (!look_at_string(look))
                return false;
        } else {
            uint32_t begin = look->at;
            while (is_key_byte(ahead(look)))
                look->at++;
            if (look->at == begin)
                return fail(look, "expected a key");
        }
        skip_blanks(look);
        if (ahead(look) != '.')
            return true;
        look->at++;
    }
}

/* true, 17, 1e5, 2024-01-01: whatever holds no quotes. */
static bool look_at_word(Look *look)
{
    uint32_t begin = look->at;
    while (look->at < look->text.n && (is_key_byte(ahead(look)) || strchr("+.:", ahead(look))))
        look->at++;
    Str word = str_slice(look->text, begin, look->at);
    if (!word.n)
        return fail(look, "expected a value");
    bool is_number = is_digit(word.p[0]) || word.p[0] == '+' || word.p[0] == '-';
    bool is_date = word.n == 10 && word.p[4] == '-' && is_digit(word.p[0]);
    if (is_date && ahead(look) == ' ' && look->at + 1 < look->text.n && is_digit(look->text.p[look->at + 1])) {
        look->at++; /* its time, behind a blank */
        while (is_key_byte(ahead(look)) || ahead(look) == '.' || ahead(look) == ':' || ahead(look) == '+')
            look->at++;
    }
    if (is_number || str_is(word, "true") || str_is(word, "false") || str_is(word, "inf") || str_is(word, "nan"))
        return true;
    return fail_back(look, begin, "a string needs quotes");
}

static bool look_at_equals(Look *look)
{
    if (!look_at_key(look))
        return false;
    if (ahead(look) != '=')
        return fail(look, "expected `=`");
    look->at++;
    skip_blanks(look);
    return true;
}

/* A value with all that is in it. `open` are the brackets around the current place. */
static bool look_at_value(Look *look)
{
    char open[DEPTH_MOST];
    int depth = 0;
    for (;;) {
        char c = ahead(look);
        if (c == '[' || c == '{') {
            if (depth == DEPTH_MOST)
                return fail(look, "values are nested too deep");
            open[depth++] = c == '[' ? ']' : '}';
            look->at++;
            c == '[' ? skip_lines(look) : skip_blanks(look);
            if (ahead(look) != open[depth - 1]) {
                if (c == '{' && !look_at_equals(look))
                    return false;
                continue;
            }
        } else if (c == '"' || c == '\'' ? !look_at_string(look) : !look_at_word(look)) {
            return false;
        }
        for (;;) {
            if (!depth)
                return true;
            bool is_array = open[depth - 1] == ']';
            is_array ? skip_lines(look) : skip_blanks(look);
            if (ahead(look) == open[depth - 1]) {
                look->at++;
                depth--;
                continue;
            }
            if (ahead(look) != ',')
                return fail(look, is_array ? "expected `,` or `]`" : "expected `,` or `}` on the same line");
            look->at++;
            is_array ? skip_lines(look) : skip_blanks(look);
            if (is_array && ahead(look) == ']')
                continue;
            if (!is_array && !look_at_equals(look))
                return false;
            break;
        }
    }
}

static bool look_at_header(Look *look)
{
    bool is_array = look->at + 1 < look->text.n && look->text.p[look->at + 1] == '[';
    look->at += is_array ? 2 : 1;
    if (!look_at_key(look))
        return false;
    if (!str_starts(str_slice(look->text, look->at, look->text.n), is_array ? STR("]]") : STR("]")))
        return fail(look, is_array ? "expected `]]`" : "expected `]`");
    look->at += is_array ? 2 : 1;
    return true;
}

const char *toml_mistake(Str text, uint32_t *at)
{
    Look look = { .text = text };
    for (;;) {
        skip_lines(&look);
        if (look.at >= text.n)
            return NULL;
        bool is_good = ahead(&look) == '[' ? look_at_header(&look) : look_at_equals(&look) && look_at_value(&look);
        if (is_good) {
            skip_blanks(&look);
            skip_comment(&look);
            if (!is_line_end(&look))
                is_good = fail(&look, "expected the end of the line");
        }
        if (!is_good) {
            *at = look.at;
            return look.why;
        }
    }
}
