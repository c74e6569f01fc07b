/* Methods that cannot be called, because no instance of their class can be made, or that nobody runs. */
#include "facts/frames.h"
#include "finding/prevented.h"

/* The function of a class body that n runs in, functions in it looked through; else NULL. */
static const Function *function_of_class(Node n)
{
    for (const Scope *scope = node_scope(n); scope && scope->parent; scope = scope->parent) {
        if (scope->kind == SCOPE_CLASS)
            return NULL;
        if (scope->kind == SCOPE_FUNCTION && scope->parent->kind == SCOPE_CLASS)
            return scope->function;
    }
    return NULL;
}

/* The same when it needs an instance; else NULL. */
static const Function *method_around(Node n)
{
    const Function *function = function_of_class(n);
    Str name = function ? names_text(&n.module->names, function->name) : STR("");
    bool has_instance = function && !function->first_decorator && !str_is(name, "__new__") && !str_is(name, "__init_subclass__") &&
                        !str_is(name, "__class_getitem__");
    return has_instance ? function : NULL;
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
        if (is_impossible_base(statement) || surely_raises(statement, true, &nodes))
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

/* `await agent.__init__()`, `self.test_it`; of what the base class has it says nothing: `super().__init__()`. True of a large file. */
static bool is_read_by_name(const Module *module, NameId name)
{
    enum { NODES_MOST = 20000 };
    for (uint32_t id = 1; id < module->tree.count && id < NODES_MOST; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) != PY_ATTRIBUTE || node_data(node_field(n, F_ATTRIBUTE))->name != name)
            continue;
        Node object = node_field(n, F_OBJECT);
        if (node_kind(object) != PY_CALL || !str_is(node_text(node_field(object, F_FUNCTION)), "super"))
            return true;
    }
    return module->tree.count > NODES_MOST;
}

/* `object.__new__(cls)` makes instances all the same, and Ray awaits the `__init__` of its actors. */
bool lacks_instance(Node n)
{
    const Function *method = method_around(n);
    uint32_t class_ = method ? ask_summary(n)->functions.items[method->number].class_ : 0;
    if (!class_ || names_find(&n.module->names, STR("__new__")) || names_find(&n.module->names, STR("ray")))
        return false;
    Ref ref = { ask_file(n), class_ - 1 };
    if (str_is(names_text(&n.module->names, method->name), "__init__"))
        return class_init_never_runs(ask_program(n), ref) && !is_read_by_name(n.module, method->name);
    return (has_failing_init(method, n.module) && class_init_always_runs(ask_program(n), ref)) || class_has_no_instances(ask_program(n), ref);
}

/* ---- Tests ---- */

/* `@pytest.mark.asyncio`: pytest leaves methods of a TestCase to unittest. */
static bool has_marks_only(const Module *module, const Function *function)
{
    Node decorator = decorator_next(module, function->node, node_at(module, 0));
    for (; decorator.id; decorator = decorator_next(module, function->node, decorator)) {
        if (!str_starts(node_text(decorator), STR("pytest.mark.")))
            return false;
    }
    return true;
}

static bool is_run_by_unittest(Str name)
{
    return str_starts(name, STR("test")) || str_is(name, "setUp") || str_is(name, "tearDown");
}

bool is_never_run(Node n)
{
    const Function *function = function_of_class(n);
    uint32_t class_ = function && function->is_async ? ask_summary(n)->functions.items[function->number].class_ : 0;
    return class_ && is_run_by_unittest(names_text(&n.module->names, function->name)) && has_marks_only(n.module, function) &&
           class_drops_coroutines(ask_program(n), (Ref){ ask_file(n), class_ - 1 }) && !is_read_by_name(n.module, function->name);
}
