#include "facts/coroutines.h"

/* How many bases are looked at to find out whether one class derives from another. */
enum { BASES_MOST = 64 };

static bool is_transparent(Node decorator)
{
    Node callee = node_unparenthesized(decorator);
    if (node_kind(callee) == PY_CALL)
        callee = node_field(callee, F_FUNCTION);
    const Api *api = api_find(qualified_name(callee));
    return api && api->role == ROLE_TRANSPARENT;
}

static bool has_only_transparent_decorators(const Module *module, uint32_t definition)
{
    Node decorator = decorator_next(module, definition, node_at(module, 0));
    while (!node_is_null(decorator)) {
        if (!is_transparent(decorator))
            return false;
        decorator = decorator_next(module, definition, decorator);
    }
    return true;
}

bool function_is_coroutine(const Module *module, const Function *function)
{
    return function->is_async && !function->is_generator && has_only_transparent_decorators(module, function->node);
}

/* ---- methods ---- */

/* The class whose instance (or which itself) the first parameter of the method around n is, when n is that parameter. */
static const Class *class_of_self(Node n)
{
    if (node_kind(n) != PY_IDENTIFIER)
        return NULL;
    const Binding *binding = scope_resolve(node_scope(n), n.module, node_data(n)->name);
    const Function *method = binding && binding->sites.count == 1 && binding->sites.items[0].kind == SITE_PARAMETER
                                 ? binding->scope->function
                                 : NULL;
    if (!method || !method->class_)
        return NULL;
    Node first = node_first(node_field(node_at(n.module, method->node), F_PARAMETERS));
    bool is_first = node_contains(first, node_at(n.module, binding->sites.items[0].node));
    return is_first ? method->class_ : NULL;
}

/* Whether a class derives from `base`. Recursion and work are bounded by *steps, which no real hierarchy within one file
 * uses up; when they are spent it may well, and the answer is yes. */
static bool may_inherit(const Module *module, const Class *class_, const Class *base, unsigned *steps)
{
    Node bases = node_field(node_at(module, class_->node), F_SUPERCLASSES);
    for (Node n = node_first(bases); !node_is_null(n); n = node_next(n)) {
        if (!*steps)
            return true;
        --*steps;
        const Class *parent = target_of(n).class_;
        if (parent && (parent == base || may_inherit(module, parent, base, steps)))
            return true;
    }
    return false;
}

/* Whether every definition of a method is a coroutine function. */
static bool is_coroutine_method(const Module *module, const Binding *binding)
{
    for (uint32_t i = 0; i < binding->sites.count; i++) {
        const Site *site = &binding->sites.items[i];
        const Function *function = site->kind == SITE_FUNCTION ? function_at(module, site->node) : NULL;
        if (!function || !function_is_coroutine(module, function))
            return false;
    }
    return true;
}

/* Whether a class of this module that derives from `base` has something of that name that is no coroutine function. */
static bool is_overridden_by_sync(const Module *module, const Class *base, NameId name)
{
    for (uint32_t i = 0; i < module->classes.count; i++) {
        const Class *class_ = module->classes.items[i];
        const Binding *binding = class_ == base ? NULL : scope_binding(class_->scope, name);
        unsigned steps = BASES_MOST;
        if (binding && !is_coroutine_method(module, binding) && may_inherit(module, class_, base, &steps))
            return true;
    }
    return false;
}

static bool is_abstract(const Module *module, const Function *function)
{
    Node body = node_field(node_at(module, function->node), F_BODY);
    Node decorator = decorator_next(module, function->node, node_at(module, 0));
    for (; !node_is_null(decorator); decorator = decorator_next(module, function->node, decorator)) {
        if (str_is(qualified_name(decorator), "abc.abstractmethod"))
            return true;
    }
    for (Node statement = node_first(body); !node_is_null(statement); statement = node_next(statement)) {
        Node value = node_first(statement);
        bool is_raise = node_kind(statement) == PY_RAISE_STATEMENT;
        Node raised = node_kind(value) == PY_CALL ? node_field(value, F_FUNCTION) : value;
        if (is_raise && str_is(qualified_name(raised), "builtins.NotImplementedError"))
            return true;
        if (node_kind(statement) != PY_EXPRESSION_STATEMENT)
            return false;
        if (node_kind(value) == PY_ELLIPSIS)
            return true;
        if (node_kind(value) != PY_STRING)
            return false;
    }
    return false;
}

/* What a method call leaves open, `self` being an instance of some class below. */
static bool method_gives_coroutine(Node callee, const Function *function, CoroutineCall *made)
{
    const Module *module = callee.module;
    const Class *self = class_of_self(node_field(callee, F_OBJECT));
    if (self && (is_overridden_by_sync(module, function->class_, function->name) ||
                    (self != function->class_ && is_overridden_by_sync(module, self, function->name))))
        return false;
    if (attribute_binding(module, function->name))
        return false;
    if (!has_only_transparent_decorators(module, function->class_->node) || (self && is_abstract(module, function)))
        made->is_sure = false;
    return true;
}

/* ---- calls ---- */

/* More definitions of one name than this are not worth an answer. */
enum { TARGETS_MOST = 8 };

static bool target_gives_coroutine(Node callee, const Target *target, CoroutineCall *made)
{
    if (target->kind == TARGET_EXTERNAL) {
        const Api *api = api_find(target->qualified);
        if (!made->api)
            made->api = api;
        return api && api->role == ROLE_COROUTINE;
    }
    const Function *function = target->kind == TARGET_FUNCTION ? target->function : NULL;
    if (!function || !function_is_coroutine(callee.module, function))
        return false;
    if (!made->function)
        made->function = function;
    return !function->class_ || method_gives_coroutine(callee, function, made);
}

bool call_gives_coroutine(Node call, CoroutineCall *made)
{
    *made = (CoroutineCall){ .api = api_called(call), .is_sure = true };
    if (made->api)
        return made->api->role == ROLE_COROUTINE;

    Node callee = node_unparenthesized(node_field(call, F_FUNCTION));
    Target targets[TARGETS_MOST];
    uint32_t count = target_all(callee, targets, TARGETS_MOST);
    for (uint32_t i = 0; i < count && count <= TARGETS_MOST; i++) {
        if (!target_gives_coroutine(callee, &targets[i], made))
            return false;
    }
    return count > 0 && count <= TARGETS_MOST;
}
