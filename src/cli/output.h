/* Where a report goes: standard output, or a file that is there whole or not at all. */
#ifndef AWRY_CLI_OUTPUT_H
#define AWRY_CLI_OUTPUT_H

#include <signal.h>
#include <stdio.h>

#include "base/arena.h"

typedef struct Output {
    FILE *stream;
    Str path;         /* of the file; empty: standard output */
    Str temporary;    /* what becomes the file when all is written; empty: `stream` is the target itself */
    sigset_t signals; /* the mask to return to */
} Output;

/* Opens a file (NULL: standard output). A regular file, or one that is not there yet, is written beside its place under
 * a name of its own and moved there by output_close; a link is followed, a device or pipe is written to directly. From
 * here to output_close the signals that end a program wait, so that no temporary file stays behind. False, with a
 * message on standard error, when it cannot be written. */
bool output_open(Output *output, Arena *arena, const char *path);

/* Everything to the disk and into place; `code`, or EXIT_UNABLE with a message when that failed. Standard output is
 * only left. */
int output_close(Output *output, int code);

/* Flushes standard output: `code`, or EXIT_UNABLE with a message when something could not be written. A reader who went
 * away (`awry check | head`) is no failure. */
int output_close_stdout(int code);

#endif
