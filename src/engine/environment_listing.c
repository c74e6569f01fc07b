#define _DEFAULT_SOURCE /* d_type, where there is one */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "engine/environment_internal.h"

typedef struct Entry {
    EntryKind kind;
    bool is_unseen; /* a link, or a file system that does not say what it is: asked for when it matters */
} Entry;

struct Listing {
    Str path;
    Map entries;
    Paths names; /* of those that listing_names and listing_directories can give */
};

/* ---- Paths ---- */

Str path_in(Arena *arena, Str directory, Str name)
{
    return arena_printf(arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(name));
}

Str real_of(Arena *arena, Str path)
{
    return path_real(arena, path.n ? path.p : "/");
}

static EntryKind kind_of_path(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return ENTRY_NONE;
    return S_ISREG(st.st_mode) ? ENTRY_FILE : S_ISDIR(st.st_mode) ? ENTRY_DIRECTORY : ENTRY_NONE;
}

bool path_is_file(const char *path)
{
    return kind_of_path(path) == ENTRY_FILE;
}

bool path_is_directory(const char *path)
{
    return kind_of_path(path) == ENTRY_DIRECTORY;
}

/* ---- A directory ---- */

static bool is_metadata(Str name)
{
    return str_ends(name, STR(".dist-info")) || str_ends(name, STR(".egg-info"));
}

static bool is_compiled(Str name)
{
    return str_ends(name, STR(".so")) || str_ends(name, STR(".pyd"));
}

/* A file that no question is about. */
static bool is_other_file(Str name)
{
    return !str_ends(name, STR(".py")) && !str_ends(name, STR(".pyi")) && !str_ends(name, STR(".pth")) &&
           !is_metadata(name);
}

static Entry entry_of(const struct dirent *read)
{
#ifdef DT_DIR
    switch (read->d_type) {
    case DT_DIR:
        return (Entry){ .kind = ENTRY_DIRECTORY };
    case DT_REG:
        return (Entry){ .kind = ENTRY_FILE };
    case DT_LNK:
    case DT_UNKNOWN:
        return (Entry){ .is_unseen = true };
    default:
        return (Entry){ .kind = ENTRY_NONE };
    }
#else
    (void)read;
    return (Entry){ .is_unseen = true };
#endif
}

static void add_entry(Environment *environment, Listing *listing, Str name, Entry entry)
{
    void **slot = map_at(&listing->entries, name);
    if (*slot)
        return;
    Entry *kept = arena_new(&environment->own, Entry);
    *kept = entry;
    *slot = kept;
}

static void add_read(Environment *environment, Listing *listing, const struct dirent *read)
{
    Str name = str_of(read->d_name);
    Entry entry = entry_of(read);
    if (entry.kind == ENTRY_NONE && !entry.is_unseen)
        return;
    if (is_compiled(name) && entry.kind != ENTRY_DIRECTORY) {
        Str stem = str_slice(name, 0, str_find(name, '.'));
        add_entry(environment, listing, arena_printf(&environment->own, "%.*s.so", STR_ARG(stem)),
            (Entry){ .kind = ENTRY_COMPILED });
        return;
    }
    if (entry.kind == ENTRY_FILE && is_other_file(name))
        return;
    name = arena_copy(&environment->own, name);
    add_entry(environment, listing, name, entry);
    bool is_asked_by_ending = str_ends(name, STR(".pth")) || str_ends(name, STR("_finder.py")) || is_metadata(name);
    if (is_asked_by_ending || entry.kind != ENTRY_FILE)
        *array_push(&environment->own, &listing->names) = name;
}

Listing *listing_of(Environment *environment, Str directory)
{
    Listing *known = map_get(&environment->listings, directory);
    if (known)
        return known;
    Listing *listing = arena_new(&environment->own, Listing);
    listing->path = arena_copy(&environment->own, directory);
    map_init(&listing->entries, &environment->own);
    *map_at(&environment->listings, listing->path) = listing;

    DIR *dir = opendir(directory.n ? listing->path.p : "/");
    if (!dir)
        return listing;
    struct dirent *read;
    for (int count = 0; count < ENTRIES_MOST && (read = readdir(dir)); count++)
        if (strcmp(read->d_name, ".") != 0 && strcmp(read->d_name, "..") != 0)
            add_read(environment, listing, read);
    closedir(dir);
    return listing;
}

static EntryKind see(Environment *environment, const Listing *listing, Str name, Entry *entry)
{
    if (entry->is_unseen) {
        entry->kind = kind_of_path(path_in(&environment->scratch, listing->path, name).p);
        entry->is_unseen = false;
    }
    return entry->kind;
}

EntryKind listing_kind(Environment *environment, Listing *listing, Str name, const char *suffix)
{
    char text[NAME_MOST + 32];
    if (name.n > NAME_MOST)
        return ENTRY_NONE;
    int n = snprintf(text, sizeof text, "%.*s%s", STR_ARG(name), suffix);
    Str key = { text, (uint32_t)n };
    Entry *entry = map_get(&listing->entries, key);
    return entry ? see(environment, listing, key, entry) : ENTRY_NONE;
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static void sort(Paths *names)
{
    if (names->count)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
}

Paths listing_names(Environment *environment, const Listing *listing, Str suffix)
{
    Paths found = { 0 };
    for (uint32_t i = 0; i < listing->names.count; i++)
        if (str_ends(listing->names.items[i], suffix))
            *array_push(&environment->scratch, &found) = listing->names.items[i];
    sort(&found);
    return found;
}

Paths listing_directories(Environment *environment, Listing *listing, Str prefix)
{
    Paths found = { 0 };
    for (uint32_t i = 0; i < listing->names.count; i++) {
        Str name = listing->names.items[i];
        if (str_starts(name, prefix) && listing_kind(environment, listing, name, "") == ENTRY_DIRECTORY)
            *array_push(&environment->scratch, &found) = name;
    }
    sort(&found);
    return found;
}
