/* What becomes of arguments. A parameter's fate follows from what is done with it; where it is passed on, from the fate of that
 * parameter. Those are solved first that depend on no other; what is left over depends on a cycle, and is unknown. */
#include "program/basis.h"
#include "program/effects_internal.h"

/* ---- Tables ---- */

/* Builtins that run nothing of what they are given, and keep nothing of it. */
static bool only_looks(Str name)
{
    static const char *const names[] = { "bool", "callable", "format", "hasattr", "hash", "id", "isinstance",
        "issubclass", "len", "print", "repr", "str", "type" };
    Str prefix = STR("builtins.");
    for (size_t i = 0; str_starts(name, prefix) && i < sizeof names / sizeof *names; i++) {
        if (str_is(str_slice(name, prefix.n, name.n), names[i]))
            return true;
    }
    return false;
}

/* trio and anyio are given the coroutine function, and call it themselves. */
static bool takes_functions(const Api *api)
{
    Str name = api_name(api);
    return str_starts(name, STR("trio.")) || str_starts(name, STR("anyio."));
}

static ArgumentFate fate_of_function(const Api *api)
{
    switch ((ApiRole)api->role) {
    case ROLE_SPAWNS:
    case ROLE_SPAWNS_OWNED:
    case ROLE_SUBMITS: /* to a loop in another thread */
    case ROLE_ENTERS_LOOP:
    case ROLE_SCHEDULES:
        return FATE_SCHEDULED;
    case ROLE_RUNS_LOOP:
    case ROLE_WAITS:
    case ROLE_CALLS:
        return FATE_CALLED;
    case ROLE_OFFLOADS:
        return FATE_OFFLOADED;
    default:
        return FATE_UNKNOWN;
    }
}

static ArgumentFate fate_of_role(const Api *api)
{
    if (takes_functions(api))
        return fate_of_function(api);
    switch ((ApiRole)api->role) {
    case ROLE_SPAWNS:
    case ROLE_GATHERS:
        return FATE_SPAWNED_LOOSE;
    case ROLE_SPAWNS_OWNED:
        return FATE_SPAWNED;
    case ROLE_WAITS:
    case ROLE_RUNS_LOOP:
    case ROLE_ENTERS_LOOP:
        return FATE_AWAITED;
    case ROLE_SUBMITS:
        return str_ends(api_name(api), STR("run_coroutine_threadsafe")) ? FATE_SPAWNED : FATE_OFFLOADED;
    case ROLE_OFFLOADS:
        return FATE_OFFLOADED;
    case ROLE_SCHEDULES:
        return FATE_SCHEDULED;
    case ROLE_CALLS:
        return FATE_CALLED;
    case ROLE_PARTIAL:
    case ROLE_TRANSPARENT:
        return FATE_RETURNED;
    case ROLE_TESTS:
        return FATE_IGNORED;
    default:
        return FATE_UNKNOWN;
    }
}

static ArgumentFate fate_by_api(const Api *api, uint32_t position, Str keyword)
{
    bool is_it = api->argument == ARGUMENT_NONE || (position != UINT32_MAX && position == api->argument) ||
                 (keyword.n && str_is(keyword, api->keyword));
    return is_it ? fate_of_role(api) : FATE_UNKNOWN;
}

/* ---- Which parameter an argument goes to ---- */

static const Parameter *parameter_at(Program *program, Ref function, uint32_t number)
{
    return &program_file(program, function.file)
                ->parameters.items[program_function(program, function)->parameters.first + number];
}

/* The number of the parameter; UINT32_MAX when there is none, or `**kwargs` takes it. */
static uint32_t parameter_for(Program *program, Ref function, bool is_bound, uint32_t position, Str keyword)
{
    const FunctionSummary *f = program_function(program, function);
    const Terms *terms = &program_file(program, function.file)->terms;
    bool is_positional = position != UINT32_MAX;
    position += is_bound && is_positional;
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        const Parameter *p = parameter_at(program, function, i);
        bool takes_position = p->kind == PARAMETER_PLAIN || p->kind == PARAMETER_POSITIONAL;
        if (is_positional && ((takes_position && i == position) || (p->kind == PARAMETER_STAR && position >= i)))
            return i;
        bool takes_keyword = p->kind == PARAMETER_PLAIN || p->kind == PARAMETER_KEYWORD;
        if (!is_positional && keyword.n && takes_keyword && str_equal(terms_text_of(terms, p->name), keyword))
            return i;
    }
    return UINT32_MAX;
}

/* The known parameter number `number` of a function, from now on one of them. */
static uint32_t parameter_known(Program *program, Ref function, uint32_t number)
{
    uint32_t known = function_known(program, function);
    Effects *e = program->effects;
    if (!e->functions.items[known].parameters) {
        e->functions.items[known].parameters = e->parameters.count + 1;
        for (uint32_t i = 0; i < program_function(program, function)->parameters.count; i++)
            *array_push(program->arena, &e->parameters) = (KnownParameter){ .function = known, .number = i };
    }
    return e->functions.items[known].parameters - 1 + number;
}

/* What an atom that is called does with an argument: a parameter of the project (numbered through, *parameter), or a fate. */
static ArgumentFate fate_by_atom(
    Program *program, const Atom *atom, uint32_t position, Str keyword, uint32_t *parameter)
{
    *parameter = UINT32_MAX;
    if (atom->flags & (ATOMS_CHANGED | ATOM_UNSURE | ATOM_PARTIAL))
        return FATE_UNKNOWN;
    if (!atom->is_project && only_looks(atom->name))
        return FATE_IGNORED;
    Ref function = atom->ref;
    bool is_bound = atom->of && atom->is_project && atom->kind == ATOM_FUNCTION &&
                    function_kind(program, function) != KIND_STATIC_METHOD;
    if (!atom->is_project)
        return atom->api && (atom->kind == ATOM_FUNCTION || atom->kind == ATOM_CLASS)
                   ? fate_by_api(atom->api, position, keyword)
                   : FATE_UNKNOWN;
    if (atom->kind == ATOM_CLASS) {
        is_bound = true;
        if (!class_method(program, atom->ref, STR("__init__"), &function))
            return FATE_UNKNOWN;
    } else if (atom->kind != ATOM_FUNCTION) {
        return FATE_UNKNOWN;
    }
    uint32_t number = parameter_for(program, function, is_bound, position, keyword);
    if (number != UINT32_MAX)
        *parameter = parameter_known(program, function, number);
    return FATE_UNKNOWN;
}

/* ---- Uses ---- */

typedef struct Gathered {
    ARRAY(uint32_t) items;
} Gathered;

/* What becomes of what is passed to a call of a value of that type; only the place of `use` counts. What is in a container
 * goes as tables say of the container; functions of the project may do anything with it. With `gathered`, notes what it
 * depends on, and the answer means nothing. */
static ArgumentFate fate_by_type(
    Program *program, TypeId callee, const ParameterUse *use, Str keyword, Gathered *gathered)
{
    Type type = type_get(program, type_without_none(program, callee));
    ArgumentFate fate = FATE_UNKNOWN;
    for (uint32_t i = 0; i < type.count; i++) {
        Atom atom = type.atoms[i];
        uint32_t parameter;
        ArgumentFate one = fate_by_atom(program, &atom, use->position, keyword, &parameter);
        bool takes_all = atom.api && atom.api->argument == ARGUMENT_NONE;
        bool is_spread = use->is_star && parameter == UINT32_MAX && !takes_all;
        if (is_spread || (use->is_part && parameter != UINT32_MAX))
            return FATE_UNKNOWN;
        if (parameter != UINT32_MAX && gathered)
            *array_push(program->arena, &gathered->items) = parameter;
        else if (parameter != UINT32_MAX)
            one = (ArgumentFate)program->effects->parameters.items[parameter].fate;
        if (i && one != fate)
            return FATE_UNKNOWN;
        fate = one;
    }
    return fate;
}

/* A task that only the result of the call holds; what is done with that. */
static ArgumentFate held_fate(const ParameterUse *use, ArgumentFate next)
{
    switch (use->result) {
    case RESULT_AWAITED:
        return FATE_AWAITED;
    case RESULT_RETURNED:
        return FATE_SPAWNED_LOOSE;
    case RESULT_PASSED:
        return next == FATE_AWAITED || next == FATE_SPAWNED_LOOSE ? next : FATE_SPAWNED;
    default:
        return FATE_SPAWNED;
    }
}

/* What the call gives has it in it: what is done with that. */
static ArgumentFate returned_fate(const ParameterUse *use, ArgumentFate next)
{
    switch (use->result) {
    case RESULT_DROPPED:
        return FATE_IGNORED;
    case RESULT_AWAITED:
        return FATE_AWAITED;
    case RESULT_RETURNED:
        return FATE_RETURNED;
    case RESULT_STORED:
        return FATE_STORED;
    case RESULT_PASSED:
        return next;
    default:
        return FATE_UNKNOWN;
    }
}

enum { LONGEST_PASSAGE = 8 };

/* Of a use that passes something on, and of what is made of it. The chain of `next` is short (see summary_uses.c); a
 * summary that was read back is held to it. */
static ArgumentFate fate_of_passed(Program *program, uint32_t file, const ParameterUse *use, Gathered *gathered)
{
    const Summary *summary = program_file(program, file);
    const ParameterUse *chain[LONGEST_PASSAGE];
    uint32_t count = 0;
    for (const ParameterUse *u = use; count < LONGEST_PASSAGE; u = &summary->uses.items[u->next - 1]) {
        chain[count++] = u;
        if (!u->next)
            break;
    }
    ArgumentFate next = FATE_UNKNOWN;
    while (count--) {
        const ParameterUse *u = chain[count];
        TypeId callee = type_eval(program, file, u->term);
        Str keyword = terms_text_of(&summary->terms, u->keyword);
        ArgumentFate fate = fate_by_type(program, callee, u, keyword, gathered);
        if (fate == FATE_SPAWNED_LOOSE)
            fate = held_fate(u, next);
        else if (fate == FATE_RETURNED)
            fate = returned_fate(u, next);
        else if (fate == FATE_UNKNOWN && u->is_kept)
            fate = FATE_STORED;
        next = fate;
    }
    return next;
}

/* A nested function calls the parameter: so does whoever calls that function. */
static ArgumentFate fate_of_captured(Program *program, uint32_t file, const ParameterUse *use, Gathered *gathered)
{
    ArgumentFate fate = FATE_UNKNOWN;
    if (use->result == RESULT_PASSED && use->next)
        fate = fate_of_passed(program, file, &program_file(program, file)->uses.items[use->next - 1], gathered);
    else if (use->result != RESULT_AWAITED)
        fate = returned_fate(use, FATE_UNKNOWN);
    bool is_sure = fate != FATE_AWAITED && fate != FATE_SPAWNED && fate != FATE_SPAWNED_LOOSE;
    return is_sure ? fate : FATE_UNKNOWN;
}

static ArgumentFate fate_of_use(Program *program, Ref function, const ParameterUse *use, Gathered *gathered)
{
    switch (use->kind) {
    case USE_CALLED:
        return program_function(program, function)->flags & FUNCTION_GENERATOR ? FATE_UNKNOWN : FATE_CALLED;
    case USE_AWAITED:
        return FATE_AWAITED;
    case USE_RETURNED:
        return FATE_RETURNED;
    case USE_STORED:
        return FATE_STORED;
    case USE_OTHER:
        return FATE_IGNORED;
    case USE_PASSED:
        return fate_of_passed(program, function.file, use, gathered);
    case USE_CAPTURED:
        return fate_of_captured(program, function.file, use, gathered);
    default:
        return FATE_UNKNOWN;
    }
}

static bool is_task(ArgumentFate fate)
{
    return fate == FATE_SPAWNED || fate == FATE_SPAWNED_LOOSE;
}

static bool is_kept(ArgumentFate fate)
{
    return fate == FATE_STORED || fate == FATE_RETURNED;
}

/* Of a parameter with two uses. */
static ArgumentFate both_fates(ArgumentFate a, ArgumentFate b)
{
    if (a == b || b == FATE_IGNORED)
        return a;
    if (a == FATE_IGNORED)
        return b;
    if (a == FATE_UNKNOWN || b == FATE_UNKNOWN)
        return FATE_UNKNOWN;
    if (is_task(a) || is_task(b)) {
        ArgumentFate other = is_task(a) ? b : a;
        return is_task(other) || is_kept(other) ? FATE_SPAWNED : other == FATE_AWAITED ? FATE_AWAITED : FATE_UNKNOWN;
    }
    if (is_kept(a) && is_kept(b))
        return FATE_STORED;
    if (is_kept(a) || is_kept(b)) {
        ArgumentFate other = is_kept(a) ? b : a;
        return other == FATE_CALLED || other == FATE_AWAITED ? other : FATE_UNKNOWN;
    }
    return FATE_UNKNOWN;
}

/* ---- Parameters ---- */

/* What is done with more parameters than this is not followed: each of them looks at all uses of its function. */
enum { PARAMETERS_MOST = 64 };

static bool is_followed(Program *program, Ref function, uint32_t number)
{
    const FunctionSummary *f = program_function(program, function);
    const Parameter *p = parameter_at(program, function, number);
    FunctionKind kind = number ? KIND_PLAIN_FUNCTION : function_kind(program, function);
    bool is_self = kind == KIND_METHOD || kind == KIND_CLASS_METHOD;
    return !is_self && number < PARAMETERS_MOST && !program_file(program, function.file)->is_stub && !p->is_rebound &&
           !(f->flags & (FUNCTION_ABSTRACT | FUNCTION_OVERLOAD | FUNCTION_DEAD));
}

static ArgumentFate fate_of_parameter(Program *program, Ref function, uint32_t number, Gathered *gathered)
{
    const Summary *summary = program_file(program, function.file);
    const FunctionSummary *f = program_function(program, function);
    if (!is_followed(program, function, number))
        return FATE_UNKNOWN;
    ArgumentFate fate = FATE_IGNORED;
    for (uint32_t i = 0; i < f->uses.count; i++) {
        const ParameterUse *use = &summary->uses.items[f->uses.first + i];
        if (use->parameter == number && !use->is_result)
            fate = both_fates(fate, fate_of_use(program, function, use, gathered));
    }
    return fate;
}

/* ---- The solution ---- */

/* The parameters that were met since the last question, and what they depend on; all of it is there, or was solved before. */
typedef struct Order {
    Program *program;
    Effects *effects;
    Gathered members;     /* the new ones */
    Gathered needs;       /* of all of them */
    uint32_t *waits;      /* by new one: on how many others */
    uint32_t *users, *users_first; /* by new one: who depends on it */
} Order;

static void add_member(Order *order, uint32_t parameter)
{
    KnownParameter *known = &order->effects->parameters.items[parameter];
    if (known->is_gathered)
        return;
    known->is_gathered = true;
    known->node = basis_promise(order->program);
    *array_push(order->program->arena, &order->members.items) = parameter;
}

static ArgumentFate fate_now(const Order *order, uint32_t parameter, Gathered *gathered)
{
    KnownParameter known = order->effects->parameters.items[parameter];
    Ref function = order->effects->functions.items[known.function].ref;
    return fate_of_parameter(order->program, function, known.number, gathered);
}

/* Pairs: who needs, what it needs. */
static void gather(Order *order, uint32_t parameter)
{
    Arena *arena = order->program->arena;
    add_member(order, parameter);
    for (uint32_t i = 0; i < order->members.items.count; i++) {
        Gathered needs = { { 0 } };
        uint32_t member = order->members.items.items[i], mark = basis_mark(order->program);
        rests_on_function(order->program, THING_BODY,
            order->effects->functions.items[order->effects->parameters.items[member].function].ref);
        fate_now(order, member, &needs);
        for (uint32_t k = 0; k < needs.items.count; k++) {
            add_member(order, needs.items.items[k]);
            *array_push(arena, &order->needs.items) = member;
            *array_push(arena, &order->needs.items) = needs.items.items[k];
            rests_on_node(order->program, order->effects->parameters.items[needs.items.items[k]].node);
        }
        basis_keep(order->program, order->effects->parameters.items[member].node, mark);
    }
}

/* Its number among the new ones + 1. */
static uint32_t *place_of(const Order *order, uint32_t parameter)
{
    return &order->effects->parameters.items[parameter].place;
}

static void index_needs(Order *order)
{
    Arena *arena = order->program->arena;
    uint32_t count = order->members.items.count, pairs = order->needs.items.count / 2;
    const uint32_t *needs = order->needs.items.items;
    order->waits = arena_array(arena, uint32_t, count);
    order->users_first = arena_array(arena, uint32_t, count + 2);
    order->users = arena_array(arena, uint32_t, pairs);
    for (uint32_t i = 0; i < count; i++)
        *place_of(order, order->members.items.items[i]) = i + 1;
    for (uint32_t i = 0; i < pairs; i++) {
        uint32_t needed = *place_of(order, needs[2 * i + 1]);
        if (!needed)
            continue; /* solved before */
        order->waits[*place_of(order, needs[2 * i]) - 1]++;
        order->users_first[needed - 1 + 2]++;
    }
    for (uint32_t i = 2; i < count + 2; i++)
        order->users_first[i] += order->users_first[i - 1];
    for (uint32_t i = 0; i < pairs; i++) {
        uint32_t needed = *place_of(order, needs[2 * i + 1]);
        if (needed)
            order->users[order->users_first[needed - 1 + 1]++] = *place_of(order, needs[2 * i]) - 1;
    }
}

static void solve(Order *order)
{
    uint32_t count = order->members.items.count, ready = 0;
    uint32_t *queue = arena_array(order->program->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        if (!order->waits[i])
            queue[ready++] = i;
    }
    for (uint32_t next = 0; next < ready; next++) {
        uint32_t parameter = order->members.items.items[queue[next]];
        order->effects->parameters.items[parameter].fate = (uint8_t)fate_now(order, parameter, NULL);
        for (uint32_t i = order->users_first[queue[next]]; i < order->users_first[queue[next] + 1]; i++) {
            if (--order->waits[order->users[i]] == 0)
                queue[ready++] = order->users[i];
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        KnownParameter *known = &order->effects->parameters.items[order->members.items.items[i]];
        known->is_solved = true;
        known->place = 0;
    }
}

static ArgumentFate solved_fate(Program *program, uint32_t parameter)
{
    Effects *e = effects_of(program);
    if (!e->parameters.items[parameter].is_solved) {
        Order order = { .program = program, .effects = e };
        gather(&order, parameter);
        if (order.needs.items.count)
            index_needs(&order);
        if (order.needs.items.count)
            solve(&order);
        else
            e->parameters.items[parameter].fate = (uint8_t)fate_now(&order, parameter, NULL);
        e->parameters.items[parameter].is_solved = true;
    }
    rests_on_node(program, e->parameters.items[parameter].node);
    return (ArgumentFate)e->parameters.items[parameter].fate;
}

/* ---- Answers ---- */

bool parameter_taking(Program *program, TypeId callee, const Argument *argument, const Terms *terms, Taken *taken)
{
    Type type = type_get(program, type_without_none(program, callee));
    if (!type.count)
        return false;
    Atom atom = type.atoms[0];
    uint32_t parameter, position = argument->keyword ? UINT32_MAX : argument->position;
    fate_by_atom(program, &atom, position, terms_text_of(terms, argument->keyword), &parameter);
    if (parameter == UINT32_MAX)
        return false;
    KnownParameter known = program->effects->parameters.items[parameter];
    taken->function = program->effects->functions.items[known.function].ref;
    taken->number = known.number;
    taken->is_bound = atom.kind == ATOM_CLASS || (atom.of && function_kind(program, taken->function) != KIND_STATIC_METHOD);
    return true;
}

ArgumentFate argument_fate(Program *program, Ref function, bool is_bound, uint32_t position, Str keyword)
{
    uint32_t number = parameter_for(program, function, is_bound, position, keyword);
    return number == UINT32_MAX ? FATE_UNKNOWN : solved_fate(program, parameter_known(program, function, number));
}

ArgumentFate callee_argument_fate(Program *program, TypeId callee, uint32_t position, Str keyword)
{
    Gathered needs = { { 0 } };
    ParameterUse use = { .position = position };
    effects_of(program);
    fate_by_type(program, callee, &use, keyword, &needs);
    for (uint32_t i = 0; i < needs.items.count; i++)
        solved_fate(program, needs.items.items[i]);
    return fate_by_type(program, callee, &use, keyword, NULL);
}
