/// # suppression-without-reason
///
/// Why is this right here? Whoever reads the comment next has to find out again, or leave it for ever. For projects that
/// want to know; it is off unless it is named.
///
/// ```python
/// import time
///
/// async def settle(relay):
///     time.sleep(0.01)  # awry: ignore[blocking-sleep]  # expect: AW007
/// ```
///
/// ## Use instead
///
/// A few words behind the brackets:
///
/// ```python
/// import time
///
/// async def settle(relay):
///     time.sleep(0.01)  # awry: ignore[blocking-sleep] nothing else runs yet
/// ```
///
/// ## Not reported
///
/// Comments of other tools.
#include "rule.h"

RULE(suppression_without_reason) = {
    .code = "AW007",
    .name = "suppression-without-reason",
    .summary = "comment suppresses a finding and does not say why",
    .since = "0.1.0",
    .tier = TIER_OFF,
    .severity = SEVERITY_WARNING,
};
