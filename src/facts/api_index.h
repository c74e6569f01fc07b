/* How the tables of rules/apis/ are found by name. src/gen/gen_apis.c writes the index in the same way. */
#ifndef AWRY_FACTS_API_INDEX_H
#define AWRY_FACTS_API_INDEX_H

#include <stddef.h>
#include <stdint.h>

enum { API_ROW_BITS = 16 }; /* of a slot: the number of the row + 1; the bits above it are those of the name's hash */

/* Open addressing, api_slot_count is a power of two; 0: free. Generated. */
extern const uint32_t api_slots[];
extern const uint32_t api_slot_count;

/* FNV-1a. Names come from sources that nobody vouches for, but the table is fixed: a search is as long as its longest run. */
static inline uint32_t api_hash(uint32_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619U;
    return hash;
}
#define API_HASH_START 2166136261U

/* The slot where the search for a hash begins. The low bits decide, so the tag is of the high ones. */
static inline uint32_t api_slot_first(uint32_t hash, uint32_t slot_count)
{
    return (hash ^ hash >> 15) & (slot_count - 1);
}

static inline uint32_t api_slot_tag(uint32_t hash)
{
    return hash >> API_ROW_BITS;
}

#endif
