/* Shared by basis.c and basis_things.c: how things get their ids. */
#ifndef AWRY_PROGRAM_BASIS_THINGS_H
#define AWRY_PROGRAM_BASIS_THINGS_H

#include "program/basis.h"

/* 31 bits. `owner`: of function_names or class_names, or 0. */
uint32_t thing_id(Thing thing, Str path, uint32_t owner, Str name);
uint32_t thing_of_module(Str from, Str dotted);

/* By number: hashes of qualified names; of several with the same name each has its own. */
uint32_t *function_names(const Summary *summary, Arena *arena);
uint32_t *class_names(const Summary *summary, Arena *arena);

#endif
