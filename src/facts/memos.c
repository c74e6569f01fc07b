#include "facts/memos.h"

#include "python/scopes.h"

/* `x` of `if x is None`, `if not x` (is_set: of `if x is not None`, `if x`); a null node for another condition. */
static Node asked_in(Node condition, bool is_set)
{
    condition = node_unparenthesized(condition);
    PyKind kind = node_kind(condition);
    Str text = node_text(condition);
    if (kind == PY_COMPARISON_OPERATOR)
        return str_ends(text, is_set ? STR(" is not None") : STR(" is None")) ? node_first(condition) : node_at(condition.module, 0);
    if (kind == PY_NOT_OPERATOR && !is_set)
        return node_unparenthesized(node_first(condition));
    bool is_name = kind == PY_IDENTIFIER || kind == PY_ATTRIBUTE;
    return is_set && is_name ? condition : node_at(condition.module, 0);
}

/* What holds the names or items of a whole module or object. */
static bool is_lasting(Node n)
{
    if (node_kind(n) != PY_IDENTIFIER)
        return node_kind(n) == PY_ATTRIBUTE;
    const Binding *binding = scope_resolve(node_scope(n), n.module, node_data(n)->name);
    return binding && binding->scope->kind == SCOPE_MODULE;
}

/* Whether something below `within` assigns what is spelt like `target`, which outlives the function: an attribute, or a name of the module. */
static bool is_filled(Node within, Node target)
{
    Str text = node_text(target);
    uint32_t end = is_lasting(target) ? node_data(within)->after : 0;
    for (uint32_t id = within.id; id < end; id++) {
        Node n = node_at(within.module, id);
        if (node_kind(n) == PY_ASSIGNMENT && str_equal(node_text(node_field(n, F_LEFT)), text))
            return true;
    }
    return false;
}

/* `d` of `k not in d`, and of a local name that `d.get(k)` was put into; is_set: of `k in d`. A null node for another condition. */
static Node container_asked(Node condition, bool is_set)
{
    Node none = node_at(condition.module, 0);
    condition = node_unparenthesized(condition);
    if (node_kind(condition) == PY_COMPARISON_OPERATOR && node_count(condition) == 3) {
        Str operator= node_text(node_field(condition, F_OPERATORS));
        if (str_is(operator, is_set ? "in" : "not in"))
            return node_child(condition, 2);
    }
    Node asked = asked_in(condition, is_set);
    if (node_kind(asked) != PY_IDENTIFIER)
        return none;
    const Binding *binding = scope_resolve(node_scope(asked), asked.module, node_data(asked)->name);
    if (!binding || !binding->sites.count || binding->sites.items[0].kind != SITE_ASSIGN)
        return none;
    Node value = node_at(asked.module, binding->sites.items[0].value), callee = node_field(value, F_FUNCTION);
    bool is_get = node_kind(value) == PY_CALL && str_is(node_text(node_field(callee, F_ATTRIBUTE)), "get");
    return is_get ? node_field(callee, F_OBJECT) : none;
}

/* Whether something below `within` puts an item into it, and it outlives the function. */
static bool is_stocked(Node within, Node container)
{
    Str text = node_text(container);
    uint32_t end = is_lasting(container) ? node_data(within)->after : 0;
    for (uint32_t id = within.id; id < end; id++) {
        if (within.module->tree.nodes[id].kind != PY_ASSIGNMENT)
            continue;
        Node left = node_field(node_at(within.module, id), F_LEFT);
        if (node_kind(left) == PY_SUBSCRIPT && str_equal(node_text(node_field(left, F_VALUE)), text))
            return true;
    }
    return false;
}

/* Whether `name` is a method that puts something into its object. */
static bool is_putter(Str name)
{
    static const char *const names[] = { "add", "append", "appendleft", "extend", "insert", "put", "set", "setdefault", "update" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return false;
}

/* Whether something below `within` puts an item into it by a method, and it outlives the function: `items.append(x)`. */
static bool is_fed(Node within, Node container)
{
    Str text = node_text(container);
    uint32_t end = is_lasting(container) ? node_data(within)->after : 0;
    for (uint32_t id = within.id; id < end; id++) {
        if (within.module->tree.nodes[id].kind != PY_CALL)
            continue;
        Node callee = node_field(node_at(within.module, id), F_FUNCTION);
        if (is_putter(node_text(node_field(callee, F_ATTRIBUTE))) && str_equal(node_text(node_field(callee, F_OBJECT)), text))
            return true;
    }
    return false;
}

/* Whether the condition asks for something that is not there, and `within` makes it. */
static bool fills_what_is_asked(Node condition, bool is_set, Node within)
{
    Node asked = asked_in(condition, is_set);
    if (asked.id && (is_filled(within, asked) || (!is_set && is_fed(within, asked))))
        return true;
    Node container = container_asked(condition, is_set);
    return container.id && is_stocked(within, container);
}

/* The same of a part of it, `own and x is None`: without the others it happens no less often. */
static bool fills_part_of(Node condition, Node within)
{
    enum { DEEPEST = 16 };
    condition = node_unparenthesized(condition);
    for (unsigned i = 0; i < DEEPEST && node_kind(condition) == PY_BOOLEAN_OPERATOR; i++) {
        if (!str_is(node_text(node_field(condition, F_OPERATOR)), "and"))
            return false;
        if (fills_what_is_asked(node_field(condition, F_RIGHT), false, within))
            return true;
        condition = node_unparenthesized(node_field(condition, F_LEFT));
    }
    return fills_what_is_asked(condition, false, within);
}

/* Whether a handler is for what is not there: an item, an attribute, a section of a configuration, or any error at all. */
static bool is_for_missing(Node clause)
{
    static const char *const words[] = { "AttributeError", "Exception", "IndexError", "KeyError", "LookupError", "NoOptionError", "NoSectionError" };
    Node value = node_field(clause, F_VALUE);
    if (!value.id)
        return true;
    for (uint32_t id = value.id; id < node_data(value)->after; id++) {
        Node n = node_at(value.module, id);
        if (node_kind(n) == PY_IDENTIFIER && str_is_in(node_text(n), words, sizeof words / sizeof words[0]))
            return true;
    }
    return false;
}

/* Whether the clause of a `try` puts in what the body has looked up first, in what outlives the function. */
static bool repairs_lookup(Node clause, Node statement)
{
    Node body = node_field(statement, F_BODY), first = node_first(body);
    if (!is_for_missing(clause))
        return false;
    for (uint32_t id = first.id; id && id < node_data(first)->after; id++) {
        Node n = node_at(first.module, id), callee = node_field(n, F_FUNCTION);
        bool is_get = node_kind(n) == PY_CALL && str_is(node_text(node_field(callee, F_ATTRIBUTE)), "get");
        Node container = is_get ? node_field(callee, F_OBJECT) : node_kind(n) == PY_SUBSCRIPT ? node_field(n, F_VALUE) : node_at(n.module, 0);
        if (container.id && (is_stocked(clause, container) || is_fed(clause, container)))
            return true;
        if (node_kind(n) == PY_ATTRIBUTE && is_filled(clause, n))
            return true;
    }
    return false;
}

/* Whether a statement of the block before `inner` leaves the function when `x` is set, which it sets otherwise. */
static bool is_behind_memo(Node block, Node inner, Node function)
{
    enum { LOOKED_AT = 16 };
    unsigned left = LOOKED_AT;
    for (Node n = node_first(block); n.id && n.id < inner.id && left--; n = node_next(n)) {
        Node first = node_first(node_field(n, F_CONSEQUENCE));
        if (node_kind(n) != PY_IF_STATEMENT || node_kind(first) != PY_RETURN_STATEMENT)
            continue;
        if (fills_what_is_asked(node_field(n, F_CONDITION), true, function))
            return true;
    }
    return false;
}

bool fills_memo(Node n, const Function *function)
{
    enum { FARTHEST = 64 };
    Node inner = n, whole = node_at(n.module, function->node);
    for (unsigned steps = 0; steps < FARTHEST && inner.id != function->node; steps++) {
        Node parent = node_parent(inner);
        PyKind kind = node_kind(parent);
        if (kind == PY_IF_STATEMENT && node_role(inner) == F_CONSEQUENCE && fills_part_of(node_field(parent, F_CONDITION), inner))
            return true;
        if (kind == PY_BLOCK && is_behind_memo(parent, inner, whole))
            return true;
        if (kind == PY_TRY_STATEMENT && node_kind(inner) == PY_EXCEPT_CLAUSE && repairs_lookup(inner, parent))
            return true;
        inner = parent;
    }
    return false;
}
