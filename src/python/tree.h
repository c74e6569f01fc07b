/* The tree: tree-sitter's result flattened once into an array, in preorder, with true offsets.
 *
 * Nodes are the grammar's named nodes; punctuation and keywords are left out, but for operators (they have a field of
 * their own) and what a flag can say (`async`, `from`, ...). Node 0 is the null node; node 1 is the module. A node's
 * descendants are the nodes behind it up to `after`, so the first child of n is n + 1 when n + 1 < after, and the next
 * sibling is `after` when the parent reaches that far. Comments are not in the tree.
 *
 * Where the grammar is known to differ from Python's own `ast`, the tree is mended while it is made: see tree.c.
 * A string without replacement fields is a leaf; one with fields has them (PY_INTERPOLATION) as children, and the fields
 * inside a format specifier are siblings behind the field they format. */
#ifndef AWRY_PYTHON_TREE_H
#define AWRY_PYTHON_TREE_H

#include "base/map.h"
#include "kinds.h" /* generated: PyKind, PyField */
#include "python/scan.h"

enum {
    NODE_ASYNC = 1,    /* def, with, for, comprehension's for: has `async` before it */
    NODE_FROM = 2,     /* yield: `yield from`; raise: has a cause */
    NODE_STAR = 4,     /* except clause: `except*` */
    NODE_DEFAULT = 8,  /* child of type_parameter: the default of the parameter before it (PEP 696) */
    NODE_MISSING = 16, /* the parser made it up; zero wide */
    NODE_BROKEN = 32,  /* an ERROR or missing node stands somewhere below, or it is one itself */
};

typedef struct TreeNode {
    uint16_t kind; /* PyKind */
    uint8_t field; /* PyField that it has in its parent, F_NONE when none */
    uint8_t flags;
    uint32_t parent;
    uint32_t after; /* the first node behind its subtree */
    uint32_t begin; /* bytes of source->text */
    uint32_t end;
    NameId name; /* of an identifier: its text; else 0 */
} TreeNode;

typedef struct Tree {
    TreeNode *nodes;
    uint32_t count; /* nodes 1 .. count - 1 are there */
    ARRAY(Trouble) troubles; /* grammar errors, in order of place */
    double flatten_seconds;  /* CPU time of the flattening, a part of tree_init's */
} Tree;

typedef enum TreeStatus {
    TREE_OK,      /* with or without syntax errors */
    TREE_REFUSED, /* the scan refused the text; the tree has one node, an empty module */
    TREE_LATE,    /* the deadline came; likewise */
} TreeStatus;

/* Parses the compacted text and flattens it into the arena; identifiers go to `names`. The parser's own memory comes from
 * `scratch`, which is cleared before and after (it must be guarded as the arena is). `deadline` is a time of clock_wall;
 * 0: none. */
TreeStatus tree_init(Tree *tree, Arena *arena, Arena *scratch, const Scan *scan, Names *names, double deadline);

/* Once per process before the first parse: sets the parser's allocator. */
void tree_setup(void);

/* For other grammars than Python's: from here on the runtime takes memory of this thread from `arena`, which is dropped whole;
 * NULL: not any more. Not during tree_init. */
void tree_memory(Arena *arena);

/* Cookie for the cache and `--version`: versions of runtime and grammar. */
const char *tree_versions(void);

#endif
