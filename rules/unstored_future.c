/// # unstored-future
///
/// `gather`, `shield` and `run_coroutine_threadsafe` give a future. When it is dropped nobody waits for the work, and
/// nobody sees its exception; the tasks of a dropped `gather` may even be collected half-way.
///
/// ```python
/// import asyncio
///
/// async def load(name): ...
///
/// async def load_all(names):
///     asyncio.gather(*[load(name) for name in names])  # expect: AW304
///
/// def load_from_thread(loop: asyncio.AbstractEventLoop):
///     asyncio.run_coroutine_threadsafe(load("tea"), loop)  # expect: AW304
/// ```
///
/// The case `submitted` is strict: work that is given to an executor is often meant to be left alone.
///
/// ```python
/// import asyncio
///
/// def write(order): ...
///
/// async def save(order):
///     asyncio.get_running_loop().run_in_executor(None, write, order)  # expect: AW304 "exception"
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def load(name): ...
///
/// async def load_all(names):
///     await asyncio.gather(*[load(name) for name in names])
///
/// def load_from_thread(loop: asyncio.AbstractEventLoop):
///     return asyncio.run_coroutine_threadsafe(load("tea"), loop).result(10)
/// ```
///
/// ## Not reported
///
/// - Futures that are stored, awaited, returned or passed to a call, and those with a done callback.
#include "spawned.h"
#include "unawaited.h"

/* A future of coroutines, and not of a function in an executor. */
static bool runs_coroutines(const Api *api)
{
    return api->role == ROLE_GATHERS || str_ends(str_of(api->name), STR("run_coroutine_threadsafe"));
}

static void check_call(Pass *pass, Node call)
{
    const Api *api = api_of_call(call);
    bool makes_future = api && (api->role == ROLE_GATHERS || api->role == ROLE_SUBMITS);
    if (!makes_future || spawned_is_meant(call))
        return;

    Str callee = spawned_callee(pass, call, api);
    Finding *f = report(pass, call, "the future from `%.*s` is dropped, and with it any exception", STR_ARG(callee));
    label(pass, f, api->role == ROLE_GATHERS ? "nobody waits for it" : "nobody asks for its result");
    if (unawaited_may_await(call) && !str_ends(str_of(api->name), STR("run_coroutine_threadsafe")) &&
        api->colour == COLOUR_FUTURE) {
        fix(pass, f, false, "await it: the function goes on when the work is done");
        fix_replace(pass, f, node_begin(call), node_begin(call), "await ");
    } else {
        help(pass, f, "keep it and ask for its result, or give it a callback: `future.add_done_callback(...)`");
    }
    if (!runs_coroutines(api))
        as_case(pass, f, "submitted");
}

static void check_statement(Pass *pass, Node statement)
{
    Node none = node_at(statement.module, 0);
    for (Node part = node_first(statement); part.id; part = node_next(part)) {
        for (Node call = unawaited_next(part, none, true); call.id; call = unawaited_next(part, call, true))
            check_call(pass, call);
    }
}

RULE(unstored_future) = {
    .code = "AW304",
    .name = "unstored-future",
    .summary = "future is dropped, and with it any exception",
    .since = "0.1.0",
    .peers = "CH013 unused-awaitable",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "submitted", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_EXPRESSION_STATEMENT, check_statement } },
};
