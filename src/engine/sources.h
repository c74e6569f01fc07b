/* The texts of files that a finding shows besides its own: read again when they are needed, by the same rules as the files of the
 * run (regular, of limited size, links not followed), and kept a few at a time. One SourceCache for each worker.
 *
 *   SourceCache cache;
 *   source_cache_init(&cache, options.max_file_size, memory);
 *   pass.sources = &cache.sources;
 *   ...
 *   source_cache_release(&cache); */
#ifndef AWRY_ENGINE_SOURCES_H
#define AWRY_ENGINE_SOURCES_H

#include "finding/pass.h"

enum { SOURCES_KEPT = 8 };

/* Text that stands for that of a file: what an editor has not saved yet, a file whose bytes are at hand. Gives its bytes in the arena with
 * 16 zero bytes behind them, as io_read_file does; false: the file is to be read. */
typedef bool TextOf(void *context, Arena *arena, Str path, Str *bytes);

typedef struct KeptSource {
    Arena arena;
    Str path;         /* NULL text: the place is free */
    Source source;
    const Scan *scan; /* NULL: it cannot be read */
    uint64_t used;    /* by the clock of the cache */
} KeptSource;

typedef struct SourceCache {
    Sources sources; /* for Pass.sources; points back here, so that a cache stays where it is */
    uint64_t max_file_size;
    uint64_t memory;
    TextOf *text_of; /* may be NULL, as it is at first */
    void *text_context;
    uint64_t clock;
    KeptSource kept[SOURCES_KEPT];
} SourceCache;

/* `max_file_size` in bytes; `memory`: the most that one file may take, scan included. */
void source_cache_init(SourceCache *cache, uint64_t max_file_size, uint64_t memory);

/* Forgets the texts: what is asked for next is read anew. */
void source_cache_clear(SourceCache *cache);
void source_cache_release(SourceCache *cache);

#endif
