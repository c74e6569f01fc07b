/* Which parameter decides that a call happens: `if p:`, `if isinstance(p, T):`, `if inspect.iscoroutinefunction(p):`, and in a constructor
 * `if self.x:`. */
#include "facts/summary_make.h"

typedef struct Need {
    uint32_t parameter; /* number + 1; 0: none */
    Truth truth;
    NeedKind kind;
    TermId classes; /* as in CallSummary */
    bool is_part; /* asked of something that p has: when p is true, nothing is known */
} Need;

static Truth opposite(Truth truth)
{
    return truth == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
}

/* ---- Questions ---- */

static bool is_in_loop(Node n, const Function *function)
{
    enum { FARTHEST = 64 };
    for (unsigned i = 0; n.id != function->node && i < FARTHEST; i++, n = node_parent(n)) {
        if (node_kind(n) == PY_FOR_STATEMENT || node_kind(n) == PY_WHILE_STATEMENT)
            return true;
    }
    return n.id != function->node;
}

/* The number + 1 of the parameter whose value n surely has: it is not bound again before. */
static uint32_t parameter_read(const Maker *m, Node n, const Function *function)
{
    enum { MOST_SITES = 16 };
    if (node_kind(n) != PY_IDENTIFIER || node_function(n) != function)
        return 0;
    const Binding *binding = scope_binding(function->scope, node_data(n)->name);
    if (!binding || !binding->sites.count || binding->sites.count > MOST_SITES)
        return 0;
    for (uint32_t i = 1; i < binding->sites.count; i++) {
        if (binding->sites.items[i].node < n.id)
            return 0;
    }
    if (binding->sites.count > 1 && is_in_loop(n, function))
        return 0;
    return parameter_of(m, function, binding->sites.items[0].node) + 1;
}

/* ---- Attributes that a constructor sets ---- */

/* `self.x`, in the constructor of a class. */
static bool is_own_attribute(const Maker *m, Node n, const Function *function)
{
    const Binding *self = m->states[function->number].self;
    Node object = node_field(n, F_OBJECT);
    return self && str_is(names_text(&m->module->names, function->name), "__init__") && node_kind(object) == PY_IDENTIFIER &&
           node_function(n) == function && scope_binding(function->scope, node_data(object)->name) == self;
}

typedef enum Setting { SET_NOWHERE, SET_TO_PARAMETER, SET_OTHERWISE } Setting;

/* What a class's own code sets an attribute to that its constructor asks at n: nothing, or the parameter whose number + 1 is put out, first
 * thing, and else nothing but None. */
static Setting own_setting(const Maker *m, Node n, const Function *function, uint32_t *parameter)
{
    enum { MOST_SITES = 16 };
    const Binding *binding = attribute_binding(m->module, node_data(node_field(n, F_ATTRIBUTE))->name);
    uint32_t count = binding ? binding->sites.count : 0;
    *parameter = 0;
    for (uint32_t i = 0; i < count && count <= MOST_SITES; i++) {
        const Site *site = &binding->sites.items[i];
        Node target = maker_node(m, site->node), assignment = node_parent(target);
        const Function *setter = node_function(target);
        bool is_plain = site->kind == SITE_ASSIGN && node_role(target) == F_LEFT && node_kind(assignment) == PY_ASSIGNMENT;
        Node value = is_plain ? node_field(assignment, F_RIGHT) : target;
        if (!setter || setter->class_ != function->class_ || node_kind(value) == PY_NONE)
            continue;
        Node block = node_parent(node_parent(assignment));
        bool is_first = setter == function && node_parent(block).id == function->node && target.id < n.id;
        uint32_t number = is_first && !*parameter ? parameter_read(m, value, function) : 0;
        *parameter = number;
        if (!number)
            return SET_OTHERWISE;
    }
    return count > MOST_SITES ? SET_OTHERWISE : *parameter ? SET_TO_PARAMETER : SET_NOWHERE;
}

/* Of `self.x` that a constructor asks: the parameter that it was set to, or what the constructors of bases set it to. */
static Need need_of_attribute(const Maker *m, Node n, Truth truth, const Function *function)
{
    Need need = { .truth = truth };
    if (!is_own_attribute(m, n, function))
        return need;
    Setting setting = own_setting(m, n, function, &need.parameter);
    bool has_bases = node_field(maker_node(m, function->class_->node), F_SUPERCLASSES).id != 0;
    if (setting != SET_NOWHERE || !has_bases)
        return need;
    need.kind = NEED_ATTRIBUTE;
    need.classes = summary_term(m->summary, n);
    need.parameter = need.classes ? 1 : 0;
    return need;
}

/* ---- Names ---- */

/* `getattr(p, "x", None)`: without p it is its default. */
static Node asked_of(Node value)
{
    Node none = node_at(value.module, 0), list = node_field(value, F_ARGUMENTS);
    bool is_getattr = node_kind(value) == PY_CALL && str_is(node_text(node_field(value, F_FUNCTION)), "getattr");
    if (!is_getattr || node_count(list) != 3)
        return none;
    PyKind kind = node_kind(node_child(list, 2));
    return kind == PY_NONE || kind == PY_FALSE ? node_first(list) : none;
}

/* The parameter that the truth of a name stands for: of a local one that it was taken from. */
static uint32_t parameter_of_truth(const Maker *m, Node n, const Function *function, bool *is_part)
{
    *is_part = node_kind(n) == PY_CALL;
    if (*is_part)
        return parameter_read(m, asked_of(n), function);
    if (node_kind(n) != PY_IDENTIFIER || node_function(n) != function)
        return 0;
    const Binding *binding = scope_binding(function->scope, node_data(n)->name);
    if (!binding || binding->sites.count != 1)
        return 0;
    const Site *site = &binding->sites.items[0];
    uint32_t number = parameter_of(m, function, site->node) + 1;
    Node assignment = node_parent(maker_node(m, site->node));
    if (number || site->kind != SITE_ASSIGN || node_kind(assignment) != PY_ASSIGNMENT)
        return number;
    *is_part = true;
    return parameter_read(m, asked_of(node_field(assignment, F_RIGHT)), function);
}

/* What a call of that name asks its first argument; false: nothing of the sort. */
static bool question_of(Str name, NeedKind *kind)
{
    static const struct {
        const char *name;
        NeedKind kind;
    } questions[] = {
        { "builtins.isinstance", NEED_CLASS },
        { "inspect.iscoroutinefunction", NEED_COROUTINE_FUNCTION },
        { "asyncio.iscoroutinefunction", NEED_COROUTINE_FUNCTION },
        { "inspect.isawaitable", NEED_AWAITABLE },
        { "inspect.iscoroutine", NEED_COROUTINE },
        { "asyncio.iscoroutine", NEED_COROUTINE },
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (str_is(name, questions[i].name)) {
            *kind = questions[i].kind;
            return true;
        }
    }
    return false;
}

/* `isinstance(p, T)` and its like. More classes in a tuple than a type can hold are left alone. */
static Need tested(const Maker *m, Node call, Truth truth, const Function *function)
{
    enum { MOST_CLASSES = 4 };
    Need need = { .truth = truth };
    Node callee = node_field(call, F_FUNCTION), list = node_field(call, F_ARGUMENTS);
    Str last = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    if (!str_starts(last, STR("is")) || node_kind(list) != PY_ARGUMENT_LIST)
        return need;
    uint32_t parameter = parameter_read(m, node_first(list), function);
    const Terms *terms = &m->summary->terms;
    const Term *name = parameter ? term_at(terms, summary_term(m->summary, callee)) : NULL;
    if (!name || name->op != TERM_NAME || !question_of(terms_text_of(terms, name->a), &need.kind))
        return need;
    Node classes = node_unparenthesized(node_child(list, 1));
    if (node_count(list) != (need.kind == NEED_CLASS ? 2u : 1u) ||
        (node_kind(classes) == PY_TUPLE && node_count(classes) > MOST_CLASSES))
        return need;
    need.classes = need.kind == NEED_CLASS ? summary_term(m->summary, classes) : 0;
    need.parameter = need.kind == NEED_CLASS && !need.classes ? 0 : parameter;
    return need;
}

/* ---- Conditions ---- */

/* What `p`, `not p`, `p is None`, `p is not None` and `isinstance(p, T)` need. */
static Need simple_need(const Maker *m, Node condition, const Function *function)
{
    Truth truth = TRUTH_YES;
    condition = node_unparenthesized(condition);
    if (node_kind(condition) == PY_NOT_OPERATOR) {
        truth = TRUTH_NO;
        condition = node_unparenthesized(node_field(condition, F_ARGUMENT));
    } else if (node_kind(condition) == PY_COMPARISON_OPERATOR) {
        Str operator= node_text(node_field(condition, F_OPERATORS));
        bool is_none = node_kind(node_child(condition, 2)) == PY_NONE && node_count(condition) == 3;
        truth = str_is(operator, "is") ? TRUTH_NO : TRUTH_YES;
        if (!is_none || (truth == TRUTH_YES && !str_is(operator, "is not")))
            return (Need){ 0 };
        condition = node_first(condition);
    }
    Need need = node_kind(condition) == PY_CALL ? tested(m, condition, truth, function) : (Need){ 0 };
    if (need.parameter)
        return need;
    if (node_kind(condition) == PY_ATTRIBUTE)
        return need_of_attribute(m, condition, truth, function);
    need = (Need){ .truth = truth };
    need.parameter = parameter_of_truth(m, condition, function, &need.is_part);
    return need;
}

/* How often what an argument is decides it: its own truth most, what it is an instance of less, a part of it least. */
static unsigned weight_of(Need need)
{
    if (!need.parameter)
        return 0;
    return need.is_part ? 1 : need.kind == NEED_TRUTH ? 3 : 2;
}

/* The one that is kept of two. */
static Need better_need(Need a, Need b)
{
    return weight_of(b) > weight_of(a) ? b : a;
}

/* Of `a and b`, what one of them needs. */
static Need need_of(const Maker *m, Node condition, const Function *function)
{
    enum { MOST_OPERANDS = 8 };
    Need need = { 0 };
    condition = node_unparenthesized(condition);
    for (unsigned i = 0; i < MOST_OPERANDS && node_kind(condition) == PY_BOOLEAN_OPERATOR; i++) {
        if (!str_is(node_text(node_field(condition, F_OPERATOR)), "and"))
            return need;
        need = better_need(need, simple_need(m, node_field(condition, F_RIGHT), function));
        condition = node_unparenthesized(node_field(condition, F_LEFT));
    }
    return better_need(need, simple_need(m, condition, function));
}

static Need unless_condition(const Maker *m, Node clause, const Function *function)
{
    Need need = simple_need(m, node_field(clause, F_CONDITION), function);
    need.truth = opposite(need.truth);
    return need;
}

/* Of a branch of an `if` that none of the branches before is taken. */
static Need need_behind(const Maker *m, Node statement, Node branch, const Function *function)
{
    enum { MOST_BRANCHES = 4 };
    Need need = unless_condition(m, statement, function);
    unsigned left = MOST_BRANCHES;
    for (Node n = node_first(statement); n.id && n.id < branch.id && left; n = node_next(n)) {
        if (node_kind(n) != PY_ELIF_CLAUSE)
            continue;
        need = better_need(need, unless_condition(m, n, function));
        left--;
    }
    return need;
}

/* Of a handler behind `try: return p(...)`: that p is no coroutine function, a call of which raises nothing that its code does. */
static Need need_of_handler(const Maker *m, Node statement, const Function *function)
{
    Node body = node_field(statement, F_BODY), only = node_first(body), value = node_first(only);
    bool is_plain = node_count(body) == 1 && (node_kind(only) == PY_RETURN_STATEMENT || node_kind(only) == PY_EXPRESSION_STATEMENT);
    value = is_plain && node_kind(value) == PY_ASSIGNMENT ? node_field(value, F_RIGHT) : value;
    if (!is_plain || node_kind(value) != PY_CALL)
        return (Need){ 0 };
    return (Need){ .parameter = parameter_read(m, node_field(value, F_FUNCTION), function), .truth = TRUTH_NO, .kind = NEED_ERRORS };
}

/* What the parent of `inner` needs to come to it. */
static Need need_within(const Maker *m, Node parent, Node inner, const Function *function)
{
    PyKind kind = node_kind(parent);
    if ((kind == PY_IF_STATEMENT || kind == PY_ELIF_CLAUSE) && node_role(inner) == F_CONSEQUENCE)
        return need_of(m, node_field(parent, F_CONDITION), function);
    if (kind == PY_IF_STATEMENT && (node_kind(inner) == PY_ELSE_CLAUSE || node_kind(inner) == PY_ELIF_CLAUSE))
        return need_behind(m, parent, inner, function);
    if (kind == PY_TRY_STATEMENT && node_kind(inner) == PY_EXCEPT_CLAUSE)
        return need_of_handler(m, parent, function);
    if (kind != PY_CONDITIONAL_EXPRESSION || node_same(node_child(parent, 1), inner))
        return (Need){ 0 };
    bool is_first = node_same(node_child(parent, 0), inner);
    Need need = is_first ? need_of(m, node_child(parent, 1), function) : simple_need(m, node_child(parent, 1), function);
    need.truth = is_first ? need.truth : opposite(need.truth);
    return need;
}

static bool is_of_truth(Need need)
{
    return need.parameter && need.kind == NEED_TRUTH && !need.is_part;
}

/* The innermost condition around n that a parameter decides; *also: the truth of another one, around that. */
static Need need_around(const Maker *m, Node n, const Function *function, Need *also)
{
    enum { FARTHEST = 64 };
    Node inner = n;
    Need need = { 0 };
    *also = (Need){ 0 };
    for (unsigned steps = 0; inner.id && inner.id != function->node && steps < FARTHEST; steps++) {
        Node parent = node_parent(inner);
        Need here = need_within(m, parent, inner, function);
        if (is_of_truth(need) && is_of_truth(here) && here.parameter != need.parameter) {
            *also = here;
            return need;
        }
        if (!here.is_part || here.truth == TRUTH_YES)
            need = better_need(need, here);
        inner = parent;
    }
    return need;
}

void note_need(Maker *m, Node n, const Function *function, CallSummary *call)
{
    enum { MOST_TESTS = 16 }; /* in a function: whoever calls it is asked about each of them */
    Need also, need = need_around(m, n, function, &also);
    FunctionState *state = &m->states[function->number];
    bool is_idle = need.kind == NEED_ATTRIBUTE && need.truth == TRUTH_NO; /* it is never surely true */
    if (!need.parameter || is_idle || (need.kind != NEED_TRUTH && state->tests++ >= MOST_TESTS))
        return;
    call->needs = need.parameter;
    call->needed = need.truth;
    call->need = need.kind;
    call->classes = need.classes;
    call->needs_also = also.parameter;
    call->needed_also = also.truth;
    if (need.kind != NEED_TRUTH)
        m->summary->functions.items[function->number].flags |= FUNCTION_TESTS;
}
