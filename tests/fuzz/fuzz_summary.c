/* Summaries from bytes that nobody has to have written: what is read back can be asked everything and written again.
 * An input that does not begin as a summary is Python: its summary is read with some bytes changed, in ways that
 * the input alone decides. */
#include "facts.h"

enum { SIZE_MOST = 1 << 14, VARIANTS = 24 };

static void read_bytes(Arena *arena, Str bytes)
{
    Summary *s = summary_read(arena, bytes);
    if (!s)
        return;
    check_round_trip(s, arena);
    Program *program = program_new(arena, NULL);
    program_add(program, s);
    ask_everything(program, s);
    check_round_trip(s, arena);
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* One to four bytes are changed, or a piece is cut out or doubled. */
static Str change(Arena *arena, Str bytes, uint64_t *state)
{
    char *copy = arena_alloc(arena, 2 * (size_t)bytes.n + 1);
    memcpy(copy, bytes.p, bytes.n);
    uint32_t at = next_random(state) % bytes.n, length = next_random(state) % 8;
    if (length > bytes.n - at)
        length = bytes.n - at;
    switch (next_random(state) % 4) {
    case 0:
        memmove(copy + at, bytes.p + at + length, bytes.n - at - length);
        return (Str){ copy, bytes.n - length };
    case 1:
        memcpy(copy + at + length, bytes.p + at, bytes.n - at);
        return (Str){ copy, bytes.n + length };
    default:
        for (uint32_t i = 0; i <= length / 2; i++)
            copy[next_random(state) % bytes.n] = (char)(next_random(state) % (i ? 256 : 8));
        return (Str){ copy, bytes.n };
    }
}

static void read_python(Arena *arena, Arena *scratch, const uint8_t *data, size_t size)
{
    Source source;
    fuzz_source(&source, arena, data, size);
    Module *module = module_new(arena, scratch, &source, clock_wall() + FUZZ_SECONDS);
    module_bind(module);
    Str bytes = check_round_trip(summary_new(arena, module), arena);
    uint64_t state = size;
    for (size_t i = 0; i < size; i++)
        state = state * 31 + data[i];
    for (int i = 0; i < VARIANTS; i++)
        read_bytes(arena, change(arena, bytes, &state));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SIZE_MOST)
        return 0;
    static bool is_set_up;
    if (!is_set_up)
        tree_setup(), is_set_up = true;
    Arena arena, scratch;
    arena_init(&arena);
    arena_init(&scratch);
    sigjmp_buf guard;
    if (!sigsetjmp(guard, 0)) {
        arena_guard(&arena, FUZZ_MEMORY, &guard);
        arena_guard(&scratch, FUZZ_MEMORY, &guard);
        Str bytes = arena_copy(&arena, (Str){ (const char *)data, (uint32_t)size });
        if (str_starts(bytes, STR("awry summary")))
            read_bytes(&arena, bytes);
        else
            read_python(&arena, &scratch, data, size);
    }
    arena_release(&arena);
    arena_release(&scratch);
    return 0;
}
