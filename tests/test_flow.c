/* What rules ask of a flow: where a node stands, whether control gets there, who catches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "python/flow.h"
#include "support.h"

typedef struct Program {
    Arena arena, scratch;
    Module *module;
} Program;

static void program_init(Program *program, const char *text)
{
    arena_init(&program->arena);
    arena_init(&program->scratch);
    program->module = module_of(&program->arena, &program->scratch, text);
    module_bind(program->module);
}

static void program_release(Program *program)
{
    arena_release(&program->scratch);
    arena_release(&program->arena);
}

/* The first node of that kind whose text begins so. */
static Node find(const Program *program, PyKind kind, const char *text)
{
    for (uint32_t id = 1; id < program->module->tree.count; id++) {
        Node n = node_at(program->module, id);
        if (node_kind(n) == kind && str_starts(node_text(n), str_of(text)))
            return n;
    }
    fail_msg("no such node: %s", text);
    return node_at(program->module, 0);
}

static bool holds(const Flow *flow, BlockId block, EventKind kind, Node n)
{
    const Block *b = &flow->blocks[block];
    for (uint32_t i = 0; i < b->events.count; i++) {
        if (b->events.items[i].kind == kind && b->events.items[i].node == n.id)
            return true;
    }
    return false;
}

static bool leads(const Flow *flow, BlockId from, EdgeKind kind, BlockId to)
{
    const Block *b = &flow->blocks[from];
    for (uint32_t i = 0; i < b->edges.count; i++) {
        if (b->edges.items[i].kind == kind && b->edges.items[i].to == to)
            return true;
    }
    return false;
}

static void test_empty_module(void **state)
{
    (void)state;
    Program program;
    program_init(&program, "");
    const Flow *flow = flow_new(program.module, NULL);
    assert_int_equal(flow->count, 3);
    assert_true(leads(flow, FLOW_ENTRY, EDGE_NEXT, FLOW_EXIT));
    assert_true(flow->blocks[FLOW_EXIT].reachable);
    assert_false(flow->blocks[FLOW_RAISE].reachable);
    assert_int_equal(flow->blocks[FLOW_EXIT].predecessors, 1);
    assert_int_equal(flow->awaits.count, 0);
    program_release(&program);
}

static void test_block_of(void **state)
{
    (void)state;
    Program program;
    program_init(&program, "async def f(x=default()):\n"
                           "    for a in first(x):\n"
                           "        await second(lambda: third())\n"
                           "    return (fourth(b) for b in x)\n"
                           "def other():\n"
                           "    fifth()\n");
    const Function *function = program.module->functions.items[0];
    const Flow *flow = flow_new(program.module, function);
    Node call = find(&program, PY_CALL, "second"), await = find(&program, PY_AWAIT, "");
    BlockId body = flow_block_of(flow, await);
    assert_true(holds(flow, body, EVENT_AWAIT, await));
    assert_int_equal(flow_block_of(flow, call), body);
    /* A name has no event: its call's block; a generator's body: that of its statement. */
    assert_int_equal(flow_block_of(flow, find(&program, PY_IDENTIFIER, "first")), FLOW_ENTRY);
    Node returned = find(&program, PY_RETURN_STATEMENT, "");
    assert_int_equal(flow_block_of(flow, find(&program, PY_CALL, "fourth")), flow_block_of(flow, returned));
    /* Not of this function: a lambda's body, its own default, another def, the def itself. */
    assert_int_equal(flow_block_of(flow, find(&program, PY_CALL, "third")), UINT32_MAX);
    assert_int_equal(flow_block_of(flow, find(&program, PY_CALL, "default")), UINT32_MAX);
    assert_int_equal(flow_block_of(flow, find(&program, PY_CALL, "fifth")), UINT32_MAX);
    assert_int_equal(flow_block_of(flow, node_at(program.module, function->node)), UINT32_MAX);
    assert_int_equal(flow_block_of(flow, node_at(program.module, 0)), UINT32_MAX);
    const Flow *outside = flow_new(program.module, NULL);
    assert_int_equal(flow_block_of(outside, find(&program, PY_CALL, "default")), FLOW_ENTRY);
    assert_int_equal(flow_block_of(outside, await), UINT32_MAX);
    program_release(&program);
}

static void test_reaches(void **state)
{
    (void)state;
    Program program;
    program_init(&program, "import sys\n"
                           "from typing import TYPE_CHECKING\n"
                           "def f(x):\n"
                           "    if TYPE_CHECKING:\n"
                           "        checked()\n"
                           "    try:\n"
                           "        1\n"
                           "    except OSError:\n"
                           "        caught()\n"
                           "    while not False:\n"
                           "        if x():\n"
                           "            sys.exit(1)\n"
                           "            exited()\n"
                           "        if x:\n"
                           "            try:\n"
                           "                return\n"
                           "            finally:\n"
                           "                cleaned()\n"
                           "    ended()\n");
    const Flow *flow = flow_new(program.module, program.module->functions.items[0]);
    assert_false(flow_reaches(flow, find(&program, PY_CALL, "checked")));
    assert_false(flow_reaches(flow, find(&program, PY_CALL, "caught")));
    assert_true(flow_reaches(flow, find(&program, PY_CALL, "sys.exit")));
    assert_false(flow_reaches(flow, find(&program, PY_CALL, "exited")));
    assert_true(flow_reaches(flow, find(&program, PY_CALL, "cleaned")));
    assert_false(flow_reaches(flow, find(&program, PY_CALL, "ended")));
    assert_true(flow->blocks[FLOW_EXIT].reachable);
    assert_int_equal(flow->blocks[FLOW_EXIT].predecessors, 1);
    BlockId dead = flow_block_of(flow, find(&program, PY_CALL, "ended"));
    assert_int_equal(flow->blocks[dead].predecessors, 0);
    /* The suite is entered by return only: nothing but the exit follows. */
    BlockId suite = flow_block_of(flow, find(&program, PY_CALL, "cleaned"));
    assert_true(leads(flow, suite, EDGE_RETURN, FLOW_EXIT));
    assert_int_equal(flow->blocks[suite].edges.count, 2);
    program_release(&program);
}

static void test_awaits(void **state)
{
    (void)state;
    Program program;
    program_init(&program, "async def f(x):\n"
                           "    async with x as y, y:\n"
                           "        async for a in [await b async for b in y]:\n"
                           "            f'{await a}'\n"
                           "    async def g():\n"
                           "        await x\n"
                           "    return (await c for c in x)\n"
                           "    await x\n");
    const Flow *flow = flow_new(program.module, program.module->functions.items[0]);
    static const PyKind kinds[] = { PY_WITH_ITEM, PY_WITH_ITEM, PY_FOR_STATEMENT, PY_AWAIT, PY_FOR_IN_CLAUSE, PY_AWAIT,
        PY_AWAIT };
    assert_int_equal(flow->awaits.count, sizeof kinds / sizeof *kinds);
    for (uint32_t i = 0; i < flow->awaits.count; i++)
        assert_int_equal(node_kind(node_at(program.module, flow->awaits.items[i])), kinds[i]);
    assert_true(flow_reaches(flow, node_at(program.module, flow->awaits.items[5])));
    assert_false(flow_reaches(flow, node_at(program.module, flow->awaits.items[6])));
    program_release(&program);
}

static void test_catches(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        Catches catches;
    } cases[] = {
        { "", CATCHES_ALL },
        { "BaseException", CATCHES_ALL },
        { "(ValueError, BaseException)", CATCHES_ALL },
        { "(asyncio.CancelledError, Exception)", CATCHES_ALL },
        { "Exception", CATCHES_EXCEPTION },
        { "Exception as e", CATCHES_EXCEPTION },
        { "asyncio.CancelledError", CATCHES_CANCELLED },
        { "Gone", CATCHES_CANCELLED },
        { "(OSError, (Gone,)) as e", CATCHES_CANCELLED },
        { "trio.Cancelled", CATCHES_CANCELLED },
        { "anyio.get_cancelled_exc_class()", CATCHES_CANCELLED },
        { "BOTH", CATCHES_CANCELLED },
        { "(*BOTH, OSError)", CATCHES_CANCELLED },
        { "ValueError", CATCHES_OTHER },
        { "asyncio.TimeoutError", CATCHES_OTHER },
        { "Mine", CATCHES_OTHER },
        { "PLAIN", CATCHES_OTHER },
        { "errors.Any", CATCHES_UNKNOWN },
        { "trio.ERRORS", CATCHES_UNKNOWN },
        { "parameter", CATCHES_UNKNOWN },
        { "find()", CATCHES_UNKNOWN },
        { "(ValueError, parameter)", CATCHES_UNKNOWN },
        { "unbound", CATCHES_UNKNOWN },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[600];
        snprintf(text, sizeof text,
            "import asyncio, trio, anyio\nfrom . import errors\nfrom concurrent.futures import CancelledError as Gone\n"
            "BOTH = (OSError, Gone)\nPLAIN = OSError, KeyError\nclass Mine(Gone): pass\n"
            "def f(parameter):\n    try: pass\n    except %s: pass\n",
            cases[i].type);
        Program program;
        program_init(&program, text);
        Catches found = except_catches(find(&program, PY_EXCEPT_CLAUSE, ""));
        if (found != cases[i].catches)
            fail_msg("except %s: %d instead of %d", cases[i].type, (int)found, (int)cases[i].catches);
        program_release(&program);
    }
}

static void test_catches_nothing(void **state)
{
    (void)state;
    Program program;
    program_init(&program, "pass\n");
    bool unknown = true;
    assert_int_equal(except_catches(node_at(program.module, 0)), CATCHES_UNKNOWN);
    assert_true(node_is_null(flow_handler(node_at(program.module, 0), CATCHES_CANCELLED, &unknown)));
    assert_false(unknown);
    program_release(&program);
}

/* The handler of the call of `name`: its text, "none" or "unknown". */
static void assert_handler(const Program *program, const char *name, Catches sort, const char *expected)
{
    bool unknown;
    Node handler = flow_handler(find(program, PY_CALL, name), sort, &unknown);
    Str text = handler.id ? node_text(handler) : unknown ? STR("unknown") : STR("none");
    if (!str_starts(text, str_of(expected)))
        fail_msg("%s: %.*s instead of %s", name, STR_ARG(text), expected);
}

static void test_handler(void **state)
{
    (void)state;
    Program program;
    program_init(&program, "from asyncio import CancelledError\n"
                           "from contextlib import suppress\n"
                           "async def f(unknown):\n"
                           "    try:\n"
                           "        try:\n"
                           "            body()\n"
                           "            with suppress(ValueError):\n"
                           "                kept()\n"
                           "            with lock, suppress(Exception), last():\n"
                           "                swallowed()\n"
                           "            class A:\n"
                           "                in_class()\n"
                           "            g = lambda x=default(): in_lambda()\n"
                           "        except Exception:\n"
                           "            in_handler()\n"
                           "        else:\n"
                           "            in_else()\n"
                           "        finally:\n"
                           "            in_finally()\n"
                           "    except CancelledError:\n"
                           "        outermost()\n"
                           "    try:\n"
                           "        guarded()\n"
                           "    except unknown:\n"
                           "        pass\n"
                           "    except:\n"
                           "        pass\n");
    assert_handler(&program, "body", CATCHES_CANCELLED, "except CancelledError");
    assert_handler(&program, "body", CATCHES_EXCEPTION, "except Exception");
    assert_handler(&program, "kept", CATCHES_EXCEPTION, "except Exception");
    assert_handler(&program, "swallowed", CATCHES_EXCEPTION, "unknown");
    assert_handler(&program, "swallowed", CATCHES_CANCELLED, "except CancelledError");
    assert_handler(&program, "last", CATCHES_EXCEPTION, "unknown");
    assert_handler(&program, "in_class", CATCHES_EXCEPTION, "except Exception");
    assert_handler(&program, "default", CATCHES_EXCEPTION, "except Exception");
    assert_handler(&program, "in_lambda", CATCHES_EXCEPTION, "none");
    assert_handler(&program, "in_handler", CATCHES_EXCEPTION, "none");
    assert_handler(&program, "in_handler", CATCHES_CANCELLED, "except CancelledError");
    assert_handler(&program, "in_else", CATCHES_EXCEPTION, "none");
    assert_handler(&program, "in_finally", CATCHES_CANCELLED, "except CancelledError");
    assert_handler(&program, "outermost", CATCHES_CANCELLED, "none");
    assert_handler(&program, "guarded", CATCHES_CANCELLED, "unknown");
    program_release(&program);
}

static int set_up(void **state)
{
    (void)state;
    tree_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_module),
        cmocka_unit_test(test_block_of),
        cmocka_unit_test(test_reaches),
        cmocka_unit_test(test_awaits),
        cmocka_unit_test(test_catches),
        cmocka_unit_test(test_catches_nothing),
        cmocka_unit_test(test_handler),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
