/* The TOML reader: values and their places, what is refused and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/toml.h"
#include "python/tree.h"
#include "support.h"

static TomlValue *good(Arena *arena, const char *text)
{
    TomlError error = { 0 };
    TomlValue *root = toml_parse(arena, str_of(text), &error);
    if (!root)
        fail_msg("%s\n%u:%u: %.*s", text, error.at.row, error.at.column, STR_ARG(error.message));
    return root;
}

static void check_text(const TomlValue *root, const char *path, const char *text)
{
    const TomlValue *value = toml_find(root, path);
    assert_non_null(value);
    assert_int_equal(value->kind, TOML_STRING);
    assert_str(value->text, text);
}

static void test_values(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const TomlValue *root = good(&arena,
        "a = 1\nb = -17\nc = 1_000\nd = 0xFF\ne = 0o17\nf = 0b101\ng = true\nh = false\ni = 1.5\nj = 1e3\nk = -inf\n"
        "l = 1979-05-27T07:32:00Z\nl2 = 1979-05-27 07:32:00.5-07:00 # when\nl3 = 1979-05-27\nl4 = 07:32:00\nm = [1, 'x', [true]]\nn = {x = 1, y.z = 'q'}\no = []\np = {}\nq = 9223372036854775807\n"
        "r = -9223372036854775808\n");
    static const struct {
        const char *key;
        int64_t value;
    } integers[] = { { "a", 1 }, { "b", -17 }, { "c", 1000 }, { "d", 255 }, { "e", 15 }, { "f", 5 }, { "q", INT64_MAX },
        { "r", INT64_MIN }, { "n.x", 1 } };
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        assert_int_equal(toml_find(root, integers[i].key)->kind, TOML_INTEGER);
        assert_int_equal(toml_find(root, integers[i].key)->integer, integers[i].value);
    }
    assert_true(toml_find(root, "g")->boolean);
    assert_false(toml_find(root, "h")->boolean);
    assert_true(toml_find(root, "i")->number == 1.5);
    assert_true(toml_find(root, "j")->number == 1000);
    assert_true(toml_find(root, "k")->number < 0);
    assert_int_equal(toml_find(root, "l")->kind, TOML_TIME);
    assert_str(toml_find(root, "l2")->text, "1979-05-27 07:32:00.5-07:00");
    assert_int_equal(toml_find(root, "l3")->kind, TOML_TIME);
    assert_int_equal(toml_find(root, "l4")->kind, TOML_TIME);
    const TomlValue *array = toml_find(root, "m");
    assert_int_equal(array->first->integer, 1);
    assert_str(array->first->next->text, "x");
    assert_true(array->last->first->boolean);
    check_text(root, "n.y.z", "q");
    assert_null(toml_find(root, "o")->first);
    assert_null(toml_find(root, "p")->first);
    assert_null(toml_find(root, "none"));
    assert_null(toml_find(root, "a.b"));
    assert_null(toml_find(good(&arena, ""), "a"));
    assert_null(toml_find(good(&arena, "# nothing\n\n"), "a"));
    arena_release(&arena);
}

static void test_strings(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const TomlValue *root = good(&arena,
        "a = \"x\\ty\\n\\\"\\\\\\u00e9\\U0001F600\"\nb = 'C:\\x'\nc = \"\"\"\nfirst\n  second\\\n     third\"\"\"\n"
        "d = '''\r\nraw \\n'''\ne = \"\"\nf = ''\ng = \"\"\"\"\"\"\nh = \"\"\"a \"quoted\" word\"\"\"\ni = '# no comment' # one\n"
        "\"quoted key\" = 1\n'literal' = 2\n");
    check_text(root, "a", "x\ty\n\"\\\xC3\xA9\xF0\x9F\x98\x80");
    check_text(root, "b", "C:\\x");
    check_text(root, "c", "first\n  secondthird");
    check_text(root, "d", "raw \\n");
    check_text(root, "e", "");
    check_text(root, "f", "");
    check_text(root, "g", "");
    check_text(root, "h", "a \"quoted\" word");
    check_text(root, "i", "# no comment");
    assert_int_equal(toml_find(root, "quoted key") ? toml_find(root, "quoted key")->integer : 0, 1);
    assert_int_equal(toml_find(root, "literal")->integer, 2);
    arena_release(&arena);
}

static void test_tables(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const TomlValue *root = good(&arena,
        "[tool.awry.per-path.\"tests/**\"]\nignore = ['a']\n[tool]\nx = 1\n[tool.awry]\nselect = []\nseverity.AW104 = 'info'\n"
        "severity.\"a:b\" = 'error'\n[[list]]\nn = 1\n[list.sub]\nm = 2\n[[list]]\nn = 3\n");
    assert_int_equal(toml_find(root, "tool.x")->integer, 1);
    const TomlValue *awry = toml_find(root, "tool.awry");
    assert_str(awry->first->key, "per-path");
    assert_str(awry->first->first->key, "tests/**");
    check_text(root, "tool.awry.severity.AW104", "info");
    assert_str(toml_find(root, "tool.awry.severity")->last->key, "a:b");
    const TomlValue *list = toml_find(root, "list");
    assert_int_equal(list->kind, TOML_ARRAY);
    assert_int_equal(toml_find(list->first, "sub.m")->integer, 2);
    assert_int_equal(toml_find(list->last, "n")->integer, 3);
    arena_release(&arena);
}

static void check_place(Place place, uint32_t row, uint32_t column)
{
    assert_int_equal(place.row, row);
    assert_int_equal(place.column, column);
}

/* Columns are characters; a BOM is no character. */
static void test_places(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const TomlValue *root = good(&arena, "\xEF\xBB\xBF\"\xC3\xA9\" = ['\xC3\xA9', 1]\r\n  b.c = 2\r\n\r\n[ d ]\n");
    check_place(root->first->key_at, 1, 1);
    check_place(root->first->at, 1, 7);
    check_place(root->first->first->at, 1, 8);
    check_place(root->first->last->at, 1, 13);
    check_place(toml_find(root, "b")->key_at, 2, 3);
    check_place(toml_find(root, "b.c")->key_at, 2, 5);
    check_place(toml_find(root, "b.c")->at, 2, 9);
    check_place(toml_find(root, "d")->key_at, 4, 3);
    arena_release(&arena);
}

/* What is refused, where, and in which words. */
static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t row, column;
        const char *message;
    } wrong[] = {
        { "a = \n", 1, 5, "not valid TOML: expected a value" },
        { "a = b\n", 1, 5, "not valid TOML: a string needs quotes" },
        { "a = tru\n", 1, 5, "not valid TOML: a string needs quotes" },
        { "a = [1, 2\nb = 3\n", 2, 1, "not valid TOML: expected `,` or `]`" },
        { "a = [1 2]\n", 1, 8, "not valid TOML: expected `,` or `]`" },
        { "x = 1\nselect = [AW101]\n", 2, 11, "not valid TOML: a string needs quotes" },
        { "[tool.awry\na = 1\n", 1, 11, "not valid TOML: expected `]`" },
        { "[[a]\n", 1, 4, "not valid TOML: expected `]]`" },
        { "a = \"open\nb = 1\n", 1, 5, "not valid TOML: the string is never closed" },
        { "a = '''x", 1, 5, "not valid TOML: the string is never closed" },
        { "a = 1 b = 2\n", 1, 7, "not valid TOML: expected the end of the line" },
        { "[a] x\n", 1, 5, "not valid TOML: expected the end of the line" },
        { "= 1\n", 1, 1, "not valid TOML: expected a key" },
        { "a\n", 1, 2, "not valid TOML: expected `=`" },
        { "b = {c = 1,\n d = 2}\n", 1, 12, "not valid TOML: expected a key" },
        { "b = {c = 1\n}\n", 1, 11, "not valid TOML: expected `,` or `}` on the same line" },
        { "a = \"\\x\"\n", 1, 6, "not valid TOML: there is no such escape; a path is best written in single quotes" },
        { "a = \"\\ud800\"\n", 1, 5, "not valid TOML: the escape is no character" },
        { "a = 99999999999999999999\n", 1, 5, "not valid TOML: the number is too large" },
        { "a = '\xFF'\n", 1, 6, "not valid TOML: not UTF-8" },
        { "a = 01\n", 1, 1, "not valid TOML: this makes no sense" },
        { "a = 1\n\nb = 2\na = 3\n", 4, 1, "`a` is there twice: first on line 1" },
        { "[a]\n[b]\n[a]\n", 3, 2, "`a` is there twice: first on line 1" },
        { "a.b = 1\n[a]\n", 2, 2, "`a` is there twice: first on line 1" },
        { "a = {b = 1}\n[a.c]\n", 2, 2, "`a` is complete (line 1) and cannot be added to" },
        { "a = {b = 1}\na.c = 1\n", 2, 1, "`a` is complete (line 1) and cannot be added to" },
        { "a = 1\n[a.c]\n", 2, 2, "`a` is an integer (line 1) and cannot be added to" },
        { "a = [1]\n[[a]]\n", 2, 3, "`a` is there twice: first on line 1" },
        { "[[a]]\n[a]\n", 2, 2, "`a` is there twice: first on line 1" },
        { "a = {b = 1, b = 2}\n", 1, 13, "`b` is there twice: first on line 1" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Arena arena;
        arena_init(&arena);
        TomlError error = { 0 };
        if (toml_parse(&arena, str_of(wrong[i].text), &error))
            fail_msg("accepted: %s", wrong[i].text);
        assert_str(error.message, wrong[i].message);
        check_place(error.at, wrong[i].row, wrong[i].column);
        arena_release(&arena);
    }
}

/* Any beginning of a document is read or refused, and so is one with a byte changed. */
static void test_pieces(void **state)
{
    (void)state;
    static const char text[] =
        "# c\n[a.\"b\"]\nx = [1, 'y', {z = \"\\n\"}]\nt = '''\nq'''\n[[l]]\nd = 2024-01-01\nf = 1e5\n";
    for (uint32_t n = 0; n + 1 < sizeof text; n++) {
        for (const char *byte = "[]{}='\"#\n\\."; *byte; byte++) {
            Arena arena;
            arena_init(&arena);
            TomlError error = { 0 };
            bool is_read = toml_parse(&arena, (Str){ text, n }, &error) != NULL;
            assert_true(is_read || (error.message.n && error.at.row));
            char *changed = arena_alloc(&arena, sizeof text);
            memcpy(changed, text, sizeof text);
            changed[n] = *byte;
            is_read = toml_parse(&arena, (Str){ changed, sizeof text - 1 }, &error) != NULL;
            assert_true(is_read || (error.message.n && error.at.row));
            arena_release(&arena);
        }
    }
}

static void test_depth(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    Arena arena;
    arena_init(&arena);
    char *text = arena_alloc(&arena, 2 * DEEP + 16);
    memcpy(text, "a = ", 4);
    memset(text + 4, '[', DEEP);
    memset(text + 4 + DEEP, ']', DEEP);
    TomlError error = { 0 };
    assert_null(toml_parse(&arena, (Str){ text, 4 + 2 * DEEP }, &error));
    assert_str(error.message, "not valid TOML: values are nested too deep");
    assert_null(toml_parse(&arena, (Str){ text, 4 + DEEP }, &error));
    memcpy(text, "[a.b", 4);
    for (int i = 0; i < DEEP; i += 2)
        memcpy(text + 4 + i, ".c", 2);
    memcpy(text + 4 + DEEP, "]\n", 2);
    assert_null(toml_parse(&arena, (Str){ text, 6 + DEEP }, &error));
    assert_str(error.message, "the key has too many parts");
    arena_release(&arena);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
