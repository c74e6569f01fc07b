/// # blocking-path-check
///
/// Asking the file system about a path (`exists`, `stat`, `listdir`) or changing its directory (`mkdir`, `unlink`, `rename`)
/// is a system call. On a local disk it takes microseconds; on a network share, a sleeping disk or a full one it can take
/// seconds, and meanwhile nothing else runs on the event loop. Most programs can live with it, so this rule is only
/// there with `--select strict`.
///
/// ```python
/// import os
/// from pathlib import Path
///
/// async def rotate(log: Path):
///     if os.path.exists("/mnt/share/archive"):  # expect: AW106
///         log.rename("/mnt/share/archive/old.log")  # expect: AW106
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
/// import os
/// from pathlib import Path
///
/// def move_to_archive(log: Path):
///     if os.path.exists("/mnt/share/archive"):
///         log.rename("/mnt/share/archive/old.log")
///
/// async def rotate(log: Path):
///     await asyncio.to_thread(move_to_archive, log)
/// ```
///
/// ## Not reported
///
/// - What only works on the text of a path and asks nobody: `os.path.join`, `Path.with_suffix`, `Path / name`, `basename`.
/// - `anyio.Path` and `trio.Path`, whose methods are awaited, and objects whose type is not known.
/// - In tests and examples, unless their profile is switched off.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_PATH_CHECK, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_thread(pass, f, &b, FIX_UNSAFE);
    help_instead(pass, f, &b);
}

RULE(blocking_path_check) = {
    .code = "AW106",
    .name = "blocking-path-check",
    .summary = "file system is asked about a path on the event loop",
    .since = "0.1.0",
    .peers = "ASYNC240",
    .tier = TIER_STRICT,
    .severity = SEVERITY_INFO,
    .on = { { PY_CALL, check_call } },
};
