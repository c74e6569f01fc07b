/* What a finding is known by from one run to the next, for services and baselines. */
#ifndef AWRY_FINDING_FINGERPRINT_H
#define AWRY_FINDING_FINGERPRINT_H

#include "finding/finding.h"

/* A number for each of `count` sorted findings, in the arena. It is FNV-1a, 64 bits, over code, path, symbol and the flagged
 * line with its white space squeezed, each ended by a NUL byte, and then over the decimal number of the finding among those
 * that agree in all of it, from 1. So it stays the same when other lines come and go, on any machine, in any version of
 * awry. `paths`: what stands for the path of each finding; NULL: the path as shown. */
uint64_t *fingerprint_all(Arena *arena, Finding *const *findings, uint32_t count, const Str *paths);

#endif
