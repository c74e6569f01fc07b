#include "program/basis.h"

#include <stdlib.h>

#include "program/basis_things.h"

#define NODE_BIT 0x80000000u /* in a trail: a node; else the id of a thing */

typedef struct BasisNode {
    uint32_t first, count; /* of edges */
    uint32_t seen;         /* in the round of that number */
} BasisNode;

typedef struct FileThings {
    Str path;
    uint32_t *functions, *classes; /* hashes of qualified names; NULL until asked for */
} FileThings;

struct Basis {
    ARRAY(uint32_t) trail;
    ARRAY(uint32_t) edges;
    ARRAY(BasisNode) nodes; /* nodes[0] is nothing */
    FileThings *files;
    uint32_t file_count;
    uint32_t round;
    ARRAY(uint32_t) found, sorted; /* of basis_collect */
};

void basis_start(Program *program)
{
    program->basis = arena_new(program->arena, Basis);
    *array_push(program->arena, &program->basis->nodes) = (BasisNode){ 0 };
}

static void push(Program *program, uint32_t item)
{
    Basis *b = program->basis;
    if (!b->trail.count || b->trail.items[b->trail.count - 1] != item)
        *array_push(program->arena, &b->trail) = item;
}

/* ---- Ids ---- */

static FileThings *things_at(Program *program, uint32_t file)
{
    Basis *b = program->basis;
    if (file >= b->file_count) {
        uint32_t room = b->file_count ? b->file_count : 16;
        while (room <= file)
            room *= 2;
        FileThings *files = arena_array(program->arena, FileThings, room);
        if (b->file_count)
            memcpy(files, b->files, b->file_count * sizeof *files);
        b->files = files;
        b->file_count = room;
    }
    FileThings *things = &b->files[file];
    if (!things->path.p)
        things->path = program->lent && program->lent->path ? program->lent->path(program->lent->context, file) : STR("");
    return things;
}

void rests_on_function(Program *program, Thing thing, Ref function)
{
    if (!program->basis)
        return;
    FileThings *things = things_at(program, function.file);
    if (!things->functions)
        things->functions = function_names(program_file(program, function.file), program->arena);
    push(program, thing_id(thing, things->path, things->functions[function.number], STR("")));
}

static uint32_t class_hash(Program *program, FileThings *things, Ref class_)
{
    if (!things->classes)
        things->classes = class_names(program_file(program, class_.file), program->arena);
    return things->classes[class_.number];
}

void rests_on_class(Program *program, Ref class_)
{
    if (!program->basis)
        return;
    FileThings *things = things_at(program, class_.file);
    push(program, thing_id(THING_CLASS, things->path, class_hash(program, things, class_), STR("")));
}

void rests_on_member(Program *program, Ref class_, Str name)
{
    if (!program->basis)
        return;
    FileThings *things = things_at(program, class_.file);
    push(program, thing_id(THING_MEMBER, things->path, class_hash(program, things, class_), name));
}

void rests_on_export(Program *program, uint32_t file, Str name)
{
    if (program->basis)
        push(program, thing_id(THING_EXPORT, things_at(program, file)->path, 0, name));
}

void rests_on_stars(Program *program, uint32_t file)
{
    if (program->basis)
        push(program, thing_id(THING_STARS, things_at(program, file)->path, 0, STR("")));
}

void rests_on_imports(Program *program, uint32_t file)
{
    if (program->basis)
        push(program, thing_id(THING_IMPORTS, things_at(program, file)->path, 0, STR("")));
}

void rests_on_heirs(Program *program, Str name)
{
    if (program->basis)
        push(program, thing_of_heirs(name));
}

void rests_on_module(Program *program, uint32_t from, Str dotted)
{
    if (program->basis)
        push(program, thing_of_module(things_at(program, from)->path, dotted));
}

void rests_on_text(Program *program, Str path)
{
    if (program->basis)
        push(program, thing_of_text(path));
}

/* ---- Nodes ---- */

uint32_t basis_mark(const Program *program)
{
    return program->basis ? program->basis->trail.count : 0;
}

/* Puts the trail from `mark` on behind the edges. */
static BasisNode take(Program *program, uint32_t mark)
{
    Basis *b = program->basis;
    BasisNode node = { b->edges.count, 0, 0 };
    for (uint32_t i = mark; i < b->trail.count; i++)
        *array_push(program->arena, &b->edges) = b->trail.items[i];
    node.count = b->edges.count - node.first;
    b->trail.count = mark;
    return node;
}

uint32_t basis_node(Program *program, uint32_t mark)
{
    Basis *b = program->basis;
    if (!b || b->trail.count == mark)
        return 0;
    uint32_t last = b->trail.items[mark];
    if (b->trail.count == mark + 1 && (last & NODE_BIT)) { /* a node of nothing but another one is that one */
        b->trail.count = mark;
        return last & ~NODE_BIT;
    }
    BasisNode node = take(program, mark);
    *array_push(program->arena, &b->nodes) = node;
    return b->nodes.count - 1;
}

void rests_on_node(Program *program, uint32_t node)
{
    if (program->basis && node)
        push(program, node | NODE_BIT);
}

uint32_t basis_promise(Program *program)
{
    if (!program->basis)
        return 0;
    *array_push(program->arena, &program->basis->nodes) = (BasisNode){ 0 };
    return program->basis->nodes.count - 1;
}

void basis_keep(Program *program, uint32_t node, uint32_t mark)
{
    if (program->basis)
        program->basis->nodes.items[node] = take(program, mark);
}

/* ---- What it comes to ---- */

int thing_compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* In order, by digits of 11 bits: a file rests on hundreds to thousands of things. */
static void sort_things(Program *program, uint32_t *items, uint32_t count)
{
    enum { DIGIT = 11, DIGITS = 1 << DIGIT, FEW = 256 };
    if (count < FEW) {
        if (count)
            qsort(items, count, sizeof *items, thing_compare);
        return;
    }
    Basis *b = program->basis;
    while (b->sorted.count < count)
        *array_push(program->arena, &b->sorted) = 0;
    uint32_t *from = items, *to = b->sorted.items;
    for (unsigned shift = 0; shift < 32; shift += DIGIT) {
        uint32_t places[DIGITS + 1] = { 0 };
        for (uint32_t i = 0; i < count; i++)
            places[(from[i] >> shift & (DIGITS - 1)) + 1]++;
        for (uint32_t digit = 1; digit < DIGITS; digit++)
            places[digit] += places[digit - 1];
        for (uint32_t i = 0; i < count; i++)
            to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        uint32_t *swapped = from;
        from = to;
        to = swapped;
    }
    memcpy(items, from, count * sizeof *items);
}

ThingList basis_collect(Program *program, Arena *arena)
{
    Basis *b = program->basis;
    if (!b)
        return (ThingList){ NULL, 0 };
    b->round++;
    b->found.count = 0;
    /* The trail is the stack: what a node leads to takes the node's place. */
    while (b->trail.count) {
        uint32_t item = b->trail.items[--b->trail.count];
        if (!(item & NODE_BIT)) {
            *array_push(program->arena, &b->found) = item;
            continue;
        }
        BasisNode *node = &b->nodes.items[item & ~NODE_BIT];
        if (node->seen == b->round)
            continue;
        node->seen = b->round;
        uint32_t first = node->first, count = node->count;
        for (uint32_t i = 0; i < count; i++)
            *array_push(program->arena, &b->trail) = b->edges.items[first + i];
    }
    uint32_t *items = b->found.items, kept = 0;
    sort_things(program, items, b->found.count);
    for (uint32_t i = 0; i < b->found.count; i++) {
        if (!kept || items[kept - 1] != items[i])
            items[kept++] = items[i];
    }
    uint32_t *copy = arena_array(arena, uint32_t, kept);
    if (kept)
        memcpy(copy, items, kept * sizeof *copy);
    return (ThingList){ copy, kept };
}
