/* What becomes of what a local name holds: src/facts/uses.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/uses.h"
#include "support.h"

typedef struct Scene {
    Arena arena, scratch;
    Module *module;
    Uses *uses;
} Scene;

/* The text's first function is the one that is asked about. */
static void scene_init(Scene *scene, const char *text)
{
    arena_init(&scene->arena);
    arena_init(&scene->scratch);
    scene->module = module_of(&scene->arena, &scene->scratch, text);
    module_bind(scene->module);
    scene->uses = uses_new(scene->module, scene->module->functions.items[0]);
}

static void scene_release(Scene *scene)
{
    arena_release(&scene->scratch);
    arena_release(&scene->arena);
}

/* The occurrence number `index` (from 0) of the name x in the text. */
static Node x_at(const Scene *scene, unsigned index)
{
    for (uint32_t id = 1; id < scene->module->tree.count; id++) {
        Node n = node_at(scene->module, id);
        if (node_kind(n) == PY_IDENTIFIER && str_is(node_text(n), "x") && index-- == 0)
            return n;
    }
    fail_msg("not so many x");
    return node_at(scene->module, 0);
}

static Node none(const Scene *scene)
{
    return node_at(scene->module, 0);
}

/* Whether the value of the x number `index` is read. */
static void assert_target(const char *text, unsigned index, bool is_read)
{
    Scene scene;
    scene_init(&scene, text);
    if (uses_reads(scene.uses, x_at(&scene, index)) != is_read)
        fail_msg("read: %d expected in\n%s", is_read, text);
    scene_release(&scene);
}

static void assert_leads(const char *text, unsigned from, unsigned to, bool expected)
{
    Scene scene;
    scene_init(&scene, text);
    if (uses_leads(scene.uses, x_at(&scene, from), x_at(&scene, to), none(&scene)) != expected)
        fail_msg("from %u to %u: %d expected in\n%s", from, to, expected, text);
    scene_release(&scene);
}

static void test_straight(void **state)
{
    (void)state;
    assert_target("def f():\n x = g()\n", 0, false);
    assert_target("def f():\n x = g()\n return x\n", 0, true);
    assert_target("def f():\n x = g()\n x = 1\n return x\n", 0, false);
    assert_target("def f():\n x = g()\n x = h(x)\n", 0, true);
    assert_target("def f():\n x = g()\n x = h(x)\n", 1, false);
    assert_target("def f():\n x = g()\n x.done = 1\n", 0, true);
    assert_target("def f():\n x = g()\n x += 1\n", 0, true);
    assert_target("def f():\n x = g()\n del x\n", 0, true);
    assert_target("def f():\n y.x = x = g()\n h(x=1)\n", 1, false);
    assert_target("def f():\n return (x := g()), x\n", 0, true);
    assert_target("def f():\n return [x := g(), h(x)]\n", 0, true);
    assert_target("def f():\n x = g()\n return f'{x}'\n", 0, true);
}

static void test_branches(void **state)
{
    (void)state;
    assert_target("def f(a):\n x = g()\n if a:\n  return x\n", 0, true);
    assert_target("def f(a):\n x = g()\n if a:\n  return x\n else:\n  h(x)\n", 0, true);
    assert_target("def f(a):\n x = g()\n if a and x:\n  pass\n", 0, true);
    assert_target("def f(a):\n if a:\n  x = g()\n else:\n  x = 1\n  h(x)\n", 0, false);
    assert_target("def f(a):\n for i in a:\n  h(x)\n  x = g()\n", 1, true);
    assert_target("def f(a):\n while a():\n  x = g()\n", 0, false);
    assert_target("def f(a):\n x = g()\n for i in x:\n  pass\n", 0, true);
    assert_target("def f(a):\n x = g()\n with x as y:\n  pass\n", 0, true);
    assert_target("def f(a):\n x = g()\n with a as x:\n  h(x)\n", 0, false);
    assert_target("def f(a):\n x = g()\n for x in a:\n  h(x)\n", 0, false);
}

static void test_exceptions(void **state)
{
    (void)state;
    assert_target("def f(a):\n x = g()\n try:\n  a()\n finally:\n  h(x)\n", 0, true);
    assert_target("def f(a):\n try:\n  x = g()\n  a()\n except E:\n  h(x)\n", 0, true);
    assert_target("def f(a):\n x = g()\n try:\n  a()\n  x = 1\n except E:\n  h(x)\n", 0, true);
    assert_target("def f(a):\n x = g()\n raise E\n", 0, false);
    assert_target("def f(a):\n try:\n  pass\n except E as x:\n  h(x)\n", 0, true);
}

static void test_others(void **state)
{
    (void)state;
    assert_target("def f():\n x = g()\n return lambda: x\n", 0, true);
    assert_target("def f():\n x = g()\n def inner():\n  return x\n", 0, true);
    assert_target("def f():\n x = g()\n return (x for i in y)\n", 0, true);
    assert_target("def f():\n x = g()\n return (i for i in x)\n", 0, true);
    assert_target("def f():\n x = g()\n return [x for i in y]\n", 0, true);
    assert_target("def f():\n x = g()\n return [x for x in y]\n", 0, false);
    assert_target("def f():\n x = g()\n return lambda x: x\n", 0, false);
    assert_target("def f():\n x = g()\n def inner():\n  nonlocal x\n  x = 1\n", 0, true);
    assert_target("def f():\n x = g()\n return locals()\n", 0, true);
    assert_target("def f():\n global x\n x = g()\n", 1, true);
    assert_target("def f(x):\n return 1\n", 0, false);
}

static void test_paths(void **state)
{
    (void)state;
    assert_leads("def f():\n x = g()\n h(x)\n h(x)\n", 0, 1, true);
    assert_leads("def f():\n x = g()\n h(x)\n h(x)\n", 1, 2, true);
    assert_leads("def f():\n x = g()\n h(x)\n h(x)\n", 2, 1, false);
    assert_leads("def f():\n x = g()\n h(x)\n x = g()\n h(x)\n", 1, 3, false);
    assert_leads("def f(a):\n x = g()\n if a:\n  h(x)\n else:\n  h(x)\n", 1, 2, false);
    assert_leads("def f(a):\n x = g()\n for i in a:\n  h(x)\n", 1, 1, true);
    assert_leads("def f(a):\n for i in a:\n  x = g()\n  h(x)\n", 1, 1, false);
    assert_leads("def f(a):\n x = g()\n while True:\n  h(x)\n  break\n", 1, 1, false);
    assert_leads("def f(a):\n x = g()\n try:\n  h(x)\n except E:\n  h(x)\n", 1, 2, true);
    assert_leads("def f(a):\n x = g()\n try:\n  return h(x)\n finally:\n  h(x)\n", 1, 2, true);
}

static void test_avoid(void **state)
{
    (void)state;
    Scene scene;
    scene_init(&scene, "def f(a):\n x = g()\n if a:\n  h(x)\n h(x)\n");
    assert_true(uses_leads(scene.uses, x_at(&scene, 0), x_at(&scene, 2), x_at(&scene, 1)));
    assert_false(uses_leads_out(scene.uses, x_at(&scene, 0), x_at(&scene, 2)));
    assert_true(uses_leads_out(scene.uses, x_at(&scene, 0), x_at(&scene, 1)));
    scene_release(&scene);
    scene_init(&scene, "def f(a):\n x = g()\n h(x)\n if a:\n  h(x)\n");
    assert_false(uses_leads(scene.uses, x_at(&scene, 0), x_at(&scene, 2), x_at(&scene, 1)));
    assert_true(uses_leads_out(scene.uses, x_at(&scene, 1), x_at(&scene, 2)));
    scene_release(&scene);
    scene_init(&scene, "async def f(a):\n x = g()\n try:\n  await x\n except E:\n  h(x)\n");
    assert_true(uses_leads(scene.uses, x_at(&scene, 0), x_at(&scene, 2), none(&scene)));
    assert_false(uses_leads(scene.uses, x_at(&scene, 0), x_at(&scene, 2), x_at(&scene, 1)));
    scene_release(&scene);
    scene_init(&scene, "async def f(a):\n x = g()\n try:\n  a()\n  await x\n except E:\n  h(x)\n");
    assert_true(uses_leads(scene.uses, x_at(&scene, 0), x_at(&scene, 2), x_at(&scene, 1)));
    scene_release(&scene);
}

static void test_list(void **state)
{
    (void)state;
    Scene scene;
    scene_init(&scene, "def f(a):\n x = g(x=1)\n h(x.x)\n def inner():\n  return x\n x += 1\n");
    const Binding *binding = scope_binding(scene.module->functions.items[0]->scope, node_data(x_at(&scene, 0))->name);
    UseList list = uses_of(scene.uses, binding);
    assert_int_equal(list.count, 3);
    assert_int_equal(list.nodes[0], x_at(&scene, 2).id);
    assert_int_equal(list.nodes[1], x_at(&scene, 4).id);
    assert_int_equal(list.nodes[2], x_at(&scene, 5).id);
    assert_true(uses_is_captured(scene.uses, binding));
    assert_false(uses_is_shared(scene.uses, binding));
    scene_release(&scene);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_straight),
        cmocka_unit_test(test_branches),
        cmocka_unit_test(test_exceptions),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_avoid),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
