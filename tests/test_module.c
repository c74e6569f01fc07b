#include "facts/api.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct Fixture {
    Arena arena, scratch;
} Fixture;

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    arena_init(&f->arena);
    arena_init(&f->scratch);
    *state = f;
    return f ? 0 : -1;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    arena_release(&f->arena);
    arena_release(&f->scratch);
    free(f);
    return 0;
}

static Module *bound(void **state, const char *text)
{
    Fixture *f = *state;
    Module *module = module_of(&f->arena, &f->scratch, text);
    module_bind(module);
    return module;
}

/* The node of that kind whose text begins with `text`; the last one, so that a use is found behind its definition. */
static Node find(const Module *module, PyKind kind, const char *text)
{
    Node found = { module, 0 };
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) == kind && str_starts(node_text(n), str_of(text)))
            found = n;
    }
    return found;
}

static const Function *function_named(const Module *module, const char *qualname)
{
    for (uint32_t i = 0; i < module->functions.count; i++) {
        if (str_is(module->functions.items[i]->qualname, qualname))
            return module->functions.items[i];
    }
    fail_msg("no function %s", qualname);
    return NULL;
}

/* ---- Nodes ---- */

static void null_nodes_give_null(void **state)
{
    const Module *module = bound(state, "");
    Node none = { module, 0 };
    assert_int_equal(node_kind(none), PY_NO_NODE);
    assert_true(node_is_null(node_first(none)));
    assert_true(node_is_null(node_next(none)));
    assert_true(node_is_null(node_parent(none)));
    assert_true(node_is_null(node_field(none, F_BODY)));
    assert_true(node_is_null(node_child(none, 0)));
    assert_true(node_is_null(node_child_of(none, PY_CALL)));
    assert_true(node_is_null(node_next_same(none)));
    assert_true(node_is_null(node_statement(none)));
    assert_true(node_is_null(node_unparenthesized(none)));
    assert_true(node_is_null(decorator_next(module, 0, none)));
    assert_int_equal(node_count(none), 0);
    assert_str(node_text(none), "");
    assert_null(node_scope(none));
    assert_null(node_function(none));
    assert_null(function_at(module, 0));
    assert_null(api_called(none));
    assert_int_equal(target_of(none).kind, TARGET_UNKNOWN);
    assert_int_equal(target_all(none, NULL, 0), 0);
    assert_str(qualified_name(none), "");
    assert_false(node_is_dead(none));
    assert_false(node_contains(none, none));
}

static void nodes_know_their_places(void **state)
{
    const Module *module = bound(state, "import a, b as c\n@d\ndef f(x):\n    return (((x)))\n");
    Node import = node_first(node_at(module, 1));
    Node name = node_field(import, F_NAME);
    assert_str(node_text(name), "a");
    assert_str(node_text(node_next_same(name)), "b as c");
    assert_true(node_is_null(node_next_same(node_next_same(name))));
    assert_int_equal(node_count(import), 2);
    assert_str(node_text(node_child(import, 1)), "b as c");
    assert_true(node_is_null(node_child(import, 2)));
    assert_true(node_is_null(node_statement(node_at(module, 1))));

    Node x = find(module, PY_IDENTIFIER, "x");
    assert_int_equal(node_kind(node_statement(x)), PY_RETURN_STATEMENT);
    assert_true(node_same(node_unparenthesized(find(module, PY_PARENTHESIZED_EXPRESSION, "(((x")), x));
    Node function = find(module, PY_FUNCTION_DEFINITION, "def f");
    assert_int_equal(node_kind(node_statement(function)), PY_DECORATED_DEFINITION);
    assert_true(node_contains(function, x));
    assert_false(node_contains(x, function));
}

/* ---- Scopes ---- */

static void everything_is_evaluated_where_it_belongs(void **state)
{
    const Module *module = bound(state, "@deco\n"
                                        "def outer(par: anno = default, *args, key=kwdefault) -> returned:\n"
                                        "    [element for target in iterable if condition for t2 in second]\n"
                                        "    lambda lam=lamdefault: lambody\n"
                                        "    class Inner(base, metaclass=meta):\n"
                                        "        classbody\n");
    static const struct {
        const char *name;
        ScopeKind kind;
        const char *function; /* whose frame */
    } expected[] = {
        { "deco", SCOPE_MODULE, NULL },
        { "anno", SCOPE_MODULE, NULL },
        { "default", SCOPE_MODULE, NULL },
        { "kwdefault", SCOPE_MODULE, NULL },
        { "returned", SCOPE_MODULE, NULL },
        { "par", SCOPE_FUNCTION, "outer" },
        { "key", SCOPE_FUNCTION, "outer" },
        { "args", SCOPE_FUNCTION, "outer" },
        { "iterable", SCOPE_FUNCTION, "outer" },
        { "element", SCOPE_COMPREHENSION, "outer" },
        { "target", SCOPE_COMPREHENSION, "outer" },
        { "condition", SCOPE_COMPREHENSION, "outer" },
        { "second", SCOPE_COMPREHENSION, "outer" },
        { "lamdefault", SCOPE_FUNCTION, "outer" },
        { "lambody", SCOPE_LAMBDA, "outer.<locals>.<lambda>" },
        { "base", SCOPE_FUNCTION, "outer" },
        { "meta", SCOPE_FUNCTION, "outer" },
        { "classbody", SCOPE_CLASS, NULL },
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        Node n = find(module, PY_IDENTIFIER, expected[i].name);
        if (node_scope(n)->kind != expected[i].kind)
            fail_msg("%s is in a scope of kind %d", expected[i].name, (int)node_scope(n)->kind);
        const Function *function = node_function(n);
        assert_true(expected[i].function ? function && str_is(function->qualname, expected[i].function) : !function);
    }
    assert_int_equal(node_scope(find(module, PY_LIST_COMPREHENSION, "["))->kind, SCOPE_FUNCTION);
    assert_int_equal(node_scope(find(module, PY_LAMBDA, "lambda"))->kind, SCOPE_FUNCTION);
    assert_int_equal(node_scope(find(module, PY_FUNCTION_DEFINITION, "def"))->kind, SCOPE_MODULE);
}

static void sites_stand_in_order_of_place(void **state)
{
    const Module *module = bound(state, "def outer():\n"
                                        "    def inner():\n"
                                        "        nonlocal x\n"
                                        "        x = 1\n"
                                        "    x: int\n"
                                        "    x += 2\n"
                                        "    for x in y: pass\n"
                                        "    with z as x: del x\n");
    const Binding *x = scope_binding(function_named(module, "outer")->scope, names_find(&module->names, STR("x")));
    assert_non_null(x);
    static const SiteKind kinds[] = { SITE_ASSIGN, SITE_ANNOTATION, SITE_AUGMENTED, SITE_FOR, SITE_WITH, SITE_DELETE };
    assert_int_equal(x->sites.count, 6);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(x->sites.items[i].kind, kinds[i]);
    assert_ptr_equal(x->sites.items[0].from, function_named(module, "outer.<locals>.inner")->scope);
    assert_null(scope_binding(x->sites.items[0].from, x->name));
    assert_ptr_equal(scope_resolve(x->sites.items[0].from, module, x->name), x);
    assert_str(node_text(node_at(module, x->sites.items[4].value)), "z");
}

static void functions_know_what_they_do(void **state)
{
    const Module *module = bound(state, "async def waits():\n    [await x for x in y]\n"
                                        "async def hands_on():\n    return (await x for x in y)\n"
                                        "async def loops():\n    async for x in y: pass\n"
                                        "async def enters():\n    async with x: pass\n"
                                        "async def idle():\n    async def inner(): await x\n"
                                        "async def gives():\n    yield 1\n"
                                        "def plain():\n    lambda: (yield)\n"
                                        "class A:\n    class B:\n        @d\n        def m(self): yield from x\n"
                                        "def maker():\n    global made\n    def made(): pass\n");
    assert_true(function_named(module, "waits")->has_await);
    assert_false(function_named(module, "hands_on")->has_await);
    assert_true(function_named(module, "loops")->has_await);
    assert_true(function_named(module, "enters")->has_await);
    assert_false(function_named(module, "idle")->has_await);
    assert_true(function_named(module, "idle.<locals>.inner")->has_await);
    assert_true(function_named(module, "gives")->is_generator);
    assert_true(function_named(module, "gives")->is_async);
    assert_false(function_named(module, "plain")->is_generator);
    assert_true(function_named(module, "plain.<locals>.<lambda>")->is_generator);
    assert_false(function_named(module, "made")->is_async);

    const Function *method = function_named(module, "A.B.m");
    assert_true(method->is_generator);
    assert_str(method->class_->qualname, "A.B");
    assert_int_not_equal(method->first_decorator, 0);
    Node decorator = decorator_next(module, method->node, (Node){ module, 0 });
    assert_str(node_text(decorator), "d");
    assert_true(node_is_null(decorator_next(module, method->node, decorator)));
    assert_ptr_equal(function_at(module, method->node), method);
    assert_null(function_at(module, method->node + 1));
    assert_ptr_equal(class_at(module, method->class_->node), method->class_);
}

static void comprehensions_know_whether_they_wait(void **state)
{
    const Module *module = bound(state, "async def f():\n"
                                        "    [a for a in b]\n"
                                        "    {await c for c in d}\n"
                                        "    {e: 1 async for e in g}\n"
                                        "    [[await h for h in i] for j in k]\n"
                                        "    [(await l for l in m) for n in o]\n"
                                        "    [p for p in await q]\n");
    static const bool expected[] = { false, true, true, true, true, false, true, false };
    uint32_t seen = 0;
    for (uint32_t i = 0; i < module->scopes.count; i++) {
        if (module->scopes.items[i]->kind == SCOPE_COMPREHENSION)
            assert_int_equal(module->scopes.items[i]->is_async, expected[seen++]);
    }
    assert_int_equal(seen, 8);
}

static void binding_twice_changes_nothing(void **state)
{
    Module *module = bound(state, "def f(): pass\n");
    uint32_t scopes = module->scopes.count;
    module_bind(module);
    assert_int_equal(module->scopes.count, scopes);
    assert_int_equal(module->scope->bindings.count, 1);
}

static void an_unbound_module_knows_nothing(void **state)
{
    Fixture *f = *state;
    const Module *module = module_of(&f->arena, &f->scratch, "import time\ntime.sleep(1)\n");
    Node call = find(module, PY_CALL, "time");
    assert_null(node_scope(call));
    assert_null(api_called(call));
    assert_false(node_is_dead(call));
    assert_int_equal(target_of(node_field(call, F_FUNCTION)).kind, TARGET_UNKNOWN);
}

/* ---- APIs ---- */

static void assert_calls(void **state, const char *text, const char *expected)
{
    const Module *module = bound(state, text);
    const Api *api = api_called(find(module, PY_CALL, ""));
    if (!expected ? api != NULL : !api || strcmp(api->name, expected) != 0)
        fail_msg("%s calls %s", text, api ? api->name : "nothing that is known");
}

static void calls_of_apis_are_found(void **state)
{
    assert_non_null(api_find(STR("time.sleep")));
    assert_null(api_find(STR("time.slee")));
    assert_null(api_find(STR("")));
    assert_null(api_find(STR("zzzz.zzzz")));

    assert_calls(state, "import time\ntime.sleep(1)", "time.sleep");
    assert_calls(state, "from time import sleep as z\nz(1)", "time.sleep");
    assert_calls(state, "sleep(1)", NULL);
    assert_calls(state, "def sleep(): pass\nsleep(1)", NULL);
}

static void star_imports_are_looked_through(void **state)
{
    assert_calls(state, "from time import *\nsleep(1)", "time.sleep");
    assert_calls(state, "from other import *\nfrom time import *\nsleep(1)", "time.sleep");
    assert_calls(state, "from time import *\nfrom other import *\nsleep(1)", NULL);
    assert_calls(state, "from .time import *\nsleep(1)", NULL);
    assert_calls(state, "from time import *\nsleep = print\nsleep(1)", NULL);
    assert_calls(state, "from time import *\ndef f(sleep): sleep(1)", NULL);
    assert_calls(state, "from time import *\nsleep.sleep(1)", NULL);
    assert_calls(state, "from time import *\nimport time\ntime.sleep(1)", "time.sleep");
}

/* ---- Limits ---- */

static double seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static char *repeated(Arena *arena, const char *front, const char *part, size_t count, const char *back)
{
    size_t n = strlen(part);
    char *text = arena_alloc(arena, strlen(front) + n * count + strlen(back) + 1);
    char *end = text + strlen(strcpy(text, front));
    for (size_t i = 0; i < count; i++, end += n)
        memcpy(end, part, n);
    strcpy(end, back);
    return text;
}

/* Every name and attribute asked for; what counts is that it ends soon, under sanitizers too. */
static void ask_everything(void **state, const char *text)
{
    const Module *module = bound(state, text);
    double begin = seconds();
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) == PY_IDENTIFIER || node_kind(n) == PY_ATTRIBUTE)
            target_of(n);
        if (node_kind(n) == PY_CALL)
            api_called(n);
    }
    assert_true(seconds() - begin < 10);
}

static void hostile_text_is_answered_in_time(void **state)
{
    Fixture *f = *state;
    ask_everything(state, repeated(&f->arena, "import a\na", ".a", 20000, "\n"));
    ask_everything(state, repeated(&f->arena, "x = y = ", "x = y = ", 5000, "z\n"));
    ask_everything(state, repeated(&f->arena, "a = b = c = d\n", "a = b\nb = c\nc = a\nd = c\na()\n", 2000, ""));
    ask_everything(state, repeated(&f->arena, "", "class A(A): a = A.a; A.a = a\n", 2000, "A.a\n"));
    ask_everything(state, repeated(&f->arena, "", "class A(B, C, D): pass\nclass B(A, C): pass\nA.x\n", 1000, ""));
    ask_everything(state, repeated(&f->arena, "x = ", "lambda a=f(): ", 3000, "a\n"));
    ask_everything(state, repeated(&f->arena, "class A:\n def m(self):\n", "  self.x = self.x; self.m()\n", 2000, ""));
    ask_everything(state, repeated(&f->arena, "", "from a import x\nx()\n", 3000, ""));
}

static void long_names_are_cut_in_qualnames(void **state)
{
    Fixture *f = *state;
    const Module *module = bound(state, repeated(&f->arena, "x = ", "lambda: ", 5000, "0\n"));
    for (uint32_t i = 0; i < module->functions.count; i++)
        assert_true(module->functions.items[i]->qualname.n < 1100);
}

int main(void)
{
    tree_setup();
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(null_nodes_give_null),
        TEST(nodes_know_their_places),
        TEST(everything_is_evaluated_where_it_belongs),
        TEST(sites_stand_in_order_of_place),
        TEST(functions_know_what_they_do),
        TEST(comprehensions_know_whether_they_wait),
        TEST(binding_twice_changes_nothing),
        TEST(an_unbound_module_knows_nothing),
        TEST(calls_of_apis_are_found),
        TEST(star_imports_are_looked_through),
        TEST(hostile_text_is_answered_in_time),
        TEST(long_names_are_cut_in_qualnames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
