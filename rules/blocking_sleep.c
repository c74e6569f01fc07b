/// # blocking-sleep
///
/// `time.sleep` stops its thread. In an `async def` that is the thread of the event loop: until the sleep is over no
/// other task runs, no request is answered, no timeout fires and nothing can be cancelled.
///
/// ```python
/// import asyncio
/// import time
///
/// async def poll(device):
///     while not await device.is_ready():
///         time.sleep(1)  # expect: AW101 "`time.sleep` blocks the event loop"
/// ```
///
/// Found under any name: `from time import sleep as nap`, `import time as t`, `wait = time.sleep`. A lambda that is called where
/// it stands and a generator that is consumed where it stands (`any(...)`, `for`) run in the function around them.
///
/// `time.sleep(0)` blocks for no time, but it does not let other tasks run either, which is what it is usually meant to do.
/// That is the case `zero`, shown as info.
///
/// ## Use instead
///
/// The sleep of the async library, which lets everything else run:
///
/// ```python
/// import asyncio
///
/// async def poll(device):
///     while not await device.is_ready():
///         await asyncio.sleep(1)
/// ```
///
/// With trio `await trio.sleep(1)`, with anyio `await anyio.sleep(1)`. The fix writes the one that the file imports. Where the
/// function has to stay as it is, run it beside the loop:
///
/// ```python
/// import asyncio
/// import time
///
/// def calibrate(sensor):
///     sensor.heat()
///     time.sleep(30)
///
/// async def start(sensor):
///     await asyncio.to_thread(calibrate, sensor)
///     await asyncio.to_thread(time.sleep, 1)
///     await asyncio.to_thread(lambda: time.sleep(1))
/// ```
///
/// ## Not reported
///
/// - `time.sleep` in a `def`, also in one that stands inside of an `async def`: it may run in a thread.
/// - `time.sleep` that is passed and not called, and lambdas and generators that somebody else runs later.
/// - Names that may be something else: parameters, names that are bound twice, names that another `import *` may have brought.
/// - Code that never runs, such as under `if TYPE_CHECKING:`, or behind a `return`.
#include "facts/spelling.h"
#include "finding/blocking.h"
#include "rule.h"

/* Whether the one argument is a literal zero, so that the call is meant to yield and not to wait. */
static bool is_zero(Node arguments)
{
    Node value = node_first(arguments);
    Str text = node_text(value);
    bool is_number = node_kind(value) == PY_INTEGER || node_kind(value) == PY_FLOAT;
    return is_number && node_count(arguments) == 1 && (str_is(text, "0") || str_is(text, "0.0"));
}

/* The arguments as they may be shown in a line of help. */
static Str short_arguments(Node arguments)
{
    enum { LONGEST = 40 };
    Str text = node_text(arguments);
    return text.n > LONGEST || str_find(text, '\n') < text.n ? STR("(...)") : text;
}

/* The fix: the statement `time.sleep(x)`, or `await time.sleep(x)`, becomes an await of the sleep that the file imports. */
static bool offer_fix(Pass *pass, Finding *f, Node call, Str sleep)
{
    Node parent = node_parent(call);
    bool is_awaited = node_kind(parent) == PY_AWAIT;
    Node whole = is_awaited ? parent : call;
    Node callee = node_field(call, F_FUNCTION);
    bool is_statement = node_kind(node_parent(whole)) == PY_EXPRESSION_STATEMENT;
    if (!sleep.n || !is_statement || node_kind(node_field(call, F_ARGUMENTS)) != PY_ARGUMENT_LIST)
        return false;
    Str title = pass_printf(pass, "sleep without blocking: `await %.*s`", STR_ARG(sleep));
    fix(pass, f, true, title.p);
    fix_replace(pass, f, node_begin(callee), node_end(callee), "%s%.*s", is_awaited ? "" : "await ", STR_ARG(sleep));
    return true;
}

static void offer_help(Pass *pass, Finding *f, Node call, AsyncLibrary library, Str sleep)
{
    Str arguments = short_arguments(node_field(call, F_ARGUMENTS));
    if (sleep.n)
        help(pass, f, "await %.*s%.*s", STR_ARG(sleep), STR_ARG(arguments));
    else if (library == LIBRARY_SEVERAL)
        help(pass, f, "`await asyncio.sleep%.*s` on asyncio, `await trio.sleep%.*s` on trio", STR_ARG(arguments),
            STR_ARG(arguments));
    else
        help(pass, f, "await %s.sleep%.*s", library_name(library), STR_ARG(arguments));
}

/* What the carets say; under another name than its own, which name that is. */
static void label_call(Pass *pass, Finding *f, const Api *api, Node call, bool yields)
{
    Str callee = callee_in_words(pass, call, api_shown(api));
    const char *effect = yields ? "returns at once, to the same task" : "no other task runs until it is over";
    if (!str_is(callee, api_shown(api)))
        label(pass, f, "`%.*s` is %s: %s", STR_ARG(callee), api_shown(api), effect);
    else
        label(pass, f, "%s", effect);
}

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_SLEEP, &b))
        return;

    /* Others, such as signal.pause, wait for something else than time. */
    bool is_sleep = str_is(api_last(b.api), "sleep");
    bool yields = is_sleep && is_zero(node_field(call, F_ARGUMENTS));
    Finding *f = report(
        pass, call, yields ? "`%s(0)` does not let other tasks run" : "`%s` blocks the event loop", api_shown(b.api));
    label_call(pass, f, b.api, call, yields);
    also_function(pass, f, b.function, "runs on the event loop");
    if (yields)
        as_case(pass, f, "zero");
    if (!is_sleep) {
        help_thread(pass, f, &b, FIX_NONE);
        return;
    }

    AsyncLibrary library = module_library(call.module);
    Str sleep = library == LIBRARY_SEVERAL ? STR("") : spelling_at(call, library_name(library), "sleep");
    if (!offer_fix(pass, f, call, sleep))
        offer_help(pass, f, call, library, sleep);
}

RULE(blocking_sleep) = {
    .code = "AW101",
    .name = "blocking-sleep",
    .summary = "sleep stops the event loop and every task on it",
    .since = "0.1.0",
    .peers = "ASYNC251 S7488 CH001 V001",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .cases = { { "zero", TIER_ON, SEVERITY_INFO } },
    .on = { { PY_CALL, check_call } },
};
