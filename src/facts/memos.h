/* Helpers that keep what they made: what blocks in them does so the first time only. */
#ifndef AWRY_FACTS_MEMOS_H
#define AWRY_FACTS_MEMOS_H

#include "python/module.h"

/* Whether what stands at n, in the function, is done only while something that outlives the call is not there, and is there afterwards:
 * - `if self._x is None: self._x = n`, `if key not in cache: cache[key] = n`, `if not items: items.append(n)`, also as a part of an `and`;
 * - behind `if self._x: return`, where the function sets it;
 * - `except KeyError: cache[key] = n`, where the `try` has looked it up.
 * That something else takes it away again, after a while too, is not looked at. */
bool fills_memo(Node n, const Function *function);

#endif
