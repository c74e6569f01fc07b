/* What the two halves of the scan share: scan.c (lines, brackets, words) and scan_string.c (strings). */
#ifndef AWRY_PYTHON_SCAN_INTERNAL_H
#define AWRY_PYTHON_SCAN_INTERNAL_H

#include "python/scan.h"

enum {
    SCAN_MAX_INDENTS = 100,  /* CPython: MAXINDENT (Parser/lexer/state.h), the module's own level included */
    SCAN_MAX_BRACKETS = 200, /* CPython: MAXLEVEL */
    SCAN_MAX_FORMATS = 150,  /* CPython: MAXFSTRINGLEVEL */
};

typedef struct Bracket {
    uint32_t at;    /* offset of the opening bracket */
    char open;
    bool is_field;  /* the brace of a replacement field */
    bool is_closed; /* its closer is in the output already: the field's format specifier is being scanned */
    bool is_type;   /* `[` behind a name that may begin an annotation, or behind a name in such brackets */
    uint32_t word_out, word_n, word_at; /* of is_type: where that name stands in the output, its length, its offset */
} Bracket;

typedef struct Indent {
    uint32_t column, narrow; /* tabs to multiples of 8; tabs as one */
    uint32_t level;          /* spaces in the compacted text */
} Indent;

/* An f- or t-string that is open. */
typedef struct Format {
    uint32_t quote_at; /* the opening quote */
    uint32_t depth;    /* brackets that were open around it */
    unsigned prefix;
    bool is_triple;
} Format;

typedef struct Scanner {
    Arena *arena;
    Arena *parser; /* of what the parser alone needs */
    Scan *scan;
    const char *text;
    uint32_t n;
    char *out;
    uint32_t out_n;
    size_t out_room;
    uint32_t run; /* text from here is to be copied; not written yet */
    char last;    /* the first byte of the last token of code, strings' contents and comments aside; '\n' at the start */
    uint32_t last_at;
    char before;  /* `last` of the token before that */
    char before_word; /* the first byte of the token in front of the last word */
    uint32_t word_out, word_n, word_at; /* the last word: offset in the output, length, offset; word_n is 0 when disguised */
    bool at_start;              /* the next word begins a statement */
    bool heads_type_parameters; /* def, class or type was the first word, and no bracket came yet */
    bool type_parameters;       /* inside the [...] of one */
    uint32_t indents_n, depth, formats_n;
    Indent indents[SCAN_MAX_INDENTS];
    Bracket brackets[SCAN_MAX_BRACKETS];
    Format formats[SCAN_MAX_FORMATS];
} Scanner;

/* Copies what is pending up to `upto`. */
void scanner_flush(Scanner *s, uint32_t upto);
/* One byte that stands for what is at `at`; nothing may be pending. */
void scanner_put(Scanner *s, char c, uint32_t at);
void scanner_trouble(Scanner *s, uint32_t begin, uint32_t end, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

enum { STRING_PLAIN = 1, STRING_RAW = 2, STRING_FORMAT = 4 };

/* What a word in front of a quote makes of the string: flags with STRING_PLAIN among them, 0 when it is no prefix. */
unsigned string_prefix(const char *p, uint32_t n);

/* The string whose opening quote is at `pos`; the offset behind it or, for an f-string, behind the brace of its first
 * field: the field is then scanned as code. */
uint32_t string_scan(Scanner *s, uint32_t pos, unsigned prefix);

/* The `}` at `pos` ends a field: goes on with the string's text; the offset as for string_scan. */
uint32_t format_field_end(Scanner *s, uint32_t pos);

/* `:` `=` `!` `<` `>` right inside a field. */
uint32_t format_punctuation(Scanner *s, uint32_t pos);

/* Closes the innermost open f-string in the output: its end was not found. Its fields are closed already. */
void format_abandon(Scanner *s, uint32_t at);

#endif
