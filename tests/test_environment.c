/* Environments made of empty files in a temporary directory: which one is taken, and where modules are in it. */
#define _XOPEN_SOURCE 700 /* nftw, realpath */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/environment.h"
#include "memory.h"
#include "port/threads.h"
#include "python/names.h"

#define SITE "v/lib/python3.12/site-packages/"

/* Each test runs in a folder of its own, which is the working directory. */
typedef struct Workplace {
    Arena arena;
    char folder[64];
    int before; /* the working directory to go back to */
    Environment *environment;
} Workplace;

static int place_new(void **state)
{
    Workplace *place = calloc(1, sizeof *place);
    arena_init(&place->arena);
    strcpy(place->folder, "/tmp/awry_environment_XXXXXX");
    place->before = open(".", O_RDONLY);
    *state = place;
    unsetenv("VIRTUAL_ENV");
    return place->before >= 0 && mkdtemp(place->folder) && chdir(place->folder) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int place_free(void **state)
{
    Workplace *place = *state;
    environment_release(place->environment);
    unsetenv("VIRTUAL_ENV");
    int failed = fchdir(place->before) | nftw(place->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    close(place->before);
    arena_release(&place->arena);
    free(place);
    return failed;
}

/* ---- Files ---- */

static void make_folder(const char *path)
{
    char part[512];
    for (size_t i = 1; path[i]; i++) {
        if (path[i] != '/')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        mkdir(part, 0777);
    }
}

static void write_bytes(const char *path, const char *text, size_t n)
{
    make_folder(path);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

/* Empty files, separated by spaces; a name that ends in a slash is a folder. */
static void write_files(const char *root, const char *names)
{
    char path[512];
    while (*names) {
        size_t n = strcspn(names, " ");
        snprintf(path, sizeof path, "%s%.*s", root, (int)n, names);
        if (path[strlen(path) - 1] == '/')
            make_folder(path);
        else
            write_text(path, "");
        names += n + strspn(names + n, " ");
    }
}

static void write_venv(const char *root)
{
    char path[512];
    snprintf(path, sizeof path, "%s/pyvenv.cfg", root);
    write_text(path, "home = /nowhere/bin\nversion = 3.12.4\n");
    snprintf(path, sizeof path, "%s/lib/python3.12/site-packages/", root);
    make_folder(path);
}

/* ---- Questions ---- */

static Str real_folder(Workplace *place)
{
    char *real = realpath(".", NULL);
    Str copy = arena_copy(&place->arena, str_of(real));
    free(real);
    return copy;
}

static Environment *find_by(Workplace *place, const EnvironmentOptions *options, const char *expected_mistake)
{
    Str mistake;
    environment_release(place->environment);
    place->environment = environment_find(&place->arena, options, real_folder(place), &mistake);
    assert_str(mistake, expected_mistake);
    return place->environment;
}

static Environment *find_python(Workplace *place, const char *python)
{
    EnvironmentOptions options = { .python = python, .origin = STR("--python") };
    Environment *environment = find_by(place, &options, "");
    assert_non_null(environment);
    return environment;
}

static void assert_mistake(Workplace *place, const char *python, const char *expected)
{
    EnvironmentOptions options = { .python = python, .origin = STR("--python") };
    assert_null(find_by(place, &options, expected));
}

/* A path as the test wrote it: without the folder. */
static const char *short_path(Workplace *place, Str path)
{
    Str folder = real_folder(place);
    if (!path.n)
        return "";
    assert_int_equal(path.p[path.n], '\0');
    assert_true(str_starts(path, folder));
    return path.p + folder.n + 1;
}

/* "source|stub", and "package", "namespace", "extension" where it is one; "none". */
static const char *module(Workplace *place, const char *dotted)
{
    ModulePlace found;
    if (!environment_module(place->environment, &place->arena, str_of(dotted), &found)) {
        assert_true(found.source.n == 0 && found.stub.n == 0);
        return "none";
    }
    return arena_printf(&place->arena, "%s|%s%s%s%s", short_path(place, found.source), short_path(place, found.stub),
        found.is_package ? " package" : "", found.is_namespace ? " namespace" : "",
        found.is_extension ? " extension" : "")
        .p;
}

static const char *describe(Workplace *place, const EnvironmentOptions *options)
{
    find_by(place, options, "");
    Str text = environment_describe(place->environment, &place->arena);
    Str folder = real_folder(place);
    return str_starts(text, folder) ? text.p + folder.n + 1 : text.p;
}

/* ---- Modules ---- */

static void test_modules_and_packages(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE,
        "one.py pack/__init__.py pack/sub.py pack/inner/__init__.py pack/inner/deep.py both.py both/__init__.py "
        "data.txt asyncio/__init__.py");
    find_python(place, "v");
    assert_string_equal(module(place, "one"), SITE "one.py|");
    assert_string_equal(module(place, "pack"), SITE "pack/__init__.py| package");
    assert_string_equal(module(place, "pack.sub"), SITE "pack/sub.py|");
    assert_string_equal(module(place, "pack.inner.deep"), SITE "pack/inner/deep.py|");
    assert_string_equal(module(place, "both"), SITE "both/__init__.py| package");
    assert_string_equal(module(place, "pack.Missing"), "none");
    assert_string_equal(module(place, "one.sub"), "none");
    assert_string_equal(module(place, "data"), "none");
    assert_string_equal(module(place, "asyncio"), "none");
    assert_string_equal(module(place, "os.path"), "none");
}

static void test_odd_names_are_no_modules(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE, "pack/__init__.py ../up.py");
    find_python(place, "v");
    static const char *const names[] = { "", ".", "..", "pack.", ".pack", "pack..sub", "../up", "pack/../../up",
        "v/x" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(module(place, names[i]), "none");
    char name[3000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_string_equal(module(place, name), "none");
    for (size_t i = 1; i < sizeof name - 1; i += 2)
        name[i] = '.';
    assert_string_equal(module(place, name), "none");
}

static void test_stubs(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE, "a/__init__.py a/b.py a/c.py a/c.pyi a-stubs/__init__.pyi a-stubs/b.pyi m.py m.pyi "
                      "six.py six-stubs/__init__.pyi six-stubs/moves/__init__.pyi only-stubs/__init__.pyi "
                      "only-stubs/part.pyi shared-stubs/cloud/__init__.pyi");
    find_python(place, "v");
    assert_string_equal(module(place, "a"), SITE "a/__init__.py|" SITE "a-stubs/__init__.pyi package");
    assert_string_equal(module(place, "a.b"), SITE "a/b.py|" SITE "a-stubs/b.pyi");
    assert_string_equal(module(place, "a.c"), SITE "a/c.py|" SITE "a/c.pyi");
    assert_string_equal(module(place, "m"), SITE "m.py|" SITE "m.pyi");
    assert_string_equal(module(place, "six"), SITE "six.py|" SITE "six-stubs/__init__.pyi");
    assert_string_equal(module(place, "six.moves"), "|" SITE "six-stubs/moves/__init__.pyi package");
    assert_string_equal(module(place, "only"), "|" SITE "only-stubs/__init__.pyi package");
    assert_string_equal(module(place, "only.part"), "|" SITE "only-stubs/part.pyi");
    assert_string_equal(module(place, "shared"), "| package namespace");
    assert_string_equal(module(place, "shared.cloud"), "|" SITE "shared-stubs/cloud/__init__.pyi package");
}

static void test_extension_modules(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE, "fast.cpython-312-x86_64-linux-gnu.so abi.abi3.so abi.pyi win.cp312-win_amd64.pyd "
                      "sped.py sped.cpython-312-darwin.so rust/__init__.pyi rust/x509.pyi rust.abi3.so");
    find_python(place, "v");
    assert_string_equal(module(place, "fast"), "| extension");
    assert_string_equal(module(place, "abi"), "|" SITE "abi.pyi extension");
    assert_string_equal(module(place, "win"), "| extension");
    assert_string_equal(module(place, "sped"), SITE "sped.py|");
    assert_string_equal(module(place, "rust"), "|" SITE "rust/__init__.pyi package extension");
    assert_string_equal(module(place, "rust.x509"), "|" SITE "rust/x509.pyi");
}

static void test_namespaces_in_several_roots(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE, "ns/one.py late/ whole/");
    write_files("more/", "ns/two.py ns/one.py late.py whole/__init__.py");
    write_text(SITE "more.pth", "../../../../more\n");
    find_python(place, "v");
    assert_string_equal(module(place, "ns"), "| package namespace");
    assert_string_equal(module(place, "ns.one"), SITE "ns/one.py|");
    assert_string_equal(module(place, "ns.two"), "more/ns/two.py|");
    assert_string_equal(module(place, "late"), "more/late.py|");
    assert_string_equal(module(place, "whole"), "more/whole/__init__.py| package");
}

static void test_packages_that_say_they_are_shared(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE, "own/__init__.py");
    write_text(SITE "old/__init__.py", "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n");
    write_files("more/", "old/__init__.py old/part.py own/part.py");
    write_text(SITE "more.pth", "../../../../more");
    find_python(place, "v");
    assert_string_equal(module(place, "old.part"), "more/old/part.py|");
    assert_string_equal(module(place, "own.part"), "none");
}

/* ---- .pth files and editable installs ---- */

static void test_pth_lines(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files("", "first/x.py second/x.py second/y.py third/z.py code/c.py hidden/h.py far/f.py");
    write_text(SITE "b.pth",
        "\xEF\xBB\xBF../../../../second\r\n# ../../../../code\nimport os; os.mkdir('ran')\nimport\t../../../../code\n"
        "missing\n../../../../first/x.py\n");
    Str folder = real_folder(place);
    write_text(SITE "a.pth", arena_printf(&place->arena, "\n  %.*s/first  \n", STR_ARG(folder)).p);
    write_text(SITE "c.txt", "../../../../code\n");
    write_text(SITE ".d.pth", "../../../../hidden\n");
    write_text("third/e.pth", "../code\n");
    write_text(SITE "f.pth", "../../../../third\n");
    find_python(place, "v");
    assert_string_equal(module(place, "x"), "first/x.py|");
    assert_string_equal(module(place, "y"), "second/y.py|");
    assert_string_equal(module(place, "z"), "third/z.py|");
    assert_string_equal(module(place, "c"), "none");
    assert_string_equal(module(place, "h"), "none");
    assert_int_equal(access("ran", F_OK), -1);
}

static void test_pth_files_have_limits(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files("", "near/n.py far/f.py");
    char text[4096] = "../../../../near\n";
    size_t n = strlen(text);
    memset(text + n, '\n', 300);
    strcpy(text + n + 300, "../../../../far\n");
    write_text(SITE "a.pth", text);
    char *large = calloc(1, 70000);
    memset(large, '#', 69999);
    memcpy(large, "../../../../far\n", 16);
    write_text(SITE "b.pth", large);
    free(large);
    write_bytes(SITE "c.pth", "../../../../far\0/x\n", 19);
    assert_int_equal(mkfifo(SITE "d.pth", 0600), 0);
    find_python(place, "v");
    assert_string_equal(module(place, "n"), "near/n.py|");
    assert_string_equal(module(place, "f"), "none");
}

static void write_finder(Workplace *place, const char *mapping, const char *namespaces)
{
    Str text = arena_printf(&place->arena,
        "from __future__ import annotations\nimport sys\n\n%s\n%s\nPATH = '__editable__.finder'\n", mapping,
        namespaces);
    write_text(SITE "__editable___shop_1_0_finder.py", text.p);
}

static void test_editable_finders(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files("src/",
        "shop/__init__.py shop/cart.py lib/__init__.py lib/deep.py alone.py acme/tools/__init__.py acme/x.py "
        "ns/part/__init__.py caf\xC3\xA9/__init__.py quo'te/__init__.py");
    Str folder = real_folder(place);
    Str mapping = arena_printf(&place->arena,
        "MAPPING: dict[str, str] = {'shop': '%.*s/src/shop', 'renamed': '%.*s/src/lib', 'alone': '%.*s/src/alone', "
        "'dotpy': '%.*s/src/alone.py', 'ns.part': '%.*s/src/ns/part', 'coffee': '%.*s/src/caf\\xe9', "
        "'quoted': \"%.*s/src/quo'te\", 'gone': '/nowhere/gone'}",
        STR_ARG(folder), STR_ARG(folder), STR_ARG(folder), STR_ARG(folder), STR_ARG(folder), STR_ARG(folder),
        STR_ARG(folder));
    Str namespaces =
        arena_printf(&place->arena, "NAMESPACES: dict[str, list[str]] = {'acme': ['%.*s/src/acme']}", STR_ARG(folder));
    write_finder(place, mapping.p, namespaces.p);
    find_python(place, "v");
    assert_string_equal(module(place, "shop"), "src/shop/__init__.py| package");
    assert_string_equal(module(place, "shop.cart"), "src/shop/cart.py|");
    assert_string_equal(module(place, "renamed.deep"), "src/lib/deep.py|");
    assert_string_equal(module(place, "alone"), "src/alone.py|");
    assert_string_equal(module(place, "dotpy"), "src/alone.py|");
    assert_string_equal(module(place, "ns"), "| package namespace");
    assert_string_equal(module(place, "ns.part"), "src/ns/part/__init__.py| package");
    assert_string_equal(module(place, "ns.other"), "none");
    assert_string_equal(module(place, "acme.tools"), "src/acme/tools/__init__.py| package");
    assert_string_equal(module(place, "acme.x"), "src/acme/x.py|");
    assert_string_equal(module(place, "coffee"), "src/caf\xC3\xA9/__init__.py| package");
    assert_string_equal(module(place, "quoted"), "src/quo'te/__init__.py| package");
    assert_string_equal(module(place, "gone"), "none");
    assert_string_equal(module(place, "lib"), "none");
}

static void test_half_finders(void **state)
{
    Workplace *place = *state;
    write_files("src/", "shop/__init__.py");
    static const char *const mappings[] = { "MAPPING", "MAPPING = ", "MAPPING = {", "MAPPING = {'shop'",
        "MAPPING = {'shop': ", "MAPPING = {'shop': '/", "MAPPING = {'shop': '/\\", "MAPPING = {'shop': '/\\x4",
        "MAPPING = {'shop': '/\\ud800/shop'}", "MAPPING = {'shop': 'src/shop'}", "MAPPING = {'shop': '/\\x00/shop'}",
        "MAPPING = {'shop': ['/src/shop']}", "MAPPING = dict(shop='/src/shop')", "MAPPINGS = {'shop': '/src/shop'}",
        "MAPPING = {'shop': '/'}", "MAPPING = {'': '/'}", "NAMESPACES = {'shop': [", "NAMESPACES = {'shop': ['/x'",
        "NAMESPACES = {'shop': ['/x' '/y']}" };
    write_venv("v");
    for (size_t i = 0; i < sizeof mappings / sizeof *mappings; i++) {
        write_finder(place, mappings[i], "");
        find_python(place, "v");
        if (!strstr(mappings[i], "['/x'"))
            assert_string_equal(module(place, "shop"), "none");
        else
            module(place, "shop.sub");
        write_text(SITE "__editable___shop_1_0_finder.py", mappings[i]);
        find_python(place, "v");
        module(place, "shop.sub");
    }
}

/* ---- Layouts ---- */

static void test_layouts(void **state)
{
    Workplace *place = *state;
    write_files("", "posix/lib/python3.11/site-packages/a.py posix/lib64/python3.11/site-packages/b.py");
    find_python(place, "posix");
    assert_string_equal(module(place, "a"), "posix/lib/python3.11/site-packages/a.py|");
    assert_string_equal(module(place, "b"), "posix/lib64/python3.11/site-packages/b.py|");
    assert_int_equal(environment_minor(place->environment), 11);

    write_files("", "debian/local/lib/python3.11/dist-packages/a.py debian/lib/python3/dist-packages/a.py "
                    "debian/lib/python3/dist-packages/b.py debian/lib/python3.11/dist-packages/c.py");
    find_python(place, "debian");
    assert_string_equal(module(place, "a"), "debian/local/lib/python3.11/dist-packages/a.py|");
    assert_string_equal(module(place, "b"), "debian/lib/python3/dist-packages/b.py|");
    assert_string_equal(module(place, "c"), "debian/lib/python3.11/dist-packages/c.py|");

    write_files("", "win/pyvenv.cfg win/Scripts/python.exe win/Lib/site-packages/a.py");
    find_python(place, "win/Scripts/python.exe");
    assert_string_equal(module(place, "a"), "win/Lib/site-packages/a.py|");

    write_files("", "conda/conda-meta/history conda/bin/python3.11 conda/lib/python3.11/site-packages/a.py");
    assert_int_equal(symlink("python3.11", "conda/bin/python"), 0);
    assert_int_equal(symlink("python3.11", "conda/lib/python3.1"), 0);
    find_python(place, "conda/bin/python");
    assert_string_equal(module(place, "a"), "conda/lib/python3.11/site-packages/a.py|");
    assert_int_equal(environment_minor(place->environment), 11);
}

static void test_the_version_that_is_meant(void **state)
{
    Workplace *place = *state;
    write_files("v/",
        "lib/python3.9/site-packages/a.py lib/python3.12/site-packages/a.py lib/python3.13/ bin/python3.9 "
        "lib/python3.10t/site-packages/a.py");
    find_python(place, "v");
    assert_string_equal(module(place, "a"), "v/lib/python3.12/site-packages/a.py|");
    find_python(place, "v/bin/python3.9");
    assert_string_equal(module(place, "a"), "v/lib/python3.9/site-packages/a.py|");
    write_text("v/pyvenv.cfg", "version_info = 3.10.2.final.0\n");
    find_python(place, "v");
    assert_string_equal(module(place, "a"), "v/lib/python3.10t/site-packages/a.py|");
    write_text("v/pyvenv.cfg", "version = 3.13.0\n");
    find_python(place, "v");
    assert_int_equal(environment_minor(place->environment), 12);
}

static void test_the_interpreter_of_a_venv_is_not_the_one_it_links_to(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files("", SITE "a.py base/bin/python3.12 base/lib/python3.12/site-packages/b.py v/bin/");
    assert_int_equal(symlink("../../base/bin/python3.12", "v/bin/python"), 0);
    find_python(place, "v/bin/python");
    assert_string_equal(module(place, "a"), SITE "a.py|");
    assert_string_equal(module(place, "b"), "none");
    find_python(place, "base/bin/python3.12");
    assert_string_equal(module(place, "b"), "base/lib/python3.12/site-packages/b.py|");
    assert_int_equal(symlink("../v/bin/python", "base/py"), 0);
    find_python(place, "base/py");
    assert_string_equal(module(place, "a"), SITE "a.py|");
}

static void test_packages_of_the_system(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files("",
        SITE "a.py base/bin/python3.12 base/lib/python3.12/site-packages/a.py base/lib/python3.12/site-packages/b.py");
    Str folder = real_folder(place);
    Str config = arena_printf(&place->arena,
        "home = %.*s/base/bin\nInclude-System-Site-Packages = True\nversion = 3.12.4\n", STR_ARG(folder));
    write_text("v/pyvenv.cfg", config.p);
    find_python(place, "v");
    assert_string_equal(module(place, "a"), SITE "a.py|");
    assert_string_equal(module(place, "b"), "base/lib/python3.12/site-packages/b.py|");
    write_text("v/pyvenv.cfg", "home = base/bin\ninclude-system-site-packages = false\n");
    find_python(place, "v");
    assert_string_equal(module(place, "b"), "none");
    write_text("v/pyvenv.cfg", "include-system-site-packages = true\nhome = /nowhere\n= = =\nversion\n");
    find_python(place, "v");
    assert_string_equal(module(place, "a"), SITE "a.py|");
}

static void test_links_are_followed_and_loops_end(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files("", "store/pack/__init__.py store/one.py store/fast.abi3.so " SITE "loop/__init__.py");
    assert_int_equal(symlink("../../../../store/pack", SITE "pack"), 0);
    assert_int_equal(symlink("../../../../store/one.py", SITE "one.py"), 0);
    assert_int_equal(symlink("../../../../store/fast.abi3.so", SITE "fast.abi3.so"), 0);
    assert_int_equal(symlink("gone.py", SITE "broken.py"), 0);
    assert_int_equal(symlink("turn.py", SITE "turn.py"), 0);
    assert_int_equal(symlink(".", SITE "loop/loop"), 0);
    assert_int_equal(mkfifo(SITE "pipe.py", 0600), 0);
    find_python(place, "v");
    assert_string_equal(module(place, "pack"), SITE "pack/__init__.py| package");
    assert_string_equal(module(place, "one"), SITE "one.py|");
    assert_string_equal(module(place, "fast"), "| extension");
    assert_string_equal(module(place, "broken"), "none");
    assert_string_equal(module(place, "turn"), "none");
    assert_string_equal(module(place, "pipe"), "none");
    assert_string_equal(module(place, "loop.loop"), SITE "loop/loop/__init__.py| package");
    char name[1000] = "loop";
    for (int i = 0; i < 100; i++)
        strcat(name, ".loop");
    assert_string_equal(module(place, name), "none");
}

/* ---- Which one ---- */

static void test_by_habit(void **state)
{
    Workplace *place = *state;
    EnvironmentOptions options = { 0 };
    assert_string_equal(describe(place, &options), "none");
    write_files("", "env/lib/python3.12/site-packages/a.py env/settings.py .venv");
    assert_string_equal(describe(place, &options), "none");
    write_venv("env");
    assert_string_equal(describe(place, &options), "env (env of the project), Python 3.12");
    write_venv("venv");
    assert_string_equal(describe(place, &options), "venv (venv of the project), Python 3.12");
    remove(".venv");
    write_files("", ".venv/pyvenv.cfg");
    assert_string_equal(describe(place, &options), "venv (venv of the project), Python 3.12");
    write_venv(".venv");
    assert_string_equal(describe(place, &options), ".venv (.venv of the project), Python 3.12");
    write_venv("active");
    setenv("VIRTUAL_ENV", arena_printf(&place->arena, "%.*s/active", STR_ARG(real_folder(place))).p, 1);
    assert_string_equal(describe(place, &options), "active ($VIRTUAL_ENV), Python 3.12");
    setenv("VIRTUAL_ENV", "/nowhere", 1);
    assert_string_equal(describe(place, &options), ".venv (.venv of the project), Python 3.12");
    options.python = "none";
    assert_string_equal(describe(place, &options), "none");
}

static void test_above_the_project_but_in_its_repository(void **state)
{
    Workplace *place = *state;
    write_venv(".venv");
    write_files("", "services/shop/pyproject.toml");
    Str top = real_folder(place), mistake;
    Str shop = arena_printf(&place->arena, "%.*s/services/shop", STR_ARG(top));
    EnvironmentOptions options = { .top = top };
    place->environment = environment_find(&place->arena, &options, shop, &mistake);
    assert_non_null(place->environment);
    Str text = environment_describe(place->environment, &place->arena);
    assert_str(str_slice(text, top.n, text.n), "/.venv (.venv above the project), Python 3.12");
    environment_release(place->environment);
    options.top = arena_printf(&place->arena, "%.*s/services", STR_ARG(top));
    assert_null(environment_find(&place->arena, &options, shop, &mistake));
    options.top.p = NULL;
    assert_null(environment_find(&place->arena, &options, shop, &mistake));
    place->environment = NULL;
}

static void test_what_was_asked_for_is_there_or_a_mistake(void **state)
{
    Workplace *place = *state;
    write_venv(".venv");
    write_venv("config/other");
    write_files("", "empty/ text bin/python3");
    assert_mistake(place, "gone", "--python: no such file or directory: gone");
    assert_mistake(place, "gone/bin/python", "--python: no such file or directory: gone/bin/python");
    assert_mistake(place, "empty", "--python: not a Python environment, it has no site-packages: empty");
    assert_mistake(place, "text", "--python: not a Python environment, it has no site-packages: text");
    assert_mistake(place, "bin/python3", "--python: not a Python environment, it has no site-packages: bin/python3");
    Str folder = arena_printf(&place->arena, "%.*s/config", STR_ARG(real_folder(place)));
    EnvironmentOptions options = { .python = "other", .origin = STR("awry.toml:1:1"), .directory = folder };
    assert_string_equal(describe(place, &options), "config/other (awry.toml:1:1), Python 3.12");
    options.python = ".venv";
    find_by(place, &options, "awry.toml:1:1: no such file or directory: .venv");
}

static void test_a_command_on_the_path(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files("", "v/bin/awry-python");
    Str before = arena_copy(&place->arena, str_of(getenv("PATH")));
    setenv("PATH", arena_printf(&place->arena, ":relative:%.*s/v/bin", STR_ARG(real_folder(place))).p, 1);
    assert_mistake(place, "awry-python", "--python: no such file or directory: awry-python");
    chmod("v/bin/awry-python", 0755);
    find_python(place, "awry-python");
    assert_int_equal(environment_minor(place->environment), 12);
    setenv("PATH", before.p, 1);
}

/* ---- Distributions, memory, threads ---- */

static const char *distribution(Workplace *place, const char *path)
{
    Distribution found;
    Str whole = arena_printf(&place->arena, "%.*s/%s", STR_ARG(real_folder(place)), path);
    if (!environment_distribution(place->environment, &place->arena, whole, &found)) {
        assert_true(found.name.n == 0 && found.version.n == 0);
        return "none";
    }
    return arena_printf(&place->arena, "%.*s %.*s", STR_ARG(found.name), STR_ARG(found.version)).p;
}

static void test_distributions(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE,
        "requests-2.31.0.dist-info/METADATA types_requests-2.31.0.6.dist-info/ google_cloud_storage-2.14.0.dist-info/ "
        "Flask_SQLAlchemy-3.1.dist-info/ typing_extensions-4.9.0.dist-info/ pandas_stubs-2.1.dist-info/ "
        "PyYAML-6.0.1.dist-info/ old-1.2-py3.12.egg-info develop.egg-info");
    find_python(place, "v");
    assert_string_equal(distribution(place, SITE "requests/api.py"), "requests 2.31.0");
    assert_string_equal(distribution(place, SITE "requests-stubs/api.pyi"), "types_requests 2.31.0.6");
    assert_string_equal(distribution(place, SITE "google/cloud/storage/client.py"), "google_cloud_storage 2.14.0");
    assert_string_equal(distribution(place, SITE "google/auth/x.py"), "none");
    assert_string_equal(distribution(place, SITE "flask_sqlalchemy/__init__.py"), "Flask_SQLAlchemy 3.1");
    assert_string_equal(distribution(place, SITE "typing_extensions.py"), "typing_extensions 4.9.0");
    assert_string_equal(distribution(place, SITE "pandas-stubs/core/frame.pyi"), "pandas_stubs 2.1");
    assert_string_equal(distribution(place, SITE "yaml/__init__.py"), "none");
    assert_string_equal(distribution(place, SITE "old/__init__.py"), "old 1.2");
    assert_string_equal(distribution(place, SITE "develop/__init__.py"), "develop ");
    assert_string_equal(distribution(place, "src/requests/api.py"), "none");
    assert_string_equal(distribution(place, "v/lib/python3.12/site-packages"), "none");
}

static void test_answers_are_remembered(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE, "pack/__init__.py pack/sub.py one.py");
    find_python(place, "v");
    assert_string_equal(module(place, "pack.sub"), SITE "pack/sub.py|");
    assert_string_equal(module(place, "two"), "none");
    remove(SITE "pack/sub.py");
    remove(SITE "one.py");
    write_files(SITE, "two.py");
    assert_string_equal(module(place, "pack.sub"), SITE "pack/sub.py|");
    assert_string_equal(module(place, "one"), SITE "one.py|"); /* never asked for, but its directory was read */
    assert_string_equal(module(place, "two"), "none");
}

typedef struct Crowd {
    Environment *environment;
    uint32_t wrong[4]; /* by worker */
} Crowd;

static void ask(void *context, uint32_t piece, uint32_t worker)
{
    Crowd *crowd = context;
    Arena arena;
    arena_init(&arena);
    ModulePlace place;
    Distribution found;
    Str name = arena_printf(&arena, "pack.m%u", piece % 50);
    bool is_right = environment_module(crowd->environment, &arena, name, &place) &&
                    str_ends(place.source, arena_printf(&arena, "/m%u.py", piece % 50)) &&
                    environment_distribution(crowd->environment, &arena, place.source, &found) &&
                    str_is(found.version, "1.0");
    crowd->wrong[worker] += !is_right;
    arena_release(&arena);
}

static void test_many_threads_ask(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE, "pack/__init__.py pack-1.0.dist-info/");
    for (int i = 0; i < 50; i++)
        write_text(arena_printf(&place->arena, SITE "pack/m%d.py", i).p, "");
    Crowd crowd = { find_python(place, "v"), { 0 } };
    threads_run(4, 2000, ask, &crowd);
    for (int i = 0; i < 4; i++)
        assert_int_equal(crowd.wrong[i], 0);
}

/* Whether the guard of an arena without room is taken. */
static bool leaves(Environment *environment, const char *name)
{
    Arena small;
    arena_init(&small);
    sigjmp_buf guard;
    if (sigsetjmp(guard, 0))
        return true;
    ModulePlace found;
    arena_guard(&small, 1, &guard);
    environment_module(environment, &small, str_of(name), &found);
    arena_release(&small);
    return false;
}

/* A guard that is taken must not leave the lock behind. */
static void test_an_arena_without_room(void **state)
{
    Workplace *place = *state;
    write_venv("v");
    write_files(SITE, "one.py");
    find_python(place, "v");
    assert_true(leaves(place->environment, "one"));
    assert_string_equal(module(place, "one"), SITE "one.py|");
}

static void test_standard_library(void **state)
{
    (void)state;
    static const char *const in[] = { "__future__", "_socket", "asyncio", "annotationlib", "asyncore", "distutils",
        "imp", "os", "tomllib", "winreg", "zoneinfo", "zlib" };
    static const char *const out[] = { "", "requests", "os.path", "typing_extensions", "Asyncio", "zzz", "test" };
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        assert_true(is_stdlib_module(str_of(in[i])));
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        assert_false(is_stdlib_module(str_of(out[i])));
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, place_new, place_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(test_modules_and_packages),
        IN_PLACE(test_odd_names_are_no_modules),
        IN_PLACE(test_stubs),
        IN_PLACE(test_extension_modules),
        IN_PLACE(test_namespaces_in_several_roots),
        IN_PLACE(test_packages_that_say_they_are_shared),
        IN_PLACE(test_pth_lines),
        IN_PLACE(test_pth_files_have_limits),
        IN_PLACE(test_editable_finders),
        IN_PLACE(test_half_finders),
        IN_PLACE(test_layouts),
        IN_PLACE(test_the_version_that_is_meant),
        IN_PLACE(test_the_interpreter_of_a_venv_is_not_the_one_it_links_to),
        IN_PLACE(test_packages_of_the_system),
        IN_PLACE(test_links_are_followed_and_loops_end),
        IN_PLACE(test_by_habit),
        IN_PLACE(test_above_the_project_but_in_its_repository),
        IN_PLACE(test_what_was_asked_for_is_there_or_a_mistake),
        IN_PLACE(test_a_command_on_the_path),
        IN_PLACE(test_distributions),
        IN_PLACE(test_answers_are_remembered),
        IN_PLACE(test_many_threads_ask),
        IN_PLACE(test_an_arena_without_room),
        cmocka_unit_test(test_standard_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
