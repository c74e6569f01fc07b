/* Telling the way from a call in an async def down to what blocks, through one file or several. */
#ifndef AWRY_FINDING_PATHS_H
#define AWRY_FINDING_PATHS_H

#include "finding/rule.h"

/* The qualified name of a function of the program: "Store.load". */
Str function_name(Program *program, Ref ref);

/* What stands at the end of the path, for messages: "requests.get"; a method's own name when the table has one row for many. */
Str path_leaf_name(Pass *pass, Program *program, const Path *path);

/* The steps behind the first, which is the finding's own place, each with what it does, in its own file; and the chain in one line. */
void tell_path(Pass *pass, Finding *f, Program *program, const Path *path);

#endif
