#include "facts/handled.h"

#include "python/flow.h"

/* What real code never gets near to. */
enum { CLAUSES_MOST = 64, NODES_MOST = 1 << 14 };

static bool is_other_frame(Node n)
{
    PyKind kind = node_kind(n);
    return kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION;
}

static bool has_raise(Node n)
{
    for (uint32_t id = n.id; id && id < node_data(n)->after;) {
        Node part = node_at(n.module, id);
        if (node_kind(part) == PY_RAISE_STATEMENT)
            return true;
        id = is_other_frame(part) ? node_data(part)->after : id + 1;
    }
    return false;
}

/* Whether no exception of its body leaves the statement. */
static bool catches_all(Node statement)
{
    uint32_t clauses = 0;
    bool is_broad = false;
    for (Node clause = node_first(statement); clause.id; clause = node_next(clause)) {
        if (node_kind(clause) != PY_EXCEPT_CLAUSE)
            continue;
        Catches catches = except_catches(clause);
        is_broad |= catches == CATCHES_EXCEPTION || catches == CATCHES_ALL;
        if (++clauses > CLAUSES_MOST || has_raise(clause))
            return false;
    }
    return is_broad;
}

static bool writes_log(Node call)
{
    static const char *const words[] = { "debug", "info", "warning", "error", "exception", "critical", "log", "print" };
    Node callee = node_field(call, F_FUNCTION);
    Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(name, words[i]))
            return true;
    }
    return false;
}

static bool may_raise(Node n)
{
    switch (node_kind(n)) {
    case PY_AWAIT:
    case PY_RAISE_STATEMENT:
        return true;
    case PY_CALL:
        return !writes_log(n);
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
    case PY_WITH_STATEMENT:
        return node_has(n, NODE_ASYNC);
    default:
        return false;
    }
}

bool handles_exceptions(Node function)
{
    Node body = node_field(function, F_BODY);
    bool handles = false;
    if (!body.id || node_data(body)->after - body.id > NODES_MOST)
        return false;
    for (uint32_t id = body.id; id < node_data(body)->after;) {
        Node n = node_at(function.module, id), outer = node_parent(n);
        bool is_guarded = node_kind(outer) == PY_TRY_STATEMENT &&
                          (node_role(n) == F_BODY || node_kind(n) == PY_EXCEPT_CLAUSE) && catches_all(outer);
        if (!is_guarded && may_raise(n))
            return false;
        handles |= is_guarded;
        id = is_guarded || is_other_frame(n) ? node_data(n)->after : id + 1;
    }
    return handles;
}
