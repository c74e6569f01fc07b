/// # task-only-in-unused-local
///
/// A task that only a local variable holds is as good as dropped when the function ends: the event loop keeps a weak
/// reference, so the task may be collected half-way, and nobody ever sees its exception. A name that is never read does
/// not help.
///
/// ```python
/// import asyncio
///
/// async def audit(request): ...
///
/// async def handle(request):
///     task = asyncio.create_task(audit(request))  # expect: AW302
///     return "ok"
///
/// async def handle_all(requests):
///     for request in requests:
///         _ = asyncio.create_task(audit(request))  # expect: AW302
///         await asyncio.sleep(1)
/// ```
///
/// As long as the function waits it holds its variables, and with them the task; only the exception is lost. That is
/// the case `held`:
///
/// ```python
/// import asyncio
///
/// async def refresh(cache): ...
///
/// async def serve(cache, stop: asyncio.Event):
///     refresher = asyncio.create_task(refresh(cache))  # expect: AW302 "its exception is lost"
///     await stop.wait()
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def refresh(cache): ...
///
/// async def serve(cache, stop: asyncio.Event):
///     refresher = asyncio.create_task(refresh(cache))
///     await stop.wait()
///     refresher.cancel()
/// ```
///
/// ## Not reported
///
/// - Tasks from a function of the project that keeps them, or does more with them than handing them back.
/// - Variables that are read on some path, that a nested function uses, and those of modules, classes, `global` and
///   `nonlocal`.
#include "facts/uses.h"
#include "finding/spawned.h"

/* The variable of `task = create_task(...)` with its call, or false. */
static bool is_candidate(Node assignment, Node *target, Node *call, Spawned *spawned)
{
    *target = node_field(assignment, F_LEFT);
    *call = node_unparenthesized(node_field(assignment, F_RIGHT));
    if (node_kind(*target) != PY_IDENTIFIER || node_kind(*call) != PY_CALL)
        return false;
    if (spawned_by(*call, spawned))
        return true;
    Node task;
    spawned->is_sure = true;
    return !spawned->api && spawned_by_helper(*call, &task);
}

/* Whether all that reads the name takes it away: `del task`. */
static bool is_deleted_at_most(const Module *module, UseList uses)
{
    for (uint32_t i = 0; i < uses.count; i++) {
        if (node_kind(node_statement(node_at(module, uses.nodes[i]))) != PY_DELETE_STATEMENT)
            return false;
    }
    return true;
}

static bool is_unused(Uses *uses, Node target, const Binding *binding)
{
    if (uses_is_shared(uses, binding) || uses_is_captured(uses, binding))
        return false;
    return !uses_reads(uses, target) || is_deleted_at_most(target.module, uses_of(uses, binding));
}

/* What comes behind the assignment, the variable still holding the task. */
typedef struct Behind {
    bool waits;   /* a suspension point */
    bool rebinds; /* another assignment, or the same one again */
} Behind;

/* Whether the event ends the search on its path. */
static bool see_event(const Flow *flow, const Event *event, NameId name, Behind *behind)
{
    Node n = node_at(flow->module, event->node);
    behind->waits |= event->kind == EVENT_AWAIT;
    bool rebinds = event->kind == EVENT_BIND && node_kind(n) == PY_IDENTIFIER && node_data(n)->name == name;
    bool deletes = event->kind == EVENT_STATEMENT && node_kind(n) == PY_DELETE_STATEMENT;
    behind->rebinds |= rebinds;
    return rebinds || deletes;
}

static Behind look_behind(const Flow *flow, Node target)
{
    Behind behind = { false, false };
    Arena *arena = flow->module->arena;
    bool *seen = arena_array(arena, bool, flow->count);
    BlockId *stack = arena_array(arena, BlockId, flow->count);
    BlockId begin = flow_block_of(flow, target);
    uint32_t count = 0;
    if (begin == UINT32_MAX)
        return behind;
    /* The first block is entered behind the assignment, and may be entered again from its top. */
    for (bool is_first = true; is_first || count; is_first = false) {
        const Block *block = &flow->blocks[is_first ? begin : stack[--count]];
        uint32_t i = 0;
        if (is_first) {
            while (i < block->events.count && block->events.items[i].node != target.id)
                i++;
            i++;
        }
        bool ends = false;
        for (; i < block->events.count && !ends; i++)
            ends = see_event(flow, &block->events.items[i], node_data(target)->name, &behind);
        for (uint32_t e = 0; e < block->edges.count && !ends; e++) {
            BlockId to = block->edges.items[e].to;
            if (block->edges.items[e].kind == EDGE_EXCEPTION || seen[to])
                continue;
            seen[to] = true;
            stack[count++] = to;
        }
    }
    return behind;
}

static void report_unused(Pass *pass, Uses *uses, Node target, Node call, const Spawned *spawned)
{
    Behind behind = look_behind(uses_flow(uses), target);
    bool is_held = behind.waits && !behind.rebinds;
    Str name = node_text(target);
    Finding *f =
        is_held ? report(pass, target, "the task in `%.*s` is never awaited, so its exception is lost", STR_ARG(name))
                : report(pass, target, "only `%.*s` holds the task, and it is never read", STR_ARG(name));
    if (is_held)
        label(pass, f, "holds the task while the function waits, and is not read");
    else if (behind.rebinds)
        label(pass, f, "is assigned again, and the task may be collected before it is done");
    else
        label(pass, f, "goes away with the function, and the task may be collected before it is done");
    if (!spawned->is_sure)
        unsure(pass, f);
    spawned_help(pass, f, call);
    if (is_held)
        as_case(pass, f, "held");
}

/* As many findings of one function are enough: each costs a search of its flow. */
enum { FINDINGS_MOST = 100 };

/* Whether there is a finding. */
static bool check_assignment(Pass *pass, Uses **uses, const Function *function, Node assignment)
{
    Node target, call;
    Spawned spawned;
    if (!is_candidate(assignment, &target, &call, &spawned))
        return false;
    const Binding *binding = scope_resolve(node_scope(target), target.module, node_data(target)->name);
    if (!binding || binding->scope != function->scope)
        return false;
    if (!*uses)
        *uses = uses_new((Module *)(uintptr_t)assignment.module, function);
    if (!is_unused(*uses, target, binding))
        return false;
    report_unused(pass, *uses, target, call, &spawned);
    return true;
}

static void check_function(Pass *pass, Node definition)
{
    const Function *function = function_at(definition.module, definition.id);
    Node body = node_field(definition, F_BODY);
    Uses *uses = NULL; /* made when there is something to ask */
    uint32_t findings = 0;
    for (uint32_t id = body.id; function && id && id < node_data(body)->after && findings < FINDINGS_MOST;) {
        Node n = node_at(definition.module, id);
        PyKind kind = node_kind(n);
        bool is_other = kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION;
        if (kind == PY_ASSIGNMENT)
            findings += check_assignment(pass, &uses, function, n);
        id = is_other ? node_data(n)->after : id + 1;
    }
}

RULE(task_only_in_unused_local) = {
    .code = "AW302",
    .name = "task-only-in-unused-local",
    .summary = "task is held by a variable that nobody reads",
    .since = "0.1.0",
    .peers = "RUF006",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "held", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_FUNCTION_DEFINITION, check_function } },
};
