/* What an expression does, in the order of evaluation. An expression without anything busy in it is passed over: it may
 * raise, and that is all. */
#include "python/flow_internal.h"

void then(Builder *b, Step *step, uint32_t node, uint32_t x, uint32_t y)
{
    *array_push(b->arena, &b->tasks) = (Task){ step, node, x, y };
}

void step_start(Builder *b, Task t)
{
    block_start(b, t.x);
}

void step_go(Builder *b, Task t)
{
    go(b, (EdgeKind)t.y, t.x);
}

void step_event(Builder *b, Task t)
{
    emit(b, (EventKind)t.x, t.node);
}

void step_raises(Builder *b, Task t)
{
    (void)t;
    raises(b);
}

void step_raise(Builder *b, Task t)
{
    (void)t;
    leave(b, EXIT_EXCEPTION);
}

void then_children(Builder *b, uint32_t node)
{
    for (Node child = node_first(b_node(b, node)); child.id; child = node_next(child)) {
        if (is_busy(b, child))
            then(b, visit, child.id, 0, 0);
    }
}

static bool any_busy(const Builder *b, uint32_t begin, uint32_t after)
{
    uint32_t low = 0, high = b->busy.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (b->busy.items[middle] < begin)
            low = middle + 1;
        else
            high = middle;
    }
    return low < b->busy.count && b->busy.items[low] < after;
}

bool is_busy(const Builder *b, Node n)
{
    return n.id && any_busy(b, n.id, node_data(n)->after);
}

/* False for what is made of constants only. */
static bool may_raise(Node n)
{
    const TreeNode *nodes = n.module->tree.nodes;
    for (uint32_t id = n.id; id < node_data(n)->after;) {
        switch (nodes[id].kind) {
        case PY_LAMBDA:
            id = nodes[id].after;
            continue;
        case PY_STRING:
        case PY_CONCATENATED_STRING:
        case PY_INTEGER:
        case PY_FLOAT:
        case PY_TRUE:
        case PY_FALSE:
        case PY_NONE:
        case PY_ELLIPSIS:
        case PY_TUPLE:
        case PY_LIST:
        case PY_EXPRESSION_LIST:
        case PY_PARENTHESIZED_EXPRESSION:
        case PY_UNARY_OPERATOR:
        case PY_OP_MINUS:
        case PY_OP_PLUS:
            id++;
            continue;
        default:
            return true;
        }
    }
    return false;
}

/* ---- Calls that never return ---- */

static Str last_name(Node callee)
{
    return node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
}

static bool never_returns(Node call)
{
    static const char *const last[] = { "exit", "quit", "_exit", "abort" };
    static const char *const names[] = { "sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit" };
    Node callee = node_field(call, F_FUNCTION);
    Str name = last_name(callee);
    bool is_candidate = false;
    for (size_t i = 0; i < sizeof last / sizeof *last; i++)
        is_candidate |= str_is(name, last[i]);
    if (!is_candidate)
        return false;
    Str qualified = qualified_name(callee);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(qualified, names[i]))
            return true;
    }
    return false;
}

static void step_called(Builder *b, Task t)
{
    emit(b, EVENT_CALL, t.node);
    raises(b);
    if (!never_returns(b_node(b, t.node)))
        return;
    /* os._exit and os.abort run no finally and no handler. */
    Str name = last_name(node_field(b_node(b, t.node), F_FUNCTION));
    bool is_at_once = str_is(name, "_exit") || str_is(name, "abort");
    if (is_at_once && b->catcher != NO_FRAME && b->drafts.items[b->at].reachable)
        go(b, EDGE_EXCEPTION, FLOW_RAISE);
    b->at = NO_BLOCK;
}

/* ---- and, or, not, if-else, chained comparisons ---- */

typedef enum Truth { TRUTH_UNKNOWN, TRUTH_TRUE, TRUTH_FALSE } Truth;

static Truth constant_truth(Node n)
{
    Str text = node_text(n);
    switch (node_kind(n)) {
    case PY_TRUE:
        return TRUTH_TRUE;
    case PY_FALSE:
    case PY_NONE:
        return TRUTH_FALSE;
    case PY_INTEGER:
        return str_is(text, "0") ? TRUTH_FALSE : str_is(text, "1") ? TRUTH_TRUE : TRUTH_UNKNOWN;
    case PY_ATTRIBUTE:
    case PY_IDENTIFIER:
        return str_is(last_name(n), "TYPE_CHECKING") ? TRUTH_FALSE : TRUTH_UNKNOWN;
    default:
        return TRUTH_UNKNOWN;
    }
}

/* n without parentheses and `not`; *negated tells whether the number of `not` was odd. */
static Node core_of(Node n, bool *negated)
{
    *negated = false;
    for (;;) {
        Node inner = { n.module, 0 };
        if (node_kind(n) == PY_PARENTHESIZED_EXPRESSION)
            inner = node_first(n);
        else if (node_kind(n) == PY_NOT_OPERATOR)
            inner = node_field(n, F_ARGUMENT);
        if (!inner.id)
            return n;
        *negated ^= node_kind(n) == PY_NOT_OPERATOR;
        n = inner;
    }
}

static void branch(Builder *b, uint32_t node, Truth truth, BlockId when_true, BlockId when_false)
{
    emit(b, EVENT_TEST, node);
    if (truth != TRUTH_FALSE)
        edge_add(b, b->at, EDGE_TRUE, when_true, 0);
    if (truth != TRUTH_TRUE)
        edge_add(b, b->at, EDGE_FALSE, when_false, 0);
    b->at = NO_BLOCK;
}

static void step_branch(Builder *b, Task t)
{
    raises(b);
    branch(b, t.node, TRUTH_UNKNOWN, t.x, t.y);
}

static bool is_and(Node n)
{
    return node_kind(node_field(n, F_OPERATOR)) == PY_KW_AND;
}

/* The next operand of a comparison at or behind n. */
static Node operand_at(Node n)
{
    while (node_role(n) == F_OPERATORS)
        n = node_next(n);
    return n;
}

/* The third operand of a comparison: the first that may not be evaluated. */
static Node third_operand(Node comparison)
{
    Node second = operand_at(node_next(operand_at(node_first(comparison))));
    return operand_at(node_next(second));
}

/* In n or in a sibling behind it. */
static bool any_busy_from(const Builder *b, Node n)
{
    return n.id && any_busy(b, n.id, node_data(node_parent(n))->after);
}

/* What stands before `node` in a comparison holds or it is all over (block x). */
static void step_compare(Builder *b, Task t)
{
    Node operand = b_node(b, t.node);
    raises(b);
    if (!operand.id || !any_busy_from(b, operand))
        return;
    BlockId more = block_new(b);
    branch(b, node_parent(operand).id, TRUTH_UNKNOWN, more, t.x);
    then(b, step_start, 0, more, 0);
    then(b, visit, operand.id, 0, 0);
    then(b, step_compare, operand_at(node_next(operand)).id, t.x, 0);
}

static void then_comparison(Builder *b, Node n, BlockId when_false)
{
    Node first = operand_at(node_first(n));
    then(b, visit, first.id, 0, 0);
    then(b, visit, operand_at(node_next(first)).id, 0, 0);
    then(b, step_compare, third_operand(n).id, when_false, 0);
}

static void then_condition_parts(Builder *b, Node n, BlockId when_true, BlockId when_false)
{
    switch (node_kind(n)) {
    case PY_BOOLEAN_OPERATOR: {
        BlockId more = block_new(b);
        bool and_ = is_and(n);
        then(b, visit_condition, node_field(n, F_LEFT).id, and_ ? more : when_true, and_ ? when_false : more);
        then(b, step_start, 0, more, 0);
        then(b, visit_condition, node_field(n, F_RIGHT).id, when_true, when_false);
        return;
    }
    case PY_CONDITIONAL_EXPRESSION: {
        BlockId yes = block_new(b), no = block_new(b);
        then(b, visit_condition, node_child(n, 1).id, yes, no);
        then(b, step_start, 0, yes, 0);
        then(b, visit_condition, node_first(n).id, when_true, when_false);
        then(b, step_start, 0, no, 0);
        then(b, visit_condition, node_child(n, 2).id, when_true, when_false);
        return;
    }
    case PY_COMPARISON_OPERATOR:
        if (any_busy_from(b, third_operand(n))) {
            then_comparison(b, n, when_false);
            break;
        }
        then(b, visit, n.id, 0, 0);
        break;
    default:
        then(b, visit, n.id, 0, 0);
    }
    then(b, step_branch, n.id, when_true, when_false);
}

void visit_condition(Builder *b, Task t)
{
    bool negated;
    Node n = b_node(b, t.node);
    Node core = core_of(n, &negated);
    if (!is_busy(b, core)) {
        Truth truth = constant_truth(core);
        if (truth != TRUTH_UNKNOWN && negated)
            truth = truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
        if (n.id && truth == TRUTH_UNKNOWN && may_raise(n))
            raises(b);
        branch(b, n.id, truth, t.x, t.y);
        return;
    }
    then_condition_parts(b, core, negated ? t.y : t.x, negated ? t.x : t.y);
}

static void visit_boolean(Builder *b, Node n)
{
    Node left = node_field(n, F_LEFT), right = node_field(n, F_RIGHT);
    if (!is_busy(b, right)) {
        then(b, visit, left.id, 0, 0);
        then(b, step_raises, 0, 0, 0);
        return;
    }
    BlockId more = block_new(b), join = block_new(b);
    bool and_ = is_and(n);
    then(b, visit_condition, left.id, and_ ? more : join, and_ ? join : more);
    then(b, step_start, 0, more, 0);
    then(b, visit, right.id, 0, 0);
    then(b, step_go, 0, join, EDGE_NEXT);
    then(b, step_start, 0, join, 0);
}

static void visit_ternary(Builder *b, Node n)
{
    Node yes = node_first(n), condition = node_child(n, 1), no = node_child(n, 2);
    if (!is_busy(b, yes) && !is_busy(b, no)) {
        then(b, visit, condition.id, 0, 0);
        then(b, step_raises, 0, 0, 0);
        return;
    }
    BlockId when_true = block_new(b), when_false = block_new(b), join = block_new(b);
    then(b, visit_condition, condition.id, when_true, when_false);
    then(b, step_start, 0, when_true, 0);
    then(b, visit, yes.id, 0, 0);
    then(b, step_go, 0, join, EDGE_NEXT);
    then(b, step_start, 0, when_false, 0);
    then(b, visit, no.id, 0, 0);
    then(b, step_go, 0, join, EDGE_NEXT);
    then(b, step_start, 0, join, 0);
}

static void visit_comparison(Builder *b, Node n)
{
    if (!any_busy_from(b, third_operand(n))) {
        then_children(b, n.id);
        then(b, step_raises, 0, 0, 0);
        return;
    }
    BlockId join = block_new(b);
    then_comparison(b, n, join);
    then(b, step_go, 0, join, EDGE_NEXT);
    then(b, step_start, 0, join, 0);
}

/* ---- Comprehensions: loops when they have anything in them ---- */

static Step comprehension_clause;

/* The iterable of clause `node` is there; x: head of the loop around, or NO_BLOCK; y: behind them all. */
static void comprehension_for(Builder *b, Task t)
{
    Node clause = b_node(b, t.node);
    BlockId head = block_start_loop(b), body = block_new(b);
    if (node_has(clause, NODE_ASYNC))
        emit(b, EVENT_AWAIT, clause.id);
    raises(b);
    edge_add(b, b->at, EDGE_TRUE, body, 0);
    go(b, EDGE_FALSE, t.x == NO_BLOCK ? t.y : t.x);
    then(b, step_start, 0, body, 0);
    then(b, visit_target, node_field(clause, F_LEFT).id, 0, 0);
    then(b, comprehension_clause, node_next(clause).id, head, t.y);
    if (!node_next(clause).id) {
        then(b, visit, node_field(node_parent(clause), F_BODY).id, 0, 0);
        then(b, step_go, 0, head, EDGE_LOOP);
    }
}

static void comprehension_clause(Builder *b, Task t)
{
    Node clause = b_node(b, t.node);
    if (node_kind(clause) == PY_FOR_IN_CLAUSE) {
        for (Node right = node_field(clause, F_RIGHT); right.id; right = node_next_same(right))
            then(b, visit, right.id, 0, 0);
        then(b, comprehension_for, clause.id, t.x, t.y);
        return;
    }
    if (!clause.id)
        return;
    if (node_kind(clause) == PY_IF_CLAUSE && t.x != NO_BLOCK) {
        BlockId body = block_new(b);
        then(b, visit_condition, node_first(clause).id, body, t.x);
        then(b, step_start, 0, body, 0);
    }
    then(b, comprehension_clause, node_next(clause).id, t.x, t.y);
    if (!node_next(clause).id && t.x != NO_BLOCK) {
        then(b, visit, node_field(node_parent(clause), F_BODY).id, 0, 0);
        then(b, step_go, 0, t.x, EDGE_LOOP);
    }
}

static void visit_comprehension(Builder *b, Node n)
{
    BlockId after = block_new(b);
    then(b, comprehension_clause, node_child_of(n, PY_FOR_IN_CLAUSE).id, NO_BLOCK, after);
    then(b, step_go, 0, after, EDGE_NEXT);
    then(b, step_start, 0, after, 0);
}

/* ---- Targets ---- */

void visit_target(Builder *b, Task t)
{
    Node n = b_node(b, t.node);
    switch (node_kind(n)) {
    case PY_NO_NODE:
        return;
    case PY_PATTERN_LIST:
    case PY_TUPLE_PATTERN:
    case PY_LIST_PATTERN:
    case PY_EXPRESSION_LIST:
    case PY_TUPLE:
    case PY_LIST:
        raises(b);
        for (Node child = node_first(n); child.id; child = node_next(child))
            then(b, visit_target, child.id, 0, 0);
        return;
    case PY_PARENTHESIZED_EXPRESSION:
    case PY_LIST_SPLAT:
    case PY_LIST_SPLAT_PATTERN:
    case PY_AS_PATTERN_TARGET:
        then(b, visit_target, node_first(n).id, 0, 0);
        return;
    case PY_IDENTIFIER:
        emit(b, EVENT_BIND, n.id);
        return;
    default:
        then_children(b, n.id);
        then(b, step_event, n.id, EVENT_BIND, 0);
        then(b, step_raises, 0, 0, 0);
    }
}

/* a = b = value: the value, then the targets from left to right. */
static void visit_assignment(Builder *b, Node n)
{
    bool is_local = b->function && !b->class_depth;
    Node last = n, right = node_field(n, F_RIGHT);
    while (node_kind(right) == PY_ASSIGNMENT) {
        last = right;
        right = node_field(right, F_RIGHT);
    }
    if (right.id)
        then(b, visit, right.id, 0, 0);
    else
        then_children(b, node_field(last, F_LEFT).id);
    for (Node assignment = n; right.id; assignment = node_field(assignment, F_RIGHT)) {
        then(b, visit_target, node_field(assignment, F_LEFT).id, 0, 0);
        if (node_same(assignment, last))
            break;
    }
    if (!is_local)
        then(b, visit, node_field(last, F_TYPE).id, 0, 0);
}

static void visit_augmented(Builder *b, Node n)
{
    Node left = node_field(n, F_LEFT);
    raises(b);
    then_children(b, left.id);
    then(b, visit, node_field(n, F_RIGHT).id, 0, 0);
    then(b, step_event, left.id, EVENT_BIND, 0);
    then(b, step_raises, 0, 0, 0);
}

/* ---- All of them ---- */

static void visit_lambda(Builder *b, Node n)
{
    Node parameters = node_field(n, F_PARAMETERS);
    for (Node parameter = node_first(parameters); parameter.id; parameter = node_next(parameter))
        then(b, visit, node_field(parameter, F_VALUE).id, 0, 0);
}

static void visit_generator(Builder *b, Node n)
{
    Node clause = node_child_of(n, PY_FOR_IN_CLAUSE);
    raises(b);
    for (Node right = node_field(clause, F_RIGHT); right.id; right = node_next_same(right))
        then(b, visit, right.id, 0, 0);
}

void visit_expression(Builder *b, Task t)
{
    Node n = b_node(b, t.node);
    bool binds = node_kind(n) == PY_ASSIGNMENT || node_kind(n) == PY_AUGMENTED_ASSIGNMENT;
    if (!binds && !is_busy(b, n)) {
        if (n.id && may_raise(n))
            raises(b);
        return;
    }
    switch (node_kind(n)) {
    case PY_CALL:
        raises(b);
        then_children(b, n.id);
        then(b, step_called, n.id, 0, 0);
        return;
    case PY_AWAIT:
    case PY_YIELD:
        then(b, visit, node_first(n).id, 0, 0);
        then(b, step_event, n.id, node_kind(n) == PY_AWAIT ? EVENT_AWAIT : EVENT_YIELD, 0);
        then(b, step_raises, 0, 0, 0);
        return;
    case PY_NAMED_EXPRESSION:
        then(b, visit, node_field(n, F_VALUE).id, 0, 0);
        then(b, visit_target, node_field(n, F_NAME).id, 0, 0);
        return;
    case PY_AS_PATTERN:
        then(b, visit, node_first(n).id, 0, 0);
        then(b, visit_target, node_field(n, F_ALIAS).id, 0, 0);
        return;
    case PY_ASSIGNMENT:
        visit_assignment(b, n);
        return;
    case PY_AUGMENTED_ASSIGNMENT:
        visit_augmented(b, n);
        return;
    case PY_BOOLEAN_OPERATOR:
        visit_boolean(b, n);
        return;
    case PY_CONDITIONAL_EXPRESSION:
        visit_ternary(b, n);
        return;
    case PY_COMPARISON_OPERATOR:
        visit_comparison(b, n);
        return;
    case PY_LAMBDA:
        visit_lambda(b, n);
        return;
    case PY_GENERATOR_EXPRESSION:
        visit_generator(b, n);
        return;
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
        visit_comprehension(b, n);
        return;
    default:
        raises(b);
        then_children(b, n.id);
        then(b, step_raises, 0, 0, 0);
    }
}
