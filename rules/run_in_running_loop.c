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
#include "rule.h"

static bool mentions(Node n, Str word)
{
    NameId name = names_find(&n.module->names, word);
    for (uint32_t id = n.id; name && id && id < node_data(n)->after; id++) {
        if (node_data(node_at(n.module, id))->name == name)
            return true;
    }
    return false;
}

/* Whether the body of a `try` asks for the loop, which raises RuntimeError where none runs. */
static bool asks_for_loop(Node statement)
{
    Node body = node_field(statement, F_BODY);
    NameId name = names_find(&statement.module->names, STR("get_running_loop"));
    for (uint32_t id = body.id; name && id && id < node_data(body)->after; id++) {
        Node n = node_at(body.module, id);
        if (node_kind(n) == PY_CALL && str_is(qualified_name(node_field(n, F_FUNCTION)), "asyncio.get_running_loop"))
            return true;
    }
    return false;
}

/* Whether n is the handler for the case that no loop runs. */
static bool is_without_loop(Node n)
{
    return node_kind(n) == PY_EXCEPT_CLAUSE && mentions(node_field(n, F_VALUE), STR("RuntimeError")) &&
           asks_for_loop(node_parent(n));
}

/* Whether the error is what the code is about. */
static bool is_expected(Node call)
{
    for (Node inner = call; inner.id && node_kind(inner) != PY_FUNCTION_DEFINITION; inner = node_parent(inner)) {
        Node outer = node_parent(inner);
        bool is_body = node_role(inner) == F_BODY;
        if (is_body && node_kind(outer) == PY_WITH_STATEMENT &&
            mentions(node_child_of(outer, PY_WITH_CLAUSE), STR("RuntimeError")))
            return true;
        if (is_without_loop(outer))
            return true;
        for (Node n = is_body && node_kind(outer) == PY_TRY_STATEMENT ? node_first(outer) : node_at(call.module, 0);
             n.id; n = node_next(n)) {
            if (node_kind(n) == PY_EXCEPT_CLAUSE && mentions(node_field(n, F_VALUE), STR("RuntimeError")))
                return true;
        }
    }
    return false;
}

/* `async_to_sync(f)(...)`. */
static bool is_made_sync(Node call)
{
    Type type = type_of(node_field(call, F_FUNCTION));
    for (uint32_t i = 0; i < type.count; i++) {
        if (!(type.atoms[i].flags & ATOM_AS_SYNC))
            return false;
    }
    return type.count > 0;
}

static bool runs_loop(Node call, const Api **api)
{
    *api = api_of_call(call);
    return *api ? (*api)->role == ROLE_RUNS_LOOP : is_made_sync(call);
}

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

static bool nests_loops(Node module_name)
{
    Str name = node_text(node_kind(module_name) == PY_ALIASED_IMPORT ? node_first(module_name) : module_name);
    const Api *api = api_find(str_slice(name, 0, str_find(name, '.')));
    return api && api->role == ROLE_NESTS_LOOPS;
}

/* Whether the file imports what lets a loop run inside of a running one, or speaks of it. */
static bool loops_are_nested(const Module *module)
{
    if (names_find(&module->names, STR("nest_asyncio")))
        return true;
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) == PY_IMPORT_FROM_STATEMENT && nests_loops(node_field(n, F_MODULE_NAME)))
            return true;
        for (Node name = node_first(n); name.id && node_kind(n) == PY_IMPORT_STATEMENT; name = node_next(name)) {
            if (nests_loops(name))
                return true;
        }
    }
    return false;
}

/* Whether the call runs a loop in the frame of a coroutine: then by *api, if a table has it. */
static bool is_nested_run(Node call, const Api **api)
{
    return frame_on_loop(call) && runs_loop(call, api) && !node_is_dead(call) && !is_expected(call);
}

static void report_call(Pass *pass, Node call, const Api *api)
{
    Str callee = node_text(node_field(call, F_FUNCTION));
    bool is_short = callee.n <= 60 && str_find(callee, '\n') == callee.n;
    if (!is_short)
        callee = api ? str_of(api->name) : STR("async_to_sync(...)");
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
