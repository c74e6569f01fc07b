/* Shared by scopes.c, lookup.c and names.c: the tables behind the functions of module.h. Nobody else includes this. */
#ifndef AWRY_PYTHON_SCOPES_H
#define AWRY_PYTHON_SCOPES_H

#include "python/module.h"

typedef enum Declared { DECLARED_NOT, DECLARED_GLOBAL, DECLARED_NONLOCAL } Declared;

/* What one scope says of one name. */
typedef struct Entry {
    uint32_t scope; /* Scope.number, or ATTRIBUTES */
    NameId name;    /* 0: a free slot */
    Declared declared;
    Binding *binding; /* NULL when the name is only declared */
} Entry;

/* The scope number under which attributes are kept that code of the module assigns: `anything.name = ...`. The sites of
 * such a binding are attribute nodes; its scope is NULL. */
enum { ATTRIBUTES = INT32_MAX };

/* From this node on, up to the next change, expressions are evaluated in `scope`. */
typedef struct ScopeChange {
    uint32_t node;
    Scope *scope;
} ScopeChange;

typedef struct NodeRange {
    uint32_t begin, after;
} NodeRange;

typedef struct ScopeIndex {
    Arena *arena;
    Entry *entries; /* open addressing; a power of two */
    uint32_t room;
    uint32_t count;
    ARRAY(ScopeChange) changes; /* ascending by node */
    ARRAY(NodeRange) dead;      /* ascending, apart from each other */
} ScopeIndex;

void scope_index_init(ScopeIndex *index, Arena *arena, uint32_t nodes);

/* NULL when the scope says nothing of the name. */
Entry *entry_find(const ScopeIndex *index, uint32_t scope, NameId name);

/* Made when it is not there. Valid until the next entry_at. */
Entry *entry_at(ScopeIndex *index, uint32_t scope, NameId name);

/* The first child of `parent` with that field, 0 when there is none. */
static inline uint32_t child_with(const TreeNode *nodes, uint32_t parent, PyField field)
{
    for (uint32_t child = parent + 1; child < nodes[parent].after; child = nodes[child].after) {
        if (nodes[child].field == field)
            return child;
    }
    return 0;
}

static inline bool is_comprehension(PyKind kind)
{
    return kind == PY_LIST_COMPREHENSION || kind == PY_SET_COMPREHENSION || kind == PY_DICTIONARY_COMPREHENSION ||
           kind == PY_GENERATOR_EXPRESSION;
}

/* The only child that a parenthesis, an `as` target or a parameter's star wraps; `node` itself when it is no such thing. */
static inline uint32_t unwrapped(const TreeNode *nodes, uint32_t node)
{
    for (;;) {
        PyKind kind = (PyKind)nodes[node].kind;
        bool wraps = kind == PY_PARENTHESIZED_EXPRESSION || kind == PY_AS_PATTERN_TARGET;
        if (!wraps || nodes[node].after <= node + 1)
            return node;
        node++;
    }
}

#endif
