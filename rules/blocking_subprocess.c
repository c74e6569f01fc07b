/// # blocking-subprocess
///
/// `subprocess.run`, `os.system` and their like start a program and wait for its end. In an `async def` the event loop waits with
/// them: for as long as the program runs, no other task does.
///
/// ```python
/// import subprocess
///
/// async def current_branch():
///     out = subprocess.check_output(["git", "branch", "--show-current"])  # expect: AW108
///     return out.decode().strip()
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def current_branch():
///     process = await asyncio.create_subprocess_exec(
///         "git", "branch", "--show-current", stdout=asyncio.subprocess.PIPE
///     )
///     out, _ = await process.communicate()
///     return out.decode().strip()
/// ```
///
/// With trio `await trio.run_process(...)`, with anyio `await anyio.run_process(...)`. Or the same call in a thread, which is what
/// the fix writes:
///
/// ```python
/// import asyncio
/// import subprocess
///
/// async def current_branch():
///     out = await asyncio.to_thread(subprocess.check_output, ["git", "branch", "--show-current"])
///     return out.decode().strip()
/// ```
///
/// ## Not reported
///
/// - `subprocess.Popen(...)`, which starts a program and does not wait for it; waiting for it is AW110.
/// - `asyncio.subprocess`, and objects whose type is not known.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_SUBPROCESS, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_thread(pass, f, &b, FIX_UNSAFE);
    help_instead(pass, f, &b);
}

RULE(blocking_subprocess) = {
    .code = "AW108",
    .name = "blocking-subprocess",
    .summary = "event loop waits for a program to end",
    .since = "0.1.0",
    .peers = "ASYNC221 S7487 CH001 V007 V011",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .cases = { { "short", TIER_STRICT, SEVERITY_WARNING } },
    .on = { { PY_CALL, check_call } },
};
