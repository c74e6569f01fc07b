/// # blocking-call-transitive
///
/// A sync helper runs in the thread of whoever calls it. Called from an `async def` that is the event loop, and what blocks in
/// the helper, or in a helper of the helper, stops every task. Each function looks harmless on its own; the finding shows the
/// way from the coroutine down to the call that waits.
///
/// ```python
/// import requests
///
/// def _fetch(path):
///     return requests.get("https://api.example.com" + path, timeout=30).json()
///
/// def load_profile(user_id):
///     return _fetch(f"/profiles/{user_id}")
///
/// async def refresh(request):
///     return load_profile(request.user_id)  # expect: AW117 "reaches `requests.get` through 2 calls"
/// ```
///
/// The helper may stand in another file of the project. The finding shows each step where it is:
///
/// ```text
/// AW117 `refresh` blocks the event loop: reaches `requests.get` through 2 calls
///  --> app/views.py:6:12
///   |
/// 5 | async def refresh(request):
///   | ----------------- runs on the event loop
/// 6 |     return load_profile(request.user_id)
///   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 1. not awaited, so the loop waits here
///   |
///  ::: app/services.py:5:12
/// 5 |     return _fetch(f"/profiles/{user_id}")
///   |            ------ 2. `load_profile` calls `_fetch`
///   |
///  ::: app/http.py:5:12
/// 5 |     return requests.get(BASE + path, timeout=30).json()
///   |            ------------ 3. `requests.get`: network I/O
/// ```
///
/// Followed are functions and methods of the project, through `self`, attributes and parameters whose types are known, constructors,
/// properties, context managers, generators that a `for` runs, and callables that are handed on and called.
///
/// ```python
/// import time
///
/// class Meter:
///     def __init__(self, port):
///         self.port = port
///         self.calibrate()
///
///     def calibrate(self):
///         time.sleep(2)
///
/// async def measure(port):
///     meter = Meter(port)  # expect: AW117 "reaches `time.sleep` through 2 calls"
///     return meter.port
/// ```
///
/// ## Use instead
///
/// An async form of the helper; or the helper in a thread, which is what the fix writes:
///
/// ```python
/// import asyncio
/// import requests
///
/// def load_profile(user_id):
///     return requests.get(f"https://api.example.com/profiles/{user_id}", timeout=30).json()
///
/// async def refresh(request):
///     return await asyncio.to_thread(load_profile, request.user_id)
/// ```
///
/// ## Cases
///
/// How bad it is follows what is reached. Sleeping, networks, databases, processes and locks are a warning. Opening, reading or
/// writing a file is the case `file`, shown as info; sleeping, files and processes in tests and examples are `in-tests`, which
/// the profile `tests` switches off. Only with `--select strict`: `path-check` (asking the file system about a path), `once` (at
/// the first call only: what is read then, and helpers that keep what they made, by key or under `functools.cache` too), `short`
/// (what only stalls now and then) and `conditional` (two helpers on the way, or more, go on in some cases only: which these are
/// often has to do with who calls; or one does when a parameter is of some class, and nobody knows whether what it is given is).
/// What lies more than six calls away is marked `likely`.
///
/// ```python
/// import requests
///
/// class Keys:
///     def __init__(self):
///         self._keys = None
///
///     def all(self):
///         if self._keys is None:
///             self._keys = requests.get("https://api.example.com/keys", timeout=30).json()
///         return self._keys
///
/// async def check(keys: Keys, key):
///     return key in keys.all()  # expect: AW117:once
/// ```
///
/// ## Not reported
///
/// - Helpers that are passed and not called, and helpers that a decorator or wrapper runs in a thread.
/// - Generators that nothing runs here, and coroutine functions: calling them runs nothing of them.
/// - What a helper does under `if p:`, `if isinstance(p, T):` or `if inspect.iscoroutinefunction(p):` when what it is given is
///   something else.
/// - Databases in memory (`sqlite3.connect(":memory:")`), also where the connection is handed on or returned, and
///   where it is that of an object whose constructor was given the path; look-ups of what is an IP address already.
/// - Calls that never happen: they, or a statement before them, read an attribute that a class of the project does not have, or give a
///   function of the project arguments that it does not take.
/// - Calls under `with pytest.raises(...)` and its like: where in the helper the error comes from is not known.
/// - Methods that a class below overrides, and callees that are not known for sure.
/// - Calls that block by themselves: those are AW101 to AW121.
#include "facts/frames.h"
#include "facts/locks.h"
#include "finding/blocking.h"
#include "finding/expected_errors.h"
#include "finding/pass.h"
#include "finding/paths.h"
#include "finding/prevented.h"
#include "rule.h"

/* What the profile of tests switches off where it is called directly. */
static bool is_harmless_in_tests(Family family)
{
    return family_is_of_files(family) || family == FAMILY_SLEEP || family == FAMILY_SUBPROCESS ||
           family == FAMILY_PROCESS_WAIT;
}

/* Whether a helper on the way keeps what it made, and goes on the first time only. */
static bool fills_memo(Program *program, const Path *path)
{
    for (uint32_t i = 1; i < path->count; i++) {
        CallSite site = site_of_step(program, &path->steps[i]);
        if (site.call && (site.call->flags & CALL_ONCE))
            return true;
    }
    return false;
}

/* How many of the helpers on the way go on only in some cases. Which these are has often to do with who calls, in ways that nobody
 * else can follow. */
static uint32_t conditions_of(Program *program, const Path *path)
{
    uint32_t conditions = 0;
    for (uint32_t i = 1; i < path->count; i++) {
        CallSite site = site_of_step(program, &path->steps[i]);
        conditions += site.call && (site.call->flags & CALL_CONDITIONAL);
        conditions += path->steps[i].is_open;
    }
    return conditions;
}

enum { CONDITIONS_MOST = 1 };

/* The case of what a path reaches; NULL: none. */
static const char *case_of(const Pass *pass, Program *program, const Path *path)
{
    Family family = api_family(path->api);
    CallSite leaf = site_of_step(program, &path->steps[path->count - 1]);
    if (family == FAMILY_PATH_CHECK)
        return "path-check";
    if (is_harmless_in_tests(family) && pass->is_of_tests)
        return "in-tests";
    if (family == FAMILY_ONCE || fills_memo(program, path))
        return "once";
    if (conditions_of(program, path) > CONDITIONS_MOST)
        return "conditional";
    if (family == FAMILY_OPEN || family == FAMILY_FILE_IO)
        return "file";
    return call_is_short(&leaf, path->api) ? "short" : NULL;
}

typedef struct Asked {
    const Pass *pass;
    Program *program;
} Asked;

static bool is_worth_saying(void *context, const Path *path)
{
    const Asked *asked = context;
    Family family = api_family(path->api);
    bool is_other = family == FAMILY_NONE || family == FAMILY_CPU || family == FAMILY_PROCESS_START;
    return path->count > 1 && !is_other && path->weight != WEIGHT_LARGE && !path_is_quick(asked->program, path);
}

/* What everybody wants to know: no case of the strict set, and nothing that is harmless in tests. */
static bool is_worth_shouting(void *context, const Path *path)
{
    const Asked *asked = context;
    const char *name = case_of(asked->pass, asked->program, path);
    return (!name || strcmp(name, "file") == 0) && is_worth_saying(context, path);
}

/* Of what is reached the gravest, but a case that most do not see hides nothing that they do. */
static bool reaches_what_is_worth_saying(Pass *pass, Node n, Path *path)
{
    Asked asked = { pass, ask_program(n) };
    if (!call_reaches_wanted(n, is_worth_saying, &asked, path))
        return false;
    Path graver;
    if (!is_worth_shouting(&asked, path) && call_reaches_wanted(n, is_worth_shouting, &asked, &graver))
        *path = graver;
    return true;
}

static void offer_way_out(Pass *pass, Finding *f, const Blocking *b, const Path *path)
{
    bool is_plain = node_kind(b->at) == PY_CALL && path->steps[0].kind == CALL_PLAIN &&
                    node_kind(node_parent(b->at)) != PY_WITH_ITEM && node_kind(node_parent(b->at)) != PY_AS_PATTERN;
    if (is_plain && !b->is_awaited && callee_in_words(pass, b->at, "").n)
        help_thread(pass, f, b, FIX_UNSAFE);
    else
        help(pass, f, "put this piece of work into a function and run that in a thread");
}

typedef struct Others {
    Asked asked;
    Hazard told;
} Others;

static bool is_another(void *context, const Path *path)
{
    Others *others = context;
    return path->hazard != others->told && is_worth_shouting(&others->asked, path);
}

/* Whoever mends the helper wants to know what else is in it. */
static void tell_others(Pass *pass, Finding *f, const Blocking *b, const Path *told)
{
    Path path;
    Program *program = ask_program(b->at);
    Others others = { { pass, program }, told->hazard };
    if (!call_reaches_wanted(b->at, is_another, &others, &path))
        return;
    Str name = path_leaf_name(pass, program, &path), helper = function_name(program, path.steps[path.count - 1].function);
    help(pass, f, "`%.*s` is reached as well, in `%.*s`", STR_ARG(name), STR_ARG(helper));
}

static const char *waits_how(const Blocking *b, const Path *path)
{
    if (path->steps[0].kind == CALL_EACH)
        return "the loop waits here for each item";
    if (path->steps[0].kind == CALL_READ)
        return "a property, and the loop waits here";
    if (path->steps[0].kind == CALL_ENTER)
        return "the loop waits here, where the `with` is entered or left";
    return b->is_awaited ? "runs before the await, and the loop waits here" : "not awaited, so the loop waits here";
}

/* The further away it is, the more there is between that may never go that way. */
enum { CALLS_SURE = 6 };

static void report_path(Pass *pass, Blocking *b, const Path *path)
{
    Program *program = ask_program(b->at);
    unsigned calls = (unsigned)path->count - 1;
    Str caller = b->function->qualname, helper = function_name(program, path->steps[0].next);
    Str name = path_leaf_name(pass, program, path);
    Str through = calls == 1 ? pass_printf(pass, "`%.*s`", STR_ARG(helper)) : pass_printf(pass, "%u calls", calls);
    Finding *f = report(pass, b->at, "`%.*s` blocks the event loop: reaches `%.*s` through %.*s", STR_ARG(caller),
        STR_ARG(name), STR_ARG(through));
    const char *name_of_case = case_of(pass, program, path);
    if (name_of_case)
        as_case(pass, f, name_of_case);
    if (calls > CALLS_SURE)
        unsure(pass, f);
    label(pass, f, "%s", waits_how(b, path));
    also_function(pass, f, b->function, "runs on the event loop");
    tell_path(pass, f, program, path);
    offer_way_out(pass, f, b, path);
    tell_others(pass, f, b, path);
}

static void check(Pass *pass, Node n)
{
    Path path;
    Blocking b = { .at = n, .function = frame_on_loop(n) };
    if (!b.function || !reaches_what_is_worth_saying(pass, n, &path) || !blocking_is_reached(pass, n) || is_under_expected_error(n) ||
        is_prevented(pass, n))
        return;
    b.api = path.api;
    b.is_awaited = node_kind(node_parent(n)) == PY_AWAIT;
    report_path(pass, &b, &path);
}

static void check_call(Pass *pass, Node call)
{
    Blocking direct;
    if (!call_blocks_loop_somehow(pass, call, &direct))
        check(pass, call);
}

/* Whether an attribute is looked at as one: what it names may be a property. What is called is one only where the file has such a
 * name. */
static bool may_be_property(Pass *pass, Node n)
{
    NameId name = node_data(node_field(n, F_ATTRIBUTE))->name;
    if (node_kind(n) != PY_ATTRIBUTE || !name)
        return false;
    bool is_callee = node_role(n) == F_FUNCTION && node_kind(node_parent(n)) == PY_CALL;
    return !is_callee || pass_has_decorated(pass, name);
}

/* `with self.opened:`; a call in its place is a call. */
static void check_item(Pass *pass, Node item)
{
    Node value = with_value(item);
    bool is_sync = !node_has(node_parent(node_parent(item)), NODE_ASYNC);
    if (is_sync && node_kind(value) != PY_CALL && !may_be_property(pass, value))
        check(pass, value);
}

/* `self.profile`, a property. */
static void check_attribute(Pass *pass, Node attribute)
{
    bool is_target = node_role(attribute) == F_LEFT && node_kind(node_parent(attribute)) == PY_ASSIGNMENT;
    if (!is_target && may_be_property(pass, attribute))
        check(pass, attribute);
}

/* `for line in self.lines:`; a call in its place is a call. */
static void check_loop(Pass *pass, Node loop)
{
    Node iterable = node_field(loop, F_RIGHT);
    if (!node_has(loop, NODE_ASYNC) && node_kind(iterable) != PY_CALL && !may_be_property(pass, iterable))
        check(pass, iterable);
}

RULE(blocking_call_transitive) = {
    .code = "AW117",
    .name = "blocking-call-transitive",
    .summary = "sync helper blocks the event loop somewhere below",
    .since = "0.1.0",
    .peers = "ASYNC200T W0002",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = {
        { "file", TIER_ON, SEVERITY_INFO },
        { "path-check", TIER_STRICT, SEVERITY_INFO },
        { "once", TIER_STRICT, SEVERITY_INFO },
        { "short", TIER_STRICT, SEVERITY_WARNING },
        { "conditional", TIER_STRICT, SEVERITY_WARNING },
        { "in-tests", TIER_ON, SEVERITY_INFO },
    },
    .on = {
        { PY_CALL, check_call },
        { PY_ATTRIBUTE, check_attribute },
        { PY_WITH_ITEM, check_item },
        { PY_FOR_STATEMENT, check_loop },
        { PY_FOR_IN_CLAUSE, check_loop },
    },
};
