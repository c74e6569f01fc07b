#include "engine/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/paths.h"
#include "engine/walk_internal.h"
#include "port/io.h"

enum { IGNORE_FILE_MOST = 4 << 20 /* bytes of a .gitignore */ };

/* ---- Paths ---- */

/* As it is shown: relative to the working directory when below it. */
static Str shown_path(Walk *w, Str named)
{
    Str path = path_clean(&w->scratch, named);
    Str whole = path;
    if (path_has_dots(path)) {
        whole = path_real(&w->scratch, path.p);
        if (!whole.p)
            return path;
    } else if (path.p[0] != '/') {
        return path;
    }
    if (!path_is_below(whole, w->here))
        return path;
    Str rest = path_below(whole, w->here);
    return rest.n ? arena_copy(&w->scratch, rest) : STR(".");
}

bool is_python(Str name)
{
    return str_ends(name, STR(".py")) || str_ends(name, STR(".pyi"));
}

/* Whatever a file system says: the year 2262 is not ours to fail in. */
static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)((uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec);
}

void set_stamp(WalkFile *file, const struct stat *st)
{
    file->size = (uint64_t)st->st_size;
    file->stamp = (FileStamp){
        .size = (uint64_t)st->st_size,
        .inode = (uint64_t)st->st_ino,
#ifdef __APPLE__
        .mtime_ns = nanoseconds(&st->st_mtimespec),
        .ctime_ns = nanoseconds(&st->st_ctimespec),
#else
        .mtime_ns = nanoseconds(&st->st_mtim),
        .ctime_ns = nanoseconds(&st->st_ctim),
#endif
    };
}

WalkFile *add_file(Walk *w, Str shown, WalkProblem problem)
{
    if (w->is_unasked && problem != WALK_OK)
        return NULL;
    WalkFile *file = array_push(w->arena, &w->list->files);
    *file = (WalkFile){ .path = shown, .problem = problem, .is_asked = !w->is_unasked };
    return file;
}

static WalkFile *add_named(Walk *w, Str shown, WalkProblem problem)
{
    WalkFile *file = add_file(w, arena_copy(w->arena, shown), problem);
    file->named = true;
    return file;
}

/* ---- Ignore files ---- */

static bool is_there(Arena *arena, Str directory, const char *name)
{
    struct stat st;
    return lstat(arena_printf(arena, "%.*s/%s", STR_ARG(directory), name).p, &st) == 0;
}

static void add_ignore_file(Walk *w, IgnoreList *list, Str path)
{
    Str text;
    uint64_t size;
    if (io_read_file(&w->scratch, path.p, false, IGNORE_FILE_MOST, &text, &size) == READ_OK)
        ignore_add_file(list, &w->scratch, text);
}

const IgnoreList *read_ignores(Walk *w, Str directory, uint32_t base, const IgnoreList *above)
{
    IgnoreList *list = ignore_new(&w->scratch, above, base);
    add_ignore_file(w, list, path_join(&w->scratch, directory, STR(".gitignore")));
    add_ignore_file(w, list, path_join(&w->scratch, directory, STR(".ignore")));
    return list->patterns.count ? list : above;
}

const IgnoreList *read_repository(Walk *w, Str directory, uint32_t base)
{
    IgnoreList *list = ignore_new(&w->scratch, NULL, base);
    add_ignore_file(w, list, path_join(&w->scratch, directory, STR(".git/info/exclude")));
    return list->patterns.count ? list : NULL;
}

/* Looks upwards from a real directory for the root and the repository; a configuration has looked already. */
static void look_upwards(Walk *w, Str directory, Str *root, Str *top)
{
    const Folder *folder = w->root.folder;
    if (folder) {
        Str given = configs_project_root(w->options->configs);
        *root = given.p && path_is_below(directory, given) ? given : folder->root;
        *top = folder->top;
        return;
    }
    *root = *top = (Str){ NULL, 0 };
    for (Str at = directory; !top->p; at = path_parent(at)) {
        bool is_repository = is_there(&w->scratch, at, ".git");
        if (!root->p && (is_repository || is_there(&w->scratch, at, "pyproject.toml")))
            *root = at;
        if (is_repository)
            *top = at;
        if (!at.n)
            break;
    }
}

static void find_root(Walk *w, Str directory)
{
    Str top, root;
    look_upwards(w, directory, &root, &top);
    w->root.path = root.p ? root : directory;
    w->root.is_project = root.p != NULL;
    w->root.whole = top.p ? top : root;
    w->root.top = top.p ? top : w->root.path;

    /* A project inside of the directory that the user works in has no excludes of its own: `--exclude` was said from here. */
    Str base = w->root.path;
    if (!top.p && root.p && path_is_below(root, w->here))
        w->root.top = w->here;
    if (path_is_below(base, w->here) && path_is_below(w->here, w->root.top))
        base = w->here;
    w->root.ignores = NULL;
    w->root.excludes = ignore_new(&w->scratch, NULL, path_below(base, w->root.top).n);
    if (w->root.excludes->base)
        w->root.excludes->base++; /* the slash */
    for (size_t i = 0; i < w->options->exclude_count; i++)
        ignore_add(w->root.excludes, &w->scratch, str_of(w->options->excludes[i]));
}

/* The lists of the directories from top to just above `directory`; its own is read when it is listed. */
static void read_upper_ignores(Walk *w, Str directory)
{
    Root *root = &w->root;
    if (w->options->no_ignore)
        return;
    root->ignores = NULL;
    for (uint32_t end = root->top.n; end < directory.n;) {
        Str at = path_join(&w->scratch, str_slice(directory, 0, end), STR("/"));
        uint32_t base = end == root->top.n ? 0 : end - root->top.n;
        if (end == root->top.n)
            root->ignores = read_repository(w, at, 0);
        root->ignores = read_ignores(w, at, base, root->ignores);
        Str rest = str_slice(directory, end + 1, directory.n);
        end += 1 + str_find(rest, '/');
    }
}

/* ---- Named paths ---- */

/* Whether the excludes of the options hold for a named path or for a directory above it. */
static bool is_excluded(Walk *w, Str real, bool is_directory)
{
    Str path = path_below(real, w->root.top);
    for (uint32_t end = w->root.excludes->base; end < path.n;) {
        end += str_find(str_slice(path, end, path.n), '/');
        Str part = str_slice(path, 0, end);
        if (ignore_verdict(w->root.excludes, part, end < path.n || is_directory) == IGNORE_OUT)
            return true;
        end++;
    }
    return false;
}

/* Everything about the place of a named path; its name does not count for a directory. */
static bool is_out(Walk *w, Str real, bool is_directory)
{
    if (!w->options->force_exclude)
        return false;
    const Folder *folder = w->root.folder;
    if (is_excluded(w, real, is_directory) || (folder && configs_leaves_out(folder)))
        return true;
    return folder && !is_directory && configs_verdict(folder, &w->scratch, path_last(real), false) == IGNORE_OUT;
}

static void set_place(Walk *w, Str directory)
{
    if (w->root.excludes && str_equal(w->root.directory, directory))
        return;
    w->root.directory = directory;
    w->root.folder = w->options->configs ? configs_folder(w->options->configs, arena_copy(w->arena, directory)) : NULL;
    find_root(w, directory);
}

/* For the rest of the project: what stands in w->root was named, and is shown as in `shown`. */
static void keep_place(Walk *w, Str shown, bool is_file)
{
    const NamedPlace *last = w->places.count ? &w->places.items[w->places.count - 1] : NULL;
    if (!w->options->whole_project || (last && is_file && last->is_file && str_equal(last->real, w->root.directory)))
        return;
    *array_push(&w->scratch, &w->places) =
        (NamedPlace){ w->root.directory, w->root.whole, shown, is_file };
}

static void keep_file(Walk *w, Str real, Str shown)
{
    keep_place(w, path_parent(shown).n || shown.p[0] == '/' ? path_parent(shown) : STR("."), true);
    *map_at(&w->named, real) = *map_at(&w->named, path_parent(real)) = w;
}

/* Standard input goes by a name whose file need not be there. False: it is left out. */
static bool place_stdin(Walk *w, Str name)
{
    Str parent = path_parent(name);
    Str folder = shown_path(w, parent.n ? arena_copy(&w->scratch, parent) : STR("."));
    Str real = path_real(&w->scratch, folder.p);
    if (!real.p)
        return true;
    set_place(w, real);
    Str file = arena_printf(&w->scratch, "%.*s/%.*s", STR_ARG(real), STR_ARG(path_last(name)));
    if (is_out(w, file, false))
        return false;
    keep_file(w, file, path_join(&w->scratch, path_join(&w->scratch, folder, STR("/")), path_last(name)));
    return true;
}

static void add_stdin(Walk *w, Str named)
{
    const char *name = w->options->stdin_name;
    if (name && (w->options->force_exclude || w->options->whole_project) && !place_stdin(w, str_of(name))) {
        w->list->ignored++;
        return;
    }
    WalkFile *file = add_file(w, named, WALK_OK);
    file->is_stdin = true;
    if (w->options->configs)
        file->rules = configs_rules_of(w->options->configs, name);
}

static void walk_path(Walk *w, Str named)
{
    if (str_is(named, "-")) {
        add_stdin(w, named);
        return;
    }
    struct stat st;
    Str shown = shown_path(w, named);
    if (stat(shown.p, &st) != 0) {
        WalkProblem problem = errno == EACCES ? WALK_UNREADABLE : WALK_MISSING;
        if (problem == WALK_MISSING && lstat(shown.p, &st) == 0 && S_ISLNK(st.st_mode))
            problem = WALK_LINK_BROKEN;
        add_named(w, shown, problem);
        return;
    }
    bool is_directory = S_ISDIR(st.st_mode);
    Str real = path_real(&w->scratch, shown.p);
    if (!real.p) {
        add_named(w, shown, WALK_UNREADABLE);
        return;
    }
    set_place(w, is_directory ? real : path_parent(real));
    if (is_out(w, real, is_directory)) {
        w->list->ignored += !is_directory;
        return;
    }
    if (is_directory) {
        read_upper_ignores(w, real);
        walk_directory(w, shown, real);
        keep_place(w, shown, false);
        *map_at(&w->walked, real) = w;
        return;
    }
    keep_file(w, real, shown);
    WalkFile *file = add_named(w, shown, S_ISREG(st.st_mode) ? WALK_OK : WALK_NOT_REGULAR);
    if (file->problem == WALK_OK)
        set_stamp(file, &st);
    if (w->root.folder)
        file->rules = configs_rules(w->options->configs, w->root.folder, path_last(real));
}

/* ---- The rest of the project ---- */

Str show_directory(Walk *w, Str real)
{
    if (path_is_below(real, w->here)) {
        Str rest = path_below(real, w->here);
        return rest.n ? path_join(&w->scratch, rest, STR("/")) : STR("");
    }
    if (!path_is_below(w->here, real))
        return path_join(&w->scratch, real, STR("/"));
    Str shown = STR(""), rest = path_below(w->here, real);
    for (uint32_t at = 0; at < rest.n; at += str_find(str_slice(rest, at, rest.n), '/') + 1)
        shown = path_join(&w->scratch, shown, STR("../"));
    return shown;
}

/* A directory above a named one. What is elsewhere than the working directory goes by the spelling of the user. */
static Str show_above(Walk *w, const NamedPlace *place, Str real)
{
    Str shown = place->shown, rest = path_below(place->real, real);
    bool is_elsewhere = !path_is_below(real, w->here) && !path_is_below(w->here, real);
    if (is_elsewhere && !rest.n)
        return shown;
    if (is_elsewhere && shown.n > rest.n + 1 && str_ends(shown, rest) && shown.p[shown.n - rest.n - 1] == '/')
        return arena_copy(&w->scratch, str_slice(shown, 0, shown.n - rest.n - 1));
    shown = show_directory(w, real);
    return shown.n ? arena_copy(&w->scratch, str_slice(shown, 0, shown.n - (shown.n > 1))) : STR(".");
}

/* All that somebody owns, or the whole machine, is no project, whatever marks it has. */
static bool is_world(Str real, Str home)
{
    return !real.n || (home.p && path_is_below(home, real));
}

/* The highest directory of the packages that a directory is in; NULL in .p: it is no package. */
static Str package_of(Walk *w, Str directory, Str home)
{
    Str package = { NULL, 0 };
    for (Str at = directory; !is_world(at, home) && is_there(&w->scratch, at, "__init__.py"); at = path_parent(at))
        package = at;
    return package;
}

static void walk_rest_of(Walk *w, const NamedPlace *place, Str home)
{
    bool is_project = place->project.p && !is_world(place->project, home);
    Str real = is_project ? place->project : package_of(w, place->real, home);
    w->is_flat = !real.p;
    if (!real.p)
        real = place->real;
    if (map_get(&w->walked, real) || (w->is_flat && !place->is_file))
        return;
    real = arena_copy(w->arena, real);
    set_place(w, real);
    read_upper_ignores(w, real);
    walk_directory(w, show_above(w, place, real), real);
    *map_at(&w->walked, real) = w;
}

/* What is wrong with configurations that hold for nothing that was asked for is nobody's mistake today. */
static void walk_rest(Walk *w)
{
    const char *home = getenv("HOME");
    Str real_home = home && *home ? path_real(&w->scratch, home) : (Str){ NULL, 0 };
    w->is_unasked = true;
    if (w->options->configs)
        configs_mute(w->options->configs, true);
    for (uint32_t i = 0; i < w->places.count; i++)
        walk_rest_of(w, &w->places.items[i], real_home);
    if (w->options->configs)
        configs_mute(w->options->configs, false);
}

/* ---- The list ---- */

static int compare_files(const void *a, const void *b)
{
    const WalkFile *left = a, *right = b;
    int order = str_compare(left->path, right->path);
    if (!order)
        order = (int)right->named - (int)left->named;
    return order ? order : (int)right->is_asked - (int)left->is_asked;
}

/* As what one directory holds comes in. */
static bool is_sorted(const FileList *list)
{
    for (uint32_t i = 1; i < list->files.count; i++)
        if (str_compare(list->files.items[i - 1].path, list->files.items[i].path) >= 0)
            return false;
    return true;
}

/* A file that was named and walked stays as the named one. */
static void sort_files(FileList *list)
{
    if (is_sorted(list))
        return;
    qsort(list->files.items, list->files.count, sizeof(WalkFile), compare_files);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->files.count; i++) {
        if (!kept || !str_equal(list->files.items[kept - 1].path, list->files.items[i].path))
            list->files.items[kept++] = list->files.items[i];
    }
    list->files.count = kept;
}

void walk(FileList *list, Arena *arena, const WalkOptions *options, const char *const *paths, size_t path_count)
{
    *list = (FileList){ 0 };
    Walk w = { .list = list, .arena = arena, .options = options };
    arena_init(&w.scratch);
    map_init(&w.walked, &w.scratch);
    map_init(&w.named, &w.scratch);
    w.here = path_real(&w.scratch, ".");
    if (!w.here.p)
        w.here = STR("\n"); /* it was removed: nothing is below it */
    for (size_t i = 0; i < path_count; i++)
        walk_path(&w, str_of(paths[i]));
    if (options->whole_project)
        walk_rest(&w);
    sort_files(list);
    arena_release(&w.scratch);
}
