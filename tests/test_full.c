/* The reports, on findings made by hand: what a rule cannot easily be brought to say is said here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "report/report.h"

static const Rule sleep_rule = { .code = "AW101", .name = "blocking-sleep", .severity = SEVERITY_ERROR };
static const Rule late_rule = {
    .code = "AW900",
    .name = "late-call",
    .severity = SEVERITY_WARNING,
    .cases = { { "in-sync", TIER_ON, SEVERITY_INFO } },
};

/* `marked` is looked for in `line`; lines are taken to be 1,000 bytes apart. */
static Span make_span(uint32_t row, const char *line, const char *marked, const char *label)
{
    const char *at = strstr(line, marked);
    assert_non_null(at);
    uint32_t mark = (uint32_t)(at - line);
    uint32_t mark_end = mark + (uint32_t)strlen(marked);
    return (Span){
        .begin = row * 1000 + mark,
        .end = row * 1000 + mark_end,
        .start = { row, mark + 1 },
        .stop = { row, mark_end + 1 },
        .line = row,
        .excerpt = str_of(line),
        .mark = mark,
        .mark_end = mark_end,
        .label = str_of(label),
    };
}

static Edit make_edit(uint32_t row, uint32_t begin, uint32_t end, const char *text)
{
    return (Edit){
        .begin = row * 1000 + begin,
        .end = row * 1000 + end,
        .start = { row, begin + 1 },
        .stop = { row, end + 1 },
        .text = str_of(text),
    };
}

static Finding make_finding(const char *message, Span at)
{
    return (Finding){
        .rule = &sleep_rule,
        .severity = SEVERITY_ERROR,
        .path = STR("app/views.py"),
        .message = str_of(message),
        .at = at,
    };
}

/* What a reporter prints for these findings; to be freed. */
static char *print(Report *format, const ReportOptions *options, RunResult counts, Finding *findings, uint32_t count)
{
    Finding *pointers[8];
    assert_true(count <= 8);
    for (uint32_t i = 0; i < count; i++)
        pointers[i] = &findings[i];
    counts.findings.items = pointers;
    counts.findings.count = count;

    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    format(out, &counts, options);
    fclose(out);
    return text;
}

static void expect_full(Finding *f, const char *expected)
{
    const ReportOptions options = { .quiet = true };
    char *text = print(report_full, &options, (RunResult){ 0 }, f, 1);
    assert_string_equal(text, expected);
    free(text);
}

static void test_places_in_order_of_lines(void **state)
{
    (void)state;
    Finding f = make_finding("`time.sleep` blocks the event loop",
        make_span(41, "    time.sleep(1)", "time.sleep(1)", "the loop waits here"));
    Span also[] = {
        make_span(39, "async def refresh(request):", "async def refresh", "runs on the event loop"),
        make_span(42, "    return 1", "return", "later"),
    };
    f.also.items = also;
    f.also.count = 2;
    Str help[] = { STR("await asyncio.sleep(1)"), STR("two\nlines") };
    f.help.items = help;
    f.help.count = 2;
    expect_full(&f, "AW101 `time.sleep` blocks the event loop\n"
                    "  --> app/views.py:41:5\n"
                    "   |\n"
                    "39 | async def refresh(request):\n"
                    "   | ----------------- runs on the event loop\n"
                    "...\n"
                    "41 |     time.sleep(1)\n"
                    "   |     ^^^^^^^^^^^^^ the loop waits here\n"
                    "42 |     return 1\n"
                    "   |     ------ later\n"
                    "   |\n"
                    "help: await asyncio.sleep(1)\n"
                    "help: two\n"
                    "      lines\n"
                    "rule: AW101 blocking-sleep (error)\n"
                    "\n");
}

static void test_two_marks_on_a_line_and_another_file(void **state)
{
    (void)state;
    Finding f = make_finding("m", make_span(7, "    save(order)", "save(order)", ""));
    Span also[] = {
        make_span(7, "    save(order)", "order", "made here"),
        make_span(105, "async def save(order): ...", "save", "defined here"),
    };
    also[1].path = STR("app/db.py");
    f.also.items = also;
    f.also.count = 2;
    f.confidence = CONFIDENCE_LIKELY;
    expect_full(&f, "AW101 m\n"
                    "   --> app/views.py:7:5\n"
                    "    |\n"
                    "  7 |     save(order)\n"
                    "    |     ^^^^^^^^^^^\n"
                    "    |          ----- made here\n"
                    "    |\n"
                    "   ::: app/db.py:105:11\n"
                    "105 | async def save(order): ...\n"
                    "    |           ---- defined here\n"
                    "    |\n"
                    "rule: AW101 blocking-sleep (error, likely)\n"
                    "\n");
}

static void test_width_of_what_stands_before_the_mark(void **state)
{
    (void)state;
    /* A tab to column 4, two wide characters, a combining accent. */
    Finding f = make_finding("m", make_span(1, "\tx = \"日本e\u0301\"; sleep()", "sleep()", "here"));
    expect_full(&f, "AW101 m\n"
                    " --> app/views.py:1:19\n"
                    "  |\n"
                    "1 |     x = \"日本e\u0301\"; sleep()\n"
                    "  |                  ^^^^^^^ here\n"
                    "  |\n"
                    "rule: AW101 blocking-sleep (error)\n"
                    "\n");
}

static void test_nothing_of_a_source_reaches_the_terminal_uncleaned(void **state)
{
    (void)state;
    Finding f = make_finding("a\x1b[31m", make_span(1, "a\x1b[2J\xff = sleep()\r", "sleep()", "b\x1b]0;t\x07"));
    f.path = STR("a\nb\x1b.py");
    Str help[] = { STR("\xe2\x80\xae rtl") };
    f.help.items = help;
    f.help.count = 1;
    const ReportOptions options = { .quiet = true };
    char *text = print(report_full, &options, (RunResult){ 0 }, &f, 1);
    for (const char *p = text; *p; p++)
        assert_true(*p == '\n' || (unsigned char)*p >= ' ');
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_non_null(strstr(text, "--> a\xef\xbf\xbd"
                                 "b\xe2\x90\x9b.py:1:10\n"));
    assert_non_null(strstr(text, "\n  |          ^^^^^^^ b"));
    free(text);
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        longest = n > longest ? n : longest;
        text += n + (text[n] == '\n');
    }
    return longest;
}

static void test_long_lines_are_cut_around_the_mark(void **state)
{
    (void)state;
    char line[400];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    memcpy(line + 200, " sleep() ", 9);
    Finding f = make_finding("m", make_span(1, line, "sleep()", ""));
    const ReportOptions options = { .quiet = true };
    char *text = print(report_full, &options, (RunResult){ 0 }, &f, 1);
    assert_true(longest_line(text) <= 165);

    const char *shown = strstr(text, "1 | ...x");
    assert_non_null(shown);
    const char *marks = strchr(shown, '\n') + 1;
    assert_int_equal(strstr(shown, "sleep()") - shown, strchr(marks, '^') - marks);
    assert_int_equal(strspn(strchr(marks, '^'), "^"), 7);
    assert_memory_equal(marks - 4, "...\n", 4);
    free(text);
}

static void test_mark_longer_than_a_line_ends_with_it(void **state)
{
    (void)state;
    char line[300];
    memset(line, 'y', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    Finding f = make_finding("m", make_span(1, line, line, ""));
    const ReportOptions options = { .quiet = true };
    char *text = print(report_full, &options, (RunResult){ 0 }, &f, 1);
    assert_int_equal(strspn(strchr(text, '^'), "^"), 150);
    free(text);
}

static void test_cut_excerpt_and_empty_mark(void **state)
{
    (void)state;
    Finding f = make_finding("m", make_span(3, "call(", "(", ""));
    f.at.excerpt_at = 5000;
    f.at.mark = f.at.mark_end = 5;
    expect_full(&f, "AW101 m\n"
                    " --> app/views.py:3:5\n"
                    "  |\n"
                    "3 | ...call(\n"
                    "  |         ^\n"
                    "  |\n"
                    "rule: AW101 blocking-sleep (error)\n"
                    "\n");
}

static void test_finding_about_a_whole_file(void **state)
{
    (void)state;
    Finding f =
        make_finding("cannot be read: permission denied", (Span){ .start = { 1, 1 }, .stop = { 1, 1 }, .line = 1 });
    expect_full(&f, "AW101 cannot be read: permission denied\n"
                    " --> app/views.py:1:1\n"
                    "rule: AW101 blocking-sleep (error)\n"
                    "\n");
}

static void test_fix_in_one_line(void **state)
{
    (void)state;
    Finding f = make_finding("m", make_span(17, "    save(order)", "save(order)", ""));
    Edit edits[] = { make_edit(17, 4, 4, "await "), make_edit(17, 14, 15, ", True)") };
    f.edits.items = edits;
    f.edits.count = 2;
    f.fix_title = STR("await it");
    f.fix_is_safe = true;
    expect_full(&f, "AW101 m\n"
                    "  --> app/views.py:17:5\n"
                    "   |\n"
                    "17 |     save(order)\n"
                    "   |     ^^^^^^^^^^^\n"
                    "   |\n"
                    "help: await it\n"
                    "   |\n"
                    "17 -     save(order)\n"
                    "17 +     await save(order, True)\n"
                    "rule: AW101 blocking-sleep (error), safe fix\n"
                    "\n");
}

static void test_fix_of_several_lines(void **state)
{
    (void)state;
    Finding f = make_finding("m", make_span(9, "x = 1", "x = 1", ""));
    Span also[] = { make_span(11, "del x", "del x", "") };
    f.also.items = also;
    f.also.count = 1;
    /* A new line at the top, one line made two, one line gone. */
    Edit edits[] = { make_edit(1, 0, 0, "import asyncio\n"), make_edit(9, 4, 5, "2\ny = 3"), make_edit(11, 0, 6, "") };
    edits[2].stop = (Place){ 12, 1 };
    f.edits.items = edits;
    f.edits.count = 3;
    f.fix_title = STR("rewrite");
    expect_full(&f, "AW101 m\n"
                    "  --> app/views.py:9:1\n"
                    "   |\n"
                    " 9 | x = 1\n"
                    "   | ^^^^^\n"
                    "...\n"
                    "11 | del x\n"
                    "   | -----\n"
                    "   |\n"
                    "help: rewrite (unsafe fix)\n"
                    "   |\n"
                    " 1 + import asyncio\n"
                    " 9 - x = 1\n"
                    " 9 + x = 2\n"
                    "10 + y = 3\n"
                    "11 - del x\n"
                    "rule: AW101 blocking-sleep (error), unsafe fix\n"
                    "\n");
}

static void test_fix_of_a_line_that_is_not_shown_has_a_title_only(void **state)
{
    (void)state;
    Finding f = make_finding("m", make_span(9, "x = 1", "x = 1", ""));
    Edit edits[] = { make_edit(9, 0, 1, "y"), make_edit(20, 0, 1, "y") };
    f.edits.items = edits;
    f.edits.count = 2;
    f.fix_title = STR("rename");
    f.fix_is_safe = true;
    expect_full(&f, "AW101 m\n"
                    "  --> app/views.py:9:1\n"
                    "   |\n"
                    " 9 | x = 1\n"
                    "   | ^^^^^\n"
                    "   |\n"
                    "help: rename\n"
                    "rule: AW101 blocking-sleep (error), safe fix\n"
                    "\n");
}

static void test_colors(void **state)
{
    (void)state;
    Finding f = make_finding("m", make_span(1, "f()", "f()", "here"));
    const ReportOptions options = { .quiet = true, .color = true };
    char *text = print(report_full, &options, (RunResult){ 0 }, &f, 1);
    assert_string_equal(text, "\x1b[1;31mAW101\x1b[0m \x1b[1mm\x1b[0m\n"
                              " \x1b[36m-->\x1b[0m \x1b[36mapp/views.py\x1b[0m\x1b[36m:1:1\x1b[0m\n"
                              "\x1b[36m  |\x1b[0m\n"
                              "\x1b[36m1 |\x1b[0m f()\n"
                              "\x1b[36m  |\x1b[0m \x1b[1;31m^^^\x1b[0m \x1b[1;31mhere\x1b[0m\n"
                              "\x1b[36m  |\x1b[0m\n"
                              "\x1b[1mrule: \x1b[0mAW101 blocking-sleep (error)\n"
                              "\n");
    free(text);
}

static void expect_summary(RunResult counts, Finding *findings, uint32_t count, double seconds, const char *expected)
{
    const ReportOptions options = { .seconds = seconds };
    char *text = print(report_full, &options, counts, findings, count);
    const char *last = text;
    for (const char *p = text; *p; p++)
        if (*p == '\n' && p[1])
            last = p + 1;
    assert_string_equal(last, expected);
    free(text);
}

static void test_summary(void **state)
{
    (void)state;
    Span at = make_span(1, "f()", "f()", "");
    Finding f[] = { make_finding("m", at), make_finding("m", at), make_finding("m", at) };
    f[1].rule = f[2].rule = &late_rule;
    f[1].severity = SEVERITY_WARNING;
    f[2].severity = SEVERITY_INFO;
    f[2].case_ = &late_rule.cases[0];
    f[0].fix_title = f[1].fix_title = STR("t");
    f[0].fix_is_safe = true;
    RunResult counts = { .total = 214, .files = 214, .files_with_findings = 2, .async_functions = 96 };

    expect_summary(counts, NULL, 0, 0.048, "All clear: 214 files, 96 async functions.\n");
    expect_summary((RunResult){ .total = 1, .files = 1, .async_functions = 1 }, NULL, 0, 0,
        "All clear: 1 file, 1 async function.\n");
    expect_summary((RunResult){ 0 }, NULL, 0, 0, "All clear: 0 files, 0 async functions.\n");
    expect_summary(counts, f, 3, 0.048,
        "Found 3 problems (1 error, 1 warning, 1 info) in 2 of 214 files in 48 ms."
        " 1 with a safe fix, 1 with an unsafe one.\n");
    counts.files_with_findings = 1;
    expect_summary(counts, f, 1, 1.26, "Found 1 problem (1 error) in 1 of 214 files in 1.3 s. 1 with a safe fix.\n");
    f[0].fix_title = STR("");
    counts.failed = 1;
    counts.total = 215;
    expect_summary(counts, f, 1, 61.2,
        "Found 1 problem (1 error) in 1 of 215 files in 1 min 1 s. 1 file could not be analysed.\n");
    expect_summary(counts, f + 2, 1, 0.9999,
        "Found 1 problem (1 info) in 1 of 215 files in 1.0 s. 1 file could not be analysed.\n");
    counts.failed = 2;
    counts.total = 216;
    expect_summary(counts, NULL, 0, 0, "Found no problems in 214 of 216 files. 2 files could not be analysed.\n");
}

static void test_case_is_named(void **state)
{
    (void)state;
    Finding f = make_finding("m", (Span){ .start = { 1, 1 }, .stop = { 1, 1 } });
    f.rule = &late_rule;
    f.case_ = &late_rule.cases[0];
    f.severity = SEVERITY_INFO;
    expect_full(&f, "AW900 m\n"
                    " --> app/views.py:1:1\n"
                    "rule: AW900 late-call:in-sync (info)\n"
                    "\n");
}

/* `load(7)` at 41, in `load` `fetch()` at `row`, in another file `get()`. */
static void make_path(Finding *f, Span also[3], uint32_t row)
{
    *f = make_finding("`refresh` blocks the event loop", make_span(41, "    load(7)", "load(7)", "the loop waits here"));
    also[0] = make_span(39, "async def refresh():", "async def refresh", "runs on the event loop");
    also[1] = make_span(row, "    return fetch(7)", "fetch(7)", "calls");
    also[2] = make_span(7, "    return requests.get(url)", "requests.get(url)", "network I/O");
    also[2].path = STR("app/http.py");
    also[1].is_step = also[2].is_step = true;
    f->also.items = also;
    f->also.count = 3;
}

static void test_steps_are_numbered(void **state)
{
    (void)state;
    Finding f;
    Span also[3];
    make_path(&f, also, 44);
    expect_full(&f, "AW101 `refresh` blocks the event loop\n"
                    "  --> app/views.py:41:5\n"
                    "   |\n"
                    "39 | async def refresh():\n"
                    "   | ----------------- runs on the event loop\n"
                    "...\n"
                    "41 |     load(7)\n"
                    "   |     ^^^^^^^ 1. the loop waits here\n"
                    "...\n"
                    "44 |     return fetch(7)\n"
                    "   |            -------- 2. calls\n"
                    "   |\n"
                    "  ::: app/http.py:7:12\n"
                    " 7 |     return requests.get(url)\n"
                    "   |            ----------------- 3. network I/O\n"
                    "   |\n"
                    "rule: AW101 blocking-sleep (error)\n"
                    "\n");
}

static void test_steps_far_away_have_snippets_in_order(void **state)
{
    (void)state;
    Finding f;
    Span also[3];
    make_path(&f, also, 12);
    /* A step that comes back is not taken out of the story. */
    also[2].path = STR("");
    also[2].line = also[2].start.row = also[2].stop.row = 42;
    expect_full(&f, "AW101 `refresh` blocks the event loop\n"
                    "  --> app/views.py:41:5\n"
                    "   |\n"
                    "39 | async def refresh():\n"
                    "   | ----------------- runs on the event loop\n"
                    "...\n"
                    "41 |     load(7)\n"
                    "   |     ^^^^^^^ 1. the loop waits here\n"
                    "   |\n"
                    "  ::: app/views.py:12:12\n"
                    "12 |     return fetch(7)\n"
                    "   |            -------- 2. calls\n"
                    "   |\n"
                    "  ::: app/views.py:42:12\n"
                    "42 |     return requests.get(url)\n"
                    "   |            ----------------- 3. network I/O\n"
                    "   |\n"
                    "rule: AW101 blocking-sleep (error)\n"
                    "\n");
}

/* A step in a file that can no longer be read has its path alone. */
static void test_step_without_text(void **state)
{
    (void)state;
    Finding f;
    Span also[3];
    make_path(&f, also, 44);
    also[2] = (Span){ .path = STR("app/http.py"), .label = STR("network I/O"), .is_step = true };
    f.also.items = &also[1];
    f.also.count = 2;
    expect_full(&f, "AW101 `refresh` blocks the event loop\n"
                    "  --> app/views.py:41:5\n"
                    "   |\n"
                    "41 |     load(7)\n"
                    "   |     ^^^^^^^ 1. the loop waits here\n"
                    "...\n"
                    "44 |     return fetch(7)\n"
                    "   |            -------- 2. calls\n"
                    "   |\n"
                    "  ::: app/http.py\n"
                    "   | 3. network I/O\n"
                    "rule: AW101 blocking-sleep (error)\n"
                    "\n");
}

static void make_long_path(Finding *f, Span *also, uint32_t steps)
{
    *f = make_finding("m", make_span(1, "load(7)", "load(7)", ""));
    for (uint32_t i = 0; i + 1 < steps; i++) {
        also[i] = make_span(2 + i, "go(on)", "go", "calls");
        also[i].path = STR("b.py");
        also[i].is_step = true;
    }
    f->also.items = also;
    f->also.count = steps - 1;
}

/* Of a path of more than six steps the middle ones are counted; others of the same finding have them all. */
static void test_long_paths_are_folded(void **state)
{
    (void)state;
    Finding f;
    Span also[9];
    make_long_path(&f, also, 9);
    expect_full(&f, "AW101 m\n"
                    " --> app/views.py:1:1\n"
                    "  |\n"
                    "1 | load(7)\n"
                    "  | ^^^^^^^ 1.\n"
                    "  |\n"
                    " ::: b.py:2:1\n"
                    "2 | go(on)\n"
                    "  | -- 2. calls\n"
                    "  |\n"
                    " ::: b.py:3:1\n"
                    "3 | go(on)\n"
                    "  | -- 3. calls\n"
                    "  |\n"
                    " ::: ... 3 more calls\n"
                    " ::: b.py:7:1\n"
                    "7 | go(on)\n"
                    "  | -- 7. calls\n"
                    "  |\n"
                    " ::: b.py:8:1\n"
                    "8 | go(on)\n"
                    "  | -- 8. calls\n"
                    "  |\n"
                    " ::: b.py:9:1\n"
                    "9 | go(on)\n"
                    "  | -- 9. calls\n"
                    "  |\n"
                    "rule: AW101 blocking-sleep (error)\n"
                    "\n");
    char *text = print(report_json, &(ReportOptions){ 0 }, (RunResult){ 0 }, &f, 1);
    assert_non_null(strstr(text, "\"step\":5}"));
    assert_non_null(strstr(text, "\"step\":9}"));
    free(text);

    const ReportOptions options = { .quiet = true };
    make_long_path(&f, also, 6);
    text = print(report_full, &options, (RunResult){ 0 }, &f, 1);
    assert_null(strstr(text, "more call"));
    assert_non_null(strstr(text, "4. calls"));
    free(text);
    make_long_path(&f, also, 7);
    text = print(report_full, &options, (RunResult){ 0 }, &f, 1);
    assert_non_null(strstr(text, " ::: ... 1 more call\n"));
    assert_null(strstr(text, "4. calls"));
    free(text);
}

static void test_json(void **state)
{
    (void)state;
    const ReportOptions options = { .color = true };
    char *text = print(report_json, &options, (RunResult){ 0 }, NULL, 0);
    assert_string_equal(text, "[]\n");
    free(text);

    Finding f[] = {
        make_finding("say \"hi\"\n", make_span(2, "  f()", "f()", "x")),
        make_finding("\xff", (Span){ .start = { 0, 0 } }),
    };
    Span also[] = { make_span(1, "def g():", "g", "de\\fined") };
    also[0].path = STR("b.py");
    f[0].also.items = also;
    f[0].also.count = 1;
    Edit edits[] = { make_edit(2, 2, 2, "await "), make_edit(2, 5, 5, "\t") };
    f[0].edits.items = edits;
    f[0].edits.count = 2;
    f[0].fix_title = STR("await it");
    f[1].confidence = CONFIDENCE_LIKELY;
    f[1].severity = SEVERITY_WARNING;
    f[1].rule = &late_rule;
    f[1].case_ = &late_rule.cases[0];
    f[1].symbol = STR("Store.load");
    f[1].chain = STR("a → b");
    text = print(report_json, &options, (RunResult){ 0 }, f, 2);
    assert_string_equal(text,
        "[\n"
        "{\"code\":\"AW101\",\"name\":\"blocking-sleep\",\"case\":null,\"message\":\"say \\\"hi\\\"\\n\",\"filename\":\"app/views.py\","
        "\"location\":{\"row\":2,\"column\":3},\"end_location\":{\"row\":2,\"column\":6},"
        "\"severity\":\"error\",\"confidence\":\"sure\",\"url\":null,\"symbol\":null,"
        "\"fingerprint\":\"1790451d06ab5c44\",\"fix\":{\"applicability\":\"unsafe\",\"message\":\"await it\",\"edits\":["
        "{\"content\":\"await \",\"location\":{\"row\":2,\"column\":3},\"end_location\":{\"row\":2,\"column\":3}},"
        "{\"content\":\"\\t\",\"location\":{\"row\":2,\"column\":6},\"end_location\":{\"row\":2,\"column\":6}}]},"
        "\"calls\":null,\"chain\":[{\"message\":\"de\\\\fined\",\"filename\":\"b.py\","
        "\"location\":{\"row\":1,\"column\":5},\"end_location\":{\"row\":1,\"column\":6},\"step\":null}]},\n"
        "{\"code\":\"AW900\",\"name\":\"late-call\",\"case\":\"in-sync\",\"message\":\"\xef\xbf\xbd\",\"filename\":\"app/views.py\","
        "\"location\":{\"row\":1,\"column\":1},\"end_location\":{\"row\":1,\"column\":1},"
        "\"severity\":\"warning\",\"confidence\":\"likely\",\"url\":null,\"symbol\":\"Store.load\","
        "\"fingerprint\":\"daf164765ecad8d5\",\"fix\":null,\"calls\":\"a \xe2\x86\x92 b\",\"chain\":[]}\n"
        "]\n");
    free(text);
}

static void test_formats(void **state)
{
    (void)state;
    assert_string_equal(all_formats[0].name, "full");
    assert_ptr_equal(all_formats[0].report, report_full);
    static const char *const names[] = { "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Format *format = format_find(str_of(names[i]));
        assert_non_null(format);
        assert_string_equal(format->name, names[i]);
    }
    assert_null(format_find(STR("")));
    assert_null(format_find(STR("ful")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_in_order_of_lines),
        cmocka_unit_test(test_two_marks_on_a_line_and_another_file),
        cmocka_unit_test(test_width_of_what_stands_before_the_mark),
        cmocka_unit_test(test_nothing_of_a_source_reaches_the_terminal_uncleaned),
        cmocka_unit_test(test_long_lines_are_cut_around_the_mark),
        cmocka_unit_test(test_mark_longer_than_a_line_ends_with_it),
        cmocka_unit_test(test_cut_excerpt_and_empty_mark),
        cmocka_unit_test(test_finding_about_a_whole_file),
        cmocka_unit_test(test_fix_in_one_line),
        cmocka_unit_test(test_fix_of_several_lines),
        cmocka_unit_test(test_fix_of_a_line_that_is_not_shown_has_a_title_only),
        cmocka_unit_test(test_steps_are_numbered),
        cmocka_unit_test(test_steps_far_away_have_snippets_in_order),
        cmocka_unit_test(test_step_without_text),
        cmocka_unit_test(test_long_paths_are_folded),
        cmocka_unit_test(test_colors),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_case_is_named),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
