#include "facts/locks.h"

Node with_value(Node item)
{
    Node value = node_field(item, F_VALUE);
    return node_unparenthesized(node_kind(value) == PY_AS_PATTERN ? node_first(value) : value);
}

Node with_target(Node item)
{
    Node value = node_field(item, F_VALUE);
    Node target =
        node_kind(value) == PY_AS_PATTERN ? node_child_of(value, PY_AS_PATTERN_TARGET) : node_at(item.module, 0);
    return node_first(target);
}

static bool is_suspension(Node n)
{
    switch (node_kind(n)) {
    case PY_AWAIT:
        return true;
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
    case PY_WITH_STATEMENT:
        return node_has(n, NODE_ASYNC);
    default:
        return false;
    }
}

static bool has_own_frame(Node n)
{
    PyKind kind = node_kind(n);
    return kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_GENERATOR_EXPRESSION;
}

static bool is_release(Node n, Str lock)
{
    Node callee = node_kind(n) == PY_CALL ? node_field(n, F_FUNCTION) : node_at(n.module, 0);
    return str_is(node_text(node_field(callee, F_ATTRIBUTE)), "release") &&
           str_equal(node_text(node_field(callee, F_OBJECT)), lock);
}

/* Python compiles no more than 20 blocks in each other, and an item is one. */
static bool has_too_many_items(Node item)
{
    enum { ITEMS_MOST = 20 };
    uint32_t items = 0;
    for (; !node_is_null(item) && items <= ITEMS_MOST; item = node_next(item))
        items++;
    return items > ITEMS_MOST;
}

Node await_while_held(Node item)
{
    Node none = node_at(item.module, 0);
    Node statement = node_parent(node_parent(item));
    if (node_kind(statement) != PY_WITH_STATEMENT || has_too_many_items(item))
        return none;
    Str lock = node_text(with_value(item));
    uint32_t after = node_data(statement)->after;
    for (uint32_t id = node_data(item)->after; id < after;) {
        Node n = node_at(item.module, id);
        if (is_release(n, lock))
            return none;
        if (is_suspension(n) && !node_is_dead(n))
            return n;
        id = has_own_frame(n) ? node_data(n)->after : id + 1;
    }
    return none;
}
