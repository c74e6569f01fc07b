/* The quick walk: over the runtime's own subtrees, with an explicit stack. The public cursor costs several times as much
 * a node, for it looks up aliases, fields and positions anew at each step; here they are carried along.
 *
 * Only what lib/src/subtree.h and language.h say of the pinned runtime is used: children before the heap data, aliases
 * and fields by production and structural index, hidden nodes whose children belong to the visible one above. */
#include "python/tree_internal.h"

#if AWRY_TS_INTERNALS

#include <language.h>
#include <subtree.h>
#include <tree.h>

typedef struct Step {
    const Subtree *children;
    uint32_t count;
    uint32_t index;      /* the next child */
    uint32_t structural; /* its index without extras */
    uint32_t at;         /* where its padding begins */
    const TSSymbol *aliases;
    const TSFieldMapEntry *fields, *fields_end;
    TSFieldId field;   /* of the hidden node itself: goes to its children that have none */
    bool is_visible;   /* flat_close when it ends */
} Step;

typedef struct Walk {
    Arena *arena;
    const TSLanguage *language;
    Step *steps;
    uint32_t count, room;
} Walk;

static void push(Walk *walk, Subtree subtree, uint32_t content_at, TSFieldId field, bool is_visible)
{
    if (walk->count == walk->room) {
        uint32_t room = walk->room ? walk->room * 2 : 256;
        walk->steps = arena_grow(walk->arena, walk->steps, walk->room * sizeof(Step), room * sizeof(Step));
        walk->room = room;
    }
    Step *step = &walk->steps[walk->count++];
    uint16_t production = subtree.ptr->production_id;
    step->children = ts_subtree_children(subtree);
    step->count = subtree.ptr->child_count;
    step->index = step->structural = 0;
    step->at = content_at;
    step->aliases = ts_language_alias_sequence(walk->language, production);
    ts_language_field_map(walk->language, production, &step->fields, &step->fields_end);
    step->field = field;
    step->is_visible = is_visible;
}

static TSFieldId field_at(const Step *step, uint32_t structural)
{
    for (const TSFieldMapEntry *entry = step->fields; entry < step->fields_end; entry++)
        if (!entry->inherited && entry->child_index == structural)
            return entry->field_id;
    return step->field;
}

static bool has_error(Subtree subtree)
{
    if (ts_subtree_missing(subtree))
        return true;
    return !subtree.data.is_inline && (subtree.ptr->symbol == ts_builtin_sym_error || subtree.ptr->error_cost > 0);
}

/* One child: opened, and entered when there is something below. `at` is the first byte of its content. */
static void visit_child(Walk *walk, Flat *flat, Step *step, Subtree child, uint32_t at)
{
    bool is_extra = ts_subtree_extra(child);
    uint32_t structural = step->structural;
    if (!is_extra)
        step->structural++;
    TSSymbol alias = !is_extra && step->aliases ? step->aliases[structural] : 0;
    bool is_visible = alias || ts_subtree_visible(child);
    uint32_t count = ts_subtree_child_count(child);
    if (!is_visible && !count)
        return;
    TSFieldId field = is_extra ? step->field : field_at(step, structural);
    if (!is_visible) {
        push(walk, child, at, field, false);
        return;
    }
    Visit visit = {
        .symbol = ts_language_public_symbol(walk->language, alias ? alias : ts_subtree_symbol(child)),
        .field = field,
        .begin = at,
        .end = at + ts_subtree_size(child).bytes,
        .is_missing = ts_subtree_missing(child),
        .has_error = has_error(child),
    };
    Open open = flat_open(flat, &visit);
    if (open == OPEN_NOT)
        return;
    if (count)
        push(walk, child, at, 0, open == OPEN_NODE);
    else if (open == OPEN_NODE)
        flat_close(flat);
}

void walk_subtrees(Flat *flat, Arena *scratch, const TSTree *tree)
{
    Walk walk = { .arena = scratch, .language = tree->language };
    Subtree root = tree->root;
    uint32_t begin = ts_subtree_padding(root).bytes;
    Visit visit = {
        .symbol = ts_language_public_symbol(walk.language, ts_subtree_symbol(root)),
        .begin = begin,
        .end = begin + ts_subtree_size(root).bytes,
        .has_error = has_error(root),
    };
    if (flat_open(flat, &visit) != OPEN_NODE)
        return;
    if (!ts_subtree_child_count(root)) {
        flat_close(flat);
        return;
    }
    push(&walk, root, begin, 0, true);
    while (walk.count) {
        Step *step = &walk.steps[walk.count - 1];
        if (step->index == step->count) {
            bool is_visible = step->is_visible;
            walk.count--;
            if (is_visible)
                flat_close(flat);
            continue;
        }
        Subtree child = step->children[step->index++];
        /* The first child's padding is the parent's own. */
        uint32_t at = step->at + (step->index > 1 ? ts_subtree_padding(child).bytes : 0);
        step->at = at + ts_subtree_size(child).bytes;
        visit_child(&walk, flat, step, child, at);
    }
}

#endif
