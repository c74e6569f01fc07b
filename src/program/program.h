/* The program: summaries linked. Made once, in three phases that never feed back: types (memoised evaluation of terms), call
 * edges, facts over strongly connected components. Holds no node. Today a Program has one file; everything goes by the number of
 * a file, so that it can have many. */
#ifndef AWRY_PROGRAM_PROGRAM_H
#define AWRY_PROGRAM_PROGRAM_H

#include "program/types.h"

struct TypeTable; /* types.c */
struct Effects;   /* effects.c */

struct Program {
    Arena *arena;
    ARRAY(Summary *) files;
    struct TypeTable *types;
    struct Effects *effects; /* NULL until somebody asks */
};

Program *program_new(Arena *arena);
/* The number of the file. */
uint32_t program_add(Program *program, Summary *summary);

static inline const Summary *program_file(const Program *program, uint32_t file) { return program->files.items[file]; }
static inline const FunctionSummary *program_function(const Program *program, Ref ref)
{
    return &program->files.items[ref.file]->functions.items[ref.number];
}
static inline const ClassSummary *program_class(const Program *program, Ref ref)
{
    return &program->files.items[ref.file]->classes.items[ref.number];
}

#endif
