/* Type variables: `def first(items: list[T]) -> T`, `class Store(Generic[T])`. What they stand for is learnt from the arguments of a call, and from
 * the type arguments of the object that a member is looked up in. */
#include "program/types_internal.h"

enum { BASES_DEEPEST = 8 };

bool type_has_variables(const Program *program, TypeId type)
{
    return program->types->entries.items[type].has_variables;
}

static TypeId *entry(Substitution *s, Str name)
{
    for (uint32_t i = 0; i < s->count; i++) {
        if (str_equal(s->names[i], name))
            return &s->types[i];
    }
    if (s->count == CALL_ARGUMENTS)
        return NULL;
    s->names[s->count] = name;
    s->types[s->count] = 0;
    return &s->types[s->count++];
}

static TypeId known(const Substitution *s, Str name)
{
    for (uint32_t i = 0; i < s->count; i++) {
        if (str_equal(s->names[i], name))
            return s->types[i];
    }
    return 0;
}

/* Recursion goes over the depth of the type. */
TypeId type_substitute(Program *program, TypeId type, const Substitution *s)
{
    if (!type_has_variables(program, type))
        return type;
    Type whole = type_get(program, type);
    TypeId result = 0;
    for (uint32_t i = 0; i < whole.count; i++) {
        Atom atom = whole.atoms[i];
        TypeId one;
        if (atom.kind == ATOM_VARIABLE) {
            one = known(s, atom.name);
        } else {
            atom.of = type_substitute(program, atom.of, s);
            atom.next = type_substitute(program, atom.next, s);
            one = type_of_atom(program, atom);
        }
        result = i ? type_union(program, result, one) : one;
        if (!result)
            return 0;
    }
    return result;
}

/* ---- From arguments ---- */

/* What a call of it gives; of a class an instance that may be one of a class that derives from it. */
static TypeId made_by(Program *program, TypeId callable)
{
    Type type = type_get(program, callable);
    if (type.count != 1 || type.atoms[0].kind != ATOM_CLASS)
        return type_call(program, callable, NULL, 0);
    Atom atom = type.atoms[0];
    atom.kind = ATOM_INSTANCE;
    return type_of_atom(program, atom);
}

static void learn_inner(Program *program, Substitution *s, const Atom *wanted, TypeId given)
{
    switch ((AtomKind)wanted->kind) {
    case ATOM_CALLABLE:
        substitution_learn(program, s, wanted->of, made_by(program, given));
        return;
    case ATOM_COROUTINE:
    case ATOM_AWAITABLE:
        substitution_learn(program, s, wanted->of, type_await(program, given));
        return;
    case ATOM_GENERATOR:
    case ATOM_ASYNC_ITERATOR:
        substitution_learn(program, s, wanted->of, type_each(program, given, wanted->kind == ATOM_ASYNC_ITERATOR));
        return;
    default:
        break;
    }
    Type type = type_get(program, given);
    if (type.count != 1 || type.atoms[0].kind != wanted->kind)
        return;
    Atom atom = type.atoms[0];
    substitution_learn(program, s, wanted->of, atom.of);
    substitution_learn(program, s, wanted->next, atom.next);
}

/* `Awaitable[T] | T`: what fits the one is not the other, and which of them it is cannot be told. */
static bool has_other_shape(Type type)
{
    for (uint32_t i = 0; i < type.count; i++) {
        if (type.atoms[i].kind != ATOM_NONE && type.atoms[i].kind != ATOM_VARIABLE)
            return true;
    }
    return false;
}

/* Recursion goes over the depth of the type that is wanted. */
void substitution_learn(Program *program, Substitution *s, TypeId wanted, TypeId given)
{
    if (!given || !type_has_variables(program, wanted))
        return;
    Type type = type_get(program, wanted);
    for (uint32_t i = 0; i < type.count; i++) {
        Atom atom = type.atoms[i];
        if (atom.kind != ATOM_VARIABLE) {
            learn_inner(program, s, &atom, given);
            continue;
        }
        TypeId *place = entry(s, atom.name);
        if (place && !*place && !has_other_shape(type))
            *place = type.count > 1 ? type_without_none(program, given) : given;
    }
}

/* ---- From classes ---- */

typedef struct Base {
    TermId class_;
    TypeId arguments[CALL_ARGUMENTS];
    uint32_t count;
} Base;

static Base base_at(Program *program, Ref class_, uint32_t number)
{
    const Summary *summary = program_file(program, class_.file);
    TermId id = summary->parts.items[program_class(program, class_)->bases.first + number];
    const Term *term = term_at(&summary->terms, id);
    Base base = { .class_ = id };
    if (term->op != TERM_GENERIC)
        return base;
    base.class_ = term->a;
    for (TermId list = term->b; list && base.count < CALL_ARGUMENTS; list = term_at(&summary->terms, list)->b)
        base.arguments[base.count++] = type_instance(program, class_.file, term_at(&summary->terms, list)->a);
    return base;
}

static bool lists_variables(const Summary *summary, TermId class_)
{
    const Term *term = term_at(&summary->terms, class_);
    Str name = term->op == TERM_NAME ? terms_text_of(&summary->terms, term->a) : STR("");
    return str_is(name, "typing.Generic") || str_is(name, "typing.Protocol") || str_is(name, "typing_extensions.Generic") ||
           str_is(name, "typing_extensions.Protocol");
}

static void add_variable(Program *program, Substitution *variables, TypeId argument)
{
    Type type = type_get(program, argument);
    if (type.count == 1 && type.atoms[0].kind == ATOM_VARIABLE)
        entry(variables, type.atoms[0].name);
}

/* The names of a class's variables, in order: those that `Generic[...]` lists, else those that its bases name. */
static void variables_of(Program *program, Ref class_, Substitution *variables)
{
    const Summary *summary = program_file(program, class_.file);
    uint32_t bases = program_class(program, class_)->bases.count;
    variables->count = 0;
    for (uint32_t i = 0; i < bases; i++) {
        Base base = base_at(program, class_, i);
        if (lists_variables(summary, base.class_) && base.count)
            variables->count = 0;
        for (uint32_t k = 0; k < base.count; k++)
            add_variable(program, variables, base.arguments[k]);
        if (lists_variables(summary, base.class_) && base.count)
            return;
    }
}

bool class_is_generic(Program *program, Ref class_)
{
    const Summary *summary = program_file(program, class_.file);
    Piece bases = program_class(program, class_)->bases;
    bool may_be = false;
    for (uint32_t i = 0; i < bases.count; i++)
        may_be |= term_at(&summary->terms, summary->parts.items[bases.first + i])->op == TERM_GENERIC;
    if (!may_be)
        return false;
    Substitution variables;
    variables_of(program, class_, &variables);
    return variables.count > 0;
}

/* Climbs from a class whose variables are known to `home`. False: it is none of its bases. */
static bool climb(Program *program, Ref class_, const Substitution *own, Ref home, Substitution *out, unsigned depth)
{
    if (class_.file == home.file && class_.number == home.number) {
        *out = *own;
        return true;
    }
    uint32_t bases = depth ? program_class(program, class_)->bases.count : 0;
    for (uint32_t i = 0; i < bases; i++) {
        Base base = base_at(program, class_, i);
        Type type = type_get(program, type_eval(program, class_.file, base.class_));
        if (type.count != 1 || type.atoms[0].kind != ATOM_CLASS || !type.atoms[0].is_project)
            continue;
        Ref next = type.atoms[0].ref;
        Substitution variables;
        variables_of(program, next, &variables);
        for (uint32_t k = 0; k < variables.count; k++)
            variables.types[k] = k < base.count ? type_substitute(program, base.arguments[k], own) : 0;
        if (climb(program, next, &variables, home, out, depth - 1))
            return true;
    }
    return false;
}

void substitution_of_receiver(Program *program, Substitution *substitution, TypeId receiver, Ref home)
{
    Type type = type_get(program, receiver);
    if (type.count != 1 || !type.atoms[0].is_project || (type.atoms[0].kind != ATOM_INSTANCE && type.atoms[0].kind != ATOM_CLASS))
        return;
    Atom atom = type.atoms[0];
    Substitution own, found;
    variables_of(program, atom.ref, &own);
    for (uint32_t i = 0; i < own.count; i++)
        own.types[i] = i == 0 ? atom.of : i == 1 ? atom.next : 0;
    if (climb(program, atom.ref, &own, home, &found, BASES_DEEPEST))
        *substitution = found;
}

void arguments_of_class(Program *program, const Atom *class_, const TypeId *arguments, uint32_t count, Atom *instance)
{
    Ref method;
    if (!count || !class_is_generic(program, class_->ref) || !class_method(program, class_->ref, STR("__init__"), &method))
        return;
    Substitution learnt = { .count = 0 }, own;
    Piece parameters = program_function(program, method)->parameters;
    for (uint32_t i = 0; i < count && i + 1 < parameters.count; i++) {
        const Parameter *p = &program_file(program, method.file)->parameters.items[parameters.first + i + 1];
        if (p->has_annotation)
            substitution_learn(program, &learnt, type_instance(program, method.file, p->annotation), arguments[i]);
    }
    variables_of(program, class_->ref, &own);
    for (uint32_t i = 0; i < own.count && i < 2; i++)
        *(i ? &instance->next : &instance->of) = known(&learnt, own.names[i]);
}
