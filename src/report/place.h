/* Where files are, for those who read a report elsewhere: relative to a root, with slashes, as a URI where one is wanted. */
#ifndef AWRY_REPORT_PLACE_H
#define AWRY_REPORT_PLACE_H

#include "report/report.h"

/* What stands for the path of a file in a report for other programs: without `.` and `..`, relative to options->root
 * when the file is below it, else absolute. In the arena. */
Str place_path(Arena *arena, const ReportOptions *options, Str path);

/* The same for each finding: an array in the arena, in the order of the findings. */
Str *place_paths(Arena *arena, const ReportOptions *options, const RunResult *result);

/* `path` as a URI reference: everything but letters, digits and -._~/ percent-encoded byte by byte, `file://` in front of
 * an absolute one. In the arena. */
Str place_uri(Arena *arena, Str path);

static inline bool path_is_absolute(Str path)
{
    return path.n && path.p[0] == '/';
}

#endif
