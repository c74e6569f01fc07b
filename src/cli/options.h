/* The options of `awry check`: one table from which they are read and from which --help is made. */
#ifndef AWRY_CLI_OPTIONS_H
#define AWRY_CLI_OPTIONS_H

#include <stdio.h>

#include "cli/output.h"
#include "engine/config.h"

typedef enum ColorWhen { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorWhen;

typedef struct Options {
    ConfigOptions config;    /* the settings that options gave, and where to look for files */
    Outputs outputs;         /* as they were given; not settled yet */
    const char *output_file; /* NULL: standard output */
    const char *stdin_name;  /* NULL: none given */
    unsigned color;          /* a ColorWhen */
    uint64_t workers;        /* 0: as many as processors */
    bool exit_zero, ignore_suppressions, check_broken, show_files, show_settings, statistics, quiet, verbose, timings, no_cache, no_library_tables, help;
    Words paths; /* at least one: "." when none is given */
} Options;

/* Reads the words behind `awry check`. False, with a message on standard error, when they make no sense. */
bool options_read(Options *options, Arena *arena, int argc, char **argv);

/* `awry check --help`. */
void options_help(FILE *out);

#endif
