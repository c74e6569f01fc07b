/* What the parts of flow share: flow.c (blocks made final, lookups), flow_blocks.c (blocks, edges and jumps while they are
 * built), flow_statements.c and flow_expressions.c (what runs in which order), flow_handlers.c. Nobody else includes
 * this.
 *
 * The order of evaluation is a stack of tasks, so that nothing recurses on the depth of the input. A step adds what is to
 * be done behind it with then(), in that order; it all runs before what the stack held already. */
#ifndef AWRY_PYTHON_FLOW_INTERNAL_H
#define AWRY_PYTHON_FLOW_INTERNAL_H

#include "python/flow.h"

#define NO_BLOCK UINT32_MAX
#define NO_FRAME UINT32_MAX

/* ---- Blocks while they are built ---- */

typedef struct DraftEvent {
    Event event;
    uint32_t next; /* of the same block; 0: the last one */
} DraftEvent;

typedef struct DraftEdge {
    Edge edge;
    uint32_t next;
} DraftEdge;

typedef struct Draft {
    uint32_t first_event, last_event; /* 0: none */
    uint32_t first_edge, last_edge;
    bool entered;   /* has an edge that leads here */
    bool reachable; /* from the entry, as far as is known when its code begins; only loops lead back, so that is all */
    bool raises;    /* has its exception edge */
    bool is_dispatch;
} Draft;

typedef struct FlowPlace {
    uint32_t node;
    BlockId block;
    uint32_t number; /* in order of recording: the first one of a node counts */
} FlowPlace;

/* ---- What stands around the code at hand ---- */

typedef enum FrameKind { FRAME_LOOP, FRAME_TRY, FRAME_FINALLY, FRAME_WITH } FrameKind;

/* The ways out of a frame. */
typedef enum Exit { EXIT_END, EXIT_EXCEPTION, EXIT_RETURN, EXIT_BREAK, EXIT_CONTINUE, EXIT_COUNT } Exit;

typedef struct Frame {
    FrameKind kind;
    uint32_t catcher; /* the next frame outwards that sees exceptions: any but a loop */
    BlockId block;    /* loop: its head; try: the dispatch; finally: its suite */
    BlockId after;    /* loop: behind it; with: behind it, when it swallows exceptions, else NO_BLOCK */
    uint32_t item;    /* with: the with_item; finally: the try_statement */
    bool is_async;
    unsigned taken;                /* finally: a bit for each Exit that has entered it */
    BlockId leaves[EXIT_COUNT];    /* with: its exit, by way */
} Frame;

typedef struct Builder Builder;
typedef struct Task Task;
typedef void Step(Builder *b, Task t);

struct Task {
    Step *step;
    uint32_t node;
    uint32_t x, y; /* as the step likes: mostly blocks */
};

struct Builder {
    Module *module;
    Arena *arena;
    const Function *function;
    BlockId at; /* where events go; NO_BLOCK behind a jump, until code follows */
    uint32_t catcher; /* the innermost frame that sees exceptions */
    uint32_t class_depth;
    ARRAY(Draft) drafts;
    ARRAY(DraftEvent) events; /* number 0 is no event */
    ARRAY(DraftEdge) edges;
    ARRAY(BlockId) order;     /* blocks as their code begins */
    ARRAY(FlowPlace) places;
    ARRAY(uint32_t) awaits;
    ARRAY(uint32_t) busy; /* nodes of calls, awaits, yields, walruses: what is worth taking apart; ascending */
    ARRAY(Frame) frames;
    ARRAY(Task) tasks;
};

static inline Node b_node(const Builder *b, uint32_t id)
{
    return node_at(b->module, id);
}

/* To be done next, behind what this step has added before. */
void then(Builder *b, Step *step, uint32_t node, uint32_t x, uint32_t y);

/* ---- flow_blocks.c ---- */

BlockId block_new(Builder *b);
/* Code of this block begins now; nothing begins when no edge leads there. */
void block_start(Builder *b, BlockId block);
/* A block that edges lead back to: follows the current one and is there in any case. */
BlockId block_start_loop(Builder *b);
/* From here on exceptions go elsewhere: a block of its own, unless the current one is still empty. */
void block_fresh(Builder *b);

void edge_add(Builder *b, BlockId from, EdgeKind kind, BlockId to, uint32_t at);
/* The current block ends with this edge. */
void go(Builder *b, EdgeKind kind, BlockId to);

void emit(Builder *b, EventKind kind, uint32_t node);
/* Remembers that node begins in the current block. */
void place(Builder *b, uint32_t node);
/* Something in the current block can raise. */
void raises(Builder *b);
/* Control leaves this way; code behind it is not reached from here. */
void leave(Builder *b, Exit exit);
/* From the end of a finally suite on, for each way in. */
void leave_all(Builder *b, unsigned taken);
/* The end of a `with` item in the current block. */
void emit_with_exit(Builder *b, const Frame *frame);

/* `catcher` and `leaves` are filled in. */
void frame_push(Builder *b, Frame frame);
Frame frame_pop(Builder *b);

/* ---- Steps ---- */

Step visit;            /* a statement or an expression, as a value */
Step visit_expression;
Step visit_target;     /* gets a value */
Step visit_condition;  /* x: where to go when it is true, y: when false */
Step visit_all;        /* node and its following siblings */

Step step_start;     /* block x */
Step step_go;        /* to block x, by an edge of kind y */
Step step_event;     /* of kind x */
Step step_raises;
Step step_raise;     /* the current block ends in an exception */

void then_children(Builder *b, uint32_t node);

/* Whether something stands at or below n that is worth taking apart. */
bool is_busy(const Builder *b, Node n);
/* Whether the with item swallows exceptions, by the name of what makes the context manager. */
bool item_swallows(Node item);

#endif
