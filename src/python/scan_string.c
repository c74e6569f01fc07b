/* Strings: what is inside them is left out of the compacted text, but for the replacement fields of f- and t-strings,
 * which are code. Of a field `{value!r:>{width}}` the parser gets `{value}{width}`: conversions, `=` and the text of
 * format specifiers are left out, so that `{x:=10}` cannot be taken for a walrus (PEP 701, PEP 750). */
#include "python/scan_internal.h"

unsigned string_prefix(const char *p, uint32_t n)
{
    unsigned flags = STRING_PLAIN;
    char a = (char)(p[0] | 0x20), b = n > 1 ? (char)(p[1] | 0x20) : 0;
    if (n == 1) {
        if (a == 'r')
            return flags | STRING_RAW;
        if (a == 'f' || a == 't')
            return flags | STRING_FORMAT;
        return a == 'b' || a == 'u' ? flags : 0;
    }
    if (n != 2 || (a != 'r' && b != 'r'))
        return 0;
    char other = a == 'r' ? b : a;
    if (other == 'f' || other == 't')
        return flags | STRING_RAW | STRING_FORMAT;
    return other == 'b' ? flags | STRING_RAW : 0;
}

/* A line end that a backslash takes into the string: CR LF counts as one. */
static uint32_t escape_end(const Scanner *s, uint32_t pos)
{
    if (pos + 1 >= s->n)
        return s->n;
    return s->text[pos + 1] == '\r' && pos + 2 < s->n && s->text[pos + 2] == '\n' ? pos + 3 : pos + 2;
}

static bool closes(const Scanner *s, uint32_t pos, char quote, bool is_triple)
{
    const char *p = s->text + pos;
    if (!is_triple)
        return p[0] == quote;
    return pos + 2 < s->n && p[0] == quote && p[1] == quote && p[2] == quote;
}

static void unterminated(Scanner *s, uint32_t quote_at, bool is_triple, const char *what)
{
    scanner_trouble(s, quote_at, quote_at + (is_triple ? 3 : 1), "unterminated %s%s literal", is_triple ? "triple-quoted " : "", what);
}

/* Closing quotes for a string that has none. */
static void make_up_quotes(Scanner *s, char quote, bool is_triple, uint32_t at)
{
    for (int i = is_triple ? 3 : 1; i; i--)
        scanner_put(s, quote, at);
}

/* The string ends at `pos`. Emptied strings that touch would read as a triple quote: `"a""b"` needs a space. */
static uint32_t string_done(Scanner *s, uint32_t pos)
{
    if (s->text[pos] == '"' || s->text[pos] == '\'') {
        scanner_flush(s, pos);
        scanner_put(s, ' ', pos);
    }
    return pos;
}

static uint32_t plain_end(const Scanner *s, uint32_t pos, char quote, bool is_triple)
{
    const char *end = s->text + s->n;
    char line_feed = is_triple ? quote : '\n', carriage_return = is_triple ? quote : '\r';
    while (pos < s->n) {
        pos = (uint32_t)(find_one_of(s->text + pos, end, quote, '\\', line_feed, carriage_return) - s->text);
        char c = s->text[pos];
        if (pos >= s->n)
            break;
        if (c == '\\')
            pos = escape_end(s, pos);
        else if (c != quote || closes(s, pos, quote, is_triple))
            return pos;
        else
            pos++;
    }
    return s->n;
}

static uint32_t plain_scan(Scanner *s, uint32_t quote_at, uint32_t pos, char quote, bool is_triple)
{
    uint32_t end = plain_end(s, pos, quote, is_triple);
    if (end != pos) {
        scanner_flush(s, pos);
        s->run = end;
    }
    if (end < s->n && closes(s, end, quote, is_triple))
        return string_done(s, end + (is_triple ? 3 : 1));
    unterminated(s, quote_at, is_triple, "string");
    scanner_flush(s, end);
    make_up_quotes(s, quote, is_triple, end);
    return end;
}

/* ---- f- and t-strings ---- */

void format_abandon(Scanner *s, uint32_t at)
{
    Format *f = &s->formats[--s->formats_n];
    s->last = '"';
    unterminated(s, f->quote_at, f->is_triple, "f-string");
    make_up_quotes(s, s->text[f->quote_at], f->is_triple, at);
}

/* Behind a backslash: an escape may hide a quote, but never a brace; \N{...} holds a name. */
static uint32_t format_escape(const Scanner *s, uint32_t pos, const Format *f)
{
    if (pos + 1 >= s->n)
        return s->n;
    char next = s->text[pos + 1];
    if (next == '{' || next == '}')
        return pos + 1;
    if (next != 'N' || (f->prefix & STRING_RAW) || pos + 2 >= s->n || s->text[pos + 2] != '{')
        return escape_end(s, pos);
    uint32_t end = pos + 3;
    while (end < s->n && s->text[end] != '}' && s->text[end] != '\n' && s->text[end] != s->text[f->quote_at])
        end++;
    return end < s->n && s->text[end] == '}' ? end + 1 : end;
}

/* The next place that matters in the text of an f-string: a brace, the closing quote, a line end that must not be. */
static uint32_t format_text_end(const Scanner *s, uint32_t pos, const Format *f, bool in_specifier)
{
    char quote = s->text[f->quote_at];
    while (pos < s->n) {
        char c = s->text[pos];
        if (c == quote && closes(s, pos, quote, f->is_triple))
            return pos;
        if (c == '\\') {
            pos = format_escape(s, pos, f);
        } else if ((c == '{' || c == '}') && !in_specifier && pos + 1 < s->n && s->text[pos + 1] == c) {
            pos += 2;
        } else if (c == '{' || c == '}' || ((c == '\n' || c == '\r') && !f->is_triple)) {
            return pos;
        } else {
            pos++;
        }
    }
    return s->n;
}

/* Opens the field whose brace is at `pos`. */
static uint32_t field_open(Scanner *s, uint32_t pos)
{
    if (s->depth == SCAN_MAX_BRACKETS) {
        scanner_trouble(s, pos, pos + 1, "too many nested parentheses");
        s->scan->refused = true;
        return s->n;
    }
    s->brackets[s->depth++] = (Bracket){ .at = pos, .open = '{', .is_field = true };
    s->run = pos;
    return pos + 1;
}

/* Goes on in the text of the innermost f-string, or in a format specifier of it; nothing is pending. */
static uint32_t format_text(Scanner *s, uint32_t pos)
{
    Format *f = &s->formats[s->formats_n - 1];
    for (;;) {
        bool in_specifier = s->depth > f->depth;
        uint32_t end = format_text_end(s, pos, f, in_specifier);
        s->run = end;
        char c = end < s->n ? s->text[end] : '\0';
        if (c == '{')
            return field_open(s, end);
        if (c == '}' && in_specifier) {
            s->depth--;
            s->run = pos = end + 1;
            continue;
        }
        if (c == '}') {
            scanner_trouble(s, end, end + 1, "f-string: single '}' is not allowed");
            s->run = pos = end + 1;
            continue;
        }
        if (in_specifier) {
            scanner_trouble(s, s->brackets[s->depth - 1].at, s->brackets[s->depth - 1].at + 1, "f-string: expecting '}'");
            s->depth = f->depth;
        }
        if (end < s->n && closes(s, end, s->text[f->quote_at], f->is_triple)) {
            s->formats_n--;
            s->last = '"'; /* a colon of a field does not end the line */
            return string_done(s, end + (f->is_triple ? 3 : 1));
        }
        format_abandon(s, end);
        return end;
    }
}

uint32_t format_field_end(Scanner *s, uint32_t pos)
{
    scanner_flush(s, pos + 1);
    s->depth--;
    return format_text(s, pos + 1);
}

/* From the colon on: the field is closed for the parser, its specifier is text. */
static uint32_t specifier(Scanner *s, uint32_t pos)
{
    scanner_flush(s, pos);
    scanner_put(s, '}', pos);
    s->brackets[s->depth - 1].is_closed = true;
    return format_text(s, pos + 1);
}

uint32_t format_punctuation(Scanner *s, uint32_t pos)
{
    char c = s->text[pos], next = s->text[pos + 1];
    if (c == ':')
        return specifier(s, pos);
    if (next == '=')
        return pos + 2; /* == != <= >= */
    if (c == '<' || c == '>')
        return pos + 1;
    scanner_flush(s, pos);
    pos++;
    if (c == '!')
        while ((s->text[pos] | 0x20) >= 'a' && (s->text[pos] | 0x20) <= 'z')
            pos++;
    s->run = pos;
    return pos;
}

uint32_t string_scan(Scanner *s, uint32_t pos, unsigned prefix)
{
    char quote = s->text[pos];
    bool is_triple = s->text[pos + 1] == quote && s->text[pos + 2] == quote;
    uint32_t inside = pos + (is_triple ? 3 : 1);
    if (!(prefix & STRING_FORMAT))
        return plain_scan(s, pos, inside, quote, is_triple);
    if (s->formats_n == SCAN_MAX_FORMATS) {
        scanner_trouble(s, pos, pos + 1, "too many nested f-strings");
        s->scan->refused = true;
        return s->n;
    }
    s->formats[s->formats_n++] = (Format){ pos, s->depth, prefix, is_triple };
    scanner_flush(s, inside);
    return format_text(s, inside);
}
