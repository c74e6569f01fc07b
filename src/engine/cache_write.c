/* Writing the cache: what is left of the old one and what the run has put, in order of path, to a temporary file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/bug.h"
#include "base/hash.h"
#include "base/map.h"
#include "engine/cache_internal.h"

enum {
    OUT_ROOM = 1 << 18,
    DAYS_FRESH = 7, /* so long a use of an environment's entry need not be written down again */
    TEMPORARY_DAYS = 1,
};
#define SIZE_MOST (UINT64_C(1) << 30)
#define DAY_NS    (INT64_C(86400) * 1000000000)

/* Of an entry of the old cache. */
typedef enum State { STATE_UNSEEN, STATE_KEPT, STATE_REPLACED, STATE_DROPPED } State;

/* One entry of the new file, its parts still where they are. */
typedef struct Item {
    CacheEntry entry;
    Str path;
    Str parts[CACHE_PARTS];
    bool is_unseen;
} Item;

struct CacheWriter {
    Arena *arena;
    const Cache *cache;
    uint8_t *states; /* by number of the old entries */
    ARRAY(Item) put;
    Map by_path; /* of what was put: its number + 1 */
    uint32_t today;
    bool has_changed;
};

CacheWriter *cache_writer_new(Arena *arena, const Cache *cache)
{
    CacheWriter *writer = arena_new(arena, CacheWriter);
    writer->arena = arena;
    writer->cache = cache;
    writer->states = arena_array(arena, uint8_t, cache->count);
    writer->today = (uint32_t)(cache->opened_ns / DAY_NS);
    map_init(&writer->by_path, arena);
    return writer;
}

/* ---- What the run says ---- */

static void set_state(CacheWriter *writer, const CacheEntry *entry, State state)
{
    size_t number = (size_t)(entry - writer->cache->entries);
    ALWAYS(number < writer->cache->count);
    writer->states[number] = (uint8_t)state;
}

void cache_keep(CacheWriter *writer, const CacheEntry *entry)
{
    set_state(writer, entry, STATE_KEPT);
    bool is_stale = (entry->flags & CACHE_ENVIRONMENT) && entry->day + DAYS_FRESH < writer->today;
    writer->has_changed |= is_stale;
}

/* How long a time stamp may stay the same although the file changes: the tick of the kernel's clock; where no fractions of seconds
 * are kept, two seconds. */
static bool is_young(const CacheWriter *writer, int64_t time_ns)
{
    int64_t grain = time_ns % 1000000000 ? 50000000 : 2000000000;
    return time_ns > writer->cache->opened_ns - grain;
}

/* Its hash need not be made again for bytes that are those of the old entry. */
static void set_part(const CacheWriter *writer, Item *item, const CacheEntry *old, CachePart part, Str bytes)
{
    struct CacheRange *range = &item->entry.parts[part];
    range->size = bytes.n;
    item->parts[part] = bytes;
    if (!bytes.n)
        return;
    Str before = old ? cache_raw_part(writer->cache, old, part) : STR("");
    range->hash = before.n == bytes.n && before.p == bytes.p ? old->parts[part].hash : hash_str(bytes);
}

static Item item_of(CacheWriter *writer, const CacheRecord *record, const CacheEntry *old)
{
    Item item = { .path = arena_copy(writer->arena, record->path) };
    bool is_racy = is_young(writer, record->stamp.mtime_ns) || is_young(writer, record->stamp.ctime_ns);
    item.entry = (CacheEntry){
        .stamp = record->stamp,
        .content = record->content,
        .settings = record->settings,
        .bytes = record->bytes,
        .path_hash = hash_str(record->path),
        .flags = (record->flags & ~(uint32_t)CACHE_RACY) | (is_racy ? (uint32_t)CACHE_RACY : 0),
        .async_functions = record->async_functions,
        .suppressed = record->suppressed,
        .withheld = record->withheld,
    };
    for (int part = 0; part < CACHE_PARTS; part++)
        set_part(writer, &item, old, (CachePart)part, record->parts[part]);
    return item;
}

static bool is_same_stamp(const FileStamp *a, const FileStamp *b)
{
    return a->size == b->size && a->inode == b->inode && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static bool is_same(const CacheEntry *a, const CacheEntry *b)
{
    for (int part = 0; part < CACHE_PARTS; part++)
        if (a->parts[part].size != b->parts[part].size || a->parts[part].hash != b->parts[part].hash)
            return false;
    return is_same_stamp(&a->stamp, &b->stamp) && a->content == b->content && a->settings == b->settings &&
           a->bytes == b->bytes && a->flags == b->flags && a->async_functions == b->async_functions &&
           a->suppressed == b->suppressed && a->withheld == b->withheld;
}

void cache_put(CacheWriter *writer, const CacheRecord *record)
{
    const CacheEntry *old = cache_find(writer->cache, record->path);
    Item item = item_of(writer, record, old);
    void **place = map_at(&writer->by_path, item.path);
    if (!*place && old && is_same(old, &item.entry)) {
        cache_keep(writer, old);
        return;
    }
    if (old)
        set_state(writer, old, STATE_REPLACED);
    writer->has_changed = true;
    if (*place) {
        writer->put.items[(uintptr_t)*place - 1] = item;
        return;
    }
    *array_push(writer->arena, &writer->put) = item;
    *place = (void *)(uintptr_t)writer->put.count;
}

static void drop(CacheWriter *writer, const CacheEntry *entry)
{
    set_state(writer, entry, STATE_DROPPED);
    writer->has_changed = true;
}

void cache_drop(CacheWriter *writer, Str path)
{
    const CacheEntry *old = cache_find(writer->cache, path);
    if (old)
        drop(writer, old);
}

static bool is_below(Str path, Str directory)
{
    if (!path.n || path.p[0] == '/')
        return directory.n && str_starts(path, directory) && path.n > directory.n && path.p[directory.n] == '/';
    return !directory.n || (str_starts(path, directory) && path.n > directory.n && path.p[directory.n] == '/');
}

void cache_drop_rest(CacheWriter *writer, Str directory)
{
    const Cache *cache = writer->cache;
    for (uint32_t i = 0; i < cache->count; i++) {
        const CacheEntry *entry = &cache->entries[i];
        if (writer->states[i] == STATE_UNSEEN && !(entry->flags & CACHE_ENVIRONMENT) &&
            is_below(cache_path(cache, entry), directory))
            drop(writer, entry);
    }
}

/* ---- What is to be written ---- */

typedef struct Items {
    ARRAY(Item) items;
    uint64_t size; /* of their parts, entries and paths */
} Items;

static uint64_t size_of(const Item *item)
{
    uint64_t size = sizeof(CacheEntry) + 2 * sizeof(uint32_t) + item->path.n;
    for (int part = 0; part < CACHE_PARTS; part++)
        size += (item->parts[part].n + UINT64_C(7)) & ~UINT64_C(7);
    return size;
}

static Item old_item(const CacheWriter *writer, const CacheEntry *entry, State state)
{
    Item item = { .entry = *entry, .path = cache_path(writer->cache, entry), .is_unseen = state == STATE_UNSEEN };
    for (int part = 0; part < CACHE_PARTS; part++) {
        item.parts[part] = cache_raw_part(writer->cache, entry, (CachePart)part);
        item.entry.parts[part].size = item.parts[part].n;
    }
    if (state == STATE_KEPT)
        item.entry.day = writer->today;
    return item;
}

static void gather(CacheWriter *writer, Items *out)
{
    const Cache *cache = writer->cache;
    for (uint32_t i = 0; i < cache->count; i++) {
        State state = (State)writer->states[i];
        if (state == STATE_KEPT || state == STATE_UNSEEN)
            *array_push(writer->arena, &out->items) = old_item(writer, &cache->entries[i], state);
    }
    for (uint32_t i = 0; i < writer->put.count; i++) {
        Item *item = array_push(writer->arena, &out->items);
        *item = writer->put.items[i];
        item->entry.day = writer->today;
    }
    for (uint32_t i = 0; i < out->items.count; i++)
        out->size += size_of(&out->items.items[i]);
}

/* What goes first stands last: environment, then what this run did not look at; the longest unused first. */
static int compare_worth(const void *a, const void *b)
{
    const Item *left = a, *right = b;
    int far = ((left->entry.flags & CACHE_ENVIRONMENT) != 0) - ((right->entry.flags & CACHE_ENVIRONMENT) != 0);
    if (far)
        return far;
    if (left->is_unseen != right->is_unseen)
        return left->is_unseen ? 1 : -1;
    if (left->entry.day != right->entry.day)
        return left->entry.day > right->entry.day ? -1 : 1;
    return str_compare(left->path, right->path);
}

static int compare_paths(const void *a, const void *b)
{
    return str_compare(((const Item *)a)->path, ((const Item *)b)->path);
}

/* By path, each once: a file that somebody made up may have had one twice, or one without a path. */
static void arrange(Items *items, uint64_t most)
{
    Item *all = items->items.items;
    uint32_t count = items->items.count, kept = 0;
    if (items->size > most) {
        qsort(all, count, sizeof *all, compare_worth);
        while (count && items->size > most)
            items->size -= size_of(&all[--count]);
    }
    if (count > 1)
        qsort(all, count, sizeof *all, compare_paths);
    for (uint32_t i = 0; i < count; i++)
        if (all[i].path.n && (!kept || !str_equal(all[kept - 1].path, all[i].path)))
            all[kept++] = all[i];
    items->items.count = kept;
}

/* ---- The file ---- */

static uint32_t room_for(uint32_t count)
{
    uint32_t room = 16;
    while (room / 2 < count)
        room *= 2;
    return room;
}

static void add_to_table(uint32_t *table, uint32_t room, uint64_t hash, uint32_t number)
{
    uint32_t at = (uint32_t)hash & (room - 1);
    while (table[at])
        at = (at + 1) & (room - 1);
    table[at] = number;
}

/* Says where the parts go, and gives the index. */
static char *make_index(Arena *arena, Items *items, CacheFront *front)
{
    uint32_t count = items->items.count, room = room_for(count);
    uint64_t paths_size = 0;
    for (uint32_t i = 0; i < count; i++)
        paths_size += items->items.items[i].path.n;
    *front = (CacheFront){ .count = count, .room = room, .paths_size = (uint32_t)paths_size };
    memcpy(front->magic, cache_magic, sizeof front->magic);
    front->index_size = cache_index_size(count, room, paths_size);
    char *index = arena_alloc(arena, (size_t)front->index_size);
    CacheEntry *entries = (CacheEntry *)(void *)index;
    uint32_t *table = (uint32_t *)(void *)(entries + count);
    char *paths = (char *)(table + room);
    uint64_t at = sizeof *front + front->index_size;
    for (uint32_t i = 0, path_at = 0; i < count; i++) {
        Item *item = &items->items.items[i];
        item->entry.path_hash = hash_str(item->path);
        item->entry.path_at = path_at;
        item->entry.path_size = item->path.n;
        memcpy(paths + path_at, item->path.p, item->path.n);
        path_at += item->path.n;
        for (int part = 0; part < CACHE_PARTS; part++) {
            item->entry.parts[part].at = at;
            at += (item->parts[part].n + UINT64_C(7)) & ~UINT64_C(7);
        }
        entries[i] = item->entry;
        add_to_table(table, room, item->entry.path_hash, i + 1);
    }
    front->size = at;
    return index;
}

typedef struct Out {
    int fd;
    char *buffer;
    size_t used;
    bool has_failed;
} Out;

static void write_all(Out *out, const char *bytes, size_t count)
{
    while (count && !out->has_failed) {
        ssize_t n = write(out->fd, bytes, count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            out->has_failed = true;
            return;
        }
        bytes += n;
        count -= (size_t)n;
    }
}

static void flush(Out *out)
{
    write_all(out, out->buffer, out->used);
    out->used = 0;
}

static void put(Out *out, const char *bytes, size_t count)
{
    if (count > OUT_ROOM - out->used)
        flush(out);
    if (count > OUT_ROOM) {
        write_all(out, bytes, count);
        return;
    }
    if (count)
        memcpy(out->buffer + out->used, bytes, count);
    out->used += count;
}

/* Bytes of the old file that go into the new one as they stand there, with what fills them up to a multiple of 8. */
typedef struct Stretch {
    const char *begin, *end;
} Stretch;

static void put_stretch(Out *out, Stretch *stretch)
{
    if (stretch->begin)
        put(out, stretch->begin, (size_t)(stretch->end - stretch->begin));
    *stretch = (Stretch){ NULL, NULL };
}

/* Most of a file that is written again are parts of the old one, one behind the other: they need not be copied to the buffer. */
static void put_parts(Out *out, const Items *items, const Cache *cache)
{
    static const char zeros[8];
    const char *map_end = cache->map ? cache->map + cache->size : NULL;
    Stretch stretch = { NULL, NULL };
    for (uint32_t i = 0; i < items->items.count; i++) {
        for (int part = 0; part < CACHE_PARTS; part++) {
            Str bytes = items->items.items[i].parts[part];
            size_t whole = ((size_t)bytes.n + 7) & ~(size_t)7;
            bool is_old = bytes.n && map_end && bytes.p >= cache->map && bytes.p < map_end && whole <= (size_t)(map_end - bytes.p);
            if (bytes.n && !(is_old && bytes.p == stretch.end))
                put_stretch(out, &stretch);
            if (is_old) {
                stretch = (Stretch){ stretch.begin ? stretch.begin : bytes.p, bytes.p + whole };
                continue;
            }
            put(out, bytes.p, bytes.n);
            put(out, zeros, whole - bytes.n);
        }
    }
    put_stretch(out, &stretch);
}

/* True: written, and in its place. */
static bool write_file(
    CacheWriter *writer, int directory, const CacheFront *front, const char *index, const Items *items)
{
    char name[64];
    snprintf(name, sizeof name, "%s%ld-%llx", cache_temporary, (long)getpid(), (unsigned long long)cache_now());
    Out out = { .fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666) };
    if (out.fd < 0)
        return false;
    out.buffer = arena_alloc_raw(writer->arena, OUT_ROOM);
    put(&out, (const char *)front, sizeof *front);
    put(&out, index, (size_t)front->index_size);
    put_parts(&out, items, writer->cache);
    flush(&out);
    int error = errno;
    if (close(out.fd) != 0 && !out.has_failed) {
        out.has_failed = true;
        error = errno;
    }
    if (!out.has_failed && renameat(directory, name, directory, cache_name) == 0)
        return true;
    if (!out.has_failed)
        error = errno;
    unlinkat(directory, name, 0);
    errno = error;
    return false;
}

static bool write_items(CacheWriter *writer, Items *items, Str *note)
{
    int directory = cache_place_open(&writer->cache->place, true);
    if (directory < 0) {
        *note = arena_printf(writer->arena, "cache: its directory cannot be made or opened: %s", strerror(errno));
        return false;
    }
    cache_place_sweep(directory, writer->cache->opened_ns - TEMPORARY_DAYS * DAY_NS);
    CacheFront front;
    char *index = make_index(writer->arena, items, &front);
    front.version = writer->cache->version;
    front.check = cache_check(&front, index);
    bool is_written = write_file(writer, directory, &front, index, items);
    if (is_written)
        *note = arena_printf(writer->arena, "cache: %u files, %.1f MB written", front.count, (double)front.size / 1e6);
    else
        *note = arena_printf(writer->arena, "cache: not written: %s", strerror(errno));
    close(directory);
    return is_written;
}

bool cache_write(CacheWriter *writer, uint64_t most, Str *note)
{
    *note = STR("cache: nothing changed");
    if (!writer->cache->place.directory.n)
        *note = STR("cache: none is kept");
    if (!writer->has_changed || !writer->cache->place.directory.n)
        return true;
    Items items = { 0 };
    gather(writer, &items);
    arrange(&items, most ? most : SIZE_MOST);
    return write_items(writer, &items, note);
}
