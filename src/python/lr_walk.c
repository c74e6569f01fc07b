/* The walk over what the LR parser has read: in order, with an explicit stack. Hidden nodes hand their field to their children. */
#include "python/tree_internal.h"

#if AWRY_TS_INTERNALS

#include "python/lr_internal.h"

typedef struct Step {
    const uint32_t *next, *end; /* children */
    uint16_t field;             /* of the hidden node itself: goes to its children that have none */
    bool is_visible;            /* flat_close when it ends */
} Step;

typedef struct Walk {
    Arena *arena;
    Step *steps;
    uint32_t count, room;
} Walk;

static void enter(Walk *walk, const uint32_t *words, uint16_t field, bool is_visible)
{
    if (walk->count == walk->room) {
        uint32_t room = walk->room ? walk->room * 2 : 256;
        walk->steps = arena_grow(walk->arena, walk->steps, walk->room * sizeof(Step), room * sizeof(Step));
        walk->room = room;
    }
    const uint32_t *children = words + HEAD_WORDS;
    walk->steps[walk->count++] = (Step){ children, children + 2 * kept_of(words[0]), field, is_visible };
}

static void visit(Walk *walk, Flat *flat, const uint32_t *words, uint16_t field, uint16_t alias)
{
    uint16_t symbol = alias ? alias : (uint16_t)symbol_of(words[0]);
    bool has_children = kept_of(words[0]) != 0;
    if (!lr_visible[symbol]) {
        if (has_children)
            enter(walk, words, field, false);
        return;
    }
    Visit visit = { .symbol = lr_public[symbol], .field = field, .begin = words[1], .end = words[2] };
    if (!has_children) {
        flat_leaf(flat, &visit);
        return;
    }
    Open open = flat_open(flat, &visit);
    if (open != OPEN_NOT)
        enter(walk, words, 0, open == OPEN_NODE);
}

void walk_lr(Flat *flat, Arena *scratch, const LrTree *tree)
{
    Walk walk = { .arena = scratch };
    visit(&walk, flat, tree->records + tree->root, 0, 0);
    while (walk.count) {
        Step *step = &walk.steps[walk.count - 1];
        if (step->next == step->end) {
            bool is_visible = step->is_visible;
            walk.count--;
            if (is_visible)
                flat_close(flat);
            continue;
        }
        const uint32_t *child = step->next;
        step->next += 2;
        uint16_t field = (uint16_t)(child[1] & FIELD);
        visit(&walk, flat, tree->records + child[0], field ? field : step->field, (uint16_t)(child[1] >> ALIAS_AT));
    }
}

#endif
