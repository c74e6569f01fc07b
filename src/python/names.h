/* What names.c needs of the language, and what it lends to the facts about APIs. */
#ifndef AWRY_PYTHON_NAMES_H
#define AWRY_PYTHON_NAMES_H

#include "python/module.h"

/* Whether a name is one of CPython's builtins, 3.8 to 3.14. */
bool is_builtin(Str name);

/* The module that a `from module import *` names; relative ones keep their dots. */
Str star_import_module(const Module *module, uint32_t statement);

#endif
