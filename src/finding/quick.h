/* Whether a call that blocks by its row is quick all the same, by what its file says (facts/quick.h) and what types are known:
 * wherever the call stands, in the file at hand or at the end of a path through others. */
#ifndef AWRY_FINDING_QUICK_H
#define AWRY_FINDING_QUICK_H

#include "facts/quick.h"
#include "program/ask.h"

typedef struct CallSite {
    Program *program;
    Ref function;            /* whose frame makes it */
    const CallSummary *call; /* NULL: all that is known is the file */
} CallSite;

/* Of a call of the file that is looked at; of any other node a site without a call. */
CallSite site_of_node(Node n);

/* Of a step of a path. */
CallSite site_of_step(Program *program, const Step *step);

/* Whether it is quick: a socket that does not block, a put into a queue without bound, the result of a future that is done, a process
 * that has been polled, an archive in memory. */
bool call_is_quick(const CallSite *site, const Api *api);

/* Whether it mostly ends at once, and only stalls now and then. */
bool call_is_short(const CallSite *site, const Api *api);

/* Whether the function of a step has asked before it whether the object of `leaf` would have to wait: `self.queue.empty()`, then a
 * call of the method that gets an item of `self.queue`. */
bool step_asks(Program *program, const Step *step, const CallSite *leaf, const Api *api);

/* Whether what a path leads to is quick there, or by what was asked on the way. */
bool path_is_quick(Program *program, const Path *path);

#endif
