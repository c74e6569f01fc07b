/// # unreadable
///
/// A file or a directory that was asked for could not be read, so nothing is known of it. A run in which that happens ends
/// with exit code 2: "no findings" must mean that everything was looked at.
///
/// ```text
/// AW001 permission denied
///   --> app/secrets.py:1:1
/// ```
///
/// - A path on the command line does not exist, or may not be opened.
/// - A directory may not be listed.
/// - Something with the name of a Python file is a pipe, a socket or a device. awry opens regular files only; it would wait
///   for the others for ever.
/// - A symbolic link leads nowhere, in a circle, or out of the project (the nearest directory above that holds `.git` or
///   `pyproject.toml`). Links to directories are never followed, and not reported.
///
/// ## Use instead
///
/// Correct the path or the permissions. What is not meant to be checked can be left out, in `.gitignore` or with
/// `--exclude PATTERN`. A link out of the project is followed when it is named itself: `awry check path/to/link.py`.
///
/// ## Not reported
///
/// Files that are ignored or excluded, and an editor's lock files (`.#name.py`).
///
/// This finding cannot be suppressed by a comment.
#include "rule.h"

RULE(unreadable) = {
    .code = "AW001",
    .name = "unreadable",
    .summary = "file or directory cannot be read",
    .since = "0.1.0",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
};
