/* The idea is wyhash's (Wang Yi): each pair of 64-bit words is multiplied to 128 bits, and the halves are folded by exclusive or. Three
 * lanes keep the multiplier busy; constants are odd, with as many ones as zeros in each byte pair or nearly so. */
#include "base/hash.h"

static const uint64_t salt[4] = {
    0xA5D39E6C4B79B1E3u,
    0x8CB56F1AD2E8934Du,
    0xE6399A5B3C71D4A7u,
    0x5A93C6E1B47D2D9Bu,
};

static uint64_t word_at(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static uint64_t folded(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 Wide;
    Wide product = (Wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), high = (a >> 32) * (b >> 32);
    uint64_t one = (a >> 32) * (b & UINT32_MAX), two = (a & UINT32_MAX) * (b >> 32);
    uint64_t middle = (low >> 32) + (one & UINT32_MAX) + (two & UINT32_MAX);
    return (low & UINT32_MAX | middle << 32) ^ (high + (one >> 32) + (two >> 32) + (middle >> 32));
#endif
}

/* Up to 16 bytes as two words; the length is hashed as well, so zeros behind them do not matter. */
static uint64_t rest_of(const unsigned char *p, size_t count, uint64_t seed)
{
    unsigned char last[16] = { 0 };
    if (count)
        memcpy(last, p, count);
    return folded(word_at(last) ^ salt[1], word_at(last + 8) ^ seed);
}

uint64_t hash_bytes(const void *bytes, size_t count)
{
    const unsigned char *p = bytes;
    size_t left = count;
    uint64_t seed = salt[0];
    if (left > 48) {
        uint64_t one = seed, two = seed;
        for (; left > 48; left -= 48, p += 48) {
            seed = folded(word_at(p) ^ salt[1], word_at(p + 8) ^ seed);
            one = folded(word_at(p + 16) ^ salt[2], word_at(p + 24) ^ one);
            two = folded(word_at(p + 32) ^ salt[3], word_at(p + 40) ^ two);
        }
        seed ^= one ^ two;
    }
    for (; left > 16; left -= 16, p += 16)
        seed = folded(word_at(p) ^ salt[2], word_at(p + 8) ^ seed);
    seed = rest_of(p, left, seed);
    return folded(seed ^ salt[3], (uint64_t)count ^ salt[1]);
}

uint64_t hash_join(uint64_t a, uint64_t b)
{
    return folded(a ^ salt[0], (b ^ salt[2]) + (a << 32 | a >> 32));
}
