/* Facts about functions of the project, solved over the call graph: what blocks and through whom, and what is done with
 * callable and coroutine parameters. Solved when first asked, to a fixpoint over strongly connected components; the answers
 * do not depend on who asks first. */
#ifndef AWRY_PROGRAM_EFFECTS_H
#define AWRY_PROGRAM_EFFECTS_H

#include "program/program.h"

/* One link of the way to a blocking call. */
typedef struct Step {
    Ref function;   /* whose frame makes the call */
    Range at;       /* the call, in the function's file */
    uint32_t call;  /* its number in the calls of the file's summary; UINT32_MAX of the call that was asked about */
    CallKind kind;
    const Api *api; /* the leaf: what blocks; NULL while it goes on */
    Ref next;       /* the function that is called; of a leaf nothing */
    bool is_open;   /* it stands under a test of what a parameter is, and which way that goes is not known */
} Step;

enum { STEPS_MOST = 32 };

typedef struct Path {
    Hazard hazard;
    ApiWeight weight;
    const Api *api;         /* the leaf */
    Step steps[STEPS_MOST]; /* steps[0] is a call in the function that was asked about, the last one calls the leaf */
    uint32_t count;
} Path;

/* Whether a call of this function holds up its thread: it is no coroutine function and no generator, and its own frame
 * surely calls something that does. Of several hazards the gravest, of its paths the shortest. The function itself, its
 * decorators aside. */
bool function_blocks(Program *program, Ref function, Path *path);

/* The same for one hazard class. */
bool function_blocks_by(Program *program, Ref function, Hazard hazard, Path *path);

/* How grave a hazard is: higher is worse. */
int hazard_gravity(Hazard hazard);

/* ---- What becomes of an argument ---- */

typedef enum ArgumentFate {
    FATE_UNKNOWN,
    FATE_CALLED,    /* a callable: runs in the frame of the call, before it returns */
    FATE_AWAITED,   /* a coroutine or awaitable: awaited, or run on a loop, by the call or by awaiting the call */
    FATE_SPAWNED,   /* a coroutine: becomes a task that the callee keeps, waits for or hands back */
    FATE_SPAWNED_LOOSE, /* a coroutine: becomes a task that only the result of the call holds */
    FATE_SCHEDULED, /* a callable: runs on the loop later */
    FATE_OFFLOADED, /* a callable: runs in another thread or process */
    FATE_STORED,    /* kept for later: nobody knows who will run it */
    FATE_RETURNED,  /* is part of what the call gives */
    FATE_IGNORED,   /* read at most: never run, kept, passed on or returned */
} ArgumentFate;

/* Of the argument at `position` (UINT32_MAX: of keyword `keyword`) of a call of a function of the project. */
ArgumentFate argument_fate(Program *program, Ref function, bool is_bound, uint32_t position, Str keyword);

/* The same for whatever the type of the callee is; tables answer for libraries. All atoms must agree. */
ArgumentFate callee_argument_fate(Program *program, TypeId callee, uint32_t position, Str keyword);

/* Whether a function of the project makes a task by a call like asyncio.create_task, and nothing but what it returns holds that. */
bool function_hands_out_task(Program *program, Ref function);

#endif
