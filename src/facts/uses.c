#include "facts/uses.h"

#include <stdlib.h>

/* How many blocks and points all the questions to one Uses may visit: no real function comes near it. */
enum { WALK_STEPS_MOST = 1 << 22 };

/* One place of the function at which a name is read or bound. */
typedef struct Point {
    NameId name;
    uint32_t node;
    BlockId block;
    uint32_t order; /* within the block: before event i is 2 * i, the event itself 2 * i + 1 */
    bool binds;
} Point;

/* Where an event stands. */
typedef struct EventPlace {
    uint32_t node;
    EventKind kind;
    BlockId block;
    uint32_t index;
} EventPlace;

/* The number of a node's point among the points. */
typedef struct PointPlace {
    uint32_t node;
    bool binds;
    uint32_t number;
} PointPlace;

/* What is known of a name as a whole. */
typedef struct NameFacts {
    NameId name;
    uint32_t first, count; /* of reads: those of the name, in order of place */
    bool is_shared, is_captured;
} NameFacts;

struct Uses {
    Module *module;
    const Scope *scope; /* where the names live */
    uint32_t root;      /* the function's node; of a module 1 */
    Flow *flow;
    ARRAY(Point) points;      /* by name, block, order */
    PointPlace *places;       /* of the points, by node */
    ARRAY(uint32_t) reads;    /* by name, place */
    ARRAY(NameFacts) names;   /* by name */
    ARRAY(EventPlace) events; /* by node */
    ARRAY(BlockId) work;
    uint32_t *seen; /* by block: the last walk that came by */
    uint32_t walk;
    uint32_t steps;
};

/* ---- Where a node stands in the flow ---- */

static int compare_events(const void *a, const void *b)
{
    const EventPlace *x = a, *y = b;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static void collect_events(Uses *uses)
{
    for (BlockId id = 0; id < uses->flow->count; id++) {
        const Block *block = &uses->flow->blocks[id];
        for (uint32_t i = 0; i < block->events.count; i++) {
            const Event *event = &block->events.items[i];
            *array_push(uses->module->arena, &uses->events) = (EventPlace){ event->node, event->kind, id, i };
        }
    }
    if (uses->events.count)
        qsort(uses->events.items, uses->events.count, sizeof(EventPlace), compare_events);
}

/* The first event of the node; NULL when it has none. */
static const EventPlace *event_of(const Uses *uses, uint32_t node)
{
    uint32_t low = 0, high = uses->events.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (uses->events.items[middle].node < node)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < uses->events.count && uses->events.items[low].node == node;
    return is_there ? &uses->events.items[low] : NULL;
}

static bool is_walrus_before(const Uses *uses, const Event *event, uint32_t node)
{
    Node target = node_at(uses->module, event->node);
    return event->node < node && node_kind(node_parent(target)) == PY_NAMED_EXPRESSION;
}

/* A statement reads what it reads before it binds anything, but for a walrus further left. */
static uint32_t read_in_statement(const Uses *uses, const EventPlace *statement, uint32_t node)
{
    const Block *block = &uses->flow->blocks[statement->block];
    uint32_t i = statement->index + 1;
    for (; i < block->events.count && block->events.items[i].kind != EVENT_STATEMENT; i++) {
        const Event *event = &block->events.items[i];
        if (event->kind == EVENT_BIND && !is_walrus_before(uses, event, node))
            break;
    }
    return i;
}

/* Behind what a `for` or its like has evaluated in the block. */
static uint32_t read_in_header(const Uses *uses, BlockId block_id, uint32_t node)
{
    const Block *block = &uses->flow->blocks[block_id];
    uint32_t i = block->events.count;
    while (i > 0 && block->events.items[i - 1].node >= node)
        i--;
    return i;
}

/* Fills in where the read stands; false when it is in no block. */
static bool place_read(const Uses *uses, Point *point)
{
    Node n = node_at(uses->module, point->node);
    point->block = flow_block_of(uses->flow, n);
    if (point->block == UINT32_MAX)
        return false;
    const EventPlace *event = NULL;
    for (Node at = n; at.id && at.id != uses->root && !event; at = node_parent(at)) {
        event = event_of(uses, at.id);
        if (event && event->block != point->block)
            event = NULL;
    }
    uint32_t index;
    if (!event || event->kind == EVENT_HANDLER)
        index = read_in_header(uses, point->block, point->node);
    else if (event->kind == EVENT_STATEMENT)
        index = read_in_statement(uses, event, point->node);
    else
        index = event->index;
    point->order = 2 * index;
    return true;
}

static void add_bind(Uses *uses, NameId name, const Site *site)
{
    Point point = { .name = name, .node = site->node, .binds = true };
    const EventPlace *event = event_of(uses, site->node);
    if (site->kind == SITE_ANNOTATION)
        return;
    if (site->kind == SITE_PARAMETER) {
        point.block = FLOW_ENTRY;
    } else if (event) {
        point.block = event->block;
        point.order = 2 * event->index + 1;
    } else if (site->kind == SITE_DELETE && place_read(uses, &point)) {
        point.order++;
    } else {
        return; /* in code that the flow leaves out */
    }
    *array_push(uses->module->arena, &uses->points) = point;
}

/* ---- Reads ---- */

/* Whether the identifier names no variable: an attribute, the keyword of an argument. */
static bool is_label(Node n)
{
    PyKind parent = node_kind(node_parent(n));
    PyField role = node_role(n);
    return (parent == PY_ATTRIBUTE && role == F_ATTRIBUTE) || (parent == PY_KEYWORD_ARGUMENT && role == F_NAME) ||
           parent == PY_GLOBAL_STATEMENT || parent == PY_NONLOCAL_STATEMENT;
}

static const Site *site_at(const Binding *binding, uint32_t node)
{
    uint32_t low = 0, high = binding->sites.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (binding->sites.items[middle].node < node)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < binding->sites.count && binding->sites.items[low].node == node;
    return is_there ? &binding->sites.items[low] : NULL;
}

/* Whether code of that scope runs where it stands in the function, and not whenever somebody else likes. */
static bool runs_in_place(const Uses *uses, const Scope *scope)
{
    for (; scope && scope != uses->scope; scope = scope->parent) {
        Node maker = node_at(uses->module, scope->node);
        if (scope->kind != SCOPE_COMPREHENSION || node_kind(maker) == PY_GENERATOR_EXPRESSION)
            return false;
    }
    return scope != NULL;
}

static NameFacts *facts_of(const Uses *uses, NameId name)
{
    uint32_t low = 0, high = uses->names.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (uses->names.items[middle].name < name)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < uses->names.count && uses->names.items[low].name == name;
    return is_there ? &uses->names.items[low] : NULL;
}

static void add_read(Uses *uses, Node n)
{
    NameId name = node_data(n)->name;
    const Binding *own = scope_binding(uses->scope, name);
    if (!own || is_label(n))
        return;
    const Scope *scope = node_scope(n);
    if (scope_resolve(scope, uses->module, name) != own)
        return;
    const Site *site = site_at(own, n.id);
    if (site && site->kind != SITE_AUGMENTED && site->kind != SITE_DELETE)
        return;
    Point point = { .name = name, .node = n.id };
    *array_push(uses->module->arena, &uses->reads) = n.id;
    if (!runs_in_place(uses, scope))
        facts_of(uses, name)->is_captured = true;
    else if (place_read(uses, &point))
        *array_push(uses->module->arena, &uses->points) = point;
}

/* Calls that see all locals without naming them. */
static bool sees_all(Node n)
{
    static const char *const names[] = { "locals", "vars", "eval", "exec", "dir" };
    Str text = node_text(n);
    if (node_kind(node_parent(n)) != PY_CALL || node_role(n) != F_FUNCTION)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(text, names[i]))
            return true;
    }
    return false;
}

static void collect_reads(Uses *uses)
{
    const TreeNode *nodes = uses->module->tree.nodes;
    bool are_all_seen = false;
    for (uint32_t id = uses->root + 1; id < nodes[uses->root].after; id++) {
        if (nodes[id].kind != PY_IDENTIFIER)
            continue;
        Node n = node_at(uses->module, id);
        are_all_seen |= sees_all(n);
        add_read(uses, n);
    }
    for (uint32_t i = 0; are_all_seen && i < uses->names.count; i++)
        uses->names.items[i].is_shared = true;
}

/* ---- Sorted ---- */

static int compare_names(const void *a, const void *b)
{
    const NameFacts *x = a, *y = b;
    return (x->name > y->name) - (x->name < y->name);
}

static int compare_points(const void *a, const void *b)
{
    const Point *x = a, *y = b;
    if (x->name != y->name)
        return x->name < y->name ? -1 : 1;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static int compare_places(const void *a, const void *b)
{
    const PointPlace *x = a, *y = b;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    return (x->binds > y->binds) - (x->binds < y->binds);
}

static void sort_points(Uses *uses)
{
    uint32_t count = uses->points.count;
    uses->places = arena_array(uses->module->arena, PointPlace, count);
    if (!count)
        return;
    qsort(uses->points.items, count, sizeof(Point), compare_points);
    for (uint32_t i = 0; i < count; i++) {
        const Point *point = &uses->points.items[i];
        uses->places[i] = (PointPlace){ point->node, point->binds, i };
    }
    qsort(uses->places, count, sizeof(PointPlace), compare_places);
}

static void collect_names(Uses *uses)
{
    const Scope *scope = uses->scope;
    for (uint32_t i = 0; i < scope->bindings.count; i++) {
        const Binding *binding = scope->bindings.items[i];
        /* What a module binds, other modules can read. */
        NameFacts facts = { .name = binding->name, .is_shared = scope->kind == SCOPE_MODULE };
        for (uint32_t j = 0; j < binding->sites.count; j++) {
            const Scope *from = binding->sites.items[j].from;
            facts.is_shared |= !from || !runs_in_place(uses, from);
        }
        *array_push(uses->module->arena, &uses->names) = facts;
    }
    if (uses->names.count)
        qsort(uses->names.items, uses->names.count, sizeof(NameFacts), compare_names);
}

/* Sorts the reads by name; they are in order of place already. */
static void sort_reads(Uses *uses)
{
    Arena *arena = uses->module->arena;
    uint32_t *sorted = arena_array(arena, uint32_t, uses->reads.count);
    uint32_t *next = arena_array(arena, uint32_t, uses->names.count);
    for (uint32_t i = 0; i < uses->reads.count; i++)
        facts_of(uses, node_data(node_at(uses->module, uses->reads.items[i]))->name)->count++;
    for (uint32_t i = 0, at = 0; i < uses->names.count; i++) {
        uses->names.items[i].first = next[i] = at;
        at += uses->names.items[i].count;
    }
    for (uint32_t i = 0; i < uses->reads.count; i++) {
        const NameFacts *facts = facts_of(uses, node_data(node_at(uses->module, uses->reads.items[i]))->name);
        sorted[next[facts - uses->names.items]++] = uses->reads.items[i];
    }
    uses->reads.items = sorted;
    uses->reads.reserve = uses->reads.count;
}

Uses *uses_new(Module *module, const Function *function)
{
    Uses *uses = arena_new(module->arena, Uses);
    uses->module = module;
    uses->scope = function ? function->scope : module->scope;
    uses->root = function ? function->node : 1;
    uses->flow = flow_new(module, function);
    uses->seen = arena_array(module->arena, uint32_t, uses->flow->count);
    collect_events(uses);
    collect_names(uses);
    for (uint32_t i = 0; i < uses->scope->bindings.count; i++) {
        const Binding *binding = uses->scope->bindings.items[i];
        for (uint32_t j = 0; j < binding->sites.count; j++)
            add_bind(uses, binding->name, &binding->sites.items[j]);
    }
    collect_reads(uses);
    sort_reads(uses);
    sort_points(uses);
    return uses;
}

/* ---- Questions about a name ---- */

const Flow *uses_flow(const Uses *uses)
{
    return uses->flow;
}

bool uses_is_shared(const Uses *uses, const Binding *binding)
{
    const NameFacts *facts = facts_of(uses, binding->name);
    return !facts || binding->scope != uses->scope || facts->is_shared;
}

bool uses_is_captured(const Uses *uses, const Binding *binding)
{
    const NameFacts *facts = facts_of(uses, binding->name);
    return facts && facts->is_captured;
}

UseList uses_of(const Uses *uses, const Binding *binding)
{
    const NameFacts *facts = facts_of(uses, binding->name);
    if (!facts)
        return (UseList){ 0 };
    return (UseList){ facts->count ? &uses->reads.items[facts->first] : NULL, facts->count };
}

/* ---- Questions about paths ---- */

typedef struct Walk {
    NameId name;
    bool to_any_read;
    uint32_t to;    /* a read; 0: none */
    uint32_t avoid; /* a read at which a path ends; 0: none */
    bool to_end;    /* out of the function, or to another assignment, and not by exceptions */
    uint32_t ended; /* the number of the point at which the path ended in the last block */
} Walk;

/* The first point of the name in the block that is not before `order`. */
static uint32_t point_at(const Uses *uses, NameId name, BlockId block, uint32_t order)
{
    Point key = { .name = name, .block = block, .order = order };
    uint32_t low = 0, high = uses->points.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_points(&uses->points.items[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

typedef enum Outcome { OUTCOME_GOES_ON, OUTCOME_ENDS, OUTCOME_FOUND } Outcome;

/* From point number `i` on through its block. */
static Outcome walk_block(Uses *uses, Walk *walk, BlockId block, uint32_t i)
{
    for (; i < uses->points.count; i++, uses->steps++) {
        walk->ended = i;
        const Point *point = &uses->points.items[i];
        if (point->name != walk->name || point->block != block)
            return OUTCOME_GOES_ON;
        if (point->binds)
            return walk->to_end ? OUTCOME_FOUND : OUTCOME_ENDS;
        if (walk->to_any_read || (walk->to && point->node == walk->to))
            return OUTCOME_FOUND;
        if (walk->avoid && point->node == walk->avoid)
            return OUTCOME_ENDS;
    }
    return OUTCOME_GOES_ON;
}

/* Whether something in the block can raise from event `begin` on, before event `end`. */
static bool may_raise(const Block *block, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end && i < block->events.count; i++) {
        EventKind kind = block->events.items[i].kind;
        if (kind != EVENT_STATEMENT && kind != EVENT_BIND)
            return true;
    }
    return false;
}

/* Whether an exception can leave the block with the value that came to event `begin`. One may come from any place of it, also
 * in front of what ended the path; but what `avoid` stands for has been passed when its own event raises. */
static bool leaves_by_exception(const Uses *uses, const Walk *walk, const Block *block, uint32_t begin, Outcome outcome)
{
    if (walk->to_end)
        return false;
    if (outcome == OUTCOME_GOES_ON || !walk->avoid)
        return true;
    const Point *end = &uses->points.items[walk->ended];
    return end->binds || may_raise(block, begin, end->order / 2);
}

/* Follows the edges of a block that the path came into at event `begin`. */
static void walk_on(Uses *uses, const Walk *walk, const Block *block, uint32_t begin, Outcome outcome)
{
    bool raises = leaves_by_exception(uses, walk, block, begin, outcome);
    for (uint32_t i = 0; i < block->edges.count; i++) {
        const Edge *edge = &block->edges.items[i];
        bool is_exception = edge->kind == EDGE_EXCEPTION && !block->is_dispatch;
        bool follows = is_exception ? raises : outcome == OUTCOME_GOES_ON;
        if (!follows || uses->seen[edge->to] == uses->walk)
            continue;
        uses->seen[edge->to] = uses->walk;
        *array_push(uses->module->arena, &uses->work) = edge->to;
    }
}

/* When there are too many paths: what keeps a rule silent. */
static bool spent(const Walk *walk)
{
    return walk->to_any_read || walk->avoid;
}

static bool walk_from(Uses *uses, Walk *walk, uint32_t point)
{
    BlockId block = uses->points.items[point].block;
    uint32_t i = point + 1, begin = (uses->points.items[point].order + 1) / 2;
    uses->walk++;
    uses->work.count = 0;
    for (;;) {
        if (uses->steps++ >= WALK_STEPS_MOST)
            return spent(walk);
        Outcome outcome = walk_block(uses, walk, block, i);
        if (outcome == OUTCOME_FOUND)
            return true;
        if (walk->to_end && block == FLOW_EXIT)
            return true;
        walk_on(uses, walk, &uses->flow->blocks[block], begin, outcome);
        if (!uses->work.count)
            return false;
        block = uses->work.items[--uses->work.count];
        i = point_at(uses, walk->name, block, 0);
        begin = 0;
    }
}

/* The number of the point of a node; UINT32_MAX when it has none: dead code, or captured. */
static uint32_t find_point(const Uses *uses, Node n, bool binds)
{
    PointPlace key = { n.id, binds, 0 };
    uint32_t low = 0, high = uses->points.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_places(&uses->places[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < uses->points.count && !compare_places(&uses->places[low], &key);
    return is_there ? uses->places[low].number : UINT32_MAX;
}

static const Binding *binding_of(const Uses *uses, Node n)
{
    return scope_binding(uses->scope, node_data(n)->name);
}

bool uses_reads(Uses *uses, Node target)
{
    const Binding *binding = binding_of(uses, target);
    if (!binding || uses_is_shared(uses, binding) || uses_is_captured(uses, binding))
        return true;
    uint32_t point = find_point(uses, target, true);
    return point == UINT32_MAX || walk_from(uses, &(Walk){ .name = binding->name, .to_any_read = true }, point);
}

static uint32_t find_start(const Uses *uses, Node from)
{
    uint32_t point = find_point(uses, from, true);
    return point == UINT32_MAX ? find_point(uses, from, false) : point;
}

bool uses_leads(Uses *uses, Node from, Node to, Node avoid)
{
    uint32_t point = find_start(uses, from);
    if (point == UINT32_MAX || node_data(from)->name != node_data(to)->name)
        return false;
    return walk_from(uses, &(Walk){ .name = node_data(from)->name, .to = to.id, .avoid = avoid.id }, point);
}

bool uses_leads_out(Uses *uses, Node from, Node avoid)
{
    uint32_t point = find_start(uses, from);
    return point != UINT32_MAX &&
           walk_from(uses, &(Walk){ .name = node_data(from)->name, .to_end = true, .avoid = avoid.id }, point);
}
