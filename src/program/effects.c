/* What holds up a thread, and through whom. For each hazard a search goes from the calls of the tables' functions back to their
 * callers, level by level: the first way found is a shortest one, and of equal ones that whose call stands first is kept. A call
 * of several possible functions counts when all of them are reached. */
#include "program/basis.h"
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

/* ---- Known functions ---- */

Effects *effects_of(Program *program)
{
    if (!program->effects)
        program->effects = arena_new(program->arena, Effects);
    return program->effects;
}

static void make_room(Program *program, uint32_t file)
{
    Effects *e = effects_of(program);
    if (file < e->file_count)
        return;
    uint32_t room = e->file_count ? e->file_count : 16;
    while (room <= file)
        room *= 2;
    uint32_t **numbers = arena_array(program->arena, uint32_t *, room);
    if (e->file_count)
        memcpy(numbers, e->numbers, e->file_count * sizeof *numbers);
    e->numbers = numbers;
    e->file_count = room;
}

uint32_t function_known(Program *program, Ref ref)
{
    make_room(program, ref.file);
    Effects *e = effects_of(program);
    if (!e->numbers[ref.file])
        e->numbers[ref.file] = arena_array(program->arena, uint32_t, program_file(program, ref.file)->functions.count);
    uint32_t *number = &e->numbers[ref.file][ref.number];
    if (!*number) {
        *array_push(program->arena, &e->functions) = (KnownFunction){ .ref = ref, .node = basis_promise(program) };
        *number = e->functions.count;
    }
    return *number - 1;
}

/* ---- Conditions ---- */

static const Reach *reach_of(const Effects *e, uint32_t function, unsigned effect)
{
    static const Reach none;
    const Reach *reach = e->functions.items[function].reach;
    return reach ? &reach[effect] : &none;
}

static const CallSummary *call_of(const Program *program, const Link *link)
{
    Ref caller = program->effects->functions.items[link->caller].ref;
    return &program_file(program, caller.file)->calls.items[link->call];
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

Truth truth_given(Program *program, Ref function, uint32_t number, bool is_bound, const Given *given)
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

static bool is_met(Program *program, uint32_t function, unsigned effect, bool is_bound, const Given *given)
{
    const Effects *e = program->effects;
    const CallSummary *call = call_of(program, &e->links.items[reach_of(e, function, effect)->link]);
    if (!call->needs || !given->is_known)
        return true;
    Truth truth = truth_given(program, e->functions.items[function].ref, call->needs - 1, is_bound, given);
    return truth == TRUTH_OPEN || truth == call->needed;
}

static Given given_by(const Program *program, const Link *link)
{
    const Summary *summary = program_file(program, program->effects->functions.items[link->caller].ref.file);
    const CallSummary *call = call_of(program, link);
    if (link->is_handed)
        return (Given){ .terms = &summary->terms, .is_known = true };
    return (Given){ &summary->terms, call_arguments(summary, call), call->arguments.count, call->kind == CALL_PLAIN };
}

/* ---- The search ---- */

/* Over the functions that were met since the last question, and their links: all that they lead to is there, or was solved
 * before. */
typedef struct Search {
    Program *program;
    Effects *effects;
    SearchRoom *room;
    uint32_t first_link;
    unsigned effect;
} Search;

static bool has_effect(const Link *link, unsigned effect)
{
    if (!link->api)
        return false;
    return link->runs_loop ? effect == EFFECT_RUNS_LOOP : link->api->hazard == effect;
}

static bool is_conditional(const Program *program, uint32_t link)
{
    return call_of(program, &program->effects->links.items[link])->needs != 0;
}

/* Of two links of one function, at the same distance: one that always happens, else the one that stands first. */
static bool is_better(const Search *s, uint32_t link, uint32_t other)
{
    bool a = is_conditional(s->program, link), b = is_conditional(s->program, other);
    return a != b ? b : link < other;
}

/* Link `number` surely has the effect, its call `level` calls away from the leaf. Ways through wrappers are longer than one call, so that a
 * shorter one may come later. */
static void arrive(Search *s, uint32_t number, uint32_t level)
{
    uint32_t caller = s->effects->links.items[number].caller;
    KnownFunction *function = &s->effects->functions.items[caller];
    level += s->effects->links.items[number].vias.count;
    if (level > STEPS_MOST)
        return;
    if (!function->reach)
        function->reach = arena_array(s->program->arena, Reach, EFFECT_COUNT);
    Reach *reach = &function->reach[s->effect];
    if (reach->level && (reach->level < level || (reach->level == level && !is_better(s, number, reach->link))))
        return;
    if (reach->level != level) {
        *array_push(s->program->arena, &s->room->arrived) = (Waiting){ caller, s->room->heads[level], false };
        s->room->heads[level] = s->room->arrived.count;
    }
    *reach = (Reach){ level, number };
}

/* One more target of the link has the effect, `level` calls away from the leaf. */
static void target_arrives(Search *s, uint32_t number, uint32_t function, bool is_bound, uint32_t level)
{
    const Link *link = &s->effects->links.items[number];
    uint32_t *left = &s->room->left.items[number - s->first_link];
    Given given = given_by(s->program, link);
    if ((link->api && !has_effect(link, s->effect)) ||
        !is_met(s->program, function, s->effect, is_bound, &given))
        return;
    if (--*left == 0)
        arrive(s, number, level + 1);
}

static void start_link(Search *s, uint32_t number)
{
    const Link *link = &s->effects->links.items[number];
    s->room->left.items[number - s->first_link] = link->targets.count;
    if (!link->targets.count && has_effect(link, s->effect))
        arrive(s, number, 1);
    for (uint32_t i = 0; i < link->targets.count; i++) {
        Called called = s->effects->targets.items[link->targets.first + i];
        const Reach *reach = reach_of(s->effects, called.function, s->effect);
        if (s->effects->functions.items[called.function].is_solved && reach->level)
            *array_push(s->program->arena, &s->room->early) =
                (Early){ number, called.function, reach->level, called.is_bound };
    }
}

static void solve(Search *s)
{
    SearchRoom *room = s->room;
    room->arrived.count = room->early.count = 0;
    memset(room->heads, 0, sizeof room->heads);
    for (uint32_t i = s->first_link; i < s->effects->links.count; i++)
        start_link(s, i);
    for (uint32_t level = 1; level <= STEPS_MOST; level++) {
        for (uint32_t i = 0; i < room->early.count; i++) {
            Early e = room->early.items[i];
            if (e.level == level)
                target_arrives(s, e.link, e.function, e.is_bound, level);
        }
        for (uint32_t at = room->heads[level]; at; at = room->arrived.items[at - 1].next) {
            uint32_t function = room->arrived.items[at - 1].item;
            if (reach_of(s->effects, function, s->effect)->level != level)
                continue; /* came on a shorter way */
            for (uint32_t w = s->effects->functions.items[function].callers; w; w = room->waiting.items[w - 1].next)
                target_arrives(s, room->waiting.items[w - 1].item, function, room->waiting.items[w - 1].is_bound, level);
        }
    }
}

static bool may_happen(const Search *s, unsigned effect)
{
    for (uint32_t i = s->first_link; i < s->effects->links.count; i++) {
        const Link *link = &s->effects->links.items[i];
        if (has_effect(link, effect))
            return true;
        for (uint32_t k = 0; k < link->targets.count; k++) {
            uint32_t function = s->effects->targets.items[link->targets.first + k].function;
            if (s->effects->functions.items[function].is_solved && reach_of(s->effects, function, effect)->level)
                return true;
        }
    }
    return false;
}

/* Functions that lead nowhere new are done at once; the others are gathered, with what they lead to. */
static void explore(Search *s, uint32_t function)
{
    Program *program = s->program;
    *array_push(program->arena, &s->room->functions) = function;
    s->effects->functions.items[function].is_explored = true;
    for (uint32_t next = 0; next < s->room->functions.count; next++) {
        uint32_t f = s->room->functions.items[next], first = s->effects->links.count;
        uint32_t mark = basis_mark(program);
        rests_on_function(program, THING_BODY, s->effects->functions.items[f].ref);
        effects_link(program, f);
        s->effects->functions.items[f].links = (Piece){ first, s->effects->links.count - first };
        for (uint32_t i = first; i < s->effects->links.count; i++) {
            Piece targets = s->effects->links.items[i].targets;
            for (uint32_t k = 0; k < targets.count; k++) {
                KnownFunction *target = &s->effects->functions.items[s->effects->targets.items[targets.first + k].function];
                rests_on_node(program, target->node);
                if (target->is_explored)
                    continue;
                target->is_explored = true;
                *array_push(program->arena, &s->room->functions) = s->effects->targets.items[targets.first + k].function;
            }
        }
        basis_keep(program, s->effects->functions.items[f].node, mark);
    }
}

static void index_callers(Search *s)
{
    s->room->waiting.count = 0;
    for (uint32_t i = s->first_link; i < s->effects->links.count; i++) {
        Piece targets = s->effects->links.items[i].targets;
        for (uint32_t k = 0; k < targets.count; k++) {
            Called called = s->effects->targets.items[targets.first + k];
            KnownFunction *function = &s->effects->functions.items[called.function];
            if (function->is_solved)
                continue;
            *array_push(s->program->arena, &s->room->waiting) = (Waiting){ i, function->callers, called.is_bound };
            function->callers = s->room->waiting.count;
        }
    }
}

static void make_room_for_links(Search *s)
{
    uint32_t count = s->effects->links.count - s->first_link;
    s->room->left.count = 0;
    for (uint32_t i = 0; i < count; i++)
        *array_push(s->program->arena, &s->room->left) = 0;
}

/* Solves the function, and with it all that it leads to. */
static void solve_function(Program *program, uint32_t function)
{
    Effects *e = program->effects;
    if (e->functions.items[function].is_solved)
        return;
    Search s = { .program = program, .effects = e, .room = &e->room, .first_link = e->links.count };
    s.room->functions.count = 0;
    explore(&s, function);
    index_callers(&s);
    make_room_for_links(&s);
    for (s.effect = HAZARD_NONE + 1; s.effect < EFFECT_COUNT; s.effect++) {
        if (may_happen(&s, s.effect))
            solve(&s);
    }
    for (uint32_t i = 0; i < s.room->functions.count; i++)
        e->functions.items[s.room->functions.items[i]].is_solved = true;
}

static uint32_t solved(Program *program, Ref function)
{
    uint32_t number = function_known(program, function);
    solve_function(program, number);
    rests_on_node(program, program->effects->functions.items[number].node);
    return number;
}

/* ---- Answers ---- */

bool reach_is_met(Program *program, Ref function, unsigned effect, bool is_bound, const Given *given)
{
    uint32_t number = solved(program, function);
    return reach_of(program->effects, number, effect)->level && is_met(program, number, effect, is_bound, given);
}

void path_push(Program *program, Path *path, const Via *via)
{
    const CallSummary *call = &program_file(program, via->function.file)->calls.items[via->call];
    if (path->count)
        path->steps[path->count - 1].next = via->function;
    path->steps[path->count++] = (Step){ .function = via->function, .at = call->at, .call = via->call, .kind = call->kind };
}

void path_end(Path *path, const Api *api)
{
    path->steps[path->count - 1].api = path->api = api;
    path->weight = (ApiWeight)api->weight;
}

/* The way from a function that is reached. */
static void trace(Program *program, uint32_t function, unsigned effect, Path *path)
{
    const Effects *e = program->effects;
    path->hazard = effect < HAZARD_COUNT ? (Hazard)effect : HAZARD_NONE;
    for (;;) {
        const Link *link = &e->links.items[reach_of(e, function, effect)->link];
        path_push(program, path, &(Via){ e->functions.items[function].ref, link->call });
        for (uint32_t i = 0; i < link->vias.count; i++)
            path_push(program, path, &e->vias.items[link->vias.first + i]);
        if (!link->targets.count) {
            path_end(path, link->api);
            return;
        }
        function = e->targets.items[link->targets.first].function;
        path->steps[path->count - 1].next = e->functions.items[function].ref;
    }
}

bool frame_blocks_by(Program *program, Ref function, unsigned effect, Path *path)
{
    uint32_t number = solved(program, function);
    uint32_t level = reach_of(program->effects, number, effect)->level;
    if (!level || level + path->count > STEPS_MOST)
        return false;
    trace(program, number, effect, path);
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
