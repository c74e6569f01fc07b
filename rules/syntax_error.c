/// # syntax-error
///
/// Python would refuse this file. What else is found in it is held back, because none of it can run; how much that is, is told on
/// standard error. `--check-broken` shows it: what stands outside of the broken piece is checked, but inside of it findings may be
/// missing. What an editor sends, or comes on standard input, may be half typed, and keeps its findings.
///
/// The same holds for a file that cannot be imported, because at its top level it imports a name that is nowhere in its project, or
/// a file that is broken.
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
