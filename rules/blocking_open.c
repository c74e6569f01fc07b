/// # blocking-open
///
/// Opening a file waits for the disk, or for the network when the file is on a share; reading and writing it wait again. On a
/// local disk that takes well under a millisecond most of the time, and now and then much longer; meanwhile nothing else runs
/// on the event loop. That is why this is info: it is shown, and does not fail a build.
///
/// ```python
/// import json
///
/// async def load_settings(path):
///     with open(path) as file:  # expect: AW104 "`open` blocks the event loop"
///         return json.load(file)
/// ```
///
/// The finding stands for all that is done with the file: reads and writes of a file that the same function has opened are not
/// reported again.
///
/// ```python
/// import gzip
/// from pathlib import Path
///
/// async def tail(log: Path):
///     with log.open() as file:  # expect: AW104
///         return file.readlines()[-10:]
///
/// async def unpack(path):
///     return gzip.open(path).read()  # expect: AW104
/// ```
///
/// ## Use instead
///
/// Put what is done with the file into a function, and run that in a thread:
///
/// ```python
/// import asyncio
/// import json
///
/// def read_settings(path):
///     with open(path) as file:
///         return json.load(file)
///
/// async def load_settings(path):
///     return await asyncio.to_thread(read_settings, path)
/// ```
///
/// With trio that is `await trio.to_thread.run_sync(...)`, with anyio `await anyio.to_thread.run_sync(...)`. Both also have files
/// of their own (`trio.open_file`, `anyio.open_file`); for asyncio there is the package `aiofiles`.
///
/// ## Not reported
///
/// - Methods called `open` of objects whose type is not known; `anyio.Path`, `trio.Path` and `aiofiles`.
/// - Archives that are opened from memory: `ZipFile(BytesIO(data))`.
/// - In tests and examples, unless their profile is switched off.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_OPEN, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help(pass, f, "put what is done with the file into a function and run that in a thread: `await %s(read, path)`",
        thread_call(pass, call));
    help_instead(pass, f, &b);
}

RULE(blocking_open) = {
    .code = "AW104",
    .name = "blocking-open",
    .summary = "file is opened on the event loop",
    .since = "0.1.0",
    .peers = "ASYNC101 ASYNC230 ASYNC231 S7493 V009",
    .tier = TIER_ON,
    .severity = SEVERITY_INFO,
    .on = { { PY_CALL, check_call } },
};
