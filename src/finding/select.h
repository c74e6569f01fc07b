/* Words that stand for rules, on the command line, in configuration and in comments, and what they add up to.
 *
 *   default, strict, all          tiers; each holds the one before
 *   blocking, AW1, AW1xx, AW10    families: by name, or by the beginning of the code
 *   AW101, blocking-sleep         a rule, with all its cases
 *   get-event-loop:in-sync        a case of a rule (AW701:in-sync)
 *   ASYNC251, RUF006, S7488       codes of other tools: all rules that cover them; ASYNC, ASYNC2: by their beginning
 *
 * What is of TIER_OFF is switched on by a rule's or case's own words and by other tools' whole codes only.
 * Where words disagree about a rule the most specific one decides, and among equals the one that takes away. */
#ifndef AWRY_FINDING_SELECT_H
#define AWRY_FINDING_SELECT_H

#include "finding/rule.h"

typedef enum SelectorKind {
    SELECT_TIER,
    SELECT_FAMILY,
    SELECT_PEERS,
    SELECT_PEER,
    SELECT_RULE,
    SELECT_CASE
} SelectorKind;

typedef struct Selector {
    SelectorKind kind;
    Str word;              /* as it was written */
    Tier tier;             /* of SELECT_TIER: up to this one */
    unsigned first, last;  /* of a family: the numbers of its codes */
    unsigned digits;       /* of a family: how many of the three digits it fixes */
    const Rule *rule;      /* of SELECT_RULE and SELECT_CASE */
    const RuleCase *case_; /* of SELECT_CASE */
} Selector;

typedef ARRAY(Selector) Selectors;

/* What a word stands for; codes and families in letters of any case. False: nothing. The word is not copied. */
bool selector_read(Selector *selector, Str word);

/* The word that is most like `word`; NULL when none is near. */
const char *selector_nearest(Arena *arena, Str word);

/* Why a word stands for nothing: `unknown rule "x"; did you mean "y"?`. In the arena. */
Str selector_trouble(Arena *arena, Str word);

/* Whether it stands for a rule, or for that case of it (case_ NULL: for what the rule reports without a case). */
bool selector_covers(const Selector *selector, const Rule *rule, const RuleCase *case_);

/* The family that a rule belongs to: "blocking". Constant. */
const char *rule_family(const Rule *rule);

/* ---- Which rules run ---- */

typedef struct Grade { /* a severity given to rules */
    Selector what;
    Severity severity;
} Grade;

/* One source of wishes. Sources come in an order, and a later one changes what the ones before it made; with
 * `has_select` it begins anew. */
typedef struct Wishes {
    bool has_select;
    Selectors select, ignore, extend_select;
    ARRAY(Grade) grades;
} Wishes;

enum { CASES_MOST = sizeof(((Rule *)0)->cases) / sizeof(RuleCase), RULES_MOST = 512 };

/* Which rules run: made once for each set of settings, read by all threads. */
typedef struct RuleSet {
    bool enabled[RULES_MOST];               /* by index in all_rules: the rule or one of its cases is wanted */
    ARRAY(uint16_t) by_kind[PY_KIND_COUNT]; /* pairs (rule index, check index), as rule * 8 + check */
    struct RuleState {
        uint16_t wanted;                  /* bit 0: what is reported without a case; bit 1 + i: case i */
        uint8_t severity[1 + CASES_MOST]; /* 1 + the Severity that the user gave; 0: the rule's own */
    } states[RULES_MOST];
    bool has_defaults; /* all that is on by default is wanted */
} RuleSet;

/* The rules of the given tiers (a bit each: 1 << TIER_ON ...). In the arena. */
void ruleset_init(RuleSet *set, Arena *arena, unsigned tiers);

/* The default set changed by `sources` in their order, then by `muffled`: what its words cover is taken away, unless it was
 * asked for by the name of a rule or case or by another tool's code. What is wrong with the input (AW001..AW004) stays. */
void ruleset_make(RuleSet *set, Arena *arena, const Wishes *const *sources, size_t count, const Selectors *muffled);

/* Whether a rule is switched on, or one of its cases. */
bool ruleset_has(const RuleSet *set, const Rule *rule);

/* Whether a finding of the rule and case (NULL: without one) is wanted. */
bool ruleset_wants(const RuleSet *set, const Rule *rule, const RuleCase *case_);

/* Whether all that the selector would switch on is wanted, of what there can be in a file with or without async words. */
bool ruleset_wants_all(const RuleSet *set, const Selector *selector, bool has_async);

/* The severity that the user gave; `own` when none. */
Severity ruleset_severity(const RuleSet *set, const Rule *rule, const RuleCase *case_, Severity own);

#endif
