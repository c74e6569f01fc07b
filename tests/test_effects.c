/* What blocks, and through whom; what becomes of arguments. */
#include "memory.h"
#include "program/ask.h"

static Module *bound(void **state, const char *text)
{
    Memory *memory = *state;
    Module *module = module_of(&memory->arena, &memory->scratch, text);
    module_bind(module);
    ask_attach(module);
    return module;
}

static Node root_of(const Module *module)
{
    return node_at(module, 1);
}

static uint32_t number_of(const Summary *s, const char *qualname)
{
    for (uint32_t i = 0; i < s->functions.count; i++) {
        if (str_is(terms_text_of(&s->terms, s->functions.items[i].qualname), qualname))
            return i;
    }
    fail_msg("no function %s", qualname);
    return 0;
}

/* "b > c > time.sleep" */
static Str path_text(void **state, const Program *program, const Path *path)
{
    Str text = STR("");
    for (uint32_t i = 0; i < path->count; i++) {
        const Step *step = &path->steps[i];
        Str name = step->api ? str_of(step->api->name) : STR("");
        if (!step->api) {
            const Summary *s = program_file(program, step->next.file);
            name = terms_text_of(&s->terms, s->functions.items[step->next.number].qualname);
        }
        text = arena_printf(arena_of(state), "%.*s%s%.*s", STR_ARG(text), i ? " > " : "", STR_ARG(name));
    }
    return text;
}

static void assert_blocks(void **state, const Module *module, const char *function, const char *expected)
{
    Program *program = ask_program(root_of(module));
    Path path;
    Ref ref = { 0, number_of(program_file(program, 0), function) };
    bool blocks = function_blocks(program, ref, &path);
    assert_str(blocks ? path_text(state, program, &path) : STR(""), expected);
}

/* The last node of that kind whose text is this. */
static Node node_written(const Module *module, PyKind kind, const char *text)
{
    Node found = { module, 0 };
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) == kind && str_is(node_text(n), text))
            found = n;
    }
    assert_false(node_is_null(found));
    return found;
}

/* ---- Blocking ---- */

static void test_chains(void **state)
{
    const Module *module = bound(state, "import time\n"
                                        "def leaf(): time.sleep(1)\n"
                                        "def two(): leaf()\n"
                                        "def short(): two(); leaf()\n"
                                        "def order():\n"
                                        "    two()\n"
                                        "    short()\n"
                                        "async def co(): leaf()\n"
                                        "def gen():\n"
                                        "    leaf()\n"
                                        "    yield\n"
                                        "def calls_co(): co(); gen()\n"
                                        "def nested():\n"
                                        "    def inner(): leaf()\n"
                                        "    return inner\n"
                                        "def offloads(): run(leaf)\n"
                                        "def ping(n): return pong(n)\n"
                                        "def pong(n): return ping(n) if n else leaf()\n"
                                        "def loop(): return loop()\n"
                                        "def dead():\n"
                                        "    return\n"
                                        "    leaf()\n");
    assert_blocks(state, module, "leaf", "time.sleep");
    assert_blocks(state, module, "two", "leaf > time.sleep");
    assert_blocks(state, module, "short", "leaf > time.sleep");
    assert_blocks(state, module, "order", "two > leaf > time.sleep");
    assert_blocks(state, module, "co", "");
    assert_blocks(state, module, "gen", "");
    assert_blocks(state, module, "calls_co", "");
    assert_blocks(state, module, "nested", "");
    assert_blocks(state, module, "offloads", "");
    assert_blocks(state, module, "ping", "pong > leaf > time.sleep");
    assert_blocks(state, module, "pong", "leaf > time.sleep");
    assert_blocks(state, module, "loop", "");
    assert_blocks(state, module, "dead", "");
}

static void test_objects(void **state)
{
    const Module *module = bound(state, "import time, contextlib, abc\n"
                                        "from typing import Protocol\n"
                                        "class A:\n"
                                        "    def __init__(self): time.sleep(1)\n"
                                        "    def __enter__(self): return self\n"
                                        "    def __exit__(self, *a): self.stop()\n"
                                        "    def stop(self): time.sleep(1)\n"
                                        "    def __call__(self): self.stop()\n"
                                        "    def rows(self):\n"
                                        "        time.sleep(1)\n"
                                        "        yield 1\n"
                                        "    @property\n"
                                        "    def size(self): return self.stop()\n"
                                        "class B:\n"
                                        "    def __init__(self): self.a = A()\n"
                                        "    def reads(self): return self.a.size\n"
                                        "    def stop(self): self.a.stop()\n"
                                        "@contextlib.contextmanager\n"
                                        "def held():\n"
                                        "    time.sleep(1)\n"
                                        "    yield\n"
                                        "def makes(): A()\n"
                                        "def attribute(b: B): b.stop()\n"
                                        "def enters(a: A):\n"
                                        "    with a: pass\n"
                                        "def enters_made():\n"
                                        "    with held(): pass\n"
                                        "def iterates(a: A):\n"
                                        "    for x in a.rows(): pass\n"
                                        "def calls(a: A): a()\n"
                                        "def holds(): held()\n"
                                        "class Abstract(abc.ABC):\n"
                                        "    @abc.abstractmethod\n"
                                        "    def settle(self): time.sleep(1)\n"
                                        "class Like(Protocol):\n"
                                        "    def settle(self): time.sleep(1)\n"
                                        "def abstract(x: Abstract, y: Like):\n"
                                        "    x.settle()\n"
                                        "    y.settle()\n");
    assert_blocks(state, module, "makes", "A.__init__ > time.sleep");
    assert_blocks(state, module, "B.stop", "A.stop > time.sleep");
    assert_blocks(state, module, "attribute", "B.stop > A.stop > time.sleep");
    assert_blocks(state, module, "B.reads", "A.size > A.stop > time.sleep");
    assert_blocks(state, module, "enters", "A.__exit__ > A.stop > time.sleep");
    assert_blocks(state, module, "enters_made", "held > time.sleep");
    assert_blocks(state, module, "iterates", "A.rows > time.sleep");
    assert_blocks(state, module, "calls", "A.__call__ > A.stop > time.sleep");
    assert_blocks(state, module, "holds", "");
    assert_blocks(state, module, "abstract", "");
}

static void test_choices(void **state)
{
    const Module *module = bound(state, "import time, sys\n"
                                        "def fine(): pass\n"
                                        "def slow(): time.sleep(1)\n"
                                        "def slower(): slow()\n"
                                        "if sys.platform == 'x':\n"
                                        "    a = slow\n"
                                        "    b = slower\n"
                                        "    c = slow\n"
                                        "else:\n"
                                        "    a = fine\n"
                                        "    b = slow\n"
                                        "    c = time.sleep\n"
                                        "def perhaps(): a()\n"
                                        "def surely(): b()\n"
                                        "def mixed(): c()\n");
    assert_blocks(state, module, "perhaps", "");
    Path path;
    Program *program = ask_program(root_of(module));
    const Summary *s = program_file(program, 0);
    assert_true(function_blocks(program, (Ref){ 0, number_of(s, "surely") }, &path));
    assert_true(function_blocks(program, (Ref){ 0, number_of(s, "mixed") }, &path));
    assert_false(function_blocks_by(program, (Ref){ 0, number_of(s, "mixed") }, HAZARD_NETWORK, &path));
    assert_true(function_blocks_by(program, (Ref){ 0, number_of(s, "mixed") }, HAZARD_SLEEP, &path));
}

static void test_conditions(void **state)
{
    const Module *module = bound(state, "import time\n"
                                        "def maybe(a, slow=None, fast=True):\n"
                                        "    if a and slow is not None: time.sleep(1)\n"
                                        "def other(slow=False):\n"
                                        "    if not slow: return\n"
                                        "    else: time.sleep(1)\n"
                                        "class A:\n"
                                        "    def go(self, x, deep=False):\n"
                                        "        if deep:\n"
                                        "            for i in x: time.sleep(1)\n"
                                        "def left_out(): maybe(1); other(); other(False); other(slow=None)\n"
                                        "def given(x): maybe(1, x)\n"
                                        "def named(x): maybe(1, slow=1)\n"
                                        "def spread(x): maybe(1, *x)\n"
                                        "def of_method(): A().go(1)\n"
                                        "def of_method_given(): A().go(1, True)\n"
                                        "async def main():\n"
                                        "    maybe(1)\n"
                                        "    maybe(2, 2)\n");
    assert_blocks(state, module, "maybe", "time.sleep");
    assert_blocks(state, module, "left_out", "");
    assert_blocks(state, module, "given", "maybe > time.sleep");
    assert_blocks(state, module, "named", "maybe > time.sleep");
    assert_blocks(state, module, "spread", "maybe > time.sleep");
    assert_blocks(state, module, "of_method", "");
    assert_blocks(state, module, "of_method_given", "A.go > time.sleep");
    Path path;
    assert_false(call_reaches_blocking(node_written(module, PY_CALL, "maybe(1)"), &path));
    assert_true(call_reaches_blocking(node_written(module, PY_CALL, "maybe(2, 2)"), &path));
}

static void test_decorated(void **state)
{
    const Module *module = bound(state, "import time, functools\n"
                                        "from unknown import wrap\n"
                                        "@functools.wraps(print)\n"
                                        "def plain(): time.sleep(1)\n"
                                        "@wrap\n"
                                        "def odd(): time.sleep(1)\n"
                                        "def calls_odd(): odd()\n");
    assert_blocks(state, module, "odd", "time.sleep");
    assert_blocks(state, module, "calls_odd", "");
}

static void test_handed_on(void **state)
{
    const Module *module = bound(state, "import asyncio, functools, time\n"
                                        "def leaf(): time.sleep(1)\n"
                                        "def direct(): leaf()\n"
                                        "def call(f): return f()\n"
                                        "def hand(f): return call(f)\n"
                                        "def thread(f): return asyncio.to_thread(f)\n"
                                        "def mixed(f): return asyncio.to_thread(f) if f else f()\n"
                                        "def fill(f, a):\n"
                                        "    if a: f()\n"
                                        "def kept(f, a, b=None):\n"
                                        "    if a.b: f()\n"
                                        "async def later(f): f()\n"
                                        "def one(): call(leaf)\n"
                                        "def two(): hand(leaf)\n"
                                        "def three(): hand(functools.partial(leaf))\n"
                                        "def four(): call(lambda: leaf())\n"
                                        "def five(): call(time.sleep)\n"
                                        "def shorter(): hand(leaf); direct()\n"
                                        "def not_thread(): thread(leaf); mixed(leaf); later(leaf)\n"
                                        "def not_sure(a): kept(leaf, a)\n"
                                        "def when_given(a): fill(leaf, True); fill(leaf, 0)\n"
                                        "def not_given(): fill(leaf, None)\n"
                                        "def itself(f): return itself(f)\n"
                                        "def endless(): itself(leaf)\n");
    assert_blocks(state, module, "one", "call > leaf > time.sleep");
    assert_blocks(state, module, "two", "hand > call > leaf > time.sleep");
    assert_blocks(state, module, "three", "hand > call > leaf > time.sleep");
    assert_blocks(state, module, "four", "call > four.<locals>.<lambda> > leaf > time.sleep");
    assert_blocks(state, module, "five", "call > time.sleep");
    assert_blocks(state, module, "shorter", "direct > leaf > time.sleep");
    assert_blocks(state, module, "not_thread", "");
    assert_blocks(state, module, "not_sure", "");
    assert_blocks(state, module, "when_given", "fill > leaf > time.sleep");
    assert_blocks(state, module, "not_given", "");
    assert_blocks(state, module, "endless", "");
}

/* A chain of `count` functions; the first one is f0. */
static Str chain(void **state, unsigned count)
{
    Str text = STR("import time\n");
    for (unsigned i = 0; i + 1 < count; i++)
        text = arena_printf(arena_of(state), "%.*sdef f%u(): f%u()\n", STR_ARG(text), i, i + 1);
    return arena_printf(arena_of(state), "%.*sdef f%u(): time.sleep(1)\n", STR_ARG(text), count - 1);
}

static void test_long_chains(void **state)
{
    Path path;
    const Module *module = bound(state, chain(state, STEPS_MOST).p);
    assert_true(function_blocks(ask_program(root_of(module)), (Ref){ 0, 0 }, &path));
    assert_int_equal(path.count, STEPS_MOST);
    assert_string_equal(path.steps[STEPS_MOST - 1].api->name, "time.sleep");
    module = bound(state, chain(state, STEPS_MOST + 1).p);
    assert_false(function_blocks(ask_program(root_of(module)), (Ref){ 0, 0 }, &path));
    assert_true(function_blocks(ask_program(root_of(module)), (Ref){ 0, 1 }, &path));
}

static void test_gravity(void **state)
{
    (void)state;
    for (Hazard hazard = HAZARD_NONE; hazard < HAZARD_COUNT; hazard++) {
        for (Hazard other = HAZARD_NONE; other < hazard; other++)
            assert_int_not_equal(hazard_gravity(hazard), hazard_gravity(other));
    }
    assert_int_equal(hazard_gravity(HAZARD_NONE), 0);
    assert_true(hazard_gravity(HAZARD_SLEEP) > hazard_gravity(HAZARD_NETWORK));
    assert_true(hazard_gravity(HAZARD_TREE) > hazard_gravity(HAZARD_CPU));
    assert_true(hazard_gravity(HAZARD_CPU) > hazard_gravity(HAZARD_FILE));
    assert_true(hazard_gravity(HAZARD_METADATA) > hazard_gravity(HAZARD_ONCE));
}

/* ---- Asked about the tree ---- */

static void test_calls_of_the_tree(void **state)
{
    const Module *module = bound(state, "import time\n"
                                        "def load(): time.sleep(1)\n"
                                        "class A:\n"
                                        "    def __enter__(self): load()\n"
                                        "    def __exit__(self, *a): pass\n"
                                        "    def rows(self):\n"
                                        "        load()\n"
                                        "        yield\n"
                                        "async def main(a: A):\n"
                                        "    load()\n"
                                        "    with a: pass\n"
                                        "    async with a: pass\n"
                                        "    for x in a.rows(): pass\n"
                                        "    a.rows()\n"
                                        "    time.sleep(2)\n"
                                        "    other()\n");
    const Program *program = ask_program(root_of(module));
    Path path;
    assert_true(call_reaches_blocking(node_written(module, PY_CALL, "load()"), &path));
    assert_str(path_text(state, program, &path), "load > time.sleep");
    assert_int_equal(path.steps[0].function.number, number_of(program_file(program, 0), "main"));
    assert_int_equal(path.hazard, HAZARD_SLEEP);
    Node with = node_field(node_first(node_first(node_written(module, PY_WITH_STATEMENT, "with a: pass"))), F_VALUE);
    assert_true(call_reaches_blocking(with, &path));
    assert_str(path_text(state, program, &path), "A.__enter__ > load > time.sleep");
    Node async_with =
        node_field(node_first(node_first(node_written(module, PY_WITH_STATEMENT, "async with a: pass"))), F_VALUE);
    assert_false(call_reaches_blocking(async_with, &path));
    Node loop = node_written(module, PY_FOR_STATEMENT, "for x in a.rows(): pass");
    assert_true(call_reaches_blocking(node_field(loop, F_RIGHT), &path));
    assert_false(call_reaches_blocking(node_written(module, PY_CALL, "a.rows()"), &path));
    assert_false(call_reaches_blocking(node_written(module, PY_CALL, "time.sleep(2)"), &path));
    assert_false(call_reaches_blocking(node_written(module, PY_CALL, "other()"), &path));
    assert_string_equal(api_that_blocks(node_written(module, PY_CALL, "time.sleep(2)"))->name, "time.sleep");
    assert_null(api_that_blocks(node_written(module, PY_CALL, "load()")));
}

/* ---- Arguments ---- */

static void assert_fate(void **state, const char *text, ArgumentFate fate)
{
    Str whole = arena_printf(arena_of(state), "import asyncio, functools, threading\n%s", text);
    const Module *module = bound(state, whole.p);
    Program *program = ask_program(root_of(module));
    ArgumentFate found =
        argument_fate(program, (Ref){ 0, number_of(program_file(program, 0), "f") }, false, 0, STR(""));
    if (found != fate)
        print_error("%s", text);
    assert_int_equal(found, fate);
}

static void test_fates(void **state)
{
    assert_fate(state, "def f(p): pass\n", FATE_IGNORED);
    assert_fate(state, "def f(p): return isinstance(p, int)\n", FATE_IGNORED);
    assert_fate(state, "def f(p): p()\n", FATE_CALLED);
    assert_fate(state, "async def f(p): return await p\n", FATE_AWAITED);
    assert_fate(state, "def f(p): return p\n", FATE_RETURNED);
    assert_fate(state, "def f(p): global g; g = p\n", FATE_STORED);
    assert_fate(state, "def f(p): unknown(p)\n", FATE_UNKNOWN);
    assert_fate(state, "def f(p): ...\n", FATE_UNKNOWN);
    assert_fate(state, "def f(p):\n    p = 1\n    p()\n", FATE_UNKNOWN);
    assert_fate(state, "def g(x): x()\ndef f(p): g(p)\n", FATE_CALLED);
    assert_fate(state, "def g(a, *, x): x()\ndef f(p): g(1, x=p)\n", FATE_CALLED);
    assert_fate(state, "def g(a, *x): return x\ndef f(p): g(1, 2, p)\n", FATE_IGNORED);
    assert_fate(state, "def g(x): f(x)\ndef f(p): g(p)\n", FATE_UNKNOWN);
    assert_fate(state, "class A:\n    def __init__(self, x): self.x = x\ndef f(p): A(p)\n", FATE_STORED);
    assert_fate(state, "class A:\n    def go(self, x): x()\ndef f(p): A().go(p)\n", FATE_CALLED);
}

static void test_fates_of_tasks(void **state)
{
    assert_fate(state, "def f(p): asyncio.create_task(p)\n", FATE_SPAWNED);
    assert_fate(state, "def f(p): return asyncio.create_task(p)\n", FATE_SPAWNED_LOOSE);
    assert_fate(state, "def f(p):\n    t = asyncio.create_task(p)\n    return t\n", FATE_SPAWNED_LOOSE);
    assert_fate(state, "def f(p):\n    t = asyncio.create_task(p)\n    tasks.x = t\n    return t\n", FATE_SPAWNED);
    assert_fate(state,
        "tasks = set()\ndef f(p):\n    t = asyncio.create_task(p)\n    tasks.add(t)\n"
        "    t.add_done_callback(tasks.discard)\n    return t\n",
        FATE_SPAWNED);
    assert_fate(state, "async def f(p): await asyncio.create_task(p)\n", FATE_AWAITED);
    assert_fate(state, "async def f(p): await asyncio.gather(p)\n", FATE_AWAITED);
    assert_fate(state, "async def f(*p): await asyncio.gather(*p)\n", FATE_AWAITED);
    assert_fate(state, "async def f(p): return await asyncio.wait_for(p, 1)\n", FATE_AWAITED);
    assert_fate(state, "def g(x): return asyncio.create_task(x)\ndef f(p): g(p)\n", FATE_SPAWNED);
    assert_fate(state, "def g(x): return asyncio.create_task(x)\nasync def f(p): await g(p)\n", FATE_AWAITED);
}

static void test_fates_of_callables(void **state)
{
    assert_fate(state, "async def f(p): await asyncio.to_thread(p, 1)\n", FATE_OFFLOADED);
    assert_fate(state, "def f(p): threading.Thread(target=p).start()\n", FATE_OFFLOADED);
    assert_fate(state, "async def f(p): await asyncio.to_thread(functools.partial(p, 1))\n", FATE_OFFLOADED);
    assert_fate(state, "async def f(p): await asyncio.to_thread(lambda: p(1))\n", FATE_OFFLOADED);
    assert_fate(
        state, "async def f(p):\n    def job(): return p(1)\n    await asyncio.to_thread(job)\n", FATE_OFFLOADED);
    assert_fate(state, "def f(p): asyncio.get_event_loop().call_soon(p)\n", FATE_SCHEDULED);
    assert_fate(state, "async def f(p):\n    p()\n    await asyncio.to_thread(p)\n", FATE_UNKNOWN);
    assert_fate(state, "async def f(p): await asyncio.to_thread(1, p)\n", FATE_UNKNOWN);
}

static void test_fate_of_an_argument(void **state)
{
    const Module *module = bound(state, "import asyncio\n"
                                        "class A:\n"
                                        "    def go(self, f, *, key=None): f(); self.key = key\n"
                                        "def main(a: A, x):\n"
                                        "    a.go(x.one, key=x.two)\n"
                                        "    a.go(*x.three)\n"
                                        "    unknown(x.four)\n");
    assert_int_equal(fate_of_argument(node_written(module, PY_ATTRIBUTE, "x.one")), FATE_CALLED);
    assert_int_equal(fate_of_argument(node_written(module, PY_KEYWORD_ARGUMENT, "key=x.two")), FATE_STORED);
    assert_int_equal(fate_of_argument(node_written(module, PY_LIST_SPLAT, "*x.three")), FATE_UNKNOWN);
    assert_int_equal(fate_of_argument(node_written(module, PY_ATTRIBUTE, "x.four")), FATE_UNKNOWN);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_chains, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_objects, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_choices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_conditions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_decorated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_handed_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_chains, set_up, tear_down),
        cmocka_unit_test(test_gravity),
        cmocka_unit_test_setup_teardown(test_calls_of_the_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fates_of_tasks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fates_of_callables, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fate_of_an_argument, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
