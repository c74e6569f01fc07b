/* Calls and paths that block by the tables' rows and are quick all the same: program/quick.h, asked about nodes and paths. */
#ifndef AWRY_FINDING_QUICK_H
#define AWRY_FINDING_QUICK_H

#include "program/ask.h"
#include "program/quick.h"

/* Of a call of the file that is looked at; of any other node a site without a call. */
CallSite site_of_node(Node n);

/* Whether what a path leads to is quick there, or by what was asked on the way. */
bool path_is_quick(Program *program, const Path *path);

#endif
