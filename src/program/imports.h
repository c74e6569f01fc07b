/* Whether a file can be imported at all, by what its own imports want of other files of the project. */
#ifndef AWRY_PROGRAM_IMPORTS_H
#define AWRY_PROGRAM_IMPORTS_H

#include "program/program.h"

/* The text of the file of that path (as in Summary.path), or NULL; valid until the next call. */
typedef const Scan *ScanOf(void *context, Str path);

/* Whether the module, which has joined its Program (ask.h), surely cannot be imported. A statement at its top level, under no condition, is
 * `import m` or `from m import name`, where
 * - m is a source of the project that does not compile, or one of the packages that it lies in is;
 * - or nothing in m binds the name: no statement, no `import *`, no module of a package, no code that makes names as it runs;
 * - or m, by that name, lies in fewer packages than a relative import of its own goes up;
 * - or m is nowhere, and would lie in a regular package of the project that has nothing of that name on the disk, makes nothing of that name
 *   when it is built, and has no ignore file that leaves it out;
 * - or one of these holds for m, or for a package that it lies in: what it imports in turn is not followed further.
 * False when any of that is not known.
 *
 * What lies in a package, and at the root of the search path, besides sources is looked up on the disk, and is not among the things that the
 * answer rests on. */
bool import_fails(const Module *module, ScanOf *scan_of, void *context);

/* Whether an import statement, wherever it stands in such a module, surely fails for one of those reasons when it is run. */
bool inner_import_fails(Node statement, ScanOf *scan_of, void *context);

/* Whether "a.b.name" surely is no name of module a.b, which is a source of the project as the module would import it. */
bool name_is_missing(const Module *module, ScanOf *scan_of, void *context, Str dotted);

#endif
