/* Which files: paths named by the user, directories walked, .gitignore and excludes obeyed. */
#ifndef AWRY_ENGINE_WALK_H
#define AWRY_ENGINE_WALK_H

#include "engine/cache.h"
#include "engine/config.h"

typedef struct WalkOptions {
    Configs *configs; /* asked for every folder and file; NULL: there is no configuration */
    const char *const
        *excludes; /* patterns of .gitignore form, relative to each root; besides the built-in ones and those
                                  * of the configuration */
    size_t exclude_count;
    bool no_ignore;         /* do not read .gitignore, .ignore and .git/info/exclude */
    bool force_exclude;     /* excludes hold for paths named by the user too */
    const char *stdin_name; /* what standard input goes by; NULL: nothing */
    bool whole_project;     /* list the rest of the projects too, for facts: see is_asked */
} WalkOptions;

typedef enum WalkProblem {
    WALK_OK,
    WALK_MISSING,      /* a path that the user named is not there */
    WALK_UNREADABLE,   /* a directory that cannot be listed */
    WALK_NOT_REGULAR,  /* a FIFO, socket or device whose name is that of a Python file */
    WALK_LINK_OUTSIDE, /* a link that leaves the root */
    WALK_LINK_BROKEN,  /* a link to nothing, or a loop of links */
} WalkProblem;

typedef struct WalkFile {
    Str path;   /* as shown: relative to the working directory when below it; NUL-terminated; openable as it stands */
    bool named; /* the user named this very file */
    bool
        is_asked; /* the user's paths cover it; else it is there for what other files need to know of it, and has no problem */
    bool is_stdin;
    bool is_link;    /* a symbolic link that was found to stay inside the root */
    uint64_t size;   /* bytes, as seen by the walk; 0 when it did not look */
    FileStamp stamp; /* of what would be read (a link's target), as seen by the walk; zeros when it did not look */
    WalkProblem problem;
    const FileRules *rules; /* NULL: without configuration, and for most problems */
} WalkFile;

typedef struct FileList {
    ARRAY(WalkFile) files; /* sorted by path (bytewise), each once; those with a problem too */
    uint32_t ignored;      /* Python files left out by ignore files and excludes, of those that were asked for */
} FileList;

/* Lists the files: *.py, *.pyi (and files named by the user whatever their name). Directories are read with openat and
 * O_NOFOLLOW; links to directories are never followed; a link to a file is followed when it stays inside its root (the
 * nearest directory above the named path that holds .git, pyproject.toml or awry.toml, else the named path itself; or the
 * configuration's project root). "-" is
 * standard input. Built-in excludes: .git .hg .svn .venv venv env .env node_modules __pycache__ .tox .nox .mypy_cache
 * .ruff_cache .pytest_cache .eggs build dist site-packages __pypackages__ _build buck-out .direnv .ipynb_checkpoints versioned_docs (of other versions);
 * they hold for directories below what the user named, not for what the user named. No git is run.
 *
 * With `whole_project` the rest of each repository (without one: of each root) is listed as well, by the same excludes, as files that nobody
 * asked for: the projects of a repository may use each other. A root
 * that is $HOME or above it, or that has none of the three marks, is not: then these are the package that the named path
 * stands in (up to the highest directory with an __init__.py), else the directory of a named file without what is
 * below it. The file that standard input goes by is not listed: standard input stands for it. */
void walk(FileList *list, Arena *arena, const WalkOptions *options, const char *const *paths, size_t path_count);

#endif
