/* Versions that meet. The runtime makes versions one when their heads are in one state, keeps both ways below until a reduction takes
 * them off the stack, and chooses then. Here they go on side by side, and one is chosen as soon as all their states are the
 * same. The choice is the runtime's; where it would hang on an order that is not known here, the parser gives up. */
#include "python/tree_internal.h"

#if AWRY_TS_INTERNALS

#include "python/lr_internal.h"

typedef enum Choice {
    CHOICE_NONE, /* they are the same */
    CHOICE_LEFT,
    CHOICE_RIGHT,
    CHOICE_OPEN, /* not known */
} Choice;

static Choice smaller(uint32_t left, uint32_t right)
{
    return left < right ? CHOICE_LEFT : left > right ? CHOICE_RIGHT : CHOICE_NONE;
}

/* ---- What was read ---- */

typedef struct Pair {
    uint32_t left, right, next;
} Pair;

/* The smaller symbol, then the smaller number of children. A record that children were left out of cannot be compared further. */
static Choice compare_heads(uint32_t left, uint32_t right)
{
    Choice choice = smaller(symbol_of(left), symbol_of(right));
    if (choice == CHOICE_NONE)
        choice = smaller(count_of(left), count_of(right));
    bool is_whole = kept_of(left) == count_of(left) && kept_of(right) == count_of(right);
    return choice == CHOICE_NONE && !is_whole ? CHOICE_OPEN : choice;
}

/* Two children in the same place. NONE with *deeper: their records have to be compared. */
static Choice compare_children(const Parser *parser, const uint32_t *left, const uint32_t *right, bool *deeper)
{
    uint32_t outer_left = left[1] >> OUTER_AT & SYMBOL, outer_right = right[1] >> OUTER_AT & SYMBOL;
    Choice choice = smaller(outer_left, outer_right);
    *deeper = choice == CHOICE_NONE && left[0] != right[0];
    if (!*deeper)
        return choice;
    bool is_whole = outer_left == symbol_of(parser->records[left[0]]) && outer_right == symbol_of(parser->records[right[0]]);
    return is_whole ? CHOICE_NONE : CHOICE_OPEN;
}

/* By the first difference in preorder. */
static Choice compare_records(const Parser *parser, uint32_t left, uint32_t right)
{
    enum { DEEPEST = 256 };
    Pair stack[DEEPEST];
    uint32_t depth = 0;
    stack[depth++] = (Pair){ left, right, 0 };
    while (depth) {
        Pair *pair = &stack[depth - 1];
        const uint32_t *a = &parser->records[pair->left], *b = &parser->records[pair->right];
        Choice choice = pair->next ? CHOICE_NONE : compare_heads(a[0], b[0]);
        if (choice == CHOICE_NONE && pair->next == kept_of(a[0])) {
            depth--;
            continue;
        }
        bool deeper = false;
        a += HEAD_WORDS + 2 * pair->next;
        b += HEAD_WORDS + 2 * pair->next++;
        if (choice == CHOICE_NONE)
            choice = compare_children(parser, a, b, &deeper);
        if (choice == CHOICE_NONE && deeper && depth == DEEPEST)
            choice = CHOICE_OPEN;
        if (choice != CHOICE_NONE)
            return choice;
        if (deeper)
            stack[depth++] = (Pair){ a[0], b[0], 0 };
    }
    return CHOICE_NONE;
}

/* Two entries that stand between the same states. The heavier one stays; else as compare_records says, unless they were made apart
 * and look alike from outside: then the first one, whatever is inside. */
static Choice choose_entry(const Parser *parser, const Entry *a, const Entry *b, bool were_one)
{
    if (!a->record || !b->record)
        return CHOICE_OPEN;
    uint32_t left = parser->records[a->record], right = parser->records[b->record];
    if (weight_of(left) == WEIGHT_UNKNOWN || weight_of(right) == WEIGHT_UNKNOWN)
        return CHOICE_OPEN;
    if (weight_of(left) != weight_of(right))
        return weight_of(left) > weight_of(right) ? CHOICE_LEFT : CHOICE_RIGHT;
    Choice choice = smaller(a->symbol, b->symbol);
    if (choice != CHOICE_NONE)
        return choice;
    if (a->symbol != symbol_of(left) || b->symbol != symbol_of(right))
        return CHOICE_OPEN;
    choice = smaller(count_of(left), count_of(right));
    if (choice != CHOICE_NONE)
        return choice;
    if (were_one)
        return compare_records(parser, a->record, b->record);
    return weight_of(left) ? CHOICE_OPEN : CHOICE_LEFT; /* weights change the order of the versions */
}

/* Tokens that both have read: two records of one leaf. */
static bool is_same_leaf(const Parser *parser, const Entry *a, const Entry *b)
{
    if (a->symbol != b->symbol || !a->record || !b->record)
        return false;
    uint32_t left = parser->records[a->record], right = parser->records[b->record];
    return !count_of(left) && !count_of(right) && symbol_of(left) == symbol_of(right);
}

/* Of two versions whose states are the same. */
static Choice choose(const Parser *parser, const Version *a, const Version *b, bool are_done)
{
    Choice choice = CHOICE_NONE;
    uint32_t differences = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        const Entry *left = &a->items[i], *right = &b->items[i];
        bool is_same = left->record == right->record && left->symbol == right->symbol;
        if (is_same || is_same_leaf(parser, left, right))
            continue;
        differences++;
        choice = choose_entry(parser, left, right, are_done || left->node == right->node);
    }
    return differences > 1 ? CHOICE_OPEN : choice;
}

/* ---- Heads ---- */

uint32_t lr_node(Parser *parser, uint32_t from, uint32_t action, uint32_t base)
{
    if (parser->count == 1)
        return ++parser->nodes;
    for (uint32_t i = 0; i < parser->joints_n; i++) {
        const Joint *joint = &parser->joints[i];
        if (joint->from == from && joint->action == action && joint->base == base)
            return joint->node;
    }
    uint32_t node = ++parser->nodes;
    if (parser->joints_n < MOST_JOINTS)
        parser->joints[parser->joints_n++] = (Joint){ from, action, base, node };
    else
        parser->is_given_up = true;
    return node;
}

static uint32_t node_at_top(const Parser *parser, uint32_t i)
{
    return version_top(parser->versions[i])->node;
}

Turn lr_turn(const Parser *parser, uint32_t first)
{
    Turn turn = { first, 1 };
    while (first + turn.count < parser->count && node_at_top(parser, first + turn.count) == node_at_top(parser, first))
        turn.count++;
    return turn;
}

static bool has_same_states(const Version *a, const Version *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = a->count; i-- > 0;) {
        if (a->items[i].state != b->items[i].state)
            return false;
    }
    return true;
}

/* Two versions that have met: when all their states are the same, one of them goes. */
static void settle(Parser *parser, Version *a, Version *b, bool are_done)
{
    if (a->is_dead || b->is_dead || !has_same_states(a, b))
        return;
    Choice choice = choose(parser, a, b, are_done);
    parser->is_given_up |= choice == CHOICE_OPEN;
    *(choice == CHOICE_RIGHT ? &a->is_dead : &b->is_dead) = true;
}

/* The versions of two turns become one; those of `b` take the place behind `a`. The runtime keeps the place of `a`. */
static void join(Parser *parser, Turn a, Turn b)
{
    for (uint32_t i = 0; i < a.count; i++) {
        for (uint32_t k = 0; k < b.count; k++)
            settle(parser, turn_version(parser, &a, i), turn_version(parser, &b, k), false);
    }
    Version *moved[MOST_VERSIONS];
    memcpy(moved, &parser->versions[b.first], b.count * sizeof *moved);
    for (uint32_t k = 0; k < b.count; k++)
        version_top(moved[k])->node = node_at_top(parser, a.first);
    uint32_t place = a.first + a.count;
    if (b.first < a.first) {
        memmove(&parser->versions[b.first], &parser->versions[b.first + b.count], (place - b.first - b.count) * sizeof *moved);
        place -= b.count;
    } else {
        memmove(&parser->versions[place + b.count], &parser->versions[place], (b.first - place) * sizeof *moved);
    }
    memcpy(&parser->versions[place], moved, b.count * sizeof *moved);
}

/* ---- Reductions while there are several versions ---- */

static bool is_same_head(const Version *a, const LayoutMark *left, const Version *b)
{
    const LayoutMark *right = &b->layout.now;
    return a->at == b->at && version_top(a)->state == version_top(b)->state && left->indents_n == right->indents_n &&
           left->delimiters_n == right->delimiters_n && left->is_format == right->is_format && left->has_begun == right->has_begun;
}

enum { NOWHERE = UINT32_MAX };

/* The versions of `part` are in front of their token once more. When their head is that of others that wait they join them: where those
 * stood, else NOWHERE. The `hidden` versions behind the part, and those at `skipped`, are not there yet. */
static uint32_t meet_waiting(Parser *parser, Turn part, uint32_t hidden, uint32_t skipped)
{
    const Version *v = turn_version(parser, &part, 0);
    for (uint32_t i = 0; i < parser->count;) {
        if (i == part.first) {
            i += part.count + hidden;
            continue;
        }
        Turn other = lr_turn(parser, i);
        const Version *w = turn_version(parser, &other, 0);
        i += other.count;
        if (other.first == skipped || turn_is_over(parser, &other) || !is_same_head(v, &v->layout.now, w))
            continue;
        join(parser, other, part);
        return other.first;
    }
    return NOWHERE;
}

static void swap(Parser *parser, uint32_t i, uint32_t k)
{
    Version *v = parser->versions[i];
    parser->versions[i] = parser->versions[k];
    parser->versions[k] = v;
}

/* Versions that were one and have come to different bases: sorted by their new node, in the order of the first of each. */
static void sort_parted(Parser *parser, const Turn *turn)
{
    uint32_t sorted = 1;
    for (uint32_t i = 0; i < turn->count; i++) {
        uint32_t node = node_at_top(parser, turn->first + (i < sorted ? i : sorted - 1));
        for (uint32_t k = sorted; k < turn->count; k++) {
            if (node_at_top(parser, turn->first + k) == node)
                swap(parser, turn->first + k, turn->first + sorted++);
        }
        if (i + 1 == sorted)
            sorted++;
    }
}

/* Of versions that have one base the better one stays. */
static void choose_among(Parser *parser, Turn part)
{
    for (uint32_t i = 1; i < part.count; i++) {
        for (uint32_t k = 0; k < i; k++)
            settle(parser, turn_version(parser, &part, k), turn_version(parser, &part, i), false);
    }
}

static void to_the_end(Parser *parser, Turn turn)
{
    Version *moved[MOST_VERSIONS];
    memcpy(moved, &parser->versions[turn.first], turn.count * sizeof *moved);
    uint32_t rest = parser->count - turn.first - turn.count;
    memmove(&parser->versions[turn.first], &parser->versions[turn.first + turn.count], rest * sizeof *moved);
    memcpy(&parser->versions[turn.first + rest], moved, turn.count * sizeof *moved);
}

static Turn part_at(const Parser *parser, uint32_t first, uint32_t most)
{
    Turn part = lr_turn(parser, first);
    if (part.count > most)
        part.count = most;
    return part;
}

/* Each part in turn meets those that wait; the first one that meets nobody goes on, those behind it wait at the end of the line. */
static Turn place_parts(Parser *parser, const Turn *turn)
{
    Turn kept = { turn->first, 0 };
    uint32_t at = turn->first, left = turn->count;
    while (left) {
        Turn part = part_at(parser, at, left);
        left -= part.count;
        choose_among(parser, part);
        uint32_t place = meet_waiting(parser, part, left, NOWHERE);
        bool is_kept = place == NOWHERE && !kept.count;
        if (is_kept)
            kept = part;
        else if (place == NOWHERE)
            to_the_end(parser, part);
        if (place < kept.first)
            kept.first += part.count;
        if (is_kept || place < at)
            at += part.count;
    }
    return kept.count ? lr_turn(parser, kept.first) : kept;
}

bool lr_reduce_all(Parser *parser, Turn *turn, const LrReduction *r)
{
    LayoutMark behind = turn_version(parser, turn, 0)->layout.now;
    for (uint32_t i = 0; i < turn->count; i++) {
        Version *v = turn_version(parser, turn, i);
        lr_reduce(parser, v, r);
        v->layout.now = v->layout.before;
    }
    sort_parted(parser, turn);
    *turn = place_parts(parser, turn);
    for (uint32_t i = 0; i < turn->count; i++)
        turn_version(parser, turn, i)->layout.now = behind;
    return turn->count != 0;
}

/* A version that is like another one in front of its token. */
static Version *copy_of(Parser *parser, const Version *from)
{
    if (!parser->joints)
        parser->joints = arena_alloc_raw(parser->arena, MOST_JOINTS * sizeof *parser->joints);
    Version **place = &parser->versions[parser->count++];
    if (!*place) {
        *place = arena_new(parser->arena, Version);
        (*place)->room = DEEPEST_FORK + DEEPEST_FORK / 4;
        (*place)->items = arena_alloc_raw(parser->arena, (*place)->room * sizeof(Entry));
    }
    Version *v = *place;
    Entry *items = v->items;
    uint32_t room = v->room;
    *v = *from;
    v->items = items;
    v->room = room;
    v->layout.now = from->layout.before;
    memcpy(items, from->items, from->count * sizeof(Entry));
    return v;
}

void lr_reduce_copies(Parser *parser, Turn *turn, const LrReduction *r)
{
    Turn copies = { parser->count, 0 };
    for (uint32_t i = 0; i < turn->count; i++) {
        const Version *from = turn_version(parser, turn, i);
        parser->is_given_up |= parser->count == MOST_VERSIONS || from->count > DEEPEST_FORK;
        if (parser->is_given_up)
            return;
        copy_of(parser, from);
        copies.count++;
    }
    for (uint32_t i = 0; i < copies.count; i++)
        lr_reduce(parser, turn_version(parser, &copies, i), r);
    sort_parted(parser, &copies);
    for (uint32_t at = copies.first, left = copies.count; left;) {
        Turn part = part_at(parser, at, left);
        at += part.count;
        left -= part.count;
        choose_among(parser, part);
        if (meet_waiting(parser, part, left, turn->first) < turn->first)
            turn->first += part.count;
    }
}

/* ---- Behind a round ---- */

/* The dead ones are put behind the others: their memory is used again. */
static void remove_dead(Parser *parser)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < parser->count; i++) {
        Version *v = parser->versions[i];
        if (v->is_dead)
            continue;
        parser->versions[i] = parser->versions[kept];
        parser->versions[kept++] = v;
    }
    parser->count = kept;
}

void lr_condense(Parser *parser)
{
    remove_dead(parser);
    for (uint32_t i = 0; i < parser->count;) {
        Turn right = lr_turn(parser, i);
        i += right.count;
        for (uint32_t k = 0; k < right.first;) {
            Turn left = lr_turn(parser, k);
            const Version *v = turn_version(parser, &left, 0), *w = turn_version(parser, &right, 0);
            k += left.count;
            if (v->is_done || w->is_done || !is_same_head(v, &v->layout.now, w))
                continue;
            join(parser, left, right);
            break;
        }
    }
    /* At the end of the text the runtime compares whole trees. */
    for (uint32_t i = 1; i < parser->count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            Version *v = parser->versions[k], *w = parser->versions[i];
            if (v->is_done && w->is_done)
                settle(parser, v, w, true);
        }
    }
    remove_dead(parser);
    parser->joints_n = 0;
}

#endif
