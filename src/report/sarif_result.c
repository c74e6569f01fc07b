#include <inttypes.h>

#include "base/text.h"
#include "report/place.h"
#include "report/sarif.h"
#include "report/words.h"

/* ---- Places ---- */

void sarif_artifact_location(Log *log, const char *key, uint32_t artifact)
{
    const Artifact *file = &log->artifacts.items[artifact];
    json_key(&log->json, key);
    json_open(&log->json, '{');
    json_pair(&log->json, "uri", file->uri);
    if (file->is_relative)
        json_pair(&log->json, "uriBaseId", STR("SRCROOT"));
    json_pair_number(&log->json, "index", artifact);
    json_close(&log->json, '}');
}

static void write_bounds(Json *json, Place start, Place stop)
{
    json_pair_number(json, "startLine", start.row ? start.row : 1);
    if (start.row == 0)
        return;
    json_pair_number(json, "startColumn", start.column);
    if (stop.row > start.row)
        json_pair_number(json, "endLine", stop.row);
    json_pair_number(json, "endColumn", stop.column);
}

/* The marked text, when all of it is at hand. */
static bool marked_text(const Span *span, Str *text)
{
    uint32_t length = span->end - span->begin;
    Str whole = span->lines.n ? span->lines : span->excerpt;
    bool is_one_line = span->stop.row == span->start.row;
    if (span->start.row == 0 || (!is_one_line && !span->lines.n) || whole.n < span->mark ||
        whole.n - span->mark < length)
        return false;
    *text = str_slice(whole, span->mark, span->mark + length);
    return true;
}

static void write_region(Json *json, const Span *span)
{
    Str text;
    json_key(json, "region");
    json_open(json, '{');
    write_bounds(json, span->start, span->stop);
    if (marked_text(span, &text))
        sarif_message(json, "snippet", text);
    json_close(json, '}');
}

/* What is known of the lines around: nothing when it is no more than the region itself. */
static void write_context(Json *json, const Span *span)
{
    Str whole = span->lines.n ? span->lines : span->excerpt;
    Str text;
    if (!marked_text(span, &text) || text.n == whole.n)
        return;
    Place start = span->start, stop = span->stop;
    start.column -= text_length(str_slice(whole, 0, span->mark));
    stop.column += text_length(str_slice(whole, span->mark + text.n, whole.n));
    json_key(json, "contextRegion");
    json_open(json, '{');
    write_bounds(json, start, stop);
    sarif_message(json, "snippet", whole);
    json_close(json, '}');
}

/* A location; `id` 0: none. An empty label: no message. */
static void write_location(Log *log, uint32_t artifact, const Span *span, uint32_t id, Str label)
{
    Json *json = &log->json;
    json_open(json, '{');
    if (id)
        json_pair_number(json, "id", id);
    json_key(json, "physicalLocation");
    json_open(json, '{');
    sarif_artifact_location(log, "artifactLocation", artifact);
    write_region(json, span);
    write_context(json, span);
    json_close(json, '}');
    if (label.n)
        sarif_message(json, "message", label);
}

static void write_symbol(Json *json, Str symbol)
{
    if (symbol.n == 0)
        return;
    json_key(json, "logicalLocations");
    json_open(json, '[');
    json_open(json, '{');
    json_pair(json, "fullyQualifiedName", symbol);
    json_close(json, '}');
    json_close(json, ']');
}

void sarif_own_locations(Log *log, const Finding *f, uint32_t artifact)
{
    json_key(&log->json, "locations");
    json_open(&log->json, '[');
    write_location(log, artifact, &f->at, 0, f->at.label);
    write_symbol(&log->json, f->symbol);
    json_close(&log->json, '}');
    json_close(&log->json, ']');
}

/* The artifact of a span: the finding's own, or that of its path. */
static uint32_t artifact_of(Log *log, const Span *span, uint32_t own)
{
    return span->path.n ? sarif_artifact(log, span->path) : own;
}

/* ---- The message ---- */

/* `text` as the words of an embedded link. */
static Str link_words(Arena *arena, Str text)
{
    char *out = arena_alloc(arena, 2 * (size_t)text.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < text.n; i++) {
        if (strchr("[]\\", text.p[i]) && text.p[i])
            out[n++] = '\\';
        out[n++] = text.p[i];
    }
    return (Str){ out, n };
}

static bool is_related(const Span *span)
{
    return !span->is_step && span->label.n;
}

/* The other places as links, "[made here](1), [defined here](2)". */
static Str related_links(Arena *arena, const Finding *f)
{
    Str links = { "", 0 };
    uint32_t id = 0;
    for (uint32_t i = 0; i < f->also.count && id < SARIF_RELATED_MOST; i++) {
        const Span *span = &f->also.items[i];
        if (!is_related(span))
            continue;
        Str words = link_words(arena, span->label);
        links = arena_printf(arena, "%.*s%s[%.*s](%u)", STR_ARG(links), id ? ", " : "", STR_ARG(words), id + 1);
        id++;
    }
    return links;
}

/* All that there is to say, in sentences. The first is the finding's message, which services show as its title. */
static Str message_text(Arena *arena, const Finding *f)
{
    Str text = f->message;
    Str chain = chain_text(arena, f);
    Str links = related_links(arena, f);
    if (chain.n)
        text = arena_printf(arena, "%.*s. Path: %.*s", STR_ARG(text), STR_ARG(chain));
    if (links.n)
        text = arena_printf(arena, "%.*s. See: %.*s", STR_ARG(text), STR_ARG(links));
    for (uint32_t i = 0; i < f->help.count; i++)
        text = arena_printf(arena, "%.*s. Help: %.*s", STR_ARG(text), STR_ARG(f->help.items[i]));
    if (f->fix_title.n)
        text = arena_printf(arena, "%.*s. Help: %.*s", STR_ARG(text), STR_ARG(f->fix_title));
    return arena_printf(arena, "%.*s.", STR_ARG(text));
}

/* ---- The result ---- */

static void write_related(Log *log, const Finding *f, uint32_t own)
{
    Json *json = &log->json;
    uint32_t id = 0;
    for (uint32_t i = 0; i < f->also.count && id < SARIF_RELATED_MOST; i++) {
        const Span *span = &f->also.items[i];
        if (!is_related(span))
            continue;
        if (id++ == 0) {
            json_key(json, "relatedLocations");
            json_open(json, '[');
        }
        write_location(log, artifact_of(log, span, own), span, id, span->label);
        json_close(json, '}');
    }
    if (id)
        json_close(json, ']');
}

static void write_step(Log *log, const Span *span, uint32_t artifact, Str words)
{
    json_open(&log->json, '{');
    json_key(&log->json, "location");
    write_location(log, artifact, span, 0, span->label.n ? span->label : words);
    json_close(&log->json, '}');
    json_close(&log->json, '}');
}

static void write_flow(Log *log, const Finding *f, uint32_t own)
{
    if (!finding_has_steps(f))
        return;
    static const char *const nested[] = { "codeFlows", "threadFlows", "locations" };
    Json *json = &log->json;
    for (int i = 0; i < 3; i++) {
        json_key(json, nested[i]);
        json_open(json, '[');
        if (i < 2)
            json_open(json, '{');
    }
    write_step(log, &f->at, own, f->message);
    uint32_t count = 1;
    for (uint32_t i = 0; i < f->also.count && count < SARIF_STEPS_MOST; i++) {
        const Span *span = &f->also.items[i];
        if (!span->is_step)
            continue;
        write_step(log, span, artifact_of(log, span, own), STR("next step"));
        count++;
    }
    for (const char *end = "]}]}]"; *end; end++)
        json_close(json, *end);
}

static void write_fix(Log *log, const Finding *f, uint32_t own)
{
    if (f->fix_title.n == 0 || f->edits.count == 0)
        return;
    Json *json = &log->json;
    json_key(json, "fixes");
    json_open(json, '[');
    json_open(json, '{');
    sarif_message(json, "description",
        arena_printf(&log->scratch, "%.*s%s.", STR_ARG(f->fix_title), f->fix_is_safe ? "" : " (unsafe)"));
    json_key(json, "artifactChanges");
    json_open(json, '[');
    json_open(json, '{');
    sarif_artifact_location(log, "artifactLocation", own);
    json_key(json, "replacements");
    json_open(json, '[');
    for (uint32_t i = 0; i < f->edits.count; i++) {
        const Edit *edit = &f->edits.items[i];
        json_open(json, '{');
        json_key(json, "deletedRegion");
        json_open(json, '{');
        write_bounds(json, edit->start, edit->stop);
        json_close(json, '}');
        sarif_message(json, "insertedContent", edit->text);
        json_close(json, '}');
    }
    for (const char *end = "]}]}]"; *end; end++)
        json_close(json, *end);
}

static void write_properties(Json *json, const Finding *f)
{
    json_key(json, "properties");
    json_open(json, '{');
    json_pair(json, "confidence", str_of(confidence_words[f->confidence]));
    if (f->case_)
        json_pair(json, "case", str_of(f->case_->name));
    json_close(json, '}');
}

void sarif_result(Log *log, uint32_t number)
{
    const Finding *f = log->findings.items[number];
    uint32_t own = log->files.items[number];
    Json *json = &log->json;
    json_line(json);
    json_open(json, '{');
    json_pair(json, "ruleId", str_of(f->rule->code));
    json_pair_number(json, "ruleIndex", sarif_rule_index(log, f->rule));
    json_pair(json, "level", sarif_level(f->severity));
    sarif_message(json, "message", message_text(&log->scratch, f));
    sarif_own_locations(log, f, own);
    write_related(log, f, own);
    write_flow(log, f, own);
    json_key(json, "partialFingerprints");
    json_open(json, '{');
    json_pair(
        json, "primaryLocationLineHash", arena_printf(&log->scratch, "%016" PRIx64 ":1", log->prints.items[number]));
    json_close(json, '}');
    write_fix(log, f, own);
    write_properties(json, f);
    json_close(json, '}');
}
