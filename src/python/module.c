#include "python/module.h"

Module *module_scan(Arena *arena, const Source *source)
{
    return module_scan_apart(arena, arena, source);
}

void module_forget_text(Module *module)
{
    module->scan.compact = STR("");
    module->scan.runs.items = NULL;
    module->scan.runs.count = module->scan.runs.reserve = 0;
}

Module *module_scan_apart(Arena *arena, Arena *parser, const Source *source)
{
    Module *module = arena_new(arena, Module);
    module->arena = arena;
    module->source = *source;
    names_init(&module->names, arena);
    scan_init_apart(&module->scan, arena, parser, &module->source);

    module->tree.nodes = arena_array(arena, TreeNode, 2);
    module->tree.count = 2;
    module->tree.nodes[1] = (TreeNode){ .kind = PY_MODULE, .after = 2, .end = source->text.n };
    return module;
}

TreeStatus module_parse(Module *module, Arena *scratch, double deadline)
{
    enum { BYTES_A_NAME = 40 }; /* Home Assistant: 47 bytes of text for each different name, 30 in small files */
    names_expect(&module->names, module->scan.compact.n / BYTES_A_NAME);
    module->status = tree_init(&module->tree, module->arena, scratch, &module->scan, &module->names, deadline);
    return module->status;
}

Module *module_new(Arena *arena, Arena *scratch, const Source *source, double deadline)
{
    Module *module = module_scan(arena, source);
    module_parse(module, scratch, deadline);
    return module;
}
