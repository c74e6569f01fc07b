/* Findings for people: what is wrong, why here, what to do. */
#include "report/paper.h"
#include "report/report.h"

static const char *const severity_words[] = {
    [SEVERITY_INFO] = "info",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

static const Style severity_styles[] = {
    [SEVERITY_INFO] = STYLE_INFO,
    [SEVERITY_WARNING] = STYLE_WARNING,
    [SEVERITY_ERROR] = STYLE_ERROR,
};

static int digits(uint32_t number)
{
    int count = 1;
    for (; number >= 10; number /= 10)
        count++;
    return count;
}

static int gutter_of(const Finding *f)
{
    uint32_t highest = f->at.line;
    for (uint32_t i = 0; i < f->also.count; i++)
        highest = f->also.items[i].line > highest ? f->also.items[i].line : highest;
    for (uint32_t i = 0; i < f->edits.count; i++)
        highest = f->edits.items[i].start.row > highest ? f->edits.items[i].start.row : highest;
    return digits(highest);
}

static void print_header(Paper *paper, const Finding *f)
{
    paper_word(paper, paper->style, f->rule->code);
    fputc(' ', paper->out);
    paper_text(paper, STYLE_BOLD, f->message);
    fputc('\n', paper->out);
    paper_place(paper, "-->", f->path, f->at.start);
}

/* A line of help; further lines of the same text are indented below it. */
static void print_help(Paper *paper, Str text, const char *remark)
{
    const char *before = "help: ";
    do {
        uint32_t end = str_find(text, '\n');
        paper_word(paper, STYLE_BOLD, before);
        paper_text(paper, STYLE_PLAIN, str_slice(text, 0, end));
        text = end < text.n ? str_slice(text, end + 1, text.n) : (Str){ "", 0 };
        before = "      ";
        fprintf(paper->out, "%s\n", text.n ? "" : remark);
    } while (text.n);
}

static void print_fix(Paper *paper, const Finding *f)
{
    if (f->fix_title.n == 0)
        return;
    print_help(paper, f->fix_title, f->fix_is_safe ? "" : " (unsafe fix)");
    snippet_print_fix(paper, f);
}

/* `rule: AW101 blocking-sleep (error, likely), safe fix`; the code links to its page where there is one. */
static void print_rule(Paper *paper, const Finding *f)
{
    bool is_link = paper->color && awry_rules_url[0];
    paper_word(paper, STYLE_BOLD, "rule: ");
    if (is_link)
        fprintf(paper->out, "\x1b]8;;%s/%s\x1b\\", awry_rules_url, f->rule->name);
    fprintf(paper->out, "%s %s", f->rule->code, f->rule->name);
    if (is_link)
        fputs("\x1b]8;;\x1b\\", paper->out);
    if (f->case_)
        fprintf(paper->out, ":%s", f->case_->name);
    fprintf(paper->out, " (%s%s)", severity_words[f->severity], f->confidence == CONFIDENCE_LIKELY ? ", likely" : "");
    if (f->fix_title.n)
        fprintf(paper->out, ", %s fix", f->fix_is_safe ? "safe" : "unsafe");
    fputc('\n', paper->out);
}

static void print_finding(Paper *paper, const Finding *f)
{
    paper->style = severity_styles[f->severity];
    paper->gutter = gutter_of(f);
    print_header(paper, f);
    snippet_print(paper, f);
    for (uint32_t i = 0; i < f->help.count; i++)
        print_help(paper, f->help.items[i], "");
    print_fix(paper, f);
    print_rule(paper, f);
    fputc('\n', paper->out);
}

/* ---- The summary ---- */

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

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

static void print_summary(Paper *paper, const RunResult *result, double seconds)
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

void report_full(FILE *out, const RunResult *result, const ReportOptions *options)
{
    Arena arena;
    arena_init(&arena);
    Paper paper = { .out = out, .arena = &arena, .color = options->color };
    /* A reader who went away (`| head`) need not be written to any further. */
    for (uint32_t i = 0; i < result->findings.count && !ferror(out); i++) {
        print_finding(&paper, result->findings.items[i]);
        arena_clear(&arena);
    }
    if (!options->quiet)
        print_summary(&paper, result, options->seconds);
    arena_release(&arena);
}
