/* What becomes of a task that is kept: whether anybody ever awaits it, or asks it how it ended.
 *
 * A keeper is an attribute of the own object or a name of the module that tasks are put into, alone or in a collection. What is done with it is looked for in
 * the whole file. Every use but the ones that are known to look away counts as looking: handing it on, returning it, awaiting it. */
#ifndef AWRY_FINDING_OBSERVED_H
#define AWRY_FINDING_OBSERVED_H

#include "finding/rule.h"

enum { KEEPERS_MOST = 4 };

typedef struct Kept {
    Node keepers[KEEPERS_MOST]; /* `self.task`, `self.tasks`, `tasks`: where it is put */
    uint32_t count;
} Kept;

/* Where a call that makes a task puts it: `self.task = f()`, `tasks.add(f())`, or by way of a local name. False when it goes
 * anywhere else as well, or nobody knows. */
bool task_is_kept(Node call, Kept *kept);

/* Whether the file does something with what is in the keeper that may look at how the task ended. */
bool keeper_is_observed(Node keeper);

#endif
