/* The call graph backwards: who runs a function, and on the loop or off it. For views: all functions of a program are asked about, which
 * rules never do. The edges are those that findings follow: a call counts when it surely runs the function. */
#ifndef AWRY_PROGRAM_CALLERS_H
#define AWRY_PROGRAM_CALLERS_H

#include "program/effects.h"

typedef struct Callers Callers;

/* Of the functions of files 0 to `file_count` - 1, those that cannot be had aside. In the arena of the Program, which they share. */
Callers *callers_new(Program *program, uint32_t file_count);

/* A way down to the function that was asked about. */
typedef struct CallerWay {
    Ref from;
    uint32_t call;    /* the call in `from`, in the calls of its file's Summary */
    const Ref *names; /* the functions that are run one after the other, the one that was asked about last */
    uint32_t count;   /* of them; 0: it is `from` itself, and nobody calls it */
} CallerWay;

/* A call that gets the function, or one from which it is reached, as an argument. */
typedef struct HandedAt {
    Ref from;
    uint32_t call;
    Ref given;
    ArgumentFate fate;
} HandedAt;

typedef struct CallersOf {
    ARRAY(CallerWay) on_loop; /* from async functions: the nearest first, then by path and place; one from each */
    ARRAY(CallerWay) starts;  /* from other functions that nobody is seen to call, in the same order */
    ARRAY(HandedAt) handed;   /* by path and place; those that are called or awaited at once are among the ways */
    bool is_only_in_threads;  /* every way to it begins in a function that is sent to a thread or process */
} CallersOf;

/* Of an async function: who calls it, whatever becomes of the coroutine. */
void callers_of(Callers *callers, Ref function, CallersOf *out);

/* ---- Beside it ---- */

/* A function as its module has it: behind its decorators. */
TypeId function_type(Program *program, Ref function);

/* The shortest way on which running the function's own frame holds up the thread by the hazard, whatever its colour: that of a coroutine
 * function or generator too. Awaiting another coroutine is no part of the frame. */
bool body_blocks_by(Program *program, Ref function, Hazard hazard, Path *path);
/* The same for what runs an event loop: asyncio.run and its like. path->hazard is HAZARD_NONE then. */
bool body_runs_loop(Program *program, Ref function, Path *path);

/* The hazards from the gravest on: pass HAZARD_NONE for the first; HAZARD_NONE behind the last. */
Hazard next_hazard(Hazard hazard);

#endif
