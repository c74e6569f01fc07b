/* Directories are gone through in the order of the finished list: a folder stands among its neighbours as if a slash were behind
 * its name. */
#define _DEFAULT_SOURCE /* realpath */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/paths.h"
#include "engine/walk_internal.h"

enum {
    OPEN_MOST = 64,    /* directories held open at once; deeper ones are opened by their whole path */
    NAMES_ROOM = 4096, /* bytes for names, more than any one of them */
};

/* For directories below what the user named. */
static const char *const built_in[] = {
    ".git", ".hg", ".svn", ".venv", "venv", "env", ".env", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache",
    ".ruff_cache", ".pytest_cache", ".eggs", "build", "dist", "site-packages", "__pypackages__", "_build", "buck-out",
    ".direnv", ".ipynb_checkpoints", "versioned_docs",
};

static bool is_built_in(Str name)
{
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++) {
        if (name.p[0] == built_in[i][0] && str_is(name, built_in[i]))
            return true;
    }
    return false;
}

/* ---- What is in a directory ---- */

typedef struct Listing {
    Walk *walk;
    bool has_ignores;
    bool has_configs;
    bool is_repository;
} Listing;

static Str keep_name(Walk *w, Str name)
{
    if (name.n + 1 > w->names_end - w->names) {
        uint32_t room = name.n + 1 > NAMES_ROOM ? name.n + 1 : NAMES_ROOM;
        w->names = arena_alloc_raw(&w->scratch, room);
        w->names_end = w->names + room;
    }
    char *copy = w->names;
    memcpy(copy, name.p, (size_t)name.n + 1);
    w->names += name.n + 1;
    return (Str){ copy, name.n };
}

/* Where the directory says what its entries are, most of them need no system call. A link leads to a Python file or to
 * nothing of interest. */
static bool is_wanted(Str name, EntryKind kind)
{
    return kind == ENTRY_DIRECTORY || kind == ENTRY_UNKNOWN || is_python(name);
}

static void visit_entry(void *context, Str name, EntryKind kind)
{
    Listing *listing = context;
    Walk *w = listing->walk;
    char first = name.p[0];
    if (first == '.') {
        listing->has_ignores |= str_is(name, ".gitignore") || str_is(name, ".ignore");
        listing->is_repository |= str_is(name, ".git");
    }
    if (first == '.' || first == 'a' || first == 'p')
        listing->has_configs |= config_is_file(name);
    if (is_wanted(name, kind))
        *array_push(&w->scratch, &w->entries) = (Entry){ keep_name(w, name), kind };
}

/* What stands behind the common part of two names in the finished list. */
static int byte_behind(const Entry *entry, uint32_t at)
{
    if (at < entry->name.n)
        return (unsigned char)entry->name.p[at];
    return entry->kind == ENTRY_DIRECTORY && at == entry->name.n ? '/' : 0;
}

static int compare_entries(const void *a, const void *b)
{
    const Entry *left = a, *right = b;
    uint32_t common = left->name.n < right->name.n ? left->name.n : right->name.n;
    int order = memcmp(left->name.p, right->name.p, common);
    return order ? order : byte_behind(left, common) - byte_behind(right, common);
}

/* ---- Entries ---- */

/* The entry's path from the top on, good until the next one is asked for. */
static Str path_from_top(Walk *w, const Frame *frame, Str name)
{
    uint32_t size = frame->below.n + name.n;
    if (size >= w->line_room) {
        w->line_room = size * 2 + 256;
        w->line = arena_alloc_raw(&w->scratch, w->line_room);
    }
    memcpy(w->line, frame->below.p, frame->below.n);
    memcpy(w->line + frame->below.n, name.p, name.n);
    return (Str){ w->line, size };
}

static bool is_left_out(Walk *w, const Frame *frame, Str name, bool is_directory)
{
    const IgnoreList *excludes = w->root.excludes;
    bool is_asking = excludes->patterns.count || frame->ignores;
    Str below = is_asking ? path_from_top(w, frame, name) : name;
    IgnoreVerdict verdict = excludes->patterns.count ? ignore_verdict(excludes, below, is_directory) : IGNORE_SILENT;
    if (verdict == IGNORE_SILENT && frame->folder)
        verdict = configs_verdict(frame->folder, &w->scratch, name, is_directory);
    if (verdict != IGNORE_SILENT)
        return verdict == IGNORE_OUT;
    if (is_directory && is_built_in(name))
        return true;
    return frame->ignores && ignore_verdict(frame->ignores, below, is_directory) == IGNORE_OUT;
}

/* Where a link leads. */
static WalkProblem follow(Walk *w, Str shown, struct stat *st)
{
    Str target = path_real(&w->scratch, shown.p);
    if (!target.p || stat(target.n ? target.p : "/", st) != 0)
        return WALK_LINK_BROKEN;
    return path_is_below(target, w->root.path) ? WALK_OK : WALK_LINK_OUTSIDE;
}

/* Something that is called like a Python file and is no directory. */
static void add_entry(Walk *w, const Frame *frame, Str name, struct stat *st)
{
    Str shown = path_join(w->arena, frame->shown, name);
    bool is_link = S_ISLNK(st->st_mode);
    WalkProblem problem = is_link ? follow(w, shown, st) : WALK_OK;
    if (problem != WALK_LINK_BROKEN && S_ISDIR(st->st_mode))
        return;
    if (problem == WALK_OK && !S_ISREG(st->st_mode))
        problem = WALK_NOT_REGULAR;
    WalkFile *file = add_file(w, shown, problem);
    if (!file)
        return;
    file->is_link = is_link;
    if (frame->folder)
        file->rules = configs_rules(w->options->configs, frame->folder, name);
    if (problem == WALK_OK)
        set_stamp(file, st);
}

/* An editor's lock: a link to nothing next to the file that is being edited. */
static bool is_lock(Str name)
{
    return name.p[0] == '.' && name.n > 1 && name.p[1] == '#';
}

/* In the arena of the run: such paths are few. */
static Str real_of(Walk *w, Str below)
{
    Str inside = below.n ? str_slice(below, 0, below.n - 1) : below;
    return inside.n ? arena_printf(w->arena, "%.*s/%.*s", STR_ARG(w->root.top), STR_ARG(inside)) : w->root.top;
}

/* The user named it: it is in the list, or standard input stands for it. */
static bool is_named(Walk *w, const Frame *frame, Str name)
{
    if (!frame->has_named)
        return false;
    Str real = real_of(w, frame->below);
    return map_get(&w->named, arena_printf(&w->scratch, "%.*s/%.*s", STR_ARG(real), STR_ARG(name))) != NULL;
}

/* Entries are looked at by their name alone while their directory is held open. */
static bool look_at(const Frame *frame, Str shown, Str name, struct stat *st)
{
    bool is_open = frame->descriptor >= 0;
    return fstatat(is_open ? frame->descriptor : AT_FDCWD, is_open ? name.p : shown.p, st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void look_at_file(Walk *w, const Frame *frame, const Entry *entry)
{
    Str name = entry->name;
    if (is_lock(name) || is_named(w, frame, name))
        return;
    if (is_left_out(w, frame, name, false)) {
        w->list->ignored += !w->is_unasked;
        return;
    }
    struct stat st;
    Str shown = frame->descriptor >= 0 ? name : path_join(&w->scratch, frame->shown, name);
    if (look_at(frame, shown, name, &st))
        add_entry(w, frame, name, &st);
    else if (errno != ENOENT) /* else it went away meanwhile */
        add_file(w, path_join(w->arena, frame->shown, name), WALK_UNREADABLE);
}

/* ---- Folders ---- */

static void close_frame(Walk *w, Frame *frame)
{
    if (frame->descriptor < 0)
        return;
    close(frame->descriptor);
    frame->descriptor = -1;
    w->open--;
}

/* What the configuration says of a directory; `below` has a slash at its end. */
static const Folder *folder_inside(Walk *w, const Folder *above, Str below, const Listing *listing)
{
    Str inside = str_slice(below, 0, below.n - 1);
    Str real = listing->has_configs || listing->is_repository ? real_of(w, below) : inside;
    return configs_inside(
        w->options->configs, above, real, path_last(inside), listing->has_configs, listing->is_repository);
}

/* Some file systems do not say what is a folder, and the order asks for it. */
static void find_kinds(Walk *w, const Frame *frame)
{
    for (uint32_t i = frame->begin; i < frame->end; i++) {
        Entry *entry = &w->entries.items[i];
        struct stat st;
        if (entry->kind != ENTRY_UNKNOWN)
            continue;
        if (fstatat(frame->descriptor, entry->name.p, &st, AT_SYMLINK_NOFOLLOW) == 0)
            entry->kind = S_ISDIR(st.st_mode) ? ENTRY_DIRECTORY : ENTRY_OTHER;
    }
}

static void read_entries(Walk *w, Frame *frame, Str plain, Listing *listing)
{
    frame->begin = frame->next = w->entries.count;
    if (!directory_visit(frame->descriptor, w->buffer, visit_entry, listing))
        add_file(w, arena_copy(w->arena, plain), WALK_UNREADABLE);
    frame->end = w->entries.count;
    find_kinds(w, frame);
    if (frame->end - frame->begin > 1)
        qsort(&w->entries.items[frame->begin], frame->end - frame->begin, sizeof(Entry), compare_entries);
}

/* Lists a directory. The descriptor is taken over. `above` is NULL for the named one. */
static void enter(Walk *w, int descriptor, Str shown, Str below, const Frame *above)
{
    Str plain = shown.n ? str_slice(shown, 0, shown.n > 1 ? shown.n - 1 : 1) : STR(".");
    if (descriptor < 0) {
        if (!above || errno != ENOENT) /* else it went away meanwhile */
            add_file(w, arena_copy(w->arena, plain), WALK_UNREADABLE);
        return;
    }
    Frame frame = { .descriptor = descriptor, .shown = shown, .below = below };
    frame.ignores = above ? above->ignores : w->root.ignores;
    frame.folder = above ? above->folder : w->root.folder;
    w->open++;

    Listing listing = { .walk = w };
    read_entries(w, &frame, plain, &listing);
    if (above && frame.folder)
        frame.folder = folder_inside(w, above->folder, below, &listing);
    if (listing.is_repository && !w->options->no_ignore)
        frame.ignores = read_repository(w, shown, below.n);
    if (listing.has_ignores && !w->options->no_ignore)
        frame.ignores = read_ignores(w, shown, below.n, frame.ignores);
    frame.has_named = w->is_unasked && map_get(&w->named, real_of(w, below));
    if (w->open > OPEN_MOST)
        close_frame(w, &frame);
    *array_push(&w->scratch, &w->stack) = frame;
}

/* O_RDONLY with O_DIRECTORY fails on all that is no directory, before a FIFO can block. */
static int open_directory(const Frame *frame, Str name, Str shown)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    return frame->descriptor >= 0 ? openat(frame->descriptor, name.p, flags) : open(shown.p, flags);
}

static void look_at_folder(Walk *w, const Frame *frame, Str name)
{
    if (w->is_flat || is_left_out(w, frame, name, true))
        return;
    Str path = path_join(&w->scratch, frame->shown, name);
    Str shown = path_join(&w->scratch, path, STR("/"));
    Str below = str_equal(frame->shown, frame->below)
                    ? shown
                    : arena_printf(&w->scratch, "%.*s%.*s/", STR_ARG(frame->below), STR_ARG(name));
    if (w->is_unasked) {
        Str real = real_of(w, below);
        if (map_get(&w->walked, real))
            return;
        if (path_is_below(w->here, real))
            shown = show_directory(w, real);
    }
    Frame above = *frame; /* the stack may move */
    int descriptor = open_directory(frame, name, path);
    enter(w, descriptor, shown, below, &above);
}

static void leave(Walk *w, Frame *frame)
{
    close_frame(w, frame);
    w->entries.count = frame->begin;
    w->stack.count--;
}

void walk_directory(Walk *w, Str shown, Str real)
{
    Str inside = path_below(real, w->root.top);
    Str slashed = str_is(shown, ".") ? STR("") : str_is(shown, "/") ? shown : path_join(&w->scratch, shown, STR("/"));
    Str below = inside.n ? path_join(&w->scratch, inside, STR("/")) : STR("");
    if (!w->buffer)
        w->buffer = arena_alloc_raw(&w->scratch, DIRECTORY_BUFFER);
    /* The named one itself may be a link. */
    enter(w, open(shown.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC), slashed, below, NULL);
    while (w->stack.count) {
        Frame *frame = &w->stack.items[w->stack.count - 1];
        if (frame->next == frame->end) {
            leave(w, frame);
            continue;
        }
        Entry entry = w->entries.items[frame->next++];
        if (entry.kind == ENTRY_DIRECTORY)
            look_at_folder(w, frame, entry.name);
        else if (is_python(entry.name))
            look_at_file(w, frame, &entry);
    }
}
