#include "finding/observed.h"

/* ---- Words ---- */

static bool is_word(Str name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(name, words[i]))
            return true;
    }
    return false;
}

#define IS_WORD(name, words) is_word(name, words, sizeof(words) / sizeof *(words))

/* Methods of tasks and collections that say nothing of how a task ended. */
static bool looks_away(Str method)
{
    static const char *const words[] = { "add", "append", "appendleft", "cancel", "cancelled", "cancelling", "clear",
        "discard", "done", "extend", "get_coro", "get_loop", "get_name", "insert", "remove", "set_name", "uncancel",
        "update" };
    return IS_WORD(method, words);
}

/* Methods that put their argument into a collection, or take it out. */
static bool puts_in(Str method)
{
    static const char *const words[] = { "add", "append", "appendleft" };
    return IS_WORD(method, words);
}

static bool takes_out(Str method)
{
    static const char *const words[] = { "discard", "pop", "remove" };
    return IS_WORD(method, words);
}

/* Methods that give a part of a collection, or another view of it. */
static bool gives_part(Str method)
{
    static const char *const words[] = { "copy", "get", "items", "keys", "pop", "popitem", "popleft", "values" };
    return IS_WORD(method, words);
}

/* Builtins that give the items of a collection again, in another form. */
static bool repeats(Node call)
{
    static const char *const words[] = { "builtins.enumerate", "builtins.list", "builtins.reversed", "builtins.set",
        "builtins.sorted", "builtins.tuple" };
    return IS_WORD(qualified_name(node_field(call, F_FUNCTION)), words);
}

static Str method_of(Node call)
{
    return node_text(node_field(node_field(call, F_FUNCTION), F_ATTRIBUTE));
}

/* The call that n is an argument of; a null node when it is none, or one that is spread out. */
static Node call_with(Node n)
{
    Node parent = node_parent(n);
    if (node_kind(parent) == PY_KEYWORD_ARGUMENT)
        parent = node_parent(parent);
    bool is_argument = node_kind(parent) == PY_ARGUMENT_LIST && node_kind(node_parent(parent)) == PY_CALL;
    return is_argument ? node_parent(parent) : node_at(n.module, 0);
}

/* ---- Uses ---- */

typedef enum Use {
    USE_LOOKS,  /* or may do so */
    USE_BLIND,  /* nobody gets to see how the task ended */
    USE_CLIMBS, /* what stands around it has the same value, or a part of it */
} Use;

/* Names that the value gets on the way are followed this far. */
enum { ALIASES_MOST = 2, USES_MOST = 256 };

static bool value_is_blind(Node n, Node keeper, unsigned aliases);

/* Whether all reads of a local name below `top` look away. */
static bool name_is_blind(Node top, Node name, Node keeper, unsigned aliases)
{
    uint32_t uses = 0;
    if (aliases >= ALIASES_MOST || !top.id)
        return false;
    for (uint32_t id = top.id + 1; id < node_data(top)->after; id++) {
        Node n = node_at(top.module, id);
        bool is_it = node_kind(n) == PY_IDENTIFIER && node_data(n)->name == node_data(name)->name && id != name.id &&
                     node_role(n) != F_ATTRIBUTE &&
                     !(node_kind(node_parent(n)) == PY_KEYWORD_ARGUMENT && node_role(n) == F_NAME);
        if (is_it && (++uses > USES_MOST || !value_is_blind(n, keeper, aliases + 1)))
            return false;
    }
    return true;
}

/* Every name of the target of a `for`. */
static bool target_is_blind(Node top, Node target, Node keeper, unsigned aliases)
{
    for (uint32_t id = target.id; target.id && id < node_data(target)->after; id++) {
        Node n = node_at(target.module, id);
        if (node_kind(n) == PY_ATTRIBUTE || node_kind(n) == PY_SUBSCRIPT)
            return false;
        if (node_kind(n) == PY_IDENTIFIER && !name_is_blind(top, n, keeper, aliases))
            return false;
    }
    return true;
}

/* A callback for when the task is done: one that only takes it out of a collection. */
static bool callback_is_blind(Node callback, unsigned aliases)
{
    if (node_kind(callback) == PY_ATTRIBUTE && takes_out(node_text(node_field(callback, F_ATTRIBUTE))))
        return true;
    Target target = target_of(callback);
    const Function *function = node_kind(callback) == PY_LAMBDA ? function_at(callback.module, callback.id)
                               : target.kind == TARGET_FUNCTION ? target.function
                                                                : NULL;
    if (!function || function->first_decorator || function->is_async)
        return false;
    Node top = node_at(callback.module, function->node), parameters = node_field(top, F_PARAMETERS);
    Node name = node_first(parameters);
    if (function->class_ && node_kind(callback) == PY_ATTRIBUTE)
        name = node_next(name);
    if (node_kind(name) == PY_TYPED_PARAMETER)
        name = node_first(name);
    return node_kind(name) == PY_IDENTIFIER && name_is_blind(top, name, name, aliases);
}

/* `n.method` or `n.method(...)`. */
static Use use_of_attribute(Node attribute, Node *value, unsigned aliases)
{
    Str method = node_text(node_field(attribute, F_ATTRIBUTE));
    Node call = node_parent(attribute);
    if (node_kind(call) != PY_CALL || node_role(attribute) != F_FUNCTION)
        return takes_out(method) || str_is(method, "cancel") ? USE_BLIND : USE_LOOKS;
    if (str_is(method, "add_done_callback")) {
        Node callback = node_unparenthesized(node_first(node_field(call, F_ARGUMENTS)));
        return callback_is_blind(callback, aliases) ? USE_BLIND : USE_LOOKS;
    }
    *value = call;
    return looks_away(method) ? USE_BLIND : gives_part(method) ? USE_CLIMBS : USE_LOOKS;
}

/* What somebody else has, too: `self.tasks = server.tasks`, and parameters. */
static bool is_of_others(Node value)
{
    value = node_unparenthesized(value);
    if (node_kind(value) != PY_IDENTIFIER)
        return node_kind(value) == PY_ATTRIBUTE;
    const Binding *binding = scope_resolve(node_scope(value), value.module, node_data(value)->name);
    return !binding || (binding->sites.count && binding->sites.items[0].kind == SITE_PARAMETER);
}

/* `x = n`. */
static Use use_of_assignment(Node assignment, Node n, Node keeper, unsigned aliases)
{
    Node left = node_field(assignment, F_LEFT);
    if (node_role(n) == F_LEFT)
        return is_of_others(node_field(assignment, F_RIGHT)) ? USE_LOOKS : USE_BLIND;
    if (node_role(n) == F_TYPE)
        return USE_BLIND;
    if (str_equal(node_text(left), node_text(keeper)))
        return USE_BLIND;
    const Function *function = node_function(left);
    if (node_kind(left) != PY_IDENTIFIER || !function)
        return USE_LOOKS;
    const Binding *binding = scope_resolve(node_scope(left), left.module, node_data(left)->name);
    if (!binding || binding->scope != function->scope)
        return USE_LOOKS;
    return name_is_blind(node_at(n.module, function->node), left, keeper, aliases) ? USE_BLIND : USE_LOOKS;
}

static Use use_of_argument(Node n)
{
    Node call = call_with(n);
    if (!call.id)
        return USE_LOOKS;
    if (takes_out(method_of(call)) || puts_in(method_of(call)))
        return USE_BLIND;
    if (repeats(call))
        return USE_CLIMBS;
    return fate_of_argument(n) == FATE_IGNORED ? USE_BLIND : USE_LOOKS;
}

static Use use_of_loop(Node n, Node loop, Node keeper, unsigned aliases)
{
    bool is_clause = node_kind(loop) == PY_FOR_IN_CLAUSE;
    Node top = is_clause ? node_parent(loop) : loop;
    if (node_has(loop, NODE_ASYNC) || node_role(n) != F_RIGHT)
        return node_role(n) == F_LEFT ? USE_BLIND : USE_LOOKS;
    return target_is_blind(top, node_field(loop, F_LEFT), keeper, aliases) ? USE_BLIND : USE_LOOKS;
}

static bool is_comprehension(PyKind kind)
{
    return kind == PY_LIST_COMPREHENSION || kind == PY_SET_COMPREHENSION || kind == PY_GENERATOR_EXPRESSION ||
           kind == PY_DICTIONARY_COMPREHENSION;
}

static Use use_of(Node n, Node keeper, unsigned aliases, Node *value)
{
    Node parent = node_parent(n);
    PyKind kind = node_kind(parent);
    *value = parent;
    if (is_comprehension(kind))
        return USE_CLIMBS;
    switch (kind) {
    case PY_EXPRESSION_STATEMENT:
    case PY_DELETE_STATEMENT:
    case PY_AUGMENTED_ASSIGNMENT:
    case PY_NOT_OPERATOR:
    case PY_COMPARISON_OPERATOR:
    case PY_ASSERT_STATEMENT:
    case PY_GLOBAL_STATEMENT:
    case PY_NONLOCAL_STATEMENT:
    case PY_PARAMETERS:
    case PY_IF_CLAUSE:
        return USE_BLIND;
    case PY_IF_STATEMENT:
    case PY_ELIF_CLAUSE:
    case PY_WHILE_STATEMENT:
        return node_role(n) == F_CONDITION ? USE_BLIND : USE_LOOKS;
    case PY_PARENTHESIZED_EXPRESSION:
    case PY_BOOLEAN_OPERATOR:
    case PY_PAIR:
        return USE_CLIMBS;
    case PY_CONDITIONAL_EXPRESSION:
        return node_same(node_child(parent, 1), n) ? USE_BLIND : USE_CLIMBS;
    case PY_SUBSCRIPT:
        return node_role(n) == F_VALUE ? USE_CLIMBS : USE_BLIND;
    case PY_ATTRIBUTE:
        return use_of_attribute(parent, value, aliases);
    case PY_ASSIGNMENT:
        return use_of_assignment(parent, n, keeper, aliases);
    case PY_ARGUMENT_LIST:
        *value = node_parent(parent);
        return use_of_argument(n);
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        return use_of_loop(n, parent, keeper, aliases);
    default:
        return USE_LOOKS;
    }
}

static bool value_is_blind(Node n, Node keeper, unsigned aliases)
{
    enum { FARTHEST = 16 };
    for (unsigned i = 0; i < FARTHEST; i++) {
        Node value;
        Use use = use_of(n, keeper, aliases, &value);
        if (use != USE_CLIMBS)
            return use == USE_BLIND;
        n = value;
    }
    return false;
}

/* ---- Keepers ---- */

/* Whether n is the object or class of the method that it stands in. Attributes of other objects are their business. */
static bool is_own_object(Node n)
{
    const Function *function = node_function(n);
    while (function && !function->class_)
        function = function->scope->parent ? function->scope->parent->function : NULL;
    Node top = node_at(n.module, function ? function->node : 0);
    Node first = node_first(node_field(top, F_PARAMETERS));
    return node_kind(n) == PY_IDENTIFIER && node_kind(first) == PY_IDENTIFIER &&
           node_data(first)->name == node_data(n)->name;
}

/* What may be a keeper: an attribute of the own object, or a name of the module. */
static bool is_keeper(Node n)
{
    if (node_kind(n) == PY_ATTRIBUTE)
        return is_own_object(node_field(n, F_OBJECT)) && !str_is(node_text(node_field(n, F_ATTRIBUTE)), "__dict__");
    if (node_kind(n) != PY_IDENTIFIER)
        return false;
    const Binding *binding = scope_resolve(node_scope(n), n.module, node_data(n)->name);
    return binding && binding->scope->kind == SCOPE_MODULE && !binding->is_imported;
}

static bool add_keeper(Kept *kept, Node keeper)
{
    if (!is_keeper(keeper) || kept->count == KEEPERS_MOST)
        return false;
    kept->keepers[kept->count++] = keeper;
    return true;
}

/* Whether the value of n is put into a keeper right where it stands. */
static bool is_put(Node n, Kept *kept)
{
    Node parent = node_parent(n), call = call_with(n);
    if (node_kind(parent) == PY_ASSIGNMENT && node_role(n) == F_RIGHT) {
        Node left = node_field(parent, F_LEFT);
        return add_keeper(kept, node_kind(left) == PY_SUBSCRIPT ? node_field(left, F_VALUE) : left);
    }
    return call.id && puts_in(method_of(call)) && add_keeper(kept, node_field(node_field(call, F_FUNCTION), F_OBJECT));
}

/* `task = create_task(...)`, then what is done with the name. */
static bool is_kept_by_name(Node name, Kept *kept)
{
    const Function *function = node_function(name);
    const Binding *binding = scope_resolve(node_scope(name), name.module, node_data(name)->name);
    Node top = node_at(name.module, function ? function->node : 0);
    if (!function || !binding || binding->scope != function->scope)
        return false;
    for (uint32_t id = top.id + 1; id < node_data(top)->after; id++) {
        Node n = node_at(name.module, id);
        bool is_it = node_kind(n) == PY_IDENTIFIER && node_data(n)->name == node_data(name)->name && id != name.id &&
                     node_role(n) != F_ATTRIBUTE &&
                     !(node_kind(node_parent(n)) == PY_KEYWORD_ARGUMENT && node_role(n) == F_NAME);
        if (is_it && !is_put(n, kept) && !value_is_blind(n, name, 0))
            return false;
    }
    return kept->count > 0;
}

bool task_is_kept(Node call, Kept *kept)
{
    kept->count = 0;
    call = node_outermost(call);
    Node parent = node_parent(call), left = node_field(parent, F_LEFT);
    if (is_put(call, kept))
        return true;
    bool is_named =
        node_kind(parent) == PY_ASSIGNMENT && node_role(call) == F_RIGHT && node_kind(left) == PY_IDENTIFIER;
    return is_named && is_kept_by_name(left, kept);
}

bool keeper_is_observed(Node keeper)
{
    const Module *module = keeper.module;
    bool is_attribute = node_kind(keeper) == PY_ATTRIBUTE;
    NameId name = node_data(is_attribute ? node_field(keeper, F_ATTRIBUTE) : keeper)->name;
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) != PY_IDENTIFIER || node_data(n)->name != name)
            continue;
        bool is_member = node_kind(node_parent(n)) == PY_ATTRIBUTE && node_role(n) == F_ATTRIBUTE;
        if (is_member != is_attribute)
            continue;
        Node value = is_member ? node_parent(n) : n;
        bool is_keyword = !is_member && node_kind(node_parent(n)) == PY_KEYWORD_ARGUMENT && node_role(n) == F_NAME;
        if (!is_keyword && !value_is_blind(value, keeper, 0))
            return true;
    }
    return false;
}
