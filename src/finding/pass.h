/* One walk over one module with the rules that are switched on. */
#ifndef AWRY_FINDING_PASS_H
#define AWRY_FINDING_PASS_H

#include "finding/finding.h"
#include "finding/select.h"

/* How a pass sees the text of other files than its own. */
typedef struct Sources {
    /* The scan of the file of that path (as in Summary.path); NULL when it cannot be read. Valid until the next call. */
    const Scan *(*scan_of)(void *context, Str path);
    void *context;
} Sources;

struct Pass {
    Module *module;
    Str path;
    Arena *out;                  /* findings live here */
    const RuleSet *set;
    bool is_of_tests;            /* the profile `tests` holds for the file */
    unsigned target_minor;       /* the oldest Python 3.x that the project supports: 9 is 3.9, the default */
    uint32_t old_libraries;      /* what of library_majors (facts/api.h) the project wants older versions of, a bit each */
    ARRAY(Finding *) findings;
    const Rule *rule;            /* whose check is running */
    double deadline;             /* a time of clock_wall at which the rules stop; 0: none */
    const double *loading;       /* seconds that do not count for the deadline; grows. NULL: none */
    bool is_late;                /* it came: the findings are not all there */
    const Sources *sources;      /* NULL: other files cannot be shown */
    struct {                     /* the column last counted in a long line of the own file; see span.c */
        uint32_t line, offset, column;
    } counted;
    struct PreventedMemo *prevented; /* what raises where; see prevented.c */
    struct BlockingMemo *blocking; /* the call last asked about; see blocking.c */
};

/* Whether any rule could find something in this module, judged by what the scan saw. False: no need to parse. */
bool pass_wants(const RuleSet *set, const Scan *scan);

/* The same for a module without async words: whether a rule looks at such ones. */
bool pass_wants_sync(const RuleSet *set, const Scan *scan);

/* Runs the rules over the module; findings are added to pass->findings in order of place. */
void pass_run(Pass *pass);

/* Gives the findings the severities that the user chose. For those that pass_trouble added too. */
void pass_grade(Pass *pass);

/* How many findings are about what the code does when it runs, and not about the input (AW0xx). */
uint32_t pass_claims(const Pass *pass);

/* Drops those, or of those only the ones that are stranded. How many there were. */
uint32_t pass_drop_claims(Pass *pass, bool only_stranded);

/* Sorts the findings by place: what pass_trouble added stands among the rules' own. */
void pass_sort(Pass *pass);

/* A finding about the input (AW001..AW007) at begin..end of the text. `scan` may be NULL: then without excerpt. */
Finding *pass_trouble(Pass *pass, const char *code, const Scan *scan, uint32_t begin, uint32_t end, Str message);

#endif
