/// # unknown-suppression
///
/// A comment for awry that it does not understand does nothing, although somebody relies on it.
///
/// ```python
/// import time
///
/// async def settle(relay):
///     time.sleep(0.01)  # awry: ignore[blocking-slep]  # expect: AW006  # expect: AW101
/// ```
///
/// ## Use instead
///
/// The name or the code of a rule, as `awry explain` lists them, or `name:case` for one case of it:
///
/// ```python
/// import time
///
/// async def settle(relay):
///     time.sleep(0.01)  # awry: ignore[blocking-sleep] nothing else runs yet
/// ```
///
/// The words are `ignore` for a line and `file-ignore` for a file. Without brackets they mean all rules.
///
/// ## Not reported
///
/// Comments of other tools, whatever they name. Findings about the input itself (AW001 to AW007) cannot be suppressed by a
/// comment; one that tries is reported here.
#include "rule.h"

RULE(unknown_suppression) = {
    .code = "AW006",
    .name = "unknown-suppression",
    .summary = "comment names a rule that does not exist",
    .since = "0.1.0",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
};
