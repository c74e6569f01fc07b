/* All that a rule sees. A rule is one file in rules/: its doc, its check, its record. Nothing registers it by hand.
 *
 *   static void check_call(Pass *pass, Node call) { ... report(pass, call, "...") ... }
 *   RULE(blocking_sleep) = { .code = "AW101", ... , .on = { { PY_CALL, check_call } } };
 */
#ifndef AWRY_FINDING_RULE_H
#define AWRY_FINDING_RULE_H

#include "program/ask.h"
#include "python/flow.h"

typedef enum Severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR } Severity;
typedef enum Confidence { CONFIDENCE_SURE, CONFIDENCE_LIKELY } Confidence;

/* Who sees it: in the default set, only with --select strict, only with --select all. TIER_OFF: only by name. */
typedef enum Tier { TIER_ON, TIER_STRICT, TIER_HINT, TIER_OFF } Tier;

typedef struct Rule Rule;
typedef struct Finding Finding;
typedef struct Pass Pass;

typedef void Check(Pass *pass, Node n);

typedef struct RuleCase {
    const char *name; /* "in-sync": addressed as rule-name:in-sync */
    Tier tier;
    Severity severity;
} RuleCase;

struct Rule {
    const char *code;    /* "AW101", for ever */
    const char *name;    /* "blocking-sleep" */
    const char *summary; /* one line, lower case */
    const char *since;   /* version */
    const char *peers;   /* codes of other tools that it covers, separated by spaces; NULL: none */
    Tier tier;
    Severity severity;
    RuleCase cases[8];   /* ends at a NULL name */
    bool reads_sync_files;   /* it looks at files without async words, too (facts/outlook.h); what it finds there is its case `sync-file` */
    struct {
        PyKind kind;
        Check *check;
    } on[8];             /* the nodes that it wants to see; ends at a NULL check. None: it is about the input (AW0xx) */
};

#define RULE(id) extern const Rule rule_##id; const Rule rule_##id

extern const Rule *const all_rules[]; /* generated; sorted by code; NULL behind the last */
extern const size_t all_rules_count;

typedef struct RuleDoc {
    const char *code;
    const char *markdown;
} RuleDoc;
extern const RuleDoc all_rule_docs[]; /* in the order of all_rules */

/* By code or by name (case of letters ignored for codes); NULL when there is none. */
const Rule *rule_find(Str code_or_name);
const char *rule_doc(const Rule *rule);

/* ---- Reporting ---- */

/* A finding at n, with the severity and tier of the rule. Never NULL; owned by the pass. */
Finding *report(Pass *pass, Node n, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Says which case of the rule it is: its tier and severity hold. */
void as_case(Pass *pass, Finding *f, const char *name);
/* A line of help: code the user can paste, or a sentence. */
void help(Pass *pass, Finding *f, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The label under the carets of the finding's own place. */
void label(Pass *pass, Finding *f, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Another place of the story, in the same file, with its label. */
void also(Pass *pass, Finding *f, Node n, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same for the header of a function: from `async`/`def`/`lambda` to its name. */
void also_function(Pass *pass, Finding *f, const Function *function, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The next step of the path that the finding tells, in the same file: from call to call down to what blocks. The finding's
 * own place is the first step; reports number them 1., 2., 3. in the order of these calls. step_at: bytes of the text. */
void step(Pass *pass, Finding *f, Node n, const char *format, ...) __attribute__((format(printf, 4, 5)));
void step_at(Pass *pass, Finding *f, uint32_t begin, uint32_t end, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same in any file of the program: bytes of its text, which the pass reads again (pass->sources). When it cannot, the place has the path
 * of the file alone. */
void also_in(Pass *pass, Finding *f, const Summary *file, Range at, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void step_in(Pass *pass, Finding *f, const Summary *file, Range at, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The bytes begin..end of a file of the program; empty when they cannot be read. They live until the next call of this or the two above. */
Str text_in(Pass *pass, const Summary *file, Range at);
/* The path in one line, for reports without room for more: "load_profile → _fetch → requests.get". */
void chain(Pass *pass, Finding *f, const char *format, ...) __attribute__((format(printf, 3, 4)));
void unsure(Pass *pass, Finding *f); /* confidence: likely */

/* A fix: a title, then edits. Safe: cannot change behaviour apart from repairing it. */
void fix(Pass *pass, Finding *f, bool is_safe, const char *title);
void fix_replace(Pass *pass, Finding *f, uint32_t begin, uint32_t end, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The module that is walked: for flow_new and uses_new, which allocate in its arena. */
Module *pass_module(Pass *pass);

/* Printed text that lives as long as the findings. */
Str pass_printf(Pass *pass, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
