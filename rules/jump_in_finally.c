/// # jump-in-finally
///
/// `return`, `break` and `continue` in a `finally` throw away the exception that is on its way. In a coroutine that is
/// also how cancellation arrives: it vanishes, and the caller gets a value as if all were well. Python 3.14 warns of it
/// (PEP 765).
///
/// ```python
/// async def fetch(client, url):
///     try:
///         return await client.get(url)
///     finally:
///         client.close()
///         return None  # expect: AW407
///
/// async def poll(devices):
///     for device in devices:
///         try:
///             await device.read()
///         finally:
///             continue  # expect: AW407
/// ```
///
/// ## Use instead
///
/// Leave the jump to the code behind the `try`, and say which exceptions are meant:
///
/// ```python
/// async def fetch(client, url):
///     try:
///         return await client.get(url)
///     except OSError:
///         return None
///     finally:
///         client.close()
/// ```
///
/// ## Not reported
///
/// - A `break` or `continue` of a loop that stands in the `finally` itself.
/// - Functions that are not async, and `try` bodies without an `await`: no cancellation passes there. Nor does one behind a
///   bare `except:` or `except BaseException:` that neither raises nor awaits.
#include "python/flow.h"
#include "rule.h"

/* The `finally` that the jump leaves, or a null node. */
static Node left_finally(Node jump)
{
    bool is_return = node_kind(jump) == PY_RETURN_STATEMENT;
    Node inner = jump;
    for (Node n = node_parent(jump); n.id; n = node_parent(n)) {
        PyKind kind = node_kind(n);
        bool is_loop = kind == PY_FOR_STATEMENT || kind == PY_WHILE_STATEMENT;
        if (kind == PY_FINALLY_CLAUSE)
            return n;
        if (kind == PY_FUNCTION_DEFINITION || kind == PY_CLASS_DEFINITION ||
            (is_loop && !is_return && node_role(inner) == F_BODY))
            break;
        inner = n;
    }
    return node_at(jump.module, 0);
}

/* The first suspension point below n, in the same frame. */
static Node first_await(Node n)
{
    for (uint32_t id = n.id; id && id < node_data(n)->after;) {
        Node part = node_at(n.module, id);
        PyKind kind = node_kind(part);
        bool is_other = kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION;
        bool is_async_block = (kind == PY_FOR_STATEMENT || kind == PY_WITH_STATEMENT) && node_has(part, NODE_ASYNC);
        if (kind == PY_AWAIT || is_async_block)
            return part;
        id = is_other ? node_data(part)->after : id + 1;
    }
    return node_at(n.module, 0);
}

static bool has_raise(Node n)
{
    for (uint32_t id = n.id; id && id < node_data(n)->after;) {
        Node part = node_at(n.module, id);
        PyKind kind = node_kind(part);
        bool is_other = kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION;
        if (kind == PY_RAISE_STATEMENT)
            return true;
        id = is_other ? node_data(part)->after : id + 1;
    }
    return false;
}

/* Where a cancellation may come from that gets to the `finally` of a `try`: its body or, when a handler has taken all
 * that is raised there, the handlers and the `else`; a null node when none gets there. */
static Node first_source(Node statement)
{
    Node await = first_await(node_field(statement, F_BODY)), later = node_at(statement.module, 0);
    bool is_caught = false;
    for (Node n = node_first(statement); n.id; n = node_next(n)) {
        PyKind kind = node_kind(n);
        if (kind != PY_EXCEPT_CLAUSE && kind != PY_ELSE_CLAUSE)
            continue;
        if (has_raise(n))
            return await;
        is_caught |= kind == PY_EXCEPT_CLAUSE && except_catches(n) == CATCHES_ALL;
        if (!later.id)
            later = first_await(n);
    }
    return is_caught && await.id ? later : await;
}

static const char *word_of(Node jump)
{
    if (node_kind(jump) == PY_RETURN_STATEMENT)
        return "return";
    return node_kind(jump) == PY_BREAK_STATEMENT ? "break" : "continue";
}

/* Whether n begins code that a jump of its own does not leave: another frame, or a `finally` that it leaves first. */
static bool is_aside(Node n)
{
    PyKind kind = node_kind(n);
    return kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION ||
           kind == PY_FINALLY_CLAUSE;
}

/* The next jump behind `previous` (a null node: the first) that leaves the `finally`; a null node when there is no more. */
static Node next_jump(Node finally, Node previous)
{
    for (uint32_t id = (previous.id ? previous.id : finally.id) + 1; id < node_data(finally)->after;) {
        Node n = node_at(finally.module, id);
        PyKind kind = node_kind(n);
        bool is_jump = kind == PY_RETURN_STATEMENT || kind == PY_BREAK_STATEMENT || kind == PY_CONTINUE_STATEMENT;
        if (is_jump && node_same(left_finally(n), finally) && !node_is_dead(n))
            return n;
        id = is_aside(n) ? node_data(n)->after : id + 1;
    }
    return node_at(finally.module, 0);
}

static void check_finally(Pass *pass, Node finally)
{
    enum { SHOWN_MOST = 5 };
    const Function *function = node_function(finally);
    Node jump = next_jump(finally, node_at(finally.module, 0));
    if (!jump.id || !function || !function->is_async)
        return;
    Node await = first_source(node_parent(finally));
    if (!await.id)
        return;
    Finding *f = report(pass, jump, "`%s` in `finally` swallows cancellation and every other exception", word_of(jump));
    label(pass, f, "drops the exception that is on its way");
    if (node_kind(await) == PY_AWAIT)
        also(pass, f, await, "may be cancelled here");
    Node other = next_jump(finally, jump);
    for (int i = 0; other.id && i < SHOWN_MOST; i++, other = next_jump(finally, other))
        also(pass, f, other, "so does this `%s`", word_of(other));
    help(pass, f, "move it behind the `try`, and name the exceptions in an `except`");
}

RULE(jump_in_finally) = {
    .code = "AW407",
    .name = "jump-in-finally",
    .summary = "return, break or continue in finally drops cancellation",
    .since = "0.1.0",
    .peers = "B012 W0150 PLW0150 S1143 SIM107 CH029",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .on = { { PY_FINALLY_CLAUSE, check_finally } },
};
