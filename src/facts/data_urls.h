/* URLs that hold their data: `urlopen("data:image/png;base64,...")` decodes it, and asks nobody. */
#ifndef AWRY_FACTS_DATA_URLS_H
#define AWRY_FACTS_DATA_URLS_H

#include "python/module.h"

/* Whether a call is one of `urlopen` with such a URL: a literal, what one is assigned to, or `x` where the function has asked
 * `x.startswith("data:")`. */
bool opens_data(Node call);

#endif
