/* Which functions keep their exceptions to themselves. */
#ifndef AWRY_FACTS_HANDLED_H
#define AWRY_FACTS_HANDLED_H

#include "python/module.h"

/* Whether whatever a function (a function_definition) awaits stands in a `try` that catches Exception or more and whose handlers do
 * not raise; waits that can only be cancelled may stand elsewhere. What is called without an await may, too, when there is such a
 * `try`; without one, only what writes a log or asks a collection. False for a function that raises elsewhere, and for one without
 * any call. */
bool handles_exceptions(Node function);

#endif
