/* Calls of coroutine functions that make no coroutine where they stand: code that asked before, mocks, arguments that do not fit,
 * old libraries. */
#include <string.h>

#include "facts/frames.h"
#include "facts/quick.h"
#include "finding/prevented.h"
#include "finding/unawaited.h"

/* ---- Code that asked ---- */

static bool text_holds(Str text, Str part)
{
    for (uint32_t i = 0; i + part.n <= text.n; i++) {
        if (memcmp(text.p + i, part.p, part.n) == 0)
            return true;
    }
    return false;
}

static Str last_name_of(Node n)
{
    return node_text(node_kind(n) == PY_ATTRIBUTE ? node_field(n, F_ATTRIBUTE) : n);
}

/* `iscoroutinefunction(f)`, `is_async_callable(f)`, whatever library it is of. */
static bool asks_about(Node test, Str callee)
{
    Str name = last_name_of(node_field(test, F_FUNCTION));
    bool is_question = str_starts(name, STR("is")) && (text_holds(name, STR("corout")) || text_holds(name, STR("async")));
    return is_question && str_equal(node_text(node_first(node_field(test, F_ARGUMENTS))), callee);
}

/* Names of code that is written once for both kinds: `if self._is_async_code: return`. */
static bool is_about_both(Node name)
{
    Str text = last_name_of(name);
    return str_ends(text, STR("is_async_code")) || str_is(text, "is_async") || str_is(text, "_is_async");
}

enum { OPERANDS_MOST = 16 };

/* The parts of a condition that came out as `truth`, of which each is known then: both sides of an `and` that is true. */
typedef struct Known {
    Node parts[OPERANDS_MOST];
    bool truths[OPERANDS_MOST];
    uint32_t count;
} Known;

static void know(Known *known, Node part, bool truth)
{
    if (part.id && known->count < OPERANDS_MOST) {
        known->truths[known->count] = truth;
        known->parts[known->count++] = part;
    }
}

/* Adds what follows from part number i, if it is no question itself. */
static void take_apart(Known *known, uint32_t i)
{
    Node n = known->parts[i];
    bool truth = known->truths[i];
    switch (node_kind(n)) {
    case PY_PARENTHESIZED_EXPRESSION:
        know(known, node_first(n), truth);
        break;
    case PY_NOT_OPERATOR:
        know(known, node_field(n, F_ARGUMENT), !truth);
        break;
    case PY_BOOLEAN_OPERATOR:
        if (str_is(node_text(node_field(n, F_OPERATOR)), "and") == truth) {
            know(known, node_field(n, F_LEFT), truth);
            know(known, node_field(n, F_RIGHT), truth);
        }
        break;
    case PY_IDENTIFIER:
    case PY_ATTRIBUTE:
        if (node_kind(only_value(n)) != PY_IDENTIFIER)
            know(known, only_value(n), truth);
        break;
    default:
        break;
    }
}

/* Whether a condition that came out as `truth` says that calling `callee` gives no coroutine. */
static bool says_sync(Node condition, bool truth, Str callee)
{
    Known known = { .count = 0 };
    know(&known, condition, truth);
    for (uint32_t i = 0; i < known.count; i++) {
        Node n = known.parts[i];
        bool is_name = node_kind(n) == PY_IDENTIFIER || node_kind(n) == PY_ATTRIBUTE;
        bool is_asked = node_kind(n) == PY_CALL ? asks_about(n, callee) : is_name && is_about_both(n);
        if (is_asked && !known.truths[i])
            return true;
        take_apart(&known, i);
    }
    return false;
}

static bool leaves(Node block)
{
    Node last = node_at(block.module, 0);
    for (Node n = node_first(block); n.id; n = node_next(n))
        last = n;
    PyKind kind = node_kind(last);
    return kind == PY_RETURN_STATEMENT || kind == PY_RAISE_STATEMENT || kind == PY_CONTINUE_STATEMENT || kind == PY_BREAK_STATEMENT;
}

/* Conditions that were asked on the way from the statement `parent` to its child n. */
static bool branch_says_sync(Node parent, Node n, Str callee)
{
    PyKind kind = node_kind(parent);
    if (kind == PY_CONDITIONAL_EXPRESSION) {
        bool is_first = node_same(node_child(parent, 0), n), is_last = node_same(node_child(parent, 2), n);
        return (is_first || is_last) && says_sync(node_child(parent, 1), is_first, callee);
    }
    if (kind == PY_ELIF_CLAUSE)
        return node_role(n) == F_CONSEQUENCE && says_sync(node_field(parent, F_CONDITION), true, callee);
    if (kind == PY_IF_STATEMENT && node_role(n) == F_CONSEQUENCE)
        return says_sync(node_field(parent, F_CONDITION), true, callee);
    if (kind == PY_IF_STATEMENT && !node_same(node_field(parent, F_CONDITION), n)) {
        if (says_sync(node_field(parent, F_CONDITION), false, callee))
            return true;
        for (Node part = node_first(parent); part.id && !node_same(part, n); part = node_next(part)) {
            if (node_kind(part) == PY_ELIF_CLAUSE && says_sync(node_field(part, F_CONDITION), false, callee))
                return true;
        }
    }
    return false;
}

/* `if iscoroutinefunction(f): return await f()` above, in the same block. */
static bool block_says_sync(Node block, Node n, Str callee)
{
    enum { STATEMENTS_MOST = 200 }; /* from the first one on: each call of a block asks */
    int left = STATEMENTS_MOST;
    for (Node before = node_first(block); before.id && !node_same(before, n) && left--; before = node_next(before)) {
        if (node_kind(before) == PY_IF_STATEMENT && leaves(node_field(before, F_CONSEQUENCE)) &&
            says_sync(node_field(before, F_CONDITION), false, callee))
            return true;
    }
    return false;
}

static bool is_asked_before(Node call)
{
    enum { CLIMB_AT_MOST = 64 };
    Str callee = node_text(node_field(call, F_FUNCTION));
    Node n = call;
    for (int i = 0; i < CLIMB_AT_MOST && n.id && node_kind(n) != PY_FUNCTION_DEFINITION && node_kind(n) != PY_LAMBDA; i++) {
        Node parent = node_parent(n);
        if (branch_says_sync(parent, n, callee))
            return true;
        if (node_kind(parent) == PY_BLOCK && block_says_sync(parent, n, callee))
            return true;
        n = parent;
    }
    return false;
}

/* ---- Mocks ---- */

/* "app.mod.Class.name" and "name" end so. */
static bool names_attribute(Node string, Str name)
{
    Str text = node_text(string);
    if (text.n < name.n + 2)
        return false;
    Str end = str_slice(text, text.n - 1 - name.n, text.n - 1);
    char before = text.p[text.n - 2 - name.n];
    return str_equal(end, name) && (before == '.' || before == '"' || before == '\'');
}

/* `patch.object(C, "name")`, `patch("mod.C.name")`, `monkeypatch.setattr(C, "name", v)`. */
static bool patches(Node call, Str name)
{
    Node callee = node_field(call, F_FUNCTION);
    Str last = last_name_of(callee);
    bool is_object = str_is(last, "object") && str_is(last_name_of(node_field(callee, F_OBJECT)), "patch");
    if (!is_object && !str_is(last, "patch") && !str_is(last, "setattr"))
        return false;
    for (Node argument = node_first(node_field(call, F_ARGUMENTS)); argument.id; argument = node_next(argument)) {
        if (node_kind(argument) == PY_STRING && names_attribute(argument, name))
            return true;
    }
    return false;
}

/* Whether the function around the call, or its class, with what decorates them, puts something else in the place of the attribute. */
static bool is_patched(Node call)
{
    enum { NODES_MOST = 20000 }; /* of a class: each of its calls asks */
    const Names *names = &call.module->names;
    Node callee = node_field(call, F_FUNCTION);
    if (node_kind(callee) != PY_ATTRIBUTE || (!names_find(names, STR("patch")) && !names_find(names, STR("setattr"))))
        return false;
    Str name = node_text(node_field(callee, F_ATTRIBUTE));
    Node outermost = call;
    while (node_parent(outermost).id && node_kind(node_parent(outermost)) != PY_MODULE)
        outermost = node_parent(outermost);
    uint32_t after = node_data(outermost)->after;
    for (uint32_t id = outermost.id; id < after && id < outermost.id + NODES_MOST; id++) {
        Node n = node_at(call.module, id);
        if (node_kind(n) == PY_CALL && patches(n, name))
            return true;
    }
    return false;
}

/* ---- Arguments ---- */

/* In a lambda that is handed to a function which does not take it. */
static bool is_in_vain_lambda(Node call)
{
    const Function *function = node_function(call);
    Node lambda = function && !function->name ? node_at(call.module, function->node) : node_at(call.module, 0);
    Node argument = node_kind(node_parent(lambda)) == PY_KEYWORD_ARGUMENT ? node_parent(lambda) : lambda;
    Node arguments = node_parent(argument);
    return node_kind(arguments) == PY_ARGUMENT_LIST && node_kind(node_parent(arguments)) == PY_CALL && is_misfit_of_function(node_parent(arguments));
}

bool unawaited_is_sync_here(Node call)
{
    return is_asked_before(call) || is_patched(call) || is_misfit_of_function(call) || is_in_vain_lambda(call);
}
