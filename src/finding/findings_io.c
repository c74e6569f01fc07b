/* Numbers are written seven bits a byte, low ones first; texts behind their length. */
#include "finding/findings_io.h"

#include "base/bug.h"

static const char magic[] = "awry findings 1\n";

/* ---- Writing ---- */

typedef struct Writer {
    Arena *arena;
    ARRAY(char) bytes;
} Writer;

static void put(Writer *w, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *array_push(w->arena, &w->bytes) = (char)(value | 0x80);
    *array_push(w->arena, &w->bytes) = (char)value;
}

static void put_bytes(Writer *w, Str text)
{
    for (uint32_t i = 0; i < text.n; i++)
        *array_push(w->arena, &w->bytes) = text.p[i];
}

static void put_text(Writer *w, Str text)
{
    put(w, text.n);
    put_bytes(w, text);
}

static void put_place(Writer *w, Place place)
{
    put(w, place.row);
    put(w, place.column);
}

static void put_span(Writer *w, const Span *span)
{
    put_text(w, span->path);
    put(w, span->begin);
    put(w, span->end);
    put_place(w, span->start);
    put_place(w, span->stop);
    put(w, span->line);
    put_text(w, span->excerpt);
    put(w, span->excerpt_at);
    put(w, span->mark);
    put(w, span->mark_end);
    put_text(w, span->lines);
    put_text(w, span->label);
    put(w, span->is_step);
}

static void put_edit(Writer *w, const Edit *edit)
{
    put(w, edit->begin);
    put(w, edit->end);
    put_place(w, edit->start);
    put_place(w, edit->stop);
    put_text(w, edit->text);
}

static void put_finding(Writer *w, const Finding *f)
{
    put_text(w, str_of(f->rule->code));
    put_text(w, str_of(f->case_ ? f->case_->name : NULL));
    put(w, f->severity);
    put(w, f->confidence);
    put_text(w, f->symbol);
    put_span(w, &f->at);
    put_text(w, f->message);
    put_text(w, f->chain);
    put(w, f->also.count);
    for (uint32_t i = 0; i < f->also.count; i++)
        put_span(w, &f->also.items[i]);
    put(w, f->help.count);
    for (uint32_t i = 0; i < f->help.count; i++)
        put_text(w, f->help.items[i]);
    put_text(w, f->fix_title);
    put(w, f->fix_is_safe);
    put(w, f->edits.count);
    for (uint32_t i = 0; i < f->edits.count; i++)
        put_edit(w, &f->edits.items[i]);
    put(w, f->order);
}

Str findings_write(Arena *arena, Finding *const *findings, uint32_t count)
{
    Writer w = { .arena = arena };
    put_bytes(&w, STR(magic));
    put(&w, count);
    for (uint32_t i = 0; i < count; i++) {
        ALWAYS(str_equal(findings[i]->path, findings[0]->path));
        put_finding(&w, findings[i]);
    }
    return (Str){ w.bytes.items, w.bytes.count };
}

/* ---- Reading: whatever does not fit makes `is_bad`, and zeros from there on ---- */

typedef struct Input {
    Arena *arena;
    const unsigned char *p, *end;
    bool is_bad;
} Input;

static uint64_t get_wide(Input *in)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && in->p < in->end && !in->is_bad; shift += 7) {
        unsigned char byte = *in->p++;
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return value;
    }
    in->is_bad = true;
    return 0;
}

static uint32_t get(Input *in)
{
    uint64_t value = get_wide(in);
    in->is_bad |= value > UINT32_MAX;
    return in->is_bad ? 0 : (uint32_t)value;
}

static uint32_t get_below(Input *in, uint32_t limit)
{
    uint32_t value = get(in);
    in->is_bad |= value >= limit;
    return in->is_bad ? 0 : value;
}

static bool get_flag(Input *in)
{
    return get_below(in, 2) != 0;
}

/* How many things follow that have `size` bytes at least: there is never room made for more than was given. */
static uint32_t get_count(Input *in, uint32_t size)
{
    uint32_t count = get(in);
    in->is_bad |= count > (size_t)(in->end - in->p) / size;
    return in->is_bad ? 0 : count;
}

static Str get_text(Input *in)
{
    uint32_t length = get_count(in, 1);
    Str text = length ? (Str){ (const char *)in->p, length } : STR("");
    in->p += length;
    return text;
}

static Place get_place(Input *in)
{
    Place place = { .row = get(in) };
    place.column = get(in);
    return place;
}

enum { SPAN_LEAST = 15, EDIT_LEAST = 7, FINDING_LEAST = 10 + SPAN_LEAST };

static void get_span(Input *in, Span *span)
{
    span->path = get_text(in);
    span->begin = get(in);
    span->end = get(in);
    span->start = get_place(in);
    span->stop = get_place(in);
    span->line = get(in);
    span->excerpt = get_text(in);
    span->excerpt_at = get(in);
    span->mark = get(in);
    span->mark_end = get(in);
    span->lines = get_text(in);
    span->label = get_text(in);
    span->is_step = get_flag(in);
    in->is_bad |= span->begin > span->end || span->mark > span->mark_end || span->mark_end > span->excerpt.n;
}

static int compare_places(Place a, Place b)
{
    if (a.row != b.row)
        return a.row < b.row ? -1 : 1;
    return (a.column > b.column) - (a.column < b.column);
}

/* Bytes and places tell the same order: reports go by rows and cut by bytes. */
static bool follows(uint32_t begin, Place start, uint32_t end, Place stop)
{
    int order = compare_places(start, stop);
    return order < 0 ? begin < end : order == 0 && begin == end;
}

static void get_edit(Input *in, Edit *edit, const Edit *before)
{
    edit->begin = get(in);
    edit->end = get(in);
    edit->start = get_place(in);
    edit->stop = get_place(in);
    edit->text = get_text(in);
    in->is_bad |= !follows(edit->begin, edit->start, edit->end, edit->stop);
    in->is_bad |= before && !follows(before->end, before->stop, edit->begin, edit->start);
}

static void get_rule(Input *in, Finding *f)
{
    Str code = get_text(in), name = get_text(in);
    f->rule = in->is_bad ? NULL : rule_find(code);
    if (!f->rule || !str_is(code, f->rule->code)) {
        in->is_bad = true;
        return;
    }
    for (size_t i = 0; name.n && i < sizeof f->rule->cases / sizeof *f->rule->cases && f->rule->cases[i].name; i++)
        if (str_is(name, f->rule->cases[i].name))
            f->case_ = &f->rule->cases[i];
    in->is_bad |= name.n && !f->case_;
}

static void get_lists(Input *in, Finding *f)
{
    f->also.count = f->also.reserve = get_count(in, SPAN_LEAST);
    f->also.items = f->also.count ? arena_array(in->arena, Span, f->also.count) : NULL;
    for (uint32_t i = 0; i < f->also.count && !in->is_bad; i++)
        get_span(in, &f->also.items[i]);
    f->help.count = f->help.reserve = get_count(in, 1);
    f->help.items = f->help.count ? arena_array(in->arena, Str, f->help.count) : NULL;
    for (uint32_t i = 0; i < f->help.count && !in->is_bad; i++)
        f->help.items[i] = get_text(in);
    f->fix_title = get_text(in);
    f->fix_is_safe = get_flag(in);
    f->edits.count = f->edits.reserve = get_count(in, EDIT_LEAST);
    f->edits.items = f->edits.count ? arena_array(in->arena, Edit, f->edits.count) : NULL;
    for (uint32_t i = 0; i < f->edits.count && !in->is_bad; i++)
        get_edit(in, &f->edits.items[i], i ? &f->edits.items[i - 1] : NULL);
}

static void get_finding(Input *in, Finding *f, Str path)
{
    f->path = path;
    get_rule(in, f);
    f->severity = (Severity)get_below(in, SEVERITY_ERROR + 1);
    f->confidence = (Confidence)get_below(in, CONFIDENCE_LIKELY + 1);
    f->symbol = get_text(in);
    get_span(in, &f->at);
    f->message = get_text(in);
    f->chain = get_text(in);
    get_lists(in, f);
    f->order = get_wide(in);
}

bool findings_read(Arena *arena, Str bytes, Str path, Findings *out)
{
    if (!str_starts(bytes, STR(magic)))
        return false;
    const unsigned char *p = (const unsigned char *)bytes.p;
    Input in = { .arena = arena, .p = p + sizeof magic - 1, .end = p + bytes.n };
    uint32_t count = get_count(&in, FINDING_LEAST), before = out->count;
    Finding *all = count ? arena_array(arena, Finding, count) : NULL;
    for (uint32_t i = 0; i < count && !in.is_bad; i++) {
        get_finding(&in, &all[i], path);
        *array_push(arena, out) = &all[i];
    }
    if (!in.is_bad && in.p == in.end)
        return true;
    out->count = before;
    return false;
}
