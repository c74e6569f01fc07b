/* What running the own frame of a function does, coroutine functions included. */
#include "program/callers_internal.h"
#include "program/quick.h"

TypeId runs_on_loop(Program *program, uint32_t file, uint32_t number, Runs runs[2])
{
    const Summary *summary = program_file(program, file);
    const CallSummary *call = &summary->calls.items[number];
    const Term *term = term_at(&summary->terms, call->term);
    bool is_read = call->kind == CALL_READ;
    runs[0] = runs[1] = (Runs){ .is_known = false };
    if (!call->term || (call->flags & CALL_GUARDED) || (is_read && term->op != TERM_ATTRIBUTE))
        return 0;
    TypeId type = type_eval(program, file, is_read ? term->a : call->term);
    if (call->kind == CALL_PLAIN)
        runs[0] = runs_of_call(program, type, &summary->terms, call_arguments(summary, call), call->arguments.count);
    else if (is_read)
        runs[0] = runs_of_read(program, type, terms_text_of(&summary->terms, term->b));
    for (int i = 0; i < 2 && (call->kind == CALL_ENTER || call->kind == CALL_EACH); i++)
        runs[i] = call->kind == CALL_ENTER ? runs_of_enter(program, type, i) : runs_of_each(program, type, i);
    return call->kind == CALL_PLAIN ? type : 0;
}

static bool all_block(Program *program, const Runs *runs, unsigned effect, const Given *given, Path *path)
{
    bool is_it =
        !runs->api || (effect == EFFECT_RUNS_LOOP ? runs->runs_loop : !runs->runs_loop && runs->api->hazard == effect);
    return is_it && functions_block_by(program, runs, effect, given, path);
}

/* The path of a call, through `vias`. False: it does not hold up the loop, or on a way as long as `most` calls. */
static bool call_blocks_by(Program *program, const Via *call, const Runs *runs, const Handed *handed, unsigned effect,
    Path *path, uint32_t most)
{
    const Summary *summary = program_file(program, call->function.file);
    const CallSummary *c = &summary->calls.items[call->call];
    Given given = { &summary->terms, call_arguments(summary, c), c->arguments.count, c->kind == CALL_PLAIN, call->function.file + 1, call->function.number + 1,
        c->term, c->kind == CALL_ENTER || c->kind == CALL_EACH };
    CallSite site = { program, call->function, c };
    bool is_quick = !runs->count && runs->api && !runs->runs_loop && !handed && call_is_quick(&site, runs->api);
    if (!runs->is_known || (!runs->count && !runs->api) || is_quick)
        return false;
    path->count = 0;
    path_push(program, path, call);
    for (uint32_t i = 0; handed && i < handed->via_count; i++)
        path_push(program, path, &handed->vias[i]);
    if (runs->count)
        path->steps[path->count - 1].next = runs->functions[0];
    Given nothing = { .terms = &summary->terms, .is_known = true };
    if (!all_block(program, runs, effect, handed ? &nothing : &given, path))
        return false;
    if (!runs->count)
        path_end(path, runs->api);
    path->hazard = effect < HAZARD_COUNT ? (Hazard)effect : HAZARD_NONE;
    return path->count < most;
}

static void shortest_of_call(Program *program, const Via *call, unsigned effect, Path *path)
{
    const Summary *summary = program_file(program, call->function.file);
    const CallSummary *c = &summary->calls.items[call->call];
    Runs runs[2];
    HandedList list = { { 0 } };
    Path found;
    TypeId callee = runs_on_loop(program, call->function.file, call->call, runs);
    Given given = { &summary->terms, call_arguments(summary, c), c->arguments.count, true, call->function.file + 1, call->function.number + 1,
        c->term, false };
    for (int i = 0; i < 2; i++) {
        if (call_blocks_by(program, call, &runs[i], NULL, effect, &found, path->count))
            *path = found;
    }
    if (callee)
        runs_besides(program, call->function.file, callee, &given, c->flags & CALL_AWAITED, &list);
    for (uint32_t i = 0; i < list.items.count; i++) {
        if (call_blocks_by(program, call, &list.items.items[i].runs, &list.items.items[i], effect, &found, path->count))
            *path = found;
    }
}

static bool body_reaches(Program *program, Ref function, unsigned effect, Path *path)
{
    const FunctionSummary *f = program_function(program, function);
    path->count = 0;
    if (!(f->flags & FUNCTION_ASYNC))
        return frame_blocks_by(program, function, effect, false, &(Given){ 0 }, path);
    path->count = STEPS_MOST + 1;
    for (uint32_t i = 0; i < f->calls.count; i++)
        shortest_of_call(program, &(Via){ function, f->calls.first + i }, effect, path);
    bool is_found = path->count <= STEPS_MOST;
    path->count = is_found ? path->count : 0;
    return is_found;
}

bool body_blocks_by(Program *program, Ref function, Hazard hazard, Path *path)
{
    return body_reaches(program, function, hazard, path);
}

bool body_runs_loop(Program *program, Ref function, Path *path)
{
    return body_reaches(program, function, EFFECT_RUNS_LOOP, path);
}

Hazard next_hazard(Hazard hazard)
{
    return hazard_next(hazard);
}

TypeId function_type(Program *program, Ref function)
{
    return type_of_function(program, function);
}
