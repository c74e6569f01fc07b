/* Shared by callers.c and bodies.c. */
#ifndef AWRY_PROGRAM_CALLERS_INTERNAL_H
#define AWRY_PROGRAM_CALLERS_INTERNAL_H

#include "program/callers.h"
#include "program/effects_internal.h"

/* What a call of an async function, whose frame is that of the loop, runs: up to twice, as `with` and `for` do two things. The type of what
 * is called, 0 when it is no plain call. */
TypeId runs_on_loop(Program *program, uint32_t file, uint32_t number, Runs runs[2]);

#endif
