/* Callables that a call runs because it is given them: `timed(load, 1)` runs load when `timed` calls its parameter, and so does a function
 * that remembers what the function around it was given: `wrapper` of a decorator. */
#include "program/basis.h"
#include "program/effects_internal.h"

/* Functions with more calls are not looked through: each callable that they are given looks at all of them. */
enum { CALLS_MOST = 512 };

/* ---- Which calls of a function run a parameter ---- */

/* A parameter of a function; of the one around it for what is inside of it. */
typedef struct Slot {
    Ref function; /* whose calls are looked at */
    uint32_t owner, number;
} Slot;

static bool is_slot(const Terms *terms, TermId id, const Slot *slot)
{
    const Term *term = term_at(terms, id);
    return term->op == TERM_PARAMETER && term->a == slot->owner && term->b == slot->number;
}

/* The parameter itself, or a partial of it. */
static bool holds_slot(const Terms *terms, TermId id, const Slot *slot)
{
    const Term *term = term_at(terms, id);
    if (term->op != TERM_CALL || !term->b)
        return is_slot(terms, id, slot);
    return is_slot(terms, term_at(terms, term->b)->a, slot);
}

static bool is_spread(const Terms *terms, const Argument *a)
{
    Str keyword = terms_text_of(terms, a->keyword);
    return str_is(keyword, "*") || str_is(keyword, "**");
}

static ArgumentFate fate_at(Program *program, uint32_t file, TypeId callee, const Argument *a)
{
    Str keyword = terms_text_of(&program_file(program, file)->terms, a->keyword);
    return callee_argument_fate(program, callee, a->keyword ? UINT32_MAX : a->position, keyword);
}

typedef struct Found { /* a call that runs what is in the slot */
    Via via;
    const Argument *given; /* the argument that it goes to; NULL: the call is its own */
    Via inner;             /* given is a `lambda: function(n)` of the same function: the call in there */
    bool is_inner;
} Found;

/* The call of the slot in the frame of an inner function that is handed on in its place. */
static bool find_inner(Program *program, const Slot *slot, TermId id, Via *inner)
{
    const Summary *summary = program_file(program, slot->function.file);
    const Term *term = term_at(&summary->terms, id);
    if (term->op != TERM_FUNCTION || summary->functions.items[term->a].outer != slot->function.number + 1)
        return false;
    const FunctionSummary *f = &summary->functions.items[term->a];
    for (uint32_t i = 0; i < f->calls.count && !(f->flags & (FUNCTION_ASYNC | FUNCTION_GENERATOR)) && !f->decorators.count; i++) {
        const CallSummary *call = &summary->calls.items[f->calls.first + i];
        if (call->kind != CALL_PLAIN || (call->flags & CALL_GUARDED) || !is_slot(&summary->terms, call->term, slot))
            continue;
        *inner = (Via){ { slot->function.file, term->a }, f->calls.first + i };
        rests_on_function(program, THING_BODY, inner->function);
        return true;
    }
    return false;
}

/* What a call does with what is in the slot. FATE_IGNORED: it has nothing to do with it. */
static ArgumentFate fate_in_call(Program *program, const Slot *slot, const CallSummary *call, Found *found)
{
    const Summary *summary = program_file(program, slot->function.file);
    if (call->kind != CALL_PLAIN || !call->term)
        return FATE_IGNORED;
    if (is_slot(&summary->terms, call->term, slot))
        return FATE_CALLED;
    for (uint32_t i = 0; i < call->arguments.count; i++) {
        const Argument *a = &call_arguments(summary, call)[i];
        if (!a->term || is_spread(&summary->terms, a))
            continue;
        found->is_inner = find_inner(program, slot, a->term, &found->inner);
        if (!found->is_inner && !holds_slot(&summary->terms, a->term, slot))
            continue;
        found->given = a;
        return fate_at(program, slot->function.file, type_eval(program, slot->function.file, call->term), a);
    }
    return FATE_IGNORED;
}

/* Whether nothing but parameters decides that the call happens. */
static bool is_sure_call(const CallSummary *call)
{
    return !(call->flags & CALL_CONDITIONAL) || (call->needs && call->need == NEED_TRUTH);
}

/* The first call that runs it, a sure one before others; false when there is none, or one does something else with it. *is_sure: one call is
 * sure to happen, or there are several, as in both branches of an `if`. */
static bool find_call(Program *program, const Slot *slot, Found *first, bool *is_sure)
{
    const FunctionSummary *f = program_function(program, slot->function);
    const Summary *summary = program_file(program, slot->function.file);
    uint32_t count = 0;
    *is_sure = false;
    rests_on_function(program, THING_BODY, slot->function);
    for (uint32_t i = 0; i < f->calls.count && f->calls.count <= CALLS_MOST; i++) {
        const CallSummary *call = &summary->calls.items[f->calls.first + i];
        Found found = { .via = { slot->function, f->calls.first + i } };
        ArgumentFate fate = fate_in_call(program, slot, call, &found);
        if (fate == FATE_IGNORED || (fate == FATE_RETURNED && found.given))
            continue; /* partial(function): what is done with that is seen where it is passed */
        if (fate != FATE_CALLED || (call->flags & CALL_GUARDED))
            return false;
        if (!count++ || (!*is_sure && is_sure_call(call)))
            *first = found;
        *is_sure |= is_sure_call(call);
    }
    *is_sure |= count > 1;
    return count > 0;
}

/* ---- The way to it ---- */

static bool call_may_happen(Program *program, const Via *via, bool is_bound, const Given *given)
{
    const CallSummary *call = &program_file(program, via->function.file)->calls.items[via->call];
    if (!call->needs || call->need != NEED_TRUTH || !given->is_known)
        return true;
    rests_on_function(program, THING_SIGNATURE, via->function);
    if (other_need_fails(program, via->function, is_bound, given, call))
        return false;
    Truth truth = truth_given(program, via->function, call->needs - 1, is_bound, given);
    return truth == TRUTH_OPEN || truth == call->needed;
}

/* The parameter that what is found goes on to. */
static bool goes_on(Program *program, const Found *found, Taken *taken)
{
    if (!found->given)
        return false;
    uint32_t file = found->via.function.file;
    const Summary *summary = program_file(program, file);
    TypeId callee = type_eval(program, file, summary->calls.items[found->via.call].term);
    return parameter_taking(program, callee, found->given, &summary->terms, taken);
}

static void via_add(Handed *handed, Via via)
{
    if (handed->via_count < VIAS_MOST)
        handed->vias[handed->via_count++] = via;
}

/* Adds the calls from the parameter on, behind a lambda only that in there. False: it surely does not get there, or only in some cases: a
 * cache that is filled, an error that is told. */
static bool follow(Program *program, Slot slot, bool is_bound, Given given, Handed *handed)
{
    Found found;
    bool is_sure, is_inside = false;
    for (uint32_t steps = 0; steps < VIAS_MOST && find_call(program, &slot, &found, &is_sure); steps++) {
        if (!is_sure || !call_may_happen(program, &found.via, is_bound, &given))
            return false;
        if (!is_inside)
            via_add(handed, found.via);
        if (!is_inside && found.is_inner)
            via_add(handed, found.inner);
        is_inside |= found.is_inner;
        Taken taken;
        if (!goes_on(program, &found, &taken))
            return true;
        const Summary *summary = program_file(program, slot.function.file);
        const CallSummary *call = &summary->calls.items[found.via.call];
        slot = (Slot){ taken.function, taken.function.number, taken.number };
        is_bound = taken.is_bound;
        given = (Given){ &summary->terms, call_arguments(summary, call), call->arguments.count, true,
            slot.function.file + 1, slot.function.number + 1, 0, false };
    }
    return true;
}

/* ---- Arguments ---- */

/* Whether calling it gives something that has to be awaited before it runs. */
static bool gives_coroutine(Program *program, TypeId callee)
{
    Type type = type_get(program, type_without_none(program, callee));
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->flags & ATOM_AS_COROUTINE)
            return true;
        if (atom->kind == ATOM_FUNCTION && atom->is_project && (program_function(program, atom->ref)->flags & FUNCTION_ASYNC))
            return true;
        if (!atom->is_project && atom->api && atom->api->colour != COLOUR_SYNC)
            return true;
    }
    return false;
}

static bool is_callable(Type type)
{
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->kind != ATOM_FUNCTION || (!atom->is_project && (!atom->api || atom->api->hazard == HAZARD_NONE)))
            return false;
    }
    return type.count > 0;
}

/* What it is called with is not known: a row that depends on that says nothing. */
static Runs runs_of_callable(Program *program, TypeId callable)
{
    Runs runs = { .is_known = false };
    if (!is_callable(type_get(program, type_without_none(program, callable))))
        return runs;
    runs = runs_of_call(program, callable, NULL, NULL, 0);
    bool is_unsure = runs.api && (runs.api->unless || runs.api->hazard == HAZARD_LOCK || runs.api->weight != WEIGHT_ALWAYS);
    runs.is_known &= (runs.count || runs.api) && !is_unsure;
    return runs;
}

static void add_argument(Program *program, uint32_t file, TypeId callee, const Argument *a, const Given *given, HandedList *out)
{
    const Terms *terms = &program_file(program, file)->terms;
    if (!a->term || is_spread(terms, a))
        return;
    Handed handed = { .runs = { .is_known = false } };
    if (fate_at(program, file, callee, a) == FATE_CALLED)
        handed.runs = runs_of_callable(program, type_eval(program, file, a->term));
    if (!handed.runs.is_known)
        return;
    Taken taken;
    if (parameter_taking(program, callee, a, terms, &taken)) {
        Slot slot = { taken.function, taken.function.number, taken.number };
        if (!follow(program, slot, taken.is_bound, *given, &handed) || !handed.via_count)
            return;
    }
    *array_push(program->arena, &out->items) = handed;
}

/* ---- What a function remembers ---- */

/* The wrapper of functools.wraps is called like what it wraps. */
static bool is_wraps(Program *program, Ref function)
{
    const FunctionSummary *f = program_function(program, function);
    const Summary *summary = program_file(program, function.file);
    for (uint32_t i = 0; i < f->decorators.count; i++) {
        const Term *term = term_at(&summary->terms, summary->parts.items[f->decorators.first + i]);
        const Term *callee = term->op == TERM_CALL ? term_at(&summary->terms, term->a) : term;
        if (callee->op == TERM_NAME && str_is(terms_text_of(&summary->terms, callee->a), "functools.wraps"))
            return true;
    }
    return false;
}

static void add_remembered(Program *program, const Atom *atom, const Given *given, HandedList *out)
{
    const FunctionSummary *f = program_function(program, atom->ref);
    TypeId item;
    for (uint32_t i = 0; f->outer && tuple_item(program, atom->next, i, &item); i++) {
        Handed handed = { .runs = runs_of_callable(program, item) };
        Slot slot = { atom->ref, f->outer - 1, i };
        if (!handed.runs.is_known || !follow(program, slot, false, *given, &handed) || !handed.via_count)
            continue;
        if (handed.via_count == 1 && is_wraps(program, atom->ref))
            handed.via_count = 0;
        *array_push(program->arena, &out->items) = handed;
    }
}

/* A decorator that gives what the function gives leaves no trace in its type: what the wrapper runs beside it. */
static void add_wrappers(Program *program, const Atom *atom, HandedList *out)
{
    const FunctionSummary *f = program_function(program, atom->ref);
    const Summary *summary = program_file(program, atom->ref.file);
    Atom plain = { .kind = ATOM_FUNCTION, .is_project = true, .ref = atom->ref };
    for (uint32_t i = 0; i < f->decorators.count; i++) {
        TypeId decorator = type_eval(program, atom->ref.file, summary->parts.items[f->decorators.first + i]);
        Type made = type_get(program, decorator);
        if (made.count != 1 || made.atoms[0].kind != ATOM_FUNCTION || !made.atoms[0].is_project)
            continue;
        TypeId whole = type_of_atom(program, plain), wrapper = type_call(program, decorator, &whole, 1);
        if (!wrapper || wrapper == whole || !is_transparent(program, wrapper, whole))
            continue;
        Handed handed = { .runs = runs_of_call(program, wrapper, NULL, NULL, 0) };
        if (handed.runs.is_known && handed.runs.count)
            *array_push(program->arena, &out->items) = handed;
    }
}

/* ---- Answers ---- */

void runs_besides(Program *program, uint32_t file, TypeId callee, const Given *given, bool is_awaited, HandedList *out)
{
    Type type = type_get(program, type_without_none(program, callee));
    if (!type.count || (!is_awaited && gives_coroutine(program, callee)))
        return;
    for (uint32_t i = 0; i < given->count; i++)
        add_argument(program, file, callee, &given->arguments[i], given, out);
    Atom atom = type_get(program, type_without_none(program, callee)).atoms[0];
    if (type.count > 1 || atom.kind != ATOM_FUNCTION || !atom.is_project || (atom.flags & (ATOMS_CHANGED | ATOM_UNSURE)))
        return;
    if (program_function(program, atom.ref)->flags & FUNCTION_GENERATOR)
        return;
    if (atom.next)
        add_remembered(program, &atom, given, out);
    add_wrappers(program, &atom, out);
}
