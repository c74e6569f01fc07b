/* What each function's own frame runs: calls, `with`, `for`. */
#include "facts/memos.h"
#include "facts/quick.h"
#include "facts/summary_make.h"

/* ---- Arguments ---- */

static bool is_short_value(Node n)
{
    enum { LONGEST_VALUE = 40 };
    switch (node_kind(n)) {
    case PY_TRUE:
    case PY_FALSE:
    case PY_NONE:
    case PY_INTEGER:
    case PY_FLOAT:
    case PY_IDENTIFIER:
        break;
    case PY_UNARY_OPERATOR:
        if (node_kind(node_field(n, F_ARGUMENT)) != PY_INTEGER && node_kind(node_field(n, F_ARGUMENT)) != PY_FLOAT)
            return false;
        break;
    case PY_STRING:
        if (node_first(n).id)
            return false;
        break;
    case PY_ATTRIBUTE:
        for (; node_kind(n) == PY_ATTRIBUTE; n = node_field(n, F_OBJECT)) {
            if (node_end(n) - node_begin(n) > LONGEST_VALUE)
                return false;
        }
        return node_kind(n) == PY_IDENTIFIER;
    default:
        return false;
    }
    return node_end(n) - node_begin(n) <= LONGEST_VALUE;
}

static TextId value_of(Summary *summary, Node n)
{
    n = node_unparenthesized(n);
    return is_short_value(n) ? reader_node_text(summary, n) : 0;
}

/* What its own file says of any other argument. */
static TermId type_of(Summary *summary, Node n)
{
    n = node_unparenthesized(n);
    switch (node_kind(n)) {
    case PY_IDENTIFIER:
    case PY_ATTRIBUTE:
    case PY_CALL:
    case PY_AWAIT:
    case PY_BINARY_OPERATOR:
    case PY_STRING:
    case PY_CONCATENATED_STRING:
    case PY_INTEGER:
    case PY_FLOAT:
    case PY_TRUE:
    case PY_FALSE:
    case PY_NONE:
        return summary_term(summary, n);
    case PY_DICTIONARY:
        return term_builtin(&summary->terms, "dict");
    case PY_LIST:
    case PY_LIST_COMPREHENSION:
        return term_builtin(&summary->terms, "list");
    case PY_CONDITIONAL_EXPRESSION:
        return memory_asked(n, &(Node){ n.module, 0 }).id ? summary_term(summary, n) : 0;
    default:
        return 0;
    }
}

/* What can be called and is handed on as it is. */
static TermId callable_of(Summary *summary, Node n)
{
    n = node_unparenthesized(n);
    PyKind kind = node_kind(n);
    if (kind != PY_IDENTIFIER && kind != PY_ATTRIBUTE && kind != PY_LAMBDA && kind != PY_CALL)
        return 0;
    if (kind == PY_CALL) {
        Node callee = node_field(n, F_FUNCTION);
        Str name = node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
        return str_is(name, "partial") ? summary_term(summary, n) : 0;
    }
    TermId id = summary_term(summary, n);
    switch ((TermOp)term_at(&summary->terms, id)->op) {
    case TERM_FUNCTION:
    case TERM_NAME:
    case TERM_ATTRIBUTE:
    case TERM_CALL:
    case TERM_PARAMETER:
        return id;
    default:
        return 0;
    }
}

/* What `sqlite3.connect` is given, where one of two is the path of a database in memory: what decides about it. */
static Node decider_of(Summary *summary, Node callee, Node n)
{
    if (node_kind(n) != PY_CONDITIONAL_EXPRESSION)
        return n;
    const Term *function = term_at(&summary->terms, summary_term(summary, callee));
    bool is_connect = function->op == TERM_NAME && str_is(terms_text_of(&summary->terms, function->a), "sqlite3.connect");
    TermOp op = is_connect ? (TermOp)term_at(&summary->terms, summary_term(summary, n))->op : TERM_NONE;
    return op == TERM_UNION || op == TERM_UNKNOWN ? memory_decider(n) : n;
}

/* Nothing is asked of what builtins are given. */
static bool is_builtin(Summary *summary, Node callee)
{
    const Term *term = term_at(&summary->terms, summary_term(summary, callee));
    return term->op == TERM_NAME && str_starts(terms_text_of(&summary->terms, term->a), STR("builtins."));
}

static void take_value(Summary *summary, Argument *argument, Node value, bool has_types)
{
    argument->value = value_of(summary, value);
    argument->term = callable_of(summary, value);
    argument->type = argument->term || !has_types ? 0 : type_of(summary, value);
}

void summary_arguments(Summary *summary, Arena *arena, Node call, ArgumentList *out)
{
    Node list = node_field(call, F_ARGUMENTS);
    uint32_t position = 0;
    bool has_types = !is_builtin(summary, node_field(call, F_FUNCTION));
    if (node_kind(list) == PY_GENERATOR_EXPRESSION)
        *array_push(arena, &out->items) = (Argument){ 0 };
    if (node_kind(list) != PY_ARGUMENT_LIST)
        return;
    for (Node n = node_first(list); n.id; n = node_next(n)) {
        Argument argument = { .position = position };
        bool is_keyword = node_kind(n) == PY_KEYWORD_ARGUMENT;
        Node value = decider_of(summary, node_field(call, F_FUNCTION), node_unparenthesized(is_keyword ? node_field(n, F_VALUE) : n));
        switch (node_kind(n)) {
        case PY_KEYWORD_ARGUMENT:
            argument.keyword = reader_node_text(summary, node_field(n, F_NAME));
            argument.position = 0;
            take_value(summary, &argument, value, has_types);
            break;
        case PY_DICTIONARY_SPLAT:
            argument.keyword = terms_text(&summary->terms, STR("**"));
            argument.position = 0;
            break;
        case PY_LIST_SPLAT:
            argument.keyword = terms_text(&summary->terms, STR("*"));
            position++;
            break;
        default:
            take_value(summary, &argument, value, has_types);
            position++;
        }
        *array_push(arena, &out->items) = argument;
    }
}

static Piece arguments_of(Maker *m, Node call)
{
    Summary *s = m->summary;
    ArgumentList list = { { s->arguments.items, s->arguments.count, s->arguments.reserve } };
    Piece piece = { .first = s->arguments.count };
    summary_arguments(s, m->arena, call, &list);
    s->arguments.items = list.items.items;
    s->arguments.count = list.items.count;
    s->arguments.reserve = list.items.reserve;
    piece.count = s->arguments.count - piece.first;
    return piece;
}

/* ---- Calls ---- */

/* The function whose frame runs n: number + 1; 0 when none does, or nobody knows, or it never happens. */
static uint32_t frame_of(const Maker *m, Node n)
{
    const Scope *scope = node_scope(n);
    uint32_t frame = scope ? m->frames[scope->number] : 0;
    return frame && !node_is_dead(n) ? frame : 0;
}

/* ---- Conditions ---- */

/* Whether a handler of the `try` names RuntimeError: its body may run a loop where one is running, and knows it. */
static bool expects_runtime_error(Node statement)
{
    NameId name = names_find(&statement.module->names, STR("RuntimeError"));
    for (Node clause = node_first(statement); clause.id && name; clause = node_next(clause)) {
        Node value = node_kind(clause) == PY_EXCEPT_CLAUSE ? node_field(clause, F_VALUE) : node_at(clause.module, 0);
        for (uint32_t id = value.id; id && id < node_data(value)->after; id++) {
            if (node_data(node_at(value.module, id))->name == name)
                return true;
        }
    }
    return false;
}

/* Whether what stands at n may not happen when its function runs. Returns before it are not seen. */
static bool is_conditional(Node n, const Function *function)
{
    enum { FARTHEST = 64 };
    Node inner = n;
    for (unsigned steps = 0; steps < FARTHEST && inner.id != function->node; steps++) {
        Node parent = node_parent(inner);
        PyField role = node_role(inner);
        switch (node_kind(parent)) {
        case PY_IF_STATEMENT:
        case PY_ELIF_CLAUSE:
            if (role != F_CONDITION)
                return true;
            break;
        case PY_BOOLEAN_OPERATOR:
            if (role == F_RIGHT)
                return true;
            break;
        case PY_CONDITIONAL_EXPRESSION:
            if (!node_same(node_child(parent, 1), inner))
                return true;
            break;
        case PY_TRY_STATEMENT:
            if (node_kind(inner) == PY_EXCEPT_CLAUSE || (role == F_BODY && expects_runtime_error(parent)))
                return true;
            break;
        case PY_CASE_CLAUSE:
            return true;
        default:
            break;
        }
        inner = parent;
    }
    return inner.id != function->node;
}

static void add_call(Maker *m, uint32_t frame, CallSummary call, Node at)
{
    call.at = (Range){ node_begin(at), node_end(at) };
    note_quick(m, at, &call);
    if (m->states[frame - 1].is_guarded)
        call.flags |= CALL_GUARDED;
    if (call.term && is_conditional(at, m->module->functions.items[frame - 1]))
        call.flags |= CALL_CONDITIONAL;
    /* Nobody is led through the frame of a coroutine function: those are where ways begin. */
    const Function *function = m->module->functions.items[frame - 1];
    if (call.term && !function->is_async && (m->states[frame - 1].keeps_result || fills_memo(at, function)))
        call.flags |= CALL_ONCE;
    if (call.term && m->summary->functions.items[frame - 1].parameters.count)
        note_need(m, at, m->module->functions.items[frame - 1], &call);
    *array_push(m->arena, &m->calls) = (CallFound){ frame - 1, call };
}

/* What is done with a call on the spot. */
static uint32_t flags_of(Node call)
{
    PyKind kind = node_kind(node_parent(node_outermost(call)));
    return kind == PY_AWAIT ? CALL_AWAITED : kind == PY_RETURN_STATEMENT ? CALL_RETURNED : 0;
}

/* What a string says itself, besides what is filled in: in front of its first field, or else behind its last one. */
static Str literal_part(Node string)
{
    Str text = node_text(string);
    uint32_t begin = 0, end = text.n;
    while (begin < end && text.p[begin] != '"' && text.p[begin] != '\'')
        begin++;
    while (begin < end && (text.p[begin] == '"' || text.p[begin] == '\''))
        begin++;
    while (end > begin && (text.p[end - 1] == '"' || text.p[end - 1] == '\''))
        end--;
    Node field = node_child_of(string, PY_INTERPOLATION);
    if (!field.id)
        return str_slice(text, begin, end);
    uint32_t first = node_begin(field) - node_begin(string);
    uint32_t last = str_find_last(text, '}');
    if (first > begin)
        return str_slice(text, begin, first);
    return last < end ? str_slice(text, last + 1, end) : STR("");
}

/* What the name of an attribute that `setattr` sets is sure to begin or end with: "_sync" of `name + "_sync"` and `f"{name}_sync"`. */
static Str literal_of_attribute(Node call)
{
    Node name = node_next(node_first(node_field(call, F_ARGUMENTS)));
    if (node_kind(name) == PY_IDENTIFIER)
        name = only_value(name);
    name = node_unparenthesized(name);
    if (node_kind(name) == PY_BINARY_OPERATOR && str_is(node_text(node_field(name, F_OPERATOR)), "+")) {
        Node left = node_field(name, F_LEFT);
        name = node_kind(left) == PY_STRING ? left : node_field(name, F_RIGHT);
    }
    return node_kind(name) == PY_STRING ? literal_part(name) : STR("");
}

void note_call(Maker *m, uint32_t id)
{
    Node n = maker_node(m, id), callee = node_field(n, F_FUNCTION);
    uint32_t frame = frame_of(m, n);
    if (!frame)
        return;
    CallSummary call = { .kind = CALL_PLAIN, .flags = flags_of(n) };
    call.term = summary_term(m->summary, callee);
    if (call.term)
        call.arguments = arguments_of(m, n);
    if (call.term && node_kind(callee) == PY_IDENTIFIER && str_is(node_text(callee), "setattr"))
        call.object = terms_text(&m->summary->terms, literal_of_attribute(n));
    add_call(m, frame, call, n);
}

void note_enter(Maker *m, uint32_t item)
{
    Node n = maker_node(m, item), statement = node_parent(node_parent(n));
    Node value = node_unparenthesized(node_field(n, F_VALUE));
    if (node_kind(value) == PY_AS_PATTERN)
        value = node_first(value);
    uint32_t frame = node_has(statement, NODE_ASYNC) ? 0 : frame_of(m, n);
    if (!frame || !value.id)
        return;
    add_call(m, frame, (CallSummary){ .kind = CALL_ENTER, .term = summary_term(m->summary, value) }, value);
}

void note_each(Maker *m, uint32_t id)
{
    Node n = maker_node(m, id), iterable = node_field(n, F_RIGHT);
    uint32_t frame = node_has(n, NODE_ASYNC) ? 0 : frame_of(m, n);
    if (!frame || !iterable.id)
        return;
    add_call(m, frame, (CallSummary){ .kind = CALL_EACH, .term = summary_term(m->summary, iterable) }, iterable);
}

/* Only of names that a class of the module has as a property: any other attribute runs nothing. */
void note_attribute_read(Maker *m, Node attribute)
{
    Node parent = node_parent(attribute);
    PyKind kind = node_kind(parent);
    bool is_target = (kind == PY_ASSIGNMENT && node_role(attribute) == F_LEFT) || kind == PY_DELETE_STATEMENT ||
                     kind == PY_PATTERN_LIST || kind == PY_TUPLE_PATTERN || kind == PY_DECORATOR;
    uint32_t frame = frame_of(m, attribute);
    if (is_target || !frame)
        return;
    TermId term = summary_term(m->summary, attribute);
    if (term_at(&m->summary->terms, term)->op == TERM_ATTRIBUTE)
        add_call(m, frame, (CallSummary){ .kind = CALL_READ, .term = term }, attribute);
}

/* ---- Guards ---- */

/* Whether the name decides something: it stands in a condition, or in the body of a try whose handler sees that there is no
 * loop. */
static bool is_test(Node name)
{
    enum { FARTHEST = 64 };
    Node inner = name;
    for (unsigned steps = 0; inner.id && steps < FARTHEST; steps++) {
        Node parent = node_parent(inner);
        switch (node_kind(parent)) {
        case PY_TRY_STATEMENT:
            return node_role(inner) == F_BODY && node_child_of(parent, PY_EXCEPT_CLAUSE).id;
        case PY_IF_STATEMENT:
        case PY_ELIF_CLAUSE:
        case PY_WHILE_STATEMENT:
            return node_role(inner) == F_CONDITION;
        case PY_CONDITIONAL_EXPRESSION:
            return true;
        case PY_FUNCTION_DEFINITION:
        case PY_LAMBDA:
        case PY_CLASS_DEFINITION:
            return false;
        default:
            inner = parent;
        }
    }
    return false;
}

/* `x.is_running()` asks a loop only when x is called like one: servers and threads have it too. */
static bool asks_loop(Node name)
{
    if (!str_is(node_text(name), "is_running"))
        return true;
    Node object = node_field(node_parent(name), F_OBJECT);
    if (node_kind(object) == PY_CALL)
        object = node_field(object, F_FUNCTION);
    if (node_kind(object) == PY_ATTRIBUTE)
        object = node_field(object, F_ATTRIBUTE);
    return str_ends(node_text(object), STR("loop"));
}

void note_guard(Maker *m, uint32_t id)
{
    Node n = maker_node(m, id);
    uint32_t frame = frame_of(m, n);
    if (frame && asks_loop(n) && is_test(n))
        m->states[frame - 1].is_guarded = true;
}

/* ---- By function ---- */

void make_calls(Maker *m)
{
    Summary *s = m->summary;
    uint32_t count = m->calls.count;
    for (uint32_t i = 0; i < count; i++)
        s->functions.items[m->calls.items[i].function].calls.count++;
    uint32_t first = 0;
    for (uint32_t i = 0; i < s->functions.count; i++) {
        s->functions.items[i].calls.first = first;
        first += s->functions.items[i].calls.count;
        s->functions.items[i].calls.count = 0;
    }
    s->calls.items = arena_array(m->arena, CallSummary, count);
    s->calls.count = s->calls.reserve = count;
    for (uint32_t i = 0; i < count; i++) {
        Piece *piece = &s->functions.items[m->calls.items[i].function].calls;
        s->calls.items[piece->first + piece->count++] = m->calls.items[i].call;
    }
}
