/* What an answer of a Program rests on: the things of Summaries that were looked at to find it. A thing is a function's signature or
 * body, a member of a class, a name of a module, what a module's name leads to, which classes derive from a name; and that there is no such
 * thing is a thing, too. An answer stays as it is as long as all that it rests on does.
 *
 * Things go by 32-bit ids that are made of the path and of names, so that they mean the same in the next run. Two may share one: then
 * somebody looks again in vain.
 *
 * While something is evaluated, what it rests on is pushed to a trail; when it is done, its part of the trail becomes a node, and the node
 * stands in the trail of whoever asked. */
#ifndef AWRY_PROGRAM_BASIS_H
#define AWRY_PROGRAM_BASIS_H

#include "program/program.h"

typedef enum Thing {
    THING_SIGNATURE, /* of a function: decorators, parameters, what it returns; by qualified name */
    THING_BODY,      /* what it calls, and does with its parameters */
    THING_CLASS,     /* bases and decorators */
    THING_MEMBER,    /* of a class */
    THING_EXPORT,    /* a name of a module */
    THING_STARS,     /* what a module imports whole */
    THING_HEIRS,     /* the classes with a base of that last name, in all files */
    THING_MODULE,    /* where a module of that name is */
    THING_TEXT,      /* the file, byte for byte */
    THING_IMPORTS,   /* what a module surely imports, and whether it compiles */
    THING_COROUTINES, /* the coroutine functions of that name, in all files */
} Thing;

/* Records from now on. Without it the functions below do nothing. */
void basis_start(Program *program);

void rests_on_function(Program *program, Thing thing, Ref function); /* THING_SIGNATURE or THING_BODY */
void rests_on_class(Program *program, Ref class_);
void rests_on_member(Program *program, Ref class_, Str name);
void rests_on_export(Program *program, uint32_t file, Str name);
void rests_on_stars(Program *program, uint32_t file);
void rests_on_imports(Program *program, uint32_t file);
void rests_on_heirs(Program *program, Str name);
void rests_on_module(Program *program, uint32_t from, Str dotted);
void rests_on_text(Program *program, Str path); /* of a directory: which files are in it and below */

/* The trail from a mark on becomes a node; 0: it is empty. */
uint32_t basis_mark(const Program *program);
uint32_t basis_node(Program *program, uint32_t mark);
/* Pushes a node; 0 is nothing. */
void rests_on_node(Program *program, uint32_t node);
/* A node to be filled later: others may rest on it before. */
uint32_t basis_promise(Program *program);
void basis_keep(Program *program, uint32_t node, uint32_t mark);

/* All things that the trail leads to, ascending, each once; the trail is empty then. In the arena. */
typedef struct ThingList {
    uint32_t *items;
    uint32_t count;
} ThingList;
ThingList basis_collect(Program *program, Arena *arena);

/* The order of ids, for qsort and bsearch. */
int thing_compare(const void *a, const void *b);

/* ---- Of a file, from one run to the next ---- */

typedef struct ThingValue {
    uint32_t id;
    uint32_t order; /* ascending by id and order: equal ids are told apart */
    uint64_t value; /* hash of what it is */
} ThingValue;

typedef struct ThingTable {
    ThingValue *items;
    uint32_t count;
} ThingTable;

/* All things of a Summary, by id. Where they stand in the text makes no difference. `path` as the cache has it. */
ThingTable things_of(const Summary *summary, Str path, Arena *arena);
/* The ids that are not the same in both; pushed to `out`. */
typedef struct ThingSet {
    ARRAY(uint32_t) items;
} ThingSet;
void things_changed(const ThingTable *before, const ThingTable *after, Arena *arena, ThingSet *out);
/* What a file that appears or goes away changes: where modules are. */
void things_of_place(Str path, Arena *arena, ThingSet *out);
/* That something derives from a class of that name, or does not. */
uint32_t thing_of_heirs(Str name);
/* That a coroutine function of that name is somewhere, or is not any more: by outlook_name (facts/outlook.h). */
uint32_t thing_of_coroutines(uint32_t name);
/* That its text is another one. */
uint32_t thing_of_text(Str path);

#endif
