#include "python/module.h"

Node node_field(Node n, PyField field)
{
    for (Node child = node_first(n); child.id; child = node_next(child)) {
        if (node_role(child) == field)
            return child;
    }
    return (Node){ n.module, 0 };
}

Node node_next_same(Node n)
{
    PyField field = node_role(n);
    for (n = node_next(n); n.id && node_role(n) != field;)
        n = node_next(n);
    return n;
}

Node node_child(Node n, uint32_t index)
{
    Node child = node_first(n);
    while (child.id && index--)
        child = node_next(child);
    return child;
}

uint32_t node_count(Node n)
{
    uint32_t count = 0;
    for (Node child = node_first(n); child.id; child = node_next(child))
        count++;
    return count;
}

Node node_child_of(Node n, PyKind kind)
{
    Node child = node_first(n);
    while (child.id && node_kind(child) != kind)
        child = node_next(child);
    return child;
}

Str node_text(Node n)
{
    if (!n.id)
        return (Str){ "", 0 };
    return str_slice(n.module->source.text, node_begin(n), node_end(n));
}

Node node_unparenthesized(Node n)
{
    while (node_kind(n) == PY_PARENTHESIZED_EXPRESSION)
        n = node_first(n);
    return n;
}

Node node_outermost(Node n)
{
    while (node_kind(node_parent(n)) == PY_PARENTHESIZED_EXPRESSION)
        n = node_parent(n);
    return n;
}

bool kind_is_simple_statement(PyKind kind)
{
    switch (kind) {
    case PY_FUTURE_IMPORT_STATEMENT:
    case PY_IMPORT_STATEMENT:
    case PY_IMPORT_FROM_STATEMENT:
    case PY_PRINT_STATEMENT:
    case PY_ASSERT_STATEMENT:
    case PY_EXPRESSION_STATEMENT:
    case PY_RETURN_STATEMENT:
    case PY_DELETE_STATEMENT:
    case PY_RAISE_STATEMENT:
    case PY_PASS_STATEMENT:
    case PY_BREAK_STATEMENT:
    case PY_CONTINUE_STATEMENT:
    case PY_GLOBAL_STATEMENT:
    case PY_NONLOCAL_STATEMENT:
    case PY_EXEC_STATEMENT:
    case PY_TYPE_ALIAS_STATEMENT:
        return true;
    default:
        return false;
    }
}

static bool is_statement(PyKind kind)
{
    switch (kind) {
    case PY_IF_STATEMENT:
    case PY_FOR_STATEMENT:
    case PY_WHILE_STATEMENT:
    case PY_TRY_STATEMENT:
    case PY_WITH_STATEMENT:
    case PY_FUNCTION_DEFINITION:
    case PY_CLASS_DEFINITION:
    case PY_DECORATED_DEFINITION:
    case PY_MATCH_STATEMENT:
        return true;
    default:
        return kind_is_simple_statement(kind);
    }
}

Node node_statement(Node n)
{
    while (n.id && !is_statement(node_kind(n)))
        n = node_parent(n);
    Node parent = node_parent(n);
    return node_kind(parent) == PY_DECORATED_DEFINITION ? parent : n;
}
