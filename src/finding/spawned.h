/* What the rules about tasks have in common: which calls start one that nothing but their result holds. */
#ifndef AWRY_FINDING_SPAWNED_H
#define AWRY_FINDING_SPAWNED_H

#include "finding/rule.h"

typedef struct Spawned {
    const Api *api; /* what starts the task; NULL when the object is a loop by its name alone */
    bool is_sure;
} Spawned;

/* Whether the call gives a task that is lost with what it gives: create_task, ensure_future, loop.create_task. False
 * for those of a TaskGroup or nursery, and for what is not known. */
bool spawned_by(Node call, Spawned *spawned);

/* Whether the call is one of a function of the project that starts a task and only hands it back: that of this file then has it from
 * *task; of another file it is a null node. */
bool spawned_by_helper(Node call, Node *task);

/* What a function of this file gives back when each of its returns is a call of that kind: the last of them; a null node when that is
 * not so, or the function is no plain one. */
Node spawned_returned(const Function *function, const Module *module, bool (*is_it)(Node call));

/* The function of the project that is surely called; NULL when it is another one, or the call is left alone. */
const Atom *spawned_callee_of_project(Node call);

/* Whether an object that nothing is known of is a loop by its name: `loop`, `self.bot.loop`. */
bool spawned_is_loop(Node object);

/* Whether the call is left alone: it never runs, stands in a stub, or in a test that waits for its error:
 * `pytest.raises`. */
bool spawned_is_meant(Node call);

/* What is called as the user wrote it, as far as it fits into a sentence; else the name of the API. */
Str spawned_callee(Pass *pass, Node call, const Api *api);

/* `create_task(f()).add_done_callback(g)`: the call that makes the object whose method this call is; a null node when
 * the method is another one. */
Node spawned_before(Node call);

/* The ways to keep a task, as far as the file and the Python that it is for have them. */
void spawned_help(Pass *pass, Finding *f, Node call);

#endif
