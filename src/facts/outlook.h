/* Which coroutine functions a text may call, found without parsing it: for files without async words, which are looked at by the rules about
 * missing awaits alone, and only when something that they call by its name may be one. Names are those in front of a parenthesis;
 * a function of that name counts when it lies below something that the text imports. `get`, `pop` and other names that methods of
 * Python's own types have count only in `m.get()`, where m is the function's module and was imported by that name. */
#ifndef AWRY_FACTS_OUTLOOK_H
#define AWRY_FACTS_OUTLOOK_H

#include "python/scan.h"

typedef ARRAY(uint32_t) HashList;

/* Hashes of names (outlook_name); some may stand there twice. */
typedef struct Outlook {
    HashList called; /* names of functions */
    HashList common; /* those that methods of Python's own types have, called of an imported name ... */
    HashList owners; /* ... which is this one, at the same place of its list */
    HashList roots;  /* first names of what is imported; of `from ..a import b` the directory that the dots lead to */
} Outlook;

/* `path`: of the file, relative to its project. Lists are empty when nothing of a project can be imported. In `arena`. */
Outlook outlook_of(const Scan *scan, Str path, Arena *arena);

/* Whether the text may call the function `name` of the file `path`. */
bool outlook_has(const Outlook *outlook, Str name, Str path);

/* 31 bits, the same in each run. */
uint32_t outlook_name(Str name);

/* The coroutine functions of many files, for the question whether a text may call one of them. */
typedef struct Prospects {
    uint32_t *slots; /* 0: free */
    uint32_t mask, count;
    Arena *arena;
} Prospects;

void prospects_init(Prospects *prospects, Arena *arena);
/* A coroutine function `name` (outlook_name) of the file `path`. */
void prospects_add(Prospects *prospects, uint32_t name, bool is_common, Str path);
bool prospects_meet(const Prospects *prospects, const Outlook *outlook);

/* Whether methods of Python's own types have that name. */
bool is_common_name(Str name);

#endif
