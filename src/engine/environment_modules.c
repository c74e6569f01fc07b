/* Where modules are. A dotted name is resolved part by part; what was found out of each stays, so that
 * `httpx._models` asks nothing of the disk again for `httpx`. */
#include <stdio.h>

#include "engine/environment_internal.h"
#include "port/io.h"
#include "python/names.h"

enum { INIT_SIZE_MOST = 64 << 10 };

/* What is known of a dotted name, for good. */
typedef struct Known {
    bool is_found;
    ModulePlace place;
    Paths inside; /* the directories of its submodules */
    Paths stubs;  /* those of their stubs, in NAME-stubs */
} Known;

/* A question: one part, in some directories. */
typedef struct Search {
    Environment *environment;
    Known *known;
    Str name;
} Search;

static Arena *own(const Search *search)
{
    return &search->environment->own;
}

static Str file_in(const Search *search, Str directory, const char *suffix)
{
    return arena_printf(own(search), "%.*s/%.*s%s", STR_ARG(directory), STR_ARG(search->name), suffix);
}

static bool is_directory_in(const Search *search, Listing *listing)
{
    return listing_kind(search->environment, listing, search->name, "") == ENTRY_DIRECTORY;
}

/* ---- Sources ---- */

static bool names_either(Str text, const char *one, const char *other)
{
    size_t first = strlen(one), second = strlen(other);
    for (size_t i = 0; i < text.n; i++) {
        size_t rest = text.n - i;
        if ((rest >= first && memcmp(text.p + i, one, first) == 0) ||
            (rest >= second && memcmp(text.p + i, other, second) == 0))
            return true;
    }
    return false;
}

/* The older way of several distributions to share a package: its __init__.py says so. */
static bool is_shared(const Search *search)
{
    Str text;
    uint64_t size;
    return search->known->place.source.n &&
           io_read_file(&search->environment->scratch, search->known->place.source.p, true, INIT_SIZE_MOST, &text,
               &size) == READ_OK &&
           names_either(text, "extend_path", "declare_namespace");
}

/* More directories of a package that was found in the first of them. */
static void share(const Search *search, const Paths *directories, uint32_t first)
{
    bool is_asked = false;
    for (uint32_t i = first; i < directories->count; i++) {
        if (!is_directory_in(search, listing_of(search->environment, directories->items[i])))
            continue;
        if (!is_asked && !is_shared(search))
            return;
        is_asked = true;
        *array_push(own(search), &search->known->inside) = file_in(search, directories->items[i], "");
    }
}

/* A package with an __init__ of any kind. */
static bool find_package(const Search *search, Str directory)
{
    Environment *environment = search->environment;
    Listing *listing = listing_of(environment, file_in(search, directory, ""));
    bool has_source = listing_kind(environment, listing, STR("__init__"), ".py") == ENTRY_FILE;
    bool has_stub = listing_kind(environment, listing, STR("__init__"), ".pyi") == ENTRY_FILE;
    bool is_compiled = listing_kind(environment, listing, STR("__init__"), ".so") == ENTRY_COMPILED;
    if (!has_source && !has_stub && !is_compiled)
        return false;
    ModulePlace *place = &search->known->place;
    place->is_package = true;
    place->is_extension = is_compiled && !has_source;
    if (has_source)
        place->source = file_in(search, directory, "/__init__.py");
    if (has_stub)
        place->stub = file_in(search, directory, "/__init__.pyi");
    *array_push(own(search), &search->known->inside) = file_in(search, directory, "");
    return true;
}

static bool find_file(const Search *search, Str directory, Listing *listing)
{
    Environment *environment = search->environment;
    bool has_source = listing_kind(environment, listing, search->name, ".py") == ENTRY_FILE;
    bool has_stub = listing_kind(environment, listing, search->name, ".pyi") == ENTRY_FILE;
    bool is_compiled = listing_kind(environment, listing, search->name, ".so") == ENTRY_COMPILED;
    if (!has_source && !has_stub && !is_compiled)
        return false;
    ModulePlace *place = &search->known->place;
    place->is_extension = is_compiled && !has_source;
    if (has_source)
        place->source = file_in(search, directory, ".py");
    if (has_stub && !place->stub.n)
        place->stub = file_in(search, directory, ".pyi");
    return true;
}

/* As Python's own finder: in each directory first a package, then a module; directories without __init__ count when nothing else
 * is found in any. */
static void find_source(const Search *search, const Paths *directories)
{
    Paths portions = { 0 };
    for (uint32_t i = 0; i < directories->count; i++) {
        Str directory = directories->items[i];
        Listing *listing = listing_of(search->environment, directory);
        bool is_directory = is_directory_in(search, listing);
        if (is_directory && find_package(search, directory)) {
            search->known->is_found = true;
            /* The stubs of an extension module may be a directory beside it. */
            if (!search->known->place.source.n && !search->known->place.is_extension)
                find_file(search, directory, listing);
            share(search, directories, i + 1);
            return;
        }
        if (find_file(search, directory, listing)) {
            search->known->is_found = true;
            return;
        }
        if (is_directory)
            *array_push(own(search), &portions) = file_in(search, directory, "");
    }
    if (portions.count) {
        search->known->is_found = true;
        search->known->place.is_package = search->known->place.is_namespace = true;
        search->known->inside = portions;
    }
}

/* ---- Editable installs ---- */

static bool is_part_of(Str part, Str dotted)
{
    return str_starts(dotted, part) && dotted.n > part.n && dotted.p[part.n] == '.';
}

/* The file or directory that a name is mapped to is looked up in its own directory. It may be there by another name. */
static void find_mapped(const Search *search, Str path)
{
    Str name = path_last(path);
    if (str_ends(name, STR(".py")))
        name = str_slice(name, 0, name.n - 3);
    Str directory = real_of(own(search), arena_copy(&search->environment->scratch, path_parent(path)));
    if (!directory.p || !name.n)
        return;
    Paths directories = { 0 };
    *array_push(own(search), &directories) = directory;
    Search there = { search->environment, search->known, name };
    find_source(&there, &directories);
}

static void find_editable(const Search *search, Str dotted)
{
    const Environment *environment = search->environment;
    Known *known = search->known;
    for (uint32_t i = 0; i < environment->mappings.count && !known->is_found; i++)
        if (!environment->mappings.items[i].is_namespace && str_equal(environment->mappings.items[i].name, dotted))
            find_mapped(search, environment->mappings.items[i].path);
}

/* A namespace is mapped, or is only a part of names that are; it may have directories among the roots, too. */
static void find_editable_namespace(const Search *search, Str dotted)
{
    const Environment *environment = search->environment;
    Known *known = search->known;
    for (uint32_t i = 0; i < environment->mappings.count; i++) {
        const Mapping *mapping = &environment->mappings.items[i];
        bool is_this = mapping->is_namespace && str_equal(mapping->name, dotted);
        if (!is_this && !is_part_of(dotted, mapping->name))
            continue;
        known->is_found = true;
        known->place.is_package = known->place.is_namespace = true;
        Str real = is_this ? real_of(own(search), mapping->path) : (Str){ NULL, 0 };
        if (real.p)
            *array_push(own(search), &known->inside) = real;
    }
}

/* ---- Stubs ---- */

/* `directory` is that of a package's stubs. */
static void add_stubs(const Search *search, Str directory)
{
    Environment *environment = search->environment;
    Known *known = search->known;
    Listing *listing = listing_of(environment, directory);
    if (!known->stubs.count && listing_kind(environment, listing, STR("__init__"), ".pyi") == ENTRY_FILE) {
        known->place.stub = path_in(own(search), directory, STR("__init__.pyi"));
        known->place.is_namespace = false;
    }
    *array_push(own(search), &known->stubs) = directory;
}

/* PEP 561: what is in NAME-stubs comes before a stub beside the source. */
static void find_stubs(const Search *search, const Known *parent)
{
    Environment *environment = search->environment;
    const Paths *directories = parent ? &parent->stubs : &environment->roots;
    const char *suffix = parent ? "" : "-stubs";
    for (uint32_t i = 0; i < directories->count; i++) {
        Str directory = directories->items[i];
        Listing *listing = listing_of(environment, directory);
        if (listing_kind(environment, listing, search->name, suffix) == ENTRY_DIRECTORY)
            add_stubs(search, file_in(search, directory, suffix));
        else if (parent && !search->known->stubs.count &&
                 listing_kind(environment, listing, search->name, ".pyi") == ENTRY_FILE) {
            search->known->place.stub = file_in(search, directory, ".pyi");
            search->known->is_found = true;
            search->known->place.is_namespace = false;
            return;
        }
    }
}

/* ---- Names ---- */

static Known *find(Environment *environment, const Known *parent, Str dotted)
{
    Known *known = arena_new(&environment->own, Known);
    known->place.source = known->place.stub = STR("");
    uint32_t dot = str_find_last(dotted, '.');
    Str name = str_slice(dotted, dot < dotted.n ? dot + 1 : 0, dotted.n);
    Search search = { environment, known, name };
    if (!name.n || name.n > NAME_MOST || memchr(name.p, '/', name.n) || memchr(name.p, '\0', name.n))
        return known;
    find_source(&search, parent ? &parent->inside : &environment->roots);
    find_editable(&search, dotted);
    if (!known->is_found || known->place.is_namespace)
        find_editable_namespace(&search, dotted);
    find_stubs(&search, parent);
    if (known->stubs.count && !known->is_found) {
        known->is_found = known->place.is_package = true;
        known->place.is_namespace = !known->place.stub.n;
    }
    return known;
}

static const Known *known_module(Environment *environment, Str dotted)
{
    const Known *known = map_get(&environment->modules, dotted);
    const Known *parent = NULL;
    for (uint32_t end = 0, parts = 0; !known && end < dotted.n && parts < PARTS_MOST; end++, parts++) {
        end += str_find(str_slice(dotted, end, dotted.n), '.');
        Str part = str_slice(dotted, 0, end);
        const Known *here = map_get(&environment->modules, part);
        if (!here) {
            Str key = arena_copy(&environment->own, part);
            here = *map_at(&environment->modules, key) = find(environment, parent, key);
        }
        if (!here->is_found)
            return NULL;
        parent = here;
        if (end == dotted.n)
            known = here;
    }
    return known && known->is_found ? known : NULL;
}

bool environment_module(Environment *environment, Arena *arena, Str dotted, ModulePlace *place)
{
    *place = (ModulePlace){ .source = STR(""), .stub = STR("") };
    if (!dotted.n || is_stdlib_module(str_slice(dotted, 0, str_find(dotted, '.'))))
        return false;
    pthread_mutex_lock(&environment->lock);
    const Known *known = known_module(environment, dotted);
    arena_clear(&environment->scratch);
    pthread_mutex_unlock(&environment->lock);
    if (!known)
        return false;

    /* What is known does not change any more, and the arena may leave by its guard. */
    *place = known->place;
    place->source = arena_copy(arena, known->place.source);
    place->stub = arena_copy(arena, known->place.stub);
    return true;
}
