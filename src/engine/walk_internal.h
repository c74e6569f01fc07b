/* Between walk.c, which knows where named paths stand, and walk_directory.c, which lists what is below them. */
#ifndef AWRY_ENGINE_WALK_INTERNAL_H
#define AWRY_ENGINE_WALK_INTERNAL_H

#include <sys/stat.h>

#include "base/map.h"
#include "engine/walk.h"
#include "port/directory.h"

/* Where a named path stands. Patterns are matched against paths from `top` on: the repository, or the root when there is
 * none. Real paths have no slash at their end; "/" is the empty one. */
typedef struct Root {
    Str directory; /* the named one, or the named file's; real */
    Str path;      /* what links may not leave */
    Str top;
    Str whole;       /* what is listed for facts: the repository, else the project; NULL in .p: there is none */
    bool is_project;           /* `path` has a mark of a project, or was given as one */
    IgnoreList *excludes;      /* those of the options; their directory is `path` */
    const IgnoreList *ignores; /* the ignore files from top down to the directory above the named one */
    const Folder *folder;      /* of the named directory, or of the named file's; NULL without configuration */
} Root;

/* What is worth a look in a directory: folders, Python files, and what may be one of them. */
typedef struct Entry {
    Str name; /* in the scratch arena, NUL-terminated */
    EntryKind kind;
} Entry;

/* A directory that is being walked. */
typedef struct Frame {
    int descriptor; /* -1 when it is not held open */
    Str shown;      /* with a slash at its end; empty for the working directory */
    Str below;      /* the same from top on */
    const IgnoreList *ignores;
    const Folder *folder;      /* NULL without configuration */
    uint32_t begin, next, end; /* its entries */
    bool has_named;            /* a named file may be in it: only while nobody asks */
} Frame;

/* What the user named. */
typedef struct NamedPlace {
    Str real;    /* the directory, or the file's */
    Str project; /* real; NULL in .p: there is none */
    Str shown;   /* the directory, as it was spelt */
    bool is_file;
} NamedPlace;

typedef struct Walk {
    FileList *list;
    Arena *arena;  /* of the run: what the list keeps */
    Arena scratch; /* the rest */
    const WalkOptions *options;
    Str here; /* the working directory, real; empty for "/" */
    Root root;
    ARRAY(Frame) stack;
    ARRAY(Entry) entries; /* of the frames, one behind the other */
    uint32_t open;
    char *names, *names_end; /* room for names of entries */
    char *line;              /* room for a path */
    uint32_t line_room;
    void *buffer; /* for directory_visit */

    bool is_unasked;          /* what is listed now is there for facts alone */
    bool is_flat;             /* folders are not entered */
    ARRAY(NamedPlace) places; /* with whole_project */
    Map walked;               /* real paths of directories that are in the list already */
    Map named;                /* real paths of named files, and of their directories */
} Walk;

/* The fields of the system's answer that are kept. */
void set_stamp(WalkFile *file, const struct stat *st);

/* NULL: it is nobody's business, because nobody asked for it and there is a problem. The path is kept. */
WalkFile *add_file(Walk *w, Str shown, WalkProblem problem);

bool is_python(Str name);

/* The lists of a directory's own ignore files on top of those above it; `directory` ends in a slash or is empty. A
 * repository knows nothing of the ignore files around it; what its info/exclude says comes last. */
const IgnoreList *read_ignores(Walk *w, Str directory, uint32_t base, const IgnoreList *above);
const IgnoreList *read_repository(Walk *w, Str directory, uint32_t base);

/* As a real directory is shown to somebody who did not name it: relative to the working directory when one of both is above
 * the other; with a slash at its end, empty for the working directory itself. */
Str show_directory(Walk *w, Str real);

/* Lists what is in and below a directory that stands in w->root. */
void walk_directory(Walk *w, Str shown, Str real);

#endif
