/// # blocking-file-io
///
/// Reading or writing a file waits for the disk, and for the network when the file is on a share. The system's cache hides
/// that most of the time; a large file, a busy disk or a `flush` shows it, and meanwhile nothing else runs on the event loop. It
/// is info: shown, and no reason to fail a build.
///
/// ```python
/// from pathlib import Path
///
/// async def render(page, target: Path):
///     template = Path("templates/page.html").read_text()  # expect: AW105 "`pathlib.Path.read_text` blocks"
///     target.write_text(template.format(page=page))  # expect: AW105
/// ```
///
/// Files that somebody else has opened count by their type:
///
/// ```python
/// from typing import TextIO
///
/// class Journal:
///     def __init__(self, path):
///         self.file = open(path, "a")
///
///     async def note(self, text):
///         self.file.write(text)  # expect: AW105
///
/// async def count_lines(source: TextIO):
///     return len(source.readlines())  # expect: AW105
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
/// from pathlib import Path
///
/// async def render(page, target: Path):
///     template = await asyncio.to_thread(Path("templates/page.html").read_text)
///     await asyncio.to_thread(target.write_text, template.format(page=page))
/// ```
///
/// For more than one read or write, put them into a function and run that in a thread: one step there is cheaper than many.
///
/// ## Not reported
///
/// - Files that the same function has opened: AW104 stands at the `open`.
/// - `json.load(file)`, `pickle.dump(...)` and others whose cost is in the data: small data is nothing.
/// - Objects in memory (`io.StringIO`, `io.BytesIO`), `aiofiles`, `anyio.Path`, and all whose type is not known.
/// - What reads files at its first call only: the case `once`, only with `--select strict`.
/// - In tests and examples, unless their profile is switched off.
#include "facts/frames.h"
#include "finding/blocking.h"
#include "rule.h"

/* Whether an expression holds a call that opens a file on the loop, which is reported there: `open(p).read()`, or what a name was
 * made by. */
static bool opens_file(Pass *pass, Node n)
{
    enum { LOOKED_AT = 64 };
    for (uint32_t id = n.id; n.id && id < node_data(n)->after && id < n.id + LOOKED_AT; id++) {
        Node call = node_at(n.module, id);
        if (node_kind(call) == PY_CALL && api_family(api_that_blocks(call)) == FAMILY_OPEN && frame_on_loop(call))
            return true;
    }
    (void)pass;
    return false;
}

/* Whether the file was opened by a function that runs on the loop: `with open(p) as f: f.read()`. */
static bool is_opened_on_loop(Pass *pass, Node file)
{
    enum { SITES_MOST = 16 };
    if (node_kind(file) != PY_IDENTIFIER)
        return opens_file(pass, file);
    const Binding *binding = scope_resolve(node_scope(file), file.module, node_data(file)->name);
    for (uint32_t i = 0; binding && i < binding->sites.count && i < SITES_MOST; i++) {
        const Site *site = &binding->sites.items[i];
        if (site->kind != SITE_WITH && site->kind != SITE_ASSIGN && site->kind != SITE_WALRUS)
            continue;
        /* `file = open(p)`, then `with file as f:`. */
        Node value = node_at(file.module, site->value), made = only_value(value);
        if (opens_file(pass, node_is_null(made) ? value : made))
            return true;
    }
    return false;
}

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop_somehow(pass, call, &b) || (b.family != FAMILY_FILE_IO && b.family != FAMILY_ONCE))
        return;
    if (is_opened_on_loop(pass, node_field(node_field(call, F_FUNCTION), F_OBJECT)))
        return;
    Finding *f = report_blocking(pass, &b);
    if (b.family == FAMILY_ONCE)
        as_case(pass, f, "once");
    help_thread(pass, f, &b, FIX_UNSAFE);
    help_instead(pass, f, &b);
}

/* `for line in self.file:` */
static void check_loop(Pass *pass, Node loop)
{
    Blocking b;
    if (!each_blocks_loop(pass, loop, FAMILY_FILE_IO, &b) || is_opened_on_loop(pass, b.at))
        return;
    Finding *f = report_blocking(pass, &b);
    help(pass, f, "read it in a thread: `await %s(file.readlines)`", thread_call(pass, loop));
}

RULE(blocking_file_io) = {
    .code = "AW105",
    .name = "blocking-file-io",
    .summary = "file is read or written on the event loop",
    .since = "0.1.0",
    .peers = "ASYNC232 ASYNC240",
    .tier = TIER_ON,
    .severity = SEVERITY_INFO,
    .cases = { { "once", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_CALL, check_call }, { PY_FOR_STATEMENT, check_loop }, { PY_FOR_IN_CLAUSE, check_loop } },
};
