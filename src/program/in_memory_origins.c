/* Walking back from an object to where it was made. */
#include "program/basis.h"
#include "program/fixtures.h"
#include "program/in_memory_internal.h"

enum { BASES_MOST = 12, INITIALIZERS_DEEPEST = 6 };

static const Terms *terms_of(const Walk *walk, const Origin *o)
{
    return &program_file(walk->program, o->file)->terms;
}

bool is_named(const Terms *terms, TermId term, const char *name)
{
    const Term *t = term_at(terms, term);
    return t->op == TERM_NAME && str_is(terms_text_of(terms, t->a), name);
}

static bool is_same(Ref a, Ref b)
{
    return a.file == b.file && a.number == b.number;
}

/* What a term surely is. */
static bool only_atom(const Walk *walk, uint32_t file, TermId term, Atom *atom)
{
    Type type = type_get(walk->program, type_eval(walk->program, file, term));
    if (type.count != 1)
        return false;
    *atom = type.atoms[0];
    return true;
}

/* ---- Calls ---- */

/* Whether arguments by position may be those of the term. */
static bool list_fits(const Summary *summary, TermId list, const CallSummary *call)
{
    const Argument *arguments = call_arguments(summary, call);
    uint32_t position = 0, count = 0;
    for (uint32_t i = 0; i < call->arguments.count; i++)
        count += !arguments[i].keyword;
    for (; list; position++, list = term_at(&summary->terms, list)->b) {
        TermId wanted = term_at(&summary->terms, list)->a;
        for (uint32_t i = 0; i < call->arguments.count; i++) {
            const Argument *a = &arguments[i];
            TermId given = a->term ? a->term : a->type;
            bool is_either = term_at(&summary->terms, wanted)->op == TERM_UNION; /* the argument may be what decides */
            if (!a->keyword && a->position == position && given && wanted && !is_either && given != wanted)
                return false;
        }
    }
    return position == count || position == TERM_ARGUMENTS;
}

/* False: there are too many. */
static bool add_sites(const Walk *walk, Ref function, const Origin *o, const Term *call, MakingCall *sites, uint32_t *count)
{
    const Summary *summary = program_file(walk->program, function.file);
    const FunctionSummary *f = program_function(walk->program, function);
    rests_on_function(walk->program, THING_BODY, function);
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *c = &summary->calls.items[f->calls.first + i];
        bool is_it = o->is_any ? is_named(&summary->terms, c->term, "sqlite3.connect")
                               : c->term == call->a && list_fits(summary, call->b, c);
        if (c->kind != CALL_PLAIN || !is_it)
            continue;
        if (*count == SITES_MOST)
            return false;
        sites[(*count)++] = (MakingCall){ function, c };
    }
    return true;
}

uint32_t sites_of(Walk *walk, const Origin *o, const Term *call, MakingCall *sites)
{
    Program *program = walk->program;
    uint32_t count = 0;
    if (o->function)
        return add_sites(walk, (Ref){ o->file, o->function - 1 }, o, call, sites, &count) ? count : 0;
    if (!o->self.is_known)
        return 0;
    /* Which methods a class has is said by no smaller thing. */
    if (program->lent)
        rests_on_text(program, program->lent->path(program->lent->context, o->home.file));
    const Summary *summary = program_file(program, o->home.file);
    for (uint32_t i = 0; i < summary->functions.count; i++) {
        bool is_method = summary->functions.items[i].class_ == o->home.number + 1;
        if (is_method && !add_sites(walk, (Ref){ o->home.file, i }, o, call, sites, &count))
            return 0;
    }
    return count;
}

static Entry *new_call(Walk *walk, const Instance *self)
{
    if (walk->count == CALLS_OF_ORIGIN)
        return NULL;
    walk->selves[walk->count] = self ? *self : (Instance){ .is_known = false };
    walk->calls[walk->count] = (Entry){ .is_bound = true };
    return &walk->calls[walk->count++];
}

/* What a call gives. */
static Given given_at(const Walk *walk, const MakingCall *site, TermId callee)
{
    const Summary *summary = program_file(walk->program, site->function.file);
    return (Given){ &summary->terms, call_arguments(summary, site->call), site->call->arguments.count, true, site->function.file + 1,
        site->function.number + 1, callee, false };
}

/* ---- Constructors ---- */

/* `super().__init__(path)`, `Base.__init__(self, path)`. */
static bool initializes(const Walk *walk, Ref function, const CallSummary *call, Ref *target, bool *is_super)
{
    const Terms *terms = &program_file(walk->program, function.file)->terms;
    const Term *callee = term_at(terms, call->term);
    Atom atom;
    if (call->kind != CALL_PLAIN || callee->op != TERM_ATTRIBUTE || !str_is(terms_text_of(terms, callee->b), "__init__"))
        return false;
    if (!only_atom(walk, function.file, call->term, &atom) || atom.kind != ATOM_FUNCTION || !atom.is_project)
        return false;
    *target = atom.ref;
    *is_super = term_at(terms, callee->a)->op == TERM_SUPER;
    return true;
}

/* The call of another constructor that one makes: by super(), or by name of the one that is wanted. NULL: there is none, or several. */
static Entry *next_initializer(Walk *walk, const Instance *self, Entry *entry, Ref wanted)
{
    const Summary *summary = program_file(walk->program, entry->function.file);
    const FunctionSummary *f = program_function(walk->program, entry->function);
    MakingCall found = { .call = NULL };
    Ref target, chosen = { 0 };
    bool is_super, is_bound = false;
    rests_on_function(walk->program, THING_BODY, entry->function);
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *call = &summary->calls.items[f->calls.first + i];
        if (!initializes(walk, entry->function, call, &target, &is_super) || !(is_super || is_same(target, wanted)))
            continue;
        if (found.call)
            return NULL;
        found = (MakingCall){ entry->function, call };
        chosen = target;
        is_bound = is_super;
    }
    Entry *next = found.call ? new_call(walk, self) : NULL;
    if (!next)
        return NULL;
    next->function = chosen;
    next->is_bound = is_bound;
    next->given = given_at(walk, &found, found.call->term);
    next->before = entry;
    return next;
}

/* The call of a method of an instance, as far as it is known: of its constructors what they were given. */
static Entry *entry_in_method(Walk *walk, const Instance *self, Ref method)
{
    Entry *entry = self->made;
    for (unsigned i = 0; entry && i < INITIALIZERS_DEEPEST; i++) {
        if (is_same(entry->function, method))
            return entry;
        entry = next_initializer(walk, self, entry, method);
    }
    Entry *other = function_kind(walk->program, method) == KIND_METHOD ? new_call(walk, self) : NULL;
    if (other)
        other->function = method;
    return other;
}

Entry *entry_around(Walk *walk, const Origin *o, const MakingCall *site)
{
    return o->function ? o->entry : entry_in_method(walk, &o->self, site->function);
}

/* ---- Attributes ---- */

static const Member *find_member(const Summary *summary, Piece piece, TextId name)
{
    for (uint32_t i = 0; i < piece.count; i++) {
        if (summary->members.items[piece.first + i].name == name)
            return &summary->members.items[piece.first + i];
    }
    return NULL;
}

/* What is assigned, whatever is declared. */
static TermId value_of(const Member *member)
{
    return !member ? 0 : member->is_declared ? member->value : member->term;
}

/* To what a property gives. */
static bool go_to_property(Walk *walk, Origin *o, const Instance *self, Ref function)
{
    Type type = type_get(walk->program, type_of_function(walk->program, function));
    if (type.count != 1 || type.atoms[0].kind != ATOM_FUNCTION || !(type.atoms[0].flags & ATOM_AS_PROPERTY))
        return false;
    rests_on_function(walk->program, THING_SIGNATURE, function);
    o->entry = entry_in_method(walk, self, function);
    o->file = function.file;
    o->function = function.number + 1;
    o->term = program_function(walk->program, function)->result;
    o->self.is_known = false;
    return o->entry != NULL;
}

/* What the code of a class says of the attribute that is wanted. */
static bool go_to_own_member(Walk *walk, Origin *o, const Instance *self, Ref home, bool *is_there)
{
    const Summary *summary = program_file(walk->program, home.file);
    const ClassSummary *c = program_class(walk->program, home);
    Str name = o->names[o->name_count];
    TextId text = names_find(&summary->terms.texts, name);
    rests_on_member(walk->program, home, name);
    const Member *attribute = text ? find_member(summary, c->attributes, text) : NULL;
    const Member *body = text ? find_member(summary, c->body, text) : NULL;
    *is_there = attribute || body;
    if (!*is_there || summary_sets_foreign(summary, text))
        return false;
    const Term *in_body = term_at(&summary->terms, body ? body->term : 0);
    if (!attribute && in_body->op == TERM_FUNCTION)
        return go_to_property(walk, o, self, (Ref){ home.file, in_body->a });
    TermId value = attribute && !(attribute->is_declared && !attribute->value) ? value_of(attribute) : value_of(body);
    bool is_declared = (attribute && attribute->is_declared) || (body && body->is_declared);
    o->is_any = is_declared && (!value || term_at(&summary->terms, value)->op == TERM_NONE);
    o->file = home.file;
    o->function = 0;
    o->term = value;
    o->entry = NULL;
    o->self = *self;
    o->home = home;
    return true;
}

/* The last of the attributes that are wanted, of an instance. Bases that are not known are passed over: types know what the member is. */
static bool go_to_member(Walk *walk, Origin *o, Instance self)
{
    Program *program = walk->program;
    Ref stack[BASES_MOST + 1] = { self.class_ };
    uint32_t count = 1;
    if (!o->name_count)
        return false;
    o->name_count--;
    for (unsigned i = 0; count && i < BASES_MOST; i++) {
        Ref home = stack[--count];
        bool is_there;
        if (go_to_own_member(walk, o, &self, home, &is_there))
            return true;
        if (is_there)
            return false;
        Piece bases = program_class(program, home)->bases;
        rests_on_class(program, home);
        for (uint32_t k = bases.count; k-- > 0 && count < BASES_MOST;) {
            Atom atom;
            TermId base = program_file(program, home.file)->parts.items[bases.first + k];
            if (only_atom(walk, home.file, base, &atom) && atom.kind == ATOM_CLASS && atom.is_project)
                stack[count++] = atom.ref;
        }
    }
    return false;
}

/* ---- Parameters ---- */

static void set_origin(Origin *o, uint32_t file, uint32_t function, TermId term, Entry *entry)
{
    o->file = file;
    o->function = function;
    o->term = term;
    o->entry = entry;
    o->self.is_known = o->is_any = false;
}

/* The attribute by which a method was called: of `with lock.held():` that of the call. 0: none. */
static TermId method_called(const Walk *walk, Entry *entry)
{
    const Given *given = &entry->given;
    const Term *callee = term_at(given->terms, given->callee);
    TermId id = given->callee;
    if (given->is_entered && callee->op == TERM_CALL)
        callee = term_at(given->terms, id = callee->a);
    const FunctionSummary *f = program_function(walk->program, entry->function);
    Str name = terms_text_of(&program_file(walk->program, entry->function.file)->terms, f->name);
    return callee->op == TERM_ATTRIBUTE && str_equal(terms_text_of(given->terms, callee->b), name) ? id : 0;
}

/* To the object whose method is called. */
static bool go_to_receiver(Walk *walk, Origin *o, Entry *entry)
{
    const Given *given = &entry->given;
    bool is_ours = entry >= walk->calls && entry < walk->calls + walk->count;
    if (is_ours && walk->selves[entry - walk->calls].is_known)
        return go_to_member(walk, o, walk->selves[entry - walk->calls]);
    if (!given->file || !given->callee)
        return false;
    TermId method = method_called(walk, entry);
    if (method || given->is_entered) {
        set_origin(o, given->file - 1, given->function, method ? term_at(given->terms, method)->a : given->callee, entry->before);
        return true;
    }
    Atom atom;
    bool is_made = only_atom(walk, given->file - 1, given->callee, &atom) && atom.kind == ATOM_CLASS && atom.is_project;
    return is_made && go_to_member(walk, o, (Instance){ atom.ref, entry, true });
}

/* As good as that of its default value, for what is asked about it. */
static Str literal_of_default(const Parameter *p)
{
    if (p->is_in_memory)
        return STR("':memory:'");
    if (p->address)
        return p->address == 4 ? STR("'0.0.0.0'") : STR("'::'");
    return p->fallback_truth == TRUTH_NO ? STR("False") : STR("");
}

static bool go_to_argument(Walk *walk, Origin *o, Entry *entry, uint32_t number)
{
    const Argument *a;
    rests_on_function(walk->program, THING_SIGNATURE, entry->function);
    if (!argument_given(walk->program, entry, number, &a))
        return false;
    if (a) {
        set_origin(o, entry->given.file - 1, entry->given.function, a->term ? a->term : a->type, entry->before);
        o->literal = terms_text_of(entry->given.terms, a->value);
        return true;
    }
    const FunctionSummary *f = program_function(walk->program, entry->function);
    const Parameter *p = &program_file(walk->program, entry->function.file)->parameters.items[f->parameters.first + number];
    set_origin(o, entry->function.file, 0, p->fallback, NULL);
    o->literal = literal_of_default(p);
    return p->has_default;
}

/* To what pytest fills a parameter of a test with. */
static bool go_to_fixture(Walk *walk, Origin *o, Ref function, uint32_t number)
{
    Ref fixture;
    if (!fixture_of_parameter(walk->program, function, number, &fixture))
        return false;
    set_origin(o, fixture.file, fixture.number + 1, fixture_gives(walk->program, fixture), NULL);
    return true;
}

/* To what the function was given. Of methods of which it is not known who calls them, the object is an instance of their class. */
static bool go_to_parameter(Walk *walk, Origin *o, Ref function, uint32_t number)
{
    Entry *entry = o->entry;
    uint32_t class_ = program_function(walk->program, function)->class_;
    bool is_own = entry && is_same(entry->function, function);
    if (!is_own && o->self.is_known && !o->function) {
        entry = class_ ? entry_in_method(walk, &o->self, function) : NULL;
        is_own = entry != NULL;
    }
    if (is_own)
        return number || !entry->is_bound ? go_to_argument(walk, o, entry, number) : go_to_receiver(walk, o, entry);
    bool is_self = !entry && !number && class_ && function_kind(walk->program, function) == KIND_METHOD;
    return is_self ? go_to_member(walk, o, (Instance){ { function.file, class_ - 1 }, NULL, true })
                   : go_to_fixture(walk, o, function, number);
}

/* ---- What calls give ---- */

/* The item of a call's list that becomes a parameter. */
static TermId item_for(const Terms *terms, TermId list, uint32_t number, bool is_bound)
{
    for (uint32_t i = is_bound; list && i < number; i++)
        list = term_at(terms, list)->b;
    return list && number >= is_bound ? term_at(terms, list)->a : 0;
}

/* To what a function returns or yields, which may be what it was given. */
static bool go_to_result(Walk *walk, Origin *o, const Term *call, const Atom *atom, TermId result)
{
    const Term *made = term_at(&program_file(walk->program, atom->ref.file)->terms, result);
    bool is_bound = atom->of && function_kind(walk->program, atom->ref) != KIND_STATIC_METHOD;
    bool is_given = made->op == TERM_PARAMETER && made->a == atom->ref.number;
    TermId item = is_given ? item_for(terms_of(walk, o), call->b, made->b, is_bound) : 0;
    rests_on_function(walk->program, THING_SIGNATURE, atom->ref);
    if (item) {
        o->term = item;
        return true;
    }
    MakingCall sites[SITES_MOST];
    uint32_t count = sites_of(walk, o, call, sites);
    if (!count && !o->function)
        return false;
    Entry *before = count ? entry_around(walk, o, &sites[0]) : o->entry;
    Entry *entry = new_call(walk, NULL);
    if (!entry)
        return false;
    MakingCall site = count ? sites[0] : (MakingCall){ { o->file, o->function - 1 }, NULL };
    entry->function = atom->ref;
    entry->is_bound = is_bound;
    entry->before = before;
    entry->given = count == 1 ? given_at(walk, &site, call->a)
                              : (Given){ .terms = terms_of(walk, o), .file = o->file + 1, .function = site.function.number + 1, .callee = call->a };
    set_origin(o, atom->ref.file, atom->ref.number + 1, result, entry);
    return true;
}

/* `connection.cursor()`, `cursor.execute(...)` */
static bool is_of_its_object(Str method)
{
    return str_is(method, "cursor") || str_starts(method, STR("execute")) || str_is(method, "__enter__");
}

/* Calls that give what they are given, or what closes or names it. */
static bool is_wrapping(const Terms *terms, TermId callee)
{
    return is_named(terms, callee, "contextlib.closing") || is_named(terms, callee, "builtins.str") || is_named(terms, callee, "os.fspath") ||
           is_named(terms, callee, "pathlib.Path") || is_named(terms, callee, "os.path.dirname") || is_named(terms, callee, "os.path.abspath");
}

/* The function of the project that is called: that itself, or one that a fixture gives. */
static bool is_calling(const Walk *walk, const Origin *o, TermId callee, Atom *atom)
{
    const Term *term = term_at(terms_of(walk, o), callee);
    uint32_t file = o->file;
    Ref fixture;
    if (term->op == TERM_PARAMETER && fixture_of_parameter(walk->program, (Ref){ file, term->a }, term->b, &fixture)) {
        callee = fixture_gives(walk->program, fixture);
        file = fixture.file;
    }
    return only_atom(walk, file, callee, atom) && atom->kind == ATOM_FUNCTION && atom->is_project;
}

static bool go_back_from_call(Walk *walk, Origin *o, const Term *call)
{
    const Terms *terms = terms_of(walk, o);
    const Term *callee = term_at(terms, call->a);
    Atom atom;
    if (is_wrapping(terms, call->a)) {
        o->term = call->b ? term_at(terms, call->b)->a : 0;
        return o->term != 0;
    }
    if (is_calling(walk, o, call->a, &atom)) {
        const FunctionSummary *f = program_function(walk->program, atom.ref);
        bool is_plain = !atom.flags && !(f->flags & (FUNCTION_GENERATOR | FUNCTION_ABSTRACT));
        return is_plain && go_to_result(walk, o, call, &atom, f->result);
    }
    if (callee->op != TERM_ATTRIBUTE || !is_of_its_object(terms_text_of(terms, callee->b)))
        return false;
    o->term = callee->a;
    return true;
}

/* Of `with`: what a function with @contextmanager yields, or the object itself. */
static bool go_back_from_enter(Walk *walk, Origin *o, const Term *enter)
{
    const Term *call = term_at(terms_of(walk, o), enter->a);
    Atom atom;
    bool is_context = call->op == TERM_CALL && only_atom(walk, o->file, call->a, &atom) && atom.kind == ATOM_FUNCTION && atom.is_project &&
                      atom.flags == ATOM_AS_CONTEXT;
    if (is_context)
        return go_to_result(walk, o, call, &atom, program_function(walk->program, atom.ref)->yields);
    o->term = enter->a;
    return true;
}

static bool go_back(Walk *walk, Origin *o)
{
    const Terms *terms = terms_of(walk, o);
    const Term *term = term_at(terms, o->term);
    switch ((TermOp)term->op) {
    case TERM_CALL:
        return go_back_from_call(walk, o, term);
    case TERM_ENTER:
        return go_back_from_enter(walk, o, term);
    case TERM_AWAIT:
        o->term = term->a;
        return true;
    case TERM_PARAMETER:
        return go_to_parameter(walk, o, (Ref){ o->file, term->a }, term->b);
    case TERM_SUPER:
        return o->entry && o->entry->is_bound && go_to_receiver(walk, o, o->entry);
    case TERM_ATTRIBUTE:
        if (o->name_count == NAMES_OF_ORIGIN)
            return false;
        o->names[o->name_count++] = terms_text_of(terms, term->b);
        o->term = term->a;
        return true;
    default:
        return false;
    }
}

/* ---- Branches ---- */

/* All alike, but for those that are None. */
static bool agrees(Verdict *verdict, Verdict one)
{
    *verdict = one == VERDICT_NONE ? *verdict : one;
    return one != VERDICT_NO;
}

static Verdict walk_branch(Walk *walk, Origin o, Judge *judge)
{
    uint32_t count = walk->count;
    o.branches++;
    Verdict verdict = walk_back(walk, o, judge);
    walk->count = count;
    return verdict;
}

/* `if connection is None: connection = connect()`: what it was given and what it is made both count. */
static Verdict judge_all(Walk *walk, Origin o, Judge *judge)
{
    Verdict verdict = VERDICT_NONE;
    const Term *term = term_at(terms_of(walk, &o), o.term);
    for (; term->op == TERM_UNION; term = term_at(terms_of(walk, &o), o.term)) {
        Origin one = o;
        one.term = term->a;
        o.term = term->b;
        if (!agrees(&verdict, walk_branch(walk, one, judge)))
            return VERDICT_NO;
    }
    return agrees(&verdict, walk_branch(walk, o, judge)) ? verdict : VERDICT_NO;
}

/* An attribute of an instance that is made right there, by a call whose arguments its term does not say. */
static Verdict judge_made(Walk *walk, Origin o, Ref class_, Judge *judge)
{
    const Term *call = term_at(terms_of(walk, &o), o.term);
    MakingCall sites[SITES_MOST];
    uint32_t count = o.name_count ? sites_of(walk, &o, call, sites) : 0;
    Verdict verdict = VERDICT_NO;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t calls = walk->count;
        Entry *before = entry_around(walk, &o, &sites[i]);
        Entry *made = new_call(walk, NULL);
        if (!made)
            return VERDICT_NO;
        bool is_own = class_method(walk->program, class_, STR("__init__"), &made->function);
        made->before = before;
        made->given = given_at(walk, &sites[i], call->a);
        Origin one = o;
        if (!go_to_member(walk, &one, (Instance){ class_, is_own ? made : NULL, true }) || !agrees(&verdict, walk_branch(walk, one, judge)))
            return VERDICT_NO;
        walk->count = calls;
    }
    return verdict;
}

Verdict walk_back(Walk *walk, Origin o, Judge *judge)
{
    while (walk->steps && o.branches <= BRANCHES_DEEPEST) {
        walk->steps--;
        const Term *term = term_at(terms_of(walk, &o), o.term);
        Atom atom;
        if (o.is_any)
            return o.name_count ? VERDICT_NO : judge(walk, &o);
        if (term->op == TERM_NONE && !o.name_count)
            return VERDICT_NONE;
        if (term->op == TERM_UNION)
            return judge_all(walk, o, judge);
        if (term->op == TERM_CALL && only_atom(walk, o.file, term->a, &atom) && atom.kind == ATOM_CLASS && atom.is_project)
            return judge_made(walk, o, atom.ref, judge);
        if (!go_back(walk, &o))
            return o.name_count ? VERDICT_NO : judge(walk, &o);
    }
    return VERDICT_NO;
}
