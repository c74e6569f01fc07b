/* Functions that are given to somebody who calls them: which argument of a call that is, and what a table says of who takes it. */
#ifndef AWRY_FINDING_CALLBACKS_H
#define AWRY_FINDING_CALLBACKS_H

#include "finding/rule.h"

typedef struct Callback {
    const Api *api; /* the row of what is called */
    Node value;     /* the function that is given */
    bool is_sure;   /* false: the row is known by the name of a loop, or of a method that only futures have */
} Callback;

/* Whether a call is given a function, in the place that the row of what is called speaks of. */
bool callback_of(Node call, Callback *out);

/* Whether a decorator hands the function below it to somebody who takes what it gives for a plain value. The decorators below
 * `decorator` have to be known, and to leave the function what it is. */
bool callback_decorated(Node definition, Callback *out);

#endif
