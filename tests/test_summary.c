/* What a Summary says of a file, and that it survives being written and read. */
#include "memory.h"
#include "program/effects.h"

static Summary *summary_of(void **state, const char *text)
{
    Memory *memory = *state;
    Module *module = module_of(&memory->arena, &memory->scratch, text);
    module_bind(module);
    return summary_new(&memory->arena, module);
}

static const FunctionSummary *function_of(const Summary *s, const char *qualname)
{
    for (uint32_t i = 0; i < s->functions.count; i++) {
        if (str_is(terms_text_of(&s->terms, s->functions.items[i].qualname), qualname))
            return &s->functions.items[i];
    }
    fail_msg("no function %s", qualname);
    return NULL;
}

static const Member *member_in(const Summary *s, Piece piece, const char *name)
{
    for (uint32_t i = 0; i < piece.count; i++) {
        const Member *member = &s->members.items[piece.first + i];
        if (str_is(terms_text_of(&s->terms, member->name), name))
            return member;
    }
    return NULL;
}

static void assert_term(void **state, const Summary *s, TermId term, const char *text)
{
    assert_str(term_print(&s->terms, arena_of(state), term), text);
}

static void assert_attribute(void **state, const Summary *s, const char *name, const char *text)
{
    const Member *member = member_in(s, s->classes.items[0].attributes, name);
    assert_non_null(member);
    assert_term(state, s, member->term, text);
}

/* ---- Classes ---- */

static void test_attributes(void **state)
{
    Summary *s = summary_of(state, "import requests\n"
                                   "class Store(Base, metaclass=Meta):\n"
                                   "    size = 0\n"
                                   "    def __init__(self, path):\n"
                                   "        self.session = None\n"
                                   "        self.limit: int = path\n"
                                   "        self.limit = open()\n"
                                   "        self.odd = path()\n"
                                   "        self.load = 1\n"
                                   "        self.a, self.b = 1, ''\n"
                                   "        other.path = path\n"
                                   "        def inner(): self.late = 1.5\n"
                                   "    def open(self):\n"
                                   "        self.session = requests.Session()\n"
                                   "        self.size = 1.5\n"
                                   "        self.odd = nobody()\n"
                                   "        with requests.Session() as self.entered: pass\n"
                                   "    def load(self): pass\n"
                                   "    @classmethod\n"
                                   "    def make(cls): cls.made = ''\n"
                                   "    @staticmethod\n"
                                   "    def free(self): self.free = 1\n"
                                   "    def again(self):\n"
                                   "        self = other\n"
                                   "        self.rebound = 1\n");
    assert_true(s->classes.items[0].has_metaclass);
    assert_int_equal(s->classes.items[0].bases.count, 1);
    assert_attribute(state, s, "session", "None | requests.Session()");
    assert_attribute(state, s, "limit", "<builtins.int>");
    assert_attribute(state, s, "odd", "?");
    assert_attribute(state, s, "load", "?");
    assert_attribute(state, s, "size", "<builtins.int> | <builtins.float>");
    assert_attribute(state, s, "late", "<builtins.float>");
    assert_attribute(state, s, "made", "<builtins.str>");
    assert_attribute(state, s, "entered", "with(requests.Session())");
    assert_non_null(member_in(s, s->classes.items[0].attributes, "a"));
    assert_true(member_in(s, s->classes.items[0].attributes, "limit")->is_declared);
    assert_false(member_in(s, s->classes.items[0].attributes, "session")->is_declared);
    assert_null(member_in(s, s->classes.items[0].attributes, "free"));
    assert_null(member_in(s, s->classes.items[0].attributes, "rebound"));
    assert_int_equal(s->foreign.count, 3);
    Summary *patched = summary_of(state, "setattr(x, 'one', 1)\nmock.patch.object(X, \"two\")\npatch('a.b.three')\n"
                                         "x.one, x.two, x.three, x.four, x.get('four')\n");
    assert_int_equal(patched->foreign.count, 3);
    assert_str(terms_text_of(&s->terms, s->foreign.items[0]), "free");
    assert_str(terms_text_of(&s->terms, s->foreign.items[1]), "path");
    assert_str(terms_text_of(&s->terms, s->foreign.items[2]), "rebound");
}

static void assert_body(void **state, const Summary *s, const char *name, const char *text)
{
    const Member *member = member_in(s, s->classes.items[0].body, name);
    assert_non_null(member);
    assert_term(state, s, member->term, text);
}

static void test_bodies(void **state)
{
    Summary *s = summary_of(state, "import typing, sys\n"
                                   "class A:\n"
                                   "    declared: int\n"
                                   "    both: str = 1\n"
                                   "    from os import path\n"
                                   "    if sys.platform:\n"
                                   "        def choice(self): pass\n"
                                   "    else:\n"
                                   "        def choice(self): pass\n"
                                   "    @property\n"
                                   "    def x(self): pass\n"
                                   "    @x.setter\n"
                                   "    def x(self, v): pass\n"
                                   "    @typing.overload\n"
                                   "    def over(self): ...\n"
                                   "    def over(self, *a): pass\n"
                                   "    if sys.flags:\n"
                                   "        def mixed(self): pass\n"
                                   "    else:\n"
                                   "        mixed = None\n"
                                   "    def twice(self): pass\n"
                                   "    twice = 1\n"
                                   "    class Inner: pass\n");
    assert_body(state, s, "declared", "<builtins.int>");
    assert_body(state, s, "both", "<builtins.str>");
    assert_body(state, s, "path", "os.path");
    assert_body(state, s, "choice", "function 0 | function 1");
    assert_body(state, s, "x", "function 2");
    assert_body(state, s, "over", "function 5");
    assert_body(state, s, "mixed", "?");
    assert_body(state, s, "twice", "<builtins.int>");
    assert_body(state, s, "Inner", "class 1");
    assert_true(function_of(s, "A.over")->flags & FUNCTION_OVERLOAD);
}

static void test_exports(void **state)
{
    Summary *s = summary_of(state, "from m import *\n"
                                   "import b.c\n"
                                   "try:\n"
                                   "    import yaml\n"
                                   "except ImportError:\n"
                                   "    yaml = None\n"
                                   "z = 1\n"
                                   "z = ''\n"
                                   "cache = None\n"
                                   "def a():\n"
                                   "    global cache\n"
                                   "    cache = 1.5\n");
    static const char *const expected[][2] = { { "a", "function 0" }, { "b", "b" },
        { "cache", "None | <builtins.float>" }, { "yaml", "yaml" }, { "z", "<builtins.str>" } };
    assert_int_equal(s->exports.count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_str(terms_text_of(&s->terms, s->exports.items[i].name), expected[i][0]);
        assert_term(state, s, s->exports.items[i].term, expected[i][1]);
    }
    assert_int_equal(s->stars.count, 1);
    assert_term(state, s, s->stars.items[0], "m");
}

/* Imports that bind no name that tells their module, as far as they surely run. */
static void test_nameless(void **state)
{
    Summary *s = summary_of(state, "from ..m import *\n"
                                   "import a, b.c, d.e as f\n"
                                   "from g.h import i\n"
                                   "if a:\n"
                                   "    from k import *\n"
                                   "    import l.m\n"
                                   "def later():\n"
                                   "    import n.o\n");
    assert_int_equal(s->stars.count, 2);
    assert_int_equal(s->nameless.count, 2);
    assert_term(state, s, s->nameless.items[0], "..m");
    assert_term(state, s, s->nameless.items[1], "b.c");
}

/* Only what surely runs, and alone binds its name, is an import of the module. */
static void test_imports(void **state)
{
    Summary *s = summary_of(state, "import a.b\n"
                                   "import c.d as e, f\n"
                                   "from . import g\n"
                                   "from ..h.i import j as k, l; from m import n\n"
                                   "try:\n"
                                   "    import o\n"
                                   "except ImportError:\n"
                                   "    from p import o\n"
                                   "if f:\n"
                                   "    import q\n"
                                   "from r import s\n"
                                   "s = 1\n"
                                   "def t():\n"
                                   "    global u\n"
                                   "    import u\n"
                                   "v = w = f\n"
                                   "raise e\n"
                                   "import x\n");
    static const char *const modules[] = { "a", "c.d", "f" }, *const names[] = { ".g", "..h.i.j", "..h.i.l", "m.n" };
    uint32_t seen[IMPORT_NAME + 1] = { 0 };
    for (uint32_t i = 0; i < s->exports.count; i++) {
        const Member *member = &s->exports.items[i];
        if (member->import == IMPORT_NONE)
            continue;
        const char *const *expected = member->import == IMPORT_MODULE ? modules : names;
        assert_term(state, s, member->term, expected[seen[member->import]++]);
    }
    assert_int_equal(seen[IMPORT_MODULE], 3);
    assert_int_equal(seen[IMPORT_NAME], 4);
}

/* ---- Functions ---- */

static void assert_result(void **state, const char *body, const char *text)
{
    Summary *s = summary_of(state, arena_printf(arena_of(state), "def f(x):\n%s", body).p);
    assert_term(state, s, s->functions.items[0].result, text);
}

static void test_results(void **state)
{
    assert_result(state, "    pass\n", "None");
    assert_result(state, "    return 1\n", "<builtins.int>");
    assert_result(state, "    return\n", "None");
    assert_result(state, "    if x:\n        return 1\n", "<builtins.int> | None");
    assert_result(
        state, "    if x:\n        return 1\n    else:\n        return ''\n", "<builtins.int> | <builtins.str>");
    assert_result(state, "    if x:\n        return 1\n    elif x:\n        return ''\n",
        "<builtins.int> | <builtins.str> | None");
    assert_result(state, "    while True:\n        if x:\n            return 1\n", "<builtins.int>");
    assert_result(
        state, "    while True:\n        if x:\n            break\n        return 1\n", "<builtins.int> | None");
    assert_result(
        state, "    while True:\n        for i in x:\n            break\n        return 1\n", "<builtins.int>");
    assert_result(state, "    try:\n        return 1\n    except E:\n        raise\n", "<builtins.int>");
    assert_result(state, "    try:\n        return 1\n    except E:\n        pass\n", "<builtins.int> | None");
    assert_result(
        state, "    try:\n        x()\n    except E:\n        raise\n    else:\n        return 1\n", "<builtins.int>");
    assert_result(state, "    try:\n        x()\n    finally:\n        return 1\n", "<builtins.int>");
    assert_result(state, "    with x:\n        return 1\n", "<builtins.int>");
    assert_result(state, "    match x:\n        case 1:\n            return 1\n        case _:\n            return 1\n",
        "<builtins.int>");
    assert_result(state, "    match x:\n        case 1:\n            return 1\n", "<builtins.int> | None");
    assert_result(state, "    raise E\n", "?");
    assert_result(state, "    return unknown\n", "?");
    assert_result(state, "    return x\n", "parameter 0 of function 0");
    assert_result(state, "    return 1\n    return ''\n", "<builtins.int>");
    Summary *s = summary_of(state, "def g():\n    yield 1\n    yield\nh = lambda: ''\n");
    assert_term(state, s, s->functions.items[0].yields, "<builtins.int> | None");
    assert_term(state, s, s->functions.items[1].result, "<builtins.str>");
}

static void test_parameters(void **state)
{
    Summary *s = summary_of(state, "def f(a, /, b: int, c=None, *args, d, e: str = '', **kw):\n    b = 1\n"
                                   "def g(a, *, b): pass\n");
    static const ParameterKind kinds[] = { PARAMETER_POSITIONAL, PARAMETER_PLAIN, PARAMETER_PLAIN, PARAMETER_STAR,
        PARAMETER_KEYWORD, PARAMETER_KEYWORD, PARAMETER_STARS };
    const FunctionSummary *f = &s->functions.items[0];
    const Parameter *p = s->parameters.items + f->parameters.first;
    assert_int_equal(f->parameters.count, 7);
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(p[i].kind, kinds[i]);
    assert_term(state, s, p[1].annotation, "builtins.int");
    assert_true(p[1].is_rebound && p[1].has_annotation && !p[0].is_rebound);
    assert_true(p[2].has_default);
    assert_term(state, s, p[2].fallback, "None");
    assert_str(terms_text_of(&s->terms, p[6].name), "kw");
    assert_true(f->flags & FUNCTION_REBINDS);
    assert_int_equal(s->parameters.items[s->functions.items[1].parameters.first + 1].kind, PARAMETER_KEYWORD);
}

static void test_flags(void **state)
{
    Summary *s = summary_of(state, "import abc\n"
                                   "class A:\n"
                                   "    async def a(self): yield\n"
                                   "    def b(self): ...\n"
                                   "    def c(self): raise NotImplementedError('x')\n"
                                   "    @abc.abstractmethod\n"
                                   "    def d(self): return 1\n"
                                   "    def e(self): pass\n"
                                   "    def f(self): 'doc'\n"
                                   "    if False:\n"
                                   "        def g(self): pass\n"
                                   "    def h(self):\n"
                                   "        def inner(): pass\n");
    static const uint32_t flags[] = { FUNCTION_ASYNC | FUNCTION_GENERATOR, FUNCTION_ABSTRACT | FUNCTION_HOOK, FUNCTION_ABSTRACT,
        FUNCTION_ABSTRACT, 0, FUNCTION_ABSTRACT | FUNCTION_HOOK, FUNCTION_DEAD, 0, 0 };
    for (uint32_t i = 0; i < s->functions.count; i++)
        assert_int_equal(s->functions.items[i].flags, flags[i]);
    assert_int_equal(s->functions.items[8].outer, 8);
    assert_int_equal(s->functions.items[8].class_, 0);
    assert_int_equal(s->functions.items[0].class_, 1);
}

/* ---- Calls ---- */

static Str calls_text(void **state, const Summary *s, const FunctionSummary *f)
{
    static const char *const kinds[] = { "", "with ", "for ", "read " };
    Str text = STR("");
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *call = &s->calls.items[f->calls.first + i];
        Str term = term_print(&s->terms, arena_of(state), call->term);
        text = arena_printf(arena_of(state), "%.*s%s%s%s%s%.*s", STR_ARG(text), i ? ", " : "",
            call->flags & CALL_AWAITED ? "await " : "", call->flags & CALL_GUARDED ? "guarded " : "", kinds[call->kind],
            STR_ARG(term));
    }
    return text;
}

static void test_calls(void **state)
{
    Summary *s = summary_of(state, "import m\n"
                                   "async def f(x):\n"
                                   "    await m.a()\n"
                                   "    with m.b as q, (m.c): pass\n"
                                   "    async with m.no: pass\n"
                                   "    for i in m.d: pass\n"
                                   "    async for i in m.no: pass\n"
                                   "    [m.e() for i in m.f]\n"
                                   "    y = (m.no() for i in m.g())\n"
                                   "    any(m.h() for i in m.i)\n"
                                   "    lambda: m.no()\n"
                                   "    (lambda: m.j())()\n"
                                   "    def inner(d=m.k()): m.no()\n"
                                   "    return m.l(m.n())\n"
                                   "    m.no()\n");
    Str text = calls_text(state, s, &s->functions.items[0]);
    assert_str(text,
        "await m.a, with m.b, with m.c, for m.d, m.e, for m.f, m.g, builtins.any, m.h, for m.i, function 2, m.j, "
        "m.k, m.l, m.n");
}

static void test_guards(void **state)
{
    Summary *s = summary_of(state, "import m, asyncio\n"
                                   "def a():\n"
                                   "    m.a()\n"
                                   "    try:\n"
                                   "        asyncio.get_running_loop()\n"
                                   "    except RuntimeError:\n"
                                   "        m.b()\n"
                                   "    m.c()\n"
                                   "def b(self):\n"
                                   "    if self.loop.is_running(): return\n"
                                   "    m.b()\n"
                                   "def d(is_async):\n"
                                   "    if is_async: return m.a()\n"
                                   "    m.b()\n"
                                   "def c(self):\n"
                                   "    if self.server.is_running(): return\n"
                                   "    asyncio.get_running_loop()\n"
                                   "    m.b()\n");
    assert_str(calls_text(state, s, &s->functions.items[0]), "m.a, asyncio.get_running_loop, guarded m.b, guarded m.c");
    assert_true(str_ends(calls_text(state, s, &s->functions.items[1]), STR(", guarded m.b")));
    assert_str(calls_text(state, s, &s->functions.items[2]), "guarded m.a, guarded m.b");
    assert_true(str_ends(calls_text(state, s, &s->functions.items[3]), STR("get_running_loop, m.b")));
}

static void test_arguments(void **state)
{
    Summary *s = summary_of(state, "import m\n"
                                   "def f(*a):\n"
                                   "    m.a(False, -1, os.WNOHANG, f(), *a, k=0.5, l='x', **a)\n");
    const CallSummary *call = &s->calls.items[0];
    static const char *const keywords[] = { "", "", "", "", "*", "k", "l", "**" };
    static const char *const values[] = { "False", "-1", "os.WNOHANG", "", "", "0.5", "'x'", "" };
    static const uint32_t positions[] = { 0, 1, 2, 3, 4, 0, 0, 0 };
    assert_int_equal(call->arguments.count, 8);
    for (uint32_t i = 0; i < 8; i++) {
        const Argument *a = &s->arguments.items[call->arguments.first + i];
        assert_str(terms_text_of(&s->terms, a->keyword), keywords[i]);
        assert_str(terms_text_of(&s->terms, a->value), values[i]);
        assert_int_equal(a->position, positions[i]);
    }
}

/* ---- Uses ---- */

/* The first use of `p`. */
static const ParameterUse *use_in(void **state, const char *body)
{
    Summary *s = summary_of(state, arena_printf(arena_of(state), "import m\ndef f(self, p):\n%s", body).p);
    Piece piece = s->functions.items[0].uses;
    for (uint32_t i = piece.first; i < piece.first + piece.count; i++) {
        if (s->uses.items[i].parameter == 1)
            return &s->uses.items[i];
    }
    fail_msg("no use in %s", body);
    return NULL;
}

static void assert_use(void **state, const char *body, UseKind kind)
{
    assert_int_equal(use_in(state, body)->kind, kind);
}

static void test_uses(void **state)
{
    assert_use(state, "    p()\n", USE_CALLED);
    assert_use(state, "    (p or m.x)()\n", USE_CALLED);
    assert_use(state, "    [p(i) for i in m.x]\n", USE_CALLED);
    assert_use(state, "    await p\n", USE_AWAITED);
    assert_use(state, "    yield from p\n", USE_AWAITED);
    assert_use(state, "    return p\n", USE_RETURNED);
    assert_use(state, "    return [1, p]\n", USE_RETURNED);
    assert_use(state, "    yield p\n", USE_RETURNED);
    assert_use(state, "    self.p = p\n", USE_STORED);
    assert_use(state, "    m.x['p'] = p\n", USE_STORED);
    assert_use(state, "    global g\n    g = p\n", USE_STORED);
    assert_use(state, "    m.x(1, p)\n", USE_PASSED);
    assert_use(state, "    m.x(key=p if self else None)\n", USE_PASSED);
    assert_use(state, "    lambda: p()\n", USE_CAPTURED);
    assert_use(state, "    def g():\n        p\n", USE_CAPTURED);
    assert_use(state, "    if p: pass\n", USE_OTHER);
    assert_use(state, "    f'{p}'\n", USE_OTHER);
    assert_use(state, "    p == 1\n", USE_OTHER);
    assert_use(state, "    p.close()\n", USE_OTHER);
    assert_use(state, "    x = p\n", USE_UNCLEAR);
    assert_use(state, "    p[0]\n", USE_UNCLEAR);
    assert_use(state, "    for i in p: pass\n", USE_UNCLEAR);
    assert_use(state, "    (p() for i in m.x)\n", USE_UNCLEAR);
    Summary *s = summary_of(state, "def f(p):\n    m.p = m.x(p=1)\n    return\n    p()\n");
    assert_int_equal(s->uses.count, 0);
}

static void assert_passed(void **state, const char *body, ResultUse result, uint32_t position)
{
    const ParameterUse *use = use_in(state, body);
    assert_int_equal(use->kind, USE_PASSED);
    assert_int_equal(use->result, result);
    assert_int_equal(use->position, position);
    assert_int_equal(use->next != 0, result == RESULT_PASSED);
}

static void test_passed(void **state)
{
    assert_passed(state, "    m.x(p)\n", RESULT_DROPPED, 0);
    assert_passed(state, "    await m.x(1, p)\n", RESULT_AWAITED, 1);
    assert_passed(state, "    return m.x(k=p)\n", RESULT_RETURNED, UINT32_MAX);
    assert_passed(state, "    self.t = m.x(p)\n", RESULT_STORED, 0);
    assert_passed(state, "    m.y(1, m.x(*m.z, p))\n", RESULT_PASSED, UINT32_MAX);
    assert_passed(state, "    t = m.x(p)\n", RESULT_DROPPED, 0);
    assert_passed(state, "    t = m.x(p)\n    await t\n", RESULT_AWAITED, 0);
    assert_passed(state, "    t = m.x(p)\n    return t\n", RESULT_RETURNED, 0);
    assert_passed(state, "    t = m.x(p)\n    self.t = t\n    return t\n", RESULT_STORED, 0);
    assert_passed(state, "    t = m.x(p)\n    self.tasks.add(t)\n    return t\n", RESULT_STORED, 0);
    assert_passed(state, "    t = m.x(p)\n    m.tasks(t)\n", RESULT_PASSED, 0);
    assert_passed(state, "    t = m.x(p)\n    m.a(t)\n    m.b(t)\n", RESULT_UNCLEAR, 0);
    assert_passed(state, "    t = m.x(p)\n    t = 1\n", RESULT_UNCLEAR, 0);
}

/* ---- Written and read ---- */

static const char everything[] = "import m, asyncio, time\n"
                                 "from n import *\n"
                                 "from typing import Optional, List\n"
                                 "class A(m.B, object):\n"
                                 "    x: Optional[List[int]] = None\n"
                                 "    def __init__(self, a, *b, c: 'A' = None, **d) -> None:\n"
                                 "        self.a, self.b = a, (1, '')\n"
                                 "        super().__init__()\n"
                                 "        m.q = [1.5]\n"
                                 "    @m.decorated(1)\n"
                                 "    async def load(self, f, coro):\n"
                                 "        with self.open() as q, q.x: pass\n"
                                 "        async with m.s() as r:\n"
                                 "            async for y in r: await y.get(self.a[1], k=False)\n"
                                 "        t = asyncio.create_task(coro)\n"
                                 "        self.tasks.add(t)\n"
                                 "        await asyncio.to_thread(lambda: f(coro))\n"
                                 "        for i in self.rows(): time.sleep(1)\n"
                                 "        return a if f else m.z(f)\n"
                                 "    def rows(self):\n"
                                 "        time.sleep(2)\n"
                                 "        yield from self.rows()\n"
                                 "def g(f, *a): return f(*a)\n"
                                 "def h(f): return g(f)\n"
                                 "g = h\n";

static void test_round_trip(void **state)
{
    Summary *s = summary_of(state, everything);
    Str bytes = summary_write(s, arena_of(state), arena_of(state));
    Summary *other = summary_read(arena_of(state), bytes);
    assert_non_null(other);
    assert_true(str_equal(bytes, summary_write(other, arena_of(state), arena_of(state))));
    assert_int_equal(other->functions.count, s->functions.count);
    assert_int_equal(other->classes.count, s->classes.count);
    assert_str(other->path, "test.py");
    for (TermId id = 0; id < s->own_terms; id++) {
        Str text = term_print(&s->terms, arena_of(state), id);
        assert_true(str_equal(term_print(&other->terms, arena_of(state), id), text));
    }
    assert_str(calls_text(state, other, function_of(other, "A.rows")), "time.sleep, parameter 0 of function 3.rows");
}

/* What has no name in a broken list of parameters is counted nowhere. */
static void test_broken_parameters(void **state)
{
    Summary *s = summary_of(state, "def f(a, (), b):\n    b()\n");
    const FunctionSummary *f = function_of(s, "f");
    assert_int_equal(f->parameters.count, 2);
    assert_term(state, s, s->calls.items[f->calls.first].term, "parameter 1 of function 0");
    assert_non_null(summary_read(arena_of(state), summary_write(s, arena_of(state), arena_of(state))));
}

static void test_same_bytes(void **state)
{
    Summary *s = summary_of(state, everything), *other = summary_of(state, everything);
    term_name(&s->terms, STR("asked.later"));
    assert_true(str_equal(summary_write(s, arena_of(state), arena_of(state)), summary_write(other, arena_of(state), arena_of(state))));
    Summary *empty = summary_of(state, "");
    assert_non_null(summary_read(arena_of(state), summary_write(empty, arena_of(state), arena_of(state))));
}

/* Every question that there is, of a summary that anybody may have written. */
static void ask_everything(Arena *arena, Summary *s)
{
    Program *program = program_new(arena, NULL);
    program_add(program, s);
    Path path;
    for (TermId id = 0; id < s->own_terms; id++)
        type_print(program, arena, type_eval(program, 0, id));
    for (uint32_t i = 0; i < s->functions.count; i++) {
        Ref ref = { 0, i };
        function_blocks(program, ref, &path);
        for (uint32_t p = 0; p < s->functions.items[i].parameters.count; p++)
            argument_fate(program, ref, false, p, STR(""));
    }
}

static void read_hostile(Str bytes)
{
    Arena arena;
    arena_init(&arena);
    Summary *s = summary_read(&arena, bytes);
    if (s)
        ask_everything(&arena, s);
    arena_release(&arena);
}

static void test_hostile(void **state)
{
    Summary *s = summary_of(state, everything);
    Str bytes = summary_write(s, arena_of(state), arena_of(state));
    assert_null(summary_read(arena_of(state), STR("")));
    assert_null(summary_read(arena_of(state), STR("awry summary 1\n")));
    assert_null(summary_read(arena_of(state), arena_printf(arena_of(state), "%.*sx", STR_ARG(bytes))));
    for (uint32_t n = 0; n < bytes.n; n++) {
        char *cut = malloc(n ? n : 1); /* of that very size, so that a read behind it shows */
        memcpy(cut, bytes.p, n);
        assert_null(summary_read(arena_of(state), (Str){ cut, n }));
        free(cut);
    }
    static const unsigned char values[] = { 0, 1, 2, 3, 7, 0x1F, 0x7F, 0x80, 0xFF };
    char *changed = malloc(bytes.n);
    for (uint32_t n = 0; n < bytes.n; n++) {
        for (size_t i = 0; i < sizeof values; i++) {
            memcpy(changed, bytes.p, bytes.n);
            changed[n] = (char)values[i];
            read_hostile((Str){ changed, bytes.n });
        }
    }
    free(changed);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_attributes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bodies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_exports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_imports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nameless, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_results, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_parameters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flags, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_calls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_guards, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_arguments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_uses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_passed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_parameters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
