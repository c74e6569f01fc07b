/// # missing-await
///
/// Calling a coroutine function runs nothing of it: the call gives a coroutine object, and only `await` (or a task) runs it.
/// When the object is dropped the work is silently not done; Python says `coroutine ... was never awaited` at some later
/// time, if anybody looks.
///
/// ```python
/// async def save(order): ...
///
/// async def checkout(order):
///     save(order)  # expect: AW201 "`save` is never awaited, so it does not run"
///     return "thank you"
/// ```
///
/// Found for functions and methods of the same file, through `self`, `cls`, `super()`, class names and aliases, and for what
/// is known of libraries (`asyncio.sleep(1)`). Also where the call is a part of the statement:
///
/// ```python
/// class Mailer:
///     async def send(self, letter):
///         await self.transport.write(letter)
///
///     async def flush(self, letters, is_open):
///         is_open and self.send(letters[0])  # expect: AW201
///         [self.send(letter) for letter in letters]  # expect: AW201
/// ```
///
/// A call in a function that is not async, and at the top of a module, is as lost:
///
/// ```python
/// async def main(): ...
///
/// if __name__ == "__main__":
///     main()  # expect: AW201
/// ```
///
/// ## Use instead
///
/// ```python
/// import asyncio
///
/// async def save(order): ...
///
/// async def checkout(order):
///     await save(order)
///
/// async def import_all(orders):
///     async with asyncio.TaskGroup() as group:
///         for order in orders:
///             group.create_task(save(order))
///
/// if __name__ == "__main__":
///     asyncio.run(checkout("1 tea"))
/// ```
///
/// ## Not reported
///
/// - A coroutine that is assigned, returned, passed on, stored or yielded.
/// - Functions with a decorator that is not known to leave a coroutine function one. Known are `functools.wraps`,
///   `staticmethod`, `abstractmethod`, `override`, `tenacity.retry` and their like.
/// - Names that may be something else: bound twice, overridden by a sync method in the same file, or an attribute that is
///   assigned anywhere in the file.
/// - Async generators, whose call gives no coroutine.
/// - Tests of just that: calls in a `with` that waits for a `TypeError` (wrong arguments) or a `RuntimeWarning`.
/// - Stub files, and code that never runs.
#include "facts/coroutines.h"
#include "facts/frames.h"
#include "facts/spelling.h"
#include "rule.h"

/* Expressions that pass their value on to the statement, so that what they hold is dropped with it. */
static bool is_dropped_with_its_parts(Node n)
{
    switch (node_kind(n)) {
    case PY_PARENTHESIZED_EXPRESSION:
    case PY_BOOLEAN_OPERATOR:
    case PY_CONDITIONAL_EXPRESSION:
    case PY_EXPRESSION_LIST:
    case PY_TUPLE:
    case PY_LIST:
    case PY_SET:
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
        return true;
    default:
        return false;
    }
}

/* The middle of `a if b else c` decides, and is not the value. */
static bool is_condition(Node n)
{
    Node parent = node_parent(n);
    return node_kind(parent) == PY_CONDITIONAL_EXPRESSION && node_same(node_child(parent, 1), n);
}

/* Whether TypeError or RuntimeWarning is among the arguments of a call, also in a tuple. */
static bool names_expected_error(Node call)
{
    Node arguments = node_field(call, F_ARGUMENTS);
    for (uint32_t id = arguments.id + 1; arguments.id && id < node_data(arguments)->after; id++) {
        Node n = node_at(call.module, id);
        if (node_kind(n) != PY_IDENTIFIER)
            continue;
        Str text = node_text(n);
        if (str_is(text, "TypeError") || str_is(text, "RuntimeWarning"))
            return true;
    }
    return false;
}

/* A test that calls with wrong arguments, or that waits for the warning: `with pytest.raises(TypeError):`,
 * `with self.assertWarns(RuntimeWarning):`. */
static bool is_meant_to_fail(Node call)
{
    Node n = node_parent(call);
    for (; !node_is_null(n) && node_kind(n) != PY_FUNCTION_DEFINITION; n = node_parent(n)) {
        Node clause = node_kind(n) == PY_WITH_STATEMENT ? node_child_of(n, PY_WITH_CLAUSE) : node_at(n.module, 0);
        for (Node item = node_first(clause); !node_is_null(item); item = node_next(item)) {
            Node value = node_field(item, F_VALUE);
            Node manager = node_kind(value) == PY_AS_PATTERN ? node_first(value) : value;
            if (node_kind(manager) == PY_CALL && names_expected_error(manager))
                return true;
        }
    }
    return false;
}

/* The callee as the user wrote it, as far as it fits into a sentence. */
static Str callee_text(Pass *pass, Node call, const CoroutineCall *made)
{
    enum { LONGEST = 60 };
    Str text = node_text(node_field(call, F_FUNCTION));
    if (text.n <= LONGEST && str_find(text, '\n') == text.n && str_find(text, '\r') == text.n)
        return text;
    return made->function ? made->function->qualname : pass_printf(pass, "%s", made->api->name);
}

/* What to do where there is no await: at module level and in sync functions. */
static void help_outside(Pass *pass, Finding *f, Node call, Str callee)
{
    const Function *caller = frame_function(call);
    AsyncLibrary library = module_library(call.module);
    Str start = library == LIBRARY_TRIO || library == LIBRARY_ANYIO
                    ? pass_printf(pass, "%s.run(%.*s, ...)", library_name(library), STR_ARG(callee))
                    : pass_printf(pass, "asyncio.run(%.*s(...))", STR_ARG(callee));
    if (!caller || !caller->name) {
        help(pass, f, "%.*s", STR_ARG(start));
        return;
    }
    Str name = names_text(&call.module->names, caller->name);
    also_function(pass, f, caller, "is not async, so it cannot await");
    if (str_starts(name, STR("__")))
        help(pass, f, "move the call into an async method and await it there");
    else
        help(pass, f, "make `%.*s` async and await it, or run a loop for it: `%.*s`", STR_ARG(name), STR_ARG(start));
}

static void check_call(Pass *pass, Node call)
{
    CoroutineCall made;
    if (!call_gives_coroutine(call, &made) || node_is_dead(call) || is_meant_to_fail(call))
        return;

    Str callee = callee_text(pass, call, &made);
    Finding *f = report(pass, call, "`%.*s` is never awaited, so it does not run", STR_ARG(callee));
    label(pass, f, "makes a coroutine and drops it");
    if (made.function)
        also_function(pass, f, made.function, "a coroutine function");
    if (!made.is_sure)
        unsure(pass, f);

    if (frame_on_loop(call)) {
        fix(pass, f, true, "await it");
        fix_replace(pass, f, node_begin(call), node_begin(call), "await ");
    } else {
        help_outside(pass, f, call, callee);
    }
}

static void check_statement(Pass *pass, Node statement)
{
    if (statement.module->source.is_stub)
        return;
    uint32_t after = node_data(statement)->after;
    for (uint32_t id = statement.id + 1; id < after;) {
        Node n = node_at(statement.module, id);
        bool goes_in = is_dropped_with_its_parts(n) && !is_condition(n);
        if (node_kind(n) == PY_CALL && !is_condition(n) && node_role(n) != F_OPERATOR)
            check_call(pass, n);
        id = goes_in ? id + 1 : node_data(n)->after;
    }
}

RULE(missing_await) = {
    .code = "AW201",
    .name = "missing-await",
    .summary = "coroutine is made and dropped: its code never runs",
    .since = "0.1.0",
    .peers = "ASYNC105 CH007 unused-coroutine reportUnusedCoroutine",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .on = { { PY_EXPRESSION_STATEMENT, check_statement } },
};
