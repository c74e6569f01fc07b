/* Patterns of .gitignore form: what matches what. test_walk_git.py compares whole trees with git itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/ignore.h"
#include "port/threads.h"

typedef struct Case {
    const char *pattern;
    const char *path;
    IgnoreVerdict verdict;
} Case;

static void check(const Case *cases, size_t count, bool is_directory)
{
    for (size_t i = 0; i < count; i++) {
        Arena arena;
        arena_init(&arena);
        IgnoreList *list = ignore_new(&arena, NULL, 0);
        ignore_add_file(list, &arena, str_of(cases[i].pattern));
        IgnoreVerdict verdict = ignore_verdict(list, str_of(cases[i].path), is_directory);
        if (verdict != cases[i].verdict)
            fail_msg("`%s` against `%s`: %d, expected %d", cases[i].pattern, cases[i].path, verdict, cases[i].verdict);
        arena_release(&arena);
    }
}
#define CHECK(cases, is_directory) check(cases, sizeof cases / sizeof *cases, is_directory)

static void test_names_and_places(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "a.py", "a.py", IGNORE_OUT },
        { "a.py", "x/y/a.py", IGNORE_OUT },
        { "a.py", "ba.py", IGNORE_SILENT },
        { "/a.py", "a.py", IGNORE_OUT },
        { "/a.py", "x/a.py", IGNORE_SILENT },
        { "x/a.py", "x/a.py", IGNORE_OUT },
        { "x/a.py", "y/x/a.py", IGNORE_SILENT },
        { "*.py", "x/a.py", IGNORE_OUT },
        { "*", "x/a.py", IGNORE_OUT },
        { "/*", "x/a.py", IGNORE_SILENT },
        { "/*", "a.py", IGNORE_OUT },
        { "a?c.py", "abc.py", IGNORE_OUT },
        { "a?c.py", "ac.py", IGNORE_SILENT },
        { "x/?/a", "x///a", IGNORE_SILENT },
        { "", "a.py", IGNORE_SILENT },
        { "!", "a.py", IGNORE_SILENT },
        { "/", "a.py", IGNORE_SILENT },
        { "A.py", "a.py", IGNORE_SILENT },
    };
    CHECK(cases, false);
}

static void test_two_stars(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "**/a.py", "a.py", IGNORE_OUT },
        { "**/a.py", "x/y/a.py", IGNORE_OUT },
        { "**/a.py", "x/ba.py", IGNORE_SILENT },
        { "x/**/a.py", "x/a.py", IGNORE_OUT },
        { "x/**/a.py", "x/y/z/a.py", IGNORE_OUT },
        { "x/**/a.py", "xy/a.py", IGNORE_SILENT },
        { "x/**", "x/y/a.py", IGNORE_OUT },
        { "x/**", "x", IGNORE_SILENT },
        { "x/*/a.py", "x/y/z/a.py", IGNORE_SILENT },
        { "/[x]**/a.py", "xy/a.py", IGNORE_OUT },
        { "/[x]**/a.py", "xy/z/a.py", IGNORE_SILENT },
        { "**/**/a.py", "a.py", IGNORE_OUT },
        { "**/x/**/y/**/a.py", "x/q/y/y/r/a.py", IGNORE_OUT },
    };
    CHECK(cases, false);
}

static void test_sets(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "[ab].py", "b.py", IGNORE_OUT },
        { "[ab].py", "c.py", IGNORE_SILENT },
        { "[!ab].py", "c.py", IGNORE_OUT },
        { "[^ab].py", "a.py", IGNORE_SILENT },
        { "[a-c]", "b", IGNORE_OUT },
        { "[a-]", "-", IGNORE_OUT },
        { "[]a]", "]", IGNORE_OUT },
        { "[!]a]", "]", IGNORE_SILENT },
        { "[\\]a]", "]", IGNORE_OUT },
        { "[c-a]", "b", IGNORE_SILENT },
        { "[[:digit:]].py", "7.py", IGNORE_OUT },
        { "[[:digit:]x].py", "x.py", IGNORE_OUT },
        { "[[:upper:]]", "a", IGNORE_SILENT },
        { "[[:nonsense:]]", "n", IGNORE_SILENT },
        { "[[:digit].py", ":.py", IGNORE_OUT },
        { "[ab", "a", IGNORE_SILENT },
        { "[ab", "[ab", IGNORE_SILENT },
        { "x[/]y", "x/y", IGNORE_SILENT },
    };
    CHECK(cases, false);
}

static void test_lines(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "# a.py", "# a.py", IGNORE_SILENT },
        { "\\#a.py", "#a.py", IGNORE_OUT },
        { "\\!a.py", "!a.py", IGNORE_OUT },
        { "a.py   ", "a.py", IGNORE_OUT },
        { "a.py\\ ", "a.py ", IGNORE_OUT },
        { "a.py\\  ", "a.py ", IGNORE_OUT },
        { "a.py\t", "a.py", IGNORE_SILENT },
        { "a.py\r\nb.py", "a.py", IGNORE_OUT },
        { "b.py\na.py\r", "a.py", IGNORE_OUT },
        { "\xEF\xBB\xBF" "a.py", "a.py", IGNORE_OUT },
        { "a.py\\", "a.py", IGNORE_SILENT },
        { "\\a.py", "a.py", IGNORE_OUT },
        { "*.py\n!a.py", "a.py", IGNORE_KEPT },
        { "!a.py\n*.py", "a.py", IGNORE_OUT },
        { "a.py/", "a.py", IGNORE_SILENT },
    };
    CHECK(cases, false);
}

static void test_directories(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "x/", "x", IGNORE_OUT },
        { "x/", "y/x", IGNORE_OUT },
        { "/x/", "y/x", IGNORE_SILENT },
        { "y/x/", "y/x", IGNORE_OUT },
        { "**/", "x", IGNORE_OUT },
        { "x/\n!x/", "x", IGNORE_KEPT },
    };
    CHECK(cases, true);
}

static void test_nearer_lists_decide(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    IgnoreList *top = ignore_new(&arena, NULL, 0);
    ignore_add_file(top, &arena, STR("*.py\n/sub/only.txt\n"));
    IgnoreList *sub = ignore_new(&arena, top, 4);
    ignore_add_file(sub, &arena, STR("!/keep.py\n"));
    assert_int_equal(ignore_verdict(sub, STR("sub/keep.py"), false), IGNORE_KEPT);
    assert_int_equal(ignore_verdict(sub, STR("sub/x/keep.py"), false), IGNORE_OUT);
    assert_int_equal(ignore_verdict(sub, STR("sub/only.txt"), false), IGNORE_OUT);
    assert_int_equal(ignore_verdict(sub, STR("sub/other.txt"), false), IGNORE_SILENT);
    arena_release(&arena);
}

/* 2,000 stars against 4,000 letters, whose last one is wrong: where matching tries again this never ends. */
static void test_many_stars_take_no_time(void **state)
{
    (void)state;
    enum { STARS = 2000, LETTERS = 4000 };
    Arena arena;
    arena_init(&arena);
    char *pattern = arena_alloc(&arena, 2 * STARS + 2), *path = arena_alloc(&arena, LETTERS + 1);
    for (int i = 0; i < STARS; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    pattern[2 * STARS] = 'b';
    memset(path, 'a', LETTERS);
    IgnoreList *list = ignore_new(&arena, NULL, 0);
    ignore_add(list, &arena, str_of(pattern));
    double begin = clock_thread();
    assert_int_equal(ignore_verdict(list, str_of(path), false), IGNORE_SILENT);
    path[LETTERS - 1] = 'b';
    assert_int_equal(ignore_verdict(list, str_of(path), false), IGNORE_OUT);
    assert_true(clock_thread() - begin < 5);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_places),
        cmocka_unit_test(test_two_stars),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_nearer_lists_decide),
        cmocka_unit_test(test_many_stars_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
