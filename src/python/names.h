/* What names.c needs of the language, and what it lends to the facts about APIs. */
#ifndef AWRY_PYTHON_NAMES_H
#define AWRY_PYTHON_NAMES_H

#include "python/module.h"

/* Whether a name is one of CPython's builtins, 3.8 to 3.14. */
bool is_builtin(Str name);

/* Whether a module without dots is one of CPython's standard library, 3.8 to 3.14: "asyncio", "_socket". */
bool is_stdlib_module(Str top);

/* The module that a `from module import *` names; relative ones keep their dots. */
Str star_import_module(const Module *module, uint32_t statement);

/* What an import (SITE_IMPORT, SITE_IMPORT_FROM) binds its name to: "os" for `import os.path`, ".helpers.load". Empty for half
 * a statement. */
Str import_name(const Module *module, const Site *site);

/* `yaml = None` in an except clause, beside an import of the same name: only the import can be used. */
bool stands_in_for_import(const Module *module, const Binding *binding, const Site *site);

typedef enum MethodKind { METHOD_PLAIN, METHOD_CLASS, METHOD_STATIC } MethodKind;

/* What the first parameter of a function in a class body gets: the instance, the class, or nothing of the sort. */
MethodKind method_kind(const Module *module, const Function *function);

#endif
