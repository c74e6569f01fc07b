/* Shared by the effects*.c files. */
#ifndef AWRY_PROGRAM_EFFECTS_INTERNAL_H
#define AWRY_PROGRAM_EFFECTS_INTERNAL_H

#include "program/effects.h"
#include "program/types_internal.h"

/* Beyond the hazards: a function that runs an event loop. */
enum { EFFECT_RUNS_LOOP = HAZARD_COUNT, EFFECT_COUNT };

typedef struct Link { /* a call that runs functions of the project, or an API that holds up the thread */
    uint32_t caller;  /* a known function */
    uint32_t call;    /* in the summary of its file */
    Piece targets;    /* of effects->targets: what it may run; each of them does, or nothing is known */
    const Api *api;   /* it may call this one, too; with no targets it surely does. NULL: none */
    bool runs_loop;   /* the api runs an event loop; else it holds up its thread */
    bool is_handed;   /* what it runs was given to the call: with which arguments is not known */
    Piece vias;       /* of effects->vias: the calls in between */
} Link;

/* A call on the way from a call to a callable that it was given: the callable's own, or one that hands it on. */
typedef struct Via {
    Ref function;
    uint32_t call; /* in the summary of its file */
} Via;

typedef struct Called { /* a function that a link runs */
    uint32_t function;
    bool is_bound; /* its first parameter is the object */
} Called;

typedef struct Reach { /* how a function comes to have an effect */
    uint32_t level;    /* calls to the leaf, 1 when it calls that itself; 0: it does not */
    uint32_t link;
    uint32_t other_level; /* the same by the best link that happens in other cases than the first: for those calls that do not */
    uint32_t other;       /* come to that; 0: there is none, or the first one always happens */
} Reach;

typedef struct KnownFunction {
    Ref ref;
    Piece links;      /* of effects->links, in order of place; when it has been explored */
    Reach *reach;     /* by effect; NULL: it has none, or was not explored */
    uint32_t parameters; /* the first of its parameters + 1; 0: they were not asked for */
    uint32_t node;       /* of the basis */
    uint32_t callers;    /* while it is searched for: the first Waiting of a link that runs it + 1 */
    bool is_explored, is_solved;
} KnownFunction;

typedef struct KnownParameter {
    uint32_t function, number;
    uint32_t node;  /* of the basis */
    uint32_t place; /* while it is solved: its number among those that are + 1 */
    uint8_t fate;   /* ArgumentFate, when it is solved */
    bool is_gathered, is_solved;
} KnownParameter;

/* An item of a list of the search. */
typedef struct Waiting {
    uint32_t item;
    uint32_t next; /* number + 1 */
    bool is_bound; /* of a link: as in Called; of a function: it arrives by its other link */
} Waiting;

/* Targets that were solved before count from the level at which they have the effect. */
typedef struct Early {
    uint32_t link, level;
} Early;

/* What one search needs; kept, so that the next one finds the room. */
typedef struct SearchRoom {
    ARRAY(uint32_t) functions; /* those met since the last question */
    ARRAY(uint32_t) left;      /* by new link: targets that were not reached yet */
    ARRAY(Waiting) waiting;    /* links, by what they run */
    ARRAY(Waiting) arrived;    /* functions, by level */
    ARRAY(Early) early;
    uint32_t heads[STEPS_MOST + 2]; /* by level: the first of `arrived` + 1 */
} SearchRoom;

/* What is known so far. Grows from question to question; what is solved stays. */
typedef struct Effects {
    uint32_t **numbers; /* by file, then by function: its known function + 1 */
    uint32_t file_count;
    ARRAY(KnownFunction) functions;
    ARRAY(Link) links;
    ARRAY(Called) targets;
    ARRAY(Via) vias;
    ARRAY(KnownParameter) parameters;
    SearchRoom room;
} Effects;

Effects *effects_of(Program *program);
/* The number of a function among the known ones, from now on one of them. */
uint32_t function_known(Program *program, Ref ref);

/* What a call of some kind runs: functions of the project and an API. */
typedef struct Runs {
    Ref functions[TYPE_ATOMS];
    bool is_bound[TYPE_ATOMS];
    uint32_t count;
    const Api *api; /* the first one, when there are some; all have its hazard, or all run a loop */
    bool runs_loop;
    bool is_known;  /* false: it may run something else as well, or nothing that has an effect */
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
    uint32_t file; /* number + 1 of the file that the terms are of; 0: what the arguments are is not asked */
    uint32_t function; /* number + 1 of the function in there that gives them; 0: not known */
    TermId callee;     /* what is called; of a property that is read: the attribute. 0: not known */
    bool is_entered;   /* `callee` is the object, of a `with` or a `for` */
} Given;

/* What a parameter is in a call with these arguments. */
Truth truth_given(Program *program, Ref function, uint32_t number, bool is_bound, const Given *given);

/* ---- Conditions: needs.c ---- */

/* A call on a way, of a function, with these arguments. */
typedef struct Entry {
    Ref function;
    bool is_bound;
    Given given;
    struct Entry *before; /* the call of the function that makes it; NULL: its parameters are what they are to anybody */
    Frame frame;          /* what the function is given */
    TypeId arguments[CALL_ARGUMENTS];
    bool has_frame;
} Entry;

/* What the function's call that a parameter decides about depends on: whether it happens when the function is called so. Open: nobody knows. */
Truth need_is_met(Program *program, Entry *entry, const CallSummary *call);

/* Whether the other condition around the call (needs_also) is surely not met. */
bool other_need_fails(Program *program, Ref function, bool is_bound, const Given *given, const CallSummary *call);

/* Whether what the function's call belongs to is a parameter that is given something else than its annotation says, so that it calls something
 * else, too: nothing that holds up its thread, as far as is known. */
bool object_is_another(Program *program, Entry *entry, const CallSummary *call);

/* What a parameter is given; *argument NULL: nothing, it has its default. False: nobody knows. */
bool argument_given(Program *program, const Entry *entry, uint32_t number, const Argument **argument);

/* Records what need_is_met looks at for any call of the function. */
void needs_recorded(Program *program, Entry *entry);

/* in_memory.c: whether a call of that row, of sqlite3, connects to a database in memory, or its object is or comes from such a connection; or it
 * makes a directory and the like for one that is not in memory. `entry` is a call of the function, or NULL. */
bool call_is_in_memory(Program *program, Ref function, const CallSummary *call, const Api *api, Entry *entry);

/* addresses.c: whether a call of that row looks up a host that is an IP address already, in a call `entry` of its function. */
bool call_asks_nobody(Program *program, const CallSummary *call, const Api *api, Entry *entry);

/* ---- Callables that a call is given ---- */

enum { VIAS_MOST = 4 };

typedef struct Handed { /* one that it surely runs */
    Runs runs;
    Via vias[VIAS_MOST]; /* on the way, the callable's own call last */
    uint32_t via_count; /* 0: it is not known where, or goes without saying */
} Handed;

typedef struct HandedList {
    ARRAY(Handed) items;
} HandedList;

/* What a call of a value of that type in file number `file` runs beside the function that is called: callables among its arguments that
 * this calls, and those that it remembers from where it was made. `is_awaited`: what the call gives is awaited on the spot. */
void runs_besides(Program *program, uint32_t file, TypeId callee, const Given *given, bool is_awaited, HandedList *out);

/* The parameter of the project that an argument goes to; of several functions that may be called the first one's. False: none. */
typedef struct Taken {
    Ref function;
    uint32_t number;
    bool is_bound;
} Taken;
bool parameter_taking(Program *program, TypeId callee, const Argument *argument, const Terms *terms, Taken *taken);

/* As function_blocks_by, of the frame of a generator too, called with these arguments: not when what blocks stands under `if p:` and
 * p keeps its default None. The steps are added to those that are in the path. */
bool frame_blocks_by(Program *program, Ref function, unsigned effect, bool is_bound, const Given *given, Path *path);

/* The same for all functions that are run: each of them has to, and the path goes on through the first one. True when there are none. */
bool functions_block_by(Program *program, const Runs *runs, unsigned effect, const Given *given, Path *path);

/* Makes the links of a function, and those of what it leads to. */
void effects_explore(Program *program, Ref function);

/* Adds a call to a path; the step before it leads there. And the last call is that of the API. */
void path_push(Program *program, Path *path, const Via *via);
void path_end(Path *path, const Api *api);

/* The hazards from the gravest on; HAZARD_NONE behind the last. */
Hazard hazard_next(Hazard hazard);

/* The first of the rows that a value of that type is when it is called, all of which hold up their thread; else NULL. */
const Api *rows_that_block(
    Program *program, TypeId callee, const Terms *terms, const Argument *arguments, uint32_t count);

/* Functions that do something else than their code says when they are called. */
enum { ATOMS_CHANGED = ATOM_AS_COROUTINE | ATOM_AS_SYNC | ATOM_AS_CONTEXT };

/* Makes the links of a function; what they run becomes known. */
void effects_link(Program *program, uint32_t function);

#endif
