/* What of a run does not show outside: budgets of memory and time given in numbers, exit codes, columns of long lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/run.h"
#include "finding/span.h"
#include "support.h"

/* A file in the directory of the test, removed by remove_file. */
static void write_file(const char *name, const char *line, int count)
{
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    fputs("import time\nasync def f():\n    time.sleep(1)\n", out);
    for (int i = 0; i < count; i++)
        fputs(line, out);
    fclose(out);
}

static int count_of(const RunResult *result, const char *code)
{
    int count = 0;
    for (uint32_t i = 0; i < result->findings.count; i++)
        count += strcmp(result->findings.items[i]->rule->code, code) == 0;
    return count;
}

static const char small_file[] = "engine_small_file.py", large_file[] = "engine_large_file.py";

/* A file beyond its budget is given up whole; the worker goes on with the next one. */
static void test_memory(void **state)
{
    (void)state;
    write_file(small_file, "x = 1\n", 10);
    write_file(large_file, "x = [1, (2, 3), {4: 5}]\n", 5000);
    const char *const paths[] = { small_file, large_file };
    for (unsigned workers = 1; workers <= 2; workers++) {
        Arena arena;
        arena_init(&arena);
        RunOptions options = { .workers = workers, .max_memory = 2 << 20, .max_seconds = 100 };
        RunResult result;
        run(&result, &arena, &options, paths, 2);
        assert_int_equal(count_of(&result, "AW003"), 1);
        assert_int_equal(count_of(&result, "AW101"), 1);
        assert_int_equal(result.findings.count, 2);
        assert_int_equal(result.failed, 1);
        assert_int_equal(result.limited, 1);
        const Finding *given_up = result.findings.items[0]; /* "large" sorts first */
        assert_str(given_up->message, "file needs more than 2 MiB of memory");
        assert_str(given_up->path, large_file);

        options.max_memory = 0;
        run(&result, &arena, &options, paths, 2);
        assert_int_equal(count_of(&result, "AW101"), 2);
        assert_int_equal(result.findings.count, 2);
        assert_int_equal(result.failed, 0);
        assert_int_equal(result.files, 2);
        assert_int_equal(result.async_functions, 2);
        arena_release(&arena);
    }
    remove(small_file);
    remove(large_file);
}

static void test_exit_codes(void **state)
{
    (void)state;
    Finding sleep = { .rule = rule_find(STR("AW101")), .severity = SEVERITY_WARNING };
    Finding limit = { .rule = rule_find(STR("AW003")), .severity = SEVERITY_ERROR };
    Finding *found[2] = { &sleep, &limit };
    RunResult result = { .findings = { .items = found, .count = 0 } };
    assert_int_equal(run_exit_code(&result, SEVERITY_WARNING, false), 0);
    result.findings.count = 1;
    assert_int_equal(run_exit_code(&result, SEVERITY_INFO, false), 1);
    assert_int_equal(run_exit_code(&result, SEVERITY_WARNING, false), 1);
    assert_int_equal(run_exit_code(&result, SEVERITY_ERROR, false), 0);
    sleep.confidence = CONFIDENCE_LIKELY;
    assert_int_equal(run_exit_code(&result, SEVERITY_INFO, false), 0);

    result.findings.count = 2;
    result.failed = result.limited = 1;
    assert_int_equal(run_exit_code(&result, SEVERITY_WARNING, false), 2);
    assert_int_equal(run_exit_code(&result, SEVERITY_WARNING, true), 0);
    sleep.confidence = CONFIDENCE_SURE;
    assert_int_equal(run_exit_code(&result, SEVERITY_WARNING, true), 1);
    result.failed = 2;
    assert_int_equal(run_exit_code(&result, SEVERITY_WARNING, true), 2);
}

static void test_rules_by_name_and_code(void **state)
{
    (void)state;
    assert_ptr_equal(rule_find(STR("AW101")), rule_find(STR("blocking-sleep")));
    assert_ptr_equal(rule_find(STR("aw101")), rule_find(STR("AW101")));
    assert_null(rule_find(STR("Blocking-Sleep")));
    assert_null(rule_find(STR("AW1")));
    assert_null(rule_find(STR("")));
    for (size_t i = 0; i < all_rules_count; i++) {
        const Rule *rule = all_rules[i];
        assert_ptr_equal(rule_find(str_of(rule->code)), rule);
        assert_true(strncmp(rule_doc(rule) + 2, rule->name, strlen(rule->name)) == 0);
        bool is_about_input = strncmp(rule->code, "AW0", 3) == 0;
        assert_int_equal(rule->on[0].check == NULL, is_about_input);
    }
}

/* The excerpt of a long line is a window that holds the beginning of the mark, cut between code points. */
static void test_spans_of_long_lines(void **state)
{
    (void)state;
    enum { PAIRS = 6000 };
    Arena arena;
    arena_init(&arena);
    char *text = arena_alloc(&arena, PAIRS * 3 + 16);
    for (int i = 0; i < PAIRS; i++)
        memcpy(text + i * 3, "\xC3\xA9x", 3);
    Source *source = source_of(&arena, text);
    Module *module = module_scan(&arena, source);
    Pass pass = { .module = module, .out = &arena };
    static const uint32_t begins[] = { 0, 3, 300, 3 * 3000, 3 * 1999, 3 * 5999, 3 * 2000, 3 * 4500 };
    static const uint32_t lengths[] = { 0, 1, 2, 3, 390, 399, 402, 900, 100000 };
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            uint32_t begin = begins[i] + 2, end = begin + lengths[k];
            Span span = span_at(&pass, &module->scan, begin, end);
            Place place = scan_place(&module->scan, begin);
            assert_int_equal(span.start.row, place.row);
            assert_int_equal(span.start.column, place.column);
            assert_int_equal(span.stop.column, scan_place(&module->scan, end).column);
            assert_true(span.excerpt.n <= SPAN_EXCERPT_MOST);
            assert_true(span.mark <= span.mark_end && span.mark_end <= span.excerpt.n);
            assert_int_equal(span.excerpt_at + span.mark, begin);
            assert_int_equal(text_invalid_utf8(span.excerpt), span.excerpt.n);
            if (lengths[k] && lengths[k] < 300 && begin + lengths[k] <= PAIRS * 3)
                assert_int_equal(span.mark_end - span.mark, lengths[k]);
        }
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_exit_codes),
        cmocka_unit_test(test_rules_by_name_and_code),
        cmocka_unit_test(test_spans_of_long_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
