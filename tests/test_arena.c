#include "base/arena.h"
#include "base/array.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void allocates_zeroed_and_aligned(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    unsigned char *dirty = arena_alloc_raw(&arena, 4096);
    memset(dirty, 0xAA, 4096);
    arena_clear(&arena);
    for (size_t size = 0; size < 200; size++) {
        unsigned char *p = arena_alloc(&arena, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, size);
    }
    assert_ptr_not_equal(arena_alloc(&arena, 0), arena_alloc(&arena, 0));
    arena_release(&arena);
    assert_int_equal(arena.used, 0);
}

/* Blocks of all sizes, larger than any chunk as well, keep what was written to them. */
static void blocks_do_not_overlap(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    enum { COUNT = 600 };
    unsigned char *blocks[COUNT];
    size_t sizes[COUNT];
    for (int i = 0; i < COUNT; i++) {
        sizes[i] = i % 100 == 99 ? (size_t)(5 << 20) : i % 10 == 9 ? (size_t)(40 << 10) : (size_t)(i * 37 % 900);
        blocks[i] = arena_alloc_raw(&arena, sizes[i]);
        memset(blocks[i], i & 0xFF, sizes[i]);
    }
    for (int i = 0; i < COUNT; i++)
        for (size_t j = 0; j < sizes[i]; j += 61)
            assert_int_equal(blocks[i][j], i & 0xFF);
    arena_release(&arena);
}

static void grows_blocks(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    char *text = arena_grow(&arena, NULL, 0, 3);
    memcpy(text, "abc", 3);
    text = arena_grow(&arena, text, 3, 100);
    assert_memory_equal(text, "abc", 3);
    memset(text, 'x', 100);
    arena_alloc(&arena, 1); /* now it is not the last one any more */
    char *moved = arena_grow(&arena, text, 100, 300000);
    assert_ptr_not_equal(moved, text);
    for (int i = 0; i < 100; i++)
        assert_int_equal(moved[i], 'x');
    moved = arena_grow(&arena, moved, 300000, 10);
    assert_memory_equal(moved, "xxxxxxxxxx", 10);
    arena_release(&arena);
}

/* A block that is grown again and again costs its own size, not the sum of all sizes it had. */
static void grows_the_last_block_in_place(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    char *text = arena_alloc_raw(&arena, 16);
    for (size_t size = 16; size < 30000; size += 16)
        text = arena_grow(&arena, text, size, size + 16);
    assert_true(arena.used <= 70000);
    arena_release(&arena);
}

/* Allocates `step` bytes at a time until the guard is met; how many bytes were had. */
static size_t spend(Arena *arena, size_t budget, size_t step)
{
    sigjmp_buf guard;
    volatile size_t had = 0;
    arena_guard(arena, budget, &guard);
    if (sigsetjmp(guard, 0)) {
        arena_guard(arena, 0, NULL);
        return had;
    }
    for (;;) {
        arena_alloc(arena, step);
        had += step;
    }
}

static void leaves_by_the_guard_when_spent(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    for (int round = 0; round < 3; round++) { /* an arena that gave up once can be used again */
        size_t had = spend(&arena, 1 << 20, 1000);
        assert_true(had <= 1 << 20);
        assert_true(had >= (1 << 20) * 3 / 4); /* and the budget is used, not only the chunks that double in it */
        assert_true(arena.used <= 1 << 20);
        arena_clear(&arena);
    }
    assert_int_equal(spend(&arena, 1 << 20, 2 << 20), 0);
    arena_release(&arena); /* what is kept may be used beyond a smaller budget */
    assert_int_equal(spend(&arena, 100, 200), 0);
    arena_release(&arena);
}

/* Sizes near the largest number neither wrap round nor reach malloc. */
static void refuses_impossible_sizes(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    arena_alloc(&arena, 1);
    for (size_t below = 0; below < 40; below++)
        assert_int_equal(spend(&arena, 1 << 20, SIZE_MAX - below), 0);
    arena_release(&arena);
}

static void ends_the_program_without_guard(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        assert_non_null(freopen("/dev/null", "w", stderr));
        Arena arena;
        arena_init(&arena);
        arena_guard(&arena, 1000, NULL);
        arena_alloc(&arena, 2000);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
}

/* File after file, an arena settles: memory of a large file is given back, that of small ones stays. */
static void clear_keeps_little(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    for (int i = 0; i < 20000; i++)
        arena_alloc(&arena, 1000);
    assert_true(arena.used >= 20000000);
    arena_clear(&arena);
    assert_true(arena.used <= 4 << 20);
    size_t kept = arena.used;
    arena_alloc(&arena, 1000);
    if (kept)
        assert_int_equal(arena.used, kept);
    arena_clear(&arena);
    assert_int_equal(arena.used, kept);
    arena_release(&arena);
    arena_release(&arena); /* an empty one too */
    arena_clear(&arena);
}

/* What was in the one is kept by the other, which still fills its own chunk. */
static void adopts_another(void **state)
{
    (void)state;
    enum { BLOCKS = 200, SIZE = 5000 };
    for (int first = 0; first < 2; first++) {
        Arena arena, other;
        arena_init(&arena);
        arena_init(&other);
        char *own = first ? arena_alloc(&arena, 100) : NULL;
        char *blocks[BLOCKS];
        for (int i = 0; i < BLOCKS; i++)
            memset(blocks[i] = arena_alloc_raw(&other, SIZE), i, SIZE);
        size_t used = arena.used + other.used;
        arena_adopt(&arena, &other);
        assert_int_equal(arena.used, used);
        assert_int_equal(other.used, 0);
        arena_adopt(&arena, &other);
        memset(arena_alloc_raw(&other, SIZE), 0xFF, SIZE);
        for (int i = 0; i < BLOCKS; i++)
            memset(arena_alloc_raw(&arena, SIZE), 0xEE, SIZE);
        arena_release(&other);
        for (int i = 0; i < BLOCKS; i++) {
            assert_int_equal((unsigned char)blocks[i][0], i);
            assert_int_equal((unsigned char)blocks[i][SIZE - 1], i);
        }
        for (int i = 0; own && i < 100; i++)
            assert_int_equal(own[i], 0);
        arena_release(&arena);
        assert_int_equal(arena.used, 0);
    }
}

static void copies_and_prints(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Str copy = arena_copy(&arena, STR("a\0b"));
    assert_int_equal(copy.n, 3);
    assert_memory_equal(copy.p, "a\0b\0", 4);
    assert_string_equal(arena_copy(&arena, (Str){ 0 }).p, "");
    Str printed = arena_printf(&arena, "%s has %d", "x", 42);
    assert_true(str_is(printed, "x has 42"));
    assert_int_equal(printed.p[printed.n], 0);
    Str wide = arena_printf(&arena, "%0100000d", 7);
    assert_int_equal(wide.n, 100000);
    assert_int_equal(wide.p[99999], '7');
    arena_release(&arena);
}

static void arrays_grow(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    ARRAY(uint32_t) numbers = { 0 };
    ARRAY(Str) words = { 0 };
    for (uint32_t i = 0; i < 10000; i++) {
        *array_push(&arena, &numbers) = i;
        *array_push(&arena, &words) = STR("w");
    }
    assert_int_equal(numbers.count, 10000);
    for (uint32_t i = 0; i < 10000; i++) {
        assert_int_equal(numbers.items[i], i);
        assert_int_equal(words.items[i].n, 1);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocates_zeroed_and_aligned),
        cmocka_unit_test(blocks_do_not_overlap),
        cmocka_unit_test(grows_blocks),
        cmocka_unit_test(grows_the_last_block_in_place),
        cmocka_unit_test(leaves_by_the_guard_when_spent),
        cmocka_unit_test(refuses_impossible_sizes),
        cmocka_unit_test(ends_the_program_without_guard),
        cmocka_unit_test(clear_keeps_little),
        cmocka_unit_test(adopts_another),
        cmocka_unit_test(copies_and_prints),
        cmocka_unit_test(arrays_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
