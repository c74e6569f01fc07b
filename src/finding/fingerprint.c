#include "finding/fingerprint.h"

#include <stdio.h>
#include <stdlib.h>

#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static uint64_t add_byte(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * FNV_PRIME;
}

static uint64_t add_text(uint64_t hash, Str text)
{
    for (uint32_t i = 0; i < text.n; i++)
        hash = add_byte(hash, (unsigned char)text.p[i]);
    return add_byte(hash, '\0');
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Indentation and line ends left out, each other run of white space as one space. */
static uint64_t add_squeezed(uint64_t hash, Str text)
{
    bool is_begun = false;
    bool has_gap = false;
    for (uint32_t i = 0; i < text.n; i++) {
        if (is_space(text.p[i])) {
            has_gap = is_begun;
            continue;
        }
        if (has_gap)
            hash = add_byte(hash, ' ');
        hash = add_byte(hash, (unsigned char)text.p[i]);
        is_begun = true;
        has_gap = false;
    }
    return add_byte(hash, '\0');
}

typedef struct Hashed {
    uint64_t hash;
    uint32_t finding;
} Hashed;

static int compare_hashed(const void *a, const void *b)
{
    const Hashed *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash > right->hash ? 1 : -1;
    return (left->finding > right->finding) - (left->finding < right->finding);
}

static uint64_t hash_of(const Finding *f, Str path)
{
    uint64_t hash = add_text(FNV_START, str_of(f->rule->code));
    hash = add_text(hash, path);
    hash = add_text(hash, f->symbol);
    return add_squeezed(hash, f->at.excerpt);
}

uint64_t *fingerprint_all(Arena *arena, Finding *const *findings, uint32_t count, const Str *paths)
{
    Hashed *hashed = arena_array(arena, Hashed, count);
    for (uint32_t i = 0; i < count; i++)
        hashed[i] = (Hashed){ hash_of(findings[i], paths ? paths[i] : findings[i]->path), i };
    if (count > 1)
        qsort(hashed, count, sizeof *hashed, compare_hashed);

    uint64_t *prints = arena_array(arena, uint64_t, count);
    uint32_t among = 0;
    for (uint32_t i = 0; i < count; i++) {
        among = i && hashed[i - 1].hash == hashed[i].hash ? among + 1 : 1;
        char number[16];
        snprintf(number, sizeof number, "%u", among);
        prints[hashed[i].finding] = add_text(hashed[i].hash, str_of(number));
    }
    return prints;
}
