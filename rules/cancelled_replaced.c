/// # cancelled-replaced
///
/// A handler that catches a cancellation and leaves by `return`, `continue`, `break` or another exception puts
/// something else in its place. The caller takes the value for a result, and goes on although it was cancelled.
///
/// ```python
/// import asyncio
///
/// async def fetch(client, url):
///     try:
///         return await client.get(url)
///     except asyncio.CancelledError:
///         return None  # expect: AW402
///
/// async def drain(queue):
///     while True:
///         try:
///             await queue.get()
///         except asyncio.CancelledError:
///             continue  # expect: AW402 "cannot be cancelled"
/// ```
///
/// The case `loops` is a loop that cannot be cancelled at all: it has no other suspension point and no way out. Strict
/// are `translated`, another exception in its place, which `asyncio.timeout` and `TaskGroup` do not take for a
/// cancellation, and `maybe`: a condition decides whether the function goes on, something is only closed, or only
/// tasks and futures are awaited, which somebody else may have cancelled. `at-end`, shown with `--select all`, is a
/// plain `return` or a `break` behind which the function ends.
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def fetch(client, url):
///     try:
///         return await client.get(url)
///     except asyncio.CancelledError:
///         client.forget(url)
///         raise
/// ```
///
/// ## Not reported
///
/// - What AW401 leaves alone: waiting for tasks that the file cancels itself, handlers that raise on some path, keep the
///   exception or ask `task.cancelling()`.
/// - A value of a task which the file has cancelled itself and awaits: `task.cancel()`, then `await task`; also of many
///   tasks, and of those that a helper of the file makes of the coroutine.
#include "finding/cancelled.h"
#include "finding/pass.h"

/* A bare `return` ends a task, as it may; a value is taken for a result. */
static bool returns_value(Node jump)
{
    Node value = node_first(jump);
    return node_kind(jump) == PY_RETURN_STATEMENT && value.id;
}

static const char *case_of(const Cancellation *c)
{
    if (c->end == CANCEL_RERAISED_AS)
        return "translated";
    if (c->end == CANCEL_RETURNED ? !returns_value(c->jump) : c->next == CANCEL_THEN_ENDS)
        return "at-end";
    if (c->is_about_objects || c->is_interrupt || c->is_clean_up ||
        (c->next == CANCEL_THEN_MAYBE && c->end != CANCEL_RETURNED))
        return "maybe";
    return c->next == CANCEL_THEN_LOOPS ? "loops" : NULL;
}

static const char *message_of(const Cancellation *c)
{
    switch (c->end) {
    case CANCEL_CONTINUED:
        return c->next == CANCEL_THEN_LOOPS ? "the loop cannot be cancelled: `continue` swallows it"
                                            : "`continue` swallows the cancellation";
    case CANCEL_BROKEN:
        return "`break` swallows the cancellation";
    case CANCEL_RERAISED_AS:
        return "the cancellation is replaced by another exception";
    default:
        return returns_value(c->jump) ? "the cancellation is replaced by a return value"
                                      : "`return` swallows the cancellation";
    }
}

static bool is_replaced(const Cancellation *c)
{
    return c->end == CANCEL_CONTINUED || c->end == CANCEL_BROKEN || c->end == CANCEL_RETURNED ||
           c->end == CANCEL_RERAISED_AS;
}

static void report_one(Pass *pass, const Cancellation *c)
{
    Finding *f = report(pass, c->jump, "%s", message_of(c));
    label(pass, f, "leaves the handler");
    Node class_ = node_field(c->catcher, F_VALUE);
    if (class_.id)
        also(pass, f, class_, "catches the cancellation");
    also(pass, f, c->await, "may be cancelled here");
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
        if (is_replaced(c) && !c->is_reap && !c->is_test && !c->is_asked_for)
            report_one(pass, c);
    }
}

RULE(cancelled_replaced) = {
    .code = "AW402",
    .name = "cancelled-replaced",
    .summary = "cancellation is caught, and something else put in its place",
    .since = "0.1.0",
    .peers = "ASYNC104 S7497 TRIO104",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "loops", TIER_ON, SEVERITY_ERROR }, { "maybe", TIER_STRICT, SEVERITY_INFO },
        { "translated", TIER_STRICT, SEVERITY_INFO }, { "at-end", TIER_HINT, SEVERITY_INFO } },
    .on = { { PY_MODULE, check_module } },
};
