/* Which functions keep their exceptions to themselves. */
#ifndef AWRY_FACTS_HANDLED_H
#define AWRY_FACTS_HANDLED_H

#include "python/module.h"

/* Whether whatever a function (a function_definition) calls and awaits stands in a `try` that catches Exception or more
 * and whose handlers do not raise. Calls that write a log or ask a collection, and waits that can only be cancelled, may stand
 * elsewhere. False for a function that raises elsewhere. */
bool handles_exceptions(Node function);

#endif
