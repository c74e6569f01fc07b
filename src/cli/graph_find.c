/* Which functions a word on the command line means. */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/graph.h"
#include "port/io.h"

Str graph_qualname(const Graph *graph, Ref function)
{
    return terms_text_of(
        &program_file(graph->program, function.file)->terms, program_function(graph->program, function)->qualname);
}

Str graph_path(const Graph *graph, Ref function)
{
    return program_file(graph->program, function.file)->path;
}

Str graph_name(const Graph *graph, Ref function)
{
    const Files *files = graph->program->lent;
    Str module = files->name(files->context, function.file);
    return arena_printf(graph->arena, "%.*s.%.*s", STR_ARG(module), STR_ARG(graph_qualname(graph, function)));
}

/* ---- By name ---- */

static bool ends_with_part(Str text, Str end, char border)
{
    return str_ends(text, end) && (text.n == end.n || text.p[text.n - end.n - 1] == border);
}

/* A lambda goes by its line, what typing.overload marks by the function behind it. */
static bool has_name(const FunctionSummary *f)
{
    return !(f->flags & (FUNCTION_LAMBDA | FUNCTION_OVERLOAD));
}

typedef bool Wanted(const Graph *graph, Ref function, const void *context);

/* The functions with a name in the files that were asked for; those of stubs when `stubs`. */
static void each_function(const Graph *graph, bool stubs, Wanted *wanted, const void *context, Refs *out)
{
    const FileList *list = &graph->around->survey.list;
    for (uint32_t file = 0; file < list->files.count; file++) {
        const WalkFile *listed = &list->files.items[file];
        const Summary *summary =
            listed->is_asked && listed->problem == WALK_OK ? program_load(graph->program, file) : NULL;
        if (!summary || summary->is_stub != stubs)
            continue;
        for (uint32_t i = 0; i < summary->functions.count; i++) {
            Ref ref = { file, i };
            if (has_name(&summary->functions.items[i]) && wanted(graph, ref, context))
                *array_push(graph->arena, out) = ref;
        }
    }
}

/* "libs.metrics.src.acme.metrics.timer.tick": what its path says, where a package without `__init__` ends the name of its module. */
static Str name_by_path(const Graph *graph, Ref function)
{
    Str path = graph_path(graph, function);
    uint32_t dot = str_find_last(path, '.');
    Str module = str_slice(path, 0, dot);
    if (ends_with_part(module, STR("__init__"), '/') && module.n > strlen("/__init__"))
        module.n -= (uint32_t)strlen("/__init__");
    Str qualname = graph_qualname(graph, function);
    char *name = arena_alloc(graph->arena, module.n + 1 + qualname.n);
    for (uint32_t i = 0; i < module.n; i++)
        name[i] = module.p[i] == '/' ? '.' : module.p[i];
    name[module.n] = '.';
    memcpy(name + module.n + 1, qualname.p, qualname.n);
    return (Str){ name, module.n + 1 + qualname.n };
}

typedef struct Pattern {
    Str path; /* empty: any */
    Str name;
} Pattern;

static bool is_meant(const Graph *graph, Ref function, const void *context)
{
    const Pattern *pattern = context;
    if (pattern->path.n)
        return ends_with_part(graph_path(graph, function), pattern->path, '/') &&
               ends_with_part(graph_qualname(graph, function), pattern->name, '.');
    /* Most names are told by their last part, without a text to be made. */
    Str qualname = graph_qualname(graph, function), name = pattern->name;
    if (qualname.n >= name.n)
        return ends_with_part(qualname, name, '.');
    return str_ends(name, qualname) && (ends_with_part(graph_name(graph, function), name, '.') ||
                                           ends_with_part(name_by_path(graph, function), name, '.'));
}

/* ---- By a line ---- */

static Module *read_module(Arena *arena, Arena *scratch, Str path)
{
    Str bytes;
    uint64_t size;
    Source source;
    if (io_read_file(arena, path.p, true, UINT64_C(256) << 20, &bytes, &size) != READ_OK)
        return NULL;
    source_init(&source, arena, path, bytes);
    Module *module = module_new(arena, scratch, &source, 0);
    module_bind(module);
    return module;
}

/* The innermost function with a name around a line; UINT32_MAX: none. */
static uint32_t function_at_row(Module *module, uint32_t row)
{
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < module->functions.count; i++) {
        const Function *f = module->functions.items[i];
        Node n = node_at(module, f->first_decorator ? f->first_decorator : f->node);
        bool begins = scan_place(&module->scan, node_begin(n)).row <= row,
             ends = scan_place(&module->scan, node_end(n)).row < row;
        if (f->name && begins && !ends)
            found = i; /* functions inside come later */
    }
    return found;
}

static void find_by_row(const Graph *graph, Str path, uint32_t row, Refs *out)
{
    const FileList *list = &graph->around->survey.list;
    for (uint32_t file = 0; file < list->files.count; file++) {
        const WalkFile *listed = &list->files.items[file];
        if (!listed->is_asked || listed->problem != WALK_OK || !ends_with_part(listed->path, path, '/'))
            continue;
        Arena arena, scratch;
        arena_init(&arena);
        arena_init(&scratch);
        Module *module = read_module(&arena, &scratch, listed->path);
        uint32_t number = module ? function_at_row(module, row) : UINT32_MAX;
        const Summary *summary = program_load(graph->program, file);
        if (summary && number < summary->functions.count)
            *array_push(graph->arena, out) = (Ref){ file, number };
        arena_release(&scratch);
        arena_release(&arena);
    }
}

/* ---- By import ---- */

static Str next_part(Str *dotted)
{
    uint32_t dot = str_find(*dotted, '.');
    Str part = str_slice(*dotted, 0, dot);
    *dotted = dot < dotted->n ? str_slice(*dotted, dot + 1, dotted->n) : STR("");
    return part;
}

/* What `names`, dotted, is in a module. */
static TypeId member_of(Program *program, uint32_t file, Str names)
{
    TypeId type;
    if (!program_load(program, file) || !module_member(program, file, next_part(&names), &type))
        return 0;
    while (names.n && type)
        type = type_attribute(program, type, next_part(&names));
    return type;
}

/* The functions that a name stands for where it is imported: those of libraries, and what packages hand on. */
static void find_by_import(const Graph *graph, Str word, Refs *out)
{
    Program *program = graph->program;
    TypeId type = 0;
    for (uint32_t dot = str_find_last(word, '.'); dot > 0 && dot < word.n && !type;) {
        uint32_t file = program->lent->find(program->lent->context, 0, str_slice(word, 0, dot));
        if (file != NO_FILE)
            type = member_of(program, file, str_slice(word, dot + 1, word.n));
        uint32_t before = str_find_last(str_slice(word, 0, dot), '.');
        dot = before < dot ? before : word.n;
    }
    Type found = type_get(program, type);
    for (uint32_t i = 0; i < found.count; i++) {
        if (found.atoms[i].kind == ATOM_FUNCTION && found.atoms[i].is_project)
            *array_push(graph->arena, out) = found.atoms[i].ref;
    }
}

void graph_find(const Graph *graph, Str word, Refs *out)
{
    uint32_t colon = str_find_last(word, ':');
    Str path = colon < word.n ? str_slice(word, 0, colon) : STR("");
    Str name = colon < word.n ? str_slice(word, colon + 1, word.n) : word;
    bool is_row = path.n && name.n && name.p[0] >= '0' && name.p[0] <= '9';
    if (is_row) {
        find_by_row(graph, path, (uint32_t)strtoul(name.p, NULL, 10), out);
        return;
    }
    Pattern pattern = { path, name };
    each_function(graph, false, is_meant, &pattern, out);
    if (!out->count)
        each_function(graph, true, is_meant, &pattern, out);
    if (!out->count && !path.n && graph->around->survey.list.files.count)
        find_by_import(graph, word, out);
}

/* ---- None ---- */

static bool is_any(const Graph *graph, Ref function, const void *context)
{
    (void)graph, (void)function, (void)context;
    return true;
}

static uint32_t count_parts(Str dotted)
{
    uint32_t parts = 1;
    for (uint32_t i = 0; i < dotted.n; i++)
        parts += dotted.p[i] == '.';
    return parts;
}

/* The last parts of a dotted name. */
static Str last_parts(Str dotted, uint32_t parts)
{
    uint32_t begin = dotted.n;
    while (begin > 0 && (dotted.p[begin - 1] != '.' || --parts > 0))
        begin--;
    return str_slice(dotted, begin, dotted.n);
}

/* The first of the functions whose last parts are the nearest to those of the word. */
static bool nearest(const Graph *graph, const Refs *all, Str word, uint32_t parts, Ref *found)
{
    const char **names = arena_array(graph->arena, const char *, all->count + 1);
    for (uint32_t i = 0; i < all->count; i++)
        names[i] = last_parts(graph_name(graph, all->items[i]), parts).p;
    const char *name = str_nearest(word, names, all->count);
    for (uint32_t i = 0; name && i < all->count; i++) {
        if (names[i] == name) {
            *found = all->items[i];
            return true;
        }
    }
    return false;
}

int graph_say_nothing(const Graph *graph, Str word)
{
    const Api *api = program_api(graph->program, word);
    if (api && api->hazard != HAZARD_NONE)
        return cli_fail("%s is known by a table of awry, and blocks: %s; --no-library-tables looks into the source",
            api->name, hazard_text((Hazard)api->hazard));
    Refs all = { 0 };
    Ref found;
    each_function(graph, false, is_any, NULL, &all);
    uint32_t colon = str_find_last(word, ':');
    Str name = colon < word.n ? str_slice(word, colon + 1, word.n) : word;
    uint32_t parts = count_parts(name);
    if (colon < word.n && name.n && name.p[0] >= '0' && name.p[0] <= '9')
        return cli_fail("no function around %.*s", STR_ARG(word));
    if (nearest(graph, &all, name, parts, &found) || nearest(graph, &all, last_parts(name, 1), 1, &found))
        return cli_fail(
            "no function is called \"%.*s\"; did you mean \"%.*s\"?", STR_ARG(word), STR_ARG(graph_name(graph, found)));
    return cli_fail("no function is called \"%.*s\"", STR_ARG(word));
}
