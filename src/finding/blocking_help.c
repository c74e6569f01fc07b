/* The way out of a blocking call. */
#include "facts/spelling.h"
#include "finding/blocking.h"
#include "finding/pass.h"

/* What runs a function in a thread, as the file can write it. */
typedef struct Offload {
    const char *name; /* "asyncio.to_thread" */
    Str spelling;     /* as it is imported at the call; empty when it is not */
    bool takes_keywords;
} Offload;

static Offload offload_for(Pass *pass, Node call)
{
    switch (module_library(call.module)) {
    case LIBRARY_TRIO:
        return (Offload){ "trio.to_thread.run_sync", spelling_at(call, "trio", "to_thread.run_sync"), false };
    case LIBRARY_ANYIO:
        return (Offload){ "anyio.to_thread.run_sync", spelling_at(call, "anyio", "to_thread.run_sync"), false };
    default:
        break;
    }
    if (pass->target_minor && pass->target_minor < 9)
        return (Offload){ "asyncio.get_running_loop().run_in_executor", STR(""), false };
    return (Offload){ "asyncio.to_thread", spelling_at(call, "asyncio", "to_thread"), true };
}

const char *thread_call(Pass *pass, Node n)
{
    return offload_for(pass, n).name;
}

static bool has_keywords(Node arguments)
{
    for (Node n = node_first(arguments); !node_is_null(n); n = node_next(n)) {
        if (node_kind(n) == PY_KEYWORD_ARGUMENT || node_kind(n) == PY_DICTIONARY_SPLAT)
            return true;
    }
    return false;
}

/* What stands between the parentheses, as far as it may be shown in a line of help. */
static Str arguments_in_words(Node call)
{
    enum { LONGEST = 48 };
    Node arguments = node_field(call, F_ARGUMENTS);
    Str text = node_text(arguments);
    if (node_kind(arguments) != PY_ARGUMENT_LIST || text.n > LONGEST || text.n < 2 || str_find(text, '\n') < text.n)
        return STR("...");
    return str_trim(str_slice(text, 1, text.n - 1));
}

static Str offload_in_words(Pass *pass, const Blocking *b, const Offload *offload)
{
    Node arguments = node_field(b->at, F_ARGUMENTS);
    Str callee = callee_in_words(pass, b->at, api_shown(b->api));
    Str given = arguments_in_words(b->at);
    const char *comma = given.n ? ", " : "";
    const char *first = strstr(offload->name, "run_in_executor") ? "None, " : "";
    if (!offload->takes_keywords && has_keywords(arguments))
        return pass_printf(pass, "await %s(%sfunctools.partial(%.*s%s%.*s))", offload->name, first, STR_ARG(callee),
            comma, STR_ARG(given));
    return pass_printf(pass, "await %s(%s%.*s%s%.*s)", offload->name, first, STR_ARG(callee), comma, STR_ARG(given));
}

bool blocking_can_await(const Blocking *b)
{
    const Function *function = node_function(b->at);
    if (function != b->function)
        return false;
    for (Node n = node_parent(b->at); n.id > function->node; n = node_parent(n)) {
        switch (node_kind(n)) {
        case PY_GENERATOR_EXPRESSION:
        case PY_LIST_COMPREHENSION:
        case PY_SET_COMPREHENSION:
        case PY_DICTIONARY_COMPREHENSION:
        case PY_CLASS_DEFINITION:
        case PY_DECORATOR:
        case PY_PARAMETERS:
            return false;
        default:
            break;
        }
    }
    return true;
}

static bool needs_parentheses(Node call)
{
    PyField role = node_role(call);
    PyKind parent = node_kind(node_parent(call));
    return (parent == PY_ATTRIBUTE && role == F_OBJECT) || (parent == PY_SUBSCRIPT && role == F_VALUE) ||
           (parent == PY_CALL && role == F_FUNCTION);
}

/* `f(x)` becomes `await asyncio.to_thread(f, x)`. */
static bool fix_by_thread(Pass *pass, Finding *f, const Blocking *b, const Offload *offload, bool is_safe)
{
    Node callee = node_field(b->at, F_FUNCTION), arguments = node_field(b->at, F_ARGUMENTS);
    Str text = callee_in_words(pass, b->at, "");
    if (!offload->spelling.n || !text.n || b->is_awaited || node_kind(arguments) != PY_ARGUMENT_LIST ||
        !blocking_can_await(b) || (!offload->takes_keywords && has_keywords(arguments)))
        return false;
    Str title = pass_printf(pass, "run it in a thread: `%.*s`", STR_ARG(offload_in_words(pass, b, offload)));
    bool wraps = needs_parentheses(b->at);
    fix(pass, f, is_safe, title.p);
    fix_replace(
        pass, f, node_begin(callee), node_end(callee), "%sawait %.*s", wraps ? "(" : "", STR_ARG(offload->spelling));
    uint32_t inside = node_begin(arguments) + 1;
    fix_replace(pass, f, inside, inside, "%.*s%s", STR_ARG(text), node_is_null(node_first(arguments)) ? "" : ", ");
    if (wraps)
        fix_replace(pass, f, node_end(b->at), node_end(b->at), ")");
    return true;
}

/* The call that the blocking one is an argument of, and that would run it elsewhere if it were passed and not called. */
static Node offload_around(Node call)
{
    Node argument = call, list = node_parent(call);
    if (node_kind(list) == PY_KEYWORD_ARGUMENT) {
        argument = list;
        list = node_parent(list);
    }
    bool is_argument = node_kind(list) == PY_ARGUMENT_LIST && fate_of_argument(argument) == FATE_OFFLOADED;
    return is_argument ? node_parent(list) : node_at(call.module, 0);
}

void help_thread(Pass *pass, Finding *f, const Blocking *b, ThreadFix how)
{
    if (node_kind(b->at) != PY_CALL)
        return;
    Node outer = offload_around(b->at);
    Str callee = callee_in_words(pass, b->at, api_shown(b->api));
    if (!node_is_null(outer)) {
        Str runner = callee_in_words(pass, outer, "it");
        help(pass, f, "pass `%.*s` and its arguments to `%.*s`; called here, it runs before the thread is asked",
            STR_ARG(callee), STR_ARG(runner));
        return;
    }
    Offload offload = offload_for(pass, b->at);
    if (how != FIX_NONE && fix_by_thread(pass, f, b, &offload, how == FIX_SAFE))
        return;
    help(pass, f, "%.*s", STR_ARG(offload_in_words(pass, b, &offload)));
}

/* A method of the same object that is its async form: `invoke` and `ainvoke`. Empty: the way out is something else. */
static Str twin_of(const Api *api)
{
    Str owner = api_owner(api), instead = str_of(api->instead);
    if (!owner.n || !str_starts(instead, owner) || instead.n <= owner.n + 1 || instead.p[owner.n] != '.')
        return STR("");
    Str last = str_slice(instead, owner.n + 1, instead.n);
    const Api *twin = api_find(instead);
    return twin && twin->colour == COLOUR_COROUTINE && str_find(last, '.') == last.n ? last : STR("");
}

/* A way out is none when it needs another library than the file is written for, or one more dependency for a file. */
static bool is_at_hand(const Module *module, Str instead)
{
    static const char *const extra[] = { "aiofiles", "anyio", "trio" };
    Str package = str_slice(instead, 0, str_find(instead, '.'));
    for (size_t i = 0; i < sizeof extra / sizeof *extra; i++) {
        if (str_is(package, extra[i]))
            return names_find(&module->names, package) != 0;
    }
    return !str_is(package, "asyncio") || module_library(module) != LIBRARY_TRIO;
}

/* `await client.ainvoke(...)`: the async form of a method on the same object. */
static bool help_twin(Pass *pass, Finding *f, const Blocking *b)
{
    Str twin = twin_of(b->api);
    Node object = node_field(node_field(b->at, F_FUNCTION), F_OBJECT);
    if (!twin.n || node_is_null(object))
        return false;
    Str text = node_text(object);
    bool is_short = text.n <= 50 && str_find(text, '\n') == text.n;
    help(pass, f, "await %.*s.%.*s(%.*s)", STR_ARG(is_short ? text : STR("...")), STR_ARG(twin),
        STR_ARG(arguments_in_words(b->at)));
    return true;
}

void help_instead(Pass *pass, Finding *f, const Blocking *b)
{
    Str instead = str_of(b->api->instead), loop = STR("asyncio.AbstractEventLoop.");
    if (!instead.n || strstr(b->api->instead, "to_thread") || !is_at_hand(b->at.module, instead) ||
        help_twin(pass, f, b))
        return;
    if (str_find(instead, '(') < instead.n || str_find(instead, ' ') < instead.n)
        help(pass, f, "%.*s", STR_ARG(instead));
    else if (str_starts(instead, loop))
        help(pass, f, "`loop.%.*s` does it without blocking", STR_ARG(str_slice(instead, loop.n, instead.n)));
    else
        help(pass, f, "`%.*s` does it without blocking", STR_ARG(instead));
}
