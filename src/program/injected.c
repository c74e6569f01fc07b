/* Parameters that a framework fills: `db=Depends(get_db)`, `db: Annotated[Session, Depends(get_db)]`. What the provider gives is what is in
 * there, whatever the annotation says: many say Session and get an AsyncSession. */
#include "program/basis.h"
#include "program/types_internal.h"

/* ---- Providers ---- */

static bool is_dependency(const Terms *terms, TermId term)
{
    const Term *call = term_at(terms, term);
    if (call->op != TERM_CALL || !call->b || term_at(terms, call->a)->op != TERM_NAME)
        return false;
    Str name = terms_text_of(terms, term_at(terms, call->a)->a);
    uint32_t dot = str_find_last(name, '.');
    Str last = dot < name.n ? str_slice(name, dot + 1, name.n) : name;
    return str_is(last, "Depends") || str_is(last, "Security");
}

/* What a dependency gives to who asks for it: of a generator or context manager what it yields, of a coroutine what await gives. */
static TypeId provided(Program *program, TypeId made)
{
    Type type = type_get(program, made);
    if (type.count != 1)
        return made;
    Atom atom = type.atoms[0];
    switch ((AtomKind)atom.kind) {
    case ATOM_COROUTINE:
    case ATOM_AWAITABLE:
    case ATOM_ASYNC_ITERATOR:
    case ATOM_GENERATOR:
    case ATOM_CONTEXT:
    case ATOM_ASYNC_CONTEXT:
        return type_within(program, &atom);
    default:
        return made;
    }
}

/* What the code of a provider gives, whatever it says of itself; 0: unknown. */
static TypeId provided_by_code(Program *program, TypeId provider)
{
    Type type = type_get(program, provider);
    bool is_function = type.count == 1 && type.atoms[0].kind == ATOM_FUNCTION && type.atoms[0].is_project;
    if (!is_function || (type.atoms[0].flags & (ATOM_UNSURE | ATOM_AS_PROPERTY)))
        return 0;
    Ref function = type.atoms[0].ref;
    const FunctionSummary *f = program_function(program, function);
    rests_on_function(program, THING_SIGNATURE, function);
    if (f->flags & FUNCTION_ABSTRACT)
        return 0;
    return type_eval(program, function.file, f->flags & FUNCTION_GENERATOR ? f->yields : f->result);
}

/* ---- What is said against what is given ---- */

static Str class_name(const Atom *atom)
{
    return atom->api ? api_name(atom->api) : atom->name;
}

/* An instance of a class of which it is known what it derives from, more or less. */
static bool is_plain_instance(const Atom *atom)
{
    return atom->kind == ATOM_INSTANCE && (atom->is_project || atom->api || str_starts(atom->name, STR("builtins.")));
}

static bool derives(Program *program, const Atom *atom, const Atom *base)
{
    if (atom->is_project && base->is_project)
        return class_derives(program, atom->ref, base->ref);
    if (atom->is_project)
        return base->api && class_derives_api(program, atom->ref, base->api->name);
    if (base->is_project)
        return false;
    return str_equal(class_name(atom), class_name(base)) || (atom->api && base->api && api_is_a(atom->api, base->api->name));
}

static bool all_plain_instances(Program *program, TypeId type)
{
    Type whole = type_get(program, type);
    for (uint32_t i = 0; i < whole.count; i++) {
        if (!is_plain_instance(&whole.atoms[i]))
            return false;
    }
    return whole.count > 0;
}

static bool is_related_to_any(Program *program, const Atom *atom, TypeId type)
{
    uint32_t count = type_get(program, type).count;
    for (uint32_t i = 0; i < count; i++) {
        Atom one = type_get(program, type).atoms[i];
        if (derives(program, atom, &one) || derives(program, &one, atom))
            return true;
    }
    return false;
}

bool type_contradicts(Program *program, TypeId given, TypeId declared)
{
    given = type_without_none(program, given);
    declared = type_without_none(program, declared);
    if (given == declared || !all_plain_instances(program, given) || !all_plain_instances(program, declared))
        return false;
    uint32_t count = type_get(program, given).count;
    for (uint32_t i = 0; i < count; i++) {
        Atom atom = type_get(program, given).atoms[i];
        if (!is_related_to_any(program, &atom, declared))
            return true;
    }
    return false;
}

bool type_is_injected(Program *program, uint32_t file, TermId term, TypeId declared, TypeId *type)
{
    const Terms *terms = &program_file(program, file)->terms;
    if (!is_dependency(terms, term))
        return false;
    TypeId provider = type_eval(program, file, term_at(terms, term_at(terms, term)->b)->a);
    TypeId given = provider ? provided(program, type_call(program, provider, NULL, 0)) : 0;
    TypeId shown = provider ? provided_by_code(program, provider) : 0;
    if (!given || type_contradicts(program, shown, given))
        given = shown;
    *type = !declared || type_contradicts(program, given, declared) ? given : declared;
    return true;
}
