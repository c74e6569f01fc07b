/* A library in the tree that is checked: its own project, or a copy of it. That may be another version than the one of which the tables tell, so
 * where the two do not agree on what a call gives, the source is believed; all else that a row says holds of both. */
#include "program/basis.h"
#include "program/types_internal.h"
#include "python/names.h"

enum { REEXPORTS_DEEPEST = 8 };

/* Whether the project has a module or directory called as the library is: then it is worth to look. */
static bool has_library(Program *program, Str qualified)
{
    const Files *lent = program->lent;
    Str top = str_slice(qualified, 0, str_find(qualified, '.'));
    if (!lent || str_is(top, "builtins") || is_stdlib_module(top))
        return false;
    rests_on_module(program, 0, top);
    return lent->has(lent->context, top);
}

static uint32_t module_of_project(Program *program, uint32_t from, Str dotted)
{
    uint32_t file = module_find(program, from, dotted);
    return file != NO_FILE && file < program->lent->project_count ? file : (uint32_t)NO_FILE;
}

/* The last star import that brings the name. */
static const Member *starred(Program *program, uint32_t *file, Str name)
{
    const Summary *s = program_file(program, *file);
    rests_on_stars(program, *file);
    for (uint32_t i = s->stars.count; i-- > 0;) {
        const Term *star = term_at(&s->terms, s->stars.items[i]);
        Str module = star->op == TERM_NAME ? terms_text_of(&s->terms, star->a) : STR("");
        uint32_t from = module.n ? module_of_project(program, *file, module) : (uint32_t)NO_FILE;
        const Member *export = from != NO_FILE ? module_export(program, from, name) : NULL;
        if (export && !export->is_hidden) {
            *file = from;
            return export;
        }
    }
    return NULL;
}

/* "package.name", ".name": the module in which the name is, and the name. */
static uint32_t home_of(Program *program, uint32_t from, Str qualified, Str *name)
{
    uint32_t dot = str_find_last(qualified, '.');
    if (dot == qualified.n)
        return NO_FILE;
    bool is_relative = dot == 0 || qualified.p[dot - 1] == '.';
    *name = str_slice(qualified, dot + 1, qualified.n);
    return module_of_project(program, from, str_slice(qualified, 0, is_relative ? dot + 1 : dot));
}

/* `try: from .fast import X` / `except ImportError: X = None` means the X. */
static const Term *without_none(const Terms *terms, TermId id)
{
    const Term *term = term_at(terms, id);
    if (term->op != TERM_UNION)
        return term;
    const Term *first = term_at(terms, term->a), *second = term_at(terms, term->b);
    return first->op == TERM_NONE ? second : second->op == TERM_NONE ? first : term;
}

/* The function or class that a qualified name is in the sources of the project, past what imports it. NULL: it is none. */
static const Term *definition(Program *program, uint32_t from, Str qualified, uint32_t *file)
{
    Str name;
    *file = home_of(program, from, qualified, &name);
    for (int i = 0; i < REEXPORTS_DEEPEST && *file != NO_FILE && program_load(program, *file); i++) {
        const Member *export = module_export(program, *file, name);
        if (!export)
            export = starred(program, file, name);
        const Terms *terms = &program_file(program, *file)->terms;
        const Term *term = export ? without_none(terms, export->term) : NULL;
        if (!term || term->op == TERM_FUNCTION || term->op == TERM_CLASS)
            return term;
        if (term->op != TERM_NAME)
            return NULL;
        *file = home_of(program, *file, terms_text_of(terms, term->a), &name);
    }
    return NULL;
}

/* ---- Whether they agree ---- */

/* A plain `def` without an annotation that can be read: what it gives may still be something to be awaited. */
static bool is_surely_sync(Program *program, TypeId function, const FunctionSummary *f)
{
    Type given = type_get(program, type_call(program, function, NULL, 0));
    for (uint32_t i = 0; i < given.count; i++) {
        AtomKind kind = (AtomKind)given.atoms[i].kind;
        if (kind == ATOM_COROUTINE || kind == ATOM_AWAITABLE || kind == ATOM_ASYNC_CONTEXT || kind == ATOM_ASYNC_ITERATOR)
            return false;
    }
    return given.count || !f->has_returns;
}

static bool agrees(Program *program, const Api *row, TypeId function, const Atom *atom)
{
    if (atom->kind != ATOM_FUNCTION || !atom->is_project)
        return true;
    const FunctionSummary *f = program_function(program, atom->ref);
    bool is_property = row->role == ROLE_PROPERTY || row->kind == KIND_DATA;
    if (is_property || (atom->flags & ATOM_AS_PROPERTY))
        return is_property == ((atom->flags & ATOM_AS_PROPERTY) != 0);
    bool is_async = f->flags & FUNCTION_ASYNC, is_plain = !(atom->flags & (ATOM_AS_SYNC | ATOM_AS_COROUTINE | ATOM_AS_CONTEXT));
    bool makes_coroutine = is_async && is_plain && !(f->flags & FUNCTION_GENERATOR);
    switch ((ApiColour)row->colour) {
    case COLOUR_MAYBE:
        return true;
    case COLOUR_COROUTINE:
        return is_async ? makes_coroutine : !is_plain || !is_surely_sync(program, function, f);
    default:
        return !makes_coroutine;
    }
}

/* Whether a row is about what its source can say as well. */
static bool is_comparable(const Api *row)
{
    bool is_wrapper = row->role >= ROLE_TRANSPARENT && row->role < ROLE_PROPERTY;
    return row->kind != KIND_CLASS && row->kind != KIND_MODULE && !is_wrapper && row->role != ROLE_PARTIAL && row->role != ROLE_MOCK;
}

static bool contradicts(Program *program, const Api *row, TypeId source)
{
    uint32_t count = type_get(program, source).count;
    for (uint32_t i = 0; i < count; i++) {
        Atom atom = type_get(program, source).atoms[i];
        if (agrees(program, row, source, &atom))
            return false;
    }
    return count > 0;
}

/* ---- What is said instead ---- */

bool function_instead(Program *program, uint32_t from, const Api *row, TypeId *type)
{
    uint32_t file;
    if (from == NO_FILE || !is_comparable(row) || !has_library(program, api_name(row)))
        return false;
    const Term *term = definition(program, from, api_name(row), &file);
    if (!term || term->op != TERM_FUNCTION)
        return false;
    *type = type_of_function(program, (Ref){ file, term->a });
    return contradicts(program, row, *type);
}

bool class_of_library(Program *program, const Api *class_, Ref *source)
{
    uint32_t file;
    const Term *term = has_library(program, api_name(class_)) ? definition(program, 0, api_name(class_), &file) : NULL;
    if (!term || term->op != TERM_CLASS)
        return false;
    *source = (Ref){ file, term->a };
    return true;
}

bool member_instead(Program *program, const Api *class_, const Api *row, const Atom *owner, TypeId receiver, TypeId *type)
{
    Ref source;
    uint32_t dot = str_find_last(api_name(row), '.');
    Str name = str_slice(api_name(row), dot + 1, api_name(row).n);
    if (str_is(name, "*") || !is_comparable(row) || !class_of_library(program, class_, &source))
        return false;
    Having has = member_in_source(program, source, name, owner, receiver, type);
    return has == HAS_NOT || (has == HAS && contradicts(program, row, *type));
}
