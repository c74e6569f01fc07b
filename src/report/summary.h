/* The one line behind a report for people. */
#ifndef AWRY_REPORT_SUMMARY_H
#define AWRY_REPORT_SUMMARY_H

#include "report/paper.h"
#include "report/report.h"

void print_summary(Paper *paper, const RunResult *result, double seconds);

#endif
