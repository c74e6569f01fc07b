/// # async-for-mismatch
///
/// `async for` asks for `__aiter__`, `for` for `__iter__`. An async generator has the one only, a list the other; the wrong loop
/// raises `TypeError: 'async_generator' object is not iterable` or the like when it is reached.
///
/// ```python
/// async def rows(table):
///     for key in range(table.size):
///         yield await table.row(key)
///
/// async def copy(table, target):
///     for row in rows(table):  # expect: AW207 "`rows(table)` needs `async for`"
///         await target.insert(row)
///     async for name in table.columns.split(","):
///         print(name)
///     async for number in range(3):  # expect: AW207 "`range(3)` needs `for`, not `async for`"
///         print(number)
///     return list(rows(table))  # expect: AW207 "`list` cannot iterate over `rows(table)`"
/// ```
///
/// An async generator cannot be awaited either, and a call of it alone runs nothing:
///
/// ```python
/// async def ticks():
///     yield 1
///
/// async def main():
///     await ticks()  # expect: AW207 "`ticks()` is an async generator and cannot be awaited"
///     ticks()  # expect: AW207 "`ticks()` is an async generator that nothing iterates over"
/// ```
///
/// A coroutine that returns a list is no async iterable, but a missing `await`:
///
/// ```python
/// async def fetch_names(): return ["a", "b"]
///
/// async def show():
///     async for name in fetch_names():  # expect: AW207 "`fetch_names` gives a coroutine, which is not iterated over"
///         print(name)
/// ```
///
/// ## Use instead
///
/// ```python
/// async def rows(table):
///     for key in range(table.size):
///         yield await table.row(key)
///
/// async def fetch_names(): return ["a", "b"]
///
/// async def copy(table, target):
///     async for row in rows(table):
///         await target.insert(row)
///     for name in await fetch_names():
///         print(name)
///     return [row async for row in rows(table)]
/// ```
///
/// ## Not reported
///
/// - Whatever is not surely known: parameters without an annotation, objects of other files, classes with `__getattr__`.
/// - Objects that can do both, and `async for` over what only an annotation calls an `Iterator` or `Iterable`.
/// - Abstract methods, which an async generator may override.
#include "finding/unawaited.h"

/* Whether it is what calling an async generator function of the project gives, and can be nothing else. */
static bool is_async_generator(Node n)
{
    Type type = type_of(n);
    for (uint32_t i = 0; i < type.count; i++) {
        if (type.atoms[i].kind != ATOM_ASYNC_ITERATOR || !type.atoms[i].is_project)
            return false;
    }
    return type.count > 0;
}

/* Whether it is an annotation alone that says that it is an iterator: those of async code are often wrong about that. */
static bool is_only_declared(Node n)
{
    Type type = type_of(n);
    for (uint32_t i = 0; i < type.count; i++) {
        if (type.atoms[i].kind == ATOM_GENERATOR && !type.atoms[i].is_project && !type.atoms[i].api)
            return true;
    }
    return false;
}

/* ---- Loops ---- */

static void fix_to_async(Pass *pass, Finding *f, Node loop)
{
    if (unawaited_may_await(node_kind(loop) == PY_FOR_IN_CLAUSE ? node_parent(loop) : loop) &&
        node_kind(node_parent(loop)) != PY_GENERATOR_EXPRESSION) {
        fix(pass, f, true, "iterate with `async for`");
        fix_replace(pass, f, node_begin(loop), node_begin(loop), "async ");
    } else {
        help(pass, f, "iterate with `async for`, in an async function");
    }
}

static void check_async_loop(Pass *pass, Node loop, Node iterable)
{
    CoroutineCall made;
    bool is_call = node_kind(iterable) == PY_CALL;
    if (is_call && call_gives_coroutine(iterable, &made) && !made.is_awaitable && !unawaited_is_abstract(iterable) &&
        !unawaited_is_meant(pass, loop)) {
        Str name = unawaited_name(pass, iterable, &made);
        Finding *f = report(pass, iterable, "`%.*s` gives a coroutine, which is not iterated over", STR_ARG(name));
        unawaited_origin(pass, f, &made);
        help(pass, f, "await it and iterate over what it returns: `for ... in await %.*s(...)`", STR_ARG(name));
        return;
    }
    if (!is_sync_iterable_only(iterable) || is_only_declared(iterable) || unawaited_is_meant(pass, loop))
        return;
    Str text = unawaited_text(iterable);
    Finding *f = report(pass, iterable, "`%.*s` needs `for`, not `async for`", STR_ARG(text));
    label(pass, f, "has no `__aiter__`");
    unawaited_drop_async(pass, f, loop, "iterate with `for`");
}

static void check_loop(Pass *pass, Node loop)
{
    Node iterable = node_unparenthesized(node_field(loop, F_RIGHT));
    if (node_is_null(iterable))
        return;
    if (node_has(loop, NODE_ASYNC)) {
        check_async_loop(pass, loop, iterable);
        return;
    }
    if (!is_async_iterable_only(iterable) || unawaited_is_meant(pass, loop))
        return;
    Str text = unawaited_text(iterable);
    Finding *f = report(pass, iterable, "`%.*s` needs `async for`", STR_ARG(text));
    label(pass, f, "has no `__iter__`");
    fix_to_async(pass, f, loop);
}

/* ---- Calls that iterate ---- */

static bool iterates(Str name)
{
    static const char *const names[] = { "all", "any", "dict", "enumerate", "frozenset", "iter", "list", "max", "min",
        "next", "reversed", "set", "sorted", "sum", "tuple", "zip" };
    Str prefix = STR("builtins.");
    if (!str_starts(name, prefix))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(str_slice(name, prefix.n, name.n), names[i]))
            return true;
    }
    return false;
}

static void check_call(Pass *pass, Node call)
{
    Node callee = node_field(call, F_FUNCTION), arguments = node_field(call, F_ARGUMENTS);
    Node first = node_first(arguments);
    if (node_kind(arguments) != PY_ARGUMENT_LIST || node_is_null(first) || !iterates(qualified_name(callee)))
        return;
    if (!is_async_iterable_only(first) || unawaited_is_meant(pass, call))
        return;
    Str taker = node_text(callee), text = unawaited_text(first);
    Finding *f = report(pass, first, "`%.*s` cannot iterate over `%.*s`", STR_ARG(taker), STR_ARG(text));
    label(pass, f, "is for `async for` only");
    if (str_is(taker, "list") && node_count(arguments) == 1 && unawaited_may_await(call)) {
        fix(pass, f, true, "collect with an async comprehension");
        fix_replace(pass, f, node_begin(call), node_begin(first), "[item async for item in ");
        fix_replace(pass, f, node_end(first), node_end(call), "]");
    } else if (str_is(taker, "next")) {
        help(pass, f, "await anext(%.*s)", STR_ARG(text));
    } else {
        help(pass, f, "collect the items first: `[item async for item in %.*s]`", STR_ARG(text));
    }
}

/* ---- Async generators that are awaited or dropped ---- */

static void check_await(Pass *pass, Node await_)
{
    Node n = node_unparenthesized(node_first(await_));
    if (node_is_null(n) || !is_async_generator(n) || unawaited_is_meant(pass, await_))
        return;
    Str text = unawaited_text(n);
    Finding *f = report(pass, n, "`%.*s` is an async generator and cannot be awaited", STR_ARG(text));
    help(pass, f, "iterate over it: `async for item in %.*s`", STR_ARG(text));
}

static void check_statement(Pass *pass, Node statement)
{
    Node call = node_unparenthesized(node_first(statement));
    if (node_kind(call) != PY_CALL || !is_async_generator(call) || unawaited_is_meant(pass, call))
        return;
    Str text = unawaited_text(call);
    Finding *f = report(
        pass, call, "`%.*s` is an async generator that nothing iterates over, so it does not run", STR_ARG(text));
    help(pass, f, "iterate over it: `async for item in %.*s`", STR_ARG(text));
}

RULE(async_for_mismatch) = {
    .code = "AW207",
    .name = "async-for-mismatch",
    .summary = "loop of the wrong kind: `for` over what is async, or `async for` over what is not",
    .since = "0.1.0",
    .peers = "E1133 S3862",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .on = { { PY_FOR_STATEMENT, check_loop }, { PY_FOR_IN_CLAUSE, check_loop }, { PY_CALL, check_call },
        { PY_AWAIT, check_await }, { PY_EXPRESSION_STATEMENT, check_statement } },
};
