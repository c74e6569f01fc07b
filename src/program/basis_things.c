/* The things of one Summary: ids that mean the same in each run, and hashes of what they are, which leave places in the text out. */
#include "program/basis_things.h"

#include <stdlib.h>

#include "base/hash.h"
#include "facts/outlook.h"
#include "program/heritage.h"

enum { ID_MASK = 0x7FFFFFFF };

static uint64_t join(uint64_t a, uint64_t b) { return hash_join(a, b); }

uint32_t thing_id(Thing thing, Str path, uint32_t owner, Str name)
{
    uint64_t h = join(join(hash_str(path), (uint64_t)thing << 32 | owner), name.n ? hash_str(name) : 0);
    return (uint32_t)(h ^ (h >> 32)) & ID_MASK;
}

uint32_t thing_of_text(Str path)
{
    return thing_id(THING_TEXT, path, 0, STR(""));
}

uint32_t thing_of_heirs(Str name)
{
    uint32_t id = thing_id(THING_HEIRS, STR(""), 0, name);
    return id ? id : 1;
}

uint32_t thing_of_coroutines(uint32_t name)
{
    uint64_t h = join(name, THING_COROUTINES);
    return (uint32_t)(h ^ (h >> 32)) & ID_MASK;
}

/* ---- Modules ---- */

static uint32_t thing_of_parts(Str before, Str last)
{
    return thing_id(THING_MODULE, before, 0, last);
}

/* What is in front of the last separator, and what is behind it. */
static Str split(Str text, char separator, Str *last)
{
    uint32_t at = str_find_last(text, separator);
    *last = at < text.n ? str_slice(text, at + 1, text.n) : text;
    return at < text.n ? str_slice(text, 0, at) : STR("");
}

static Str last_of(Str text, char separator)
{
    Str last;
    split(text, separator, &last);
    return last;
}

uint32_t thing_of_module(Str from, Str dotted)
{
    uint32_t dots = 0;
    while (dots < dotted.n && dotted.p[dots] == '.')
        dots++;
    Str rest = str_slice(dotted, dots, dotted.n), last, directory;
    if (!dots) {
        directory = split(rest, '.', &last);
        return thing_of_parts(last_of(directory, '.'), last);
    }
    directory = split(from, '/', &last); /* of a package's __init__ the package, as of a module beside it */
    for (uint32_t i = 1; i < dots; i++)
        directory = split(directory, '/', &last);
    if (!rest.n) {
        directory = split(directory, '/', &last);
        return thing_of_parts(last_of(directory, '/'), last);
    }
    Str before = split(rest, '.', &last);
    return thing_of_parts(before.n ? last_of(before, '.') : last_of(directory, '/'), last);
}

void things_of_place(Str path, Arena *arena, ThingSet *out)
{
    Str last, directory = split(path, '/', &last);
    uint32_t dot = str_find_last(last, '.');
    last = str_slice(last, 0, dot);
    if (str_is(last, "__init__"))
        directory = split(directory, '/', &last);
    *array_push(arena, &out->items) = thing_of_parts(last_of(directory, '/'), last);
    *array_push(arena, &out->items) = thing_of_parts(STR(""), last);
    for (directory = split(path, '/', &last); directory.n; directory = split(directory, '/', &last))
        *array_push(arena, &out->items) = thing_of_text(directory);
}

/* ---- Names ---- */

static uint32_t name_hash(const Summary *s, TextId qualname, uint8_t *seen)
{
    uint64_t h = join(hash_str(terms_text_of(&s->terms, qualname)), seen[qualname]);
    seen[qualname] = (uint8_t)(seen[qualname] + (seen[qualname] < UINT8_MAX));
    return (uint32_t)(h ^ (h >> 32));
}

uint32_t *function_names(const Summary *s, Arena *arena)
{
    uint8_t *seen = arena_array(arena, uint8_t, s->terms.texts.count + 1);
    uint32_t *names = arena_array(arena, uint32_t, s->functions.count);
    for (uint32_t i = 0; i < s->functions.count; i++)
        names[i] = name_hash(s, s->functions.items[i].qualname, seen);
    return names;
}

uint32_t *class_names(const Summary *s, Arena *arena)
{
    uint8_t *seen = arena_array(arena, uint8_t, s->terms.texts.count + 1);
    uint32_t *names = arena_array(arena, uint32_t, s->classes.count);
    for (uint32_t i = 0; i < s->classes.count; i++)
        names[i] = name_hash(s, s->classes.items[i].qualname, seen);
    return names;
}

/* ---- Values ---- */

typedef struct Values {
    const Summary *s;
    Str path;
    Arena *arena;
    uint64_t *terms;  /* by term */
    uint32_t *functions, *classes;
    ARRAY(ThingValue) items;
} Values;

static uint64_t text_hash(const Values *v, TextId text)
{
    return text ? hash_str(terms_text_of(&v->s->terms, text)) : 0;
}

/* Operands have smaller numbers than what is made of them. */
static void hash_terms(Values *v)
{
    const Terms *terms = &v->s->terms;
    v->terms = arena_array(v->arena, uint64_t, terms->items.count);
    for (TermId id = 1; id < terms->items.count; id++) {
        const Term *t = term_at(terms, id);
        uint64_t a = 0, b = 0;
        switch ((TermOp)t->op) {
        case TERM_NAME:
            a = text_hash(v, t->a);
            break;
        case TERM_FUNCTION:
            a = v->functions[t->a];
            break;
        case TERM_CLASS:
        case TERM_SUPER:
            a = v->classes[t->a];
            break;
        case TERM_PARAMETER:
            a = v->functions[t->a], b = t->b;
            break;
        case TERM_ATTRIBUTE:
            a = v->terms[t->a], b = text_hash(v, t->b);
            break;
        case TERM_ITEM:
            a = v->terms[t->a], b = t->b;
            break;
        case TERM_TUPLE:
            b = v->terms[t->b];
            break;
        case TERM_CALL:
        case TERM_GENERIC:
        case TERM_UNION:
        case TERM_LIST:
            a = v->terms[t->a], b = v->terms[t->b];
            break;
        default:
            a = t->a < id ? v->terms[t->a] : t->a;
            break;
        }
        v->terms[id] = join(join(t->op + 1u, a), b);
    }
}

static void add(Values *v, uint32_t id, uint64_t value)
{
    ThingValue *item = array_push(v->arena, &v->items);
    *item = (ThingValue){ .id = id, .order = v->items.count - 1, .value = value };
}

static uint64_t parts_hash(const Values *v, uint64_t h, Piece piece)
{
    for (uint32_t i = 0; i < piece.count; i++)
        h = join(h, v->terms[v->s->parts.items[piece.first + i]]);
    return join(h, piece.count);
}

static uint64_t signature_hash(const Values *v, const FunctionSummary *f)
{
    uint64_t h = join(f->flags, f->class_ ? v->classes[f->class_ - 1] + 1u : 0);
    h = join(h, f->outer ? v->functions[f->outer - 1] + 1u : 0);
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        const Parameter *p = &v->s->parameters.items[f->parameters.first + i];
        h = join(h, text_hash(v, p->name));
        h = join(h, v->terms[p->annotation]);
        h = join(h, v->terms[p->fallback]);
        h = join(h, (uint64_t)p->kind << 8 | (uint64_t)p->fallback_truth << 4 | p->has_annotation | (p->has_default << 1) |
                        (p->is_rebound << 2) | (p->is_in_memory << 3));
        h = join(h, p->address);
    }
    h = parts_hash(v, h, f->decorators);
    h = join(h, v->terms[f->returns]);
    h = join(h, v->terms[f->result]);
    h = join(h, v->terms[f->yields]);
    return join(h, f->has_returns);
}

/* How many questions the function asks before the call: its place says nothing else. */
static uint32_t questions_before(const Values *v, const FunctionSummary *f, const CallSummary *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < f->questions.count; i++)
        count += v->s->questions.items[f->questions.first + i].at < c->at.begin;
    return count;
}

static uint64_t call_hash(const Values *v, const FunctionSummary *f, const CallSummary *c)
{
    uint64_t h = join((uint64_t)c->kind << 32 | c->flags, v->terms[c->term]);
    for (uint32_t i = 0; i < c->arguments.count; i++) {
        const Argument *a = &v->s->arguments.items[c->arguments.first + i];
        h = join(join(h, text_hash(v, a->keyword)), join(a->position, text_hash(v, a->value)));
        h = join(join(h, v->terms[a->term]), v->terms[a->type]);
    }
    h = join(h, (uint64_t)c->needs << 8 | (uint64_t)c->need << 4 | c->needed);
    h = join(h, (uint64_t)c->needs_also << 8 | c->needed_also);
    h = join(h, v->terms[c->classes]);
    h = join(h, (uint64_t)c->quick << 32 | questions_before(v, f, c));
    h = join(h, text_hash(v, c->object));
    return parts_hash(v, h, c->given);
}

static uint64_t use_hash(const Values *v, const FunctionSummary *f, const ParameterUse *u)
{
    uint64_t h = join((uint64_t)u->parameter << 32 | u->kind, v->terms[u->term]);
    h = join(h, (uint64_t)u->position << 32 | (uint32_t)u->result);
    h = join(h, text_hash(v, u->keyword));
    h = join(h, (uint64_t)u->is_star | (uint64_t)u->is_part << 1 | (uint64_t)u->is_kept << 2 | (uint64_t)u->is_result << 3);
    h = join(h, u->next ? u->next - f->uses.first : 0);
    return join(h, u->kind == USE_CAPTURED && u->function < v->s->functions.count ? v->functions[u->function] : 0);
}

static uint64_t body_hash(const Values *v, const FunctionSummary *f)
{
    uint64_t h = v->s->traits;
    for (uint32_t i = 0; i < f->calls.count; i++)
        h = join(h, call_hash(v, f, &v->s->calls.items[f->calls.first + i]));
    for (uint32_t i = 0; i < f->questions.count; i++) {
        const Question *q = &v->s->questions.items[f->questions.first + i];
        h = join(join(h, text_hash(v, q->object)), q->about);
    }
    for (uint32_t i = 0; i < f->uses.count; i++)
        h = join(h, use_hash(v, f, &v->s->uses.items[f->uses.first + i]));
    return h;
}

static void add_functions(Values *v)
{
    for (uint32_t i = 0; i < v->s->functions.count; i++) {
        const FunctionSummary *f = &v->s->functions.items[i];
        add(v, thing_id(THING_SIGNATURE, v->path, v->functions[i], STR("")), signature_hash(v, f));
        if (f->flags & FUNCTION_ASYNC)
            add(v, thing_of_coroutines(outlook_name(terms_text_of(&v->s->terms, f->name))), hash_str(v->path));
        add(v, thing_id(THING_BODY, v->path, v->functions[i], STR("")), body_hash(v, f));
    }
}

static uint64_t member_hash(const Values *v, const Member *m)
{
    uint64_t h = join(join(v->terms[m->term], v->terms[m->value]), m->is_declared);
    return summary_sets_foreign(v->s, m->name) ? join(h, 1) : h;
}

static void add_members(Values *v, uint32_t class_, Piece piece, uint64_t salt)
{
    for (uint32_t i = 0; i < piece.count; i++) {
        const Member *m = &v->s->members.items[piece.first + i];
        Str name = terms_text_of(&v->s->terms, m->name);
        add(v, thing_id(THING_MEMBER, v->path, v->classes[class_], name), join(salt, member_hash(v, m)));
    }
}

static void add_heirs(Values *v, uint32_t number, TermId base)
{
    uint64_t value = join(join(hash_str(v->path), v->classes[number]), v->terms[base]);
    const Term *term = term_at(&v->s->terms, base);
    for (; term->op == TERM_UNION; term = term_at(&v->s->terms, term->b))
        add(v, thing_of_heirs(heir_key(v->s, term->a)), value);
    add(v, thing_of_heirs(heir_key(v->s, base)), value);
}

static void add_classes(Values *v)
{
    for (uint32_t i = 0; i < v->s->classes.count; i++) {
        const ClassSummary *c = &v->s->classes.items[i];
        uint64_t h = parts_hash(v, join(c->has_metaclass, c->is_odd), c->bases);
        add(v, thing_id(THING_CLASS, v->path, v->classes[i], STR("")), parts_hash(v, h, c->decorators));
        add_members(v, i, c->body, 1);
        add_members(v, i, c->attributes, 2);
        for (uint32_t k = 0; k < c->bases.count; k++)
            add_heirs(v, i, v->s->parts.items[c->bases.first + k]);
    }
}

static void add_exports(Values *v)
{
    for (uint32_t i = 0; i < v->s->exports.count; i++) {
        const Member *m = &v->s->exports.items[i];
        Str own = terms_text_of(&v->s->terms, m->name), target = heir_key(v->s, m->term);
        unsigned flags = m->is_declared | (unsigned)m->is_hidden << 1 | (v->s->traits & (TRAIT_BROKEN | TRAIT_REFUSED));
        add(v, thing_id(THING_EXPORT, v->path, 0, own), join(join(v->terms[m->term], v->terms[m->value]), flags));
        if (target.n && !str_equal(own, target))
            add(v, thing_of_heirs(target), join(hash_str(v->path), hash_str(own)));
    }
    uint64_t stars = 0, imports = v->s->traits & (TRAIT_BROKEN | TRAIT_REFUSED);
    for (uint32_t i = 0; i < v->s->exports.count; i++) {
        const Member *m = &v->s->exports.items[i];
        imports = m->import ? join(imports, join(m->import, v->terms[m->term])) : imports;
    }
    for (uint32_t i = 0; i < v->s->nameless.count; i++)
        imports = join(imports, v->terms[v->s->nameless.items[i]]);
    add(v, thing_id(THING_IMPORTS, v->path, 0, STR("")), imports);
    for (uint32_t i = 0; i < v->s->stars.count; i++)
        stars = join(stars, v->terms[v->s->stars.items[i]]);
    add(v, thing_id(THING_STARS, v->path, 0, STR("")), stars);
}

static int compare_values(const void *a, const void *b)
{
    const ThingValue *left = a, *right = b;
    if (left->id != right->id)
        return left->id < right->id ? -1 : 1;
    return (left->order > right->order) - (left->order < right->order);
}

ThingTable things_of(const Summary *summary, Str path, Arena *arena)
{
    Values v = { .s = summary, .path = path, .arena = arena };
    v.functions = function_names(summary, arena);
    v.classes = class_names(summary, arena);
    hash_terms(&v);
    add_functions(&v);
    add_classes(&v);
    add_exports(&v);
    qsort(v.items.items, v.items.count, sizeof *v.items.items, compare_values);
    return (ThingTable){ v.items.items, v.items.count };
}

/* The value of all items of one id from *at on. */
static uint64_t value_of(const ThingTable *table, uint32_t *at)
{
    uint32_t id = table->items[*at].id;
    uint64_t h = 0;
    for (; *at < table->count && table->items[*at].id == id; ++*at)
        h = join(h, table->items[*at].value);
    return h;
}

void things_changed(const ThingTable *before, const ThingTable *after, Arena *arena, ThingSet *out)
{
    uint32_t a = 0, b = 0;
    while (a < before->count || b < after->count) {
        bool has_before = a < before->count, has_after = b < after->count;
        uint32_t id = has_before && (!has_after || before->items[a].id <= after->items[b].id) ? before->items[a].id : after->items[b].id;
        bool in_before = has_before && before->items[a].id == id, in_after = has_after && after->items[b].id == id;
        uint64_t first = in_before ? value_of(before, &a) : 0, second = in_after ? value_of(after, &b) : 0;
        if (in_before != in_after || first != second)
            *array_push(arena, &out->items) = id;
    }
}
