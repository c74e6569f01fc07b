/// # await-holding-thread-lock
///
/// An `await` inside `with lock:` suspends the task with the lock held. The next task that takes the lock stops the thread of
/// the event loop, and with it the only task that could release it: the program hangs, for ever, and only when two requests meet.
/// With an `RLock` the next task walks in, because it runs in the same thread: then the lock protects nothing.
///
/// ```python
/// import threading
///
/// class Cache:
///     def __init__(self, backend):
///         self.lock = threading.Lock()
///         self.backend = backend
///         self.values = {}
///
///     async def get(self, key):
///         with self.lock:  # expect: AW120 "`self.lock` is held across an await"
///             if key not in self.values:
///                 self.values[key] = await self.backend.load(key)
///             return self.values[key]
/// ```
///
/// ## Use instead
///
/// Between tasks, a lock of the loop: waiting for it lets the holder run.
///
/// ```python
/// import asyncio
///
/// class Cache:
///     def __init__(self, backend):
///         self.lock = asyncio.Lock()
///         self.backend = backend
///         self.values = {}
///
///     async def get(self, key):
///         async with self.lock:
///             if key not in self.values:
///                 self.values[key] = await self.backend.load(key)
///             return self.values[key]
/// ```
///
/// Where threads take the lock as well, hold it only around lines without an await:
///
/// ```python
/// import threading
///
/// class Cache:
///     def __init__(self, backend):
///         self.lock = threading.Lock()
///         self.backend = backend
///         self.values = {}
///
///     async def refresh(self, key):
///         value = await self.backend.load(key)
///         with self.lock:
///             self.values[key] = value
/// ```
///
/// ## Not reported
///
/// - A block that releases the lock before it awaits: `lock.release()`.
/// - A lock that is taken by `lock.acquire()` and not by `with`.
/// - Awaits in functions and lambdas that are only defined in the block.
/// - Objects that are not surely a lock of `threading` or `multiprocessing`.
#include "facts/frames.h"
#include "facts/locks.h"
#include "finding/blocking.h"
#include "rule.h"

static void check_item(Pass *pass, Node item)
{
    if (node_has(node_parent(node_parent(item)), NODE_ASYNC))
        return;
    Node await = await_while_held(item), lock = with_value(item);
    Function *function = node_is_null(await) ? NULL : frame_on_loop(lock);
    const Api *api = function ? instance_api(lock) : NULL;
    if (!api || api->role != ROLE_THREAD_LOCK || node_is_dead(item))
        return;

    Str name = callee_in_words(pass, lock, api_shown(api));
    bool is_reentrant = str_is(api_last(api), "RLock");
    Finding *f = report(pass, lock, "`%.*s` is held across an await", STR_ARG(name));
    label(pass, f, "%s",
        is_reentrant ? "other tasks run in the same thread and get it too: it protects nothing"
                     : "the next task that takes it stops the loop, and nobody can release it");
    also(pass, f, await, "suspended here, with the lock held");
    also_function(pass, f, function, "runs on the event loop");
    help(pass, f, "use `asyncio.Lock` with `async with`, or leave the `with` before the await");
}

RULE(await_holding_thread_lock) = {
    .code = "AW120",
    .name = "await-holding-thread-lock",
    .summary = "lock of threads is held across an await: a deadlock",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .on = { { PY_WITH_ITEM, check_item } },
};
