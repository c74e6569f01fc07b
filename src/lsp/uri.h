/* Addresses of documents, as far as they name files. */
#ifndef AWRY_LSP_URI_H
#define AWRY_LSP_URI_H

#include "base/arena.h"

/* The path that a file: URI names, percent-decoded and without `.` and `..`; NUL-terminated, in the arena. A drive ("c:/x") is taken
 * out of "/c:/x", and is no absolute path here. Empty when the URI names no file of this machine. */
Str uri_path(Arena *arena, Str uri);

/* Whether the URI is of that scheme ("untitled"). */
bool uri_has_scheme(Str uri, const char *scheme);

/* The file: URI of an absolute path, or of one that is relative to `cwd`. In the arena. */
Str uri_of(Arena *arena, Str cwd, Str path);

#endif
