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

/* Names: each distinct text gets a small number, 1 and up, in order of first sight. */
typedef struct Names {
    Arena *arena;
    uint32_t *slots; /* ids, 0 when free */
    uint32_t room;
    uint32_t count; /* the highest id given */
    Str *texts;     /* by id */
    uint64_t seed;  /* of the hash */
    uint32_t texts_room;
} Names;

typedef uint32_t NameId; /* 0: no name */

void names_init(Names *names, Arena *arena);

/* The id of `text`, given now when it is new. The text is not copied. */
NameId names_add(Names *names, Str text);

/* The id of `text`, 0 when it was never added. */
NameId names_find(const Names *names, Str text);

static inline Str names_text(const Names *names, NameId id)
{
    return id && id <= names->count ? names->texts[id] : (Str){ "", 0 };
}

#endif
