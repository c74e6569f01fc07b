/* The command line: argv in, an exit code out. 0: clean, 1: findings, 2: could not do the work.
 *
 * Nothing goes to standard output when the command line is wrong. */
#ifndef AWRY_CLI_CLI_H
#define AWRY_CLI_CLI_H

#include "base/array.h"

enum { EXIT_CLEAN = 0, EXIT_FOUND = 1, EXIT_UNABLE = 2 };

/* `awry COMMAND ...`; argv[0] is the program. Standard output is flushed when it returns. */
int cli_run(int argc, char **argv);

/* The commands; argv behind their word. */
int check(int argc, char **argv);
int explain(int argc, char **argv);
int graph(int argc, char **argv);
int server(int argc, char **argv);
int clean(int argc, char **argv);
int debug(int argc, char **argv);

/* "0.1.0" */
extern const char awry_version[];

/* `awry: ` and the message to standard error, cleaned of what a terminal would obey; EXIT_UNABLE, to be returned. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for `unknown WHAT "word"` with the nearest of `names` where one is near. */
int cli_unknown(const char *what, const char *word, const char *const *names, size_t count);

#endif
