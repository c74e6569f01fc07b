/* A finding: what a rule says about a place, complete in itself. Rows, columns and excerpts are made when it is reported,
 * so that nothing of the file has to live on. All its text is in the arena that was given to the pass. */
#ifndef AWRY_FINDING_FINDING_H
#define AWRY_FINDING_FINDING_H

#include "finding/rule.h"

/* A piece of source to show: one line with a marked part. */
typedef struct Span {
    Str path;          /* empty: the finding's own */
    uint32_t begin, end; /* bytes of the text */
    Place start, stop; /* stop is behind the last character */
    uint32_t line;     /* number of the line in `excerpt`, from 1: start.row */
    Str excerpt;       /* that line, as in the source, at most 400 bytes around the mark */
    uint32_t excerpt_at; /* offset in the line at which the excerpt begins, in bytes (0 unless it was cut) */
    uint32_t mark, mark_end; /* the marked part, in bytes of the excerpt */
    Str lines;         /* all lines of a place that has several, at most 1 KiB; else empty */
    Str label;         /* "runs on the event loop"; may be empty */
    bool is_step;      /* of a secondary place: a step of the path that the finding tells; see step() */
} Span;

typedef struct Edit {
    uint32_t begin, end; /* bytes of the text that are replaced */
    Place start, stop;
    Str text;
} Edit;

struct Finding {
    const Rule *rule;
    const RuleCase *case_; /* NULL when the rule has no cases */
    Severity severity;
    Confidence confidence;
    Str path;              /* as shown */
    Str symbol;            /* qualname of the innermost def or class around it: "Store.load"; empty at module level */
    Span at;
    Str message;           /* without the code */
    Str chain;             /* the path in one line, "load_profile → _fetch → requests.get"; empty: there is none */
    ARRAY(Span) also;      /* secondary places, in order of the story */
    ARRAY(Str) help;
    Str fix_title;         /* empty: no fix */
    bool fix_is_safe;
    bool is_stranded;      /* it is about code that never runs */
    ARRAY(Edit) edits;     /* of the fix, ascending, not overlapping */
    uint64_t order;        /* tie break that keeps the order of report() */
};

/* Whether the finding tells a path: its own place is the first step, those of `also` that are steps follow. */
bool finding_has_steps(const Finding *f);

/* Path, then place, then code, then order of report: for qsort over Finding *. */
int finding_compare(const void *a, const void *b);

#endif
