#include "engine/environment.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/environment_internal.h"
#include "base/hash.h"

#include <sys/stat.h>

EnvironmentOptions environment_options(const Settings *settings, const Folder *folder)
{
    Str origin = settings->origin[KEY_PYTHON];
    bool is_option = str_starts(origin, STR("--"));
    return (EnvironmentOptions){ .python = settings->python,
        .origin = origin,
        .directory = is_option ? (Str){ NULL, 0 } : settings->python_directory,
        .top = folder ? folder->top : (Str){ NULL, 0 } };
}

/* ---- The one that was asked for ---- */

/* A path as it can be opened: relative to where it was written; "~/" is the home directory. */
static Str written_path(Environment *environment, const EnvironmentOptions *options)
{
    Str text = str_of(options->python);
    const char *home = getenv("HOME");
    if (str_starts(text, STR("~/")) && home)
        return path_in(&environment->scratch, str_of(home), str_slice(text, 2, text.n));
    if (text.p[0] == '/' || !options->directory.p)
        return arena_copy(&environment->scratch, text);
    return path_in(&environment->scratch, options->directory, text);
}

/* A command: the first of its name on the PATH; NULL in .p: there is none. */
static Str command_path(Environment *environment, Str name)
{
    Str path = str_of(getenv("PATH"));
    if (str_find(name, '/') < name.n)
        return (Str){ NULL, 0 };
    while (path.n) {
        uint32_t end = str_find(path, ':');
        Str found = path_in(&environment->scratch, str_slice(path, 0, end), name);
        if (found.p[0] == '/' && end && path_is_file(found.p) && access(found.p, X_OK) == 0)
            return found;
        path = str_slice(path, end < path.n ? end + 1 : end, path.n);
    }
    return (Str){ NULL, 0 };
}

/* False, with a mistake in the scratch arena, when it is no environment. */
static bool read_asked(Environment *environment, const EnvironmentOptions *options, Str *mistake)
{
    Str path = written_path(environment, options);
    if (!path_is_file(path.p) && !path_is_directory(path.p)) {
        Str command = command_path(environment, str_of(options->python));
        if (!command.p) {
            *mistake = arena_printf(&environment->scratch, "no such file or directory: %s", options->python);
            return false;
        }
        path = command;
    }
    unsigned minor;
    Str prefix = layout_prefix(environment, path, &minor);
    environment->reason = options->origin;
    if (prefix.p && layout_read(environment, prefix, minor))
        return true;
    *mistake =
        arena_printf(&environment->scratch, "not a Python environment, it has no site-packages: %s", options->python);
    return false;
}

/* ---- By habit ---- */

static bool read_habit(Environment *environment, Str path, Str reason)
{
    unsigned minor;
    Str prefix = path_is_directory(path.p) ? layout_prefix(environment, path, &minor) : (Str){ NULL, 0 };
    if (!prefix.p || !layout_is_made(environment, prefix) || !layout_read(environment, prefix, 0))
        return false;
    environment->reason = reason;
    return true;
}

static bool read_variable(Environment *environment)
{
    const char *path = getenv("VIRTUAL_ENV");
    return path && path[0] == '/' && read_habit(environment, str_of(path), STR("$VIRTUAL_ENV"));
}

/* In the project's root, then above it up to `top`. */
static bool read_project(Environment *environment, Str root, Str top)
{
    static const char *const names[] = { ".venv", "venv", "env" };
    for (Str at = root; at.p; at = path_parent(at)) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            Str path = path_in(&environment->scratch, at, str_of(names[i]));
            Str reason =
                arena_printf(&environment->own, "%s %s the project", names[i], at.n == root.n ? "of" : "above");
            if (read_habit(environment, path, reason))
                return true;
        }
        if (!top.p || at.n <= top.n || !at.n)
            return false;
    }
    return false;
}

/* ---- The whole ---- */

static Environment *environment_new(Arena *arena)
{
    Environment *environment = arena_new(arena, Environment);
    arena_init(&environment->own);
    arena_init(&environment->scratch);
    pthread_mutex_init(&environment->lock, NULL);
    map_init(&environment->listings, &environment->own);
    map_init(&environment->modules, &environment->own);
    map_init(&environment->distributions, &environment->own);
    return environment;
}

void environment_release(Environment *environment)
{
    if (!environment)
        return;
    pthread_mutex_destroy(&environment->lock);
    arena_release(&environment->own);
    arena_release(&environment->scratch);
}

Environment *environment_find(Arena *arena, const EnvironmentOptions *options, Str project_root, Str *mistake)
{
    *mistake = STR("");
    bool is_asked = options->python && options->python[0];
    if (is_asked && strcmp(options->python, "none") == 0)
        return NULL;
    Environment *environment = environment_new(arena);
    Str trouble = STR("");
    bool is_found = is_asked ? read_asked(environment, options, &trouble)
                             : read_variable(environment) || read_project(environment, project_root, options->top);
    if (is_found) {
        environment->reason = arena_copy(&environment->own, environment->reason);
        arena_clear(&environment->scratch);
        return environment;
    }
    if (trouble.n)
        *mistake = arena_printf(arena, "%.*s: %.*s", STR_ARG(options->origin), STR_ARG(trouble));
    environment_release(environment);
    return NULL;
}

Str environment_prefix(const Environment *environment)
{
    return environment->prefix.n ? environment->prefix : STR("/");
}

unsigned environment_minor(const Environment *environment)
{
    return environment->minor;
}

Str environment_describe(const Environment *environment, Arena *arena)
{
    if (!environment)
        return STR("none");
    Str prefix = environment_prefix(environment);
    if (!environment->minor)
        return arena_printf(arena, "%.*s (%.*s)", STR_ARG(prefix), STR_ARG(environment->reason));
    return arena_printf(
        arena, "%.*s (%.*s), Python 3.%u", STR_ARG(prefix), STR_ARG(environment->reason), environment->minor);
}

uint64_t environment_stamp(const Environment *environment)
{
    uint64_t h = environment ? hash_str(environment->prefix) : 0;
    for (uint32_t i = 0; environment && i < environment->roots.count; i++) {
        struct stat info;
        Str root = environment->roots.items[i];
        h = hash_join(h, hash_str(root));
        if (root.p[root.n] == '\0' && stat(root.p, &info) == 0)
            h = hash_join(h, (uint64_t)info.st_mtim.tv_sec * 1000000000u + (uint64_t)info.st_mtim.tv_nsec);
    }
    return h;
}
