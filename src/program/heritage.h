/* Which classes may derive from a class, by the last part of the name of their bases: an index over the Summaries of all files, made
 * once, then only read. Whether they do is for the Program to say. */
#ifndef AWRY_PROGRAM_HERITAGE_H
#define AWRY_PROGRAM_HERITAGE_H

#include "program/program.h"

typedef struct Heritage Heritage;

/* A file that is not summarised yet, and has a class with a base of that name; `name` is thing_of_heirs of it. */
typedef struct Suspect {
    uint32_t name, file;
} Suspect;

typedef struct SuspectList {
    Suspect *items;
    uint32_t count;
} SuspectList;

/* Of files numbered 0 .. count - 1; NULL entries are left out. The suspects are put in order. */
Heritage *heritage_new(Arena *arena, const Summary *const *files, uint32_t count, SuspectList suspects);

/* The last part of the name of a base in a class statement, by which its heirs are found; empty when it has none. */
Str heir_key(const Summary *summary, TermId base);

typedef struct Heirs {
    const Ref *classes; /* in order of file and place */
    uint32_t count;
} Heirs;

/* The classes with a base whose name ends in `name`, or in another name that a module gives it (`Base = Store`, `import Store as
 * Base`); each may come more than once. */
typedef struct HeirSearch {
    const Heritage *heritage;
    Str own;            /* the name that was asked for */
    uint32_t names[16]; /* what is still to be looked at; 0: `own`, which no summarised file has */
    uint32_t count, next;
} HeirSearch;
void heirs_start(HeirSearch *search, const Heritage *heritage, Str name);
/* False behind the last. */
bool heirs_next(HeirSearch *search, Heirs *heirs);

/* The files that have to be asked as well about the name that heirs_next came to last: ascending. */
SuspectList heirs_suspects(const HeirSearch *search);

/* The classes with a base that is no plain name: `class A(make_base()):`. */
Heirs heirs_unnamed(const Heritage *heritage);

#endif
