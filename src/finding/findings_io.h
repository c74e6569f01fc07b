/* The findings of one file as bytes, and back: for the cache. */
#ifndef AWRY_FINDING_FINDINGS_IO_H
#define AWRY_FINDING_FINDINGS_IO_H

#include "finding/finding.h"

/* All that is in them but the path, which is the same of all. Equal findings give equal bytes. In the arena. */
Str findings_write(Arena *arena, Finding *const *findings, uint32_t count);

typedef ARRAY(Finding *) Findings;

/* What was written is pushed to `out`, with `path` for theirs. Text lies in the bytes, which must live as long; the rest is in the
 * arena. False, and nothing pushed, when they are not the bytes of findings, or of rules that are not there: whatever they are, what
 * is pushed can be reported. Edits are in order and do not overlap; whether they lie in the text is for those to ask
 * who apply them. */
bool findings_read(Arena *arena, Str bytes, Str path, Findings *out);

#endif
