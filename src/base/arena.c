#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALIGNMENT = 16,
    FIRST_CHUNK = 64 << 10,
    LARGEST_CHUNK = 4 << 20,
    /* By arena_clear. With 1 MiB, files that need 10 MB spent 16 ns an allocation in page faults, now 3. */
    LARGEST_KEPT = LARGEST_CHUNK,
};

/* Stands before the memory that it describes. */
struct ArenaChunk {
    ArenaChunk *older;
    size_t size; /* taken from the system, this header included */
};

/* What follows a header has to be aligned for any type; malloc aligns the header itself. */
_Static_assert(sizeof(ArenaChunk) % ALIGNMENT == 0, "memory behind a chunk header must stay aligned");
_Static_assert(_Alignof(max_align_t) <= ALIGNMENT, "an arena must be aligned for any type");

void arena_init(Arena *arena)
{
    *arena = (Arena){ 0 };
}

void arena_guard(Arena *arena, size_t budget, sigjmp_buf *guard)
{
    arena->budget = budget;
    arena->guard = guard;
}

static _Noreturn void give_up(Arena *arena)
{
    if (arena->guard)
        siglongjmp(*arena->guard, ARENA_SPENT);
    fputs("awry: out of memory\n", stderr);
    exit(2);
}

/* Bytes that may still be taken from the system. */
static size_t budget_left(const Arena *arena)
{
    if (!arena->budget)
        return SIZE_MAX;
    return arena->used < arena->budget ? arena->budget - arena->used : 0;
}

static char *chunk_memory(ArenaChunk *chunk)
{
    return (char *)(chunk + 1);
}

static void chunk_free(Arena *arena, ArenaChunk *chunk)
{
    arena->used -= chunk->size;
    free(chunk);
}

/* A chunk with room for `size` bytes, not linked yet. */
static ArenaChunk *chunk_new(Arena *arena, size_t size)
{
    if (size > SIZE_MAX - sizeof(ArenaChunk) || size + sizeof(ArenaChunk) > budget_left(arena))
        give_up(arena);
    ArenaChunk *chunk = malloc(sizeof(ArenaChunk) + size);
    if (!chunk)
        give_up(arena);
    chunk->older = NULL;
    chunk->size = sizeof(ArenaChunk) + size;
    arena->used += chunk->size;
    return chunk;
}

void arena_release(Arena *arena)
{
    for (ArenaChunk *chunk = arena->chunk, *older; chunk; chunk = older) {
        older = chunk->older;
        free(chunk);
    }
    arena->chunk = NULL;
    arena->next = arena->end = NULL;
    arena->used = arena->idle = 0;
}

/* The chunks go behind the newest one, which is still filled. */
void arena_adopt(Arena *arena, Arena *other)
{
    ArenaChunk *oldest = other->chunk;
    if (!oldest)
        return;
    while (oldest->older)
        oldest = oldest->older;
    if (arena->chunk) {
        oldest->older = arena->chunk->older;
        arena->chunk->older = other->chunk;
        arena->idle += (size_t)(other->end - other->next);
    } else {
        arena->chunk = other->chunk;
        arena->next = other->next;
        arena->end = other->end;
    }
    arena->used += other->used;
    arena->idle += other->idle;
    other->chunk = NULL;
    other->next = other->end = NULL;
    other->used = other->idle = 0;
}

#ifdef AWRY_ARENA_MALLOC

void *arena_alloc_raw(Arena *arena, size_t size)
{
    ArenaChunk *chunk = chunk_new(arena, size);
    chunk->older = arena->chunk;
    arena->chunk = chunk;
    return chunk_memory(chunk);
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
    ArenaChunk *last = arena->chunk;
    void *new = arena_alloc_raw(arena, new_size);
    if (old_size)
        memcpy(new, old, old_size < new_size ? old_size : new_size);
    /* In the fast variant this block would have grown in place: the old one counts no more. */
    if (old && last && old == chunk_memory(last)) {
        arena->chunk->older = last->older;
        chunk_free(arena, last);
    }
    return new;
}

void arena_clear(Arena *arena)
{
    arena_release(arena);
}

#else

/* A multiple of ALIGNMENT, above 0; 0 when it cannot be told in a size_t. */
static size_t rounded(size_t size)
{
    return (size + (size == 0) + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
}

/* Continues in a new chunk. The size of chunks doubles, as far as the budget allows it. */
static void *alloc_in_new_chunk(Arena *arena, size_t need)
{
    size_t size = arena->chunk ? arena->chunk->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    if (size > budget_left(arena))
        size = budget_left(arena) & ~(size_t)(ALIGNMENT - 1);
    size = size > sizeof(ArenaChunk) ? size - sizeof(ArenaChunk) : 0;

    /* A large block gets a chunk of its own behind the newest one, whose rest is still good for small blocks. */
    if (need > size / 4 && arena->chunk) {
        ArenaChunk *chunk = chunk_new(arena, need);
        chunk->older = arena->chunk->older;
        arena->chunk->older = chunk;
        return chunk_memory(chunk);
    }
    if (size < need)
        size = need;
    ArenaChunk *chunk = chunk_new(arena, size);
    chunk->older = arena->chunk;
    arena->chunk = chunk;
    arena->idle += (size_t)(arena->end - arena->next);
    arena->next = chunk_memory(chunk) + need;
    arena->end = chunk_memory(chunk) + size;
    return chunk_memory(chunk);
}

void *arena_alloc_raw(Arena *arena, size_t size)
{
    size_t need = rounded(size);
    /* One less on both sides: a size too large to be rounded (need 0) goes the slow way as well. */
    if (need - 1 < (size_t)(arena->end - arena->next)) {
        char *memory = arena->next;
        arena->next += need;
        return memory;
    }
    if (!need)
        give_up(arena);
    return alloc_in_new_chunk(arena, need);
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
    size_t need = rounded(new_size);
    if (old && need && (char *)old + rounded(old_size) == arena->next && need <= (size_t)(arena->end - (char *)old)) {
        arena->next = (char *)old + need;
        return old;
    }
    if (old && need && need <= rounded(old_size))
        return old;
    void *new = arena_alloc_raw(arena, new_size);
    if (old_size)
        memcpy(new, old, old_size < new_size ? old_size : new_size);
    return new;
}

/* Keeps the largest chunk that is not too large: an arena that serves file after file settles on one size. */
void arena_clear(Arena *arena)
{
    ArenaChunk *kept = NULL;
    for (ArenaChunk *chunk = arena->chunk, *older; chunk; chunk = older) {
        older = chunk->older;
        if (chunk->size > LARGEST_KEPT || (kept && chunk->size <= kept->size)) {
            chunk_free(arena, chunk);
            continue;
        }
        if (kept)
            chunk_free(arena, kept);
        kept = chunk;
    }
    arena->chunk = kept;
    arena->idle = 0;
    arena->next = arena->end = NULL;
    if (kept) {
        kept->older = NULL;
        arena->next = chunk_memory(kept);
        arena->end = (char *)kept + kept->size;
    }
}

#endif

void *arena_alloc(Arena *arena, size_t size)
{
    void *memory = arena_alloc_raw(arena, size);
    memset(memory, 0, size);
    return memory;
}

Str arena_copy(Arena *arena, Str s)
{
    char *copy = arena_alloc_raw(arena, (size_t)s.n + 1);
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return (Str){ copy, s.n };
}

Str arena_vprintf(Arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    char *text = arena_alloc_raw(arena, n < 0 ? 1 : (size_t)n + 1);
    if (n < 0)
        text[n = 0] = '\0'; /* a wide character that the locale cannot print; we print none */
    else
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return (Str){ text, (uint32_t)n };
}

Str arena_printf(Arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    Str text = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}
