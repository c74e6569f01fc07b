/* What awry sees in a file, for people who write rules and for tests. argv behind the word; returns the exit code. */
#ifndef AWRY_CLI_DEBUG_H
#define AWRY_CLI_DEBUG_H

#include <stdio.h>

#include "python/module.h"

/* Shows one module, parsed and not bound yet. */
typedef void DebugShow(FILE *out, Module *module, const void *options);

/* Reads and parses a file and shows it, behind a line `== PATH` when `is_headed`; 0, or 2 when it cannot be read, which was
 * said. No limits: this is for people who look at one file. */
int debug_file(FILE *out, const char *path, bool is_headed, DebugShow *show, const void *options);

int debug_tree(FILE *out, int argc, char **argv);
int debug_scopes(FILE *out, int argc, char **argv);
int debug_flow(FILE *out, int argc, char **argv);
int debug_facts(FILE *out, int argc, char **argv);

#endif
