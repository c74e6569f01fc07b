/// # run-in-running-loop
///
/// A thread runs one event loop at a time. `asyncio.run`, `loop.run_until_complete` and their like raise RuntimeError
/// in a coroutine, whose loop is running already; a new loop does not help.
///
/// ```python
/// import asyncio
///
/// async def load(name): ...
///
/// async def show(name):
///     print(asyncio.run(load(name)))  # expect: AW704
///
/// async def show_all(names):
///     loop = asyncio.get_running_loop()
///     for name in names:
///         loop.run_until_complete(load(name))  # expect: AW704
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def load(name): ...
///
/// async def show(name):
///     print(await load(name))
/// ```
///
/// ## Not reported
///
/// - Functions that are not async, also nested ones and lambdas, which may run in a thread of their own.
/// - Code that expects the error: in a `try` with `except RuntimeError`, in `pytest.raises`. What such a handler does when
///   `asyncio.get_running_loop()` has found no loop.
/// - Files that use `nest_asyncio`, or a library that applies it (chainlit, nemoguardrails, ...).
#include "facts/frames.h"
#include "finding/nested_loops.h"

/* The coroutine that is to be awaited instead: the only argument, when it is a call. */
static Node coroutine_in(Node call)
{
    Node arguments = node_field(call, F_ARGUMENTS), first = node_first(arguments);
    bool is_only = node_kind(arguments) == PY_ARGUMENT_LIST && node_count(arguments) == 1;
    return is_only && node_kind(first) == PY_CALL ? first : node_at(call.module, 0);
}

/* Whether an await may stand at n without parentheses. */
static bool is_whole(Node n)
{
    switch (node_kind(node_parent(n))) {
    case PY_EXPRESSION_STATEMENT:
    case PY_ASSIGNMENT:
    case PY_RETURN_STATEMENT:
    case PY_ARGUMENT_LIST:
    case PY_PARENTHESIZED_EXPRESSION:
        return true;
    default:
        return false;
    }
}

static bool is_in_comprehension(Node n)
{
    ScopeKind kind = node_scope(n)->kind;
    return kind == SCOPE_COMPREHENSION || kind == SCOPE_LAMBDA;
}

static void offer_await(Pass *pass, Finding *f, Node call, const Api *api)
{
    Node coroutine = coroutine_in(call);
    CoroutineCall made;
    if (!api || !coroutine.id) {
        help(pass, f, "await the coroutine");
        return;
    }
    if (is_in_comprehension(call) || !call_gives_coroutine(coroutine, &made)) {
        Str text = node_text(coroutine);
        bool is_short = text.n <= 80 && str_find(text, '\n') == text.n;
        help(pass, f, "await %.*s", is_short ? (int)text.n : 13, is_short ? text.p : "the coroutine");
        return;
    }
    bool is_bare = is_whole(call);
    fix(pass, f, true, "await it");
    fix_replace(pass, f, node_begin(call), node_begin(coroutine), is_bare ? "await " : "(await ");
    fix_replace(pass, f, node_end(coroutine), node_end(call), is_bare ? "" : ")");
}

/* Whether the call runs a loop in the frame of a coroutine: then by *api, if a table has it. */
static bool is_nested_run(Node call, const Api **api)
{
    return frame_on_loop(call) && call_runs_loop(call, api) && !node_is_dead(call) &&
           !loop_error_is_expected(call);
}

static void report_call(Pass *pass, Node call, const Api *api)
{
    Str callee = node_text(node_field(call, F_FUNCTION));
    bool is_short = callee.n <= 60 && str_find(callee, '\n') == callee.n;
    if (!is_short)
        callee = api ? api_name(api) : STR("async_to_sync(...)");
    Finding *f = report(pass, call, "`%.*s` in a coroutine: its loop is running already", STR_ARG(callee));
    label(pass, f, "raises RuntimeError");
    also_function(pass, f, frame_on_loop(call), "runs on the event loop");
    offer_await(pass, f, call, api);
}

static void check_module(Pass *pass, Node module)
{
    const Api *api;
    bool is_first = true;
    for (uint32_t id = 1; id < module.module->tree.count; id++) {
        Node call = node_at(module.module, id);
        if (node_kind(call) != PY_CALL || !is_nested_run(call, &api))
            continue;
        if (is_first && loops_are_nested(module.module))
            return;
        is_first = false;
        report_call(pass, call, api);
    }
}

RULE(run_in_running_loop) = {
    .code = "AW704",
    .name = "run-in-running-loop",
    .summary = "a loop is run where one is running: RuntimeError",
    .since = "0.1.0",
    .peers = "CH008 V003 V015",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .on = { { PY_MODULE, check_module } },
};
