#include "facts/cancellation.h"
#include "facts/reaps.h"
#include "memory.h"
#include "program/ask.h"

/* The catchers in `async def f(a):` with this body, whose lines are indented by one space. */
static Cancellations caught_in(void **state, const char *body, unsigned target_minor)
{
    Memory *memory = *state;
    Str text = arena_printf(&memory->arena, "import asyncio, contextlib\nasync def f(a):\n%s\n", body);
    Module *module = module_of(&memory->arena, &memory->scratch, text.p);
    module_bind(module);
    ask_attach(module);
    return cancellations_of(module, target_minor);
}

static Cancellation only_in(void **state, const char *body)
{
    Cancellations found = caught_in(state, body, 9);
    assert_int_equal(found.items.count, 1);
    return found.items.items[0];
}

#define TRY  " try:\n  await a.x()\n except asyncio.CancelledError as e:\n"
#define LOOP " while True:\n  try:\n   await a.x()\n  except asyncio.CancelledError:\n"

static void test_ends(void **state)
{
    assert_int_equal(only_in(state, TRY "  raise").end, CANCEL_PASSED_ON);
    assert_int_equal(only_in(state, TRY "  raise e").end, CANCEL_PASSED_ON);
    assert_int_equal(only_in(state, TRY "  a.y()").end, CANCEL_DROPPED);
    assert_int_equal(only_in(state, TRY "  return").end, CANCEL_RETURNED);
    assert_int_equal(only_in(state, LOOP "   continue").end, CANCEL_CONTINUED);
    assert_int_equal(only_in(state, LOOP "   break").end, CANCEL_BROKEN);
    assert_int_equal(only_in(state, TRY "  raise OSError from e").end, CANCEL_RERAISED_AS);
    assert_int_equal(only_in(state, TRY "  if a:\n   raise").end, CANCEL_LOOKED_AT);
    assert_int_equal(only_in(state, TRY "  a.add(e)").end, CANCEL_LOOKED_AT);
    assert_int_equal(only_in(state, TRY "  print(e)").end, CANCEL_DROPPED);
    assert_int_equal(
        only_in(state, " with contextlib.suppress(asyncio.CancelledError):\n  await a.x()").end, CANCEL_DROPPED);
}

static void test_jump_is_the_statement(void **state)
{
    Cancellation c = only_in(state, TRY "  return 1");
    assert_str(node_text(c.jump), "return 1");
    assert_str(node_text(c.await), "await a.x()");
}

static void test_next(void **state)
{
    assert_int_equal(only_in(state, TRY "  pass").next, CANCEL_THEN_ENDS);
    assert_int_equal(only_in(state, TRY "  pass\n await a.y()").next, CANCEL_THEN_WAITS);
    assert_int_equal(only_in(state, TRY "  pass\n if a:\n  await a.y()").next, CANCEL_THEN_MAYBE);
    assert_int_equal(only_in(state, TRY "  pass\n finally:\n  await a.y()").next, CANCEL_THEN_ENDS);
    assert_int_equal(only_in(state, LOOP "   pass").next, CANCEL_THEN_LOOPS);
    assert_int_equal(only_in(state, LOOP "   pass\n  if a: break").next, CANCEL_THEN_MAYBE);
    assert_int_equal(only_in(state, LOOP "   break").next, CANCEL_THEN_ENDS);
    assert_int_equal(only_in(state, " for b in a:\n  try:\n   await b\n  except: pass\n").next, CANCEL_THEN_WAITS);
}

static void test_who_catches(void **state)
{
    assert_int_equal(caught_in(state, " try:\n  await a.x()\n except Exception: pass", 9).items.count, 0);
    assert_int_equal(caught_in(state, " try:\n  await a.x()\n except Exception: pass", 7).items.count, 1);
    assert_int_equal(caught_in(state, " try:\n  a.x()\n except: pass", 9).items.count, 0);
    assert_int_equal(caught_in(state, TRY "  raise\n except: pass", 9).items.count, 1);
    assert_int_equal(caught_in(state, " try:\n  await a.x()\n except a.E: pass\n except: pass", 9).items.count, 0);
    assert_int_equal(caught_in(state, " try:\n  async with a, a.b:\n   pass\n except: pass", 9).items.count, 1);
    assert_int_equal(caught_in(state, " return\n try:\n  await a.x()\n except: pass", 9).items.count, 0);
}

static void test_reaps(void **state)
{
    assert_true(only_in(state, " a.t.cancel()\n try:\n  await a.t\n except asyncio.CancelledError: pass").is_reap);
    assert_true(only_in(
        state, " for t in a: t.cancel()\n try:\n  await asyncio.gather(*a)\n except asyncio.CancelledError: pass")
                    .is_reap);
    assert_false(only_in(state, " a.t.cancel()\n try:\n  await a.x()\n except asyncio.CancelledError: pass").is_reap);
    Cancellation c = only_in(state, " try:\n  await a.t\n except asyncio.CancelledError: pass");
    assert_false(c.is_reap);
    assert_true(c.is_about_objects);
    assert_true(only_in(state, " try:\n  await asyncio.wait(a.t)\n except: pass").is_about_objects);
    assert_false(only_in(state, " try:\n  await a.get()\n except: pass").is_about_objects);
    assert_false(only_in(state, " try:\n  await asyncio.gather(a.t, a.x())\n except: pass").is_about_objects);
}

static void test_clean_up(void **state)
{
    assert_true(only_in(state, " try:\n  await a.close()\n except: pass").is_clean_up);
    assert_true(only_in(state, " try:\n  pass\n finally:\n  try:\n   await a.x()\n  except: pass").is_clean_up);
    assert_false(only_in(state, " try:\n  await a.close()\n  await a.x()\n except: pass").is_clean_up);
}

static void test_says_cancel(void **state)
{
    (void)state;
    assert_true(says_cancel(STR("cancel")));
    assert_true(says_cancel(STR("async_cancel_all")));
    assert_true(says_cancel(STR("safeCancel")));
    assert_false(says_cancel(STR("cancelled")));
    assert_false(says_cancel(STR("was_cancelled")));
    assert_false(says_cancel(STR("cancelling")));
    assert_false(says_cancel(STR("")));
    assert_false(says_cancel(STR("cance")));
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jump_is_the_statement, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_next, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_catches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reaps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clean_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_says_cancel, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
