/* The scan: one linear pass over the text that knows strings, comments, brackets and indentation, and nothing else.
 *
 * It makes the line table, the list of comments that may be for us, and the *compacted* text for the parser, from which
 * comments, blank lines, line ends inside brackets and the contents of strings are left out, and in which indentation is
 * one space a level. It refuses what CPython's tokenizer refuses. See ARCHITECTURE.md for why the parser never sees
 * the original text.
 *
 * The map from compacted to original offsets is a list of runs: inside a run both advance together. */
#ifndef AWRY_PYTHON_SCAN_H
#define AWRY_PYTHON_SCAN_H

#include "base/array.h"
#include "python/source.h"

typedef struct Run {
    uint32_t compact; /* where the run begins in the compacted text */
    uint32_t source;  /* where it begins in the source's text */
} Run;

typedef struct Comment {
    uint32_t begin, end; /* from the '#' to the end of the line, without its line end */
    bool alone;          /* nothing but white space before it on its line */
} Comment;

typedef struct Scan {
    const Source *source;
    ARRAY(uint32_t) lines;     /* offset of the first byte of each line; the first is 0; LF, CRLF and CR end a line */
    ARRAY(Comment) comments;   /* those that hold "awry:", "noqa", "ruff:", "pylint:", "type:" or "mypy:", in order */
    ARRAY(Trouble) troubles;   /* what CPython's tokenizer refuses, in order of place */
    Str compact;               /* for the parser; 16 zero bytes behind */
    ARRAY(Run) runs;           /* ascending; the last one is a sentinel at compact.n */
    uint32_t comment_lines;    /* lines that hold nothing but a comment */
    bool has_async;            /* the word `async`, `await` or `asyncio` stands in code */
    bool has_type_defaults;    /* somewhere a comma stands for the `=` of a type parameter */
    bool refused;              /* beyond the tokenizer's limits (nesting): not to be parsed */
} Scan;

/* Scans source->text to its end. Everything is in the arena. Linear in time and space; never fails: what is wrong is in
 * `troubles`. */
void scan_init(Scan *scan, Arena *arena, const Source *source);

/* The same, with what the parser alone needs (`compact`, `runs`) in an arena of its own: it may go when the tree is there. */
void scan_init_apart(Scan *scan, Arena *arena, Arena *parser, const Source *source);

typedef struct Place {
    uint32_t row;    /* from 1 */
    uint32_t column; /* from 1, in code points */
} Place;

/* The line that holds `offset`, from 0. */
uint32_t scan_line(const Scan *scan, uint32_t offset);

/* Row and column of an offset of the text; an offset beyond the end is the end. */
Place scan_place(const Scan *scan, uint32_t offset);

/* The text of a line (from 0) without its line end. */
Str scan_line_text(const Scan *scan, uint32_t line);

#endif
