/* Functions that make a task and hand it out. */
#include "program/basis.h"
#include "program/effects_internal.h"

static bool spawns(Program *program, TypeId callee)
{
    Type type = type_get(program, callee);
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->kind != ATOM_FUNCTION || !atom->api || atom->api->role != ROLE_SPAWNS)
            return false;
    }
    return type.count > 0;
}

/* Whether all that it returns, None aside, are calls that make tasks. */
static bool returns_tasks(Program *program, Ref function)
{
    const Terms *terms = &program_file(program, function.file)->terms;
    TermId rest = program_function(program, function)->result;
    while (rest) {
        const Term *whole = term_at(terms, rest);
        const Term *one = whole->op == TERM_UNION ? term_at(terms, whole->a) : whole;
        bool is_task = one->op == TERM_CALL && spawns(program, type_eval(program, function.file, one->a));
        if (!is_task && one->op != TERM_NONE)
            return false;
        if (whole->op != TERM_UNION)
            return true;
        rest = whole->b;
    }
    return false;
}

bool function_hands_out_task(Program *program, Ref function)
{
    const FunctionSummary *f = program_function(program, function);
    const Summary *summary = program_file(program, function.file);
    rests_on_function(program, THING_BODY, function);
    uint32_t others = FUNCTION_ASYNC | FUNCTION_GENERATOR | FUNCTION_ABSTRACT | FUNCTION_OVERLOAD | FUNCTION_DEAD;
    if (summary->is_stub || (f->flags & others) || f->decorators.count || !returns_tasks(program, function))
        return false;
    bool has_one = false;
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *call = &summary->calls.items[f->calls.first + i];
        bool is_task = call->kind == CALL_PLAIN && spawns(program, type_eval(program, function.file, call->term));
        if (is_task && !(call->flags & CALL_RETURNED))
            return false; /* put somewhere, and returned from there */
        has_one |= is_task;
    }
    return has_one;
}
