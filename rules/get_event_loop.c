/// # get-event-loop
///
/// In a coroutine `asyncio.get_event_loop()` gives the running loop, which is what `asyncio.get_running_loop()` says.
/// Elsewhere it used to make a loop when there was none; Python 3.12 warns of that, and 3.14 raises RuntimeError.
///
/// ```python
/// import asyncio
///
/// async def now():
///     return asyncio.get_event_loop().time()  # expect: AW701
/// ```
///
/// Code that is not async is the case `in-sync`, which is strict: where a loop runs it works, and elsewhere it does
/// not.
///
/// ```python
/// import asyncio
///
/// class Client:
///     def __init__(self):
///         self.loop = asyncio.get_event_loop()  # expect: AW701
///
///     async def connect(self): ...
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def now():
///     return asyncio.get_running_loop().time()
/// ```
///
/// At the start of a program `asyncio.run(main())`, which makes a loop and closes it.
///
/// ## Not reported
///
/// - Functions that catch the RuntimeError, and those that ask whether a loop runs (`loop.is_running()`) or set one
///   themselves. Of coroutines, which have a loop, those that ask `asyncio.get_event_loop().is_running()` at once.
/// - `get_event_loop` of a policy or of another library.
#include "facts/frames.h"
#include "facts/spelling.h"
#include "rule.h"

/* Whether a `try` around n, in the same function, is there for the case that there is no loop. */
static bool is_tried(Node n)
{
    for (Node inner = n; inner.id && node_kind(inner) != PY_FUNCTION_DEFINITION; inner = node_parent(inner)) {
        Node outer = node_parent(inner);
        if (node_kind(outer) == PY_EXCEPT_CLAUSE)
            return true;
        bool is_body = node_kind(outer) == PY_TRY_STATEMENT && node_role(inner) == F_BODY;
        if (is_body && node_child_of(outer, PY_EXCEPT_CLAUSE).id)
            return true;
    }
    return false;
}

/* Whether the function around n, or the module's code, has something to do with loops that may not run. */
static bool asks_for_state(Node n)
{
    static const char *const words[] = { "is_running", "is_closed", "set_event_loop", "new_event_loop" };
    const Function *function = node_function(n);
    Node top = node_at(n.module, function ? function->node : 1);
    NameId names[4];
    bool is_there = false;
    for (size_t i = 0; i < 4; i++) {
        names[i] = names_find(&n.module->names, str_of(words[i]));
        is_there |= names[i] != 0;
    }
    for (uint32_t id = top.id; is_there && id < node_data(top)->after; id++) {
        NameId name = node_data(node_at(n.module, id))->name;
        for (size_t i = 0; name && i < 4; i++) {
            if (name == names[i])
                return true;
        }
    }
    return false;
}

/* `asyncio.get_event_loop().is_running()`, in whatever call of the function: it may be driven by another framework. */
static bool asks_for_running(const Function *function, const Module *module)
{
    NameId asked = names_find(&module->names, STR("is_running"));
    Node top = node_at(module, function->node);
    for (uint32_t id = top.id; asked && id < node_data(top)->after; id++) {
        Node n = node_at(module, id);
        if (node_data(n)->name != asked || node_role(n) != F_ATTRIBUTE)
            continue;
        const Api *api = api_called(node_field(node_parent(n), F_OBJECT));
        if (api && api->role == ROLE_GETS_LOOP)
            return true;
    }
    return false;
}

/* How get_running_loop is written where `callee` stands; empty when it is not imported. */
static Str running_loop(Pass *pass, Node callee)
{
    if (node_kind(callee) == PY_ATTRIBUTE) {
        Str object = node_text(node_field(callee, F_OBJECT));
        return pass_printf(pass, "%.*s.get_running_loop", STR_ARG(object));
    }
    return spelling_at(callee, "asyncio", "get_running_loop");
}

static void check_call(Pass *pass, Node call)
{
    const Api *api = api_called(call);
    if (!api || api->role != ROLE_GETS_LOOP || call.module->source.is_stub || node_is_dead(call) || is_tried(call))
        return;

    const Function *function = frame_on_loop(call);
    bool is_async = function != NULL;
    if (is_async ? asks_for_running(function, call.module) : asks_for_state(call))
        return;
    Node callee = node_field(call, F_FUNCTION);
    Str running = running_loop(pass, callee);
    if (!is_async) {
        Finding *f =
            report(pass, call, "`get_event_loop` outside of a coroutine raises RuntimeError when no loop runs");
        label(pass, f, "since Python 3.14; made a loop before");
        help(pass, f, "`asyncio.get_running_loop()` where a loop runs, `asyncio.run(main())` to start one");
        as_case(pass, f, "in-sync");
        return;
    }
    Finding *f = report(pass, call, "`get_event_loop` in a coroutine means `get_running_loop`");
    if (running.n && node_kind(callee) != PY_PARENTHESIZED_EXPRESSION) {
        fix(pass, f, true, "say that it is the running loop");
        fix_replace(pass, f, node_begin(callee), node_end(callee), "%.*s", STR_ARG(running));
    } else {
        help(pass, f, "asyncio.get_running_loop()");
    }
}

RULE(get_event_loop) = {
    .code = "AW701",
    .name = "get-event-loop",
    .summary = "get_event_loop is asked for the running loop, or for one that is not there",
    .since = "0.1.0",
    .peers = "CH004 reportDeprecated",
    .tier = TIER_ON,
    .severity = SEVERITY_INFO,
    .cases = { { "in-sync", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_CALL, check_call } },
};
