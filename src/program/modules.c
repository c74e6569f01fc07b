#include "program/modules.h"

#include "python/names.h"

/* One place of a file among the names: by its last part, by its last two, by the whole path. */
typedef struct Slot {
    uint32_t hash;
    uint32_t file; /* number + 1; 0: free */
} Slot;

typedef struct Known {
    Str path;        /* absolute, without the suffix, of a package without `/__init__` */
    Str name;        /* dotted */
    bool is_package, is_stub;
} Known;

struct Modules {
    Arena *arena;
    Known *files;
    uint32_t count;
    Slot *slots;
    uint32_t room;
    uint64_t seed;
    Slot *parts; /* names of directories and modules; `file` is 1 */
    uint32_t part_room;
};

typedef enum Key { KEY_LAST, KEY_LAST_TWO, KEY_PATH, KEY_PART } Key;

static uint32_t hash_of(const Modules *m, Key key, Str text)
{
    uint64_t h = str_hash(text, m->seed + (uint64_t)key);
    return (uint32_t)(h ^ (h >> 32));
}

/* ---- Paths ---- */

/* `a/./b/../c` is `a/c`. */
static Str normalized(Arena *arena, Str base, Str path)
{
    bool is_absolute = path.n && path.p[0] == '/';
    Str whole = is_absolute ? path : arena_printf(arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(path));
    bool is_plain = true;
    for (uint32_t i = 0; i + 1 < whole.n && is_plain; i++)
        is_plain = whole.p[i] != '/' || (whole.p[i + 1] != '.' && whole.p[i + 1] != '/');
    if (is_plain)
        return whole;
    char *out = arena_alloc(arena, whole.n + 1);
    uint32_t length = 0;
    for (uint32_t at = 0; at < whole.n;) {
        uint32_t end = at;
        while (end < whole.n && whole.p[end] != '/')
            end++;
        Str part = str_slice(whole, at, end);
        at = end + 1;
        if (!part.n || str_is(part, "."))
            continue;
        if (str_is(part, "..")) {
            while (length && out[length - 1] != '/')
                length--;
            length -= length > 0;
            continue;
        }
        out[length++] = '/';
        memcpy(out + length, part.p, part.n);
        length += part.n;
    }
    return (Str){ out, length };
}

static Str last_part(Str path)
{
    uint32_t slash = str_find_last(path, '/');
    return slash < path.n ? str_slice(path, slash + 1, path.n) : path;
}

static Str directory_of(Str path)
{
    uint32_t slash = str_find_last(path, '/');
    return str_slice(path, 0, slash < path.n ? slash : 0);
}

static Str last_two_parts(Str path)
{
    Str last = last_part(path), before = last_part(directory_of(path));
    return str_slice(path, path.n - last.n - (before.n ? before.n + 1 : 0), path.n);
}

static Str without_suffix(Str path)
{
    uint32_t dot = str_find_last(path, '.');
    return dot < path.n && dot > path.n - last_part(path).n ? str_slice(path, 0, dot) : path;
}

/* ---- The table ---- */

static void add(Modules *m, Key key, Str text, uint32_t file)
{
    uint32_t hash = hash_of(m, key, text), at = hash & (m->room - 1);
    while (m->slots[at].file)
        at = (at + 1) & (m->room - 1);
    m->slots[at] = (Slot){ hash, file + 1 };
}

/* The next file of a key from *at on; NO_FILE behind the last. Others may be met: the caller compares. */
static uint32_t next_of(const Modules *m, uint32_t hash, uint32_t *at)
{
    for (;; *at = (*at + 1) & (m->room - 1)) {
        Slot slot = m->slots[*at];
        if (!slot.file)
            return NO_FILE;
        if (slot.hash == hash) {
            *at = (*at + 1) & (m->room - 1);
            return slot.file - 1;
        }
    }
}

static uint32_t find_path(const Modules *m, Str path)
{
    uint32_t hash = hash_of(m, KEY_PATH, path), at = hash & (m->room - 1), found = NO_FILE, file;
    while ((file = next_of(m, hash, &at)) != NO_FILE) {
        const Known *known = &m->files[file];
        if (!str_equal(known->path, path))
            continue;
        bool is_better = found == NO_FILE || (m->files[found].is_stub && !known->is_stub) ||
                         (m->files[found].is_stub == known->is_stub && known->is_package && !m->files[found].is_package);
        if (is_better)
            found = file;
    }
    return found;
}

static bool is_package_directory(const Modules *m, Str directory)
{
    uint32_t file = find_path(m, directory);
    return file != NO_FILE && m->files[file].is_package;
}

static bool part_is_in(const Modules *m, Str part, uint32_t *at)
{
    uint32_t hash = hash_of(m, KEY_PART, part);
    for (*at = hash & (m->part_room - 1); m->parts[*at].file; *at = (*at + 1) & (m->part_room - 1)) {
        if (m->parts[*at].hash == hash)
            return true;
    }
    return false;
}

static void add_parts(Modules *m, Str path, Str last_path)
{
    /* Directories that the file before this one is in as well were added with it. */
    uint32_t common = 0;
    while (common < path.n && common < last_path.n && path.p[common] == last_path.p[common])
        common++;
    for (Str rest = path; rest.n > 0; rest = directory_of(rest)) {
        uint32_t at;
        Str part = last_part(rest);
        if (rest.n < common && rest.n < path.n)
            break;
        if (!part_is_in(m, part, &at))
            m->parts[at] = (Slot){ hash_of(m, KEY_PART, part), 1 };
    }
}

bool modules_has(const Modules *m, Str part)
{
    uint32_t at;
    return part_is_in(m, part, &at);
}

static Str name_of(const Modules *m, uint32_t file)
{
    const Known *known = &m->files[file];
    Str top = known->path;
    for (Str directory = directory_of(top); directory.n && is_package_directory(m, directory);
         directory = directory_of(directory))
        top = directory;
    uint32_t begin = top.n - last_part(top).n;
    Str name = arena_copy(m->arena, str_slice(known->path, begin, known->path.n));
    for (uint32_t i = 0; i < name.n; i++) {
        if (name.p[i] == '/')
            ((char *)(uintptr_t)name.p)[i] = '.';
    }
    return name;
}

static uint32_t power_above(uint32_t count)
{
    uint32_t room = 64;
    while (room < count)
        room *= 2;
    return room;
}

Modules *modules_new(Arena *arena, const Str *paths, uint32_t count, Str base)
{
    Modules *m = arena_new(arena, Modules);
    m->arena = arena;
    m->count = count;
    m->seed = (uint64_t)(uintptr_t)m;
    m->files = arena_array(arena, Known, count);
    m->room = power_above(6 * count + 1);
    m->slots = arena_array(arena, Slot, m->room);
    m->part_room = power_above(8 * count + 64);
    m->parts = arena_array(arena, Slot, m->part_room);
    Str before = STR("");
    for (uint32_t i = 0; i < count; i++) {
        Known *known = &m->files[i];
        Str path = without_suffix(normalized(arena, base, paths[i]));
        known->is_stub = str_ends(paths[i], STR(".pyi"));
        known->is_package = str_is(last_part(path), "__init__");
        known->path = known->is_package ? directory_of(path) : path;
        add(m, KEY_PATH, known->path, i);
        add(m, KEY_LAST, last_part(known->path), i);
        add(m, KEY_LAST_TWO, last_two_parts(known->path), i);
        add_parts(m, known->path, before);
        before = known->path;
    }
    for (uint32_t i = 0; i < count; i++)
        m->files[i].name = name_of(m, i);
    return m;
}

Str modules_name(const Modules *m, uint32_t file)
{
    return m->files[file].name;
}

Str modules_place(const Modules *m, uint32_t file)
{
    return m->files[file].path;
}

bool modules_is_package(const Modules *m, uint32_t file)
{
    return m->files[file].is_package;
}

uint32_t modules_stub(const Modules *m, uint32_t file)
{
    Str path = m->files[file].path;
    uint32_t hash = hash_of(m, KEY_PATH, path), at = hash & (m->room - 1), found;
    while ((found = next_of(m, hash, &at)) != NO_FILE) {
        if (m->files[found].is_stub && str_equal(m->files[found].path, path))
            return found == file ? (uint32_t)NO_FILE : found;
    }
    return NO_FILE;
}

uint32_t modules_at(const Modules *m, Str path)
{
    Str plain = without_suffix(path);
    bool is_package = str_is(last_part(plain), "__init__");
    Str key = is_package ? directory_of(plain) : plain;
    uint32_t hash = hash_of(m, KEY_PATH, key), at = hash & (m->room - 1), file;
    while ((file = next_of(m, hash, &at)) != NO_FILE) {
        const Known *known = &m->files[file];
        if (str_equal(known->path, key) && known->is_package == is_package && known->is_stub == str_ends(path, STR(".pyi")))
            return file;
    }
    return NO_FILE;
}

/* ---- Lookup ---- */

enum { LONGEST_NAME = 512 };

/* "a.b" as the end of a path, "a/b". False: it is too long, or no name. */
static bool as_path(Str dotted, char *out)
{
    if (!dotted.n || dotted.n >= LONGEST_NAME)
        return false;
    for (uint32_t i = 0; i < dotted.n; i++)
        out[i] = dotted.p[i] == '.' ? '/' : dotted.p[i];
    return true;
}

static uint32_t find_relative(const Modules *m, uint32_t from, Str dotted)
{
    const Known *known = &m->files[from];
    uint32_t dots = 0;
    while (dots < dotted.n && dotted.p[dots] == '.')
        dots++;
    Str directory = known->is_package ? known->path : directory_of(known->path);
    for (uint32_t i = 1; i < dots; i++)
        directory = directory_of(directory);
    char text[LONGEST_NAME * 2 + 2];
    Str rest = str_slice(dotted, dots, dotted.n);
    if (!directory.n || directory.n >= LONGEST_NAME)
        return NO_FILE;
    memcpy(text, directory.p, directory.n);
    if (!rest.n)
        return find_path(m, directory);
    text[directory.n] = '/';
    if (!as_path(rest, text + directory.n + 1))
        return NO_FILE;
    return find_path(m, (Str){ text, directory.n + 1 + rest.n });
}

static uint32_t common_length(Str a, Str b)
{
    uint32_t common = 0;
    while (common < a.n && common < b.n && a.p[common] == b.p[common])
        common++;
    return common;
}

static bool is_above(Str directory, Str path)
{
    return str_starts(path, directory) && (path.n == directory.n || path.p[directory.n] == '/');
}

/* How near a root is to the importing file; 0: it is none. */
static uint64_t nearness(const Modules *m, uint32_t from, Str root, bool is_standard)
{
    enum { ABOVE = 1 << 20, SOURCES = 1 << 1 };
    Str path = m->files[from].path, here = directory_of(path);
    if (is_standard && (m->files[from].is_package || !str_equal(root, here)))
        return 0;
    if (is_package_directory(m, root))
        return 0;
    if (is_above(root, path))
        return (uint64_t)ABOVE + root.n;
    Str last = last_part(root);
    bool holds_sources = str_is(last, "src") || str_is(last, "lib") || str_is(last, "python");
    return 4 * (uint64_t)common_length(root, path) + holds_sources + 1;
}

static uint32_t find_absolute(const Modules *m, uint32_t from, Str dotted)
{
    char text[LONGEST_NAME];
    if (!as_path(dotted, text))
        return NO_FILE;
    Str end = { text, dotted.n };
    bool has_two = str_find(end, '/') < end.n;
    Str key = has_two ? last_two_parts(end) : end;
    uint32_t hash = hash_of(m, has_two ? KEY_LAST_TWO : KEY_LAST, key), at = hash & (m->room - 1);
    Str top = str_slice(dotted, 0, str_find(dotted, '.'));
    int standard = -1;
    uint32_t best = NO_FILE, file;
    uint64_t best_nearness = 0;
    bool is_tie = false;
    while ((file = next_of(m, hash, &at)) != NO_FILE) {
        Str path = m->files[file].path;
        if (!str_ends(path, end) || path.n <= end.n || path.p[path.n - end.n - 1] != '/')
            continue;
        if (standard < 0)
            standard = is_stdlib_module(top);
        Str root = str_slice(path, 0, path.n - end.n - 1);
        uint64_t near = nearness(m, from, root, standard);
        if (!near || near < best_nearness)
            continue;
        if (near == best_nearness) {
            bool is_same = str_equal(m->files[best].path, path);
            is_tie |= !is_same;
            bool is_better = is_same && ((m->files[best].is_stub && !m->files[file].is_stub) ||
                                            (m->files[file].is_package && !m->files[best].is_package));
            best = is_better ? file : best;
            continue;
        }
        best = file;
        best_nearness = near;
        is_tie = false;
    }
    return is_tie ? (uint32_t)NO_FILE : best;
}

bool modules_only(const Modules *m, uint32_t file, Str dotted, bool anywhere)
{
    char text[LONGEST_NAME];
    if (!as_path(dotted, text))
        return false;
    Str end = { text, dotted.n };
    bool has_two = str_find(end, '/') < end.n;
    uint32_t hash = has_two ? hash_of(m, KEY_LAST_TWO, last_two_parts(end)) : hash_of(m, KEY_LAST, end);
    uint32_t at = hash & (m->room - 1), other;
    while ((other = next_of(m, hash, &at)) != NO_FILE) {
        Str path = m->files[other].path;
        bool is_named = str_ends(path, end) && path.n > end.n && path.p[path.n - end.n - 1] == '/';
        if (!is_named || str_equal(path, m->files[file].path))
            continue;
        if (anywhere || !is_package_directory(m, str_slice(path, 0, path.n - end.n - 1)))
            return false;
    }
    return true;
}

uint32_t modules_find(const Modules *m, uint32_t from, Str dotted)
{
    if (!dotted.n || from >= m->count)
        return NO_FILE;
    return dotted.p[0] == '.' ? find_relative(m, from, dotted) : find_absolute(m, from, dotted);
}
