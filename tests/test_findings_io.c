/* Findings of real runs, written and read back: every report says the same, byte by byte. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/run.h"
#include "finding/findings_io.h"
#include "report/report.h"

typedef struct Seen {
    Arena arena, other;
    RunResult result;
} Seen;

/* The repository's own fixtures: all rules, all shapes of findings. */
static int set_up(void **state)
{
    tree_setup();
    Seen *seen = calloc(1, sizeof *seen);
    arena_init(&seen->arena);
    arena_init(&seen->other);
    const char *source = getenv("AWRY_SOURCE"), *paths[] = { "fixtures" };
    if (source && chdir(source) != 0)
        return -1;
    RunOptions options = { .tiers = 0xFF, .walk = { .no_ignore = true } };
    run(&seen->result, &seen->arena, &options, paths, 1);
    *state = seen;
    return 0;
}

static int tear_down(void **state)
{
    Seen *seen = *state;
    arena_release(&seen->arena);
    arena_release(&seen->other);
    free(seen);
    return 0;
}

static uint32_t end_of_file(const RunResult *result, uint32_t first)
{
    uint32_t end = first;
    while (end < result->findings.count &&
           str_equal(result->findings.items[end]->path, result->findings.items[first]->path))
        end++;
    return end;
}

/* What bytes say, in an arena of its own: nothing of the findings that were written is in it. */
static RunResult read_back(Seen *seen)
{
    RunResult copy = seen->result;
    Findings found = { 0 };
    for (uint32_t i = 0, end; i < seen->result.findings.count; i = end) {
        end = end_of_file(&seen->result, i);
        Str bytes = findings_write(&seen->other, &seen->result.findings.items[i], end - i);
        Str path = arena_copy(&seen->other, seen->result.findings.items[i]->path);
        assert_true(findings_read(&seen->other, bytes, path, &found));
        assert_int_equal(found.count, end);
        Str again = findings_write(&seen->other, &found.items[i], end - i);
        assert_true(str_equal(bytes, again));
    }
    memcpy(&copy.findings, &found, sizeof found);
    return copy;
}

static Str report_text(Arena *arena, const Format *format, const RunResult *result)
{
    ReportOptions manner = { .version = "0", .seconds = 1, .cwd = STR("/x"), .root = STR("/x") };
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    format->report(out, result, &manner);
    fclose(out);
    Str copy = arena_copy(arena, (Str){ text, (uint32_t)size });
    free(text);
    return copy;
}

static void reports_are_the_same(void **state)
{
    Seen *seen = *state;
    assert_true(seen->result.findings.count > 500);
    RunResult copy = read_back(seen);
    for (const Format *format = all_formats; format->name; format++) {
        Str before = report_text(&seen->other, format, &seen->result), after = report_text(&seen->other, format, &copy);
        assert_true(before.n > 1000);
        assert_true(str_equal(before, after));
    }
}

/* The fixtures have all of it, so that it is looked at above. */
static void every_field_is_used(void **state)
{
    Seen *seen = *state;
    uint32_t also = 0, steps = 0, chains = 0, help = 0, edits = 0, cases = 0, lines = 0, likely = 0;
    for (uint32_t i = 0; i < seen->result.findings.count; i++) {
        const Finding *f = seen->result.findings.items[i];
        also += f->also.count;
        steps += finding_has_steps(f);
        chains += f->chain.n != 0;
        help += f->help.count;
        edits += f->edits.count;
        cases += f->case_ != NULL;
        lines += f->at.lines.n != 0;
        likely += f->confidence == CONFIDENCE_LIKELY;
    }
    assert_true(also && steps && chains && help && edits && cases && lines && likely);
}

static void no_findings_are_bytes_too(void **state)
{
    Seen *seen = *state;
    Str bytes = findings_write(&seen->other, NULL, 0);
    Findings found = { 0 };
    assert_true(bytes.n > 0);
    assert_true(findings_read(&seen->other, bytes, STR("a.py"), &found));
    assert_int_equal(found.count, 0);
    assert_false(findings_read(&seen->other, STR(""), STR("a.py"), &found));
}

/* One finding of each kind of rule, few enough to be changed at every byte. */
static Str some_bytes(Seen *seen)
{
    Finding *chosen[8];
    uint32_t count = 0;
    for (uint32_t i = 0; i < seen->result.findings.count && count < 8; i++) {
        Finding *f = seen->result.findings.items[i];
        bool is_wanted =
            (count < 3 && f->also.count) || (count >= 3 && count < 5 && f->edits.count) || (count >= 5 && f->case_);
        if (!is_wanted)
            continue;
        Finding *copy = arena_new(&seen->other, Finding);
        *copy = *f;
        copy->path = STR("a.py");
        chosen[count++] = copy;
    }
    return findings_write(&seen->other, chosen, count);
}

static bool read_and_report(Str bytes)
{
    Arena arena;
    arena_init(&arena);
    Findings found = { 0 };
    bool is_read = findings_read(&arena, bytes, STR("a.py"), &found);
    RunResult result = { .files = 1 };
    memcpy(&result.findings, &found, sizeof found);
    for (const Format *format = all_formats; is_read && format->name; format++)
        report_text(&arena, format, &result);
    if (!is_read)
        assert_int_equal(found.count, 0);
    arena_release(&arena);
    return is_read;
}

static void bytes_that_were_cut_are_refused(void **state)
{
    Seen *seen = *state;
    Str bytes = some_bytes(seen);
    for (uint32_t n = 0; n < bytes.n; n++) {
        char *cut = malloc(n ? n : 1); /* of that very size, so that a read behind it shows */
        memcpy(cut, bytes.p, n);
        assert_false(read_and_report((Str){ cut, n }));
        free(cut);
    }
    assert_true(read_and_report(bytes));
    assert_false(read_and_report(arena_printf(&seen->other, "%.*sx", STR_ARG(bytes))));
}

static void made_up_bytes_can_be_reported(void **state)
{
    Seen *seen = *state;
    Str bytes = some_bytes(seen);
    static const unsigned char values[] = { 0, 1, 2, 0x40, 0x7F, 0x80, 0xFF };
    char *changed = malloc(bytes.n);
    for (uint32_t n = 0; n < bytes.n; n++) {
        memcpy(changed, bytes.p, bytes.n);
        changed[n] = (char)(n % 2 ? bytes.p[n] + 1 : values[n / 2 % sizeof values]);
        read_and_report((Str){ changed, bytes.n });
    }
    free(changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_the_same),
        cmocka_unit_test(every_field_is_used),
        cmocka_unit_test(no_findings_are_bytes_too),
        cmocka_unit_test(bytes_that_were_cut_are_refused),
        cmocka_unit_test(made_up_bytes_can_be_reported),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
