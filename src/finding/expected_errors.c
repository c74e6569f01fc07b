#include "finding/expected_errors.h"

Node with_manager(Node item)
{
    Node value = node_field(item, F_VALUE);
    return node_kind(value) == PY_AS_PATTERN ? node_first(value) : value;
}

static bool waits_for_error(Node manager)
{
    if (node_kind(manager) != PY_CALL)
        return false;
    Node callee = node_field(manager, F_FUNCTION);
    Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    return str_is(name, "raises") || str_starts(name, STR("assertRaises"));
}

static bool has_waiting_manager(Node statement)
{
    Node clause = node_kind(statement) == PY_WITH_STATEMENT ? node_child_of(statement, PY_WITH_CLAUSE) : node_at(statement.module, 0);
    for (Node item = node_first(clause); item.id; item = node_next(item)) {
        if (waits_for_error(with_manager(item)))
            return true;
    }
    return false;
}

/* The next such block around n, or around what n stands in; a null node: none. *is_simple: no other `with` stands between. */
static Node waiting_block(Node n, bool *is_simple)
{
    for (int i = 0; i < CLIMB_MOST && n.id && node_kind(n) != PY_FUNCTION_DEFINITION; i++, n = node_parent(n)) {
        if (has_waiting_manager(n))
            return n;
        *is_simple &= node_kind(n) != PY_WITH_STATEMENT;
    }
    return node_at(n.module, 0);
}

bool is_under_expected_error(Node n)
{
    bool is_simple = true;
    return waiting_block(n, &is_simple).id != 0;
}

bool is_behind_expected_error(Node n)
{
    bool is_simple = true;
    for (Node block = waiting_block(n, &is_simple); block.id; block = waiting_block(node_parent(block), &is_simple)) {
        Node first = node_first(node_field(block, F_BODY));
        if (!is_simple || node_begin(n) > node_end(first))
            return true;
    }
    return false;
}
