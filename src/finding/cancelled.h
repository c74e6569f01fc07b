/* What the two rules about caught cancellations have in common. */
#ifndef AWRY_FINDING_CANCELLED_H
#define AWRY_FINDING_CANCELLED_H

#include "facts/cancellation.h"
#include "finding/rule.h"

/* Whether the handler catches nothing else than cancellation, so that a `raise` in it changes nothing else. */
bool cancelled_alone(const Cancellation *c);

/* The unsafe fix that lets the handler raise again: at its end, or in place of the jump. False when it has other
 * exceptions to handle, or no place for it: then there is a line of help instead. */
void cancelled_fix(Pass *pass, Finding *f, const Cancellation *c);

#endif
