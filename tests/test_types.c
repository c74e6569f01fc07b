/* Types of expressions: each `reveal(x)  # TYPE` in fixtures/types/ has the type that stands behind it. */
#include <stdlib.h>

#include "port/io.h"
#include "program/ask.h"
#include "support.h"

static Module *bound(Arena *arena, Str text)
{
    Source source;
    source_init(&source, arena, STR("fixture.py"), text);
    Arena *scratch = arena_new(arena, Arena);
    arena_init(scratch);
    Module *module = module_new(arena, scratch, &source, 0);
    arena_release(scratch);
    module_bind(module);
    ask_attach(module);
    return module;
}

/* What stands behind the `#` on the line of n. */
static Str expected_at(Node n)
{
    Str text = n.module->source.text;
    uint32_t at = node_end(n);
    while (at < text.n && text.p[at] != '\n' && text.p[at] != '#')
        at++;
    uint32_t end = at;
    while (end < text.n && text.p[end] != '\n')
        end++;
    return at < end ? str_trim(str_slice(text, at + 1, end)) : STR("");
}

static uint32_t check_reveals(const char *name, Arena *arena)
{
    const char *root = getenv("AWRY_SOURCE");
    const char *path = arena_printf(arena, "%s/fixtures/types/%s", root ? root : ".", name).p;
    Str text;
    uint64_t size;
    assert_int_equal(io_read_file(arena, path, true, 1 << 20, &text, &size), READ_OK);
    Module *module = bound(arena, text);
    assert_int_equal(module->tree.troubles.count, 0);
    uint32_t wrong = 0, count = 0;
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) != PY_CALL || !str_is(node_text(node_field(n, F_FUNCTION)), "reveal"))
            continue;
        Node argument = node_first(node_field(n, F_ARGUMENTS));
        Str type = type_print(ask_program(n), arena, type_id_of(argument)), expected = expected_at(n);
        count++;
        if (!str_equal(type, expected)) {
            wrong++;
            print_error("%s:%u: `%.*s` is %.*s, not %.*s\n", name, scan_line(&module->scan, node_begin(n)) + 1,
                STR_ARG(node_text(argument)), STR_ARG(type), STR_ARG(expected));
        }
    }
    assert_true(count > 0);
    return wrong;
}

static void types_are_as_the_fixtures_say(void **state)
{
    (void)state;
    static const char *const files[] = { "annotations.py", "attributes.py", "calls.py", "classes.py", "containers.py",
        "decorators.py", "flow.py", "narrowing.py", "with_and_for.py" };
    uint32_t wrong = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        Arena arena;
        arena_init(&arena);
        wrong += check_reveals(files[i], &arena);
        arena_release(&arena);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = { cmocka_unit_test(types_are_as_the_fixtures_say) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
