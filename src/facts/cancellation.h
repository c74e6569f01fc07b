/* What becomes of a cancellation: who catches it around a suspension point, how control leaves the handler, and
 * whether the function goes on to wait then. The CancelledError of asyncio, and trio's and anyio's, which behave alike
 * here.
 *
 * A cancellation is thrown once. Who catches it and does not raise it again has told the one who cancelled that all is
 * well, and the coroutine goes on as if nothing had been said. */
#ifndef AWRY_FACTS_CANCELLATION_H
#define AWRY_FACTS_CANCELLATION_H

#include "python/flow.h"

typedef enum CancelEnd {
    CANCEL_PASSED_ON, /* raised again on every path, or the program ends */
    CANCEL_LOOKED_AT, /* raised on some path, stored, counted (uncancel, cancelling): somebody thought about it */
    CANCEL_DROPPED,   /* the handler runs to its end; so does what contextlib.suppress does */
    CANCEL_CONTINUED, /* the remaining ones by a statement: `jump` */
    CANCEL_BROKEN,
    CANCEL_RETURNED,
    CANCEL_RERAISED_AS, /* another exception, on every path */
} CancelEnd;

typedef enum CancelNext {
    CANCEL_THEN_ENDS,  /* the function ends without another suspension point, but for those of its clean-up (finally) */
    CANCEL_THEN_MAYBE, /* some condition decides whether it waits again */
    CANCEL_THEN_WAITS, /* it surely gets to another suspension point */
    CANCEL_THEN_LOOPS, /* it gets back to where it was cancelled, and neither to an end nor to a suspension point where a
                          cancellation would get through */
} CancelNext;

typedef struct Cancellation {
    const Function *function;
    Node catcher; /* except_clause, or with_item of a contextlib.suppress */
    Node await;   /* the first suspension point whose cancellation ends there and that is no reap; else the first one */
    CancelEnd end;
    Node jump; /* see CancelEnd; else null */
    CancelNext next;
    Node waits;            /* a suspension point that it gets to; null when it ends */
    bool is_reap;          /* all of them wait for what the module cancels itself: see facts/reaps.h */
    bool is_about_objects; /* all of them wait for tasks or futures that others may have cancelled */
    bool is_interrupt;     /* KeyboardInterrupt or SystemExit is caught with it: the program is about to end */
    bool is_clean_up;      /* the catcher stands in a finally suite, or all that is awaited there closes something */
    bool is_asked_for;     /* the handler returns a value, and the module takes it from the task that it has cancelled */
    bool is_test;          /* a test, which causes the cancellation that it names in the clause */
} Cancellation;

typedef struct Cancellations {
    ARRAY(Cancellation) items;
} Cancellations;

/* All that catches a cancellation in the async functions of a module, in order of place. `target_minor`: the oldest
 * Python 3 that counts; before 3.8 CancelledError was an Exception. In the arena of the module. */
Cancellations cancellations_of(Module *module, unsigned target_minor);

/* Whether an except clause or with item surely catches it. */
bool catches_cancellation(Node catcher, unsigned target_minor);

/* Whether it does so by name, and not as a bare except or as BaseException; whether KeyboardInterrupt or SystemExit is
 * named. */
bool catches_by_name(Node catcher);
bool catches_interrupt(Node catcher);

/* Whether an expression names the class of asyncio, trio or anyio. concurrent.futures.CancelledError is another one
 * since 3.8, and libraries have classes of that name. */
bool is_cancelled_class(Node n);

/* The catcher of a cancellation at a suspension point, or a null node: none within the function, or not known. */
Node cancellation_catcher(Node await, unsigned target_minor);

#endif
