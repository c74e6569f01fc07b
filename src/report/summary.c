#include "report/summary.h"

#include "report/words.h"

static void print_seconds(FILE *out, double seconds)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (seconds < 0.9995)
        fprintf(out, "%.0f ms", seconds * 1000);
    else if (seconds < 60)
        fprintf(out, "%.1f s", seconds);
    else
        fprintf(out, "%lu min %lu s", whole / 60, whole % 60);
}

static void print_severities(FILE *out, const RunResult *result)
{
    uint32_t counts[3] = { 0 };
    for (uint32_t i = 0; i < result->findings.count; i++)
        counts[result->findings.items[i]->severity]++;

    const char *before = " (";
    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--) {
        uint32_t count = counts[severity];
        if (count == 0)
            continue;
        /* "info" has no plural. */
        const char *ending = severity == SEVERITY_INFO ? "" : plural(count);
        fprintf(out, "%s%u %s%s", before, count, severity_words[severity], ending);
        before = ", ";
    }
    fputc(')', out);
}

static void print_fixable(FILE *out, const RunResult *result)
{
    uint32_t safe = 0;
    uint32_t unsafe = 0;
    for (uint32_t i = 0; i < result->findings.count; i++) {
        const Finding *f = result->findings.items[i];
        if (f->fix_title.n && f->fix_is_safe)
            safe++;
        else if (f->fix_title.n)
            unsafe++;
    }
    if (safe && unsafe)
        fprintf(out, " %u with a safe fix, %u with an unsafe one.", safe, unsafe);
    else if (safe || unsafe)
        fprintf(out, " %u with %s fix.", safe + unsafe, safe ? "a safe" : "an unsafe");
}

void print_summary(Paper *paper, const RunResult *result, double seconds)
{
    FILE *out = paper->out;
    uint32_t files = result->total;
    if (result->findings.count) {
        fprintf(out, "Found %u problem%s", result->findings.count, plural(result->findings.count));
        print_severities(out, result);
        fprintf(out, " in %u of %u file%s in ", result->files_with_findings, files, plural(files));
        print_seconds(out, seconds);
        fputc('.', out);
        print_fixable(out, result);
    } else if (result->failed) {
        fprintf(out, "Found no problems in %u of %u file%s.", files - result->failed, files, plural(files));
    } else {
        fprintf(out, "All clear: %u file%s, %u async function%s.", files, plural(files), result->async_functions,
            plural(result->async_functions));
    }
    if (result->failed) {
        fputc(' ', out);
        char failed[80];
        snprintf(failed, sizeof failed, "%u file%s could not be analysed.", result->failed, plural(result->failed));
        paper_word(paper, STYLE_ERROR, failed);
    }
    fputc('\n', out);
}

void report_summary(FILE *out, const RunResult *result, const ReportOptions *options)
{
    Arena arena;
    arena_init(&arena);
    Paper paper = { .out = out, .arena = &arena, .color = options->color };
    print_summary(&paper, result, options->seconds);
    arena_release(&arena);
}

void print_report(FILE *out, const RunResult *result, const ReportOptions *options, PrintFinding *print)
{
    Arena arena;
    arena_init(&arena);
    Paper paper = { .out = out, .arena = &arena, .color = options->color };
    /* A reader who went away (`| head`) need not be written to any further. */
    for (uint32_t i = 0; i < result->findings.count && !ferror(out); i++) {
        print(&paper, result->findings.items[i]);
        arena_clear(&arena);
    }
    if (!options->quiet)
        print_summary(&paper, result, options->seconds);
    arena_release(&arena);
}
