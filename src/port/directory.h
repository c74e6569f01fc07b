/* The names in a directory, a buffer full at a time. */
#ifndef AWRY_PORT_DIRECTORY_H
#define AWRY_PORT_DIRECTORY_H

#include <stdbool.h>

#include "base/str.h"

typedef enum EntryKind {
    ENTRY_UNKNOWN, /* the directory does not say: fstatat does */
    ENTRY_FILE,    /* a regular file */
    ENTRY_DIRECTORY,
    ENTRY_LINK,
    ENTRY_OTHER,
} EntryKind;

/* Called with each entry but "." and "..", in no order. The name is NUL-terminated and gone when the function returns. */
typedef void EntryVisit(void *context, Str name, EntryKind kind);

enum { DIRECTORY_BUFFER = 32 << 10 };

/* Visits what is in an open directory; the descriptor stays the caller's, and is read to its end. `buffer` has
 * DIRECTORY_BUFFER bytes, aligned for any type. False with errno: the system gave up in the middle. */
bool directory_visit(int descriptor, void *buffer, EntryVisit *visit, void *context);

#endif
