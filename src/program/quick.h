/* Whether a call that blocks by its row is quick all the same, by what its file says (facts/quick.h) and what types are known. What is
 * quick is no leaf of a path: it neither is reported nor hides what else a function reaches. */
#ifndef AWRY_PROGRAM_QUICK_H
#define AWRY_PROGRAM_QUICK_H

#include "program/effects.h"

typedef struct CallSite {
    Program *program;
    Ref function;            /* whose frame makes it */
    const CallSummary *call; /* NULL: all that is known is the file */
} CallSite;

/* Of a step of a path. */
CallSite site_of_step(Program *program, const Step *step);

/* Whether it is quick: a socket that does not block, a put into a queue without bound, the result of a future that is done, a process
 * that has been polled, an archive in memory. */
bool call_is_quick(const CallSite *site, const Api *api);

/* Whether it mostly ends at once, and only stalls now and then. */
bool call_is_short(const CallSite *site, const Api *api);

/* Whether a function has asked before the byte `at` whether the object of a call would have to wait: `self.queue.empty()`, then a
 * call of the method that gets an item of `self.queue`. */
bool call_is_asked_about(Program *program, Ref function, uint32_t at, const CallSite *site, const Api *api);

/* The function, NULL for a number that is none: code of a module or a class. */
const FunctionSummary *site_function(Program *program, Ref function);

#endif
