/* Which file a module is: dotted names to files of the project, by their paths alone. Made once of the list of files; then only
 * read, from any thread.
 *
 * There is no search path to read, so a name finds a file whose path ends in it, below a directory that could be on one: no regular
 * package itself (it holds no `__init__`). Of several such roots those above the importing file come first, the nearest one before
 * the others; then those that have most of their path in common with it. Two that are equally near say nothing. */
#ifndef AWRY_PROGRAM_MODULES_H
#define AWRY_PROGRAM_MODULES_H

#include "base/arena.h"

enum { NO_FILE = UINT32_MAX };

typedef struct Modules Modules;

/* `paths` are those of the files, as shown; the number of a file is its index. Relative ones are taken from the directory
 * `base` (absolute). The texts must live as long as the arena. */
Modules *modules_new(Arena *arena, const Str *paths, uint32_t count, Str base);

/* The file of a module, by its full name (`a.b.c`; relative ones keep their dots: `.b`, `..c.d`), as file number `from` would import
 * it; of a package its `__init__`. A source comes before a stub. NO_FILE: there is none, or it cannot be told which. */
uint32_t modules_find(const Modules *modules, uint32_t from, Str dotted);

/* Where the file is: its absolute path without the suffix, of a package that of its directory. */
Str modules_place(const Modules *modules, uint32_t file);

/* Whether no other file goes by that full name, without dots in front, below any directory that could be on a search path; or `anywhere`. */
bool modules_only(const Modules *modules, uint32_t file, Str dotted, bool anywhere);

/* The file of that absolute path; NO_FILE when it is not of the list. */
uint32_t modules_at(const Modules *modules, Str path);

/* Whether the project has a module or directory of that name (one part, no dots) at all. */
bool modules_has(const Modules *modules, Str part);

/* The stub (`.pyi`) beside a source; NO_FILE when there is none. */
uint32_t modules_stub(const Modules *modules, uint32_t file);

/* The name that the module goes by in its outermost regular package: "app.store"; of a package "app". Never empty. In the
 * arena of the Modules. */
Str modules_name(const Modules *modules, uint32_t file);

/* Whether the file is the `__init__` of a package. */
bool modules_is_package(const Modules *modules, uint32_t file);

#endif
