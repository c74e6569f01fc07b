#include "base/map.h"

#include <time.h>

#include "base/bug.h"

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

/* The place of the id of `text`: 0 is in it when there is none yet. */
static uint32_t *name_slot(const Names *names, uint32_t *slots, uint32_t room, Str text)
{
    uint32_t i = (uint32_t)str_hash(text, names->seed) & (room - 1);
    while (slots[i] && !str_equal(names->texts[slots[i]], text))
        i = (i + 1) & (room - 1);
    return &slots[i];
}

static void names_grow(Names *names)
{
    uint32_t room = more_room(names->room);
    uint32_t *slots = arena_array(names->arena, uint32_t, room);
    for (NameId id = 1; id <= names->count; id++)
        *name_slot(names, slots, room, names->texts[id]) = id;
    names->slots = slots;
    names->room = room;
}

NameId names_find(const Names *names, Str text)
{
    return names->room ? *name_slot(names, names->slots, names->room, text) : 0;
}

NameId names_add(Names *names, Str text)
{
    NameId known = names_find(names, text);
    if (known)
        return known;

    if (is_full(names->count + 1, names->room))
        names_grow(names);
    if (names->count + 1 >= names->texts_room) {
        uint32_t texts_room = more_room(names->texts_room);
        names->texts =
            arena_grow(names->arena, names->texts, names->texts_room * sizeof(Str), texts_room * sizeof(Str));
        names->texts_room = texts_room;
    }
    NameId id = names->count + 1;
    names->texts[id] = with_pointer(text);
    *name_slot(names, names->slots, names->room, text) = id;
    names->count = id;
    return id;
}
