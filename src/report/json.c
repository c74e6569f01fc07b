/* An array of objects, one a line, with the field names that readers of ruff's output know. */
#include "base/text.h"
#include "report/report.h"

static void write_text(FILE *out, Str text)
{
    fputc('"', out);
    text_write_json(out, text);
    fputc('"', out);
}

/* A finding without a place is about the file: it begins. */
static void write_place(FILE *out, const char *key, Place place)
{
    fprintf(out, "\"%s\":{\"row\":%u,\"column\":%u}", key, place.row ? place.row : 1, place.column ? place.column : 1);
}

static void write_places(FILE *out, Place start, Place stop)
{
    write_place(out, "location", start);
    fputc(',', out);
    write_place(out, "end_location", stop);
}

static void write_fix(FILE *out, const Finding *f)
{
    if (f->fix_title.n == 0) {
        fputs("null", out);
        return;
    }
    fprintf(out, "{\"applicability\":\"%s\",\"message\":", f->fix_is_safe ? "safe" : "unsafe");
    write_text(out, f->fix_title);
    fputs(",\"edits\":[", out);
    for (uint32_t i = 0; i < f->edits.count; i++) {
        const Edit *edit = &f->edits.items[i];
        fprintf(out, "%s{\"content\":", i ? "," : "");
        write_text(out, edit->text);
        fputc(',', out);
        write_places(out, edit->start, edit->stop);
        fputc('}', out);
    }
    fputs("]}", out);
}

static void write_chain(FILE *out, const Finding *f)
{
    fputc('[', out);
    for (uint32_t i = 0; i < f->also.count; i++) {
        const Span *span = &f->also.items[i];
        fprintf(out, "%s{\"message\":", i ? "," : "");
        write_text(out, span->label);
        fputs(",\"filename\":", out);
        write_text(out, span->path.n ? span->path : f->path);
        fputc(',', out);
        write_places(out, span->start, span->stop);
        fputc('}', out);
    }
    fputc(']', out);
}

static void write_url(FILE *out, const Rule *rule)
{
    if (awry_rules_url[0])
        fprintf(out, "\"%s/%s\"", awry_rules_url, rule->name);
    else
        fputs("null", out);
}

static void write_finding(FILE *out, const Finding *f)
{
    static const char *const severities[] = {
        [SEVERITY_INFO] = "info",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_ERROR] = "error",
    };
    fprintf(out, "{\"code\":\"%s\",\"name\":\"%s\",\"message\":", f->rule->code, f->rule->name);
    write_text(out, f->message);
    fputs(",\"filename\":", out);
    write_text(out, f->path);
    fputc(',', out);
    write_places(out, f->at.start, f->at.stop);
    fprintf(out, ",\"severity\":\"%s\",\"confidence\":\"%s\",\"url\":", severities[f->severity],
        f->confidence == CONFIDENCE_SURE ? "sure" : "likely");
    write_url(out, f->rule);
    fputs(",\"fix\":", out);
    write_fix(out, f);
    fputs(",\"chain\":", out);
    write_chain(out, f);
    fputc('}', out);
}

void report_json(FILE *out, const RunResult *result, const ReportOptions *options)
{
    (void)options;
    fputc('[', out);
    for (uint32_t i = 0; i < result->findings.count && !ferror(out); i++) {
        fputs(i ? ",\n" : "\n", out);
        write_finding(out, result->findings.items[i]);
    }
    fputs(result->findings.count ? "\n]\n" : "]\n", out);
}
