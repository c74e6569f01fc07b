/* The parser and its memory. tree-sitter takes all it needs from the arena that the thread works with, through an
 * allocator that is set once per process; nothing is given back alone, so a spent budget can leave by siglongjmp from
 * anywhere inside the parser: the arena is dropped whole, the parser with it. */
#include "base/bug.h"
#include "port/threads.h"
#include "python/tree_internal.h"

const TSLanguage *tree_sitter_python(void);

enum {
    BLOCK = 1 << 16,  /* taken from the arena at a time */
    HEADER = 8,       /* in front of an allocation: its size, for realloc */
    READ_SIZE = 1 << 14, /* bytes handed to the lexer at a time: the deadline is looked at between them */
};

/* The one exception to "no mutable globals": an allocator of tree-sitter gets no context. */
static _Thread_local struct {
    Arena *arena;
    char *next, *end;
} heap;

#ifdef AWRY_ARENA_MALLOC
static char *take(size_t size)
{
    return arena_alloc_raw(heap.arena, size);
}
#else
static char *take(size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if ((size_t)(heap.end - heap.next) >= size) {
        char *p = heap.next;
        heap.next += size;
        return p;
    }
    if (size > BLOCK / 4)
        return arena_alloc_raw(heap.arena, size);
    heap.next = arena_alloc_raw(heap.arena, BLOCK);
    heap.end = heap.next + BLOCK;
    char *p = heap.next;
    heap.next += size;
    return p;
}
#endif

static void *heap_malloc(size_t size)
{
    if (!heap.arena)
        BUG("the parser allocates outside of a parse");
    char *p = take(size + HEADER);
    memcpy(p, &size, sizeof size);
    return p + HEADER;
}

static void *heap_calloc(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        BUG("the parser asks for %zu times %zu bytes", count, size);
    return memset(heap_malloc(count * size), 0, count * size);
}

static void *heap_realloc(void *old, size_t size)
{
    if (!old)
        return heap_malloc(size);
    size_t old_size;
    memcpy(&old_size, (char *)old - HEADER, sizeof old_size);
    if (size <= old_size)
        return old;
    return memcpy(heap_malloc(size), old, old_size);
}

static void heap_free(void *p)
{
    (void)p;
}

void tree_setup(void)
{
    ts_set_allocator(heap_malloc, heap_calloc, heap_realloc, heap_free);
}

void tree_memory(Arena *arena)
{
    heap.arena = arena;
    heap.next = heap.end = NULL;
}

const char *tree_versions(void)
{
    return AWRY_TS_VERSIONS;
}

typedef struct Input {
    Str text;
    double deadline;
    bool is_late;
} Input;

static bool is_late(Input *input)
{
    if (!input->is_late && input->deadline > 0 && clock_wall() > input->deadline)
        input->is_late = true;
    return input->is_late;
}

/* A late parser gets the end of the text: the external scanner, which asks nobody, ends soon as well. */
static const char *read_text(void *payload, uint32_t at, TSPoint point, uint32_t *n)
{
    (void)point;
    Input *input = payload;
    if (at >= input->text.n || is_late(input)) {
        *n = 0;
        return "";
    }
    uint32_t rest = input->text.n - at;
    *n = rest < READ_SIZE ? rest : READ_SIZE;
    return input->text.p + at;
}

static bool should_stop(TSParseState *state)
{
    return is_late(state->payload);
}

TSTree *parse_text(Arena *scratch, Str text, double deadline)
{
    heap.arena = scratch;
    heap.next = heap.end = NULL;
    Input input = { text, deadline, false };
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_python()))
        BUG("grammar and runtime do not fit: %s", AWRY_TS_VERSIONS);
    TSInput reader = { .payload = &input, .read = read_text, .encoding = TSInputEncodingUTF8 };
    TSParseOptions options = { .payload = &input, .progress_callback = should_stop };
    TSTree *tree = ts_parser_parse_with_options(parser, NULL, reader, options);
    return input.is_late ? NULL : tree;
}

void parse_done(void)
{
    heap.arena = NULL;
}
