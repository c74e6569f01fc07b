/* What awry sees in a file, for people who write rules and for tests. argv behind the word; returns the exit code. */
#ifndef AWRY_CLI_DEBUG_H
#define AWRY_CLI_DEBUG_H

#include <stdio.h>

int debug_tree(FILE *out, int argc, char **argv);
int debug_scopes(FILE *out, int argc, char **argv);
int debug_flow(FILE *out, int argc, char **argv);

#endif
