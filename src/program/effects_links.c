/* What calls run: the edges of the call graph, and its leaves in the tables. */
#include <stdlib.h>

#include "program/effects_internal.h"
#include "program/quick.h"

/* ---- `unless` ---- */

typedef enum Holds { HOLDS_NOT, HOLDS, HOLDS_PERHAPS } Holds;

static bool is_number(Str s)
{
    return s.n && ((s.p[0] >= '0' && s.p[0] <= '9') || s.p[0] == '-' || s.p[0] == '+');
}

static bool is_literal(Str s)
{
    return is_number(s) || str_is(s, "True") || str_is(s, "False") || str_is(s, "None") || s.p[0] == '"' ||
           s.p[0] == '\'';
}

static double number_of(Str s)
{
    char text[48] = { 0 };
    memcpy(text, s.p, s.n < sizeof text ? s.n : sizeof text - 1);
    return strtod(text, NULL);
}

static Str last_part(Str dotted)
{
    uint32_t dot = str_find_last(dotted, '.');
    return dot < dotted.n ? str_slice(dotted, dot + 1, dotted.n) : dotted;
}

/* `ssl.Purpose.SERVER_AUTH` */
static bool is_constant(Str value)
{
    Str name = last_part(value);
    bool is_upper = name.n > 1 && name.n < value.n;
    for (uint32_t i = 0; i < name.n; i++)
        is_upper &= !(name.p[i] >= 'a' && name.p[i] <= 'z') && name.p[i] != ' ' && name.p[i] != ')';
    return is_upper;
}

/* A name where the table has a flag may be that flag, unless it is that of another one; where it has a number, names
 * stand for other ones. */
static Holds value_holds(Str wanted, Str value)
{
    if (str_is(wanted, "*") || str_equal(wanted, value))
        return HOLDS;
    if (is_number(wanted) && is_number(value))
        return number_of(wanted) == number_of(value) ? HOLDS : HOLDS_NOT;
    if (value.n && is_literal(value))
        return HOLDS_NOT;
    if (is_constant(wanted) && is_constant(value) && !str_equal(last_part(wanted), last_part(value)))
        return HOLDS_NOT;
    return is_number(wanted) ? HOLDS_NOT : HOLDS_PERHAPS;
}

static Holds condition_holds(Str key, Str wanted, const Terms *terms, const Argument *arguments, uint32_t count)
{
    bool is_position = is_number(key);
    uint32_t position = is_position ? (uint32_t)number_of(key) : 0;
    for (uint32_t i = 0; i < count; i++) {
        const Argument *a = &arguments[i];
        Str keyword = terms_text_of(terms, a->keyword);
        /* Nobody hands on by `**` what turns the call into something else: that is written. */
        if ((str_is(keyword, "**") && !str_is(wanted, "*")) || (str_is(keyword, "*") && is_position && a->position <= position))
            return HOLDS_PERHAPS;
        bool is_it = is_position ? !a->keyword && a->position == position : a->keyword && str_equal(keyword, key);
        if (is_it)
            return value_holds(wanted, terms_text_of(terms, a->value));
    }
    return HOLDS_NOT;
}

const Api *row_that_blocks(const Api *api, const Terms *terms, const Argument *arguments, uint32_t count)
{
    if (!api || api->hazard == HAZARD_NONE)
        return NULL;
    Str rest = str_of(api->unless);
    while (rest.n) {
        uint32_t comma = str_find(rest, ',');
        Str condition = str_slice(rest, 0, comma);
        uint32_t colon = str_find(condition, ':');
        Str key = str_slice(condition, 0, colon);
        Str wanted = colon < condition.n ? str_slice(condition, colon + 1, condition.n) : STR("*");
        if (condition_holds(key, wanted, terms, arguments, count) != HOLDS_NOT)
            return NULL;
        rest = comma < rest.n ? str_slice(rest, comma + 1, rest.n) : STR("");
    }
    return api;
}

/* ---- What a call runs ---- */

static void add_function(Runs *runs, Ref function, bool is_bound)
{
    for (uint32_t i = 0; i < runs->count; i++) {
        if (runs->functions[i].file == function.file && runs->functions[i].number == function.number)
            return;
    }
    runs->is_bound[runs->count] = is_bound;
    runs->functions[runs->count++] = function;
}

/* Heavy with large data only says nothing of a function that calls it. */
static bool add_blocking(Runs *runs, const Api *api)
{
    if (!api || api->weight == WEIGHT_LARGE || (runs->api && (runs->runs_loop || runs->api->hazard != api->hazard)))
        return false;
    if (!runs->api)
        runs->api = api;
    return true;
}

static bool add_api(Runs *runs, const Api *api, const Terms *terms, const Argument *arguments, uint32_t count)
{
    if (!api || api->role != ROLE_RUNS_LOOP)
        return add_blocking(runs, row_that_blocks(api, terms, arguments, count));
    if (runs->api && !runs->runs_loop)
        return false;
    runs->runs_loop = true;
    if (!runs->api)
        runs->api = api;
    return true;
}

/* The methods of a protocol are others'; those of an abstract class that are not marked so are its own. */
static bool is_of_protocol(Program *program, Ref function)
{
    uint32_t class_ = program_function(program, function)->class_;
    if (!class_)
        return false;
    const ClassSummary *c = program_class(program, (Ref){ function.file, class_ - 1 });
    const Summary *summary = program_file(program, function.file);
    for (uint32_t i = 0; i < c->bases.count; i++) {
        const Term *base = term_at(&summary->terms, summary->parts.items[c->bases.first + i]);
        if (base->op == TERM_GENERIC)
            base = term_at(&summary->terms, base->a);
        Str name = base->op == TERM_NAME ? terms_text_of(&summary->terms, base->a) : STR("");
        if (str_is(name, "typing.Protocol") || str_is(name, "typing_extensions.Protocol"))
            return true;
    }
    return false;
}

/* Whether what a function's code says is what happens when it is called. */
static bool is_plain_function(Program *program, Ref function)
{
    uint32_t flags = program_function(program, function)->flags;
    return !(flags & (FUNCTION_ASYNC | FUNCTION_GENERATOR | FUNCTION_ABSTRACT)) && !is_of_protocol(program, function);
}

static bool add_project_function(Program *program, Runs *runs, const Atom *atom)
{
    if ((atom->flags & (ATOMS_CHANGED | ATOM_UNSURE)) || !is_plain_function(program, atom->ref))
        return false;
    add_function(runs, atom->ref, atom->of && function_kind(program, atom->ref) != KIND_STATIC_METHOD);
    return true;
}

static bool add_method(Program *program, Runs *runs, Ref class_, const char *name)
{
    Ref method;
    if (!class_method(program, class_, str_of(name), &method) || !is_plain_function(program, method))
        return false;
    add_function(runs, method, true);
    return true;
}

/* `__init__`; of a dataclass `__post_init__`, which its own `__init__` calls. */
static bool add_construction(Program *program, Runs *runs, Ref class_)
{
    return add_method(program, runs, class_, "__init__") || add_method(program, runs, class_, "__post_init__") ||
           add_method(program, runs, class_, "__new__");
}

static bool add_atom(
    Program *program, Runs *runs, const Atom *atom, const Terms *terms, const Argument *arguments, uint32_t count)
{
    switch ((AtomKind)atom->kind) {
    case ATOM_FUNCTION:
        if (atom->is_project)
            return add_project_function(program, runs, atom);
        if (atom->flags & ATOMS_CHANGED)
            return false;
        return add_api(runs, atom->api, terms, arguments, atom->flags & ATOM_PARTIAL ? 0 : count);
    case ATOM_CLASS:
        if (atom->is_project)
            return add_construction(program, runs, atom->ref);
        return add_api(runs, atom->api, terms, arguments, count);
    case ATOM_INSTANCE:
        return atom->is_project && add_method(program, runs, atom->ref, "__call__");
    default:
        return false;
    }
}

Runs runs_of_call(Program *program, TypeId callee, const Terms *terms, const Argument *arguments, uint32_t count)
{
    Runs runs = { .is_known = false };
    Type type = type_get(program, type_without_none(program, callee));
    for (uint32_t i = 0; i < type.count; i++) {
        Atom atom = type.atoms[i];
        if (!add_atom(program, &runs, &atom, terms, arguments, count))
            return (Runs){ .is_known = false };
    }
    runs.is_known = type.count > 0;
    return runs;
}

/* Generators that are all run by what uses them: by `with` (a context manager made of one) or `for`. */
static bool runs_of_made(Program *program, Type type, AtomKind kind, Runs *runs)
{
    *runs = (Runs){ .is_known = type.count > 0 };
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->kind != kind || !atom->is_project || (program_function(program, atom->ref)->flags & FUNCTION_ASYNC))
            return false;
        add_function(runs, atom->ref, false);
    }
    return type.count > 0;
}

Runs runs_of_enter(Program *program, TypeId context, bool is_exit)
{
    Runs runs;
    Type type = type_get(program, type_without_none(program, context));
    if (runs_of_made(program, type, ATOM_CONTEXT, &runs))
        return is_exit ? (Runs){ .is_known = false } : runs;
    TypeId method = type_attribute(program, context, is_exit ? STR("__exit__") : STR("__enter__"));
    return runs_of_call(program, method, NULL, NULL, 0);
}

Runs runs_of_each(Program *program, TypeId iterable, bool is_next)
{
    Runs runs;
    Type type = type_get(program, type_without_none(program, iterable));
    if (runs_of_made(program, type, ATOM_GENERATOR, &runs))
        return is_next ? (Runs){ .is_known = false } : runs;
    TypeId start = type_attribute(program, iterable, STR("__iter__"));
    TypeId iterator = type_call(program, start, NULL, 0);
    if (runs_of_made(program, type_get(program, iterator), ATOM_GENERATOR, &runs))
        return is_next ? (Runs){ .is_known = false } : runs;
    TypeId called = is_next ? type_attribute(program, iterator, STR("__next__")) : start;
    return runs_of_call(program, called, NULL, NULL, 0);
}

/* Looked up in the class, a property is the function that it is made of. */
static bool add_property(Program *program, Runs *runs, const Atom *object, Str name)
{
    if (object->kind != ATOM_INSTANCE || !object->is_project)
        return false;
    Atom owner = { .kind = ATOM_CLASS, .is_project = true, .ref = object->ref };
    Type type = type_get(program, type_attribute(program, type_of_atom(program, owner), name));
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        bool is_property = atom->kind == ATOM_FUNCTION && atom->is_project && (atom->flags & ATOM_AS_PROPERTY);
        if (!is_property || !add_project_function(program, runs, atom))
            return false;
    }
    return type.count > 0;
}

Runs runs_of_read(Program *program, TypeId object, Str name)
{
    Runs runs = { .is_known = false };
    Type type = type_get(program, type_without_none(program, object));
    for (uint32_t i = 0; i < type.count; i++) {
        Atom atom = type.atoms[i];
        if (!add_property(program, &runs, &atom, name))
            return (Runs){ .is_known = false };
    }
    runs.is_known = type.count > 0;
    return runs;
}

/* ---- Links ---- */

/* A call of an API alone that is quick there: as if it did not hold up its thread. */
static bool is_quick(Program *program, uint32_t caller, uint32_t call, const Runs *runs)
{
    if (!runs->api || runs->count || runs->runs_loop)
        return false;
    Ref function = program->effects->functions.items[caller].ref;
    CallSite site = { program, function, &program_file(program, function.file)->calls.items[call] };
    return call_is_quick(&site, runs->api);
}

static Link *add_link(Program *program, uint32_t caller, uint32_t call, const Runs *runs)
{
    Effects *e = program->effects;
    Link link = { .caller = caller, .call = call, .api = runs->api, .runs_loop = runs->runs_loop,
        .targets = { e->targets.count, runs->count } };
    for (uint32_t i = 0; i < runs->count; i++) {
        uint32_t function = function_known(program, runs->functions[i]);
        *array_push(program->arena, &e->targets) = (Called){ function, runs->is_bound[i] };
    }
    Link *added = array_push(program->arena, &e->links);
    *added = link;
    return added;
}

static void link_runs(Program *program, uint32_t caller, uint32_t call, const Runs *runs)
{
    if (runs->is_known && !is_quick(program, caller, call, runs))
        add_link(program, caller, call, runs);
}

static void link_handed(Program *program, uint32_t caller, uint32_t call, const Handed *handed)
{
    Effects *e = program->effects;
    Link *link = add_link(program, caller, call, &handed->runs);
    link->is_handed = true;
    link->vias = (Piece){ e->vias.count, handed->via_count };
    for (uint32_t i = 0; i < handed->via_count; i++)
        *array_push(program->arena, &e->vias) = handed->vias[i];
}

static void link_besides(Program *program, uint32_t caller, uint32_t file, uint32_t number, TypeId callee)
{
    const Summary *summary = program_file(program, file);
    const CallSummary *call = &summary->calls.items[number];
    Given given = { &summary->terms, call_arguments(summary, call), call->arguments.count, true, file + 1, 0, 0, false };
    HandedList list = { { 0 } };
    runs_besides(program, file, callee, &given, false, &list);
    for (uint32_t i = 0; i < list.items.count; i++)
        link_handed(program, caller, number, &list.items.items[i]);
}

static void link_call(Program *program, uint32_t caller, Ref ref, uint32_t number)
{
    const Summary *summary = program_file(program, ref.file);
    const CallSummary *call = &summary->calls.items[number];
    if (!call->term || (call->flags & (CALL_AWAITED | CALL_GUARDED)))
        return;
    const Term *term = term_at(&summary->terms, call->term);
    if (call->kind == CALL_READ && term->op != TERM_ATTRIBUTE)
        return;
    TypeId type = type_eval(program, ref.file, call->kind == CALL_READ ? term->a : call->term);
    if (!type)
        return;
    Runs first, second = { .is_known = false };
    switch (call->kind) {
    case CALL_READ:
        first = runs_of_read(program, type, terms_text_of(&summary->terms, term->b));
        break;
    case CALL_ENTER:
        first = runs_of_enter(program, type, false);
        second = runs_of_enter(program, type, true);
        break;
    case CALL_EACH:
        first = runs_of_each(program, type, false);
        second = runs_of_each(program, type, true);
        break;
    case CALL_PLAIN:
        first = runs_of_call(program, type, &summary->terms, call_arguments(summary, call), call->arguments.count);
        break;
    default:
        return;
    }
    link_runs(program, caller, number, &first);
    link_runs(program, caller, number, &second);
    if (call->kind == CALL_PLAIN)
        link_besides(program, caller, ref.file, number, type);
}

void effects_link(Program *program, uint32_t function)
{
    Ref ref = program->effects->functions.items[function].ref;
    const FunctionSummary *f = program_function(program, ref);
    if (f->flags & (FUNCTION_ASYNC | FUNCTION_OVERLOAD))
        return;
    for (uint32_t k = 0; k < f->calls.count; k++)
        link_call(program, function, ref, f->calls.first + k);
}
