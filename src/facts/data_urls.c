#include "facts/data_urls.h"

#include "facts/quick.h"

static bool is_data_literal(Node n)
{
    Str text = node_text(n);
    uint32_t begin = 0;
    while (begin < text.n && text.p[begin] != '"' && text.p[begin] != '\'')
        begin++;
    while (begin < text.n && (text.p[begin] == '"' || text.p[begin] == '\''))
        begin++;
    return node_kind(n) == PY_STRING && str_starts(str_slice(text, begin, text.n), STR("data:"));
}

/* `x.startswith("data:")` */
static bool asks_for_data(Node condition, Str url)
{
    Node callee = node_field(condition, F_FUNCTION), list = node_field(condition, F_ARGUMENTS);
    return node_kind(condition) == PY_CALL && node_count(list) == 1 && is_data_literal(node_first(list)) &&
           str_is(node_text(node_field(callee, F_ATTRIBUTE)), "startswith") && str_equal(node_text(node_field(callee, F_OBJECT)), url);
}

/* The same of a condition that holds, or (is_not) that does not. */
static bool part_says_data(Node condition, Str url, bool is_not)
{
    condition = node_unparenthesized(condition);
    bool is_turned = node_kind(condition) == PY_NOT_OPERATOR;
    if (is_turned)
        condition = node_unparenthesized(node_field(condition, F_ARGUMENT));
    return is_turned == is_not && asks_for_data(condition, url);
}

static bool says_data(Node condition, Str url, bool is_not)
{
    enum { OPERANDS_MOST = 8 };
    condition = node_unparenthesized(condition);
    for (unsigned i = 0; i < OPERANDS_MOST && node_kind(condition) == PY_BOOLEAN_OPERATOR; i++) {
        if (!str_is(node_text(node_field(condition, F_OPERATOR)), is_not ? "or" : "and"))
            return false;
        if (part_says_data(node_field(condition, F_RIGHT), url, is_not))
            return true;
        condition = node_unparenthesized(node_field(condition, F_LEFT));
    }
    return part_says_data(condition, url, is_not);
}

static bool leaves(Node block)
{
    Node last = node_first(block);
    for (Node n = last; n.id; n = node_next(n))
        last = n;
    PyKind kind = node_kind(last);
    return kind == PY_RAISE_STATEMENT || kind == PY_RETURN_STATEMENT || kind == PY_CONTINUE_STATEMENT;
}

/* Whether n stands where the URL of that text surely begins with `data:`. */
static bool is_where_data(Node n, Str url)
{
    enum { FARTHEST = 64 };
    for (unsigned i = 0; i < FARTHEST && n.id && node_kind(n) != PY_FUNCTION_DEFINITION; i++) {
        Node parent = node_parent(n);
        PyKind kind = node_kind(parent);
        bool is_if = kind == PY_IF_STATEMENT || kind == PY_ELIF_CLAUSE;
        if (is_if && node_role(n) == F_CONSEQUENCE && says_data(node_field(parent, F_CONDITION), url, false))
            return true;
        if (kind == PY_IF_STATEMENT && node_role(n) == F_ALTERNATIVE && says_data(node_field(parent, F_CONDITION), url, true))
            return true;
        for (Node before = node_first(parent); kind == PY_BLOCK && before.id && before.id < n.id; before = node_next(before)) {
            bool is_way_out = node_kind(before) == PY_IF_STATEMENT && leaves(node_field(before, F_CONSEQUENCE));
            if (is_way_out && says_data(node_field(before, F_CONDITION), url, true))
                return true;
        }
        n = parent;
    }
    return false;
}

bool opens_data(Node call)
{
    Node callee = node_field(call, F_FUNCTION);
    Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
    Node first = node_first(node_field(call, F_ARGUMENTS));
    if (node_kind(call) != PY_CALL || !str_is(name, "urlopen"))
        return false;
    if (node_kind(first) == PY_KEYWORD_ARGUMENT && str_is(node_text(node_field(first, F_NAME)), "url"))
        first = node_field(first, F_VALUE);
    Node value = only_value(first);
    bool is_name = node_kind(first) == PY_IDENTIFIER || node_kind(first) == PY_ATTRIBUTE;
    return is_data_literal(first) || is_data_literal(value) || (is_name && is_where_data(call, node_text(first)));
}
