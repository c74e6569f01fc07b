/* Looking things up in what module_bind has made. */
#include "python/scopes.h"

#include <stdlib.h>

/* ---- The table of names by scope ---- */

static uint32_t entry_slot(const ScopeIndex *index, uint32_t scope, NameId name)
{
    uint64_t key = (uint64_t)scope << 32 | name;
    uint32_t slot = (uint32_t)(key * 0x9E3779B97F4A7C15u >> 32);
    for (;; slot++) {
        const Entry *entry = &index->entries[slot & (index->room - 1)];
        if (!entry->name || (entry->name == name && entry->scope == scope))
            return slot & (index->room - 1);
    }
}

void scope_index_init(ScopeIndex *index, Arena *arena, uint32_t nodes)
{
    /* Home Assistant: a name is bound for every 14 nodes. */
    index->arena = arena;
    index->room = 64;
    while (index->room < nodes / 10)
        index->room *= 2;
    index->entries = arena_array(arena, Entry, index->room);
}

Entry *entry_find(const ScopeIndex *index, uint32_t scope, NameId name)
{
    if (!name)
        return NULL;
    Entry *entry = &index->entries[entry_slot(index, scope, name)];
    return entry->name ? entry : NULL;
}

static void grow(ScopeIndex *index)
{
    ScopeIndex old = *index;
    index->room *= 2;
    index->entries = arena_array(index->arena, Entry, index->room);
    for (uint32_t i = 0; i < old.room; i++) {
        const Entry *entry = &old.entries[i];
        if (entry->name)
            index->entries[entry_slot(index, entry->scope, entry->name)] = *entry;
    }
}

Entry *entry_at(ScopeIndex *index, uint32_t scope, NameId name)
{
    Entry *entry = &index->entries[entry_slot(index, scope, name)];
    if (entry->name)
        return entry;
    if (index->count >= index->room - index->room / 4) {
        grow(index);
        entry = &index->entries[entry_slot(index, scope, name)];
    }
    index->count++;
    entry->scope = scope;
    entry->name = name;
    return entry;
}

/* ---- Scopes ---- */

Binding *scope_binding(const Scope *scope, NameId name)
{
    if (!scope)
        return NULL;
    const Entry *entry = entry_find(scope->module->index, scope->number, name);
    return entry && !entry->declared ? entry->binding : NULL;
}

/* The scope that names are looked up in next. Class bodies are skipped, but for the type parameters that stand in one. */
static const Scope *enclosing(const Scope *scope, const Scope *from)
{
    const Scope *next = scope->parent;
    if (scope == from && scope->kind == SCOPE_TYPE_PARAMETERS)
        return next;
    while (next && next->kind == SCOPE_CLASS)
        next = next->parent;
    return next;
}

Binding *scope_resolve(const Scope *scope, const Module *module, NameId name)
{
    if (!module->index)
        return NULL;
    for (const Scope *s = scope; s; s = enclosing(s, scope)) {
        const Entry *entry = entry_find(module->index, s->number, name);
        if (!entry || entry->declared == DECLARED_NONLOCAL)
            continue;
        return entry->declared == DECLARED_GLOBAL ? scope_binding(module->scope, name) : entry->binding;
    }
    return NULL;
}

Scope *node_scope(Node n)
{
    if (!n.id || !n.module->index)
        return NULL;
    const ScopeIndex *index = n.module->index;
    uint32_t low = 0, high = index->changes.count; /* changes[low].node <= n.id < changes[high].node */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (index->changes.items[middle].node <= n.id)
            low = middle;
        else
            high = middle;
    }
    return index->changes.items[low].scope;
}

Function *node_function(Node n)
{
    const Scope *scope = node_scope(n);
    while (scope && (scope->kind == SCOPE_COMPREHENSION || scope->kind == SCOPE_TYPE_PARAMETERS))
        scope = scope->parent;
    return scope ? scope->function : NULL;
}

bool node_is_dead(Node n)
{
    if (!n.id || !n.module->index)
        return false;
    const ScopeIndex *index = n.module->index;
    uint32_t low = 0, high = index->dead.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index->dead.items[middle].after <= n.id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->dead.count && index->dead.items[low].begin <= n.id;
}

/* ---- Definitions ---- */

/* Functions and classes both begin with their node, so one search serves both. */
_Static_assert(offsetof(Function, node) == 0 && offsetof(Class, node) == 0, "definition_at reads the node in front");

static int compare_definition(const void *key, const void *item)
{
    uint32_t node = *(const uint32_t *)key;
    uint32_t other = **(const uint32_t *const *)item;
    return (node > other) - (node < other);
}

Function *function_at(const Module *module, uint32_t node)
{
    if (!node || !module->functions.count)
        return NULL;
    Function **found = bsearch(
        &node, module->functions.items, module->functions.count, sizeof *module->functions.items, compare_definition);
    return found ? *found : NULL;
}

Class *class_at(const Module *module, uint32_t node)
{
    if (!node || !module->classes.count)
        return NULL;
    Class **found =
        bsearch(&node, module->classes.items, module->classes.count, sizeof *module->classes.items, compare_definition);
    return found ? *found : NULL;
}

Node decorator_next(const Module *module, uint32_t definition, Node previous)
{
    Node decorator = { module, 0 };
    if (previous.id) {
        decorator = node_next(node_parent(previous));
    } else {
        Node around = node_parent(node_at(module, definition));
        if (definition && node_kind(around) == PY_DECORATED_DEFINITION)
            decorator = node_first(around);
    }
    return node_kind(decorator) == PY_DECORATOR ? node_first(decorator) : (Node){ module, 0 };
}

const Binding *attribute_binding(const Module *module, NameId name)
{
    const Entry *entry = module->index ? entry_find(module->index, ATTRIBUTES, name) : NULL;
    return entry ? entry->binding : NULL;
}
