/* What reports for people are written on: cleaned text, colours, a gutter with line numbers.
 *
 * Whatever came from a source or from the file system goes through paper_text or snippet functions, which clean it: a
 * scanned file must not be able to move the cursor of the reader's terminal. */
#ifndef AWRY_REPORT_PAPER_H
#define AWRY_REPORT_PAPER_H

#include <stdio.h>

#include "finding/finding.h"

typedef enum Style {
    STYLE_PLAIN,
    STYLE_BOLD,
    STYLE_ERROR,
    STYLE_WARNING,
    STYLE_INFO,
    STYLE_PATH,  /* paths and the gutter */
    STYLE_OTHER, /* marks of secondary places */
    STYLE_ADDED,
    STYLE_REMOVED,
} Style;

typedef struct Paper {
    FILE *out;
    Arena *arena; /* for what is cleaned; cleared by the report after each finding */
    bool color;
    int gutter;  /* digits of the highest line number of the finding */
    Style style; /* of the finding's severity */
} Paper;

/* The style of each severity. */
extern const Style severity_styles[];

/* `text` cleaned, in a style. */
void paper_text(Paper *paper, Style style, Str text);

/* A constant of ours, in a style. */
void paper_word(Paper *paper, Style style, const char *word);

/* The gutter of a line: number (0: none), then `sign` ('|', '+', '-'); no space behind. */
void paper_gutter(Paper *paper, uint32_t number, char sign);

/* `arrow path:row:column` and the line's end. */
void paper_place(Paper *paper, const char *arrow, Str path, Place place);

/* The lines and marks of a finding: its own place and the others of its file in one snippet in the order of the lines,
 * then a snippet for each place in another file. Steps of a path are numbered; from the first one on that is in another
 * file or many lines away, each has a snippet of its own, in the order of the path. */
void snippet_print(Paper *paper, const Finding *f);

/* The fix as removed and added lines; nothing when the lines that it touches are not among the excerpts. */
void snippet_print_fix(Paper *paper, const Finding *f);

#endif
