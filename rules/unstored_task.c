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

/* A call of a function of the project that hands the task out. */
static void check_helper(Pass *pass, Node call)
{
    Node task;
    if (!spawned_by_helper(call, &task))
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
    return api && str_ends(api_name(api), STR("ensure_future")) && node_kind(first) != PY_CALL &&
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
