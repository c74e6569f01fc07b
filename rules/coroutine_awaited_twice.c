/// # coroutine-awaited-twice
///
/// A coroutine object runs once. Awaiting it again raises `RuntimeError: cannot reuse already awaited coroutine`; a retry that
/// awaits the same object has only one try.
///
/// ```python
/// async def fetch(url): ...
///
/// async def fetch_safely(url):
///     request = fetch(url)
///     for attempt in range(3):
///         try:
///             return await request  # expect: AW214 "`request` is awaited again in a loop"
///         except ConnectionError:
///             print("again", attempt)
///
/// async def both(url):
///     page = fetch(url)
///     first = await page
///     second = await page  # expect: AW214 "`page` is awaited twice"
///     return first, second
/// ```
///
/// A coroutine that a task runs, or `gather`, is used up as well:
///
/// ```python
/// import asyncio
///
/// async def fetch(url): ...
///
/// async def warm(url):
///     page = fetch(url)
///     task = asyncio.create_task(page)
///     await page  # expect: AW214
///     await task
/// ```
///
/// ## Use instead
///
/// Call the function again for another run; make a task where the one result is wanted in several places:
///
/// ```python
/// import asyncio
///
/// async def fetch(url): ...
///
/// async def fetch_safely(url):
///     for attempt in range(3):
///         try:
///             return await fetch(url)
///         except ConnectionError:
///             print("again", attempt)
///
/// async def both(url):
///     page = asyncio.create_task(fetch(url))
///     return await page, await page
/// ```
///
/// ## Not reported
///
/// - Tasks and futures, which may be awaited again and again.
/// - Two awaits of which only one can run, and those that depend on conditions of their own.
/// - Tests of just that, in a `with` that waits for a `RuntimeError`.
/// - A name that gets another coroutine in between.
#include "facts/uses.h"
#include "finding/unawaited.h"

/* ---- Loops ---- */

/* Whether the read stands, within its loop, under a condition that may see to it that it runs once only. */
static bool is_conditional_in_loop(Node read)
{
    for (Node n = read, parent = node_parent(n); !node_is_null(parent); n = parent, parent = node_parent(n)) {
        switch (node_kind(parent)) {
        case PY_FOR_STATEMENT:
        case PY_WHILE_STATEMENT:
        case PY_LIST_COMPREHENSION:
        case PY_SET_COMPREHENSION:
        case PY_DICTIONARY_COMPREHENSION:
        case PY_FUNCTION_DEFINITION:
            return false;
        case PY_IF_STATEMENT:
        case PY_CASE_CLAUSE:
        case PY_EXCEPT_CLAUSE:
        case PY_CONDITIONAL_EXPRESSION:
        case PY_BOOLEAN_OPERATOR:
            return true;
        default:
            break;
        }
    }
    return false;
}

/* ---- Two uses on one path ---- */

typedef struct Held {
    Uses *uses;
    Node target; /* what the coroutine is assigned to */
    Node call;   /* what makes it */
    CoroutineCall made;
} Held;

/* Whether `second` uses up again what `first` has used up, on every path to it or from there. */
static bool follows(const Held *held, Node first, Node second)
{
    Node none = node_at(first.module, 0);
    if (!uses_leads(held->uses, held->target, first, none) || !uses_leads(held->uses, first, second, none))
        return false;
    if (node_same(first, second))
        return !is_conditional_in_loop(first);
    return !uses_leads(held->uses, held->target, second, first) || !uses_leads_out(held->uses, first, second);
}

static void report_twice(Pass *pass, const Held *held, Node first, Node second)
{
    Str name = node_text(second), callee = unawaited_name(pass, held->call, &held->made);
    bool is_loop = node_same(first, second);
    Finding *f = report(pass, second,
        is_loop ? "`%.*s` is awaited again in a loop: a coroutine runs once"
                : "`%.*s` is awaited twice: a coroutine runs once",
        STR_ARG(name));
    label(pass, f, "raises RuntimeError");
    also(pass, f, held->call, "the coroutine is made here");
    if (!is_loop)
        also(pass, f, first, "and used up here");
    if (!held->made.is_sure)
        unsure(pass, f);
    if (is_loop)
        help(pass, f, "call `%.*s` in the loop", STR_ARG(callee));
    else
        help(pass, f, "call `%.*s` again, or keep a task of it, which can be awaited more than once", STR_ARG(callee));
}

/* `with pytest.raises(RuntimeError): group.create_task(x)` tests that it is not. */
static bool is_used_up(Node read)
{
    return unawaited_is_run(read) && !unawaited_expects(read, "RuntimeError", "TypeError");
}

/* The pairs of many awaits of one name are not worth their number. */
enum { READS_MOST = 16, LOOKED_AT_MOST = 256 };

static void check_held(Pass *pass, const Held *held, const Binding *binding)
{
    Node reads[READS_MOST];
    uint32_t count = 0;
    UseList list = uses_of(held->uses, binding);
    for (uint32_t i = 0; i < list.count && i < LOOKED_AT_MOST && count < READS_MOST; i++) {
        CoroutineCall read;
        Node n = node_at(held->call.module, list.nodes[i]);
        if (is_used_up(n) && is_coroutine(n, &read) && !read.is_awaitable)
            reads[count++] = n;
    }
    for (uint32_t second = 0; second < count; second++) {
        for (uint32_t first = 0; first < count; first++) {
            if (!follows(held, reads[first], reads[second]))
                continue;
            report_twice(pass, held, reads[first], reads[second]);
            return;
        }
    }
}

static void check_function(Pass *pass, Node n)
{
    const Function *function = function_at(n.module, n.id);
    if (!function || n.module->source.is_stub || !unawaited_in_scope(function->scope))
        return;
    Held held = { .uses = uses_new(pass_module(pass), function) };
    for (uint32_t i = 0; i < function->scope->bindings.count; i++) {
        const Binding *binding = function->scope->bindings.items[i];
        if (uses_is_shared(held.uses, binding))
            continue;
        for (uint32_t j = 0; j < binding->sites.count; j++) {
            const Site *site = &binding->sites.items[j];
            held.target = node_at(n.module, site->node);
            if (unawaited_assigned(n.module, site, &held.call, &held.made) && !held.made.is_awaitable &&
                !unawaited_is_meant(pass, held.call))
                check_held(pass, &held, binding);
        }
    }
}

RULE(coroutine_awaited_twice) = {
    .code = "AW214",
    .name = "coroutine-awaited-twice",
    .summary = "the same coroutine object is awaited again, which raises",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .on = { { PY_FUNCTION_DEFINITION, check_function } },
};
