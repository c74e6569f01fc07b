/* awry server: the language server, over standard input and output. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "lsp/server.h"

static void print_help(void)
{
    fputs(
        "awry server speaks the language server protocol (LSP 3.17) over standard input and output: an editor starts it.\n"
        "\n"
        "Usage: awry server [--stdio]\n"
        "\n"
        "Options:\n"
        "      --stdio                 accepted, as it is what happens anyway\n"
        "  -h, --help                  this text\n"
        "\n"
        "Settings come from the project's configuration files, as for `awry check`.\n",
        stdout);
}

int server(int argc, char **argv)
{
    static const char *const names[] = { "--stdio", "--help" };
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help();
            return EXIT_CLEAN;
        }
        if (strcmp(argv[i], "--stdio") != 0)
            return cli_unknown("option", argv[i], names, sizeof names / sizeof *names);
    }
    return serve(STDIN_FILENO, STDOUT_FILENO, awry_version);
}
