/* Methods of classes of which no instance can be made. */
#include "facts/frames.h"
#include "finding/prevented.h"

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
    Str name = node_text(node_field(callee, F_ATTRIBUTE));
    return node_kind(callee) == PY_ATTRIBUTE && str_is(name, "__init__") && is_misfit_of_function(call);
}

/* Whether a function never comes to its end, as one of its first statements raises. */
static bool surely_fails(Node function)
{
    enum { STATEMENTS_MOST = 64, NODES_MOST = 2000 };
    uint32_t nodes = NODES_MOST;
    Node statement = node_first(node_field(function, F_BODY));
    for (int left = STATEMENTS_MOST; statement.id && left; statement = node_next(statement), left--) {
        if (node_kind(statement) != PY_EXPRESSION_STATEMENT)
            return false;
        if (is_impossible_base(statement) || surely_raises(statement, &nodes))
            return true;
    }
    return false;
}

/* Whether the class has an `__init__` of its own that never comes to its end. */
static bool has_failing_init(const Function *method, const Module *module)
{
    NameId name = names_find(&module->names, STR("__init__"));
    const Binding *init = name ? scope_binding(method->scope->parent, name) : NULL;
    bool is_one = init && init->sites.count == 1 && init->sites.items[0].kind == SITE_FUNCTION && method->name != name;
    return is_one && surely_fails(node_at(module, init->sites.items[0].node));
}

/* `object.__new__(cls)` makes instances all the same. */
bool lacks_instance(Node n)
{
    const Function *method = method_around(n);
    uint32_t class_ = method ? ask_summary(n)->functions.items[method->number].class_ : 0;
    if (!class_ || names_find(&n.module->names, STR("__new__")))
        return false;
    Ref ref = { ask_file(n), class_ - 1 };
    return (has_failing_init(method, n.module) && class_init_always_runs(ask_program(n), ref)) || class_has_no_instances(ask_program(n), ref);
}
