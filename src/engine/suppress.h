/* Comments that take findings back: our own, `# awry: ignore[name, ...] reason`, and those of other tools.
 *
 *   # awry: ignore                     all rules; in brackets: names, codes, name:case, families, other tools' codes
 *   # awry: file-ignore[name] reason   for the whole file
 *   # noqa    # noqa: ASYNC251         codes of ours or of other tools (a rule's peers)
 *   # ruff: ignore[...]  # ruff: file-ignore[...]  # ruff: noqa  # flake8: noqa
 *   # type: ignore[code]  # pylint: disable=name  # pylint: disable-next=name
 *
 * A comment behind code is about findings of which some line is its own, and those in the statement that begins or ends on its
 * line (of a statement with a block, the header counts). One of ours (or of `ruff: ignore`) that is alone on its line is
 * about the findings, and those in the statement, that begin on the next line of code. What is said of the input itself (AW0xx) stays. */
#ifndef AWRY_ENGINE_SUPPRESS_H
#define AWRY_ENGINE_SUPPRESS_H

#include "finding/pass.h"

/* Takes suppressed findings out of pass->findings and adds what is wrong with the comments: AW005 (only when `is_complete`:
 * all of the file was analysed), AW006, AW007. How many were taken out. `scratch` is for tables that are dropped. */
uint32_t suppress(Pass *pass, Arena *scratch, const Scan *scan, bool is_complete);

#endif
