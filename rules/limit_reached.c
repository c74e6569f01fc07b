/// # limit-reached
///
/// A file was given up so that it cannot stop the whole run, and nothing is known of it. The run ends with exit code 2,
/// unless `--allow-limits` is given.
///
/// ```text
/// AW003 file has 11.2 MiB, the limit is 4 MiB
///   --> app/generated/tables.py:1:1
/// ```
///
/// | limit | default | change it with |
/// |---|---|---|
/// | size of a file | 4 MiB | `--max-file-size` |
/// | time for a file | 10 s | `--max-seconds` |
/// | memory for a file | 128 MiB and 256 times its size, at most 1 GiB | `--max-memory` |
///
/// ## Use instead
///
/// Files of this kind are mostly generated. Leave them out with `--exclude PATTERN`, or raise the limit.
///
/// ## Not reported
///
/// Files that are ignored or excluded.
///
/// This finding cannot be suppressed by a comment.
#include "rule.h"

RULE(limit_reached) = {
    .code = "AW003",
    .name = "limit-reached",
    .summary = "file was given up at a limit of size, time or memory",
    .since = "0.1.0",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
};
