#include "facts/frames.h"

/* Builtins that take everything out of their first argument, or stop early, before they return. */
static bool is_consumer(Node callee)
{
    static const char *const names[] = {
        "all",
        "any",
        "bytearray",
        "bytes",
        "dict",
        "frozenset",
        "list",
        "max",
        "min",
        "set",
        "sorted",
        "sum",
        "tuple",
    };
    if (node_kind(callee) == PY_ATTRIBUTE)
        return node_kind(node_field(callee, F_OBJECT)) == PY_STRING &&
               str_is(node_text(node_field(callee, F_ATTRIBUTE)), "join");

    Str qualified = qualified_name(callee);
    Str prefix = STR("builtins.");
    if (!str_starts(qualified, prefix))
        return false;
    Str name = str_slice(qualified, prefix.n, qualified.n);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return false;
}

/* Whether a generator expression is run to its end, or to its first answer, by the very expression it stands in. */
static bool is_consumed(Node generator)
{
    Node inner = node_outermost(generator), parent = node_parent(inner);
    switch (node_kind(parent)) {
    case PY_LIST_SPLAT:
        return true;
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        return node_role(inner) == F_RIGHT;
    case PY_CALL:
        return node_role(inner) == F_ARGUMENTS && is_consumer(node_field(parent, F_FUNCTION));
    case PY_ARGUMENT_LIST:
        return node_same(node_first(parent), inner) && is_consumer(node_field(node_parent(parent), F_FUNCTION));
    default:
        return false;
    }
}

/* Whether no generator expression around n, inside of its function, puts n off. By scopes: a first iterable is evaluated in the
 * scope around, and an expression can be deeper than its scopes are. */
static bool is_evaluated(Node n)
{
    const Scope *scope = node_scope(n);
    for (; scope && (scope->kind == SCOPE_COMPREHENSION || scope->kind == SCOPE_TYPE_PARAMETERS); scope = scope->parent) {
        Node maker = node_at(n.module, scope->node);
        if (node_kind(maker) == PY_GENERATOR_EXPRESSION && !is_consumed(maker))
            return false;
    }
    return true;
}

/* The call of a lambda that is called where it stands: `(lambda: f())()`. */
static Node call_on_the_spot(Node lambda)
{
    Node inner = node_outermost(lambda), parent = node_parent(inner);
    bool is_called = node_kind(parent) == PY_CALL && node_role(inner) == F_FUNCTION;
    return node_at(lambda.module, is_called ? parent.id : 0);
}

bool frame_runs_inside(Node maker)
{
    switch (node_kind(maker)) {
    case PY_LAMBDA:
        return !node_is_null(call_on_the_spot(maker));
    case PY_GENERATOR_EXPRESSION:
        return is_consumed(maker);
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
        return true;
    default:
        return false;
    }
}

Function *frame_function(Node n)
{
    for (;;) {
        Function *function = node_function(n);
        if (!function)
            return NULL;
        if (!is_evaluated(n))
            return NULL;
        Node top = node_at(n.module, function->node);
        if (node_kind(top) != PY_LAMBDA)
            return function;
        Node call = call_on_the_spot(top);
        if (node_is_null(call))
            return function;
        n = call;
    }
}

Function *frame_on_loop(Node n)
{
    Function *function = frame_function(n);
    return function && function->is_async ? function : NULL;
}
