/* Annotations to types, by what typing's names mean. */
#include "program/types_internal.h"

TypeId type_instance_of_name(Program *program, Str name, TypeId of)
{
    const Api *api = program_api(program, name);
    if (api && api->kind != KIND_CLASS)
        return 0;
    return type_of_atom(
        program, (Atom){ .kind = ATOM_INSTANCE, .api = api, .name = api ? api_name(api) : arena_copy(program->arena, name), .of = of });
}

typedef enum Shape {
    SHAPE_NONE,
    SHAPE_FIRST,     /* Optional, Annotated, Final, ...: what the first argument is */
    SHAPE_OPTIONAL,
    SHAPE_UNION,
    SHAPE_CLASS,     /* type[T] */
    SHAPE_AWAITABLE,
    SHAPE_COROUTINE, /* the third argument */
    SHAPE_ASYNC_ITERATOR,
    SHAPE_GENERATOR,
    SHAPE_CONTEXT,
    SHAPE_ASYNC_CONTEXT,
    SHAPE_CALLABLE,  /* the second argument */
    SHAPE_SEQUENCE,
    SHAPE_MAPPING,
    SHAPE_TUPLE,
    SHAPE_UNKNOWN,   /* Any, Literal, TypeVar: says nothing */
} Shape;

static Shape shape_of(Str name)
{
    static const struct {
        const char *name;
        Shape shape;
    } shapes[] = {
        { "Optional", SHAPE_OPTIONAL },
        { "Union", SHAPE_UNION },
        { "Annotated", SHAPE_FIRST },
        { "ClassVar", SHAPE_FIRST },
        { "Final", SHAPE_FIRST },
        { "Required", SHAPE_FIRST },
        { "NotRequired", SHAPE_FIRST },
        { "ReadOnly", SHAPE_FIRST },
        { "Type", SHAPE_CLASS },
        { "type", SHAPE_CLASS },
        { "Awaitable", SHAPE_AWAITABLE },
        { "Coroutine", SHAPE_COROUTINE },
        { "AsyncIterator", SHAPE_ASYNC_ITERATOR },
        { "AsyncIterable", SHAPE_ASYNC_ITERATOR },
        { "AsyncGenerator", SHAPE_ASYNC_ITERATOR },
        { "Iterator", SHAPE_GENERATOR },
        { "Generator", SHAPE_GENERATOR },
        { "ContextManager", SHAPE_CONTEXT },
        { "AbstractContextManager", SHAPE_CONTEXT },
        { "AsyncContextManager", SHAPE_ASYNC_CONTEXT },
        { "AbstractAsyncContextManager", SHAPE_ASYNC_CONTEXT },
        { "Callable", SHAPE_CALLABLE },
        { "list", SHAPE_SEQUENCE },
        { "List", SHAPE_SEQUENCE },
        { "set", SHAPE_SEQUENCE },
        { "Set", SHAPE_SEQUENCE },
        { "frozenset", SHAPE_SEQUENCE },
        { "FrozenSet", SHAPE_SEQUENCE },
        { "deque", SHAPE_SEQUENCE },
        { "Deque", SHAPE_SEQUENCE },
        { "Sequence", SHAPE_SEQUENCE },
        { "MutableSequence", SHAPE_SEQUENCE },
        { "Collection", SHAPE_SEQUENCE },
        { "Iterable", SHAPE_SEQUENCE },
        { "MutableSet", SHAPE_SEQUENCE },
        { "AbstractSet", SHAPE_SEQUENCE },
        { "WeakSet", SHAPE_SEQUENCE },
        { "dict", SHAPE_MAPPING },
        { "Dict", SHAPE_MAPPING },
        { "defaultdict", SHAPE_MAPPING },
        { "DefaultDict", SHAPE_MAPPING },
        { "OrderedDict", SHAPE_MAPPING },
        { "Mapping", SHAPE_MAPPING },
        { "MutableMapping", SHAPE_MAPPING },
        { "tuple", SHAPE_TUPLE },
        { "Tuple", SHAPE_TUPLE },
        { "Any", SHAPE_UNKNOWN },
        { "AnyStr", SHAPE_UNKNOWN },
        { "Literal", SHAPE_UNKNOWN },
        { "Protocol", SHAPE_UNKNOWN },
    };
    static const char *const modules[] = { "typing", "typing_extensions", "collections.abc", "collections", "contextlib", "builtins", "weakref" };
    uint32_t dot = str_find_last(name, '.');
    if (dot == name.n)
        return SHAPE_NONE;
    Str module = str_slice(name, 0, dot), last = str_slice(name, dot + 1, name.n);
    bool is_typing = false;
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        is_typing |= str_is(module, modules[i]);
    for (size_t i = 0; is_typing && i < sizeof shapes / sizeof *shapes; i++) {
        if (str_is(last, shapes[i].name))
            return shapes[i].shape;
    }
    return SHAPE_NONE;
}

static Shape shape_of_term(Program *program, uint32_t file, TermId term)
{
    const Terms *terms = &program_file(program, file)->terms;
    if (term_at(terms, term)->op != TERM_NAME)
        return SHAPE_NONE;
    Shape shape = shape_of(terms_text_of(terms, term_at(terms, term)->a));
    if (shape != SHAPE_NONE || !program->lent)
        return shape;
    /* `from .compat import Optional` */
    Type type = type_get(program, type_eval(program, file, term));
    return type.count == 1 && type.atoms[0].kind == ATOM_EXTERNAL ? shape_of(type.atoms[0].name) : SHAPE_NONE;
}

static TypeId made_of(Program *program, AtomKind kind, const char *name, TypeId of, TypeId next)
{
    return type_of_atom(program, (Atom){ .kind = (uint8_t)kind, .name = str_of(name), .of = of, .next = next,
                                     .colour = kind == ATOM_AWAITABLE ? COLOUR_AWAITABLE : 0 });
}

/* type[T]: the classes of what T is. A type variable's makes one. */
static TypeId class_of_instance(Program *program, TypeId instance)
{
    Type type = type_get(program, instance);
    TypeId result = 0;
    if (type.count == 1 && type.atoms[0].kind == ATOM_VARIABLE)
        return made_of(program, ATOM_CALLABLE, "", instance, 0);
    for (uint32_t i = 0; i < type.count; i++) {
        Atom atom = type.atoms[i];
        if (atom.kind != ATOM_INSTANCE || !(atom.api || atom.is_project))
            return 0;
        atom.kind = ATOM_CLASS;
        atom.of = atom.next = 0;
        atom.flags = 0;
        TypeId one = type_of_atom(program, atom);
        result = i ? type_union(program, result, one) : one;
    }
    return result;
}

static TypeId shaped(Program *program, Shape shape, const TypeId *items, uint32_t count)
{
    TypeId first = count ? items[0] : 0, second = count > 1 ? items[1] : 0, whole = first;
    switch (shape) {
    case SHAPE_FIRST:
        return first;
    case SHAPE_OPTIONAL:
        return type_union(program, first, type_none(program));
    case SHAPE_UNION:
        for (uint32_t i = 1; i < count; i++)
            whole = type_union(program, whole, items[i]);
        return count < CALL_ARGUMENTS ? whole : 0; /* there may have been more */
    case SHAPE_CLASS:
        return class_of_instance(program, first);
    case SHAPE_AWAITABLE:
        return made_of(program, ATOM_AWAITABLE, "", first, 0);
    case SHAPE_COROUTINE:
        return made_of(program, ATOM_COROUTINE, "", count > 2 ? items[2] : 0, 0);
    case SHAPE_ASYNC_ITERATOR:
        return made_of(program, ATOM_ASYNC_ITERATOR, "", first, 0);
    case SHAPE_GENERATOR:
        return made_of(program, ATOM_GENERATOR, "", first, 0);
    case SHAPE_CONTEXT:
        return made_of(program, ATOM_CONTEXT, "", first, 0);
    case SHAPE_ASYNC_CONTEXT:
        return made_of(program, ATOM_ASYNC_CONTEXT, "", first, 0);
    case SHAPE_CALLABLE:
        return second ? made_of(program, ATOM_CALLABLE, "", second, 0) : 0;
    case SHAPE_SEQUENCE:
        return made_of(program, ATOM_INSTANCE, "builtins.list", first, 0);
    case SHAPE_MAPPING:
        return made_of(program, ATOM_INSTANCE, "builtins.dict", second, first);
    case SHAPE_TUPLE:
        if (count != 2 || !second)
            return made_of(program, ATOM_INSTANCE, "builtins.tuple", second || count != 2 ? 0 : first, 0);
        return made_of(program, ATOM_TUPLE, "", first, made_of(program, ATOM_TUPLE, "", second, 0));
    case SHAPE_UNKNOWN:
    case SHAPE_NONE:
        break;
    }
    return 0;
}

/* Instances of the classes of a type; what is no class says nothing. */
static TypeId instances_of(Program *program, TypeId classes)
{
    Type type = type_get(program, classes);
    TypeId result = 0;
    for (uint32_t i = 0; i < type.count; i++) {
        Atom atom = type.atoms[i];
        Shape shape = atom.kind == ATOM_EXTERNAL ? shape_of(atom.name) : SHAPE_NONE;
        TypeId one = 0;
        if (shape != SHAPE_NONE)
            one = shape >= SHAPE_AWAITABLE ? shaped(program, shape, NULL, 0) : 0;
        else if (atom.kind == ATOM_NONE || atom.kind == ATOM_VARIABLE)
            one = type_of_atom(program, atom);
        else if (atom.kind == ATOM_ALIAS)
            one = atom.of;
        else if (atom.kind == ATOM_CLASS || atom.kind == ATOM_EXTERNAL) {
            atom.kind = ATOM_INSTANCE;
            if (!atom.is_project)
                atom.ref = (Ref){ 0, 0 };
            one = type_of_atom(program, atom);
        }
        result = i ? type_union(program, result, one) : one;
        if (!result)
            return 0;
    }
    return result;
}

/* Union[A, B, ...] of more members than a list of arguments holds says nothing; a list has the others' places. */
static uint32_t instances_in(Program *program, uint32_t file, TermId list, TypeId *items)
{
    uint32_t count = 0;
    for (; list && count < CALL_ARGUMENTS; list = term_at(&program_file(program, file)->terms, list)->b)
        items[count++] = type_instance(program, file, term_at(&program_file(program, file)->terms, list)->a);
    return count;
}

/* The first argument is what it is. Behind it may stand, in an Annotated, where it comes from: `Depends(get_db)`. */
static TypeId first_instance(Program *program, uint32_t file, TermId list)
{
    TypeId type = type_instance(program, file, term_at(&program_file(program, file)->terms, list)->a);
    for (list = term_at(&program_file(program, file)->terms, list)->b; list; list = term_at(&program_file(program, file)->terms, list)->b) {
        if (type_is_injected(program, file, term_at(&program_file(program, file)->terms, list)->a, type, &type))
            break;
    }
    return type;
}

static TypeId generic_instance(Program *program, uint32_t file, const Term *generic)
{
    Shape shape = shape_of_term(program, file, generic->a);
    if (shape == SHAPE_FIRST)
        return first_instance(program, file, generic->b);
    TypeId items[CALL_ARGUMENTS];
    uint32_t count = instances_in(program, file, generic->b, items);
    if (shape != SHAPE_NONE)
        return shaped(program, shape, items, count);
    TypeId plain = instances_of(program, type_eval(program, file, generic->a));
    Type type = type_get(program, plain);
    if (type.count != 1 || !count || !(type.atoms[0].api || type.atoms[0].is_project) || type.atoms[0].kind != ATOM_INSTANCE)
        return plain;
    Atom atom = type.atoms[0];
    atom.of = items[0];
    if (atom.is_project)
        atom.next = count > 1 ? items[1] : 0;
    return type_of_atom(program, atom);
}

TypeId type_of_generic(Program *program, uint32_t file, const Term *generic)
{
    bool is_form = shape_of_term(program, file, generic->a) != SHAPE_NONE;
    TypeId base = type_eval(program, file, generic->a);
    Type type = type_get(program, base);
    if (is_form || (type.count == 1 && type.atoms[0].kind == ATOM_CLASS && type.atoms[0].api)) {
        TypeId of = generic_instance(program, file, generic);
        return of ? type_of_atom(program, (Atom){ .kind = ATOM_ALIAS, .of = of }) : 0;
    }
    if (type.count != 1 || type.atoms[0].kind != ATOM_CLASS)
        return type_item(program, base, 0);
    TypeId items[CALL_ARGUMENTS];
    uint32_t count = instances_in(program, file, generic->b, items);
    Atom atom = type_get(program, base).atoms[0];
    atom.of = items[0];
    atom.next = count > 1 ? items[1] : 0;
    return type_of_atom(program, atom);
}

/* By way of its value, which knows of cycles: a provider may be said to give what it is the provider of. */
static TypeId first_of(Program *program, uint32_t file, TermId annotation)
{
    Type alias = type_get(program, type_eval(program, file, annotation));
    return alias.count == 1 && alias.atoms[0].kind == ATOM_ALIAS ? alias.atoms[0].of : 0;
}

/* Recursion goes over the depth of the term. */
TypeId type_instance(Program *program, uint32_t file, TermId annotation)
{
    if (!annotation)
        return 0;
    Term term = *term_at(&program_file(program, file)->terms, annotation);
    switch ((TermOp)term.op) {
    case TERM_NONE:
        return type_none(program);
    case TERM_UNION:
        return type_union(program, type_instance(program, file, term.a), type_instance(program, file, term.b));
    case TERM_GENERIC:
        return shape_of_term(program, file, term.a) == SHAPE_FIRST ? first_of(program, file, annotation) : generic_instance(program, file, &term);
    case TERM_NAME: {
        Shape shape = shape_of_term(program, file, annotation);
        if (shape != SHAPE_NONE)
            return shape >= SHAPE_AWAITABLE ? shaped(program, shape, NULL, 0) : 0;
        break;
    }
    default:
        break;
    }
    return type_without_protocols(program, file, instances_of(program, type_eval(program, file, annotation)));
}
