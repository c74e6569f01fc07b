/* Classes whose code shows all that they and their instances have, whether there are any, and what runs of them. */
#include "program/basis.h"
#include "program/classes_internal.h"

/* ---- What a class surely lacks ---- */

static Str plain_name(Program *program, uint32_t file, TermId term)
{
    const Terms *terms = &program_file(program, file)->terms;
    if (term && term_at(terms, term)->op == TERM_CALL)
        term = term_at(terms, term)->a;
    const Term *name = term_at(terms, term);
    return name->op == TERM_NAME ? terms_text_of(terms, name->a) : STR("");
}

/* The fields of a dataclass are in its body. */
static bool has_plain_decorators(Program *program, Ref class_)
{
    Piece decorators = program_class(program, class_)->decorators;
    for (uint32_t i = 0; i < decorators.count; i++) {
        Str name = plain_name(program, class_.file, program_file(program, class_.file)->parts.items[decorators.first + i]);
        if (!str_is(name, "dataclasses.dataclass") && !str_is(name, "typing.final"))
            return false;
    }
    return true;
}

/* Whether each base is a class of the project, or one that brings nothing along. */
static bool has_plain_bases(Program *program, Ref class_)
{
    const Summary *summary = program_file(program, class_.file);
    Piece bases = program_class(program, class_)->bases;
    for (uint32_t i = 0; i < bases.count; i++) {
        TermId base = summary->parts.items[bases.first + i];
        while (base && (term_at(&summary->terms, base)->op == TERM_ITEM || term_at(&summary->terms, base)->op == TERM_GENERIC))
            base = term_at(&summary->terms, base)->a;
        Type type = type_get(program, type_eval(program, class_.file, base));
        const Atom *atom = type.count == 1 ? &type.atoms[0] : NULL;
        Str name = !atom || atom->is_project ? STR("") : atom->api ? api_name(atom->api) : atom->name;
        bool is_bare = str_is(name, "builtins.object") || str_is(name, "abc.ABC") || str_is(name, "typing.Generic");
        if (!atom || !(is_bare || (atom->is_project && atom->kind == ATOM_CLASS)))
            return false;
    }
    return true;
}

/* Whether what instances have may be more than what the code of the class assigns. What is behind a name of a class whose instances have
 * `__get__` is no such instance. */
static bool is_open_class(Program *program, Ref class_)
{
    static const char *const makers[] = { "__class__", "__get__", "__init_subclass__", "__new__", "__slots__" };
    const ClassSummary *c = program_class(program, class_);
    TypeId type;
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (own_member(program, class_, str_of(makers[i]), &type))
            return true;
    }
    return c->is_odd || c->has_metaclass || !has_plain_decorators(program, class_) || !has_plain_bases(program, class_);
}

bool class_is_plain(Program *program, Ref class_)
{
    const Files *lent = program->lent;
    Lineage lineage;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count && lent; i++) {
        const Ancestor *ancestor = &lineage.items[i];
        if (!ancestor->is_known || !ancestor->is_project || ancestor->ref.file >= lent->project_count)
            return false;
        const Summary *summary = program_file(program, ancestor->ref.file);
        rests_on_text(program, lent->path(lent->context, ancestor->ref.file));
        if (summary->is_stub || summary->traits & (TRAIT_BROKEN | TRAIT_MAKES_ATTRIBUTES) || is_open_class(program, ancestor->ref))
            return false;
    }
    return lent && lineage.count < LINEAGE_MOST;
}

bool class_surely_lacks(Program *program, Ref class_, Str name)
{
    Lineage lineage;
    TypeId type;
    if (!class_is_plain(program, class_))
        return false;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count; i++) {
        Ref ref = lineage.items[i].ref;
        const Summary *summary = program_file(program, ref.file);
        if (own_member(program, ref, name, &type) || summary_sets_foreign(summary, names_find(&summary->terms.texts, name)))
            return false;
    }
    return true;
}

/* ---- Whether there are instances ---- */

/* Whether nothing else than `__init__` has a say in what calling the class gives. */
static bool is_plainly_called(Program *program, Ref class_)
{
    Lineage lineage;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count; i++) {
        const Ancestor *ancestor = &lineage.items[i];
        TypeId type;
        if (!ancestor->is_known || !ancestor->is_project || own_member(program, ancestor->ref, STR("__new__"), &type))
            return false;
        const ClassSummary *c = program_class(program, ancestor->ref);
        if (c->decorators.count || c->has_metaclass)
            return false;
    }
    return true;
}

static bool init_is_async(Program *program, Ref class_)
{
    Ref init;
    if (!class_method(program, class_, STR("__init__"), &init))
        return false;
    const FunctionSummary *f = program_function(program, init);
    rests_on_function(program, THING_SIGNATURE, init);
    return (f->flags & FUNCTION_ASYNC) && !f->decorators.count;
}

/* The `__init__` that stands in the class itself, one plain function. */
static bool own_init(Program *program, Ref class_, Ref *init)
{
    TypeId id;
    Type type = own_member(program, class_, STR("__init__"), &id) ? type_get(program, id) : (Type){ 0 };
    if (type.count != 1 || type.atoms[0].kind != ATOM_FUNCTION || !type.atoms[0].is_project)
        return false;
    *init = type.atoms[0].ref;
    return true;
}

/* The one `super().__init__(...)` of a function, when that happens under no condition; NULL: there is none, or more. */
static const CallSummary *super_init(Program *program, Ref function)
{
    const Summary *summary = program_file(program, function.file);
    Piece calls = program_function(program, function)->calls;
    const CallSummary *found = NULL;
    rests_on_function(program, THING_BODY, function);
    for (uint32_t i = 0; i < calls.count; i++) {
        const CallSummary *call = &summary->calls.items[calls.first + i];
        const Term *callee = term_at(&summary->terms, call->term);
        bool is_attribute = callee->op == TERM_ATTRIBUTE && term_at(&summary->terms, callee->a)->op == TERM_SUPER;
        if (!is_attribute || !str_is(terms_text_of(&summary->terms, callee->b), "__init__"))
            continue;
        if (found || (call->flags & (CALL_GUARDED | CALL_ONCE | CALL_CONDITIONAL)) || call->needs || call->needs_also)
            return NULL;
        found = call;
    }
    return found;
}

static bool gives_something(const Summary *summary, const CallSummary *call)
{
    for (uint32_t i = 0; i < call->arguments.count; i++) {
        Str keyword = terms_text_of(&summary->terms, call_arguments(summary, call)[i].keyword);
        if (!str_is(keyword, "*") && !str_is(keyword, "**"))
            return true;
    }
    return false;
}

/* Whether each `__init__` calls the next one, and the last one that of `object` with arguments, which that does not take. */
static bool gives_object_something(Program *program, Ref class_)
{
    Lineage lineage;
    bool gives = false;
    if (!class_is_plain(program, class_))
        return false;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count; i++) {
        Ref ref = lineage.items[i].ref, init;
        TypeId type;
        if (i + 1 < lineage.count && !class_derives(program, ref, lineage.items[i + 1].ref))
            return false; /* which of several bases comes next is another matter */
        if (!own_member(program, ref, STR("__init__"), &type))
            continue;
        const CallSummary *call = own_init(program, ref, &init) ? super_init(program, init) : NULL;
        if (!call)
            return false;
        gives = gives_something(program_file(program, init.file), call);
    }
    return gives;
}

bool class_init_always_runs(Program *program, Ref class_)
{
    Family family = { .classes = { class_ }, .count = 1 };
    for (uint32_t i = 0; i < family.count; i++) {
        Ref init;
        TypeId type;
        if (i && own_member(program, family.classes[i], STR("__init__"), &type) &&
            !(own_init(program, family.classes[i], &init) && super_init(program, init)))
            return false;
        if (!family_grow(program, &family, i))
            return false;
    }
    return true;
}

bool class_init_never_runs(Program *program, Ref class_)
{
    Family family = { .classes = { class_ }, .count = 1 };
    for (uint32_t i = 0; i < family.count; i++) {
        if (!init_is_async(program, family.classes[i]) || !is_plainly_called(program, family.classes[i]) ||
            !family_grow(program, &family, i))
            return false;
    }
    return true;
}

bool class_has_no_instances(Program *program, Ref class_)
{
    Family family = { .classes = { class_ }, .count = 1 };
    for (uint32_t i = 0; i < family.count; i++) {
        Ref one = family.classes[i];
        if (!(init_is_async(program, one) && is_plainly_called(program, one)) && !gives_object_something(program, one))
            return false;
        if (!family_grow(program, &family, i))
            return false;
    }
    return true;
}

/* ---- Tests ---- */

/* Whether a class could have a say in how its tests are run. */
static bool may_run_tests(Program *program, Ref class_)
{
    static const char *const runners[] = { "__call__", "__init__", "__init_subclass__", "_callTestMethod", "debug", "run" };
    const ClassSummary *c = program_class(program, class_);
    TypeId type;
    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++) {
        if (own_member(program, class_, str_of(runners[i]), &type))
            return true;
    }
    rests_on_text(program, program->lent->path(program->lent->context, class_.file));
    return c->is_odd || c->has_metaclass || c->decorators.count ||
           program_file(program, class_.file)->traits & (TRAIT_BROKEN | TRAIT_MAKES_ATTRIBUTES);
}

static bool is_plain_test_case(Program *program, Ref class_)
{
    Lineage lineage;
    bool is_test_case = false;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count; i++) {
        const Ancestor *ancestor = &lineage.items[i];
        bool is_base = ancestor->api && str_is(api_name(ancestor->api), "unittest.TestCase");
        is_test_case |= is_base;
        if (!is_base && (!ancestor->is_known || !ancestor->is_project || may_run_tests(program, ancestor->ref)))
            return false;
    }
    return is_test_case && lineage.count < LINEAGE_MOST;
}

bool class_drops_coroutines(Program *program, Ref class_)
{
    Family family = { .classes = { class_ }, .count = 1 };
    for (uint32_t i = 0; i < family.count && program->lent; i++) {
        if (!is_plain_test_case(program, family.classes[i]) || !family_grow(program, &family, i))
            return false;
    }
    return program->lent;
}
