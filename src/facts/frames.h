/* Who executes an expression: the frame that is held up while it is evaluated. */
#ifndef AWRY_FACTS_FRAMES_H
#define AWRY_FACTS_FRAMES_H

#include "python/module.h"

/* The def or lambda whose frame surely evaluates n. As node_function, but a lambda that is called where it stands is
 * looked through, and the body of a generator expression belongs to the frame only when something consumes it on the
 * spot: `any(...)`, `for x in (...)`, `f(*(...))`. NULL at module level, in a class body, and when it is not known who
 * will run it. */
Function *frame_function(Node n);

/* Whether whoever evaluates a lambda or comprehension surely runs what is in it, too: before its own expression is done. */
bool frame_runs_inside(Node maker);

/* The function when it is an async def, whose frame runs on the event loop; else NULL. */
Function *frame_on_loop(Node n);

#endif
