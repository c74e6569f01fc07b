/* A line for each finding, for logs and for editors that read compilers' output. */
#include "report/paper.h"
#include "report/report.h"
#include "report/summary.h"
#include "report/words.h"

static void print_finding(Paper *paper, const Finding *f)
{
    FILE *out = paper->out;
    paper_text(paper, STYLE_PATH, f->path);
    Place start = f->at.start;
    if (start.row)
        fprintf(out, ":%u:%u", start.row, start.column);
    fputs(": ", out);
    paper_word(paper, severity_styles[f->severity], f->rule->code);
    fprintf(out, " [%s%s] ", severity_words[f->severity], f->confidence == CONFIDENCE_LIKELY ? ", likely" : "");
    paper_text(paper, STYLE_PLAIN, f->message);
    Str chain = chain_text(paper->arena, f);
    if (chain.n) {
        fputs(" (", out);
        paper_text(paper, STYLE_PLAIN, chain);
        fputc(')', out);
    }
    fputc('\n', out);
}

void report_concise(FILE *out, const RunResult *result, const ReportOptions *options)
{
    print_report(out, result, options, print_finding);
}
