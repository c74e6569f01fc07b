/* awry graph: shared by the files that find functions, ask about them and show the answers. */
#ifndef AWRY_CLI_GRAPH_H
#define AWRY_CLI_GRAPH_H

#include "cli/around.h"
#include "program/callers.h"

enum {
    GRAPH_FUNCTIONS = 10, /* at most so many functions are shown */
    GRAPH_CALLERS = 10,   /* and so many callers of each, unless all are wanted */
};

typedef struct Graph {
    Around *around;
    Program *program;
    Arena *arena;
    Callers *callers;
    bool shows_all;
} Graph;

typedef ARRAY(Ref) Refs;

/* The functions of the files that were asked for which `word` means: a qualified name or the end of one ("shop.store.Store.flush",
 * "Store.flush"), or one in a file, whose path may be cut in front: by name ("store.py:Store.flush") or by a line of it
 * ("store.py:12"). By path and place. When there is none, what the word is where it is imported, in a library too
 * ("requests.get"). */
void graph_find(const Graph *graph, Str word, Refs *out);

/* The message for a word that means no function, with those whose names are near. EXIT_UNABLE. */
int graph_say_nothing(const Graph *graph, Str word);

/* "shop.store.Store.flush" */
Str graph_name(const Graph *graph, Ref function);
/* "Store.flush" */
Str graph_qualname(const Graph *graph, Ref function);
Str graph_path(const Graph *graph, Ref function);

/* The whole way: "handler → load → Store.flush". */
Str graph_way(const Graph *graph, const CallerWay *way);

/* The call of a way or of something handed on; of a way without one the function itself. */
AroundLine graph_call_line(const Graph *graph, Ref from, uint32_t call);

/* What is done with something that is handed on: "sends it to a thread". */
const char *graph_handed_words(ArgumentFate fate);

/* "sync", ... */
const char *graph_colour(const Graph *graph, Ref function);

void graph_show(const Graph *graph, const Refs *functions, bool color);
void graph_write_json(const Graph *graph, const Refs *functions);

#endif
