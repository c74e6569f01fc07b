/* JUnit's XML: a test suite for each file with findings, a failed test case for each of them. */
#include "base/text.h"
#include "report/place.h"
#include "report/words.h"

/* U+FFFE and U+FFFF may not stand in XML. */
static bool is_forbidden(Str text, uint32_t at)
{
    Str rest = str_slice(text, at, text.n);
    return str_starts(rest, STR("\xEF\xBF\xBE")) || str_starts(rest, STR("\xEF\xBF\xBF"));
}

static void write_text(FILE *out, Arena *arena, Str text)
{
    Str clean = text_clean(arena, text);
    for (uint32_t i = 0; i < clean.n; i++) {
        if (is_forbidden(clean, i)) {
            fputs("\xEF\xBF\xBD", out);
            i += 2;
            continue;
        }
        const char *entity = clean.p[i] == '&'   ? "&amp;"
                             : clean.p[i] == '<' ? "&lt;"
                             : clean.p[i] == '>' ? "&gt;"
                             : clean.p[i] == '"' ? "&quot;"
                                                 : NULL;
        if (entity)
            fputs(entity, out);
        else
            fputc(clean.p[i], out);
    }
}

static void write_attribute(FILE *out, Arena *arena, const char *name, Str text)
{
    fprintf(out, " %s=\"", name);
    write_text(out, arena, text);
    fputc('"', out);
}

static void write_finding(FILE *out, Arena *arena, const Finding *f, Str path)
{
    Place at = { f->at.start.row ? f->at.start.row : 1, f->at.start.column ? f->at.start.column : 1 };
    Str chain = chain_text(arena, f);
    fputs("    <testcase", out);
    write_attribute(out, arena, "name", arena_printf(arena, "awry.%s", f->rule->code));
    write_attribute(out, arena, "classname", path);
    fprintf(out, " line=\"%u\" column=\"%u\">\n      <failure", at.row, at.column);
    write_attribute(out, arena, "type", str_of(severity_words[f->severity]));
    write_attribute(out, arena, "message", f->message);
    fprintf(out, ">line %u, column %u: ", at.row, at.column);
    write_text(out, arena, f->message);
    fputs(chain.n ? " (" : "", out);
    write_text(out, arena, chain);
    fprintf(out, "%s%s</failure>\n    </testcase>\n", chain.n ? ")" : "",
        f->confidence == CONFIDENCE_LIKELY ? " [likely]" : "");
}

/* The findings of one file, from `first` on; how many they are. */
static uint32_t write_suite(FILE *out, Arena *arena, const RunResult *result, const Str *paths, uint32_t first)
{
    uint32_t count = 1;
    while (first + count < result->findings.count && str_equal(paths[first + count], paths[first]))
        count++;
    fputs("  <testsuite", out);
    write_attribute(out, arena, "name", paths[first]);
    fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"0\">\n", count, count);
    for (uint32_t i = first; i < first + count; i++)
        write_finding(out, arena, result->findings.items[i], paths[i]);
    fputs("  </testsuite>\n", out);
    return count;
}

/* Without findings there is one test that passed: readers take a report without tests for a failure. */
void report_junit(FILE *out, const RunResult *result, const ReportOptions *options)
{
    Arena arena, lasting;
    arena_init(&arena);
    arena_init(&lasting);
    uint32_t count = result->findings.count;
    const Str *paths = place_paths(&lasting, options, result);
    fprintf(out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"awry\" tests=\"%u\" failures=\"%u\">\n",
        count ? count : 1, count);
    for (uint32_t i = 0; i < count && !ferror(out); arena_clear(&arena))
        i += write_suite(out, &arena, result, paths, i);
    if (count == 0)
        fputs("  <testsuite name=\"awry\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n"
              "    <testcase name=\"no findings\" classname=\"awry\"/>\n  </testsuite>\n",
            out);
    fputs("</testsuites>\n", out);
    arena_release(&lasting);
    arena_release(&arena);
}
