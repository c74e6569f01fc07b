/* What tests of facts and types share: arenas that live as long as a test. */
#ifndef AWRY_TESTS_MEMORY_H
#define AWRY_TESTS_MEMORY_H

#include <stdlib.h>

#include "support.h"

/* Arenas of a test: cmocka_unit_test_setup_teardown(test, set_up, tear_down). */
typedef struct Memory {
    Arena arena, scratch;
} Memory;

static inline int set_up(void **state)
{
    Memory *memory = calloc(1, sizeof *memory);
    arena_init(&memory->arena);
    arena_init(&memory->scratch);
    *state = memory;
    return 0;
}

static inline int tear_down(void **state)
{
    Memory *memory = *state;
    arena_release(&memory->arena);
    arena_release(&memory->scratch);
    free(memory);
    return 0;
}

static inline Arena *arena_of(void **state)
{
    return &((Memory *)*state)->arena;
}

#endif
