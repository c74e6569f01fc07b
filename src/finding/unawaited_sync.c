/* Calls of coroutine functions that make no coroutine where they stand: code that asked before, mocks, arguments that do not fit,
 * objects that cannot be made. */
#include <string.h>

#include "facts/frames.h"
#include "facts/quick.h"
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
    return node_kind(arguments) == PY_ARGUMENT_LIST && node_kind(node_parent(arguments)) == PY_CALL && unawaited_is_misfit(node_parent(arguments));
}

/* ---- Instances that cannot be made ---- */

/* The method that n runs in, functions in it looked through, when it needs an instance; else NULL. */
static const Function *method_around(Node n)
{
    for (const Scope *scope = node_scope(n); scope && scope->parent; scope = scope->parent) {
        const Function *function = scope->kind == SCOPE_FUNCTION && scope->parent->kind == SCOPE_CLASS ? scope->function : NULL;
        if (scope->kind == SCOPE_CLASS)
            return NULL;
        if (!function)
            continue;
        Str name = names_text(&n.module->names, function->name);
        bool has_instance = !function->first_decorator && !str_is(name, "__new__") && !str_starts(name, STR("__init_")) &&
                            !str_is(name, "__class_getitem__");
        return has_instance ? function : NULL;
    }
    return NULL;
}

/* `super().__init__(...)` or `Base.__init__(self, ...)` as a statement, with arguments that it does not take. */
static bool is_impossible_base(Node statement)
{
    Node call = node_kind(statement) == PY_EXPRESSION_STATEMENT ? node_first(statement) : node_at(statement.module, 0);
    Node callee = node_kind(call) == PY_CALL ? node_field(call, F_FUNCTION) : node_at(statement.module, 0);
    return node_kind(callee) == PY_ATTRIBUTE && str_is(last_name_of(callee), "__init__") && unawaited_is_misfit(call);
}

/* Whether the class around the method has an `__init__` of its own that never comes to its end: nobody can have called the method. */
static bool lacks_instance(Node call)
{
    enum { STATEMENTS_MOST = 64 };
    NameId name = names_find(&call.module->names, STR("__init__"));
    const Function *method = name ? method_around(call) : NULL;
    const Binding *init = method ? scope_binding(method->scope->parent, name) : NULL;
    if (!init || init->sites.count != 1 || init->sites.items[0].kind != SITE_FUNCTION || method->name == name)
        return false;
    Node statement = node_first(node_field(node_at(call.module, init->sites.items[0].node), F_BODY));
    for (int left = STATEMENTS_MOST; statement.id && left; statement = node_next(statement), left--) {
        PyKind kind = node_kind(statement);
        if (kind != PY_EXPRESSION_STATEMENT && kind != PY_ASSIGNMENT)
            return false;
        if (is_impossible_base(statement))
            return true;
    }
    return false;
}

/* The same of a class whose `__init__` is a coroutine function. `object.__new__(cls)` makes instances all the same. */
static bool lacks_any_instance(Node call)
{
    const Function *method = method_around(call);
    uint32_t class_ = method ? ask_summary(call)->functions.items[method->number].class_ : 0;
    return class_ && !names_find(&call.module->names, STR("__new__")) &&
           class_has_no_instances(ask_program(call), (Ref){ ask_file(call), class_ - 1 });
}

bool unawaited_is_sync_here(Node call)
{
    return is_asked_before(call) || is_patched(call) || unawaited_is_misfit(call) || is_in_vain_lambda(call) || lacks_instance(call) ||
           lacks_any_instance(call);
}
