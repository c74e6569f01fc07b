/* What is believed of functions, in words: for the views that show it. */
#ifndef AWRY_CLI_BELIEF_H
#define AWRY_CLI_BELIEF_H

#include "program/effects.h"

/* "sync", "coroutine function", "generator", ...: what a call of it is. `function` is its type behind its decorators, `called` what a
 * call gives. */
const char *belief_colour(Program *program, Ref ref, TypeId function, TypeId called);

/* What becomes of a parameter: "called", "spawned", "?". */
const char *belief_fate(ArgumentFate fate);
/* Parameter number `number` of a function; FATE_UNKNOWN for `**options`. */
ArgumentFate belief_of_parameter(Program *program, Ref ref, uint32_t number);
/* "*" and "**" of `*args` and `**kwargs`; else "". */
const char *belief_stars(const Parameter *parameter);

/* What a step does with what it leads to: "calls", "enters", "iterates", "reads". */
const char *belief_verb(CallKind kind);

#endif
