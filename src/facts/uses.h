/* What becomes of what a local name holds: where it is read, which assignment can reach which read, on which paths. Answers go by
 * the flow graph; where the graph knows more paths than there are, so do they.
 *
 *   Uses *uses = uses_new(module, function);
 *   uses_reads(uses, target)                     `x = f()`: is this value of x ever read?
 *   uses_leads(uses, first, second, 0)           can control get from one read to the other, x still holding the same?
 *
 * Making it costs the function's flow graph: look first whether there is something to ask. A node is that of an identifier: the
 * target of an assignment (Site.node), or a name that is read. */
#ifndef AWRY_FACTS_USES_H
#define AWRY_FACTS_USES_H

#include "python/flow.h"

typedef struct Uses Uses;

/* Of the names that live in the scope of `function`, a def or lambda; NULL: of the module. In the arena of the module. */
Uses *uses_new(Module *module, const Function *function);

const Flow *uses_flow(const Uses *uses);

/* Whether more than the function's own code can see or bind the name: it is a module's, nonlocal in a nested function, or the
 * function calls locals(), vars(), eval() or exec(). Then it is not known who reads it. */
bool uses_is_shared(const Uses *uses, const Binding *binding);

/* Whether a nested function, class, lambda or generator expression reads the name: that may be at any time. */
bool uses_is_captured(const Uses *uses, const Binding *binding);

/* Every place that reads the name in the function and in what is nested in it, in order of place; `del x` and `x += 1` are reads too. Valid as
 * long as the module. */
typedef struct UseList {
    const uint32_t *nodes;
    uint32_t count;
} UseList;
UseList uses_of(const Uses *uses, const Binding *binding);

/* Whether what this assignment puts into the name can be read by anybody: on some path, or captured, or shared. */
bool uses_reads(Uses *uses, Node target);

/* Whether control can get from `from` (a read, or the target of an assignment) to the read `to`, the name not being bound between
 * and the read `avoid` (a null node: none) not being passed. `from` and `to` may be the same: then by a loop. Reads that
 * are captured are led to by nothing. */
bool uses_leads(Uses *uses, Node from, Node to, Node avoid);

/* The same for the function's end (or return, or an assignment of the name) instead of a read. */
bool uses_leads_out(Uses *uses, Node from, Node avoid);

#endif
