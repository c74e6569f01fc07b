#include "facts/handled.h"

#include "facts/api.h"
#include "python/flow.h"

/* What real code never gets near to. */
enum { CLAUSES_MOST = 64, NODES_MOST = 1 << 14 };

static bool is_other_frame(Node n)
{
    PyKind kind = node_kind(n);
    return kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION;
}

static bool has_raise(Node n)
{
    for (uint32_t id = n.id; id && id < node_data(n)->after;) {
        Node part = node_at(n.module, id);
        if (node_kind(part) == PY_RAISE_STATEMENT)
            return true;
        id = is_other_frame(part) ? node_data(part)->after : id + 1;
    }
    return false;
}

/* Whether no exception of its body leaves the statement. */
static bool catches_all(Node statement)
{
    uint32_t clauses = 0;
    bool is_broad = false;
    for (Node clause = node_first(statement); clause.id; clause = node_next(clause)) {
        if (node_kind(clause) != PY_EXCEPT_CLAUSE)
            continue;
        Catches catches = except_catches(clause);
        is_broad |= catches == CATCHES_EXCEPTION || catches == CATCHES_ALL;
        /* A cancellation that goes on is no error. */
        if (++clauses > CLAUSES_MOST || (catches != CATCHES_CANCELLED && has_raise(clause)))
            return false;
    }
    return is_broad;
}

static bool is_any_of(Str name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(name, words[i]))
            return true;
    }
    return false;
}

static Str last_name(Node call)
{
    Node callee = node_field(call, F_FUNCTION);
    return node_text(node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee);
}

/* Calls that raise in no program that works at all: of loggers, of clocks, and of what collections, events and tasks can be asked. */
static bool is_quiet(Node call)
{
    static const char *const words[] = { "Event", "add", "append", "cancel", "cancelled", "clear", "close", "copy",
        "create_task", "critical", "debug", "dict", "discard", "done", "error", "exception", "get", "get_running_loop",
        "getattr", "info", "is_set", "isinstance", "items", "keys", "len", "list", "log", "monotonic", "perf_counter",
        "print", "set", "time", "values", "warning" };
    const Api *api = api_called(call);
    bool waits = api && (api->hazard != HAZARD_NONE || api->colour == COLOUR_COROUTINE);
    return !waits && is_any_of(last_name(call), words, sizeof words / sizeof *words);
}

/* `await asyncio.sleep(1)`, `await self.stop.wait()`, `await queue.get()`: what can only be cancelled. */
static bool is_quiet_wait(Node call)
{
    static const char *const sleeps[] = { "asyncio.sleep", "trio.sleep", "anyio.sleep" };
    static const char *const words[] = { "wait", "get" };
    if (node_kind(call) != PY_CALL)
        return false;
    if (is_any_of(qualified_name(node_field(call, F_FUNCTION)), sleeps, sizeof sleeps / sizeof *sleeps))
        return true;
    return !node_first(node_field(call, F_ARGUMENTS)).id &&
           is_any_of(last_name(call), words, sizeof words / sizeof *words);
}

static bool may_raise(Node n)
{
    switch (node_kind(n)) {
    case PY_AWAIT:
        return !is_quiet_wait(node_unparenthesized(node_first(n)));
    case PY_RAISE_STATEMENT:
        return true;
    case PY_CALL:
        return !is_quiet(n) && !(node_kind(node_parent(n)) == PY_AWAIT && is_quiet_wait(n));
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
    case PY_WITH_STATEMENT:
        return node_has(n, NODE_ASYNC);
    default:
        return false;
    }
}

bool handles_exceptions(Node function)
{
    Node body = node_field(function, F_BODY);
    bool handles = false, calls = false, does_something = false;
    if (!body.id || node_data(body)->after - body.id > NODES_MOST)
        return false;
    for (uint32_t id = body.id; id < node_data(body)->after;) {
        Node n = node_at(function.module, id), outer = node_parent(n);
        bool is_guarded =
            node_kind(outer) == PY_TRY_STATEMENT &&
            (node_role(n) == F_BODY || node_kind(n) == PY_EXCEPT_CLAUSE || node_kind(n) == PY_FINALLY_CLAUSE) &&
            catches_all(outer);
        if (!is_guarded && may_raise(n)) {
            if (node_kind(n) != PY_CALL || node_kind(node_parent(n)) == PY_AWAIT)
                return false;
            calls = true;
        }
        handles |= is_guarded;
        does_something |= node_kind(n) == PY_CALL;
        id = is_guarded || is_other_frame(n) ? node_data(n)->after : id + 1;
    }
    return handles || (does_something && !calls);
}
