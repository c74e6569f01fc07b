/// # swallowed-cancelled
///
/// A task is cancelled by an exception: `CancelledError` is raised once, at the `await` where the task stands. A
/// handler that catches it and does not raise it again makes the cancellation vanish: the task goes on, and whoever
/// waits for its end (`asyncio.timeout`, `TaskGroup`, `asyncio.run` at shutdown) waits in vain.
///
/// ```python
/// import asyncio
///
/// async def poll(device):
///     while True:
///         try:
///             await device.read()
///         except asyncio.CancelledError:  # expect: AW401 "cannot be cancelled"
///             print("cancelled")
/// ```
///
/// A bare `except:`, `except BaseException:` and `contextlib.suppress(asyncio.CancelledError)` catch it as well:
///
/// ```python
/// import asyncio
/// import contextlib
///
/// async def save(store, order):
///     try:
///         await store.write(order)
///     except:  # expect: AW401
///         print("not written")
///     await store.count()
///
/// async def warm_up(cache):
///     with contextlib.suppress(BaseException):  # expect: AW401
///         await cache.load()
///     await cache.serve()
/// ```
///
/// The case `loops` is a loop that cannot be cancelled at all: it has no other suspension point and no way out. Strict
/// are `maybe`, where a condition decides whether the function goes on, something is only closed, or the program is
/// about to end (`KeyboardInterrupt` is caught too), and `of-task`, where only tasks and futures are awaited, which
/// somebody else may have cancelled. `at-end`, shown with `--select all`, is a handler behind which the function ends,
/// as a task may that is cancelled.
///
/// ## Use instead
///
/// Clean up, then raise it again; or catch less.
///
/// ```python
/// import asyncio
///
/// async def poll(device):
///     while True:
///         try:
///             await device.read()
///         except asyncio.CancelledError:
///             device.close()
///             raise
///         except OSError:
///             print("no answer")
/// ```
///
/// ## Not reported
///
/// - Waiting for what the file itself cancels: `task.cancel()`, then `await task` with the error suppressed; also for
///   many tasks, for `self._task` that another method cancels, and through helpers that have "cancel" in their names.
/// - Handlers that raise on some path, keep the exception (`future.set_exception(error)`), or ask `task.cancelling()`.
/// - What stands in a handler of `CancelledError` that ends with `raise`: the cancellation is only put off.
/// - Tests that cause the cancellation which they catch by its name.
/// - `try` bodies without a suspension point, and an `except` behind one that has caught it already.
/// - `except Exception`, which does not catch it since Python 3.8.
/// - Handlers that leave by `return`, `continue`, `break` or with another exception: see AW402.
#include "finding/cancelled.h"
#include "finding/pass.h"

/* The `except` line without its suite, or the item of a `with`. */
static Str what_catches(Pass *pass, const Cancellation *c)
{
    enum { LONGEST = 60 };
    if (node_kind(c->catcher) == PY_WITH_ITEM) {
        Str text = node_text(c->catcher);
        return text.n <= LONGEST && str_find(text, '\n') == text.n ? text : STR("suppress(...)");
    }
    Node value = node_field(c->catcher, F_VALUE);
    Node class_ = node_kind(value) == PY_AS_PATTERN ? node_first(value) : value;
    Str text = node_text(class_);
    if (!value.id)
        return STR("except:");
    if (text.n > LONGEST || str_find(text, '\n') < text.n)
        return STR("except");
    return pass_printf(pass, "except %.*s", STR_ARG(text));
}

static const char *case_of(const Cancellation *c)
{
    if (c->next == CANCEL_THEN_ENDS)
        return "at-end";
    if (c->is_about_objects)
        return "of-task";
    if (c->next == CANCEL_THEN_LOOPS)
        return "loops";
    return c->next == CANCEL_THEN_MAYBE || c->is_interrupt || c->is_clean_up ? "maybe" : NULL;
}

static void report_one(Pass *pass, const Cancellation *c)
{
    Str catches = what_catches(pass, c);
    bool loops = c->next == CANCEL_THEN_LOOPS;
    Node place = node_kind(c->catcher) == PY_WITH_ITEM ? c->catcher : node_field(c->catcher, F_VALUE);
    Finding *f = report(pass, place.id ? place : c->catcher,
        loops ? "the loop cannot be cancelled: `%.*s` swallows it" : "`%.*s` swallows cancellation",
        STR_ARG(catches));
    label(pass, f, "catches the cancellation and does not raise it again");
    also(pass, f, c->await, "may be cancelled here");
    if (c->waits.id && !node_same(c->waits, c->await))
        also(pass, f, c->waits, "and goes on to wait here");
    cancelled_fix(pass, f, c);
    const char *case_ = case_of(c);
    if (case_)
        as_case(pass, f, case_);
}

static void check_module(Pass *pass, Node module)
{
    (void)module;
    Cancellations found = cancellations_of(pass->module, pass->target_minor);
    for (uint32_t i = 0; i < found.items.count; i++) {
        const Cancellation *c = &found.items.items[i];
        if (c->end == CANCEL_DROPPED && !c->is_reap && !c->is_test)
            report_one(pass, c);
    }
}

RULE(swallowed_cancelled) = {
    .code = "AW401",
    .name = "swallowed-cancelled",
    .summary = "cancellation is caught, and the function goes on",
    .since = "0.1.0",
    .peers = "ASYNC103 S7497 V017 CH020 B036 E722 W0718 TRIO103",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "loops", TIER_ON, SEVERITY_ERROR }, { "maybe", TIER_STRICT, SEVERITY_INFO },
        { "of-task", TIER_STRICT, SEVERITY_INFO }, { "at-end", TIER_HINT, SEVERITY_INFO } },
    .on = { { PY_MODULE, check_module } },
};
