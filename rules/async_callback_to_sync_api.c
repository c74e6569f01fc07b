/// # async-callback-to-sync-api
///
/// Who takes a plain callback calls it and looks no further. Of an `async def` that call makes a coroutine, which nobody
/// awaits: none of its code runs, and Python says `coroutine ... was never awaited` at best.
///
/// ```python
/// import asyncio
///
/// async def refresh(): ...
///
/// async def serve(loop: asyncio.AbstractEventLoop):
///     loop.call_later(60, refresh)  # expect: AW212 "`refresh` is async, and `loop.call_later` does not await it"
///     task = asyncio.create_task(refresh())
///     task.add_done_callback(lambda done: refresh())  # expect: AW212
///     await task
/// ```
///
/// A thread is no better: it makes the coroutine, and has no loop to run it.
///
/// ```python
/// import asyncio
/// import threading
///
/// async def convert(path): ...
///
/// async def upload(path):
///     await asyncio.to_thread(convert, path)  # expect: AW212
///     threading.Thread(target=convert, args=(path,)).start()  # expect: AW212
/// ```
///
/// Found as well: predicates and keys, which are then always true or cannot be compared, functions that run when the program ends
/// or gets a signal, cleanup callbacks, and decorators of libraries that know nothing of `async`.
///
/// ```python
/// import atexit
/// import contextlib
/// import click
///
/// async def is_open(shop): ...
///
/// async def close(shop): ...
///
/// async def visit(shops):
///     for shop in filter(is_open, shops):  # expect: AW212 "a coroutine is always true"
///         async with contextlib.AsyncExitStack() as stack:
///             stack.callback(close, shop)  # expect: AW212
///     atexit.register(close, shops[0])  # expect: AW212
///
/// @click.command()  # expect: AW212
/// async def main():
///     await visit([])
/// ```
///
/// ## Use instead
///
/// A plain function that starts a task and keeps it; in a coroutine, `await` in place of the thread:
///
/// ```python
/// import asyncio
///
/// tasks = set()
///
/// async def refresh(): ...
///
/// def start_refresh():
///     task = asyncio.create_task(refresh())
///     tasks.add(task)
///     task.add_done_callback(tasks.discard)
///
/// async def serve(loop: asyncio.AbstractEventLoop):
///     loop.call_later(60, start_refresh)
///     await refresh()
/// ```
///
/// ## Not reported
///
/// - APIs that take both, such as `start_server`, background tasks of web frameworks, `IsolatedAsyncioTestCase.addCleanup`, and
///   all that are not known.
/// - What may be something else than an `async def`: parameters, names that are bound twice, unknown decorators.
/// - Coroutines that are awaited after all: `await (await asyncio.to_thread(convert, path))`, `await future.result()`, and futures that are
///   returned.
/// - `click.command(cls=...)`, whose class may know what to do.
#include "facts/frames.h"
#include "finding/callbacks.h"
#include "finding/spawned.h"
#include "finding/unawaited.h"

/* ---- Whether somebody runs the coroutine after all ---- */

/* Whether the function has `await name`, or hands the name to what awaits it. */
static bool is_run_by_name(Node target)
{
    const Function *function = node_function(target);
    Node top = node_at(target.module, function ? function->node : 0);
    for (uint32_t id = top.id + 1; top.id && id < node_data(top)->after; id++) {
        Node n = node_at(target.module, id);
        if (node_kind(n) == PY_IDENTIFIER && node_data(n)->name == node_data(target)->name && unawaited_is_run(n))
            return true;
    }
    return false;
}

static bool is_awaited(Node call)
{
    return node_kind(node_parent(node_outermost(call))) == PY_AWAIT;
}

/* `await future.result()`, and `await (await future)`: what is done with what was made elsewhere. */
static bool awaits_results(const Module *module)
{
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        Node value = node_kind(n) == PY_AWAIT ? node_unparenthesized(node_first(n)) : node_at(module, 0);
        if (node_kind(value) == PY_AWAIT)
            return true;
        Str method = node_text(node_field(node_field(value, F_FUNCTION), F_ATTRIBUTE));
        if (node_kind(value) == PY_CALL && (str_is(method, "result") || str_is(method, "get_result")))
            return true;
    }
    return false;
}

/* Whether the coroutine that `submit` makes elsewhere may come back and be awaited here, or by whoever is given the future. */
static bool may_come_back(Node call)
{
    if (node_kind(node_parent(node_outermost(call))) == PY_EXPRESSION_STATEMENT)
        return false;
    return node_kind(node_parent(node_outermost(call))) == PY_RETURN_STATEMENT || awaits_results(call.module);
}

/* What `await call` gives, when that is the coroutine: awaited, handed on, or kept under a name that is. */
static bool is_run_later(Node call, const Api *api)
{
    Node value = node_outermost(call);
    if (!is_awaited(call))
        return api->role == ROLE_SUBMITS && may_come_back(call);
    value = node_outermost(node_parent(value));
    Node parent = node_parent(value);
    Node target = node_kind(parent) == PY_ASSIGNMENT ? node_field(parent, F_LEFT) : node_at(call.module, 0);
    return node_kind(parent) == PY_AWAIT || node_kind(parent) == PY_ARGUMENT_LIST ||
           (node_kind(target) == PY_IDENTIFIER && is_run_by_name(target));
}

/* ---- What is said ---- */

static bool is_in_thread(const Api *api)
{
    return api->role == ROLE_OFFLOADS || api->role == ROLE_SUBMITS;
}

static bool is_any_of(const Api *api, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(api_name(api), names[i]))
            return true;
    }
    return false;
}

static const char *what_happens(const Api *api)
{
    static const char *const predicates[] = { "asyncio.Condition.wait_for", "builtins.filter", "itertools.dropwhile",
        "itertools.filterfalse", "itertools.takewhile", "threading.Condition.wait_for" };
    static const char *const keys[] = { "builtins.max", "builtins.min", "builtins.sorted", "functools.cmp_to_key",
        "itertools.groupby" };
    if (is_any_of(api, predicates, sizeof predicates / sizeof *predicates))
        return "a coroutine is always true";
    if (is_any_of(api, keys, sizeof keys / sizeof *keys))
        return "coroutines cannot be compared";
    if (is_in_thread(api))
        return "the coroutine is made over there, and nobody runs it";
    return "the coroutine is dropped, and its code never runs";
}

/* `await asyncio.to_thread(f, x)` can be written `await f(x)`. */
static bool may_be_called(const Callback *callback, Node call)
{
    static const char *const names[] = { "asyncio.to_thread", "asyncio.AbstractEventLoop.run_in_executor" };
    PyKind kind = node_kind(callback->value);
    return is_any_of(callback->api, names, sizeof names / sizeof *names) && is_awaited(call) &&
           unawaited_may_await(call) && (kind == PY_IDENTIFIER || kind == PY_ATTRIBUTE) &&
           node_kind(node_parent(callback->value)) == PY_ARGUMENT_LIST;
}

static void fix_call(Pass *pass, Finding *f, Node call, Node value)
{
    Node next = node_next(value);
    fix(pass, f, false, "call it, and await that");
    fix_replace(pass, f, node_begin(call), node_begin(value), "%s", "");
    if (next.id)
        fix_replace(pass, f, node_end(value), node_begin(next), "(");
    else
        fix_replace(pass, f, node_end(value), node_end(call), "()");
}

static void offer_way_out(Pass *pass, Finding *f, const Callback *callback, Node call)
{
    const Api *api = callback->api;
    Str name = node_kind(callback->value) == PY_LAMBDA ? STR("f") : unawaited_text(callback->value);
    if (name.n > 40 || str_find(name, '(') < name.n || str_is(name, "this"))
        name = STR("f");
    if (may_be_called(callback, call))
        fix_call(pass, f, call, callback->value);
    else if (is_in_thread(api))
        help(pass, f, "run a loop there, `lambda: asyncio.run(%.*s(...))`, or await it on this one", STR_ARG(name));
    else if (api->role == ROLE_SCHEDULES)
        help(pass, f, "give a function that starts a task and keeps it: `tasks.add(asyncio.create_task(%.*s(...)))`",
            STR_ARG(name));
    else if (api->instead[0])
        help(pass, f, "use `%s`", api->instead);
    else
        help(pass, f, "give it a function that is not async");
}

static void report_argument(Pass *pass, Node call, const Callback *callback, const CoroutineCall *made)
{
    Str callee = spawned_callee(pass, call, callback->api);
    Str text = unawaited_text(callback->value);
    const char *why = what_happens(callback->api);
    bool is_lambda = node_kind(callback->value) == PY_LAMBDA;
    bool is_plain = !is_lambda && node_kind(callback->value) != PY_CALL;
    Finding *f = is_plain ? report(pass, callback->value, "`%.*s` is async, and `%.*s` does not await it: %s",
                                STR_ARG(text), STR_ARG(callee), why)
                          : report(pass, callback->value, "%s gives a coroutine, and `%.*s` does not await it: %s",
                                is_lambda ? "the lambda" : "what is given", STR_ARG(callee), why);
    label(pass, f, "a plain function is wanted here");
    unawaited_origin(pass, f, made);
    if (!callback->is_sure)
        unsure(pass, f);
    offer_way_out(pass, f, callback, call);
}

/* ---- The rule ---- */

static bool gives_coroutine(Node value, CoroutineCall *made)
{
    if (node_kind(value) != PY_LAMBDA)
        return is_coroutine_function(value, made);
    Node body = node_unparenthesized(node_field(value, F_BODY));
    return call_gives_coroutine(body, made) && !made->is_awaitable;
}

static void check_call(Pass *pass, Node call)
{
    Callback callback;
    CoroutineCall made;
    bool is_wrong = callback_of(call, &callback) && callback.api->callback == CALLBACK_SYNC &&
                    gives_coroutine(callback.value, &made);
    if (is_wrong && !unawaited_is_meant(pass, call) && !spawned_is_meant(call) && !is_run_later(call, callback.api))
        report_argument(pass, call, &callback, &made);
}

static void check_decorated(Pass *pass, Node definition)
{
    const Function *function = function_at(definition.module, definition.id);
    Callback callback;
    bool is_async = function && function->is_async && !function->is_generator && function->first_decorator;
    if (!is_async || spawned_is_meant(definition) || !callback_decorated(definition, &callback))
        return;
    Node decorator = callback.value;
    Node callee = node_kind(decorator) == PY_CALL ? node_field(decorator, F_FUNCTION) : decorator;
    Str text = unawaited_text(callee), name = names_text(&definition.module->names, function->name);
    Finding *f = report(pass, decorator, "`%.*s` is async, and `%.*s` does not await it: %s", STR_ARG(name),
        STR_ARG(text), what_happens(callback.api));
    label(pass, f, "wants a plain function");
    also_function(pass, f, function, "a coroutine function");
    if (callback.api->instead[0])
        help(pass, f, "use `%s`", callback.api->instead);
    else
        help(pass, f, "decorate a plain function, and run the coroutine in it: `asyncio.run(...)`");
}

RULE(async_callback_to_sync_api) = {
    .code = "AW212",
    .name = "async-callback-to-sync-api",
    .summary = "async function is given where a plain callback is called: it never runs",
    .since = "0.1.0",
    .peers = "CH093",
    .tier = TIER_STRICT,
    .severity = SEVERITY_ERROR,
    .on = { { PY_CALL, check_call }, { PY_FUNCTION_DEFINITION, check_decorated } },
};
