/* Growing arrays in an arena: `ARRAY(Node) nodes = {0}; *array_push(arena, &nodes) = n;`. Elements move when the array
 * grows; keep indices, not pointers, across a push. */
#ifndef AWRY_BASE_ARRAY_H
#define AWRY_BASE_ARRAY_H

#include "base/arena.h"

#define ARRAY(Type)       \
    struct {              \
        Type *items;      \
        uint32_t count;   \
        uint32_t reserve; \
    }

/* Room for one more; the pointer to it. The element is not zeroed. */
#define array_push(arena, array)                                                                                     \
    ((array)->count == (array)->reserve                                                                              \
         ? ((array)->items = array_more((arena), (array)->items, &(array)->reserve, sizeof *(array)->items)) \
         : (array)->items,                                                                                           \
     &(array)->items[(array)->count++])

/* The storage behind array_push: doubles the reserve (8 at first). */
void *array_more(Arena *arena, void *items, uint32_t *reserve, size_t item_size);

#endif
