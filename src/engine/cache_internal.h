/* Shared by the cache*.c files. Nobody else includes this. */
#ifndef AWRY_ENGINE_CACHE_INTERNAL_H
#define AWRY_ENGINE_CACHE_INTERNAL_H

#include "engine/cache.h"

/* The file begins with this; behind it stand the entries (sorted by path), the table of their numbers + 1 by the hash of
 * their path (open addressing; 0: free), and the paths. That is the index, and `check` is the hash of it and of this with
 * `check` 0. The parts of the entries follow, each at a multiple of 8. All in the byte order of the machine. */
typedef struct CacheFront {
    char magic[16];
    uint64_t check, version, index_size, size;
    uint32_t count, room, paths_size, zero;
} CacheFront;

struct Cache {
    CachePlace place;
    uint64_t version;
    int64_t opened_ns; /* wall clock */
    const char *why;   /* it is empty: constant; NULL: it is not */
    const char *map;   /* NULL when it is empty; so are the following */
    size_t size;
    const CacheEntry *entries;
    const uint32_t *table;
    const char *paths;
    uint32_t count, room, paths_size;
};

extern const char cache_magic[16];
extern const char cache_name[];
/* What names of temporary files begin with. */
extern const char cache_temporary[];

static inline uint64_t cache_index_size(uint64_t count, uint64_t room, uint64_t paths_size)
{
    return (count * sizeof(CacheEntry) + room * sizeof(uint32_t) + paths_size + 7) & ~UINT64_C(7);
}

/* Hash of the front (`check` taken for 0) and the index behind it. */
uint64_t cache_check(const CacheFront *front, const char *index);

/* The bytes of a part, not compared with their hash; empty when they lie outside. */
Str cache_raw_part(const Cache *cache, const CacheEntry *entry, CachePart part);

/* Takes away temporary files that were last written to before that time. */
void cache_place_sweep(int directory, int64_t before_ns);

/* Now, by the wall clock: what files are stamped with. */
int64_t cache_now(void);

#endif
