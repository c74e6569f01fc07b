/* Which classes may derive from a class, by the last part of the name of their bases: an index over the Summaries of all files, made
 * once, then only read. Whether they do is for the Program to say. */
#ifndef AWRY_PROGRAM_HERITAGE_H
#define AWRY_PROGRAM_HERITAGE_H

#include "program/program.h"

typedef struct Heritage Heritage;

/* A file of which there are no notes, and that has a class with a base of that name; `name` is thing_of_heirs of it. */
typedef struct Suspect {
    uint32_t name, file;
} Suspect;

typedef struct SuspectList {
    Suspect *items;
    uint32_t count;
} SuspectList;

/* What the index has of one base of a class, or of another name that a module gives to something (`Base = Store`, `import Store as
 * Base`). Names are thing_of_heirs of the last part of a name. */
typedef struct HeirNote {
    uint32_t name;   /* of the base, or of what the other name stands for; 0: the base has no name that could be looked up */
    uint32_t alias;  /* the other name; 0: it is a base */
    uint32_t class_; /* that has the base: its number in the file */
} HeirNote;

/* Of one file; classes first, in order. */
typedef struct HeirNotes {
    const HeirNote *items;
    uint32_t count;
} HeirNotes;
HeirNotes heir_notes(const Summary *summary, Arena *arena);

/* Of files numbered 0 .. count - 1. Notes may come from anywhere: whether there is such a class is asked when it is looked at. The
 * suspects are put in order. */
Heritage *heritage_new(Arena *arena, const HeirNotes *files, uint32_t count, SuspectList suspects);

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
    uint32_t names[16]; /* what was asked for, and other names for it */
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
