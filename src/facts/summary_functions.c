/* Functions of a Summary: parameters, flags, decorators, what they return. */
#include "facts/api.h"
#include "facts/quick.h"
#include "facts/summary_make.h"
#include "python/names.h"

bool decorator_is(Node decorator, const char *name)
{
    Node callee = node_unparenthesized(decorator);
    if (node_kind(callee) == PY_CALL)
        callee = node_field(callee, F_FUNCTION);
    return str_is(node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee), name);
}

bool has_decorator(const Maker *m, const Function *function, const char *name)
{
    if (!function->first_decorator)
        return false;
    Node decorator = maker_node(m, 0);
    while ((decorator = decorator_next(m->module, function->node, decorator)).id) {
        if (decorator_is(decorator, name))
            return true;
    }
    return false;
}

/* ---- Parameters ---- */

static ParameterKind parameter_kind(Node parameter, bool is_behind_star)
{
    Node inner = node_kind(parameter) == PY_TYPED_PARAMETER ? node_first(parameter) : parameter;
    if (node_kind(inner) == PY_LIST_SPLAT_PATTERN)
        return PARAMETER_STAR;
    if (node_kind(inner) == PY_DICTIONARY_SPLAT_PATTERN)
        return PARAMETER_STARS;
    return is_behind_star ? PARAMETER_KEYWORD : PARAMETER_PLAIN;
}

static Truth truth_of(Node literal)
{
    switch (node_kind(literal)) {
    case PY_NONE:
    case PY_FALSE:
        return TRUTH_NO;
    case PY_TRUE:
        return TRUTH_YES;
    case PY_INTEGER:
        return str_is(node_text(literal), "0") ? TRUTH_NO : TRUTH_YES;
    default:
        return TRUTH_OPEN;
    }
}

/* `is_async`, `async_mode`, `acompletion`: a flag that says who is waiting. */
static bool says_async(Str name)
{
    static const char *const names[] = { "is_async", "_is_async", "async_mode", "use_async", "run_async",
        "is_asynchronous", "asynchronous", "async_", "_async", "acompletion", "aembedding", "in_async", "from_async",
        "is_coroutine" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return false;
}

static void add_parameter(Maker *m, const Function *function, Node n, bool is_behind_star)
{
    Summary *s = m->summary;
    Node name = parameter_name(n), type = node_field(n, F_TYPE), value = node_field(n, F_VALUE);
    Parameter p = { .name = reader_node_text(s, name), .kind = parameter_kind(n, is_behind_star) };
    p.has_annotation = type.id != 0;
    p.annotation = type.id ? summary_annotation(s, type) : 0;
    p.has_default = value.id != 0;
    p.fallback = value.id ? summary_term(s, value) : 0;
    p.fallback_truth = truth_of(value);
    p.is_in_memory = node_kind(value) == PY_STRING && names_memory(node_text(value), false);
    p.address = address_of(value);
    NameId id = node_data(name)->name;
    const Binding *binding = scope_binding(function->scope, id);
    p.is_rebound = binding && binding->sites.count > 1;

    FunctionState *state = &m->states[function->number];
    FunctionSummary *out = &s->functions.items[function->number];
    bool is_self = function->class_ && out->parameters.count == 0 && method_kind(m->module, function) != METHOD_STATIC;
    if (is_self && !p.is_rebound && (p.kind == PARAMETER_PLAIN || p.kind == PARAMETER_POSITIONAL))
        state->self = binding;
    if (!is_self)
        m->marks[id] |= says_async(node_text(name)) ? MARK_PARAMETER | MARK_GUARD : MARK_PARAMETER;
    if (p.is_rebound)
        out->flags |= FUNCTION_REBINDS;

    m->parameter_nodes = s->parameters.count < m->parameter_room
                             ? m->parameter_nodes
                             : array_more(m->arena, m->parameter_nodes, &m->parameter_room, sizeof *m->parameter_nodes);
    m->parameter_nodes[s->parameters.count] = name.id;
    *array_push(m->arena, &s->parameters) = p;
    out->parameters.count++;
}

static void make_parameters(Maker *m, const Function *function, Node list)
{
    Summary *s = m->summary;
    Piece *piece = &s->functions.items[function->number].parameters;
    piece->first = s->parameters.count;
    bool is_behind_star = false;
    for (Node n = node_first(list); n.id; n = node_next(n)) {
        if (node_kind(n) == PY_KEYWORD_SEPARATOR) {
            is_behind_star = true;
        } else if (node_kind(n) == PY_POSITIONAL_SEPARATOR) {
            for (uint32_t i = 0; i < piece->count; i++)
                s->parameters.items[piece->first + i].kind = PARAMETER_POSITIONAL;
        } else if (parameter_name(n).id) {
            add_parameter(m, function, n, is_behind_star);
            is_behind_star |= s->parameters.items[s->parameters.count - 1].kind == PARAMETER_STAR;
        }
    }
}

/* ---- Flags ---- */

static bool raises_not_implemented(Node statement)
{
    Node value = node_first(statement);
    Node raised = node_kind(value) == PY_CALL ? node_field(value, F_FUNCTION) : value;
    return node_kind(statement) == PY_RAISE_STATEMENT && str_is(node_text(raised), "NotImplementedError");
}

/* A body of `...`, a docstring or raise NotImplementedError alone. */
static bool has_empty_body(Node body, bool *raises)
{
    uint32_t strings = 0;
    for (Node statement = node_first(body); statement.id; statement = node_next(statement)) {
        *raises = raises_not_implemented(statement);
        if (*raises)
            return true;
        PyKind kind = node_kind(statement) == PY_EXPRESSION_STATEMENT ? node_kind(node_first(statement)) : PY_NO_NODE;
        if (kind == PY_ELLIPSIS)
            return true;
        if (kind != PY_STRING && kind != PY_CONCATENATED_STRING)
            return false;
        strings++;
    }
    return strings > 0;
}

static uint32_t flags_of(const Maker *m, const Function *function, Node n)
{
    uint32_t flags = 0;
    bool raises = false;
    if (function->is_async)
        flags |= FUNCTION_ASYNC;
    if (function->is_generator)
        flags |= FUNCTION_GENERATOR;
    if (node_kind(n) == PY_LAMBDA)
        flags |= FUNCTION_LAMBDA;
    else if (has_decorator(m, function, "abstractmethod"))
        flags |= FUNCTION_ABSTRACT;
    else if (has_empty_body(node_field(n, F_BODY), &raises))
        flags |= raises ? FUNCTION_ABSTRACT : FUNCTION_ABSTRACT | FUNCTION_HOOK;
    if (node_is_dead(n))
        flags |= FUNCTION_DEAD;
    if (has_decorator(m, function, "overload"))
        flags |= FUNCTION_OVERLOAD;
    return flags;
}

/* ---- Definitions ---- */

/* The function around a scope, through classes too: number + 1. */
static uint32_t outer_of(const Maker *m, const Scope *scope)
{
    const Scope *s = scope->parent;
    while (s && !s->function)
        s = s->parent;
    return s ? m->functions[s->number] : 0;
}

static void make_decorators(Maker *m, const Function *function, Piece *piece)
{
    Summary *s = m->summary;
    piece->first = s->parts.count;
    Node decorator = maker_node(m, 0);
    while (function->first_decorator && (decorator = decorator_next(m->module, function->node, decorator)).id) {
        TermId term = summary_term(s, decorator);
        *array_push(m->arena, &s->parts) = term;
        piece->count++;
    }
}

/* `@property`, `@cached_property`, `@x.hybrid_property`: tables know better which of them are. */
static void mark_property(Maker *m, const Function *function)
{
    Node decorator = maker_node(m, 0);
    while (function->class_ && function->first_decorator &&
           (decorator = decorator_next(m->module, function->node, decorator)).id) {
        if (str_ends(node_text(decorator), STR("property")))
            m->marks[function->name] |= MARK_PROPERTY;
    }
}

/* `@functools.cache`, `@functools.lru_cache(maxsize=None)`, `@functools.cached_property` */
static bool keeps_result(const Maker *m, Piece decorators)
{
    const Terms *terms = &m->summary->terms;
    for (uint32_t i = 0; i < decorators.count; i++) {
        const Term *term = term_at(terms, m->summary->parts.items[decorators.first + i]);
        if (term->op == TERM_CALL)
            term = term_at(terms, term->a);
        const Api *api = term->op == TERM_NAME ? api_find(terms_text_of(terms, term->a)) : NULL;
        if (api && (api->role == ROLE_CACHES || str_is(api_name(api), "functools.cached_property")))
            return true;
    }
    return false;
}

static void make_function(Maker *m, const Function *function)
{
    Summary *s = m->summary;
    Node n = maker_node(m, function->node);
    bool is_lambda = node_kind(n) == PY_LAMBDA;
    Node name = is_lambda ? n : node_field(n, F_NAME);
    Node returns = node_field(n, F_RETURN_TYPE);
    FunctionSummary *out = &s->functions.items[function->number];
    out->name = is_lambda ? maker_text(m, STR("<lambda>")) : maker_name(m, function->name);
    out->qualname = maker_text(m, function->qualname);
    out->at = (Range){ node_begin(name), node_end(name) };
    out->class_ = function->class_ ? function->class_->number + 1 : 0;
    out->outer = outer_of(m, function->scope);
    out->flags = flags_of(m, function, n);
    out->has_returns = returns.id != 0;
    out->returns = returns.id ? summary_annotation(s, returns) : 0;
    make_parameters(m, function, node_field(n, F_PARAMETERS));
    make_decorators(m, function, &out->decorators);
    m->states[function->number].keeps_result = keeps_result(m, out->decorators);
    mark_property(m, function);
}

void make_functions(Maker *m)
{
    Summary *s = m->summary;
    uint32_t count = m->module->functions.count;
    s->functions.items = arena_array(m->arena, FunctionSummary, count);
    s->functions.count = s->functions.reserve = count;
    for (uint32_t i = 0; i < count; i++)
        make_function(m, m->module->functions.items[i]);
}

/* ---- What they return and yield ---- */

static uint32_t owner_of(const Maker *m, Node n)
{
    const Scope *scope = node_scope(n);
    return scope && !node_is_dead(n) ? m->functions[scope->number] : 0;
}

void note_return(Maker *m, uint32_t id)
{
    Node n = maker_node(m, id), value = node_first(n);
    uint32_t function = owner_of(m, n);
    if (!function)
        return;
    Terms *terms = &m->summary->terms;
    sum_add(terms, &m->states[function - 1].returned,
        value.id ? summary_term(m->summary, value) : term_make(terms, TERM_NONE, 0, 0));
}

void note_yield_of(Maker *m, uint32_t id)
{
    Node n = maker_node(m, id), value = node_first(n);
    uint32_t function = owner_of(m, n);
    if (!function)
        return;
    Terms *terms = &m->summary->terms;
    TermId term = value.id ? summary_term(m->summary, value) : term_make(terms, TERM_NONE, 0, 0);
    if (node_has(n, NODE_FROM))
        term = term_make(terms, TERM_EACH, term, 0);
    sum_add(terms, &m->states[function - 1].yielded, term);
}

static Node last_child(Node n)
{
    Node last = node_first(n);
    for (Node next = last; next.id; next = node_next(next))
        last = next;
    return last;
}

static bool falls_through(Node block, unsigned depth);

/* Whether control can get past an `if` or a `try`. */
static bool passes_branches(Node statement, unsigned depth)
{
    bool is_try = node_kind(statement) == PY_TRY_STATEMENT;
    bool has_else = node_child_of(statement, PY_ELSE_CLAUSE).id != 0, passes = !is_try && !has_else;
    for (Node n = node_first(statement); n.id; n = node_next(n)) {
        PyKind kind = node_kind(n);
        Node block = kind == PY_BLOCK ? n : node_child_of(n, PY_BLOCK);
        bool goes_to_else = is_try && has_else && kind == PY_BLOCK;
        if (!block.id || goes_to_else)
            continue;
        if (kind != PY_FINALLY_CLAUSE)
            passes |= falls_through(block, depth);
        else if (!falls_through(block, depth))
            return false;
    }
    return passes;
}

static bool passes_match(Node statement, unsigned depth)
{
    bool is_complete = false;
    for (Node n = node_first(node_field(statement, F_BODY)); n.id; n = node_next(n)) {
        Node pattern = node_child_of(n, PY_CASE_PATTERN);
        is_complete |= str_is(node_text(pattern), "_") && !node_field(n, F_GUARD).id;
        if (falls_through(node_child_of(n, PY_BLOCK), depth))
            return true;
    }
    return !is_complete;
}

/* Whether a `while True` is left by a break of its own. */
static bool has_break(Node loop)
{
    for (uint32_t id = loop.id + 1; id < node_data(loop)->after;) {
        Node n = node_at(loop.module, id);
        switch (node_kind(n)) {
        case PY_BREAK_STATEMENT:
            return true;
        case PY_FOR_STATEMENT:
        case PY_WHILE_STATEMENT:
        case PY_FUNCTION_DEFINITION:
        case PY_CLASS_DEFINITION:
            id = node_data(n)->after;
            break;
        default:
            id = kind_is_simple_statement(node_kind(n)) ? node_data(n)->after : id + 1;
        }
    }
    return false;
}

/* Whether control can get to the end of a block; loops other than `while True` may always. Blocks nest no deeper than
 * indentation does, which the scan limits to 100 levels. */
static bool falls_through(Node block, unsigned depth)
{
    Node last = last_child(block);
    if (!depth)
        return true;
    switch (node_kind(last)) {
    case PY_RETURN_STATEMENT:
    case PY_RAISE_STATEMENT:
    case PY_CONTINUE_STATEMENT:
    case PY_BREAK_STATEMENT:
        return false;
    case PY_WHILE_STATEMENT:
        return node_kind(node_unparenthesized(node_field(last, F_CONDITION))) != PY_TRUE || has_break(last);
    case PY_IF_STATEMENT:
    case PY_TRY_STATEMENT:
        return passes_branches(last, depth - 1);
    case PY_MATCH_STATEMENT:
        return passes_match(last, depth - 1);
    case PY_WITH_STATEMENT:
        return falls_through(node_field(last, F_BODY), depth - 1);
    default:
        return true;
    }
}

void make_results(Maker *m)
{
    enum { DEEPEST_BLOCK = 40 };
    Terms *terms = &m->summary->terms;
    for (uint32_t i = 0; i < m->module->functions.count; i++) {
        const Function *function = m->module->functions.items[i];
        FunctionState *state = &m->states[i];
        Node body = node_field(maker_node(m, function->node), F_BODY);
        if (!function->name)
            sum_add(terms, &state->returned, summary_term(m->summary, body));
        else if (falls_through(body, DEEPEST_BLOCK))
            sum_add(terms, &state->returned, term_make(terms, TERM_NONE, 0, 0));
        m->summary->functions.items[i].result = state->returned.is_begun ? state->returned.term : 0;
        m->summary->functions.items[i].yields = state->yielded.term;
    }
}
