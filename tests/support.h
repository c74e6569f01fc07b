/* What tests of the Python layers share: sources made from text. */
#ifndef AWRY_TESTS_SUPPORT_H
#define AWRY_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "python/module.h"

/* `n` bytes as a file's content: copied into the arena with zero bytes behind, as io_read_file leaves them. */
static inline Str bytes_of(Arena *arena, const char *text, size_t n)
{
    char *p = arena_alloc(arena, n + 16);
    memcpy(p, text, n);
    return (Str){ p, (uint32_t)n };
}

static inline Source *source_of(Arena *arena, const char *text)
{
    Source *source = arena_new(arena, Source);
    source_init(source, arena, STR("test.py"), bytes_of(arena, text, strlen(text)));
    return source;
}

static inline Module *module_of(Arena *arena, Arena *scratch, const char *text)
{
    return module_new(arena, scratch, source_of(arena, text), 0);
}

static inline void assert_str(Str actual, const char *expected)
{
    char copy[4096];
    assert_true(actual.n < sizeof copy);
    memcpy(copy, actual.p ? actual.p : "", actual.n);
    copy[actual.n] = '\0';
    assert_string_equal(copy, expected);
}

#endif
