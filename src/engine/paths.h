/* Paths as text. A real path has no slash at its end: the one of "/" is empty. */
#ifndef AWRY_ENGINE_PATHS_H
#define AWRY_ENGINE_PATHS_H

#include "base/arena.h"

/* One text behind the other, with a NUL behind both that the Str does not count. */
Str path_join(Arena *arena, Str directory, Str name);

/* Without "." and empty parts, which say nothing; "." when nothing is left. `..` stays: behind a link it is not what it looks
 * like. */
Str path_clean(Arena *arena, Str path);

/* The real path of a NUL-terminated one; NULL in .p when there is none. */
Str path_real(Arena *arena, const char *path);

/* Whether a real path is `directory` or stands below it, and what is behind `directory` then, without the slash between. */
bool path_is_below(Str path, Str directory);
Str path_below(Str path, Str directory);

/* The directory above; the empty one above the last. */
Str path_parent(Str path);
Str path_last(Str path);

/* What a path is called from one run to the next: relative to the directory `root` when it is below it, else absolute. `cwd` is what a
 * relative one is relative to. In the arena, or part of the path. */
Str path_key(Arena *arena, Str path, Str root, Str cwd);

/* The working directory; empty when it cannot be had. */
Str working_directory(Arena *arena);

/* Whether one of its parts is `..`. */
bool path_has_dots(Str path);

#endif
