/* What `awry check` shows instead of findings. */
#ifndef AWRY_CLI_SHOW_H
#define AWRY_CLI_SHOW_H

#include "cli/options.h"
#include "engine/walk.h"

/* The files of a walk, one a line: as they are for programs, cleaned for a terminal. The exit code. */
int show_files(const FileList *list, const Options *options, Arena *arena);

/* The settings of the first path as TOML, each with where it was set, and the rules that run there. */
void show_settings(FILE *out, const Options *options, Configs *configs, Arena *arena);

/* Findings by rule, the most frequent first: number, code, name. Then the summary line. */
void show_statistics(FILE *out, const RunResult *result, const ReportOptions *manner, Arena *arena);

#endif
