/// # encoding
///
/// The bytes of the file are not text in the encoding that it claims to have: UTF-8, or what its first two lines say
/// (`# -*- coding: latin-1 -*-`). Python would refuse it. What can be read is still checked, but the run ends with exit code 2.
///
/// ```text
/// AW004 invalid UTF-8
///   --> app/messages.py:12:9
/// ```
///
/// - Bytes that do not exist in the encoding. Often the file is Latin-1 or Windows-1252 and does not say so.
/// - An encoding that nobody knows, or one that contradicts a byte order mark.
/// - UTF-16 and UTF-32, which Python does not read.
/// - A binary file with the name of a Python file.
///
/// ## Use instead
///
/// Save the file as UTF-8, or write its encoding into the first line:
///
/// ```python
/// # -*- coding: utf-8 -*-
/// GREETING = "Grüß Gott"
/// ```
///
/// ## Not reported
///
/// Every encoding that Python reads and that the system's `iconv` knows.
///
/// This finding cannot be suppressed by a comment.
#include "rule.h"

RULE(encoding) = {
    .code = "AW004",
    .name = "encoding",
    .summary = "file cannot be decoded",
    .since = "0.1.0",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
};
