/* The hazards of the bare parser that awry is built around, shown on the pinned runtime and grammar: when one of these
 * tests fails, a newer version has mended it, and the reason for a piece of the scan is gone (ARCHITECTURE.md says which).
 * What corrupts memory is not shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_python(void);

static double cpu(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static TSTree *parse(const char *text)
{
    TSParser *parser = ts_parser_new();
    assert_true(ts_parser_set_language(parser, tree_sitter_python()));
    TSTree *tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)strlen(text));
    assert_non_null(tree);
    ts_parser_delete(parser);
    return tree;
}

static bool has_error(const char *text)
{
    TSTree *tree = parse(text);
    bool answer = ts_node_has_error(ts_tree_root_node(tree));
    ts_tree_delete(tree);
    return answer;
}

/* The kind of the node that covers these bytes of the text. */
static const char *kind_at(const char *text, uint32_t begin, uint32_t end)
{
    TSTree *tree = parse(text);
    TSNode n = ts_node_named_descendant_for_byte_range(ts_tree_root_node(tree), begin, end);
    const char *kind = ts_node_type(n); /* the language's own text */
    ts_tree_delete(tree);
    return kind;
}

/* Seconds for a block of `lines` comment lines; the least of three. */
static double comments_cost(int lines)
{
    enum { WIDTH = 80 };
    static const char head[] = "x = 1\n";
    size_t n = sizeof head - 1;
    char *text = malloc(n + (size_t)lines * WIDTH + sizeof head);
    assert_non_null(text);
    memcpy(text, head, n);
    for (int i = 0; i < lines; i++, n += WIDTH) {
        memset(text + n, ' ', WIDTH);
        text[n] = '#';
        text[n + WIDTH - 1] = '\n';
    }
    memcpy(text + n, head, sizeof head);
    double least = 1e9;
    for (int i = 0; i < 3; i++) {
        double begin = cpu();
        ts_tree_delete(parse(text));
        double seconds = cpu() - begin;
        least = seconds < least ? seconds : least;
    }
    free(text);
    return least;
}

static void runs_of_comments_are_quadratic(void **state)
{
    (void)state;
    double few = comments_cost(100), many = comments_cost(400);
    print_message("100 lines of comment: %.1f ms, 400 lines: %.1f ms\n", few * 1e3, many * 1e3);
    assert_true(many > 8 * few);
}

static void lines_in_brackets_may_not_stand_left_of_their_block(void **state)
{
    (void)state;
    assert_true(has_error("def f():\n    g(a=\nb)\n"));
    assert_false(has_error("def f():\n    g(a=\n    b)\n"));
}

static void defaults_of_type_parameters_are_unknown(void **state)
{
    (void)state;
    assert_true(has_error("def f[T = int](): pass\n"));
}

static void an_attribute_of_a_type_is_taken_for_an_alias(void **state)
{
    (void)state;
    assert_string_equal(kind_at("type(a).b = 1\n", 0, 13), "type_alias_statement");
}

static void a_star_binds_inside_the_callee(void **state)
{
    (void)state;
    assert_string_equal(kind_at("a = *f(), b\n", 4, 6), "list_splat");
}

static void await_binds_less_tightly_than_a_power(void **state)
{
    (void)state;
    const char *text = "async def f():\n    await a ** 2\n";
    assert_string_equal(kind_at(text, 19, 31), "await");
}

static void a_specifier_is_taken_for_a_walrus(void **state)
{
    (void)state;
    assert_string_equal(kind_at("f'{x:=10}'\n", 3, 8), "named_expression");
}

static void a_lone_carriage_return_ends_no_line(void **state)
{
    (void)state;
    TSTree *tree = parse("x = 1\ry = 2\r");
    TSNode root = ts_tree_root_node(tree);
    assert_int_equal(ts_node_end_point(root).row, 0);
    ts_tree_delete(tree);
}

static void tabs_count_eight_wherever_they_stand(void **state)
{
    (void)state;
    /* To Python both lines of the block are indented alike: up to column 8. */
    assert_string_equal(kind_at("if a:\n  \tx = 1\n\ty = 2\n", 9, 21), "module");
    assert_string_equal(kind_at("if a:\n\t\tx = 1\n\t\ty = 2\n", 8, 21), "block");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_comments_are_quadratic),
        cmocka_unit_test(lines_in_brackets_may_not_stand_left_of_their_block),
        cmocka_unit_test(defaults_of_type_parameters_are_unknown),
        cmocka_unit_test(an_attribute_of_a_type_is_taken_for_an_alias),
        cmocka_unit_test(a_star_binds_inside_the_callee),
        cmocka_unit_test(await_binds_less_tightly_than_a_power),
        cmocka_unit_test(a_specifier_is_taken_for_a_walrus),
        cmocka_unit_test(a_lone_carriage_return_ends_no_line),
        cmocka_unit_test(tabs_count_eight_wherever_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
