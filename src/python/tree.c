/* Flattening. What is mended on the way, because the grammar (0.25.0) differs from Python's own `ast`:
 *
 *   await a ** 2          the grammar: await (a ** 2); Python: (await a) ** 2
 *   *f(), *a[0], *a.b     the grammar binds the star inside the callee; Python: *(f()), ...
 *   def f[T = int]        the scan hands a comma for `=`; the default gets NODE_DEFAULT here
 *   x: A[B] or C          the scan put A into parentheses; they are seen through
 *   print "x", exec "x", raise E, "x"
 *                         statements of Python 2: the tree keeps them, a trouble says so
 *
 * The rest (`type(x).y = v`, `{x:=10}`, dedented continuation lines, comments, tabs, CR) is the scan's work. */
#include "port/threads.h"
#include "python/lr.h"

/* A short name that was met before, zeros behind it. */
typedef struct Met {
    uint64_t text[2];
    NameId name; /* 0: nothing yet */
} Met;

enum { MET_BITS = 8, SHORT_NAME = sizeof(((Met *)0)->text) };

struct Flat {
    Tree *tree;
    Arena *arena;
    const Scan *scan;
    Names *names;
    uint32_t room;
    uint32_t open;         /* the innermost open node */
    uint32_t run;          /* the run that the last offset was in */
    PyField field;         /* of parentheses that were seen through: goes to the node inside */
    bool default_is_next;  /* the comma before the next type parameter stands for `=` */
    ARRAY(uint32_t) stars; /* list_splat nodes that are bound too tightly */
    Met met[1 << MET_BITS];
};

/* ---- Offsets ---- */

/* The true offset of a byte of the compacted text. A node's begin is asked for when it is opened and its end when it is
 * closed, so offsets come in order and the search is a step or two. (Asked for all at once, a sum of 100,000 lines
 * costs seconds: each of its nested nodes begins with the first run and ends with another one.) */
static uint32_t source_offset(Flat *flat, uint32_t at)
{
    const Run *runs = flat->scan->runs.items;
    uint32_t last = flat->scan->runs.count - 1;
    uint32_t i = flat->run;
    while (i < last && runs[i + 1].compact <= at)
        i++;
    while (i > 0 && runs[i].compact > at)
        i--;
    flat->run = i;
    uint32_t offset = runs[i].source + (at - runs[i].compact);
    return i < last && offset > runs[i + 1].source ? runs[i + 1].source : offset;
}

/* The true end of what ends at `end` (above 0) in the compacted text. A byte that the scan made up has no width: the next run
 * begins where it stands. */
static uint32_t source_end(Flat *flat, uint32_t end)
{
    uint32_t offset = source_offset(flat, end - 1) + 1;
    const Run *runs = flat->scan->runs.items;
    uint32_t next = flat->run + 1;
    if (next < flat->scan->runs.count && runs[next].compact == end && runs[next].source < offset)
        return runs[next].source;
    return offset;
}

/* ---- Troubles ---- */

static void trouble(Flat *flat, uint32_t begin, uint32_t end, const char *message)
{
    enum { MOST_TROUBLES = 32 };
    if (flat->tree->troubles.count < MOST_TROUBLES)
        *array_push(flat->arena, &flat->tree->troubles) = (Trouble){ TROUBLE_SYNTAX, begin, end, str_of(message) };
}

/* An ERROR may span half a file; what is wrong stands near its start, or where its first unexpected token stands. The
 * mark ends with the line. */
static void trouble_error(Flat *flat, uint32_t begin, uint32_t compact_end)
{
    Str text = flat->scan->source->text;
    uint32_t run = flat->run;
    uint32_t end = compact_end ? source_end(flat, compact_end) : begin;
    flat->run = run;
    uint32_t stop = begin;
    while (stop < end && text.p[stop] != '\n' && text.p[stop] != '\r')
        stop++;
    trouble(flat, begin, stop, "invalid syntax");
}

static void trouble_missing(Flat *flat, TSSymbol symbol, uint32_t at)
{
    enum { MOST_TROUBLES = 32 };
    if (flat->tree->troubles.count == MOST_TROUBLES)
        return;
    const char *name = symbol < py_symbol_count ? py_kind_names[py_kind_of_symbol[symbol]] : "";
    Str message = *name ? arena_printf(flat->arena, "invalid syntax: expected %s", name) : STR("invalid syntax");
    *array_push(flat->arena, &flat->tree->troubles) = (Trouble){ TROUBLE_SYNTAX, at, at, message };
}

/* ---- Nodes ---- */

/* Two of three names in home-assistant are short and were met not long before: two words are compared then, and nothing is hashed. */
static NameId name_of(Flat *flat, uint32_t begin, uint32_t end)
{
    static const char ones[2 * SHORT_NAME] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
    Str text = str_slice(flat->scan->source->text, begin, end);
    if (text.n > SHORT_NAME)
        return names_add(flat->names, text);
    uint64_t words[2], inside[2];
    memcpy(words, text.p, sizeof words); /* behind the text of a source stand as many zeros */
    memcpy(inside, ones + SHORT_NAME - text.n, sizeof inside);
    words[0] &= inside[0];
    words[1] &= inside[1];
    uint64_t mixed = (words[0] ^ words[1] * 0x9E3779B97F4A7C15u) * 0xA5D39E6C4B79B1E3u;
    Met *met = &flat->met[mixed >> (64 - MET_BITS)];
    if (!met->name || met->text[0] != words[0] || met->text[1] != words[1])
        *met = (Met){ { words[0], words[1] }, names_add(flat->names, text) };
    return met->name;
}

static uint32_t add_node(Flat *flat)
{
    Tree *tree = flat->tree;
    if (tree->count == flat->room) {
        uint32_t room = flat->room + flat->room / 2; /* what was expected is nearly enough, where it is not */
        tree->nodes = arena_grow(flat->arena, tree->nodes, flat->room * sizeof(TreeNode), room * sizeof(TreeNode));
        flat->room = room;
    }
    return tree->count++;
}

/* A token without a name of its own: kept when a field asks for it (operators), else it may leave a flag behind. */
static bool wants_token(Flat *flat, PyKind kind, const Visit *visit)
{
    TreeNode *parent = &flat->tree->nodes[flat->open];
    switch (kind) {
    case PY_KW_ASYNC:
        parent->flags |= NODE_ASYNC;
        return false;
    case PY_KW_FROM:
        if (parent->kind == PY_YIELD || parent->kind == PY_RAISE_STATEMENT)
            parent->flags |= NODE_FROM;
        return false;
    case PY_OP_STAR:
        if (parent->kind == PY_EXCEPT_CLAUSE)
            parent->flags |= NODE_STAR;
        break;
    case PY_OP_COMMA:
        if (parent->kind == PY_TYPE_PARAMETER)
            flat->default_is_next = flat->scan->source->text.p[source_offset(flat, visit->begin)] == '=';
        return false;
    case PY_OP_LT_GT:
        trouble(flat, source_offset(flat, visit->begin), source_end(flat, visit->end), "Python 2 operator `<>`");
        break;
    default:
        break;
    }
    return visit->field == F_OPERATOR || visit->field == F_OPERATORS;
}

static bool wants_named(Flat *flat, PyKind kind, uint32_t begin, uint32_t compact_end)
{
    switch (kind) {
    case PY_STRING_START:
    case PY_STRING_CONTENT:
    case PY_STRING_END:
    case PY_COMMENT:
        return false;
    case PY_PRINT_STATEMENT:
        trouble(flat, begin, begin + 5, "Python 2 print statement");
        return true;
    case PY_EXEC_STATEMENT:
        trouble(flat, begin, begin + 4, "Python 2 exec statement");
        return true;
    case PY_EXPRESSION_LIST:
        if (flat->tree->nodes[flat->open].kind == PY_RAISE_STATEMENT)
            trouble(flat, begin, begin, "Python 2 raise statement");
        return true;
    case PY_ERROR:
        trouble_error(flat, begin, compact_end);
        return true;
    default:
        return true;
    }
}

bool flat_sees_through(Flat *flat, const Visit *visit)
{
    if (visit->symbol >= py_symbol_count || py_kind_of_symbol[visit->symbol] != PY_PARENTHESIZED_EXPRESSION || visit->end == visit->begin)
        return false;
    return flat->scan->source->text.p[source_offset(flat, visit->begin)] != '(';
}

/* The field of a node: its own, or that of the parentheses around it. */
static PyField take_field(Flat *flat, const Visit *visit)
{
    PyField field = flat->field != F_NONE ? flat->field : (PyField)visit->field;
    flat->field = F_NONE;
    return field;
}

Open flat_open(Flat *flat, const Visit *visit)
{
    if (flat_sees_through(flat, visit)) {
        flat->field = (PyField)visit->field;
        return OPEN_THROUGH;
    }
    bool is_error = visit->symbol == (TSSymbol)-1;
    PyKind kind = is_error ? PY_ERROR : (PyKind)py_kind_of_symbol[visit->symbol];
    if (!is_error && !py_kind_named[kind] && !wants_token(flat, kind, visit)) {
        if (visit->is_missing)
            trouble_missing(flat, visit->symbol, source_offset(flat, visit->begin));
        return OPEN_NOT;
    }
    uint32_t begin = source_offset(flat, visit->begin);
    if (visit->is_missing)
        trouble_missing(flat, visit->symbol, begin);
    if (py_kind_named[kind] && !wants_named(flat, kind, begin, visit->end))
        return OPEN_NOT;

    uint32_t id = add_node(flat);
    TreeNode *node = &flat->tree->nodes[id];
    *node = (TreeNode){ .kind = (uint16_t)kind, .field = (uint8_t)take_field(flat, visit), .parent = flat->open, .begin = begin };
    node->end = visit->end > visit->begin ? visit->end : 0; /* of the compacted text, until it is closed */
    if (visit->has_error || visit->is_missing)
        node->flags = (uint8_t)(NODE_BROKEN | (visit->is_missing ? NODE_MISSING : 0));
    if (flat->default_is_next && kind == PY_TYPE) {
        node->flags |= NODE_DEFAULT;
        flat->default_is_next = false;
    }
    flat->open = id;
    return OPEN_NODE;
}

/* await (a ** b) becomes (await a) ** b: the two nodes change places. */
static void mend_await(Tree *tree, uint32_t id)
{
    TreeNode *await = &tree->nodes[id], *power = &tree->nodes[id + 1];
    if (id + 1 >= await->after || power->kind != PY_BINARY_OPERATOR)
        return;
    uint32_t left = id + 2;
    uint32_t operator_ = tree->nodes[left].after;
    if (operator_ >= power->after || tree->nodes[operator_].kind != PY_OP_STAR_STAR)
        return;
    for (uint32_t i = operator_; i < power->after; i = tree->nodes[i].after)
        tree->nodes[i].parent = id;
    await->kind = PY_BINARY_OPERATOR;
    power->kind = PY_AWAIT;
    power->field = F_LEFT;
    power->begin = await->begin;
    power->end = tree->nodes[left].end;
    power->after = operator_;
    tree->nodes[left].field = F_NONE;
}

/* Whether a star in this place of its parent is bound too tightly. */
static bool star_is_tight(const Tree *tree, uint32_t id)
{
    const TreeNode *star = &tree->nodes[id];
    const TreeNode *parent = &tree->nodes[star->parent];
    if (star->parent + 1 != id)
        return false;
    switch (parent->kind) {
    case PY_CALL:
    case PY_ATTRIBUTE:
    case PY_SUBSCRIPT:
    case PY_BINARY_OPERATOR:
    case PY_COMPARISON_OPERATOR:
    case PY_BOOLEAN_OPERATOR:
    case PY_CONDITIONAL_EXPRESSION:
        return true;
    default:
        return false;
    }
}

void flat_close(Flat *flat)
{
    Tree *tree = flat->tree;
    uint32_t id = flat->open;
    TreeNode *node = &tree->nodes[id];
    node->after = tree->count;
    node->end = node->end ? source_end(flat, node->end) : node->begin;
    if (node->kind == PY_IDENTIFIER)
        node->name = name_of(flat, node->begin, node->end);
    flat->open = node->parent;
    if (node->kind == PY_AWAIT)
        mend_await(tree, id);
    else if (node->kind == PY_LIST_SPLAT && star_is_tight(tree, id))
        *array_push(flat->arena, &flat->stars) = id;
}

void flat_leaf(Flat *flat, const Visit *visit)
{
    if (py_kind_of_symbol[visit->symbol] != PY_IDENTIFIER || visit->end == visit->begin) {
        if (flat_open(flat, visit) == OPEN_NODE)
            flat_close(flat);
        return;
    }
    uint32_t begin = source_offset(flat, visit->begin), end = source_end(flat, visit->end);
    uint32_t id = add_node(flat);
    TreeNode *node = &flat->tree->nodes[id];
    *node = (TreeNode){ .kind = PY_IDENTIFIER, .field = (uint8_t)take_field(flat, visit), .parent = flat->open, .after = id + 1 };
    node->begin = begin;
    node->end = end;
    node->name = name_of(flat, begin, end);
}

/* [call, attribute, star, x, ...] becomes [star, call, attribute, x, ...]: the star moves out over the chain that it is
 * the innermost left end of. Ids in between move up by one. */
static void mend_star(Tree *tree, uint32_t star)
{
    uint32_t top = star;
    while (top > 1 && star_is_tight(tree, top))
        top = tree->nodes[top].parent;
    TreeNode moved = tree->nodes[star];
    TreeNode outer = tree->nodes[top];
    for (uint32_t i = star + 1; i < outer.after; i++) {
        uint32_t parent = tree->nodes[i].parent;
        if (parent >= top && parent < star)
            tree->nodes[i].parent = parent + 1;
    }
    tree->nodes[star + 1].field = moved.field;
    memmove(&tree->nodes[top + 1], &tree->nodes[top], (star - top) * sizeof(TreeNode));
    tree->nodes[top] = moved;
    tree->nodes[top].field = outer.field;
    tree->nodes[top].parent = outer.parent;
    tree->nodes[top].after = outer.after;
    tree->nodes[top].end = outer.end;
    for (uint32_t i = top + 1; i <= star; i++) {
        tree->nodes[i].begin = tree->nodes[star + 1].begin;
        tree->nodes[i].parent = i - 1;
    }
    tree->nodes[top + 1].field = F_NONE;
}

static void flat_init(Flat *flat, Tree *tree, Arena *arena, const Scan *scan, Names *names)
{
    *flat = (Flat){ .tree = tree, .arena = arena, .scan = scan, .names = names };
    *tree = (Tree){ 0 };
    flat->room = scan->compact.n / 5 + 64;
    tree->nodes = arena_alloc_raw(arena, flat->room * sizeof(TreeNode));
    tree->nodes[0] = (TreeNode){ 0 };
    tree->count = 1;
}

/* A module of nothing, for a text that is not parsed. */
static void make_empty(Tree *tree, Arena *arena)
{
    *tree = (Tree){ .nodes = arena_array(arena, TreeNode, 2), .count = 2 };
    tree->nodes[1] = (TreeNode){ .kind = PY_MODULE, .after = 2 };
}

/* Begins and ends of the parents of a chain are set by its parts; the module is the whole text. */
static void finish(Flat *flat)
{
    Tree *tree = flat->tree;
    for (uint32_t i = 0; i < flat->stars.count; i++)
        mend_star(tree, flat->stars.items[i]);
    tree->nodes[1].begin = 0;
    tree->nodes[1].end = flat->scan->source->text.n;
}

static TreeStatus end_late(Tree *tree, Arena *arena, Arena *scratch)
{
    arena_clear(scratch);
    make_empty(tree, arena);
    return TREE_LATE;
}

#if AWRY_TS_INTERNALS
static TreeStatus init_by_lr(Flat *flat, Tree *tree, Arena *arena, Arena *scratch, const Scan *scan, Names *names, double deadline,
                             bool *gave_up)
{
    LrTree parsed;
    LrStatus status = lr_parse(&parsed, scratch, scan, deadline);
    *gave_up = status == LR_GIVEN_UP;
    if (status == LR_LATE)
        return end_late(tree, arena, scratch);
    if (status == LR_PARSED) {
        double begin = clock_thread();
        flat_init(flat, tree, arena, scan, names);
        walk_lr(flat, scratch, &parsed);
        finish(flat);
        tree->flatten_seconds = clock_thread() - begin;
    }
    arena_clear(scratch);
    return TREE_OK;
}
#endif

TreeStatus tree_init_by(TreeWay way, Tree *tree, Arena *arena, Arena *scratch, const Scan *scan, Names *names, double deadline)
{
    if (scan->refused) {
        make_empty(tree, arena);
        return TREE_REFUSED;
    }
    arena_clear(scratch);
    Flat flat;
#if AWRY_TS_INTERNALS
    bool gave_up = true;
    TreeStatus status = TREE_OK;
    if (way == TREE_BY_LR)
        status = init_by_lr(&flat, tree, arena, scratch, scan, names, deadline, &gave_up);
    if (!gave_up)
        return status;
#endif
    TSTree *parsed = parse_text(scratch, scan->compact, deadline);
    if (!parsed) {
        parse_done();
        return end_late(tree, arena, scratch);
    }
    double begin = clock_thread();
    flat_init(&flat, tree, arena, scan, names);
#if AWRY_TS_INTERNALS
    if (way != TREE_BY_CURSOR)
        walk_subtrees(&flat, scratch, parsed);
    else
#endif
        walk_cursor(&flat, parsed);
    (void)way;
    finish(&flat);
    tree->flatten_seconds = clock_thread() - begin;
    parse_done();
    arena_clear(scratch);
    return TREE_OK;
}

TreeStatus tree_init(Tree *tree, Arena *arena, Arena *scratch, const Scan *scan, Names *names, double deadline)
{
    return tree_init_by(TREE_BY_LR, tree, arena, scratch, scan, names, deadline);
}
