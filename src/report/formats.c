#include "report/report.h"

const char awry_rules_url[] = "";

const Format all_formats[] = {
    { "full", report_full },
    { "json", report_json },
    { NULL, NULL },
};
