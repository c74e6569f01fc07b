/* What a function gives in one call, where that depends on the call: `return self`, `return cls()`, `return make()` of a parameter, and
 * functions made by functions, which remember what those were given. */
#include "program/types_internal.h"

enum {
    FRAMES_DEEPEST = 3, /* frames inside of each other; deeper ones are what their function gives to anybody */
    MOST_LOOKED_AT = 96, /* terms, in search of a parameter */
};

bool tuple_item(const Program *program, TypeId tuple, uint32_t position, TypeId *item)
{
    for (Type type = type_get(program, tuple); type.count == 1 && type.atoms[0].kind == ATOM_TUPLE;
         type = type_get(program, type.atoms[0].next)) {
        *item = type.atoms[0].of;
        if (!position--)
            return true;
    }
    return false;
}

TypeId type_of_tuple(Program *program, const TypeId *items, uint32_t count)
{
    TypeId rest = 0;
    while (count--)
        rest = type_of_atom(program, (Atom){ .kind = ATOM_TUPLE, .of = items[count], .next = rest });
    return rest;
}

/* ---- Which terms ---- */

typedef struct Looking {
    const Summary *summary;
    uint32_t function, outer; /* number; outer: number + 1 */
    uint32_t left;
} Looking;

static bool is_of_frame(const Looking *looking, const Term *term)
{
    if (term->op == TERM_PARAMETER)
        return term->a == looking->function || term->a + 1 == looking->outer;
    return term->op == TERM_FUNCTION && looking->summary->functions.items[term->a].outer == looking->function + 1;
}

/* Recursion goes over the depth of the term. */
static bool needs_frame(Looking *looking, TermId id)
{
    const Term *term = term_at(&looking->summary->terms, id);
    if (!id || !looking->left || is_of_frame(looking, term))
        return id && looking->left;
    looking->left--;
    switch ((TermOp)term->op) {
    case TERM_CALL:
    case TERM_UNION:
    case TERM_LIST:
        return needs_frame(looking, term->a) || needs_frame(looking, term->b);
    case TERM_ATTRIBUTE:
    case TERM_ITEM:
    case TERM_AWAIT:
    case TERM_ENTER:
    case TERM_ENTER_ASYNC:
    case TERM_EACH:
    case TERM_EACH_ASYNC:
    case TERM_ELEMENTS:
        return needs_frame(looking, term->a);
    case TERM_TUPLE:
        return needs_frame(looking, term->b);
    default:
        return false;
    }
}

static Looking looking_for(Program *program, const Frame *frame)
{
    const FunctionSummary *f = program_function(program, frame->function);
    return (Looking){ program_file(program, frame->function.file), frame->function.number, frame->outer ? f->outer : 0, MOST_LOOKED_AT };
}

bool term_needs_frame(Program *program, TermId term, const Frame *frame)
{
    Looking looking = looking_for(program, frame);
    return needs_frame(&looking, term);
}

/* ---- Evaluation ---- */

static TypeId parameter(Program *program, TermId id, const Frame *frame)
{
    const Term *term = term_at(&program_file(program, frame->function.file)->terms, id);
    TypeId given = 0;
    if (term->a != frame->function.number)
        return tuple_item(program, frame->outer, term->b, &given) && given ? given : type_eval(program, frame->function.file, id);
    if (frame->is_bound && term->b == 0)
        return frame->receiver;
    uint32_t position = term->b - frame->is_bound;
    const Summary *summary = program_file(program, frame->function.file);
    const Parameter *p = &summary->parameters.items[program_function(program, frame->function)->parameters.first + term->b];
    bool is_positional = p->kind == PARAMETER_PLAIN || p->kind == PARAMETER_POSITIONAL;
    if (is_positional && position < frame->count && frame->arguments[position])
        return frame->arguments[position];
    return type_eval(program, frame->function.file, id);
}

/* A function inside remembers what the one around it was given. */
static TypeId closure(Program *program, TermId id, const Frame *frame)
{
    TypeId items[CALL_ARGUMENTS] = { 0 };
    uint32_t count = 0, number = term_at(&program_file(program, frame->function.file)->terms, id)->a;
    if (frame->is_bound)
        items[count++] = frame->receiver;
    for (uint32_t i = 0; i < frame->count && count < CALL_ARGUMENTS; i++)
        items[count++] = frame->arguments[i];
    Type type = type_get(program, type_eval(program, frame->function.file, id));
    if (type.count != 1 || type.atoms[0].kind != ATOM_FUNCTION || type.atoms[0].ref.number != number || !type.atoms[0].is_project ||
        type.atoms[0].ref.file != frame->function.file)
        return type_eval(program, frame->function.file, id);
    Atom atom = type.atoms[0];
    atom.next = type_of_tuple(program, items, count);
    return type_of_atom(program, atom);
}

static TypeId eval_in(Program *program, TermId id, const Frame *frame);

static TypeId called_in(Program *program, const Term *call, const Frame *frame)
{
    const Terms *terms = &program_file(program, frame->function.file)->terms;
    TypeId arguments[CALL_ARGUMENTS] = { 0 }, callee = eval_in(program, call->a, frame);
    uint32_t count = 0;
    bool is_wanted = callee && call_needs_arguments(program, callee);
    for (TermId list = call->b; list && count < CALL_ARGUMENTS; list = term_at(terms, list)->b, count++)
        arguments[count] = is_wanted ? eval_in(program, term_at(terms, list)->a, frame) : 0;
    return callee ? type_call(program, callee, arguments, count) : 0;
}

static TypeId tuple_in(Program *program, TermId list, const Frame *frame)
{
    const Terms *terms = &program_file(program, frame->function.file)->terms;
    TypeId items[CALL_ARGUMENTS];
    uint32_t count = 0;
    for (; list && count < CALL_ARGUMENTS; list = term_at(terms, list)->b)
        items[count++] = eval_in(program, term_at(terms, list)->a, frame);
    return type_of_tuple(program, items, count);
}

/* Recursion goes over the depth of the term. */
static TypeId eval_in(Program *program, TermId id, const Frame *frame)
{
    const Terms *terms = &program_file(program, frame->function.file)->terms;
    Term term = *term_at(terms, id);
    if (!term_needs_frame(program, id, frame))
        return type_eval(program, frame->function.file, id);
    switch ((TermOp)term.op) {
    case TERM_PARAMETER:
        return parameter(program, id, frame);
    case TERM_FUNCTION:
        return closure(program, id, frame);
    case TERM_CALL:
        return called_in(program, &term, frame);
    case TERM_ATTRIBUTE:
        return type_attribute(program, eval_in(program, term.a, frame), terms_text_of(terms, term.b));
    case TERM_ITEM:
        return type_item(program, eval_in(program, term.a, frame), term.b);
    case TERM_AWAIT:
        return type_await(program, eval_in(program, term.a, frame));
    case TERM_ENTER:
    case TERM_ENTER_ASYNC:
        return type_enter(program, eval_in(program, term.a, frame), term.op == TERM_ENTER_ASYNC);
    case TERM_EACH:
    case TERM_EACH_ASYNC:
        return type_each(program, eval_in(program, term.a, frame), term.op == TERM_EACH_ASYNC);
    case TERM_UNION:
        return type_union(program, eval_in(program, term.a, frame), eval_in(program, term.b, frame));
    case TERM_TUPLE:
        return tuple_in(program, term.b, frame);
    default:
        return type_eval(program, frame->function.file, id);
    }
}

TypeId type_eval_in(Program *program, TermId term, const Frame *frame)
{
    TypeTable *t = program->types;
    if (t->frames >= FRAMES_DEEPEST)
        return type_eval(program, frame->function.file, term);
    t->frames++;
    TypeId type = eval_in(program, term, frame);
    t->frames--;
    return type;
}

/* ---- Wrappers ---- */

/* `function(*args, **kwargs)`, of a coroutine function awaited, is all that it returns; None aside. */
static bool gives_what_it_calls(Program *program, Ref wrapper, uint32_t parameter_number)
{
    const FunctionSummary *f = program_function(program, wrapper);
    const Terms *terms = &program_file(program, wrapper.file)->terms;
    bool is_async = f->flags & FUNCTION_ASYNC, has_call = false;
    for (TermId rest = f->result; rest;) {
        const Term *whole = term_at(terms, rest), *one = whole;
        rest = whole->op == TERM_UNION ? whole->b : 0;
        if (whole->op == TERM_UNION)
            one = term_at(terms, whole->a);
        if (one->op == TERM_NONE)
            continue;
        if (one->op == TERM_AWAIT && is_async)
            one = term_at(terms, one->a);
        else if (is_async)
            return false;
        const Term *callee = one->op == TERM_CALL ? term_at(terms, one->a) : one;
        bool is_it = one->op == TERM_CALL && callee->op == TERM_PARAMETER && callee->a + 1 == f->outer && callee->b == parameter_number;
        if (!is_it)
            return false;
        has_call = true;
    }
    return has_call;
}

bool is_transparent(Program *program, TypeId wrapper, TypeId wrapped)
{
    Type type = type_get(program, wrapper), inner = type_get(program, wrapped);
    const Atom *atom = type.count == 1 ? &type.atoms[0] : NULL;
    if (!atom || atom->kind != ATOM_FUNCTION || !atom->is_project || !atom->next || !inner.count || atom->flags)
        return false;
    uint32_t flags = program_function(program, atom->ref)->flags, number = 0;
    if (flags & (FUNCTION_GENERATOR | FUNCTION_LAMBDA))
        return false;
    for (uint32_t i = 0; i < inner.count; i++) {
        const Atom *one = &inner.atoms[i];
        bool is_function = one->kind == ATOM_FUNCTION && one->is_project && !(one->flags & (ATOM_AS_COROUTINE | ATOM_AS_SYNC | ATOM_AS_CONTEXT));
        uint32_t kinds = is_function ? program_function(program, one->ref)->flags : FUNCTION_GENERATOR;
        if (kinds & FUNCTION_GENERATOR || ((flags & FUNCTION_ASYNC) && !(kinds & FUNCTION_ASYNC)))
            return false;
    }
    TypeId item;
    while (tuple_item(program, atom->next, number, &item) && item != wrapped)
        number++;
    return tuple_item(program, atom->next, number, &item) && gives_what_it_calls(program, atom->ref, number);
}
