/* What holds up a thread, and through whom. For each hazard a search goes from the calls of the tables' functions back to their
 * callers, level by level: the first way found is a shortest one, and of equal ones that whose call stands first is kept. A call
 * of several possible functions counts when all of them are reached. */
#include "program/effects_internal.h"

/* From the gravest on. */
static const uint8_t by_gravity[] = { HAZARD_SLEEP, HAZARD_NETWORK, HAZARD_DATABASE, HAZARD_PROCESS, HAZARD_LOCK,
    HAZARD_DNS, HAZARD_INPUT, HAZARD_TREE, HAZARD_CPU, HAZARD_FILE, HAZARD_METADATA, HAZARD_ONCE, HAZARD_NONE };
_Static_assert(sizeof by_gravity == HAZARD_COUNT, "every hazard has a gravity");

int hazard_gravity(Hazard hazard)
{
    int i = 0;
    while (by_gravity[i] != hazard)
        i++;
    return HAZARD_COUNT - 1 - i;
}

Hazard hazard_next(Hazard hazard)
{
    return hazard == HAZARD_NONE ? (Hazard)by_gravity[0] : (Hazard)by_gravity[HAZARD_COUNT - hazard_gravity(hazard)];
}

Ref function_ref(const Effects *e, uint32_t function)
{
    uint32_t low = 0, high = e->file_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (e->first[middle] <= function)
            low = middle;
        else
            high = middle;
    }
    return (Ref){ low, function - e->first[low] };
}

/* ---- The search ---- */

typedef struct Search {
    Program *program;
    Effects *effects;
    Hazard hazard;
    uint32_t *left; /* by link: targets that were not reached yet */
    uint32_t *queue;
    uint32_t count;
} Search;

static Reach *reach_of(const Effects *e, uint32_t function, Hazard hazard)
{
    return &e->reach[(size_t)function * HAZARD_COUNT + hazard];
}

/* Whether a literal is true, by its text. */
static Truth truth_of(Str text)
{
    if (str_is(text, "None") || str_is(text, "False") || str_is(text, "0") || str_is(text, "''") ||
        str_is(text, "\"\""))
        return TRUTH_NO;
    bool is_literal = str_is(text, "True") || (text.n && strchr("123456789\"'", text.p[0]));
    return is_literal ? TRUTH_YES : TRUTH_OPEN;
}

/* What a parameter is in a call with these arguments. */
static Truth truth_given(Program *program, Ref function, uint32_t number, bool is_bound, const Given *given)
{
    const Summary *summary = program_file(program, function.file);
    const Parameter *p = &summary->parameters.items[program_function(program, function)->parameters.first + number];
    Str name = terms_text_of(&summary->terms, p->name);
    for (uint32_t i = 0; i < given->count; i++) {
        const Argument *a = &given->arguments[i];
        Str keyword = terms_text_of(given->terms, a->keyword);
        if (str_is(keyword, "*") || str_is(keyword, "**"))
            return TRUTH_OPEN;
        bool is_positional = !a->keyword && p->kind != PARAMETER_KEYWORD;
        if (is_positional ? a->position + is_bound == number : str_equal(keyword, name))
            return truth_of(terms_text_of(given->terms, a->value));
    }
    return p->fallback_truth;
}

static bool is_met(
    Program *program, const Effects *e, uint32_t function, Hazard hazard, bool is_bound, const Given *given)
{
    Ref ref = function_ref(e, function);
    const Link *link = &e->links.items[reach_of(e, function, hazard)->link];
    const CallSummary *call = &program_file(program, ref.file)->calls.items[link->call];
    if (!call->needs || !given->is_known)
        return true;
    Truth truth = truth_given(program, ref, call->needs - 1, is_bound, given);
    return truth == TRUTH_OPEN || truth == call->needed;
}

bool reach_is_met(Program *program, Ref function, Hazard hazard, bool is_bound, const Given *given)
{
    const Effects *e = effects_of(program);
    uint32_t number = function_through(e, function);
    return reach_of(e, number, hazard)->level && is_met(program, e, number, hazard, is_bound, given);
}

static bool is_conditional(const Program *program, const Effects *e, uint32_t link)
{
    Ref caller = function_ref(e, e->links.items[link].caller);
    return program_file(program, caller.file)->calls.items[e->links.items[link].call].needs != 0;
}

/* Of two links of one function, at the same distance: one that always happens, else the one that stands first. */
static bool is_better(const Search *s, uint32_t link, uint32_t other)
{
    bool a = is_conditional(s->program, s->effects, link), b = is_conditional(s->program, s->effects, other);
    return a != b ? b : link < other;
}

/* Link `number` surely blocks, `level` calls away from the leaf. */
static void arrive(Search *s, uint32_t number, uint32_t level)
{
    uint32_t caller = s->effects->links.items[number].caller;
    Reach *reach = reach_of(s->effects, caller, s->hazard);
    if (!reach->level) {
        *reach = (Reach){ level, number };
        s->queue[s->count++] = caller;
    } else if (reach->level == level && is_better(s, number, reach->link)) {
        reach->link = number;
    }
}

static Given given_by(const Program *program, const Effects *e, const Link *link)
{
    Ref caller = function_ref(e, link->caller);
    const Summary *summary = program_file(program, caller.file);
    const CallSummary *call = &summary->calls.items[link->call];
    return (Given){ &summary->terms, call_arguments(summary, call), call->arguments.count,
        call->kind == CALL_PLAIN };
}

static void search(Search *s)
{
    Effects *e = s->effects;
    s->count = 0;
    for (uint32_t i = 0; i < e->links.count; i++) {
        const Link *link = &e->links.items[i];
        s->left[i] = link->targets.count;
        if (!link->targets.count && link->api->hazard == s->hazard)
            arrive(s, i, 1);
    }
    for (uint32_t next = 0; next < s->count; next++) {
        uint32_t function = s->queue[next];
        uint32_t level = reach_of(e, function, s->hazard)->level;
        for (uint32_t i = e->caller_first[function]; level < STEPS_MOST && i < e->caller_first[function + 1]; i++) {
            Caller caller = e->callers[i];
            const Link *link = &e->links.items[caller.link];
            Given given = given_by(s->program, e, link);
            if ((link->api && link->api->hazard != s->hazard) ||
                !is_met(s->program, e, function, s->hazard, caller.is_bound, &given))
                continue;
            if (--s->left[caller.link] == 0)
                arrive(s, caller.link, level + 1);
        }
    }
}

static void number_functions(Program *program, Effects *e)
{
    e->file_count = program->files.count;
    e->first = arena_array(program->arena, uint32_t, e->file_count + 1);
    for (uint32_t file = 0; file < e->file_count; file++)
        e->first[file + 1] = e->first[file] + program_file(program, file)->functions.count;
    e->function_count = e->first[e->file_count];
}

Effects *effects_of(Program *program)
{
    if (program->effects && program->effects->file_count == program->files.count)
        return program->effects;
    Effects *e = arena_new(program->arena, Effects);
    number_functions(program, e);
    effects_link(program, e);
    e->reach = arena_array(program->arena, Reach, (size_t)e->function_count * HAZARD_COUNT);
    Search s = { .program = program, .effects = e };
    s.left = arena_array(program->arena, uint32_t, e->links.count);
    s.queue = arena_array(program->arena, uint32_t, e->function_count);
    for (s.hazard = HAZARD_NONE + 1; s.hazard < HAZARD_COUNT; s.hazard++)
        search(&s);
    program->effects = e;
    return e;
}

/* ---- Answers ---- */

/* The way from a function that is reached. */
static void trace(Program *program, uint32_t function, Hazard hazard, Path *path)
{
    const Effects *e = program->effects;
    path->hazard = hazard;
    for (;;) {
        const Link *link = &e->links.items[reach_of(e, function, hazard)->link];
        Ref ref = function_ref(e, function);
        const CallSummary *call = &program_file(program, ref.file)->calls.items[link->call];
        Step *step = &path->steps[path->count++];
        *step = (Step){ .function = ref, .at = call->at, .call = link->call, .kind = call->kind };
        if (!link->targets.count) {
            step->api = path->api = link->api;
            path->weight = (ApiWeight)link->api->weight;
            return;
        }
        function = e->targets.items[link->targets.first].function;
        step->next = function_ref(e, function);
    }
}

bool frame_blocks_by(Program *program, Ref function, Hazard hazard, Path *path)
{
    const Effects *e = effects_of(program);
    uint32_t number = function_through(e, function);
    uint32_t level = reach_of(e, number, hazard)->level;
    if (!level || level + path->count > STEPS_MOST)
        return false;
    trace(program, number, hazard, path);
    return true;
}

bool function_blocks_by(Program *program, Ref function, Hazard hazard, Path *path)
{
    path->count = 0;
    if (program_function(program, function)->flags & (FUNCTION_ASYNC | FUNCTION_GENERATOR))
        return false;
    return frame_blocks_by(program, function, hazard, path);
}

bool function_blocks(Program *program, Ref function, Path *path)
{
    for (Hazard hazard = hazard_next(HAZARD_NONE); hazard != HAZARD_NONE; hazard = hazard_next(hazard)) {
        if (function_blocks_by(program, function, hazard, path))
            return true;
    }
    return false;
}

const Api *rows_that_block(
    Program *program, TypeId callee, const Terms *terms, const Argument *arguments, uint32_t count)
{
    Type type = type_get(program, type_without_none(program, callee));
    const Api *first = NULL;
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        bool is_plain = (atom->kind == ATOM_FUNCTION || atom->kind == ATOM_CLASS) && !(atom->flags & ATOMS_CHANGED);
        const Api *row = is_plain ? row_that_blocks(atom->api, terms, arguments, count) : NULL;
        if (!row)
            return NULL;
        if (!first)
            first = row;
    }
    return first;
}
