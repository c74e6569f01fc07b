#include "program/imports.h"

#include "program/ask.h"
#include "program/basis.h"
#include "program/import_places.h"
#include "program/types_internal.h"
#include "python/names.h"

enum {
    VISITED_MOST = 64, /* modules behind `import *`; what lies beyond them may have any name */
    ASKED_MOST = 64,   /* modules whose imports are looked at for one file */
    IMPORTS_MOST = 256, /* imports of one of them that are looked at */
};

typedef enum Fate { FATE_OPEN, FATE_RUNS, FATE_FAILS } Fate;

/* What is known of files as modules that others import. */
typedef struct Answer {
    uint8_t fate;
    uint32_t node; /* what it rests on */
} Answer;

struct Stranded {
    Answer *answers; /* by file of the project */
};

typedef struct Search {
    Importer importer;
    uint32_t asked;  /* modules whose imports have been looked at */
    bool is_further; /* the importer is one of those: its imports are not followed */
} Search;

/* ---- What a module binds ---- */

/* What makes names in a module as it runs, or puts another object into its place. */
static bool makes_names(const Importer *im, uint32_t file)
{
    static const char *const words[] = { "globals(", "locals(", "vars(", "exec(", "execfile(", "setattr(", "__dict__", "__path__",
        "__builtins__", "sys.modules", "modules[", "_convert", "global_enum", "initpkg", "lazy_loader", NULL };
    return file_mentions(im, file, words);
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
        if (from == NO_FILE || !is_project_file(im, from) || !visit(visited, from))
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

static bool is_called(const Module *module, Str text)
{
    const Tree *tree = &module->tree;
    NameId name = names_find(&module->names, text);
    for (uint32_t id = 1; name && id + 1 < tree->count; id++) {
        const TreeNode *callee = &tree->nodes[id + 1];
        if (tree->nodes[id].kind == PY_CALL && callee->kind == PY_IDENTIFIER && callee->name == name)
            return true;
    }
    return false;
}

static bool is_in_lower_case(Str name)
{
    for (uint32_t i = 0; i < name.n; i++) {
        if (name.p[i] >= 'A' && name.p[i] <= 'Z')
            return false;
    }
    return true;
}

/* Whether the package may have a module of that name, be it made when the program is installed. `bound`: what the importing file calls it. */
static bool may_hold(const Importer *im, uint32_t package, Str name, Str bound)
{
    bool is_generated = str_ends(name, STR("_pb2")) || str_ends(name, STR("_pb2_grpc"));
    if (is_generated || is_on_disk(im, package, name))
        return true;
    bool is_no_module = !is_in_lower_case(name) || (im->module && is_called(im->module, bound));
    return !is_no_module && !package_lacks(im, package, name);
}

/* ---- One import ---- */

typedef struct Import {
    Str module, name, bound; /* name: empty of `import module`; bound: what the importing file calls it */
} Import;

static bool runs_in_vain(Search *search, uint32_t file);

/* The module of a package that a name is; NO_FILE: it is none. */
static uint32_t module_inside(const Importer *im, uint32_t package, Str name)
{
    char text[256];
    if (name.n + 1 >= sizeof text)
        return NO_FILE;
    text[0] = '.';
    memcpy(text + 1, name.p, name.n);
    return module_find(im->program, package, (Str){ text, name.n + 1 });
}

static bool lacks_name(Search *search, uint32_t file, const Import *import)
{
    const Importer *im = &search->importer;
    if (str_starts(import->name, STR("__")) || module_export(im->program, file, import->name))
        return false;
    if (!is_package_file(im, file))
        return !may_bind(im, file, import->name);
    uint32_t inner = module_inside(im, file, import->name);
    if (inner == NO_FILE)
        return !may_hold(im, file, import->name, import->bound) && !may_bind(im, file, import->name);
    bool is_other = inner != im->file && is_project_file(im, inner) && !str_ends(importer_key(im, inner), STR(".pyi"));
    return is_other && runs_in_vain(search, inner) && !may_bind(im, file, import->name);
}

static bool way_fails(Search *search, Str dotted, uint32_t target)
{
    PackageList way;
    packages_on_way(&search->importer, dotted, target, &way);
    for (uint32_t i = 0; i < way.count; i++) {
        if (way.files[i] != target && runs_in_vain(search, way.files[i]))
            return true;
    }
    return false;
}

/* Whether the file is there to be asked whoever has asked before. */
static bool is_open(const Search *search, uint32_t file)
{
    const Importer *im = &search->importer;
    if (!search->is_further || is_package_file(im, file) || im->files->is_parsed(im->files->context, file))
        return true;
    rests_on_text(im->program, importer_key(im, file));
    return false;
}

/* What the file's export of that number imports, or, behind the exports, its import without a name; empty: that is none that surely runs. */
static Str imported_text(const Summary *s, uint32_t number)
{
    bool is_nameless = number >= s->exports.count;
    if (!is_nameless && !s->exports.items[number].import)
        return STR("");
    const Term *term = term_at(&s->terms, is_nameless ? s->nameless.items[number - s->exports.count] : s->exports.items[number].term);
    return term->op == TERM_NAME ? terms_text_of(&s->terms, term->a) : STR("");
}

/* Whether a relative import of the file goes higher than the packages that it lies in below that directory. */
static bool climbs_out(const Importer *im, uint32_t file, Str root)
{
    Str place = im->files->place(im->files->context, file);
    uint32_t packages = is_package_file(im, file);
    for (uint32_t i = root.n + 1; i < place.n; i++)
        packages += place.p[i] == '/';
    const Summary *s = program_load(im->program, file);
    rests_on_imports(im->program, file);
    for (uint32_t i = 0; s && i < s->exports.count + s->nameless.count; i++) {
        if (leading_dots(imported_text(s, i)) > packages)
            return true;
    }
    return false;
}

/* Whether that is so of the module, as it is called here, or of a package on the way to it. */
static bool way_climbs_out(const Search *search, Str dotted, uint32_t target)
{
    const Importer *im = &search->importer;
    Str root = leading_dots(dotted) ? STR("") : import_root(im, target, dotted);
    if (!root.n)
        return false;
    PackageList way;
    packages_on_way(im, dotted, target, &way);
    for (uint32_t i = 0; i < way.count; i++) {
        if (climbs_out(im, way.files[i], root))
            return true;
    }
    return is_open(search, target) && climbs_out(im, target, root);
}

/* Whether the module, of a name of several parts, has the name that is imported from it. Of a broken one not everything is understood. */
static bool has_wanted(const Importer *im, uint32_t file, const Import *import)
{
    if (!import->name.n || str_find(import->module, '.') == import->module.n)
        return false;
    static const char *const forms[] = { "class %.*s", "def %.*s", "\n%.*s =" };
    enum { FORMS = sizeof forms / sizeof *forms };
    const char *words[FORMS + 1] = { NULL };
    Arena arena;
    arena_init(&arena);
    for (uint32_t i = 0; i < FORMS; i++)
        words[i] = arena_printf(&arena, forms[i], STR_ARG(import->name)).p;
    bool has_it = file_mentions(im, file, words);
    arena_release(&arena);
    return has_it;
}

static bool import_in_vain(Search *search, const Import *import)
{
    const Importer *im = &search->importer;
    uint32_t file = import_target(im, import->module);
    if (file == NO_FILE) {
        if (module_find(im->program, im->file, import->module) != NO_FILE)
            return false;
        return module_is_missing(im, import->module) && !modules_are_replaced(im);
    }
    if (may_be_extension(im, file))
        return false;
    bool is_failing = runs_in_vain(search, file) || way_fails(search, import->module, file) || way_climbs_out(search, import->module, file) ||
                      (import->name.n && is_open(search, file) && program_load(im->program, file) && lacks_name(search, file, import));
    return is_failing && target_is_sure(im, file, import->module, has_wanted(im, file, import)) && !modules_are_replaced(im);
}

/* ---- One module ---- */

/* `a.b`, `.b` or `..a.b` as what is in front of the name, and the name. */
static Import import_of(const Summary *s, uint32_t number)
{
    bool is_nameless = number >= s->exports.count;
    const Member *member = is_nameless ? NULL : &s->exports.items[number];
    Str text = imported_text(s, number), bound = member ? terms_text_of(&s->terms, member->name) : STR("");
    if (!member || member->import == IMPORT_MODULE)
        return (Import){ text, STR(""), bound };
    uint32_t dot = str_find_last(text, '.');
    bool is_of_package = dot == 0 || text.p[dot - 1] == '.';
    return (Import){ str_slice(text, 0, is_of_package ? dot + 1 : dot), str_slice(text, dot + 1, text.n), bound };
}

/* Whether one of the module's imports fails. */
static bool imports_in_vain(const Search *asking, uint32_t file)
{
    Search search = { .importer = asking->importer, .is_further = true };
    search.importer.file = file;
    search.importer.module = NULL;
    const Summary *s = program_load(search.importer.program, file);
    uint32_t looked_at = 0;
    for (uint32_t i = 0; s && i < s->exports.count + s->nameless.count && looked_at < IMPORTS_MOST; i++) {
        if (!imported_text(s, i).n)
            continue;
        looked_at++;
        Import import = import_of(s, i);
        if (import_in_vain(&search, &import))
            return true;
    }
    return false;
}

static Answer *answer_of(const Importer *im, uint32_t file)
{
    Program *program = im->program;
    if (!program->stranded) {
        program->stranded = arena_new(program->arena, struct Stranded);
        program->stranded->answers = arena_array(program->arena, Answer, im->files->project_count);
    }
    return &program->stranded->answers[file];
}

static bool answer(const Search *search, uint32_t file)
{
    Program *program = search->importer.program;
    Answer *known = answer_of(&search->importer, file);
    if (known->fate == FATE_OPEN) {
        uint32_t mark = basis_mark(program);
        known->fate = imports_in_vain(search, file) ? FATE_FAILS : FATE_RUNS;
        known->node = basis_node(program, mark);
    }
    rests_on_node(program, known->node);
    return known->fate == FATE_FAILS;
}

/* Whether the text is of a time when `async` and `await` were names, and compiled then: what imports it may still be run so. */
static bool is_of_old(const Importer *im, uint32_t file)
{
    static const char *const words[] = { ".async(", ".async,", ".async ", ".async)", ".async\n", ".async\r", "import async ", "import async\n",
        "import async\r", "async=", "async =", "async)", "async,", "def async(", "await=", ".await(", NULL };
    return file_mentions(im, file, words);
}

/* Whether the module's code surely does not run to its end: it does not compile, or imports what it cannot. */
static bool runs_in_vain(Search *search, uint32_t file)
{
    const Importer *im = &search->importer;
    const Summary *s = is_open(search, file) ? program_load(im->program, file) : NULL;
    if (!s || s->is_stub)
        return false;
    rests_on_imports(im->program, file);
    if (s->traits & (TRAIT_BROKEN | TRAIT_REFUSED))
        return !is_of_old(im, file);
    return !search->is_further && search->asked++ < ASKED_MOST && answer(search, file);
}

/* ---- The file ---- */

static bool names_in_vain(Search *search, Node statement, Str module)
{
    for (Node n = node_field(statement, F_NAME); n.id; n = node_next_same(n)) {
        bool is_aliased = node_kind(n) == PY_ALIASED_IMPORT;
        Node name = is_aliased ? node_field(n, F_NAME) : n, bound = is_aliased ? node_field(n, F_ALIAS) : n;
        Import import = { module, node_text(name), node_text(bound) };
        if (!module.n)
            import = (Import){ node_text(name), STR(""), node_text(bound) };
        if (import_in_vain(search, &import))
            return true;
    }
    return false;
}

static bool statement_fails(Search *search, Node statement)
{
    if (node_is_dead(statement))
        return false;
    if (node_kind(statement) == PY_IMPORT_STATEMENT)
        return names_in_vain(search, statement, STR(""));
    if (node_kind(statement) != PY_IMPORT_FROM_STATEMENT)
        return false;
    Str module = star_import_module(search->importer.module, statement.id);
    if (node_field(statement, F_NAME).id)
        return module.n && names_in_vain(search, statement, module);
    Import whole = { module, STR(""), STR("") };
    return module.n && import_in_vain(search, &whole);
}

static Search search_from(const Module *module, ScanOf *scan_of, void *context)
{
    Node root = node_at(module, 1);
    Program *program = ask_program(root);
    return (Search){ .importer = { program, program->lent, ask_file(root), module, scan_of, context } };
}

bool name_is_missing(const Module *module, ScanOf *scan_of, void *context, Str dotted)
{
    Search search = search_from(module, scan_of, context);
    uint32_t dot = str_find_last(dotted, '.');
    if (!search.importer.files || dot >= dotted.n)
        return false;
    Import import = { str_slice(dotted, 0, dot), str_slice(dotted, dot + 1, dotted.n), STR("") };
    uint32_t file = import_target(&search.importer, import.module);
    return file != NO_FILE && program_load(search.importer.program, file) && !may_be_extension(&search.importer, file) &&
           lacks_name(&search, file, &import) && target_is_sure(&search.importer, file, import.module, false);
}

/* Whether it is a module that programs import or start. */
static bool is_module_of_project(const Importer *im)
{
    return im->files && is_project_file(im, im->file) && !str_ends(im->module->source.path, STR(".pyi"));
}

bool inner_import_fails(Node statement, ScanOf *scan_of, void *context)
{
    Search search = search_from(statement.module, scan_of, context);
    return is_module_of_project(&search.importer) && statement_fails(&search, statement);
}

bool import_fails(const Module *module, ScanOf *scan_of, void *context)
{
    Search search = search_from(module, scan_of, context);
    if (!is_module_of_project(&search.importer))
        return false;
    for (Node n = node_first(node_at(module, 1)); n.id; n = node_next(n)) {
        if (statement_fails(&search, n))
            return true;
    }
    return false;
}
