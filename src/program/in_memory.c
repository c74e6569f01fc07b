/* Databases in memory: where a connection was made, by the terms that lead there: through what functions return, and back through what they
 * were given. `sqlite3.connect(":memory:")` opens no file, and neither does anything that is done with it. */
#include "facts/families.h"
#include "program/basis.h"
#include "program/effects_internal.h"
#include "program/quick.h"

enum { STEPS_OF_ORIGIN = 24, UNIONS_DEEPEST = 2 };

/* A term, in the function whose code it is of. */
typedef struct Origin {
    Program *program;
    uint32_t file, function; /* of the function number + 1; 0: unknown */
    TermId term;
    const Entry *entry; /* the call of the function; NULL: unknown */
} Origin;

static const Terms *terms_of(const Origin *o)
{
    return &program_file(o->program, o->file)->terms;
}

static bool is_named(const Terms *terms, TermId term, const char *name)
{
    const Term *t = term_at(terms, term);
    return t->op == TERM_NAME && str_is(terms_text_of(terms, t->a), name);
}

/* Whether all connections that the function makes are in memory; then the one is. */
static bool connects_in_memory(const Origin *o)
{
    if (!o->function)
        return false;
    const Summary *summary = program_file(o->program, o->file);
    Ref ref = { o->file, o->function - 1 };
    const FunctionSummary *f = program_function(o->program, ref);
    bool is_some = false;
    rests_on_function(o->program, THING_BODY, ref);
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *call = &summary->calls.items[f->calls.first + i];
        if (call->kind != CALL_PLAIN || !is_named(&summary->terms, call->term, "sqlite3.connect"))
            continue;
        if (!(call->quick & QUICK_IN_MEMORY))
            return false;
        is_some = true;
    }
    return is_some;
}

/* To what the function was given. */
static bool go_to_argument(Origin *o, const Term *parameter)
{
    const Entry *entry = o->entry;
    bool is_own = entry && o->function == parameter->a + 1 && entry->function.file == o->file && entry->function.number == parameter->a;
    const Argument *a = is_own ? argument_given(o->program, entry, parameter->b) : NULL;
    if (!a)
        return false;
    o->file = entry->given.file - 1;
    o->function = entry->given.function;
    o->term = a->term ? a->term : a->type;
    o->entry = entry->before;
    return true;
}

/* The function of the project that a call surely calls. */
static bool only_function(const Origin *o, TermId callee, Atom *atom)
{
    Type type = type_get(o->program, type_eval(o->program, o->file, callee));
    if (type.count != 1 || type.atoms[0].kind != ATOM_FUNCTION || !type.atoms[0].is_project || type.atoms[0].flags)
        return false;
    *atom = type.atoms[0];
    return !(program_function(o->program, atom->ref)->flags & (FUNCTION_GENERATOR | FUNCTION_ABSTRACT));
}

/* To what a function returns, which may be what it was given. */
static bool go_to_result(Origin *o, const Term *call)
{
    Atom atom;
    if (!only_function(o, call->a, &atom))
        return false;
    const Summary *summary = program_file(o->program, atom.ref.file);
    TermId result = program_function(o->program, atom.ref)->result;
    const Term *made = term_at(&summary->terms, result);
    rests_on_function(o->program, THING_SIGNATURE, atom.ref);
    if (made->op != TERM_PARAMETER || made->a != atom.ref.number) {
        *o = (Origin){ o->program, atom.ref.file, atom.ref.number + 1, result, NULL };
        return true;
    }
    bool is_bound = atom.of && function_kind(o->program, atom.ref) != KIND_STATIC_METHOD;
    TermId list = call->b;
    for (uint32_t i = is_bound; list && i < made->b; i++)
        list = term_at(terms_of(o), list)->b;
    o->term = list && made->b >= is_bound ? term_at(terms_of(o), list)->a : 0;
    return true;
}

/* `connection.cursor()`, `cursor.execute(...)` */
static bool is_of_its_object(Str method)
{
    return str_is(method, "cursor") || str_starts(method, STR("execute")) || str_is(method, "__enter__");
}

static bool go_back_from_call(Origin *o, const Term *call)
{
    const Terms *terms = terms_of(o);
    const Term *callee = term_at(terms, call->a);
    if (callee->op == TERM_ATTRIBUTE && is_of_its_object(terms_text_of(terms, callee->b))) {
        o->term = callee->a;
        return true;
    }
    if (is_named(terms, call->a, "contextlib.closing") && call->b) {
        o->term = term_at(terms, call->b)->a;
        return true;
    }
    return go_to_result(o, call);
}

static bool is_in_memory(Origin o, unsigned unions);

/* `if connection is None: connection = connect()`: what it was given and what it is made both count. */
static bool all_in_memory(Origin o, unsigned unions)
{
    const Term *term = term_at(terms_of(&o), o.term);
    for (; term->op == TERM_UNION; term = term_at(terms_of(&o), o.term)) {
        Origin one = o;
        one.term = term->a;
        o.term = term->b;
        if (!is_in_memory(one, unions + 1))
            return false;
    }
    return is_in_memory(o, unions + 1);
}

static bool is_in_memory(Origin o, unsigned unions)
{
    for (unsigned i = 0; i < STEPS_OF_ORIGIN && o.term; i++) {
        const Term *term = term_at(terms_of(&o), o.term);
        bool goes_on = false;
        if (term->op == TERM_UNION)
            return unions < UNIONS_DEEPEST && all_in_memory(o, unions);
        if (term->op == TERM_CALL && is_named(terms_of(&o), term->a, "sqlite3.connect"))
            return connects_in_memory(&o);
        if (term->op == TERM_CALL)
            goes_on = go_back_from_call(&o, term);
        else if (term->op == TERM_PARAMETER)
            goes_on = go_to_argument(&o, term);
        else if (term->op == TERM_ENTER || term->op == TERM_AWAIT) {
            o.term = term->a;
            goes_on = true;
        }
        if (!goes_on)
            return false;
    }
    return false;
}

bool made_in_memory(Program *program, Ref function, TermId object, const Entry *entry)
{
    uint32_t number = function.number == UINT32_MAX ? 0 : function.number + 1;
    return is_in_memory((Origin){ program, function.file, number, object, entry }, 0);
}

bool call_is_in_memory(Program *program, Ref function, const CallSummary *call, const Api *api, const Entry *entry)
{
    if (!call || !str_is(api_package(api), "sqlite3"))
        return false;
    const Term *callee = term_at(&program_file(program, function.file)->terms, call->term);
    bool is_plain = call->kind == CALL_PLAIN;
    if (is_plain && callee->op != TERM_ATTRIBUTE)
        return false;
    return made_in_memory(program, function, is_plain ? callee->a : call->term, entry);
}
