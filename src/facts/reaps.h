/* Which tasks a module cancels itself, so that their CancelledError is awaited on purpose:
 *
 *   task.cancel()
 *   with suppress(CancelledError):
 *       await task
 *
 * By names: what `.cancel` is asked of, or is given to a function that has "cancel" in its name, and what stands for
 * the same thing elsewhere (`task = self._task`, `for task in tasks`, `tasks.append(task)`). An attribute counts in
 * the whole module whatever object it is of, a variable in its own scope. Rather too much than too little: who asks
 * wants to be silent then. */
#ifndef AWRY_FACTS_REAPS_H
#define AWRY_FACTS_REAPS_H

#include "python/module.h"

typedef struct Reaps Reaps;

/* Of a module that is bound. In the arena. One walk over the tree. */
Reaps *reaps_new(Arena *arena, const Module *module);

/* Whether a suspension point (a node of Flow.awaits) waits for something that the module cancels: the operand of an
 * await or anything that is passed to it there. */
bool reaps_await(const Reaps *reaps, Node await);

/* Whether the module cancels a task of this function (a function_definition) itself and takes what it returns then:
 *
 *   counter = create_task(count(queue))
 *   counter.cancel()
 *   number = await counter
 *
 * Also for tasks that are kept with others, and for those that a helper makes of the coroutine it is given. By names. */
bool reaps_result_of(const Reaps *reaps, Node function);

/* Whether a name is of something that cancels: "cancel", "async_cancel_tasks", but neither "cancelled" nor
 * "cancelling". */
bool says_cancel(Str name);

/* Whether it waits for objects only, which others may have cancelled: `await task`, `await gather(*tasks)`, and for no
 * coroutine that is made there. */
bool awaits_objects_only(Node await);

#endif
