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

/* Behind the head of a loop: body, else and end. `other`: where the loop ends by itself. */
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
    Node value = node_field(item, F_VALUE);
    then(b, visit, node_kind(value) == PY_AS_PATTERN ? node_first(value).id : value.id, 0, 0);
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
        emit_with_exit(b, &frame);
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

/* The end of a body, handler or else of the try statement `node`: to its finally suite or behind it (x). */
static void try_end(Builder *b, Task t)
{
    Frame *frame = b->frames.count ? &b->frames.items[b->frames.count - 1] : NULL;
    if (!frame || frame->kind != FRAME_FINALLY || frame->item != t.node) {
        go(b, EDGE_NEXT, t.x);
        return;
    }
    if (b->at != NO_BLOCK && b->drafts.items[b->at].reachable)
        frame->taken |= 1u << EXIT_END;
    go(b, EDGE_NEXT, frame->block);
}

static Step try_clause;

static void step_dispatch(Builder *b, Task t)
{
    block_start(b, t.x);
    if (b->at != NO_BLOCK)
        b->drafts.items[t.x].is_dispatch = true;
    b->at = NO_BLOCK;
}

static void try_body_done(Builder *b, Task t)
{
    Node n = b_node(b, t.node);
    Node first = except_at(node_first(n)), otherwise = node_child_of(n, PY_ELSE_CLAUSE);
    BlockId dispatch = first.id ? frame_pop(b).block : NO_BLOCK;
    block_fresh(b);
    then_suite(b, node_field(otherwise, F_BODY));
    then(b, try_end, n.id, t.x, 0);
    if (first.id)
        then(b, try_clause, first.id, t.x, dispatch);
}

/* The remainder of a group goes on to the next `except*`. */
static void star_done(Builder *b, Task t)
{
    (void)t;
    if (b->at != NO_BLOCK)
        raises(b);
    frame_pop(b);
}

/* The handler `node` gets what the dispatch y hands out; x: behind the statement. */
static void try_caught(Builder *b, Task t)
{
    Node clause = b_node(b, t.node), value = node_field(clause, F_VALUE);
    BlockId handler = block_new(b), next = t.y;
    bool is_star = node_has(clause, NODE_STAR), is_alive = b->drafts.items[t.y].entered;
    if (is_alive)
        edge_add(b, t.y, EDGE_CAUGHT, handler, clause.id);
    if (is_star || except_catches(clause) == CATCHES_ALL)
        next = block_new(b);
    if (is_star && is_alive)
        edge_add(b, t.y, EDGE_EXCEPTION, next, 0);
    if (is_star)
        frame_push(b, (Frame){ .kind = FRAME_TRY, .block = next });
    block_start(b, handler);
    emit(b, EVENT_HANDLER, clause.id);
    Node alias = node_field(node_kind(value) == PY_AS_PATTERN ? value : clause, F_ALIAS);
    if (alias.id)
        then(b, visit_target, alias.id, 0, 0);
    then_suite(b, suite_of(clause));
    if (is_star)
        then(b, star_done, 0, 0, 0);
    then(b, try_end, node_parent(clause).id, t.x, 0);
    Node further = except_at(node_next(clause));
    then(b, try_clause, further.id, t.x, next);
}

/* The dispatch y is at the clause `node`, or behind the last one: then the exception goes on outwards. */
static void try_clause(Builder *b, Task t)
{
    Node clause = b_node(b, t.node);
    bool is_alive = b->drafts.items[t.y].entered;
    if (is_alive && !b->drafts.items[t.y].is_dispatch) {
        b->drafts.items[t.y].is_dispatch = true;
        *array_push(b->arena, &b->order) = t.y;
    }
    if (!clause.id) {
        b->at = is_alive ? t.y : NO_BLOCK;
        leave(b, EXIT_EXCEPTION);
        return;
    }
    BlockId next = t.y;
    if (is_busy(b, node_field(clause, F_VALUE))) {
        /* `except find_type():` runs code to find out. */
        BlockId type = block_new(b);
        next = block_new(b);
        if (is_alive)
            edge_add(b, t.y, EDGE_EXCEPTION, type, 0);
        block_start(b, type);
        Node value = node_field(clause, F_VALUE);
        then(b, visit, node_kind(value) == PY_AS_PATTERN ? node_first(value).id : value.id, 0, 0);
        then(b, step_go, 0, next, EDGE_EXCEPTION);
        then(b, step_dispatch, 0, next, 0);
    }
    then(b, try_caught, clause.id, t.x, next);
}

static void finally_end(Builder *b, Task t)
{
    if (b->at != NO_BLOCK && t.y & 1u << EXIT_END)
        edge_add(b, b->at, EDGE_NEXT, t.x, 0);
    leave_all(b, t.y);
    block_start(b, t.x);
}

static void finally_begin(Builder *b, Task t)
{
    Frame frame = frame_pop(b);
    block_start(b, frame.block);
    then_suite(b, suite_of(node_child_of(b_node(b, t.node), PY_FINALLY_CLAUSE)));
    then(b, finally_end, 0, t.x, frame.taken);
}

static void visit_try(Builder *b, Node n)
{
    BlockId after = block_new(b);
    bool has_finally = node_child_of(n, PY_FINALLY_CLAUSE).id != 0;
    if (has_finally)
        frame_push(b, (Frame){ .kind = FRAME_FINALLY, .block = block_new(b), .item = n.id });
    if (except_at(node_first(n)).id)
        frame_push(b, (Frame){ .kind = FRAME_TRY, .block = block_new(b) });
    block_fresh(b);
    then_suite(b, node_field(n, F_BODY));
    then(b, try_body_done, n.id, after, 0);
    then(b, has_finally ? finally_begin : step_start, n.id, after, 0);
}

/* ---- match ---- */

/* The name that a part of a pattern binds; a null node when it binds none. */
static Node capture_of(Node part)
{
    Node parent = node_parent(part), name = { part.module, 0 };
    switch (node_kind(part)) {
    case PY_DOTTED_NAME: {
        bool names_class = node_kind(parent) == PY_CLASS_PATTERN && node_first(parent).id == part.id;
        if (!names_class && node_role(part) != F_KEY && node_count(part) == 1)
            name = node_first(part);
        break;
    }
    case PY_SPLAT_PATTERN:
        name = node_first(part);
        break;
    case PY_AS_PATTERN:
        name = node_child_of(part, PY_IDENTIFIER);
        break;
    default:
        break;
    }
    return str_is(node_text(name), "_") ? (Node){ part.module, 0 } : name;
}

static void emit_captures(Builder *b, Node clause)
{
    for (Node pattern = node_first(clause); pattern.id; pattern = node_next(pattern)) {
        if (node_kind(pattern) != PY_CASE_PATTERN)
            continue;
        for (uint32_t id = pattern.id; id < node_data(pattern)->after; id++) {
            Node name = capture_of(b_node(b, id));
            if (name.id)
                emit(b, EVENT_BIND, name.id);
        }
    }
}

static bool is_wildcard_end(Str text)
{
    text = str_trim(text);
    if (!str_ends(text, STR("_")))
        return false;
    Str before = str_trim(str_slice(text, 0, text.n - 1));
    return before.n == 0 || before.p[before.n - 1] == '|';
}

static bool has_comma_behind(Node part, Node whole)
{
    Str rest = str_slice(whole.module->source.text, node_end(part), node_end(whole));
    return str_find(rest, ',') < rest.n;
}

/* `case _`, `case name`, either in parentheses, with `as`, or as the last alternative. A guard is another matter. */
static bool is_irrefutable(Node clause)
{
    Node n = node_child_of(clause, PY_CASE_PATTERN);
    if (node_kind(node_next(n)) == PY_CASE_PATTERN)
        return false;
    for (;;) {
        Str text = node_text(n);
        Node first = node_first(n);
        switch (node_kind(n)) {
        case PY_CASE_PATTERN:
            if (!first.id)
                return is_wildcard_end(text);
            break;
        case PY_AS_PATTERN:
            break;
        case PY_TUPLE_PATTERN:
            /* Without a comma it is a parenthesis. */
            if (!first.id || node_next(first).id || has_comma_behind(first, n))
                return false;
            break;
        case PY_UNION_PATTERN: {
            Node last = first;
            while (node_next(last).id)
                last = node_next(last);
            if (is_wildcard_end(text))
                return true;
            first = last;
            break;
        }
        case PY_DOTTED_NAME:
            return node_count(n) == 1;
        default:
            return false;
        }
        n = first;
    }
}

/* The test of the clause `node` and of those behind it; x: behind the statement. */
static void match_case(Builder *b, Task t)
{
    Node clause = b_node(b, t.node);
    while (clause.id && node_kind(clause) != PY_CASE_CLAUSE)
        clause = node_next(clause);
    if (!clause.id) {
        go(b, EDGE_NEXT, t.x);
        block_start(b, t.x);
        return;
    }
    BlockId body = block_new(b), next = block_new(b);
    Node guard = node_first(node_field(clause, F_GUARD));
    if (b->at != NO_BLOCK && is_irrefutable(clause)) {
        go(b, EDGE_TRUE, body);
    } else if (b->at != NO_BLOCK) {
        raises(b);
        edge_add(b, b->at, EDGE_TRUE, body, 0);
        go(b, EDGE_FALSE, next);
    }
    block_start(b, body);
    place(b, clause.id);
    emit_captures(b, clause);
    if (guard.id) {
        BlockId guarded = block_new(b);
        then(b, visit_condition, guard.id, guarded, next);
        then(b, step_start, 0, guarded, 0);
    }
    then_suite(b, node_field(clause, F_CONSEQUENCE));
    then(b, step_go, 0, t.x, EDGE_NEXT);
    then(b, step_start, 0, next, 0);
    then(b, match_case, node_next(clause).id, t.x, 0);
}

static void visit_match(Builder *b, Node n)
{
    Node subject = node_field(n, F_SUBJECT);
    for (Node part = subject; part.id; part = node_next_same(part))
        then(b, visit, part.id, 0, 0);
    then(b, step_event, subject.id, EVENT_TEST, 0);
    then(b, match_case, node_first(node_field(n, F_BODY)).id, block_new(b), 0);
}

/* ---- def and class ---- */

static void step_class(Builder *b, Task t)
{
    b->class_depth += t.x;
}

static void visit_class(Builder *b, Node n)
{
    raises(b);
    then(b, visit, node_field(n, F_SUPERCLASSES).id, 0, 0);
    then(b, step_class, 0, 1, 0);
    then_suite(b, node_field(n, F_BODY));
    then(b, step_class, 0, (uint32_t)-1, 0);
    then(b, step_event, n.id, EVENT_DEFINE, 0);
    then(b, step_raises, 0, 0, 0);
}

/* Defaults, then annotations, both from left to right. */
static void visit_function(Builder *b, Node n)
{
    Node parameters = node_field(n, F_PARAMETERS);
    for (Node p = node_first(parameters); p.id; p = node_next(p))
        then(b, visit, node_field(p, F_VALUE).id, 0, 0);
    for (Node p = node_first(parameters); p.id; p = node_next(p))
        then(b, visit, node_field(p, F_TYPE).id, 0, 0);
    then(b, visit, node_field(n, F_RETURN_TYPE).id, 0, 0);
    then(b, step_event, n.id, EVENT_DEFINE, 0);
}

static void visit_decorated(Builder *b, Node n)
{
    for (Node child = node_first(n); child.id; child = node_next(child))
        then(b, visit, node_kind(child) == PY_DECORATOR ? node_first(child).id : child.id, 0, 0);
    then(b, step_raises, 0, 0, 0);
}

/* ---- All of them ---- */

void visit(Builder *b, Task t)
{
    Node n = b_node(b, t.node);
    if (kind_is_simple_statement(node_kind(n))) {
        visit_simple(b, n);
        return;
    }
    switch (node_kind(n)) {
    case PY_IF_STATEMENT:
        place(b, n.id);
        visit_if(b, n, node_field(n, F_ALTERNATIVE), block_new(b));
        return;
    case PY_FOR_STATEMENT:
        place(b, n.id);
        then(b, visit, node_field(n, F_RIGHT).id, 0, 0);
        then(b, for_head, n.id, 0, 0);
        return;
    case PY_WHILE_STATEMENT:
        place(b, n.id);
        visit_while(b, n);
        return;
    case PY_TRY_STATEMENT:
        place(b, n.id);
        visit_try(b, n);
        return;
    case PY_WITH_STATEMENT:
        place(b, n.id);
        visit_with(b, n);
        return;
    case PY_MATCH_STATEMENT:
        place(b, n.id);
        visit_match(b, n);
        return;
    case PY_FUNCTION_DEFINITION:
        visit_function(b, n);
        return;
    case PY_CLASS_DEFINITION:
        visit_class(b, n);
        return;
    case PY_DECORATED_DEFINITION:
        place(b, n.id);
        visit_decorated(b, n);
        return;
    case PY_MODULE:
    case PY_BLOCK:
    case PY_ERROR:
    case PY_ELIF_CLAUSE:
    case PY_ELSE_CLAUSE:
    case PY_EXCEPT_CLAUSE:
    case PY_FINALLY_CLAUSE:
    case PY_CASE_CLAUSE:
        /* Clauses come here only in broken code. */
        then(b, visit_all, node_first(n).id, 0, 0);
        return;
    default:
        visit_expression(b, t);
    }
}
