/* Findings from bytes that nobody has to have written: what is read back can be reported in every format, and written again. */
#include "finding/findings_io.h"
#include "fuzz.h"
#include "report/report.h"

enum { SIZE_MOST = 1 << 14 };

static void report_all(const Findings *found)
{
    RunResult result = { .files = 1 };
    memcpy(&result.findings, found, sizeof *found);
    ReportOptions manner = { .version = "0", .cwd = STR("/x"), .root = STR("/x") };
    FILE *out = fopen("/dev/null", "w");
    REQUIRE(out);
    for (const Format *format = all_formats; format->name; format++)
        format->report(out, &result, &manner);
    fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SIZE_MOST)
        return 0;
    Arena arena;
    arena_init(&arena);
    Findings found = { 0 };
    Str front = STR("awry findings 1\n");
    char *copy = arena_alloc(&arena, front.n + size + 1);
    memcpy(copy, front.p, front.n);
    memcpy(copy + front.n, data, size);
    Str bytes = { copy, front.n + (uint32_t)size };
    if (findings_read(&arena, bytes, STR("a.py"), &found)) {
        report_all(&found);
        Str first = findings_write(&arena, found.items, found.count);
        Findings again = { 0 };
        REQUIRE(findings_read(&arena, first, STR("a.py"), &again));
        REQUIRE(str_equal(first, findings_write(&arena, again.items, again.count)));
    }
    arena_release(&arena);
    return 0;
}
