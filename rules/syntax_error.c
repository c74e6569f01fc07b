/// # syntax-error
///
/// Python would refuse this file. awry goes on: what stands outside of the broken piece is still checked, but inside of it
/// findings may be missing.
///
/// ```python
/// def total(prices):
///     return sum(prices))  # expect: AW002
/// ```
///
/// A file gets at most five of these, one a line, because what follows an error is often its echo.
///
/// ## Use instead
///
/// Python says the same in its own words: `python -m py_compile FILE`. All that Python 3.8 to 3.14 accepts is understood, each
/// version's newest syntax included. Python 2 is not.
///
/// ## Not reported
///
/// Whether names exist, whether `return` stands in a function, and all else that Python itself finds only after parsing. The
/// grammar is looked at in files that hold `async` or `await`; in others only what concerns strings, brackets and
/// indentation is.
///
/// This finding cannot be suppressed by a comment.
#include "rule.h"

RULE(syntax_error) = {
    .code = "AW002",
    .name = "syntax-error",
    .summary = "file is not valid Python",
    .since = "0.1.0",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
};
