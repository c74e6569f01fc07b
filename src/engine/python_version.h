/* What a project says of the versions of Python that it supports. */
#ifndef AWRY_ENGINE_PYTHON_VERSION_H
#define AWRY_ENGINE_PYTHON_VERSION_H

#include "base/str.h"

/* The oldest 3.x that a version specifier allows (">=3.9,<4", "~=3.10", "^3.8", "==3.11.*", "3.12"): its x. 0 when it says
 * nothing of a lower bound, or one that is not 3.x. */
unsigned python_lower_bound(Str specifier);

#endif
