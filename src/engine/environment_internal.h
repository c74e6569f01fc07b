/* What the parts of an environment share: environment.c says which one it is, environment_layout.c which directories are its
 * roots, environment_editable.c what editable installs map, environment_modules.c where modules are,
 * environment_distributions.c what they were installed with, environment_listing.c knows the disk. All but
 * environment_find runs under the lock. */
#ifndef AWRY_ENGINE_ENVIRONMENT_INTERNAL_H
#define AWRY_ENGINE_ENVIRONMENT_INTERNAL_H

#include <pthread.h>

#include "base/array.h"
#include "base/map.h"
#include "engine/environment.h"
#include "engine/paths.h"

enum {
    ROOTS_MOST = 256,
    MAPPINGS_MOST = 4096,
    PTH_SIZE_MOST = 64 << 10,
    PTH_LINES_MOST = 200,
    FINDER_SIZE_MOST = 1 << 20,
    ENTRIES_MOST = 200000, /* of a directory; what comes behind is not there */
    NAME_MOST = 255,       /* bytes of a part of a dotted name */
    PARTS_MOST = 32,       /* of a dotted name */
};

typedef ARRAY(Str) Paths;

typedef struct Listing Listing;

/* What an editable install says: a module or package, and where it is. */
typedef struct Mapping {
    Str name;
    Str path;
    bool is_namespace; /* `path` is one of its directories */
} Mapping;

struct Environment {
    Arena own;     /* without a guard: it is used under the lock */
    Arena scratch; /* empty between questions */
    pthread_mutex_t lock;
    Str prefix;     /* real */
    Str reason;     /* for people */
    unsigned minor; /* 0: unknown */
    Paths roots;    /* real */
    ARRAY(Mapping) mappings;
    Map listings;           /* Listing, by path */
    Map modules;            /* by dotted name; also those that are not there */
    Map distributions;      /* by normalised name */
    bool has_distributions; /* they were gathered */
};

/* ---- environment_listing.c: paths have a NUL behind them ---- */

/* `directory/name`. */
Str path_in(Arena *arena, Str directory, Str name);
/* path_real, of a real path too. */
Str real_of(Arena *arena, Str path);
bool path_is_file(const char *path);
bool path_is_directory(const char *path);

typedef enum EntryKind {
    ENTRY_NONE,
    ENTRY_FILE,
    ENTRY_DIRECTORY,
    ENTRY_COMPILED, /* an extension module: NAME.so stands for NAME.cpython-312-x86_64-linux-gnu.so and its like */
} EntryKind;

/* The names in a directory, read once; of one that cannot be read: none. */
Listing *listing_of(Environment *environment, Str directory);

/* What `name` followed by `suffix` is there. A link is what it leads to. */
EntryKind listing_kind(Environment *environment, Listing *listing, Str name, const char *suffix);

/* The names in it that end in `suffix`, sorted bytewise; only for ".pth", ".dist-info", ".egg-info", "_finder.py". In the
 * scratch arena. */
Paths listing_names(Environment *environment, const Listing *listing, Str suffix);

/* Its directories whose name begins with `prefix`, sorted. In the scratch arena. */
Paths listing_directories(Environment *environment, Listing *listing, Str prefix);

/* ---- environment_layout.c ---- */

/* The directory that an interpreter or a directory belongs to; NULL in .p: none. *minor is what its name tells, else 0. In the
 * environment's own arena. */
Str layout_prefix(Environment *environment, Str path, unsigned *minor);

/* Whether a directory looks like an environment that somebody made. */
bool layout_is_made(Environment *environment, Str prefix);

/* Fills in prefix, minor and roots. False: it has no place for packages. */
bool layout_read(Environment *environment, Str prefix, unsigned minor);

/* ---- environment_editable.c ---- */

/* Adds what `__editable___*_finder.py` in a root map. Read as text: a literal of another form says nothing. */
void editable_read(Environment *environment, Str root);

#endif
