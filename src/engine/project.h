/* The files of a run, as all threads share them: their Summaries, which file is which module, and those of the environment, which
 * get a number when they are first found. What is shared is frozen; a lock is taken only to find or to load a file for the first
 * time.
 *
 * Files with async words get their Summary by project_put before the first question; the others are read when somebody asks. */
#ifndef AWRY_ENGINE_PROJECT_H
#define AWRY_ENGINE_PROJECT_H

#include "engine/environment.h"
#include "engine/walk.h"
#include "program/basis.h"
#include "program/heritage.h"
#include "python/scan.h"

typedef struct Project Project;

typedef struct ProjectOptions {
    const FileList *list;       /* the files of the project, numbered by their index */
    Str root;                   /* real: what the keys of paths are relative to; empty: they are absolute */
    Environment *environment;   /* NULL: none */
    bool no_library_tables;
    uint64_t max_file_size, max_memory; /* bytes, per file */
    double max_seconds;                 /* per file */
    /* The bytes of a Summary that is known already, from a cache; empty: it has to be made. Any thread. May be NULL. */
    Str (*known)(void *context, Str path, uint32_t file); /* file: NO_FILE when it is of the environment, and the path is absolute then */
    /* The text of a file that an editor holds; empty .p: none. Any thread. May be NULL. */
    Str (*text)(void *context, Str path);
    void *context;
} ProjectOptions;

/* In the arena, but for what it loads itself: project_release. */
Project *project_new(Arena *arena, const ProjectOptions *options);
void project_release(Project *project);

/* The Summary of a file, by its bytes (summary_write), which live as long as the project. From one thread a file, before
 * project_settle. What the index of heirs has of it, in `arena`: for a cache. */
HeirNotes project_put(Project *project, uint32_t file, Arena *arena, Str bytes);
/* The same, when this process has made them. */
HeirNotes project_put_made(Project *project, uint32_t file, Arena *arena, Str bytes);
/* In place of project_put, for a file whose Summary is loaded when somebody asks (ProjectOptions.known). */
void project_note(Project *project, uint32_t file, HeirNotes notes);

/* The names that the classes of a text derive from, found without parsing it, as things (thing_of_heirs). In `arena`. */
ThingList derived_names(const Scan *scan, Arena *arena);

/* The same of a file that is not put: it is asked about heirs of those names. From one thread a file, before project_settle. */
void project_suspect(Project *project, uint32_t file, ThingList derives);

/* All that will be put has been: from now on questions may be asked. From one thread. */
void project_settle(Project *project);

/* For Programs. */
const Files *project_files(const Project *project);

/* NULL when it was neither put nor loaded. */
const Summary *project_summary(const Project *project, uint32_t file);
/* The same, while others may be loading it. Any thread. */
const Summary *project_made(const Project *project, uint32_t file);
/* The same, and it is loaded. Any thread. */
const Summary *project_load(Project *project, uint32_t file);
/* Of a file that project_put has not been called for and somebody has asked for: its bytes, for a cache. Empty: none. */
Str project_loaded(const Project *project, uint32_t file);
/* How many files have a number: those of the list, then those of the environment. */
uint32_t project_count(const Project *project);
Str project_path(const Project *project, uint32_t file);
/* The key of any path that a Summary has. In `arena`, or the path itself. Any thread. */
Str project_key_of(const Project *project, Arena *arena, Str path);
/* The path as the next run will call it: relative to the root, or absolute. */
Str project_key(const Project *project, uint32_t file);

#endif
