/* What the walk lists of a project for facts alone, the order of the list, and the stamps in it. What it leaves out is tested by
 * test_walk_git.py. */
#define _XOPEN_SOURCE 700 /* nftw */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/walk.h"
#include "support.h"

/* Each test runs in a folder of its own: `home` is $HOME, and the working directory is `home/work`. */
typedef struct Ground {
    Arena arena;
    char folder[64];
    int before;
} Ground;

static void make_file(const char *path, const char *text)
{
    char copy[512];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0777);
        *slash = '/';
    }
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

/* Paths with spaces between. */
static void make_files(const char *paths)
{
    char copy[1024];
    snprintf(copy, sizeof copy, "%s", paths);
    char *rest = copy;
    for (char *path; (path = strtok_r(rest, " ", &rest));)
        make_file(path, "");
}

static int ground_new(void **state)
{
    Ground *ground = calloc(1, sizeof *ground);
    if (!ground)
        return -1;
    arena_init(&ground->arena);
    strcpy(ground->folder, "/tmp/awry_test_walk_XXXXXX");
    ground->before = open(".", O_RDONLY);
    *state = ground;
    if (ground->before < 0 || !mkdtemp(ground->folder) || chdir(ground->folder) != 0 || mkdir("home", 0777) != 0)
        return -1;
    if (mkdir("home/work", 0777) != 0 || chdir("home/work") != 0)
        return -1;
    char home[96];
    snprintf(home, sizeof home, "%s/home", ground->folder);
    return setenv("HOME", home, 1);
}

static int take_away(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int ground_free(void **state)
{
    Ground *ground = *state;
    int failed = fchdir(ground->before) | nftw(ground->folder, take_away, 16, FTW_DEPTH | FTW_PHYS);
    close(ground->before);
    arena_release(&ground->arena);
    free(ground);
    return failed;
}

/* With a `?` behind what nobody asked for and a `!` behind what has a problem. */
static Str text_of(Arena *arena, const FileList *list)
{
    Str text = STR("");
    for (uint32_t i = 0; i < list->files.count; i++) {
        const WalkFile *file = &list->files.items[i];
        text = arena_printf(arena, "%.*s%s%.*s%s%s", STR_ARG(text), i ? " " : "", STR_ARG(file->path),
            file->is_asked ? "" : "?", file->problem ? "!" : "");
    }
    return text;
}

static void assert_lists_by(Ground *ground, WalkOptions options, const char *named, const char *expected)
{
    char copy[1024];
    const char *paths[16];
    size_t count = 0;
    snprintf(copy, sizeof copy, "%s", named);
    char *rest = copy;
    for (char *path; (path = strtok_r(rest, " ", &rest));)
        paths[count++] = path;
    FileList list;
    walk(&list, &ground->arena, &options, paths, count);
    assert_str(text_of(&ground->arena, &list), expected);
}

static void assert_lists(Ground *ground, const char *named, const char *expected)
{
    assert_lists_by(ground, (WalkOptions){ .whole_project = true }, named, expected);
    ConfigOptions how = { 0 };
    settings_init(&how.given);
    Configs *configs = configs_new(&ground->arena, &how);
    assert_lists_by(ground, (WalkOptions){ .whole_project = true, .configs = configs }, named, expected);
    assert_int_equal(configs_messages(configs)->count, 0);
}

static void test_the_order_is_that_of_paths(void **state)
{
    make_files("a.py a/b.py a-b/c.py a/b/c.py a.b/d.py aa.py a/.x.py");
    assert_lists_by(*state, (WalkOptions){ 0 }, ".", "a-b/c.py a.b/d.py a.py a/.x.py a/b.py a/b/c.py aa.py");
    assert_lists_by(*state, (WalkOptions){ 0 }, "aa.py a a/b", "a/.x.py a/b.py a/b/c.py aa.py");
}

static void test_the_whole_project_of_a_file(void **state)
{
    make_files("pyproject.toml app/a.py app/b.py app/in/c.py lib/d.py setup.py build/e.py");
    assert_lists(*state, "app/a.py", "app/a.py app/b.py? app/in/c.py? lib/d.py? setup.py?");
    assert_lists(*state, "app/in lib/d.py", "app/a.py? app/b.py? app/in/c.py lib/d.py setup.py?");
    assert_lists(*state, ".", "app/a.py app/b.py app/in/c.py lib/d.py setup.py");
    assert_lists(*state, "build/e.py app", "app/a.py app/b.py app/in/c.py build/e.py lib/d.py? setup.py?");
}

static void test_a_repository_is_one_project(void **state)
{
    make_files(".git/HEAD one/pyproject.toml one/a.py one/b.py two/c.py");
    assert_lists(*state, "one/a.py", "one/a.py one/b.py? two/c.py?");
    assert_lists(*state, "one/a.py two/c.py", "one/a.py one/b.py? two/c.py");
    assert_lists(*state, "two", "one/a.py? one/b.py? two/c.py");
}

static void test_from_within_and_from_beside(void **state)
{
    Ground *ground = *state;
    make_files("pyproject.toml app/a.py app/sub/b.py lib/c.py");
    assert_int_equal(chdir("app"), 0);
    assert_lists(ground, "a.py", "../lib/c.py? a.py sub/b.py?");
    assert_lists(ground, "../lib", "../lib/c.py a.py? sub/b.py?");
    assert_int_equal(chdir("sub"), 0);
    assert_lists(ground, "b.py", "../../lib/c.py? ../a.py? b.py");
    assert_lists(ground, "../a.py", "../../lib/c.py? ../a.py b.py?");
    assert_int_equal(chdir("../.."), 0);
    make_files("../beside/x.py");
    assert_int_equal(chdir("../beside"), 0);
    assert_lists(ground, "../work/app/a.py", "../work/app/a.py ../work/app/sub/b.py? ../work/lib/c.py?");
    Str whole = arena_printf(&ground->arena, "%s/home/work", ground->folder);
    Str expected = arena_printf(&ground->arena, "%s/app/a.py %s/app/sub/b.py? %s/lib/c.py?", whole.p, whole.p, whole.p);
    assert_lists(ground, arena_printf(&ground->arena, "%s/app/a.py", whole.p).p, expected.p);
}

static void test_the_world_is_no_project(void **state)
{
    Ground *ground = *state;
    make_files("../.git/HEAD ../other.py a.py beside.py below/c.py deep/x/y.py");
    assert_lists(ground, "a.py", "a.py beside.py?");
    assert_lists(ground, "deep", "deep/x/y.py");
    make_files("deep/__init__.py deep/z.py deep/x/__init__.py deep/x/w/v.py");
    assert_lists(ground, "deep/x/y.py", "deep/__init__.py? deep/x/__init__.py? deep/x/w/v.py? deep/x/y.py deep/z.py?");
    make_files("__init__.py ../__init__.py");
    assert_int_equal(unlink("../.git/HEAD") | rmdir("../.git"), 0);
    assert_lists(ground, "below/c.py", "below/c.py");
}

static void test_what_nobody_asked_for_has_no_problem(void **state)
{
    make_files("pyproject.toml app/a.py lib/b.py");
    assert_int_equal(symlink("/etc/passwd", "lib/out.py") | symlink("nowhere", "lib/gone.py"), 0);
    assert_int_equal(symlink("b.py", "lib/same.py") | mkfifo("lib/fifo.py", 0666), 0);
    make_file("lib/awry.toml", "selct = 1\n[");
    assert_lists(*state, "app", "app/a.py lib/b.py? lib/same.py?");
    assert_lists_by(*state, (WalkOptions){ .whole_project = true }, "lib",
        "app/a.py? lib/b.py lib/fifo.py! lib/gone.py! lib/out.py! lib/same.py");
}

static void test_only_what_was_asked_for_counts_as_ignored(void **state)
{
    Ground *ground = *state;
    make_files("pyproject.toml app/a.py app/x_gen.py lib/b.py lib/y_gen.py");
    make_file(".gitignore", "*_gen.py\n");
    const char *named = "app";
    FileList list;
    walk(&list, &ground->arena, &(WalkOptions){ .whole_project = true }, &named, 1);
    assert_str(text_of(&ground->arena, &list), "app/a.py lib/b.py?");
    assert_int_equal(list.ignored, 1);
}

static void test_standard_input_stands_for_its_file(void **state)
{
    make_files("pyproject.toml app/a.py app/b.py");
    WalkOptions options = { .whole_project = true, .stdin_name = "app/a.py" };
    assert_lists_by(*state, options, "-", "- app/b.py?");
    options.stdin_name = "app/new.py";
    assert_lists_by(*state, options, "-", "- app/a.py? app/b.py?");
    options.stdin_name = NULL;
    assert_lists_by(*state, options, "-", "-");
}

static void test_stamps_are_those_of_what_is_read(void **state)
{
    Ground *ground = *state;
    make_file("a.py", "pass\n");
    assert_int_equal(symlink("a.py", "b.py"), 0);
    struct stat st;
    assert_int_equal(stat("a.py", &st), 0);
    const char *named[] = { ".", "a.py" };
    FileList list;
    walk(&list, &ground->arena, &(WalkOptions){ 0 }, named, 2);
    assert_int_equal(list.files.count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const FileStamp *stamp = &list.files.items[i].stamp;
        assert_int_equal(stamp->size, 5);
        assert_int_equal(stamp->inode, st.st_ino);
        assert_true(stamp->mtime_ns / 1000000000 == (int64_t)st.st_mtime);
        assert_true(stamp->ctime_ns / 1000000000 == (int64_t)st.st_ctime);
    }
    assert_true(list.files.items[0].named && list.files.items[0].is_asked);
}

/* More directories below each other than are held open. */
static void test_deep_below(void **state)
{
    Ground *ground = *state;
    char path[512] = "";
    for (int i = 0; i < 70; i++)
        strcat(path, "d/");
    strcat(path, "e/f.py");
    make_file(path, "");
    strcpy(strrchr(path, '/'), ".py");
    make_file(path, "");
    FileList list;
    const char *named = "d";
    walk(&list, &ground->arena, &(WalkOptions){ 0 }, &named, 1);
    assert_int_equal(list.files.count, 2);
    assert_int_equal(list.files.items[0].problem | list.files.items[1].problem, WALK_OK);
    assert_str(list.files.items[0].path, path);
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_order_is_that_of_paths, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_the_whole_project_of_a_file, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_a_repository_is_one_project, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_from_within_and_from_beside, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_the_world_is_no_project, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_what_nobody_asked_for_has_no_problem, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_only_what_was_asked_for_counts_as_ignored, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_standard_input_stands_for_its_file, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_stamps_are_those_of_what_is_read, ground_new, ground_free),
        cmocka_unit_test_setup_teardown(test_deep_below, ground_new, ground_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
