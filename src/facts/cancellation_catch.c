#include "facts/cancellation.h"

typedef enum Takes { TAKES_NOT, TAKES_IT, TAKES_PERHAPS } Takes;

/* What real code never gets near to. Beyond it nothing is said, so that no file takes longer than its size. */
enum { CLAUSES_MOST = 64 };

static bool ends_in(Str qualified, const char *name)
{
    uint32_t dot = str_find_last(qualified, '.');
    return dot < qualified.n && str_is(str_slice(qualified, dot + 1, qualified.n), name);
}

bool is_cancelled_class(Node n)
{
    Node name = node_kind(n) == PY_CALL ? node_field(n, F_FUNCTION) : n;
    Str qualified = qualified_name(name);
    bool is_ours = str_starts(qualified, STR("asyncio.")) || str_starts(qualified, STR("trio.")) ||
                   str_starts(qualified, STR("anyio."));
    return is_ours && (ends_in(qualified, "CancelledError") || ends_in(qualified, "Cancelled") ||
                          ends_in(qualified, "get_cancelled_exc_class"));
}

/* Whether a class among the names in n is wanted. */
static bool names_class(Node n, bool (*is_wanted)(Node))
{
    for (uint32_t id = n.id; id && id < node_data(n)->after; id++) {
        Node part = node_at(n.module, id);
        PyKind kind = node_kind(part);
        if ((kind == PY_IDENTIFIER || kind == PY_ATTRIBUTE || kind == PY_CALL) && is_wanted(part))
            return true;
    }
    return false;
}

static bool is_base_class(Node n)
{
    return str_is(qualified_name(n), "builtins.BaseException");
}

static bool is_catching_class(Node n)
{
    return is_base_class(n) || is_cancelled_class(n);
}

static bool is_interrupt_class(Node n)
{
    Str qualified = qualified_name(n);
    return str_is(qualified, "builtins.KeyboardInterrupt") || str_is(qualified, "builtins.SystemExit");
}

static Takes clause_takes(Node clause, unsigned target_minor)
{
    Catches catches = except_catches(clause);
    Node value = node_field(clause, F_VALUE);
    if (catches == CATCHES_OTHER)
        return TAKES_NOT;
    if (!value.id)
        return TAKES_IT;
    for (; value.id; value = node_next_same(value)) {
        if (names_class(value, is_catching_class))
            return TAKES_IT;
    }
    if (catches == CATCHES_EXCEPTION)
        return target_minor < 8 ? TAKES_IT : TAKES_NOT;
    /* A name for a tuple, or the class of another library. */
    return TAKES_PERHAPS;
}

static Takes try_takes(Node statement, unsigned target_minor, Node *catcher)
{
    uint32_t count = 0;
    for (Node clause = node_first(statement); clause.id; clause = node_next(clause)) {
        if (node_kind(clause) != PY_EXCEPT_CLAUSE)
            continue;
        if (++count > CLAUSES_MOST)
            return TAKES_PERHAPS;
        Takes takes = clause_takes(clause, target_minor);
        *catcher = clause;
        if (takes != TAKES_NOT)
            return takes;
    }
    return TAKES_NOT;
}

static Node manager_of(Node item)
{
    Node value = node_field(item, F_VALUE);
    return node_unparenthesized(node_kind(value) == PY_AS_PATTERN ? node_first(value) : value);
}

static Takes item_takes(Node item, unsigned target_minor)
{
    Node manager = manager_of(item);
    Node callee = node_field(manager, F_FUNCTION), arguments = node_field(manager, F_ARGUMENTS);
    Str method = node_text(node_field(callee, F_ATTRIBUTE));
    if (node_kind(manager) != PY_CALL)
        return TAKES_NOT;
    /* A test that waits for it. */
    bool expects = str_is(qualified_name(callee), "pytest.raises") || str_starts(method, STR("assertRaises"));
    if (expects)
        return names_class(arguments, is_catching_class) ? TAKES_PERHAPS : TAKES_NOT;
    if (!str_is(qualified_name(callee), "contextlib.suppress"))
        return TAKES_NOT;
    if (names_class(arguments, is_catching_class))
        return TAKES_IT;
    for (Node n = node_first(arguments); n.id; n = node_next(n)) {
        if (node_kind(n) == PY_LIST_SPLAT || target_of(n).kind == TARGET_UNKNOWN)
            return TAKES_PERHAPS;
        if (target_minor < 8 && str_is(qualified_name(n), "builtins.Exception"))
            return TAKES_IT;
    }
    return TAKES_NOT;
}

/* The innermost item of a `with` that takes it; of those before `end`. */
static Takes items_take(Node clause, uint32_t end, unsigned target_minor, Node *catcher)
{
    Takes result = TAKES_NOT;
    for (Node item = node_first(clause); item.id && item.id < end; item = node_next(item)) {
        Takes takes = node_kind(item) == PY_WITH_ITEM ? item_takes(item, target_minor) : TAKES_NOT;
        if (takes == TAKES_NOT)
            continue;
        result = takes;
        *catcher = item;
    }
    return result;
}

Node cancellation_catcher(Node await, unsigned target_minor)
{
    Node none = { await.module, 0 }, catcher = none;
    for (Node inner = await; inner.id; inner = node_parent(inner)) {
        Node outer = node_parent(inner);
        bool is_body = node_role(inner) == F_BODY;
        Takes takes = TAKES_NOT;
        switch (node_kind(outer)) {
        case PY_FUNCTION_DEFINITION:
        case PY_LAMBDA:
            return none;
        case PY_TRY_STATEMENT:
            takes = is_body ? try_takes(outer, target_minor, &catcher) : TAKES_NOT;
            break;
        case PY_WITH_STATEMENT:
            takes = is_body ? items_take(node_child_of(outer, PY_WITH_CLAUSE), UINT32_MAX, target_minor, &catcher)
                            : TAKES_NOT;
            break;
        case PY_WITH_CLAUSE:
            takes = items_take(outer, inner.id, target_minor, &catcher);
            break;
        default:
            break;
        }
        if (takes != TAKES_NOT)
            return takes == TAKES_IT ? catcher : none;
    }
    return none;
}

bool catches_cancellation(Node catcher, unsigned target_minor)
{
    PyKind kind = node_kind(catcher);
    if (kind == PY_EXCEPT_CLAUSE)
        return clause_takes(catcher, target_minor) == TAKES_IT;
    return kind == PY_WITH_ITEM && item_takes(catcher, target_minor) == TAKES_IT;
}

/* The classes that a catcher names; a null node for a bare except. */
static Node classes_of(Node catcher)
{
    bool is_clause = node_kind(catcher) == PY_EXCEPT_CLAUSE;
    return is_clause ? node_field(catcher, F_VALUE) : node_field(manager_of(catcher), F_ARGUMENTS);
}

bool catches_interrupt(Node catcher)
{
    return names_class(classes_of(catcher), is_interrupt_class);
}

bool catches_by_name(Node catcher)
{
    Node classes = classes_of(catcher);
    return classes.id && !names_class(classes, is_base_class) && names_class(classes, is_cancelled_class);
}
