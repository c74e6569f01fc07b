#include "report/report.h"

const char awry_rules_url[] = "";

const Format all_formats[] = {
    { "full", report_full },
    { "concise", report_concise },
    { "json", report_json },
    { "json-lines", report_json_lines },
    { "sarif", report_sarif },
    { "github", report_github },
    { "gitlab", report_gitlab },
    { "junit", report_junit },
    { NULL, NULL },
};

const Format *format_find(Str name)
{
    for (const Format *format = all_formats; format->name; format++) {
        if (str_is(name, format->name))
            return format;
    }
    return NULL;
}
