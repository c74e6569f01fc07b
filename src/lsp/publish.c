#include "lsp/publish.h"

#include "base/text.h"
#include "lsp/uri.h"
#include "report/report.h"
#include "report/words.h"

enum { TAG_UNNECESSARY = 1 };

static const Str byte_order_mark = { "\xEF\xBB\xBF", 3 };

/* ---- Places ---- */

static void write_position(Json *json, const char *key, Position position)
{
    json_key(json, key);
    json_open(json, '{');
    json_pair_number(json, "line", position.line);
    json_pair_number(json, "character", position.character);
    json_close(json, '}');
}

static void write_range(Json *json, Position start, Position end)
{
    json_key(json, "range");
    json_open(json, '{');
    write_position(json, "start", start);
    write_position(json, "end", end);
    json_close(json, '}');
}

/* Findings count from behind a byte order mark. */
static Position position_in(const Publication *at, const Document *document, uint32_t offset)
{
    uint32_t mark = str_starts(document->text, byte_order_mark) ? byte_order_mark.n : 0;
    return document_position(document, at->units, offset + mark);
}

static void write_range_in(Json *json, const Publication *at, const Document *document, uint32_t begin, uint32_t end)
{
    write_range(json, position_in(at, document, begin), position_in(at, document, end));
}

/* The column of a place in a file whose text is not here: its line is in the excerpt, from the beginning unless it is long. */
static Position position_of(const Publication *at, const Span *span, Place place)
{
    uint32_t column = place.column ? place.column - 1 : 0;
    Position position = { place.row ? place.row - 1 : 0, column };
    if (at->units == UNITS_UTF32 || place.row != span->line || span->excerpt_at)
        return position;
    uint32_t end = 0, code;
    for (uint32_t i = 0; i < column && end < span->excerpt.n; i++)
        end += text_decode(str_slice(span->excerpt, end, span->excerpt.n), &code);
    position.character = units_length(at->units, str_slice(span->excerpt, 0, end));
    return position;
}

static void write_location(Json *json, const Publication *at, const Span *span)
{
    const Document *document = at->document;
    Str uri = at->uri;
    if (span->path.n)
        document = at->find(at->context, span->path, &uri);
    json_key(json, "location");
    json_open(json, '{');
    json_pair(json, "uri", document ? uri : uri_of(at->scratch, at->cwd, span->path));
    if (document)
        write_range_in(json, at, document, span->begin, span->end);
    else
        write_range(json, position_of(at, span, span->start), position_of(at, span, span->stop));
    json_close(json, '}');
}

/* ---- What is said ---- */

static uint64_t severity_of(const Finding *f)
{
    static const uint64_t numbers[] = { [SEVERITY_ERROR] = 1, [SEVERITY_WARNING] = 2, [SEVERITY_INFO] = 3 };
    return numbers[f->severity];
}

/* The message, the path where it cannot be linked, and the way out: an editor shows no more than this. */
static Str message_of(const Publication *at, const Finding *f)
{
    Str text = f->message;
    Str chain = at->abilities->related ? STR("") : chain_text(at->scratch, f);
    if (chain.n)
        text = arena_printf(at->scratch, "%.*s (%.*s)", STR_ARG(text), STR_ARG(chain));
    for (uint32_t i = 0; i < f->help.count; i++)
        text = arena_printf(at->scratch, "%.*s\nhelp: %.*s", STR_ARG(text), STR_ARG(f->help.items[i]));
    return text;
}

/* The other places; the number of a step counts from the finding's own place, which is step 1. */
static void write_related(Json *json, const Publication *at, const Finding *f)
{
    uint32_t step = 1;
    json_key(json, "relatedInformation");
    json_open(json, '[');
    for (uint32_t i = 0; i < f->also.count; i++) {
        const Span *span = &f->also.items[i];
        Str label = span->label;
        if (span->is_step)
            label = arena_printf(at->scratch, "%u. %.*s", ++step, STR_ARG(label));
        json_open(json, '{');
        write_location(json, at, span);
        json_pair(json, "message", label);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_edits(Json *json, const Publication *at, const Finding *f)
{
    json_key(json, "edits");
    json_open(json, '[');
    for (uint32_t i = 0; i < f->edits.count; i++) {
        const Edit *edit = &f->edits.items[i];
        json_open(json, '{');
        write_range_in(json, at, at->document, edit->begin, edit->end);
        json_pair(json, "newText", edit->text);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* What comes back with a request for code actions. */
static void write_data(Json *json, const Publication *at, const Finding *f)
{
    json_key(json, "data");
    json_open(json, '{');
    json_pair(json, "rule", str_of(f->rule->name));
    if (f->case_)
        json_pair(json, "case", str_of(f->case_->name));
    json_pair(json, "confidence", str_of(confidence_words[f->confidence]));
    if (f->fix_title.n) {
        json_key(json, "fix");
        json_open(json, '{');
        json_pair(json, "title", f->fix_title);
        json_key(json, "isSafe");
        json_word(json, f->fix_is_safe ? "true" : "false");
        write_edits(json, at, f);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void write_links(Json *json, const Publication *at, const Finding *f)
{
    if (at->abilities->code_description && awry_rules_url[0]) {
        json_key(json, "codeDescription");
        json_open(json, '{');
        json_pair(json, "href", arena_printf(at->scratch, "%s/%s", awry_rules_url, f->rule->name));
        json_close(json, '}');
    }
    if (at->abilities->tag_unnecessary && strcmp(f->rule->name, "unused-suppression") == 0) {
        json_key(json, "tags");
        json_open(json, '[');
        json_number(json, TAG_UNNECESSARY);
        json_close(json, ']');
    }
}

static void write_diagnostic(Json *json, const Publication *at, const Finding *f)
{
    json_open(json, '{');
    write_range_in(json, at, at->document, f->at.begin, f->at.end);
    json_pair_number(json, "severity", severity_of(f));
    json_pair(json, "code", str_of(f->rule->code));
    write_links(json, at, f);
    json_pair(json, "source", STR("awry"));
    json_pair(json, "message", message_of(at, f));
    if (at->abilities->related && f->also.count)
        write_related(json, at, f);
    if (at->abilities->data)
        write_data(json, at, f);
    json_close(json, '}');
}

void publish_findings(Json *json, const Publication *publication, SessionFindings findings)
{
    json_open(json, '[');
    for (uint32_t i = 0; i < findings.count; i++) {
        write_diagnostic(json, publication, findings.items[i]);
        arena_clear(publication->scratch);
    }
    json_close(json, ']');
}
