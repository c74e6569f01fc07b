/// # blocking-in-loop-callback
///
/// What is given to `call_soon`, `call_later`, `add_done_callback`, `add_signal_handler` or `add_reader` is a plain function, and runs in
/// the thread of the event loop. As long as it takes, every task waits. The methods of a protocol are such callbacks, too.
///
/// ```python
/// import asyncio
/// import time
///
/// def save(task):
///     time.sleep(1)
///
/// async def serve(work):
///     task = asyncio.create_task(work())
///     task.add_done_callback(save)  # expect: AW125 "reaches `time.sleep`"
///     await task
///
/// class Meter(asyncio.Protocol):
///     def data_received(self, data):
///         time.sleep(0.1)  # expect: AW125 "`Meter.data_received` runs on the event loop"
/// ```
///
/// ## Use instead
///
/// A callback that starts a task or a thread, and comes back at once:
///
/// ```python
/// import asyncio
/// import time
///
/// def save(data):
///     time.sleep(1)
///
/// class Meter(asyncio.Protocol):
///     def data_received(self, data):
///         asyncio.get_running_loop().run_in_executor(None, save, data)
/// ```
///
/// ## Cases
///
/// Files are the case `file`, shown as info. With `--select all` only: `short` (what only stalls now and then), `path-check` and `once`
/// (asking the file system, and files that are read at the first call).
///
/// ## Not reported
///
/// - Callbacks of futures of `concurrent.futures`, which run in the thread that is done, and jobs of schedulers.
/// - Reading from or writing to what `add_reader` and `add_writer` have found to be ready.
/// - Functions that are not known for sure: parameters, methods that a class below overrides.
/// - Callbacks that are async: those never run (AW212).
#include "facts/frames.h"
#include "finding/blocking.h"
#include "finding/callbacks.h"
#include "finding/paths.h"
#include "finding/quick.h"

/* ---- What blocks ---- */

static bool is_grave(const Api *api, ApiWeight weight)
{
    Family family = api_family(api);
    bool is_other = family == FAMILY_NONE || family == FAMILY_CPU || family == FAMILY_PROCESS_START;
    bool is_debugger = str_starts(api_name(api), STR("pdb.")) || str_is(api_name(api), "builtins.breakpoint");
    return !is_other && !is_debugger && weight != WEIGHT_LARGE;
}

static void take_case_of(Pass *pass, Finding *f, Program *program, const Path *path)
{
    Family family = api_family(path->api);
    CallSite leaf =
        path->count ? site_of_step(program, &path->steps[path->count - 1]) : (CallSite){ .program = program };
    if (family == FAMILY_PATH_CHECK)
        as_case(pass, f, "path-check");
    else if (family == FAMILY_ONCE)
        as_case(pass, f, "once");
    else if (leaf.call && call_is_short(&leaf, path->api))
        as_case(pass, f, "short");
    else if (family_is_of_files(family))
        as_case(pass, f, "file");
}

/* ---- Callbacks ---- */

/* The way from the argument through the function that it is. */
static bool path_of_value(Node value, Path *path)
{
    Type type = type_of(value);
    Program *program = ask_program(value);
    Path inner;
    for (uint32_t i = type.count; i-- > 0;) {
        const Atom *atom = &type.atoms[i];
        bool is_plain = atom->kind == ATOM_FUNCTION && atom->is_project &&
                        !(atom->flags & (ATOM_AS_COROUTINE | ATOM_AS_SYNC | ATOM_AS_CONTEXT | ATOM_UNSURE));
        if (!is_plain || !function_blocks(program, atom->ref, &inner) || inner.count == STEPS_MOST)
            return false;
        *path = inner;
        memmove(&path->steps[1], &inner.steps[0], inner.count * sizeof *inner.steps);
        path->count = inner.count + 1;
        path->steps[0] = (Step){ .function = inner.steps[0].function,
            .at = { node_begin(value), node_end(value) },
            .call = UINT32_MAX,
            .next = atom->ref };
    }
    return type.count && is_grave(path->api, path->weight) && !path_is_quick(program, path);
}

/* `loop.call_later(1, time.sleep, 1)` */
static const Api *api_of_value(Node value)
{
    const Api *api = api_of(value);
    bool is_function = api && api->kind == KIND_FUNCTION && api->hazard != HAZARD_NONE && !api->unless;
    return is_function && is_grave(api, (ApiWeight)api->weight) && api->weight == WEIGHT_ALWAYS ? api : NULL;
}

static void report_callback(Pass *pass, const Callback *callback, Node call, const Api *leaf, const Path *path)
{
    Program *program = ask_program(call);
    Str callee = callee_in_words(pass, call, callback->api->name),
        name = path->count ? path_leaf_name(pass, program, path) : api_name(leaf);
    Str text = callee_in_words(pass, callback->value, "the callback");
    if (node_kind(callback->value) == PY_IDENTIFIER || node_kind(callback->value) == PY_ATTRIBUTE)
        text = node_text(callback->value);
    bool is_lambda = node_kind(callback->value) == PY_LAMBDA || !text.n;
    Finding *f =
        is_lambda || !path->count
            ? report(pass, callback->value, "a callback of `%.*s` blocks the event loop: %s `%.*s`", STR_ARG(callee),
                  path->count > 2 ? "reaches" : "calls", STR_ARG(name))
            : report(pass, callback->value, "`%.*s` blocks the event loop: reaches `%.*s` as a callback of `%.*s`",
                  STR_ARG(text), STR_ARG(name), STR_ARG(callee));
    label(pass, f, "runs on the event loop, which waits for it");
    if (!callback->is_sure)
        unsure(pass, f);
    if (path->count) {
        take_case_of(pass, f, program, path);
        tell_path(pass, f, program, path);
    }
    help(pass, f, "start a task or a thread in the callback, and let it come back at once");
}

/* Whether the callback runs in the thread of the loop. Schedulers give plain functions to a thread instead. */
static bool runs_on_loop(const Api *api)
{
    bool is_of_loop = api->callback == CALLBACK_SYNC || str_starts(api_name(api), STR("asyncio.")) ||
                      str_starts(api_name(api), STR("tornado."));
    return api->role == ROLE_SCHEDULES && is_of_loop;
}

/* What is ready to be read or written does not block: that is what `add_reader` is for. */
static bool is_ready(const Api *callback, const Api *leaf)
{
    Str by = api_name(callback), name = api_name(leaf);
    bool waits_before = str_ends(by, STR(".add_reader")) || str_ends(by, STR(".add_writer"));
    return waits_before &&
           (str_is(name, "os.read") || str_is(name, "os.write") || str_starts(name, STR("socket.socket.")));
}

static void check_argument(Pass *pass, Node call)
{
    Callback callback;
    Path path = { .count = 0 };
    if (!callback_of(call, &callback) || !runs_on_loop(callback.api) || node_is_dead(call))
        return;
    const Api *leaf = api_of_value(callback.value);
    bool blocks = leaf || (path_of_value(callback.value, &path) && !is_ready(callback.api, path.api));
    if (blocks)
        report_callback(pass, &callback, call, leaf, &path);
}

/* ---- Protocols ---- */

static bool is_callback_name(Str name)
{
    static const char *const names[] = { "buffer_updated", "connection_lost", "connection_made", "data_received",
        "datagram_received", "eof_received", "error_received", "get_buffer", "pause_writing", "pipe_connection_lost",
        "pipe_data_received", "process_exited", "resume_writing" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return false;
}

/* The method of a protocol that the call stands in, in its own frame; NULL when it is no such call. */
static const Function *protocol_method(Node call)
{
    const Function *function = frame_function(call);
    if (!function || !function->class_ || function->is_async || function->is_generator ||
        !is_callback_name(names_text(&call.module->names, function->name)))
        return NULL;
    Ref class_ = { ask_file(call), function->class_->number };
    return class_derives_api(ask_program(call), class_, "asyncio.BaseProtocol") ? function : NULL;
}

static void check_method(Pass *pass, Node call)
{
    const Function *function = protocol_method(call);
    if (!function || !blocking_is_reached(pass, call))
        return;
    Path path = { .count = 0 };
    Program *program = ask_program(call);
    CallSite site = site_of_node(call);
    const Api *api = api_that_blocks(call);
    bool is_direct = api && is_grave(api, (ApiWeight)api->weight) && !call_is_quick(&site, api);
    if (!is_direct &&
        (!call_reaches_blocking(call, &path) || !is_grave(path.api, path.weight) || path_is_quick(program, &path)))
        return;
    Str name = is_direct ? callee_in_words(pass, call, api->name) : path_leaf_name(pass, program, &path);
    Finding *f = report(pass, call, "`%.*s` runs on the event loop, and %s `%.*s`, which blocks it",
        STR_ARG(function->qualname), is_direct ? "calls" : "reaches", STR_ARG(name));
    label(pass, f, "the loop waits here");
    also_function(pass, f, function, "a callback of the protocol");
    if (is_direct)
        path = (Path){ .api = api };
    take_case_of(pass, f, program, &path);
    if (path.count)
        tell_path(pass, f, program, &path);
    help(pass, f, "start a task or a thread in the callback, and let it come back at once");
}

static void check_call(Pass *pass, Node call)
{
    check_argument(pass, call);
    check_method(pass, call);
}

RULE(blocking_in_loop_callback) = {
    .code = "AW125",
    .name = "blocking-in-loop-callback",
    .summary = "plain function that blocks runs on the event loop as a callback",
    .since = "0.1.0",
    .tier = TIER_STRICT,
    .severity = SEVERITY_WARNING,
    .cases = {
        { "file", TIER_STRICT, SEVERITY_INFO },
        { "short", TIER_HINT, SEVERITY_INFO },
        { "path-check", TIER_HINT, SEVERITY_INFO },
        { "once", TIER_HINT, SEVERITY_INFO },
    },
    .on = { { PY_CALL, check_call } },
};
