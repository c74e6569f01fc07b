/* What the two halves of the scan share: scan.c (lines, brackets, words) and scan_string.c (strings). */
#ifndef AWRY_PYTHON_SCAN_INTERNAL_H
#define AWRY_PYTHON_SCAN_INTERNAL_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* ---- Many bytes at once ----
 * Behind a source's text and behind the compacted one stand 16 zero bytes, so at any place of them a block may be read. With these
 * the scan of 33 MB of home-assistant takes 82 ms and not 122: the end of most words, indentations and strings is found without a
 * loop. */

enum { BLOCK = 16 };

static inline bool is_ascii_of_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

#ifdef __SSE2__

typedef __m128i Block;

static inline Block block_at(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline uint32_t bits_of(Block comparison)
{
    return (uint32_t)_mm_movemask_epi8(comparison);
}

/* One bit for each byte that is in the range of `count` bytes from `first` on. */
static inline Block in_range(Block block, char first, int count)
{
    Block moved = _mm_sub_epi8(block, _mm_set1_epi8((char)(first + INT8_MIN)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(INT8_MIN + count)));
}

static inline uint32_t ascii_of_word(Block block)
{
    Block letters = in_range(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 26);
    Block others = _mm_or_si128(in_range(block, '0', 10), _mm_cmpeq_epi8(block, _mm_set1_epi8('_')));
    return bits_of(_mm_or_si128(letters, others));
}

static inline uint32_t ones_at_the_end(uint32_t bits)
{
    return (uint32_t)__builtin_ctz(~bits);
}

#define COUNT_WHILE(p, inside_block, is_inside)                \
    for (uint32_t count = 0;; count += BLOCK) {                \
        Block block = block_at((p) + count);                   \
        uint32_t inside = ones_at_the_end(inside_block);       \
        if (inside < BLOCK)                                    \
            return count + inside;                             \
    }

#else

#define COUNT_WHILE(p, inside_block, is_inside)                \
    for (uint32_t count = 0;; count++) {                       \
        char c = (p)[count];                                   \
        if (!(is_inside))                                      \
            return count;                                      \
    }

#endif

/* How many bytes from `p` on are ASCII letters, digits and `_`. */
static inline uint32_t ascii_word_length(const char *p)
{
    COUNT_WHILE(p, ascii_of_word(block), is_ascii_of_word(c))
}

/* The same, and every byte above ASCII. */
static inline uint32_t word_length(const char *p)
{
    COUNT_WHILE(p, ascii_of_word(block) | bits_of(block), is_ascii_of_word(c) || (c & 0x80))
}

static inline uint32_t spaces_length(const char *p)
{
    COUNT_WHILE(p, bits_of(_mm_cmpeq_epi8(block, _mm_set1_epi8(' '))), c == ' ')
}

#undef COUNT_WHILE

/* The first of the bytes a, b, c, d from `p` on; `end` when there is none in front of that. */
static inline const char *find_one_of(const char *p, const char *end, char a, char b, char c, char d)
{
#ifdef __SSE2__
    for (; p < end; p += BLOCK) {
        Block block = block_at(p);
        Block first = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(a)), _mm_cmpeq_epi8(block, _mm_set1_epi8(b)));
        Block second = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(c)), _mm_cmpeq_epi8(block, _mm_set1_epi8(d)));
        uint32_t found = bits_of(_mm_or_si128(first, second));
        if (found) {
            p += __builtin_ctz(found);
            break;
        }
    }
    return p < end ? p : end;
#else
    while (p < end && *p != a && *p != b && *p != c && *p != d)
        p++;
    return p;
#endif
}

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
