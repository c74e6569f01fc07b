/// # blocking-thread-primitive
///
/// Locks, events and queues of `threading`, `queue` and `multiprocessing` stop their thread until another one moves. In an
/// `async def` that is the thread of the event loop. When what it waits for is done by a task of the same loop, nobody will
/// ever do it: the program hangs.
///
/// ```python
/// import queue
/// import threading
///
/// class Worker:
///     def __init__(self):
///         self.jobs = queue.Queue()
///         self.ready = threading.Event()
///
///     async def run(self):
///         self.ready.wait()  # expect: AW119 "`threading.Event.wait` blocks the event loop"
///         while True:
///             await self.handle(self.jobs.get())  # expect: AW119 "`queue.Queue.get` blocks"
///
///     async def handle(self, job): ...
/// ```
///
/// ## Use instead
///
/// Between tasks of one loop, what `asyncio` has of the same names:
///
/// ```python
/// import asyncio
///
/// class Worker:
///     def __init__(self):
///         self.jobs = asyncio.Queue()
///         self.ready = asyncio.Event()
///
///     async def run(self):
///         await self.ready.wait()
///         while True:
///             await self.handle(await self.jobs.get())
///
///     async def handle(self, job): ...
/// ```
///
/// Between threads and the loop, let a thread wait, or let the other thread tell the loop:
///
/// ```python
/// import asyncio
/// import queue
///
/// async def next_job(jobs: queue.Queue):
///     return await asyncio.to_thread(jobs.get)
///
/// def announce(loop: asyncio.AbstractEventLoop, ready: asyncio.Event):
///     loop.call_soon_threadsafe(ready.set)
/// ```
///
/// ## Not reported
///
/// - What does not wait: `get_nowait()`, `get(block=False)`, `acquire(blocking=False)`, `wait(timeout=0)`.
/// - `get` from a queue that the function has asked whether it is `empty()`.
/// - `put` into a queue that is not made with a bound in this file: it never waits.
/// - `with lock:` around a few lines without an await is the case `with-lock`, only with `--select strict`: it is right as long as
///   every holder is quick. With an await inside it is AW120.
/// - `join` of threads and processes, results of futures: AW121.
#include "facts/frames.h"
#include "facts/locks.h"
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_THREAD_PRIMITIVE, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_instead(pass, f, &b);
    /* A lock belongs to the thread that has taken it. */
    if (!str_is(api_last(b.api), "acquire"))
        help_thread(pass, f, &b, FIX_UNSAFE);
}

/* `with lock:` without an await. */
static bool report_short_lock(Pass *pass, Node item)
{
    Node value = with_value(item);
    Function *function = frame_on_loop(value);
    const Api *api = function ? instance_api(value) : NULL;
    if (!api || api->role != ROLE_THREAD_LOCK)
        return false;
    if (node_is_dead(value) || !node_is_null(await_while_held(item)))
        return true;
    Str name = callee_in_words(pass, value, api_shown(api));
    Finding *f =
        report(pass, value, "`with %.*s` blocks the event loop while another thread holds the lock", STR_ARG(name));
    as_case(pass, f, "with-lock");
    label(pass, f, "a %s: right as long as all who hold it are quick", api_shown(api));
    also_function(pass, f, function, "runs on the event loop");
    return true;
}

static void check_item(Pass *pass, Node item)
{
    Blocking b;
    if (node_has(node_parent(node_parent(item)), NODE_ASYNC) || report_short_lock(pass, item) ||
        !enter_blocks_loop(pass, item, FAMILY_THREAD_PRIMITIVE, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_instead(pass, f, &b);
}

RULE(blocking_thread_primitive) = {
    .code = "AW119",
    .name = "blocking-thread-primitive",
    .summary = "event loop waits for another thread",
    .since = "0.1.0",
    .peers = "V004",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "short", TIER_STRICT, SEVERITY_WARNING }, { "with-lock", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_CALL, check_call }, { PY_WITH_ITEM, check_item } },
};
