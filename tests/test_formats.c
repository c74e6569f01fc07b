/* The reports for logs and services, on findings made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "finding/fingerprint.h"
#include "report/place.h"
#include "report/report.h"

static const Rule chain_rule = {
    .code = "AW117",
    .name = "blocking-call-transitive",
    .summary = "helper blocks",
    .severity = SEVERITY_ERROR,
};

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

static Finding make_finding(const char *path, const char *message, uint32_t row)
{
    return (Finding){
        .rule = &chain_rule,
        .severity = SEVERITY_ERROR,
        .path = str_of(path),
        .symbol = STR("refresh"),
        .message = str_of(message),
        .at = make_span(row, "    load(7)", "load(7)", "waits"),
    };
}

static char *print(const char *format, const ReportOptions *options, Finding *findings, uint32_t count)
{
    static Finding *pointers[30000];
    assert_true(count <= 30000);
    for (uint32_t i = 0; i < count; i++)
        pointers[i] = &findings[i];
    RunResult result = { .total = 214, .files = 214, .files_with_findings = 1, .async_functions = 96 };
    result.findings.items = pointers;
    result.findings.count = count;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    format_find(str_of(format))->report(out, &result, options);
    fclose(out);
    return text;
}

static void expect(
    const char *format, const ReportOptions *options, Finding *findings, uint32_t count, const char *expected)
{
    char *text = print(format, options, findings, count);
    assert_string_equal(text, expected);
    free(text);
}

/* Two steps behind the finding's own place. */
static void add_steps(Finding *f, Span steps[2])
{
    steps[0] = make_span(12, "    return fetch(7)", "fetch(7)", "calls");
    steps[1] = make_span(20, "    return requests.get(url)", "requests.get(url)", "network I/O");
    steps[0].is_step = steps[1].is_step = true;
    f->also.items = steps;
    f->also.count = 2;
}

static void test_concise(void **state)
{
    (void)state;
    Finding f[] = { make_finding("app/a.py", "`refresh` blocks", 41), make_finding("b\n.py", "m\x1b", 2) };
    Span steps[2];
    add_steps(&f[0], steps);
    f[1].severity = SEVERITY_INFO;
    f[1].confidence = CONFIDENCE_LIKELY;
    f[1].at = (Span){ 0 };
    expect("concise", &(ReportOptions){ .quiet = true }, f, 2,
        "app/a.py:41:5: AW117 [error] `refresh` blocks (load → fetch → requests.get)\n"
        "b\xef\xbf\xbd.py: AW117 [info, likely] m\xe2\x90\x9b\n");
    f[0].chain = STR("load_profile → _fetch → requests.get");
    expect("concise", &(ReportOptions){ .seconds = 0.048 }, f, 1,
        "app/a.py:41:5: AW117 [error] `refresh` blocks (load_profile → _fetch → requests.get)\n"
        "Found 1 problem (1 error) in 1 of 214 files in 48 ms.\n");
    expect("concise", &(ReportOptions){ 0 }, NULL, 0, "All clear: 214 files, 96 async functions.\n");
    expect("concise", &(ReportOptions){ .quiet = true, .color = true }, &f[1], 1,
        "\x1b[36mb\xef\xbf\xbd.py\x1b[0m: \x1b[1;34mAW117\x1b[0m [info, likely] m\xe2\x90\x9b\n");
}

static void test_github(void **state)
{
    (void)state;
    Finding f[] = {
        make_finding("../a,b:c%.py", "100% `x`\r\n::error::no", 41),
        make_finding("b\n.py", "m", 2),
        make_finding("c.py", "m", 3),
    };
    f[0].chain = STR("a → b");
    f[1].severity = SEVERITY_INFO;
    f[1].confidence = CONFIDENCE_LIKELY;
    f[1].at = (Span){ 0 };
    f[2].severity = SEVERITY_WARNING;
    f[2].at.stop = (Place){ 5, 2 };
    const ReportOptions options = { .quiet = true, .cwd = STR("/p/app"), .root = STR("/p") };
    expect("github", &options, f, 3,
        "::error title=awry (AW117),file=a%2Cb%3Ac%25.py,line=41,col=5,endLine=41,endColumn=12"
        "::a,b:c%25.py:41:5: AW117 100%25 `x`%0D%0A::error::no (a → b)\n"
        "::notice title=awry (AW117),file=app/b%0A.py,line=1,endLine=1::app/b%0A.py:1:1: AW117 m [likely]\n"
        "::warning title=awry (AW117),file=app/c.py,line=3,endLine=5::app/c.py:3:5: AW117 m\n");
}

static void test_gitlab(void **state)
{
    (void)state;
    Finding f = make_finding("./a.py", "say \"x\"", 41);
    const ReportOptions options = { .cwd = STR("/p/app"), .root = STR("/p") };
    expect("gitlab", &options, NULL, 0, "[]\n");
    char *text = print("gitlab", &options, &f, 1);
    assert_non_null(
        strstr(text, "[\n{\"check_name\":\"blocking-call-transitive\",\"description\":\"AW117: say \\\"x\\\"\","
                     "\"severity\":\"major\",\"fingerprint\":\""));
    assert_non_null(strstr(text, "\"location\":{\"path\":\"app/a.py\",\"positions\":{"
                                 "\"begin\":{\"line\":41,\"column\":5},\"end\":{\"line\":41,\"column\":12}}}}\n]\n"));
    free(text);
}

static void test_junit(void **state)
{
    (void)state;
    Finding f[] = { make_finding("a.py", "<x> & \"y\"\x01", 41), make_finding("a.py", "m\xef\xbf\xbf", 42),
        make_finding("b.py", "m", 1) };
    f[2].confidence = CONFIDENCE_LIKELY;
    f[2].chain = STR("a → b");
    expect("junit", &(ReportOptions){ 0 }, f, 3,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"awry\" tests=\"3\" failures=\"3\">\n"
        "  <testsuite name=\"a.py\" tests=\"2\" failures=\"2\" errors=\"0\" skipped=\"0\">\n"
        "    <testcase name=\"awry.AW117\" classname=\"a.py\" line=\"41\" column=\"5\">\n"
        "      <failure type=\"error\" message=\"&lt;x&gt; &amp; &quot;y&quot;\xef\xbf\xbd\">"
        "line 41, column 5: &lt;x&gt; &amp; &quot;y&quot;\xef\xbf\xbd</failure>\n"
        "    </testcase>\n"
        "    <testcase name=\"awry.AW117\" classname=\"a.py\" line=\"42\" column=\"5\">\n"
        "      <failure type=\"error\" message=\"m\xef\xbf\xbd\">line 42, column 5: m\xef\xbf\xbd</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "  <testsuite name=\"b.py\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\">\n"
        "    <testcase name=\"awry.AW117\" classname=\"b.py\" line=\"1\" column=\"5\">\n"
        "      <failure type=\"error\" message=\"m\">line 1, column 5: m (a → b) [likely]</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
    char *text = print("junit", &(ReportOptions){ 0 }, NULL, 0);
    assert_non_null(strstr(text, "<testsuites name=\"awry\" tests=\"1\" failures=\"0\">"));
    free(text);
}

static void test_json_lines(void **state)
{
    (void)state;
    Finding f[] = { make_finding("a.py", "m", 41), make_finding("a.py", "m", 42) };
    Span steps[2];
    add_steps(&f[0], steps);
    expect("json-lines", &(ReportOptions){ 0 }, NULL, 0, "");
    char *text = print("json-lines", &(ReportOptions){ 0 }, f, 2);
    char *second = strchr(text, '\n') + 1;
    assert_memory_equal(text, "{\"code\":\"AW117\"", 15);
    assert_memory_equal(second, "{\"code\":\"AW117\"", 15);
    assert_string_equal(strchr(second, '\n'), "\n");
    assert_non_null(strstr(text, "\"calls\":\"load → fetch → requests.get\",\"chain\":[{\"message\":\"calls\""));
    assert_non_null(strstr(text, "\"step\":2}"));
    assert_non_null(strstr(text, "\"step\":3}"));
    free(text);
}

static void test_sarif_tells_the_path(void **state)
{
    (void)state;
    Finding f = make_finding("app/a.py", "`refresh` blocks", 41);
    Span steps[2];
    add_steps(&f, steps);
    steps[1].path = STR("app/http b.py");
    char *text = print("sarif", &(ReportOptions){ .version = "1.2.3" }, &f, 1);
    const char *flow = strstr(text, "\"codeFlows\":[{\"threadFlows\":[{\"locations\":[");
    assert_non_null(flow);
    const char *places[] = { "\"text\":\"waits\"", "\"text\":\"calls\"", "\"uri\":\"app/http%20b.py\"",
        "\"text\":\"network I/O\"" };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        flow = strstr(flow, places[i]);
        assert_non_null(flow);
    }
    assert_non_null(strstr(text, "\"semanticVersion\":\"1.2.3\""));
    assert_non_null(strstr(text, "\"text\":\"`refresh` blocks. Path: load → fetch → requests.get.\""));
    assert_null(strstr(text, "relatedLocations"));
    free(text);
}

/* A path through other files: one of the project, one of a library, one that cannot be read. */
static void add_far_steps(Finding *f, Span steps[3])
{
    steps[0] = make_span(12, "    return fetch(7)", "fetch(7)", "`load` calls `fetch`");
    steps[0].path = STR("app/services.py");
    steps[1] = make_span(20, "    return get(url)", "get(url)", "`fetch` calls `get`");
    steps[1].path = STR("/env/lib/client.py");
    steps[2] = (Span){ .path = STR("app/gone.py"), .label = STR("`requests.get`: network I/O") };
    for (int i = 0; i < 3; i++)
        steps[i].is_step = true;
    f->also.items = steps;
    f->also.count = 3;
    f->chain = STR("load → fetch → get → requests.get");
}

static void expect_parts(const char *format, Finding *f, const char *const *parts)
{
    const ReportOptions options = { .cwd = STR("/p/q"), .root = STR("/p") };
    char *text = print(format, &options, f, 1);
    const char *at = text;
    for (; *parts; parts++) {
        at = strstr(at, *parts);
        if (!at)
            fail_msg("%s: no `%s` at its place in %s", format, *parts, text);
    }
    free(text);
}

static void test_paths_through_files(void **state)
{
    (void)state;
    Finding f = make_finding("app/a.py", "`refresh` blocks", 41);
    Span steps[3];
    add_far_steps(&f, steps);
    static const char *const json[] = { "\"calls\":\"load → fetch → get → requests.get\"",
        "\"filename\":\"app/services.py\",\"location\":{\"row\":12,\"column\":12}", "\"step\":2}",
        "\"filename\":\"/env/lib/client.py\",\"location\":{\"row\":20,\"column\":12}", "\"step\":3}",
        "\"filename\":\"app/gone.py\"", "\"step\":4}", NULL };
    expect_parts("json", &f, json);
    expect_parts("json-lines", &f, json);
    static const char *const sarif[] = { "\"codeFlows\"", "\"uri\":\"q/app/a.py\",\"uriBaseId\":\"SRCROOT\"",
        "\"uri\":\"q/app/services.py\",\"uriBaseId\":\"SRCROOT\"", "\"startLine\":12",
        "\"text\":\"`load` calls `fetch`\"", "\"uri\":\"file:///env/lib/client.py\",\"index\"", "\"startLine\":20",
        "\"uri\":\"q/app/gone.py\"", "\"text\":\"`requests.get`: network I/O\"", NULL };
    expect_parts("sarif", &f, sarif);
    static const char *const chain[] = { "(load → fetch → get → requests.get)", NULL };
    static const char *const lines[] = { "concise", "github", "gitlab", "junit" };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_parts(lines[i], &f, chain);
}

/* Where the other files' lines are says nothing about the finding. */
static void test_fingerprint_of_a_path(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Finding f = make_finding("a.py", "m", 1), same = f;
    Span steps[3], moved[3];
    add_far_steps(&f, steps);
    add_far_steps(&same, moved);
    moved[0].start.row = moved[0].stop.row = moved[0].line = 99;
    moved[1].excerpt = STR("    return  get(url)");
    Finding *const one[] = { &f }, *const other[] = { &same };
    assert_true(*fingerprint_all(&arena, one, 1, NULL) == *fingerprint_all(&arena, other, 1, NULL));
    arena_release(&arena);
}

/* Not by strstr: with the sanitizer each of its calls measures the whole text. */
static uint32_t count_of(const char *text, const char *part)
{
    size_t length = strlen(part);
    uint32_t count = 0;
    for (const char *p = text, *end = text + strlen(text); (p = memchr(p, part[0], (size_t)(end - p))) != NULL; p++)
        count += (size_t)(end - p) >= length && memcmp(p, part, length) == 0;
    return count;
}

static void test_sarif_leaves_out_the_least_severe(void **state)
{
    (void)state;
    enum { COUNT = 25010 };
    Finding *f = calloc(COUNT, sizeof *f);
    for (uint32_t i = 0; i < COUNT; i++) {
        f[i] = make_finding("a.py", "m", i + 1);
        f[i].severity = i % 2 ? SEVERITY_WARNING : SEVERITY_ERROR;
    }
    char *text = print("sarif", &(ReportOptions){ 0 }, f, COUNT);
    assert_int_equal(count_of(text, "\"ruleId\":"), 25000);
    assert_int_equal(count_of(text, ",\"level\":\"error\",\"message\":"), COUNT / 2);
    assert_non_null(
        strstr(text, "\"text\":\"10 of 25010 findings are left out, the least severe ones: a log may hold 25000.\""));
    free(text);
    free(f);
}

static void expect_path(Arena *arena, const char *cwd, const char *root, const char *path, const char *expected)
{
    const ReportOptions options = { .cwd = str_of(cwd), .root = str_of(root) };
    Str result = place_path(arena, &options, str_of(path));
    assert_string_equal(arena_copy(arena, result).p, expected);
}

static void test_paths(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    expect_path(&arena, "/p/q", "/p", "a.py", "q/a.py");
    expect_path(&arena, "/p/q", "/p", "./x//y/../a.py", "q/x/a.py");
    expect_path(&arena, "/p/q", "/p", "../a.py", "a.py");
    expect_path(&arena, "/p/q", "/p", "../../a.py", "/a.py");
    expect_path(&arena, "/p/q", "/p", "../../../../a.py", "/a.py");
    expect_path(&arena, "/p/q", "/p", "../../pq/a.py", "/pq/a.py");
    expect_path(&arena, "/p/q", "/p", "/p/q/a.py", "q/a.py");
    expect_path(&arena, "/p/q", "", "../a.py", "/p/a.py");
    expect_path(&arena, "/", "/", "a.py", "a.py");
    expect_path(&arena, "", "", "./b/../../a.py", "../a.py");
    expect_path(&arena, "", "", "../../a.py", "../../a.py");
    expect_path(&arena, "", "", "a/..", ".");
    expect_path(&arena, "/p", "/p", "<stdin>", "<stdin>");
    arena_release(&arena);
}

static void expect_uri(Arena *arena, const char *path, const char *expected)
{
    assert_string_equal(arena_copy(arena, place_uri(arena, str_of(path))).p, expected);
}

static void test_uris(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    expect_uri(&arena, "a/b-c_d.e~1.py", "a/b-c_d.e~1.py");
    expect_uri(&arena, "a b#c?d%.py", "a%20b%23c%3Fd%25.py");
    expect_uri(&arena, "x:y.py", "x%3Ay.py");
    expect_uri(&arena, "日\xff.py", "%E6%97%A5%FF.py");
    expect_uri(&arena, "/a b", "file:///a%20b");
    expect_uri(&arena, "", "");
    arena_release(&arena);
}

static void test_fingerprints(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Finding f[] = { make_finding("a.py", "m", 1), make_finding("a.py", "other words", 9),
        make_finding("a.py", "m", 10) };
    Finding *const pointers[] = { &f[0], &f[1], &f[2] };
    f[1].at = make_span(9, "\tload(7)  ", "load(7)", "");
    f[2].symbol = STR("other");
    const uint64_t *prints = fingerprint_all(&arena, pointers, 3, NULL);
    /* FNV-1a of "AW117\0a.py\0refresh\0load(7)\0" and of "1\0", "2\0". */
    assert_true(prints[0] == UINT64_C(0x952cfab7bc441058));
    assert_true(prints[1] == UINT64_C(0x95372cb7bc4cb9d3));
    assert_true(prints[2] != prints[0] && prints[2] != prints[1]);

    f[0].at = make_span(77, "  load(7)", "load(7)", "");
    const uint64_t *moved = fingerprint_all(&arena, pointers, 3, NULL);
    assert_memory_equal(moved, prints, 3 * sizeof *prints);
    f[0].at = make_span(77, "  load( 7)", "load( 7)", "");
    const Str paths[] = { STR("a.py"), STR("a.py"), STR("b.py") };
    moved = fingerprint_all(&arena, pointers, 3, paths);
    assert_true(moved[0] != prints[0]);
    assert_true(moved[1] == prints[0]);
    assert_true(moved[2] != prints[2]);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_concise),
        cmocka_unit_test(test_github),
        cmocka_unit_test(test_gitlab),
        cmocka_unit_test(test_junit),
        cmocka_unit_test(test_json_lines),
        cmocka_unit_test(test_sarif_tells_the_path),
        cmocka_unit_test(test_paths_through_files),
        cmocka_unit_test(test_fingerprint_of_a_path),
        cmocka_unit_test(test_sarif_leaves_out_the_least_severe),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_uris),
        cmocka_unit_test(test_fingerprints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
