/// # run-in-running-loop-transitive
///
/// A sync helper that runs a loop of its own, by `asyncio.run` or `loop.run_until_complete`, works as long as sync code calls it.
/// Called from an `async def` it finds a loop running in its thread, and raises RuntimeError. The helper looks harmless, and so does
/// its caller; the finding shows the way from one to the other.
///
/// ```python
/// import asyncio
///
/// async def fetch(name): ...
///
/// def load(name):
///     return asyncio.run(fetch(name))
///
/// def load_all(names):
///     return [load(name) for name in names]
///
/// async def show(names):
///     print(load_all(names))  # expect: AW705 "reaches `asyncio.run` through 2 calls"
/// ```
///
/// Followed are functions and methods of the project, as for AW117. `asyncio.run` right in a coroutine is AW704.
///
/// A helper that runs the loop under a condition, in a handler, or in a `try` that expects a RuntimeError, or that is called like that on the
/// way, is the case `conditional`, seen with `--select all` only: many of them have looked whether a loop is running, in their own way.
///
/// ## Use instead
///
/// An async form of the helper, which its sync one runs; or the helper in a thread, where no loop runs:
///
/// ```python
/// import asyncio
///
/// async def fetch(name): ...
///
/// async def load_async(name):
///     return await fetch(name)
///
/// def load(name):
///     return asyncio.run(load_async(name))
///
/// async def show(name):
///     print(await load_async(name))
///     print(await asyncio.to_thread(load, name))
/// ```
///
/// ## Not reported
///
/// - Helpers that ask whether a loop is running: `get_running_loop()` in a `try`, `loop.is_running()`.
/// - Helpers that are passed and not called, and those that run the loop in another thread.
/// - Code that expects the error: in a `try` with `except RuntimeError`, in `pytest.raises`.
/// - Files that use `nest_asyncio`, or a library that applies it, also in files and packages on the way.
#include "facts/frames.h"
#include "finding/blocking.h"
#include "finding/nested_loops.h"
#include "finding/paths.h"
#include "finding/quick.h"
#include "program/basis.h"

/* Whether the helper gets to the loop each time that it is called. Who runs a loop in one case only has often looked what case it is,
 * in ways that nobody else can follow. */
static bool always_happens(Program *program, const Path *path)
{
    for (uint32_t i = 1; i < path->count; i++) {
        CallSite site = site_of_step(program, &path->steps[i]);
        if (!site.call || (site.call->flags & CALL_CONDITIONAL))
            return false;
    }
    return true;
}

static void report_path(Pass *pass, Node call, const Function *function, const Path *path)
{
    Program *program = ask_program(call);
    unsigned calls = (unsigned)path->count - 1;
    Str helper = function_name(program, path->steps[0].next), leaf = path_leaf_name(pass, program, path);
    Str through = calls == 1 ? pass_printf(pass, "`%.*s`", STR_ARG(helper)) : pass_printf(pass, "%u calls", calls);
    Finding *f = report(pass, call, "`%.*s` runs a loop in a running one: reaches `%.*s` through %.*s",
        STR_ARG(function->qualname), STR_ARG(leaf), STR_ARG(through));
    label(pass, f, "raises RuntimeError");
    also_function(pass, f, function, "runs on the event loop");
    tell_path(pass, f, program, path);
    if (!always_happens(program, path))
        as_case(pass, f, "conditional");
    Str callee = callee_in_words(pass, call, "");
    if (callee.n)
        help(pass, f, "give `%.*s` an async form and await that, or run it in a thread: `await %s(%.*s, ...)`",
            STR_ARG(callee), thread_call(pass, call), STR_ARG(callee));
    else
        help(pass, f, "give the helper an async form, and await that");
}

static bool nests_loops(Program *program, uint32_t file)
{
    const Summary *summary = program_load(program, file);
    if (program->lent)
        rests_on_text(program, program->lent->path(program->lent->context, file));
    return summary && summary_nests_loops(summary);
}

/* Whether a file, or a package that it is in, makes loops run inside of others. */
static bool file_nests_loops(Program *program, uint32_t file)
{
    if (nests_loops(program, file))
        return true;
    const Files *files = program->lent;
    Str name = files ? files->name(files->context, file) : STR("");
    for (uint32_t dot = str_find_last(name, '.'); dot < name.n; dot = str_find_last(name, '.')) {
        name = str_slice(name, 0, dot);
        rests_on_module(program, file, name);
        uint32_t package = files->find(files->context, file, name);
        if (package != NO_FILE && nests_loops(program, package))
            return true;
    }
    return false;
}

static bool is_nested_on_path(Program *program, const Path *path)
{
    for (uint32_t i = 1; i < path->count; i++) {
        if (file_nests_loops(program, path->steps[i].function.file))
            return true;
    }
    return false;
}

static void check_call(Pass *pass, Node call)
{
    Path path;
    const Function *function = frame_on_loop(call);
    if (!function || !call_reaches_loop_run(call, &path) || !blocking_is_reached(pass, call) ||
        loop_error_is_expected(call) || loops_are_nested(call.module) || is_nested_on_path(ask_program(call), &path))
        return;
    report_path(pass, call, function, &path);
}

RULE(run_in_running_loop_transitive) = {
    .code = "AW705",
    .name = "run-in-running-loop-transitive",
    .summary = "sync helper runs a loop, and is called where one is running: RuntimeError",
    .since = "0.1.0",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .cases = { { "conditional", TIER_HINT, SEVERITY_WARNING } },
    .on = { { PY_CALL, check_call } },
};
