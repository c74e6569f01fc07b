/* Spans: a piece of source made ready to be shown, so that nothing of the file has to live on. */
#ifndef AWRY_FINDING_SPAN_H
#define AWRY_FINDING_SPAN_H

#include "finding/pass.h"

enum { SPAN_EXCERPT_MOST = 400 };

/* begin..end of the scanned text with rows, columns and the excerpt of its first line, in pass->out. */
Span span_at(Pass *pass, const Scan *scan, uint32_t begin, uint32_t end);

/* begin..end of a file of the program, the own one or another, with that file's path when it is another: without rows and excerpt when
 * it cannot be read, or no longer has those bytes. */
Span span_in(Pass *pass, const Summary *file, Range at);

/* The same place without an excerpt: for edits. */
Place span_place(Pass *pass, const Scan *scan, uint32_t offset);

/* Text for a person, in pass->out, cut to 1 KiB on a code point border. */
Str span_text(Pass *pass, const char *format, va_list arguments);

#endif
