#include "finding/misuse.h"

#include "finding/unawaited.h"

/* ---- Arguments ---- */

typedef struct Taker {
    const char *name;
    Misuse misuse;
} Taker;

/* What builtins and their like do with their arguments. */
static const Taker takers[] = {
    { "builtins.all", MISUSE_ITERATED },
    { "builtins.any", MISUSE_ITERATED },
    { "builtins.ascii", MISUSE_FORMATTED },
    { "builtins.bool", MISUSE_TRUTH },
    { "builtins.bytes", MISUSE_CONVERTED },
    { "builtins.dict", MISUSE_ITERATED },
    { "builtins.enumerate", MISUSE_ITERATED },
    { "builtins.float", MISUSE_CONVERTED },
    { "builtins.format", MISUSE_FORMATTED },
    { "builtins.frozenset", MISUSE_ITERATED },
    { "builtins.int", MISUSE_CONVERTED },
    { "builtins.iter", MISUSE_ITERATED },
    { "builtins.len", MISUSE_MEASURED },
    { "builtins.list", MISUSE_ITERATED },
    { "builtins.next", MISUSE_ITERATED },
    { "builtins.print", MISUSE_FORMATTED },
    { "builtins.round", MISUSE_CONVERTED },
    { "builtins.set", MISUSE_ITERATED },
    { "builtins.sorted", MISUSE_ITERATED },
    { "builtins.str", MISUSE_FORMATTED },
    { "builtins.sum", MISUSE_ITERATED },
    { "builtins.tuple", MISUSE_ITERATED },
    { "json.dump", MISUSE_DUMPED },
    { "json.dumps", MISUSE_DUMPED },
    { "logging.critical", MISUSE_FORMATTED },
    { "logging.debug", MISUSE_FORMATTED },
    { "logging.error", MISUSE_FORMATTED },
    { "logging.exception", MISUSE_FORMATTED },
    { "logging.info", MISUSE_FORMATTED },
    { "logging.log", MISUSE_FORMATTED },
    { "logging.warning", MISUSE_FORMATTED },
};

static const Taker *find_taker(Str qualified)
{
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++) {
        if (str_is(qualified, takers[i].name))
            return &takers[i];
    }
    return NULL;
}

/* `"{}".format(n)`, `", ".join(n)`. */
static Misuse misuse_by_string(Str method)
{
    return str_is(method, "format") ? MISUSE_FORMATTED : str_is(method, "join") ? MISUSE_ITERATED : MISUSE_NONE;
}

static bool is_log_method(Str method)
{
    static const char *const names[] = { "critical", "debug", "error", "exception", "info", "log", "warning" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(method, names[i]))
            return true;
    }
    return false;
}

/* `json.dumps(n, default=str)` writes what it does not know as a text. */
static bool has_default_text(Node call)
{
    for (Node n = node_first(node_field(call, F_ARGUMENTS)); !node_is_null(n); n = node_next(n)) {
        Str value = node_text(node_field(n, F_VALUE));
        if (node_kind(n) == PY_KEYWORD_ARGUMENT && str_is(node_text(node_field(n, F_NAME)), "default"))
            return str_is(value, "str") || str_is(value, "repr");
    }
    return false;
}

static Misuse misuse_by_call(Node call)
{
    Node callee = node_field(call, F_FUNCTION), object = node_field(callee, F_OBJECT);
    Str method = node_text(node_field(callee, F_ATTRIBUTE));
    if (node_kind(node_unparenthesized(object)) == PY_STRING)
        return misuse_by_string(method);
    const Taker *taker = find_taker(qualified_name(callee));
    if (taker)
        return taker->misuse == MISUSE_DUMPED && has_default_text(call) ? MISUSE_FORMATTED : taker->misuse;
    bool is_log = is_log_method(method) && is_instance_of(object, "logging.Logger");
    return is_log ? MISUSE_FORMATTED : MISUSE_NONE;
}

enum { PARAMETERS_MOST = 250 }; /* looked at; a call with more arguments would cost quadratic time */

/* The call that n is a positional argument of. */
static Node call_of_argument(Node n)
{
    Node list = node_parent(n), call = node_parent(list);
    bool is_argument = node_kind(list) == PY_ARGUMENT_LIST && node_kind(call) == PY_CALL;
    return is_argument ? call : node_at(n.module, 0);
}

/* The parameter of a function that takes the argument at `position`, or the keyword argument; a null node when it is not clear. */
static Node parameter_of(Node parameters, Node argument, uint32_t position)
{
    Str keyword = node_kind(argument) == PY_KEYWORD_ARGUMENT ? node_text(node_field(argument, F_NAME)) : STR("");
    uint32_t index = 0;
    for (Node p = node_first(parameters); !node_is_null(p) && index < PARAMETERS_MOST; p = node_next(p), index++) {
        Node name = node_kind(p) == PY_TYPED_PARAMETER ? node_first(p) : node_field(p, F_NAME);
        bool is_plain = node_kind(name) == PY_IDENTIFIER;
        if (keyword.n ? is_plain && str_equal(node_text(name), keyword) : index == position)
            return is_plain ? p : node_at(p.module, 0);
        if (!keyword.n && !is_plain && node_kind(p) != PY_IDENTIFIER)
            break; /* from a star on positions count no more */
    }
    return node_at(parameters.module, 0);
}

/* The position of an argument in its call, or UINT32_MAX behind a star or too many others. */
static uint32_t position_of(Node argument)
{
    uint32_t position = 0;
    for (Node n = node_first(node_parent(argument)); !node_same(n, argument); n = node_next(n)) {
        if (node_kind(n) == PY_LIST_SPLAT || position == PARAMETERS_MOST)
            return UINT32_MAX;
        position++;
    }
    return position;
}

/* Whether the one function of this file that the call calls says of the parameter that it takes a plain value. */
static bool is_declared_plain(Node argument)
{
    Node call = node_parent(node_parent(argument));
    Type type = type_of(node_field(call, F_FUNCTION));
    if (type.count != 1 || type.atoms[0].kind != ATOM_FUNCTION || !type.atoms[0].is_project)
        return false;
    const Function *function = function_of(call, type.atoms[0].ref);
    if (!function || function->first_decorator)
        return false;
    uint32_t position = position_of(argument);
    position += function->class_ && type.atoms[0].of && position != UINT32_MAX ? 1 : 0;
    Node parameters = node_field(node_at(call.module, function->node), F_PARAMETERS);
    Node parameter = parameter_of(parameters, argument, position);
    if (unawaited_meaning(node_field(parameter, F_TYPE)) != MEANING_PLAIN)
        return false;
    ArgumentFate fate = fate_of_argument(argument);
    return fate != FATE_AWAITED && fate != FATE_SPAWNED && fate != FATE_SPAWNED_LOOSE && fate != FATE_CALLED;
}

bool misuse_is_question(Node n)
{
    n = node_outermost(n);
    Node call = call_of_argument(n);
    if (node_is_null(call))
        return false;
    const Api *api = api_called(call);
    Str name = qualified_name(node_field(call, F_FUNCTION));
    return (api && api->role == ROLE_TESTS) || str_is(name, "builtins.isinstance") ||
           str_is(name, "builtins.hasattr") || str_is(name, "builtins.type") || str_is(name, "builtins.callable");
}

/* ---- Operators ---- */

/* What coroutine objects have: PEP 492, and what the inspect module lists of them. */
static bool is_coroutine_attribute(Str name)
{
    return str_is(name, "send") || str_is(name, "throw") || str_is(name, "close") || str_starts(name, STR("cr_")) ||
           str_starts(name, STR("gi_")) || str_starts(name, STR("__"));
}

static bool is_string(Node n)
{
    PyKind kind = node_kind(node_unparenthesized(n));
    return kind == PY_STRING || kind == PY_CONCATENATED_STRING;
}

/* Other operators are often taught what they do by the class of the other side. */
static Misuse misuse_by_operator(Node operator_, Node left, bool is_left)
{
    switch (node_kind(operator_)) {
    case PY_OP_PERCENT:
        return !is_left && is_string(left) ? MISUSE_FORMATTED : MISUSE_CALCULATED;
    case PY_OP_PLUS:
    case PY_OP_MINUS:
    case PY_OP_STAR:
    case PY_OP_SLASH:
    case PY_OP_SLASH_SLASH:
    case PY_OP_STAR_STAR:
    case PY_OP_PLUS_EQ:
    case PY_OP_MINUS_EQ:
    case PY_OP_STAR_EQ:
    case PY_OP_SLASH_EQ:
        return MISUSE_CALCULATED;
    default:
        return MISUSE_NONE;
    }
}

static bool is_constant(Node n)
{
    switch (node_kind(node_unparenthesized(n))) {
    case PY_STRING:
    case PY_CONCATENATED_STRING:
    case PY_INTEGER:
    case PY_FLOAT:
    case PY_TRUE:
    case PY_FALSE:
    case PY_LIST:
    case PY_DICTIONARY:
    case PY_SET:
    case PY_TUPLE:
    case PY_NONE:
        return true;
    default:
        return false;
    }
}

/* What the operator of a comparison does with what stands beside it. */
static Misuse misuse_by_order(Node operator_, bool is_left)
{
    switch (node_kind(operator_)) {
    case PY_OP_EQ:
        return MISUSE_EQUAL;
    case PY_OP_NE:
        return MISUSE_DIFFERENT;
    case PY_KW_IS:
    case PY_KW_IS_NOT:
        return MISUSE_IDENTICAL;
    case PY_KW_IN:
    case PY_KW_NOT_IN:
        return is_left ? MISUSE_SOUGHT : MISUSE_SEARCHED;
    default:
        return MISUSE_ORDERED;
    }
}

/* A call's own value is compared; of a name it takes a constant on the other side to be sure that no coroutine is looked for, and
 * `x is None` may be asked of what is a coroutine now and then. */
static Misuse misuse_by_comparison(Node n, bool is_call)
{
    Node comparison = node_parent(n), operator_ = node_at(n.module, 0);
    bool is_left = node_same(node_first(comparison), n), is_behind = false;
    for (Node other = node_first(comparison); !node_is_null(other); other = node_next(other)) {
        PyKind kind = node_kind(other);
        is_behind |= node_same(other, n);
        if (node_role(other) == F_OPERATORS) {
            operator_ = !is_behind || (is_left && !operator_.id) ? other : operator_;
            bool is_identity = kind == PY_KW_IS || kind == PY_KW_IS_NOT;
            if (!is_call && is_identity)
                return MISUSE_NONE;
        } else if (!node_same(other, n) && !is_call && !is_constant(other)) {
            return MISUSE_NONE;
        }
    }
    return misuse_by_order(operator_, is_left);
}

/* ---- Where it stands ---- */

/* `any(n for x in y)`: n decides. */
static Misuse misuse_in_comprehension(Node comprehension)
{
    Node call = node_parent(comprehension);
    if (node_kind(call) == PY_ARGUMENT_LIST)
        call = node_parent(call);
    if (node_kind(call) != PY_CALL)
        return MISUSE_NONE;
    Str name = qualified_name(node_field(call, F_FUNCTION));
    if (str_is(name, "builtins.any") || str_is(name, "builtins.all"))
        return MISUSE_TRUTH;
    return str_is(name, "builtins.sum") ? MISUSE_CALCULATED : MISUSE_NONE;
}

static bool is_pattern(Node n)
{
    PyKind kind = node_kind(n);
    return kind == PY_PATTERN_LIST || kind == PY_TUPLE_PATTERN || kind == PY_LIST_PATTERN;
}

static Misuse misuse_as_operand(Node n, Node parent, bool is_call)
{
    switch (node_kind(parent)) {
    case PY_ATTRIBUTE:
        if (node_role(n) != F_OBJECT || is_coroutine_attribute(node_text(node_field(parent, F_ATTRIBUTE))))
            return MISUSE_NONE;
        return MISUSE_ATTRIBUTE;
    case PY_SUBSCRIPT:
        return node_role(n) == F_VALUE ? MISUSE_SUBSCRIPT : MISUSE_NONE;
    case PY_CALL:
        return node_role(n) == F_FUNCTION ? MISUSE_CALLED : MISUSE_NONE;
    case PY_INTERPOLATION:
        return MISUSE_FORMATTED;
    case PY_BINARY_OPERATOR:
        return misuse_by_operator(node_field(parent, F_OPERATOR), node_field(parent, F_LEFT), node_role(n) == F_LEFT);
    case PY_AUGMENTED_ASSIGNMENT:
        if (node_role(n) != F_RIGHT)
            return MISUSE_NONE;
        return misuse_by_operator(node_field(parent, F_OPERATOR), node_field(parent, F_LEFT), false);
    case PY_UNARY_OPERATOR:
        return MISUSE_CALCULATED;
    case PY_COMPARISON_OPERATOR:
        return misuse_by_comparison(n, is_call);
    default:
        return MISUSE_NONE;
    }
}

/* `x: str = f()`. Of `c: connect = connect(url)`, where that is a class in truth, the object itself is meant. */
static bool is_declared_as_result(Node assignment, Node n)
{
    Node type = node_field(assignment, F_TYPE);
    return unawaited_meaning(type) == MEANING_PLAIN && !str_equal(node_text(type), node_text(node_field(n, F_FUNCTION)));
}

static Misuse misuse_in_statement(Node n, Node parent)
{
    switch (node_kind(parent)) {
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        return node_role(n) == F_RIGHT && !node_has(parent, NODE_ASYNC) ? MISUSE_ITERATED : MISUSE_NONE;
    case PY_LIST_SPLAT:
        return MISUSE_ITERATED;
    case PY_DICTIONARY_SPLAT:
        return MISUSE_SPREAD;
    case PY_ASSIGNMENT:
        if (node_role(n) != F_RIGHT)
            return MISUSE_NONE;
        if (is_declared_as_result(parent, n))
            return MISUSE_DECLARED;
        return is_pattern(node_field(parent, F_LEFT)) ? MISUSE_UNPACKED : MISUSE_NONE;
    case PY_KEYWORD_ARGUMENT:
        return is_declared_plain(parent) ? MISUSE_DECLARED : MISUSE_NONE;
    case PY_WITH_ITEM:
        return MISUSE_ENTERED;
    case PY_AS_PATTERN:
        return node_kind(node_parent(parent)) == PY_WITH_ITEM && node_same(node_first(parent), n) ? MISUSE_ENTERED
                                                                                                  : MISUSE_NONE;
    case PY_ARGUMENT_LIST: {
        Misuse misuse = misuse_by_call(node_parent(parent));
        return !misuse && is_declared_plain(n) ? MISUSE_DECLARED : misuse;
    }
    case PY_LIST_COMPREHENSION:
    case PY_GENERATOR_EXPRESSION:
        return node_role(n) == F_BODY ? misuse_in_comprehension(parent) : MISUSE_NONE;
    default:
        return MISUSE_NONE;
    }
}

static bool is_condition(Node n, Node parent)
{
    switch (node_kind(parent)) {
    case PY_IF_STATEMENT:
    case PY_ELIF_CLAUSE:
    case PY_WHILE_STATEMENT:
        return node_role(n) == F_CONDITION;
    case PY_ASSERT_STATEMENT:
        return node_same(node_first(parent), n);
    case PY_IF_CLAUSE:
    case PY_NOT_OPERATOR:
        return true;
    case PY_BOOLEAN_OPERATOR:
        return node_role(n) == F_LEFT;
    case PY_CONDITIONAL_EXPRESSION:
        return node_same(node_child(parent, 1), n);
    default:
        return false;
    }
}

/* Whether the value of n is one that `and`, `or` and `if` `else` may hand on. */
static bool is_choice(Node n, Node parent)
{
    return (node_kind(parent) == PY_BOOLEAN_OPERATOR && node_role(n) == F_RIGHT) ||
           node_kind(parent) == PY_CONDITIONAL_EXPRESSION;
}

static bool hands_on(Node n)
{
    PyKind kind = node_kind(n);
    return kind == PY_BOOLEAN_OPERATOR || kind == PY_PARENTHESIZED_EXPRESSION || kind == PY_CONDITIONAL_EXPRESSION;
}

/* `a() and b()` as a statement drops what it makes: that is another rule's. */
static bool is_dropped(Node n)
{
    Node parent = node_parent(n);
    for (int i = 0; i < CLIMB_MOST && hands_on(parent); i++)
        parent = node_parent(parent);
    return node_kind(parent) == PY_EXPRESSION_STATEMENT;
}

Misuse misuse_of(Node n, Node *at)
{
    bool is_call = node_kind(n) == PY_CALL, is_choosing = false;
    int climbed = 0;
    for (Node parent = node_parent(n); !node_is_null(parent); n = parent, parent = node_parent(n)) {
        if (climbed++ == CLIMB_MOST)
            return MISUSE_NONE;
        *at = parent;
        if (is_condition(n, parent))
            return node_kind(parent) == PY_BOOLEAN_OPERATOR && is_dropped(parent) ? MISUSE_NONE : MISUSE_TRUTH;
        bool is_walrus = node_kind(parent) == PY_NAMED_EXPRESSION && node_role(n) == F_VALUE;
        if (is_choice(n, parent))
            is_choosing = true;
        else if (node_kind(parent) != PY_PARENTHESIZED_EXPRESSION && !is_walrus)
            break;
    }
    if (is_choosing)
        return MISUSE_NONE;
    Node parent = node_parent(n);
    Misuse misuse = misuse_as_operand(n, parent, is_call);
    return misuse ? misuse : misuse_in_statement(n, parent);
}

bool misuse_is_walrus(Node n)
{
    n = node_outermost(n);
    return node_kind(node_parent(n)) == PY_NAMED_EXPRESSION && node_role(n) == F_VALUE;
}

bool misuse_may_be_meant(Misuse misuse)
{
    return misuse == MISUSE_TRUTH || misuse == MISUSE_FORMATTED || (misuse >= MISUSE_EQUAL && misuse <= MISUSE_SEARCHED);
}
