/* Which classes may derive from a class, by the last part of the name of their bases: an index over the Summaries of all files, made
 * once, then only read. Whether they do is for the Program to say. */
#ifndef AWRY_PROGRAM_HERITAGE_H
#define AWRY_PROGRAM_HERITAGE_H

#include "program/program.h"

typedef struct Heritage Heritage;

/* Of files numbered 0 .. count - 1; NULL entries are left out. */
Heritage *heritage_new(Arena *arena, const Summary *const *files, uint32_t count);

typedef struct Heirs {
    const Ref *classes; /* in order of file and place */
    uint32_t count;
} Heirs;

/* The classes with a base whose name ends in `name`, or in another name that a module gives it (`Base = Store`, `import Store as
 * Base`); each may come more than once. */
typedef struct HeirSearch {
    const Heritage *heritage;
    uint32_t names[16]; /* what is still to be looked at */
    uint32_t count, next;
} HeirSearch;
void heirs_start(HeirSearch *search, const Heritage *heritage, Str name);
/* False behind the last. */
bool heirs_next(HeirSearch *search, Heirs *heirs);

/* The classes with a base that is no plain name: `class A(make_base()):`. */
Heirs heirs_unnamed(const Heritage *heritage);

#endif
