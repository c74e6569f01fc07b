/* Text in UTF-8: counting, width, cleaning. Pure functions over bytes. */
#ifndef AWRY_BASE_TEXT_H
#define AWRY_BASE_TEXT_H

#include <stdio.h>

#include "base/arena.h"

/* Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms), or s.n. */
uint32_t text_invalid_utf8(Str s);

/* How many bytes of `s` are outside well-formed UTF-8. */
uint32_t text_count_invalid_utf8(Str s);

/* Length in bytes of the code point at the start of s (s.n > 0), 1 for an invalid byte; the code point in *code,
 * U+FFFD for an invalid one. */
uint32_t text_decode(Str s, uint32_t *code);

/* Code points in s; an invalid byte counts as one. */
uint32_t text_length(Str s);

/* Columns on a terminal: East Asian wide = 2, combining = 0, tab = up to the next multiple of 4 counted from `column`;
 * what text_clean replaces has the width of its replacement, 1. */
uint32_t text_width(Str s, uint32_t column);

/* `s` as it may be shown on a terminal: C0 and C1 controls, DEL, bidirectional and zero-width characters and invalid
 * bytes become U+FFFD (0x1B: U+241B), tabs become spaces up to the next multiple of 4. In the arena; s itself when
 * nothing had to change. */
Str text_clean(Arena *arena, Str s);

/* `s` as the inside of a JSON string (RFC 8259), invalid UTF-8 as U+FFFD; controls, DEL, C1 and bidi as \u escapes. */
void text_write_json(FILE *out, Str s);

#endif
