#include "facts/term.h"

void terms_init(Terms *terms, Arena *arena)
{
    *terms = (Terms){ .arena = arena };
    names_init(&terms->texts, arena);
    *array_push(arena, &terms->items) = (Term){ .op = TERM_UNKNOWN };
}

uint32_t terms_text(Terms *terms, Str text)
{
    if (!text.n)
        return 0;
    return names_add_copy(&terms->texts, text);
}

/* ---- Hash-consing ---- */

static uint32_t hash_of(Term term)
{
    uint64_t h = (uint64_t)term.op * 0x9E3779B97F4A7C15u;
    h = (h ^ term.a) * 0xD6E8FEB86659FD93u;
    h = (h ^ (h >> 32) ^ term.b) * 0xD6E8FEB86659FD93u;
    return (uint32_t)(h ^ (h >> 32));
}

static void put(Terms *terms, TermId id)
{
    uint32_t mask = terms->room - 1;
    uint32_t at = hash_of(terms->items.items[id]) & mask;
    while (terms->slots[at])
        at = (at + 1) & mask;
    terms->slots[at] = id;
}

static void make_room(Terms *terms)
{
    if (terms->items.count * 2 < terms->room)
        return;
    if (!terms->room)
        terms->room = 256;
    while (terms->items.count * 2 >= terms->room) /* often at once: terms that were read back have no table yet */
        terms->room *= 2;
    terms->slots = arena_array(terms->arena, uint32_t, terms->room);
    for (TermId id = 1; id < terms->items.count; id++)
        put(terms, id);
}

static bool is_same(const Term *x, const Term *y)
{
    return x->op == y->op && x->a == y->a && x->b == y->b;
}

static TermId intern(Terms *terms, Term term)
{
    make_room(terms);
    uint32_t mask = terms->room - 1;
    uint32_t at = hash_of(term) & mask;
    for (; terms->slots[at]; at = (at + 1) & mask) {
        if (is_same(&terms->items.items[terms->slots[at]], &term))
            return terms->slots[at];
    }
    TermId id = terms->items.count;
    *array_push(terms->arena, &terms->items) = term;
    terms->slots[at] = id;
    return id;
}

/* ---- Making ---- */

/* Which of a and b are terms: bit 0 is a's, bit 1 b's. */
static unsigned operands(TermOp op)
{
    switch (op) {
    case TERM_CALL:
    case TERM_GENERIC:
    case TERM_UNION:
    case TERM_LIST:
        return 3;
    case TERM_ATTRIBUTE:
    case TERM_ITEM:
    case TERM_AWAIT:
    case TERM_ENTER:
    case TERM_ENTER_ASYNC:
    case TERM_EACH:
    case TERM_EACH_ASYNC:
    case TERM_INSTANCE:
    case TERM_ELEMENTS:
        return 1;
    case TERM_TUPLE:
        return 2;
    default:
        return 0;
    }
}

/* The name is made where it is kept only when it is new. */
TermId term_name_of(Terms *terms, Str first, Str second)
{
    char room[256];
    uint32_t size = first.n + second.n;
    char *text = size <= sizeof room ? room : arena_alloc_raw(terms->arena, size);
    memcpy(text, first.p, first.n);
    memcpy(text + first.n, second.p, second.n);
    return term_name(terms, (Str){ text, size });
}

static TermId longer_name(Terms *terms, TermId name, uint32_t text)
{
    Str first = terms_text_of(terms, term_at(terms, name)->a);
    char room[256];
    /* "." and ".." are packages: what is in them follows without another dot. */
    if (first.n && first.p[first.n - 1] == '.')
        return term_name_of(terms, first, terms_text_of(terms, text));
    char *dotted = first.n < sizeof room ? room : arena_alloc_raw(terms->arena, (size_t)first.n + 1);
    memcpy(dotted, first.p, first.n);
    dotted[first.n] = '.';
    return term_name_of(terms, (Str){ dotted, first.n + 1 }, terms_text_of(terms, text));
}

static unsigned at_most(unsigned a, unsigned b) { return a > b ? a : b; }

/* Of a term with these operands. The rest of a list lies beside its first item, not below it. */
static unsigned depth_of(const Terms *terms, TermOp op, uint32_t a, uint32_t b)
{
    unsigned depth = 0;
    if (operands(op) & 1)
        depth = term_at(terms, a)->depth;
    if (operands(op) & 2)
        depth = at_most(depth, term_at(terms, b)->depth - (op == TERM_LIST && b ? 1u : 0u));
    return depth + 1;
}

TermId term_make(Terms *terms, TermOp op, uint32_t a, uint32_t b)
{
    bool needs_first = (operands(op) & 1) && op != TERM_LIST && op != TERM_ELEMENTS;
    if (needs_first && !a)
        return 0;
    if (op == TERM_ATTRIBUTE && term_at(terms, a)->op == TERM_NAME)
        return longer_name(terms, a, b);
    if (op == TERM_UNION)
        return term_union(terms, a, b);
    unsigned depth = depth_of(terms, op, a, b);
    if (depth > TERM_DEEPEST)
        return 0;
    return intern(terms, (Term){ .op = (uint8_t)op, .depth = (uint8_t)depth, .width = 1, .a = a, .b = b });
}

TermId term_name(Terms *terms, Str qualified)
{
    return qualified.n ? term_make(terms, TERM_NAME, terms_text(terms, qualified), 0) : 0;
}

TermId term_attribute(Terms *terms, TermId object, Str name)
{
    return object && name.n ? term_make(terms, TERM_ATTRIBUTE, object, terms_text(terms, name)) : 0;
}

TermId term_builtin(Terms *terms, const char *class_name)
{
    TermId class_ = term_name_of(terms, STR("builtins."), str_of(class_name));
    return term_make(terms, TERM_INSTANCE, class_, 0);
}

/* ---- Unions: chains, members ascending, so that the order of assignments does not matter ---- */

static uint32_t members_of(const Terms *terms, TermId id, TermId *out, uint32_t count)
{
    while (term_at(terms, id)->op == TERM_UNION) {
        out[count++] = term_at(terms, id)->a;
        id = term_at(terms, id)->b;
    }
    out[count++] = id;
    return count;
}

static uint32_t sort_members(TermId *ids, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        TermId id = ids[i];
        uint32_t at = kept;
        while (at && ids[at - 1] > id)
            at--;
        if (at && ids[at - 1] == id)
            continue;
        for (uint32_t k = kept; k > at; k--)
            ids[k] = ids[k - 1];
        ids[at] = id;
        kept++;
    }
    return kept;
}

TermId term_union(Terms *terms, TermId a, TermId b)
{
    if (!a || !b)
        return 0;
    if (a == b)
        return a;
    TermId ids[2 * TERM_WIDEST];
    uint32_t count = sort_members(ids, members_of(terms, b, ids, members_of(terms, a, ids, 0)));
    if (count > TERM_WIDEST)
        return 0;
    TermId result = ids[count - 1];
    for (uint32_t i = count - 1; i-- > 0;) {
        unsigned depth = at_most(term_at(terms, ids[i])->depth, term_at(terms, result)->depth);
        uint8_t width = (uint8_t)(count - i);
        result = intern(terms, (Term){ TERM_UNION, (uint8_t)depth, width, ids[i], result });
    }
    return result;
}

/* ---- Terms that were read back ---- */

static bool is_list(const Terms *terms, TermId id)
{
    return !id || term_at(terms, id)->op == TERM_LIST;
}

/* The members of a union are a chain, none of them a union. */
static bool is_union(const Terms *terms, const Term *term)
{
    const Term *first = term_at(terms, term->a), *rest = term_at(terms, term->b);
    unsigned width = 1u + rest->width;
    return term->b && rest->op != TERM_LIST && first->op != TERM_UNION && width <= TERM_WIDEST && term->width == width &&
           term->depth == at_most(first->depth, rest->depth);
}

/* Whether the operands are what the operator wants. `limit`: those that are terms have smaller ids. */
static bool fits(const Terms *terms, const Term *term, TermId limit, uint32_t text_count)
{
    TermOp op = (TermOp)term->op;
    uint32_t a = term->a, b = term->b;
    unsigned which = operands(op);
    if (((which & 1) && a >= limit) || ((which & 2) && b >= limit))
        return false;
    if ((which & 1) && a && term_at(terms, a)->op == TERM_LIST)
        return false;
    switch (op) {
    case TERM_NONE:
        return !a && !b;
    case TERM_NAME:
        return a && a <= text_count && !b;
    case TERM_FUNCTION:
    case TERM_CLASS:
    case TERM_SUPER:
        return !b;
    case TERM_PARAMETER:
        return true;
    case TERM_CALL:
    case TERM_GENERIC:
        return a && is_list(terms, b);
    case TERM_ATTRIBUTE:
        return a && term_at(terms, a)->op != TERM_NAME && b && b <= text_count;
    case TERM_ITEM:
        return a;
    case TERM_UNION:
        return a && is_union(terms, term);
    case TERM_TUPLE:
        return !a && b && is_list(terms, b);
    case TERM_LIST:
        return is_list(terms, b);
    case TERM_ELEMENTS:
        return b <= ELEMENTS_OF_DICT;
    default:
        return a && !b;
    }
}

bool terms_check(const Terms *terms, uint32_t count, uint32_t text_count)
{
    static const Term unknown;
    if (!count || !is_same(term_at(terms, 0), &unknown) || term_at(terms, 0)->depth || term_at(terms, 0)->width)
        return false;
    for (TermId id = 1; id < count; id++) {
        const Term *term = term_at(terms, id);
        if (!term->op || term->op > TERM_LIST || !fits(terms, term, id, text_count))
            return false;
        if (term->op == TERM_UNION)
            continue;
        unsigned depth = depth_of(terms, (TermOp)term->op, term->a, term->b);
        if (depth > TERM_DEEPEST || term->depth != depth || term->width != 1)
            return false;
    }
    return true;
}

/* ---- For people ---- */

static Str print(const Terms *terms, Arena *arena, TermId id);

static Str print_list(const Terms *terms, Arena *arena, TermId list)
{
    Str text = STR("");
    for (; list; list = term_at(terms, list)->b) {
        Str item = print(terms, arena, term_at(terms, list)->a);
        text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), text.n ? ", " : "", STR_ARG(item));
    }
    return text;
}

/* Recursion is bounded by TERM_DEEPEST and TERM_WIDEST. */
static Str print(const Terms *terms, Arena *arena, TermId id)
{
    const Term *t = term_at(terms, id);
    Str a = (operands((TermOp)t->op) & 1) ? print(terms, arena, t->a) : STR("");
    switch ((TermOp)t->op) {
    case TERM_UNKNOWN:
        return STR("?");
    case TERM_NONE:
        return STR("None");
    case TERM_NAME:
        return terms_text_of(terms, t->a);
    case TERM_FUNCTION:
        return arena_printf(arena, "function %u", t->a);
    case TERM_CLASS:
        return arena_printf(arena, "class %u", t->a);
    case TERM_PARAMETER:
        return arena_printf(arena, "parameter %u of function %u", t->b, t->a);
    case TERM_SUPER:
        return arena_printf(arena, "super of class %u", t->a);
    case TERM_CALL:
        return arena_printf(arena, "%.*s(%.*s)", STR_ARG(a), STR_ARG(print_list(terms, arena, t->b)));
    case TERM_ATTRIBUTE:
        return arena_printf(arena, "%.*s.%.*s", STR_ARG(a), STR_ARG(terms_text_of(terms, t->b)));
    case TERM_ITEM:
        return t->b ? arena_printf(arena, "%.*s[%u]", STR_ARG(a), t->b - 1) : arena_printf(arena, "%.*s[]", STR_ARG(a));
    case TERM_AWAIT:
        return arena_printf(arena, "await %.*s", STR_ARG(a));
    case TERM_ENTER:
        return arena_printf(arena, "with(%.*s)", STR_ARG(a));
    case TERM_ENTER_ASYNC:
        return arena_printf(arena, "async with(%.*s)", STR_ARG(a));
    case TERM_EACH:
        return arena_printf(arena, "each(%.*s)", STR_ARG(a));
    case TERM_EACH_ASYNC:
        return arena_printf(arena, "async each(%.*s)", STR_ARG(a));
    case TERM_INSTANCE:
        return arena_printf(arena, "<%.*s>", STR_ARG(a));
    case TERM_GENERIC:
        return arena_printf(arena, "%.*s[%.*s]", STR_ARG(a), STR_ARG(print_list(terms, arena, t->b)));
    case TERM_UNION:
        return arena_printf(arena, "%.*s | %.*s", STR_ARG(a), STR_ARG(print(terms, arena, t->b)));
    case TERM_TUPLE:
        return arena_printf(arena, "(%.*s)", STR_ARG(print_list(terms, arena, t->b)));
    case TERM_ELEMENTS:
        return arena_printf(arena, t->b ? "{%.*s...}" : "[%.*s...]", STR_ARG(a));
    case TERM_LIST:
        return print_list(terms, arena, id);
    }
    return STR("?");
}

Str term_print(const Terms *terms, Arena *arena, TermId id)
{
    return print(terms, arena, id);
}
