/* Protocols: classes that say what others have. A type that is one says little; what a file itself uses for it says more:
 *
 *   connection_class: type[BaseConnection] = Connection
 *
 * makes every BaseConnection of that file a Connection. */
#include "program/basis.h"
#include "program/types_internal.h"

static bool names_protocol(Program *program, Ref class_)
{
    const Summary *summary = program_file(program, class_.file);
    Piece bases = program_class(program, class_)->bases;
    for (uint32_t i = 0; i < bases.count; i++) {
        const Term *base = term_at(&summary->terms, summary->parts.items[bases.first + i]);
        if (base->op == TERM_GENERIC || base->op == TERM_ITEM)
            base = term_at(&summary->terms, base->a);
        Str name = base->op == TERM_NAME ? terms_text_of(&summary->terms, base->a) : STR("");
        if (str_is(name, "typing.Protocol") || str_is(name, "typing_extensions.Protocol"))
            return true;
    }
    return false;
}

bool class_is_protocol(Program *program, Ref class_)
{
    types_make_room(program, class_.file);
    ClassMemo *memo = &program->types->classes[class_.file];
    if (!memo->protocols)
        memo->protocols = arena_array(program->arena, uint8_t, program_file(program, class_.file)->classes.count);
    rests_on_class(program, class_);
    uint8_t *is_known = &memo->protocols[class_.number];
    if (!*is_known)
        *is_known = names_protocol(program, class_) ? 2 : 1;
    return *is_known == 2;
}

/* Whether an annotation names the class: alone, in a union, or as an argument. Recursion goes over the depth of the term. */
static bool mentions(Program *program, uint32_t file, TermId annotation, Ref class_)
{
    if (!annotation)
        return false;
    Term term = *term_at(&program_file(program, file)->terms, annotation);
    switch ((TermOp)term.op) {
    case TERM_INSTANCE:
        return mentions(program, file, term.a, class_);
    case TERM_UNION:
    case TERM_LIST:
        return mentions(program, file, term.a, class_) || mentions(program, file, term.b, class_);
    case TERM_GENERIC:
        return mentions(program, file, term.b, class_);
    case TERM_NAME:
    case TERM_CLASS: {
        Type type = type_get(program, type_eval(program, file, annotation));
        return type.count == 1 && type.atoms[0].kind == ATOM_CLASS && type.atoms[0].is_project &&
               type.atoms[0].ref.file == class_.file && type.atoms[0].ref.number == class_.number;
    }
    default:
        return false;
    }
}

/* Instances of what a declared name was given: of a class the class's. */
static TypeId instance_given(Program *program, TypeId value)
{
    Type type = type_get(program, type_without_none(program, value));
    TypeId result = 0;
    for (uint32_t i = 0; i < type.count; i++) {
        Atom atom = type.atoms[i];
        if ((atom.kind != ATOM_CLASS && atom.kind != ATOM_INSTANCE) || !(atom.is_project || atom.api))
            return 0;
        atom.kind = ATOM_INSTANCE;
        atom.flags &= (uint16_t)~ATOM_EXACT;
        TypeId one = type_of_atom(program, atom);
        result = i ? type_union(program, result, one) : one;
    }
    return result;
}

static TypeId given_for(Program *program, uint32_t file, const Member *member, Ref protocol)
{
    bool is_it = member->is_declared && member->value && mentions(program, file, member->term, protocol);
    return is_it ? instance_given(program, type_eval(program, file, member->value)) : 0;
}

/* What the file uses for the protocol; 0: nothing is known. */
static TypeId used_for(Program *program, uint32_t file, Ref protocol)
{
    const Summary *summary = program_file(program, file);
    TypeId whole = 0;
    if (program->basis && program->lent && program->lent->path)
        rests_on_text(program, program->lent->path(program->lent->context, file));
    for (uint32_t i = 0; i < summary->members.count + summary->exports.count; i++) {
        bool is_export = i >= summary->members.count;
        const Member *member = is_export ? &summary->exports.items[i - summary->members.count] : &summary->members.items[i];
        TypeId one = given_for(program, file, member, protocol);
        if (one)
            whole = whole ? type_union(program, whole, one) : one;
    }
    return whole;
}

TypeId type_without_protocols(Program *program, uint32_t file, TypeId type)
{
    Type whole = type_get(program, type);
    TypeId result = 0;
    bool is_changed = false;
    for (uint32_t i = 0; i < whole.count; i++) {
        Atom atom = type_get(program, type).atoms[i];
        bool is_protocol = atom.kind == ATOM_INSTANCE && atom.is_project && class_is_protocol(program, atom.ref);
        TypeId used = is_protocol ? used_for(program, file, atom.ref) : 0;
        TypeId one = type_of_atom(program, atom);
        if (used)
            one = class_is_implemented(program, atom.ref) ? type_union(program, one, used) : used;
        is_changed |= used != 0;
        result = i ? type_union(program, result, one) : one;
    }
    return is_changed ? result : type;
}
