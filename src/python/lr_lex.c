/* The tokens of compacted text, as the grammar's two lexers give them in a parser's state. What is lexed the same in every state
 * where it is valid is lexed here; the rest (other numbers, names that are not ASCII, ...) by the grammar's own function. */
#include "python/tree_internal.h"

#if AWRY_TS_INTERNALS

#include <language.h>

#include "python/lr_internal.h"

const TSLanguage *tree_sitter_python(void);

/* ---- The grammar's own lexer ---- */

typedef struct SlowLexer {
    TSLexer data; /* first: the grammar knows nothing else */
    const char *text;
    uint32_t n, at, size, begin, end;
    bool is_broken;
} SlowLexer;

static void slow_look(SlowLexer *lexer)
{
    const uint8_t *p = (const uint8_t *)lexer->text + lexer->at;
    if (lexer->at >= lexer->n) {
        lexer->data.lookahead = 0;
        lexer->size = 0;
        return;
    }
    uint32_t size = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
    int32_t code = size == 1 ? *p : *p & (0xff >> (size + 1));
    lexer->is_broken |= *p >= 0x80 && (*p < 0xc2 || *p > 0xf4);
    for (uint32_t i = 1; i < size; i++) {
        lexer->is_broken |= (p[i] & 0xc0) != 0x80;
        code = code << 6 | (p[i] & 0x3f);
    }
    lexer->data.lookahead = code;
    lexer->size = size;
}

static void slow_advance(TSLexer *data, bool skip)
{
    SlowLexer *lexer = (SlowLexer *)data;
    lexer->at += lexer->size;
    if (skip)
        lexer->begin = lexer->at;
    slow_look(lexer);
}

static void slow_mark_end(TSLexer *data)
{
    SlowLexer *lexer = (SlowLexer *)data;
    lexer->end = lexer->at;
}

static bool slow_eof(const TSLexer *data)
{
    const SlowLexer *lexer = (const SlowLexer *)data;
    return lexer->at >= lexer->n;
}

static bool slow_token(const Parser *parser, uint32_t at, uint16_t lex_state, Token *token)
{
    SlowLexer lexer = { .data = { .advance = slow_advance, .mark_end = slow_mark_end, .eof = slow_eof } };
    lexer.text = parser->text;
    lexer.n = parser->n;
    lexer.at = lexer.begin = lexer.end = at;
    slow_look(&lexer);
    bool found = tree_sitter_python()->lex_fn(&lexer.data, lex_state) && !lexer.is_broken;
    *token = (Token){ .symbol = lexer.data.result_symbol, .begin = lexer.begin, .end = lexer.end };
    return found && token->symbol < LR_TERMINALS && token->end >= token->begin;
}

/* ---- Words, numbers, marks ---- */

enum { IN_WORD = 1, STARTS_WORD = 2, STARTS_STRING = 4, IN_NUMBER = 8, IS_BLANK = 16 };
#define W (IN_WORD | STARTS_WORD)
#define S (IN_WORD | STARTS_WORD | STARTS_STRING)
#define D (IN_WORD | IN_NUMBER)
static const uint8_t kinds_of[256] = {
    ['\t'] = IS_BLANK, ['\n'] = IS_BLANK, ['\f'] = IS_BLANK, ['\r'] = IS_BLANK, [' '] = IS_BLANK,
    ['"'] = STARTS_STRING, ['\''] = STARTS_STRING,
    ['0'] = D, D, D, D, D, D, D, D, D, D,
    ['A'] = W, S, W, W, W, S, W, W, W, W, W, W, W, W, W, W, W, S, W, S, S, W, W, W, W, W,
    ['_'] = W,
    ['a'] = W, S, W, W, W, S, W, W, W, W, W, W, W, W, W, W, W, S, W, S, S, W, W, W, W, W,
};
#undef W
#undef S
#undef D

static inline uint8_t kind_at(const char *p)
{
    return kinds_of[(uint8_t)*p];
}

static bool is_ascii(char c)
{
    return (uint8_t)c < 0x80;
}

bool lr_is_reserved(uint32_t state, uint16_t symbol)
{
    const uint16_t *set = &lr_reserved[lr_modes[state].reserved * LR_RESERVED];
    for (uint32_t i = 0; i < LR_RESERVED && set[i]; i++) {
        if (set[i] == symbol)
            return true;
    }
    return false;
}

static uint16_t word_symbol(const char *p, uint32_t n)
{
    uint32_t hash = (uint32_t)(uint8_t)p[0] * LR_HASH_A + (uint32_t)(uint8_t)p[n - 1] * LR_HASH_B + (uint32_t)(uint8_t)p[n / 2] * 7 + n;
    const LrWord *word = &lr_words[hash % LR_HASH_ROOM];
    return word->n == n && memcmp(word->text, p, n) == 0 ? word->symbol : 0;
}

/* A keyword where the state takes it for one, else a name. */
static void take_word(Token *token, uint32_t state, const char *p, uint32_t n)
{
    uint16_t word = word_symbol(p, n);
    token->is_word = word && (lr_cell(state, word) || lr_is_reserved(state, word));
    token->symbol = token->is_word ? word : LR_IDENTIFIER;
}

typedef struct Mark {
    uint16_t symbol; /* 0: left to the grammar's lexer */
    uint16_t size;
} Mark;

/* a, a=, and what else may stand behind it */
static Mark mark_or(const char *p, uint16_t alone, uint16_t with_equals)
{
    return p[1] == '=' ? (Mark){ with_equals, 2 } : (Mark){ alone, 1 };
}

static Mark doubled_mark(const char *p, uint16_t doubled, uint16_t with_equals)
{
    return p[2] == '=' ? (Mark){ with_equals, 3 } : (Mark){ doubled, 2 };
}

static Mark bracket_at(const char *p)
{
    switch (*p) {
    case '(':
        return (Mark){ LR_LPAREN, 1 };
    case ')':
        return (Mark){ LR_RPAREN, 1 };
    case '[':
        return (Mark){ LR_LBRACKET, 1 };
    case ']':
        return (Mark){ LR_RBRACKET, 1 };
    case '{':
        return (Mark){ LR_LBRACE, 1 };
    case '}':
        return (Mark){ LR_RBRACE, 1 };
    case ',':
        return (Mark){ LR_COMMA, 1 };
    case ';':
        return (Mark){ LR_SEMICOLON, 1 };
    case '~':
        return (Mark){ LR_TILDE, 1 };
    default:
        return (Mark){ 0, 1 };
    }
}

static Mark mark_at(const char *p)
{
    switch (*p) {
    case '.':
        return (Mark){ p[1] == '.' || (p[1] >= '0' && p[1] <= '9') ? 0 : LR_DOT, 1 };
    case ':':
        return mark_or(p, LR_COLON, LR_WALRUS);
    case '=':
        return mark_or(p, LR_ASSIGN, LR_EQ);
    case '!':
        return mark_or(p, 0, LR_NE);
    case '+':
        return mark_or(p, LR_PLUS, LR_PLUS_EQ);
    case '-':
        return p[1] == '>' ? (Mark){ LR_ARROW, 2 } : mark_or(p, LR_MINUS, LR_MINUS_EQ);
    case '%':
        return mark_or(p, LR_PERCENT, LR_PERCENT_EQ);
    case '&':
        return mark_or(p, LR_AMP, LR_AMP_EQ);
    case '|':
        return mark_or(p, LR_PIPE, LR_PIPE_EQ);
    case '^':
        return mark_or(p, LR_CARET, LR_CARET_EQ);
    case '@':
        return mark_or(p, LR_AT, LR_AT_EQ);
    case '*':
        return p[1] == '*' ? doubled_mark(p, LR_STAR_STAR, LR_STAR_STAR_EQ) : mark_or(p, LR_STAR, LR_STAR_EQ);
    case '/':
        return p[1] == '/' ? doubled_mark(p, LR_SLASH_SLASH, LR_SLASH_SLASH_EQ) : mark_or(p, LR_SLASH, LR_SLASH_EQ);
    case '<':
        if (p[1] == '>')
            return (Mark){ LR_LT_GT, 2 };
        return p[1] == '<' ? doubled_mark(p, LR_LSHIFT, LR_LSHIFT_EQ) : mark_or(p, LR_LT, LR_LE);
    case '>':
        return p[1] == '>' ? doubled_mark(p, LR_RSHIFT, LR_RSHIFT_EQ) : mark_or(p, LR_GT, LR_GE);
    default:
        return bracket_at(p);
    }
}

static bool plain_number(const char *p, uint32_t *size)
{
    *size = 1;
    while (kind_at(p + *size) & IN_NUMBER)
        (*size)++;
    return !(kind_at(p + *size) & ~IS_BLANK) && p[*size] != '.' && is_ascii(p[*size]);
}

/* The token whose first byte is at `begin`; false: left to the grammar's lexer. The longest token there is taken by that one as
 * well when it is valid, so the shorter ones need no look. */
static bool plain_token(const Parser *parser, uint32_t begin, uint32_t state, Token *token)
{
    const char *p = parser->text + begin;
    uint8_t kind = kind_at(p);
    uint32_t size = 1;
    token->begin = begin;
    token->is_word = false;
    if (kind & STARTS_WORD) {
        size += ascii_word_length(p + 1);
        token->end = begin + size;
        take_word(token, state, p, size);
        return is_ascii(p[size]);
    }
    if (kind & IN_NUMBER) {
        if (!plain_number(p, &size))
            return false;
        token->symbol = LR_INTEGER;
    } else {
        Mark mark = mark_at(p);
        token->symbol = mark.symbol;
        size = mark.size;
        bool is_twofold = mark.symbol == LR_STAR && lr_cell(state, LR_STAR_2);
        if (!mark.symbol || is_twofold)
            return false;
    }
    token->end = begin + size;
    return lr_cell(state, token->symbol) != 0;
}

/* ---- Strings ---- */

/* Inside a string, which the scan has emptied: its end, or the brace of a field (no token yet). False: something else. */
static bool string_token(const Parser *parser, Version *v, Token *token)
{
    const char *p = parser->text + v->at;
    uint8_t delimiter = v->layout.delimiters[v->layout.now.delimiters_n - 1];
    char quote = (char)(delimiter & ~IS_TRIPLE);
    uint32_t size = delimiter & IS_TRIPLE ? 3 : 1;
    token->symbol = 0;
    if (*p == '{')
        return p[1] != '{';
    if (*p != quote || (size == 3 && (p[1] != quote || p[2] != quote)))
        return false;
    v->layout.now.delimiters_n--;
    v->layout.now.is_format = false;
    v->layout.now.has_begun = true;
    *token = (Token){ .symbol = LR_SYMBOL_STRING_END, .begin = v->at, .end = v->at + size };
    return true;
}

/* A quote with its prefix at `begin`. */
static bool string_start(const Parser *parser, Version *v, uint32_t begin, Token *token)
{
    const char *p = parser->text + begin;
    bool is_format = false;
    while ((kind_at(p) & (STARTS_STRING | IN_WORD)) == (STARTS_STRING | IN_WORD)) {
        char c = (char)(*p | 0x20);
        is_format |= c == 'f' || c == 't';
        p++;
    }
    LayoutMark *now = &v->layout.now;
    if ((*p != '"' && *p != '\'') || now->delimiters_n == DELIMITERS)
        return false;
    bool is_triple = p[1] == p[0] && p[2] == p[0];
    v->layout.delimiters[now->delimiters_n++] = (uint8_t)(*p | (is_triple ? IS_TRIPLE : 0));
    now->is_format = is_format;
    now->has_begun = true;
    *token = (Token){ .symbol = LR_SYMBOL_STRING_START, .begin = begin };
    token->end = (uint32_t)(p - parser->text) + (is_triple ? 3 : 1);
    return true;
}

/* ---- Layout ---- */

/* A line end lies in front of the next token, which begins with `next` and is indented by `indent`: the token that this gives, of no
 * width. False: none. */
static bool layout_token(Version *v, uint16_t externals, uint32_t indent, char next, Token *token)
{
    Layout *layout = &v->layout;
    uint32_t current = layout->indents[layout->now.indents_n - 1];
    bool is_string = (externals & LR_EXTERNAL_STRING_START) && (next == '"' || next == '\'');
    bool in_brackets = externals & (LR_EXTERNAL_PAREN | LR_EXTERNAL_BRACKET | LR_EXTERNAL_BRACE);
    bool may_dedent = (externals & LR_EXTERNAL__DEDENT) || (!(externals & LR_EXTERNAL__NEWLINE) && !is_string && !in_brackets);
    *token = (Token){ .begin = v->at, .end = v->at };
    if ((externals & LR_EXTERNAL__INDENT) && indent > current) {
        if (layout->now.indents_n == sizeof layout->indents / sizeof *layout->indents)
            return false;
        layout->indents[layout->now.indents_n++] = (uint16_t)indent;
        token->symbol = LR_SYMBOL__INDENT;
    } else if (may_dedent && indent < current && !layout->now.is_format) {
        layout->now.indents_n--;
        token->symbol = LR_SYMBOL__DEDENT;
    } else if (externals & LR_EXTERNAL__NEWLINE) {
        token->symbol = LR_SYMBOL__NEWLINE;
    }
    layout->now.has_begun |= token->symbol != 0;
    return token->symbol != 0;
}

bool lr_token(const Parser *parser, Version *v, uint32_t state, Token *token)
{
    const LrMode *mode = &lr_modes[state];
    if (mode->lex_state == UINT16_MAX) /* text of a format specifier, which the scan leaves out */
        return false;
    if ((mode->externals & LR_EXTERNAL__STRING_CONTENT) && v->layout.now.delimiters_n) {
        if (!string_token(parser, v, token))
            return false;
        if (token->symbol)
            return true;
    }
    const char *p = parser->text + v->at;
    uint32_t indent = 0;
    bool is_behind_line = false;
    for (; kind_at(p) & IS_BLANK; p++) {
        indent = *p == ' ' ? indent + 1 : *p == '\t' ? indent + 8 : 0;
        is_behind_line |= *p == '\n';
    }
    if (*p == '#' || *p == '\\' || *p == '`')
        return false;
    uint32_t begin = (uint32_t)(p - parser->text);
    if (begin >= parser->n) {
        indent = 0;
        is_behind_line = true;
    }
    if (is_behind_line && layout_token(v, mode->externals, indent, *p, token))
        return true;
    bool may_be_string = (mode->externals & LR_EXTERNAL_STRING_START) && (kind_at(p) & STARTS_STRING);
    if (may_be_string && string_start(parser, v, begin, token))
        return true;
    return plain_token(parser, begin, state, token) || slow_token(parser, v->at, mode->lex_state, token);
}

#endif
