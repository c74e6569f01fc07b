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
/// `run_coroutine_threadsafe` is the case `threadsafe`, which is strict: its exceptions are lost as well, but the loop keeps the task,
/// and the function that is given often cannot raise, in another file.
///
/// The case `submitted` is strict, too, and shown as info: work that is given to an executor is often meant to be left alone, and so is a
/// coroutine that is given to the loop of another thread and waits for nothing there, or whose function has a decorator
/// that may see to its exceptions.
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
/// - `run_coroutine_threadsafe` of a coroutine function of the file that handles all its exceptions itself.
#include "facts/handled.h"
#include "finding/spawned.h"
#include "finding/unawaited.h"

static bool is_threadsafe(const Api *api)
{
    return str_ends(api_name(api), STR("run_coroutine_threadsafe"));
}

/* The async def of this file whose coroutine is given to the loop of another thread, which keeps its task; NULL when it
 * is another one. */
static const Function *given_function(Node call, const Api *api)
{
    Node first = node_first(node_field(call, F_ARGUMENTS));
    Target target = target_of(node_field(first, F_FUNCTION));
    bool is_coroutine = is_threadsafe(api) && target.kind == TARGET_FUNCTION && target.function->is_async;
    return is_coroutine ? target.function : NULL;
}

/* Whether a decorator of the project or of a library that is not known may see to the exceptions. */
static bool has_wrapper(const Module *module, const Function *function)
{
    Node decorator = node_at(module, 0);
    if (!function->first_decorator)
        return false;
    while ((decorator = decorator_next(module, function->node, decorator)).id) {
        if (!(node_kind(decorator) == PY_CALL ? api_of_call(decorator) : api_of(decorator)))
            return true;
    }
    return false;
}

/* Whether it only does something on that loop, without waiting for anything there. What has no body may do anything. */
static bool is_callback(Node call, const Function *given)
{
    if (given->has_await)
        return false;
    return !(program_function(ask_program(call), (Ref){ ask_file(call), given->number })->flags & FUNCTION_ABSTRACT);
}

static bool gathers(Node call)
{
    const Api *api = api_of_call(call);
    return api && api->role == ROLE_GATHERS;
}

/* A call of a function of the file that hands the future out. */
static void check_helper(Pass *pass, Node call)
{
    const Atom *atom = spawned_callee_of_project(call);
    const Function *function = atom ? function_of(call, atom->ref) : NULL;
    Node made = function ? spawned_returned(function, call.module, gathers) : node_at(call.module, 0);
    if (!made.id)
        return;
    Finding *f = report(pass, call, "the future from `%.*s` is dropped, and with it any exception",
        STR_ARG(spawned_callee(pass, call, NULL)));
    label(pass, f, "hands out the future, and nobody waits for it");
    also(pass, f, made, "the future is made here");
    if (unawaited_may_await(call)) {
        fix(pass, f, false, "await it: the function goes on when the work is done");
        fix_replace(pass, f, node_begin(call), node_begin(call), "await ");
    } else {
        help(pass, f, "keep it and ask for its result, or give it a callback: `future.add_done_callback(...)`");
    }
}

static void check_call(Pass *pass, Node call)
{
    const Api *api = api_of_call(call);
    if (!api)
        check_helper(pass, call);
    bool makes_future = api && (api->role == ROLE_GATHERS || api->role == ROLE_SUBMITS);
    if (!makes_future || spawned_is_meant(call))
        return;
    const Function *given = given_function(call, api);
    if (given && handles_exceptions(node_at(call.module, given->node)))
        return;

    Str callee = spawned_callee(pass, call, api);
    Finding *f = report(pass, call, "the future from `%.*s` is dropped, and with it any exception", STR_ARG(callee));
    label(pass, f, api->role == ROLE_GATHERS ? "nobody waits for it" : "nobody asks for its result");
    if (unawaited_may_await(call) && !is_threadsafe(api) && api->colour == COLOUR_FUTURE) {
        fix(pass, f, false, "await it: the function goes on when the work is done");
        fix_replace(pass, f, node_begin(call), node_begin(call), "await ");
    } else if (unawaited_may_await(call) && is_threadsafe(api)) {
        help(pass, f, "await it from this loop: `await asyncio.wrap_future(%.*s(...))`", STR_ARG(callee));
    } else {
        help(pass, f, "keep it and ask for its result, or give it a callback: `future.add_done_callback(...)`");
    }
    bool is_left_alone = given && (is_callback(call, given) || has_wrapper(call.module, given));
    if (is_left_alone || api->role != ROLE_GATHERS)
        as_case(pass, f, is_threadsafe(api) && !is_left_alone ? "threadsafe" : "submitted");
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
    .cases = { { "threadsafe", TIER_STRICT, SEVERITY_WARNING }, { "submitted", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_EXPRESSION_STATEMENT, check_statement } },
};
