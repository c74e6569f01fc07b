/* The classes above a class, in the order in which members are looked up. */
#include "program/basis.h"
#include "program/classes_internal.h"

bool is_harmless_base(Str name)
{
    static const char *const names[] = {
        "abc.ABC",
        "builtins.object",
        "collections.abc.Hashable",
        "enum.Enum",
        "enum.Flag",
        "enum.IntEnum",
        "enum.StrEnum",
        "typing.Generic",
        "typing.NamedTuple",
        "typing.Protocol",
        "typing_extensions.Generic",
        "typing_extensions.Protocol",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return false;
}

/* ---- Bases ---- */

static bool is_interface(Str name)
{
    return str_is(name, "zope.interface.Interface");
}

bool ancestor_of_base(Program *program, uint32_t file, TermId base, Ancestor *ancestor)
{
    const Terms *terms = &program_file(program, file)->terms;
    while (base && (term_at(terms, base)->op == TERM_ITEM || term_at(terms, base)->op == TERM_GENERIC))
        base = term_at(terms, base)->a;
    bool is_named = term_at(terms, base)->op == TERM_NAME;
    *ancestor = (Ancestor){ .is_interface = is_named && is_interface(terms_text_of(terms, term_at(terms, base)->a)) };
    Type type = type_get(program, type_eval(program, file, base));
    if (type.count != 1)
        return true;
    const Atom *atom = &type.atoms[0];
    if (atom->kind == ATOM_EXTERNAL) {
        ancestor->is_interface = is_interface(atom->name);
        return !is_harmless_base(atom->name);
    }
    if (atom->kind == ATOM_CLASS)
        *ancestor = (Ancestor){ .is_known = true, .is_project = atom->is_project, .ref = atom->ref, .api = atom->api };
    return !(ancestor->api && is_harmless_base(api_name(ancestor->api)));
}

bool ancestor_is(const Ancestor *a, const Ancestor *b)
{
    return a->is_known && b->is_known && a->is_project == b->is_project && a->api == b->api && a->ref.file == b->ref.file &&
           a->ref.number == b->ref.number;
}

enum { EDGES_MOST = 4 * LINEAGE_MOST };

/* The classes above one, each once, and for each the order in which members are looked up in it, by C3: "The Python 2.3 Method Resolution Order",
 * M. Simionato, 2003. */
typedef struct Graph {
    struct ClassNode {
        Ancestor ancestor;
        enum { STATE_NEW, STATE_OPEN, STATE_DONE } state;
        uint8_t first, bases;       /* edges */
        uint8_t line[LINEAGE_MOST]; /* numbers of nodes, its own first */
        uint8_t length;
    } nodes[LINEAGE_MOST];
    uint8_t edges[EDGES_MOST]; /* numbers of nodes, the bases of each in order */
    uint32_t count, edge_count;
} Graph;

/* What is not known is another one each time. LINEAGE_MOST: there is no room. */
static uint32_t node_for(Graph *graph, const Ancestor *ancestor)
{
    for (uint32_t i = 0; i < graph->count; i++) {
        if (ancestor_is(&graph->nodes[i].ancestor, ancestor))
            return i;
    }
    if (graph->count < LINEAGE_MOST) {
        graph->nodes[graph->count].ancestor = *ancestor;
        graph->nodes[graph->count].state = STATE_NEW;
        graph->nodes[graph->count].bases = 0;
        return graph->count++;
    }
    return LINEAGE_MOST;
}

/* False: there is no room. */
static bool find_bases(Program *program, Graph *graph, uint32_t number)
{
    const Ancestor ancestor = graph->nodes[number].ancestor;
    graph->nodes[number].first = (uint8_t)graph->edge_count;
    if (!ancestor.is_known || !ancestor.is_project)
        return true;
    const Summary *summary = program_file(program, ancestor.ref.file);
    rests_on_class(program, ancestor.ref);
    Piece bases = program_class(program, ancestor.ref)->bases;
    for (uint32_t i = 0; i < bases.count; i++) {
        Ancestor base;
        if (!ancestor_of_base(program, ancestor.ref.file, summary->parts.items[bases.first + i], &base))
            continue;
        uint32_t node = node_for(graph, &base);
        if (node == LINEAGE_MOST || graph->edge_count == EDGES_MOST)
            return false;
        graph->edges[graph->edge_count++] = (uint8_t)node;
        graph->nodes[number].bases++;
    }
    return true;
}

/* Lists whose heads are taken one by one. */
typedef struct Merge {
    const uint8_t *lists[LINEAGE_MOST + 1];
    uint32_t lengths[LINEAGE_MOST + 1];
    uint32_t count;
} Merge;

static bool is_in_tail(const Merge *merge, uint8_t node)
{
    for (uint32_t i = 0; i < merge->count; i++) {
        if (merge->lengths[i] > 1 && memchr(merge->lists[i] + 1, node, merge->lengths[i] - 1))
            return true;
    }
    return false;
}

static void take_head(Merge *merge, uint8_t node)
{
    for (uint32_t i = 0; i < merge->count; i++) {
        if (merge->lengths[i] && merge->lists[i][0] == node) {
            merge->lists[i]++;
            merge->lengths[i]--;
        }
    }
}

/* False: no order keeps that of all lists, and Python makes no such class. */
static bool merge_lists(Merge *merge, uint8_t *line, uint8_t *length)
{
    for (uint32_t i = 0; i < merge->count;) {
        if (!merge->lengths[i] || is_in_tail(merge, merge->lists[i][0])) {
            i++;
            continue;
        }
        uint8_t head = merge->lists[i][0];
        line[(*length)++] = head;
        take_head(merge, head);
        i = 0;
    }
    for (uint32_t i = 0; i < merge->count; i++) {
        if (merge->lengths[i])
            return false;
    }
    return true;
}

/* The bases have theirs. False: there is none. */
static bool put_in_order(Graph *graph, uint32_t number)
{
    struct ClassNode *node = &graph->nodes[number];
    const uint8_t *bases = graph->edges + node->first;
    Merge merge = { .count = 0 };
    node->line[0] = (uint8_t)number;
    node->length = 1;
    for (uint32_t i = 0; i < node->bases && i < LINEAGE_MOST; i++) {
        const struct ClassNode *base = &graph->nodes[bases[i]];
        if (base->state != STATE_DONE)
            return false; /* it derives from itself */
        merge.lists[merge.count] = base->line;
        merge.lengths[merge.count++] = base->length;
    }
    merge.lists[merge.count] = bases;
    merge.lengths[merge.count++] = node->bases;
    return merge_lists(&merge, node->line, &node->length);
}

/* Whether there is an order for the first node. */
static bool order_all(Program *program, Graph *graph)
{
    uint8_t stack[EDGES_MOST + LINEAGE_MOST];
    uint32_t depth = 0;
    stack[depth++] = 0;
    while (depth) {
        uint32_t number = stack[depth - 1];
        struct ClassNode *node = &graph->nodes[number];
        if (node->state != STATE_NEW) {
            depth--;
            if (node->state == STATE_OPEN && !put_in_order(graph, number))
                return false;
            node->state = STATE_DONE;
            continue;
        }
        node->state = STATE_OPEN;
        if (!find_bases(program, graph, number))
            return false;
        for (uint32_t i = node->bases; i-- > 0;) {
            uint8_t base = graph->edges[node->first + i];
            if (graph->nodes[base].state == STATE_NEW)
                stack[depth++] = base;
        }
    }
    return true;
}

void lineage_of(Program *program, Ref class_, Lineage *lineage)
{
    Graph graph;
    graph.count = graph.edge_count = 0;
    node_for(&graph, &(Ancestor){ .is_known = true, .is_project = true, .ref = class_ });
    lineage->count = 0;
    if (!order_all(program, &graph)) {
        lineage->items[lineage->count++] = graph.nodes[0].ancestor;
        lineage->items[lineage->count++] = (Ancestor){ .is_known = false };
        return;
    }
    for (uint32_t i = 0; i < graph.nodes[0].length; i++) {
        lineage->items[lineage->count++] = graph.nodes[graph.nodes[0].line[i]].ancestor;
        if (!lineage->items[i].is_known)
            return;
    }
}
