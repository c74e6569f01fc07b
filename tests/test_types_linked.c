/* Types across files: each `reveal(x)  # TYPE` in the project fixtures/types/linked has the type that stands behind it, whichever file is
 * asked first. */
#include <stdlib.h>

#include "engine/project.h"
#include "port/io.h"
#include "program/ask.h"
#include "support.h"

typedef struct Linked {
    Arena arena;
    FileList list;
    Project *project;
    uint32_t wrong, count;
} Linked;

static void open_project(Linked *l, const char *folder)
{
    *l = (Linked){ .wrong = 0 };
    arena_init(&l->arena);
    walk(&l->list, &l->arena, &(WalkOptions){ .excludes = NULL }, &folder, 1);
    ProjectOptions options = { .list = &l->list, .max_file_size = 1 << 20, .max_seconds = 10 };
    l->project = project_new(&l->arena, &options);
}

static void close_project(Linked *l)
{
    project_release(l->project);
    arena_release(&l->arena);
}

static Module *bound(Linked *l, uint32_t file)
{
    const char *path = l->list.files.items[file].path.p;
    Str text;
    uint64_t size;
    Source source;
    assert_int_equal(io_read_file(&l->arena, path, true, 1 << 20, &text, &size), READ_OK);
    source_init(&source, &l->arena, str_of(path), text);
    Arena scratch;
    arena_init(&scratch);
    Module *module = module_new(&l->arena, &scratch, &source, 0);
    arena_release(&scratch);
    module_bind(module);
    assert_int_equal(module->tree.troubles.count, 0);
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

static void check_reveal(Linked *l, Node call)
{
    Node argument = node_first(node_field(call, F_ARGUMENTS));
    Str type = type_print(ask_program(call), &l->arena, type_id_of(argument)), expected = expected_at(call);
    l->count++;
    if (str_equal(type, expected))
        return;
    l->wrong++;
    print_error("%.*s:%u: `%.*s` is %.*s, not %.*s\n", STR_ARG(call.module->source.path),
        scan_line(&call.module->scan, node_begin(call)) + 1, STR_ARG(node_text(argument)), STR_ARG(type), STR_ARG(expected));
}

static void check_file(Linked *l, Program *program, uint32_t file)
{
    Module *module = bound(l, file);
    ask_join(module, program, file, NULL);
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) == PY_CALL && str_is(node_text(node_field(n, F_FUNCTION)), "reveal"))
            check_reveal(l, n);
    }
    ask_leave(module);
}

/* Puts the Summaries of all files, as a run does. */
static void put_all(Linked *l)
{
    for (uint32_t file = 0; file < l->list.files.count; file++) {
        Module *module = bound(l, file);
        project_put(l->project, file, &l->arena, summary_write(summary_new(&l->arena, module), &l->arena, &l->arena));
    }
    project_settle(l->project);
}

typedef enum Order { FORWARDS, BACKWARDS, APART } Order;

static void check_all(Order order)
{
    const char *root = getenv("AWRY_SOURCE");
    Linked l;
    Arena names;
    arena_init(&names);
    open_project(&l, arena_printf(&names, "%s/fixtures/types/linked", root ? root : ".").p);
    put_all(&l);
    Program *program = program_new(&l.arena, project_files(l.project));
    uint32_t count = l.list.files.count;
    for (uint32_t i = 0; i < count; i++) {
        if (order == APART)
            program = program_new(&l.arena, project_files(l.project));
        check_file(&l, program, order == BACKWARDS ? count - 1 - i : i);
    }
    assert_true(l.count > 0);
    assert_int_equal(l.wrong, 0);
    close_project(&l);
    arena_release(&names);
}

static void types_are_as_the_project_says(void **state)
{
    (void)state;
    check_all(FORWARDS);
}

static void who_asks_first_does_not_matter(void **state)
{
    (void)state;
    check_all(BACKWARDS);
    check_all(APART);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_as_the_project_says),
        cmocka_unit_test(who_asks_first_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
