/// # blocking-process-wait
///
/// `Popen.wait`, `Popen.communicate` and `os.waitpid` return when the child process ends. In an `async def` the event loop waits
/// with them. When the child in turn waits for this program (to read a pipe, to answer a request), both wait for ever.
///
/// ```python
/// import subprocess
///
/// async def convert(source, target):
///     process = subprocess.Popen(["ffmpeg", "-i", source, target])
///     return process.wait()  # expect: AW110 "`subprocess.Popen.wait` blocks the event loop"
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def convert(source, target):
///     process = await asyncio.create_subprocess_exec("ffmpeg", "-i", source, target)
///     return await process.wait()
/// ```
///
/// A `Popen` that exists already can be waited for in a thread: `await asyncio.to_thread(process.wait)`.
///
/// ## Not reported
///
/// - `process.poll()`, `process.wait(timeout=0)`, `os.waitpid(pid, os.WNOHANG)`: they ask and do not wait.
/// - A process that the function has polled before, or whose `communicate()` is over.
/// - `await process.wait()` of an `asyncio.subprocess.Process`.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_PROCESS_WAIT, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_thread(pass, f, &b, FIX_UNSAFE);
    help_instead(pass, f, &b);
}

RULE(blocking_process_wait) = {
    .code = "AW110",
    .name = "blocking-process-wait",
    .summary = "event loop waits for a child process",
    .since = "0.1.0",
    .peers = "ASYNC222 S7489 V007 V011",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .cases = { { "short", TIER_STRICT, SEVERITY_WARNING } },
    .on = { { PY_CALL, check_call } },
};
