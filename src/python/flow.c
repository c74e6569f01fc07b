/* Building a flow, and what is asked of it. */
#include "python/flow_internal.h"

#include <stdlib.h>

/* ---- The builder ---- */

/* Whether it is the body of another function or lambda than `root`, which does not run in place. */
static bool is_other_body(const TreeNode *nodes, uint32_t id, uint32_t root)
{
    uint32_t parent = nodes[id].parent;
    bool is_function = nodes[parent].kind == PY_FUNCTION_DEFINITION || nodes[parent].kind == PY_LAMBDA;
    return nodes[id].field == F_BODY && is_function && parent != root;
}

static void find_busy(Builder *b, uint32_t root)
{
    const TreeNode *nodes = b->module->tree.nodes;
    for (uint32_t id = root + 1; id < nodes[root].after; id++) {
        if (is_other_body(nodes, id, root)) {
            id = nodes[id].after - 1;
            continue;
        }
        PyKind kind = (PyKind)nodes[id].kind;
        bool is_step = kind == PY_FOR_IN_CLAUSE && nodes[id].flags & NODE_ASYNC;
        if (is_step || kind == PY_CALL || kind == PY_AWAIT || kind == PY_YIELD || kind == PY_NAMED_EXPRESSION)
            *array_push(b->arena, &b->busy) = id;
    }
}

static void builder_init(Builder *b, Module *module, const Function *function)
{
    *b = (Builder){ .module = module, .arena = module->arena, .function = function, .catcher = NO_FRAME };
    *array_push(b->arena, &b->events) = (DraftEvent){ 0 };
    *array_push(b->arena, &b->edges) = (DraftEdge){ 0 };
    for (BlockId id = FLOW_ENTRY; id <= FLOW_RAISE; id++)
        *array_push(b->arena, &b->order) = block_new(b);
    b->drafts.items[FLOW_ENTRY].entered = b->drafts.items[FLOW_ENTRY].reachable = true;
    b->at = FLOW_ENTRY;
}

/* The first task is the last one of the stack: what a step has added is turned round. */
static void turn_round(Builder *b, uint32_t begin)
{
    for (uint32_t i = begin, j = b->tasks.count; i + 1 < j; i++) {
        j--;
        Task task = b->tasks.items[i];
        b->tasks.items[i] = b->tasks.items[j];
        b->tasks.items[j] = task;
    }
}

static void run(Builder *b)
{
    while (b->tasks.count) {
        Task task = b->tasks.items[--b->tasks.count];
        uint32_t begin = b->tasks.count;
        task.step(b, task);
        turn_round(b, begin);
    }
}

/* ---- Blocks made final ---- */

typedef struct Finish {
    Builder *b;
    BlockId *through; /* by draft: where an empty block leads that has nothing but an edge NEXT; itself for others */
    bool *kept;
    BlockId *numbers; /* by draft: its number in the flow */
} Finish;

static const Edge *only_edge(const Builder *b, BlockId id)
{
    const Draft *draft = &b->drafts.items[id];
    bool is_plain = id > FLOW_RAISE && !draft->first_event && !draft->is_dispatch;
    return is_plain && draft->first_edge && draft->first_edge == draft->last_edge ? &b->edges.items[draft->first_edge].edge
                                                                                  : NULL;
}

static BlockId find_through(Finish *f, BlockId id)
{
    BlockId end = id;
    while (f->through[end] != end)
        end = f->through[end];
    while (f->through[id] != end) {
        BlockId next = f->through[id];
        f->through[id] = end;
        id = next;
    }
    return end;
}

/* An edge that leads to an empty block goes on to where that one leads, as long as nothing is lost of what both say. */
static void pass_through(Finish *f)
{
    Builder *b = f->b;
    f->through = arena_array(b->arena, BlockId, b->drafts.count);
    for (BlockId id = 0; id < b->drafts.count; id++) {
        const Edge *edge = only_edge(b, id);
        f->through[id] = edge && edge->kind == EDGE_NEXT ? edge->to : id;
    }
    for (uint32_t i = 1; i < b->edges.count; i++) {
        Edge *edge = &b->edges.items[i].edge;
        edge->to = find_through(f, edge->to);
    }
    /* Edges from empty blocks are kept as they are, so that the order of the edges does not matter. */
    for (uint32_t i = 1; i < b->edges.count; i++) {
        Edge *edge = &b->edges.items[i].edge;
        const Edge *further = only_edge(b, edge->to);
        if (edge->kind == EDGE_NEXT && further && !only_edge(b, further->to))
            *edge = *further;
    }
}

static void choose_blocks(Finish *f)
{
    Builder *b = f->b;
    f->kept = arena_array(b->arena, bool, b->drafts.count);
    f->numbers = arena_array(b->arena, BlockId, b->drafts.count);
    for (BlockId id = 0; id < b->drafts.count; id++) {
        f->kept[id] = id <= FLOW_RAISE || b->drafts.items[id].first_event;
        f->numbers[id] = NO_BLOCK;
    }
    /* An empty block is kept when an edge of a kept one still leads to it. */
    ARRAY(BlockId) work = { 0 };
    for (BlockId id = 0; id < b->drafts.count; id++) {
        if (f->kept[id])
            *array_push(b->arena, &work) = id;
    }
    while (work.count) {
        const Draft *draft = &b->drafts.items[work.items[--work.count]];
        for (uint32_t i = draft->first_edge; i; i = b->edges.items[i].next) {
            BlockId to = b->edges.items[i].edge.to;
            if (!f->kept[to]) {
                f->kept[to] = true;
                *array_push(b->arena, &work) = to;
            }
        }
    }
}

static void fill_block(Finish *f, Block *block, const Draft *draft, Event **events, Edge **edges)
{
    Builder *b = f->b;
    block->is_dispatch = draft->is_dispatch;
    block->events.items = *events;
    block->edges.items = *edges;
    for (uint32_t i = draft->first_event; i; i = b->events.items[i].next)
        *(*events)++ = b->events.items[i].event;
    for (uint32_t i = draft->first_edge; i; i = b->edges.items[i].next) {
        Edge edge = b->edges.items[i].edge;
        edge.to = f->numbers[edge.to];
        *(*edges)++ = edge;
    }
    block->events.count = block->events.reserve = (uint32_t)(*events - block->events.items);
    block->edges.count = block->edges.reserve = (uint32_t)(*edges - block->edges.items);
}

/* What can be reached from the entry, and by how many edges. */
static void mark_reachable(Flow *flow, Arena *arena)
{
    ARRAY(BlockId) work = { 0 };
    flow->blocks[FLOW_ENTRY].reachable = true;
    *array_push(arena, &work) = FLOW_ENTRY;
    while (work.count) {
        const Block *block = &flow->blocks[work.items[--work.count]];
        for (uint32_t i = 0; i < block->edges.count; i++) {
            Block *to = &flow->blocks[block->edges.items[i].to];
            to->predecessors++;
            if (to->reachable)
                continue;
            to->reachable = true;
            *array_push(arena, &work) = block->edges.items[i].to;
        }
    }
}

static void make_blocks(Finish *f, Flow *flow)
{
    Builder *b = f->b;
    for (uint32_t i = 0; i < b->order.count; i++) {
        BlockId id = b->order.items[i];
        if (f->kept[id] && f->numbers[id] == NO_BLOCK)
            f->numbers[id] = flow->count++;
    }
    flow->blocks = arena_array(b->arena, Block, flow->count);
    Event *events = arena_array(b->arena, Event, b->events.count);
    Edge *edges = arena_array(b->arena, Edge, b->edges.count);
    for (BlockId id = 0; id < b->drafts.count; id++) {
        if (f->numbers[id] != NO_BLOCK)
            fill_block(f, &flow->blocks[f->numbers[id]], &b->drafts.items[id], &events, &edges);
    }
    mark_reachable(flow, b->arena);
}

/* ---- Places and awaits ---- */

static int compare_places(const void *a, const void *b)
{
    const FlowPlace *x = a, *y = b;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int compare_nodes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void make_places(Finish *f, Flow *flow)
{
    Builder *b = f->b;
    FlowPlace *places = b->places.items;
    if (b->places.count)
        qsort(places, b->places.count, sizeof *places, compare_places);
    for (uint32_t i = 0; i < b->places.count; i++) {
        if (flow->place_count && places[flow->place_count - 1].node == places[i].node)
            continue;
        places[i].block = f->numbers[find_through(f, places[i].block)];
        places[flow->place_count++] = places[i];
    }
    flow->places = places;
}

static void make_awaits(Builder *b, Flow *flow)
{
    if (b->awaits.count)
        qsort(b->awaits.items, b->awaits.count, sizeof *b->awaits.items, compare_nodes);
    for (uint32_t i = 0; i < b->awaits.count; i++) {
        if (!i || b->awaits.items[i] != b->awaits.items[i - 1])
            *array_push(b->arena, &flow->awaits) = b->awaits.items[i];
    }
}

static Flow *flow_finish(Builder *b)
{
    Flow *flow = arena_new(b->arena, Flow);
    flow->module = b->module;
    flow->function = b->function;
    Finish f = { .b = b };
    pass_through(&f);
    choose_blocks(&f);
    make_blocks(&f, flow);
    make_places(&f, flow);
    make_awaits(b, flow);
    return flow;
}

Flow *flow_new(Module *module, const Function *function)
{
    Builder b;
    builder_init(&b, module, function);
    uint32_t root = function ? function->node : 1;
    Node n = node_at(module, root);
    find_busy(&b, root);
    /* A lambda returns its value; the others run their statements. */
    bool is_lambda = node_kind(n) == PY_LAMBDA;
    Node body = function ? node_field(n, F_BODY) : n;
    then(&b, is_lambda ? visit : visit_all, is_lambda ? body.id : node_first(body).id, 0, 0);
    then(&b, step_go, 0, FLOW_EXIT, is_lambda ? EDGE_RETURN : EDGE_NEXT);
    turn_round(&b, 0);
    run(&b);
    return flow_finish(&b);
}

/* ---- Lookups ---- */

static const FlowPlace *find_place(const Flow *flow, uint32_t node)
{
    uint32_t low = 0, high = flow->place_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (flow->places[middle].node < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low < flow->place_count && flow->places[low].node == node ? &flow->places[low] : NULL;
}

BlockId flow_block_of(const Flow *flow, Node n)
{
    uint32_t root = flow->function ? flow->function->node : 1;
    for (; n.id && n.id != root; n = node_parent(n)) {
        const FlowPlace *found = find_place(flow, n.id);
        if (found)
            return found->block;
        Node parent = node_parent(n);
        PyKind kind = node_kind(parent);
        if ((kind != PY_FUNCTION_DEFINITION && kind != PY_LAMBDA) || node_role(n) != F_BODY)
            continue;
        return parent.id == root ? FLOW_ENTRY : NO_BLOCK;
    }
    return NO_BLOCK;
}

bool flow_reaches(const Flow *flow, Node n)
{
    BlockId block = flow_block_of(flow, n);
    return block != NO_BLOCK && flow->blocks[block].reachable;
}
