/// # return-unawaited
///
/// An `async def` that returns a coroutine without awaiting it gives its caller a coroutine where the result was meant, and ends
/// before the work has begun. In a `try` or a `with` that is worse: the handler never sees the exceptions of the work, and the
/// resource is closed before the work uses it. This is the case `in-try`.
///
/// ```python
/// class Store:
///     async def fetch(self, key):
///         return await self.backend.get(key)
///
///     async def get(self, key):
///         try:
///             return self.fetch(key)  # expect: AW206 "`self.fetch` is returned un-awaited: the `except` never sees"
///         except ConnectionError:
///             return None
///
///     async def get_exclusively(self, key):
///         async with self.lock:
///             return self.fetch(key)  # expect: AW206 "the `with` is over before it runs"
/// ```
///
/// When the function says by its annotation or by another `return` that a plain result was meant, it is the case `mixed`:
///
/// ```python
/// async def load(key): ...
///
/// async def find(key) -> str:
///     return load(key)  # expect: AW206
///
/// async def cached(key, cache):
///     if key in cache:
///         return await cache.get(key)
///     return load(key)  # expect: AW206
/// ```
///
/// Elsewhere it may be what somebody wants, who then has to await twice; the case `plain` is for `--select strict`.
///
/// ## Use instead
///
/// ```python
/// class Store:
///     async def fetch(self, key):
///         return await self.backend.get(key)
///
///     async def get(self, key):
///         try:
///             return await self.fetch(key)
///         except ConnectionError:
///             return None
/// ```
///
/// ## Not reported
///
/// - A `def` that returns a coroutine: its caller awaits it.
/// - What `async with` enters as well as `await`, such as `session.get(url)` of aiohttp: it is a value in its own right.
/// - Abstract methods: what overrides them may be an async generator, which is returned as it is.
/// - Functions whose annotation says that they return something to be awaited or called, or anything.
#include "finding/unawaited.h"

/* ---- try and with ---- */

typedef enum Guard { GUARD_NONE, GUARD_EXCEPT, GUARD_FINALLY, GUARD_WITH } Guard;

/* What a try statement does for the part of it that `child` is. */
static Guard guard_of_try(Node statement, Node child)
{
    bool is_body = node_role(child) == F_BODY;
    if (is_body && !node_is_null(node_child_of(statement, PY_EXCEPT_CLAUSE)))
        return GUARD_EXCEPT;
    bool has_finally = !node_is_null(node_child_of(statement, PY_FINALLY_CLAUSE));
    return has_finally && node_kind(child) != PY_FINALLY_CLAUSE ? GUARD_FINALLY : GUARD_NONE;
}

/* The innermost try or with, within the function, that is about what n does. */
static Guard guard_of(Node n, const Function *function)
{
    for (Node parent = node_parent(n); n.id && parent.id != function->node; n = parent, parent = node_parent(n)) {
        Guard guard = GUARD_NONE;
        if (node_kind(parent) == PY_TRY_STATEMENT)
            guard = guard_of_try(parent, n);
        else if (node_kind(parent) == PY_WITH_STATEMENT && node_role(n) == F_BODY)
            guard = GUARD_WITH;
        if (guard)
            return guard;
    }
    return GUARD_NONE;
}

/* ---- What the function means to return ---- */

static bool is_plain_value(Node value)
{
    switch (node_kind(node_unparenthesized(value))) {
    case PY_AWAIT:
    case PY_STRING:
    case PY_CONCATENATED_STRING:
    case PY_INTEGER:
    case PY_FLOAT:
    case PY_TRUE:
    case PY_FALSE:
    case PY_LIST:
    case PY_DICTIONARY:
    case PY_TUPLE:
    case PY_EXPRESSION_LIST:
    case PY_LIST_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
        return true;
    default:
        return false;
    }
}

/* Whether another return of the function gives what is surely no coroutine. In a function of thousands of lines only the
 * beginning is looked at, so that many returns do not take the square of their number. */
static bool returns_plain_values(const Module *module, const Function *function)
{
    enum { NODES_MOST = 1 << 13 };
    const TreeNode *nodes = module->tree.nodes;
    uint32_t after = nodes[function->node].after, most = function->node + NODES_MOST;
    for (uint32_t id = function->node + 1; id < after && id < most; id++) {
        Node n = node_at(module, id);
        bool is_inner = node_kind(n) == PY_FUNCTION_DEFINITION || node_kind(n) == PY_CLASS_DEFINITION;
        if (is_inner)
            id = node_data(n)->after - 1;
        else if (node_kind(n) == PY_RETURN_STATEMENT && is_plain_value(node_first(n)))
            return true;
    }
    return false;
}

/* ---- The rule ---- */

static const char *const consequences[] = {
    [GUARD_NONE] = "the caller gets a coroutine",
    [GUARD_EXCEPT] = "the `except` never sees its exceptions",
    [GUARD_FINALLY] = "the `finally` is over before it runs",
    [GUARD_WITH] = "the `with` is over before it runs",
};

static void check_call(Pass *pass, Node call, const Function *function)
{
    CoroutineCall made;
    Node definition = node_at(call.module, function->node);
    Meaning meaning = unawaited_meaning(node_field(definition, F_RETURN_TYPE));
    if (meaning == MEANING_AWAITABLE || !unawaited_call(call, &made) || made.is_awaitable ||
        unawaited_is_abstract(call) || unawaited_is_meant(pass, call))
        return;

    Guard guard = guard_of(call, function);
    bool is_mixed = meaning == MEANING_PLAIN || returns_plain_values(call.module, function);
    Str name = unawaited_name(pass, call, &made);
    Finding *f = report(pass, call, "`%.*s` is returned un-awaited: %s", STR_ARG(name), consequences[guard]);
    as_case(pass, f, guard ? "in-try" : is_mixed ? "mixed" : "plain");
    label(pass, f, "this is the coroutine, not what it returns");
    unawaited_origin(pass, f, &made);
    unawaited_fix(pass, f, call);
}

static void check_return(Pass *pass, Node statement)
{
    const Function *function = node_function(statement);
    Node value = node_first(statement), none = node_at(statement.module, 0);
    if (!function || !function->is_async || node_is_null(value))
        return;
    for (Node call = unawaited_next(value, none, false); call.id; call = unawaited_next(value, call, false)) {
        /* What `and` and `or` test is no result: coroutine-used-as-value. */
        bool is_tested = node_kind(node_parent(call)) == PY_BOOLEAN_OPERATOR && node_role(call) == F_LEFT;
        if (!is_tested)
            check_call(pass, call, function);
    }
}

RULE(return_unawaited) = {
    .code = "AW206",
    .name = "return-unawaited",
    .summary = "async function returns a coroutine instead of its result",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .cases = { { "in-try", TIER_ON, SEVERITY_ERROR }, { "mixed", TIER_ON, SEVERITY_ERROR },
        { "plain", TIER_STRICT, SEVERITY_WARNING } },
    .on = { { PY_RETURN_STATEMENT, check_return } },
};
