/* The scan: any bytes give a line table, a map of offsets and a compacted text that keep their promises. */
#include "fuzz.h"

static void check_lines(const Scan *scan)
{
    REQUIRE(scan->lines.count > 0 && scan->lines.items[0] == 0);
    for (uint32_t i = 1; i < scan->lines.count; i++) {
        uint32_t at = scan->lines.items[i];
        REQUIRE(at > scan->lines.items[i - 1] && at <= scan->source->text.n);
        char before = scan->source->text.p[at - 1];
        REQUIRE(before == '\n' || before == '\r');
        REQUIRE(scan_line(scan, at) == i && scan_line(scan, at - 1) == i - 1);
    }
}

/* Runs ascend in both texts. */
static void check_runs(const Scan *scan)
{
    uint32_t count = scan->runs.count;
    REQUIRE(count > 0);
    for (uint32_t i = 0; i + 1 < count; i++) {
        Run run = scan->runs.items[i], next = scan->runs.items[i + 1];
        REQUIRE(run.compact <= next.compact); /* a run may be empty: what was made up has no bytes in the source */
        REQUIRE(run.source <= next.source);
    }
    REQUIRE(count == 1 || scan->runs.items[0].compact == 0);
    REQUIRE(scan->runs.items[count - 1].compact == scan->compact.n);
    REQUIRE(scan->runs.items[count - 1].source <= scan->source->text.n);
    for (int i = 0; i < 16; i++)
        REQUIRE(scan->compact.p[scan->compact.n + (uint32_t)i] == 0);
}

static void check_comments(const Scan *scan)
{
    uint32_t behind = 0;
    for (uint32_t i = 0; i < scan->comments.count; i++) {
        Comment c = scan->comments.items[i];
        REQUIRE(c.begin >= behind && c.begin < c.end && c.end <= scan->source->text.n);
        REQUIRE(scan->source->text.p[c.begin] == '#');
        REQUIRE(scan_line(scan, c.begin) == scan_line(scan, c.end - 1));
        behind = c.end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16)
        return 0;
    Arena arena;
    arena_init(&arena);
    Source source;
    fuzz_source(&source, &arena, data, size);
    if (source.has_trouble)
        fuzz_check_trouble(&source, &source.trouble);
    Scan scan;
    scan_init(&scan, &arena, &source);
    check_lines(&scan);
    check_runs(&scan);
    check_comments(&scan);
    for (uint32_t i = 0; i < scan.troubles.count; i++)
        fuzz_check_trouble(&source, &scan.troubles.items[i]);
    REQUIRE(!scan.refused || (scan.troubles.count > 0 && scan.compact.n == 0));
    REQUIRE(scan_place(&scan, source.text.n).row == scan.lines.count);
    arena_release(&arena);
    return 0;
}
