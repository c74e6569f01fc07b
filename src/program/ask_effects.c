/* ask.h: what a call does to its thread and to its arguments. */
#include "program/ask.h"
#include "program/effects_internal.h"

static const Api *blocking_row(TypeId type, Node call)
{
    Summary *summary = ask_summary(call);
    ArgumentList list = { { 0 } };
    summary_arguments(summary, call.module->arena, call, &list);
    return rows_that_block(ask_program(call), type, &summary->terms, list.items.items, list.items.count);
}

const Api *api_that_blocks(Node call)
{
    if (node_kind(call) != PY_CALL || !call.module->asker)
        return NULL;
    TypeId type = type_id_of(node_field(call, F_FUNCTION));
    return type ? blocking_row(type, call) : NULL;
}

/* ---- Through functions of the project ---- */

/* Whether all that is run blocks by the hazard; the path goes on through the first function. */
static bool all_block(Program *program, const Runs *runs, unsigned effect, const Given *given, Path *path)
{
    bool is_it = !runs->api || (!runs->runs_loop && runs->api->hazard == effect);
    return is_it && functions_block_by(program, runs, effect, given, path);
}

static void begin(Node at, CallKind kind, Path *path)
{
    const Function *function = node_function(at);
    path->count = 1;
    path->steps[0] = (Step){
        .function = { ask_file(at), function ? function->number : UINT32_MAX },
        .at = { node_begin(at), node_end(at) },
        .call = UINT32_MAX,
        .kind = kind,
    };
}

static bool reaches_by(Node at, CallKind kind, const Runs *runs, const Given *given, unsigned effect, Path *path)
{
    begin(at, kind, path);
    path->steps[0].next = runs->functions[0];
    bool is_reached = all_block(ask_program(at), runs, effect, given, path);
    path->count = is_reached ? path->count : 0;
    return is_reached;
}

/* Of a callable that the call is given. */
static bool handed_reaches_by(Node call, const Handed *handed, unsigned effect, Path *path)
{
    Program *program = ask_program(call);
    const Runs *runs = &handed->runs;
    Given nothing = { .terms = &ask_summary(call)->terms, .is_known = true };
    begin(call, CALL_PLAIN, path);
    for (uint32_t i = 0; i < handed->via_count; i++)
        path_push(program, path, &handed->vias[i]);
    if (runs->count)
        path->steps[path->count - 1].next = runs->functions[0];
    bool is_reached = all_block(program, runs, effect, &nothing, path);
    if (is_reached && !runs->count) {
        path_end(path, runs->api);
        path->hazard = effect < HAZARD_COUNT ? (Hazard)effect : HAZARD_NONE;
    }
    path->count = is_reached ? path->count : 0;
    return is_reached;
}

/* Which of the paths that there are is asked for. */
typedef struct Wish {
    PathFilter *wants;
    void *context;
} Wish;

static bool reaches(Node at, CallKind kind, const Runs *runs, const Given *given, const Wish *wish, Path *path)
{
    if (!runs->is_known || !runs->count)
        return false;
    for (Hazard hazard = hazard_next(HAZARD_NONE); hazard != HAZARD_NONE; hazard = hazard_next(hazard)) {
        if (reaches_by(at, kind, runs, given, hazard, path) && (!wish->wants || wish->wants(wish->context, path)))
            return true;
    }
    path->count = 0;
    return false;
}

static bool handed_reaches(Node call, const HandedList *list, const Wish *wish, Path *path)
{
    for (Hazard hazard = hazard_next(HAZARD_NONE); hazard != HAZARD_NONE; hazard = hazard_next(hazard)) {
        for (uint32_t i = 0; i < list->items.count; i++) {
            bool is_reached = handed_reaches_by(call, &list->items.items[i], hazard, path);
            if (is_reached && (!wish->wants || wish->wants(wish->context, path)))
                return true;
        }
    }
    path->count = 0;
    return false;
}

/* Number + 1; 0: none. */
static uint32_t function_around(Node n)
{
    const Function *function = node_function(n);
    return function ? function->number + 1 : 0;
}

/* A call of the tree, looked at once. */
typedef struct Asked {
    Runs runs;
    Given given;
    HandedList besides;
} Asked;

static bool ask_call(Node call, Asked *asked)
{
    Summary *summary = ask_summary(call);
    Program *program = ask_program(call);
    TypeId type = type_id_of(node_field(call, F_FUNCTION));
    ArgumentList list = { { 0 } };
    if (!type)
        return false;
    summary_arguments(summary, call.module->arena, call, &list);
    *asked = (Asked){ .given = { &summary->terms, list.items.items, list.items.count, true, ask_file(call) + 1, function_around(call),
                                  summary_term(summary, node_field(call, F_FUNCTION)), false } };
    asked->runs = runs_of_call(program, type, &summary->terms, list.items.items, list.items.count);
    bool is_awaited = node_kind(node_parent(call)) == PY_AWAIT;
    runs_besides(program, ask_file(call), type, &asked->given, is_awaited, &asked->besides);
    return true;
}

static bool call_reaches(Node call, const Wish *wish, Path *path)
{
    Asked asked;
    return ask_call(call, &asked) && (reaches(call, CALL_PLAIN, &asked.runs, &asked.given, wish, path) ||
                                         handed_reaches(call, &asked.besides, wish, path));
}

bool call_reaches_loop_run(Node call, Path *path)
{
    Asked asked;
    path->count = 0;
    if (node_kind(call) != PY_CALL || !call.module->asker || !ask_call(call, &asked))
        return false;
    const Runs *runs = &asked.runs;
    if (runs->is_known && runs->count && reaches_by(call, CALL_PLAIN, runs, &asked.given, EFFECT_RUNS_LOOP, path))
        return true;
    for (uint32_t i = 0; i < asked.besides.items.count; i++) {
        if (handed_reaches_by(call, &asked.besides.items.items[i], EFFECT_RUNS_LOOP, path))
            return true;
    }
    return false;
}

/* A generator gets the arguments of the call that makes it: `with changed(store, keep=True):`. What is run is that function then,
 * and no `__enter__` or `__next__` of an object. */
static Given given_when_made(Node made, Runs *runs, ArgumentList *list)
{
    Type type = type_of(node_kind(made) == PY_CALL ? node_field(made, F_FUNCTION) : node_at(made.module, 0));
    const Atom *atom = type.count == 1 && runs->count == 1 ? &type.atoms[0] : NULL;
    bool is_it = atom && atom->kind == ATOM_FUNCTION && atom->is_project && atom->ref.file == runs->functions[0].file &&
                 atom->ref.number == runs->functions[0].number;
    Summary *summary = ask_summary(made);
    Given given = { .terms = &summary->terms, .file = ask_file(made) + 1, .function = function_around(made), .is_entered = true };
    given.callee = summary_term(summary, made);
    if (!is_it)
        return given;
    summary_arguments(summary, made.module->arena, made, list);
    runs->is_bound[0] = atom->of && function_kind(ask_program(made), atom->ref) != KIND_STATIC_METHOD;
    given.arguments = list->items.items;
    given.count = list->items.count;
    given.is_known = true;
    return given;
}

static bool enter_reaches(Node context, const Wish *wish, Path *path)
{
    TypeId type = type_id_of(context);
    Program *program = ask_program(context);
    for (int is_exit = 0; type && is_exit < 2; is_exit++) {
        Runs runs = runs_of_enter(program, type, is_exit);
        ArgumentList list = { { 0 } };
        Given given = given_when_made(context, &runs, &list);
        if (reaches(context, CALL_ENTER, &runs, &given, wish, path))
            return true;
    }
    return false;
}

static bool each_reaches(Node iterable, const Wish *wish, Path *path)
{
    TypeId type = type_id_of(iterable);
    Program *program = ask_program(iterable);
    for (int is_next = 0; type && is_next < 2; is_next++) {
        Runs runs = runs_of_each(program, type, is_next);
        ArgumentList list = { { 0 } };
        Given given = given_when_made(iterable, &runs, &list);
        if (reaches(iterable, CALL_EACH, &runs, &given, wish, path))
            return true;
    }
    return false;
}

static bool read_reaches(Node attribute, const Wish *wish, Path *path)
{
    TypeId type = type_id_of(node_field(attribute, F_OBJECT));
    if (!type)
        return false;
    Runs runs = runs_of_read(ask_program(attribute), type, node_text(node_field(attribute, F_ATTRIBUTE)));
    return reaches(attribute, CALL_READ, &runs, &(Given){ 0 }, wish, path);
}

/* The plain `with` whose context expression it is, or the plain `for` whose iterable. */
static Node user_of(Node expression)
{
    Node n = node_parent(expression);
    while (node_kind(n) == PY_PARENTHESIZED_EXPRESSION || node_kind(n) == PY_AS_PATTERN)
        n = node_parent(n);
    if (node_kind(n) == PY_WITH_ITEM)
        n = node_parent(node_parent(n));
    bool is_user =
        node_kind(n) == PY_WITH_STATEMENT || ((node_kind(n) == PY_FOR_STATEMENT || node_kind(n) == PY_FOR_IN_CLAUSE) &&
                                                 node_contains(node_field(n, F_RIGHT), expression));
    return is_user && !node_has(n, NODE_ASYNC) ? n : (Node){ expression.module, 0 };
}

bool call_reaches_wanted(Node call, PathFilter *wants, void *context, Path *path)
{
    Wish wish = { wants, context };
    path->count = 0;
    if (!call.id || !call.module->asker)
        return false;
    if (node_kind(call) == PY_CALL && call_reaches(call, &wish, path))
        return true;
    if (node_kind(call) == PY_ATTRIBUTE && read_reaches(call, &wish, path))
        return true;
    Node user = user_of(call);
    if (node_kind(user) == PY_WITH_STATEMENT)
        return enter_reaches(call, &wish, path);
    return user.id && each_reaches(call, &wish, path);
}

bool call_reaches_blocking(Node call, Path *path)
{
    return call_reaches_wanted(call, NULL, NULL, path);
}

/* ---- Arguments ---- */

ArgumentFate fate_of_argument(Node argument)
{
    Node list = node_parent(argument), call = node_parent(list);
    if (node_kind(list) != PY_ARGUMENT_LIST || node_kind(call) != PY_CALL || !call.module->asker)
        return FATE_UNKNOWN;
    TypeId callee = type_id_of(node_field(call, F_FUNCTION));
    PyKind kind = node_kind(argument);
    if (!callee || kind == PY_LIST_SPLAT || kind == PY_DICTIONARY_SPLAT)
        return FATE_UNKNOWN;
    if (kind == PY_KEYWORD_ARGUMENT)
        return callee_argument_fate(ask_program(call), callee, UINT32_MAX, node_text(node_field(argument, F_NAME)));
    uint32_t position = 0;
    for (Node n = node_first(list); n.id && !node_same(n, argument); n = node_next(n)) {
        if (node_kind(n) == PY_LIST_SPLAT)
            return FATE_UNKNOWN;
        position += node_kind(n) != PY_KEYWORD_ARGUMENT;
    }
    return callee_argument_fate(ask_program(call), callee, position, STR(""));
}
