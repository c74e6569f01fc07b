/// # coroutine-never-awaited
///
/// A coroutine does nothing until somebody awaits it. Here one is made, put into a name, and nothing ever reads the name: the
/// work is silently not done.
///
/// ```python
/// async def charge(order): ...
///
/// async def checkout(order):
///     receipt = charge(order)  # expect: AW202 "`receipt` is never awaited, so `charge` does not run"
///     return "thank you"
/// ```
///
/// Giving it the name `_` does not run it either, and a list of coroutines runs none of them:
///
/// ```python
/// async def notify(user): ...
///
/// async def notify_all(users):
///     _ = notify(users[0])  # expect: AW202
///     pending = [notify(user) for user in users]  # expect: AW202 "`pending`"
/// ```
///
/// The case `sync-file` is strict: the call stands in a file without the word `async`; see AW201.
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def charge(order): ...
/// async def notify(user): ...
///
/// async def checkout(order, users):
///     receipt = await charge(order)
///     pending = [notify(user) for user in users]
///     await asyncio.gather(*pending)
///     return receipt
/// ```
///
/// To start it and go on, keep a task: `task = asyncio.create_task(charge(order))`.
///
/// ## Not reported
///
/// - A name that is read on any path, in a nested function or a lambda, or deleted with `del`; code with `locals()`.
/// - Names at module level and in a class body other than `_`: somebody else may read them.
/// - Attributes and items: `self.job = work()`.
/// - A name that is read in the wrong way, such as `if receipt:`, or declared to be something else: `receipt: str = charge(order)`.
///   That is `coroutine-used-as-value`.
/// - Tests of just that, in a `with` that waits for a `TypeError` or a `RuntimeWarning`.
#include "facts/uses.h"
#include "finding/misuse.h"
#include "finding/unawaited.h"

static bool is_underscore(Node target)
{
    return str_is(node_text(target), "_");
}

/* Whether the coroutine is one of several, in a list or its like. */
static bool is_collected(Node target, Node call)
{
    Node assignment = node_parent(target);
    for (Node n = node_parent(call); !node_is_null(n) && !node_same(n, assignment); n = node_parent(n)) {
        PyKind kind = node_kind(n);
        if (kind != PY_PARENTHESIZED_EXPRESSION && kind != PY_BOOLEAN_OPERATOR && kind != PY_CONDITIONAL_EXPRESSION)
            return true;
    }
    return false;
}

static void report_lost(Pass *pass, Node target, Node call, const CoroutineCall *made)
{
    Str name = node_text(target), callee = unawaited_name(pass, call, made);
    Finding *f =
        is_underscore(target)
            ? report(pass, call, "`%.*s` is never awaited, so it does not run", STR_ARG(callee))
            : report(pass, call, "`%.*s` is never awaited, so `%.*s` does not run", STR_ARG(name), STR_ARG(callee));
    label(pass, f, "makes a coroutine that nobody runs");
    unawaited_origin(pass, f, made);
    if (is_collected(target, call))
        help(pass, f, "run them: `await asyncio.gather(*%.*s)`", STR_ARG(name));
    else if (unawaited_may_await(call))
        unawaited_fix(pass, f, call);
    else
        unawaited_help_outside(pass, f, call, callee);
}

/* The value of `x = value`, the statement being nothing more; else a null node. */
static Node value_of(const Module *module, const Site *site)
{
    Node assignment = node_parent(node_at(module, site->node));
    bool is_plain = site->kind == SITE_ASSIGN && node_kind(assignment) == PY_ASSIGNMENT &&
                    node_kind(node_parent(assignment)) == PY_EXPRESSION_STATEMENT;
    Node value = node_at(module, is_plain ? site->value : 0);
    return node_kind(value) == PY_ASSIGNMENT ? node_at(module, 0) : value;
}

/* The first coroutine that is a part of the value; a null node when there is none. */
static Node coroutine_in(Node value, CoroutineCall *made)
{
    Node none = node_at(value.module, 0);
    if (node_is_null(value))
        return none;
    for (Node call = unawaited_next(value, none, true); !node_is_null(call); call = unawaited_next(value, call, true)) {
        if (unawaited_call(call, made))
            return call;
    }
    return none;
}

static void check_site(Pass *pass, Uses **uses, const Function *function, const Site *site)
{
    const Module *module = pass_module(pass);
    Node target = node_at(module, site->node);
    CoroutineCall made;
    Node at, call = coroutine_in(value_of(module, site), &made);
    if (node_is_null(call) || misuse_of(call, &at) || unawaited_is_meant(pass, call))
        return;
    if (!is_underscore(target)) {
        if (!function)
            return;
        if (!*uses)
            *uses = uses_new(pass_module(pass), function);
        if (uses_reads(*uses, target))
            return;
    }
    report_lost(pass, target, call, &made);
}

static void check_scope(Pass *pass, const Function *function, const Scope *scope)
{
    Uses *uses = NULL;
    for (uint32_t i = 0; i < scope->bindings.count; i++) {
        const Binding *binding = scope->bindings.items[i];
        for (uint32_t j = 0; j < binding->sites.count; j++)
            check_site(pass, &uses, function, &binding->sites.items[j]);
    }
}

static void check_function(Pass *pass, Node n)
{
    const Function *function = function_at(n.module, n.id);
    if (function)
        check_scope(pass, function, function->scope);
}

static void check_module(Pass *pass, Node n)
{
    check_scope(pass, NULL, n.module->scope);
}

RULE(coroutine_never_awaited) = {
    .code = "AW202",
    .name = "coroutine-never-awaited",
    .summary = "coroutine is put into a name that nothing reads: its code never runs",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .reads_sync_files = true,
    .cases = { { "sync-file", TIER_STRICT, SEVERITY_ERROR } },
    .on = { { PY_FUNCTION_DEFINITION, check_function }, { PY_MODULE, check_module } },
};
