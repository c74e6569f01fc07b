/// # unused-suppression
///
/// A comment asks for something not to be reported, and there is nothing to report. The code was repaired, or the comment
/// stands on the wrong line. If it stays, it hides the next mistake that is made there.
///
/// ```python
/// import asyncio
///
/// async def poll(device):
///     await asyncio.sleep(1)  # awry: ignore[blocking-sleep] short enough  # expect: AW005
/// ```
///
/// ## Use instead
///
/// Remove the comment, or move it. Behind code it is about its own line; alone on a line it is about the next line of code:
///
/// ```python
/// import time
///
/// async def settle(relay):
///     # awry: ignore[blocking-sleep] the relay needs exactly this, and nothing else runs yet
///     time.sleep(0.01)
/// ```
///
/// ## Not reported
///
/// - Comments of other tools: `# noqa: ASYNC251`, `# ruff: ignore[...]`. They may be meant for those tools.
/// - Comments about rules that this run does not look for.
/// - Files with errors, in which findings may be missing.
#include "rule.h"

RULE(unused_suppression) = {
    .code = "AW005",
    .name = "unused-suppression",
    .summary = "comment suppresses nothing",
    .since = "0.1.0",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
};
