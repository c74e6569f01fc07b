#include "engine/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "engine/cache_internal.h"

const char cache_magic[16] = "awry cache 2\n";
const char cache_name[] = "cache.bin";
const char cache_temporary[] = "tmp-";

static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)((uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec);
}

int64_t cache_now(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_REALTIME, &now);
    return nanoseconds(&now);
}

FileStamp file_stamp(const struct stat *info)
{
    return (FileStamp){
        .size = (uint64_t)info->st_size,
        .inode = (uint64_t)info->st_ino,
#ifdef __APPLE__
        .mtime_ns = nanoseconds(&info->st_mtimespec),
        .ctime_ns = nanoseconds(&info->st_ctimespec),
#else
        .mtime_ns = nanoseconds(&info->st_mtim),
        .ctime_ns = nanoseconds(&info->st_ctim),
#endif
    };
}

uint64_t cache_check(const CacheFront *front, const char *index)
{
    CacheFront copy = *front;
    copy.check = 0;
    return hash_join(hash_bytes(&copy, sizeof copy), hash_bytes(index, (size_t)front->index_size));
}

/* ---- Opening ---- */

/* Mapped, not read: a run that finds all findings still true touches a tenth of it. The file is only ever replaced as a whole, so
 * that it does not shrink under the mapping unless somebody means to do harm to himself. */
static bool map_file(Cache *cache, int directory)
{
    int fd = openat(directory, cache_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        cache->why = errno == ENOENT ? "there is none yet" : "it cannot be opened";
        return false;
    }
    struct stat info;
    void *map = MAP_FAILED;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (uint64_t)info.st_size >= sizeof(CacheFront) &&
        (uint64_t)info.st_size <= SIZE_MAX / 2)
        map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (map == MAP_FAILED) {
        cache->why = "it is damaged";
        return false;
    }
    cache->map = map;
    cache->size = (size_t)info.st_size;
    return true;
}

static const char *take_index(Cache *cache)
{
    CacheFront front;
    memcpy(&front, cache->map, sizeof front);
    if (memcmp(front.magic, cache_magic, sizeof front.magic) != 0 || front.version != cache->version)
        return "it is of another version";
    const char *index = cache->map + sizeof front;
    bool is_sound = front.size == cache->size && front.index_size <= cache->size - sizeof front &&
                    front.index_size == cache_index_size(front.count, front.room, front.paths_size) && front.room &&
                    (front.room & (front.room - 1)) == 0 && front.check == cache_check(&front, index);
    if (!is_sound)
        return "it is damaged";
    cache->entries = (const CacheEntry *)(const void *)index;
    cache->table = (const uint32_t *)(const void *)(index + front.count * sizeof(CacheEntry));
    cache->paths = (const char *)(cache->table + front.room);
    cache->count = front.count;
    cache->room = front.room;
    cache->paths_size = front.paths_size;
    return NULL;
}

Cache *cache_open(Arena *arena, const CachePlace *place, uint64_t version)
{
    Cache *cache = arena_new(arena, Cache);
    cache->place = (CachePlace){ arena_copy(arena, place->root), arena_copy(arena, place->directory) };
    cache->version = version;
    cache->opened_ns = cache_now();
    if (!place->directory.n) {
        cache->why = "none is kept";
        return cache;
    }
    int directory = cache_place_open(&cache->place, false);
    if (directory < 0) {
        cache->why = errno == ENOENT ? "there is none yet" : "its directory cannot be opened";
        return cache;
    }
    if (map_file(cache, directory)) {
        cache->why = take_index(cache);
        if (cache->why)
            cache_close(cache);
    }
    close(directory);
    return cache;
}

void cache_close(Cache *cache)
{
    if (!cache || !cache->map)
        return;
    munmap((void *)(uintptr_t)cache->map, cache->size);
    cache->map = NULL;
    cache->count = cache->room = 0;
}

Str cache_note(const Cache *cache, Arena *arena)
{
    if (cache->why)
        return arena_printf(arena, "cache: %s", cache->why);
    return arena_printf(arena, "cache: %u files, %.1f MB", cache->count, (double)cache->size / 1e6);
}

/* ---- Looking ---- */

Str cache_path(const Cache *cache, const CacheEntry *entry)
{
    if ((uint64_t)entry->path_at + entry->path_size > cache->paths_size)
        return STR("");
    return (Str){ cache->paths + entry->path_at, entry->path_size };
}

/* The table of a file that somebody made up may have no free slot. */
const CacheEntry *cache_find(const Cache *cache, Str path)
{
    uint64_t hash = hash_str(path);
    uint32_t mask = cache->room - 1, at = (uint32_t)hash & mask;
    for (uint32_t steps = 0; steps < cache->room; steps++, at = (at + 1) & mask) {
        uint32_t number = cache->table[at];
        if (!number || number > cache->count)
            return NULL;
        const CacheEntry *entry = &cache->entries[number - 1];
        if (entry->path_hash == hash && str_equal(cache_path(cache, entry), path))
            return entry;
    }
    return NULL;
}

uint32_t cache_count(const Cache *cache)
{
    return cache->count;
}

const CacheEntry *cache_at(const Cache *cache, uint32_t number)
{
    return &cache->entries[number];
}

bool cache_trusts(const CacheEntry *entry, const FileStamp *now)
{
    const FileStamp *then = &entry->stamp;
    return !(entry->flags & CACHE_RACY) && then->size == now->size && then->inode == now->inode &&
           then->mtime_ns == now->mtime_ns && then->ctime_ns == now->ctime_ns;
}

Str cache_raw_part(const Cache *cache, const CacheEntry *entry, CachePart part)
{
    const struct CacheRange *range = &entry->parts[part];
    bool is_inside =
        range->size && range->at % 8 == 0 && range->at <= cache->size && range->size <= cache->size - range->at;
    return is_inside ? (Str){ cache->map + range->at, range->size } : STR("");
}

Str cache_part(const Cache *cache, const CacheEntry *entry, CachePart part)
{
    Str bytes = cache_raw_part(cache, entry, part);
    return bytes.n && hash_str(bytes) == entry->parts[part].hash ? bytes : STR("");
}
