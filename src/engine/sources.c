#include "engine/sources.h"

#include "port/io.h"

static bool read_bytes(const SourceCache *cache, KeptSource *kept, Str *bytes)
{
    uint64_t size;
    if (cache->text_of && cache->text_of(cache->text_context, &kept->arena, kept->path, bytes))
        return true;
    return io_read_file(&kept->arena, kept->path.p, false, cache->max_file_size, bytes, &size) == READ_OK;
}

static void scan_file(const SourceCache *cache, KeptSource *kept)
{
    Str bytes;
    if (!read_bytes(cache, kept, &bytes))
        return;
    source_init(&kept->source, &kept->arena, kept->path, bytes);
    if (kept->source.is_binary)
        return;
    Scan *scan = arena_new(&kept->arena, Scan);
    scan_init(scan, &kept->arena, &kept->source);
    kept->scan = scan;
}

/* When its memory is spent, it is a file that cannot be shown. */
static void scan_with_budget(const SourceCache *cache, KeptSource *kept)
{
    sigjmp_buf guard;
    if (sigsetjmp(guard, 0)) {
        kept->scan = NULL;
        arena_guard(&kept->arena, 0, NULL);
        return;
    }
    arena_guard(&kept->arena, (size_t)cache->memory, &guard);
    scan_file(cache, kept);
    arena_guard(&kept->arena, 0, NULL);
}

static KeptSource *find_kept(SourceCache *cache, Str path)
{
    for (int i = 0; i < SOURCES_KEPT; i++) {
        if (cache->kept[i].path.p && str_equal(cache->kept[i].path, path))
            return &cache->kept[i];
    }
    return NULL;
}

/* The place of what was not asked for the longest. */
static KeptSource *free_place(SourceCache *cache)
{
    KeptSource *oldest = &cache->kept[0];
    for (int i = 1; i < SOURCES_KEPT; i++) {
        if (cache->kept[i].used < oldest->used)
            oldest = &cache->kept[i];
    }
    arena_clear(&oldest->arena);
    oldest->path = (Str){ NULL, 0 };
    oldest->scan = NULL;
    return oldest;
}

static const Scan *scan_of(void *context, Str path)
{
    SourceCache *cache = context;
    KeptSource *kept = find_kept(cache, path);
    if (!kept) {
        kept = free_place(cache);
        kept->path = arena_copy(&kept->arena, path);
        scan_with_budget(cache, kept);
    }
    kept->used = ++cache->clock;
    return kept->scan;
}

void source_cache_init(SourceCache *cache, uint64_t max_file_size, uint64_t memory)
{
    *cache = (SourceCache){ .max_file_size = max_file_size, .memory = memory };
    cache->sources = (Sources){ scan_of, cache };
    for (int i = 0; i < SOURCES_KEPT; i++)
        arena_init(&cache->kept[i].arena);
}

void source_cache_clear(SourceCache *cache)
{
    for (int i = 0; i < SOURCES_KEPT; i++) {
        arena_clear(&cache->kept[i].arena);
        cache->kept[i].path = (Str){ NULL, 0 };
        cache->kept[i].scan = NULL;
        cache->kept[i].used = 0;
    }
}

void source_cache_release(SourceCache *cache)
{
    for (int i = 0; i < SOURCES_KEPT; i++)
        arena_release(&cache->kept[i].arena);
}
