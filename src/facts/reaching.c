/* Which assignments of a name can reach a use of it. By the shape of statements alone: of the assignments that surely run
 * before the use, the last one hides those before it; what stands behind the use counts only when a loop leads back. Too many sites are
 * harmless (the answer is a larger union), one that is missing would not be. */
#include "facts/expressions.h"

enum {
    MOST_LOOKED_AT = 64, /* sites between a use and the one that hides the others */
    MOST_STEPS = 1000,   /* nodes around a use: the tree of `a + b + c ...` is as deep as the sum is long */
};

static bool is_loop(PyKind kind) { return kind == PY_FOR_STATEMENT || kind == PY_WHILE_STATEMENT; }

static bool is_block(PyKind kind) { return kind == PY_BLOCK || kind == PY_MODULE; }

/* The statement of a block that n is part of: also a compound one. */
static Node statement_in_block(Node n)
{
    while (n.id && !is_block(node_kind(node_parent(n))))
        n = node_parent(n);
    return n;
}

/* Whether an expression is evaluated only on a condition within its own statement. */
static bool is_conditional(Node n, Node statement)
{
    for (Node inner = n; inner.id && !node_same(inner, statement); inner = node_parent(inner)) {
        Node around = node_parent(inner);
        PyKind kind = node_kind(around);
        if (kind == PY_CONDITIONAL_EXPRESSION || kind == PY_LAMBDA || kind == PY_GENERATOR_EXPRESSION ||
            kind == PY_LIST_COMPREHENSION || kind == PY_SET_COMPREHENSION || kind == PY_DICTIONARY_COMPREHENSION)
            return true;
        if (kind == PY_BOOLEAN_OPERATOR && node_role(inner) == F_RIGHT)
            return true;
    }
    return false;
}

/* Whether the assignment has surely happened when control comes to `use`. */
static bool dominates(const Site *site, Node use)
{
    if (site->kind == SITE_PARAMETER)
        return true;
    Node at = node_at(use.module, site->node);
    Node statement = statement_in_block(at);
    Node block = node_parent(statement);
    if (!statement.id || !node_contains(block, use) || node_begin(use) < node_end(at))
        return false;
    bool is_inside = node_contains(statement, use);
    switch (site->kind) {
    case SITE_FOR:
        return is_inside && node_contains(node_field(statement, F_BODY), use);
    case SITE_WALRUS:
        /* `if (x := f()):` holds in the body and behind, an `elif`'s only there. */
        return !is_conditional(at, statement) && (node_kind(statement) == PY_EXPRESSION_STATEMENT || is_inside);
    case SITE_MATCH:
    case SITE_EXCEPT:
        return false;
    case SITE_WITH:
        return true;
    default:
        return !is_inside;
    }
}

/* The outermost loop around `use` that does not hold `hiding` (0: any), within its function; its nodes lead back to the use.
 * False when the use lies deeper than anybody writes. */
static bool loop_leading_back(Node use, uint32_t hiding, Node *loop)
{
    *loop = node_at(use.module, 0);
    uint32_t steps = 0;
    for (Node n = node_parent(use); n.id; n = node_parent(n)) {
        PyKind kind = node_kind(n);
        if (kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION)
            break;
        if (hiding && node_contains(n, node_at(use.module, hiding)))
            break;
        if (is_loop(kind))
            *loop = n;
        if (++steps == MOST_STEPS)
            return false;
    }
    return true;
}

/* `if ...: x = 1` and `else: use(x)`: not one run comes to both. */
static bool excludes(Node site, Node use)
{
    Node inner = site;
    for (Node n = node_parent(site); n.id; inner = n, n = node_parent(n)) {
        if (!node_contains(n, use))
            continue;
        if (node_kind(n) != PY_IF_STATEMENT || node_role(inner) == F_CONDITION)
            return false;
        Node other = use;
        while (!node_same(node_parent(other), n))
            other = node_parent(other);
        /* What stands in an elif's condition runs after the first branch was not taken. */
        return !node_same(inner, other) && node_role(other) != F_CONDITION;
    }
    return false;
}

static bool can_reach(const Site *site, Node use, Node loop)
{
    Node at = node_at(use.module, site->node);
    if (site->kind == SITE_PARAMETER || node_contains(loop, at))
        return true;
    /* The right side is evaluated before the left one gets it. */
    bool is_own = site->kind <= SITE_AUGMENTED && node_contains(statement_in_block(at), use);
    return node_end(at) <= node_begin(use) && !is_own && !excludes(at, use);
}

/* Whether both stand in the code of the same function, or both at module level. */
static bool is_same_frame(const Binding *binding, Node use)
{
    ScopeKind kind = binding->scope ? binding->scope->kind : SCOPE_CLASS;
    const Function *function = node_function(use);
    if (kind == SCOPE_MODULE)
        return !function;
    return kind == SCOPE_FUNCTION && function == binding->scope->function;
}

/* The number of sites before the use. */
static uint32_t sites_before(const Binding *binding, Node use)
{
    uint32_t low = 0, high = binding->sites.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (binding->sites.items[middle].node < use.id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* All sites, for a use whose order in time nobody knows. */
static bool take_all(const Binding *binding, Reaching *out)
{
    if (binding->sites.count > REACHING_MOST)
        return false;
    for (uint32_t i = 0; i < binding->sites.count; i++)
        out->sites[out->count++] = &binding->sites.items[i];
    return true;
}

/* Backwards from the use to the site that hides those before it: the number of the first site that counts. False when it is too
 * far away. */
static bool find_hiding(const Binding *binding, Node use, uint32_t before, uint32_t *first, uint32_t *hiding)
{
    *hiding = *first = 0;
    for (uint32_t i = before; i-- > 0;) {
        if (before - i > MOST_LOOKED_AT)
            return false;
        if (dominates(&binding->sites.items[i], use)) {
            *first = i;
            *hiding = binding->sites.items[i].node;
            return true;
        }
    }
    return true;
}

bool reaching_sites(const Binding *binding, Node use, Reaching *out)
{
    out->count = 0;
    if (!is_same_frame(binding, use) || binding->is_shared)
        return take_all(binding, out);
    uint32_t before = sites_before(binding, use), first, hiding;
    Node loop;
    if (!find_hiding(binding, use, before, &first, &hiding) || !loop_leading_back(use, hiding, &loop))
        return false;
    uint32_t end = loop.id ? node_data(loop)->after : use.id;
    for (uint32_t i = first; i < binding->sites.count; i++) {
        const Site *site = &binding->sites.items[i];
        bool is_hiding = hiding && i == first;
        if (site->node >= end && !is_hiding)
            break;
        if (!is_hiding && !can_reach(site, use, loop))
            continue;
        if (out->count == REACHING_MOST)
            return false;
        out->sites[out->count++] = site;
    }
    return true;
}
