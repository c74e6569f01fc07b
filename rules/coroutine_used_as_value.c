/// # coroutine-used-as-value
///
/// Calling a coroutine function gives a coroutine object, not what the function returns; only `await` gives that. Where the
/// `await` was forgotten, the object takes the place of the result. In a condition nobody notices: a coroutine object is always
/// true, and the check lets everything through.
///
/// ```python
/// async def may_edit(user, page): ...
///
/// async def save(user, page, text):
///     if may_edit(user, page):  # expect: AW203 "`may_edit` is not awaited, and a coroutine is always true"
///         page.text = text
/// ```
///
/// In a text or a log it leaves `<coroutine object ...>`, and elsewhere it raises, mostly in the branch that no test runs:
///
/// ```python
/// import json
///
/// class Store:
///     async def load(self, key):
///         return await self.backend.load(key)
///
///     async def show(self, key):
///         print(f"loaded {self.load(key)}")  # expect: AW203
///         name = self.load(key)["name"]  # expect: AW203 "a coroutine cannot be subscripted"
///         first, second = self.load(key)  # expect: AW203
///         for line in self.load(key):  # expect: AW203
///             print(line)
///         record = self.load(key)  # expect: AW203 "a coroutine has no attribute `title`"
///         return json.dumps(self.load(key)), record.title, name, first, second  # expect: AW203
/// ```
///
/// Where an annotation says that the result is meant, a coroutine is none:
///
/// ```python
/// async def render(page) -> str: ...
///
/// def send(text: str): print(text)
///
/// async def publish(page, store):
///     html: str = render(page)  # expect: AW203 "the annotation says that its result is meant"
///     send(render(page))  # expect: AW203
///     await store.put(html)
/// ```
///
/// The code runs to no end either: what was called has not begun. Python says `coroutine ... was never awaited` when the object is
/// collected, which may be long after.
///
/// The case `sync-file` is strict: the call stands in a file without the word `async`; see AW201.
///
/// ## Use instead
///
/// `await`, in parentheses where something is asked of the result:
///
/// ```python
/// async def load(key): ...
///
/// async def names(keys):
///     found = [(await load(key)).name for key in keys]
///     if any([await load(key) for key in keys]):
///         return found
/// ```
///
/// ## Not reported
///
/// - What coroutine objects have: `send`, `throw`, `close`, `cr_frame` and its like.
/// - A name that may hold something else as well, such as `None`, or that is asked about with `inspect.isawaitable`,
///   `isinstance` or `hasattr` somewhere in the function.
/// - `if work:` or `log(work)` when `work` is awaited, passed on or returned elsewhere in the function.
/// - Awaitable objects of libraries that are awaited, entered or started under their name: `await pool`, `await connection.start()`.
/// - Operators that classes like to teach another meaning: `|`, `>>`, `@`, `&`.
/// - A yield of a coroutine, unless the annotation of the generator says that it yields something else, and those of generators with
///   a decorator that are no `async def`.
#include "facts/uses.h"
#include "finding/misuse.h"
#include "finding/unawaited.h"

typedef struct Reason {
    const char *before, *after; /* what is said around "a coroutine"; without `after` it is not named */
} Reason;

static const Reason reasons[] = {
    [MISUSE_NONE] = { "", NULL },
    [MISUSE_TRUTH] = { ", and ", " is always true" },
    [MISUSE_ATTRIBUTE] = { "", NULL }, /* report_attribute */
    [MISUSE_SUBSCRIPT] = { ": ", " cannot be subscripted" },
    [MISUSE_CALLED] = { ": ", " cannot be called" },
    [MISUSE_EQUAL] = { ", and ", " equals nothing else" },
    [MISUSE_DIFFERENT] = { ", and ", " differs from all else" },
    [MISUSE_ORDERED] = { ": ", " has no order" },
    [MISUSE_IDENTICAL] = { ", and ", " is never anything else" },
    [MISUSE_SOUGHT] = { ": ", " is looked for, not its result" },
    [MISUSE_SEARCHED] = { ": nothing can be looked for in ", "" },
    [MISUSE_CALCULATED] = { ": ", " is no number and no text" },
    [MISUSE_FORMATTED] = { ": the text is that of ", " object" },
    [MISUSE_DUMPED] = { ": ", " cannot be written as JSON" },
    [MISUSE_MEASURED] = { ": ", " has no length" },
    [MISUSE_CONVERTED] = { ": ", " is no number and no text" },
    [MISUSE_ITERATED] = { ": ", " cannot be iterated over" },
    [MISUSE_SPREAD] = { ": ", " is no mapping" },
    [MISUSE_UNPACKED] = { ": ", " cannot be unpacked" },
    [MISUSE_ENTERED] = { ": ", " is no context manager" },
    [MISUSE_DECLARED] = { ": the annotation says that its result is meant", NULL },
};

/* An awaitable object of a library may have the attribute itself, as the result has it: `create_pool().acquire`. */
static Finding *report_attribute(Pass *pass, Node n, Str name, Str attribute, const CoroutineCall *made)
{
    return made->is_awaitable ? report(pass, n, "`%.*s` is not awaited: `%.*s` is meant to be that of its result", STR_ARG(name), STR_ARG(attribute))
                              : report(pass, n, "`%.*s` is not awaited: a coroutine has no attribute `%.*s`", STR_ARG(name), STR_ARG(attribute));
}

static Finding *report_misuse(Pass *pass, Node n, Misuse misuse, Node at, const CoroutineCall *made)
{
    Str name = unawaited_name(pass, n, made);
    if (misuse == MISUSE_ATTRIBUTE)
        return report_attribute(pass, n, name, node_text(node_field(at, F_ATTRIBUTE)), made);
    const Reason *reason = &reasons[misuse];
    const char *noun = !reason->after ? "" : made->is_awaitable ? "an awaitable" : "a coroutine";
    return report(pass, n, "`%.*s` is not awaited%s%s%s", STR_ARG(name), reason->before, noun, reason->after ? reason->after : "");
}

/* ---- What a call gives, used where it is made ---- */

/* `engine.connect().start()` does what `await engine.connect()` does. */
static bool is_started(Misuse misuse, Node at)
{
    Str name = misuse == MISUSE_ATTRIBUTE ? node_text(node_field(at, F_ATTRIBUTE)) : STR("");
    return str_is(name, "start") || str_is(name, "initialize");
}

/* `async with session.get(url)` enters what is no coroutine, and what overrides an abstract method may be an async generator. */
static bool is_possible(Misuse misuse, Node at, Node call, const CoroutineCall *made)
{
    if (made->is_awaitable && (misuse == MISUSE_ENTERED || is_started(misuse, at)))
        return true;
    return (misuse == MISUSE_ENTERED || misuse == MISUSE_ITERATED) && unawaited_is_abstract(call);
}

/* The await whose operand is a chain of attributes, items and calls that begins with n: `await n[0]`. *has_call: with calls. */
static Node await_around(Node n, bool *has_call)
{
    *has_call = false;
    for (Node parent = node_parent(n);; n = parent, parent = node_parent(n)) {
        bool is_callee = node_kind(parent) == PY_CALL && node_role(n) == F_FUNCTION;
        bool is_chain = (node_kind(parent) == PY_ATTRIBUTE && node_role(n) == F_OBJECT) ||
                        (node_kind(parent) == PY_SUBSCRIPT && node_role(n) == F_VALUE);
        if (is_callee)
            *has_call = true;
        else if (!is_chain)
            return node_kind(parent) == PY_AWAIT ? parent : node_at(n.module, 0);
    }
}

/* `await f()[0]` awaits the item: the await moves to the call. What `await f().g()` needs depends on g. */
static void offer_fix(Pass *pass, Finding *f, Node call, Str callee)
{
    bool has_call;
    Node outer = await_around(call, &has_call);
    if (node_is_null(outer)) {
        unawaited_fix(pass, f, call);
    } else if (has_call) {
        help(pass, f, "await the call first: `(await %.*s(...))`", STR_ARG(callee));
    } else {
        fix(pass, f, true, "await the call, not what is asked of it");
        fix_replace(pass, f, node_begin(outer), node_begin(call), "(await ");
        fix_replace(pass, f, node_end(call), node_end(call), ")");
    }
}

static void report_call(Pass *pass, Node call, Misuse misuse, Node at, const CoroutineCall *made)
{
    Finding *f = report_misuse(pass, call, misuse, at, made);
    label(pass, f, made->is_awaitable ? "this is still to be awaited" : "this is the coroutine, not what it returns");
    unawaited_origin(pass, f, made);
    if (unawaited_may_await(call) && misuse != MISUSE_ENTERED)
        offer_fix(pass, f, call, unawaited_name(pass, call, made));
    else
        unawaited_help_outside(pass, f, call, unawaited_name(pass, call, made));
}

static void check_call(Pass *pass, Node call)
{
    Node at;
    Misuse misuse = misuse_of(call, &at);
    CoroutineCall made;
    if (misuse_may_be_meant(misuse) && misuse_is_walrus(call))
        return; /* the name may be awaited later: check_name */
    if (!misuse || !unawaited_call(call, &made) || is_possible(misuse, at, call, &made) || unawaited_is_meant(pass, call))
        return;
    report_call(pass, call, misuse, at, &made);
}

/* ---- A name that holds one ---- */

/* What the reads of a name say together. */
typedef struct Reads {
    bool is_asked; /* somebody asks whether it is a coroutine */
    bool is_used;  /* somewhere it is awaited, passed on, stored */
    bool is_run;   /* somewhere it is surely awaited, or made a task of */
    bool is_opened; /* somewhere it is entered, started or given an attribute: what is no coroutine may have a life of its own */
} Reads;

static bool is_opened(Misuse misuse, Node at)
{
    bool is_changed = misuse == MISUSE_ATTRIBUTE && node_kind(node_parent(at)) == PY_ASSIGNMENT && node_role(at) == F_LEFT;
    return misuse == MISUSE_ENTERED || is_changed || is_started(misuse, at);
}

static Reads reads_of(const Module *module, UseList list)
{
    Reads reads = { 0 };
    for (uint32_t i = 0; i < list.count; i++) {
        Node at, read = node_at(module, list.nodes[i]);
        Misuse misuse = misuse_of(read, &at);
        reads.is_asked |= misuse_is_question(read);
        reads.is_used |= !misuse;
        reads.is_opened |= is_opened(misuse, at);
        reads.is_run |= unawaited_is_run(read);
    }
    return reads;
}

/* At the call, which lacks the await. That is a safe fix when nobody else wants the coroutine itself. */
static void report_name(
    Pass *pass, Node call, const CoroutineCall *made, Node read, Misuse misuse, Node at, bool is_used)
{
    Str callee = unawaited_name(pass, call, made), name = node_text(read);
    Finding *f = report_misuse(pass, call, misuse, at, made);
    label(pass, f, made->is_awaitable ? "`%.*s` is still to be awaited" : "`%.*s` is the coroutine, not what it returns", STR_ARG(name));
    also(pass, f, read, "is used here as if it were the result");
    unawaited_origin(pass, f, made);
    if (!unawaited_may_await(call))
        unawaited_help_outside(pass, f, call, callee);
    else if (is_used)
        help(pass, f, "keep what it returns: `%.*s = await %.*s`", STR_ARG(name), STR_ARG(name));
    else
        unawaited_fix(pass, f, call);
}

/* `if (x := f()):`, when x is not awaited later. */
static bool check_walrus(Pass *pass, Node call, const CoroutineCall *made, const Reads *reads)
{
    Node at;
    Misuse misuse = misuse_is_walrus(call) ? misuse_of(call, &at) : MISUSE_NONE;
    if (!misuse || reads->is_run || reads->is_asked)
        return false;
    report_call(pass, call, misuse, at, made);
    return true;
}

/* `if not found: raise KeyError(key)`: whoever writes that does not mean the coroutine, whatever is done with it afterwards. */
static bool is_vain_guard(Node read)
{
    Node negation = node_parent(read);
    Node statement = node_parent(negation);
    if (node_kind(negation) != PY_NOT_OPERATOR || node_kind(statement) != PY_IF_STATEMENT || node_role(negation) != F_CONDITION)
        return false;
    for (Node n = node_first(node_field(statement, F_CONSEQUENCE)); !node_is_null(n); n = node_next(n)) {
        if (node_kind(n) == PY_RAISE_STATEMENT)
            return true;
    }
    return false;
}

/* One finding for a name, at the first read that goes wrong. */
static void check_name(Pass *pass, Uses *uses, const Binding *binding, Node call, const CoroutineCall *made)
{
    UseList list = uses_of(uses, binding);
    Reads reads = reads_of(call.module, list);
    if (check_walrus(pass, call, made, &reads) || (made->is_awaitable && (reads.is_opened || reads.is_run)))
        return; /* `pool = create_pool(); await pool; pool.acquire()`: awaiting gives the object itself */
    for (uint32_t i = 0; i < list.count && !reads.is_asked; i++) {
        Node at, read = node_at(call.module, list.nodes[i]);
        Misuse misuse = misuse_of(read, &at);
        CoroutineCall held;
        bool is_meant = reads.is_used && misuse_may_be_meant(misuse) && (reads.is_run || !is_vain_guard(read));
        if (!misuse || is_meant || is_possible(misuse, at, call, made))
            continue;
        if (!is_coroutine(read, &held) || node_is_dead(read) || unawaited_is_meant(pass, read))
            continue;
        report_name(pass, call, made, read, misuse, at, reads.is_used);
        return;
    }
}

static void check_scope(Pass *pass, const Function *function, const Scope *scope)
{
    if (!unawaited_in_scope(scope))
        return;
    Uses *uses = uses_new(pass_module(pass), function);
    for (uint32_t i = 0; i < scope->bindings.count; i++) {
        const Binding *binding = scope->bindings.items[i];
        for (uint32_t j = 0; j < binding->sites.count; j++) {
            Node call, at;
            CoroutineCall made;
            if (!unawaited_assigned(scope->module, &binding->sites.items[j], &call, &made) ||
                unawaited_is_meant(pass, call))
                continue;
            Misuse misuse = misuse_of(call, &at);
            if (misuse && !misuse_may_be_meant(misuse))
                continue; /* it is said of the call already */
            check_name(pass, uses, binding, call, &made);
            break;
        }
    }
}

static void check_function(Pass *pass, Node n)
{
    const Function *function = function_at(n.module, n.id);
    if (function)
        check_scope(pass, function, function->scope);
}

static void check_module(Pass *pass, Node n)
{
    check_scope(pass, NULL, n.module->scope);
}

/* ---- Yielded ---- */

/* Whether the annotation of a generator says what it yields, and that this can be awaited, or anything. */
static bool yields_plain_values(const Function *function, const Module *module)
{
    static const char *const vague[] = { "Any", "Awaitable", "Callable", "Coroutine", "Deferred", "Future", "Task",
        "object" };
    Node type = node_field(node_at(module, function->node), F_RETURN_TYPE);
    bool has_items = false;
    for (uint32_t id = type.id; id && id < node_data(type)->after; id++) {
        Node n = node_at(module, id);
        PyKind kind = node_kind(n);
        if (kind == PY_STRING)
            return false;
        has_items |= kind == PY_GENERIC_TYPE || kind == PY_SUBSCRIPT;
        for (size_t i = 0; kind == PY_IDENTIFIER && i < sizeof vague / sizeof *vague; i++) {
            if (str_is(node_text(n), vague[i]))
                return false;
        }
    }
    return has_items;
}

static void check_yield(Pass *pass, Node yield)
{
    Node call = node_unparenthesized(node_first(yield));
    const Function *function = node_function(yield);
    CoroutineCall made;
    if (node_kind(call) != PY_CALL || node_has(yield, NODE_FROM) || !function)
        return;
    if (!function->is_async && function->first_decorator)
        return; /* it may drive a generator that yields what is to be awaited */
    if (!yields_plain_values(function, yield.module) || !unawaited_call(call, &made) || unawaited_is_meant(pass, call))
        return;
    Str name = unawaited_name(pass, call, &made);
    Finding *f = report(pass, call, "`%.*s` is not awaited: the coroutine itself is yielded", STR_ARG(name));
    label(pass, f, "this is the coroutine, not what it returns");
    unawaited_origin(pass, f, &made);
    if (unawaited_may_await(call))
        unawaited_fix(pass, f, call);
    else
        unawaited_help_outside(pass, f, call, name);
}

RULE(coroutine_used_as_value) = {
    .code = "AW203",
    .name = "coroutine-used-as-value",
    .summary = "coroutine object stands where its result was meant",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .reads_sync_files = true,
    .cases = { { "sync-file", TIER_STRICT, SEVERITY_ERROR } },
    .on = { { PY_CALL, check_call }, { PY_FUNCTION_DEFINITION, check_function }, { PY_MODULE, check_module },
        { PY_YIELD, check_yield } },
};
