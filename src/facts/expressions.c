/* Expressions to terms. Each node is looked at once (memo); recursion is bounded by READER_DEEPEST, and what lies deeper is unknown. */
#include "facts/expressions.h"

#include "facts/api.h"
#include "python/names.h"

static TermId expression(Summary *s, Node n);

/* ---- Narrowing ---- */

static bool is_type_test(Str name)
{
    static const char *const tests[] = { "isinstance", "issubclass", "callable", "hasattr", "isawaitable", "iscoroutine",
        "iscoroutinefunction", "isfuture", "isasyncgen", "isasyncgenfunction", "isgenerator", "is_async_callable" };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (str_is(name, tests[i]))
            return true;
    }
    return false;
}

/* The statement or expression whose truth the test decides: what stands in it is narrowed, behind a negative test as well. */
static Node tested_by(Node call)
{
    for (Node n = node_parent(call); n.id; n = node_parent(n)) {
        switch (node_kind(n)) {
        case PY_IF_STATEMENT:
        case PY_WHILE_STATEMENT:
        case PY_ASSERT_STATEMENT:
        case PY_CONDITIONAL_EXPRESSION:
        case PY_MATCH_STATEMENT:
        case PY_BLOCK:
        case PY_MODULE:
        case PY_LAMBDA:
            return n;
        default:
            break;
        }
    }
    return (Node){ call.module, 0 };
}

/* `if isinstance(x, T):` with nothing else in the condition: in the first branch x is a T. */
static void narrow_branch(Narrowing *narrowing, Node call, Node test)
{
    Node condition = node_unparenthesized(node_field(test, F_CONDITION));
    Node body = node_field(test, F_CONSEQUENCE);
    Node class_ = node_child(node_field(call, F_ARGUMENTS), 1);
    bool is_isinstance = str_is(node_text(node_field(call, F_FUNCTION)), "isinstance");
    if (node_kind(test) != PY_IF_STATEMENT || !is_isinstance || !node_same(condition, call) || !body.id)
        return;
    narrowing->yes = body.id;
    narrowing->yes_end = node_data(body)->after;
    narrowing->class_ = class_.id;
}

/* Behind an assert, and behind a branch that may have left the block, the test goes on to say something: to the end of the
 * block around it. */
static void add_narrowing(Summary *s, Node call)
{
    Reader *r = s->reader;
    Node tested = node_first(node_field(call, F_ARGUMENTS));
    Node callee = node_field(call, F_FUNCTION);
    Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    if (node_kind(tested) != PY_IDENTIFIER || !is_type_test(name))
        return;
    Node test = tested_by(call), around = node_parent(test);
    Node whole = node_kind(around) == PY_BLOCK ? around : test;
    if (!test.id)
        return;
    Narrowing *narrowing = array_push(s->terms.arena, &r->narrowings);
    NameId tested_name = node_data(tested)->name;
    *narrowing = (Narrowing){ .name = tested_name, .begin = call.id, .end = node_data(whole)->after };
    narrowing->before = r->narrowed[tested_name];
    r->narrowed[tested_name] = r->narrowings.count;
    narrow_branch(narrowing, call, test);
}

void reader_attach(Summary *summary, Arena *arena, const Module *module)
{
    Reader *r = arena_new(arena, Reader);
    r->module = module;
    r->memo = arena_array(arena, TermId, module->tree.count + 1);
    r->narrowed = arena_array(arena, uint32_t, module->names.count + 1);
    summary->reader = r;
    for (uint32_t id = 1; id < module->tree.count; id++) {
        if (module->tree.nodes[id].kind == PY_CALL)
            add_narrowing(summary, node_at(module, id));
    }
}

/* The term that a test gives the name instead of its own; false when no test is about it here. */
static bool is_narrowed(Summary *s, Node n, TermId *term)
{
    const Reader *r = s->reader;
    enum { MOST_NARROWINGS = 256 };
    bool found = false;
    uint32_t left = MOST_NARROWINGS;
    for (uint32_t i = r->narrowed[node_data(n)->name]; i; i = r->narrowings.items[i - 1].before) {
        const Narrowing *narrowing = &r->narrowings.items[i - 1];
        if (!left--) {
            *term = 0;
            return true;
        }
        if (n.id < narrowing->begin || n.id >= narrowing->end)
            continue;
        found = true;
        *term = 0;
        if (narrowing->class_ && n.id >= narrowing->yes && n.id < narrowing->yes_end)
            *term = term_make(&s->terms, TERM_INSTANCE, summary_annotation(s, node_at(r->module, narrowing->class_)), 0);
    }
    return found;
}

/* ---- Targets ---- */

/* Steps from the target of an assignment, a for or a with to the name in it: `(a, b), c`. */
static TermId unpacked(Summary *s, TermId whole, Node target, Node name)
{
    while (whole && !node_same(target, name)) {
        if (node_kind(target) == PY_LIST_SPLAT_PATTERN || node_kind(target) == PY_LIST_SPLAT)
            return term_builtin(&s->terms, "list");
        Node child = node_first(target);
        uint32_t position = 0;
        bool is_behind_star = false;
        for (; child.id && !node_contains(child, name); child = node_next(child), position++)
            is_behind_star |= node_kind(child) == PY_LIST_SPLAT_PATTERN;
        if (!child.id)
            return 0;
        bool is_sequence = node_count(target) > 1 || node_kind(target) == PY_TUPLE_PATTERN || node_kind(target) == PY_PATTERN_LIST ||
                           node_kind(target) == PY_LIST_PATTERN || node_kind(target) == PY_TUPLE;
        if (is_sequence && node_kind(child) != PY_LIST_SPLAT_PATTERN)
            whole = term_make(&s->terms, TERM_ITEM, whole, is_behind_star ? 0 : position + 1);
        target = child;
    }
    return whole;
}

/* The assignment, for or with item that gives the name its value. */
static Node giver_of(Node name)
{
    for (Node n = node_parent(name); n.id; n = node_parent(n)) {
        switch (node_kind(n)) {
        case PY_ASSIGNMENT:
        case PY_FOR_STATEMENT:
        case PY_FOR_IN_CLAUSE:
        case PY_AS_PATTERN:
        case PY_NAMED_EXPRESSION:
            return n;
        case PY_BLOCK:
        case PY_MODULE:
            return (Node){ name.module, 0 };
        default:
            break;
        }
    }
    return (Node){ name.module, 0 };
}

enum { MOST_TARGETS = 64 };

static TermId assigned(Summary *s, Node name)
{
    Node giver = giver_of(name);
    if (node_kind(giver) != PY_ASSIGNMENT)
        return 0;
    Node type = node_field(giver, F_TYPE), right = node_field(giver, F_RIGHT), left = node_field(giver, F_LEFT);
    TermId declared = type.id && node_same(left, name) ? term_make(&s->terms, TERM_INSTANCE, summary_annotation(s, type), 0) : 0;
    if (declared)
        return declared;
    /* a = b = f(). Whoever writes more of them wants to know how long we take. */
    for (uint32_t links = 0; node_kind(right) == PY_ASSIGNMENT; right = node_field(right, F_RIGHT)) {
        if (++links == MOST_TARGETS)
            return 0;
    }
    return right.id ? unpacked(s, expression(s, right), left, name) : 0;
}

static TermId looped(Summary *s, Node name)
{
    Node giver = giver_of(name);
    TermOp op = node_has(giver, NODE_ASYNC) ? TERM_EACH_ASYNC : TERM_EACH;
    TermId each = term_make(&s->terms, op, expression(s, node_field(giver, F_RIGHT)), 0);
    return unpacked(s, each, node_field(giver, F_LEFT), name);
}

static TermId entered(Summary *s, Node name)
{
    Node giver = giver_of(name), n = giver;
    while (n.id && node_kind(n) != PY_WITH_STATEMENT)
        n = node_parent(n);
    TermOp op = node_has(n, NODE_ASYNC) ? TERM_ENTER_ASYNC : TERM_ENTER;
    TermId target = term_make(&s->terms, op, expression(s, node_first(giver)), 0);
    return unpacked(s, target, node_first(node_field(giver, F_ALIAS)), name);
}

/* ---- Names ---- */

Node parameter_name(Node parameter)
{
    while (parameter.id && node_kind(parameter) != PY_IDENTIFIER)
        parameter = node_first(parameter);
    return parameter;
}

static uint32_t parameter_number(Node parameters, Node name)
{
    uint32_t number = 0;
    for (Node n = node_first(parameters); n.id; n = node_next(n)) {
        if (node_contains(n, name))
            return number;
        number += !node_is_null(parameter_name(n));
    }
    return UINT32_MAX;
}

static TermId parameter(Summary *s, const Site *site)
{
    const Function *function = site->from->function;
    if (!function)
        return 0;
    Node parameters = node_field(node_at(s->reader->module, function->node), F_PARAMETERS);
    uint32_t number = parameter_number(parameters, node_at(s->reader->module, site->node));
    return number == UINT32_MAX ? 0 : term_make(&s->terms, TERM_PARAMETER, function->number, number);
}

static TermId site_term(Summary *s, const Binding *binding, const Site *site)
{
    const Module *module = s->reader->module;
    Node at = node_at(module, site->node);
    switch (site->kind) {
    case SITE_IMPORT:
    case SITE_IMPORT_FROM:
        return term_name(&s->terms, import_name(module, site));
    case SITE_FUNCTION:
        return term_make(&s->terms, TERM_FUNCTION, function_at(module, site->node)->number, 0);
    case SITE_CLASS:
        return term_make(&s->terms, TERM_CLASS, class_at(module, site->node)->number, 0);
    case SITE_PARAMETER:
        return parameter(s, site);
    case SITE_ASSIGN:
        return stands_in_for_import(module, binding, site) ? UINT32_MAX : assigned(s, at);
    case SITE_WALRUS:
        return expression(s, node_at(module, site->value));
    case SITE_ANNOTATION:
        return term_make(&s->terms, TERM_INSTANCE, summary_annotation(s, node_field(giver_of(at), F_TYPE)), 0);
    case SITE_FOR:
        return looped(s, at);
    case SITE_WITH:
        return entered(s, at);
    default:
        return 0;
    }
}

TermId summary_site(Summary *summary, const Binding *binding, const Site *site)
{
    TermId term = summary->reader ? site_term(summary, binding, site) : 0;
    return term == UINT32_MAX ? 0 : term;
}

TermId summary_target(Summary *summary, Node target)
{
    if (!summary->reader)
        return 0;
    switch (node_kind(giver_of(target))) {
    case PY_ASSIGNMENT:
        return assigned(summary, target);
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        return looped(summary, target);
    case PY_AS_PATTERN:
        return entered(summary, target);
    default:
        return 0;
    }
}

/* Whether an annotation without a value has a value elsewhere, which says the same or less. */
static bool is_declared_only(const Reaching *reaching, uint32_t i)
{
    return reaching->sites[i]->kind == SITE_ANNOTATION && reaching->count > 1;
}

static TermId binding_term(Summary *s, const Binding *binding, Node use)
{
    Reaching reaching;
    if (!reaching_sites(binding, use, &reaching))
        return 0;
    TermId whole = 0;
    bool is_first = true;
    for (uint32_t i = 0; i < reaching.count; i++) {
        if (is_declared_only(&reaching, i) && binding->scope->kind == SCOPE_FUNCTION)
            continue;
        TermId term = site_term(s, binding, reaching.sites[i]);
        if (term == UINT32_MAX) /* says nothing */
            continue;
        whole = is_first ? term : term_union(&s->terms, whole, term);
        is_first = false;
        if (!whole)
            return 0;
    }
    return whole;
}

/* In a class body, `sleep = sleep` reads the name from outside. */
static bool reads_own_name(Node n, const Scope *scope)
{
    Node parent = node_parent(n);
    return scope->kind == SCOPE_CLASS && node_kind(parent) == PY_ASSIGNMENT && node_role(n) == F_RIGHT &&
           node_data(node_first(parent))->name == node_data(n)->name;
}

static TermId builtin_term(Summary *s, Str name)
{
    return is_builtin(name) ? term_name(&s->terms, arena_printf(s->terms.arena, "builtins.%.*s", STR_ARG(name))) : 0;
}

/* What nothing in the file binds may come with `import *`; see TERM_NAME. */
static TermId unbound_term(Summary *s, Str name)
{
    if (!s->reader->module->star_imports.count)
        return builtin_term(s, name);
    return term_name(&s->terms, arena_printf(s->terms.arena, "*%.*s", STR_ARG(name)));
}

static TermId name_term(Summary *s, Node n)
{
    TermId narrowed;
    if (s->reader->narrowings.count && is_narrowed(s, n, &narrowed))
        return narrowed;
    const Module *module = s->reader->module;
    const Scope *scope = node_scope(n);
    if (scope && reads_own_name(n, scope))
        scope = scope->parent;
    const Binding *binding = scope_resolve(scope, module, node_data(n)->name);
    if (binding)
        return binding_term(s, binding, n);
    const Api *api = module->star_imports.count ? api_from_star(n) : NULL;
    return api ? term_name(&s->terms, str_of(api->name)) : unbound_term(s, node_text(n));
}

/* What a site says of a name that an annotation uses. What is itself declared by an annotation is no class. */
static TermId class_site_term(Summary *s, const Binding *binding, const Site *site)
{
    switch (site->kind) {
    case SITE_IMPORT:
    case SITE_IMPORT_FROM:
    case SITE_CLASS:
        return site_term(s, binding, site);
    case SITE_ASSIGN: {
        Node giver = giver_of(node_at(s->reader->module, site->node));
        return node_field(giver, F_TYPE).id ? 0 : site_term(s, binding, site);
    }
    default:
        return 0;
    }
}

TermId name_in_annotation(Summary *s, Node use, Str name)
{
    const Module *module = s->reader->module;
    const Binding *binding = scope_resolve(node_scope(use), module, names_find(&module->names, name));
    if (!binding)
        return unbound_term(s, name);
    if (s->reader->depth >= READER_DEEPEST)
        return 0;
    s->reader->depth++;
    TermId whole = 0;
    bool is_first = true;
    for (uint32_t i = 0; i < binding->sites.count && (is_first || whole); i++) {
        TermId term = class_site_term(s, binding, &binding->sites.items[i]);
        if (term == UINT32_MAX)
            continue;
        whole = is_first ? term : term_union(&s->terms, whole, term);
        is_first = false;
    }
    s->reader->depth--;
    return whole;
}

/* ---- Calls ---- */

/* super() in a method: of the class whose method it is. */
static TermId super_term(Summary *s, Node call)
{
    Node callee = node_field(call, F_FUNCTION);
    const Function *function = node_function(call);
    bool is_super = node_kind(callee) == PY_IDENTIFIER && str_is(node_text(callee), "super") &&
                    !scope_resolve(node_scope(callee), s->reader->module, node_data(callee)->name);
    if (!is_super || !function || !function->class_)
        return 0;
    Node given = node_first(node_field(call, F_ARGUMENTS));
    if (given.id && target_of(given).class_ != function->class_)
        return 0;
    return term_make(&s->terms, TERM_SUPER, function->class_->number, 0);
}

/* What a call gives depends on its arguments only when they are callables or awaitables, which are near. A deeper one is
 * unknown, so that it does not make the call too deep. */
enum { ARGUMENT_DEEPEST = 6 };

static TermId arguments_term(Summary *s, Node list)
{
    TermId items[TERM_ARGUMENTS];
    uint32_t count = 0;
    for (Node n = node_first(list); n.id && count < TERM_ARGUMENTS; n = node_next(n)) {
        if (node_kind(n) == PY_KEYWORD_ARGUMENT || node_kind(n) == PY_LIST_SPLAT || node_kind(n) == PY_DICTIONARY_SPLAT)
            break;
        TermId item = expression(s, n);
        items[count++] = term_at(&s->terms, item)->depth > ARGUMENT_DEEPEST ? 0 : item;
    }
    TermId rest = 0;
    while (count)
        rest = term_make(&s->terms, TERM_LIST, items[--count], rest);
    return rest;
}

static TermId call_term(Summary *s, Node call)
{
    TermId super = super_term(s, call);
    if (super)
        return super;
    TermId callee = expression(s, node_field(call, F_FUNCTION));
    Node arguments = node_field(call, F_ARGUMENTS);
    if (!callee)
        return 0;
    TermId list = node_kind(arguments) == PY_ARGUMENT_LIST ? arguments_term(s, arguments) : 0;
    return term_make(&s->terms, TERM_CALL, callee, list);
}

/* ---- Literals and operators ---- */

static TermId elements_term(Summary *s, Node list)
{
    TermId item = 0;
    uint32_t count = 0;
    for (Node n = node_first(list); n.id; n = node_next(n)) {
        bool is_plain = node_kind(n) != PY_LIST_SPLAT && count < 8;
        TermId term = is_plain ? expression(s, n) : 0;
        item = count++ ? term_union(&s->terms, item, term) : term;
        if (!item)
            break;
    }
    return item ? term_make(&s->terms, TERM_ELEMENTS, item, 0) : term_builtin(&s->terms, "list");
}

static TermId tuple_term(Summary *s, Node tuple)
{
    if (node_count(tuple) > TERM_ARGUMENTS)
        return term_builtin(&s->terms, "tuple");
    TermId rest = arguments_term(s, tuple);
    uint32_t count = 0;
    for (TermId item = rest; item; item = term_at(&s->terms, item)->b)
        count++;
    return rest && count == node_count(tuple) ? term_make(&s->terms, TERM_TUPLE, 0, rest) : term_builtin(&s->terms, "tuple");
}

/* A comprehension with `async for` or `await` in a generator expression is an async generator: nothing is said of it. */
static TermId comprehension_term(Summary *s, Node n)
{
    const Scope *scope = node_scope(node_field(n, F_BODY));
    bool is_generator = node_kind(n) == PY_GENERATOR_EXPRESSION;
    if (is_generator && (!scope || scope->is_async))
        return 0;
    TermId item = expression(s, node_field(n, F_BODY));
    return item ? term_make(&s->terms, TERM_ELEMENTS, item, 0) : is_generator ? 0 : term_builtin(&s->terms, "list");
}

static TermId binary_term(Summary *s, Node n)
{
    Node left = node_field(n, F_LEFT);
    Str operator = node_text(node_field(n, F_OPERATOR));
    if (node_kind(left) == PY_STRING || node_kind(left) == PY_CONCATENATED_STRING)
        return term_builtin(&s->terms, "str");
    if (!str_is(operator, "/"))
        return 0;
    TermId method = term_attribute(&s->terms, expression(s, left), STR("__truediv__"));
    return term_make(&s->terms, TERM_CALL, method, 0);
}

static TermId item_term(Summary *s, Node n)
{
    TermId value = expression(s, node_field(n, F_VALUE));
    Node index = node_field(n, F_SUBSCRIPT);
    if (!value || node_kind(index) == PY_SLICE)
        return node_kind(index) == PY_SLICE ? value : 0;
    Str text = node_text(index);
    bool is_digit = node_kind(index) == PY_INTEGER && text.n == 1;
    return term_make(&s->terms, TERM_ITEM, value, is_digit ? (uint32_t)(text.p[0] - '0') + 1 : 0);
}

static TermId operator_term(Summary *s, Node n)
{
    switch (node_kind(n)) {
    case PY_CONDITIONAL_EXPRESSION:
        return term_union(&s->terms, expression(s, node_child(n, 0)), expression(s, node_child(n, 2)));
    case PY_BOOLEAN_OPERATOR:
        return term_union(&s->terms, expression(s, node_field(n, F_LEFT)), expression(s, node_field(n, F_RIGHT)));
    case PY_NAMED_EXPRESSION:
        return expression(s, node_field(n, F_VALUE));
    case PY_AWAIT:
        return term_make(&s->terms, TERM_AWAIT, expression(s, node_first(n)), 0);
    case PY_BINARY_OPERATOR:
        return binary_term(s, n);
    case PY_SUBSCRIPT:
        return item_term(s, n);
    case PY_NOT_OPERATOR:
    case PY_COMPARISON_OPERATOR:
        return term_builtin(&s->terms, "bool");
    default:
        return 0;
    }
}

static TermId literal_term(Summary *s, Node n)
{
    switch (node_kind(n)) {
    case PY_NONE:
        return term_make(&s->terms, TERM_NONE, 0, 0);
    case PY_TRUE:
    case PY_FALSE:
        return term_builtin(&s->terms, "bool");
    case PY_INTEGER:
        return term_builtin(&s->terms, "int");
    case PY_FLOAT:
        return term_builtin(&s->terms, "float");
    case PY_STRING:
    case PY_CONCATENATED_STRING: {
        Str text = node_text(n);
        bool is_bytes = text.n > 1 && memchr("bB", text.p[0], 2) != NULL;
        is_bytes |= text.n > 2 && memchr("bB", text.p[1], 2) != NULL && memchr("rR", text.p[0], 2) != NULL;
        return term_builtin(&s->terms, is_bytes ? "bytes" : "str");
    }
    case PY_DICTIONARY:
    case PY_DICTIONARY_COMPREHENSION:
        return term_builtin(&s->terms, "dict");
    case PY_LIST:
    case PY_SET:
        return elements_term(s, n);
    case PY_TUPLE:
    case PY_EXPRESSION_LIST:
        return tuple_term(s, n);
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_GENERATOR_EXPRESSION:
        return comprehension_term(s, n);
    default:
        return operator_term(s, n);
    }
}

static TermId fresh(Summary *s, Node n)
{
    switch (node_kind(n)) {
    case PY_IDENTIFIER:
        return name_term(s, n);
    case PY_ATTRIBUTE:
        return term_attribute(&s->terms, expression(s, node_field(n, F_OBJECT)), node_text(node_field(n, F_ATTRIBUTE)));
    case PY_CALL:
        return call_term(s, n);
    case PY_PARENTHESIZED_EXPRESSION:
        return expression(s, node_unparenthesized(n));
    case PY_LAMBDA: {
        const Function *function = function_at(s->reader->module, n.id);
        return function ? term_make(&s->terms, TERM_FUNCTION, function->number, 0) : 0;
    }
    default:
        return literal_term(s, n);
    }
}

static TermId expression(Summary *s, Node n)
{
    Reader *r = s->reader;
    if (!n.id || r->memo[n.id] == READER_BUSY || r->depth >= READER_DEEPEST)
        return 0;
    if (r->memo[n.id])
        return r->memo[n.id] - 1;
    r->memo[n.id] = READER_BUSY;
    r->depth++;
    TermId term = fresh(s, n);
    r->depth--;
    r->memo[n.id] = term + 1;
    return term;
}

TermId summary_term(Summary *summary, Node n)
{
    return summary->reader ? expression(summary, n) : 0;
}
