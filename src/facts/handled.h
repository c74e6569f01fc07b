/* Which functions keep their exceptions to themselves. */
#ifndef AWRY_FACTS_HANDLED_H
#define AWRY_FACTS_HANDLED_H

#include "python/module.h"

/* Whether whatever a function (a function_definition) calls and awaits stands in a `try` that catches Exception or more
 * and whose handlers do not raise; calls that write a log aside. False for a function that raises elsewhere. */
bool handles_exceptions(Node function);

#endif
