/* module_bind: one pass over the nodes in their order, no recursion. What stands inside a definition but is evaluated
 * outside (defaults, annotations, the first iterable of a comprehension) makes scopes regions with holes: `open` is the stack
 * of regions around the current node, `coming` the stack of those that begin further on. Both nest as the tree does. */
#include "python/scopes.h"

#include <stdlib.h>

#include "python/compile_errors.h"

typedef struct Region {
    uint32_t begin, after;
    Scope *scope;
} Region;

/* A site in a function that declares the name nonlocal: whose it is shows when all names are known. */
typedef struct NonlocalSite {
    NameId name;
    Site site;
} NonlocalSite;

typedef struct Binder {
    Module *module;
    Arena *arena;
    ScopeIndex *index;
    const TreeNode *nodes;
    Scope *scope;  /* of the current node */
    uint32_t next; /* the first node behind it that may stand in another region */
    ARRAY(Region) open;
    ARRAY(Region) coming; /* the next one on top */
    ARRAY(NonlocalSite) nonlocals;
} Binder;

/* ---- Regions ---- */

static Scope *scope_new(Binder *b, ScopeKind kind, uint32_t node, Scope *parent)
{
    Scope *scope = arena_new(b->arena, Scope);
    scope->kind = kind;
    scope->node = node;
    scope->parent = parent;
    scope->module = b->module;
    scope->number = b->module->scopes.count;
    *array_push(b->arena, &b->module->scopes) = scope;
    return scope;
}

static void add_region(Binder *b, uint32_t begin, uint32_t after, Scope *scope)
{
    if (begin < after)
        *array_push(b->arena, &b->coming) = (Region){ begin, after, scope };
}

static void add_node_region(Binder *b, uint32_t node, Scope *scope)
{
    if (node)
        add_region(b, node, b->nodes[node].after, scope);
}

/* Where the current region ends, or another one begins in it. */
static void find_next(Binder *b)
{
    b->next = b->open.items[b->open.count - 1].after;
    if (b->coming.count && b->coming.items[b->coming.count - 1].begin < b->next)
        b->next = b->coming.items[b->coming.count - 1].begin;
}

/* The regions from `mark` on were added in order of place; the stack wants the first one on top. */
static void turn_round(Binder *b, uint32_t mark)
{
    for (uint32_t i = mark, j = b->coming.count; i + 1 < j; i++) {
        j--;
        Region region = b->coming.items[i];
        b->coming.items[i] = b->coming.items[j];
        b->coming.items[j] = region;
    }
    find_next(b);
}

/* Brings `open` and `scope` to the node `id`. */
static void arrive(Binder *b, uint32_t id)
{
    while (b->open.items[b->open.count - 1].after <= id)
        b->open.count--;
    while (b->coming.count && b->coming.items[b->coming.count - 1].begin == id) {
        Region region = b->coming.items[--b->coming.count];
        *array_push(b->arena, &b->open) = region;
    }
    find_next(b);
    Scope *scope = b->open.items[b->open.count - 1].scope;
    if (scope == b->scope)
        return;
    b->scope = scope;
    *array_push(b->arena, &b->index->changes) = (ScopeChange){ id, scope };
}

/* ---- Bindings ---- */

static Binding *binding_at(Binder *b, uint32_t number, Scope *scope, NameId name)
{
    Entry *entry = entry_at(b->index, number, name);
    if (entry->binding)
        return entry->binding;
    Binding *binding = arena_new(b->arena, Binding);
    binding->name = name;
    binding->scope = scope;
    /* Most names are bound once. */
    binding->sites.items = arena_alloc_raw(b->arena, sizeof(Site));
    binding->sites.reserve = 1;
    entry->binding = binding;
    if (scope)
        *array_push(b->arena, &scope->bindings) = binding;
    return binding;
}

static void add_site(Binder *b, Binding *binding, Site site)
{
    if (site.kind == SITE_PARAMETER && binding->sites.count)
        compile_error_duplicate(b->module, site.node);
    *array_push(b->arena, &binding->sites) = site;
    bool is_import = site.kind == SITE_IMPORT || site.kind == SITE_IMPORT_FROM;
    if (is_import && !binding->is_imported) {
        *array_push(b->arena, &binding->scope->imports) = binding;
        *array_push(b->arena, &b->module->imports) = binding;
    }
    binding->is_imported |= is_import;
}

static void bind_in(Binder *b, Scope *scope, NameId name, Site site)
{
    if (!name)
        return;
    const Entry *entry = entry_find(b->index, scope->number, name);
    if (entry && entry->declared == DECLARED_NONLOCAL) {
        *array_push(b->arena, &b->nonlocals) = (NonlocalSite){ name, site };
        return;
    }
    bool is_global = entry && entry->declared == DECLARED_GLOBAL;
    if (is_global)
        scope = b->module->scope;
    Binding *binding = binding_at(b, scope->number, scope, name);
    binding->is_shared |= is_global;
    add_site(b, binding, site);
}

static void bind(Binder *b, SiteKind kind, NameId name, uint32_t node, uint32_t value)
{
    Scope *scope = b->scope;
    while (kind == SITE_WALRUS && scope->kind == SCOPE_COMPREHENSION)
        scope = scope->parent;
    bind_in(b, scope, name, (Site){ kind, node, value, b->scope });
}

static void bind_attribute(Binder *b, SiteKind kind, uint32_t attribute, uint32_t value)
{
    NameId name = b->nodes[child_with(b->nodes, attribute, F_ATTRIBUTE)].name;
    if (!name)
        return;
    Binding *binding = binding_at(b, ATTRIBUTES, NULL, name);
    *array_push(b->arena, &binding->sites) = (Site){ kind, attribute, value, b->scope };
}

/* Every name (and attribute) in the target `root`; `value` is what a target that is one name gets. */
static void bind_target(Binder *b, SiteKind kind, uint32_t root, uint32_t value)
{
    uint32_t whole = unwrapped(b->nodes, root);
    for (uint32_t id = root; id < b->nodes[root].after;) {
        const TreeNode *node = &b->nodes[id];
        switch (node->kind) {
        case PY_IDENTIFIER:
            bind(b, kind, node->name, id, id == whole ? value : 0);
            id++;
            break;
        case PY_ATTRIBUTE:
            bind_attribute(b, kind, id, id == whole ? value : 0);
            id = node->after;
            break;
        case PY_PATTERN_LIST:
        case PY_TUPLE_PATTERN:
        case PY_LIST_PATTERN:
        case PY_LIST_SPLAT_PATTERN:
        case PY_DICTIONARY_SPLAT_PATTERN:
        case PY_EXPRESSION_LIST:
        case PY_TUPLE:
        case PY_LIST:
        case PY_LIST_SPLAT:
        case PY_PARENTHESIZED_EXPRESSION:
        case PY_AS_PATTERN_TARGET:
            id++;
            break;
        default:
            id = node->after;
        }
    }
}

static void declare(Binder *b, uint32_t statement, Declared declared)
{
    for (uint32_t id = statement + 1; id < b->nodes[statement].after; id = b->nodes[id].after) {
        if (!b->nodes[id].name || b->scope == b->module->scope)
            continue;
        Entry *entry = entry_at(b->index, b->scope->number, b->nodes[id].name);
        if (!entry->binding)
            entry->declared = declared;
        else if (!entry->binding->is_imported) /* which Python lets pass */
            compile_error_late(b->module, id, entry->binding, declared == DECLARED_GLOBAL);
    }
}

/* ---- Definitions ---- */

/* The name of a definition in `scope` as Python's __qualname__ has it. Beyond a thousand bytes the front is cut: lambdas in
 * lambdas would cost quadratic space. */
static Str qualname_in(const Binder *b, const Scope *scope, Str name)
{
    while (scope->kind == SCOPE_COMPREHENSION || scope->kind == SCOPE_TYPE_PARAMETERS)
        scope = scope->parent;
    if (scope->kind == SCOPE_MODULE)
        return name;
    bool is_class = scope->kind == SCOPE_CLASS;
    Str front = is_class ? scope->class_->qualname : scope->function->qualname;
    if (front.n > 1000)
        front = STR("...");
    Str middle = is_class ? STR(".") : STR(".<locals>.");
    Str whole = { NULL, front.n + middle.n + name.n };
    char *text = arena_alloc_raw(b->arena, whole.n + 1);
    memcpy(text, front.p, front.n);
    memcpy(text + front.n, middle.p, middle.n);
    memcpy(text + front.n + middle.n, name.p, name.n);
    text[whole.n] = '\0';
    whole.p = text;
    return whole;
}

static Str qualname_of(const Binder *b, NameId name)
{
    const Entry *entry = entry_find(b->index, b->scope->number, name);
    Str text = names_text(&b->module->names, name);
    return entry && entry->declared == DECLARED_GLOBAL ? text : qualname_in(b, b->scope, text);
}

/* `*args` in a type parameter, the bound of one, ... : the node of the name itself; 0 when there is none. */
static uint32_t type_parameter_name(const Binder *b, uint32_t id)
{
    uint32_t after = b->nodes[id].after;
    while (id < after && b->nodes[id].kind != PY_IDENTIFIER)
        id++;
    return id < after ? id : 0;
}

/* The scope of the type parameters in `list` (a type_parameter node) of `definition`. */
static Scope *open_type_parameters(Binder *b, uint32_t definition, uint32_t list)
{
    Scope *scope = scope_new(b, SCOPE_TYPE_PARAMETERS, definition, b->scope);
    for (uint32_t id = list + 1; id < b->nodes[list].after; id = b->nodes[id].after) {
        uint32_t name = b->nodes[id].flags & NODE_DEFAULT ? 0 : type_parameter_name(b, id);
        if (name)
            bind_in(b, scope, b->nodes[name].name, (Site){ SITE_TYPE_PARAMETER, name, 0, scope });
    }
    add_node_region(b, list, scope);
    return scope;
}

/* Binds the names of one parameter in `scope`. Its default is evaluated in the current scope, its annotation in `outer`. */
static void open_parameter(Binder *b, uint32_t parameter, Scope *scope, Scope *outer)
{
    const TreeNode *nodes = b->nodes;
    for (uint32_t id = parameter; id < nodes[parameter].after;) {
        switch (nodes[id].field) {
        case F_TYPE:
        case F_VALUE:
            add_node_region(b, id, nodes[id].field == F_TYPE ? outer : b->scope);
            id = nodes[id].after;
            continue;
        default:
            break;
        }
        if (nodes[id].kind == PY_IDENTIFIER)
            bind_in(b, scope, nodes[id].name, (Site){ SITE_PARAMETER, id, 0, scope });
        id++;
    }
}

static void open_parameters(Binder *b, uint32_t list, Scope *scope, Scope *outer)
{
    if (!list)
        return;
    compile_error_parameters(b->module, list);
    add_node_region(b, list, scope);
    for (uint32_t id = list + 1; id < b->nodes[list].after; id = b->nodes[id].after)
        open_parameter(b, id, scope, outer);
}

static Function *function_new(Binder *b, uint32_t node, Scope *scope)
{
    Function *function = arena_new(b->arena, Function);
    function->node = node;
    function->scope = scope;
    function->class_ = b->scope->class_;
    scope->function = function;
    function->number = b->module->functions.count;
    *array_push(b->arena, &b->module->functions) = function;
    return function;
}

static void open_function(Binder *b, uint32_t node)
{
    const TreeNode *nodes = b->nodes;
    uint32_t name = child_with(nodes, node, F_NAME);
    bind(b, SITE_FUNCTION, nodes[name].name, node, 0);

    uint32_t mark = b->coming.count;
    uint32_t types = child_with(nodes, node, F_TYPE_PARAMETERS);
    Scope *outer = types ? open_type_parameters(b, node, types) : b->scope;
    Scope *scope = scope_new(b, SCOPE_FUNCTION, node, outer);
    Function *function = function_new(b, node, scope);
    function->name = nodes[name].name;
    function->qualname = qualname_of(b, function->name);
    function->is_async = (nodes[node].flags & NODE_ASYNC) != 0;
    if (nodes[nodes[node].parent].kind == PY_DECORATED_DEFINITION)
        function->first_decorator = nodes[node].parent;

    open_parameters(b, child_with(nodes, node, F_PARAMETERS), scope, outer);
    add_node_region(b, child_with(nodes, node, F_RETURN_TYPE), outer);
    add_node_region(b, child_with(nodes, node, F_BODY), scope);
    turn_round(b, mark);
}

static void open_lambda(Binder *b, uint32_t node)
{
    uint32_t mark = b->coming.count;
    Scope *scope = scope_new(b, SCOPE_LAMBDA, node, b->scope);
    Function *function = function_new(b, node, scope);
    function->qualname = qualname_in(b, b->scope, STR("<lambda>"));
    open_parameters(b, child_with(b->nodes, node, F_PARAMETERS), scope, b->scope);
    add_node_region(b, child_with(b->nodes, node, F_BODY), scope);
    turn_round(b, mark);
}

static void open_class(Binder *b, uint32_t node)
{
    const TreeNode *nodes = b->nodes;
    uint32_t name = child_with(nodes, node, F_NAME);
    bind(b, SITE_CLASS, nodes[name].name, node, 0);

    uint32_t mark = b->coming.count;
    uint32_t types = child_with(nodes, node, F_TYPE_PARAMETERS);
    Scope *outer = types ? open_type_parameters(b, node, types) : b->scope;
    Scope *scope = scope_new(b, SCOPE_CLASS, node, outer);
    Class *class_ = arena_new(b->arena, Class);
    class_->node = node;
    class_->name = nodes[name].name;
    class_->qualname = qualname_of(b, class_->name);
    class_->scope = scope;
    scope->class_ = class_;
    class_->number = b->module->classes.count;
    *array_push(b->arena, &b->module->classes) = class_;

    add_node_region(b, child_with(nodes, node, F_SUPERCLASSES), outer);
    add_node_region(b, child_with(nodes, node, F_BODY), scope);
    turn_round(b, mark);
}

static void open_comprehension(Binder *b, uint32_t node)
{
    uint32_t mark = b->coming.count;
    Scope *scope = scope_new(b, SCOPE_COMPREHENSION, node, b->scope);
    add_region(b, node + 1, b->nodes[node].after, scope);
    uint32_t clause = node + 1;
    while (clause < b->nodes[node].after && b->nodes[clause].kind != PY_FOR_IN_CLAUSE)
        clause = b->nodes[clause].after;
    for (uint32_t id = clause + 1; clause < b->nodes[node].after && id < b->nodes[clause].after;
         id = b->nodes[id].after) {
        if (b->nodes[id].field == F_RIGHT)
            add_node_region(b, id, b->scope);
    }
    turn_round(b, mark);
}

static void open_type_alias(Binder *b, uint32_t node)
{
    const TreeNode *nodes = b->nodes;
    uint32_t left = child_with(nodes, node, F_LEFT);
    uint32_t name = left ? type_parameter_name(b, left) : 0;
    if (!name)
        return;
    bind(b, SITE_TYPE, nodes[name].name, name, 0);

    uint32_t list = name + 1;
    while (list < nodes[left].after && nodes[list].kind != PY_TYPE_PARAMETER)
        list = nodes[list].after;
    if (list >= nodes[left].after)
        return;
    uint32_t mark = b->coming.count;
    Scope *scope = open_type_parameters(b, node, list);
    add_node_region(b, child_with(nodes, node, F_RIGHT), scope);
    turn_round(b, mark);
}

/* ---- Statements that bind ---- */

static void bind_import(Binder *b, SiteKind kind, uint32_t statement)
{
    const TreeNode *nodes = b->nodes;
    for (uint32_t id = statement + 1; id < nodes[statement].after; id = nodes[id].after) {
        if (nodes[id].kind == PY_WILDCARD_IMPORT) {
            b->scope->has_star_import = true;
            *array_push(b->arena, &b->module->star_imports) = statement;
            compile_error_see(b->module, b->scope, statement);
        }
        if (nodes[id].field != F_NAME || nodes[id].after == id + 1)
            continue;
        uint32_t name = nodes[id].kind == PY_ALIASED_IMPORT ? child_with(nodes, id, F_ALIAS) : id + 1;
        bind(b, kind, nodes[name].name, id, 0);
    }
}

/* What the last name in `a = b = c = value` gets, all the others get too. */
static uint32_t assigned_value(const Binder *b, uint32_t right)
{
    for (int links = 0; right && b->nodes[right].kind == PY_ASSIGNMENT; links++) {
        if (links == 16)
            return 0;
        right = child_with(b->nodes, right, F_RIGHT);
    }
    return right;
}

static void bind_assignment(Binder *b, uint32_t node)
{
    uint32_t left = child_with(b->nodes, node, F_LEFT);
    uint32_t right = child_with(b->nodes, node, F_RIGHT);
    if (!left)
        return;
    if (right)
        bind_target(b, SITE_ASSIGN, left, assigned_value(b, right));
    else if (b->nodes[left].kind == PY_IDENTIFIER)
        bind(b, SITE_ANNOTATION, b->nodes[left].name, left, 0);
}

/* The target behind `as`, in a with item or an except clause. */
static void bind_as(Binder *b, uint32_t target)
{
    uint32_t pattern = b->nodes[target].parent;
    uint32_t around = b->nodes[pattern].parent;
    while (b->nodes[around].kind == PY_PARENTHESIZED_EXPRESSION || b->nodes[around].kind == PY_TUPLE)
        around = b->nodes[around].parent;
    bool is_except = b->nodes[around].kind == PY_EXCEPT_CLAUSE;
    bind_target(b, is_except ? SITE_EXCEPT : SITE_WITH, target, is_except ? 0 : pattern + 1);
}

static void bind_field(Binder *b, SiteKind kind, uint32_t node, PyField field)
{
    uint32_t target = child_with(b->nodes, node, field);
    if (target)
        bind_target(b, kind, target, 0);
}

static void bind_pattern_name(Binder *b, uint32_t id)
{
    const TreeNode *node = &b->nodes[id];
    if (node->kind == PY_IDENTIFIER && !str_is(names_text(&b->module->names, node->name), "_"))
        bind(b, SITE_MATCH, node->name, id, 0);
}

/* A dotted name in a pattern captures when it is one name; anywhere else it is part of an import. */
static void bind_dotted(Binder *b, uint32_t id)
{
    const TreeNode *node = &b->nodes[id];
    if (node->after != id + 2 || node->field == F_KEY)
        return;
    switch (b->nodes[node->parent].kind) {
    case PY_CASE_PATTERN:
    case PY_UNION_PATTERN:
    case PY_KEYWORD_PATTERN:
    case PY_AS_PATTERN:
    case PY_LIST_PATTERN:
    case PY_TUPLE_PATTERN:
    case PY_DICT_PATTERN:
        bind_pattern_name(b, id + 1);
        break;
    default:
        break;
    }
}

/* `pattern as name`; with and except have an as_pattern_target instead of the name. */
static void bind_as_pattern(Binder *b, uint32_t node)
{
    uint32_t last = node + 1;
    if (b->nodes[last].kind != PY_CASE_PATTERN)
        return;
    while (b->nodes[last].after < b->nodes[node].after)
        last = b->nodes[last].after;
    bind_pattern_name(b, last);
}

/* ---- What functions do, and what never runs ---- */

/* An await (or what amounts to one) in `scope`: it makes comprehensions async up to a generator, which waits by itself. */
static void note_await(Binder *b, uint32_t node)
{
    Scope *scope = b->scope;
    compile_error_see(b->module, scope, node);
    for (; scope->kind == SCOPE_COMPREHENSION; scope = scope->parent) {
        scope->is_async = true;
        if (b->nodes[scope->node].kind == PY_GENERATOR_EXPRESSION)
            return;
    }
    if (scope->function)
        scope->function->has_await = true;
}

static void note_yield(Binder *b, uint32_t node)
{
    const Scope *scope = b->scope;
    compile_error_see(b->module, scope, node);
    while (scope->kind == SCOPE_COMPREHENSION)
        scope = scope->parent;
    if (scope->function)
        scope->function->is_generator = true;
}

typedef enum Truth { TRUTH_UNKNOWN, TRUTH_FALSE, TRUTH_TRUE } Truth;

static Truth condition_truth(const Binder *b, uint32_t condition)
{
    const TreeNode *nodes = b->nodes;
    bool negated = false;
    for (uint32_t id = condition;;) {
        id = unwrapped(nodes, id);
        Truth truth = TRUTH_UNKNOWN;
        Str text = str_slice(b->module->source.text, nodes[id].begin, nodes[id].end);
        switch (nodes[id].kind) {
        case PY_NOT_OPERATOR:
            negated = !negated;
            id = child_with(nodes, id, F_ARGUMENT);
            if (!id)
                return TRUTH_UNKNOWN;
            continue;
        case PY_ATTRIBUTE:
            text = names_text(&b->module->names, nodes[child_with(nodes, id, F_ATTRIBUTE)].name);
            truth = str_is(text, "TYPE_CHECKING") ? TRUTH_FALSE : TRUTH_UNKNOWN;
            break;
        case PY_IDENTIFIER:
            truth = str_is(text, "TYPE_CHECKING") ? TRUTH_FALSE : TRUTH_UNKNOWN;
            break;
        case PY_FALSE:
        case PY_NONE:
            truth = TRUTH_FALSE;
            break;
        case PY_TRUE:
            truth = TRUTH_TRUE;
            break;
        case PY_INTEGER:
            truth = str_is(text, "0") ? TRUTH_FALSE : str_is(text, "1") ? TRUTH_TRUE : TRUTH_UNKNOWN;
            break;
        default:
            break;
        }
        if (truth == TRUTH_UNKNOWN || !negated)
            return truth;
        return truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
    }
}

static void add_dead(Binder *b, uint32_t begin, uint32_t after)
{
    if (begin < after)
        *array_push(b->arena, &b->index->dead) = (NodeRange){ begin, after };
}

/* Whether a loop has a `break` of its own. Bodies of loops in it are left out, so that each node is looked at for one loop only. */
static bool has_break(const TreeNode *nodes, uint32_t loop)
{
    uint32_t id = loop + 1;
    while (id < nodes[loop].after) {
        uint32_t body = 0;
        if (nodes[id].kind == PY_BREAK_STATEMENT)
            return true;
        if (nodes[id].kind == PY_WHILE_STATEMENT || nodes[id].kind == PY_FOR_STATEMENT ||
            nodes[id].kind == PY_FUNCTION_DEFINITION || nodes[id].kind == PY_CLASS_DEFINITION)
            body = child_with(nodes, id, F_BODY);
        id = body ? nodes[body].after : id + 1;
    }
    return false;
}

static void note_leave(Binder *b, uint32_t node);

/* An if, an elif, a while: the suite that its condition rules out. */
static void note_condition(Binder *b, uint32_t node)
{
    const TreeNode *nodes = b->nodes;
    uint32_t condition = child_with(nodes, node, F_CONDITION);
    Truth truth = condition ? condition_truth(b, condition) : TRUTH_UNKNOWN;
    bool is_while = nodes[node].kind == PY_WHILE_STATEMENT;
    if (is_while && truth == TRUTH_TRUE && !has_break(nodes, node))
        note_leave(b, node);
    if (truth == TRUTH_UNKNOWN || (is_while && truth == TRUTH_TRUE))
        return;
    uint32_t suite = child_with(nodes, node, is_while ? F_BODY : F_CONSEQUENCE);
    if (!suite)
        return;
    if (truth == TRUTH_FALSE)
        add_dead(b, suite, nodes[suite].after);
    else
        add_dead(b, nodes[suite].after, nodes[nodes[node].kind == PY_ELIF_CLAUSE ? nodes[node].parent : node].after);
}

/* A statement behind which its block does not go on. */
static void note_leave(Binder *b, uint32_t node)
{
    uint32_t block = b->nodes[node].parent;
    if (b->nodes[block].kind == PY_BLOCK || b->nodes[block].kind == PY_MODULE)
        add_dead(b, b->nodes[node].after, b->nodes[block].after);
}

static int compare_ranges(const void *left, const void *right)
{
    const NodeRange *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->after < b->after) - (a->after > b->after);
}

/* Ascending and apart from each other. */
static void sort_dead(ScopeIndex *index)
{
    if (!index->dead.count)
        return;
    NodeRange *ranges = index->dead.items;
    qsort(ranges, index->dead.count, sizeof *ranges, compare_ranges);
    uint32_t kept = 0;
    for (uint32_t i = 1; i < index->dead.count; i++) {
        if (ranges[i].begin > ranges[kept].after)
            ranges[++kept] = ranges[i];
        else if (ranges[i].after > ranges[kept].after)
            ranges[kept].after = ranges[i].after;
    }
    index->dead.count = kept + 1;
}

/* ---- The pass ---- */

static void visit(Binder *b, uint32_t id)
{
    const TreeNode *node = &b->nodes[id];
    switch (node->kind) {
    case PY_FUNCTION_DEFINITION:
        open_function(b, id);
        break;
    case PY_LAMBDA:
        open_lambda(b, id);
        break;
    case PY_CLASS_DEFINITION:
        open_class(b, id);
        break;
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
    case PY_GENERATOR_EXPRESSION:
        open_comprehension(b, id);
        break;
    case PY_TYPE_ALIAS_STATEMENT:
        open_type_alias(b, id);
        break;
    case PY_IMPORT_STATEMENT:
        bind_import(b, SITE_IMPORT, id);
        break;
    case PY_IMPORT_FROM_STATEMENT:
    case PY_FUTURE_IMPORT_STATEMENT:
        bind_import(b, SITE_IMPORT_FROM, id);
        break;
    case PY_ASSIGNMENT:
        bind_assignment(b, id);
        break;
    case PY_AUGMENTED_ASSIGNMENT:
        bind_field(b, SITE_AUGMENTED, id, F_LEFT);
        break;
    case PY_NAMED_EXPRESSION: {
        uint32_t name = child_with(b->nodes, id, F_NAME);
        bind(b, SITE_WALRUS, b->nodes[name].name, name, child_with(b->nodes, id, F_VALUE));
        break;
    }
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        bind_field(b, SITE_FOR, id, F_LEFT);
        if (node->flags & NODE_ASYNC)
            note_await(b, id);
        break;
    case PY_WITH_STATEMENT:
        if (node->flags & NODE_ASYNC)
            note_await(b, id);
        break;
    case PY_AS_PATTERN_TARGET:
        bind_as(b, id);
        break;
    case PY_AS_PATTERN:
        bind_as_pattern(b, id);
        break;
    case PY_EXCEPT_CLAUSE:
        bind_field(b, SITE_EXCEPT, id, F_ALIAS);
        break;
    case PY_DELETE_STATEMENT:
        for (uint32_t child = id + 1; child < node->after; child = b->nodes[child].after)
            bind_target(b, SITE_DELETE, child, 0);
        break;
    case PY_GLOBAL_STATEMENT:
        declare(b, id, DECLARED_GLOBAL);
        break;
    case PY_NONLOCAL_STATEMENT:
        declare(b, id, DECLARED_NONLOCAL);
        compile_error_see(b->module, b->scope, id);
        break;
    case PY_DOTTED_NAME:
        bind_dotted(b, id);
        break;
    case PY_SPLAT_PATTERN:
        if (node->after > id + 1)
            bind_pattern_name(b, id + 1);
        break;
    case PY_AWAIT:
        note_await(b, id);
        break;
    case PY_YIELD:
        note_yield(b, id);
        break;
    case PY_IF_STATEMENT:
    case PY_ELIF_CLAUSE:
    case PY_WHILE_STATEMENT:
        note_condition(b, id);
        break;
    case PY_RETURN_STATEMENT:
    case PY_CONTINUE_STATEMENT:
    case PY_BREAK_STATEMENT:
        compile_error_see(b->module, b->scope, id);
        note_leave(b, id);
        break;
    case PY_RAISE_STATEMENT:
        note_leave(b, id);
        break;
    default:
        break;
    }
}

/* Puts the sites of nonlocal names where they belong, in order of place. */
static void bind_nonlocals(Binder *b)
{
    for (uint32_t i = 0; i < b->nonlocals.count; i++) {
        NonlocalSite *late = &b->nonlocals.items[i];
        Binding *binding = scope_resolve(late->site.from, b->module, late->name);
        if (!binding || binding->scope->kind == SCOPE_MODULE)
            continue; /* a syntax error: nobody binds it */
        uint32_t at = binding->sites.count;
        binding->is_shared = true;
        add_site(b, binding, late->site);
        Site *sites = binding->sites.items;
        for (; at && sites[at - 1].node > late->site.node; at--)
            sites[at] = sites[at - 1];
        sites[at] = late->site;
    }
}

void module_bind(Module *module)
{
    if (module->index)
        return;
    Binder b = { .module = module, .arena = module->arena, .nodes = module->tree.nodes };
    b.index = arena_new(b.arena, ScopeIndex);
    scope_index_init(b.index, b.arena, module->tree.count);
    module->scope = scope_new(&b, SCOPE_MODULE, 1, NULL);
    *array_push(b.arena, &b.open) = (Region){ 1, module->tree.count, module->scope };

    b.next = 1;
    for (uint32_t id = 1; id < module->tree.count; id++) {
        if (id >= b.next)
            arrive(&b, id);
        visit(&b, id);
    }
    sort_dead(b.index);
    module->index = b.index;
    bind_nonlocals(&b);
    compile_errors_finish(module);
}
