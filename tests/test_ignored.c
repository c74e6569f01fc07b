/* Files that git would leave out, and that are not there. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/ignored.h"

typedef struct Place {
    char root[64];
} Place;

static void in_place(const Place *place, const char *below, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", place->root, below);
}

static void write_file(const Place *place, const char *below, const char *text)
{
    char path[256];
    in_place(place, below, path, sizeof path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_directory(const Place *place, const char *below)
{
    char path[256];
    in_place(place, below, path, sizeof path);
    assert_int_equal(mkdir(path, 0700), 0);
}

static bool is_ignored(const Place *place, const char *directory, const char *name)
{
    char path[256];
    in_place(place, directory, path, sizeof path);
    return path_is_ignored(str_of(path), str_of(name));
}

static int set_up(void **state)
{
    static Place place;
    snprintf(place.root, sizeof place.root, "/tmp/awry-ignored-XXXXXX");
    if (!mkdtemp(place.root))
        return -1;
    make_directory(&place, ".git"); /* what is above does not count */
    make_directory(&place, "app");
    make_directory(&place, "app/db");
    *state = &place;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = { "app/db/.gitignore", "app/db", "app", ".gitignore", ".git", "" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];
        in_place(*state, names[i], path, sizeof path);
        remove(path);
    }
    return 0;
}

static void test_without_a_file(void **state)
{
    assert_true(is_ignored(*state, "app/db", "rows"));
}

static void test_patterns(void **state)
{
    write_file(*state, ".gitignore", "/app/db/made*\nstock/\nplan.py\n/rows.py\napp/leaf/*\n");
    assert_true(is_ignored(*state, "app/db", "made_here"));
    assert_true(is_ignored(*state, "app/db", "stock"));
    assert_true(is_ignored(*state, "app", "plan"));
    assert_true(is_ignored(*state, "app", "leaf"));
    assert_false(is_ignored(*state, "app", "made_here"));
    assert_false(is_ignored(*state, "app/db", "rows"));
    assert_false(is_ignored(*state, "app/db", "plans"));
}

static void test_a_nearer_file(void **state)
{
    write_file(*state, ".gitignore", "rows.py\n");
    write_file(*state, "app/db/.gitignore", "!rows.py\n/plan.py\n");
    assert_false(is_ignored(*state, "app/db", "rows"));
    assert_true(is_ignored(*state, "app", "rows"));
    assert_true(is_ignored(*state, "app/db", "plan"));
    assert_false(is_ignored(*state, "app", "plan"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_patterns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_nearer_file, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
