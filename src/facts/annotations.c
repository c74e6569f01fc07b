/* Annotations to class terms. What stands in quotes is read by a small parser of its own: dotted names, subscripts, `|`; anything
 * else is unknown. */
#include "facts/expressions.h"

enum { DEEPEST_ANNOTATION = 8 };

/* The same for what is written as code and what is written in quotes. */
static TermId generic_of(Summary *s, TermId base, const TermId *items, uint32_t count)
{
    TermId rest = 0;
    while (count)
        rest = term_make(&s->terms, TERM_LIST, items[--count], rest);
    return rest ? term_make(&s->terms, TERM_GENERIC, base, rest) : base;
}

/* ---- In quotes ---- */

typedef struct Quoted {
    Summary *summary;
    Node use;
    const char *p, *end;
    uint32_t depth;
} Quoted;

static TermId quoted_union(Quoted *q);

static void skip_space(Quoted *q)
{
    while (q->p < q->end && (*q->p == ' ' || *q->p == '\t' || *q->p == '\n' || *q->p == '\r'))
        q->p++;
}

static bool take(Quoted *q, char c)
{
    skip_space(q);
    if (q->p == q->end || *q->p != c)
        return false;
    q->p++;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static Str quoted_name(Quoted *q)
{
    skip_space(q);
    const char *begin = q->p;
    while (q->p < q->end && is_letter(*q->p))
        q->p++;
    return (Str){ begin, (uint32_t)(q->p - begin) };
}

static TermId quoted_subscript(Quoted *q, TermId base)
{
    TermId items[TERM_ARGUMENTS];
    uint32_t count = 0;
    do {
        TermId item = quoted_union(q);
        if (count < TERM_ARGUMENTS)
            items[count++] = item;
    } while (take(q, ','));
    return take(q, ']') ? generic_of(q->summary, base, items, count) : 0;
}

static TermId quoted_primary(Quoted *q)
{
    Summary *s = q->summary;
    if (take(q, '[')) { /* the parameters of a Callable */
        while (!take(q, ']')) {
            if (q->p == q->end)
                return 0;
            q->p++;
        }
        return 0;
    }
    if (take(q, '.')) {
        q->p += q->end - q->p >= 2 ? 2 : 0;
        return 0;
    }
    Str name = quoted_name(q);
    if (!name.n)
        return 0;
    NameId id = names_find(&s->reader->module->names, name);
    TermId term = str_is(name, "None") ? term_make(&s->terms, TERM_NONE, 0, 0) : name_in_annotation(s, q->use, id, name);
    while (take(q, '.'))
        term = term_attribute(&s->terms, term, quoted_name(q));
    return take(q, '[') ? quoted_subscript(q, term) : term;
}

static TermId quoted_union(Quoted *q)
{
    if (q->depth == DEEPEST_ANNOTATION)
        return 0;
    q->depth++;
    TermId whole = quoted_primary(q);
    while (take(q, '|'))
        whole = term_union(&q->summary->terms, whole, quoted_primary(q));
    q->depth--;
    return whole;
}

static TermId quoted(Summary *s, Node string)
{
    Str text = node_text(string);
    bool is_plain = text.n >= 2 && (text.p[0] == '"' || text.p[0] == '\'') && str_find(text, '\\') == text.n;
    uint32_t quotes = text.n >= 6 && text.p[1] == text.p[0] && text.p[2] == text.p[0] ? 3 : 1;
    if (!is_plain)
        return 0;
    Quoted q = { s, string, text.p + quotes, text.p + text.n - quotes, 0 };
    TermId term = quoted_union(&q);
    skip_space(&q);
    return q.p == q.end ? term : 0;
}

/* ---- As code ---- */

static TermId annotation(Summary *s, Node n, uint32_t depth);

/* `Annotated[Session, Depends(get_db)]`: what is called as it would be in code. */
static TermId dependency(Summary *s, Node call_node)
{
    enum { DEEPEST_CALL = 6 };
    Node callee = node_field(call_node, F_FUNCTION);
    Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    if (!str_is(name, "Depends") && !str_is(name, "Security"))
        return 0;
    TermId call = summary_term(s, call_node);
    return term_at(&s->terms, call)->depth <= DEEPEST_CALL ? call : 0;
}

static TermId argument(Summary *s, Node n, uint32_t depth)
{
    Node inner = node_kind(n) == PY_TYPE ? node_first(n) : n;
    switch (node_kind(inner)) {
    case PY_LIST:
    case PY_ELLIPSIS:
        return 0;
    case PY_CALL:
        return dependency(s, inner);
    default:
        return annotation(s, n, depth);
    }
}

static TermId subscripted(Summary *s, Node base, Node first, uint32_t depth)
{
    TermId class_ = annotation(s, base, depth);
    if (!class_)
        return 0;
    TermId items[TERM_ARGUMENTS];
    uint32_t count = 0;
    for (Node n = first; n.id && count < TERM_ARGUMENTS; n = node_next(n))
        items[count++] = argument(s, n, depth);
    return generic_of(s, class_, items, count);
}

/* Recursion is bounded by DEEPEST_ANNOTATION. */
static TermId annotation(Summary *s, Node n, uint32_t depth)
{
    if (depth == DEEPEST_ANNOTATION)
        return 0;
    switch (node_kind(n)) {
    case PY_TYPE:
    case PY_PARENTHESIZED_EXPRESSION:
        return annotation(s, node_first(n), depth + 1);
    case PY_GENERIC_TYPE:
        return subscripted(s, node_first(n), node_first(node_child_of(n, PY_TYPE_PARAMETER)), depth + 1);
    case PY_SUBSCRIPT: {
        Node index = node_field(n, F_SUBSCRIPT);
        bool is_tuple = node_kind(index) == PY_TUPLE;
        return subscripted(s, node_field(n, F_VALUE), is_tuple ? node_first(index) : index, depth + 1);
    }
    case PY_UNION_TYPE:
        return term_union(&s->terms, annotation(s, node_child(n, 0), depth + 1), annotation(s, node_child(n, 1), depth + 1));
    case PY_BINARY_OPERATOR:
        if (!str_is(node_text(node_field(n, F_OPERATOR)), "|"))
            return 0;
        return term_union(
            &s->terms, annotation(s, node_field(n, F_LEFT), depth + 1), annotation(s, node_field(n, F_RIGHT), depth + 1));
    case PY_NONE:
        return term_make(&s->terms, TERM_NONE, 0, 0);
    case PY_STRING:
        return quoted(s, n);
    case PY_IDENTIFIER:
        return name_in_annotation(s, n, node_data(n)->name, node_text(n));
    case PY_MEMBER_TYPE:
    case PY_ATTRIBUTE:
        return term_attribute(
            &s->terms, annotation(s, node_first(n), depth + 1), node_text(node_child(n, node_count(n) - 1)));
    default:
        return 0;
    }
}

TermId summary_annotation(Summary *summary, Node n)
{
    return summary->reader && n.id ? annotation(summary, n, 0) : 0;
}
