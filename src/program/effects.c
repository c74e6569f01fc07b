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

static Given given_by(const Program *program, const Link *link)
{
    const Summary *summary = program_file(program, program->effects->functions.items[link->caller].ref.file);
    const CallSummary *call = call_of(program, link);
    if (link->is_handed)
        return (Given){ .terms = &summary->terms, .is_known = true };
    Ref caller = program->effects->functions.items[link->caller].ref;
    return (Given){ &summary->terms, call_arguments(summary, call), call->arguments.count, call->kind == CALL_PLAIN,
        caller.file + 1, caller.number + 1, call->term, call->kind == CALL_ENTER || call->kind == CALL_EACH };
}

/* Whether the link's call happens when its function is called so. */
static Truth link_is_met(Program *program, uint32_t link, Entry *entry)
{
    const CallSummary *call = call_of(program, &program->effects->links.items[link]);
    return call->needs ? need_is_met(program, entry, call) : TRUTH_YES;
}

/* By which link a function has the effect when it is called so: of its two the first one that may happen. */
typedef struct Way {
    uint32_t level; /* 0: it has not */
    uint32_t link;
    bool is_open;   /* whether it happens is not known: of tests of what a parameter is */
} Way;

static Way way_of(Program *program, uint32_t function, unsigned effect, Entry *entry)
{
    const Reach *reach = reach_of(program->effects, function, effect);
    Truth truth = reach->level ? link_is_met(program, reach->link, entry) : TRUTH_NO;
    if (truth != TRUTH_NO)
        return (Way){ reach->level, reach->link, truth == TRUTH_OPEN };
    truth = reach->other_level ? link_is_met(program, reach->other, entry) : TRUTH_NO;
    return (Way){ truth == TRUTH_NO ? 0 : reach->other_level, reach->other, truth == TRUTH_OPEN };
}

static Entry entry_by(const Program *program, const Link *link, uint32_t function, bool is_bound)
{
    return (Entry){ .function = program->effects->functions.items[function].ref, .is_bound = is_bound, .given = given_by(program, link) };
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

static bool is_same_condition(const Program *program, uint32_t link, uint32_t other)
{
    const CallSummary *a = call_of(program, &program->effects->links.items[link]), *b = call_of(program, &program->effects->links.items[other]);
    return a->needs == b->needs && a->needed == b->needed && a->need == b->need && a->classes == b->classes &&
           a->needs_also == b->needs_also && a->needed_also == b->needed_also;
}

/* Puts the function among those that have the effect at that level, by its first or its other link. */
static void push_arrived(Search *s, uint32_t function, uint32_t level, bool is_other)
{
    *array_push(s->program->arena, &s->room->arrived) = (Waiting){ function, s->room->heads[level], is_other };
    s->room->heads[level] = s->room->arrived.count;
}

/* A link that is not the first one, for calls that do not come to that. */
static void arrive_besides(Search *s, uint32_t function, uint32_t number, uint32_t level)
{
    Reach *reach = &s->effects->functions.items[function].reach[s->effect];
    if (!is_conditional(s->program, reach->link)) {
        reach->other_level = 0;
        return;
    }
    bool is_worse = reach->other_level &&
                    (reach->other_level < level || (reach->other_level == level && !is_better(s, number, reach->other)));
    bool is_stale = reach->other_level && is_same_condition(s->program, reach->other, reach->link);
    if (is_same_condition(s->program, number, reach->link) || (is_worse && !is_stale))
        return;
    if (reach->other_level != level)
        push_arrived(s, function, level, true);
    reach->other_level = level;
    reach->other = number;
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
    Reach *reach = &function->reach[s->effect], before = *reach;
    if (before.level && (before.level < level || (before.level == level && !is_better(s, number, before.link)))) {
        arrive_besides(s, caller, number, level);
        return;
    }
    if (before.level != level)
        push_arrived(s, caller, level, false);
    reach->level = level;
    reach->link = number;
    if (before.level)
        arrive_besides(s, caller, before.link, before.level);
}

/* One more target of the link has the effect, `level` calls away from the leaf. */
static void target_arrives(Search *s, uint32_t number, uint32_t level)
{
    const Link *link = &s->effects->links.items[number];
    uint32_t *left = &s->room->left.items[number - s->first_link];
    if (link->api && !has_effect(link, s->effect))
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
        if (!s->effects->functions.items[called.function].is_solved || !reach_of(s->effects, called.function, s->effect)->level)
            continue;
        Entry entry = entry_by(s->program, link, called.function, called.is_bound);
        Way way = way_of(s->program, called.function, s->effect, &entry);
        if (way.level)
            *array_push(s->program->arena, &s->room->early) = (Early){ number, way.level };
    }
}

/* A function was reached by its first link, or by its other one: so are those calls of it that come to that. */
static void function_arrives(Search *s, uint32_t function, bool is_other, uint32_t level)
{
    const Reach *reach = reach_of(s->effects, function, s->effect);
    if ((is_other ? reach->other_level : reach->level) != level)
        return; /* came on a shorter way */
    for (uint32_t w = s->effects->functions.items[function].callers; w; w = s->room->waiting.items[w - 1].next) {
        Waiting waiting = s->room->waiting.items[w - 1];
        Entry entry = entry_by(s->program, &s->effects->links.items[waiting.item], function, waiting.is_bound);
        Way way = way_of(s->program, function, s->effect, &entry);
        if (way.level && way.link == (is_other ? reach->other : reach->link))
            target_arrives(s, waiting.item, level);
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
                target_arrives(s, e.link, level);
        }
        for (uint32_t at = room->heads[level]; at; at = room->arrived.items[at - 1].next)
            function_arrives(s, room->arrived.items[at - 1].item, room->arrived.items[at - 1].is_bound, level);
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

/* What a function that tests its parameters is given by the link decides later on whether it is reached. */
static void record_needs(const Search *s, uint32_t number, uint32_t target)
{
    const Link *link = &s->effects->links.items[number];
    Called called = s->effects->targets.items[link->targets.first + target];
    Entry entry = entry_by(s->program, link, called.function, called.is_bound);
    needs_recorded(s->program, &entry);
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
                if (program_function(program, target->ref)->flags & FUNCTION_TESTS)
                    record_needs(s, i, k);
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

void effects_explore(Program *program, Ref function)
{
    solved(program, function);
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

/* The way from a function that is reached; `entries` are the calls of it and of those on the way. False: what is given shows that it is no
 * way, or it is too long. */
static bool trace(Program *program, uint32_t function, unsigned effect, Entry *entries, Path *path)
{
    const Effects *e = program->effects;
    path->hazard = effect < HAZARD_COUNT ? (Hazard)effect : HAZARD_NONE;
    for (Entry *entry = entries;; entry++) {
        Way way = way_of(program, function, effect, entry);
        const Link *link = &e->links.items[way.link];
        if (!way.level || way.level + path->count > STEPS_MOST || path->count + link->vias.count >= STEPS_MOST)
            return false;
        if (object_is_another(program, entry, call_of(program, link)))
            return false;
        path_push(program, path, &(Via){ e->functions.items[function].ref, link->call });
        path->steps[path->count - 1].is_open = way.is_open;
        for (uint32_t i = 0; i < link->vias.count; i++)
            path_push(program, path, &e->vias.items[link->vias.first + i]);
        if (!link->targets.count) {
            path_end(path, link->api);
            return !call_is_in_memory(program, entry->function, call_of(program, link), link->api, entry) &&
                   !call_asks_nobody(program, call_of(program, link), link->api, entry);
        }
        Called called = e->targets.items[link->targets.first];
        function = called.function;
        path->steps[path->count - 1].next = e->functions.items[function].ref;
        entry[1] = entry_by(program, link, function, called.is_bound);
        entry[1].before = link->is_handed ? NULL : entry;
    }
}

bool frame_blocks_by(Program *program, Ref function, unsigned effect, bool is_bound, const Given *given, Path *path)
{
    uint32_t number = solved(program, function);
    if (!reach_of(program->effects, number, effect)->level)
        return false;
    Entry entries[STEPS_MOST + 2] = { { .function = function, .is_bound = is_bound, .given = *given } };
    uint32_t count = path->count;
    bool is_way = trace(program, number, effect, entries, path);
    path->count = is_way ? path->count : count;
    return is_way;
}

bool functions_block_by(Program *program, const Runs *runs, unsigned effect, const Given *given, Path *path)
{
    uint32_t count = path->count;
    for (uint32_t i = runs->count; i-- > 0;) {
        path->count = count;
        if (!frame_blocks_by(program, runs->functions[i], effect, runs->is_bound[i], given, path))
            return false;
    }
    return true;
}

bool function_blocks_by(Program *program, Ref function, Hazard hazard, Path *path)
{
    path->count = 0;
    if (program_function(program, function)->flags & (FUNCTION_ASYNC | FUNCTION_GENERATOR))
        return false;
    return frame_blocks_by(program, function, hazard, false, &(Given){ 0 }, path);
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
