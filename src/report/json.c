/* Objects with the field names that readers of ruff's output know, one a line; with an array around them or without. */
#include <inttypes.h>

#include "finding/fingerprint.h"
#include "report/place.h"
#include "report/words.h"
#include "report/write.h"

/* A finding without a place is about the file: it begins. */
static void write_place(Json *json, const char *key, Place place)
{
    json_key(json, key);
    json_open(json, '{');
    json_pair_number(json, "row", place.row ? place.row : 1);
    json_pair_number(json, "column", place.column ? place.column : 1);
    json_close(json, '}');
}

static void write_places(Json *json, Place start, Place stop)
{
    write_place(json, "location", start);
    write_place(json, "end_location", stop);
}

static void write_fix(Json *json, const Finding *f)
{
    json_key(json, "fix");
    if (f->fix_title.n == 0) {
        json_word(json, "null");
        return;
    }
    json_open(json, '{');
    json_pair(json, "applicability", f->fix_is_safe ? STR("safe") : STR("unsafe"));
    json_pair(json, "message", f->fix_title);
    json_key(json, "edits");
    json_open(json, '[');
    for (uint32_t i = 0; i < f->edits.count; i++) {
        const Edit *edit = &f->edits.items[i];
        json_open(json, '{');
        json_pair(json, "content", edit->text);
        write_places(json, edit->start, edit->stop);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* The other places; the number of a step counts from the finding's own place, which is step 1. */
static void write_chain(Json *json, const Finding *f)
{
    uint32_t step = 1;
    json_key(json, "chain");
    json_open(json, '[');
    for (uint32_t i = 0; i < f->also.count; i++) {
        const Span *span = &f->also.items[i];
        json_open(json, '{');
        json_pair(json, "message", span->label);
        json_pair(json, "filename", span->path.n ? span->path : f->path);
        write_places(json, span->start, span->stop);
        json_key(json, "step");
        if (span->is_step)
            json_number(json, ++step);
        else
            json_word(json, "null");
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_text_or_null(Json *json, const char *key, Str text)
{
    json_key(json, key);
    if (text.n)
        json_text(json, text);
    else
        json_word(json, "null");
}

static void write_finding(Json *json, Arena *arena, const Finding *f, uint64_t fingerprint)
{
    const Rule *rule = f->rule;
    Str url = awry_rules_url[0] ? arena_printf(arena, "%s/%s", awry_rules_url, rule->name) : STR("");
    json_open(json, '{');
    json_pair(json, "code", str_of(rule->code));
    json_pair(json, "name", str_of(rule->name));
    write_text_or_null(json, "case", f->case_ ? str_of(f->case_->name) : STR(""));
    json_pair(json, "message", f->message);
    json_pair(json, "filename", f->path);
    write_places(json, f->at.start, f->at.stop);
    json_pair(json, "severity", str_of(severity_words[f->severity]));
    json_pair(json, "confidence", str_of(confidence_words[f->confidence]));
    write_text_or_null(json, "url", url);
    write_text_or_null(json, "symbol", f->symbol);
    json_pair(json, "fingerprint", arena_printf(arena, "%016" PRIx64, fingerprint));
    write_fix(json, f);
    write_text_or_null(json, "calls", chain_text(arena, f));
    write_chain(json, f);
    json_close(json, '}');
}

static void write_findings(FILE *out, const RunResult *result, const ReportOptions *options, bool is_array)
{
    Arena arena, lasting;
    arena_init(&arena);
    arena_init(&lasting);
    Finding *const *findings = result->findings.items;
    const Str *paths = place_paths(&lasting, options, result);
    const uint64_t *prints = fingerprint_all(&lasting, findings, result->findings.count, paths);
    Json json = { .out = out };
    for (uint32_t i = 0; i < result->findings.count && !ferror(out); i++) {
        if (is_array)
            json_line(&json);
        write_finding(&json, &arena, findings[i], prints[i]);
        arena_clear(&arena);
        if (!is_array) {
            fputc('\n', out);
            json.needs_comma = false;
        }
    }
    arena_release(&lasting);
    arena_release(&arena);
}

void report_json(FILE *out, const RunResult *result, const ReportOptions *options)
{
    fputc('[', out);
    write_findings(out, result, options, true);
    fputs(result->findings.count ? "\n]\n" : "]\n", out);
}

void report_json_lines(FILE *out, const RunResult *result, const ReportOptions *options)
{
    write_findings(out, result, options, false);
}
