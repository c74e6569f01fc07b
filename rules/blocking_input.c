/// # blocking-input
///
/// `input()` waits for a person. Until the line is typed the event loop stands still: no heartbeat is sent, no timeout fires,
/// and a server on the same loop answers nobody.
///
/// ```python
/// import asyncio
///
/// async def confirm(question):
///     return input(question + " [y/n] ") == "y"  # expect: AW111 "`input` blocks the event loop"
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def confirm(question):
///     return await asyncio.to_thread(input, question + " [y/n] ") == "y"
/// ```
///
/// A task that waits like this can be cancelled, but its thread goes on waiting for the line.
///
/// ## Not reported
///
/// - `input` that is something else here: a parameter, a function of the file.
/// - Functions that are passed and not called, and lambdas that somebody else runs.
/// - `breakpoint()` and debuggers that are started in the code on purpose.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_INPUT, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_thread(pass, f, &b, FIX_SAFE);
}

RULE(blocking_input) = {
    .code = "AW111",
    .name = "blocking-input",
    .summary = "event loop waits for a person to type",
    .since = "0.1.0",
    .peers = "ASYNC250 S7501",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .cases = { { "short", TIER_STRICT, SEVERITY_WARNING } },
    .on = { { PY_CALL, check_call } },
};
