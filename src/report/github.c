/* Workflow commands of GitHub Actions, a line for each finding: the runner makes annotations of them. */
#include "base/text.h"
#include "report/place.h"
#include "report/summary.h"
#include "report/words.h"

/* What would end a line or a property, as %XX; what a terminal would obey is cleaned. */
static void write_escaped(FILE *out, Arena *arena, Str text, bool is_property)
{
    const char *special = is_property ? "%\r\n:," : "%\r\n";
    while (text.n) {
        uint32_t plain = 0;
        while (plain < text.n && (text.p[plain] == '\0' || !strchr(special, text.p[plain])))
            plain++;
        Str clean = text_clean(arena, str_slice(text, 0, plain));
        fprintf(out, "%.*s", STR_ARG(clean));
        if (plain < text.n)
            fprintf(out, "%%%02X", (unsigned char)text.p[plain++]);
        text = str_slice(text, plain, text.n);
    }
}

/* Columns only within one line: the runner wants none otherwise. */
static void write_region(FILE *out, const Span *at)
{
    uint32_t row = at->start.row ? at->start.row : 1;
    uint32_t last = at->stop.row > row ? at->stop.row : row;
    if (last == row && at->start.row)
        fprintf(out, ",line=%u,col=%u,endLine=%u,endColumn=%u", row, at->start.column, last, at->stop.column);
    else
        fprintf(out, ",line=%u,endLine=%u", row, last);
}

static void write_finding(FILE *out, Arena *arena, const Finding *f, Str path)
{
    static const char *const commands[] = {
        [SEVERITY_INFO] = "notice",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_ERROR] = "error",
    };
    fprintf(out, "::%s title=awry (%s),file=", commands[f->severity], f->rule->code);
    write_escaped(out, arena, path, true);
    write_region(out, &f->at);
    fputs("::", out);
    write_escaped(out, arena, path, false);
    fprintf(out, ":%u:%u: %s ", f->at.start.row ? f->at.start.row : 1, f->at.start.column ? f->at.start.column : 1,
        f->rule->code);
    write_escaped(out, arena, f->message, false);
    Str chain = chain_text(arena, f);
    if (chain.n) {
        fputs(" (", out);
        write_escaped(out, arena, chain, false);
        fputc(')', out);
    }
    fprintf(out, "%s\n", f->confidence == CONFIDENCE_LIKELY ? " [likely]" : "");
}

void report_github(FILE *out, const RunResult *result, const ReportOptions *options)
{
    Arena arena, lasting;
    arena_init(&arena);
    arena_init(&lasting);
    const Str *paths = place_paths(&lasting, options, result);
    for (uint32_t i = 0; i < result->findings.count && !ferror(out); i++) {
        write_finding(out, &arena, result->findings.items[i], paths[i]);
        arena_clear(&arena);
    }
    Paper paper = { .out = out, .arena = &arena };
    if (!options->quiet)
        print_summary(&paper, result, options->seconds);
    arena_release(&lasting);
    arena_release(&arena);
}
