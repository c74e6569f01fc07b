#include "finding/unawaited.h"

#include <stdio.h>

#include "facts/frames.h"
#include "facts/spelling.h"
#include "finding/blocking.h"
#include "finding/pass.h"
#include "finding/prevented.h"
#include "program/basis.h"

Str unawaited_name(Pass *pass, Node n, const CoroutineCall *made)
{
    enum { LONGEST = 60 };
    Node shown = node_kind(n) == PY_CALL ? node_field(n, F_FUNCTION) : n;
    Str text = node_text(shown);
    if (text.n <= LONGEST && str_find(text, '\n') == text.n && str_find(text, '\r') == text.n)
        return text;
    if (made->function)
        return made->function->qualname;
    return made->api ? pass_printf(pass, "%s", made->api->name) : made->name;
}

Str unawaited_text(Node n)
{
    enum { LONGEST = 60 };
    Str text = node_text(n);
    return text.n > LONGEST || str_find(text, '\n') < text.n || str_find(text, '\r') < text.n ? STR("this") : text;
}

void unawaited_drop_async(Pass *pass, Finding *f, Node statement, const char *title)
{
    Str text = node_text(statement), word = STR("async");
    uint32_t n = word.n;
    while (n < text.n && (text.p[n] == ' ' || text.p[n] == '\t'))
        n++;
    bool is_next = n < text.n && (text.p[n] == 'f' || text.p[n] == 'w');
    if (!str_starts(text, word) || !is_next)
        return;
    fix(pass, f, true, title);
    fix_replace(pass, f, node_begin(statement), node_begin(statement) + n, "%s", "");
}

bool unawaited_may_await(Node n)
{
    const Function *function = frame_on_loop(n);
    if (!function)
        return false;
    for (const Scope *scope = node_scope(n); scope && scope->function != function; scope = scope->parent) {
        if (scope->kind == SCOPE_LAMBDA || node_kind(node_at(n.module, scope->node)) == PY_GENERATOR_EXPRESSION)
            return false;
    }
    return true;
}

/* ---- What is meant to be so ---- */

/* Whether an error is among the arguments of a call, also in a tuple. */
static bool names_error(Node call, const char *error, const char *other)
{
    Node arguments = node_field(call, F_ARGUMENTS);
    for (uint32_t id = arguments.id + 1; arguments.id && id < node_data(arguments)->after; id++) {
        Node n = node_at(call.module, id);
        if (node_kind(n) != PY_IDENTIFIER)
            continue;
        Str text = node_text(n);
        if (str_is(text, error) || str_is(text, other))
            return true;
    }
    return false;
}

bool unawaited_expects(Node n, const char *error, const char *other)
{
    n = node_parent(n);
    for (int i = 0; i < CLIMB_MOST && !node_is_null(n) && node_kind(n) != PY_FUNCTION_DEFINITION; i++, n = node_parent(n)) {
        Node clause = node_kind(n) == PY_WITH_STATEMENT ? node_child_of(n, PY_WITH_CLAUSE) : node_at(n.module, 0);
        for (Node item = node_first(clause); !node_is_null(item); item = node_next(item)) {
            Node value = node_field(item, F_VALUE);
            Node manager = node_kind(value) == PY_AS_PATTERN ? node_first(value) : value;
            if (node_kind(manager) == PY_CALL && names_error(manager, error, other))
                return true;
        }
    }
    return false;
}

/* `@unittest.skip("...")`, `@pytest.mark.skip`, `@unittest.SkipTest`: on a test or its class. */
static bool is_skip(Node decorator)
{
    Node n = node_unparenthesized(node_first(decorator));
    Str text = node_text(node_kind(n) == PY_CALL ? node_field(n, F_FUNCTION) : n);
    return str_is(text, "skip") || str_ends(text, STR(".skip")) || str_ends(text, STR("SkipTest"));
}

static bool is_skipped(Node call)
{
    if (!names_find(&call.module->names, STR("skip")) && !names_find(&call.module->names, STR("SkipTest")))
        return false;
    Node n = call;
    for (int i = 0; i < CLIMB_MOST && n.id; i++, n = node_parent(n)) {
        for (Node child = node_first(n); node_kind(n) == PY_DECORATED_DEFINITION && child.id; child = node_next(child)) {
            if (node_kind(child) == PY_DECORATOR && is_skip(child))
                return true;
        }
    }
    return false;
}

static bool is_among(const Trouble *troubles, uint32_t count, uint32_t begin, uint32_t end)
{
    enum { TROUBLES_MOST = 1000 };
    for (uint32_t i = 0; i < count && i < TROUBLES_MOST; i++) {
        if (troubles[i].begin < end && troubles[i].end > begin)
            return true;
    }
    return false;
}

/* Whether the lines of the statement around a call have an error of the grammar, or begin with what was taken for something else: an
 * `await` may be lost in it. */
static bool is_broken(Node call)
{
    enum { LINE_MOST = 1000 };
    const Module *module = call.module;
    if (!module->tree.troubles.count && !module->scan.troubles.count)
        return false;
    Str text = module->source.text;
    Node statement = node_statement(call);
    uint32_t begin = node_begin(statement), end = node_end(statement);
    bool is_first = true;
    for (int left = LINE_MOST; begin && text.p[begin - 1] != '\n' && left; begin--, left--)
        is_first &= text.p[begin - 1] == ' ' || text.p[begin - 1] == '\t' || text.p[begin - 1] == '\f';
    for (int left = LINE_MOST; end < text.n && text.p[end] != '\n' && left; left--)
        end++;
    return !is_first || is_among(module->tree.troubles.items, module->tree.troubles.count, begin, end) ||
           is_among(module->scan.troubles.items, module->scan.troubles.count, begin, end);
}

/* Whether a call makes no coroutine in the versions of its library that the project, or the file, is written for. */
static bool is_of_old_library(const Pass *pass, Node call)
{
    enum { AIOHTTP = 1 /* the bit of the first of library_majors */ };
    const Api *api = api_of_call(call);
    uint32_t shown = ask_summary(call)->traits & TRAIT_OLD_AIOHTTP ? AIOHTTP : 0;
    return api && api_is_plain_before(api, pass->old_libraries | shown);
}

static bool reads_unbound(Node call)
{
    enum { NODES_MOST = 1000 };
    uint32_t left = NODES_MOST;
    return node_kind(call) == PY_CALL && surely_raises(call, true, &left);
}

bool unawaited_is_meant(Pass *pass, Node call)
{
    return call.module->source.is_stub || is_broken(call) || is_skipped(call) || !blocking_is_reached(pass, call) ||
           unawaited_expects(call, "TypeError", "RuntimeWarning") || is_of_old_library(pass, call) || is_prevented(pass, call) ||
           reads_unbound(call) || unawaited_in_vain_in_test(pass, call);
}

/* Whether a body does nothing: docstrings, `pass`, `...`, and raises, also under an `if`. Classes elsewhere fill it in. */
static bool does_nothing(Node body)
{
    for (Node n = node_first(body); n.id; n = node_next(n)) {
        PyKind inner = node_kind(node_first(n));
        bool is_text = node_kind(n) == PY_EXPRESSION_STATEMENT && (inner == PY_STRING || inner == PY_ELLIPSIS);
        Node branch = node_kind(n) == PY_IF_STATEMENT ? node_field(n, F_CONSEQUENCE) : n;
        bool is_raise = node_kind(n) == PY_IF_STATEMENT
                            ? node_count(branch) == 1 && node_kind(node_first(branch)) == PY_RAISE_STATEMENT
                            : node_kind(n) == PY_RAISE_STATEMENT;
        if (!is_text && !is_raise && node_kind(n) != PY_PASS_STATEMENT)
            return false;
    }
    return true;
}

static bool is_placeholder(Node n, const Atom *atom)
{
    const Function *function = function_of(n, atom->ref);
    return function && function->class_ && does_nothing(node_field(node_at(n.module, function->node), F_BODY));
}

bool unawaited_is_abstract(Node n)
{
    Type type = type_of(n);
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        const FunctionSummary *maker = atom->is_project ? program_function(ask_program(n), atom->ref) : NULL;
        if (maker && maker->class_ && (maker->flags & FUNCTION_ABSTRACT || is_placeholder(n, atom)))
            return true;
    }
    return false;
}

/* Packages such as pyrogram have a module `sync` that makes their methods sync for who calls them outside of a coroutine. */
static bool has_module_sync(Program *program, uint32_t file)
{
    const Files *files = program->lent;
    Str name = files->name(files->context, file);
    char text[128];
    int length = snprintf(text, sizeof text, "%.*s.sync", (int)str_find(name, '.'), name.p);
    if (length < 0 || length >= (int)sizeof text)
        return false;
    Str sync = str_of(text);
    rests_on_module(program, file, sync);
    uint32_t found = files->find(files->context, file, sync);
    const Summary *summary = found != NO_FILE ? program_load(program, found) : NULL;
    if (summary)
        rests_on_text(program, files->path(files->context, found));
    return summary && (summary->traits & TRAIT_MAKES_METHODS_SYNC);
}

/* The same is done by what a class derives from, in llama_deploy. */
static bool is_made_sync(Node call)
{
    const Function *caller = frame_function(call);
    Program *program = ask_program(call);
    Type type = type_of(call);
    if ((caller && caller->is_async) || !program->lent || !type.count || !type.atoms[0].is_project)
        return false;
    Ref ref = type.atoms[0].ref;
    uint32_t class_ = program_function(program, ref)->class_;
    return has_module_sync(program, ref.file) || (class_ && class_is_made_sync(program, (Ref){ ref.file, class_ - 1 }));
}

/* A module without async words is looked at for what it calls by its name: facts/outlook.h. */
static bool is_unforeseen(Node call)
{
    if (call.module->scan.has_async)
        return false;
    Type type = type_of(call);
    for (uint32_t i = 0; i < type.count; i++) {
        if (!type.atoms[i].is_project || !ask_foresees(call, type.atoms[i].ref))
            return true;
    }
    return type.count == 0;
}

bool unawaited_call(Node call, CoroutineCall *made)
{
    if (!call_gives_coroutine(call, made) || is_unforeseen(call) || is_made_sync(call) || unawaited_is_sync_here(call))
        return false;
    return !made->is_awaitable || (made->api && made->api->colour == COLOUR_AWAITABLE_CONTEXT);
}

/* ---- What to do about it ---- */

/* Whether something behind n binds closer than `await`: `.x`, `[x]`, `(x)`. */
static bool needs_parentheses(Node n)
{
    Node parent = node_parent(n);
    switch (node_kind(parent)) {
    case PY_ATTRIBUTE:
        return node_role(n) == F_OBJECT;
    case PY_SUBSCRIPT:
        return node_role(n) == F_VALUE;
    case PY_CALL:
        return node_role(n) == F_FUNCTION;
    default:
        return false;
    }
}

void unawaited_fix(Pass *pass, Finding *f, Node n)
{
    fix(pass, f, true, "await it");
    bool wraps = needs_parentheses(n);
    fix_replace(pass, f, node_begin(n), node_begin(n), wraps ? "(await " : "await ");
    if (wraps)
        fix_replace(pass, f, node_end(n), node_end(n), ")");
}

/* Whether a function is where a program begins: no loop runs yet when it is called. */
static bool is_beginning(const Function *function, Str name)
{
    bool is_at_top = function->scope->parent && function->scope->parent->kind == SCOPE_MODULE;
    return is_at_top && (str_starts(name, STR("main")) || str_ends(name, STR("main")) || str_starts(name, STR("run")) ||
                            str_is(name, "cli"));
}

void unawaited_help_outside(Pass *pass, Finding *f, Node call, Str callee)
{
    const Function *caller = frame_function(call);
    if (caller && caller->is_async) {
        help(pass, f, "await it: `await %.*s(...)`", STR_ARG(callee));
        return;
    }
    AsyncLibrary library = module_library(call.module);
    Str start = library == LIBRARY_TRIO || library == LIBRARY_ANYIO
                    ? pass_printf(pass, "%s.run(%.*s, ...)", library_name(library), STR_ARG(callee))
                    : pass_printf(pass, "asyncio.run(%.*s(...))", STR_ARG(callee));
    if (!caller) {
        help(pass, f, "%.*s", STR_ARG(start));
        return;
    }
    if (!caller->name) {
        help(pass, f, "write an async function in place of the lambda, and await it there");
        return;
    }
    Str name = names_text(&call.module->names, caller->name);
    also_function(pass, f, caller, "is not async, so it cannot await");
    if (str_starts(name, STR("__")))
        help(pass, f, "move the call into an async method and await it there");
    else if (!is_beginning(caller, name))
        help(pass, f, "make `%.*s` async and await it there", STR_ARG(name));
    else
        help(pass, f, "make `%.*s` async and await it, or run a loop for it: `%.*s`", STR_ARG(name), STR_ARG(start));
}

void unawaited_origin(Pass *pass, Finding *f, const CoroutineCall *made)
{
    if (made->function)
        also_function(pass, f, made->function, "a coroutine function");
    if (!made->is_sure)
        unsure(pass, f);
}

bool unawaited_is_run(Node read)
{
    Node n = node_outermost(read);
    Node parent = node_parent(n);
    if (node_kind(parent) == PY_AWAIT)
        return true;
    if (node_kind(parent) == PY_KEYWORD_ARGUMENT && node_role(n) == F_VALUE)
        n = parent;
    if (node_kind(node_parent(n)) != PY_ARGUMENT_LIST)
        return false;
    ArgumentFate fate = fate_of_argument(n);
    return fate == FATE_AWAITED || fate == FATE_SPAWNED || fate == FATE_SPAWNED_LOOSE;
}

/* ---- Annotations ---- */

static bool is_type_variable(Str name)
{
    bool is_short = name.n <= 2 && name.p[0] >= 'A' && name.p[0] <= 'Z';
    return is_short || (name.n > 1 && (str_ends(name, STR("T")) || str_ends(name, STR("_co"))));
}

/* Words of annotations that say nothing of what is in there. */
static bool is_qualifier(Str name)
{
    return str_is(name, "Final") || str_is(name, "ClassVar") || str_is(name, "Annotated") || str_is(name, "Optional") ||
           str_is(name, "Union") || str_is(name, "typing") || str_is(name, "typing_extensions") ||
           str_is(name, "TypeAlias");
}

Meaning unawaited_meaning(Node type)
{
    static const char *const open[] = { "Any", "Awaitable", "Callable", "Coro", "Coroutine", "Deferred", "Future",
        "Generator", "Task", "object" };
    Meaning meaning = MEANING_UNKNOWN;
    if (node_is_null(type))
        return MEANING_UNKNOWN;
    for (uint32_t id = type.id; id < node_data(type)->after; id++) {
        Node n = node_at(type.module, id);
        Str text = node_text(n);
        if (node_kind(n) == PY_STRING)
            return MEANING_UNKNOWN;
        if (node_kind(n) == PY_NONE)
            meaning = MEANING_PLAIN;
        if (node_kind(n) != PY_IDENTIFIER || is_qualifier(text))
            continue;
        meaning = MEANING_PLAIN;
        for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
            if (str_ends(text, str_of(open[i])))
                return MEANING_AWAITABLE;
        }
        if (is_type_variable(text))
            return MEANING_AWAITABLE;
    }
    return meaning;
}

/* ---- Names ---- */

bool unawaited_assigned(const Module *module, const Site *site, Node *call, CoroutineCall *made)
{
    *call = node_unparenthesized(node_at(module, site->value));
    Node assignment = node_parent(node_at(module, site->node));
    bool is_plain = site->kind == SITE_ASSIGN && node_kind(node_parent(assignment)) == PY_EXPRESSION_STATEMENT;
    bool is_walrus = site->kind == SITE_WALRUS;
    return (is_plain || is_walrus) && node_kind(*call) == PY_CALL && unawaited_call(*call, made);
}

bool unawaited_in_scope(const Scope *scope)
{
    for (uint32_t i = 0; i < scope->bindings.count; i++) {
        const Binding *binding = scope->bindings.items[i];
        for (uint32_t j = 0; j < binding->sites.count; j++) {
            Node call;
            CoroutineCall made;
            if (unawaited_assigned(scope->module, &binding->sites.items[j], &call, &made))
                return true;
        }
    }
    return false;
}

/* ---- The parts of a value ---- */

static bool passes_on(Node n, bool containers)
{
    switch (node_kind(n)) {
    case PY_PARENTHESIZED_EXPRESSION:
    case PY_BOOLEAN_OPERATOR:
    case PY_CONDITIONAL_EXPRESSION:
        return true;
    case PY_EXPRESSION_LIST:
    case PY_TUPLE:
    case PY_LIST:
    case PY_SET:
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
        return containers;
    default:
        return false;
    }
}

/* The middle of `a if b else c` decides, and is not the value; clauses of a comprehension are not either. */
static bool is_part(Node n)
{
    Node parent = node_parent(n);
    if (node_kind(parent) == PY_CONDITIONAL_EXPRESSION && node_same(node_child(parent, 1), n))
        return false;
    return node_role(n) != F_OPERATOR && node_kind(n) != PY_FOR_IN_CLAUSE && node_kind(n) != PY_IF_CLAUSE;
}

Node unawaited_next(Node root, Node previous, bool containers)
{
    uint32_t id = node_is_null(previous) ? root.id : node_data(previous)->after;
    while (id < node_data(root)->after) {
        Node n = node_at(root.module, id);
        bool is_value = node_same(n, root) || is_part(n);
        if (is_value && node_kind(n) == PY_CALL)
            return n;
        id = is_value && passes_on(n, containers) ? id + 1 : node_data(n)->after;
    }
    return node_at(root.module, 0);
}
