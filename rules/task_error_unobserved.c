/// # task-error-unobserved
///
/// A task keeps its exception to itself until somebody asks. One that is kept in an attribute or a set and that nobody ever awaits
/// fails in silence: Python writes `Task exception was never retrieved` when the object goes away, which may be at the end of the
/// program, and what the task was to do is not done. A callback that only takes the task out of the set does not look.
///
/// ```python
/// import asyncio
///
/// class Feed:
///     def __init__(self):
///         self._tasks = set()
///
///     async def poll(self):
///         await self.source.read()
///
///     def start(self):
///         task = asyncio.create_task(self.poll())  # expect: AW305 "nobody asks `self._tasks` how its task ended"
///         self._tasks.add(task)
///         task.add_done_callback(self._tasks.discard)
///
///     def stop(self):
///         for task in self._tasks:
///             task.cancel()
/// ```
///
/// ## Use instead
///
/// A callback that looks at the exception, or an `await` when the object is closed:
///
/// ```python
/// import asyncio
/// import logging
///
/// class Feed:
///     def __init__(self):
///         self._tasks = set()
///
///     async def poll(self):
///         await self.source.read()
///
///     def start(self):
///         task = asyncio.create_task(self.poll())
///         self._tasks.add(task)
///         task.add_done_callback(self._done)
///
///     def _done(self, task):
///         self._tasks.discard(task)
///         if not task.cancelled() and task.exception():
///             logging.error("polling failed", exc_info=task.exception())
/// ```
///
/// ## Not reported
///
/// - What is kept, when the file awaits, gathers, returns or hands on what holds it, in any place.
/// - Coroutine functions that handle all their exceptions themselves, and those of other files, which nobody looked into here.
/// - What others hold as well: `self.tasks = server.tasks`.
/// - Attributes without an underscore in front are reported with less confidence: other files may ask.
#include "facts/handled.h"
#include "finding/observed.h"
#include "finding/spawned.h"
#include "finding/unawaited.h"

/* Whether it awaits what it is given: then it is not known what that may raise. */
static bool awaits_parameter(const Function *function, const Module *module)
{
    Node top = node_at(module, function->node);
    for (uint32_t id = top.id + 1; id < node_data(top)->after; id++) {
        Node n = node_at(module, id), value = node_unparenthesized(node_first(n));
        if (node_kind(n) != PY_AWAIT || node_kind(value) != PY_IDENTIFIER)
            continue;
        const Binding *binding = scope_resolve(node_scope(value), module, node_data(value)->name);
        if (binding && binding->scope == function->scope && binding->sites.items[0].kind == SITE_PARAMETER)
            return true;
    }
    return false;
}

/* The async def of this file whose exceptions are at stake; NULL when it is another one, or sees to them. */
static const Function *function_at_stake(Node call)
{
    CoroutineCall made;
    Node first = node_first(node_field(call, F_ARGUMENTS));
    if (node_kind(first) == PY_KEYWORD_ARGUMENT)
        first = node_field(first, F_VALUE);
    if (!is_coroutine(first, &made) || !made.function || !made.is_sure ||
        unawaited_is_abstract(node_field(first, F_FUNCTION)))
        return NULL;
    bool is_safe =
        handles_exceptions(node_at(call.module, made.function->node)) || awaits_parameter(made.function, call.module);
    return is_safe ? NULL : made.function;
}

static bool is_private(Node keeper)
{
    Node name = node_kind(keeper) == PY_ATTRIBUTE ? node_field(keeper, F_ATTRIBUTE) : keeper;
    return str_starts(node_text(name), STR("_"));
}

static void check_call(Pass *pass, Node call)
{
    Spawned spawned;
    Kept kept;
    if (!spawned_by(call, &spawned) || !task_is_kept(call, &kept))
        return;
    const Function *function = function_at_stake(call);
    for (uint32_t i = 0; i < kept.count; i++) {
        if (!function || keeper_is_observed(kept.keepers[i]))
            return;
    }
    Node keeper = kept.keepers[0];
    Str text = unawaited_text(keeper);
    Finding *f = report(pass, call, "nobody asks `%.*s` how its task ended, so an exception is lost", STR_ARG(text));
    label(pass, f, "fails in silence");
    also_function(pass, f, function, "may raise");
    if (!spawned.is_sure || !is_private(keeper))
        unsure(pass, f);
    help(pass, f, "give it a callback that looks at `task.exception()`, or await it when it is no longer wanted");
}

RULE(task_error_unobserved) = {
    .code = "AW305",
    .name = "task-error-unobserved",
    .summary = "task is kept and never awaited: its exception is lost",
    .since = "0.1.0",
    .tier = TIER_HINT,
    .severity = SEVERITY_WARNING,
    .on = { { PY_CALL, check_call } },
};
