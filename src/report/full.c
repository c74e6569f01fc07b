/* Findings for people: what is wrong, why here, what to do. */
#include "report/paper.h"
#include "report/report.h"
#include "report/summary.h"
#include "report/words.h"

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

void report_full(FILE *out, const RunResult *result, const ReportOptions *options)
{
    print_report(out, result, options, print_finding);
}
