/* Blocks, edges and jumps while a flow is built. */
#include "python/flow_internal.h"

BlockId block_new(Builder *b)
{
    *array_push(b->arena, &b->drafts) = (Draft){ 0 };
    return b->drafts.count - 1;
}

void block_start(Builder *b, BlockId block)
{
    b->at = b->drafts.items[block].entered ? block : NO_BLOCK;
    if (b->at != NO_BLOCK)
        *array_push(b->arena, &b->order) = block;
}

/* The current block; a new one, which nothing leads to, behind a jump. */
static BlockId current(Builder *b)
{
    if (b->at == NO_BLOCK) {
        b->at = block_new(b);
        *array_push(b->arena, &b->order) = b->at;
    }
    return b->at;
}

BlockId block_start_loop(Builder *b)
{
    BlockId head = block_new(b);
    go(b, EDGE_NEXT, head);
    b->at = head;
    *array_push(b->arena, &b->order) = head;
    return head;
}

void block_fresh(Builder *b)
{
    if (b->at == NO_BLOCK)
        return;
    const Draft *draft = &b->drafts.items[b->at];
    if (!draft->first_event && !draft->first_edge)
        return;
    BlockId block = block_new(b);
    go(b, EDGE_NEXT, block);
    block_start(b, block);
}

void edge_add(Builder *b, BlockId from, EdgeKind kind, BlockId to, uint32_t at)
{
    uint32_t number = b->edges.count;
    *array_push(b->arena, &b->edges) = (DraftEdge){ { kind, to, at }, 0 };
    Draft *draft = &b->drafts.items[from];
    if (draft->last_edge)
        b->edges.items[draft->last_edge].next = number;
    else
        draft->first_edge = number;
    draft->last_edge = number;
    b->drafts.items[to].entered = true;
    b->drafts.items[to].reachable |= draft->reachable;
}

void go(Builder *b, EdgeKind kind, BlockId to)
{
    if (b->at != NO_BLOCK)
        edge_add(b, b->at, kind, to, 0);
    b->at = NO_BLOCK;
}

static void place_in(Builder *b, BlockId block, uint32_t node)
{
    *array_push(b->arena, &b->places) = (FlowPlace){ node, block, b->places.count };
}

static void emit_in(Builder *b, BlockId block, EventKind kind, uint32_t node)
{
    uint32_t number = b->events.count;
    *array_push(b->arena, &b->events) = (DraftEvent){ { kind, node }, 0 };
    Draft *draft = &b->drafts.items[block];
    if (draft->last_event)
        b->events.items[draft->last_event].next = number;
    else
        draft->first_event = number;
    draft->last_event = number;
}

void emit(Builder *b, EventKind kind, uint32_t node)
{
    if (!node)
        return; /* a part that broken code lacks */
    BlockId block = current(b);
    emit_in(b, block, kind, node);
    place_in(b, block, node);
    if (kind == EVENT_AWAIT)
        *array_push(b->arena, &b->awaits) = node;
}

void place(Builder *b, uint32_t node)
{
    place_in(b, current(b), node);
}

/* ---- Frames ---- */

void frame_push(Builder *b, Frame frame)
{
    frame.catcher = b->catcher;
    for (unsigned i = 0; i < EXIT_COUNT; i++)
        frame.leaves[i] = NO_BLOCK;
    uint32_t number = b->frames.count;
    *array_push(b->arena, &b->frames) = frame;
    if (frame.kind != FRAME_LOOP)
        b->catcher = number;
}

Frame frame_pop(Builder *b)
{
    Frame frame = b->frames.items[--b->frames.count];
    b->catcher = frame.catcher;
    return frame;
}

static void emit_leave(Builder *b, BlockId block, const Frame *frame)
{
    if (frame->is_async)
        emit_in(b, block, EVENT_AWAIT, frame->item);
    emit_in(b, block, EVENT_LEAVE, frame->item);
}

void emit_with_exit(Builder *b, const Frame *frame)
{
    emit_leave(b, current(b), frame);
}

/* The exit of a `with` frame by one way. It is made for reachable code only. */
static BlockId make_leave(Builder *b, uint32_t number, Exit exit)
{
    BlockId block = block_new(b);
    b->drafts.items[block].reachable = true;
    *array_push(b->arena, &b->order) = block;
    Frame *frame = &b->frames.items[number];
    frame->leaves[exit] = block;
    emit_leave(b, block, frame);
    return block;
}

/* Where an exception goes that the frame `number` is the first to see. Exits of `with` are made as far out as needed. */
static BlockId exception_target(Builder *b, uint32_t number)
{
    BlockId first = NO_BLOCK, previous = NO_BLOCK;
    for (;;) {
        BlockId target = FLOW_RAISE;
        bool is_new = false;
        Frame *frame = number == NO_FRAME ? NULL : &b->frames.items[number];
        if (frame && frame->kind == FRAME_WITH) {
            is_new = frame->leaves[EXIT_EXCEPTION] == NO_BLOCK;
            target = is_new ? make_leave(b, number, EXIT_EXCEPTION) : frame->leaves[EXIT_EXCEPTION];
        } else if (frame) {
            frame->taken |= 1u << EXIT_EXCEPTION;
            target = frame->block;
        }
        if (first == NO_BLOCK)
            first = target;
        if (previous != NO_BLOCK)
            edge_add(b, previous, EDGE_EXCEPTION, target, 0);
        if (!is_new)
            return first;
        b->drafts.items[target].raises = true;
        if (frame->after != NO_BLOCK)
            edge_add(b, target, EDGE_CAUGHT, frame->after, frame->item);
        previous = target;
        number = frame->catcher;
    }
}

static void raises_from(Builder *b, BlockId from, uint32_t catcher)
{
    if (!b->drafts.items[from].reachable || b->drafts.items[from].raises)
        return;
    b->drafts.items[from].raises = true;
    edge_add(b, from, EDGE_EXCEPTION, exception_target(b, catcher), 0);
}

void raises(Builder *b)
{
    raises_from(b, current(b), b->catcher);
}

static const EdgeKind exit_edges[EXIT_COUNT] = {
    [EXIT_END] = EDGE_NEXT,       [EXIT_EXCEPTION] = EDGE_EXCEPTION, [EXIT_RETURN] = EDGE_RETURN,
    [EXIT_BREAK] = EDGE_BREAK,    [EXIT_CONTINUE] = EDGE_LOOP,
};

/* return, break or continue from the block `from`: through the exits of `with`, into the innermost finally, or to its
 * aim. */
static void leave_from(Builder *b, BlockId from, Exit exit)
{
    EdgeKind kind = exit_edges[exit];
    if (!b->drafts.items[from].reachable)
        return;
    for (uint32_t i = b->frames.count; i-- > 0;) {
        Frame *frame = &b->frames.items[i];
        if (frame->kind == FRAME_LOOP && exit != EXIT_RETURN) {
            edge_add(b, from, kind, exit == EXIT_BREAK ? frame->after : frame->block, 0);
            return;
        }
        if (frame->kind == FRAME_FINALLY) {
            frame->taken |= 1u << exit;
            edge_add(b, from, kind, frame->block, 0);
            return;
        }
        if (frame->kind != FRAME_WITH)
            continue;
        BlockId block = frame->leaves[exit];
        if (block != NO_BLOCK) {
            edge_add(b, from, kind, block, 0);
            return;
        }
        block = make_leave(b, i, exit);
        edge_add(b, from, kind, block, 0);
        raises_from(b, block, frame->catcher);
        from = block;
    }
    edge_add(b, from, kind, FLOW_EXIT, 0);
}

void leave(Builder *b, Exit exit)
{
    if (b->at != NO_BLOCK && exit == EXIT_EXCEPTION)
        raises(b);
    else if (b->at != NO_BLOCK)
        leave_from(b, b->at, exit);
    b->at = NO_BLOCK;
}

void leave_all(Builder *b, unsigned taken)
{
    if (b->at == NO_BLOCK)
        return;
    if (taken & 1u << EXIT_EXCEPTION)
        raises(b);
    for (Exit exit = EXIT_RETURN; exit <= EXIT_CONTINUE; exit++) {
        if (taken & 1u << exit)
            leave_from(b, b->at, exit);
    }
}
