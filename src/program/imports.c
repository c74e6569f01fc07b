#include "program/imports.h"

#include <fcntl.h>
#include <unistd.h>

#include "port/directory.h"
#include "program/ask.h"
#include "program/basis.h"
#include "program/types_internal.h"
#include "python/names.h"

enum { VISITED_MOST = 64 /* modules behind `import *`; what lies beyond them may have any name */ };

typedef struct Importer {
    const Module *module;
    Program *program;
    const Files *files;
    uint32_t file;
    ScanOf *scan_of;
    void *context;
} Importer;

static Str key_of(const Importer *im, uint32_t file)
{
    return im->files->path(im->files->context, file);
}

static bool is_of_project(const Importer *im, uint32_t file)
{
    return file < im->files->project_count;
}

static bool text_has(Str text, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = text.p, *end = text.p + text.n; (p = memchr(p, word[0], (size_t)(end - p))) != NULL; p++) {
        if ((size_t)(end - p) < n)
            return false;
        if (memcmp(p, word, n) == 0)
            return true;
    }
    return false;
}

/* ---- Which module ---- */

static bool is_package(Str key)
{
    return str_is(str_slice(key, key.n < 11 ? 0 : key.n - 11, key.n), "__init__.py");
}

static Str place_of(const Importer *im, uint32_t file)
{
    return im->files->place(im->files->context, file);
}

/* The directory below which the file goes by the dotted name; empty: it does not. */
static Str root_of(const Importer *im, uint32_t file, Str dotted)
{
    Str place = place_of(im, file);
    if (place.n < dotted.n + 2 || place.p[place.n - dotted.n - 1] != '/')
        return STR("");
    for (uint32_t i = 0; i < dotted.n; i++) {
        if (place.p[place.n - dotted.n + i] != (dotted.p[i] == '.' ? '/' : dotted.p[i]))
            return STR("");
    }
    return str_slice(place, 0, place.n - dotted.n - 1);
}

static bool is_below(Str path, Str directory)
{
    return path.n > directory.n && str_starts(path, directory) && path.p[directory.n] == '/';
}

/* Whether the tables have rows of that library. */
static bool is_library(Str top)
{
    size_t low = 0, high = all_apis_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(api_name(&all_apis[middle]), top) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < all_apis_count && str_starts(api_name(&all_apis[low]), top); low++) {
        Str name = api_name(&all_apis[low]);
        if (name.n == top.n || name.p[top.n] == '.')
            return true;
    }
    return false;
}

static bool holds_any(Arena *arena, Str directory, const char *const *names)
{
    for (; *names; names++) {
        Str path = arena_printf(arena, "%.*s/%s", STR_ARG(directory), *names);
        if (access(path.p, F_OK) == 0)
            return true;
    }
    return false;
}

/* Whether programs are surely started with the directory on their search path: what they are installed or started with lies there, or it
 * is the `src` of such a one. A directory of a namespace package looks like a root as well. */
static bool is_search_root(Str directory)
{
    static const char *const marks[] = { "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "manage.py", "Pipfile", "tox.ini",
        "pytest.ini", "alembic.ini", "Dockerfile", ".git", ".gitignore", NULL };
    static const char *const sources[] = { "/src", "/lib", "/python", NULL };
    Arena arena;
    arena_init(&arena);
    bool is_root = holds_any(&arena, directory, marks);
    for (const char *const *name = sources; *name && !is_root; name++)
        is_root = str_ends(directory, str_of(*name)) &&
                  holds_any(&arena, str_slice(directory, 0, directory.n - (uint32_t)strlen(*name)), marks);
    arena_release(&arena);
    return is_root;
}

/* `a.a`: what a module written in Rust is called in its package unless it is told otherwise; it comes before a source of that name. */
static bool may_be_extension(const Importer *im, uint32_t file)
{
    Str place = place_of(im, file);
    uint32_t slash = str_find_last(place, '/');
    Str directory = str_slice(place, 0, slash), tail = str_slice(place, slash, place.n);
    return slash < place.n && !is_package(key_of(im, file)) && str_ends(directory, tail);
}

/* Whether an absolute name is that file and no other when the program runs: both are of one top package, or the file is the only one
 * of its name in the project, above the importing one, and what no library has. */
static bool is_sure(const Importer *im, uint32_t file, Str dotted)
{
    Str root = root_of(im, file, dotted), own = place_of(im, im->file), top = str_slice(dotted, 0, str_find(dotted, '.'));
    if (!root.n || is_stdlib_module(top) || !is_below(own, root) || !is_search_root(root))
        return false;
    uint32_t package = module_find(im->program, im->file, top);
    bool is_regular = package != NO_FILE && is_of_project(im, package) && str_equal(root_of(im, package, top), root);
    bool is_inside = is_below(own, str_slice(place_of(im, file), 0, root.n + 1 + top.n));
    if (!is_regular && (is_library(top) || !is_inside))
        return false;
    return is_inside || (!is_library(top) && im->files->only(im->files->context, file, dotted) &&
                            !text_has(im->module->source.text, "sys.path"));
}

/* ---- What a module binds ---- */

/* What makes names in a module as it runs, or puts another object into its place. */
static bool makes_names(const Importer *im, uint32_t file)
{
    static const char *const words[] = { "globals(", "locals(", "vars(", "exec(", "execfile(", "setattr(", "__dict__", "__path__",
        "__builtins__", "sys.modules", "modules[", "_convert", "global_enum", "initpkg", "lazy_loader", NULL };
    rests_on_text(im->program, key_of(im, file));
    const Scan *scan = im->scan_of(im->context, program_file(im->program, file)->path);
    if (!scan)
        return true;
    for (const char *const *word = words; *word; word++) {
        if (text_has(scan->source->text, *word))
            return true;
    }
    return false;
}

typedef struct Visited {
    uint32_t files[VISITED_MOST];
    uint32_t count;
} Visited;

/* False: there are too many. */
static bool visit(Visited *visited, uint32_t file)
{
    for (uint32_t i = 0; i < visited->count; i++) {
        if (visited->files[i] == file)
            return true;
    }
    if (visited->count == VISITED_MOST)
        return false;
    visited->files[visited->count++] = file;
    return true;
}

/* The modules that it imports whole. False: they are not all known. */
static bool visit_stars(const Importer *im, uint32_t file, const Summary *s, Visited *visited)
{
    rests_on_stars(im->program, file);
    for (uint32_t i = 0; i < s->stars.count; i++) {
        const Term *star = term_at(&s->terms, s->stars.items[i]);
        Str name = star->op == TERM_NAME ? terms_text_of(&s->terms, star->a) : STR("");
        uint32_t from = name.n ? module_find(im->program, file, name) : (uint32_t)NO_FILE;
        if (from == NO_FILE || !is_of_project(im, from) || !visit(visited, from))
            return false;
    }
    return true;
}

/* Whether a statement of the module binds the name, or may; of those whose names it has by `import *` as well. */
static bool may_bind(const Importer *im, uint32_t file, Str name)
{
    Visited visited = { .files = { file }, .count = 1 };
    for (uint32_t i = 0; i < visited.count; i++) {
        uint32_t at = visited.files[i];
        if (module_export(im->program, at, name) || module_export(im->program, at, STR("__getattr__")))
            return true;
        const Summary *s = program_load(im->program, at);
        if (!s || s->is_stub || (i && (s->traits & TRAIT_BROKEN)) || !visit_stars(im, at, s, &visited))
            return true;
    }
    for (uint32_t i = 0; i < visited.count; i++) {
        if (makes_names(im, visited.files[i]))
            return true;
    }
    return false;
}

/* ---- What a package holds ---- */

typedef struct Wanted {
    Str name;
    bool is_there;
} Wanted;

static void see_entry(void *context, Str entry, EntryKind kind)
{
    Wanted *wanted = context;
    (void)kind;
    wanted->is_there |= str_starts(entry, wanted->name) && (entry.n == wanted->name.n || entry.p[wanted->name.n] == '.');
}

/* Whether the package's directory has anything of that name: a directory, an extension. True when it cannot be read. */
static bool is_on_disk(const Importer *im, uint32_t package, Str name)
{
    Arena arena;
    arena_init(&arena);
    Str path = program_file(im->program, package)->path;
    Str directory = path.n > 12 ? arena_copy(&arena, str_slice(path, 0, path.n - 12)) : STR(".");
    Wanted wanted = { name, false };
    int descriptor = open(directory.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_read = descriptor >= 0 && directory_visit(descriptor, arena_alloc(&arena, DIRECTORY_BUFFER), see_entry, &wanted);
    if (descriptor >= 0)
        close(descriptor);
    Str key = key_of(im, package);
    rests_on_text(im->program, arena_printf(&arena, "%.*s%.*s", STR_ARG(str_slice(key, 0, key.n - 11)), STR_ARG(name)));
    arena_release(&arena);
    return !is_read || wanted.is_there;
}

static bool is_called(const Module *module, NameId name)
{
    const Tree *tree = &module->tree;
    for (uint32_t id = 1; id + 1 < tree->count; id++) {
        const TreeNode *callee = &tree->nodes[id + 1];
        if (tree->nodes[id].kind == PY_CALL && callee->kind == PY_IDENTIFIER && callee->name == name)
            return true;
    }
    return false;
}

/* Whether the name could be that of a module, which may be generated when the program is installed. */
static bool may_be_module(const Importer *im, Str name, NameId bound)
{
    if (str_ends(name, STR("_pb2")) || str_ends(name, STR("_pb2_grpc")))
        return true;
    for (uint32_t i = 0; i < name.n; i++) {
        if (name.p[i] >= 'A' && name.p[i] <= 'Z')
            return false;
    }
    return !is_called(im->module, bound);
}

/* ---- One import ---- */

static bool is_missing(const Importer *im, uint32_t file, Str name, NameId bound)
{
    if (str_starts(name, STR("__")) || module_export(im->program, file, name))
        return false;
    if (is_package(key_of(im, file))) {
        Str inner = arena_printf(im->module->arena, ".%.*s", STR_ARG(name));
        if (module_find(im->program, file, inner) != NO_FILE || may_be_module(im, name, bound) || is_on_disk(im, file, name))
            return false;
    }
    return !may_bind(im, file, name);
}

static bool lacks_names(const Importer *im, uint32_t file, Node statement)
{
    for (Node n = node_field(statement, F_NAME); n.id; n = node_next_same(n)) {
        bool is_aliased = node_kind(n) == PY_ALIASED_IMPORT;
        Node name = node_first(is_aliased ? node_field(n, F_NAME) : n), bound = is_aliased ? node_field(n, F_ALIAS) : name;
        if (is_missing(im, file, node_text(name), node_data(bound)->name))
            return true;
    }
    return false;
}

/* The file of the module that the statement imports from, when it is a source of the project; else NO_FILE. */
static uint32_t find_module(const Importer *im, Str dotted)
{
    bool is_relative = dotted.n && dotted.p[0] == '.';
    Str top = str_slice(dotted, 0, str_find(dotted, '.'));
    if (!is_relative) {
        rests_on_module(im->program, im->file, dotted);
        if (!im->files->has(im->files->context, top))
            return NO_FILE;
    }
    uint32_t file = dotted.n ? module_find(im->program, im->file, dotted) : (uint32_t)NO_FILE;
    if (file == NO_FILE || !is_of_project(im, file) || file == im->file)
        return NO_FILE;
    bool names_package = is_relative && dotted.p[dotted.n - 1] == '.';
    const Summary *s = !names_package || is_package(key_of(im, file)) ? program_load(im->program, file) : NULL;
    return s && !s->is_stub ? file : (uint32_t)NO_FILE;
}

static bool statement_fails(const Importer *im, Node statement)
{
    Str dotted = star_import_module(im->module, statement.id);
    uint32_t file = find_module(im, dotted);
    if (file == NO_FILE || node_is_dead(statement))
        return false;
    bool is_broken = program_file(im->program, file)->traits & (TRAIT_BROKEN | TRAIT_REFUSED);
    if (is_broken)
        rests_on_text(im->program, key_of(im, file));
    if (may_be_extension(im, file))
        return false;
    if (!is_broken && !lacks_names(im, file, statement))
        return false;
    return (dotted.p[0] == '.' || is_sure(im, file, dotted)) && !text_has(im->module->source.text, "sys.modules");
}

bool import_fails(const Module *module, ScanOf *scan_of, void *context)
{
    Node root = node_at(module, 1);
    Program *program = ask_program(root);
    Importer im = { module, program, program->lent, ask_file(root), scan_of, context };
    if (!im.files || !is_of_project(&im, im.file) || str_ends(module->source.path, STR(".pyi")))
        return false;
    for (Node n = node_first(root); n.id; n = node_next(n)) {
        if (node_kind(n) == PY_IMPORT_FROM_STATEMENT && statement_fails(&im, n))
            return true;
    }
    return false;
}
