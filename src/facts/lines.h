/* Reading compacted text (python/scan.h) without a tree: a statement is one line of it, with a space for each level before it. */
#ifndef AWRY_FACTS_LINES_H
#define AWRY_FACTS_LINES_H

#include <string.h>

#include "base/str.h"

/* A byte of a name; those of other scripts count. */
static inline bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

/* Where the line ends that begins at `at`. */
static inline uint32_t line_end(Str text, uint32_t at)
{
    const char *end = memchr(text.p + at, '\n', text.n - at);
    return end ? (uint32_t)(end - text.p) : text.n;
}

#endif
