/* Shared by the effects*.c files. */
#ifndef AWRY_PROGRAM_EFFECTS_INTERNAL_H
#define AWRY_PROGRAM_EFFECTS_INTERNAL_H

#include "program/effects.h"
#include "program/types_internal.h"

/* Functions of all files are numbered through: the numbers of file f begin at first[f]. */
typedef struct Link { /* a call that runs functions of the project, or an API that holds up the thread */
    uint32_t caller;  /* a function, numbered through */
    uint32_t call;    /* in the summary of its file */
    Piece targets;    /* of effects->targets: what it may run; each of them does, or nothing is known */
    const Api *api;   /* it may call this one, too; with no targets it surely does. NULL: none */
} Link;

typedef struct Called { /* a function that a link runs */
    uint32_t function;
    bool is_bound; /* its first parameter is the object */
} Called;

typedef struct Caller {
    uint32_t link;
    bool is_bound;
} Caller;

typedef struct Reach { /* how a function comes to hold up its thread by one hazard */
    uint32_t level;    /* calls to the leaf, 1 when it calls that itself; 0: it does not */
    uint32_t link;
} Reach;

typedef struct Effects {
    uint32_t file_count;
    uint32_t *first;
    uint32_t function_count;
    ARRAY(Link) links; /* by caller, in order of place */
    ARRAY(Called) targets;
    Caller *callers; /* links by target: callers[caller_first[f]] ... callers[caller_first[f + 1]] */
    uint32_t *caller_first;
    Reach *reach;              /* [function * HAZARD_COUNT + hazard] */
    uint32_t *parameter_first; /* by function: parameters are numbered through, too */
    uint8_t *fates;            /* ArgumentFate by parameter; NULL until asked for */
} Effects;

Effects *effects_of(Program *program);
static inline uint32_t function_through(const Effects *e, Ref ref)
{
    return e->first[ref.file] + ref.number;
}
Ref function_ref(const Effects *e, uint32_t function);

/* What a call of some kind runs: functions of the project and an API. */
typedef struct Runs {
    Ref functions[TYPE_ATOMS];
    bool is_bound[TYPE_ATOMS];
    uint32_t count;
    const Api *api; /* the first one, when there are some; all have its hazard */
    bool is_known;  /* false: it may run something else as well, or nothing that holds up a thread */
} Runs;

/* What calling a value of that type runs. `arguments` as of the call, for `unless`. */
Runs runs_of_call(Program *program, TypeId callee, const Terms *terms, const Argument *arguments, uint32_t count);
/* What `with` does first (`__enter__`) or last, and `for` first (`__iter__`) or for each item. */
Runs runs_of_enter(Program *program, TypeId context, bool is_exit);
Runs runs_of_each(Program *program, TypeId iterable, bool is_next);
/* The properties that reading an attribute of an object runs. */
Runs runs_of_read(Program *program, TypeId object, Str name);

/* The row when it holds up its thread, called with these arguments; else NULL. */
const Api *row_that_blocks(const Api *api, const Terms *terms, const Argument *arguments, uint32_t count);

/* The arguments of a call, where they say something. */
typedef struct Given {
    const Terms *terms;
    const Argument *arguments;
    uint32_t count;
    bool is_known; /* false: who calls gives what nobody knows */
} Given;

/* Whether a call of the function with these arguments gets to the call that makes it block by the hazard: not when that stands
 * under `if p:` and p keeps its default None. */
bool reach_is_met(Program *program, Ref function, Hazard hazard, bool is_bound, const Given *given);

/* As function_blocks_by, of the frame of a generator too; the steps are added to those that are in the path. */
bool frame_blocks_by(Program *program, Ref function, Hazard hazard, Path *path);

/* The hazards from the gravest on; HAZARD_NONE behind the last. */
Hazard hazard_next(Hazard hazard);

/* The first of the rows that a value of that type is when it is called, all of which hold up their thread; else NULL. */
const Api *rows_that_block(
    Program *program, TypeId callee, const Terms *terms, const Argument *arguments, uint32_t count);

/* Functions that do something else than their code says when they are called. */
enum { ATOMS_CHANGED = ATOM_AS_COROUTINE | ATOM_AS_SYNC | ATOM_AS_CONTEXT };

void effects_link(Program *program, Effects *e);

#endif
