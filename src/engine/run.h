/* One run: files in, findings out. */
#ifndef AWRY_ENGINE_RUN_H
#define AWRY_ENGINE_RUN_H

#include "engine/environment.h"
#include "engine/job.h"
#include "engine/cache_place.h"

typedef struct RunOptions {
    WalkOptions walk;
    unsigned workers;           /* 0: as many as processors */
    uint64_t max_file_size;     /* bytes; 0: 4 MiB */
    double max_seconds;         /* per file; 0: 10 */
    uint64_t max_memory;        /* per file, bytes; 0: 128 MiB + 256 times its size, at most 1 GiB */
    unsigned tiers;             /* without configuration (walk.configs): which rules; 0: 1 << TIER_ON */
    bool ignore_suppressions;   /* as if there were no suppression comments, ours or others' */
    bool check_broken;          /* report what is found in code that cannot be compiled or imported, too */
    Str stdin_path;             /* the name that standard input goes by; empty: "<stdin>" */
    CachePlace cache;           /* an empty directory: there is none */
    Str root;                   /* real, of the working directory's project: what the cache calls files by; empty: none */
    Str version;                /* of awry, for the cache */
    Environment *environment;   /* where imports lead that leave the project; NULL: nowhere */
    bool no_library_tables;     /* what is known of libraries comes from their sources alone */
    bool timings;               /* fill in all of RunResult.timings */
} RunOptions;

typedef struct RunResult {
    ARRAY(Finding *) findings;   /* sorted, suppressed ones left out */
    uint32_t total;              /* files asked for or found, whatever became of them */
    uint32_t files;              /* read and scanned to their end */
    uint32_t files_with_findings;
    uint32_t async_functions;
    uint32_t failed;             /* files that could not be read, decoded or finished */
    uint32_t limited;            /* of these, those stopped by a limit (AW003) and nothing else */
    uint32_t suppressed;
    uint32_t withheld;           /* findings that are held back: their file, or what is before them in it, cannot be compiled or imported */
    uint32_t files_withheld;     /* of so many files */
    uint64_t bytes;
    Timings timings;
    Str cache_note;              /* what was done with the cache, for people; may be empty */
    uint32_t reused;             /* files whose findings were taken from the cache */
} RunResult;

/* Everything in the arena of the run. The same result at any number of workers. When the configuration of some folder is
 * wrong (configs_messages says how) no file is looked at. */
void run(RunResult *result, Arena *arena, const RunOptions *options, const char *const *paths, size_t path_count);

/* The exit code: 2 when something could not be read, decoded or finished (limits count unless `allow_limits`), 1 when a
 * finding is sure and at least `fail_on`, else 0. */
int run_exit_code(const RunResult *result, Severity fail_on, bool allow_limits);

#endif
