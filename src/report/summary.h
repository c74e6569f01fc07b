/* What reports for people have in common: one finding after the other, and one line behind them. */
#ifndef AWRY_REPORT_SUMMARY_H
#define AWRY_REPORT_SUMMARY_H

#include "report/paper.h"
#include "report/report.h"

typedef void PrintFinding(Paper *paper, const Finding *f);

/* All findings and, unless it is to be quiet, the line behind them. */
void print_report(FILE *out, const RunResult *result, const ReportOptions *options, PrintFinding *print);

/* The line behind a report. */
void print_summary(Paper *paper, const RunResult *result, double seconds);

#endif
