#include "facts/reaps.h"

/* What has a name: a variable of a scope, or an attribute of whatever object. Names that stand for the same thing are
 * joined (union-find); a mark on one is a mark on all. */
typedef struct Thing {
    uint64_t key;  /* number of the scope, then the name; 0: free slot */
    uint32_t same; /* the slot that it was joined to; its own when it was not */
    uint32_t size; /* how many were joined to it */
    bool is_cancelled;
    bool is_taken; /* what it gives is awaited, or asked for by `.result` */
} Thing;

/* `thing = create_task(function(...))`; in a helper, `thing = create_task(parameter)`. */
typedef struct Made {
    NameId function; /* of a helper: its own name */
    uint32_t slot;
} Made;

struct Reaps {
    Arena *arena;
    Thing *slots; /* a power of two of them, half of them free */
    uint32_t room;
    ARRAY(Made) made;
    ARRAY(Made) helpers;
    bool *is_asked_for; /* by name: a function whose task is cancelled and its value taken */
};

/* HELPERS_MOST, PARTS_MOST: what real code never gets near to; beyond it helpers and tasks are overlooked. */
enum { ATTRIBUTE_SCOPE = INT32_MAX, NO_SLOT = UINT32_MAX, HELPERS_MOST = 32, PARTS_MOST = 32 };

/* ---- Things ---- */

static uint32_t slot_of(const Reaps *reaps, uint64_t key)
{
    uint64_t hash = key * 0x9e3779b97f4a7c15u;
    uint32_t slot = (uint32_t)(hash >> 32) & (reaps->room - 1);
    while (reaps->slots[slot].key && reaps->slots[slot].key != key)
        slot = (slot + 1) & (reaps->room - 1);
    return slot;
}

/* The key of an identifier, as a variable or, behind a dot, as an attribute; 0: it names nothing of interest. */
static uint64_t key_of(Node identifier)
{
    NameId name = node_data(identifier)->name;
    if (!name)
        return 0;
    if (node_role(identifier) == F_ATTRIBUTE && node_kind(node_parent(identifier)) == PY_ATTRIBUTE)
        return ((uint64_t)ATTRIBUTE_SCOPE + 1) << 32 | name;
    Str text = names_text(&identifier.module->names, name);
    if (str_is(text, "self") || str_is(text, "cls"))
        return 0;
    const Binding *binding = scope_resolve(node_scope(identifier), identifier.module, name);
    return binding && binding->scope ? ((uint64_t)binding->scope->number + 1) << 32 | name : 0;
}

static uint32_t root_of(const Reaps *reaps, uint32_t slot)
{
    while (reaps->slots[slot].same != slot)
        slot = reaps->slots[slot].same;
    return slot;
}

static uint32_t thing_at(Reaps *reaps, Node identifier)
{
    uint64_t key = key_of(identifier);
    if (!key)
        return NO_SLOT;
    uint32_t slot = slot_of(reaps, key);
    if (reaps->slots[slot].key)
        return root_of(reaps, slot);
    reaps->slots[slot] = (Thing){ .key = key, .same = slot, .size = 1 };
    return slot;
}

/* The joined thing; either may be NO_SLOT. */
static uint32_t join(Reaps *reaps, uint32_t a, uint32_t b)
{
    if (a == NO_SLOT || b == NO_SLOT || a == b)
        return a == NO_SLOT ? b : a;
    bool is_larger = reaps->slots[b].size > reaps->slots[a].size;
    uint32_t root = is_larger ? b : a, other = is_larger ? a : b;
    reaps->slots[other].same = root;
    reaps->slots[root].size += reaps->slots[other].size;
    reaps->slots[root].is_cancelled |= reaps->slots[other].is_cancelled;
    reaps->slots[root].is_taken |= reaps->slots[other].is_taken;
    return root;
}

/* ---- What an expression stands for ---- */

static bool is_word(Str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(text, words[i]))
            return true;
    }
    return false;
}
#define IS_WORD(text, words) is_word((text), (words), sizeof(words) / sizeof *(words))

/* Calls that give what they are given, or what is in it. */
static bool hands_on(Node call)
{
    static const char *const functions[] = { "list", "set", "tuple", "frozenset", "sorted", "reversed", "filter",
        "iter", "next", "enumerate", "zip", "chain" };
    static const char *const methods[] = { "values", "items", "copy", "pop", "popleft", "popitem", "get", "union",
        "difference", "intersection", "from_iterable" };
    Node callee = node_field(call, F_FUNCTION);
    if (node_kind(callee) == PY_ATTRIBUTE)
        return IS_WORD(node_text(node_field(callee, F_ATTRIBUTE)), methods);
    return IS_WORD(node_text(callee), functions);
}

/* `done, pending = await asyncio.wait(tasks)`: pieces of its argument. */
static bool is_wait(Node await)
{
    Node call = node_first(await);
    Node callee = node_field(call, F_FUNCTION);
    if (node_kind(callee) == PY_ATTRIBUTE)
        callee = node_field(callee, F_ATTRIBUTE);
    return node_kind(await) == PY_AWAIT && str_is(node_text(callee), "wait");
}

/* Whether the things in n are looked for below it. */
static bool goes_in(Node n)
{
    switch (node_kind(n)) {
    case PY_CALL:
        return hands_on(n);
    case PY_AWAIT:
        return is_wait(n);
    case PY_ARGUMENT_LIST:
    case PY_PARENTHESIZED_EXPRESSION:
    case PY_TUPLE:
    case PY_LIST:
    case PY_SET:
    case PY_DICTIONARY:
    case PY_PAIR:
    case PY_PATTERN_LIST:
    case PY_TUPLE_PATTERN:
    case PY_LIST_PATTERN:
    case PY_LIST_SPLAT:
    case PY_LIST_SPLAT_PATTERN:
    case PY_EXPRESSION_LIST:
    case PY_BOOLEAN_OPERATOR:
    case PY_BINARY_OPERATOR:
    case PY_CONDITIONAL_EXPRESSION:
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_GENERATOR_EXPRESSION:
    case PY_SUBSCRIPT:
    case PY_ASSIGNMENT:
    case PY_NAMED_EXPRESSION:
        return true;
    default:
        return false;
    }
}

/* The identifier that an expression goes by: itself, or the one behind its last dot. */
static Node name_in(Node n)
{
    if (node_kind(n) == PY_ATTRIBUTE)
        return node_field(n, F_ATTRIBUTE);
    return node_kind(n) == PY_IDENTIFIER ? n : node_at(n.module, 0);
}

/* Parts that do not stand for the whole: keys of items, callees, the loops of a comprehension. */
static bool is_aside(Node n)
{
    PyField role = node_role(n);
    PyKind parent = node_kind(node_parent(n));
    return role == F_SUBSCRIPT || role == F_OPERATOR || role == F_KEY || node_kind(n) == PY_FOR_IN_CLAUSE ||
           node_kind(n) == PY_IF_CLAUSE || (parent == PY_CALL && role == F_FUNCTION && node_kind(n) == PY_IDENTIFIER);
}

/* Joins all things that n stands for with `first` (NO_SLOT: with each other). */
static uint32_t join_things(Reaps *reaps, Node n, uint32_t first)
{
    for (uint32_t id = n.id; id && id < node_data(n)->after;) {
        Node part = node_at(n.module, id);
        if (is_aside(part)) {
            id = node_data(part)->after;
            continue;
        }
        bool is_callee = node_role(part) == F_FUNCTION && node_kind(part) == PY_ATTRIBUTE;
        Node name = is_callee && hands_on(node_parent(part)) ? name_in(node_field(part, F_OBJECT)) : name_in(part);
        if (name.id && !(is_callee && !hands_on(node_parent(part))))
            first = join(reaps, thing_at(reaps, name), first);
        id = goes_in(part) ? id + 1 : node_data(part)->after;
    }
    return first;
}

static void mark(Reaps *reaps, Node n)
{
    uint32_t thing = join_things(reaps, n, NO_SLOT);
    if (thing != NO_SLOT)
        reaps->slots[thing].is_cancelled = true;
}

/* ---- The walk ---- */

bool says_cancel(Str name)
{
    for (uint32_t i = 0; i + 6 <= name.n; i++) {
        Str rest = str_slice(name, i, name.n);
        bool is_verb = str_starts(rest, STR("cancel")) || str_starts(rest, STR("Cancel"));
        Str ending = is_verb ? str_slice(rest, 6, rest.n) : rest;
        bool is_state =
            str_starts(ending, STR("led")) || str_starts(ending, STR("ling")) || str_starts(ending, STR("lation"));
        if (is_verb && !is_state)
            return true;
    }
    return false;
}

static bool is_adder(Node callee)
{
    static const char *const adders[] = { "append", "add", "extend", "update", "insert", "put_nowait", "setdefault",
        "discard", "remove", "appendleft" };
    return node_kind(callee) == PY_ATTRIBUTE && IS_WORD(node_text(node_field(callee, F_ATTRIBUTE)), adders);
}

/* What an expression becomes a part of: what it is assigned to, or the object that it is added to; else a null node. */
static Node owner_of(Node value)
{
    Node inner = value;
    for (uint32_t i = 0; i < PARTS_MOST; i++) {
        Node outer = node_parent(inner);
        PyKind kind = node_kind(outer);
        if (kind == PY_ASSIGNMENT)
            return node_role(inner) == F_RIGHT ? node_field(outer, F_LEFT) : node_at(value.module, 0);
        Node callee = kind == PY_CALL ? node_field(outer, F_FUNCTION) : node_at(value.module, 0);
        if (is_adder(callee))
            return node_field(callee, F_OBJECT);
        if (!goes_in(outer) && kind != PY_DICTIONARY_COMPREHENSION)
            break;
        inner = outer;
    }
    return node_at(value.module, 0);
}

/* The first thing in what owner_of gives; those beside it are joined with it. */
static uint32_t first_thing(Reaps *reaps, Node owner)
{
    for (uint32_t i = 0; owner.id && !name_in(owner).id && i < PARTS_MOST; i++)
        owner = node_first(owner);
    return owner.id ? thing_at(reaps, name_in(owner)) : NO_SLOT;
}

/* The function whose parameter it is that stands there; NULL when it is something else. */
static const Function *passed_to(Node identifier)
{
    NameId name = node_kind(identifier) == PY_IDENTIFIER ? node_data(identifier)->name : 0;
    const Binding *binding = name ? scope_resolve(node_scope(identifier), identifier.module, name) : NULL;
    bool is_parameter =
        binding && binding->scope && binding->sites.count == 1 && binding->sites.items[0].kind == SITE_PARAMETER;
    return is_parameter ? binding->scope->function : NULL;
}

/* `... = create_task(...)` and its like: whose task it is. */
static void see_made(Reaps *reaps, Node call)
{
    Node first = node_first(node_field(call, F_ARGUMENTS));
    const Function *helper = reaps->helpers.count < HELPERS_MOST ? passed_to(first) : NULL;
    NameId function = node_data(name_in(node_field(first, F_FUNCTION)))->name;
    if ((!function && (!helper || !helper->name)) || node_kind(node_field(call, F_ARGUMENTS)) != PY_ARGUMENT_LIST)
        return;
    uint32_t slot = first_thing(reaps, owner_of(call));
    if (slot != NO_SLOT && function)
        *array_push(reaps->arena, &reaps->made) = (Made){ function, slot };
    else if (slot != NO_SLOT)
        *array_push(reaps->arena, &reaps->helpers) = (Made){ helper->name, slot };
}

static void see_call(Reaps *reaps, Node call)
{
    Node callee = node_field(call, F_FUNCTION), arguments = node_field(call, F_ARGUMENTS);
    Node name = name_in(callee);
    if (!name.id || node_kind(arguments) != PY_ARGUMENT_LIST)
        return;
    if (says_cancel(node_text(name)))
        mark(reaps, arguments);
    else if (is_adder(callee))
        join_things(reaps, arguments, join_things(reaps, node_field(callee, F_OBJECT), NO_SLOT));
    see_made(reaps, call);
}

static void see_taken(Reaps *reaps, Node taken)
{
    for (uint32_t id = taken.id; id && id < node_data(taken)->after; id++) {
        Node n = node_at(taken.module, id);
        uint32_t thing = node_kind(n) == PY_IDENTIFIER ? thing_at(reaps, n) : NO_SLOT;
        if (thing != NO_SLOT)
            reaps->slots[thing].is_taken = true;
    }
}

static void see(Reaps *reaps, Node n)
{
    switch (node_kind(n)) {
    case PY_ASSIGNMENT:
        if (node_kind(node_parent(n)) == PY_ASSIGNMENT)
            break; /* `a = b = c`: all were joined with the first */
        /* fall through */
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        join_things(reaps, node_field(n, F_RIGHT), join_things(reaps, node_field(n, F_LEFT), NO_SLOT));
        break;
    case PY_NAMED_EXPRESSION:
        join_things(reaps, node_field(n, F_VALUE), join_things(reaps, node_field(n, F_NAME), NO_SLOT));
        break;
    case PY_CALL:
        see_call(reaps, n);
        break;
    case PY_ATTRIBUTE:
        if (says_cancel(node_text(node_field(n, F_ATTRIBUTE))))
            mark(reaps, node_field(n, F_OBJECT));
        if (str_is(node_text(node_field(n, F_ATTRIBUTE)), "result"))
            see_taken(reaps, name_in(node_field(n, F_OBJECT)));
        break;
    case PY_AWAIT:
        see_taken(reaps, node_first(n));
        break;
    default:
        break;
    }
}

/* Names of functions whose coroutines are given to a call of a helper. */
static void mark_passed(Reaps *reaps, Node call)
{
    NameId callee = node_data(name_in(node_field(call, F_FUNCTION)))->name;
    bool is_helper = false;
    for (uint32_t i = 0; callee && i < reaps->helpers.count; i++) {
        const Thing *thing = &reaps->slots[root_of(reaps, reaps->helpers.items[i].slot)];
        is_helper |= reaps->helpers.items[i].function == callee && thing->is_cancelled && thing->is_taken;
    }
    Node arguments = node_field(call, F_ARGUMENTS);
    for (Node n = node_first(arguments); is_helper && n.id; n = node_next(n)) {
        Node value = node_kind(n) == PY_KEYWORD_ARGUMENT ? node_field(n, F_VALUE) : n;
        NameId function = node_data(name_in(node_field(value, F_FUNCTION)))->name;
        if (function)
            reaps->is_asked_for[function] = true;
    }
}

static void mark_asked_for(Reaps *reaps, const Module *module)
{
    reaps->is_asked_for = arena_array(reaps->arena, bool, module->names.count + 1);
    for (uint32_t i = 0; i < reaps->made.count; i++) {
        const Thing *thing = &reaps->slots[root_of(reaps, reaps->made.items[i].slot)];
        if (thing->is_cancelled && thing->is_taken)
            reaps->is_asked_for[reaps->made.items[i].function] = true;
    }
    for (uint32_t id = 1; reaps->helpers.count && id < module->tree.count; id++) {
        if (module->tree.nodes[id].kind == PY_CALL)
            mark_passed(reaps, node_at(module, id));
    }
}

Reaps *reaps_new(Arena *arena, const Module *module)
{
    Reaps *reaps = arena_new(arena, Reaps);
    uint32_t identifiers = 0;
    reaps->arena = arena;
    for (uint32_t id = 1; id < module->tree.count; id++)
        identifiers += module->tree.nodes[id].kind == PY_IDENTIFIER;
    for (reaps->room = 64; reaps->room < 2 * identifiers;)
        reaps->room *= 2;
    reaps->slots = arena_array(arena, Thing, reaps->room);
    for (uint32_t id = 1; id < module->tree.count; id++)
        see(reaps, node_at(module, id));
    mark_asked_for(reaps, module);
    return reaps;
}

/* ---- Questions ---- */

static bool is_cancelled(const Reaps *reaps, Node identifier)
{
    uint64_t key = key_of(identifier);
    uint32_t slot = key ? slot_of(reaps, key) : NO_SLOT;
    return key && reaps->slots[slot].key && reaps->slots[root_of(reaps, slot)].is_cancelled;
}

/* What is waited for: the operand of an await, the iterable of an `async for`, the manager of an `async with`. */
static Node awaited_by(Node n)
{
    switch (node_kind(n)) {
    case PY_AWAIT:
        return node_first(n);
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        return node_field(n, F_RIGHT);
    case PY_WITH_ITEM:
        return node_field(n, F_VALUE);
    default:
        return node_at(n.module, 0);
    }
}

bool reaps_await(const Reaps *reaps, Node await)
{
    Node awaited = awaited_by(await);
    for (uint32_t id = awaited.id; id && id < node_data(awaited)->after; id++) {
        Node n = node_at(awaited.module, id);
        if (node_kind(n) == PY_IDENTIFIER && (is_cancelled(reaps, n) || says_cancel(node_text(n))))
            return true;
    }
    return false;
}

bool reaps_result_of(const Reaps *reaps, Node function)
{
    NameId name = node_data(node_field(function, F_NAME))->name;
    return name && reaps->is_asked_for[name];
}

bool awaits_objects_only(Node await)
{
    /* `get` is not among them: of a dictionary it would be, of a queue or client it waits. */
    static const char *const waiters[] = { "gather", "wait", "wait_for", "shield", "list", "set", "tuple", "values",
        "copy", "pop" };
    Node awaited = node_kind(await) == PY_AWAIT ? awaited_by(await) : node_at(await.module, 0);
    if (!awaited.id)
        return false;
    for (uint32_t id = awaited.id; id < node_data(awaited)->after; id++) {
        Node n = node_at(awaited.module, id);
        Node name = name_in(node_field(n, F_FUNCTION));
        bool is_call = node_kind(n) == PY_CALL;
        if (is_call && !IS_WORD(node_text(name), waiters))
            return false;
    }
    return true;
}
