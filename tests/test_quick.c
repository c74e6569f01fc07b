/* What a Summary keeps of calls that may be quick: bits, questions, terms of arguments; and what is made of it. */
#include <stdio.h>

#include "facts/families.h"
#include "facts/quick.h"
#include "finding/quick.h"
#include "memory.h"

static Summary *summary_of(void **state, const char *text)
{
    Memory *memory = *state;
    Module *module = module_of(&memory->arena, &memory->scratch, text);
    module_bind(module);
    return summary_new(&memory->arena, module);
}

/* The plain call whose callee begins with `callee`, `number` of them before it. */
static const CallSummary *call_of(const Summary *s, const char *text, const char *callee, int number)
{
    for (uint32_t i = 0; i < s->calls.count; i++) {
        const CallSummary *call = &s->calls.items[i];
        if (call->kind == CALL_PLAIN && strncmp(text + call->at.begin, callee, strlen(callee)) == 0 && number-- == 0)
            return call;
    }
    fail_msg("no call of %s in %s", callee, text);
    return NULL;
}

/* The bits of the first call of `callee` in the body of a function, imports above. */
static void expect_bits(void **state, const char *text, const char *callee, uint32_t bits)
{
    Summary *s = summary_of(state, text);
    uint32_t found = call_of(s, text, callee, 0)->quick;
    if (found != bits)
        fail_msg("%s: bits %u, not %u, in %s", callee, found, bits, text);
}

/* Each row that opens, reads or writes a file has its last name among those that quick.c knows; add it to file_words there. */
static void test_words_of_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < all_apis_count; i++) {
        Family family = api_family(&all_apis[i]);
        bool is_of_file = family == FAMILY_OPEN || family == FAMILY_FILE_IO;
        if (is_of_file && !may_be_of_file(api_last(&all_apis[i])))
            fail_msg("%s is not among the names of quick.c", all_apis[i].name);
    }
    assert_false(may_be_of_file(STR("sleep")));
    assert_false(may_be_of_file(STR("")));
}

static void test_bits(void **state)
{
    expect_bits(state, "def f():\n    q.put(1)\n", "q.put", 0);
    expect_bits(state, "q = Queue(10)\ndef f():\n    q.put(1)\n", "q.put", QUICK_BOUNDED);
    expect_bits(state, "q = Queue(maxsize=n)\ndef f():\n    q.put(1)\n", "q.put", QUICK_BOUNDED);
    expect_bits(state, "q = Queue(0)\ndef f():\n    q.put(1)\n", "q.put", 0);
    expect_bits(state, "q = Queue(-1)\ndef f():\n    q.put(1)\n", "q.put", 0);
    expect_bits(state, "q = Queue(*a)\ndef f():\n    q.put(1)\n", "q.put", 0);
    expect_bits(state, "q = Queue(10)\nq = Queue()\ndef f():\n    q.put(1)\n", "q.put", 0);
    expect_bits(state, "class A:\n    def __init__(self):\n        self.q = Queue(3)\n    def f(self):\n        self.q.put(1)\n",
        "self.q.put", QUICK_BOUNDED);
    expect_bits(state, "def f():\n    urlopen('data:,x')\n", "urlopen", QUICK_DATA);
    expect_bits(state, "def f(url):\n    if url.startswith('data:'):\n        urlopen(url)\n", "urlopen", QUICK_DATA);
    expect_bits(state, "def f(url):\n    if url.startswith('data'):\n        urlopen(url)\n", "urlopen", 0);
    expect_bits(state, "def f(url):\n    if not url.startswith('data:'):\n        log(url)\n    urlopen(url)\n", "urlopen", 0);
    expect_bits(state, "def f(url):\n    if not url.startswith('data:'):\n        raise E\n    urlopen(url)\n", "urlopen", QUICK_DATA);
    expect_bits(state, "def f(fs):\n    for t in as_completed(fs):\n        t.result()\n", "t.result", QUICK_DONE);
    expect_bits(state, "def f(fs):\n    for t in fs:\n        t.result()\n", "t.result", 0);
    expect_bits(state, "def f(t):\n    t.exception()\ng.add_done_callback(f)\n", "t.exception", QUICK_DONE);
    expect_bits(state, "def f(t):\n    t = 1\n    t.exception()\ng.add_done_callback(f)\n", "t.exception", 0);
    expect_bits(state, "def f():\n    getaddrinfo(h, p, flags=AI_NUMERICHOST)\n", "getaddrinfo", QUICK_NUMERIC);
    expect_bits(state, "def f():\n    getaddrinfo(h, p)\n", "getaddrinfo", 0);
    expect_bits(state, "def f():\n    getaddrinfo('::1', p)\n", "getaddrinfo", QUICK_NUMERIC);
    expect_bits(state, "def f():\n    getaddrinfo('h', '::1')\n", "getaddrinfo", 0);
    expect_bits(state, "h = '10.0.0.1'\ndef f():\n    gethostbyname(h)\n", "gethostbyname", QUICK_NUMERIC);
    expect_bits(state, "def f():\n    gethostbyname('::1')\n", "gethostbyname", 0);
    expect_bits(state, "def f():\n    c = sqlite3.connect(':memory:' if p == ':memory:' else p)\n", "sqlite3", 0);
    expect_bits(state, "p = ':memory:'\ndef f():\n    c = sqlite3.connect(str(p) if p != ':memory:' else p)\n", "sqlite3", QUICK_IN_MEMORY);
    expect_bits(state, "p = 'x.db'\ndef f():\n    c = sqlite3.connect(p if p != ':memory:' else p)\n", "sqlite3", 0);
    expect_bits(state, "def f():\n    c = sqlite3.connect(':memory:')\n    c.execute(x)\n", "sqlite3", QUICK_IN_MEMORY);
    expect_bits(state, "def f():\n    c = sqlite3.connect(':memory:')\n    c.execute(x)\n", "c.execute", QUICK_IN_MEMORY);
    expect_bits(state, "def f():\n    c = sqlite3.connect(p)\n    c.execute(x)\n", "c.execute", 0);
    expect_bits(state, "c = m.TestClient(app)\ndef f():\n    c.get(x)\n", "c.get", QUICK_TEST_CLIENT);
    expect_bits(state, "def f():\n    p.glob('*.py')\n", "p.glob", QUICK_FLAT);
    expect_bits(state, "def f():\n    p.glob('**/*.py')\n", "p.glob", 0);
    expect_bits(state, "def f():\n    s = '*'\n    p.iglob(s, recursive=True)\n", "p.iglob", QUICK_FLAT | QUICK_RECURSIVE);
    expect_bits(state, "from glob import glob as g\ndef f():\n    g('*')\n", "g", QUICK_FLAT);
}

static void test_traits(void **state)
{
    assert_int_equal(summary_of(state, "s.settimeout(1)\n")->traits, TRAIT_SOCKETS_DO_NOT_WAIT);
    assert_int_equal(summary_of(state, "s = socket(AF_UNIX)\n")->traits, TRAIT_SOCKETS_SEND_AT_ONCE);
    assert_int_equal(summary_of(state, "s = socket()\n")->traits, 0);
}

/* Of a `with`, a `for` and a property: what stands there when it is a call. */
static void test_ranges(void **state)
{
    static const char text[] = "def f():\n    with a.b(1) as c, d: pass\n";
    Summary *s = summary_of(state, text);
    assert_int_equal(s->calls.count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        const CallSummary *call = &s->calls.items[i];
        bool is_call = text[call->at.begin] == 'a';
        assert_int_equal(call->callee_end - call->at.begin, is_call ? 3 : 1);
        assert_int_equal(call->quick, is_call ? 0 : QUICK_NO_CALL);
    }
    const FunctionSummary *f = &s->functions.items[0];
    const CallSummary *call = summary_call_at(s, f, 18, 24);
    assert_non_null(call);
    assert_int_equal(call->kind, CALL_PLAIN);
    assert_null(summary_call_at(s, f, 18, 21));
    assert_null(summary_call_at(s, f, 31, 32));
}

static void test_addresses(void **state)
{
    (void)state;
    assert_int_equal(names_address(STR("'127.0.0.1'")), 4);
    assert_int_equal(names_address(STR("\"fe80::1\"")), 6);
    assert_int_equal(names_address(STR("'1.2.3.256'")), 0);
    assert_int_equal(names_address(STR("'127.1'")), 0);
    assert_int_equal(names_address(STR("'127.0.0.1\"")), 0);
    assert_int_equal(names_address(STR("127.0.0.1")), 0);
    assert_int_equal(names_address(STR("''")), 0);
    assert_int_equal(names_address(STR("'1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd'")), 0);
}

static void expect_asked(void **state, const char *body, const char *object, uint32_t about)
{
    char text[512];
    snprintf(text, sizeof text, "def f(q):\n%s\n    end()\n", body);
    Summary *s = summary_of(state, text);
    const FunctionSummary *f = &s->functions.items[0];
    uint32_t end = call_of(s, text, "end", 0)->at.begin, found = 0;
    for (uint32_t bit = 1; bit <= ABOUT_FUTURE; bit <<= 1)
        found |= function_asks(s, f, str_of(object), bit, end) ? bit : 0;
    if (found != about)
        fail_msg("asked about %s: %u, not %u, in %s", object, found, about, text);
    assert_false(function_asks(s, f, str_of(object), about, 10));
}

static void test_questions(void **state)
{
    expect_asked(state, "    q.empty()", "q", ABOUT_QUEUE);
    expect_asked(state, "    while self.q.qsize(): pass", "self.q", ABOUT_QUEUE);
    expect_asked(state, "    q.poll()", "q", ABOUT_PROCESS);
    expect_asked(state, "    is_done = q.done", "q", ABOUT_FUTURE);
    expect_asked(state, "    wait([p, q], timeout=1)", "q", ABOUT_FUTURE);
    expect_asked(state, "    asyncio.wrap_future(self.q)", "self.q", ABOUT_FUTURE);
    expect_asked(state, "    later(lambda: q.empty())", "q", ABOUT_QUEUE);
    expect_asked(state, "    def g():\n        q.empty()", "q", ABOUT_QUEUE);
    expect_asked(state, "    p.empty()", "q", 0);
    expect_asked(state, "    empty(p); g(q)", "q", 0);
}

/* There is a bound, and no end of memory. */
static void test_many_questions(void **state)
{
    char text[8192] = "def f(q):\n";
    for (int i = 0; i < 500; i++)
        strcat(text, "    q.empty()\n");
    Summary *s = summary_of(state, text);
    assert_int_equal(s->functions.items[0].questions.count, 64);
}

static void test_given(void **state)
{
    static const char text[] = "import io, zipfile, json\nfrom zipfile import ZipFile as Z\n"
                               "def f(d):\n    Z(io.BytesIO(d))\n    zipfile.ZipFile(d, mode='r')\n    load(d)\n    x.get(d)\n";
    Summary *s = summary_of(state, text);
    const CallSummary *call = call_of(s, text, "Z", 0);
    assert_int_equal(call->given.count, 1);
    Str term = term_print(&s->terms, arena_of(state), s->parts.items[call->given.first]);
    assert_str(term, "io.BytesIO(parameter 0 of function 0)");
    assert_int_equal(call_of(s, text, "zipfile.ZipFile", 0)->given.count, 2);
    assert_int_equal(call_of(s, text, "x.get", 0)->given.count, 0);
}

static void test_written_and_read(void **state)
{
    static const char text[] = "import io, zipfile\nq = Queue(1)\ndef f():\n    s.settimeout(q)\n    q.put(zipfile.ZipFile(io.BytesIO(b'')))\n"
                               "    if not self.x.empty(): self.x.get()\n";
    Summary *s = summary_of(state, text);
    Summary *other = summary_read(arena_of(state), summary_write(s, arena_of(state), arena_of(state)));
    assert_non_null(other);
    assert_int_equal(other->traits, TRAIT_SOCKETS_DO_NOT_WAIT);
    assert_int_equal(call_of(other, text, "q.put", 0)->quick, QUICK_BOUNDED);
    assert_int_equal(call_of(other, text, "zipfile.ZipFile", 0)->given.count, 1);
    const CallSummary *get = call_of(other, text, "self.x.get", 0);
    assert_str(terms_text_of(&other->terms, get->object), "self.x");
    assert_int_equal(get->callee_end - get->at.begin, 10);
    assert_true(function_asks(other, &other->functions.items[0], STR("self.x"), ABOUT_QUEUE, get->at.begin));
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_of_files),
        cmocka_unit_test_setup_teardown(test_bits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_traits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ranges, set_up, tear_down),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test_setup_teardown(test_questions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_questions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_written_and_read, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
