/// # async-with-mismatch
///
/// `async with` asks for `__aenter__` and `__aexit__`, `with` for `__enter__` and `__exit__`. What has only the one pair raises as
/// soon as the other is asked for: `TypeError: 'Lock' object does not support the context manager protocol`.
///
/// ```python
/// import asyncio
/// import threading
///
/// class Counter:
///     def __init__(self):
///         self.lock = asyncio.Lock()
///         self.thread_lock = threading.Lock()
///
///     async def add(self, n):
///         with self.lock:  # expect: AW208 "`self.lock` needs `async with`"
///             self.total += n
///         async with self.thread_lock:  # expect: AW208 "`self.thread_lock` is entered with `with`"
///             self.total += n
/// ```
///
/// Functions with `contextlib.contextmanager` and `asynccontextmanager`, and classes of the same file, count as well:
///
/// ```python
/// import contextlib
///
/// @contextlib.asynccontextmanager
/// async def connection(url):
///     yield url
///
/// class Span:
///     def __enter__(self): return self
///     def __exit__(self, *error): return None
///
/// async def run(url):
///     with connection(url) as c:  # expect: AW208
///         print(c)
///     async with Span():  # expect: AW208
///         print(url)
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// class Counter:
///     def __init__(self):
///         self.lock = asyncio.Lock()
///
///     async def add(self, n):
///         async with self.lock:
///             self.total += n
/// ```
///
/// ## Not reported
///
/// - Whatever is not surely known, and objects that can do both.
#include "finding/unawaited.h"

static Node manager_of(Node item)
{
    Node value = node_field(item, F_VALUE);
    return node_unparenthesized(node_kind(value) == PY_AS_PATTERN ? node_first(value) : value);
}

/* Whether all items of the statement are of the kind: then the statement itself can be mended. */
static bool are_all(Node clause, bool (*is_kind)(Node))
{
    for (Node item = node_first(clause); !node_is_null(item); item = node_next(item)) {
        if (node_kind(item) == PY_WITH_ITEM && !is_kind(manager_of(item)))
            return false;
    }
    return true;
}

static bool is_first(Node clause, Node manager)
{
    return node_same(manager_of(node_child_of(clause, PY_WITH_ITEM)), manager);
}

static void check_async_item(Pass *pass, Node statement, Node clause, Node manager)
{
    if (!is_sync_context_only(manager))
        return;
    Str text = unawaited_text(manager);
    Finding *f = report(pass, manager, "`%.*s` is entered with `with`, not `async with`", STR_ARG(text));
    label(pass, f, "has no `__aenter__`");
    bool is_all = are_all(clause, is_sync_context_only);
    if (is_all && !is_first(clause, manager))
        return; /* the first one says what to do */
    if (is_all)
        unawaited_drop_async(pass, f, statement, "enter it with `with`");
    else
        help(pass, f, "give it a `with` of its own");
}

static void check_sync_item(Pass *pass, Node statement, Node clause, Node manager)
{
    if (!is_async_context_only(manager))
        return;
    Str text = unawaited_text(manager);
    Finding *f = report(pass, manager, "`%.*s` needs `async with`", STR_ARG(text));
    label(pass, f, "has no `__enter__`");
    bool is_all = are_all(clause, is_async_context_only);
    if (is_all && !is_first(clause, manager))
        return; /* the first one says what to do */
    if (!unawaited_may_await(statement)) {
        help(pass, f, "enter it with `async with`, in an async function");
    } else if (is_all) {
        fix(pass, f, true, "enter it with `async with`");
        fix_replace(pass, f, node_begin(statement), node_begin(statement), "async ");
    } else {
        help(pass, f, "give it an `async with` of its own");
    }
}

static void check_with(Pass *pass, Node statement)
{
    if (unawaited_is_meant(pass, statement))
        return;
    bool is_async = node_has(statement, NODE_ASYNC);
    Node clause = node_child_of(statement, PY_WITH_CLAUSE);
    for (Node item = node_first(clause); !node_is_null(item); item = node_next(item)) {
        if (node_kind(item) != PY_WITH_ITEM)
            continue;
        if (is_async)
            check_async_item(pass, statement, clause, manager_of(item));
        else
            check_sync_item(pass, statement, clause, manager_of(item));
    }
}

RULE(async_with_mismatch) = {
    .code = "AW208",
    .name = "async-with-mismatch",
    .summary = "`with` on what needs `async with`, or `async with` on what needs `with`",
    .since = "0.1.0",
    .peers = "E1129 E1145 E1701 S7515",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .on = { { PY_WITH_STATEMENT, check_with } },
};
