/// # syntax-error
///
/// Python would refuse this file. What else is found in it is held back, because none of it can run; how much that is, is told on
/// standard error. `--check-broken` shows it: what stands outside of the broken piece is checked, but inside of it findings may be
/// missing. What an editor sends, or comes on standard input, may be half typed, and keeps its findings.
///
/// The same holds for a file that cannot be imported, because at its top level it imports a name or a module that is nowhere in its
/// project, a file that is broken, or a file that cannot be imported for one of these reasons itself.
///
/// ```python
/// def total(prices):
///     return sum(prices))  # expect: AW002
/// ```
///
/// What Python refuses only after parsing counts as well: `await`, `async for`, `async with` and asynchronous comprehensions outside of an
/// async function, `yield from` in one, `return value` in an async generator, `return`, `yield`, `break` and `continue` where there is
/// nothing to leave, two parameters of one name, a `global` that comes too late:
///
/// ```python
/// def refresh(client):
///     return await client.get("/")  # expect: AW002
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
/// Whether names exist. `await`, `async for` and `async with` at the top level of a module, which notebooks and
/// `python -m asyncio` take. What one of the versions 3.8 to 3.13 compiles. In stubs, what the grammar takes.
///
/// All but strings, brackets and indentation is looked at only in files that hold `async`, `await` or `asyncio`.
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
