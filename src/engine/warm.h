/* What a run takes over from the one before, and leaves for the next. Findings of a file are taken over when the file is the same,
 * the settings are, and nothing has changed that the answers rested on which its rules got (program/basis.h). */
#ifndef AWRY_ENGINE_WARM_H
#define AWRY_ENGINE_WARM_H

#include "engine/cache.h"
#include "engine/environment.h"
#include "engine/job.h"
#include "engine/project.h"
#include "program/basis.h"

typedef struct WarmOptions {
    CachePlace place;          /* an empty directory: there is no cache */
    Str version;               /* of awry */
    uint64_t settings;         /* hash of what holds for all files: limits, suppressions, the environment, the working directory */
    Environment *environment;
    const RuleSet *set;        /* without configuration */
    bool writes;               /* the cache is written at the end */
} WarmOptions;

typedef enum WarmState {
    WARM_UNKNOWN, /* it has to be read to know */
    WARM_CHANGED, /* it is new, or another one */
    WARM_SAME,
} WarmState;

typedef struct Warm Warm;

/* Before the files are listed, so that what changes meanwhile is seen by the next run. Never NULL. In the arena. */
Warm *warm_open(Arena *arena, const WarmOptions *options);

/* Looks the files up. The list lives as long as the Warm; `root` is what keys are relative to, `cwd` the working directory. */
void warm_look(Warm *warm, const FileList *list, Str root, Str cwd);

WarmState warm_state(const Warm *warm, uint32_t file);
/* The content of a file was read. From one thread a file. True: it is the same as the cache has. */
bool warm_read(Warm *warm, uint32_t file, Str content);

/* The hash (hash_str) of the content that its Summary was made of: as it was read, or as the cache has it. */
uint64_t warm_content(const Warm *warm, uint32_t file);

/* The bytes of the Summary that the cache has of a file that is the same; empty: none. Any thread. */
Str warm_summary(const Warm *warm, uint32_t file);
/* The same for a file of the environment, by its path. */
Str warm_summary_outside(const Warm *warm, Str path);
bool warm_has_async(const Warm *warm, uint32_t file);

/* What a file that was read says. */
typedef struct WarmNews {
    Str summary;       /* bytes; empty: it has no async words */
    ThingList derives; /* then: the things (THING_HEIRS) of the names that its classes derive from */
} WarmNews;

/* All files that are not the same have been read: from now on it is known whose findings hold. By number. From one thread. */
void warm_settle(Warm *warm, const WarmNews *news);

/* What the index of heirs has of a file that is the same and has async words. False: the cache does not say. */
bool warm_heirs(const Warm *warm, uint32_t file, HeirNotes *notes);

/* WarmNews.derives of a file that is the same. */
ThingList warm_derives(const Warm *warm, uint32_t file);

/* Whether the findings of a file that is the same hold; *findings are they, sorted. In the arena. From one thread. */
typedef struct WarmFindings {
    Finding **items;
    uint32_t count;
    uint32_t async_functions, suppressed, withheld;
    uint64_t bytes;
} WarmFindings;
bool warm_holds(const Warm *warm, uint32_t file);
bool warm_findings(Warm *warm, uint32_t file, Arena *arena, WarmFindings *findings);

/* ---- For the next run ---- */

/* What became of a file in this run. */
typedef struct WarmRecord {
    Str summary;             /* bytes; empty: none was made */
    ThingList derives;       /* of a file without async words: WarmNews.derives */
    HeirNotes heirs;         /* of it */
    Finding *const *findings; /* NULL with `has_findings` unset: its rules did not run */
    uint32_t count;
    bool has_findings;
    ThingList rests_on;
    uint32_t async_functions, suppressed, withheld;
    uint64_t bytes;
    bool has_async;
} WarmRecord;
void warm_put(Warm *warm, uint32_t file, const WarmRecord *record);
/* A file that is the same, and whose Summary the cache did not have: somebody has asked for it now. */
void warm_learn(Warm *warm, uint32_t file, Str summary);
/* A file of the environment that was loaded. */
void warm_put_outside(Warm *warm, Str path, Str summary);

/* Writes. *note (in the arena): for -v. */
void warm_close(Warm *warm, Str *note);

#endif
