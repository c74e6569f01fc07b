/// # blocking-fs-tree
///
/// Copying, deleting or walking a directory takes as long as there are files in it: nobody knows how many there will be. On the
/// event loop everything else waits until the last one is done.
///
/// ```python
/// import shutil
///
/// async def remove_workspace(path):
///     shutil.rmtree(path)  # expect: AW107 "`shutil.rmtree` blocks the event loop"
/// ```
///
/// ## Use instead
///
/// The whole walk in a thread. What gives files one by one has to be used up there:
///
/// ```python
/// import asyncio
/// import shutil
/// from pathlib import Path
///
/// def find_sources(root: Path):
///     return sorted(root.rglob("*.py"))
///
/// async def rebuild(root: Path):
///     await asyncio.to_thread(shutil.rmtree, root / "build")
///     return await asyncio.to_thread(find_sources, root)
/// ```
///
/// ## Not reported
///
/// - `os.walk`, `Path.rglob` and `glob.iglob` that are passed on and not walked here.
/// - One file or one directory: `os.unlink`, `os.listdir` (AW106, strict); a `glob` that does not descend is the case `short`, only
///   with `--select strict`: `path.glob("*.py")` without `**`, `glob.glob(pattern)` without `recursive=`.
/// - In tests and examples, unless their profile is switched off.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_TREE, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_thread(pass, f, &b, FIX_UNSAFE);
}

RULE(blocking_fs_tree) = {
    .code = "AW107",
    .name = "blocking-fs-tree",
    .summary = "directory is walked, copied or deleted on the event loop",
    .since = "0.1.0",
    .peers = "ASYNC240",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "short", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_CALL, check_call } },
};
