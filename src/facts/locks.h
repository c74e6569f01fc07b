/* What happens while a lock is held. */
#ifndef AWRY_FACTS_LOCKS_H
#define AWRY_FACTS_LOCKS_H

#include "python/module.h"

/* The first point behind a with_item, in its statement and function, at which the function is suspended: an await, `async for`,
 * `async with`. A null node when there is none, or when `item.release()` stands before it. */
Node await_while_held(Node item);

/* The context expression of a with_item: `lock` of `lock as x`. */
Node with_value(Node item);

/* The target of a with_item: `x` of `lock as x`; a null node when it has none. */
Node with_target(Node item);

#endif
