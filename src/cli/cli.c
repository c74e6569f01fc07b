#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/options.h"
#include "cli/output.h"
#include "python/tree.h"

const char awry_version[] = AWRY_VERSION;

typedef struct Command {
    const char *name;
    int (*run)(int argc, char **argv);
} Command;

static int print_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("awry %s (%s)\n", awry_version, tree_versions());
    return EXIT_CLEAN;
}

static int print_help(int argc, char **argv)
{
    if (argc > 0 && strcmp(argv[0], "check") == 0)
        options_help(stdout);
    else
        fputs("awry finds async bugs in Python: it reads the code and runs none of it.\n"
              "\n"
              "Usage: awry COMMAND [OPTIONS] [ARGUMENTS]\n"
              "\n"
              "Commands:\n"
              "  check [PATH...]             find bugs in files and directories (default: .)\n"
              "  explain [RULE...|--all]     what a rule is about; without arguments: the rules\n"
              "  graph FUNCTION [PATH...]    what a function blocks on and through whom, and who runs it on the loop\n"
              "  server                      findings in an editor, by the language server protocol\n"
              "  clean [PATH]                remove the cache of a project\n"
              "  debug VIEW FILE             what awry sees in a file\n"
              "\n"
              "Options:\n"
              "  -h, --help                  this text; `awry check --help` for its options\n"
              "  -V, --version               the version\n"
              "\n"
              "Exit codes: 0 nothing found, 1 problems found, 2 something could not be done.\n",
            stdout);
    return EXIT_CLEAN;
}

static const Command commands[] = {
    { "check", check },
    { "explain", explain },
    { "graph", graph },
    { "server", server },
    { "clean", clean },
    { "debug", debug },
    { "help", print_help },
    { "--help", print_help },
    { "--version", print_version },
    { "version", print_version },
    { "-h", print_help },
    { "-V", print_version },
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

int cli_fail(const char *format, ...)
{
    Arena arena;
    arena_init(&arena);
    va_list arguments;
    va_start(arguments, format);
    Str message = text_clean(&arena, arena_vprintf(&arena, format, arguments));
    va_end(arguments);
    fprintf(stderr, "awry: %.*s\n", STR_ARG(message));
    arena_release(&arena);
    return EXIT_UNABLE;
}

int cli_unknown(const char *what, const char *word, const char *const *names, size_t count)
{
    const char *nearest = str_nearest(str_of(word), names, count);
    if (nearest)
        return cli_fail("unknown %s \"%s\"; did you mean \"%s\"?", what, word, nearest);
    return cli_fail("unknown %s \"%s\"", what, word);
}

static int unknown_command(const char *word)
{
    if (word[0] != '-' && access(word, F_OK) == 0)
        return cli_fail("unknown command \"%s\"; to look into that path: awry check %s", word, word);
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    return cli_unknown(word[0] == '-' ? "option" : "command", word, names, COMMAND_COUNT);
}

static int run_command(int argc, char **argv)
{
    if (argc < 2)
        return cli_fail("no command; try \"awry check\" or \"awry --help\"");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return commands[i].run(argc - 2, argv + 2);
    return unknown_command(argv[1]);
}

/* A stream that the caller closed must not become the number of a file that we open. What is opened in its place fails
 * as the closed one would: standard input cannot be read, the others cannot be written. */
static void fill_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            _exit(EXIT_UNABLE);
}

int cli_run(int argc, char **argv)
{
    fill_standard_streams();
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOFBF, 1 << 18);
    int code = run_command(argc, argv);
    return output_close_stdout(code);
}
