/* Which calls give a coroutine: an object that does nothing until it is awaited. */
#ifndef AWRY_FACTS_COROUTINES_H
#define AWRY_FACTS_COROUTINES_H

#include "facts/api.h"

typedef struct CoroutineCall {
    const Api *api; /* what is called, when a table knows it; else NULL */
    const Function
        *function; /* the async def of this module that is called; else NULL. With several definitions (if and
                                 else), all of which are async: the first */
    bool is_sure;  /* false: an abstract method, or a class with a decorator that we do not know */
} CoroutineCall;

/* Whether the call surely gives a coroutine (*made says what is called). False when it does not, and when it is not known:
 * unknown decorators, names bound to something else as well, methods that a class of this module overrides with a sync
 * one, attributes that are assigned somewhere. An async generator is no coroutine. */
bool call_gives_coroutine(Node call, CoroutineCall *made);

/* Whether a call of this function gives a coroutine, judged by its definition and its decorators alone. */
bool function_is_coroutine(const Module *module, const Function *function);

#endif
