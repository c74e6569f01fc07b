/* Where the cache is. */
#ifndef AWRY_ENGINE_CACHE_PLACE_H
#define AWRY_ENGINE_CACHE_PLACE_H

#include "base/arena.h"

typedef struct CacheWishes {
    bool is_off;            /* --no-cache */
    const char *option;     /* --cache-dir; NULL: not given */
    const char *variable;   /* $AWRY_CACHE_DIR; NULL or empty: not set */
    const char *configured; /* `cache-dir` of a configuration: a relative directory below the root; NULL: not set */
    Str root;               /* of the project; empty: there is none */
} CacheWishes;

typedef struct CachePlace {
    Str root; /* what `directory` is relative to; links below it are not followed. Empty: the user chose the directory */
    Str directory; /* empty: there is no cache */
} CachePlace;

/* The first that was said, else `.awry_cache` below the root; none when there is no root. In the arena. */
CachePlace cache_place(Arena *arena, const CacheWishes *wishes);

/* Whether a directory that a configuration names stays below the project: relative, not empty, without "..". */
bool cache_directory_stays(Str directory);

/* A descriptor of the directory; with `is_made` it is made when it is missing, with CACHEDIR.TAG and .gitignore in it. -1
 * with errno when it cannot be opened, or a link stands in the way. */
int cache_place_open(const CachePlace *place, bool is_made);

/* Takes away what cache_place_open and cache_write made in there, and the directory when it is empty then. False with errno;
 * EINVAL when there is no CACHEDIR.TAG of ours in it; ENOENT when there is nothing. */
bool cache_place_clean(const CachePlace *place);

#endif
