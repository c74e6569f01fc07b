/// # blocking-future-result
///
/// `Future.result()` of `concurrent.futures` waits in its thread until the work is done, and so do `Thread.join()`, `Process.join()`
/// and the end of `with ThreadPoolExecutor()`. On the event loop every other task waits with them, and the thread that was to
/// keep the loop free has done nothing for it.
///
/// ```python
/// from concurrent.futures import ThreadPoolExecutor
///
/// pool = ThreadPoolExecutor()
///
/// async def thumbnail(image):
///     future = pool.submit(image.resize, (64, 64))
///     return future.result()  # expect: AW121 "`concurrent.futures.Future.result` blocks the event loop"
/// ```
///
/// Worst is to wait on the loop for something that the loop has to do. This never returns:
///
/// ```python
/// import asyncio
///
/// async def load(key): ...
///
/// async def handle(key):
///     loop = asyncio.get_running_loop()
///     return asyncio.run_coroutine_threadsafe(load(key), loop).result()  # expect: AW121
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
/// from concurrent.futures import ThreadPoolExecutor
///
/// pool = ThreadPoolExecutor()
///
/// async def thumbnail(image):
///     loop = asyncio.get_running_loop()
///     return await loop.run_in_executor(pool, image.resize, (64, 64))
///
/// async def wait_for_it(future):
///     return await asyncio.wrap_future(future)
/// ```
///
/// A coroutine is awaited, or started with `asyncio.create_task`. A thread that has to end: `await asyncio.to_thread(thread.join)`.
///
/// ## Cases
///
/// `deadlock` (error): the loop waits for a coroutine that is to run on a loop. `with-executor` (only with `--select strict`): a
/// `with` over a pool in which something is awaited, so that little may be left to wait for at its end. `short` (strict): what
/// mostly ends at once.
///
/// ## Not reported
///
/// - Futures and tasks of `asyncio`, whose `result()` never waits.
/// - Futures of which the function has asked `done()`, that come out of `as_completed` or `wait`, or that a callback is given.
/// - `result(timeout=0)`, `join(timeout=0)`, `shutdown(wait=False)`.
/// - A `with` over a pool that is only used by `await loop.run_in_executor(pool, ...)`.
#include "facts/frames.h"
#include "facts/locks.h"
#include "finding/blocking.h"
#include "rule.h"

/* The call whose result a future is, when it is written there or assigned to the name once. */
static Node call_behind(Node future)
{
    Node n = node_unparenthesized(future);
    if (node_kind(n) != PY_IDENTIFIER)
        return n;
    const Binding *binding = scope_resolve(node_scope(n), n.module, node_data(n)->name);
    bool is_once = binding && binding->sites.count == 1;
    return node_at(n.module, is_once ? binding->sites.items[0].value : 0);
}

static bool is_of_coroutine(Node call)
{
    Node made = call_behind(node_field(node_field(call, F_FUNCTION), F_OBJECT));
    const Api *api = node_kind(made) == PY_CALL ? api_of_call(made) : NULL;
    return api && str_is(api_last(api), "run_coroutine_threadsafe");
}

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_FUTURE_RESULT, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    if (is_of_coroutine(call)) {
        as_case(pass, f, "deadlock");
        label(pass, f, "never returns when it is this loop that has to run the coroutine");
        help(pass, f, "await the coroutine, or `await asyncio.wrap_future(...)` when it runs on another loop");
        return;
    }
    help_instead(pass, f, &b);
    if (!str_is(api_owner(b.api), "concurrent.futures.Future"))
        help_thread(pass, f, &b, FIX_UNSAFE);
}

/* What the body of a `with` does with its pool. */
typedef struct PoolUse {
    bool has_submit; /* pool.submit, pool.map */
    bool has_other;  /* the pool is passed on: run_in_executor(pool, ...) */
    bool has_await;
    bool waits; /* result(), wait(), as_completed(): findings, or waits, of their own */
} PoolUse;

static void note_call(Node call, Str pool, PoolUse *use)
{
    Node callee = node_field(call, F_FUNCTION);
    Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    bool is_own = str_equal(node_text(node_field(callee, F_OBJECT)), pool);
    use->has_submit = use->has_submit || (is_own && (str_is(name, "submit") || str_is(name, "map")));
    use->waits = use->waits || str_is(name, "result") || str_is(name, "wait") || str_is(name, "as_completed") ||
                 (is_own && str_is(name, "shutdown"));
}

static PoolUse pool_use(Node item, Str pool)
{
    PoolUse use = { 0 };
    Node statement = node_parent(node_parent(item));
    for (uint32_t id = node_data(item)->after; id < node_data(statement)->after; id++) {
        Node n = node_at(item.module, id);
        if (node_kind(n) == PY_CALL)
            note_call(n, pool, &use);
        use.has_await = use.has_await || node_kind(n) == PY_AWAIT || node_has(n, NODE_ASYNC);
        PyKind parent = node_kind(node_parent(n));
        if ((parent == PY_ARGUMENT_LIST || parent == PY_KEYWORD_ARGUMENT) && str_equal(node_text(n), pool))
            use.has_other = true;
    }
    return use;
}

/* `with ThreadPoolExecutor() as pool:`: leaving it joins the threads. */
static void check_item(Pass *pass, Node item)
{
    Node value = with_value(item), target = with_target(item);
    if (node_has(node_parent(node_parent(item)), NODE_ASYNC))
        return;
    Function *function = frame_on_loop(value);
    const Api *api = function ? instance_api(value) : NULL;
    if (!api || api->role != ROLE_EXECUTOR || node_is_dead(value))
        return;
    PoolUse use = pool_use(item, node_text(node_is_null(target) ? value : target));
    if (use.waits || (!use.has_submit && (!use.has_other || use.has_await)))
        return;

    Finding *f = report(pass, value, "leaving `with %s` blocks the event loop", api_shown(api));
    label(pass, f, "waits at the end of the block for all that was submitted");
    also_function(pass, f, function, "runs on the event loop");
    if (use.has_await)
        as_case(pass, f, "with-executor");
    help(pass, f, "keep one pool for the program and use `await loop.run_in_executor(pool, ...)`");
}

RULE(blocking_future_result) = {
    .code = "AW121",
    .name = "blocking-future-result",
    .summary = "event loop waits for a thread, a pool or a future of threads",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = {
        { "deadlock", TIER_ON, SEVERITY_ERROR },
        { "with-executor", TIER_STRICT, SEVERITY_INFO },
        { "short", TIER_STRICT, SEVERITY_WARNING },
    },
    .on = { { PY_CALL, check_call }, { PY_WITH_ITEM, check_item } },
};
