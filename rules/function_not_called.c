/// # function-not-called
///
/// `asyncio.run`, `create_task`, `gather` and `await` want a coroutine: what *calling* an `async def` gives. With the function
/// itself they raise `TypeError: a coroutine was expected` or `object function can't be used in 'await' expression`.
///
/// ```python
/// import asyncio
///
/// async def work(): ...
///
/// async def main():
///     task = asyncio.create_task(work)  # expect: AW219 "`asyncio.create_task` wants a coroutine, and `work` is not called"
///     await work  # expect: AW219 "`work` is awaited and not called"
///     await task
///
/// asyncio.run(main)  # expect: AW219
/// ```
///
/// In trio and anyio it is the other way round: `start_soon` and `run` want the function, and call it themselves.
///
/// ```python
/// import trio
///
/// async def work(n): ...
///
/// async def main():
///     async with trio.open_nursery() as nursery:
///         nursery.start_soon(work(1))  # expect: AW219 "wants the function, not a coroutine"
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def work(): ...
///
/// async def main():
///     await asyncio.gather(work(), work())
///
/// asyncio.run(main())
/// ```
///
/// With trio and anyio `nursery.start_soon(work, 1)`.
///
/// ## Not reported
///
/// - Functions that go where functions are wanted: `start_soon(work)`, `add_done_callback(work)`.
/// - What may be something else than an `async def`: parameters, names that are bound twice, unknown decorators.
#include "finding/unawaited.h"

/* ---- Who wants what ---- */

/* trio and anyio call the functions that they are given, asyncio takes coroutines; others take either. */
static bool wants_function(const Api *api)
{
    Str name = api_name(api);
    return str_starts(name, STR("trio.")) || str_starts(name, STR("anyio."));
}

static bool wants_coroutine(const Api *api)
{
    return str_starts(api_name(api), STR("asyncio."));
}

static bool runs_coroutines(const Api *api)
{
    switch (api->role) {
    case ROLE_SPAWNS:
    case ROLE_SPAWNS_OWNED:
    case ROLE_GATHERS:
    case ROLE_WAITS:
    case ROLE_RUNS_LOOP:
    case ROLE_ENTERS_LOOP:
        return true;
    default:
        return false;
    }
}

/* Whether the argument is the one that the row is about. */
static bool is_meant_argument(const Api *api, Node argument, uint32_t position)
{
    if (node_kind(argument) == PY_KEYWORD_ARGUMENT)
        return api->keyword[0] && str_is(node_text(node_field(argument, F_NAME)), api->keyword);
    return api->argument == ARGUMENT_NONE || api->argument == position;
}

/* ---- The rule ---- */

/* Whether a call without arguments is all that the function needs. */
static bool takes_nothing(const CoroutineCall *made, Node n)
{
    if (!made->function)
        return false;
    Node parameters = node_field(node_at(n.module, made->function->node), F_PARAMETERS);
    bool is_bound = made->function->class_ != NULL;
    return node_count(parameters) == (is_bound ? 1 : 0);
}

static void offer_call(Pass *pass, Finding *f, Node n, const CoroutineCall *made)
{
    Str text = unawaited_text(n);
    if (takes_nothing(made, n)) {
        fix(pass, f, true, "call it");
        fix_replace(pass, f, node_end(n), node_end(n), "()");
    } else {
        help(pass, f, "call it: `%.*s(...)`", STR_ARG(text));
    }
}

static void check_function(Pass *pass, Node call, Node value, const Api *api)
{
    CoroutineCall made;
    if (!is_coroutine_function(value, &made) || unawaited_is_meant(pass, call))
        return;
    Str text = unawaited_text(value);
    Finding *f =
        api ? report(pass, value, "`%s` wants a coroutine, and `%.*s` is not called", api->name, STR_ARG(text))
            : report(pass, value, "`%.*s` is passed where a coroutine is wanted, and not called", STR_ARG(text));
    label(pass, f, "this is the function");
    unawaited_origin(pass, f, &made);
    offer_call(pass, f, value, &made);
}

/* `start_soon(f(1))` can be written `start_soon(f, 1)` when f has positional arguments only. */
static bool is_simple(Node arguments)
{
    for (Node n = node_first(arguments); !node_is_null(n); n = node_next(n)) {
        PyKind kind = node_kind(n);
        if (kind == PY_KEYWORD_ARGUMENT || kind == PY_DICTIONARY_SPLAT)
            return false;
    }
    return node_kind(arguments) == PY_ARGUMENT_LIST;
}

static void check_coroutine(Pass *pass, Node call, Node value, const Api *api)
{
    CoroutineCall made;
    if (node_kind(value) != PY_CALL || !unawaited_call(value, &made) || made.is_awaitable ||
        unawaited_is_meant(pass, call))
        return;
    Finding *f = report(pass, value, "`%s` wants the function, not a coroutine", api->name);
    label(pass, f, "calls the function too early");
    unawaited_origin(pass, f, &made);
    Node callee = node_field(value, F_FUNCTION), arguments = node_field(value, F_ARGUMENTS);
    Str name = node_text(callee), text = node_text(arguments);
    bool is_last = node_is_null(node_next(value));
    if (!is_simple(arguments) || !is_last || text.n < 2) {
        help(pass, f, "pass the function and its arguments: `%.*s, ...`", STR_ARG(name));
        return;
    }
    fix(pass, f, true, "pass the function and its arguments");
    Str inner = str_trim(str_slice(text, 1, text.n - 1));
    fix_replace(pass, f, node_begin(arguments), node_end(arguments), "%s%.*s", inner.n ? ", " : "", STR_ARG(inner));
}

/* A function of the project that awaits or spawns its argument. */
static bool is_run_by_project(Node argument)
{
    ArgumentFate fate = fate_of_argument(argument);
    return fate == FATE_AWAITED || fate == FATE_SPAWNED || fate == FATE_SPAWNED_LOOSE;
}

static void check_argument(Pass *pass, Node call, Node argument, uint32_t position)
{
    bool is_keyword = node_kind(argument) == PY_KEYWORD_ARGUMENT;
    Node value = node_unparenthesized(is_keyword ? node_field(argument, F_VALUE) : argument);
    PyKind kind = node_kind(value);
    if (kind != PY_IDENTIFIER && kind != PY_ATTRIBUTE && kind != PY_CALL)
        return;
    const Api *api = api_of_call(call);
    if (!api) {
        if (kind != PY_CALL && is_run_by_project(argument))
            check_function(pass, call, value, NULL);
    } else if (runs_coroutines(api) && is_meant_argument(api, argument, position)) {
        if (wants_function(api))
            check_coroutine(pass, call, value, api);
        else if (wants_coroutine(api))
            check_function(pass, call, value, api);
    }
}

static void check_call(Pass *pass, Node call)
{
    Node arguments = node_field(call, F_ARGUMENTS);
    if (node_kind(arguments) != PY_ARGUMENT_LIST)
        return;
    uint32_t position = 0;
    for (Node argument = node_first(arguments); !node_is_null(argument); argument = node_next(argument)) {
        if (node_kind(argument) == PY_LIST_SPLAT)
            return; /* nobody knows which position the rest has */
        check_argument(pass, call, argument, position++);
    }
}

static void check_await(Pass *pass, Node await_)
{
    Node value = node_unparenthesized(node_first(await_));
    CoroutineCall made;
    PyKind kind = node_kind(value);
    if ((kind != PY_IDENTIFIER && kind != PY_ATTRIBUTE) || !is_coroutine_function(value, &made) ||
        unawaited_is_meant(pass, await_))
        return;
    Str text = unawaited_text(value);
    Finding *f = report(pass, value, "`%.*s` is awaited and not called", STR_ARG(text));
    label(pass, f, "this is the function");
    unawaited_origin(pass, f, &made);
    offer_call(pass, f, value, &made);
}

RULE(function_not_called) = {
    .code = "AW219",
    .name = "function-not-called",
    .summary = "coroutine function is passed or awaited without a call, or called where the function is wanted",
    .since = "0.1.0",
    .peers = "CH064",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .on = { { PY_CALL, check_call }, { PY_AWAIT, check_await } },
};
