/* Places in other files than the one that is looked at: read again, kept a few at a time, never trusted. */
#include <stdio.h>
#include <unistd.h>

#include "engine/sources.h"
#include "finding/span.h"
#include "memory.h"

enum { SMALL = 1 << 12, ROOM = 64 << 20 };
static const char far_file[] = "sources_far_file.py", link_file[] = "sources_link.py";

static void write_text(const char *name, const char *text)
{
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

/* A pass over a file of its own, with a finding to add places to. */
typedef struct Looking {
    Pass pass;
    Finding finding;
    SourceCache cache;
} Looking;

static Looking *look(void **state)
{
    Memory *memory = *state;
    Looking *looking = arena_new(&memory->arena, Looking);
    source_cache_init(&looking->cache, SMALL, ROOM);
    looking->pass = (Pass){
        .module = module_of(&memory->arena, &memory->scratch, "x = 1\nload(x)\n"),
        .path = STR("test.py"),
        .out = &memory->arena,
        .sources = &looking->cache.sources,
    };
    return looking;
}

static const Span *step_to(Looking *looking, const char *path, uint32_t begin, uint32_t end)
{
    Summary file = { .path = str_of(path) };
    step_in(&looking->pass, &looking->finding, &file, (Range){ begin, end }, "step %d", 2);
    return &looking->finding.also.items[looking->finding.also.count - 1];
}

static void test_own_file(void **state)
{
    Looking *looking = look(state);
    const Span *span = step_to(looking, "test.py", 6, 10);
    assert_int_equal(span->path.n, 0);
    assert_int_equal(span->start.row, 2);
    assert_str(span->excerpt, "load(x)");
    assert_str(span->label, "step 2");
    assert_true(span->is_step);
    source_cache_release(&looking->cache);
}

static void test_other_file(void **state)
{
    Looking *looking = look(state);
    write_text(far_file, "\xef\xbb\xbf# \xc3\xa4\ndef load():\n    get()\n");
    const Span *span = step_to(looking, far_file, 21, 24);
    assert_str(span->path, far_file);
    assert_int_equal(span->start.row, 3);
    assert_int_equal(span->start.column, 5);
    assert_int_equal(span->stop.column, 8);
    assert_str(span->excerpt, "    get()");
    Summary file = { .path = str_of(far_file) };
    assert_str(text_in(&looking->pass, &file, (Range){ 21, 24 }), "get");

    also_in(&looking->pass, &looking->finding, &file, (Range){ 9, 13 }, "here");
    assert_false(looking->finding.also.items[1].is_step);
    assert_int_equal(looking->finding.also.items[1].start.row, 2);
    /* Kept: what becomes of the file does not matter, until it is forgotten. */
    remove(far_file);
    assert_int_equal(step_to(looking, far_file, 21, 24)->start.row, 3);
    source_cache_clear(&looking->cache);
    assert_int_equal(step_to(looking, far_file, 21, 24)->start.row, 0);
    source_cache_release(&looking->cache);
}

static void expect_path_only(Looking *looking, const char *path, uint32_t begin, uint32_t end)
{
    const Span *span = step_to(looking, path, begin, end);
    assert_str(span->path, path);
    assert_str(span->label, "step 2");
    assert_int_equal(span->start.row, 0);
    assert_int_equal(span->line, 0);
    assert_int_equal(span->excerpt.n, 0);
    source_cache_clear(&looking->cache);
}

static void test_what_cannot_be_shown(void **state)
{
    Looking *looking = look(state);
    expect_path_only(looking, "sources_missing.py", 0, 1);
    write_text(far_file, "get()\n");
    expect_path_only(looking, far_file, 2, 100);
    expect_path_only(looking, far_file, 4, 2);
    assert_int_equal(symlink(far_file, link_file), 0);
    expect_path_only(looking, link_file, 0, 3);
    remove(link_file);
    FILE *out = fopen(far_file, "w");
    fwrite("a\0\0\1\2\3b", 1, 7, out);
    fclose(out);
    expect_path_only(looking, far_file, 0, 1);

    char large[SMALL + 2];
    memset(large, '\n', sizeof large);
    large[sizeof large - 1] = '\0';
    write_text(far_file, large);
    expect_path_only(looking, far_file, 0, 1);
    large[SMALL] = '\0';
    write_text(far_file, large);
    assert_int_equal(step_to(looking, far_file, 1, 2)->start.row, 2);
    source_cache_clear(&looking->cache);
    looking->pass.sources = NULL;
    expect_path_only(looking, far_file, 0, 1);
    remove(far_file);
    source_cache_release(&looking->cache);
}

/* Spent memory is no end: the next file can be shown. */
static void test_memory(void **state)
{
    enum { LINES = 200000 };
    Looking *looking = look(state);
    looking->cache.max_file_size = LINES + 1;
    looking->cache.memory = 1 << 17;
    FILE *out = fopen(far_file, "w");
    for (int i = 0; i < LINES; i++)
        fputc('\n', out);
    fclose(out);
    const Span *span = step_to(looking, far_file, 0, 1);
    assert_int_equal(span->start.row, 0);
    write_text(link_file, "get()\n");
    assert_str(step_to(looking, link_file, 0, 3)->excerpt, "get()");
    remove(far_file);
    remove(link_file);
    source_cache_release(&looking->cache);
}

static bool unsaved(void *context, Arena *arena, Str path, Str *bytes)
{
    if (!str_equal(path, str_of(far_file)))
        return false;
    *bytes = bytes_of(arena, context, strlen(context));
    return true;
}

static void test_unsaved_text(void **state)
{
    Looking *looking = look(state);
    looking->cache.text_of = unsaved;
    char text[] = "\n\nnew()\n";
    looking->cache.text_context = text;
    assert_str(step_to(looking, far_file, 2, 5)->excerpt, "new()");
    assert_int_equal(step_to(looking, "sources_missing.py", 2, 5)->start.row, 0);
    source_cache_release(&looking->cache);
}

/* More files than are kept at a time. */
static void test_many_files(void **state)
{
    Looking *looking = look(state);
    char name[64], text[64];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2 * SOURCES_KEPT; i++) {
            snprintf(name, sizeof name, "sources_many_%d.py", i);
            snprintf(text, sizeof text, "call_%d()\n", i);
            write_text(name, text);
            const Span *span = step_to(looking, arena_copy(arena_of(state), str_of(name)).p, 0, 4);
            snprintf(text, sizeof text, "call_%d()", i);
            assert_str(span->excerpt, text);
            assert_str(span->path, name);
            remove(name);
        }
    }
    source_cache_release(&looking->cache);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_own_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unsaved_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_files, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
