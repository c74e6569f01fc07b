/* What CPython refuses of a text that its grammar takes: `await` in a plain function, `return` outside of any, ... Only what each of
 * Python 3.8 to 3.13 refuses. `await`, `async for`, `async with` and asynchronous comprehensions of a module's own code are no refusals, since
 * notebooks and `python -m asyncio` take them; module->waits_at_top tells of them, but not in what was saved from a notebook, by the marks
 * of its cells, and in what pyodide runs.
 *
 * module_bind drives it, since it knows the scope of each node; the result is module->refusals. Such a module has a sure tree: what it
 * binds is known as well as that of any other, but it cannot be imported. Nothing is said of stubs, and of texts in which
 * the scan or the grammar found troubles.
 *
 * Left out: annotations and type parameters (each version has rules of its own for them), names that are used before a `global`,
 * `nonlocal` of a name that nobody binds, and `break`, `continue` and `return` that leave an `except*`. */
#ifndef AWRY_PYTHON_COMPILE_ERRORS_H
#define AWRY_PYTHON_COMPILE_ERRORS_H

#include "python/module.h"

/* A node of the kinds await, yield, return, break, continue, nonlocal, of for, with, for_in_clause with `async`, or of an import with `*`;
 * `scope` is the one in whose namespace it is evaluated. */
void compile_error_see(Module *module, const Scope *scope, uint32_t node);

/* The list of a function's or lambda's parameters. */
void compile_error_parameters(Module *module, uint32_t list);

/* A parameter whose name another one of the same function has. */
void compile_error_duplicate(Module *module, uint32_t parameter);

/* A name of a `global` or `nonlocal` statement, and what its scope has bound to it before. */
void compile_error_late(Module *module, uint32_t name, const Binding *binding, bool is_global);

/* When all nodes have been seen: what shows only then, and the order of place. */
void compile_errors_finish(Module *module);

#endif
