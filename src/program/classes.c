/* Members of classes of the project: along the bases, and what classes that derive from them say instead. */
#include "program/classes_internal.h"

#include "program/basis.h"
#include "program/heritage.h"

bool class_derives(Program *program, Ref class_, Ref base)
{
    Lineage lineage;
    const Ancestor wanted = { .is_known = true, .is_project = true, .ref = base };
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count; i++) {
        if (ancestor_is(&lineage.items[i], &wanted))
            return true;
    }
    return false;
}

bool class_derives_api(Program *program, Ref class_, const char *base)
{
    Lineage lineage;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count; i++) {
        if (lineage.items[i].api && api_is_a(lineage.items[i].api, base))
            return true;
    }
    return false;
}

/* ---- Heirs ---- */

static bool derives_directly(Program *program, Ref class_, Ref base)
{
    const Summary *summary = program_load(program, class_.file);
    if (!summary || class_.number >= summary->classes.count)
        return false;
    Piece bases = program_class(program, class_)->bases;
    for (uint32_t i = 0; i < bases.count; i++) {
        Ancestor ancestor;
        if (ancestor_of_base(program, class_.file, summary->parts.items[bases.first + i], &ancestor) && ancestor.is_project &&
            ancestor.ref.file == base.file && ancestor.ref.number == base.number)
            return true;
    }
    return false;
}

static void add_heir(Program *program, HeirMemo *memo, Ref heir, Ref base)
{
    if (memo->classes.count > FAMILY_MOST)
        return;
    for (uint32_t i = 0; i < memo->classes.count; i++) {
        if (memo->classes.items[i].file == heir.file && memo->classes.items[i].number == heir.number)
            return;
    }
    if (derives_directly(program, heir, base))
        *array_push(program->arena, &memo->classes) = heir;
}

static void note_bases(Program *program, Ref heir)
{
    const Summary *summary = program_load(program, heir.file);
    bool is_there = summary && heir.number < summary->classes.count;
    Piece bases = is_there ? program_class(program, heir)->bases : (Piece){ 0 };
    for (uint32_t i = 0; i < bases.count; i++) {
        Ancestor base;
        if (ancestor_of_base(program, heir.file, summary->parts.items[bases.first + i], &base) && base.is_project)
            *array_push(program->arena, &program->types->unnamed) = (Derivation){ heir, base.ref };
    }
}

/* Whose bases have no name that could be looked up is asked once what it derives from. */
static const TypeTable *with_unnamed(Program *program)
{
    TypeTable *t = program->types;
    if (!t->has_unnamed) {
        uint32_t mark = basis_mark(program);
        t->has_unnamed = true;
        Heirs heirs = heirs_unnamed(program->lent ? program->lent->heritage : NULL);
        for (uint32_t i = 0; i < heirs.count; i++)
            note_bases(program, heirs.classes[i]);
        t->unnamed_node = basis_node(program, mark);
    }
    rests_on_node(program, t->unnamed_node);
    return t;
}

static void add_heirs_of_file(Program *program, HeirMemo *memo, uint32_t file, Ref class_)
{
    const Summary *summary = program_load(program, file);
    for (uint32_t i = 0; summary && i < summary->classes.count; i++) {
        if (summary->classes.items[i].bases.count)
            add_heir(program, memo, (Ref){ file, i }, class_);
    }
}

/* Those of its own file, and those that the index of all files knows. */
static void find_heirs(Program *program, HeirMemo *memo, Ref class_)
{
    const Summary *own = program_file(program, class_.file);
    add_heirs_of_file(program, memo, class_.file, class_);
    const Heritage *heritage = program->lent ? program->lent->heritage : NULL;
    HeirSearch search;
    Heirs heirs;
    rests_on_heirs(program, terms_text_of(&own->terms, program_class(program, class_)->name));
    rests_on_heirs(program, STR(""));
    heirs_start(&search, heritage, terms_text_of(&own->terms, program_class(program, class_)->name));
    while (heirs_next(&search, &heirs)) {
        for (uint32_t i = 0; i < heirs.count; i++)
            add_heir(program, memo, heirs.classes[i], class_);
        SuspectList suspects = heirs_suspects(&search);
        for (uint32_t i = 0; i < suspects.count; i++)
            add_heirs_of_file(program, memo, suspects.items[i].file, class_);
    }
    const TypeTable *t = with_unnamed(program);
    for (uint32_t i = 0; i < t->unnamed.count; i++) {
        Derivation d = t->unnamed.items[i];
        if (d.base.file == class_.file && d.base.number == class_.number)
            add_heir(program, memo, d.heir, class_);
    }
}

/* The classes that derive from a class directly; each once. */
static const HeirMemo *heirs_of(Program *program, Ref class_)
{
    types_make_room(program, class_.file);
    ClassMemo *classes = &program->types->classes[class_.file];
    if (!classes->heirs)
        classes->heirs = arena_array(program->arena, HeirMemo, program_file(program, class_.file)->classes.count);
    HeirMemo *memo = &classes->heirs[class_.number];
    if (!memo->is_known) {
        uint32_t mark = basis_mark(program);
        memo->is_known = true;
        find_heirs(program, memo, class_);
        memo->node = basis_node(program, mark);
    }
    rests_on_node(program, memo->node);
    return memo;
}

/* ---- Members ---- */

static const Member *find_in(const Summary *summary, Piece piece, TextId name)
{
    for (uint32_t i = 0; i < piece.count; i++) {
        if (summary->members.items[piece.first + i].name == name)
            return &summary->members.items[piece.first + i];
    }
    return NULL;
}

/* What the code of a class itself says of a name. False: nothing. */
static bool member_of_code(Program *program, Ref class_, Str name, TypeId *type)
{
    const Summary *summary = program_file(program, class_.file);
    rests_on_member(program, class_, name);
    TextId text = names_find(&summary->terms.texts, name);
    if (!text)
        return false;
    const ClassSummary *c = program_class(program, class_);
    const Member *body = find_in(summary, c->body, text), *attribute = find_in(summary, c->attributes, text);
    if (!body && !attribute)
        return false;
    const Member *declared = attribute && attribute->is_declared ? attribute : body && body->is_declared ? body : NULL;
    if (summary_sets_foreign(summary, text))
        *type = 0;
    else if (declared)
        *type = type_eval(program, class_.file, declared->term);
    else if (body && attribute)
        *type = type_union(
            program, type_eval(program, class_.file, body->term), type_eval(program, class_.file, attribute->term));
    else
        *type = type_eval(program, class_.file, (body ? body : attribute)->term);
    return true;
}

/* Whether the source binds the name in the body of a class in a way that leaves open what it is. */
static bool leaves_open(Program *program, Ref source, Str name)
{
    const Summary *summary = program_file(program, source.file);
    rests_on_member(program, source, name);
    return twin_leaves_open(summary, find_in(summary, program_class(program, source)->body, names_find(&summary->terms.texts, name)));
}

bool own_member(Program *program, Ref class_, Str name, TypeId *type)
{
    bool is_there = member_of_code(program, class_, name, type);
    Ref twin;
    TypeId other;
    if (is_there && *type) {
        bool is_open = twin_says_async(program, *type) && twin_source(program, class_, &twin) && leaves_open(program, twin, name);
        if (is_open)
            member_of_code(program, twin, name, type);
        return true;
    }
    if (!twin_class(program, class_, &twin) || !member_of_code(program, twin, name, &other))
        return is_there;
    if (other && !(twin_says_async(program, other) && leaves_open(program, class_, name)))
        *type = other;
    return is_there || other;
}

/* ---- Decorators of classes ---- */

enum { HANDED_ON_DEEPEST = 3 };

static bool is_setattr(const Atom *callee)
{
    return callee && callee->kind == ATOM_EXTERNAL && str_is(callee->name, "builtins.setattr");
}

/* Whether the `setattr` of a call may put something in the place of what has the name: what it is sure to set in another name adds to the class. */
static bool sets_name(const Summary *summary, const CallSummary *call, Str name)
{
    Str literal = terms_text_of(&summary->terms, call->object);
    return !call->object || (literal.n <= name.n && (str_starts(name, literal) || str_ends(name, literal)));
}

static bool calls_setattr(Program *program, Ref function, Str name)
{
    const Summary *summary = program_file(program, function.file);
    Piece calls = program_function(program, function)->calls;
    rests_on_function(program, THING_BODY, function);
    for (uint32_t i = 0; i < calls.count; i++) {
        const CallSummary *call = &summary->calls.items[calls.first + i];
        Type type = type_get(program, type_eval(program, function.file, call->term));
        if (type.count == 1 && is_setattr(&type.atoms[0]) && sets_name(summary, call, name))
            return true;
    }
    return false;
}

/* Whether a function sets an attribute, maybe of that name, of what its parameter is, itself or what it hands it to:
 * `setattr(cls, name, wrapped)`. Recursion goes over functions, to that depth. */
static bool sets_attribute(Program *program, Ref function, uint32_t parameter, Str name, unsigned depth)
{
    const Summary *summary = program_file(program, function.file);
    Piece uses = program_function(program, function)->uses;
    rests_on_function(program, THING_BODY, function);
    for (uint32_t i = 0; i < uses.count; i++) {
        ParameterUse use = summary->uses.items[uses.first + i];
        if (use.parameter != parameter || use.is_result)
            continue;
        if (use.kind == USE_CAPTURED && calls_setattr(program, (Ref){ function.file, use.function }, name))
            return true;
        if (use.kind != USE_PASSED)
            continue;
        Type type = type_get(program, type_eval(program, function.file, use.term));
        const Atom *callee = type.count == 1 ? &type.atoms[0] : NULL;
        if (is_setattr(callee) && calls_setattr(program, function, name))
            return true;
        bool is_followed = callee && callee->kind == ATOM_FUNCTION && callee->is_project && !callee->of && depth;
        if (is_followed && sets_attribute(program, callee->ref, use.position, name, depth - 1))
            return true;
    }
    return false;
}

typedef enum Alteration {
    ALTERS_NOTHING,
    ALTERS_PERHAPS, /* nobody knows the decorator: most of them register the class */
    ALTERS,         /* it is seen to put something else in the place of methods, or to give another class */
} Alteration;

static Alteration alteration_by_row(const Api *api)
{
    return api->role == ROLE_RECOLOURS ? ALTERS : api->role == ROLE_TRANSPARENT ? ALTERS_NOTHING : ALTERS_PERHAPS;
}

/* `@registered class C:` is C when that gives what it is given, and sets nothing in it. */
static Alteration alteration_by(Program *program, TermId decorator, Ref class_, Str name)
{
    TypeId own = type_of_atom(program, (Atom){ .kind = ATOM_CLASS, .is_project = true, .ref = class_ });
    TypeId callee = type_eval(program, class_.file, decorator);
    Type type = type_get(program, callee);
    const Atom *atom = type.count == 1 && type.atoms[0].kind == ATOM_FUNCTION && type.atoms[0].is_project ? &type.atoms[0] : NULL;
    if (!atom)
        return callee && type_call(program, callee, &own, 1) == own ? ALTERS_NOTHING : ALTERS_PERHAPS;
    Ref function = atom->ref;
    uint32_t parameter = atom->of && function_kind(program, function) != KIND_STATIC_METHOD;
    const Summary *summary = program_file(program, function.file);
    rests_on_function(program, THING_BODY, function);
    if (summary_sets_foreign(summary, names_find(&summary->terms.texts, name)) || sets_attribute(program, function, parameter, name, HANDED_ON_DEEPEST))
        return ALTERS;
    return type_call(program, callee, &own, 1) == own ? ALTERS_NOTHING : ALTERS_PERHAPS;
}

/* What the decorators of a class do to what it has under the name. */
static Alteration alteration_of(Program *program, Ref class_, Str name)
{
    const Summary *summary = program_file(program, class_.file);
    rests_on_class(program, class_);
    const ClassSummary *c = program_class(program, class_);
    Alteration most = ALTERS_NOTHING;
    for (uint32_t i = 0; i < c->decorators.count && most != ALTERS; i++) {
        TermId decorator = summary->parts.items[c->decorators.first + i], term = decorator;
        if (term && term_at(&summary->terms, term)->op == TERM_CALL)
            term = term_at(&summary->terms, term)->a;
        Type type = type_get(program, type_eval(program, class_.file, term));
        const Api *api = type.count == 1 ? type.atoms[0].api : NULL;
        Alteration one = api ? alteration_by_row(api) : alteration_by(program, decorator, class_, name);
        most = one > most ? one : most;
    }
    return most;
}

/* In a stub no function has a body. */
static bool is_abstract_function(Program *program, Ref function)
{
    return (program_function(program, function)->flags & FUNCTION_ABSTRACT) && !program_file(program, function.file)->is_stub;
}

/* A function found in a class becomes a method of the receiver; a property gives what it returns. */
static TypeId bound(Program *program, TypeId type, const Atom *owner, TypeId receiver, bool is_unsure)
{
    Type whole = type_get(program, type);
    TypeId result = 0;
    for (uint32_t i = 0; i < whole.count; i++) {
        Atom atom = whole.atoms[i];
        bool is_function = atom.kind == ATOM_FUNCTION && atom.is_project;
        bool is_seen = owner->kind == ATOM_INSTANCE;
        if (is_function) {
            FunctionKind kind = function_kind(program, atom.ref);
            bool is_abstract = is_abstract_function(program, atom.ref);
            if ((is_seen && kind == KIND_METHOD) || kind == KIND_CLASS_METHOD)
                atom.of = receiver;
            if (is_unsure || (is_abstract && !(owner->flags & ATOM_EXACT)))
                atom.flags |= ATOM_UNSURE;
        }
        TypeId one = type_of_atom(program, atom);
        if (is_function && is_seen && (atom.flags & ATOM_AS_PROPERTY))
            one = type_call(program, one, NULL, 0);
        result = i ? type_union(program, result, one) : one;
        if (!result)
            return 0;
    }
    return result;
}

enum { SOURCES_DEEPEST = 6 };

/* The first class of the lineage whose code has the name, as far as classes are known. Recursion goes over the bases that are in tables as well. */
static bool in_code(Program *program, Ref class_, Str name, unsigned depth, TypeId *type)
{
    Lineage lineage;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count && lineage.items[i].is_known; i++) {
        const Ancestor *ancestor = &lineage.items[i];
        bool complete;
        Ref source;
        if (ancestor->is_project && own_member(program, ancestor->ref, name, type))
            return true;
        if (ancestor->is_project)
            continue;
        if (depth && class_of_library(program, ancestor->api, &source) && in_code(program, source, name, depth - 1, type))
            return true;
        if (api_member(ancestor->api, name, &complete))
            return false;
    }
    return false;
}

/* Whether nothing could give the class such a member: all its bases are known, and none of them makes names up. */
static bool surely_lacks(Program *program, Ref class_, Str name, unsigned depth)
{
    Lineage lineage;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count; i++) {
        const Ancestor *ancestor = &lineage.items[i];
        bool complete = false;
        TypeId type;
        Ref source;
        if (!ancestor->is_known)
            return false;
        if (!ancestor->is_project) {
            bool is_open = depth && class_of_library(program, ancestor->api, &source)
                               ? !surely_lacks(program, source, name, depth - 1)
                               : api_member(ancestor->api, name, &complete) || !complete;
            if (is_open)
                return false;
            continue;
        }
        const Summary *summary = program_file(program, ancestor->ref.file);
        const ClassSummary *c = program_class(program, ancestor->ref);
        bool is_plain = !c->is_odd && !c->has_metaclass && !c->decorators.count;
        if (!is_plain || own_member(program, ancestor->ref, name, &type) || summary_sets_foreign(summary, names_find(&summary->terms.texts, name)))
            return false;
    }
    return true;
}

Having member_in_source(Program *program, Ref class_, Str name, const Atom *owner, TypeId receiver, TypeId *type)
{
    *type = 0;
    if (!in_code(program, class_, name, SOURCES_DEEPEST, type))
        return surely_lacks(program, class_, name, SOURCES_DEEPEST) ? HAS_NOT : MAY_HAVE;
    *type = bound(program, *type, owner, receiver, false);
    return HAS;
}

/* What the source of a class that tables know says of a member that they do not. */
static bool in_source(Program *program, const Api *class_, Str name, TypeId *type)
{
    Ref source;
    return program->lent && class_in_sources(program, api_name(class_), &source) && in_code(program, source, name, SOURCES_DEEPEST, type);
}

/* An attribute's type, with what the type arguments of the object say. */
static TypeId with_arguments(Program *program, TypeId type, TypeId receiver, Ref home)
{
    if (!type_has_variables(program, type))
        return type;
    Substitution substitution = { .count = 0 };
    substitution_of_receiver(program, &substitution, receiver, home);
    return type_substitute(program, type, &substitution);
}

/* Its objects are those of classes that say that they implement it. */
static bool is_of_interface(const Lineage *lineage)
{
    return lineage->count && lineage->items[lineage->count - 1].is_interface;
}

/* The first class of the lineage that has the name. False: none of those that are known; *type is then unknown. */
static bool inherited(Program *program, const Atom *owner, Str name, TypeId receiver, TypeId *type)
{
    Lineage lineage;
    lineage_of(program, owner->ref, &lineage);
    bool is_altered = false;
    *type = 0;
    if (is_of_interface(&lineage))
        return false;
    for (uint32_t i = owner->flags & ATOM_SUPER ? 1 : 0; i < lineage.count; i++) {
        const Ancestor *ancestor = &lineage.items[i];
        if (!ancestor->is_known)
            return false;
        bool complete = true;
        const Api *row = ancestor->is_project ? NULL : api_member(ancestor->api, name, &complete);
        if (row && member_instead(program, ancestor->api, row, owner, receiver, type))
            return true;
        if (row) {
            *type = type_of_member(program, row, receiver);
            return true;
        }
        if (!ancestor->is_project && in_source(program, ancestor->api, name, type)) {
            *type = bound(program, *type, owner, receiver, false);
            return true;
        }
        if (!ancestor->is_project && !complete)
            return false;
        Alteration alteration = ancestor->is_project ? alteration_of(program, ancestor->ref, name) : ALTERS_NOTHING;
        is_altered |= alteration == ALTERS;
        if (ancestor->is_project && own_member(program, ancestor->ref, name, type)) {
            *type = with_arguments(program, *type, receiver, ancestor->ref);
            *type = is_altered ? 0 : bound(program, *type, owner, receiver, alteration != ALTERS_NOTHING);
            return true;
        }
    }
    return false;
}

/* False: there are too many. */
static bool family_add(Family *family, Ref class_)
{
    for (uint32_t i = 0; i < family->count; i++) {
        if (family->classes[i].file == class_.file && family->classes[i].number == class_.number)
            return true;
    }
    if (family->count == sizeof family->classes / sizeof *family->classes)
        return false;
    family->classes[family->count++] = class_;
    return true;
}

bool family_grow(Program *program, Family *family, uint32_t number)
{
    const HeirMemo *heirs = heirs_of(program, family->classes[number]);
    for (uint32_t i = 0; i < heirs->classes.count; i++) {
        if (!family_add(family, heirs->classes.items[i]))
            return false;
    }
    return true;
}

/* Whether nobody calls it but what overrides it. */
static bool must_be_overridden(Program *program, Ref function)
{
    const FunctionSummary *f = program_function(program, function);
    if (!(f->flags & FUNCTION_HOOK))
        return f->flags & FUNCTION_ABSTRACT;
    return f->class_ && class_is_protocol(program, (Ref){ function.file, f->class_ - 1 });
}

/* An abstract method never runs when those that override it are known: they count alone, if they are of its colour. */
static TypeId without_abstract(Program *program, TypeId type)
{
    enum { COLOUR = FUNCTION_ASYNC | FUNCTION_GENERATOR };
    Type whole = type_get(program, type);
    uint32_t colour = COLOUR, abstract = 0;
    TypeId result = 0;
    for (uint32_t i = 0; i < whole.count; i++) {
        Atom atom = whole.atoms[i];
        if (atom.kind != ATOM_FUNCTION || !atom.is_project)
            return type;
        uint32_t flags = program_function(program, atom.ref)->flags;
        if (must_be_overridden(program, atom.ref)) {
            abstract |= (flags & COLOUR) | 1u << 31;
            continue;
        }
        colour = flags & COLOUR;
        TypeId one = type_of_atom(program, atom);
        result = result ? type_union(program, result, one) : one;
    }
    return result && abstract == (colour | 1u << 31) ? result : type;
}

/* Adds what the classes below the owner's say instead, breadth first. */
static TypeId with_overrides(Program *program, const Atom *owner, Str name, TypeId receiver, TypeId type)
{
    Family family = { .classes = { owner->ref }, .count = 1 };
    for (uint32_t i = 0; i < family.count && type; i++) {
        Ref class_ = family.classes[i];
        TypeId own;
        if (i && alteration_of(program, class_, name) == ALTERS)
            return 0;
        if (i && own_member(program, class_, name, &own))
            type = type_union(program, type, bound(program, own, owner, receiver, false));
        if (!family_grow(program, &family, i))
            return 0;
    }
    return without_abstract(program, type);
}

bool class_is_implemented(Program *program, Ref class_)
{
    Family family = { .classes = { class_ }, .count = 1 };
    for (uint32_t i = 0; i < family.count; i++) {
        if (i && !class_is_protocol(program, family.classes[i]))
            return true;
        if (!family_grow(program, &family, i))
            return true;
    }
    return false;
}

bool class_is_made_sync(Program *program, Ref class_)
{
    Lineage lineage;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count && lineage.items[i].is_known; i++) {
        if (!lineage.items[i].is_project)
            continue;
        uint32_t file = lineage.items[i].ref.file;
        rests_on_text(program, program->lent->path(program->lent->context, file));
        if (program_file(program, file)->traits & TRAIT_MAKES_METHODS_SYNC)
            return true;
    }
    return false;
}

TypeId member_of_project(Program *program, const Atom *owner, Str name, TypeId receiver)
{
    TypeId type;
    if (!inherited(program, owner, name, receiver, &type) || !type)
        return 0;
    bool is_open = owner->kind == ATOM_INSTANCE && !(owner->flags & (ATOM_EXACT | ATOM_SUPER));
    return is_open ? with_overrides(program, owner, name, receiver, type) : type;
}

TypeId field_of_named_tuple(Program *program, Ref class_, uint32_t position)
{
    const Summary *summary = program_file(program, class_.file);
    const ClassSummary *c = program_class(program, class_);
    const Term *base = c->bases.count ? term_at(&summary->terms, summary->parts.items[c->bases.first]) : NULL;
    if (!base || base->op != TERM_NAME || !str_is(terms_text_of(&summary->terms, base->a), "typing.NamedTuple"))
        return 0;
    rests_on_class(program, class_);
    for (uint32_t i = 0; i < c->body.count; i++) {
        const Member *member = &summary->members.items[c->body.first + i];
        rests_on_member(program, class_, terms_text_of(&summary->terms, member->name));
        if (!member->is_declared || position--)
            continue;
        return type_eval(program, class_.file, member->term);
    }
    return 0;
}

bool class_method(Program *program, Ref class_, Str name, Ref *method)
{
    Atom owner = { .kind = ATOM_INSTANCE, .flags = ATOM_EXACT, .is_project = true, .ref = class_, .name = STR("") };
    TypeId id;
    if (!inherited(program, &owner, name, type_of_atom(program, owner), &id))
        return false;
    Type type = type_get(program, id);
    if (type.count != 1 || type.atoms[0].kind != ATOM_FUNCTION || !type.atoms[0].is_project)
        return false;
    *method = type.atoms[0].ref;
    return true;
}

Having class_has(Program *program, Ref class_, const char *name)
{
    Lineage lineage;
    lineage_of(program, class_, &lineage);
    for (uint32_t i = 0; i < lineage.count; i++) {
        const Ancestor *ancestor = &lineage.items[i];
        bool complete = true;
        TypeId type;
        if (!ancestor->is_known)
            return MAY_HAVE;
        if (ancestor->is_project ? own_member(program, ancestor->ref, str_of(name), &type)
                                 : api_member(ancestor->api, str_of(name), &complete) != NULL)
            return HAS;
        if (!ancestor->is_project || program_class(program, ancestor->ref)->is_odd)
            return MAY_HAVE;
    }
    return HAS_NOT;
}
