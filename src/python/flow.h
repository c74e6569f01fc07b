/* Control flow of one function (or of a module's own code): basic blocks, exception and finally edges, await points.
 *
 * A block is a straight run of events in the order of evaluation. Two blocks are always there: FLOW_EXIT (return or end)
 * and FLOW_RAISE (an exception leaves the function). Every event that can raise (a call, an await, a raise, an attribute,
 * a subscript, an operator, an import ...) ends its reach in an exception edge of its block to the innermost handler
 * dispatch, finally or FLOW_RAISE. A `finally` suite is there once; it has an edge to everything that can follow it
 * (normal end, exception, return, break, continue: those that entered it), so paths through it are over-approximated,
 * never missed. Code that cannot be reached has blocks without predecessors, and its jumps and exceptions have no edges.
 *
 * The exit of a `with` item is a block for each way out (end, exception, return, break, continue) that is taken. The
 * head of a loop has the edges TRUE (one more turn) and FALSE (no more), also that of a `for`; so has the test of a
 * `case`. Conditions and and/or are taken apart only where a call, an await, a yield or a walrus stands inside; then a
 * comprehension is a loop as well. The body of a generator expression or lambda is no part of the flow. */
#ifndef AWRY_PYTHON_FLOW_H
#define AWRY_PYTHON_FLOW_H

#include "python/module.h"

typedef uint32_t BlockId;
enum { FLOW_ENTRY = 0, FLOW_EXIT = 1, FLOW_RAISE = 2 };

typedef enum EventKind {
    EVENT_STATEMENT, /* a simple statement begins: node is the statement */
    EVENT_TEST,      /* a condition is evaluated: if, while, assert, ternary, and/or, match subject, case guard */
    EVENT_CALL,      /* the call takes place (its arguments stand before it) */
    EVENT_AWAIT,     /* a suspension point: await, one step of an `async for`, entry and exit of an `async with`,
                        yield in an async generator is EVENT_YIELD */
    EVENT_YIELD,
    EVENT_BIND,      /* a name, attribute or item gets a value: node is the target; of an import the dotted_name or
                        aliased_import, of a walrus and a pattern the identifier */
    EVENT_ENTER,     /* a with item is entered: node is the with_item */
    EVENT_LEAVE,     /* and left */
    EVENT_HANDLER,   /* an except clause begins: node is the except_clause */
    EVENT_DEFINE,    /* def or class statement is executed: behind defaults or bases, and behind the body of a class,
                        which runs in place; the body of a def does not */
} EventKind;

typedef struct Event {
    EventKind kind;
    uint32_t node;
} Event;

typedef enum EdgeKind {
    EDGE_NEXT,
    EDGE_TRUE,
    EDGE_FALSE,
    EDGE_EXCEPTION, /* an exception of the block's events; `at` is 0, the block says where it may come from */
    EDGE_CAUGHT,    /* from a dispatch to the handler that catches: `at` is the except_clause; from the exceptional exit
                       of a `with` that swallows exceptions (contextlib.suppress and its like): the with_item */
    EDGE_LOOP,      /* back to the head of a loop (end of body, continue) */
    EDGE_BREAK,
    EDGE_RETURN,
} EdgeKind;

typedef struct Edge {
    EdgeKind kind;
    BlockId to;
    uint32_t at;
} Edge;

typedef struct Block {
    ARRAY(Event) events;
    ARRAY(Edge) edges;
    uint32_t predecessors; /* how many edges lead here from reachable blocks */
    bool reachable;
    bool is_dispatch; /* where the handlers of a try are tried in turn; no events of its own */
} Block;

typedef struct Flow {
    const Module *module;
    const Function *function; /* NULL: the module's own code */
    Block *blocks;
    uint32_t count;
    ARRAY(uint32_t) awaits; /* nodes of all suspension points, each once, in order of place: await, for_statement,
                               for_in_clause, with_item */
    struct FlowPlace *places; /* where each node with an event stands; for flow_block_of */
    uint32_t place_count;
} Flow;

/* Builds the flow of a function (NULL: module level). In the arena of the module. Never recurses on the depth of the
 * input. */
Flow *flow_new(Module *module, const Function *function);

/* The block that holds the event of this node or, when it has none, of its statement; UINT32_MAX when the node is not in
 * this function. */
BlockId flow_block_of(const Flow *flow, Node n);

/* Whether control can get to n at all. */
bool flow_reaches(const Flow *flow, Node n);

/* What an except clause catches, by qualified name where known. */
typedef enum Catches {
    CATCHES_UNKNOWN,   /* a variable, a call, a name of the project */
    CATCHES_OTHER,     /* known, and has nothing to do with cancellation */
    CATCHES_EXCEPTION, /* Exception: not CancelledError since 3.8 */
    CATCHES_CANCELLED, /* CancelledError of asyncio, concurrent.futures or trio/anyio's, by name */
    CATCHES_ALL,       /* bare except or BaseException */
} Catches;

Catches except_catches(Node except_clause);

/* Of a suspension point, or any node that may raise: the first except clause around it, within this function, that would
 * catch an exception of the given sort, or a null node. `sort` is CATCHES_CANCELLED or CATCHES_EXCEPTION. Clauses that
 * are CATCHES_UNKNOWN stop the search with *unknown = true. */
Node flow_handler(Node n, Catches sort, bool *unknown);

#endif
