/* Expressions to terms. Each node is looked at once (memo); recursion is bounded by READER_DEEPEST, and what lies deeper is unknown. */
#include "facts/expressions.h"

#include "facts/api.h"
#include "facts/quick.h"
#include "python/names.h"

static TermId expression(Summary *s, Node n);

/* ---- Narrowing ---- */

static const char *const type_tests[] = { "isinstance", "issubclass", "callable", "hasattr", "isawaitable", "iscoroutine",
    "iscoroutinefunction", "isfuture", "isasyncgen", "isasyncgenfunction", "isgenerator", "is_async_callable" };
enum { TYPE_TESTS = sizeof type_tests / sizeof *type_tests };

/* Those of them that the module names. */
typedef struct TypeTests {
    NameId names[TYPE_TESTS];
    uint32_t count;
} TypeTests;

static TypeTests type_tests_of(const Module *module)
{
    TypeTests tests = { .count = 0 };
    for (uint32_t i = 0; i < TYPE_TESTS; i++) {
        NameId name = names_find(&module->names, str_of(type_tests[i]));
        if (name)
            tests.names[tests.count++] = name;
    }
    return tests;
}

static bool is_type_test(const TypeTests *tests, Node call)
{
    Node callee = node_field(call, F_FUNCTION);
    NameId name = node_data(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee)->name;
    for (uint32_t i = 0; name && i < tests->count; i++) {
        if (tests->names[i] == name)
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
    if (node_kind(tested) != PY_IDENTIFIER)
        return;
    Node test = tested_by(call), around = node_parent(test);
    Node whole = node_kind(around) == PY_BLOCK ? around : test;
    if (!test.id)
        return;
    Narrowing *narrowing = array_push(r->module->arena, &r->narrowings);
    NameId tested_name = node_data(tested)->name;
    *narrowing = (Narrowing){ .name = tested_name, .begin = call.id, .end = node_data(whole)->after };
    narrowing->before = r->narrowed[tested_name];
    r->narrowed[tested_name] = r->narrowings.count;
    narrow_branch(narrowing, call, test);
}

Reader *reader_attach(Summary *summary, const Module *module)
{
    Arena *arena = module->arena;
    Reader *r = arena_new(arena, Reader);
    r->module = module;
    r->memo = arena_array(arena, TermId, module->tree.count + 1);
    r->narrowed = arena_array(arena, uint32_t, module->names.count + 1);
    r->texts = arena_array(arena, TextId, module->names.count + 1);
    summary->reader = r;
    TypeTests tests = type_tests_of(module);
    for (uint32_t id = 1; tests.count && id < module->tree.count; id++) {
        if (module->tree.nodes[id].kind == PY_CALL && is_type_test(&tests, node_at(module, id)))
            add_narrowing(summary, node_at(module, id));
    }
    return r;
}

void reader_attach_again(Summary *summary, const Module *module)
{
    if (module->reader && !module->reader->is_ordered)
        summary->reader = module->reader;
    else
        reader_attach(summary, module);
}

TextId reader_text(Summary *summary, NameId name)
{
    TextId *text = &summary->reader->texts[name];
    if (!*text)
        *text = terms_text(&summary->terms, names_text(&summary->reader->module->names, name));
    return *text;
}

TextId reader_node_text(Summary *summary, Node n)
{
    NameId name = summary->reader ? node_data(n)->name : 0;
    return name ? reader_text(summary, name) : terms_text(&summary->terms, node_text(n));
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

/* `T = TypeVar("T")`: a name of its own, see TERM_NAME. */
static bool makes_type_variable(Node value)
{
    Node callee = node_kind(value) == PY_CALL ? node_field(value, F_FUNCTION) : value;
    return node_kind(value) == PY_CALL &&
           str_is(node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee), "TypeVar");
}

static TermId type_variable(Summary *s, Node name)
{
    return term_name_of(&s->terms, STR("~"), node_text(name));
}

static bool is_alias_mark(Node type)
{
    return str_ends(node_text(type), STR("TypeAlias"));
}

/* `Json: TypeAlias = dict[str, "Json"]`: one that names itself is unknown in there. */
static TermId alias_term(Summary *s, Node value)
{
    TermId *memo = &s->reader->memo[value.id];
    s->reader->is_ordered = true;
    if (!value.id || *memo == READER_BUSY)
        return 0;
    if (*memo)
        return *memo - 1;
    *memo = READER_BUSY;
    TermId term = summary_annotation(s, value);
    s->reader->memo[value.id] = term + 1;
    return term;
}

static TermId assigned(Summary *s, Node name)
{
    Node giver = giver_of(name);
    if (node_kind(giver) != PY_ASSIGNMENT)
        return 0;
    Node type = node_field(giver, F_TYPE), right = node_field(giver, F_RIGHT), left = node_field(giver, F_LEFT);
    if (node_same(left, name) && makes_type_variable(right))
        return type_variable(s, name);
    if (type.id && is_alias_mark(type))
        return alias_term(s, right);
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

/* `type X = ...` */
static TermId declared_alias(Summary *s, Node name)
{
    Node n = name;
    while (n.id && node_kind(n) != PY_TYPE_ALIAS_STATEMENT)
        n = node_parent(n);
    return alias_term(s, node_field(n, F_RIGHT));
}

/* Most names of a module are read more than once. */
static TermId import_term(Summary *s, const Site *site)
{
    TermId *memo = &s->reader->memo[site->node];
    if (!*memo)
        *memo = term_name(&s->terms, import_name(s->reader->module, site)) + 1;
    return *memo - 1;
}

bool stands_in_for_type(const Module *module, const Binding *binding, const Site *site)
{
    if (site->kind != SITE_ASSIGN || binding->sites.count < 2)
        return false;
    Node block = node_parent(node_parent(node_parent(node_at(module, site->node)))), clause = node_parent(block);
    bool is_else = node_kind(block) == PY_BLOCK && node_kind(clause) == PY_ELSE_CLAUSE;
    Node test = node_parent(clause);
    return is_else && node_kind(test) == PY_IF_STATEMENT && str_ends(node_text(node_field(test, F_CONDITION)), STR("TYPE_CHECKING"));
}

/* What `sys.version_info >= (3, 8)` comes to for every Python that is looked at; TRUTH_OPEN when it depends. */
static Truth version_test(Node condition)
{
    enum { OLDEST_MINOR = 8 };
    Node left = node_first(condition), sign = node_next(left), right = node_next(sign);
    Node major = node_first(right), minor = node_next(major);
    if (node_kind(condition) != PY_COMPARISON_OPERATOR || !str_is(node_text(left), "sys.version_info") || node_kind(right) != PY_TUPLE ||
        !str_is(node_text(major), "3") || node_kind(minor) != PY_INTEGER || node_text(minor).n != 1 || node_next(minor).id)
        return TRUTH_OPEN;
    Str operator = node_text(sign);
    bool is_passed = node_text(minor).p[0] - '0' <= OLDEST_MINOR;
    if (!is_passed || (!str_is(operator, ">=") && !str_is(operator, "<")))
        return TRUTH_OPEN;
    return str_is(operator, ">=") ? TRUTH_YES : TRUTH_NO;
}

bool is_for_old_python(const Module *module, const Binding *binding, const Site *site)
{
    enum { FARTHEST = 5 };
    Node n = node_at(module, site->node);
    if (binding->sites.count < 2)
        return false;
    for (int i = 0; i < FARTHEST && n.id && node_kind(n) != PY_BLOCK; i++)
        n = node_parent(n);
    Node around = node_parent(n);
    bool is_else = node_kind(around) == PY_ELSE_CLAUSE;
    Node test = is_else ? node_parent(around) : around;
    if (node_kind(n) != PY_BLOCK || node_kind(test) != PY_IF_STATEMENT || node_child_of(test, PY_ELIF_CLAUSE).id)
        return false;
    return version_test(node_field(test, F_CONDITION)) == (is_else ? TRUTH_YES : TRUTH_NO);
}

static TermId site_term(Summary *s, const Binding *binding, const Site *site)
{
    if (is_for_old_python(s->reader->module, binding, site))
        return UINT32_MAX;
    const Module *module = s->reader->module;
    Node at = node_at(module, site->node);
    switch (site->kind) {
    case SITE_IMPORT:
    case SITE_IMPORT_FROM:
        return import_term(s, site);
    case SITE_FUNCTION:
        return term_make(&s->terms, TERM_FUNCTION, function_at(module, site->node)->number, 0);
    case SITE_CLASS:
        return term_make(&s->terms, TERM_CLASS, class_at(module, site->node)->number, 0);
    case SITE_PARAMETER:
        return parameter(s, site);
    case SITE_ASSIGN:
        return stands_in_for_import(module, binding, site) || stands_in_for_type(module, binding, site) ? UINT32_MAX : assigned(s, at);
    case SITE_WALRUS:
        return expression(s, node_at(module, site->value));
    case SITE_ANNOTATION:
        return term_make(&s->terms, TERM_INSTANCE, summary_annotation(s, node_field(giver_of(at), F_TYPE)), 0);
    case SITE_FOR:
        return looped(s, at);
    case SITE_WITH:
        return entered(s, at);
    case SITE_TYPE_PARAMETER:
        return type_variable(s, at);
    case SITE_TYPE:
        return declared_alias(s, at);
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
    return is_builtin(name) ? term_name_of(&s->terms, STR("builtins."), name) : 0;
}

/* What nothing in the file binds may come with `import *`; see TERM_NAME. */
static TermId unbound_term(Summary *s, Str name)
{
    if (!s->reader->module->star_imports.count)
        return builtin_term(s, name);
    return term_name_of(&s->terms, STR("*"), name);
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
    return api ? term_name(&s->terms, api_name(api)) : unbound_term(s, node_text(n));
}

/* What a site says of a name that an annotation uses. What is itself declared by an annotation is no class. */
static TermId class_site_term(Summary *s, const Binding *binding, const Site *site)
{
    switch (site->kind) {
    case SITE_IMPORT:
    case SITE_IMPORT_FROM:
    case SITE_CLASS:
    case SITE_TYPE:
    case SITE_TYPE_PARAMETER:
        return site_term(s, binding, site);
    case SITE_ASSIGN: {
        Node type = node_field(giver_of(node_at(s->reader->module, site->node)), F_TYPE);
        return type.id && !is_alias_mark(type) ? 0 : site_term(s, binding, site);
    }
    default:
        return 0;
    }
}

TermId name_in_annotation(Summary *s, Node use, NameId id, Str name)
{
    const Module *module = s->reader->module;
    const Binding *binding = scope_resolve(node_scope(use), module, id);
    if (!binding)
        return unbound_term(s, name);
    if (s->reader->depth >= READER_DEEPEST) {
        s->reader->is_ordered = true;
        return 0;
    }
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

/* `sessionmaker(engine, class_=AsyncSession)` makes what async_sessionmaker does. What one of a class of the project makes is not known. */
static TermId session_maker(Summary *s, TermId callee, Node arguments)
{
    const Term *term = term_at(&s->terms, callee);
    if (term->op != TERM_NAME || !str_ends(terms_text_of(&s->terms, term->a), STR("orm.sessionmaker")))
        return callee;
    for (Node n = node_first(arguments); n.id; n = node_next(n)) {
        if (node_kind(n) != PY_KEYWORD_ARGUMENT || !str_is(node_text(node_field(n, F_NAME)), "class_"))
            continue;
        const Term *class_ = term_at(&s->terms, expression(s, node_field(n, F_VALUE)));
        Str name = class_->op == TERM_NAME ? terms_text_of(&s->terms, class_->a) : STR("");
        if (str_ends(name, STR(".AsyncSession")))
            return term_name(&s->terms, STR("sqlalchemy.ext.asyncio.async_sessionmaker"));
        return str_ends(name, STR(".Session")) ? callee : 0;
    }
    return callee;
}

static TermId call_term(Summary *s, Node call)
{
    TermId super = super_term(s, call);
    if (super)
        return super;
    Node arguments = node_field(call, F_ARGUMENTS);
    TermId callee = session_maker(s, expression(s, node_field(call, F_FUNCTION)), arguments);
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

/* Names whose items the module assigns, or that it updates: what a dictionary of that name held first is not all. */
static bool *filled_names(Summary *s)
{
    Reader *r = s->reader;
    if (r->filled)
        return r->filled;
    r->filled = arena_array(r->module->arena, bool, r->module->names.count + 1);
    NameId update = names_find(&r->module->names, STR("update")), setdefault = names_find(&r->module->names, STR("setdefault"));
    for (uint32_t id = 1; id < r->module->tree.count; id++) {
        Node n = node_at(r->module, id), object = (Node){ r->module, 0 };
        if (node_kind(n) == PY_SUBSCRIPT && node_role(n) == F_LEFT) {
            object = node_field(n, F_VALUE);
        } else if (node_kind(n) == PY_ATTRIBUTE && node_role(n) == F_FUNCTION) {
            NameId name = node_data(node_field(n, F_ATTRIBUTE))->name;
            if (name && (name == update || name == setdefault))
                object = node_field(n, F_OBJECT);
        }
        r->filled[node_data(node_kind(object) == PY_ATTRIBUTE ? node_field(object, F_ATTRIBUTE) : object)->name] = true;
    }
    return r->filled;
}

/* A dictionary stays what is written when no name that it is given to is filled later. */
static bool stays_as_written(Summary *s, Node dictionary)
{
    Node parent = node_parent(dictionary);
    if (node_kind(parent) != PY_ASSIGNMENT)
        return node_kind(parent) == PY_SUBSCRIPT || node_kind(parent) == PY_ATTRIBUTE;
    Node left = node_field(parent, F_LEFT);
    NameId name = node_data(node_kind(left) == PY_ATTRIBUTE ? node_field(left, F_ATTRIBUTE) : left)->name;
    return name && !filled_names(s)[name];
}

static TermId dictionary_term(Summary *s, Node dictionary)
{
    enum { MOST_ITEMS = 16 };
    TermId item = 0;
    uint32_t count = 0;
    for (Node n = node_first(dictionary); n.id; n = node_next(n)) {
        Node value = node_kind(n) == PY_PAIR && count < MOST_ITEMS ? node_field(n, F_VALUE) : (Node){ n.module, 0 };
        PyKind kind = node_kind(value);
        bool can_be_called = kind == PY_IDENTIFIER || kind == PY_ATTRIBUTE || kind == PY_CALL || kind == PY_LAMBDA;
        TermId term = can_be_called ? expression(s, value) : 0;
        item = count++ ? term_union(&s->terms, item, term) : term;
        if (!item)
            break;
    }
    bool is_known = item && stays_as_written(s, dictionary);
    return is_known ? term_make(&s->terms, TERM_ELEMENTS, item, ELEMENTS_OF_DICT) : term_builtin(&s->terms, "dict");
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

/* Whether a term is spelled as classes are: `Store`, `app.Store`, `int`. */
static bool is_spelled_as_type(const Summary *s, TermId id)
{
    const Term *term = term_at(&s->terms, id);
    if (term->op == TERM_CLASS || term->op == TERM_GENERIC || term->op == TERM_NONE || term->op == TERM_UNION)
        return true;
    if (term->op != TERM_NAME)
        return false;
    Str name = terms_text_of(&s->terms, term->a);
    if (str_starts(name, STR("builtins.")))
        return true;
    uint32_t dot = str_find_last(name, '.'), at = dot < name.n ? dot + 1 : 0;
    bool has_small = false;
    for (uint32_t i = at; i < name.n; i++)
        has_small |= name.p[i] >= 'a' && name.p[i] <= 'z';
    return at < name.n && name.p[at] >= 'A' && name.p[at] <= 'Z' && has_small;
}

/* `A | B` of classes. */
static TermId either_type(Summary *s, Node n)
{
    TermId left = expression(s, node_field(n, F_LEFT)), right = expression(s, node_field(n, F_RIGHT));
    return is_spelled_as_type(s, left) && is_spelled_as_type(s, right) ? term_union(&s->terms, left, right) : 0;
}

static TermId binary_term(Summary *s, Node n)
{
    Node left = node_field(n, F_LEFT);
    Str operator = node_text(node_field(n, F_OPERATOR));
    if (node_kind(left) == PY_STRING || node_kind(left) == PY_CONCATENATED_STRING)
        return term_builtin(&s->terms, "str");
    if (str_is(operator, "|"))
        return either_type(s, n);
    if (!str_is(operator, "/"))
        return 0;
    TermId method = term_attribute(&s->terms, expression(s, left), STR("__truediv__"));
    return term_make(&s->terms, TERM_CALL, method, 0);
}

/* `dict[str, int]`, and not `table[0]`: the subscript of something that has a name elsewhere, or of a class. */
static bool may_be_type(const Summary *s, TermId value, Node index)
{
    TermOp op = (TermOp)term_at(&s->terms, value)->op;
    PyKind kind = node_kind(index);
    return (op == TERM_NAME || op == TERM_CLASS) && kind != PY_INTEGER && kind != PY_UNARY_OPERATOR && kind != PY_SLICE;
}

static TermId item_term(Summary *s, Node n)
{
    TermId value = expression(s, node_field(n, F_VALUE));
    Node index = node_field(n, F_SUBSCRIPT);
    if (may_be_type(s, value, index)) {
        TermId generic = summary_annotation(s, n);
        if (term_at(&s->terms, generic)->op == TERM_GENERIC)
            return generic;
    }
    if (!value || node_kind(index) == PY_SLICE)
        return node_kind(index) == PY_SLICE ? value : 0;
    Str text = node_text(index);
    bool is_digit = node_kind(index) == PY_INTEGER && text.n == 1;
    return term_make(&s->terms, TERM_ITEM, value, is_digit ? (uint32_t)(text.p[0] - '0') + 1 : 0);
}

/* `str(path) if path != ":memory:" else ":memory:"` is str(path), and `path if ...` is path: so it is seen what it depends on. */
static TermId conditional_term(Summary *s, Node n)
{
    Node other, asked = memory_asked(n, &other);
    if (asked.id) {
        TermId known = expression(s, asked), term = expression(s, other);
        const Term *call = term_at(&s->terms, term);
        TermId callee = call->op == TERM_CALL ? call->a : 0;
        const Term *class_ = term_at(&s->terms, callee);
        if (known && term == known)
            return known;
        if (known && class_->op == TERM_NAME && str_is(terms_text_of(&s->terms, class_->a), "builtins.str"))
            return term_make(&s->terms, TERM_CALL, callee, term_make(&s->terms, TERM_LIST, known, 0));
    }
    return term_union(&s->terms, expression(s, node_child(n, 0)), expression(s, node_child(n, 2)));
}

static TermId operator_term(Summary *s, Node n)
{
    switch (node_kind(n)) {
    case PY_CONDITIONAL_EXPRESSION:
        return conditional_term(s, n);
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
        return dictionary_term(s, n);
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

static TermId attribute_term(Summary *s, Node n)
{
    TermId object = expression(s, node_field(n, F_OBJECT));
    NameId name = node_data(node_field(n, F_ATTRIBUTE))->name;
    return object && name ? term_make(&s->terms, TERM_ATTRIBUTE, object, reader_text(s, name)) : 0;
}

static TermId fresh(Summary *s, Node n)
{
    switch (node_kind(n)) {
    case PY_IDENTIFIER:
        return name_term(s, n);
    case PY_ATTRIBUTE:
        return attribute_term(s, n);
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
    if (!n.id)
        return 0;
    if (r->memo[n.id] == READER_BUSY || r->depth >= READER_DEEPEST) {
        r->is_ordered = true;
        return 0;
    }
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
