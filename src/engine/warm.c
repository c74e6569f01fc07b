#include "engine/warm.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "engine/paths.h"
#include "finding/findings_io.h"

typedef struct WarmFile {
    Str key;
    const CacheEntry *entry; /* NULL: none */
    uint64_t content, settings;
    WarmState state;
    bool is_dirty; /* something has changed that its findings rest on */
    bool is_put;
} WarmFile;

typedef struct RulesHash { /* of one FileRules */
    const FileRules *rules;
    uint64_t hash;
} RulesHash;

struct Warm {
    Arena *arena;
    WarmOptions options;
    Cache *cache;
    CacheWriter *writer;
    const FileList *list;
    Str root;
    WarmFile *files;
    ARRAY(RulesHash) hashes;
    ThingSet changed; /* ascending, each once */
    bool all_is_dirty;
    bool has_stream;  /* standard input is in the list: what it says is not on the disk */
};

/* ---- Opening ---- */

/* Of this very program: a cache of another build is of no use while tables and rules change. */
static uint64_t version_hash(Str version)
{
    struct stat info;
    uint64_t h = hash_join(hash_str(version), summary_layout());
    if (stat("/proc/self/exe", &info) == 0)
        h = hash_join(hash_join(h, (uint64_t)info.st_size), (uint64_t)info.st_mtim.tv_sec * 1000000000u + (uint64_t)info.st_mtim.tv_nsec);
    return h;
}

Warm *warm_open(Arena *arena, const WarmOptions *options)
{
    Warm *warm = arena_new(arena, Warm);
    warm->arena = arena;
    warm->options = *options;
    warm->cache = cache_open(arena, &options->place, version_hash(options->version));
    return warm;
}

static uint64_t hash_of_rules(Warm *warm, const FileRules *rules)
{
    for (uint32_t i = 0; i < warm->hashes.count; i++) {
        if (warm->hashes.items[i].rules == rules)
            return warm->hashes.items[i].hash;
    }
    const RuleSet *set = rules ? &rules->set : warm->options.set;
    uint64_t h = hash_join(warm->options.settings, hash_bytes(set->enabled, all_rules_count * sizeof *set->enabled));
    h = hash_join(h, hash_bytes(set->states, all_rules_count * sizeof *set->states));
    h = hash_join(h, set->has_defaults);
    if (rules)
        h = hash_join(h, (uint64_t)rules->target_minor << 32 | (uint64_t)rules->min_severity << 8 | rules->is_muffled);
    if (rules && rules->old_libraries)
        h = hash_join(h, rules->old_libraries);
    h += h == 0; /* 0 says that there are no findings */
    *array_push(warm->arena, &warm->hashes) = (RulesHash){ rules, h };
    return h;
}

void warm_look(Warm *warm, const FileList *list, Str root, Str cwd)
{
    warm->list = list;
    warm->root = root;
    warm->files = arena_array(warm->arena, WarmFile, list->files.count);
    for (uint32_t i = 0; i < list->files.count; i++) {
        const WalkFile *listed = &list->files.items[i];
        WarmFile *file = &warm->files[i];
        warm->has_stream |= listed->is_stdin;
        file->state = WARM_CHANGED;
        if (listed->is_stdin || listed->problem != WALK_OK)
            continue;
        file->key = path_key(warm->arena, listed->path, root, cwd);
        file->settings = hash_of_rules(warm, listed->rules);
        file->entry = cache_find(warm->cache, file->key);
        if (file->entry)
            file->state = cache_trusts(file->entry, &listed->stamp) ? WARM_SAME : WARM_UNKNOWN;
        if (file->state == WARM_SAME)
            file->content = file->entry->content;
    }
}

WarmState warm_state(const Warm *warm, uint32_t file)
{
    return warm->files[file].state;
}

bool warm_read(Warm *warm, uint32_t file, Str content)
{
    WarmFile *f = &warm->files[file];
    f->content = hash_str(content);
    f->state = f->entry && f->entry->content == f->content ? WARM_SAME : WARM_CHANGED;
    return f->state == WARM_SAME;
}

uint64_t warm_content(const Warm *warm, uint32_t file)
{
    return warm->files[file].content;
}

Str warm_summary(const Warm *warm, uint32_t file)
{
    const WarmFile *f = &warm->files[file];
    return f->entry && f->state == WARM_SAME ? cache_part(warm->cache, f->entry, CACHE_SUMMARY) : STR("");
}

bool warm_has_async(const Warm *warm, uint32_t file)
{
    return (warm->files[file].entry->flags & CACHE_HAS_ASYNC) != 0;
}

static bool is_unchanged_outside(const CacheEntry *entry, Str path)
{
    struct stat info;
    if (!path.n || path.p[path.n] != '\0' || stat(path.p, &info) != 0)
        return false;
    FileStamp stamp = file_stamp(&info);
    return cache_trusts(entry, &stamp);
}

Str warm_summary_outside(const Warm *warm, Str path)
{
    const CacheEntry *entry = cache_find(warm->cache, path);
    return entry && is_unchanged_outside(entry, path) ? cache_part(warm->cache, entry, CACHE_SUMMARY) : STR("");
}

/* ---- What has changed ---- */

static ThingTable table_of(Arena *scratch, Str bytes, Str key)
{
    Summary *summary = bytes.n ? summary_read(scratch, bytes) : NULL;
    return summary ? things_of(summary, key, scratch) : (ThingTable){ NULL, 0 };
}

static void compare(Warm *warm, Str before, Str after, Str key)
{
    Arena scratch;
    arena_init(&scratch);
    ThingTable old = table_of(&scratch, before, key), now = table_of(&scratch, after, key);
    things_changed(&old, &now, warm->arena, &warm->changed);
    arena_release(&scratch);
}

static void note_place(Warm *warm, Str key)
{
    things_of_place(key, warm->arena, &warm->changed);
    /* A directory becomes a package, or is none any more: names are found elsewhere, in files that have not changed. */
    warm->all_is_dirty |= str_ends(key, STR("__init__.py")) || str_ends(key, STR("__init__.pyi"));
}

static void note_things(Warm *warm, ThingList things)
{
    for (uint32_t i = 0; i < things.count; i++)
        *array_push(warm->arena, &warm->changed.items) = things.items[i];
}

static ThingList derives_of(const Warm *warm, const CacheEntry *entry)
{
    if (!entry || (entry->flags & CACHE_HAS_ASYNC))
        return (ThingList){ NULL, 0 };
    Str part = cache_part(warm->cache, entry, CACHE_HEIRS); /* aligned to 8 */
    return (ThingList){ (uint32_t *)(uintptr_t)part.p, part.n / (uint32_t)sizeof(uint32_t) };
}

bool warm_heirs(const Warm *warm, uint32_t file, HeirNotes *notes)
{
    const CacheEntry *entry = warm->files[file].entry;
    Str part = cache_part(warm->cache, entry, CACHE_HEIRS); /* aligned to 8 */
    *notes = (HeirNotes){ (const HeirNote *)(const void *)part.p, part.n / (uint32_t)sizeof(HeirNote) };
    return part.n == entry->parts[CACHE_HEIRS].size;
}

ThingList warm_derives(const Warm *warm, uint32_t file)
{
    return derives_of(warm, warm->files[file].entry);
}

static void note_changed(Warm *warm, uint32_t file, const WarmNews *news)
{
    Str summary = news->summary;
    const WarmFile *f = &warm->files[file];
    if (!f->key.n)
        return;
    *array_push(warm->arena, &warm->changed.items) = thing_of_text(f->key);
    Str before = f->entry ? cache_part(warm->cache, f->entry, CACHE_SUMMARY) : STR("");
    note_things(warm, derives_of(warm, f->entry));
    note_things(warm, news->derives);
    if (!f->entry)
        note_place(warm, f->key);
    /* Files with async words are heard about classes that derive from others before anybody asks; the others are not. */
    bool had_async = f->entry && (f->entry->flags & CACHE_HAS_ASYNC), has_async = summary.n != 0;
    if (f->entry && had_async != has_async)
        compare(warm, STR(""), has_async ? summary : before, f->key);
    if (!str_equal(before, summary))
        compare(warm, before, summary, f->key);
}

static bool is_listed(const Warm *warm, const CacheEntry *entry)
{
    for (uint32_t low = 0, high = warm->list->files.count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_compare(warm->files[middle].key, cache_path(warm->cache, entry));
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static CacheWriter *writer_of(Warm *warm)
{
    if (!warm->writer)
        warm->writer = cache_writer_new(warm->arena, warm->cache);
    return warm->writer;
}

/* A file that is left out of this run's list, and is not gone. */
static bool is_there(Warm *warm, Str key)
{
    struct stat info;
    bool is_absolute = key.p[0] == '/';
    Str path = is_absolute ? arena_copy(warm->arena, key) : path_join(warm->arena, warm->root, key);
    return stat(path.p, &info) == 0;
}

/* Entries whose file is gone, or of the environment and another one. */
static void note_gone(Warm *warm)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < warm->list->files.count; i++)
        known += warm->files[i].entry != NULL;
    if (known == cache_count(warm->cache))
        return;
    for (uint32_t i = 0; i < cache_count(warm->cache); i++) {
        const CacheEntry *entry = cache_at(warm->cache, i);
        Str path = cache_path(warm->cache, entry);
        bool is_outside = entry->flags & CACHE_ENVIRONMENT;
        if (is_outside ? is_unchanged_outside(entry, arena_copy(warm->arena, path)) : is_listed(warm, entry) || is_there(warm, path))
            continue;
        compare(warm, cache_part(warm->cache, entry, CACHE_SUMMARY), STR(""), path);
        *array_push(warm->arena, &warm->changed.items) = thing_of_text(path);
        if (is_outside)
            continue;
        note_place(warm, path);
        note_things(warm, derives_of(warm, entry));
        if (warm->options.writes)
            cache_drop(writer_of(warm), path);
    }
}

static bool is_changed(const Warm *warm, uint32_t id)
{
    return warm->changed.items.count &&
           bsearch(&id, warm->changed.items.items, warm->changed.items.count, sizeof id, thing_compare) != NULL;
}

static bool rests_on_changed(const Warm *warm, const CacheEntry *entry)
{
    Str part = cache_part(warm->cache, entry, CACHE_ANSWERS);
    for (uint32_t i = 0; i + sizeof(uint32_t) <= part.n; i += (uint32_t)sizeof(uint32_t)) {
        uint32_t id;
        memcpy(&id, part.p + i, sizeof id);
        if (is_changed(warm, id))
            return true;
    }
    return false;
}

/* Findings that were made, whether their file is asked for now or not: those that do not hold are to be forgotten. */
static void mark_dirty(Warm *warm)
{
    for (uint32_t i = 0; i < warm->list->files.count; i++) {
        WarmFile *file = &warm->files[i];
        /* A file that was not parsed, and rests on nothing, says the same whatever others do. */
        bool may_change = file->state == WARM_SAME && file->entry->settings && (file->entry->flags & CACHE_HAS_ASYNC || file->entry->parts[CACHE_ANSWERS].size);
        if (may_change)
            file->is_dirty = warm->all_is_dirty || rests_on_changed(warm, file->entry);
    }
}

void warm_settle(Warm *warm, const WarmNews *news)
{
    if (!cache_count(warm->cache))
        return;
    for (uint32_t i = 0; i < warm->list->files.count; i++) {
        if (warm->files[i].state == WARM_CHANGED)
            note_changed(warm, i, &news[i]);
    }
    note_gone(warm);
    if (!warm->changed.items.count && !warm->all_is_dirty)
        return;
    qsort(warm->changed.items.items, warm->changed.items.count, sizeof(uint32_t), thing_compare);
    mark_dirty(warm);
}

/* ---- Findings ---- */

bool warm_holds(const Warm *warm, uint32_t file)
{
    const WarmFile *f = &warm->files[file];
    return f->state == WARM_SAME && !f->is_dirty && f->entry->settings == f->settings;
}

bool warm_findings(Warm *warm, uint32_t file, Arena *arena, WarmFindings *out)
{
    const WarmFile *f = &warm->files[file];
    *out = (WarmFindings){ .async_functions = f->entry->async_functions, .suppressed = f->entry->suppressed,
        .withheld = f->entry->withheld, .bytes = f->entry->bytes };
    Str bytes = cache_part(warm->cache, f->entry, CACHE_FINDINGS);
    Findings findings = { 0 };
    if (bytes.n && !findings_read(arena, arena_copy(arena, bytes), warm->list->files.items[file].path, &findings))
        return false;
    out->items = findings.items;
    out->count = findings.count;
    return bytes.n != 0;
}

/* ---- For the next run ---- */

void warm_put(Warm *warm, uint32_t file, const WarmRecord *record)
{
    WarmFile *f = &warm->files[file];
    if (!warm->options.writes || !f->key.n)
        return;
    f->is_put = true;
    CacheRecord out = {
        .path = f->key,
        .stamp = warm->list->files.items[file].stamp,
        .content = f->content,
        .settings = record->has_findings ? f->settings : 0,
        .bytes = record->bytes,
        .flags = record->has_async ? CACHE_HAS_ASYNC : 0,
        .async_functions = record->async_functions,
        .suppressed = record->suppressed,
        .withheld = record->withheld,
    };
    out.parts[CACHE_SUMMARY] = record->summary;
    out.parts[CACHE_HEIRS] = record->has_async ? (Str){ (const char *)record->heirs.items, record->heirs.count * (uint32_t)sizeof(HeirNote) }
                                               : (Str){ (const char *)record->derives.items, record->derives.count * (uint32_t)sizeof(uint32_t) };
    if (record->has_findings)
        out.parts[CACHE_FINDINGS] = findings_write(warm->arena, record->findings, record->count);
    if (record->rests_on.count)
        out.parts[CACHE_ANSWERS] = (Str){ (const char *)record->rests_on.items, record->rests_on.count * (uint32_t)sizeof(uint32_t) };
    cache_put(writer_of(warm), &out);
}

void warm_put_outside(Warm *warm, Str path, Str summary)
{
    struct stat info;
    if (!warm->options.writes || !summary.n || path.p[path.n] != '\0' || stat(path.p, &info) != 0)
        return;
    CacheRecord out = { .path = path, .stamp = file_stamp(&info), .flags = CACHE_ENVIRONMENT };
    out.parts[CACHE_SUMMARY] = summary;
    cache_put(writer_of(warm), &out);
}

/* The entry of a file that is the same once more, without its findings when they do not hold. */
static void put_again(Warm *warm, uint32_t file, Str summary)
{
    const WarmFile *f = &warm->files[file];
    CacheRecord out = {
        .path = f->key,
        .stamp = warm->list->files.items[file].stamp,
        .content = f->content,
        .settings = f->is_dirty ? 0 : f->entry->settings,
        .bytes = f->entry->bytes,
        .flags = f->entry->flags & CACHE_HAS_ASYNC,
        .async_functions = f->entry->async_functions,
        .suppressed = f->entry->suppressed,
        .withheld = f->entry->withheld,
    };
    for (int part = 0; part < CACHE_PARTS; part++)
        out.parts[part] = !f->is_dirty || part == CACHE_HEIRS ? cache_part(warm->cache, f->entry, (CachePart)part) : STR("");
    out.parts[CACHE_SUMMARY] = summary;
    cache_put(writer_of(warm), &out);
}

void warm_learn(Warm *warm, uint32_t file, Str summary)
{
    WarmFile *f = &warm->files[file];
    if (!warm->options.writes || f->state != WARM_SAME || f->is_put || warm_summary(warm, file).n)
        return;
    f->is_put = true;
    put_again(warm, file, summary);
}

/* A file that is the same, and was not looked at. */
static void keep(Warm *warm, uint32_t file)
{
    const WarmFile *f = &warm->files[file];
    if (f->is_put || f->state != WARM_SAME)
        return;
    if (!f->is_dirty && cache_trusts(f->entry, &warm->list->files.items[file].stamp))
        cache_keep(writer_of(warm), f->entry);
    else
        put_again(warm, file, warm_summary(warm, file));
}

static bool is_untouched(const Warm *warm)
{
    for (uint32_t i = 0; i < warm->list->files.count; i++) {
        const WarmFile *f = &warm->files[i];
        bool is_kept = f->state == WARM_SAME && !f->is_put && !f->is_dirty && cache_trusts(f->entry, &warm->list->files.items[i].stamp);
        if (f->key.n && !is_kept)
            return false;
    }
    return !warm->writer && !warm->changed.items.count;
}

void warm_close(Warm *warm, Str *note)
{
    *note = STR("");
    if (warm->options.writes && !warm->has_stream && warm->options.place.directory.n && !is_untouched(warm)) {
        for (uint32_t i = 0; i < warm->list->files.count; i++)
            keep(warm, i);
        cache_write(writer_of(warm), 0, note);
    }
    cache_close(warm->cache);
}
