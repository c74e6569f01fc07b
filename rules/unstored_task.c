/// # unstored-task
///
/// The event loop keeps only a weak reference to a task. When nothing else holds it, the task may be collected
/// half-way, and nobody ever sees its exception.
///
/// ```python
/// import asyncio
///
/// async def audit(request): ...
///
/// async def handle(request):
///     asyncio.create_task(audit(request))  # expect: AW301
/// ```
///
/// All ways to start one are known, and all ways to drop it. A callback does not hold its task:
///
/// ```python
/// import asyncio
///
/// async def audit(request): ...
///
/// async def handle(requests, loop: asyncio.AbstractEventLoop):
///     asyncio.get_running_loop().create_task(audit(requests[0]))  # expect: AW301
///     [loop.create_task(audit(request)) for request in requests]  # expect: AW301
///     asyncio.ensure_future(audit(requests[0])).add_done_callback(print)  # expect: AW301
/// ```
///
/// ## Use instead
///
/// A `TaskGroup` (Python 3.11) waits for the task and passes its exception on:
///
/// ```python
/// import asyncio
///
/// async def audit(request): ...
///
/// async def handle(request):
///     async with asyncio.TaskGroup() as group:
///         group.create_task(audit(request))
/// ```
///
/// For work that outlives the function, keep the task until it is done:
///
/// ```python
/// import asyncio
///
/// background = set()
///
/// async def audit(request): ...
///
/// async def handle(request):
///     task = asyncio.create_task(audit(request))
///     background.add(task)
///     task.add_done_callback(background.discard)
/// ```
///
/// ## Not reported
///
/// - Tasks that are stored, awaited, returned or passed to a call.
/// - What a mock makes: `loop = MagicMock()`.
/// - Children of a `TaskGroup` or nursery, and what a library or a function of the project keeps by itself.
#include "finding/spawned.h"
#include "finding/unawaited.h"

static void report_dropped(Pass *pass, Node call, const Spawned *spawned)
{
    Str callee = spawned_callee(pass, call, spawned->api);
    Finding *f = report(pass, call, "nothing holds the task from `%.*s`", STR_ARG(callee));
    label(pass, f, "may be collected before it is done, and its exception is lost");
    if (!spawned->is_sure)
        unsure(pass, f);
    spawned_help(pass, f, call);
}

/* The task that a function of this file gives back and does not keep: all its returns are calls that start one. A null
 * node when that is not so. */
static Node task_returned_by(const Function *function, const Module *module)
{
    Node top = node_at(module, function->node), found = node_at(module, 0);
    bool is_plain = node_kind(top) == PY_FUNCTION_DEFINITION && !function->is_async && !function->is_generator &&
                    !function->first_decorator;
    for (uint32_t id = top.id + 1; is_plain && id < node_data(top)->after;) {
        Node n = node_at(module, id);
        PyKind kind = node_kind(n);
        Spawned spawned;
        if (kind == PY_RETURN_STATEMENT) {
            found = node_unparenthesized(node_first(n));
            is_plain = spawned_by(found, &spawned) && spawned.is_sure;
        }
        bool is_other = kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION;
        id = is_other ? node_data(n)->after : id + 1;
    }
    return is_plain ? found : node_at(module, 0);
}

/* Whether a coroutine that is passed becomes a task that only the result of the call holds. */
static bool spawns_argument(Node call)
{
    Node arguments = node_field(call, F_ARGUMENTS);
    for (Node n = node_first(arguments); n.id && node_kind(arguments) == PY_ARGUMENT_LIST; n = node_next(n)) {
        CoroutineCall made;
        Node value = node_kind(n) == PY_KEYWORD_ARGUMENT ? node_field(n, F_VALUE) : n;
        if (is_coroutine(value, &made) && fate_of_argument(n) == FATE_SPAWNED_LOOSE)
            return true;
    }
    return false;
}

/* A call of a function of the project that hands the task out. */
static void check_helper(Pass *pass, Node call)
{
    Type type = type_of(node_field(call, F_FUNCTION));
    const Atom *atom = type.count == 1 ? &type.atoms[0] : NULL;
    if (!atom || atom->kind != ATOM_FUNCTION || !atom->is_project || spawned_is_meant(call))
        return;
    const Function *function = function_of(call, atom->ref);
    bool gives_task = function && is_instance_of(call, "asyncio.Task");
    Node task = gives_task ? task_returned_by(function, call.module) : node_at(call.module, 0);
    /* A function of this file may keep the task beside: then it is no plain return. */
    if (function ? !task.id : !spawns_argument(call))
        return;
    Finding *f = report(pass, call, "nothing holds the task from `%.*s`", STR_ARG(spawned_callee(pass, call, NULL)));
    label(pass, f, "hands out the task, and it is dropped here");
    if (task.id)
        also(pass, f, task, "the task is made here");
    spawned_help(pass, f, call);
}

/* `ensure_future(task)`, which may be a task that is held elsewhere and only gets a callback here. */
static bool may_be_known(Node call)
{
    Node first = node_first(node_field(call, F_ARGUMENTS));
    const Api *api = api_of_call(call);
    CoroutineCall made;
    return api && str_ends(str_of(api->name), STR("ensure_future")) && node_kind(first) != PY_CALL &&
           !is_coroutine(first, &made);
}

static void check_call(Pass *pass, Node call)
{
    Node before = spawned_before(call);
    if (before.id && may_be_known(before))
        return;
    if (before.id)
        call = before;
    Spawned spawned;
    if (spawned_by(call, &spawned))
        report_dropped(pass, call, &spawned);
    else if (!spawned.api)
        check_helper(pass, call);
}

static void check_statement(Pass *pass, Node statement)
{
    Node none = node_at(statement.module, 0);
    for (Node part = node_first(statement); part.id; part = node_next(part)) {
        for (Node call = unawaited_next(part, none, true); call.id; call = unawaited_next(part, call, true))
            check_call(pass, call);
    }
}

/* `loop.call_soon(lambda: create_task(f()))`: the loop drops what its callbacks give. */
static void check_lambda(Pass *pass, Node lambda)
{
    Node arguments = node_parent(lambda);
    Node call = node_unparenthesized(node_field(lambda, F_BODY));
    if (node_kind(arguments) == PY_KEYWORD_ARGUMENT || node_kind(call) != PY_CALL)
        return;
    const Api *api = node_kind(arguments) == PY_ARGUMENT_LIST ? api_of_call(node_parent(arguments)) : NULL;
    Spawned spawned;
    if (!api || api->role != ROLE_SCHEDULES || !spawned_by(call, &spawned))
        return;
    spawned.is_sure = false;
    report_dropped(pass, call, &spawned);
}

RULE(unstored_task) = {
    .code = "AW301",
    .name = "unstored-task",
    .summary = "task is started and nothing holds it",
    .since = "0.1.0",
    .peers = "RUF006 ASYNC300 S7502 CH006 V012 V014 unused-awaitable",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .on = { { PY_EXPRESSION_STATEMENT, check_statement }, { PY_LAMBDA, check_lambda } },
};
