/* Whether git would leave out a file that is not there: it may be on other machines all the same. */
#ifndef AWRY_ENGINE_IGNORED_H
#define AWRY_ENGINE_IGNORED_H

#include "base/str.h"

/* Whether a .gitignore in the absolute directory, or above it up to the repository, leaves out a module or package of that name in it, or there
 * is none that could say. Reads those files. */
bool path_is_ignored(Str directory, Str name);

#endif
