#include "base/array.h"

#include "base/bug.h"

void *array_more(Arena *arena, void *items, uint32_t *reserve, size_t item_size)
{
    ALWAYS(*reserve <= UINT32_MAX / 2);
    uint32_t more = *reserve ? *reserve * 2 : 8;
    items = arena_grow(arena, items, *reserve * item_size, more * item_size);
    *reserve = more; /* only now: arena_grow may leave by the guard */
    return items;
}
