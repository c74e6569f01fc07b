#include "base/map.h"

#include <stdlib.h>
#include <time.h>

#include "base/bug.h"
#include "base/hash.h"

enum { FIRST_ROOM = 16 };

/* Tables are at most three quarters full, so that a search always meets a free slot. */
static bool is_full(uint32_t count, uint32_t room)
{
    return (uint64_t)count * 4 >= (uint64_t)room * 3;
}

static uint32_t more_room(uint32_t room)
{
    ALWAYS(room <= UINT32_MAX / 2);
    return room ? room * 2 : FIRST_ROOM;
}

/* A free slot has a key without a pointer, so a key has one. */
static Str with_pointer(Str key)
{
    return key.p ? key : STR("");
}

/* Another one for each table: where it lies (address space is laid out at random) and when it was made. */
static uint64_t new_seed(const void *table, const Arena *arena)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &now);
    return ((uint64_t)(uintptr_t)table << 20) ^ (uint64_t)(uintptr_t)arena->next ^ ((uint64_t)now.tv_nsec << 34);
}

void map_init(Map *map, Arena *arena)
{
    *map = (Map){ .arena = arena, .seed = new_seed(map, arena) };
}

/* The slot of `key`, or the free one where it belongs. */
static MapSlot *slot_of(MapSlot *slots, uint32_t room, Str key, uint64_t seed)
{
    uint32_t i = (uint32_t)str_hash(key, seed) & (room - 1);
    while (slots[i].key.p && !str_equal(slots[i].key, key))
        i = (i + 1) & (room - 1);
    return &slots[i];
}

static void map_grow(Map *map)
{
    uint32_t room = more_room(map->room);
    MapSlot *slots = arena_array(map->arena, MapSlot, room);
    for (uint32_t i = 0; i < map->room; i++)
        if (map->slots[i].key.p)
            *slot_of(slots, room, map->slots[i].key, map->seed) = map->slots[i];
    map->slots = slots;
    map->room = room;
}

void *map_get(const Map *map, Str key)
{
    return map->room ? slot_of(map->slots, map->room, with_pointer(key), map->seed)->value : NULL;
}

void **map_at(Map *map, Str key)
{
    key = with_pointer(key);
    if (map->room) {
        MapSlot *slot = slot_of(map->slots, map->room, key, map->seed);
        if (slot->key.p)
            return &slot->value;
    }
    if (is_full(map->count + 1, map->room))
        map_grow(map);
    MapSlot *slot = slot_of(map->slots, map->room, key, map->seed);
    slot->key = key;
    map->count++;
    return &slot->value;
}

void names_init(Names *names, Arena *arena)
{
    *names = (Names){ .arena = arena, .seed = new_seed(names, arena) };
}

/* ---- Frozen names ---- */

static uint32_t frozen_hash(Str text)
{
    return (uint32_t)hash_str(text);
}

void names_thaw(Names *names, Arena *arena, const FrozenNames *frozen)
{
    names_init(names, arena);
    names->frozen = *frozen;
    names->count = frozen->count;
}

typedef struct Ordered {
    uint32_t hash;
    NameId id;
    Str text;
} Ordered;

static int compare_ordered(const void *a, const void *b)
{
    const Ordered *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return str_compare(left->text, right->text);
}

/* Puts them into one drawer for each beginning of a hash: nearly sorted, when the hashes are as hashes are. */
static Ordered *in_drawers(const Names *names, uint32_t count, Arena *scratch)
{
    unsigned bits = 1;
    while (bits < 16 && 1u << bits < count)
        bits++;
    uint32_t *ends = arena_array(scratch, uint32_t, (1u << bits) + 1);
    uint32_t *hashes = arena_alloc_raw(scratch, count * sizeof(uint32_t));
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = frozen_hash(names_text(names, i + 1));
        ends[(hashes[i] >> (32 - bits)) + 1]++;
    }
    for (uint32_t i = 0; i < 1u << bits; i++)
        ends[i + 1] += ends[i];
    Ordered *all = arena_alloc_raw(scratch, count * sizeof(Ordered));
    for (uint32_t i = 0; i < count; i++)
        all[ends[hashes[i] >> (32 - bits)]++] = (Ordered){ hashes[i], i + 1, names_text(names, i + 1) };
    return all;
}

/* By insertion, which is quick when few have far to go. False: it was going to take long, and it is not done. */
static bool sort_nearly_sorted(Ordered *all, uint32_t count)
{
    uint64_t moves = 0;
    for (uint32_t i = 1; i < count; i++) {
        Ordered one = all[i];
        uint32_t at = i;
        for (; at && compare_ordered(&all[at - 1], &one) > 0; at--, moves++)
            all[at] = all[at - 1];
        all[at] = one;
        if (moves > (uint64_t)count * 8)
            return false;
    }
    return true;
}

/* Writing 4,820 Summaries with 510,000 texts takes 33 ms so, and 62 with qsort alone. */
void names_order(const Names *names, uint32_t count, Arena *scratch, uint32_t *hashes, uint32_t *ids)
{
    Ordered *all = in_drawers(names, count, scratch);
    if (!sort_nearly_sorted(all, count))
        qsort(all, count, sizeof *all, compare_ordered);
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = all[i].hash;
        ids[i] = all[i].id;
    }
}

/* By bisection over hash and text: whatever the order is, it ends, and many texts of one hash do not make it slow. */
static NameId find_frozen(const FrozenNames *frozen, Str text)
{
    uint32_t hash = frozen_hash(text), low = 0, high = frozen->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (frozen->hashes[middle] != hash) {
            if (frozen->hashes[middle] < hash)
                low = middle + 1;
            else
                high = middle;
            continue;
        }
        NameId id = frozen->ids[middle];
        uint32_t begin = frozen->begins[id - 1];
        int order = str_compare((Str){ frozen->bytes + begin, frozen->begins[id] - begin }, text);
        if (!order)
            return id;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* ---- Names of this run ---- */

/* What is put into a slot, without the id: texts of other hashes need not be looked at. */
static uint64_t name_mark(const Names *names, Str text, uint32_t *at)
{
    uint64_t hash = str_hash(text, names->seed);
    *at = (uint32_t)hash;
    return hash & ~(uint64_t)UINT32_MAX;
}

/* The place of the id of `text`: 0 is in it when there is none yet. `mark` and `at` are of name_mark. */
static uint64_t *name_slot(const Names *names, Str text, uint64_t mark, uint32_t at)
{
    uint32_t mask = names->room - 1;
    for (at &= mask;; at = (at + 1) & mask) {
        uint64_t slot = names->slots[at];
        bool may_be = (slot ^ mark) <= UINT32_MAX;
        if (!slot || (may_be && str_equal(names_text(names, (uint32_t)slot), text)))
            return &names->slots[at];
    }
}

static void names_grow(Names *names)
{
    names->room = more_room(names->room);
    names->slots = arena_array(names->arena, uint64_t, names->room);
    for (NameId id = names->frozen.count + 1; id <= names->count; id++) {
        uint32_t at;
        uint64_t mark = name_mark(names, names_text(names, id), &at);
        for (at &= names->room - 1; names->slots[at];)
            at = (at + 1) & (names->room - 1);
        names->slots[at] = mark | id;
    }
}

NameId names_find(const Names *names, Str text)
{
    NameId frozen = names->frozen.count ? find_frozen(&names->frozen, text) : 0;
    if (frozen || !names->room)
        return frozen;
    uint32_t at;
    uint64_t mark = name_mark(names, text, &at);
    return (NameId)*name_slot(names, text, mark, at);
}

void names_expect(Names *names, uint32_t count)
{
    ALWAYS(!names->count);
    if (count < FIRST_ROOM)
        return;
    while (is_full(count, names->room))
        names->room = more_room(names->room);
    names->slots = arena_array(names->arena, uint64_t, names->room);
    names->texts_room = count;
    names->texts = arena_alloc_raw(names->arena, count * sizeof(Str));
}

/* The number among the texts of this run that the next one gets. There is room for it. */
static uint32_t next_name(Names *names)
{
    uint32_t own = names->count - names->frozen.count + 1;
    if (is_full(own, names->room))
        names_grow(names);
    if (own >= names->texts_room) {
        uint32_t texts_room = names->texts_room < FIRST_ROOM ? FIRST_ROOM : more_room(names->texts_room);
        names->texts =
            arena_grow(names->arena, names->texts, names->texts_room * sizeof(Str), texts_room * sizeof(Str));
        names->texts_room = texts_room;
    }
    return own;
}

static NameId add_name(Names *names, Str text, bool is_copied)
{
    NameId known = names->frozen.count ? find_frozen(&names->frozen, text) : 0;
    if (known)
        return known;
    uint32_t at, own = next_name(names);
    uint64_t mark = name_mark(names, text, &at), *slot = name_slot(names, text, mark, at);
    if (*slot)
        return (NameId)*slot;
    names->texts[own] = is_copied ? arena_copy(names->arena, with_pointer(text)) : with_pointer(text);
    *slot = mark | ++names->count;
    return names->count;
}

NameId names_add(Names *names, Str text)
{
    return add_name(names, text, false);
}

NameId names_add_copy(Names *names, Str text)
{
    return add_name(names, text, true);
}
