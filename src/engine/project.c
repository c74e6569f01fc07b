#include "engine/project.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <unistd.h>

#include "engine/ignored.h"
#include "engine/paths.h"
#include "facts/derivations.h"
#include "port/io.h"
#include "port/threads.h"
#include "python/names.h"

enum {
    OUTSIDE_MOST = 1 << 14, /* files of the environment; what is beyond them is unknown */
    MIB = 1 << 20,
};

typedef enum State { STATE_ABSENT, STATE_LOADING, STATE_READY } State;

typedef struct Entry {
    _Atomic int state;
    const Summary *summary; /* NULL: it cannot be had */
    Str bytes;              /* of the Summary, when it was made here */
    Str path;
    Str key;                /* the path as the cache has it */
    Str name;               /* dotted, of a file of the environment */
    uint32_t stub;          /* number + 1, of a file of the environment */
    bool is_package;
    bool is_parsed;         /* has async words */
    ThingList derives;      /* of a file that was not put: see project_suspect */
    HeirNotes notes;        /* of one that was, or will be loaded: see project_note */
} Entry;

struct Project {
    Str cwd;
    Arena *arena;           /* used before project_settle, and under the lock */
    ProjectOptions options;
    Modules *modules;
    Entry *inside;          /* as the list */
    uint32_t inside_count;
    Entry **outside;        /* OUTSIDE_MOST places */
    atomic_uint outside_count;
    Map outside_by_path;    /* number + 1 of the file, as a pointer; under the lock */
    Map outside_by_name;    /* the same; names that were not found have NOWHERE */
    Arena names;            /* of the two */
    Arena store;            /* Summaries that were made here; under the lock */
    Files files;
    pthread_mutex_t lock;
    pthread_cond_t loaded;
};

#define NOWHERE ((void *)(uintptr_t)UINT32_MAX)

static Entry *entry_of(const Project *project, uint32_t file)
{
    return file < project->inside_count ? &project->inside[file] : project->outside[file - project->inside_count];
}

/* ---- Loading ---- */

typedef struct Loading {
    Project *project;
    Entry *entry;
    uint32_t file;
    Arena *out;
    Arena work, scratch;
} Loading;

static bool read_text(Loading *l, Source *source)
{
    const ProjectOptions *o = &l->project->options;
    Str content = o->text ? o->text(o->context, l->entry->path) : (Str){ NULL, 0 };
    uint64_t size;
    bool is_open = content.p != NULL;
    bool follow = l->file >= l->project->inside_count || o->list->files.items[l->file].is_link;
    if (!is_open && io_read_file(&l->work, l->entry->path.p, follow, o->max_file_size, &content, &size) != READ_OK)
        return false;
    source_init(source, &l->work, l->entry->path, content);
    return !source->is_binary;
}

/* Reads and parses the file whole. Leaves by the guard when it needs too much. */
static Str make_bytes(Loading *l)
{
    Source source;
    if (!read_text(l, &source))
        return STR("");
    double deadline = clock_wall() + l->project->options.max_seconds;
    Module *module = module_scan(&l->work, &source);
    if (module->scan.refused || module_parse(module, &l->scratch, deadline) != TREE_OK)
        return STR("");
    module_bind(module);
    return summary_write(summary_new(&l->work, module), l->out, &l->work);
}

static uint64_t memory_for_unknown(const Project *project)
{
    uint64_t most = project->options.max_memory;
    return most ? most : 256 * (uint64_t)MIB;
}

static Str guarded_bytes(Loading *l)
{
    sigjmp_buf guard;
    if (sigsetjmp(guard, 0))
        return STR("");
    uint64_t most = memory_for_unknown(l->project);
    arena_guard(&l->work, (size_t)most, &guard);
    arena_guard(&l->scratch, (size_t)most, &guard);
    Str bytes = make_bytes(l);
    return bytes;
}

/* A cache may have been made in another working directory: the file is called as this run calls it. */
static const Summary *named(const Entry *entry, Summary *summary)
{
    if (summary)
        summary->path = entry->path;
    return summary;
}

static Str made_bytes(Project *project, Entry *entry, uint32_t file, Arena *out)
{
    Loading *l = arena_new(out, Loading); /* outlives what siglongjmp leaves */
    *l = (Loading){ .project = project, .entry = entry, .file = file, .out = out };
    arena_init(&l->work);
    arena_init(&l->scratch);
    Str bytes = guarded_bytes(l);
    arena_release(&l->work);
    arena_release(&l->scratch);
    return bytes;
}

/* What is made is put with the others under the lock: an arena each would take 64 KiB. */
static void load_entry(Project *project, uint32_t file, Entry *entry)
{
    const ProjectOptions *o = &project->options;
    Arena out;
    arena_init(&out);
    bool is_inside = file < project->inside_count;
    Str known = o->known ? o->known(o->context, is_inside ? entry->path : entry->key, is_inside ? file : (uint32_t)NO_FILE) : STR("");
    Str bytes = known.n ? known : made_bytes(project, entry, file, &out);
    pthread_mutex_lock(&project->lock);
    if (bytes.n && !known.n) {
        char *copy = arena_alloc_raw(&project->store, bytes.n);
        memcpy(copy, bytes.p, bytes.n);
        entry->bytes = bytes = (Str){ copy, bytes.n };
    }
    if (bytes.n)
        entry->summary = named(entry, (known.n ? summary_read : summary_take)(&project->store, bytes));
    pthread_mutex_unlock(&project->lock);
    arena_release(&out);
}

static const Summary *load(void *context, uint32_t file)
{
    Project *project = context;
    Entry *entry = entry_of(project, file);
    if (atomic_load_explicit(&entry->state, memory_order_acquire) == STATE_READY)
        return entry->summary;
    pthread_mutex_lock(&project->lock);
    while (atomic_load(&entry->state) == STATE_LOADING)
        pthread_cond_wait(&project->loaded, &project->lock);
    bool is_mine = atomic_load(&entry->state) == STATE_ABSENT;
    if (is_mine)
        atomic_store(&entry->state, STATE_LOADING);
    pthread_mutex_unlock(&project->lock);
    if (!is_mine)
        return entry->summary;
    load_entry(project, file, entry);
    pthread_mutex_lock(&project->lock);
    atomic_store_explicit(&entry->state, STATE_READY, memory_order_release);
    pthread_cond_broadcast(&project->loaded);
    pthread_mutex_unlock(&project->lock);
    return entry->summary;
}

/* ---- The environment ---- */

/* Under the lock. */
static uint32_t add_outside(Project *project, Str path, Str name, bool is_package)
{
    uint32_t inside = modules_at(project->modules, path);
    if (inside != NO_FILE)
        return inside;
    void **place = map_at(&project->outside_by_path, path);
    if (*place)
        return (uint32_t)(uintptr_t)*place - 1;
    uint32_t number = atomic_load(&project->outside_count);
    if (number == OUTSIDE_MOST)
        return NO_FILE;
    Entry *entry = arena_new(&project->names, Entry);
    entry->key = path;
    entry->path = path_is_below(path, project->cwd) ? path_below(path, project->cwd) : path; /* as the others are shown */
    entry->name = name;
    entry->is_package = is_package;
    project->outside[number] = entry;
    atomic_store(&project->outside_count, number + 1);
    *map_at(&project->outside_by_path, path) = (void *)(uintptr_t)(project->inside_count + number + 1);
    return project->inside_count + number;
}

/* Under the lock. What an editable install leads back into is a file of the project. */
static uint32_t found_outside(Project *project, Str dotted, const ModulePlace *place)
{
    uint32_t stub = place->stub.n ? add_outside(project, place->stub, dotted, place->is_package) : (uint32_t)NO_FILE;
    uint32_t source = place->source.n ? add_outside(project, place->source, dotted, place->is_package) : (uint32_t)NO_FILE;
    if (source == NO_FILE)
        return stub;
    if (stub != NO_FILE && source >= project->inside_count)
        entry_of(project, source)->stub = stub + 1;
    return source;
}

static uint32_t find_outside(Project *project, Str dotted)
{
    if (!project->options.environment || is_stdlib_module(str_slice(dotted, 0, str_find(dotted, '.'))))
        return NO_FILE;
    pthread_mutex_lock(&project->lock);
    void *known = map_get(&project->outside_by_name, dotted);
    pthread_mutex_unlock(&project->lock);
    if (known)
        return known == NOWHERE ? (uint32_t)NO_FILE : (uint32_t)(uintptr_t)known - 1;
    ModulePlace place;
    Arena arena;
    arena_init(&arena);
    bool is_there = environment_module(project->options.environment, &arena, dotted, &place);
    pthread_mutex_lock(&project->lock);
    uint32_t file = NO_FILE;
    Str name = arena_copy(&project->names, dotted);
    if (is_there && !place.is_namespace) {
        place.source = place.source.n ? arena_copy(&project->names, place.source) : STR("");
        place.stub = place.stub.n ? arena_copy(&project->names, place.stub) : STR("");
        file = found_outside(project, name, &place);
    }
    *map_at(&project->outside_by_name, name) = file == NO_FILE ? NOWHERE : (void *)(uintptr_t)(file + 1);
    pthread_mutex_unlock(&project->lock);
    arena_release(&arena);
    return file;
}

/* "..b" seen from a module of the environment. Empty: it leads out of its package. */
static Str absolute_name(const Entry *from, Str dotted, char *room, size_t size)
{
    uint32_t dots = 0;
    while (dots < dotted.n && dotted.p[dots] == '.')
        dots++;
    Str package = from->name;
    for (uint32_t i = from->is_package ? 1 : 0; i < dots; i++) {
        uint32_t dot = str_find_last(package, '.');
        if (dot == package.n && (i + 1 < dots || package.n == 0))
            return STR("");
        package = str_slice(package, 0, dot < package.n ? dot : 0);
    }
    Str rest = str_slice(dotted, dots, dotted.n);
    if (package.n + 1 + rest.n >= size || !package.n)
        return STR("");
    memcpy(room, package.p, package.n);
    if (!rest.n)
        return (Str){ room, package.n };
    room[package.n] = '.';
    memcpy(room + package.n + 1, rest.p, rest.n);
    return (Str){ room, package.n + 1 + rest.n };
}

static uint32_t find(void *context, uint32_t from, Str dotted)
{
    Project *project = context;
    bool is_relative = dotted.n && dotted.p[0] == '.';
    if (from < project->inside_count) {
        uint32_t file = modules_find(project->modules, from, dotted);
        return file != NO_FILE || is_relative ? file : find_outside(project, dotted);
    }
    char room[512];
    if (is_relative)
        dotted = absolute_name(entry_of(project, from), dotted, room, sizeof room);
    return dotted.n ? find_outside(project, dotted) : (uint32_t)NO_FILE;
}

static uint32_t stub(void *context, uint32_t file)
{
    Project *project = context;
    if (file < project->inside_count)
        return modules_stub(project->modules, file);
    uint32_t number = entry_of(project, file)->stub;
    return number ? number - 1 : (uint32_t)NO_FILE;
}

static Str name(void *context, uint32_t file)
{
    Project *project = context;
    return file < project->inside_count ? modules_name(project->modules, file) : entry_of(project, file)->name;
}

static bool has(void *context, Str part)
{
    return modules_has(((Project *)context)->modules, part);
}

static Str place(void *context, uint32_t file)
{
    return modules_place(((Project *)context)->modules, file);
}

static bool only(void *context, uint32_t file, Str dotted, bool anywhere)
{
    return modules_only(((Project *)context)->modules, file, dotted, anywhere);
}

static bool is_parsed(void *context, uint32_t file)
{
    return entry_of(context, file)->is_parsed;
}

static bool is_ignored(void *context, Str directory, Str name)
{
    (void)context;
    return path_is_ignored(directory, name);
}

static Str key(void *context, uint32_t file)
{
    return entry_of(context, file)->key;
}

/* ---- The project ---- */

Str project_key_of(const Project *project, Arena *arena, Str path)
{
    return path_key(arena, path, project->options.root, project->cwd);
}

Project *project_new(Arena *arena, const ProjectOptions *options)
{
    Project *project = arena_new(arena, Project);
    project->arena = arena;
    project->options = *options;
    project->inside_count = options->list->files.count;
    project->inside = arena_array(arena, Entry, project->inside_count);
    project->cwd = working_directory(arena);
    project->outside = arena_array(arena, Entry *, options->environment ? OUTSIDE_MOST : 1);
    for (uint32_t i = 0; i < project->inside_count; i++)
        project->inside[i].path = options->list->files.items[i].path;
    arena_init(&project->names);
    arena_init(&project->store);
    map_init(&project->outside_by_path, &project->names);
    map_init(&project->outside_by_name, &project->names);
    pthread_mutex_init(&project->lock, NULL);
    pthread_cond_init(&project->loaded, NULL);
    project->files = (Files){ .context = project, .load = load, .find = find, .stub = stub, .name = name,
        .path = key, .has = has, .place = place, .only = only, .is_parsed = is_parsed, .is_ignored = is_ignored,
        .project_count = project->inside_count, .no_library_tables = options->no_library_tables };
    return project;
}

void project_release(Project *project)
{
    arena_release(&project->store);
    arena_release(&project->names);
    pthread_mutex_destroy(&project->lock);
    pthread_cond_destroy(&project->loaded);
}

static void put(Entry *entry, Arena *arena, Summary *summary)
{
    entry->summary = named(entry, summary);
    entry->is_parsed = true;
    if (summary)
        entry->notes = heir_notes(summary, arena);
    atomic_store(&entry->state, STATE_READY);
}

HeirNotes project_put(Project *project, uint32_t file, Arena *arena, Str bytes)
{
    put(&project->inside[file], arena, summary_read(arena, bytes));
    return project->inside[file].notes;
}

HeirNotes project_put_made(Project *project, uint32_t file, Arena *arena, Str bytes)
{
    put(&project->inside[file], arena, summary_take(arena, bytes));
    return project->inside[file].notes;
}

void project_note(Project *project, uint32_t file, HeirNotes notes)
{
    project->inside[file].notes = notes;
    project->inside[file].is_parsed = true;
}

ThingList derived_names(const Scan *scan, Arena *arena)
{
    NameList names = { 0 };
    Arena scratch;
    arena_init(&scratch);
    derivations(scan, &scratch, &names);
    ThingList list = { arena_array(arena, uint32_t, names.count), names.count };
    for (uint32_t i = 0; i < names.count; i++)
        list.items[i] = thing_of_heirs(names.items[i]);
    arena_release(&scratch);
    return list;
}

void project_suspect(Project *project, uint32_t file, ThingList derives)
{
    project->inside[file].derives = derives;
}

static SuspectList suspects_of(const Project *project)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < project->inside_count; i++)
        count += project->inside[i].summary ? 0 : project->inside[i].derives.count;
    SuspectList list = { arena_array(project->arena, Suspect, count), 0 };
    for (uint32_t i = 0; i < project->inside_count; i++) {
        const Entry *entry = &project->inside[i];
        for (uint32_t k = 0; !entry->summary && k < entry->derives.count; k++)
            list.items[list.count++] = (Suspect){ entry->derives.items[k], i };
    }
    return list;
}

void project_settle(Project *project)
{
    HeirNotes *notes = arena_array(project->arena, HeirNotes, project->inside_count);
    Str *paths = arena_array(project->arena, Str, project->inside_count);
    for (uint32_t i = 0; i < project->inside_count; i++) {
        Entry *entry = &project->inside[i];
        notes[i] = entry->notes;
        paths[i] = entry->path;
        entry->key = project_key_of(project, project->arena, entry->path);
    }
    project->modules = modules_new(project->arena, paths, project->inside_count, project->cwd);
    project->files.heritage = heritage_new(project->arena, notes, project->inside_count, suspects_of(project));
}

const Files *project_files(const Project *project)
{
    return &project->files;
}

const Summary *project_summary(const Project *project, uint32_t file)
{
    return entry_of(project, file)->summary;
}

const Summary *project_made(const Project *project, uint32_t file)
{
    const Entry *entry = entry_of(project, file);
    return atomic_load_explicit(&entry->state, memory_order_acquire) == STATE_READY ? entry->summary : NULL;
}

const Summary *project_load(Project *project, uint32_t file)
{
    return load(project, file);
}

Str project_loaded(const Project *project, uint32_t file)
{
    return entry_of(project, file)->bytes;
}

uint32_t project_count(const Project *project)
{
    return project->inside_count + atomic_load(&project->outside_count);
}

Str project_path(const Project *project, uint32_t file)
{
    return entry_of(project, file)->path;
}

Str project_key(const Project *project, uint32_t file)
{
    return entry_of(project, file)->key;
}
