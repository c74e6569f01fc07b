/* The walk by tree-sitter's public cursor: for builds with a system runtime, and to check the quick one against. */
#include "python/tree_internal.h"

static Visit visit_of(const TSTreeCursor *cursor)
{
    TSNode node = ts_tree_cursor_current_node(cursor);
    return (Visit){
        .symbol = ts_node_symbol(node),
        .field = ts_tree_cursor_current_field_id(cursor),
        .begin = ts_node_start_byte(node),
        .end = ts_node_end_byte(node),
        .is_missing = ts_node_is_missing(node),
        .has_error = ts_node_has_error(node),
    };
}

static void close_current(Flat *flat, const TSTreeCursor *cursor)
{
    Visit visit = visit_of(cursor);
    if (!flat_sees_through(flat, &visit))
        flat_close(flat);
}

void walk_cursor(Flat *flat, const TSTree *tree)
{
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    for (;;) {
        Visit visit = visit_of(&cursor);
        Open open = flat_open(flat, &visit);
        if (open != OPEN_NOT && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        if (open == OPEN_NODE)
            flat_close(flat);
        while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
            if (!ts_tree_cursor_goto_parent(&cursor))
                return;
            close_current(flat, &cursor);
        }
    }
}
