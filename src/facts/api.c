#include "facts/api.h"

#include "python/names.h"

const Api *api_find(Str qualified)
{
    size_t low = 0, high = all_apis_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(str_of(all_apis[middle].name), qualified);
        if (order == 0)
            return &all_apis[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The name that a chain of attributes ends in; a null node when it ends in something else, or is very long. */
static Node chain_start(Node n)
{
    for (int links = 0; node_kind(n) == PY_ATTRIBUTE && links < 32; links++)
        n = node_first(n);
    return node_kind(n) == PY_IDENTIFIER ? n : (Node){ n.module, 0 };
}

/* A name that nothing in the module binds can come from a star import; that it does is certain only of the last one, which
 * overrules the others, and only when the table says that its module has the name. */
static const Api *from_star_import(Node callee)
{
    const Module *module = callee.module;
    Node start = chain_start(callee);
    if (!start.id || !module->star_imports.count || scope_resolve(node_scope(start), module, node_data(start)->name))
        return NULL;
    Str name = node_text(callee);
    if (str_starts(name, STR("_")))
        return NULL;
    Str from = star_import_module(module, module->star_imports.items[module->star_imports.count - 1]);
    return api_find(arena_printf(module->arena, "%.*s.%.*s", STR_ARG(from), STR_ARG(name)));
}

const Api *api_called(Node call)
{
    if (node_kind(call) != PY_CALL)
        return NULL;
    Node callee = node_unparenthesized(node_field(call, F_FUNCTION));
    Target target = target_of(callee);
    if (target.kind == TARGET_EXTERNAL)
        return api_find(target.qualified);
    return target.kind == TARGET_UNKNOWN ? from_star_import(callee) : NULL;
}
