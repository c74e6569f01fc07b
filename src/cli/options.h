/* The options of `awry check`: one table from which they are read and from which --help is made. */
#ifndef AWRY_CLI_OPTIONS_H
#define AWRY_CLI_OPTIONS_H

#include <stdio.h>

#include "base/array.h"

typedef ARRAY(const char *) Words;

typedef enum ColorWhen { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorWhen;

typedef struct Options {
    /* Choices are positions in the list of words that the table gives them. */
    unsigned format;         /* in all_formats */
    unsigned select;         /* 0: default, 1: strict too, 2: all */
    unsigned fail_on;        /* a Severity */
    unsigned color;          /* a ColorWhen */
    const char *output_file; /* NULL: standard output */
    const char *stdin_name;  /* NULL: none given */
    Words excludes;
    uint64_t workers;       /* 0: as many as processors */
    uint64_t max_file_size; /* bytes; 0: not given */
    uint64_t max_memory;    /* bytes; 0: not given */
    double max_seconds;     /* 0: not given */
    bool force_exclude, no_ignore, allow_limits, exit_zero, show_files, quiet, verbose, timings, help;
    Words paths; /* at least one: "." when none is given */
} Options;

/* Reads the words behind `awry check`. False, with a message on standard error, when they make no sense. */
bool options_read(Options *options, Arena *arena, int argc, char **argv);

/* `awry check --help`. */
void options_help(FILE *out);

#endif
