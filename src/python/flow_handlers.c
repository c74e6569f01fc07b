/* Who catches what: except clauses and context managers that swallow exceptions, by name. */
#include "python/flow_internal.h"

enum { MASK_OTHER = 1, MASK_UNKNOWN = 2, MASK_EXCEPTION = 4, MASK_CANCELLED = 8, MASK_ALL = 16 };

static bool is_one_of(Str text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(text, names[i]))
            return true;
    }
    return false;
}
#define IS_ONE_OF(text, names) is_one_of((text), (names), sizeof(names) / sizeof *(names))

static Str behind_last_dot(Str qualified)
{
    uint32_t dot = str_find_last(qualified, '.');
    return dot < qualified.n ? str_slice(qualified, dot + 1, qualified.n) : qualified;
}

/* A name in the manner of classes: LookupError, but neither NETWORK_ERRORS nor errors. */
static bool looks_like_class(Str name)
{
    bool has_lower = false;
    for (uint32_t i = 0; i < name.n; i++)
        has_lower |= name.p[i] >= 'a' && name.p[i] <= 'z';
    return has_lower && name.p[0] >= 'A' && name.p[0] <= 'Z';
}

static unsigned mask_of_name(Str qualified)
{
    static const char *const cancelled[] = { "CancelledError", "Cancelled" };
    static const char *const aliases[] = { "socket.error", "socket.timeout", "select.error", "struct.error", "zlib.error",
        "binascii.Error", "os.error" };
    Str last = behind_last_dot(qualified);
    if (str_is(qualified, "builtins.BaseException"))
        return MASK_ALL;
    if (str_is(qualified, "builtins.Exception"))
        return MASK_EXCEPTION;
    if (IS_ONE_OF(last, cancelled))
        return MASK_CANCELLED;
    if (str_starts(qualified, STR(".")))
        return MASK_UNKNOWN;
    if (str_starts(qualified, STR("builtins.")) || looks_like_class(last) || IS_ONE_OF(qualified, aliases))
        return MASK_OTHER;
    return MASK_UNKNOWN;
}

/* The tuple that a name stands for, when it is bound once, to a tuple. */
static Node tuple_of(Node name)
{
    Node none = { name.module, 0 };
    if (node_kind(name) != PY_IDENTIFIER)
        return none;
    const Binding *binding = scope_resolve(node_scope(name), name.module, node_data(name)->name);
    if (!binding || binding->sites.count != 1 || binding->sites.items[0].kind != SITE_ASSIGN)
        return none;
    Node value = node_at(name.module, binding->sites.items[0].value);
    return node_kind(value) == PY_TUPLE || node_kind(value) == PY_EXPRESSION_LIST ? value : none;
}

static unsigned mask_of_one(Node n)
{
    if (node_kind(n) == PY_CALL) {
        Str callee = qualified_name(node_field(n, F_FUNCTION));
        return str_is(behind_last_dot(callee), "get_cancelled_exc_class") ? MASK_CANCELLED : MASK_UNKNOWN;
    }
    Target target = target_of(n);
    /* A class of this module can be no more than a subclass of what cancels. */
    if (target.kind == TARGET_CLASS)
        return MASK_OTHER;
    return target.kind == TARGET_EXTERNAL ? mask_of_name(target.qualified) : MASK_UNKNOWN;
}

/* Of a class, or of all in a tuple. `depth` bounds how often a name is followed to the tuple that it stands for. */
static unsigned mask_of(Node n, unsigned depth)
{
    unsigned mask = 0;
    const TreeNode *nodes = n.module->tree.nodes;
    for (uint32_t id = n.id; id && id < node_data(n)->after;) {
        PyKind kind = (PyKind)nodes[id].kind;
        if (kind == PY_TUPLE || kind == PY_EXPRESSION_LIST || kind == PY_PARENTHESIZED_EXPRESSION || kind == PY_LIST_SPLAT
            || kind == PY_BINARY_OPERATOR) {
            id++;
            continue;
        }
        Node one = node_at(n.module, id);
        Node tuple = depth ? tuple_of(one) : (Node){ n.module, 0 };
        if (tuple.id)
            mask |= mask_of(tuple, depth - 1);
        else if (node_role(one) != F_OPERATOR)
            mask |= mask_of_one(one);
        id = nodes[id].after;
    }
    return mask;
}

enum { MOST_TUPLES = 2 };

static unsigned mask_of_clause(Node clause)
{
    Node value = node_field(clause, F_VALUE);
    unsigned mask = value.id ? 0 : MASK_ALL;
    for (; value.id; value = node_next_same(value))
        mask |= mask_of(node_kind(value) == PY_AS_PATTERN ? node_first(value) : value, MOST_TUPLES);
    return mask;
}

Catches except_catches(Node except_clause)
{
    if (node_kind(except_clause) != PY_EXCEPT_CLAUSE)
        return CATCHES_UNKNOWN;
    unsigned mask = mask_of_clause(except_clause);
    unsigned both = MASK_CANCELLED | MASK_EXCEPTION;
    if (mask & MASK_ALL || (mask & both) == both)
        return CATCHES_ALL;
    if (mask & MASK_CANCELLED)
        return CATCHES_CANCELLED;
    if (mask & MASK_UNKNOWN)
        return CATCHES_UNKNOWN;
    return mask & MASK_EXCEPTION ? CATCHES_EXCEPTION : CATCHES_OTHER;
}

/* ---- Context managers ---- */

static Node manager_of(Node item)
{
    Node value = node_field(item, F_VALUE);
    return node_unparenthesized(node_kind(value) == PY_AS_PATTERN ? node_first(value) : value);
}

/* Those that swallow the exceptions they are given as arguments. */
static bool is_suppress(Node manager)
{
    static const char *const names[] = { "contextlib.suppress", "pytest.raises" };
    static const char *const methods[] = { "assertRaises", "assertRaisesRegex" };
    if (node_kind(manager) != PY_CALL)
        return false;
    Node callee = node_field(manager, F_FUNCTION);
    return IS_ONE_OF(qualified_name(callee), names)
        || (node_kind(callee) == PY_ATTRIBUTE && IS_ONE_OF(node_text(node_field(callee, F_ATTRIBUTE)), methods));
}

bool item_swallows(Node item)
{
    /* Scopes that end by a cancellation of their own. */
    static const char *const scopes[] = { "trio.move_on_after", "trio.move_on_at", "trio.CancelScope",
        "trio.open_nursery", "anyio.move_on_after", "anyio.CancelScope", "anyio.create_task_group" };
    Node manager = manager_of(item);
    if (is_suppress(manager))
        return true;
    return node_kind(manager) == PY_CALL && IS_ONE_OF(qualified_name(node_field(manager, F_FUNCTION)), scopes);
}

/* ---- The search outwards ---- */

static bool suppresses(Node item, unsigned wanted)
{
    Node manager = manager_of(item);
    if (!is_suppress(manager))
        return false;
    Node arguments = node_field(manager, F_ARGUMENTS);
    for (Node argument = node_first(arguments); argument.id; argument = node_next(argument)) {
        if (node_kind(argument) != PY_KEYWORD_ARGUMENT && mask_of(argument, MOST_TUPLES) & (wanted | MASK_UNKNOWN))
            return true;
    }
    return false;
}

/* Whether an item of the `with` clause that stands before `end` swallows it. */
static bool clause_suppresses(Node clause, uint32_t end, unsigned wanted)
{
    for (Node item = node_first(clause); item.id && item.id < end; item = node_next(item)) {
        if (node_kind(item) == PY_WITH_ITEM && suppresses(item, wanted))
            return true;
    }
    return false;
}

/* The clause of a try statement whose body raises; *unknown ends the search. */
static Node clause_that_catches(Node statement, unsigned wanted, bool *unknown)
{
    Node clause = node_child_of(statement, PY_EXCEPT_CLAUSE);
    for (; clause.id && !*unknown; clause = node_next(clause)) {
        if (node_kind(clause) != PY_EXCEPT_CLAUSE)
            continue;
        unsigned mask = mask_of_clause(clause);
        if (mask & wanted)
            return clause;
        *unknown = (mask & MASK_UNKNOWN) != 0;
    }
    return (Node){ statement.module, 0 };
}

Node flow_handler(Node n, Catches sort, bool *unknown)
{
    unsigned wanted = MASK_ALL | (sort == CATCHES_EXCEPTION ? MASK_EXCEPTION : MASK_CANCELLED);
    Node none = { n.module, 0 }, found = none;
    *unknown = false;
    for (Node inner = n; inner.id; inner = node_parent(inner)) {
        Node outer = node_parent(inner);
        bool is_body = node_role(inner) == F_BODY;
        switch (node_kind(outer)) {
        case PY_FUNCTION_DEFINITION:
        case PY_LAMBDA:
            if (is_body)
                return none;
            break;
        case PY_TRY_STATEMENT:
            if (is_body)
                found = clause_that_catches(outer, wanted, unknown);
            break;
        case PY_WITH_STATEMENT:
            if (is_body)
                *unknown = clause_suppresses(node_child_of(outer, PY_WITH_CLAUSE), UINT32_MAX, wanted);
            break;
        case PY_WITH_CLAUSE:
            *unknown = clause_suppresses(outer, inner.id, wanted);
            break;
        default:
            break;
        }
        if (found.id || *unknown)
            return found;
    }
    return none;
}
