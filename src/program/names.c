/* Qualified names to types: rows of the tables, and what modules have, through re-exports and `import *`. */
#include "program/basis.h"
#include "program/types_internal.h"
#include "python/names.h"

/* ---- Rows ---- */

static TypeId type_of_row(Program *program, const Api *api)
{
    if (api->kind == KIND_DATA)
        return type_of_result(program, api->result, 0, NULL, 0);
    return type_of_atom(
        program, (Atom){ .kind = api->kind == KIND_CLASS ? ATOM_CLASS : ATOM_FUNCTION, .api = api, .name = api_name(api) });
}

static const Api *row_of(const Program *program, Str qualified)
{
    const Api *api = program_api(program, qualified);
    return api && api->kind != KIND_MODULE ? api : NULL;
}

/* ---- Modules ---- */

uint32_t module_find(Program *program, uint32_t from, Str dotted)
{
    if (!program->lent || from == NO_FILE)
        return NO_FILE;
    rests_on_module(program, from, dotted);
    return program->lent->find(program->lent->context, from, dotted);
}

static Str module_name(const Program *program, uint32_t file)
{
    return program->lent ? program->lent->name(program->lent->context, file) : STR("");
}

static TypeId module_type(Program *program, uint32_t file)
{
    return type_of_atom(program, (Atom){ .kind = ATOM_MODULE, .is_project = true, .ref = { file, 0 } });
}

static const Member *find_export(const Summary *s, Str name)
{
    uint32_t low = 0, high = s->exports.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_compare(terms_text_of(&s->terms, s->exports.items[middle].name), name);
        if (order == 0)
            return &s->exports.items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const Member *module_export(Program *program, uint32_t file, Str name)
{
    const Summary *s = program_load(program, file);
    if (s)
        rests_on_export(program, file, name);
    return s ? find_export(s, name) : NULL;
}

enum { STARS_DEEPEST = 8 };

typedef enum Found { FOUND_NOT, FOUND, FOUND_PERHAPS } Found;

static Found member_in(Program *program, uint32_t file, Str name, uint32_t depth, TypeId *type);

/* What `from m import *` brings, the last one first. What comes from nowhere that could be read may bring anything. */
static Found star_member(Program *program, uint32_t file, Str name, uint32_t depth, TypeId *type)
{
    const Summary *s = program_file(program, file);
    Found found = FOUND_NOT;
    rests_on_stars(program, file);
    for (uint32_t i = s->stars.count; i-- > 0;) {
        const Term *star = term_at(&s->terms, s->stars.items[i]);
        Str module = star->op == TERM_NAME ? terms_text_of(&s->terms, star->a) : STR("");
        uint32_t from = module.n ? module_find(program, file, module) : (uint32_t)NO_FILE;
        Found one = from == NO_FILE ? FOUND_PERHAPS : member_in(program, from, name, depth + 1, type);
        if (one == FOUND)
            return found == FOUND_NOT ? FOUND : FOUND_PERHAPS;
        if (one == FOUND_PERHAPS)
            found = FOUND_PERHAPS;
    }
    return found;
}

/* A module of the project that is a file by itself, at the top: whatever has that name elsewhere, this is another one. */
static bool is_own_module(const Program *program, uint32_t file, Str module)
{
    const Files *lent = program->lent;
    return lent && file < lent->project_count && str_find(module, '.') == module.n &&
           !str_ends(lent->path(lent->context, file), STR("__init__.py"));
}

/* The tables know best what they have rows of. */
static const Api *row_of_member(Program *program, uint32_t file, Str name)
{
    char text[256];
    Str module = module_name(program, file);
    if (!module.n || is_own_module(program, file, module) || module.n + 1 + name.n > sizeof text)
        return NULL;
    memcpy(text, module.p, module.n);
    text[module.n] = '.';
    memcpy(text + module.n + 1, name.p, name.n);
    return row_of(program, (Str){ text, module.n + 1 + name.n });
}

/* What the module's stub has under the name. */
static bool stub_member(Program *program, uint32_t file, Str name, uint32_t depth, TypeId *type)
{
    uint32_t stub = twin_file(program, file);
    return stub != NO_FILE && member_in(program, stub, name, depth, type) == FOUND && *type;
}

static Found member_in(Program *program, uint32_t file, Str name, uint32_t depth, TypeId *type)
{
    *type = 0;
    const Summary *s = depth <= STARS_DEEPEST ? program_load(program, file) : NULL;
    if (!s)
        return FOUND_PERHAPS;
    const Member *export = find_export(s, name);
    rests_on_export(program, file, name);
    if (!export || (export->is_hidden && depth)) {
        Found found = export ? FOUND_NOT : star_member(program, file, name, depth, type);
        return found == FOUND_NOT && stub_member(program, file, name, depth, type) ? FOUND : found;
    }
    if (s->traits & TRAIT_BROKEN)
        return FOUND; /* unknown */
    const Api *row = row_of_member(program, file, name);
    if (!row || !function_instead(program, file, row, type))
        *type = row ? type_of_row(program, row) : type_eval(program, file, export->term);
    if (!*type && stub_member(program, file, name, depth, type) && twin_leaves_open(s, export) &&
        twin_says_async(program, *type))
        *type = 0;
    return FOUND;
}

bool module_member(Program *program, uint32_t file, Str name, TypeId *type)
{
    Found found = member_in(program, file, name, 0, type);
    if (found == FOUND)
        return true;
    char text[256];
    if (name.n + 1 >= sizeof text)
        return false;
    text[0] = '.';
    memcpy(text + 1, name.p, name.n);
    uint32_t inner = module_find(program, file, (Str){ text, name.n + 1 });
    if (inner == NO_FILE || inner == file)
        return found == FOUND_PERHAPS;
    *type = module_type(program, inner);
    return true;
}

/* ---- Qualified names ---- */

/* `rest` is ".a.b", looked up in a module. */
static bool members_of(Program *program, uint32_t file, Str rest, TypeId *type)
{
    if (!rest.n) {
        *type = module_type(program, file);
        return true;
    }
    bool is_first = true;
    while (rest.n) {
        rest = str_slice(rest, 1, rest.n);
        uint32_t dot = str_find(rest, '.');
        Str name = str_slice(rest, 0, dot);
        if (is_first && !module_member(program, file, name, type))
            return false;
        if (!is_first)
            *type = type_attribute(program, *type, name);
        is_first = false;
        rest = str_slice(rest, dot, rest.n);
    }
    return true;
}

/* `from package import name`, where the package has a module of that name, and something else under it, too: that hides the module. */
static bool hides_module(Program *program, uint32_t from, Str qualified, TypeId *type)
{
    uint32_t dot = str_find_last(qualified, '.');
    if (dot == qualified.n || dot == 0)
        return false;
    bool is_relative = qualified.p[dot - 1] == '.';
    uint32_t package = module_find(program, from, str_slice(qualified, 0, is_relative ? dot + 1 : dot));
    const Summary *s = package != NO_FILE ? program_load(program, package) : NULL;
    const Member *export = s ? find_export(s, str_slice(qualified, dot + 1, qualified.n)) : NULL;
    if (s)
        rests_on_export(program, package, str_slice(qualified, dot + 1, qualified.n));
    const Term *term = export ? term_at(&s->terms, export->term) : NULL;
    if (!term || (term->op != TERM_FUNCTION && term->op != TERM_CLASS && term->op != TERM_NAME))
        return false;
    if (term->op == TERM_NAME) { /* `from .name import name` hides it, `from . import name` does not */
        Str text = terms_text_of(&s->terms, term->a);
        uint32_t last = str_find_last(text, '.');
        Str module = last < text.n ? str_slice(text, 0, last) : text;
        uint32_t home = module.n > 1 ? module_find(program, package, module) : (uint32_t)NO_FILE;
        if (home == NO_FILE || home == package)
            return false;
    }
    *type = type_eval(program, package, export->term);
    return *type != 0;
}

/* The longest beginning of the name that is a module, and in there the rest. False: no module is known. */
static bool name_in_sources(Program *program, uint32_t from, Str qualified, TypeId *type)
{
    uint32_t dots = 0;
    while (dots < qualified.n && qualified.p[dots] == '.')
        dots++;
    for (uint32_t end = qualified.n; end > dots || (dots && end == dots); ) {
        uint32_t file = module_find(program, from, str_slice(qualified, 0, end));
        if (file != NO_FILE && end == qualified.n && end > dots && hides_module(program, from, qualified, type))
            return true;
        Str rest = end == dots && dots ? arena_printf(program->arena, ".%.*s", STR_ARG(str_slice(qualified, end, qualified.n)))
                                       : str_slice(qualified, end, qualified.n);
        if (file != NO_FILE)
            return members_of(program, file, qualified.n == end ? STR("") : rest, type);
        if (end == dots)
            return false;
        uint32_t dot = str_find_last(str_slice(qualified, dots, end), '.');
        end = dot < end - dots ? dots + dot : dots;
    }
    return false;
}

static TypeId external(Program *program, uint32_t from, Str qualified)
{
    const Api *api = qualified.n && qualified.p[0] != '.' ? program_api(program, qualified) : NULL;
    bool is_near = program->lent && from != NO_FILE;
    return type_of_atom(program,
        (Atom){ .kind = ATOM_EXTERNAL, .name = api ? api_name(api) : qualified, .ref.file = is_near ? from : (uint32_t)NO_FILE });
}

/* "*name": bound by nothing in its file but perhaps by an `import *`; else it is a builtin. */
static TypeId type_behind_stars(Program *program, uint32_t from, Str name)
{
    TypeId type = 0;
    uint32_t dot = str_find(name, '.');
    Str first = str_slice(name, 0, dot), rest = str_slice(name, dot, name.n);
    Found found = program->lent && from != NO_FILE ? star_member(program, from, first, 0, &type) : FOUND_PERHAPS;
    if (found == FOUND_PERHAPS)
        return 0;
    if (found == FOUND_NOT)
        return is_builtin(first) ? type_of_name(program, NO_FILE, arena_printf(program->arena, "builtins.%.*s", STR_ARG(name))) : 0;
    while (rest.n && type) {
        rest = str_slice(rest, 1, rest.n);
        dot = str_find(rest, '.');
        type = type_attribute(program, type, str_slice(rest, 0, dot));
        rest = str_slice(rest, dot, rest.n);
    }
    return type;
}

/* `requests.py` of the project's own hides the library of that name; a package of that name is the library. */
static bool is_shadowed(Program *program, uint32_t from, Str qualified)
{
    const Files *lent = program->lent;
    Str top = str_slice(qualified, 0, str_find(qualified, '.'));
    if (!lent || from == NO_FILE)
        return false;
    rests_on_module(program, from, top);
    if (!lent->has(lent->context, top))
        return false;
    uint32_t file = module_find(program, from, top);
    return file != NO_FILE && str_equal(module_name(program, file), top) && is_own_module(program, file, top);
}

TypeId type_of_name(Program *program, uint32_t from, Str qualified)
{
    if (qualified.n && qualified.p[0] == '*')
        return type_behind_stars(program, from, str_slice(qualified, 1, qualified.n));
    if (qualified.n && qualified.p[0] == '~') /* a type variable */
        return str_find(qualified, '.') == qualified.n
                   ? type_of_atom(program, (Atom){ .kind = ATOM_VARIABLE, .name = str_slice(qualified, 1, qualified.n) })
                   : 0;
    const Api *row = row_of(program, qualified);
    TypeId type;
    if (row && !is_shadowed(program, from, qualified))
        return function_instead(program, from, row, &type) ? type : type_of_row(program, row);
    /* What its names mean is known, and its source does not say it. */
    bool is_of_typing = str_starts(qualified, STR("typing_extensions."));
    if (program->lent && !is_of_typing && name_in_sources(program, from, qualified, &type))
        return type;
    return external(program, from, qualified);
}

/* Looked for as the first file of the run would: whoever asks gets the same answer. */
bool class_in_sources(Program *program, Str qualified, Ref *class_)
{
    uint32_t dot = str_find_last(qualified, '.');
    uint32_t file = dot < qualified.n ? module_find(program, 0, str_slice(qualified, 0, dot)) : (uint32_t)NO_FILE;
    const Summary *s = file != NO_FILE ? program_load(program, file) : NULL;
    const Member *export = s ? find_export(s, str_slice(qualified, dot + 1, qualified.n)) : NULL;
    if (s)
        rests_on_export(program, file, str_slice(qualified, dot + 1, qualified.n));
    if (!export)
        return false;
    Type type = type_get(program, type_eval(program, file, export->term));
    if (type.count != 1 || type.atoms[0].kind != ATOM_CLASS || !type.atoms[0].is_project)
        return false;
    *class_ = type.atoms[0].ref;
    return true;
}
