/* Text is a view: a pointer and a length into bytes that somebody else owns. A Str is passed by value, is never
 * NUL-terminated by promise, and may hold any byte, NUL included. */
#ifndef AWRY_BASE_STR_H
#define AWRY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *p; /* never NULL in a Str made by this module; NULL only in a zeroed one, whose n is 0 */
    uint32_t n;    /* bytes */
} Str;

/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""
/* A Str of a string literal. */
#define STR(literal) ((Str){ (literal), (uint32_t)sizeof(literal) - 1 })

/* The bytes of a NUL-terminated string; the empty Str for NULL. */
static inline Str str_of(const char *text)
{
    return text ? (Str){ text, (uint32_t)strlen(text) } : (Str){ "", 0 };
}

static inline Str str_slice(Str s, uint32_t begin, uint32_t end)
{
    return (Str){ s.p + begin, end - begin };
}

static inline bool str_equal(Str a, Str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(Str a, const char *text)
{
    return str_equal(a, str_of(text));
}

static inline bool str_starts(Str s, Str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(Str s, Str suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* Bytewise order, a shorter prefix first: below 0, 0, above 0. */
int str_compare(Str a, Str b);

/* Whether one of `count` texts, in the order of str_compare, is that one. */
bool str_is_in(Str text, const char *const *sorted, size_t count);

/* Offset of the first `byte`, or s.n when there is none. */
uint32_t str_find(Str s, char byte);

/* Offset of the last `byte`, or s.n when there is none. */
uint32_t str_find_last(Str s, char byte);

/* ASCII spaces, tabs, CR and LF taken off both ends. */
Str str_trim(Str s);

/* 64-bit hash for tables in memory; not stable across versions or machines. Names come from sources that nobody vouches for:
 * a table takes a seed that they cannot know, or names that collide would make it slow. */
uint64_t str_hash(Str s, uint64_t seed);

/* Of `count` names the one nearest to `word` (Damerau-Levenshtein, at most a third of its length apart), for
 * "did you mean"; NULL when none is near. */
const char *str_nearest(Str word, const char *const *names, size_t count);

#endif
