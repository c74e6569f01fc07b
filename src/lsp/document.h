/* A text that an editor has open: edits as the protocol says them, places in its units. Line ends are LF, CRLF and CR. */
#ifndef AWRY_LSP_DOCUMENT_H
#define AWRY_LSP_DOCUMENT_H

#include "base/array.h"

/* What a column counts: the encoding that was agreed on. */
typedef enum Units { UNITS_UTF16, UNITS_UTF8, UNITS_UTF32 } Units;

typedef struct Position {
    uint32_t line, character; /* from 0 */
} Position;

typedef struct Document {
    Str text;              /* UTF-8 */
    ARRAY(uint32_t) lines; /* offsets of their first bytes; the first is 0 */
    Arena memory[2];       /* the text and its lines are in one of them, the next ones go into the other */
    unsigned current;
} Document;

void document_init(Document *document);
void document_release(Document *document);

/* All of the text; copied. */
void document_set(Document *document, Str text);

/* The bytes begin..end become `text`. False, and nothing happens, when the whole would be larger than 1 GiB. */
bool document_replace(Document *document, uint32_t begin, uint32_t end, Str text);

/* The byte of a position. What is outside of the text is clamped: a line behind the last one is the end of the text, a column behind
 * the end of its line is that end, before the line's end mark. Inside of a character: its beginning. */
uint32_t document_offset(const Document *document, Units units, Position position);

/* The position of a byte; what is beyond the end is the end. */
Position document_position(const Document *document, Units units, uint32_t offset);

/* How long a text is in units. */
uint32_t units_length(Units units, Str text);

#endif
