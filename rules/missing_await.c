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
/// Found for functions and methods of all files of the project and of libraries (`asyncio.sleep(1)`): by name, through
/// `self`, `cls` and `super()`, and through what a variable, an attribute or a parameter is an instance of:
///
/// ```python
/// import asyncio
///
/// class Jobs:
///     def __init__(self):
///         self.queue = asyncio.Queue()
///
///     async def add(self, job, done: asyncio.Event):
///         self.queue.put(job)  # expect: AW201 "`self.queue.put` is never awaited"
///         done.wait()  # expect: AW201
/// ```
///
/// Also where the call is a part of the statement:
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
/// The case `sync-file` is strict: a call in a file in which the word `async` does not stand, of a name that is that of a coroutine function
/// below something that the file imports. Many such files were forgotten when a project became async, and fail before they come to it.
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
///   assigned anywhere in the file, by `setattr` or `patch.object` too; of other files, in the test around the call.
/// - Calls behind `if iscoroutinefunction(f)` where it is none, and calls with arguments that the function does not take.
/// - Calls that never happen: one of their arguments is a name that nobody binds, or they, or a statement before them, read an attribute
///   that a class of the project does not have, enter what is no context manager, or stand in a test that unittest does not run.
/// - What became a coroutine function in aiohttp 3 (`write`, `send_str`, `close` of a session) or aio-pika 7 (`ack`) where the project asks
///   for older versions only, in a requirements file, `setup.py`, `setup.cfg`, `pyproject.toml`, `Pipfile` or `buildout.cfg` at its root, or the
///   file uses what is gone since: `aiohttp.Timeout`, `MsgType`, `pass_context=True` of an old discord.py.
/// - Methods of a class that has no objects: its `__init__` calls that of its base with arguments which that does not take, or is a
///   coroutine function.
/// - Async tests of a plain `unittest.TestCase`, which drops the coroutine that they give.
/// - What a zope `Interface` says of methods.
/// - Methods that a decorator of the class may replace: it is seen to set attributes, and not only under longer names.
/// - Async generators, whose call gives no coroutine.
/// - Tests of just that: calls in a `with` that waits for a `TypeError` (wrong arguments) or a `RuntimeWarning`.
/// - Stub files, lines that do not parse, and code that never runs.
#include "finding/unawaited.h"

static void check_call(Pass *pass, Node call)
{
    CoroutineCall made;
    if (!unawaited_call(call, &made) || unawaited_is_meant(pass, call))
        return;

    Str callee = unawaited_name(pass, call, &made);
    CoroutineCall called;
    bool is_direct = is_coroutine_function(node_field(call, F_FUNCTION), &called);
    Finding *f = report(pass, call,
        is_direct ? "`%.*s` is never awaited, so it does not run" : "`%.*s` gives a coroutine that is never awaited",
        STR_ARG(callee));
    label(pass, f, made.is_awaitable ? "does nothing until it is awaited" : "makes a coroutine and drops it");
    unawaited_origin(pass, f, &made);
    if (unawaited_may_await(call))
        unawaited_fix(pass, f, call);
    else
        unawaited_help_outside(pass, f, call, callee);
}

static void check_statement(Pass *pass, Node statement)
{
    Node none = node_at(statement.module, 0);
    for (Node part = node_first(statement); !node_is_null(part); part = node_next(part)) {
        for (Node call = unawaited_next(part, none, true); !node_is_null(call); call = unawaited_next(part, call, true))
            check_call(pass, call);
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
    .reads_sync_files = true,
    .cases = { { "sync-file", TIER_STRICT, SEVERITY_ERROR } },
    .on = { { PY_EXPRESSION_STATEMENT, check_statement } },
};
