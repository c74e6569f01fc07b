/* Summaries as bytes. Numbers are written seven bits a byte, low ones first; what belongs to a function or class stands in
 * its record, so that no positions have to be believed when it is read. */
#include "facts/summary.h"

static const char magic[] = "awry summary 2\n";

/* ---- Writing ---- */

typedef struct Writer {
    Arena *arena;
    ARRAY(char) bytes;
} Writer;

static void put(Writer *w, uint32_t value)
{
    while (value >= 0x80) {
        *array_push(w->arena, &w->bytes) = (char)(value | 0x80);
        value >>= 7;
    }
    *array_push(w->arena, &w->bytes) = (char)value;
}

static void put_text(Writer *w, Str text)
{
    put(w, text.n);
    for (uint32_t i = 0; i < text.n; i++)
        *array_push(w->arena, &w->bytes) = text.p[i];
}

static void put_range(Writer *w, Range at)
{
    put(w, at.begin);
    put(w, at.end - at.begin);
}

static void put_parts(Writer *w, const Summary *s, Piece piece)
{
    put(w, piece.count);
    for (uint32_t i = 0; i < piece.count; i++)
        put(w, s->parts.items[piece.first + i]);
}

static void put_members(Writer *w, const Member *members, uint32_t count)
{
    put(w, count);
    for (uint32_t i = 0; i < count; i++) {
        put(w, members[i].name);
        put(w, members[i].term);
        put(w, members[i].is_declared);
    }
}

static const Member *members_of(const Summary *s, Piece piece)
{
    return piece.count ? &s->members.items[piece.first] : NULL;
}

static void put_class(Writer *w, const Summary *s, const ClassSummary *c)
{
    put(w, c->name);
    put(w, c->qualname);
    put_range(w, c->at);
    put_parts(w, s, c->bases);
    put_parts(w, s, c->decorators);
    put_members(w, members_of(s, c->body), c->body.count);
    put_members(w, members_of(s, c->attributes), c->attributes.count);
    put(w, c->has_metaclass | c->is_odd << 1);
}

static void put_parameter(Writer *w, const Parameter *p)
{
    put(w, p->name);
    put(w, p->kind);
    put(w, p->annotation);
    put(w, p->fallback);
    put(w, p->has_annotation | p->has_default << 1 | p->is_rebound << 2);
    put(w, p->fallback_truth);
}

static void put_call(Writer *w, const Summary *s, const CallSummary *call)
{
    put(w, call->kind);
    put(w, call->flags);
    put(w, call->term);
    put_range(w, call->at);
    put(w, call->needs);
    put(w, call->needed);
    put(w, call->arguments.count);
    for (uint32_t i = 0; i < call->arguments.count; i++) {
        const Argument *a = &s->arguments.items[call->arguments.first + i];
        put(w, a->keyword);
        put(w, a->position);
        put(w, a->value);
    }
}

/* `next` is written as the distance: it leads forward within the function. */
static void put_use(Writer *w, const ParameterUse *use, uint32_t number)
{
    put(w, use->parameter);
    put(w, use->kind);
    put(w, use->term);
    put(w, use->position);
    put(w, use->keyword);
    put(w, use->is_star | use->is_part << 1 | use->is_kept << 2 | use->is_result << 3);
    put(w, use->result);
    put(w, use->next ? use->next - 1 - number : 0);
    put(w, use->function);
    put_range(w, use->at);
}

static void put_function(Writer *w, const Summary *s, const FunctionSummary *f)
{
    put(w, f->name);
    put(w, f->qualname);
    put_range(w, f->at);
    put(w, f->class_);
    put(w, f->outer);
    put(w, f->flags);
    put(w, f->returns);
    put(w, f->result);
    put(w, f->yields);
    put(w, f->has_returns);
    put(w, f->parameters.count);
    for (uint32_t i = 0; i < f->parameters.count; i++)
        put_parameter(w, &s->parameters.items[f->parameters.first + i]);
    put_parts(w, s, f->decorators);
    put(w, f->calls.count);
    for (uint32_t i = 0; i < f->calls.count; i++)
        put_call(w, s, &s->calls.items[f->calls.first + i]);
    put(w, f->uses.count);
    for (uint32_t i = 0; i < f->uses.count; i++)
        put_use(w, &s->uses.items[f->uses.first + i], f->uses.first + i);
}

static void put_terms(Writer *w, const Summary *s)
{
    put(w, s->own_texts);
    for (TextId id = 1; id <= s->own_texts; id++)
        put_text(w, terms_text_of(&s->terms, id));
    put(w, s->own_terms);
    for (TermId id = 1; id < s->own_terms; id++) {
        const Term *term = term_at(&s->terms, id);
        put(w, term->op);
        put(w, term->a);
        put(w, term->b);
    }
}

Str summary_write(const Summary *s, Arena *arena)
{
    Writer w = { .arena = arena };
    for (size_t i = 0; i < sizeof magic - 1; i++)
        *array_push(arena, &w.bytes) = magic[i];
    put_text(&w, s->path);
    put_text(&w, s->module);
    put(&w, s->is_stub);
    put_terms(&w, s);
    put(&w, s->classes.count);
    put(&w, s->functions.count);
    for (uint32_t i = 0; i < s->classes.count; i++)
        put_class(&w, s, &s->classes.items[i]);
    for (uint32_t i = 0; i < s->functions.count; i++)
        put_function(&w, s, &s->functions.items[i]);
    put_members(&w, s->exports.items, s->exports.count);
    put(&w, s->foreign.count);
    for (uint32_t i = 0; i < s->foreign.count; i++)
        put(&w, s->foreign.items[i]);
    put(&w, s->stars.count);
    for (uint32_t i = 0; i < s->stars.count; i++)
        put(&w, s->stars.items[i]);
    return (Str){ w.bytes.items, w.bytes.count };
}

/* ---- Reading: whatever does not fit makes `is_bad`, and zeros from there on ---- */

typedef struct Input {
    Arena *arena;
    Summary *summary;
    const unsigned char *p, *end;
    bool is_bad;
} Input;

static uint32_t get(Input *in)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35 && in->p < in->end && !in->is_bad; shift += 7) {
        unsigned char byte = *in->p++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte & 0x80)
            continue;
        if (value > UINT32_MAX || (shift && !byte))
            break;
        return (uint32_t)value;
    }
    in->is_bad = true;
    return 0;
}

/* A number below `limit`. */
static uint32_t get_below(Input *in, uint32_t limit)
{
    uint32_t value = get(in);
    if (value < limit)
        return value;
    in->is_bad = true;
    return 0;
}

/* How many records follow: each has a byte at least, so there is never room made for more than was given. */
static uint32_t get_count(Input *in)
{
    uint32_t count = get(in);
    if (count <= (size_t)(in->end - in->p))
        return count;
    in->is_bad = true;
    return 0;
}

static Str get_text(Input *in)
{
    uint32_t length = get_count(in);
    Str text = { (const char *)in->p, length };
    in->p += length;
    return arena_copy(in->arena, text);
}

static Range get_range(Input *in)
{
    Range at = { .begin = get(in) };
    uint32_t length = get(in);
    in->is_bad |= length > UINT32_MAX - at.begin;
    at.end = in->is_bad ? at.begin : at.begin + length;
    return at;
}

static TextId get_text_id(Input *in)
{
    return get_below(in, in->summary->own_texts + 1);
}
static TermId get_term_id(Input *in)
{
    return get_below(in, in->summary->own_terms);
}
static bool get_flag(Input *in)
{
    return get_below(in, 2) != 0;
}

static void get_texts(Input *in)
{
    Terms *terms = &in->summary->terms;
    uint32_t count = get_count(in);
    for (uint32_t i = 0; i < count && !in->is_bad; i++) {
        Str text = get_text(in);
        if (!text.n || terms_text(terms, text) != i + 1)
            in->is_bad = true;
    }
    in->summary->own_texts = terms->texts.count;
}

static bool is_list(const Terms *terms, TermId id)
{
    return !id || term_at(terms, id)->op == TERM_LIST;
}

/* Whether the operands are what the operator wants. Numbers of functions and classes are looked at when those are there. */
static bool fits(const Summary *s, TermOp op, uint32_t a, uint32_t b)
{
    const Terms *terms = &s->terms;
    bool is_term = a && a < terms->items.count && term_at(terms, a)->op != TERM_LIST;
    switch (op) {
    case TERM_NONE:
        return !a && !b;
    case TERM_NAME:
        return a && a <= s->own_texts && !b;
    case TERM_FUNCTION:
    case TERM_CLASS:
    case TERM_SUPER:
        return !b;
    case TERM_PARAMETER:
        return true;
    case TERM_CALL:
    case TERM_GENERIC:
        return is_term && b < terms->items.count && is_list(terms, b);
    case TERM_ATTRIBUTE:
        return is_term && term_at(terms, a)->op != TERM_NAME && b && b <= s->own_texts;
    case TERM_ITEM:
        return is_term;
    case TERM_UNION:
        return is_term && b && b < terms->items.count && !is_list(terms, b);
    case TERM_TUPLE:
        return !a && b && b < terms->items.count && is_list(terms, b);
    case TERM_LIST:
        return (!a || is_term) && b < terms->items.count && is_list(terms, b);
    case TERM_ELEMENTS:
        return (!a || is_term) && !b;
    case TERM_AWAIT:
    case TERM_ENTER:
    case TERM_ENTER_ASYNC:
    case TERM_EACH:
    case TERM_EACH_ASYNC:
    case TERM_INSTANCE:
        return is_term && !b;
    default:
        return false;
    }
}

/* Terms are made anew; one that gets another number than it had is not one that was written. */
static void get_terms(Input *in)
{
    Terms *terms = &in->summary->terms;
    uint32_t count = get_count(in);
    in->is_bad |= !count;
    for (TermId id = 1; id < count && !in->is_bad; id++) {
        TermOp op = (TermOp)get_below(in, TERM_LIST + 1);
        uint32_t a = get(in), b = get(in);
        if (in->is_bad || !fits(in->summary, op, a, b) || term_make(terms, op, a, b) != id ||
            terms->items.count != id + 1)
            in->is_bad = true;
    }
    in->summary->own_terms = terms->items.count;
}

static Piece get_parts(Input *in)
{
    Summary *s = in->summary;
    Piece piece = { s->parts.count, get_count(in) };
    for (uint32_t i = 0; i < piece.count; i++) {
        TermId id = get_term_id(in);
        *array_push(in->arena, &s->parts) = id;
    }
    return piece;
}

static Member get_member(Input *in)
{
    Member member = { .name = get_text_id(in) };
    member.term = get_term_id(in);
    member.is_declared = get_flag(in);
    return member;
}

static Piece get_members(Input *in)
{
    Summary *s = in->summary;
    Piece piece = { s->members.count, get_count(in) };
    for (uint32_t i = 0; i < piece.count; i++) {
        Member member = get_member(in);
        *array_push(in->arena, &s->members) = member;
    }
    return piece;
}

static void get_class(Input *in, ClassSummary *c)
{
    c->name = get_text_id(in);
    c->qualname = get_text_id(in);
    c->at = get_range(in);
    c->bases = get_parts(in);
    c->decorators = get_parts(in);
    c->body = get_members(in);
    c->attributes = get_members(in);
    uint32_t flags = get_below(in, 4);
    c->has_metaclass = flags & 1;
    c->is_odd = flags & 2;
}

static void get_parameter(Input *in)
{
    Parameter p = { .name = get_text_id(in) };
    p.kind = (ParameterKind)get_below(in, PARAMETER_STARS + 1);
    p.annotation = get_term_id(in);
    p.fallback = get_term_id(in);
    uint32_t flags = get_below(in, 8);
    p.has_annotation = flags & 1;
    p.has_default = flags & 2;
    p.is_rebound = flags & 4;
    p.fallback_truth = (Truth)get_below(in, TRUTH_YES + 1);
    *array_push(in->arena, &in->summary->parameters) = p;
}

static void get_call(Input *in, const FunctionSummary *f)
{
    Summary *s = in->summary;
    CallSummary call = { .kind = (CallKind)get_below(in, CALL_READ + 1) };
    call.flags = get(in);
    call.term = get_term_id(in);
    call.at = get_range(in);
    call.needs = get_below(in, f->parameters.count + 1);
    call.needed = (Truth)get_below(in, TRUTH_YES + 1);
    call.arguments = (Piece){ s->arguments.count, get_count(in) };
    for (uint32_t i = 0; i < call.arguments.count; i++) {
        Argument a = { .keyword = get_text_id(in) };
        a.position = get(in);
        a.value = get_text_id(in);
        *array_push(in->arena, &s->arguments) = a;
    }
    *array_push(in->arena, &s->calls) = call;
}

static void get_use(Input *in, const FunctionSummary *f, uint32_t left)
{
    Summary *s = in->summary;
    ParameterUse use = { .parameter = get_below(in, f->parameters.count) };
    use.kind = (UseKind)get_below(in, USE_UNCLEAR + 1);
    use.term = get_term_id(in);
    use.position = get(in);
    use.keyword = get_text_id(in);
    uint32_t flags = get_below(in, 16);
    use.is_star = flags & 1;
    use.is_part = flags & 2;
    use.is_kept = flags & 4;
    use.is_result = flags & 8;
    use.result = (ResultUse)get_below(in, RESULT_UNCLEAR + 1);
    uint32_t distance = get_below(in, left);
    use.next = distance ? s->uses.count + distance + 1 : 0;
    use.function = get_below(in, s->functions.count);
    use.at = get_range(in);
    *array_push(in->arena, &s->uses) = use;
}

static void get_function(Input *in, FunctionSummary *f)
{
    Summary *s = in->summary;
    f->name = get_text_id(in);
    f->qualname = get_text_id(in);
    f->at = get_range(in);
    f->class_ = get_below(in, s->classes.count + 1);
    f->outer = get_below(in, s->functions.count + 1);
    f->flags = get(in);
    f->returns = get_term_id(in);
    f->result = get_term_id(in);
    f->yields = get_term_id(in);
    f->has_returns = get_flag(in);
    f->parameters = (Piece){ s->parameters.count, get_count(in) };
    for (uint32_t i = 0; i < f->parameters.count; i++)
        get_parameter(in);
    f->decorators = get_parts(in);
    f->calls = (Piece){ s->calls.count, get_count(in) };
    for (uint32_t i = 0; i < f->calls.count; i++)
        get_call(in, f);
    f->uses = (Piece){ s->uses.count, get_count(in) };
    for (uint32_t i = 0; i < f->uses.count; i++)
        get_use(in, f, f->uses.count - i);
}

static void get_definitions(Input *in)
{
    Summary *s = in->summary;
    uint32_t classes = get_count(in), functions = get_count(in);
    s->classes.items = arena_array(in->arena, ClassSummary, classes);
    s->classes.count = s->classes.reserve = classes;
    s->functions.items = arena_array(in->arena, FunctionSummary, functions);
    s->functions.count = s->functions.reserve = functions;
    for (uint32_t i = 0; i < classes && !in->is_bad; i++)
        get_class(in, &s->classes.items[i]);
    for (uint32_t i = 0; i < functions && !in->is_bad; i++)
        get_function(in, &s->functions.items[i]);
}

static void get_names(Input *in)
{
    Summary *s = in->summary;
    uint32_t count = get_count(in);
    for (uint32_t i = 0; i < count; i++) {
        Member member = get_member(in);
        *array_push(in->arena, &s->exports) = member;
    }
    count = get_count(in);
    for (uint32_t i = 0; i < count; i++) {
        TextId id = get_text_id(in);
        *array_push(in->arena, &s->foreign) = id;
    }
    count = get_count(in);
    for (uint32_t i = 0; i < count; i++) {
        TermId id = get_term_id(in);
        *array_push(in->arena, &s->stars) = id;
    }
}

static bool names_definitions(const Summary *s)
{
    for (TermId id = 1; id < s->own_terms; id++) {
        const Term *term = term_at(&s->terms, id);
        bool is_class = term->op == TERM_CLASS || term->op == TERM_SUPER;
        bool is_function = term->op == TERM_FUNCTION || term->op == TERM_PARAMETER;
        if (is_class && term->a >= s->classes.count)
            return false;
        if (is_function && term->a >= s->functions.count)
            return false;
        if (term->op == TERM_PARAMETER && term->b >= s->functions.items[term->a].parameters.count)
            return false;
    }
    return true;
}

Summary *summary_read(Arena *arena, Str bytes)
{
    Str front = STR(magic);
    if (!str_starts(bytes, front))
        return NULL;
    Summary *s = arena_new(arena, Summary);
    const unsigned char *p = (const unsigned char *)bytes.p;
    Input in = { .arena = arena, .summary = s, .p = p + front.n, .end = p + bytes.n };
    terms_init(&s->terms, arena);
    s->path = get_text(&in);
    s->module = get_text(&in);
    s->is_stub = get_flag(&in);
    get_texts(&in);
    get_terms(&in);
    get_definitions(&in);
    get_names(&in);
    return in.is_bad || in.p != in.end || !names_definitions(s) ? NULL : s;
}
