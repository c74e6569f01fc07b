#include "python/scan.h"

#include "python/scan_internal.h"

/* What a byte begins, outside of strings and comments. */
typedef enum Class {
    OTHER, /* copied as it stands: operators, spaces */
    WORD,
    DIGIT,
    QUOTE,
    HASH,
    NEWLINE,
    BACKSLASH,
    OPEN,
    CLOSE,
    COLON,
    SEMICOLON,
    EQUALS,
    BANG,
    ANGLE,
    STRAY, /* $ ? and `: no token of Python 3 begins with them */
    NUL,
} Class;

/* By byte; a word holds digits, `_` and every byte above ASCII. */
#define W4 WORD, WORD, WORD, WORD
#define W16 W4, W4, W4, W4
#define O4 OTHER, OTHER, OTHER, OTHER
static const uint8_t class_of[256] = {
    NUL, O4, O4, OTHER, NEWLINE, OTHER, OTHER, NEWLINE, OTHER, OTHER,
    O4, O4, O4, O4,
    OTHER, BANG, QUOTE, HASH, STRAY, OTHER, OTHER, QUOTE, OPEN, CLOSE, O4, OTHER, OTHER,
    DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, COLON, SEMICOLON, ANGLE, EQUALS, ANGLE, STRAY,
    OTHER, W4, W4, W4, WORD, WORD, WORD,
    W4, W4, WORD, WORD, WORD, OPEN, BACKSLASH, CLOSE, OTHER, WORD,
    STRAY, W4, W4, W4, WORD, WORD, WORD,
    W4, W4, WORD, WORD, WORD, OPEN, OTHER, CLOSE, OTHER, OTHER,
    W16, W16, W16, W16, W16, W16, W16, W16,
};
#undef W4
#undef W16
#undef O4

static bool is_word_byte(char c)
{
    Class class = (Class)class_of[(uint8_t)c];
    return class == WORD || class == DIGIT;
}

static bool is_newline(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

/* The offset behind the line end that stands at `pos`. */
static uint32_t after_newline(const Scanner *s, uint32_t pos)
{
    return s->text[pos] == '\r' && s->text[pos + 1] == '\n' ? pos + 2 : pos + 1;
}

/* ---- Output ---- */

/* Room for the rest of the text from `pos` on, the deepest indentation, all closers that may have to be made up, and a block more. */
static void reserve(Scanner *s, uint32_t pos)
{
    size_t need = (size_t)s->out_n + (s->n - pos) + 2048;
    if (need <= s->out_room)
        return;
    size_t room = need + need / 8;
    s->out = arena_grow(s->parser, s->out, s->out_room, room);
    s->out_room = room;
}

void scanner_flush(Scanner *s, uint32_t upto)
{
    if (upto <= s->run)
        return;
    uint32_t n = upto - s->run;
    *array_push(s->parser, &s->scan->runs) = (Run){ s->out_n, s->run };
    for (uint32_t i = 0; i < n; i += BLOCK) /* whole blocks: there is room behind on both sides */
        memcpy(s->out + s->out_n + i, s->text + s->run + i, BLOCK);
    s->out_n += n;
    s->run = upto;
}

/* There is no end to what can be made up: `''""''""` gets spaces, `([)([)` gets closers. */
void scanner_put(Scanner *s, char c, uint32_t at)
{
    reserve(s, at);
    *array_push(s->parser, &s->scan->runs) = (Run){ s->out_n, at };
    s->out[s->out_n++] = c;
}

void scanner_trouble(Scanner *s, uint32_t begin, uint32_t end, const char *format, ...)
{
    enum { MOST_TROUBLES = 32 }; /* a hostile file must not fill the memory with complaints */
    if (s->scan->troubles.count >= MOST_TROUBLES)
        return;
    va_list arguments;
    va_start(arguments, format);
    Str message = arena_vprintf(s->arena, format, arguments);
    va_end(arguments);
    *array_push(s->arena, &s->scan->troubles) = (Trouble){ TROUBLE_SYNTAX, begin, end, message };
}

/* ---- Comments ---- */

/* Whether the comment may be for us: behind one of its '#' stands a word that starts a suppression. */
static bool comment_matters(const char *p, const char *end)
{
    static const char *const words[] = { "awry:", "noqa", "ruff:", "pylint:", "type:", "mypy:", "flake8:" };
    while (p && p < end) {
        p++;
        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
        size_t rest = (size_t)(end - p);
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            size_t n = strlen(words[i]);
            size_t same = 0;
            while (same < n && same < rest && (p[same] | 0x20) == (words[i][same] | 0x20))
                same++;
            if (same == n)
                return true;
        }
        p = rest ? memchr(p, '#', rest) : NULL;
    }
    return false;
}

/* Steps over the comment at `pos`; the offset of the line end, or of the end of the text. */
static uint32_t skip_comment(Scanner *s, uint32_t pos, bool alone)
{
    const char *begin = s->text + pos;
    const char *limit = s->text + s->n;
    const char *end = find_one_of(begin, limit, '\n', '\r', '\n', '\r');
    if (comment_matters(begin, end))
        *array_push(s->arena, &s->scan->comments) = (Comment){ pos, (uint32_t)(end - s->text), alone };
    s->scan->comment_lines += alone;
    return (uint32_t)(end - s->text);
}

/* ---- Brackets ---- */

static char closer_of(char open)
{
    return open == '(' ? ')' : open == '[' ? ']' : '}';
}

static void bracket_open(Scanner *s, uint32_t pos, bool is_field)
{
    if (s->depth == SCAN_MAX_BRACKETS) {
        scanner_trouble(s, pos, pos + 1, "too many nested parentheses");
        s->scan->refused = true;
        return;
    }
    s->brackets[s->depth++] = (Bracket){ .at = pos, .open = s->text[pos], .is_field = is_field };
}

/* Brackets that belong to the string field that is scanned now stand above this depth. */
static uint32_t bracket_floor(const Scanner *s)
{
    return s->formats_n ? s->formats[s->formats_n - 1].depth : 0;
}

/* Takes the innermost bracket off and closes it in the output. A field that was closed at its colon needs no closer. */
static void bracket_make_up(Scanner *s, uint32_t at)
{
    Bracket *top = &s->brackets[--s->depth];
    if (!top->is_closed)
        scanner_put(s, closer_of(top->open), at);
}

/* A closing bracket that does not fit: the brackets inside the one that it fits are closed for the parser; one that fits
 * no open bracket at all is left out. The offset behind it. */
static uint32_t bracket_mismatch(Scanner *s, uint32_t pos)
{
    char c = s->text[pos];
    uint32_t floor = bracket_floor(s);
    uint32_t at = s->depth;
    while (at > floor && (closer_of(s->brackets[at - 1].open) != c || s->brackets[at - 1].is_field))
        at--;
    if (s->depth > floor)
        scanner_trouble(s, pos, pos + 1, "closing bracket '%c' does not match opening bracket '%c'", c,
                        s->brackets[s->depth - 1].open);
    else
        scanner_trouble(s, pos, pos + 1, "unmatched '%c'", c);
    scanner_flush(s, pos);
    bool ends_field = c == '}' && at == floor && s->depth > floor && s->brackets[floor].is_field;
    if (at == floor && !ends_field) {
        s->run = pos + 1;
        return pos + 1;
    }
    at += ends_field;
    while (s->depth > at)
        bracket_make_up(s, pos);
    if (ends_field)
        return format_field_end(s, pos);
    s->depth--;
    return pos + 1;
}

/* Closes whatever is open: brackets and the strings that they stand in. */
static void close_all(Scanner *s, uint32_t at)
{
    scanner_flush(s, at);
    if (s->depth) {
        Bracket *top = &s->brackets[s->depth - 1];
        scanner_trouble(s, top->at, top->at + 1, "'%c' was never closed", top->open);
    }
    while (s->formats_n || s->depth) {
        if (s->depth > bracket_floor(s))
            bracket_make_up(s, at);
        else
            format_abandon(s, at);
    }
}

/* ---- Indentation ---- */

/* In Scanner.last: the line before was cut short, so what the next one's indentation means is not known. */
enum { LINE_WAS_BROKEN = '\0' };

static void indent_push(Scanner *s, Indent indent, uint32_t pos)
{
    if (s->indents_n == SCAN_MAX_INDENTS) {
        scanner_trouble(s, pos, pos, "too many levels of indentation");
        s->scan->refused = true;
        return;
    }
    s->indents[s->indents_n++] = indent;
}

/* Compares the line's indentation with the blocks that are open, by CPython's rule: `column` counts a tab up to the next
 * multiple of 8, `narrow` counts it as one, and both must agree. */
static void indent_to(Scanner *s, uint32_t column, uint32_t narrow, uint32_t pos)
{
    Indent *top = &s->indents[s->indents_n - 1];
    bool opens = s->last == ':';
    if (column > top->column) {
        if (narrow <= top->narrow)
            scanner_trouble(s, pos, pos, "inconsistent use of tabs and spaces in indentation");
        if (!opens && s->last != LINE_WAS_BROKEN)
            scanner_trouble(s, pos, pos, "unexpected indent");
        indent_push(s, (Indent){ column, narrow, top->level + opens }, pos);
        return;
    }
    if (opens)
        scanner_trouble(s, s->last_at, s->last_at + 1, "expected an indented block");
    Indent left = *top;
    while (column < top->column) {
        left = *top;
        top--;
    }
    s->indents_n = (uint32_t)(top - s->indents) + 1;
    if (column != top->column) {
        scanner_trouble(s, pos, pos, "unindent does not match any outer indentation level");
        indent_push(s, (Indent){ column, narrow, left.level }, pos);
    } else if (narrow != top->narrow) {
        scanner_trouble(s, pos, pos, "inconsistent use of tabs and spaces in indentation");
    }
}

/* From the start of a line to its first byte of code: blank lines and comment lines are passed. The offset of that byte,
 * or s->n; the indentation has been compared and written. */
static uint32_t line_start(Scanner *s, uint32_t pos)
{
    for (;;) {
        uint32_t column = spaces_length(s->text + pos), narrow = column, fixed_column = 0, fixed_narrow = 0;
        bool is_fixed = false;
        pos += column;
        for (;; pos++) {
            char c = s->text[pos];
            if (c == ' ') {
                column++, narrow++;
            } else if (c == '\t') {
                column = (column / 8 + 1) * 8, narrow++;
            } else if (c == '\f') {
                column = narrow = 0;
            } else if (c == '\\' && pos + 1 < s->n && is_newline(s->text[pos + 1])) {
                if (!is_fixed)
                    fixed_column = column, fixed_narrow = narrow, is_fixed = true;
                pos = after_newline(s, pos + 1) - 1;
            } else {
                break;
            }
        }
        if (pos < s->n && s->text[pos] == '#')
            pos = skip_comment(s, pos, true);
        if (pos >= s->n) {
            s->run = s->n;
            return s->n;
        }
        if (is_newline(s->text[pos])) {
            pos = after_newline(s, pos);
            continue;
        }
        if (is_fixed)
            column = fixed_column, narrow = fixed_narrow;
        reserve(s, pos);
        indent_to(s, column, narrow, pos);
        uint32_t level = s->indents[s->indents_n - 1].level;
        if (level) {
            *array_push(s->parser, &s->scan->runs) = (Run){ s->out_n, pos };
            for (uint32_t i = 0; i < level; i += BLOCK)
                memset(s->out + s->out_n + i, ' ', BLOCK);
            s->out_n += level;
        }
        s->run = pos;
        return pos;
    }
}

/* ---- Line ends inside brackets ---- */

static bool word_is(const char *p, uint32_t n, const char *word)
{
    return strlen(word) == n && memcmp(p, word, n) == 0;
}

/* Words that begin a statement and can stand nowhere inside brackets. By their first letter: every line inside brackets asks. */
static bool is_word_of_statement(const char *p, uint32_t n)
{
    switch (*p) {
    case 'a':
        return word_is(p, n, "assert");
    case 'b':
        return word_is(p, n, "break");
    case 'c':
        return word_is(p, n, "class") || word_is(p, n, "continue");
    case 'd':
        return word_is(p, n, "def") || word_is(p, n, "del");
    case 'e':
        return word_is(p, n, "elif") || word_is(p, n, "except");
    case 'f':
        return word_is(p, n, "finally");
    case 'g':
        return word_is(p, n, "global");
    case 'i':
        return word_is(p, n, "import");
    case 'n':
        return word_is(p, n, "nonlocal");
    case 'p':
        return word_is(p, n, "pass");
    case 'r':
        return word_is(p, n, "raise") || word_is(p, n, "return");
    case 't':
        return word_is(p, n, "try");
    case 'w':
        return word_is(p, n, "while") || word_is(p, n, "with");
    default:
        return false;
    }
}

static bool starts_statement(const char *p)
{
    uint32_t n = word_length(p);
    if (!word_is(p, n, "async") || !is_blank(p[n]))
        return is_word_of_statement(p, n);
    p += n + 1;
    while (is_blank(*p))
        p++;
    n = word_length(p);
    return word_is(p, n, "def") || word_is(p, n, "with");
}

/* A line end inside brackets: one space for it and for all blank and comment lines behind. When the next line begins a
 * statement the bracket was never closed: *broken, and the offset is the start of that line. */
static uint32_t join_lines(Scanner *s, uint32_t pos, bool *broken)
{
    scanner_flush(s, pos);
    scanner_put(s, ' ', pos);
    uint32_t line = pos;
    while (pos < s->n) {
        char c = s->text[pos];
        if (is_newline(c))
            pos = line = after_newline(s, pos);
        else if (is_blank(c))
            pos += 1 + spaces_length(s->text + pos + 1);
        else if (c == '#')
            pos = skip_comment(s, pos, true);
        else
            break;
    }
    *broken = pos < s->n && starts_statement(s->text + pos);
    s->run = pos;
    return *broken ? line : pos;
}

/* ---- Words ---- */

/* `type`, `print` and `exec` at the start of a statement are keywords for the grammar whatever follows. Where Python 3
 * sees a plain name, the parser gets another name of the same length; names are read from the original text. */
static void disguise(Scanner *s, uint32_t begin, uint32_t end)
{
    uint32_t next = end;
    while (is_blank(s->text[next]))
        next++;
    Class class = (Class)class_of[(uint8_t)s->text[next]];
    if (class == WORD || (class == QUOTE && s->text[begin] != 't'))
        return;
    if (class == DIGIT && s->text[begin] != 't')
        return;
    scanner_flush(s, end - 1);
    scanner_put(s, '_', end - 1);
    s->run = end;
    s->word_n = 0;
}

/* The first word of a statement. */
static void first_word(Scanner *s, uint32_t begin, uint32_t end)
{
    const char *p = s->text + begin;
    uint32_t n = end - begin;
    s->heads_type_parameters = word_is(p, n, "def") || word_is(p, n, "class") || word_is(p, n, "type");
    if (word_is(p, n, "type") || word_is(p, n, "print") || word_is(p, n, "exec"))
        disguise(s, begin, end);
    /* `async def`: the next word is a first word as well. */
    s->at_start = word_is(p, n, "async");
}

static uint32_t scan_word(Scanner *s, uint32_t pos)
{
    uint32_t begin = pos, n = word_length(s->text + pos);
    pos += n;
    const char *p = s->text + begin;
    if (n <= 2 && (s->text[pos] == '"' || s->text[pos] == '\'')) {
        unsigned prefix = string_prefix(p, n);
        if (prefix) {
            s->at_start = false;
            return string_scan(s, pos, prefix);
        }
        if (n == 2 && (p[0] | 0x20) == 'u' && (p[1] | 0x20) == 'r')
            scanner_trouble(s, begin, pos, "Python 2 string prefix `%.2s`", p);
    }
    s->word_out = s->out_n + (begin - s->run);
    s->word_n = n;
    s->word_at = begin;
    s->before_word = s->before;
    if (p[0] == 'a' && (word_is(p, n, "async") || word_is(p, n, "await") || word_is(p, n, "asyncio")))
        s->scan->has_async = true;
    if (s->at_start)
        first_word(s, begin, pos);
    return pos;
}

/* ---- Numbers ---- */

/* Whether the digits at `pos` go on a number whose front is behind them: `1.05`, `1e-05`. */
static bool is_tail_of_number(const Scanner *s, uint32_t pos)
{
    if (pos == 0)
        return false;
    char before = s->text[pos - 1];
    if (before == '.')
        return true;
    return (before == '-' || before == '+') && pos > 1 && (s->text[pos - 2] | 0x20) == 'e';
}

/* Numbers of Python 2: `0755` and `10L`. */
static void check_number(Scanner *s, uint32_t pos, uint32_t end)
{
    const char *p = s->text + pos;
    if ((s->text[end - 1] | 0x20) == 'l' && strspn(p, "0123456789abcdefABCDEFxX_") == end - pos - 1)
        scanner_trouble(s, pos, end, "Python 2 number with `%c` at its end", s->text[end - 1]);
    size_t digits = strspn(p, "0123456789_");
    if (p[0] != '0' || digits < 2 || strspn(p, "0_") >= digits || is_tail_of_number(s, pos))
        return;
    if (!strchr(".eEjJ", p[digits]) || !p[digits])
        scanner_trouble(s, pos, pos + (uint32_t)digits, "leading zeros in decimal integer literals are not permitted");
}

static uint32_t scan_number(Scanner *s, uint32_t pos)
{
    uint32_t begin = pos;
    while (is_word_byte(s->text[pos]))
        pos++;
    if (pos - begin > 1)
        check_number(s, begin, pos);
    return pos;
}

/* ---- Statements ---- */

/* `=` in a list of type parameters begins a default (PEP 696), which the grammar does not know: the parser gets a comma,
 * and no star behind it. */
static uint32_t type_default(Scanner *s, uint32_t pos)
{
    scanner_flush(s, pos);
    scanner_put(s, ',', pos);
    s->scan->has_type_defaults = true;
    pos++;
    while (is_blank(s->text[pos]))
        pos++;
    if (s->text[pos] == '*')
        pos++;
    s->run = pos;
    return pos;
}

/* ---- Generic types ----
 * In an annotation the grammar takes `A[B]` for a type that nothing can follow: `x: A[B] or C` is an error for it, while
 * `x: (A)[B] or C` is an expression. So where an operator follows the bracket, the name in front of it is put into parentheses,
 * which the tree leaves out. Whether it is an annotation is not known here; in any other place they change nothing. */

/* The bracket that was just opened at `pos`: notes the name in front of it. */
static void note_type(Scanner *s, uint32_t pos, char before_word)
{
    if (s->text[pos] != '[' || !s->word_n || s->word_at + s->word_n != pos || s->scan->refused)
        return;
    bool is_inner = s->depth > 1 && s->brackets[s->depth - 2].is_type && (before_word == '[' || before_word == ',');
    if (!is_inner && before_word != ':' && before_word != '>')
        return;
    Bracket *bracket = &s->brackets[s->depth - 1];
    bracket->is_type = true;
    bracket->word_out = s->word_out;
    bracket->word_n = s->word_n;
    bracket->word_at = s->word_at;
}

/* Whether the expression goes on behind the closing bracket in front of `pos`. */
static bool goes_on(const Scanner *s, uint32_t pos)
{
    static const char *const words[] = { "or", "and", "if", "in", "is", "not" };
    while (is_blank(s->text[pos]) || (s->depth && is_newline(s->text[pos])))
        pos++;
    char c = s->text[pos];
    if (c == '=' || c == '!')
        return s->text[pos + 1] == '=';
    if (class_of[(uint8_t)c] != WORD)
        return c && strchr("+-*/%&^<>@.([", c);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (!strncmp(s->text + pos, words[i], n) && !is_word_byte(s->text[pos + n]))
            return true;
    }
    return false;
}

/* Puts the name in front of a bracket, which is in the output, into parentheses. */
static void parenthesize(Scanner *s, const Bracket *bracket)
{
    enum { RUNS = 4, BYTES = 2 };
    Scan *scan = s->scan;
    uint32_t begin = bracket->word_out, end = begin + bracket->word_n;
    uint32_t name_end = bracket->word_at + bracket->word_n;
    uint32_t later = scan->runs.count;
    while (later > 0 && scan->runs.items[later - 1].compact > begin)
        later--;
    for (int i = 0; i < RUNS; i++)
        (void)array_push(s->parser, &scan->runs);
    Run *run = &scan->runs.items[later];
    memmove(run + RUNS, run, (scan->runs.count - RUNS - later) * sizeof *run);
    run[0] = (Run){ begin, bracket->word_at };
    run[1] = (Run){ begin + 1, bracket->word_at };
    run[2] = (Run){ end + 1, name_end };
    run[3] = (Run){ end + 2, name_end };
    for (uint32_t i = later + RUNS; i < scan->runs.count; i++)
        scan->runs.items[i].compact += BYTES;

    char *out = s->out;
    memmove(out + end + 2, out + end, s->out_n - end);
    memmove(out + begin + 1, out + begin, bracket->word_n);
    out[begin] = '(';
    out[end + 1] = ')';
    s->out_n += BYTES;
    for (uint32_t i = 0; i < s->depth; i++)
        if (s->brackets[i].word_out > begin)
            s->brackets[i].word_out += BYTES;
}

static uint32_t scan_open(Scanner *s, uint32_t pos)
{
    s->type_parameters = s->type_parameters || (s->heads_type_parameters && s->depth == 0 && s->text[pos] == '[');
    s->heads_type_parameters = false;
    bracket_open(s, pos, false);
    note_type(s, pos, s->before_word);
    return pos + 1;
}

static uint32_t scan_close(Scanner *s, uint32_t pos)
{
    Bracket *top = s->depth > bracket_floor(s) ? &s->brackets[s->depth - 1] : NULL;
    if (top && top->is_field && s->text[pos] == '}')
        return format_field_end(s, pos);
    if (top && !top->is_field && closer_of(top->open) == s->text[pos]) {
        s->depth--, pos++;
        if (top->is_type && goes_on(s, pos)) {
            scanner_flush(s, pos);
            reserve(s, pos);
            parenthesize(s, top);
        }
    } else
        pos = bracket_mismatch(s, pos);
    if (s->depth == 0)
        s->type_parameters = false;
    return pos;
}

/* A line end outside of brackets, or the end of the text: the logical line is over. */
static uint32_t end_line(Scanner *s, uint32_t pos)
{
    scanner_flush(s, pos);
    scanner_put(s, '\n', pos);
    s->at_start = true;
    s->heads_type_parameters = s->type_parameters = false;
    if (pos >= s->n)
        return s->n;
    return line_start(s, after_newline(s, pos));
}

static uint32_t scan_newline(Scanner *s, uint32_t pos)
{
    if (s->depth == 0)
        return end_line(s, pos);
    bool broken = false;
    uint32_t next = join_lines(s, pos, &broken);
    if (!broken)
        return next;
    s->run = s->n; /* nothing is pending */
    close_all(s, pos);
    scanner_put(s, '\n', pos);
    s->last = LINE_WAS_BROKEN;
    s->at_start = true;
    s->heads_type_parameters = s->type_parameters = false;
    return line_start(s, next);
}

static uint32_t scan_backslash(Scanner *s, uint32_t pos)
{
    if (pos + 1 >= s->n) {
        scanner_trouble(s, pos, pos + 1, "unexpected end of file after line continuation character");
    } else if (!is_newline(s->text[pos + 1])) {
        scanner_trouble(s, pos, pos + 1, "unexpected character after line continuation character");
    } else {
        scanner_flush(s, pos);
        scanner_put(s, ' ', pos);
        s->run = after_newline(s, pos + 1);
        return s->run;
    }
    scanner_flush(s, pos);
    s->run = pos + 1;
    return pos + 1;
}

/* `:` `=` `!` `<` `>`: mean something of their own right inside a replacement field. */
static uint32_t scan_punctuation(Scanner *s, uint32_t pos)
{
    char c = s->text[pos];
    if (s->depth && s->brackets[s->depth - 1].is_field)
        return format_punctuation(s, pos);
    if (c == '=' && s->type_parameters && s->depth == 1 && s->text[pos + 1] != '=')
        return type_default(s, pos);
    if (c == ':' && s->depth == 0)
        s->at_start = true;
    return pos + 1;
}

/* One token, or one byte; the offset behind it. */
static uint32_t scan_token(Scanner *s, uint32_t pos)
{
    Class class = (Class)class_of[(uint8_t)s->text[pos]];
    if (class != WORD && class != OTHER)
        s->at_start = s->at_start && class == NEWLINE;
    switch (class) {
    case OTHER:
        break;
    case WORD:
        return scan_word(s, pos);
    case DIGIT:
        return scan_number(s, pos);
    case STRAY:
        scanner_trouble(s, pos, pos + 1, "invalid character '%c'", s->text[pos]);
        break;
    case QUOTE:
        return string_scan(s, pos, STRING_PLAIN);
    case OPEN:
        return scan_open(s, pos);
    case CLOSE:
        return scan_close(s, pos);
    case BACKSLASH:
        return scan_backslash(s, pos);
    case COLON:
    case EQUALS:
    case BANG:
    case ANGLE:
        return scan_punctuation(s, pos);
    case SEMICOLON:
        s->at_start = s->depth == 0;
        return pos + 1;
    case HASH:
        scanner_flush(s, pos);
        s->run = skip_comment(s, pos, false);
        return s->run;
    case NUL:
        scanner_trouble(s, pos, pos + 1, "source code cannot contain null bytes");
        scanner_flush(s, pos);
        scanner_put(s, ' ', pos);
        s->run = pos + 1;
        return pos + 1;
    case NEWLINE:
        return scan_newline(s, pos);
    }
    return pos + 1;
}

static void scan_code(Scanner *s)
{
    uint32_t pos = line_start(s, 0);
    while (pos < s->n && !s->scan->refused) {
        char c = s->text[pos];
        if (is_blank(c)) {
            pos++;
            continue;
        }
        Class class = (Class)class_of[(uint8_t)c];
        if (class != NEWLINE && class != HASH && class != BACKSLASH)
            s->before = s->last, s->last = c, s->last_at = pos;
        pos = class == OTHER ? pos + 1 : scan_token(s, pos);
    }
    if (s->scan->refused)
        return;
    if (s->depth || s->formats_n)
        close_all(s, s->n);
    if (s->last == ':')
        scanner_trouble(s, s->last_at, s->last_at + 1, "expected an indented block");
    scanner_flush(s, s->n);
    if (s->out_n && s->out[s->out_n - 1] != '\n')
        scanner_put(s, '\n', s->n);
}

/* ---- Lines ---- */

static void find_lines(Scan *scan, Arena *arena, Str text)
{
    const char *p = text.p, *end = text.p + text.n;
    bool has_cr = text.n && memchr(p, '\r', text.n);
    *array_push(arena, &scan->lines) = 0;
    while (p < end) {
        if (has_cr)
            while (p < end && !is_newline(*p))
                p++;
        else
            p = memchr(p, '\n', (size_t)(end - p));
        if (!p || p >= end)
            break;
        p += p[0] == '\r' && p[1] == '\n' ? 2 : 1;
        *array_push(arena, &scan->lines) = (uint32_t)(p - text.p);
    }
}

void scan_init(Scan *scan, Arena *arena, const Source *source)
{
    scan_init_apart(scan, arena, arena, source);
}

void scan_init_apart(Scan *scan, Arena *arena, Arena *parser, const Source *source)
{
    *scan = (Scan){ .source = source };
    find_lines(scan, arena, source->text);
    Scanner *s = arena_new(parser, Scanner);
    *s = (Scanner){ .arena = arena, .parser = parser, .scan = scan, .text = source->text.p, .n = source->text.n };
    s->out_room = (size_t)s->n + s->n / 16 + 4096;
    s->out = arena_alloc_raw(parser, s->out_room);
    s->indents[s->indents_n++] = (Indent){ 0, 0, 0 };
    s->at_start = true;
    s->last = '\n';
    if (s->n)
        scan_code(s);
    if (scan->refused)
        s->out_n = 0, scan->runs.count = 0;
    reserve(s, s->n);
    memset(s->out + s->out_n, 0, 16);
    scan->compact = (Str){ s->out, s->out_n };
    *array_push(parser, &scan->runs) = (Run){ s->out_n, s->n };
}

uint32_t scan_line(const Scan *scan, uint32_t offset)
{
    uint32_t low = 0, high = scan->lines.count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (scan->lines.items[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

Str scan_line_text(const Scan *scan, uint32_t line)
{
    Str text = scan->source->text;
    if (line >= scan->lines.count)
        return (Str){ "", 0 };
    uint32_t begin = scan->lines.items[line];
    uint32_t end = line + 1 < scan->lines.count ? scan->lines.items[line + 1] : text.n;
    while (end > begin && is_newline(text.p[end - 1]))
        end--;
    return str_slice(text, begin, end);
}

Place scan_place(const Scan *scan, uint32_t offset)
{
    Str text = scan->source->text;
    if (offset > text.n)
        offset = text.n;
    uint32_t line = scan_line(scan, offset);
    uint32_t begin = scan->lines.items[line];
    uint32_t column = 0;
    for (uint32_t i = begin; i < offset; i++)
        column += ((uint8_t)text.p[i] & 0xC0) != 0x80;
    return (Place){ line + 1, column + 1 };
}
