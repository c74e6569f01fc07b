/* What the files about classes of the project share: the classes above one, and those below it. */
#ifndef AWRY_PROGRAM_CLASSES_INTERNAL_H
#define AWRY_PROGRAM_CLASSES_INTERNAL_H

#include "program/types_internal.h"

/* One class in the order in which members are looked up. */
typedef struct Ancestor {
    bool is_known, is_project;
    Ref ref;
    const Api *api;
    bool is_interface; /* zope's: what derives from it has no instances, and no code of its methods runs */
} Ancestor;

/* A base as it stands in a class statement; `Base[T]` is Base. False: it has no members. */
bool ancestor_of_base(Program *program, uint32_t file, TermId base, Ancestor *ancestor);

/* Whether both are known and the same class. */
bool ancestor_is(const Ancestor *a, const Ancestor *b);

typedef struct Lineage {
    Ancestor items[LINEAGE_MOST];
    uint32_t count;
} Lineage;

/* In the order in which Python looks members up. Ends behind the first one that is not known; of too many classes, and where Python finds no order and
 * makes no class, that is the second. */
void lineage_of(Program *program, Ref class_, Lineage *lineage);

/* What a class itself says of a name, by its code and, where that is silent, its stub. False: nothing. */
bool own_member(Program *program, Ref class_, Str name, TypeId *type);

enum { FAMILY_MOST = 4 * LINEAGE_MOST }; /* classes that a member is looked up in below a class: more of them say nothing */

typedef struct Family { /* a class and those below it, each once */
    Ref classes[FAMILY_MOST];
    uint32_t count;
} Family;

/* Adds the classes that derive from class `number` of it directly. False: there are too many. */
bool family_grow(Program *program, Family *family, uint32_t number);

#endif
