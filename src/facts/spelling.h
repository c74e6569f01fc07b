/* How something of a library can be written at a place, by what the file has imported there. */
#ifndef AWRY_FACTS_SPELLING_H
#define AWRY_FACTS_SPELLING_H

#include "python/module.h"

/* The text that means `package.member` at n: "asyncio.sleep", "aio.sleep", "sleep" or "nap", as the imports have it. Empty when
 * no name of that meaning is surely bound there. In the arena of the module or in its source. */
Str spelling_at(Node n, const char *package, const char *member);

typedef enum AsyncLibrary {
    LIBRARY_NONE, /* the file imports none of them */
    LIBRARY_ASYNCIO,
    LIBRARY_TRIO,
    LIBRARY_ANYIO,   /* with or without the others: what it offers works on their loops too */
    LIBRARY_SEVERAL, /* asyncio and trio */
} AsyncLibrary;

/* Which async library the file is written for, by its imports. */
AsyncLibrary module_library(const Module *module);

/* "asyncio", "trio" or "anyio"; "asyncio" for LIBRARY_NONE and LIBRARY_SEVERAL. */
const char *library_name(AsyncLibrary library);

#endif
