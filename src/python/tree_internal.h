/* What the parts of the tree share: parse.c (the parser and its memory), walk_*.c (tree-sitter's tree in order), tree.c
 * (the flat array, mended). */
#ifndef AWRY_PYTHON_TREE_INTERNAL_H
#define AWRY_PYTHON_TREE_INTERNAL_H

#include <tree_sitter/api.h>

#include "python/tree.h"

/* One node of tree-sitter's tree, as a walk meets it. */
typedef struct Visit {
    TSSymbol symbol; /* the public one, aliases applied; (TSSymbol)-1 for an ERROR */
    TSFieldId field;
    uint32_t begin, end; /* bytes of the compacted text */
    bool is_missing;
    bool has_error;
} Visit;

/* Where a walk puts what it meets; defined in tree.c. */
typedef struct Flat Flat;

typedef enum Open {
    OPEN_NOT,     /* neither the node nor its children are wanted */
    OPEN_NODE,    /* its children are wanted, and flat_close follows */
    OPEN_THROUGH, /* its children are wanted as if they stood in its place: no flat_close */
} Open;

/* A visible node begins. */
Open flat_open(Flat *flat, const Visit *visit);
/* Whether flat_open would say OPEN_THROUGH: parentheses that the scan made up. */
bool flat_sees_through(Flat *flat, const Visit *visit);
/* The innermost open node ends. */
void flat_close(Flat *flat);
/* A visible node without children, neither missing nor broken: flat_open and flat_close in one. */
void flat_leaf(Flat *flat, const Visit *visit);

/* Walks the tree in order. The quick one knows the runtime's own data structures and is there when the build has the
 * runtime's source (AWRY_TS_INTERNALS); the other one uses the public cursor. Both meet the same nodes: a test compares
 * them. Neither recurses. */
void walk_subtrees(Flat *flat, Arena *scratch, const TSTree *tree); /* defined with AWRY_TS_INTERNALS only */
void walk_cursor(Flat *flat, const TSTree *tree);

/* The tree of the scan's compacted text, its memory in `scratch`; NULL when the deadline came. It is never deleted: the
 * arena is cleared. Until parse_done the runtime takes memory from `scratch`. */
TSTree *parse_text(Arena *scratch, Str text, double deadline);
void parse_done(void);

/* Who parses, and who walks over what was parsed. */
typedef enum TreeWay {
    TREE_BY_CURSOR,   /* tree-sitter, walk_cursor */
    TREE_BY_SUBTREES, /* tree-sitter, walk_subtrees */
    TREE_BY_LR,       /* lr_parse, and tree-sitter where that gives up */
} TreeWay;

/* tree_init by a given way, for the test that compares them. */
TreeStatus tree_init_by(TreeWay way, Tree *tree, Arena *arena, Arena *scratch, const Scan *scan, Names *names, double deadline);

#endif
