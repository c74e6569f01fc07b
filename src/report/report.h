/* Findings to text. One file a format. */
#ifndef AWRY_REPORT_REPORT_H
#define AWRY_REPORT_REPORT_H

#include <stdio.h>

#include "engine/run.h"

typedef struct ReportOptions {
    bool color;     /* SGR colours, and OSC 8 links where a base address is set */
    bool quiet;     /* no summary line */
    double seconds; /* wall time of the run, for the summary */
} ReportOptions;

/* The base address of rule pages, without a trailing slash; "" while there is none. Links are made from it alone. */
extern const char awry_rules_url[];

/* Excerpts, carets, labels, help, then the summary line. */
void report_full(FILE *out, const RunResult *result, const ReportOptions *options);

/* A JSON array of objects: code, name, message, filename, location{row,column}, end_location, severity, confidence, url,
 * fix, chain. One object a line. */
void report_json(FILE *out, const RunResult *result, const ReportOptions *options);

typedef void Report(FILE *out, const RunResult *result, const ReportOptions *options);
typedef struct Format {
    const char *name;
    Report *report;
} Format;
extern const Format all_formats[]; /* ends at a NULL name */

#endif
