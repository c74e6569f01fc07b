/* The Python environment of a project: which one it is, and which file a dotted module name is in it. Nothing is executed:
 * an environment is known by its layout, and `import` lines of .pth files are passed over.
 *
 * Which one: `--python`, else the setting `python`, else $VIRTUAL_ENV, else `.venv`, `venv` or `env` in the project's root or above
 * it, up to the top of the repository. Of a regular environment the roots are its site-packages (those of the system too, when
 * its pyvenv.cfg says so), then what .pth files add, then what editable installs map.
 *
 * Directories are listed once and remembered, and so are answers: a question that was asked before costs no system call.
 * What changes on the disk afterwards is not seen. */
#ifndef AWRY_ENGINE_ENVIRONMENT_H
#define AWRY_ENGINE_ENVIRONMENT_H

#include "engine/config.h"

typedef struct Environment Environment;

typedef struct EnvironmentOptions {
    const char *python; /* an interpreter, or the directory of an environment; "none": no environment; NULL: not said */
    Str origin;         /* where it was said, for people: "--python", "pyproject.toml:4:1" */
    Str directory;      /* real; what a relative `python` is relative to; NULL in .p: the working directory */
    Str top; /* real; the highest directory where an environment is looked for; NULL in .p: the project's root */
} EnvironmentOptions;

/* What settings and options say for the files of a folder. */
EnvironmentOptions environment_options(const Settings *settings, const Folder *folder);

/* The environment; NULL when there is none. `project_root` is real, NULL in .p when there is no project. One that was asked for
 * and is none is a mistake (in the arena, without a full stop: exit 2); *mistake is empty else. The Environment is in the
 * arena, and holds memory of its own: environment_release. */
Environment *environment_find(Arena *arena, const EnvironmentOptions *options, Str project_root, Str *mistake);
void environment_release(Environment *environment); /* NULL: nothing happens */

/* Where the files of a module are. Absolute, NUL-terminated; empty when there is none. The part up to the root in which it was found is
 * real, so that a file of the project is known by its path when the project is installed as editable. */
typedef struct ModulePlace {
    Str source;        /* .py; of a package its __init__.py */
    Str stub;          /* .pyi: of a package NAME-stubs, else beside the source */
    bool is_package;   /* it may have submodules */
    bool is_namespace; /* a package without __init__: no source, no stub */
    bool is_extension; /* compiled, without a source */
} ModulePlace;

/* False: there is no such module, or it is one of the standard library, which the tables know. Of a module that is only an
 * attribute of its package (`os.path`) nothing is known. For any thread; the text is in the arena. */
bool environment_module(Environment *environment, Arena *arena, Str dotted, ModulePlace *place);

typedef struct Distribution {
    Str name;    /* as its metadata spell it: "types_requests" */
    Str version; /* "2.31.0.6" */
} Distribution;

/* What a file of the environment was installed with, by the names of packages alone: one that is imported by another name than it is
 * installed by (yaml, of PyYAML) is not known. False: not known. For any thread; the text is in the arena. */
bool environment_distribution(Environment *environment, Arena *arena, Str path, Distribution *distribution);

/* The directory of the environment, real; and the minor version of its Python, 0: unknown. */
Str environment_prefix(const Environment *environment);
unsigned environment_minor(const Environment *environment);

/* Changes when something is installed there: a hash of where it is, and of when its roots were changed. 0 for NULL. */
uint64_t environment_stamp(const Environment *environment);

/* For people: "/srv/shop/.venv (.venv of the project), Python 3.12"; "none" for NULL. In the arena. */
Str environment_describe(const Environment *environment, Arena *arena);

#endif
