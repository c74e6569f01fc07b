/* What a statement does, in the order of execution. */
#include "python/flow_internal.h"

static void then_suite(Builder *b, Node suite)
{
    then(b, visit_all, node_first(suite).id, 0, 0);
}

/* The suite of a clause that has it without a field. */
static Node suite_of(Node clause)
{
    return node_child_of(clause, PY_BLOCK);
}

void visit_all(Builder *b, Task t)
{
    Node n = b_node(b, t.node);
    if (!n.id)
        return;
    then(b, visit, n.id, 0, 0);
    then(b, visit_all, node_next(n).id, 0, 0);
}

/* ---- Simple statements ---- */

static void step_exit(Builder *b, Task t)
{
    leave(b, (Exit)t.x);
}

static void visit_return(Builder *b, Node n)
{
    then(b, visit, node_first(n).id, 0, 0);
    then(b, step_exit, 0, EXIT_RETURN, 0);
}

static void visit_raise(Builder *b, Node n)
{
    for (Node child = node_first(n); child.id; child = node_next(child))
        then(b, visit, child.id, 0, 0);
    then(b, step_raise, 0, 0, 0);
}

static void visit_assert(Builder *b, Node n)
{
    Node condition = node_first(n), message = node_next(condition);
    BlockId holds = block_new(b), fails = block_new(b);
    then(b, visit_condition, condition.id, holds, fails);
    then(b, step_start, 0, fails, 0);
    then(b, visit, message.id, 0, 0);
    then(b, step_raise, 0, 0, 0);
    then(b, step_start, 0, holds, 0);
}

static void visit_delete(Builder *b, Node n)
{
    raises(b);
    then_children(b, n.id);
}

static void visit_import(Builder *b, Node n)
{
    raises(b);
    for (Node name = node_field(n, F_NAME); name.id; name = node_next_same(name))
        emit(b, EVENT_BIND, name.id);
}

static void visit_simple(Builder *b, Node n)
{
    emit(b, EVENT_STATEMENT, n.id);
    switch (node_kind(n)) {
    case PY_RETURN_STATEMENT:
        visit_return(b, n);
        return;
    case PY_RAISE_STATEMENT:
        visit_raise(b, n);
        return;
    case PY_BREAK_STATEMENT:
        leave(b, EXIT_BREAK);
        return;
    case PY_CONTINUE_STATEMENT:
        leave(b, EXIT_CONTINUE);
        return;
    case PY_ASSERT_STATEMENT:
        visit_assert(b, n);
        return;
    case PY_DELETE_STATEMENT:
        visit_delete(b, n);
        return;
    case PY_IMPORT_STATEMENT:
    case PY_IMPORT_FROM_STATEMENT:
    case PY_FUTURE_IMPORT_STATEMENT:
        visit_import(b, n);
        return;
    case PY_TYPE_ALIAS_STATEMENT:
        /* The value is evaluated when somebody asks for it. */
        emit(b, EVENT_BIND, node_field(n, F_LEFT).id);
        return;
    case PY_PRINT_STATEMENT:
    case PY_EXEC_STATEMENT:
    case PY_EXPRESSION_STATEMENT:
        for (Node child = node_first(n); child.id; child = node_next(child))
            then(b, visit, child.id, 0, 0);
        return;
    default:
        return;
    }
}

/* ---- if, while, for ---- */

static Step if_alternative;

/* An `if` or `elif`, and what is behind it; x: the block behind it all. */
static void visit_if(Builder *b, Node n, Node alternative, BlockId join)
{
    BlockId yes = block_new(b), no = block_new(b);
    then(b, visit_condition, node_field(n, F_CONDITION).id, yes, no);
    then(b, step_start, 0, yes, 0);
    then_suite(b, node_field(n, F_CONSEQUENCE));
    then(b, step_go, 0, join, EDGE_NEXT);
    then(b, step_start, 0, no, 0);
    then(b, if_alternative, alternative.id, join, 0);
}

static void if_alternative(Builder *b, Task t)
{
    Node n = b_node(b, t.node);
    if (node_kind(n) == PY_ELIF_CLAUSE) {
        visit_if(b, n, node_next_same(n), t.x);
        return;
    }
    then_suite(b, node_field(n, F_BODY));
    then(b, step_go, 0, t.x, EDGE_NEXT);
    then(b, step_start, 0, t.x, 0);
}

static void step_pop_frame(Builder *b, Task t)
{
    (void)t;
    frame_pop(b);
}

/* Behind the head of a loop: body, else and end. x: the head; y: the body; `other`: where the loop ends by itself. */
static void then_loop(Builder *b, Node n, BlockId head, BlockId body, BlockId other, BlockId after)
{
    Node alternative = node_field(n, F_ALTERNATIVE);
    then(b, step_start, 0, body, 0);
    then(b, visit_target, node_field(n, F_LEFT).id, 0, 0);
    then_suite(b, node_field(n, F_BODY));
    then(b, step_go, 0, head, EDGE_LOOP);
    then(b, step_pop_frame, 0, 0, 0);
    if (alternative.id) {
        then(b, step_start, 0, other, 0);
        then_suite(b, node_field(alternative, F_BODY));
        then(b, step_go, 0, after, EDGE_NEXT);
    }
    then(b, step_start, 0, after, 0);
}

static void visit_while(Builder *b, Node n)
{
    BlockId head = block_start_loop(b);
    BlockId body = block_new(b), after = block_new(b);
    BlockId other = node_field(n, F_ALTERNATIVE).id ? block_new(b) : after;
    /* Signals are looked at on the way back: `while True: pass` ends by KeyboardInterrupt. */
    raises(b);
    frame_push(b, (Frame){ .kind = FRAME_LOOP, .block = head, .after = after });
    then(b, visit_condition, node_field(n, F_CONDITION).id, body, other);
    then_loop(b, n, head, body, other, after);
}

static void for_head(Builder *b, Task t)
{
    Node n = b_node(b, t.node);
    BlockId head = block_start_loop(b);
    BlockId body = block_new(b), after = block_new(b);
    BlockId other = node_field(n, F_ALTERNATIVE).id ? block_new(b) : after;
    if (node_has(n, NODE_ASYNC))
        emit(b, EVENT_AWAIT, n.id);
    raises(b);
    edge_add(b, b->at, EDGE_TRUE, body, 0);
    go(b, EDGE_FALSE, other);
    frame_push(b, (Frame){ .kind = FRAME_LOOP, .block = head, .after = after });
    then_loop(b, n, head, body, other, after);
}

/* ---- with ---- */

static Step with_enter, with_exit;

static void then_item(Builder *b, Node item)
{
    then(b, visit, node_kind(node_field(item, F_VALUE)) == PY_AS_PATTERN ? node_first(node_field(item, F_VALUE)).id
                                                                         : node_field(item, F_VALUE).id, 0, 0);
    then(b, with_enter, item.id, 0, 0);
}

static void with_enter(Builder *b, Task t)
{
    Node item = b_node(b, t.node), value = node_field(item, F_VALUE), next = node_next(item);
    Node statement = node_parent(node_parent(item));
    bool is_async = node_has(statement, NODE_ASYNC);
    emit(b, EVENT_ENTER, item.id);
    if (is_async)
        emit(b, EVENT_AWAIT, item.id);
    raises(b);
    BlockId after = item_swallows(item) ? block_new(b) : NO_BLOCK;
    frame_push(b, (Frame){ .kind = FRAME_WITH, .after = after, .item = item.id, .is_async = is_async });
    block_fresh(b);
    if (node_kind(value) == PY_AS_PATTERN)
        then(b, visit_target, node_field(value, F_ALIAS).id, 0, 0);
    while (next.id && node_kind(next) != PY_WITH_ITEM)
        next = node_next(next);
    if (next.id)
        then_item(b, next);
    else
        then_suite(b, node_field(statement, F_BODY));
    then(b, with_exit, 0, 0, 0);
}

static void with_exit(Builder *b, Task t)
{
    (void)t;
    Frame frame = frame_pop(b);
    if (b->at != NO_BLOCK) {
        block_fresh(b);
        enter_leave_events(b, &frame);
        raises(b);
    }
    if (frame.after == NO_BLOCK)
        return;
    go(b, EDGE_NEXT, frame.after);
    block_start(b, frame.after);
}

static void visit_with(Builder *b, Node n)
{
    Node item = node_child_of(node_child_of(n, PY_WITH_CLAUSE), PY_WITH_ITEM);
    if (item.id)
        then_item(b, item);
    else
        then_suite(b, node_field(n, F_BODY));
}

/* ---- try ---- */

static Node except_at(Node n)
{
    while (n.id && node_kind(n) != PY_EXCEPT_CLAUSE)
        n = node_next(n);
    return n;
}

/* The end of a body, handler or else: to the finally suite or behind the statement (x). */
static void try_end(Builder *b, Task t)
{
    if (!node_child_of(b_node(b, t.node), PY_FINALLY_CLAUSE).id) {
        go(b, EDGE_NEXT, t.x);
        return;
    }
    Frame *frame = &b->frames.items[b->frames.count - 1];
    if (b->at != NO_BLOCK && b->drafts.items[b->at].reachable)
        frame->taken |= 1u << EXIT_END;
    go(b, EDGE_NEXT, frame->block);
}

static Step try_handlers, try_handler, handler_begin;

static void try_body_done(Builder *b, Task t)
{
    Node n = b_node(b, t.node);
    Node first = except_at(node_first(n)), otherwise = node_child_of(n, PY_ELSE_CLAUSE);
    BlockId dispatch = NO_BLOCK;
    if (first.id)
        dispatch = frame_pop(b).block;
    block_fresh(b);
    then_suite(b, node_field(otherwise, F_BODY));
    then(b, try_end, n.id, t.x, 0);
    if (first.id)
        then(b, try_handlers, first.id, t.x, dispatch);
}

/* The dispatch (y) at the clause `node`, or behind the last one. */
static void try_handlers(Builder *b, Task t)
{
    block_start(b, t.y);
    if (b->at != NO_BLOCK)
        b->drafts.items[t.y].is_dispatch = true;
    Node clause = b_node(b, t.node), statement = node_parent(clause);
    if (node_has(clause, NODE_STAR)) {
        then(b, try_handler, clause.id, t.x, 0);
        return;
    }
    /* A plain try: one dispatch for all, but for types that take work to find out. */
    uint32_t last = clause.id;
    BlockId handlers_at = b->frames.count;
    (void)handlers_at;
    then(b, try_handler, clause.id, t.x, 0);
    (void)last;
    (void)statement;
}
