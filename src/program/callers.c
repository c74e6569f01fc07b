#include "program/callers.h"

#include "program/callers_internal.h"

typedef struct Edge {
    uint32_t from, to; /* known functions */
    uint32_t call;     /* in the summary of the file of `from` */
    Piece vias;        /* of callers->vias: whose frames are between */
    uint32_t next;     /* of those with the same `to`: number + 1 */
} Edge;

struct Callers {
    Program *program;
    uint32_t file_count;
    ARRAY(Edge) edges;
    ARRAY(Ref) vias;
    uint32_t *heads; /* by known function: the first edge to it + 1 */
    uint32_t known;  /* how many functions have one */
};

static bool is_same(Ref a, Ref b)
{
    return a.file == b.file && a.number == b.number;
}

static uint32_t flags_of(Program *program, Ref function)
{
    return program_function(program, function)->flags;
}

/* ---- Edges ---- */

static void add_edge(Callers *c, uint32_t from, uint32_t call, uint32_t to, Piece vias)
{
    *array_push(c->program->arena, &c->edges) = (Edge){ .from = from, .to = to, .call = call, .vias = vias };
}

static void add_runs(Callers *c, uint32_t from, uint32_t call, const Runs *runs, const Via *vias, uint32_t via_count)
{
    Piece piece = { c->vias.count, via_count };
    for (uint32_t i = 0; i < via_count; i++)
        *array_push(c->program->arena, &c->vias) = vias[i].function;
    for (uint32_t i = 0; runs->is_known && i < runs->count; i++)
        add_edge(c, from, call, function_known(c->program, runs->functions[i]), piece);
}

static void add_besides(Callers *c, uint32_t from, uint32_t file, uint32_t number, TypeId callee)
{
    const Summary *summary = program_file(c->program, file);
    const CallSummary *call = &summary->calls.items[number];
    Given given = { &summary->terms, call_arguments(summary, call), call->arguments.count, true, file + 1, 0, 0, false };
    HandedList list = { { 0 } };
    runs_besides(c->program, file, callee, &given, call->flags & CALL_AWAITED, &list);
    for (uint32_t i = 0; i < list.items.count; i++) {
        const Handed *handed = &list.items.items[i];
        add_runs(c, from, number, &handed->runs, handed->vias, handed->via_count);
    }
}

static void add_async_call(Callers *c, uint32_t from, uint32_t file, uint32_t number)
{
    Runs runs[2];
    TypeId callee = runs_on_loop(c->program, file, number, runs);
    add_runs(c, from, number, &runs[0], NULL, 0);
    add_runs(c, from, number, &runs[1], NULL, 0);
    if (callee)
        add_besides(c, from, file, number, callee);
}

static void add_function(Callers *c, Ref function)
{
    uint32_t known = function_known(c->program, function);
    const FunctionSummary *f = program_function(c->program, function);
    if (!(f->flags & FUNCTION_ASYNC)) {
        effects_explore(c->program, function);
        return;
    }
    for (uint32_t i = 0; i < f->calls.count; i++)
        add_async_call(c, known, function.file, f->calls.first + i);
}

/* What the effects know of sync functions. */
static void add_links(Callers *c)
{
    const Effects *e = effects_of(c->program);
    for (uint32_t i = 0; i < e->links.count; i++) {
        const Link *link = &e->links.items[i];
        Piece piece = { c->vias.count, link->vias.count };
        for (uint32_t k = 0; k < link->vias.count; k++)
            *array_push(c->program->arena, &c->vias) = e->vias.items[link->vias.first + k].function;
        for (uint32_t k = 0; k < link->targets.count; k++)
            add_edge(c, link->caller, link->call, e->targets.items[link->targets.first + k].function, piece);
    }
}

Callers *callers_new(Program *program, uint32_t file_count)
{
    Callers *c = arena_new(program->arena, Callers);
    c->program = program;
    c->file_count = file_count;
    for (uint32_t file = 0; file < file_count; file++) {
        const Summary *summary = program_load(program, file);
        for (uint32_t i = 0; summary && i < summary->functions.count; i++)
            add_function(c, (Ref){ file, i });
    }
    add_links(c);
    c->known = effects_of(program)->functions.count;
    c->heads = arena_array(program->arena, uint32_t, c->known);
    for (uint32_t i = 0; i < c->edges.count; i++) {
        Edge *edge = &c->edges.items[i];
        edge->next = c->heads[edge->to];
        c->heads[edge->to] = i + 1;
    }
    return c;
}

/* ---- Order ---- */

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* By path and place, and not by the numbers of files, which say nothing. */
static int compare_functions(Program *program, Ref a, Ref b)
{
    int order =
        a.file == b.file ? 0 : str_compare(program_file(program, a.file)->path, program_file(program, b.file)->path);
    uint32_t first = program_function(program, a)->at.begin, second = program_function(program, b)->at.begin;
    return order ? order : compare_numbers(first, second);
}

static int compare_ways(Program *program, const void *a, const void *b)
{
    const CallerWay *left = a, *right = b;
    int order = compare_numbers(left->count, right->count);
    return order ? order : compare_functions(program, left->from, right->from);
}

static int compare_handed(Program *program, const void *a, const void *b)
{
    const HandedAt *left = a, *right = b;
    int order = compare_functions(program, left->from, right->from);
    if (!order)
        order = compare_numbers(left->call, right->call);
    return order ? order : compare_functions(program, left->given, right->given);
}

/* A merge sort: qsort has no place for what the order depends on. */
static void sort(
    void *items, size_t count, size_t size, int (*compare)(Program *, const void *, const void *), Program *program)
{
    char *from = items, *to = arena_alloc(program->arena, count * size);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t begin = 0; begin < count; begin += 2 * width) {
            size_t middle = begin + width < count ? begin + width : count,
                   end = middle + width < count ? middle + width : count;
            size_t a = begin, b = middle;
            for (size_t i = begin; i < end; i++) {
                bool takes_first = a < middle && (b == end || compare(program, from + a * size, from + b * size) <= 0);
                memcpy(to + i * size, from + (takes_first ? a++ : b++) * size, size);
            }
        }
        char *swap = from;
        from = to;
        to = swap;
    }
    if (from != (char *)items)
        memcpy(items, from, count * size);
}

/* ---- One function ---- */

typedef struct Reached { /* by known function */
    uint32_t level;      /* calls to the function asked about, + 1; 0: it is not reached */
    uint32_t edge;
} Reached;

typedef struct Inquiry {
    Callers *callers;
    Program *program;
    Ref function;
    Ref *name; /* the same, in the arena */
    Reached *reached;
    ARRAY(uint32_t) order; /* those that are reached, the nearest first */
    CallersOf *out;
} Inquiry;

static Ref ref_of(const Inquiry *q, uint32_t known)
{
    return effects_of(q->program)->functions.items[known].ref;
}

/* Of two edges from one function at the same distance: the call that stands first, then the function that does. */
static bool is_better(const Inquiry *q, const Edge *edge, const Edge *other)
{
    if (edge->call != other->call)
        return edge->call < other->call;
    return compare_functions(q->program, ref_of(q, edge->to), ref_of(q, other->to)) < 0;
}

static void arrive(Inquiry *q, uint32_t number, uint32_t level)
{
    const Edge *edge = &q->callers->edges.items[number];
    Reached *reached = &q->reached[edge->from];
    if (!reached->level)
        *array_push(q->program->arena, &q->order) = edge->from;
    else if (reached->level != level || !is_better(q, edge, &q->callers->edges.items[reached->edge]))
        return;
    *reached = (Reached){ level, number };
}

/* From the function back to those that run it; what is run by an async function is no way on. */
static void search(Inquiry *q)
{
    uint32_t target = function_known(q->program, q->function);
    if (target >= q->callers->known)
        return;
    q->reached[target].level = 1;
    *array_push(q->program->arena, &q->order) = target;
    for (uint32_t i = 0; i < q->order.count; i++) {
        uint32_t at = q->order.items[i];
        if (at != target && (flags_of(q->program, ref_of(q, at)) & FUNCTION_ASYNC))
            continue;
        for (uint32_t e = q->callers->heads[at]; e; e = q->callers->edges.items[e - 1].next)
            arrive(q, e - 1, q->reached[at].level + 1);
    }
}

static CallerWay way_from(const Inquiry *q, uint32_t known)
{
    Program *program = q->program;
    CallerWay way = { .from = ref_of(q, known), .call = UINT32_MAX };
    ARRAY(Ref) names = { 0 };
    for (uint32_t at = known; q->reached[at].level > 1;) {
        const Edge *edge = &q->callers->edges.items[q->reached[at].edge];
        if (way.call == UINT32_MAX)
            way.call = edge->call;
        for (uint32_t i = 0; i < edge->vias.count; i++)
            *array_push(program->arena, &names) = q->callers->vias.items[edge->vias.first + i];
        at = edge->to;
        *array_push(program->arena, &names) = ref_of(q, at);
    }
    way.names = names.items;
    way.count = names.count;
    return way;
}

static void tell_ways(Inquiry *q)
{
    Arena *arena = q->program->arena;
    for (uint32_t i = 0; i < q->order.count; i++) {
        uint32_t known = q->order.items[i];
        Ref ref = ref_of(q, known);
        bool is_async = flags_of(q->program, ref) & FUNCTION_ASYNC;
        if (is_async && i > 0)
            *array_push(arena, &q->out->on_loop) = way_from(q, known);
        else if (!is_async && !q->callers->heads[known])
            *array_push(arena, &q->out->starts) = way_from(q, known);
    }
}

/* ---- What is handed on ---- */

static bool is_reached(const Inquiry *q, Ref function)
{
    uint32_t known = function_known(q->program, function);
    return known < q->callers->known && q->reached[known].level && !(flags_of(q->program, function) & FUNCTION_ASYNC);
}

/* What makes a coroutine function of it: sync_to_async and its like. A call of what that gives runs it off the loop. */
static bool makes_coroutines(Program *program, TypeId callee)
{
    Type type = type_get(program, callee);
    for (uint32_t i = 0; i < type.count; i++) {
        if (!type.atoms[i].api || type.atoms[i].api->role != ROLE_TO_COROUTINE)
            return false;
    }
    return type.count > 0;
}

static void look_at_argument(Inquiry *q, Ref from, uint32_t number, const Argument *argument)
{
    Program *program = q->program;
    const Summary *summary = program_file(program, from.file);
    Type type = type_get(program, argument->term ? type_eval(program, from.file, argument->term) : 0);
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->kind != ATOM_FUNCTION || !atom->is_project || !is_reached(q, atom->ref))
            continue;
        HandedAt handed = { from, number, atom->ref, FATE_UNKNOWN };
        TypeId callee = type_eval(program, from.file, summary->calls.items[number].term);
        uint32_t position = argument->keyword ? UINT32_MAX : argument->position;
        Str keyword = terms_text_of(&summary->terms, argument->keyword);
        handed.fate = makes_coroutines(program, callee) ? FATE_OFFLOADED
                                                        : callee_argument_fate(program, callee, position, keyword);
        if (handed.fate != FATE_CALLED && handed.fate != FATE_IGNORED && handed.fate != FATE_RETURNED)
            *array_push(program->arena, &q->out->handed) = handed;
        return;
    }
}

/* ---- All calls ---- */

/* Of an async function nothing is run by the call: who names it in one is its caller. */
static bool calls_function(const Inquiry *q, uint32_t file, const CallSummary *call)
{
    Type type =
        type_get(q->program, call->kind == CALL_PLAIN && call->term ? type_eval(q->program, file, call->term) : 0);
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->kind == ATOM_FUNCTION && atom->is_project && is_same(atom->ref, q->function))
            return true;
    }
    return false;
}

static void look_at_function(Inquiry *q, Ref from, bool wants_calls)
{
    const Summary *summary = program_file(q->program, from.file);
    const FunctionSummary *f = program_function(q->program, from);
    bool is_caller = false;
    for (uint32_t i = 0; i < f->calls.count; i++) {
        uint32_t number = f->calls.first + i;
        const CallSummary *call = &summary->calls.items[number];
        if (wants_calls && !is_caller && calls_function(q, from.file, call)) {
            is_caller = true;
            CallerWay way = { .from = from, .call = number, .names = q->name, .count = 1 };
            if (f->flags & FUNCTION_ASYNC)
                *array_push(q->program->arena, &q->out->on_loop) = way;
            else
                *array_push(q->program->arena, &q->out->starts) = way;
        }
        for (uint32_t k = 0; call->kind == CALL_PLAIN && k < call->arguments.count; k++)
            look_at_argument(q, from, number, &call_arguments(summary, call)[k]);
    }
}

static void look_at_all(Inquiry *q, bool wants_calls)
{
    for (uint32_t file = 0; file < q->callers->file_count; file++) {
        const Summary *summary = program_load(q->program, file);
        for (uint32_t i = 0; summary && i < summary->functions.count; i++)
            look_at_function(q, (Ref){ file, i }, wants_calls);
    }
}

static bool is_sent_away(const CallersOf *out, Ref function)
{
    for (uint32_t i = 0; i < out->handed.count; i++) {
        if (is_same(out->handed.items[i].given, function))
            return true;
    }
    return false;
}

static bool is_only_in_threads(const CallersOf *out)
{
    for (uint32_t i = 0; i < out->handed.count; i++) {
        if (out->handed.items[i].fate != FATE_OFFLOADED)
            return false;
    }
    for (uint32_t i = 0; i < out->starts.count; i++) {
        if (!is_sent_away(out, out->starts.items[i].from))
            return false;
    }
    return out->handed.count && out->starts.count && !out->on_loop.count;
}

void callers_of(Callers *callers, Ref function, CallersOf *out)
{
    *out = (CallersOf){ .is_only_in_threads = false };
    Inquiry q = { .callers = callers, .program = callers->program, .function = function, .out = out };
    q.name = arena_new(q.program->arena, Ref);
    *q.name = function;
    q.reached = arena_array(callers->program->arena, Reached, callers->known);
    bool is_async = flags_of(q.program, function) & FUNCTION_ASYNC;
    if (!is_async) {
        search(&q);
        tell_ways(&q);
    }
    look_at_all(&q, is_async);
    sort(out->on_loop.items, out->on_loop.count, sizeof(CallerWay), compare_ways, q.program);
    sort(out->starts.items, out->starts.count, sizeof(CallerWay), compare_ways, q.program);
    sort(out->handed.items, out->handed.count, sizeof(HandedAt), compare_handed, q.program);
    out->is_only_in_threads = !is_async && is_only_in_threads(out);
}
