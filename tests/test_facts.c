#include "facts/frames.h"
#include "facts/spelling.h"
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

/* The call whose callee is written so; the last one. */
static Node call_of(const Module *module, const char *callee)
{
    Node found = { module, 0 };
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) == PY_CALL && str_is(node_text(node_field(n, F_FUNCTION)), callee))
            found = n;
    }
    assert_false(node_is_null(found));
    return found;
}

static void assert_frame(void **state, const char *text, const char *qualname)
{
    const Module *module = bound(state, text);
    const Function *function = frame_function(call_of(module, "x"));
    if (!qualname)
        assert_null(function);
    else
        assert_str(function->qualname, qualname);
}

static void frames_are_those_that_wait(void **state)
{
    assert_frame(state, "x()", NULL);
    assert_frame(state, "class C:\n    x()", NULL);
    assert_frame(state, "def f():\n    x()", "f");
    assert_frame(state, "def f():\n    return lambda: x()", "f.<locals>.<lambda>");
    assert_frame(state, "def f():\n    (lambda: x())()", "f");
    assert_frame(state, "def f():\n    ((lambda: (lambda: x())()))()", "f");
    assert_frame(state, "def f():\n    g(lambda: x())", "f.<locals>.<lambda>");
    assert_frame(state, "def f(a=x()):\n    pass", NULL);
    assert_frame(state, "def f():\n    def g(a=x()):\n        pass", "f");
}

static void generators_wait_when_they_are_consumed(void **state)
{
    assert_frame(state, "def f():\n    [x() for a in b]", "f");
    assert_frame(state, "def f():\n    (x() for a in b)", NULL);
    assert_frame(state, "def f():\n    (a for a in x())", "f");
    assert_frame(state, "def f():\n    (a for a in b for c in x())", NULL);
    assert_frame(state, "def f():\n    any(x() for a in b)", "f");
    assert_frame(state, "def f():\n    max((x() for a in b), key=k)", "f");
    assert_frame(state, "def f():\n    max(k, (x() for a in b))", NULL);
    assert_frame(state, "def f(any):\n    any(x() for a in b)", NULL);
    assert_frame(state, "def f():\n    g(*(x() for a in b))", "f");
    assert_frame(state, "def f():\n    for a in (x() for a in b): pass", "f");
    assert_frame(state, "def f():\n    any(any(x() for a in b) for c in d)", "f");
    assert_frame(state, "def f():\n    iter(any(x() for a in b) for c in d)", NULL);
}

static void only_coroutines_run_on_the_loop(void **state)
{
    assert_non_null(frame_on_loop(call_of(bound(state, "async def f():\n    x()"), "x")));
    assert_null(frame_on_loop(call_of(bound(state, "def f():\n    x()"), "x")));
    assert_null(frame_on_loop(call_of(bound(state, "async def f():\n    def g():\n        x()"), "x")));
    assert_null(frame_on_loop(call_of(bound(state, "async def f():\n    g(lambda: x())"), "x")));
}

static void assert_spelling(void **state, const char *text, const char *spelling)
{
    const Module *module = bound(state, text);
    assert_str(spelling_at(call_of(module, "x"), "asyncio", "sleep"), spelling);
}

static void spellings_follow_the_imports(void **state)
{
    assert_spelling(state, "x()", "");
    assert_spelling(state, "import asyncio\nx()", "asyncio.sleep");
    assert_spelling(state, "import asyncio as a\nx()", "a.sleep");
    assert_spelling(state, "import asyncio.tasks\nx()", "asyncio.sleep");
    assert_spelling(state, "import asyncio.tasks as t\nx()", "");
    assert_spelling(state, "from asyncio import sleep\nx()", "sleep");
    assert_spelling(state, "from asyncio import sleep as s\nx()", "s");
    assert_spelling(state, "from asyncio import Event\nx()", "");
    assert_spelling(state, "from trio import sleep\nx()", "");
    assert_spelling(state, "import asyncio, trio\nx()", "asyncio.sleep");
    assert_spelling(state, "def f():\n    import asyncio\n    x()", "asyncio.sleep");
    assert_spelling(state, "def f():\n    x()\nimport asyncio", "asyncio.sleep");
}

static void spellings_are_sure(void **state)
{
    assert_spelling(state, "x()\nimport asyncio", "");
    assert_spelling(state, "def f():\n    x()\n    import asyncio", "");
    assert_spelling(state, "def f():\n    if a:\n        import asyncio\n    x()", "");
    assert_spelling(state, "def f():\n    import asyncio\ndef g():\n    x()", "");
    assert_spelling(state, "import asyncio\nasyncio = None\nx()", "");
    assert_spelling(state, "import asyncio\ndef f(asyncio):\n    x()", "");
    assert_spelling(state, "try:\n    import asyncio\nexcept ImportError:\n    pass\nx()", "");
    assert_spelling(state, "class C:\n    import asyncio\n    def f(self):\n        x()", "");
}

static void the_library_is_that_of_the_imports(void **state)
{
    assert_int_equal(module_library(bound(state, "import time")), LIBRARY_NONE);
    assert_int_equal(module_library(bound(state, "import asyncio as a")), LIBRARY_ASYNCIO);
    assert_int_equal(module_library(bound(state, "from asyncio.events import get_running_loop")), LIBRARY_ASYNCIO);
    assert_int_equal(module_library(bound(state, "def f():\n    import trio.testing as t")), LIBRARY_TRIO);
    assert_int_equal(module_library(bound(state, "import trio\nimport asyncio")), LIBRARY_SEVERAL);
    assert_int_equal(
        module_library(bound(state, "import trio\nimport asyncio\nfrom anyio import sleep")), LIBRARY_ANYIO);
    assert_int_equal(module_library(bound(state, "import trioish\nfrom . import asyncio")), LIBRARY_NONE);
    assert_int_equal(module_library(bound(state, "asyncio.sleep(1)")), LIBRARY_NONE);
}

static void coroutine_calls_say_what_they_call(void **state)
{
    CoroutineCall made;
    const Module *module =
        bound(state, "import asyncio\nasync def f(): pass\nf()\nasyncio.sleep(1)\nasyncio.gather()\nprint()");
    assert_true(call_gives_coroutine(call_of(module, "f"), &made));
    assert_str(made.function->qualname, "f");
    assert_null(made.api);
    assert_true(made.is_sure);
    assert_true(call_gives_coroutine(call_of(module, "asyncio.sleep"), &made));
    assert_string_equal(made.api->name, "asyncio.sleep");
    assert_false(call_gives_coroutine(call_of(module, "asyncio.gather"), &made));
    assert_false(call_gives_coroutine(call_of(module, "print"), &made));
}

static void abstract_methods_are_not_sure(void **state)
{
    CoroutineCall made;
    const Module *module =
        bound(state, "class C:\n    async def f(self): raise NotImplementedError\n    def g(self): self.f()");
    assert_true(call_gives_coroutine(call_of(module, "self.f"), &made));
    assert_false(made.is_sure);
    module = bound(state, "@register\nclass C:\n    async def f(self): return 1\n    def g(self): self.f()");
    assert_true(call_gives_coroutine(call_of(module, "self.f"), &made));
    assert_false(made.is_sure);
    module = bound(state, "class C:\n    async def f(self): return 1\n    def g(self): self.f()");
    assert_true(call_gives_coroutine(call_of(module, "self.f"), &made));
    assert_true(made.is_sure);
}

/* A hierarchy as wide and deep as somebody might write to be a nuisance. */
static void endless_bases_come_to_an_end(void **state)
{
    Memory *memory = *state;
    Str text = STR("class C0:\n    async def f(self): return 1\n    def g(self): self.f()\n");
    for (int i = 1; i < 200; i++)
        text = arena_printf(&memory->arena, "%.*sclass C%d(C%d, C%d, C%d, C%d):\n    def f(self): pass\n",
            STR_ARG(text), i, i, i - 1, i, i - 1);
    CoroutineCall made;
    assert_false(call_gives_coroutine(call_of(bound(state, text.p), "self.f"), &made));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_are_those_that_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(generators_wait_when_they_are_consumed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_coroutines_run_on_the_loop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(spellings_follow_the_imports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(spellings_are_sure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_library_is_that_of_the_imports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(coroutine_calls_say_what_they_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(abstract_methods_are_not_sure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(endless_bases_come_to_an_end, set_up, tear_down),
    };
    tree_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
