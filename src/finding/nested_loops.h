/* What the rules about loops that are run where one is running have in common. */
#ifndef AWRY_FINDING_NESTED_LOOPS_H
#define AWRY_FINDING_NESTED_LOOPS_H

#include "finding/rule.h"

/* Whether the call runs a loop to the end of something: then by *api, if a table has it; else it is `async_to_sync(f)(...)`. */
bool call_runs_loop(Node call, const Api **api);

/* Whether the RuntimeError of a call is what the code around it is about: a handler of RuntimeError, `pytest.raises`, or the handler
 * of a `try` that has asked for the running loop. */
bool loop_error_is_expected(Node call);

/* Whether the file imports what lets a loop run inside of a running one, or speaks of it. */
bool loops_are_nested(const Module *module);

/* The same of a file of the program, by the names in it. */
bool summary_nests_loops(const Summary *summary);

#endif
