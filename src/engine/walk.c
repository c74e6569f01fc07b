#include "engine/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/ignore.h"
#include "port/io.h"

enum {
    OPEN_MOST = 64,             /* directories held open at once; deeper ones are opened by their whole path */
    IGNORE_FILE_MOST = 4 << 20, /* bytes of a .gitignore */
};

/* For directories below what the user named. */
static const char *const built_in[] = {
    ".git", ".hg", ".svn", ".venv", "venv", "env", ".env", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache",
    ".ruff_cache", ".pytest_cache", ".eggs", "build", "dist", "site-packages", "__pypackages__", "_build", "buck-out",
    ".direnv", ".ipynb_checkpoints",
};

/* One named path. All paths of a tree are kept twice: as shown, and relative to `top`, for the patterns. */
typedef struct Tree {
    Str root;              /* real path of what links may not leave; no slash at its end, empty for "/" */
    Str top;               /* the same of the repository, or root when there is none; the lists' paths begin here */
    Str inside;            /* the named path below top; empty when it is top itself */
    IgnoreList *excludes;  /* of the options */
    const IgnoreList *ignores; /* of the directories from top to the named one, that one excluded */
} Place_;

/* A directory that is being walked. */
typedef struct Frame {
    DIR *dir;    /* NULL when it is not held open */
    Str shown;   /* with a slash at its end; empty for the working directory */
    Str below;   /* the same from top on */
    const IgnoreList *ignores;
    ARRAY(Str) folders; /* names of those to enter */
    uint32_t next;
} Frame;

typedef struct Walk {
    FileList *list;
    Arena *arena;   /* of the run: what the list keeps */
    Arena scratch;  /* the rest */
    const WalkOptions *options;
    Str here;       /* the working directory, real */
    Place_ tree;
    ARRAY(Frame) stack;
    uint32_t open;
} Walk;
