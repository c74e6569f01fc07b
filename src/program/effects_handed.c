/* Callables that a call runs because it is given them: `timed(load, 1)` runs load when `timed` calls its parameter, and so does a function
 * that remembers what the function around it was given: `wrapper` of a decorator. */
#include "program/basis.h"
#include "program/effects_internal.h"


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

/* What a call does with the parameter. FATE_IGNORED: it has nothing to do with it. *given: the argument that it is; NULL when the
 * call is its own. */
static ArgumentFate fate_in_call(Program *program, const Slot *slot, const CallSummary *call, const Argument **given)
{
    const Summary *summary = program_file(program, slot->function.file);
    *given = NULL;
    if (call->kind != CALL_PLAIN || !call->term)
        return FATE_IGNORED;
    if (is_slot(&summary->terms, call->term, slot))
        return FATE_CALLED;
    for (uint32_t i = 0; i < call->arguments.count; i++) {
        const Argument *a = &call_arguments(summary, call)[i];
        if (!a->term || is_spread(&summary->terms, a) || !holds_slot(&summary->terms, a->term, slot))
            continue;
        *given = a;
        return fate_at(program, slot->function.file, type_eval(program, slot->function.file, call->term), a);
    }
    return FATE_IGNORED;
}

/* The first call that runs it; false when there is none, or one does something else with it. */
static bool find_call(Program *program, const Slot *slot, uint32_t *number, const Argument **given)
{
    const FunctionSummary *f = program_function(program, slot->function);
    const Summary *summary = program_file(program, slot->function.file);
    bool is_found = false;
    rests_on_function(program, THING_BODY, slot->function);
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *call = &summary->calls.items[f->calls.first + i];
        const Argument *argument;
        ArgumentFate fate = fate_in_call(program, slot, call, &argument);
        if (fate == FATE_IGNORED || (fate == FATE_RETURNED && argument))
            continue; /* partial(function): what is done with that is seen where it is passed */
        if (fate != FATE_CALLED || (call->flags & CALL_GUARDED))
            return false;
        if (is_found)
            continue;
        is_found = true;
        *number = f->calls.first + i;
        *given = argument;
    }
    return is_found;
}

/* ---- The way to it ---- */

static bool call_may_happen(Program *program, const Via *via, bool is_bound, const Given *given)
{
    const CallSummary *call = &program_file(program, via->function.file)->calls.items[via->call];
    if (!call->needs || !given->is_known)
        return true;
    Truth truth = truth_given(program, via->function, call->needs - 1, is_bound, given);
    return truth == TRUTH_OPEN || truth == call->needed;
}

/* Adds the calls from the parameter on. False: it surely does not get there. */
static bool follow(Program *program, Slot slot, bool is_bound, Given given, Handed *handed)
{
    while (handed->via_count < VIAS_MOST) {
        Via *via = &handed->vias[handed->via_count];
        const Argument *argument;
        if (!find_call(program, &slot, &via->call, &argument))
            return true;
        via->function = slot.function;
        if (!call_may_happen(program, via, is_bound, &given))
            return false;
        handed->via_count++;
        const Summary *summary = program_file(program, slot.function.file);
        const CallSummary *call = &summary->calls.items[via->call];
        Taken taken;
        if (!argument || !parameter_taking(program, type_eval(program, slot.function.file, call->term), argument, &summary->terms, &taken))
            return true;
        slot = (Slot){ taken.function, taken.function.number, taken.number };
        is_bound = taken.is_bound;
        given = (Given){ &summary->terms, call_arguments(summary, call), call->arguments.count, true };
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
    Handed handed = { .runs = runs_of_callable(program, type_eval(program, file, a->term)) };
    if (!handed.runs.is_known || fate_at(program, file, callee, a) != FATE_CALLED)
        return;
    Taken taken;
    if (parameter_taking(program, callee, a, terms, &taken)) {
        Slot slot = { taken.function, taken.function.number, taken.number };
        if (!follow(program, slot, taken.is_bound, *given, &handed))
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
