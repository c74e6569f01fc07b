/* What the fuzzers share: a source from memory, in arenas that a hostile input cannot outgrow. */
#ifndef AWRY_FUZZ_H
#define AWRY_FUZZ_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/threads.h"
#include "python/module.h"

#define REQUIRE(condition)                                                                \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);     \
            abort();                                                                      \
        }                                                                                 \
    } while (0)

enum { FUZZ_MEMORY = 256 << 20 };
#define FUZZ_SECONDS 5.0

/* The bytes as a source, copied so that whoever reads beyond its 16 zero bytes is seen. */
static inline void fuzz_source(Source *source, Arena *arena, const uint8_t *data, size_t size)
{
    char *bytes = arena_alloc(arena, size + 16);
    if (size)
        memcpy(bytes, data, size);
    source_init(source, arena, STR("fuzz.py"), (Str){ bytes, (uint32_t)size });
}

/* What a place may be: inside the text, its end not before its begin. */
static inline void fuzz_check_trouble(const Source *source, const Trouble *t)
{
    REQUIRE(t->begin <= t->end);
    REQUIRE(t->end <= source->text.n);
    REQUIRE(t->message.n > 0);
}

#endif
