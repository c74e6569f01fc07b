/* Patterns of .gitignore form, matched as git matches them (gitignore(5)): bytes, case counts, the last pattern that
 * matches decides, a nearer file beats one further up.
 * Matching costs at most pattern length times path length, and most patterns cost nothing: only those are tried that end as the
 * path does.
 *
 * Paths are relative to some root that the caller chooses; each list knows how many bytes of a path its own directory
 * takes up. That a directory is left out together with everything in it is the walk's business. */
#ifndef AWRY_ENGINE_IGNORE_H
#define AWRY_ENGINE_IGNORE_H

#include "base/array.h"

typedef enum IgnoreVerdict { IGNORE_SILENT, IGNORE_OUT, IGNORE_KEPT } IgnoreVerdict;

typedef struct IgnorePattern IgnorePattern;

typedef struct IgnoreList {
    const struct IgnoreList *above; /* asked when this one is silent; NULL: none */
    uint32_t base;                  /* bytes of a path that belong to its directory, with the slash; 0: the root */
    ARRAY(IgnorePattern) patterns;
    uint32_t *newest; /* by the byte that a path has to end in, and IGNORE_ANY_END: the last such pattern + 1, 0: none */
} IgnoreList;

enum { IGNORE_ANY_END = 256 };

/* An empty list for the directory whose name takes up the first `base` bytes of a path. In the arena. */
IgnoreList *ignore_new(Arena *arena, const IgnoreList *above, uint32_t base);

/* The patterns of a file, one a line, behind those that are there. Patterns longer than 4 KiB are left out. */
void ignore_add_file(IgnoreList *list, Arena *arena, Str text);

/* One pattern, as a line of a file would be. The text must live as long as the list. */
void ignore_add(IgnoreList *list, Arena *arena, Str line);

/* What the list and those above say of `path` (below the directories of all of them). */
IgnoreVerdict ignore_verdict(const IgnoreList *list, Str path, bool is_directory);

#endif
