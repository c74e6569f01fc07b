/* Which coroutine functions a text may call, by its words alone. */
#include "facts/outlook.h"
#include "memory.h"

static Outlook look(void **state, const char *path, const char *text)
{
    Memory *memory = *state;
    Scan *scan = arena_new(&memory->arena, Scan);
    scan_init(scan, &memory->arena, source_of(&memory->arena, text));
    return outlook_of(scan, str_of(path), &memory->arena);
}

static bool sees(void **state, const char *path, const char *text, const char *name, const char *where)
{
    Outlook outlook = look(state, path, text);
    bool has = outlook_has(&outlook, str_of(name), str_of(where));
    Prospects prospects;
    prospects_init(&prospects, &((Memory *)*state)->arena);
    prospects_add(&prospects, outlook_name(str_of(name)), is_common_name(str_of(name)), str_of(where));
    assert_int_equal(prospects_meet(&prospects, &outlook), has); /* the many agree with the one */
    return has;
}

static void test_absolute_imports(void **state)
{
    const char *const text = "import os\nfrom app.store import Store\n\nStore().save()\n";
    assert_true(sees(state, "run.py", text, "save", "app/store.py"));
    assert_true(sees(state, "run.py", text, "save", "src/app/deep/er/base.py"));
    assert_false(sees(state, "run.py", text, "save", "other/store.py"));
    assert_false(sees(state, "run.py", text, "load", "app/store.py"));
    assert_true(sees(state, "run.py", "import a, app.store as s\ns.save()\n", "save", "app/store.py"));
    assert_true(sees(state, "run.py", "def f():\n    from app import (\n        x,\n        y)\n    y.save()\n", "save", "app/y.py"));
    assert_true(sees(state, "run.py", "import store\nstore.save()\n", "save", "store.py"));
    assert_true(sees(state, "run.py", "import store\nstore.save()\n", "save", "lib/store/__init__.py"));
}

static void test_relative_imports(void **state)
{
    assert_true(sees(state, "app/views/list.py", "from . import store\nstore.save()\n", "save", "app/views/store.py"));
    assert_false(sees(state, "app/views/list.py", "from . import store\nstore.save()\n", "save", "app/store.py"));
    assert_true(sees(state, "app/views/list.py", "from ..core import store\nstore.save()\n", "save", "app/core/store.py"));
    assert_true(sees(state, "app/views/list.py", "from ..core import store\nstore.save()\n", "save", "app/base.py"));
    assert_false(sees(state, "list.py", "from ... import store\nstore.save()\n", "save", "x/store.py"));
}

static void test_nothing_to_import(void **state)
{
    assert_false(sees(state, "run.py", "import os, sys\nfrom json import load\nload()\nrun()\n", "run", "json/run.py"));
    assert_false(sees(state, "run.py", "# import app\n'import app'\nrun()\n", "run", "app/run.py"));
    assert_int_equal(look(state, "run.py", "import os\nrun()\n").called.count, 0);
}

/* Names that every dictionary has count only of their own module. */
static void test_common_names(void **state)
{
    assert_true(sees(state, "run.py", "from app import store\nstore.get(1)\n", "get", "app/store.py"));
    assert_false(sees(state, "run.py", "from app import store\nstore.get(1)\n", "get", "app/other.py"));
    assert_false(sees(state, "run.py", "from app import store\nx.get(1)\n", "get", "app/store.py"));
    assert_false(sees(state, "run.py", "from app import store\nx.store.get(1)\n", "get", "app/store.py"));
    assert_false(sees(state, "run.py", "from app import get\nget(1)\n", "get", "app/store.py"));
}

static void test_what_is_no_call(void **state)
{
    assert_false(sees(state, "run.py", "import app\ndef save():\n    pass\n", "save", "app/a.py"));
    assert_false(sees(state, "run.py", "import app\nclass save(app.x):\n    pass\n", "save", "app/a.py"));
    assert_false(sees(state, "run.py", "import app\nx = app.save\n", "save", "app/a.py"));
    assert_true(sees(state, "run.py", "import app\nx = f'{app.save()}'\n", "save", "app/a.py"));
}

static void test_the_list_of_common_names(void **state)
{
    (void)state;
    static const char *const some[] = { "add", "get", "pop", "items", "update", "values", "open" };
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        assert_true(is_common_name(str_of(some[i])));
    assert_false(is_common_name(STR("")));
    assert_false(is_common_name(STR("ad")));
    assert_false(is_common_name(STR("zip")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_absolute_imports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_relative_imports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_to_import, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_common_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_list_of_common_names, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
