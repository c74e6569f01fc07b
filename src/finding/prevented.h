/* What never happens because something before it, or in it, surely raises, for another reason than a missing await. These are questions about a
 * finding that is about to be reported: each may look at some thousand nodes. */
#ifndef AWRY_FINDING_PREVENTED_H
#define AWRY_FINDING_PREVENTED_H

#include "finding/rule.h"

/* Whether control surely never gets to n: a statement before it, what is evaluated before it, or an argument of it raises, or it stands in a
 * method of a class that can have no instance, or in one that nobody runs. */
bool is_prevented(Pass *pass, Node n);

/* Whether something that is surely evaluated when n is raises: a name that nobody binds (with `names`: who loads plugins may put names into them),
 * an attribute that is surely not there, arguments that do not fit. Looks at no more than *left nodes. */
bool surely_raises(Node n, bool names, uint32_t *left);

/* Whether an instance of a class of the project is made that surely cannot stand in a `with`, or `async with`. */
bool is_no_manager(Node object, bool is_async);

/* Whether n stands in a method that nobody runs: a test that unittest takes for a plain function. */
bool is_never_run(Node n);

/* Whether n stands in a method of a class of which no instance can be made. */
bool lacks_instance(Node n);

/* Whether a call of one function of the project has arguments that it does not take. */
bool is_misfit_of_function(Node call);
/* The same of a call of a plain class of the project, which has an `__init__` of its own. */
bool is_misfit_of_class(Node call, Ref class_);

#endif
