/* The flat tree: its shape, what is mended, and that both walks over the parser's tree agree. */
#include <stdio.h>
#include <stdlib.h>

#include "python/tree_internal.h"
#include "support.h"

typedef struct World {
    Arena arena, scratch;
} World;

static int set_up(void **state)
{
    World *world = calloc(1, sizeof *world);
    arena_init(&world->arena);
    arena_init(&world->scratch);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;
    arena_release(&world->arena);
    arena_release(&world->scratch);
    free(world);
    return 0;
}

/* "kind(child child)" of the first statement, fields left out. */
static void write_shape(char *out, size_t room, const Module *module, uint32_t id)
{
    size_t n = strlen(out);
    const TreeNode *node = &module->tree.nodes[id];
    snprintf(out + n, room - n, "%s", py_kind_names[node->kind]);
    if (node->after == id + 1)
        return;
    const char *separator = "(";
    for (uint32_t i = id + 1; i < node->after; i = module->tree.nodes[i].after) {
        n = strlen(out);
        snprintf(out + n, room - n, "%s", separator);
        write_shape(out, room, module, i);
        separator = " ";
    }
    n = strlen(out);
    snprintf(out + n, room - n, ")");
}

/* Parents, fields' order and ranges are consistent, whatever was moved. */
static void check_array(const Module *module)
{
    const Tree *tree = &module->tree;
    for (uint32_t i = 1; i < tree->count; i++) {
        const TreeNode *node = &tree->nodes[i];
        assert_true(node->after > i && node->after <= tree->count);
        assert_true(node->begin <= node->end && node->end <= module->source.text.n);
        if (i == 1)
            continue;
        const TreeNode *parent = &tree->nodes[node->parent];
        assert_true(node->parent < i && node->after <= parent->after);
        assert_true(node->begin >= parent->begin && node->end <= parent->end);
    }
    for (uint32_t i = 1; i < tree->count; i++)
        for (uint32_t child = i + 1; child < tree->nodes[i].after; child = tree->nodes[child].after)
            assert_int_equal(tree->nodes[child].parent, i);
}

static void check_shape(World *world, const char *text, const char *expected)
{
    const Module *module = module_of(&world->arena, &world->scratch, text);
    check_array(module);
    char shape[2048] = "";
    write_shape(shape, sizeof shape, module, node_first(node_first(node_at(module, 1))).id);
    assert_string_equal(shape, expected);
}

static void test_power_of_await(void **state)
{
    check_shape(*state, "await a ** 2\n", "binary_operator(await(identifier) ** integer)");
    check_shape(*state, "await a ** b ** c\n",
                "binary_operator(await(identifier) ** binary_operator(identifier ** identifier))");
    check_shape(*state, "await (a ** 2)\n", "await(parenthesized_expression(binary_operator(identifier ** integer)))");
    check_shape(*state, "await a.b(c) ** -d\n",
                "binary_operator(await(call(attribute(identifier identifier) argument_list(identifier))) ** "
                "unary_operator(- identifier))");
}

static void test_star(void **state)
{
    check_shape(*state, "x = *f(), b\n", "assignment(identifier expression_list(list_splat(call(identifier argument_list)) identifier))");
    check_shape(*state, "x = *a[0].b(1), c\n",
                "assignment(identifier expression_list(list_splat(call(attribute(subscript(identifier integer) identifier) "
                "argument_list(integer))) identifier))");
    check_shape(*state, "f(*a, *b.c(), **d())\n",
                "call(identifier argument_list(list_splat(identifier) list_splat(call(attribute(identifier identifier) "
                "argument_list)) dictionary_splat(call(identifier argument_list))))");
}

static void test_generic_type(void **state)
{
    check_shape(*state, "x: A[B] or C = 1\n",
                "assignment(identifier type(boolean_operator(subscript(identifier identifier) or identifier)) integer)");
    check_shape(*state, "f(lambda: a[b] + c)\n",
                "call(identifier argument_list(lambda(binary_operator(subscript(identifier identifier) + identifier))))");
    check_shape(*state, "x: A[B[c](d)][e].f\n",
                "assignment(identifier type(attribute(subscript(subscript(identifier call(subscript(identifier identifier) "
                "argument_list(identifier))) identifier) identifier)))");
}

static void test_flags(void **state)
{
    World *world = *state;
    Module *module = module_of(&world->arena, &world->scratch,
                               "async def f[T = int]():\n    async with a: pass\n    async for b in c: pass\n"
                               "    [d async for d in e]\n    yield from g\n    raise h from i\n"
                               "try: pass\nexcept* j: pass\n");
    unsigned seen[PY_KIND_COUNT] = { 0 };
    for (uint32_t i = 1; i < module->tree.count; i++)
        seen[module->tree.nodes[i].kind] |= module->tree.nodes[i].flags;
    assert_true(seen[PY_FUNCTION_DEFINITION] & NODE_ASYNC);
    assert_true(seen[PY_WITH_STATEMENT] & NODE_ASYNC);
    assert_true(seen[PY_FOR_STATEMENT] & NODE_ASYNC);
    assert_true(seen[PY_FOR_IN_CLAUSE] & NODE_ASYNC);
    assert_true(seen[PY_YIELD] & NODE_FROM);
    assert_true(seen[PY_RAISE_STATEMENT] & NODE_FROM);
    assert_true(seen[PY_EXCEPT_CLAUSE] & NODE_STAR);
    assert_true(seen[PY_TYPE] & NODE_DEFAULT);
    assert_int_equal(module->tree.troubles.count, 0);
}

static void test_errors(void **state)
{
    World *world = *state;
    Module *module = module_of(&world->arena, &world->scratch, "x = = 1\nasync def f():\n    await g()\n");
    assert_true(module->tree.troubles.count > 0);
    assert_int_equal(scan_place(&module->scan, module->tree.troubles.items[0].begin).row, 1);
    bool has_await = false;
    for (uint32_t i = 1; i < module->tree.count; i++)
        has_await |= module->tree.nodes[i].kind == PY_AWAIT;
    assert_true(has_await);
    module = module_of(&world->arena, &world->scratch, "print 'a'\nif a <> b: pass\nraise c, 'd'\nraise (c, d)\n");
    assert_int_equal(module->tree.troubles.count, 3);
    assert_str(module->tree.troubles.items[0].message, "Python 2 print statement");
}

/* What the scan made up has no width: no node reaches beyond its line or the text. */
static void test_made_up(void **state)
{
    static const char *const texts[] = { "'", "x = 'a\ny\n", "x = f'{a\n", "f(a, [b\ndef g(): pass\n", "x = '''a", "[}\n", "(a[1)\n" };
    World *world = *state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_array(module_of(&world->arena, &world->scratch, texts[i]));
    Module *module = module_of(&world->arena, &world->scratch, "x = 'a\ny\n");
    Node string = node_field(node_first(node_first(node_at(module, 1))), F_RIGHT);
    assert_int_equal(node_kind(string), PY_STRING);
    assert_int_equal(node_end(string), 6);
}

static void test_refused(void **state)
{
    World *world = *state;
    char text[512];
    memset(text, '(', 300);
    text[300] = '\0';
    Module *module = module_of(&world->arena, &world->scratch, text);
    assert_int_equal(module->status, TREE_REFUSED);
    assert_int_equal(module->tree.count, 2);
}

/* A deadline that has passed stops a parse of any size, and the next one is not touched by it. */
static void test_late(void **state)
{
    World *world = *state;
    enum { LINES = 20000 };
    char *text = arena_alloc(&world->arena, LINES * 8 + 1);
    for (size_t i = 0; i < LINES; i++)
        memcpy(text + i * 8, "x = f()\n", 8);
    Module *module = module_new(&world->arena, &world->scratch, source_of(&world->arena, text), 1e-9);
    assert_int_equal(module->status, TREE_LATE);
    module = module_of(&world->arena, &world->scratch, "x\n");
    assert_int_equal(module->status, TREE_OK);
    assert_int_equal(module->tree.troubles.count, 0);
}

/* A spent budget leaves the parser from wherever it is; the thread can parse again. */
static void test_budget(void **state)
{
    World *world = *state;
    enum { SIZE = 1 << 20 };
    char *text = arena_alloc(&world->arena, SIZE + 1);
    for (size_t i = 0; i < SIZE; i += 2)
        memcpy(text + i, "1,", 2);
    const Source *source = source_of(&world->arena, text);
    Arena file;
    arena_init(&file);
    sigjmp_buf guard;
    arena_guard(&file, 0, &guard);
    arena_guard(&world->scratch, 4 << 20, &guard);
    bool was_spent = false;
    if (sigsetjmp(guard, 0) == 0)
        module_new(&file, &world->scratch, source, 0);
    else
        was_spent = true;
    arena_clear(&world->scratch);
    arena_guard(&world->scratch, 0, &guard);
    assert_true(was_spent);
    assert_int_equal(module_of(&file, &world->scratch, "x = 1\n")->status, TREE_OK);
    arena_release(&file);
}

/* The tree of a text, made in one of the ways. */
static Tree tree_by(World *world, TreeWay way, const char *text)
{
    Names names;
    names_init(&names, &world->arena);
    Scan *scan = arena_new(&world->arena, Scan);
    scan_init(scan, &world->arena, source_of(&world->arena, text));
    Tree tree;
    tree_init_by(way, &tree, &world->arena, &world->scratch, scan, &names, 0);
    return tree;
}

static void check_ways_agree(World *world, const char *text)
{
    static const TreeWay others[] = { TREE_BY_SUBTREES, TREE_BY_LR };
    Tree tree = tree_by(world, TREE_BY_CURSOR, text);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        Tree other = tree_by(world, others[i], text);
        assert_int_equal(tree.count, other.count);
        assert_memory_equal(tree.nodes, other.nodes, tree.count * sizeof(TreeNode));
        assert_int_equal(tree.troubles.count, other.troubles.count);
    }
}

static void test_walks_agree(void **state)
{
    static const char *const texts[] = {
        "x = *f(), [y async for y in z if await w]\n",
        "async def f(a, *, b: int = 3) -> None:\n    async with a as b, c: return await d ** 2\n",
        "x = f'{a!r:>{b}}' not in c\nmatch x:\n    case {'a': [1, *_]} if y: pass\n",
        "class A(B, metaclass=C):\n    @d\n    def e(self): yield from self.f[1:2, ...]\n",
        "x = = 1\ndef g(:\n  pass\nif (a\n",
        "try: pass\nexcept* E as e: raise F from e\nelse: del x\nfinally: print 'a'\n",
        "x: A[B] or C = lambda: a[b[c].d] + c\n",
        "from . import a as b, c\nfrom x import *\nimport d.e as f\nglobal g\nlambda *a, **k: (yield)\n",
        "class A[T = int, *Ts = (int,)]: pass\ntype B[T] = T\n",
        "",
        "x",
        "\xc3\xa9 = 0x1f + 1.5e-3 + 1j + .5 + 1_000\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_ways_agree(*state, texts[i]);
}

/* Where the grammar sees several ways: the LR parser goes them side by side, meets itself, and has to choose as tree-sitter does. */
static void test_choices_agree(void **state)
{
    static const char *const texts[] = {
        "f(*a, **b)\n",
        "f(*a.b, *c[0], d)(*e)\n",
        "x = a.b, c[d]\ny\n",
        "x = [*a, b.c, *d],\n",
        "x = (a.b, f(None))\n",
        "*a.b, c = d\n",
        "*a.b(c).d, e[f], = g\n",
        "(a.b, [c, *d]), e = f\n",
        "for a.b, *c in d, *e: pass\n",
        "with (a as b, c(d)) as e, (f): pass\n",
        "with (a, b): pass\nwith (a.b as c): pass\nwith (a(), b() as c,): pass\n",
        "del (*b)\n",
        "match (a, *b)\nmatch (a): \n  case b: pass\nprint (a), b\nexec (a)\n",
        "(),\nd = y, (y, *d)\n",
        "* *a.b.c[d]\n",
        "def f():\n    x = a.b, a.c\n    return *x, f(*y, g(*z))\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_ways_agree(*state, texts[i]);
}

/* Depth and length that cost the LR parser copies: it gives up rather than taking long. */
static void test_long_choices_agree(void **state)
{
    enum { MANY = 3000 };
    World *world = *state;
    char *text = arena_alloc(&world->arena, MANY * 16);
    size_t n = 0;
    for (int i = 0; i < MANY; i++)
        n += (size_t)sprintf(text + n, "a.b = ");
    sprintf(text + n, "(c, *d)\n");
    check_ways_agree(world, text);
    n = (size_t)sprintf(text, "x = (");
    for (int i = 0; i < MANY; i++)
        n += (size_t)sprintf(text + n, "a.b, *c, ");
    sprintf(text + n, ")\n");
    check_ways_agree(world, text);
    n = 0;
    for (int i = 0; i < MANY; i++)
        n += (size_t)sprintf(text + n, "not -");
    sprintf(text + n, "x\n");
    check_ways_agree(world, text);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_power_of_await, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_star, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_generic_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flags, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_made_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_budget, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_walks_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_choices_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_choices_agree, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
