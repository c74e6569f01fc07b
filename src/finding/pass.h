/* One walk over one module with the rules that are switched on. */
#ifndef AWRY_FINDING_PASS_H
#define AWRY_FINDING_PASS_H

#include "finding/finding.h"

/* Which rules run: made once per run, read by all threads. */
typedef struct RuleSet {
    bool enabled[512]; /* by index in all_rules */
    ARRAY(uint16_t) by_kind[PY_KIND_COUNT]; /* pairs (rule index, check index), as rule * 8 + check */
} RuleSet;

/* The rules of the given tiers (a bit each: 1 << TIER_ON ...). In the arena. */
void ruleset_init(RuleSet *set, Arena *arena, unsigned tiers);

struct Pass {
    Module *module;
    Str path;
    Arena *out;                  /* findings live here */
    const RuleSet *set;
    unsigned tiers;
    ARRAY(Finding *) findings;
    const Rule *rule;            /* whose check is running */
    double deadline;             /* a time of clock_wall at which the rules stop; 0: none */
    bool is_late;                /* it came: the findings are not all there */
    struct {                     /* the column last counted in a long line; see span.c */
        uint32_t line, offset, column;
    } counted;
};

/* Whether a rule is switched on. */
bool ruleset_has(const RuleSet *set, const Rule *rule);

/* Whether any rule could find something in this module, judged by what the scan saw. False: no need to parse. */
bool pass_wants(const RuleSet *set, const Scan *scan);

/* Runs the rules over the module; findings are added to pass->findings in order of place. */
void pass_run(Pass *pass);

/* Sorts the findings by place: what pass_trouble added stands among the rules' own. */
void pass_sort(Pass *pass);

/* A finding about the input (AW001..AW007) at begin..end of the text. `scan` may be NULL: then without excerpt. */
Finding *pass_trouble(Pass *pass, const char *code, const Scan *scan, uint32_t begin, uint32_t end, Str message);

#endif
