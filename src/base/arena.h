/* Memory by lifetime: a run, a file, a pass. What lives in an arena is never freed alone; the arena is released whole.
 *
 * An arena may have a budget. When an allocation would go beyond it, or the system has no more memory, the arena leaves
 * by siglongjmp to its guard: see arena_guard below. Without a guard it prints one line and ends the program with exit 2
 * (only the arena of the run has none). No lock may be held across a call that can allocate in a guarded arena.
 *
 * Built with AWRY_ARENA_MALLOC (the sanitizer presets), each allocation is a malloc of its own, so that an overflow or a
 * use after release shows; the interface is the same. */
#ifndef AWRY_BASE_ARENA_H
#define AWRY_BASE_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
    ArenaChunk *chunk; /* the newest one, which is filled; NULL before the first allocation */
    char *next;        /* the first free byte of it */
    char *end;         /* one past its last byte */
    size_t used;       /* bytes taken from the system and not given back */
    size_t idle;       /* of those, ends of older chunks that nobody was given */
    size_t budget;     /* the most that `used` may become; 0: no limit */
    sigjmp_buf *guard; /* where to go when the budget is spent; NULL: end the program */
} Arena;

/* Empty, no budget, no guard, nothing allocated yet. */
void arena_init(Arena *arena);

/* At most `budget` bytes from the system (0: no limit); when they are spent, siglongjmp(*guard, ARENA_SPENT). */
void arena_guard(Arena *arena, size_t budget, sigjmp_buf *guard);
enum { ARENA_SPENT = 1 };

/* `size` zeroed bytes, aligned for any type, never NULL (for size 0 too). */
void *arena_alloc(Arena *arena, size_t size);

/* The same without zeroing: for memory that is filled at once. */
void *arena_alloc_raw(Arena *arena, size_t size);

/* A block of `old_size` bytes grown to `new_size`: in place when it was the last one allocated, else copied; the new
 * part is not zeroed. `old` may be NULL with old_size 0. */
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size);

#define arena_new(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
#define arena_array(arena, Type, count) ((Type *)arena_alloc((arena), sizeof(Type) * (size_t)(count)))

/* A copy in the arena, with a NUL behind it that the Str does not count. */
Str arena_copy(Arena *arena, Str s);

/* Printed text in the arena, NUL behind it. */
Str arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
Str arena_vprintf(Arena *arena, const char *format, va_list arguments);

/* Empty again, ready for the next use; keeps its largest chunk up to 4 MiB, so that the next file
 * needs no system call. */
void arena_clear(Arena *arena);

/* What is in `other` lives from now on as long as what is in `arena`; `other` is empty. For arenas without a budget. */
void arena_adopt(Arena *arena, Arena *other);

/* Bytes that were given to somebody; what is left of them in the system's pages is not more by much. */
static inline size_t arena_given(const Arena *arena)
{
    return arena->used - arena->idle - (size_t)(arena->end - arena->next);
}

/* Everything given back; the struct is the caller's. */
void arena_release(Arena *arena);

#endif
