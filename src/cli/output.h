/* Where a report goes: standard output, or a file that is there whole or not at all. */
#ifndef AWRY_CLI_OUTPUT_H
#define AWRY_CLI_OUTPUT_H

#include <signal.h>
#include <stdio.h>

#include "base/array.h"
#include "report/report.h"

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

/* ---- Several reports of one run ---- */

typedef struct OutputReport {
    const Format *format;
    const char *path; /* NULL: standard output */
    Output output;
} OutputReport;

typedef ARRAY(OutputReport) Outputs;

/* Adds what `--output-format` is given: `NAME` or `NAME:FILE`, where the file `-` is standard output. In the arena. False,
 * with a message on standard error, when there is no such format or no file behind the colon. */
bool outputs_add(Outputs *outputs, Arena *arena, const char *word);

/* To be called once when all options are read. `file` is what `--output-file` is given (NULL: nothing): it is where the
 * format goes that has no file of its own. Without any format there is the default one. False, with a message, when two
 * reports would go to one place or the file has no format left. */
bool outputs_settle(Outputs *outputs, Arena *arena, const char *file);

/* Opens all, or none: false, with a message on standard error. Call it when the run is over, as signals wait from here on
 * (see output_open); then write each report to its `output.stream`, then outputs_close. */
bool outputs_open(Outputs *outputs, Arena *arena);

/* Puts every file into its place that was written whole; `code`, or EXIT_UNABLE when one was not. */
int outputs_close(Outputs *outputs, int code);

/* Flushes standard output: `code`, or EXIT_UNABLE with a message when something could not be written. A reader who went
 * away (`awry check | head`) is no failure. */
int output_close_stdout(int code);

#endif
