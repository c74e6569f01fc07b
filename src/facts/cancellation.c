#include "facts/cancellation.h"

#include "facts/reaps.h"

/* What real code never gets near to. Beyond it nothing is said, so that no file takes longer than its size. */
enum { CATCHERS_MOST = 128, AWAITS_MOST = 10000, BINDINGS_MOST = 16 };

/* ---- How control leaves the handler ---- */

/* What one function needs while it is judged. */
typedef struct Judge {
    Module *module;
    const Function *function;
    const Flow *flow;
    const Reaps *reaps;
    uint32_t *seen; /* by block: the number of the search that came by last */
    uint32_t search;
    BlockId *stack;
    BlockId *exits; /* where control goes behind a catcher */
    uint32_t exit_count;
    bool raises_later;        /* a bare `raise` was found behind the catcher */
    ARRAY(uint32_t) catchers; /* nodes, ascending */
    uint32_t *caught_by;      /* by number in flow->awaits: the node of its catcher; 0: none */
    bool *swallowed;          /* by number in flow->awaits: its catcher lets the function go on */
    unsigned target_minor;
} Judge;

static bool is_own_frame(PyKind kind)
{
    return kind != PY_FUNCTION_DEFINITION && kind != PY_LAMBDA && kind != PY_CLASS_DEFINITION;
}

/* A call behind which nothing runs. */
static bool never_returns(Node call)
{
    static const char *const names[] = { "sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit",
        "pytest.fail", "pytest.skip", "pytest.exit", "pytest.xfail" };
    Node callee = node_field(call, F_FUNCTION);
    Target target = target_of(callee);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(target.qualified, names[i]))
            return true;
    }
    if (target.kind == TARGET_FUNCTION) {
        Str returns = node_text(node_field(node_at(call.module, target.function->node), F_RETURN_TYPE));
        return str_ends(returns, STR("NoReturn")) || str_ends(returns, STR("Never"));
    }
    Str method = node_text(node_field(callee, F_ATTRIBUTE));
    bool is_self = str_is(node_text(node_field(callee, F_OBJECT)), "self");
    return is_self && (str_is(method, "fail") || str_is(method, "skipTest"));
}

static bool ends_here(const Judge *judge, const Block *block)
{
    for (uint32_t i = 0; i < block->events.count; i++) {
        Node n = node_at(judge->module, block->events.items[i].node);
        if (block->events.items[i].kind == EVENT_CALL && node_kind(n) == PY_CALL && never_returns(n))
            return true;
    }
    return false;
}

/* Whether a break or continue leaves `region`: no loop of it stands around. The `else` of a loop is outside of it. */
static bool leaves(Node jump, Node region)
{
    Node inner = jump;
    for (Node n = node_parent(jump); n.id && !node_same(inner, region); n = node_parent(n)) {
        bool is_loop = node_kind(n) == PY_FOR_STATEMENT || node_kind(n) == PY_WHILE_STATEMENT;
        if (is_loop && node_role(inner) == F_BODY && node_contains(region, n))
            return false;
        inner = n;
    }
    return true;
}

static CancelEnd end_by(PyKind kind)
{
    switch (kind) {
    case PY_RETURN_STATEMENT:
        return CANCEL_RETURNED;
    case PY_CONTINUE_STATEMENT:
        return CANCEL_CONTINUED;
    case PY_BREAK_STATEMENT:
        return CANCEL_BROKEN;
    default:
        return CANCEL_PASSED_ON;
    }
}

static bool is_normal(EdgeKind kind)
{
    return kind != EDGE_EXCEPTION && kind != EDGE_RETURN && kind != EDGE_CAUGHT;
}

/* Whether the first event of a block is one of the code outside of the handler; false when it has none. */
static bool begins_outside(const Judge *judge, BlockId id, Node clause)
{
    const Block *block = &judge->flow->blocks[id];
    if (id == FLOW_EXIT)
        return true;
    return block->events.count && !node_contains(clause, node_at(judge->module, block->events.items[0].node));
}

/* Whether the block belongs to what is below the handler. Where branches meet and where a `for` begins are blocks
 * without events: they are where all that follows is. */
static bool is_outside(const Judge *judge, BlockId id, Node clause)
{
    const Block *block = &judge->flow->blocks[id];
    bool leads_out = false;
    if (id == FLOW_EXIT || block->events.count)
        return begins_outside(judge, id, clause);
    for (uint32_t i = 0; i < block->edges.count; i++) {
        BlockId to = block->edges.items[i].to;
        bool is_empty = to != FLOW_EXIT && !judge->flow->blocks[to].events.count;
        if (!is_normal(block->edges.items[i].kind) || is_empty)
            continue;
        if (!begins_outside(judge, to, clause))
            return false;
        leads_out = true;
    }
    return leads_out;
}

static bool ends_in_jump(const Judge *judge, const Block *block, Node clause)
{
    if (!block->events.count)
        return false;
    Node last = node_at(judge->module, block->events.items[block->events.count - 1].node);
    PyKind kind = node_kind(last);
    return (kind == PY_BREAK_STATEMENT || kind == PY_CONTINUE_STATEMENT) && leaves(last, clause);
}

static bool is_seen(Judge *judge, BlockId id)
{
    bool was_seen = judge->seen[id] == judge->search;
    judge->seen[id] = judge->search;
    return was_seen;
}

/* Where control goes that runs through the handler to its end. */
static void find_fall_through(Judge *judge, Node clause)
{
    BlockId begin = flow_block_of(judge->flow, clause);
    uint32_t count = 0;
    judge->exit_count = 0;
    judge->search++;
    if (begin == UINT32_MAX)
        return;
    judge->stack[count++] = begin;
    is_seen(judge, begin);
    while (count) {
        const Block *block = &judge->flow->blocks[judge->stack[--count]];
        if (ends_here(judge, block) || ends_in_jump(judge, block, clause))
            continue;
        for (uint32_t i = 0; i < block->edges.count; i++) {
            BlockId to = block->edges.items[i].to;
            if (!is_normal(block->edges.items[i].kind) || is_seen(judge, to))
                continue;
            if (is_outside(judge, to, clause))
                judge->exits[judge->exit_count++] = to;
            else
                judge->stack[count++] = to;
        }
    }
}

/* Where a `continue` or `break` goes. */
static void find_jump(Judge *judge, Node jump)
{
    BlockId id = flow_block_of(judge->flow, jump);
    judge->exit_count = 0;
    judge->search++;
    if (id == UINT32_MAX)
        return;
    const Block *block = &judge->flow->blocks[id];
    for (uint32_t i = 0; i < block->edges.count; i++) {
        if (is_normal(block->edges.items[i].kind) && !is_seen(judge, block->edges.items[i].to))
            judge->exits[judge->exit_count++] = block->edges.items[i].to;
    }
}

/* Where control goes when a suppress has swallowed it. */
static void find_suppressed(Judge *judge, Node item)
{
    judge->exit_count = 0;
    judge->search++;
    for (BlockId id = 0; id < judge->flow->count; id++) {
        const Block *block = &judge->flow->blocks[id];
        for (uint32_t i = 0; i < block->edges.count; i++) {
            const Edge *edge = &block->edges.items[i];
            if (edge->kind == EDGE_CAUGHT && edge->at == item.id && !is_seen(judge, edge->to))
                judge->exits[judge->exit_count++] = edge->to;
        }
    }
}

/* `raise` and `raise error` of a handler's own exception. */
static bool raises_again(Node statement, Node clause, NameId name)
{
    Node value = node_first(statement);
    if (!value.id) {
        /* Of a handler inside of this one it is another exception. */
        Node n = node_parent(statement);
        while (n.id && node_kind(n) != PY_EXCEPT_CLAUSE)
            n = node_parent(n);
        return node_same(n, clause);
    }
    if (name && node_data(value)->name == name)
        return true;
    Node raised = node_kind(value) == PY_CALL ? node_field(value, F_FUNCTION) : value;
    return is_cancelled_class(raised);
}

static NameId clause_alias(Node clause)
{
    Node value = node_field(clause, F_VALUE);
    Node alias = node_field(node_kind(value) == PY_AS_PATTERN ? value : clause, F_ALIAS);
    return node_data(node_kind(alias) == PY_AS_PATTERN_TARGET ? node_first(alias) : alias)->name;
}

/* Whether a call only tells people: logger.info(...), print(...), str(error). */
static bool is_talk(Node call)
{
    static const char *const words[] = { "debug", "info", "warning", "warn", "error", "exception", "critical", "log",
        "print", "str", "repr", "type", "isinstance", "format", "format_exc", "echo", "trace" };
    Node callee = node_field(call, F_FUNCTION);
    Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(name, words[i]))
            return true;
    }
    return false;
}

/* Whether the exception that an identifier stands for goes anywhere but into a message. */
static bool is_put_somewhere(Node identifier)
{
    for (Node n = node_parent(identifier); n.id; n = node_parent(n)) {
        switch (node_kind(n)) {
        case PY_CALL:
            return !is_talk(n);
        case PY_ASSIGNMENT:
        case PY_RETURN_STATEMENT:
        case PY_YIELD:
        case PY_DICTIONARY:
        case PY_COMPARISON_OPERATOR:
        case PY_IF_STATEMENT:
            return true;
        case PY_AS_PATTERN_TARGET:
        case PY_RAISE_STATEMENT:
        case PY_EXPRESSION_STATEMENT:
        case PY_STRING:
            return false;
        default:
            break;
        }
    }
    return false;
}

/* What is called by one who knows about cancellation. */
static bool is_knowing_word(Str text)
{
    static const char *const words[] = { "cancelling", "uncancel", "set_exception", "exc_info", "current_task",
        "cancelled", "cancel_called", "set_result", "cancelled_caught" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(text, words[i]))
            return true;
    }
    return false;
}

/* Whether a variable that the handler binds is read elsewhere in the function: a flag, a result. */
static bool is_read_elsewhere(const Judge *judge, Node clause, Node target)
{
    Node top = node_at(judge->module, judge->function->node);
    NameId name = node_data(target)->name;
    for (uint32_t id = top.id; name && id < node_data(top)->after; id++) {
        if (id == clause.id)
            id = node_data(clause)->after;
        Node n = node_at(judge->module, id);
        if (node_data(n)->name == name && node_role(n) != F_LEFT && node_role(n) != F_ATTRIBUTE &&
            node_kind(n) == PY_IDENTIFIER)
            return true;
    }
    return false;
}

typedef struct Ways {
    uint32_t bindings;
    Node jump;  /* the first return, continue or break that leaves */
    Node other; /* the first raise of something else */
    bool reraises, is_looked_at;
} Ways;

static void see_in_handler(const Judge *judge, Node clause, Node n, NameId alias, Ways *ways)
{
    switch (node_kind(n)) {
    case PY_RAISE_STATEMENT:
        if (!flow_reaches(judge->flow, n))
            break;
        if (raises_again(n, clause, alias))
            ways->reraises = true;
        else if (!ways->other.id && node_first(n).id)
            ways->other = n;
        break;
    case PY_RETURN_STATEMENT:
    case PY_CONTINUE_STATEMENT:
    case PY_BREAK_STATEMENT:
        if (!ways->jump.id && flow_reaches(judge->flow, n) &&
            (node_kind(n) == PY_RETURN_STATEMENT || leaves(n, clause)))
            ways->jump = n;
        break;
    case PY_IDENTIFIER:
        ways->is_looked_at |= is_knowing_word(node_text(n));
        if (alias && node_data(n)->name == alias && node_role(n) != F_ATTRIBUTE)
            ways->is_looked_at |= is_put_somewhere(n);
        break;
    case PY_ASSIGNMENT:
    case PY_AUGMENTED_ASSIGNMENT:
        if (node_kind(node_field(n, F_LEFT)) == PY_IDENTIFIER)
            ways->is_looked_at |=
                ++ways->bindings > BINDINGS_MOST || is_read_elsewhere(judge, clause, node_field(n, F_LEFT));
        break;
    default:
        break;
    }
}

static Ways ways_out(const Judge *judge, Node clause)
{
    Node none = { judge->module, 0 };
    Ways ways = { .jump = none, .other = none };
    Node suite = node_child_of(clause, PY_BLOCK);
    NameId alias = clause_alias(clause);
    for (uint32_t id = suite.id; id && id < node_data(suite)->after;) {
        Node n = node_at(judge->module, id);
        see_in_handler(judge, clause, n, alias, &ways);
        id = is_own_frame(node_kind(n)) ? id + 1 : node_data(n)->after;
    }
    return ways;
}

static void judge_handler(Judge *judge, Cancellation *c)
{
    Ways ways = ways_out(judge, c->catcher);
    find_fall_through(judge, c->catcher);
    bool falls = judge->exit_count > 0;
    bool leaves_quietly = falls || ways.jump.id;
    bool raises = ways.reraises || ways.other.id;
    if (ways.is_looked_at || (raises && leaves_quietly) || (ways.reraises && ways.other.id)) {
        c->end = CANCEL_LOOKED_AT;
    } else if (falls) {
        c->end = CANCEL_DROPPED;
    } else if (ways.jump.id) {
        c->end = end_by(node_kind(ways.jump));
        c->jump = ways.jump;
    } else if (ways.other.id) {
        c->end = CANCEL_RERAISED_AS;
        c->jump = ways.other;
    }
}

/* ---- What the function does then ---- */

/* Clean-up runs in any case: the finally suites and the exits of the `async with` around. */
static bool is_clean_up(Node await, Node catcher)
{
    if (node_kind(await) == PY_WITH_ITEM)
        return node_contains(node_parent(node_parent(await)), catcher);
    for (Node n = node_parent(await); n.id && is_own_frame(node_kind(n)); n = node_parent(n)) {
        if (node_kind(n) == PY_FINALLY_CLAUSE && !node_contains(n, catcher))
            return true;
    }
    return false;
}

/* The number in flow->awaits of a suspension point. */
static uint32_t number_of(const Judge *judge, uint32_t await)
{
    uint32_t low = 0, high = judge->flow->awaits.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (judge->flow->awaits.items[middle] < await)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The suspension point of a block that counts as going on. */
static Node waiting_in(const Judge *judge, BlockId id, Node catcher)
{
    const Block *block = &judge->flow->blocks[id];
    for (uint32_t i = 0; i < block->events.count; i++) {
        Node n = node_at(judge->module, block->events.items[i].node);
        if (block->events.items[i].kind == EVENT_AWAIT && !is_clean_up(n, catcher))
            return n;
    }
    return node_at(judge->module, 0);
}

/* The end of a for loop: the edge of its head that takes no more turn. */
static bool is_for_end(const Block *block, const Edge *edge)
{
    uint32_t events = block->events.count;
    bool is_test = events && block->events.items[events - 1].kind == EVENT_TEST;
    bool has_turn = false;
    for (uint32_t i = 0; i < block->edges.count; i++)
        has_turn |= block->edges.items[i].kind == EDGE_TRUE;
    return edge->kind == EDGE_FALSE && has_turn && !is_test;
}

/* A `raise` of whatever sort; *is_bare: one without a value is among them. */
static bool raises_in(const Judge *judge, const Block *block, bool *is_bare)
{
    bool raises = false;
    for (uint32_t i = 0; i < block->events.count; i++) {
        Node n = node_at(judge->module, block->events.items[i].node);
        if (block->events.items[i].kind != EVENT_STATEMENT || node_kind(n) != PY_RAISE_STATEMENT)
            continue;
        raises = true;
        *is_bare |= !node_first(n).id;
    }
    return raises;
}

/* A new search, which begins at the exits: how many they are. */
static uint32_t begin_at_exits(Judge *judge)
{
    judge->search++;
    for (uint32_t i = 0; i < judge->exit_count; i++) {
        judge->stack[i] = judge->exits[i];
        is_seen(judge, judge->exits[i]);
    }
    return judge->exit_count;
}

/* Searches from the exits: *waits is the first suspension point that is found; false when the end of the function is
 * found without passing one. Loops over something always have a next turn. */
static bool always_waits(Judge *judge, Node catcher, Node *waits)
{
    bool ends = false;
    uint32_t count = begin_at_exits(judge);
    *waits = node_at(judge->module, 0);
    while (count) {
        BlockId id = judge->stack[--count];
        const Block *block = &judge->flow->blocks[id];
        Node n = waiting_in(judge, id, catcher);
        if (n.id && (!waits->id || n.id < waits->id))
            *waits = n;
        /* It ends a path; a bare one belongs to a handler around, which passes the cancellation on later. */
        bool raises = raises_in(judge, block, &judge->raises_later);
        ends |= id == FLOW_EXIT || raises;
        if (n.id || raises || ends_here(judge, block))
            continue;
        for (uint32_t i = 0; i < block->edges.count; i++) {
            const Edge *edge = &block->edges.items[i];
            bool goes = is_normal(edge->kind) || edge->kind == EDGE_RETURN;
            if (goes && !is_for_end(block, edge) && !is_seen(judge, edge->to))
                judge->stack[count++] = edge->to;
        }
    }
    return !ends && waits->id;
}

/* Whether a cancellation at one of the block's suspension points leaves the function; *waits is the first of them that
 * this catcher takes. */
static bool can_be_cancelled_in(const Judge *judge, const Block *block, Node catcher, Node *waits)
{
    for (uint32_t i = 0; i < block->events.count; i++) {
        uint32_t await = block->events.items[i].node;
        if (block->events.items[i].kind != EVENT_AWAIT)
            continue;
        uint32_t number = number_of(judge, await);
        if (number >= AWAITS_MOST || !judge->swallowed[number])
            return true;
        if (judge->caught_by[number] == catcher.id && (!waits->id || await < waits->id))
            *waits = node_at(judge->module, await);
    }
    return false;
}

/* Whether all that can run behind the catcher, other handlers included, comes back to it, never to an end, and to no
 * suspension point where a cancellation gets through. */
static bool loops_for_ever(Judge *judge, Node catcher, Node *waits)
{
    uint32_t count = begin_at_exits(judge);
    bool is_bare = false;
    *waits = node_at(judge->module, 0);
    while (count) {
        BlockId id = judge->stack[--count];
        const Block *block = &judge->flow->blocks[id];
        if (id == FLOW_EXIT || can_be_cancelled_in(judge, block, catcher, waits) || ends_here(judge, block) ||
            raises_in(judge, block, &is_bare))
            return false;
        for (uint32_t i = 0; i < block->edges.count; i++) {
            if (!is_seen(judge, block->edges.items[i].to))
                judge->stack[count++] = block->edges.items[i].to;
        }
    }
    return waits->id;
}

/* Whether the catcher stands in a handler that has caught a cancellation before and ends by raising it again, and is not
 * left by a jump on the way there. */
static bool is_passed_on_later(const Judge *judge, const Cancellation *c)
{
    for (Node n = node_parent(c->catcher); n.id && is_own_frame(node_kind(n)); n = node_parent(n)) {
        if (node_kind(n) != PY_EXCEPT_CLAUSE || !catches_cancellation(n, judge->target_minor))
            continue;
        Node last = node_first(node_child_of(n, PY_BLOCK));
        for (Node next = last; next.id; next = node_next(next))
            last = next;
        return node_kind(last) == PY_RAISE_STATEMENT && raises_again(last, n, clause_alias(n)) &&
               (!c->jump.id || !leaves(c->jump, n));
    }
    return false;
}

static void judge_next(Judge *judge, Cancellation *c)
{
    switch (c->end) {
    case CANCEL_DROPPED:
        if (node_kind(c->catcher) == PY_WITH_ITEM)
            find_suppressed(judge, c->catcher);
        else
            find_fall_through(judge, c->catcher);
        break;
    case CANCEL_CONTINUED:
    case CANCEL_BROKEN:
        find_jump(judge, c->jump);
        break;
    default:
        return;
    }
    judge->raises_later = false;
    if (loops_for_ever(judge, c->catcher, &c->waits))
        c->next = CANCEL_THEN_LOOPS;
    else if (always_waits(judge, c->catcher, &c->waits))
        c->next = CANCEL_THEN_WAITS;
    else
        c->next = c->waits.id ? CANCEL_THEN_MAYBE : CANCEL_THEN_ENDS;
    if (judge->raises_later || (c->next != CANCEL_THEN_LOOPS && is_passed_on_later(judge, c)))
        c->end = CANCEL_LOOKED_AT;
}

/* ---- One function, all functions ---- */

/* Clauses and suppresses of the function that take it, as far as they are judged. False: there is none. */
static bool find_catchers(Judge *judge, Node top)
{
    judge->catchers.count = 0;
    for (uint32_t id = top.id + 1; id < node_data(top)->after && judge->catchers.count < CATCHERS_MOST;) {
        Node n = node_at(top.module, id);
        if (catches_cancellation(n, judge->target_minor))
            *array_push(judge->module->arena, &judge->catchers) = id;
        id = is_own_frame(node_kind(n)) ? id + 1 : node_data(n)->after;
    }
    return judge->catchers.count > 0;
}

/* One Cancellation for each catcher, to be filled in. */
static void add_catchers(Judge *judge, Cancellations *found)
{
    Node none = { judge->module, 0 };
    for (uint32_t i = 0; i < judge->catchers.count; i++) {
        Cancellation *c = array_push(judge->module->arena, &found->items);
        *c = (Cancellation){ .function = judge->function, .await = none, .jump = none, .waits = none };
        c->catcher = node_at(judge->module, judge->catchers.items[i]);
        c->is_reap = c->is_about_objects = c->is_clean_up = true;
    }
}

/* `await store.close()`: the end of something, which goes on with the next end whatever happens. */
static bool closes(Node await)
{
    static const char *const words[] = { "close", "aclose", "clean", "disconnect", "stop", "shutdown", "dispose",
        "quit", "terminate", "release", "teardown", "wait_closed" };
    Node callee = node_field(node_first(await), F_FUNCTION);
    Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    for (size_t i = 0; node_kind(await) == PY_AWAIT && i < sizeof words / sizeof *words; i++) {
        if (str_starts(name, str_of(words[i])))
            return true;
    }
    return false;
}

static void add_await(Judge *judge, Cancellations *found, uint32_t first, uint32_t number)
{
    Node await = node_at(judge->module, judge->flow->awaits.items[number]);
    Node catcher = cancellation_catcher(await, judge->target_minor);
    judge->caught_by[number] = catcher.id;
    Cancellation *c = NULL;
    for (uint32_t i = first; catcher.id && i < found->items.count && !c; i++) {
        if (node_same(found->items.items[i].catcher, catcher))
            c = &found->items.items[i];
    }
    if (!c || !flow_reaches(judge->flow, await))
        return;
    bool is_reap = reaps_await(judge->reaps, await);
    if (!c->await.id || (c->is_reap && !is_reap))
        c->await = await;
    c->is_reap &= is_reap;
    c->is_about_objects &= is_reap || awaits_objects_only(await);
    c->is_clean_up &= is_reap || closes(await);
}

/* Those that no suspension point leads to are left out. */
static void drop_unused(Cancellations *found, uint32_t first)
{
    uint32_t kept = first;
    for (uint32_t i = first; i < found->items.count; i++) {
        if (found->items.items[i].await.id)
            found->items.items[kept++] = found->items.items[i];
    }
    found->items.count = kept;
}

/* What the names in a function say of it. */
typedef struct Habits {
    bool counts;  /* uncancel, cancelling: whoever does that knows what he does */
    bool cancels; /* something, be it a token that stands for a task */
} Habits;

static Habits habits_of(Node top)
{
    Habits habits = { false, false };
    for (uint32_t id = top.id + 1; id < node_data(top)->after; id++) {
        Node n = node_at(top.module, id);
        Str text = node_kind(n) == PY_IDENTIFIER ? node_text(n) : STR("");
        habits.counts |= str_is(text, "uncancel") || str_is(text, "cancelling");
        habits.cancels |= node_role(n) == F_ATTRIBUTE && says_cancel(text);
    }
    return habits;
}

static bool is_in_finally(Node n)
{
    for (; n.id && is_own_frame(node_kind(n)); n = node_parent(n)) {
        if (node_kind(n) == PY_FINALLY_CLAUSE)
            return true;
    }
    return false;
}

/* A test by the name of its function, of a function around it or of its file. */
static bool is_test(const Module *module, Node n)
{
    Str path = module->source.path;
    uint32_t slash = str_find_last(path, '/');
    Str file = slash < path.n ? str_slice(path, slash + 1, path.n) : path;
    if (str_starts(file, STR("test_")) || str_ends(file, STR("_test.py")))
        return true;
    for (; n.id; n = node_parent(n)) {
        Node name = node_kind(n) == PY_FUNCTION_DEFINITION ? node_field(n, F_NAME) : node_at(module, 0);
        if (str_starts(node_text(name), STR("test")))
            return true;
    }
    return false;
}

static void judge_catcher(Judge *judge, Habits habits, Cancellation *c)
{
    c->is_reap |= c->is_about_objects && habits.cancels;
    c->is_interrupt = catches_interrupt(c->catcher);
    c->is_clean_up |= is_in_finally(c->catcher);
    c->is_test = catches_by_name(c->catcher) && is_test(judge->module, c->catcher);
    if (habits.counts)
        c->end = CANCEL_LOOKED_AT;
    else if (node_kind(c->catcher) == PY_WITH_ITEM)
        c->end = CANCEL_DROPPED;
    else
        judge_handler(judge, c);
    c->is_asked_for = c->end == CANCEL_RETURNED && catches_by_name(c->catcher) && node_first(c->jump).id &&
                      reaps_result_of(judge->reaps, node_at(judge->module, judge->function->node));
}

/* Which suspension points have a catcher behind which the function goes on. */
static void find_swallowed(Judge *judge, const Cancellations *found, uint32_t first)
{
    for (uint32_t number = 0; number < judge->flow->awaits.count && number < AWAITS_MOST; number++) {
        uint32_t catcher = judge->caught_by[number];
        for (uint32_t i = first; catcher && i < found->items.count; i++) {
            const Cancellation *c = &found->items.items[i];
            if (c->catcher.id == catcher)
                judge->swallowed[number] = c->end == CANCEL_DROPPED || c->end == CANCEL_CONTINUED;
        }
    }
}

static void judge_function(Judge *judge, Cancellations *found)
{
    uint32_t first = found->items.count;
    Arena *arena = judge->module->arena;
    const Flow *flow = judge->flow = flow_new(judge->module, judge->function);
    judge->search = 0;
    judge->caught_by = arena_array(arena, uint32_t, flow->awaits.count);
    judge->swallowed = arena_array(arena, bool, flow->awaits.count);
    judge->seen = arena_array(arena, uint32_t, flow->count);
    judge->stack = arena_array(arena, BlockId, flow->count);
    judge->exits = arena_array(arena, BlockId, flow->count);
    add_catchers(judge, found);
    for (uint32_t i = 0; i < flow->awaits.count && i < AWAITS_MOST; i++)
        add_await(judge, found, first, i);
    drop_unused(found, first);
    Habits habits = habits_of(node_at(judge->module, judge->function->node));
    for (uint32_t i = first; i < found->items.count; i++)
        judge_catcher(judge, habits, &found->items.items[i]);
    find_swallowed(judge, found, first);
    for (uint32_t i = first; i < found->items.count; i++)
        judge_next(judge, &found->items.items[i]);
}

Cancellations cancellations_of(Module *module, unsigned target_minor)
{
    Cancellations found = { 0 };
    Judge judge = { .module = module, .target_minor = target_minor };
    for (uint32_t i = 0; i < module->functions.count; i++) {
        const Function *function = module->functions.items[i];
        Node top = node_at(module, function->node);
        judge.function = function;
        if (!function->is_async || !function->has_await || node_is_dead(top) || !find_catchers(&judge, top))
            continue;
        if (!judge.reaps)
            judge.reaps = reaps_new(module->arena, module);
        judge_function(&judge, &found);
    }
    return found;
}
