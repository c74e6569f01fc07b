/* The scan: what the parser gets, where it stood, what is refused. */
#include "support.h"

typedef struct Case {
    const char *text;
    const char *compact;
} Case;

static Scan *scan_of(Arena *arena, const char *text)
{
    Scan *scan = arena_new(arena, Scan);
    scan_init(scan, arena, source_of(arena, text));
    return scan;
}

static void check_cases(const Case *cases, size_t count)
{
    Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        const Scan *scan = scan_of(&arena, cases[i].text);
        assert_str(scan->compact, cases[i].compact);
        assert_int_equal(scan->troubles.count, 0);
    }
    arena_release(&arena);
}
#define CHECK(cases) check_cases(cases, sizeof cases / sizeof *cases)

static void test_lines(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "", "" },
        { "\n\n  \n", "" },
        { "x", "x\n" },
        { "x\n", "x\n" },
        { "# only\n   # comments\n", "" },
        { "x = 1  # why\n\n\ny\n", "x = 1  \ny\n" },
        { "if x:\n        y\n        # c\n\n        z\nw\n", "if x:\n y\n z\nw\n" },
        { "if x:\n\ty\n\tif z:\n\t\tw\n", "if x:\n y\n if z:\n  w\n" },
        { "if x:\r\n  y\r\nz\r\n", "if x:\n y\nz\n" },
        { "if x:\r  y\rz\r", "if x:\n y\nz\n" },
        { "x = a + \\\n  b\n", "x = a +    b\n" },
        { "if x:\n  y\n\f\nz\n", "if x:\n y\nz\n" },
        { "if x:\t# c\n  y\nif z:\f\n  w\n", "if x:\t\n y\nif z:\f\n w\n" },
        { "def f(): ...\nx\n", "def f(): ...\nx\n" },
    };
    CHECK(cases);
}

static void test_brackets(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "f(\n  a, # first\n\n  b)\n", "f( a,  b)\n" },
        { "def f():\n    x = (a +\nb)\n    y\n", "def f():\n x = (a + b)\n y\n" },
        { "x = [1\n.real]\n", "x = [1 .real]\n" },
        { "(yield\nfrom x)\n", "(yield from x)\n" },
        { "[x\nfor x in y\nif x]\n", "[x for x in y if x]\n" },
    };
    CHECK(cases);
}

static void test_strings(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "x = 1.05e-05 + 00 + 0_0 + 007.5 + 08e1 + 09j + 0o755 + 0xFL1 + 1if l else .05\n",
          "x = 1.05e-05 + 00 + 0_0 + 007.5 + 08e1 + 09j + 0o755 + 0xFL1 + 1if l else .05\n" },
        { "x = 'a # b $'\n", "x = ''\n" },
        { "x = '''a\n'b\n'''\n", "x = ''''''\n" },
        { "x = 'a\\'b' 'c'\n", "x = '' ''\n" },
        { "x = \"a\"\"b\"\n", "x = \"\" \"\"\n" },
        { "x = 'a\\\nb'\n", "x = ''\n" },
        { "x = rb'\\'' + Rb\"\\\\\"\n", "x = rb'' + Rb\"\"\n" },
        { "x = f'a{b}c{d}'\n", "x = f'{b}{d}'\n" },
        { "x = f'{{a}}{b}'\n", "x = f'{b}'\n" },
        { "x = f'{a!r:>{w}.{p}} b'\n", "x = f'{a}{w}{p}'\n" },
        { "x = f'{a=}{b:=10}{c!r}'\n", "x = f'{a}{b}{c}'\n" },
        { "x = f'{a==b}{a!=b}{a<=b}'\n", "x = f'{a==b}{a!=b}{a<=b}'\n" },
        { "x = f'{d['k']}'\n", "x = f'{d['']}'\n" },
        { "x = f'{f'{y}'}'\n", "x = f'{f'{y}'}'\n" },
        { "x = f'\\N{DASH}{y}\\{z}'\n", "x = f'{y}{z}'\n" },
        { "x = f'{a:>10}'\ny\n", "x = f'{a}'\ny\n" },
        { "x = f'''{\na # c\n}\n'''\n", "x = f'''{ a  }'''\n" },
        { "x = t'{a}' tr'\\{b}'\n", "x = t'{a}' tr'{b}'\n" },
        { "x = f'{(lambda: 1)}{ {1: 2}[1] }'\n", "x = f'{(lambda: 1)}{ {1: 2}[1] }'\n" },
    };
    CHECK(cases);
}

static void test_names_that_are_keywords_for_the_grammar(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "type(x).y = 1\n", "typ_(x).y = 1\n" },
        { "type X = int\n", "type X = int\n" },
        { "if x: print (a)\n", "if x: prin_ (a)\n" },
        { "print >>f, x\n", "prin_ >>f, x\n" },
        { "print 'x'\n", "print ''\n" },
        { "x.type(y)\n", "x.type(y)\n" },
        { "def f[T = int, *U = *x, **P = [y]](): pass\n", "def f[T ,int, *U ,x, **P ,[y]](): pass\n" },
        { "type X[T: a = b] = c\n", "type X[T: a ,b] = c\n" },
    };
    CHECK(cases);
}

static void test_generic_types_with_more_behind(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "x: A[B] or C\n", "x: (A)[B] or C\n" },
        { "def f(a: A[B[C].d] = 1) -> A[B][C]: pass\n", "def f(a: A[(B)[C].d] = 1) -> (A)[B][C]: pass\n" },
        { "def f(a: A[B,\n C]\n or D): pass\n", "def f(a: (A)[B, C] or D): pass\n" },
        { "x: A[B] = 1\n", "x: A[B] = 1\n" },
        { "x: A[B] | C\n", "x: A[B] | C\n" },
        { "x: A[B] == C\n", "x: (A)[B] == C\n" },
        { "x: A[''] or A[\"a\" 'b'] or C\n", "x: (A)[''] or A[\"\" ''] or C\n" },
        { "x = A[B] or C\n", "x = A[B] or C\n" },
    };
    CHECK(cases);
}

static void test_troubles(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t begin;
        const char *message;
    } cases[] = {
        { "x = (1\ndef f(): pass\n", 4, "'(' was never closed" },
        { "x = [1\n", 4, "'[' was never closed" },
        { "x = 1)\n", 5, "unmatched ')'" },
        { "x = (1]\n", 6, "closing bracket ']' does not match opening bracket '('" },
        { "x = 'a\ny\n", 4, "unterminated string literal" },
        { "x = '''a\ny\n", 4, "unterminated triple-quoted string literal" },
        { "x = f'{a'\n", 8, "unterminated string literal" },
        { "x = f'a}'\n", 7, "f-string: single '}' is not allowed" },
        { "if x:\n    y\n  z\n", 14, "unindent does not match any outer indentation level" },
        { "x\n  y\n", 4, "unexpected indent" },
        { "if x:\ny\n", 4, "expected an indented block" },
        { "if x:\n", 4, "expected an indented block" },
        { "if x:\n        y\n\tz\n", 17, "inconsistent use of tabs and spaces in indentation" },
        { "f(0755)\n", 2, "leading zeros in decimal integer literals are not permitted" },
        { "x = 10L\n", 4, "Python 2 number with `L` at its end" },
        { "x = ur'y'\n", 4, "Python 2 string prefix `ur`" },
        { "x = `y`\n", 4, "invalid character '`'" },
        { "[}\n", 1, "closing bracket '}' does not match opening bracket '['" },
        { "x = \\ 1\n", 4, "unexpected character after line continuation character" },
    };
    Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Scan *scan = scan_of(&arena, cases[i].text);
        assert_true(scan->troubles.count >= 1);
        assert_str(scan->troubles.items[0].message, cases[i].message);
        assert_int_equal(scan->troubles.items[0].begin, cases[i].begin);
        assert_false(scan->refused);
    }
    arena_release(&arena);
}

/* What is broken ends with the statement: the function behind it is whole for the parser. */
static void test_recovery(void **state)
{
    (void)state;
    static const Case cases[] = {
        { "x = foo(a, [b\nasync def f():\n    await g()\n", "x = foo(a, [b ])\nasync def f():\n await g()\n" },
        { "x = f'{a\nclass A:\n  y = 1\n", "x = f'{a }'\nclass A:\n y = 1\n" },
        { "x = (1]\ny\n", "x = (1 y )\n" },
        { "x = (a[1)\ny\n", "x = (a[1])\ny\n" },
    };
    Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(scan_of(&arena, cases[i].text)->compact, cases[i].compact);
    arena_release(&arena);
}

static char *repeated(Arena *arena, const char *piece, size_t count, const char *tail)
{
    size_t n = strlen(piece);
    char *text = arena_alloc(arena, n * count + strlen(tail) + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * n, piece, n);
    memcpy(text + n * count, tail, strlen(tail));
    return text;
}

static void test_limits(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    assert_false(scan_of(&arena, repeated(&arena, "(", 200, "\n"))->refused);
    assert_true(scan_of(&arena, repeated(&arena, "(", 201, "\n"))->refused);
    assert_true(scan_of(&arena, repeated(&arena, "f'{", 151, "\n"))->refused);
    for (size_t levels = 99; levels <= 100; levels++) {
        char *text = arena_alloc(&arena, 100 * 120);
        for (size_t i = 0, at = 0; i <= levels; i++) {
            memset(text + at, ' ', i);
            at += i;
            memcpy(text + at, "if x:\n", 6);
            at += 6;
        }
        assert_int_equal(scan_of(&arena, text)->refused, levels == 100);
    }
    arena_release(&arena);
}

/* What the scan makes up may be more than the text has bytes: nothing is written behind what it took for the compacted text (the
 * sanitizers see it). */
static void test_more_made_up_than_written(void **state)
{
    (void)state;
    static const char *const pieces[] = { "''\"\"", "([)", "'\n", "f'{(\n", "f'`{(}`" };
    Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *text = repeated(&arena, pieces[i], 40000, "\n");
        text[0] = i == 2 ? '(' : text[0];
        const Scan *scan = scan_of(&arena, text);
        assert_true(scan->refused || scan->compact.n >= 40000);
    }
    arena_release(&arena);
}

static void test_places(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const Scan *scan = scan_of(&arena, "a\r\nb\rc\n\xc3\xa9 d\n");
    assert_int_equal(scan->lines.count, 5);
    Place place = scan_place(scan, 10);
    assert_int_equal(place.row, 4);
    assert_int_equal(place.column, 3);
    assert_str(scan_line_text(scan, 0), "a");
    assert_str(scan_line_text(scan, 3), "\xc3\xa9 d");
    assert_int_equal(scan_place(scan, 1000).row, 5);
    arena_release(&arena);
}

static void test_comments(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const Scan *scan = scan_of(&arena, "# nothing\nx = '# noqa'  # noqa: X\n    # awry: ignore\ny # see # type: ignore\n# NoQA\n");
    assert_int_equal(scan->comments.count, 4);
    assert_false(scan->comments.items[0].alone);
    assert_true(scan->comments.items[1].alone);
    assert_false(scan->comments.items[2].alone);
    assert_int_equal(scan->comment_lines, 3);
    assert_false(scan->has_async);
    assert_true(scan_of(&arena, "x = await y\n")->has_async);
    assert_true(scan_of(&arena, "import asyncio\n")->has_async);
    assert_false(scan_of(&arena, "x = 'async' # await\nasyncio_\naio\n")->has_async);
    arena_release(&arena);
}

/* Each run stands for the same bytes in both texts, but for what the scan made up (one byte a run). */
static void test_map(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const Scan *scan = scan_of(&arena, "def f(\n  a, # c\n  b='x'):\n\n      return f'{a!r} {b:>{a}}' \"\"\"q\"\"\"\n");
    for (uint32_t i = 0; i + 1 < scan->runs.count; i++) {
        Run run = scan->runs.items[i], next = scan->runs.items[i + 1];
        assert_true(run.compact < next.compact);
        assert_true(run.source <= next.source);
        if (next.compact - run.compact > 1)
            assert_memory_equal(scan->compact.p + run.compact, scan->source->text.p + run.source, next.compact - run.compact);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_brackets),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_names_that_are_keywords_for_the_grammar),
        cmocka_unit_test(test_generic_types_with_more_behind),
        cmocka_unit_test(test_troubles),
        cmocka_unit_test(test_recovery),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_more_made_up_than_written),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
