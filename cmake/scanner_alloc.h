/* Compiled into the grammar's external scanner, in front of everything (-include): it calls calloc and free by name even
 * with TREE_SITTER_REUSE_ALLOCATOR. All memory of a parse has to come from the runtime's allocator, for a parse that is
 * given up is dropped with its arena and nothing is freed alone. */
#ifndef AWRY_SCANNER_ALLOC_H
#define AWRY_SCANNER_ALLOC_H

#include <stdlib.h>

extern void *(*ts_current_calloc)(size_t count, size_t size);
extern void (*ts_current_free)(void *p);
#define calloc ts_current_calloc
#define free ts_current_free

#endif
