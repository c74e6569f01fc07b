/* A hash table from text to a pointer, in an arena. Keys are not copied: they must live as long as the map. */
#ifndef AWRY_BASE_MAP_H
#define AWRY_BASE_MAP_H

#include "base/arena.h"

typedef struct MapSlot {
    Str key;
    void *value;
} MapSlot;

typedef struct Map {
    Arena *arena;
    MapSlot *slots; /* a power of two of them; NULL while the map is empty */
    uint32_t count;
    uint32_t room;
    uint64_t seed; /* of the hash */
} Map;

/* Empty; nothing allocated yet. */
void map_init(Map *map, Arena *arena);

/* The value of `key`; NULL when there is none. */
void *map_get(const Map *map, Str key);

/* The place of the value of `key`, made (as NULL) when there is none. Valid until the next map_at. */
void **map_at(Map *map, Str key);

/* Names: each distinct text gets a small number, 1 and up, in order of first sight. The first of them may be frozen: they lie in
 * bytes that somebody keeps, with an order that was made when they were written, and cost nothing until they are asked for. */
typedef struct FrozenNames {
    const char *bytes;      /* one text behind the other */
    const uint32_t *begins; /* count + 1, ascending: text `id` is begins[id - 1] to begins[id] */
    const uint32_t *hashes; /* ascending, equal ones by text; each belongs to the id at the same place in `ids` */
    const uint32_t *ids;
    uint32_t count;
} FrozenNames;

typedef struct Names {
    Arena *arena;
    FrozenNames frozen; /* ids 1 to frozen.count */
    uint64_t *slots;    /* ids below half a hash, 0 when free; of those that are not frozen */
    uint32_t room;
    uint32_t count; /* the highest id given */
    Str *texts;     /* by id - frozen.count */
    uint64_t seed;  /* of the hash */
    uint32_t texts_room;
} Names;

typedef uint32_t NameId; /* 0: no name */

void names_init(Names *names, Arena *arena);

/* Room for `count` texts at once, before the first one is added. More may come. */
void names_expect(Names *names, uint32_t count);

/* Ready for use with `frozen` in it: as if its texts had been added in their order. What it points to must live as long. */
void names_thaw(Names *names, Arena *arena, const FrozenNames *frozen);

/* The order of the first `count` texts, as FrozenNames wants it: `count` numbers each. */
void names_order(const Names *names, uint32_t count, Arena *scratch, uint32_t *hashes, uint32_t *ids);

/* The id of `text`, given now when it is new. The text is not copied. */
NameId names_add(Names *names, Str text);

/* The same, and the text is copied into the arena when it is new. */
NameId names_add_copy(Names *names, Str text);

/* The id of `text`, 0 when it was never added. Changes nothing: threads may ask one Names at the same time. */
NameId names_find(const Names *names, Str text);

static inline Str names_text(const Names *names, NameId id)
{
    const FrozenNames *frozen = &names->frozen;
    if (id > frozen->count)
        return id <= names->count ? names->texts[id - frozen->count] : (Str){ "", 0 };
    return id ? (Str){ frozen->bytes + frozen->begins[id - 1], frozen->begins[id] - frozen->begins[id - 1] }
              : (Str){ "", 0 };
}

#endif
