#include "cli/debug.h"

#include "cli/cli.h"
#include "port/io.h"

int debug_file(FILE *out, const char *path, bool is_headed, DebugShow *show, const void *options)
{
    if (is_headed)
        fprintf(out, "== %s\n", path);
    Arena arena, scratch;
    arena_init(&arena);
    arena_init(&scratch);
    Str bytes;
    uint64_t size;
    ReadStatus status = io_read_file(&arena, path, true, UINT64_C(256) << 20, &bytes, &size);
    if (status != READ_OK) {
        fprintf(stderr, "awry: %s: %s\n", path, read_status_text(status));
    } else {
        Source source;
        source_init(&source, &arena, str_of(path), bytes);
        show(out, module_new(&arena, &scratch, &source, 0), options);
    }
    arena_release(&scratch);
    arena_release(&arena);
    return status == READ_OK ? 0 : 2;
}

static const struct {
    const char *name;
    int (*run)(FILE *out, int argc, char **argv);
} views[] = {
    { "tree", debug_tree },
    { "scopes", debug_scopes },
    { "flow", debug_flow },
    { "facts", debug_facts },
};
enum { VIEW_COUNT = sizeof views / sizeof *views };

static int debug_help(void)
{
    fputs("Usage: awry debug VIEW [OPTIONS] FILE...\n"
          "\n"
          "Views:\n"
          "  tree    the syntax tree; --flat: a line for each node, with --kinds A,B and --leaves\n"
          "  scopes  scopes, bindings and what names mean\n"
          "  flow    control flow and await points of each function\n"
          "  facts   [--alone] FILE [NAME]: what is believed of functions and classes, and through what; in its project, or alone\n",
        stdout);
    return EXIT_CLEAN;
}

int debug(int argc, char **argv)
{
    if (argc < 1)
        return cli_fail("debug: which view? tree, scopes, flow or facts");
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
        return debug_help();

    const char *names[VIEW_COUNT];
    for (size_t i = 0; i < VIEW_COUNT; i++) {
        names[i] = views[i].name;
        if (strcmp(argv[0], names[i]) == 0)
            return views[i].run(stdout, argc - 1, argv + 1);
    }
    return cli_unknown("debug view", argv[0], names, VIEW_COUNT);
}
