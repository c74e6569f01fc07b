/* Expressions that surely raise, for another reason than a missing await. */
#include "finding/prevented.h"
#include "program/basis.h"
#include "python/unbound.h"

/* Whether n may not be evaluated although what it is part of is. */
static bool is_optional_part(Node n, Node parent)
{
    switch (node_kind(parent)) {
    case PY_BOOLEAN_OPERATOR:
        return node_role(n) != F_LEFT;
    case PY_COMPARISON_OPERATOR:
        return node_count(parent) != 3;
    case PY_CONDITIONAL_EXPRESSION:
        return !node_same(node_child(parent, 1), n);
    case PY_ASSIGNMENT:
        return node_role(n) != F_RIGHT;
    default:
        return false;
    }
}

static bool may_be_skipped(Node n)
{
    switch (node_kind(n)) {
    case PY_LAMBDA:
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
    case PY_GENERATOR_EXPRESSION:
        return true;
    default:
        return is_optional_part(n, node_parent(n));
    }
}

/* ---- Attributes ---- */

/* Whether the file sets an attribute of that name of what is not its own object. */
static bool sets(const Summary *summary, Str name)
{
    return summary_sets_foreign(summary, names_find(&summary->terms.texts, name));
}

/* The same, or some by `setattr`. */
static bool may_set(const Summary *summary, Str name)
{
    return sets(summary, name) || (summary->traits & TRAIT_SETS_ATTRIBUTES);
}

/* The same of the file of n, where a test may do so by keywords: `patch.multiple(Store, load=...)`. */
static bool may_set_here(Node n, Str name)
{
    return names_find(&n.module->names, STR("multiple")) || may_set(ask_summary(n), name);
}

static bool is_parameter(Node n)
{
    Summary *summary = ask_summary(n);
    return term_at(&summary->terms, summary_term(summary, n))->op == TERM_PARAMETER;
}

/* A patch of the class in the file, `patch("app.store.Store")`, makes something else of what the file makes of it. */
static bool class_lacks(Node n, const Atom *atom, Str name)
{
    Program *program = ask_program(n);
    bool is_sure = atom->is_project && program->lent && class_surely_lacks(program, atom->ref, name);
    if (!is_sure || may_set_here(n, name) || may_set(program_file(program, atom->ref.file), name))
        return false;
    return !may_set_here(n, terms_text_of(&program_file(program, atom->ref.file)->terms, program_class(program, atom->ref)->name));
}

/* Whether it is known by what makes it, and not by a mere annotation, which may be wrong, what an instance is. */
static bool is_made(const Atom *atom)
{
    return atom->kind == ATOM_INSTANCE && atom->flags == ATOM_EXACT;
}

/* Of libraries nothing is said, although an AsyncSession has no `query`: who has made one of a Session has not awaited its commits either, and
 * wants to hear of them. */
static bool instance_lacks(Node object, Str name)
{
    Type type = type_of(object);
    for (uint32_t i = 0; i < type.count; i++) {
        if (!is_made(&type.atoms[i]) || !class_lacks(object, &type.atoms[i], name))
            return false;
    }
    return type.count > 0;
}

bool is_no_manager(Node object, bool is_async)
{
    return instance_lacks(object, is_async ? STR("__aenter__") : STR("__enter__"));
}

/* Whether the object of `object.name` surely has no such attribute: an instance, or a class by its name. */
static bool is_lacking(Node attribute)
{
    Str name = node_text(node_field(attribute, F_ATTRIBUTE));
    Node object = node_field(attribute, F_OBJECT);
    if (str_starts(name, STR("__")) || sets(ask_summary(attribute), name))
        return false;
    Type type = type_of(object);
    if (type.count != 1 || type.atoms[0].kind != ATOM_CLASS)
        return instance_lacks(object, name);
    bool is_meta = str_is(name, "mro") || str_is(name, "register"); /* of `type` and ABCMeta */
    return node_kind(object) == PY_IDENTIFIER && !is_meta && !is_parameter(object) && class_lacks(attribute, &type.atoms[0], name);
}

/* ---- Arguments ---- */

/* Whether a method's receiver is what it is thought to be; a class derived from it may take other arguments. */
static bool is_sure_receiver(Node call, const Atom *function)
{
    Node callee = node_field(call, F_FUNCTION);
    Type receiver = type_get(ask_program(call), function->of);
    if (node_kind(callee) == PY_ATTRIBUTE && is_parameter(node_field(callee, F_OBJECT)))
        return false;
    for (uint32_t i = 0; i < receiver.count; i++) {
        if (receiver.atoms[i].kind == ATOM_INSTANCE && !(receiver.atoms[i].flags & ATOM_EXACT))
            return false;
    }
    return true;
}

/* Not where the file, or that of the function, puts something else in its place. */
static bool is_misfit(Node call)
{
    Program *program = ask_program(call);
    Type type = type_of(node_field(call, F_FUNCTION));
    const Atom *atom = type.count == 1 && type.atoms[0].is_project && program->lent ? &type.atoms[0] : NULL;
    if (!atom || (atom->kind != ATOM_FUNCTION && atom->kind != ATOM_CLASS) || atom->ref.file >= program->lent->project_count)
        return false;
    const Summary *summary = program_file(program, atom->ref.file);
    bool is_class = atom->kind == ATOM_CLASS;
    if (summary->is_stub || (is_class ? !is_misfit_of_class(call, atom->ref) : !is_misfit_of_function(call)))
        return false;
    Str name = terms_text_of(&summary->terms, is_class ? program_class(program, atom->ref)->name : program_function(program, atom->ref)->name);
    rests_on_text(program, program->lent->path(program->lent->context, atom->ref.file));
    if ((summary->traits & TRAIT_BROKEN) || may_set(summary, name) || may_set_here(call, name) || is_parameter(node_field(call, F_FUNCTION)))
        return false;
    if (is_class)
        return !may_set(summary, STR("__init__")) && !may_set_here(call, STR("__init__"));
    return is_sure_receiver(call, atom);
}

bool surely_raises(Node root, bool names, uint32_t *left)
{
    uint32_t after = node_data(root)->after;
    names = names && !(ask_summary(root)->traits & (TRAIT_MAKES_NAMES | TRAIT_BROKEN));
    for (uint32_t id = root.id; id < after && *left; --*left) {
        Node n = node_at(root.module, id);
        bool is_skipped = id != root.id && may_be_skipped(n);
        bool is_wrong = !is_skipped && ((names && is_unbound(n)) || (node_kind(n) == PY_ATTRIBUTE && is_lacking(n)) ||
                                           (node_kind(n) == PY_CALL && is_misfit(n)));
        if (is_wrong)
            return true;
        id = is_skipped ? node_data(n)->after : id + 1;
    }
    return false;
}
