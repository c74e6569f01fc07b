/* What one run leaves for the next: for each file its stamp, its Summary, its findings, the answers they rest on, and who its classes derive from. One
 * file, mapped and used where it lies: opening it looks at its header and index alone, and each part carries a checksum
 * that is looked at when the part is first asked for. Whatever is wrong with it makes it empty: it may have been cut,
 * come with somebody's repository, or be of another version. Nothing of it is believed: parts are bytes, which summary_read
 * and findings_read check again.
 *
 * A Cache is read-only: threads may share it. Text and bytes that it gives live until cache_close. */
#ifndef AWRY_ENGINE_CACHE_H
#define AWRY_ENGINE_CACHE_H

#include "base/arena.h"
#include "engine/cache_place.h"

typedef struct FileStamp {
    uint64_t size, inode;
    int64_t mtime_ns, ctime_ns;
} FileStamp;

/* Of what stat or fstat said. */
struct stat;
FileStamp file_stamp(const struct stat *info);

enum {
    CACHE_HAS_ASYNC = 1,   /* words for which the file is parsed */
    CACHE_COMPLETE = 2,    /* the file was analysed to its end */
    CACHE_ENVIRONMENT = 4, /* not of the project: goes when it is not used for long */
    CACHE_FAILED = 8,      /* as RunResult.failed counts */
    CACHE_LIMITED = 16,
    CACHE_RACY = 1 << 30, /* set by the cache: the stamp was too young to tell a later change from none */
};

typedef enum CachePart { CACHE_SUMMARY, CACHE_FINDINGS, CACHE_ANSWERS, CACHE_HEIRS, CACHE_PARTS } CachePart;

/* As it lies in the file. Numbers may be anything in a file that somebody made up; they are used as nothing but numbers. */
typedef struct CacheEntry {
    FileStamp stamp;
    uint64_t content;  /* hash_bytes of the file */
    uint64_t settings; /* under which `findings` and `answers` were made; a Summary depends on none */
    uint64_t bytes;    /* read, as RunResult.bytes counts */
    struct CacheRange {
        uint64_t at, hash; /* hash_bytes of the part; 0 for an empty one: of CACHE_SUMMARY it says whether it changed */
        uint32_t size, padding;
    } parts[CACHE_PARTS];
    uint64_t path_hash;
    uint32_t path_at, path_size;
    uint32_t flags;
    uint32_t day; /* of the last run that looked at it, since 1970 */
    uint32_t async_functions, suppressed;
    uint32_t withheld, padding; /* findings that were held back */
} CacheEntry;

typedef struct Cache Cache;

/* The cache that lies in `place`, made by an awry of the same `version` (a hash of all that makes Summaries incomparable:
 * version, tables, layout, see summary_layout); else an empty one. Never NULL. To be opened before the first file is stamped: a
 * file that changes later than this is known to be racy. */
Cache *cache_open(Arena *arena, const CachePlace *place, uint64_t version);
/* Unmaps it; the struct is the arena's. NULL is allowed. */
void cache_close(Cache *cache);
/* For -v: why it is empty, or how much it holds. In the arena. */
Str cache_note(const Cache *cache, Arena *arena);

/* Paths are the caller's: relative to the project's root, absolute for what is outside of it. NULL: there is none. */
const CacheEntry *cache_find(const Cache *cache, Str path);
/* All of them, in order of path. */
uint32_t cache_count(const Cache *cache);
const CacheEntry *cache_at(const Cache *cache, uint32_t number);
Str cache_path(const Cache *cache, const CacheEntry *entry);

/* Whether a file that has this stamp now is surely the one of the entry. False: compare hashes of the content. */
bool cache_trusts(const CacheEntry *entry, const FileStamp *now);

/* The bytes of a part, aligned to 8; empty when there are none or when they are damaged. Checked at each call. */
Str cache_part(const Cache *cache, const CacheEntry *entry, CachePart part);

/* ---- Writing: from one thread, when the run is over ---- */

typedef struct CacheRecord {
    Str path;
    FileStamp stamp; /* taken before the content was read */
    uint64_t content, settings, bytes;
    uint32_t flags, async_functions, suppressed, withheld;
    Str parts[CACHE_PARTS]; /* not copied before cache_write; those of the cache itself may be given again */
} CacheRecord;

typedef struct CacheWriter CacheWriter;

CacheWriter *cache_writer_new(Arena *arena, const Cache *cache);
/* The run used the entry, and all of it holds. */
void cache_keep(CacheWriter *writer, const CacheEntry *entry);
/* In place of what there was of that path. Nothing is rewritten when it is the same as that. */
void cache_put(CacheWriter *writer, const CacheRecord *record);
/* The file is not there any more. */
void cache_drop(CacheWriter *writer, Str path);
/* The run has listed all there is below the directory ("": the project): entries below it that were neither kept nor
 * put are dropped. Environment entries stay. */
void cache_drop_rest(CacheWriter *writer, Str directory);
/* Everything else stays as it was. Written to a temporary file that takes the place of the old one, when something
 * changed; entries of the environment that were not used for longest go when it would be larger than `most` bytes (0: 1
 * GiB). False: it could not be written, and the old one stands; *note says what was done or why not (in the arena). */
bool cache_write(CacheWriter *writer, uint64_t most, Str *note);

#endif
