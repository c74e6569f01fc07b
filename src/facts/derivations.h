/* Which names the classes of a text derive from, found without parsing it: for files that nobody asks for as long as nothing is known
 * to derive from what they have. Too many rather than too few: all names between the parentheses of a class statement count, and of a file
 * that has such a one all that an import gives another name. */
#ifndef AWRY_FACTS_DERIVATIONS_H
#define AWRY_FACTS_DERIVATIONS_H

#include "python/scan.h"

/* The names, each as often as it stands there; they lie in the compacted text of the scan. */
typedef ARRAY(Str) NameList;
void derivations(const Scan *scan, Arena *arena, NameList *out);

#endif
