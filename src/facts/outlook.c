#include "facts/outlook.h"

#include "base/hash.h"
#include "facts/lines.h"
#include "python/names.h"

enum {
    PATH_DEEPEST = 16, /* directories of a path that count, the innermost ones */
    RECENT = 1024,     /* names that are remembered so that they are listed once */
    HASH_MASK = 0x7FFFFFFF,
};

uint32_t outlook_name(Str name)
{
    uint64_t h = hash_str(name);
    uint32_t hash = (uint32_t)(h ^ (h >> 32)) & HASH_MASK;
    return hash ? hash : 1;
}

/* Of str, bytes, list, dict and set: what is called so all the time. */
bool is_common_name(Str name)
{
    static const char *const names[] = { "add", "all", "any", "append", "clear", "copy", "count", "decode", "encode", "extend", "filter", "find",
        "format", "get", "index", "insert", "items", "join", "keys", "map", "next", "open", "pop", "print", "remove", "replace", "reverse", "set",
        "sort", "split", "strip", "sum", "update", "values" };
    return str_is_in(name, names, sizeof names / sizeof *names);
}

static Str name_at(Str text, uint32_t at)
{
    uint32_t end = at;
    while (end < text.n && is_name_byte(text.p[end]))
        end++;
    return str_slice(text, at, end);
}

static bool holds(const HashList *list, uint32_t hash)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i] == hash)
            return true;
    }
    return false;
}

/* ---- Paths ---- */

static Str without_last(Str path, Str *last)
{
    uint32_t slash = str_find_last(path, '/');
    *last = slash < path.n ? str_slice(path, slash + 1, path.n) : path;
    return slash < path.n ? str_slice(path, 0, slash) : STR("");
}

/* What a file is called as a module: of a package the name of its directory. *directory: where it lies. */
static Str module_of(Str path, Str *directory)
{
    Str last;
    *directory = without_last(path, &last);
    Str stem = str_slice(last, 0, str_find_last(last, '.'));
    if (!str_is(stem, "__init__"))
        return stem;
    without_last(*directory, &last);
    return last;
}

/* ---- Imports ---- */

typedef struct Look {
    Outlook *out;
    Arena *arena;
    Str path;
    HashList words; /* all names in imports */
    bool leads_in;  /* it imports more than Python's own library */
    uint32_t recent[RECENT];
} Look;

static void add_root(Look *look, Str name)
{
    if (!name.n || is_stdlib_module(name))
        return;
    look->leads_in = true;
    *array_push(look->arena, &look->out->roots) = outlook_name(name);
}

static void add_words(Look *look, Str line)
{
    for (uint32_t at = 0; at < line.n;) {
        Str name = name_at(line, at);
        if (name.n)
            *array_push(look->arena, &look->words) = outlook_name(name);
        at += name.n + 1;
    }
}

/* The directory that `dots` lead to. */
static void add_parent(Look *look, uint32_t dots)
{
    Str last, directory = without_last(look->path, &last);
    for (uint32_t i = 1; i < dots && directory.n; i++)
        directory = without_last(directory, &last);
    without_last(directory, &last);
    look->leads_in = true;
    if (last.n)
        *array_push(look->arena, &look->out->roots) = outlook_name(last);
}

static void add_from(Look *look, Str rest)
{
    uint32_t dots = 0, at = 0;
    for (; at < rest.n && (rest.p[at] == '.' || rest.p[at] == ' '); at++)
        dots += rest.p[at] == '.';
    if (!dots) {
        add_root(look, name_at(rest, at));
        return;
    }
    add_parent(look, dots);
    for (Str name = name_at(rest, at); name.n && !str_is(name, "import"); name = name_at(rest, at)) {
        *array_push(look->arena, &look->out->roots) = outlook_name(name);
        at += name.n + 1;
    }
}

static void add_import(Look *look, Str rest)
{
    for (uint32_t at = 0; at < rest.n;) {
        while (at < rest.n && rest.p[at] == ' ')
            at++;
        add_root(look, name_at(rest, at));
        at += str_find(str_slice(rest, at, rest.n), ',') + 1;
    }
}

/* ---- Calls ---- */

/* `m.get(`, with m from an import. */
static void add_common(Look *look, uint32_t hash, Str text, uint32_t begin)
{
    uint32_t end = begin ? begin - 1 : 0, at = end;
    while (at && is_name_byte(text.p[at - 1]))
        at--;
    if (at == end || text.p[end] != '.' || (at && text.p[at - 1] == '.'))
        return;
    uint32_t owner = outlook_name(str_slice(text, at, end));
    if (!holds(&look->words, owner))
        return;
    *array_push(look->arena, &look->out->common) = hash;
    *array_push(look->arena, &look->out->owners) = owner;
}

static void add_called(Look *look, Str line, uint32_t begin, uint32_t end)
{
    Str name = str_slice(line, begin, end);
    bool is_definition = begin >= 4 && (str_ends(str_slice(line, 0, begin), STR("def ")) || str_ends(str_slice(line, 0, begin), STR("class ")));
    if (is_definition || (name.p[0] >= '0' && name.p[0] <= '9') || str_starts(name, STR("__")))
        return;
    uint32_t hash = outlook_name(name), *recent = &look->recent[hash % RECENT];
    if (*recent == hash)
        return;
    if (is_common_name(name)) {
        add_common(look, hash, line, begin);
        return;
    }
    *recent = hash;
    if (!is_builtin(name))
        *array_push(look->arena, &look->out->called) = hash;
}

static void add_calls(Look *look, Str text)
{
    const char *at = text.p, *end = text.p + text.n;
    while ((at = memchr(at, '(', (size_t)(end - at))) != NULL) {
        uint32_t stop = (uint32_t)(at - text.p), begin = stop;
        while (begin && is_name_byte(text.p[begin - 1]))
            begin--;
        if (begin < stop)
            add_called(look, text, begin, stop);
        at++;
    }
}

/* A statement is one line of the compacted text, with a space for each level before it. */
static void add_imports(Look *look, Str text)
{
    for (uint32_t at = 0, end; at < text.n; at = end + 1) {
        end = line_end(text, at);
        while (at < end && text.p[at] == ' ')
            at++;
        Str line = str_slice(text, at, end);
        if (str_starts(line, STR("from ")))
            add_from(look, str_slice(line, 5, line.n));
        else if (str_starts(line, STR("import ")))
            add_import(look, str_slice(line, 7, line.n));
        else
            continue;
        add_words(look, line);
    }
}

/* Without the room that it has grown through. */
static HashList kept(const HashList *list, Arena *arena)
{
    HashList copy = { .items = arena_array(arena, uint32_t, list->count), .count = list->count, .reserve = list->count };
    if (list->count)
        memcpy(copy.items, list->items, list->count * sizeof *list->items);
    return copy;
}

Outlook outlook_of(const Scan *scan, Str path, Arena *arena)
{
    Arena scratch;
    arena_init(&scratch);
    Outlook seen = { 0 }, out = { 0 };
    Look look = { .out = &seen, .arena = &scratch, .path = path };
    add_imports(&look, scan->compact);
    if (look.leads_in) {
        add_calls(&look, scan->compact);
        out = (Outlook){ kept(&seen.called, arena), kept(&seen.common, arena), kept(&seen.owners, arena), kept(&seen.roots, arena) };
    }
    arena_release(&scratch);
    return out;
}

static bool holds_call(const Outlook *outlook, uint32_t name, uint32_t owner)
{
    for (uint32_t i = 0; i < outlook->common.count; i++) {
        if (outlook->common.items[i] == name && outlook->owners.items[i] == owner)
            return true;
    }
    return false;
}

bool outlook_has(const Outlook *outlook, Str name, Str path)
{
    Str directory, last, module = module_of(path, &directory);
    uint32_t hash = outlook_name(name);
    if (is_common_name(name))
        return holds_call(outlook, hash, outlook_name(module));
    if (!holds(&outlook->called, hash))
        return false;
    if (holds(&outlook->roots, outlook_name(module)))
        return true;
    for (int i = 0; i < PATH_DEEPEST && directory.n; i++) {
        directory = without_last(directory, &last);
        if (holds(&outlook->roots, outlook_name(last)))
            return true;
    }
    return false;
}

/* ---- Of many files ---- */

void prospects_init(Prospects *prospects, Arena *arena)
{
    enum { FIRST = 1 << 12 };
    *prospects = (Prospects){ .slots = arena_array(arena, uint32_t, FIRST), .mask = FIRST - 1, .arena = arena };
}

/* A function's name and what has to stand in an import. */
static uint32_t key_of(uint32_t name, uint32_t imported)
{
    uint64_t h = ((uint64_t)name << 32 | imported) * 0x9E3779B97F4A7C15u;
    uint32_t key = (uint32_t)(h >> 32);
    return key ? key : 1;
}

static uint32_t *slot_of(const Prospects *prospects, uint32_t key)
{
    uint32_t at = key & prospects->mask;
    while (prospects->slots[at] && prospects->slots[at] != key)
        at = (at + 1) & prospects->mask;
    return &prospects->slots[at];
}

static void grow(Prospects *prospects)
{
    Prospects larger = { .mask = prospects->mask * 2 + 1, .count = prospects->count, .arena = prospects->arena };
    larger.slots = arena_array(prospects->arena, uint32_t, larger.mask + 1);
    for (uint32_t i = 0; i <= prospects->mask; i++) {
        if (prospects->slots[i])
            *slot_of(&larger, prospects->slots[i]) = prospects->slots[i];
    }
    *prospects = larger;
}

static void put(Prospects *prospects, uint32_t name, uint32_t imported)
{
    uint32_t key = key_of(name, imported), *slot = slot_of(prospects, key);
    if (*slot)
        return;
    *slot = key;
    if (++prospects->count > prospects->mask / 2)
        grow(prospects);
}

void prospects_add(Prospects *prospects, uint32_t name, bool is_common, Str path)
{
    Str directory, last, module = module_of(path, &directory);
    put(prospects, name, 0);
    put(prospects, name, outlook_name(module));
    for (int i = 0; !is_common && i < PATH_DEEPEST && directory.n; i++) {
        directory = without_last(directory, &last);
        put(prospects, name, outlook_name(last));
    }
}

static bool has_key(const Prospects *prospects, uint32_t name, uint32_t imported)
{
    return *slot_of(prospects, key_of(name, imported)) != 0;
}

bool prospects_meet(const Prospects *prospects, const Outlook *outlook)
{
    for (uint32_t i = 0; i < outlook->called.count; i++) {
        bool is_known = has_key(prospects, outlook->called.items[i], 0);
        for (uint32_t k = 0; is_known && k < outlook->roots.count; k++) {
            if (has_key(prospects, outlook->called.items[i], outlook->roots.items[k]))
                return true;
        }
    }
    for (uint32_t i = 0; i < outlook->common.count; i++) {
        if (has_key(prospects, outlook->common.items[i], outlook->owners.items[i]))
            return true;
    }
    return false;
}
