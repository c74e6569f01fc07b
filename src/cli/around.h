/* The project around some paths, read and linked, and a Program over it: for the commands that answer questions about functions. */
#ifndef AWRY_CLI_AROUND_H
#define AWRY_CLI_AROUND_H

#include "cli/options.h"
#include "engine/sources.h"
#include "engine/survey.h"

typedef struct Around {
    Arena *arena;
    Configs *configs;
    Environment *environment; /* NULL: none */
    Survey survey;
    Program *program;
    SourceCache texts; /* of the files that are shown */
    bool is_taken;
} Around;

/* Reads. `options` as of `awry check`; of its settings those count that say which files there are and where imports lead. False, with a
 * message on standard error, when that cannot be told. In the arena; around_release in both cases. */
bool around_take(Around *around, Arena *arena, const Options *options);
void around_release(Around *around);

/* The place of a byte of a file of the program, and the text of its line without the blanks around; row 0 and an empty text when the
 * file cannot be read. The text is in `arena`. */
typedef struct AroundLine {
    Place place;
    Str text;
} AroundLine;
AroundLine around_line(Around *around, Arena *arena, uint32_t file, uint32_t offset);

#endif
