/* Traits of a file that single expressions of it show. */
#ifndef AWRY_FACTS_TRAITS_H
#define AWRY_FACTS_TRAITS_H

#include "facts/summary.h"

/* TRAIT_MAKES_NAMES, TRAIT_MAKES_ATTRIBUTES, TRAIT_SETS_ATTRIBUTES and TRAIT_OLD_AIOHTTP. Of a module that is bound; reads the tree only where names say that it is worth it. */
uint32_t traits_of_expressions(const Module *module);

#endif
