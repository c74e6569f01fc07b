#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void compares_bytewise(void **state)
{
    (void)state;
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("b"), STR("ab")) > 0);
    assert_true(str_compare(STR("ab"), STR("abc")) < 0);
    assert_true(str_compare(STR("abc"), STR("ab")) > 0);
    assert_int_equal(str_compare(STR("abc"), STR("abc")), 0);
    assert_int_equal(str_compare((Str){ 0 }, STR("")), 0);
    assert_true(str_compare(STR("\x7f"), STR("\xc3")) < 0); /* bytes, not signed chars */
    assert_true(str_compare(STR("a\0b"), STR("a\0c")) < 0);
}

static void finds_bytes(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("a.b.c"), '.'), 1);
    assert_int_equal(str_find_last(STR("a.b.c"), '.'), 3);
    assert_int_equal(str_find(STR("abc"), '.'), 3);
    assert_int_equal(str_find_last(STR("abc"), '.'), 3);
    assert_int_equal(str_find_last(STR(".abc"), '.'), 0);
    assert_int_equal(str_find((Str){ 0 }, 'x'), 0);
    assert_int_equal(str_find_last((Str){ 0 }, 'x'), 0);
    assert_int_equal(str_find(STR("a\0b"), 'b'), 2);
}

static void trims_both_ends(void **state)
{
    (void)state;
    assert_true(str_is(str_trim(STR(" \t\r\n a b \n")), "a b"));
    assert_true(str_is(str_trim(STR(" \t ")), ""));
    assert_true(str_is(str_trim(STR("a")), "a"));
    assert_non_null(str_trim((Str){ 0 }).p);
    assert_true(str_is(str_trim(STR("\fa")), "\fa")); /* a form feed is none of the four */
}

static void looks_at_the_ends(void **state)
{
    (void)state;
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("ab"), STR("abc")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_false(str_ends(STR("bc"), STR("abc")));
    assert_true(str_starts((Str){ 0 }, STR("")));
    assert_true(str_ends((Str){ 0 }, (Str){ 0 }));
}

static void hashes_spread(void **state)
{
    (void)state;
    assert_true(str_hash(STR("ab"), 1) == str_hash(STR("ab"), 1));
    assert_true(str_hash(STR("ab"), 1) != str_hash(STR("ab"), 2));
    assert_true(str_hash(STR(""), 7) == str_hash((Str){ 0 }, 7));
    /* Names that differ in their last digits fall into most of 1024 places; a third would share one by chance. */
    unsigned char taken[1024] = { 0 };
    int places = 0;
    for (int i = 0; i < 1024; i++) {
        char name[] = { 'n', (char)('0' + i / 100 % 10), (char)('0' + i / 10 % 10), (char)('0' + i % 10),
            (char)('a' + i / 1000) };
        uint64_t place = str_hash((Str){ name, sizeof name }, 7) & 1023;
        places += !taken[place];
        taken[place] = 1;
    }
    assert_true(places > 580);
}

static void suggests_near_names(void **state)
{
    (void)state;
    const char *const names[] = { "unstored-task", "blocking-sleep", "missing-await", "ab" };
    enum { COUNT = sizeof names / sizeof names[0] };
    assert_string_equal(str_nearest(STR("unstored-tasks"), names, COUNT), "unstored-task");
    assert_string_equal(str_nearest(STR("blokcing-sleep"), names, COUNT), "blocking-sleep"); /* a swap is one edit */
    assert_string_equal(str_nearest(STR("missing_await"), names, COUNT), "missing-await");
    assert_null(str_nearest(STR("something-else"), names, COUNT));
    assert_null(str_nearest(STR("zz"), names, COUNT)); /* a third of two bytes is none */
    assert_string_equal(str_nearest(STR("ab"), names, COUNT), "ab");
    assert_null(str_nearest(STR(""), names, COUNT));
    assert_null(str_nearest(STR("abc"), names, 0));
}

static void suggests_nothing_for_long_words(void **state)
{
    (void)state;
    static char word[65], edge[64];
    memset(word, 'a', sizeof word);
    memset(edge, 'a', sizeof edge);
    static char name[65];
    memset(name, 'a', 64);
    const char *const names[] = { name };
    assert_null(str_nearest((Str){ word, sizeof word }, names, 1));
    assert_ptr_equal(str_nearest((Str){ edge, sizeof edge }, names, 1), name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_bytewise),
        cmocka_unit_test(finds_bytes),
        cmocka_unit_test(trims_both_ends),
        cmocka_unit_test(looks_at_the_ends),
        cmocka_unit_test(hashes_spread),
        cmocka_unit_test(suggests_near_names),
        cmocka_unit_test(suggests_nothing_for_long_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
