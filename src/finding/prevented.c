/* Calls that never happen because something before them, or in them, surely raises. */
#include "facts/quick.h"
#include "finding/expected_errors.h"
#include "finding/pass.h"
#include "finding/prevented.h"

enum { NODES_MOST = 5000 /* that one question looks at */ };

static bool raises(Node n, uint32_t *left)
{
    return n.id && *left && surely_raises(n, false, left);
}

/* ---- Statements ---- */

/* The expressions that a statement evaluates before it does anything else: of a compound one those of its header. */
static bool header_raises(Node statement, uint32_t *left)
{
    switch (node_kind(statement)) {
    case PY_EXPRESSION_STATEMENT:
        return raises(statement, left);
    case PY_ASSERT_STATEMENT:
        return raises(node_first(statement), left);
    case PY_IF_STATEMENT:
    case PY_ELIF_CLAUSE:
    case PY_WHILE_STATEMENT:
        return raises(node_field(statement, F_CONDITION), left);
    case PY_FOR_STATEMENT:
        return raises(node_field(statement, F_RIGHT), left);
    case PY_MATCH_STATEMENT:
        return raises(node_field(statement, F_SUBJECT), left);
    default:
        return false;
    }
}

/* Behind the statement only the first one counts: the others may be in one that swallows errors. What cannot be entered counts in the body alone: behind
 * it the same fault is to be seen again. */
static bool managers_raise(Node with, bool all, uint32_t *left)
{
    Node item = node_first(node_child_of(with, PY_WITH_CLAUSE));
    for (; item.id && *left; item = all ? node_next(item) : node_at(item.module, 0)) {
        Node manager = with_manager(item);
        if (raises(manager, left) || (all && is_no_manager(manager, node_has(with, NODE_ASYNC))))
            return true;
    }
    return false;
}

static bool is_exit(Node statement)
{
    PyKind kind = node_kind(statement);
    return kind == PY_RAISE_STATEMENT || kind == PY_RETURN_STATEMENT || kind == PY_CONTINUE_STATEMENT || kind == PY_BREAK_STATEMENT;
}

/* Whether a statement surely does not come to its end, when nothing in it is looked into. */
static bool stops_plainly(Node statement, uint32_t *left)
{
    if (node_kind(statement) == PY_WITH_STATEMENT)
        return managers_raise(statement, false, left);
    return is_exit(statement) || header_raises(statement, left);
}

/* Whether a block surely does not come to its end: whatever else leaves it does not lead to what stands behind it either. */
static bool block_stops(Node block, uint32_t *left)
{
    for (Node n = node_first(block); n.id && *left; n = node_next(n)) {
        --*left;
        if (stops_plainly(n, left))
            return true;
    }
    return false;
}

/* Whether each branch of an `if` with an `else` stops. */
static bool branches_stop(Node statement, uint32_t *left)
{
    bool has_else = false;
    if (!block_stops(node_field(statement, F_CONSEQUENCE), left))
        return false;
    for (Node part = node_field(statement, F_ALTERNATIVE); part.id; part = node_next_same(part)) {
        has_else |= node_kind(part) == PY_ELSE_CLAUSE;
        if (!block_stops(node_field(part, node_kind(part) == PY_ELSE_CLAUSE ? F_BODY : F_CONSEQUENCE), left))
            return false;
    }
    return has_else;
}

static Node block_of(Node clause)
{
    return node_child_of(clause, PY_BLOCK);
}

/* Whether the body of a `try` stops, and each of its handlers does. */
static bool try_stops(Node statement, uint32_t *left)
{
    if (!block_stops(node_field(statement, F_BODY), left))
        return false;
    for (Node part = node_first(statement); part.id; part = node_next(part)) {
        if (node_kind(part) == PY_EXCEPT_CLAUSE && !block_stops(block_of(part), left))
            return false;
    }
    return true;
}

static bool statement_stops(Node statement, uint32_t *left)
{
    if (!*left)
        return false;
    --*left;
    if (stops_plainly(statement, left))
        return !is_exit(statement);
    return node_kind(statement) == PY_IF_STATEMENT    ? branches_stop(statement, left)
           : node_kind(statement) == PY_TRY_STATEMENT ? try_stops(statement, left)
                                                      : false;
}

/* ---- The way to a call ---- */

/* `line is None`, of `line = await reader.readline()`: what asyncio says that gives bytes, a text or a number is never None. */
static bool is_never_true(Node condition)
{
    condition = node_unparenthesized(condition);
    bool asks_for_none = node_kind(condition) == PY_COMPARISON_OPERATOR && node_count(condition) == 3 &&
                         str_is(node_text(node_field(condition, F_OPERATORS)), "is") && node_kind(node_child(condition, 2)) == PY_NONE;
    Node asked = node_first(condition);
    if (!asks_for_none || node_kind(asked) != PY_IDENTIFIER)
        return false;
    Node value = node_unparenthesized(only_value(asked));
    const Api *api = node_kind(value) == PY_AWAIT ? api_of_call(node_unparenthesized(node_first(value))) : NULL;
    bool is_plain = api && api->colour == COLOUR_COROUTINE && str_starts(api_name(api), STR("asyncio."));
    return is_plain && (strcmp(api->result, "builtins.bytes") == 0 || strcmp(api->result, "builtins.str") == 0 ||
                           strcmp(api->result, "builtins.int") == 0);
}

/* What is evaluated in the statement `parent` before its child n is, or decides that it never comes to it. */
static bool is_behind_header(Node parent, Node n, uint32_t *left)
{
    switch (node_kind(parent)) {
    case PY_IF_STATEMENT:
        if (node_same(node_field(parent, F_CONDITION), n))
            return false;
        for (Node part = node_field(parent, F_ALTERNATIVE); part.id && !node_same(part, n); part = node_next_same(part)) {
            if (node_role(n) == F_ALTERNATIVE && header_raises(part, left))
                return true;
        }
        return header_raises(parent, left) || (node_role(n) == F_CONSEQUENCE && is_never_true(node_field(parent, F_CONDITION)));
    case PY_ELIF_CLAUSE:
    case PY_WHILE_STATEMENT:
        return !node_same(node_field(parent, F_CONDITION), n) && header_raises(parent, left);
    case PY_FOR_STATEMENT:
        return !node_same(node_field(parent, F_RIGHT), n) && header_raises(parent, left);
    case PY_MATCH_STATEMENT:
        return !node_same(node_field(parent, F_SUBJECT), n) && header_raises(parent, left);
    case PY_WITH_STATEMENT:
        return node_role(n) == F_BODY && managers_raise(parent, true, left);
    case PY_TRY_STATEMENT:
        return node_kind(n) == PY_ELSE_CLAUSE && block_stops(node_field(parent, F_BODY), left);
    default:
        return false;
    }
}

/* Many findings may stand in one block: what was found out about a statement, a header or a class holds for all that stands behind it or in it. */
typedef enum Known { KNOWN_NOT, KNOWN_NO, KNOWN_YES } Known;
struct PreventedMemo {
    uint32_t *looked_at;       /* by node, of a block: the last of its statements that was looked at; 0: none */
    uint32_t *stopper;         /* by node, of a block: the statement that stops it; 0: none so far */
    unsigned char *behind;     /* Known, by node: whether what its parent evaluates before it raises */
    unsigned char *impossible; /* Known, by node of a scope: whether that is of a class without instances */
};

static struct PreventedMemo *memo_of(Pass *pass)
{
    Arena *arena = pass->module->arena;
    uint32_t count = pass->module->tree.count;
    if (!pass->prevented) {
        pass->prevented = arena_new(arena, struct PreventedMemo);
        *pass->prevented = (struct PreventedMemo){ arena_array(arena, uint32_t, count), arena_array(arena, uint32_t, count),
            arena_array(arena, unsigned char, count), arena_array(arena, unsigned char, count) };
    }
    return pass->prevented;
}

/* Whether one of the statements of the block before n stops. */
static bool stops_before(struct PreventedMemo *memo, Node block, Node n)
{
    uint32_t *last = &memo->looked_at[block.id], *stopper = &memo->stopper[block.id];
    Node before = *last ? node_next(node_at(block.module, *last)) : node_first(block);
    for (; !*stopper && before.id && before.id < n.id; before = node_next(before)) {
        uint32_t left = NODES_MOST;
        *last = before.id;
        *stopper = statement_stops(before, &left) ? before.id : 0;
    }
    return *stopper && *stopper < n.id;
}

static bool is_stopped_in(struct PreventedMemo *memo, Node parent, Node n)
{
    uint32_t left = NODES_MOST;
    if (node_kind(parent) == PY_BLOCK)
        return stops_before(memo, parent, n);
    if (!memo->behind[n.id])
        memo->behind[n.id] = is_behind_header(parent, n, &left) ? KNOWN_YES : KNOWN_NO;
    return memo->behind[n.id] == KNOWN_YES;
}

/* The statements before n in the blocks around it, and the headers of those that it stands in. */
static bool is_behind_error(Pass *pass, Node n)
{
    struct PreventedMemo *memo = memo_of(pass);
    for (int i = 0; i < CLIMB_MOST && n.id && node_kind(n) != PY_FUNCTION_DEFINITION && node_kind(n) != PY_LAMBDA; i++) {
        Node parent = node_parent(n);
        if (is_stopped_in(memo, parent, n))
            return true;
        n = parent;
    }
    return false;
}

static bool is_in_vain(Pass *pass, Node n)
{
    const Scope *scope = node_scope(n);
    if (!scope)
        return false;
    unsigned char *known = &memo_of(pass)->impossible[scope->node];
    if (!*known)
        *known = lacks_instance(n) || is_never_run(n) ? KNOWN_YES : KNOWN_NO;
    return *known == KNOWN_YES;
}

bool is_prevented(Pass *pass, Node n)
{
    uint32_t left = NODES_MOST;
    return (node_kind(n) == PY_CALL && surely_raises(n, false, &left)) || is_behind_error(pass, n) || is_in_vain(pass, n);
}
