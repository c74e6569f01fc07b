#include "facts/api.h"

#include "facts/api_index.h"
#include "python/names.h"

enum {
    NAME_MOST = 256,   /* bytes of a name that is put together; the longest row has 112 */
    PARTS_MOST = 16,   /* dotted parts of a name that aliases are looked for in */
    ALIASES_MOST = 8,  /* aliases of aliases: tables have two, and a cycle has to end */
    CLASSES_MOST = 64, /* bases that are looked at: the same */
};

/* ---- by name ---- */

static const Api *row_with_hash(Str name, uint32_t hash)
{
    uint32_t slot = api_slot_first(hash, api_slot_count);
    for (; api_slots[slot]; slot = (slot + 1) & (api_slot_count - 1)) {
        if (api_slots[slot] >> API_ROW_BITS != api_slot_tag(hash))
            continue;
        const Api *api = &all_apis[(api_slots[slot] & ((1U << API_ROW_BITS) - 1)) - 1];
        if (str_equal(api_name(api), name))
            return api;
    }
    return NULL;
}

static const Api *row(Str name)
{
    return row_with_hash(name, api_hash(API_HASH_START, name.p, name.n));
}

/* The row of the longest prefix that has one, the name itself included; rows of modules count for the whole name only. NULL: none. */
static const Api *leading_row(Str name)
{
    uint32_t ends[PARTS_MOST], hashes[PARTS_MOST], count = 0, hash = API_HASH_START;
    for (uint32_t i = 0; i <= name.n && count < PARTS_MOST; i++) {
        if (i == name.n || name.p[i] == '.') {
            ends[count] = i;
            hashes[count++] = hash;
        }
        if (i < name.n)
            hash = api_hash(hash, name.p + i, 1);
    }
    while (count--) {
        const Api *api = row_with_hash(str_slice(name, 0, ends[count]), hashes[count]);
        if (api && (api->kind != KIND_MODULE || ends[count] == name.n))
            return api;
    }
    return NULL;
}

/* Left and right put together in the room, which neither lies in; false when they are too long. */
static bool join(char room[NAME_MOST], Str left, Str right, Str *joined)
{
    if (left.n + right.n > NAME_MOST)
        return false;
    char *end = room + left.n;
    memcpy(room, left.p, left.n);
    memcpy(end, right.p, right.n);
    *joined = (Str){ room, left.n + right.n };
    return true;
}

/* The row of a name that has one itself or by aliases; never an alias. *name is the name without the aliases that it began with; it may
 * come to lie in one of the rooms. */
static const Api *row_by_alias(Str qualified, char room[2][NAME_MOST], Str *name)
{
    *name = qualified;
    for (int i = 0; i <= ALIASES_MOST; i++) {
        const Api *api = leading_row(*name);
        if (!api)
            return NULL;
        if (api->kind != KIND_ALIAS)
            return api->name_length == name->n ? api : NULL;
        Str rest = str_slice(*name, api->name_length, name->n);
        if (i == ALIASES_MOST || !join(room[i & 1], str_of(api->result), rest, name))
            return NULL;
    }
    return NULL;
}

static const Api *class_row(Str qualified)
{
    char room[2][NAME_MOST];
    Str name;
    const Api *api = row_by_alias(qualified, room, &name);
    return api && api->kind == KIND_CLASS ? api : NULL;
}

const Api *api_find(Str qualified)
{
    char room[2][NAME_MOST];
    Str name;
    const Api *api = row_by_alias(qualified, room, &name);
    uint32_t dot = str_find_last(name, '.');
    if (api || dot == name.n)
        return api;
    const Api *owner = row(str_slice(name, 0, dot));
    bool complete;
    return owner && owner->kind == KIND_CLASS ? api_member(owner, str_slice(name, dot + 1, name.n), &complete) : NULL;
}

/* ---- classes ---- */

/* A class and its bases, depth first and from left to right. Every class is met at most CLASSES_MOST times. */
typedef struct Ancestors {
    const char *waiting[CLASSES_MOST]; /* lists of bases, or what is left of them; the last one is next */
    uint32_t count;
    uint32_t steps;
    bool complete; /* so far every base had a row */
} Ancestors;

static void ancestors_start(Ancestors *ancestors, const Api *class_)
{
    ancestors->waiting[0] = class_->bases;
    ancestors->count = class_->bases != NULL;
    ancestors->steps = 0;
    ancestors->complete = true;
}

/* The next base's name; its row is *api, NULL when no table has it as a class. False at the end. */
static bool ancestors_next(Ancestors *ancestors, Str *name, const Api **api)
{
    while (ancestors->count && !*ancestors->waiting[ancestors->count - 1])
        ancestors->count--;
    if (!ancestors->count)
        return false;
    if (ancestors->steps++ == CLASSES_MOST) {
        ancestors->complete = false;
        return false;
    }
    const char **rest = &ancestors->waiting[ancestors->count - 1];
    *name = (Str){ *rest, (uint32_t)strcspn(*rest, ",") };
    *rest += name->n + ((*rest)[name->n] == ',');
    *api = class_row(*name);
    if (!*api)
        ancestors->complete = ancestors->complete && str_is(*name, "builtins.object");
    else if ((*api)->bases && ancestors->count < CLASSES_MOST)
        ancestors->waiting[ancestors->count++] = (*api)->bases;
    return true;
}

static const Api *own_member(const Api *owner, Str name)
{
    char with_dot[NAME_MOST], room[2][NAME_MOST], joined[NAME_MOST];
    Str prefix, whole;
    if (!join(with_dot, api_name(owner), STR("."), &prefix) || !join(joined, prefix, name, &whole))
        return NULL;
    return row_by_alias(whole, room, &whole);
}

static const Api *named_member(const Api *owner, Str name, bool *complete)
{
    const Api *member = own_member(owner, name);
    *complete = true;
    if (member)
        return member;
    Ancestors ancestors;
    Str base_name;
    const Api *base;
    ancestors_start(&ancestors, owner);
    while (!member && ancestors_next(&ancestors, &base_name, &base))
        member = base ? own_member(base, name) : NULL;
    *complete = ancestors.complete;
    return member;
}

const Api *api_member(const Api *owner, Str name, bool *complete)
{
    const Api *member = named_member(owner, name, complete);
    if (member || str_starts(name, STR("__")))
        return member;
    bool has_all_bases; /* the same */
    return named_member(owner, STR("*"), &has_all_bases);
}

bool api_is_a(const Api *owner, const char *base)
{
    const Api *wanted = class_row(str_of(base));
    if (owner == wanted || strcmp(owner->name, base) == 0)
        return true;
    Ancestors ancestors;
    Str name;
    const Api *api;
    ancestors_start(&ancestors, owner);
    while (ancestors_next(&ancestors, &name, &api)) {
        if ((api && api == wanted) || str_is(name, base))
            return true;
    }
    return false;
}

/* ---- of a call ---- */

/* The name that a chain of attributes ends in; a null node when it ends in something else, or is very long. */
static Node chain_start(Node n)
{
    for (int links = 0; node_kind(n) == PY_ATTRIBUTE && links < 32; links++)
        n = node_first(n);
    return node_kind(n) == PY_IDENTIFIER ? n : (Node){ n.module, 0 };
}

/* A name that nothing in the module binds can come from a star import; that it does is certain only of the last one, which
 * overrules the others, and only when the table says that its module has the name. */
const Api *api_from_star(Node callee)
{
    const Module *module = callee.module;
    Node start = chain_start(callee);
    if (!start.id || !module->star_imports.count || scope_resolve(node_scope(start), module, node_data(start)->name))
        return NULL;
    Str name = node_text(callee);
    if (str_starts(name, STR("_")))
        return NULL;
    Str from = star_import_module(module, module->star_imports.items[module->star_imports.count - 1]);
    return api_find(arena_printf(module->arena, "%.*s.%.*s", STR_ARG(from), STR_ARG(name)));
}

const Api *api_called(Node call)
{
    if (node_kind(call) != PY_CALL)
        return NULL;
    Node callee = node_unparenthesized(node_field(call, F_FUNCTION));
    Target target = target_of(callee);
    if (target.kind == TARGET_EXTERNAL)
        return api_find(target.qualified);
    return target.kind == TARGET_UNKNOWN ? api_from_star(callee) : NULL;
}

/* The first row whose name is not before `name`. */
static size_t row_from(Str name)
{
    size_t low = 0, high = all_apis_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(api_name(&all_apis[middle]), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool api_has_library(Str top)
{
    for (size_t i = row_from(top); i < all_apis_count && str_starts(api_name(&all_apis[i]), top); i++) {
        Str name = api_name(&all_apis[i]);
        if (name.n == top.n || name.p[top.n] == '.')
            return true;
    }
    return false;
}

const LibraryMajor library_majors[LIBRARY_MAJORS] = { { "aiohttp", 3 }, { "aio_pika", 7 } };

bool api_is_plain_before(const Api *api, uint32_t old_libraries)
{
    if (api->role != ROLE_SINCE_MAJOR)
        return false;
    Str name = api_name(api), top = str_slice(name, 0, str_find(name, '.'));
    for (uint32_t i = 0; i < LIBRARY_MAJORS; i++) {
        if ((old_libraries >> i & 1) && str_is(top, library_majors[i].name))
            return true;
    }
    return false;
}

bool api_is_async_by_now(const Api *api, const Module *module)
{
    Str name = api_name(api), library = str_slice(name, 0, str_find(name, '.'));
    if (api->role != ROLE_LATELY)
        return false;
    for (size_t i = row_from(library); i < all_apis_count && str_starts(api_name(&all_apis[i]), library); i++) {
        Str newer = api_name(&all_apis[i]);
        uint32_t dot = str_find_last(newer, '.');
        bool is_named = all_apis[i].role == ROLE_NEWER && dot < newer.n &&
                        names_find(&module->names, str_slice(newer, dot + 1, newer.n));
        if (is_named)
            return true;
    }
    return false;
}

const char *hazard_text(Hazard hazard)
{
    static const char *const texts[HAZARD_COUNT] = {
        [HAZARD_NONE] = "",
        [HAZARD_SLEEP] = "sleep",
        [HAZARD_NETWORK] = "network I/O",
        [HAZARD_DATABASE] = "database access",
        [HAZARD_PROCESS] = "a child process",
        [HAZARD_LOCK] = "waiting for another thread",
        [HAZARD_DNS] = "name resolution",
        [HAZARD_FILE] = "file I/O",
        [HAZARD_TREE] = "work on a tree of files",
        [HAZARD_METADATA] = "a file system call",
        [HAZARD_CPU] = "computation",
        [HAZARD_INPUT] = "waiting for input",
        [HAZARD_ONCE] = "file I/O at the first call",
    };
    return texts[hazard];
}
