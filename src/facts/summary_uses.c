/* What a function does with its parameters: each name that is one is looked at once, from where it stands upwards. */
#include "facts/summary_make.h"

enum {
    FARTHEST = 64,       /* steps from a name to what decides */
    MOST_SIBLINGS = 256, /* arguments that are counted */
    LONGEST_PASSAGE = 4, /* calls in calls */
    MOST_PENDING = 8,    /* uses that wait for what is done with one local name */
};

/* Where the value of an expression goes. */
typedef enum Way {
    WAY_UNCLEAR,
    WAY_CALLED,
    WAY_AWAITED,
    WAY_RETURNED,
    WAY_STORED,
    WAY_PASSED, /* `at` is the argument in the list */
    WAY_BOUND,  /* `at` is a local name */
    WAY_DROPPED,
    WAY_READ,
} Way;

typedef struct Route {
    Way way;
    Node at;
    bool is_star, is_part;
} Route;

/* ---- Ways ---- */

/* What an assignment does with its value. */
static Route assigned_way(Route route, Node assignment)
{
    while (node_kind(node_parent(assignment)) == PY_ASSIGNMENT)
        return route; /* two targets: not followed */
    Node left = node_unparenthesized(node_field(assignment, F_LEFT));
    switch (node_kind(left)) {
    case PY_ATTRIBUTE:
    case PY_SUBSCRIPT:
        route.way = WAY_STORED;
        break;
    case PY_IDENTIFIER: {
        const Binding *binding = scope_resolve(node_scope(left), left.module, node_data(left)->name);
        bool is_local = binding && binding->scope->function;
        route.way = is_local ? WAY_BOUND : WAY_STORED;
        route.at = left;
        break;
    }
    default:
        break;
    }
    return route;
}

/* One step up from `inner`: false when `route` is what it comes to. */
static bool step_up(Route *route, Node inner, Node parent)
{
    switch (node_kind(parent)) {
    case PY_PARENTHESIZED_EXPRESSION:
    case PY_BOOLEAN_OPERATOR:
        return true;
    case PY_CONDITIONAL_EXPRESSION:
        route->way = WAY_READ;
        return !node_same(node_child(parent, 1), inner);
    case PY_LIST_SPLAT:
    case PY_DICTIONARY_SPLAT:
    case PY_PARENTHESIZED_LIST_SPLAT:
        route->is_star = true;
        return true;
    case PY_PAIR:
        route->way = WAY_READ;
        return node_role(inner) == F_VALUE;
    case PY_LIST:
    case PY_TUPLE:
    case PY_SET:
    case PY_DICTIONARY:
    case PY_EXPRESSION_LIST:
        route->is_part = true;
        return true;
    case PY_KEYWORD_ARGUMENT:
        return node_role(inner) == F_VALUE;
    case PY_ARGUMENT_LIST:
        route->way = node_kind(node_parent(parent)) == PY_CALL ? WAY_PASSED : WAY_UNCLEAR;
        route->at = inner;
        return false;
    case PY_CALL:
        route->way = node_role(inner) == F_FUNCTION ? WAY_CALLED : WAY_UNCLEAR;
        return false;
    case PY_AWAIT:
        route->way = WAY_AWAITED;
        return false;
    case PY_RETURN_STATEMENT:
        route->way = WAY_RETURNED;
        return false;
    case PY_YIELD:
        route->way = node_has(parent, NODE_FROM) ? WAY_AWAITED : WAY_RETURNED;
        return false;
    case PY_LAMBDA:
        route->way = node_role(inner) == F_BODY ? WAY_RETURNED : WAY_UNCLEAR;
        return false;
    case PY_ASSIGNMENT:
        if (node_role(inner) == F_RIGHT)
            *route = assigned_way(*route, parent);
        return false;
    case PY_AUGMENTED_ASSIGNMENT:
        route->way = node_kind(node_field(parent, F_LEFT)) == PY_ATTRIBUTE ? WAY_STORED : WAY_UNCLEAR;
        return false;
    case PY_EXPRESSION_STATEMENT:
        route->way = WAY_DROPPED;
        return false;
    case PY_ATTRIBUTE:
    case PY_COMPARISON_OPERATOR:
    case PY_NOT_OPERATOR:
    case PY_UNARY_OPERATOR:
    case PY_BINARY_OPERATOR:
    case PY_INTERPOLATION:
    case PY_ASSERT_STATEMENT:
    case PY_IF_STATEMENT:
    case PY_ELIF_CLAUSE:
    case PY_WHILE_STATEMENT:
    case PY_IF_CLAUSE:
    case PY_RAISE_STATEMENT:
    case PY_DELETE_STATEMENT:
        route->way = route->is_part || route->is_star ? WAY_UNCLEAR : WAY_READ;
        return false;
    default:
        return false;
    }
}

static Route way_of(Node n)
{
    Route route = { .at = n };
    Node inner = n;
    for (unsigned steps = 0; steps < FARTHEST; steps++) {
        Node parent = node_parent(inner);
        route.way = WAY_UNCLEAR;
        if (!parent.id || !step_up(&route, inner, parent))
            break;
        inner = parent;
    }
    /* The end may be an element of what was built on the way. */
    bool is_whole = !route.is_part && !route.is_star;
    if (!is_whole && route.way != WAY_PASSED && route.way != WAY_STORED && route.way != WAY_RETURNED)
        route.way = route.way == WAY_READ || route.way == WAY_DROPPED ? route.way : WAY_UNCLEAR;
    return route;
}

/* ---- Uses ---- */

/* Methods of containers and registries. */
static bool keeps(Node callee)
{
    static const char *const names[] = { "add", "append", "appendleft", "extend", "insert", "put", "put_nowait",
        "register", "setdefault", "update" };
    if (node_kind(callee) != PY_ATTRIBUTE)
        return false;
    Node object = node_unparenthesized(node_field(callee, F_OBJECT));
    bool is_lasting = node_kind(object) == PY_ATTRIBUTE || node_kind(object) == PY_SUBSCRIPT;
    if (node_kind(object) == PY_IDENTIFIER) {
        const Binding *binding = scope_resolve(node_scope(object), object.module, node_data(object)->name);
        bool is_local = binding && binding->scope->function && binding->sites.items[0].kind != SITE_PARAMETER;
        is_lasting = binding && !is_local;
    }
    Str name = node_text(node_field(callee, F_ATTRIBUTE));
    for (size_t i = 0; is_lasting && i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return false;
}

static void place_argument(Maker *m, ParameterUse *use, Node argument)
{
    use->position = UINT32_MAX;
    if (node_kind(argument) == PY_KEYWORD_ARGUMENT) {
        use->keyword = reader_node_text(m->summary, node_field(argument, F_NAME));
        return;
    }
    if (node_kind(argument) == PY_DICTIONARY_SPLAT)
        return;
    uint32_t position = 0;
    Node n = node_first(node_parent(argument));
    while (n.id && !node_same(n, argument) && position < MOST_SIBLINGS && node_kind(n) != PY_LIST_SPLAT) {
        position += node_kind(n) != PY_KEYWORD_ARGUMENT;
        n = node_next(n);
    }
    if (node_same(n, argument))
        use->position = position;
}

static UseKind kind_of(Way way)
{
    switch (way) {
    case WAY_CALLED:
        return USE_CALLED;
    case WAY_AWAITED:
        return USE_AWAITED;
    case WAY_RETURNED:
        return USE_RETURNED;
    case WAY_STORED:
        return USE_STORED;
    case WAY_PASSED:
        return USE_PASSED;
    case WAY_READ:
    case WAY_DROPPED:
        return USE_OTHER;
    default:
        return USE_UNCLEAR;
    }
}

static ResultUse result_of(Way way)
{
    switch (way) {
    case WAY_AWAITED:
        return RESULT_AWAITED;
    case WAY_RETURNED:
        return RESULT_RETURNED;
    case WAY_STORED:
        return RESULT_STORED;
    case WAY_PASSED:
        return RESULT_PASSED;
    case WAY_BOUND:
    case WAY_DROPPED:
    case WAY_READ:
        return RESULT_DROPPED;
    default:
        return RESULT_UNCLEAR;
    }
}

/* Whether more uses than MOST_PENDING wait for the reads of a name: each read looks at them all. */
static bool is_crowded(const Maker *m, NameId name)
{
    uint32_t count = 0;
    for (uint32_t i = m->pending_of[name]; i && count < MOST_PENDING; i = m->pending.items[i - 1].before)
        count++;
    return count == MOST_PENDING;
}

static void wait_for_name(Maker *m, Node name, uint32_t use)
{
    NameId id = node_data(name)->name;
    const Binding *binding = scope_resolve(node_scope(name), m->module, id);
    if (!binding || binding->sites.count != 1 || is_crowded(m, id)) {
        m->uses.items[use].use.result = RESULT_UNCLEAR;
        return;
    }
    *array_push(m->arena, &m->pending) = (Pending){ binding, use + 1, m->pending_of[id] };
    m->pending_of[id] = m->pending.count;
    m->marks[id] |= MARK_LOCAL;
}

static uint32_t add_use(Maker *m, uint32_t function, ParameterUse use, const Route *route, unsigned depth);

/* What becomes of the value that `n` gives, for use number `use`. The recursion is LONGEST_PASSAGE deep at most. */
static void follow_result(Maker *m, uint32_t use, Node n, unsigned depth)
{
    Route route = way_of(n);
    UseFound *found = &m->uses.items[use];
    ResultUse result = result_of(route.way);
    found->use.result = result;
    if (route.way == WAY_BOUND) {
        wait_for_name(m, route.at, use);
    } else if (route.way == WAY_PASSED && depth < LONGEST_PASSAGE) {
        ParameterUse next = { .parameter = found->use.parameter, .kind = USE_PASSED, .is_result = true };
        uint32_t number = add_use(m, found->function, next, &route, depth + 1);
        m->uses.items[use].use.next = number + 1;
    } else if (route.way == WAY_PASSED) {
        found->use.result = RESULT_UNCLEAR;
    }
}

/* A new use whose kind is there; `route` says where. Its number. */
static uint32_t add_use(Maker *m, uint32_t function, ParameterUse use, const Route *route, unsigned depth)
{
    Node call = { m->module, 0 };
    use.is_star = route->is_star;
    use.is_part = route->is_part;
    use.at = (Range){ node_begin(route->at), node_end(route->at) };
    if (use.kind == USE_PASSED) {
        call = node_parent(node_parent(route->at));
        Node callee = node_field(call, F_FUNCTION);
        use.term = summary_term(m->summary, callee);
        use.is_kept = keeps(node_unparenthesized(callee));
        place_argument(m, &use, route->at);
    }
    uint32_t number = m->uses.count;
    *array_push(m->arena, &m->uses) = (UseFound){ function, use };
    if (call.id)
        follow_result(m, number, call, depth);
    return number;
}

/* ---- Names ---- */

static bool is_frame_of(const Maker *m, const Scope *scope, const Function *function)
{
    return m->frames[scope->number] == function->number + 1;
}

uint32_t parameter_of(const Maker *m, const Function *function, uint32_t node)
{
    Piece piece = m->summary->functions.items[function->number].parameters;
    uint32_t low = 0, high = piece.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (m->parameter_nodes[piece.first + middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low < piece.count && m->parameter_nodes[piece.first + low] == node ? low : UINT32_MAX;
}

/* A name that a value is read from: no keyword, no attribute, no target, no parameter of its own. */
static bool is_read(Node n)
{
    Node parent = node_parent(n);
    PyField role = node_role(n);
    switch (node_kind(parent)) {
    case PY_ATTRIBUTE:
        return role == F_OBJECT;
    case PY_KEYWORD_ARGUMENT:
        return role == F_VALUE;
    case PY_ASSIGNMENT:
    case PY_AUGMENTED_ASSIGNMENT:
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        return role == F_RIGHT;
    case PY_NAMED_EXPRESSION:
        return role == F_VALUE;
    case PY_DEFAULT_PARAMETER:
    case PY_TYPED_DEFAULT_PARAMETER:
        return role == F_VALUE;
    case PY_PARAMETERS:
    case PY_LAMBDA_PARAMETERS:
    case PY_TYPED_PARAMETER:
    case PY_LIST_SPLAT_PATTERN:
    case PY_DICTIONARY_SPLAT_PATTERN:
    case PY_PATTERN_LIST:
    case PY_TUPLE_PATTERN:
    case PY_LIST_PATTERN:
    case PY_AS_PATTERN_TARGET:
    case PY_TYPE:
    case PY_DOTTED_NAME:
    case PY_GLOBAL_STATEMENT:
    case PY_NONLOCAL_STATEMENT:
        return false;
    case PY_FUNCTION_DEFINITION:
    case PY_CLASS_DEFINITION:
        return false;
    default:
        return true;
    }
}

/* A nested function that calls the parameter: what becomes of that function. */
static void follow_closure(Maker *m, uint32_t use, const Function *inner)
{
    uint32_t outer = m->uses.items[use].function + 1;
    uint32_t around = inner->scope->parent->number;
    bool is_plain = !inner->is_async && !inner->is_generator && !inner->first_decorator;
    if (m->functions[around] != outer || m->frames[around] != outer || !is_plain)
        return;
    Node n = maker_node(m, inner->node);
    if (!inner->name) {
        follow_result(m, use, n, 0);
        return;
    }
    m->uses.items[use].use.result = RESULT_DROPPED;
    wait_for_name(m, node_field(n, F_NAME), use);
}

static void note_parameter(Maker *m, Node n, const Binding *binding)
{
    const Function *function = binding->scope->function;
    uint32_t parameter = parameter_of(m, function, binding->sites.items[0].node);
    const Scope *scope = node_scope(n);
    if (parameter == UINT32_MAX || node_is_dead(n))
        return;
    Route route = way_of(n);
    ParameterUse use = { .parameter = parameter, .kind = kind_of(route.way) };
    if (is_frame_of(m, scope, function)) {
        add_use(m, function->number, use, &route, 0);
        return;
    }
    uint32_t inner = m->functions[scope->number];
    bool is_called = route.way == WAY_CALLED && m->frames[scope->number] == inner;
    route.at = n;
    use.kind = inner == function->number + 1 || !inner ? USE_UNCLEAR : USE_CAPTURED;
    use.function = inner ? inner - 1 : 0;
    use.result = RESULT_UNCLEAR;
    uint32_t number = add_use(m, function->number, use, &route, 0);
    if (use.kind == USE_CAPTURED && is_called)
        follow_closure(m, number, m->module->functions.items[inner - 1]);
}

/* The order of ResultUse is not one of weight: what is kept in one place is kept. */
static ResultUse kept_better(ResultUse a, ResultUse b)
{
    static const uint8_t weight[] = {
        [RESULT_DROPPED] = 0,
        [RESULT_PASSED] = 1,
        [RESULT_UNCLEAR] = 2,
        [RESULT_RETURNED] = 3,
        [RESULT_AWAITED] = 4,
        [RESULT_STORED] = 5,
    };
    return weight[b] > weight[a] ? b : a;
}

/* A read of a local name that holds what use number `number` has led to. */
static void note_result(Maker *m, uint32_t number, const Route *route, bool is_inside)
{
    ParameterUse *use = &m->uses.items[number].use;
    ResultUse result = route->way == WAY_BOUND || !is_inside ? RESULT_UNCLEAR : result_of(route->way);
    if (result == RESULT_PASSED &&
        keeps(node_unparenthesized(node_field(node_parent(node_parent(route->at)), F_FUNCTION))))
        result = RESULT_STORED;
    if (result == RESULT_PASSED && use->next)
        result = RESULT_UNCLEAR;
    use->result = kept_better(use->result, result);
    if (use->result != RESULT_PASSED)
        use->next = 0;
    if (use->result != RESULT_PASSED || result != RESULT_PASSED)
        return;
    ParameterUse next = { .parameter = use->parameter, .kind = USE_PASSED, .is_result = true };
    uint32_t place = add_use(m, m->uses.items[number].function, next, route, LONGEST_PASSAGE);
    m->uses.items[number].use.next = place + 1;
}

static void note_local(Maker *m, Node n, const Binding *binding)
{
    Route route = way_of(n);
    const Scope *scope = node_scope(n);
    for (uint32_t i = m->pending_of[node_data(n)->name]; i; i = m->pending.items[i - 1].before) {
        Pending pending = m->pending.items[i - 1];
        if (pending.binding == binding)
            note_result(m, pending.use - 1, &route, is_frame_of(m, scope, binding->scope->function));
    }
}

void note_name(Maker *m, uint32_t id)
{
    Node n = maker_node(m, id);
    NameId name = node_data(n)->name;
    if (m->marks[name] & MARK_GUARD)
        note_guard(m, id);
    if (m->marks[name] & MARK_QUESTION)
        note_question(m, id);
    if ((m->marks[name] & MARK_PROPERTY) && node_role(n) == F_ATTRIBUTE)
        note_attribute_read(m, node_parent(n));
    if (!(m->marks[name] & (MARK_PARAMETER | MARK_LOCAL)) || !is_read(n))
        return;
    const Binding *binding = scope_resolve(node_scope(n), m->module, name);
    const Function *function = binding ? binding->scope->function : NULL;
    if (!function)
        return;
    if (binding->sites.items[0].kind == SITE_PARAMETER)
        note_parameter(m, n, binding);
    if (m->marks[name] & MARK_LOCAL)
        note_local(m, n, binding);
}

void make_uses(Maker *m)
{
    Summary *s = m->summary;
    uint32_t count = m->uses.count, first = 0;
    uint32_t *places = arena_array(m->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        places[i] = s->functions.items[m->uses.items[i].function].uses.count++;
    for (uint32_t i = 0; i < s->functions.count; i++) {
        s->functions.items[i].uses.first = first;
        first += s->functions.items[i].uses.count;
    }
    for (uint32_t i = 0; i < count; i++)
        places[i] += s->functions.items[m->uses.items[i].function].uses.first;
    s->uses.items = arena_array(m->arena, ParameterUse, count);
    s->uses.count = s->uses.reserve = count;
    for (uint32_t i = 0; i < count; i++) {
        ParameterUse use = m->uses.items[i].use;
        use.next = use.next ? places[use.next - 1] + 1 : 0;
        s->uses.items[places[i]] = use;
    }
}
