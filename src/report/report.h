/* Findings to text. One file a format. */
#ifndef AWRY_REPORT_REPORT_H
#define AWRY_REPORT_REPORT_H

#include <stdio.h>

#include "engine/run.h"

typedef struct ReportOptions {
    bool color;          /* SGR colours, and OSC 8 links where a base address is set */
    bool quiet;          /* no summary line */
    double seconds;      /* wall time of the run, for the summary */
    const char *version; /* of awry; NULL: not said */
    int exit_code;       /* what the run will end with */
    Str cwd;             /* absolute: what relative paths of findings are relative to; empty: not known */
    Str root;            /* absolute: what paths in reports for other programs are relative to; empty: cwd */
} ReportOptions;

/* The folder that services show paths from: the nearest one at or above `cwd` with a `.git` in it; cwd when there is none.
 * In the arena. */
Str report_root(Arena *arena, Str cwd);

/* The current directory, absolute; empty when the system does not say. In the arena. */
Str report_cwd(Arena *arena);

/* The base address of rule pages, without a trailing slash; "" while there is none. Links are made from it alone. */
extern const char awry_rules_url[];

/* ---- For people ---- */

/* Excerpts, carets, labels, help, then the summary line. */
void report_full(FILE *out, const RunResult *result, const ReportOptions *options);

/* A line for each finding, `path:row:column: AW117 [error] message (a → b → requests.get)`, then the summary line. */
void report_concise(FILE *out, const RunResult *result, const ReportOptions *options);

/* "Found 3 problems (2 errors, 1 warning) in 2 of 214 files in 48 ms." or "All clear: ...", a line. */
void report_summary(FILE *out, const RunResult *result, const ReportOptions *options);

/* ---- For programs ---- */

/* A JSON array of objects: code, name, case, message, filename, location{row,column}, end_location, severity, confidence, url,
 * symbol, fingerprint, fix, calls (the path in one line, or null), chain (the other places of the story; `step` is
 * the number of those that are steps of the path, else null). One object a line. */
void report_json(FILE *out, const RunResult *result, const ReportOptions *options);

/* The same objects, one a line, without the array around them. */
void report_json_lines(FILE *out, const RunResult *result, const ReportOptions *options);

/* SARIF 2.1.0: one run with every rule that reported, paths as code flows, fingerprints, fixes. Of more than 25,000
 * findings, which is the most that code scanning takes, the least severe are left out, and a notification says so. */
void report_sarif(FILE *out, const RunResult *result, const ReportOptions *options);

/* Workflow commands of GitHub Actions: `::error title=awry (AW101),file=...::...`. */
void report_github(FILE *out, const RunResult *result, const ReportOptions *options);

/* GitLab's code quality report: an array of objects. */
void report_gitlab(FILE *out, const RunResult *result, const ReportOptions *options);

/* JUnit's XML: a test suite a file, a failed test case a finding. */
void report_junit(FILE *out, const RunResult *result, const ReportOptions *options);

typedef void Report(FILE *out, const RunResult *result, const ReportOptions *options);
typedef struct Format {
    const char *name;
    Report *report;
} Format;
extern const Format all_formats[]; /* the default first; ends at a NULL name */

/* By name; NULL when there is none. */
const Format *format_find(Str name);

#endif
