/* Asks a Program all that `awry debug facts` shows, and more: what every name, class and function comes to. */
#ifndef AWRY_FUZZ_FACTS_H
#define AWRY_FUZZ_FACTS_H

#include "fuzz.h"
#include "program/effects.h"

static inline void ask_members(Program *program, const Member *members, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        TypeId type = type_eval(program, 0, members[i].term);
        type_await(program, type);
        type_each(program, type, i & 1);
        type_enter(program, type, i & 1);
        type_print(program, program->arena, type_without_none(program, type));
    }
}

static inline void ask_piece(Program *program, const Summary *s, Piece piece)
{
    if (piece.count)
        ask_members(program, &s->members.items[piece.first], piece.count);
}

static inline void check_path(const Path *path)
{
    REQUIRE(path->count > 0 && path->count <= STEPS_MOST);
    REQUIRE(path->steps[path->count - 1].api);
}

static inline void ask_function(Program *program, Summary *s, uint32_t number)
{
    const FunctionSummary *f = &s->functions.items[number];
    Ref ref = { 0, number };
    TypeId type = type_eval(program, 0, term_make(&s->terms, TERM_FUNCTION, number, 0));
    type_print(program, program->arena, type_call(program, type, NULL, 0));
    Path path;
    if (function_blocks(program, ref, &path))
        check_path(&path);
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        const Parameter *p = &s->parameters.items[f->parameters.first + i];
        type_eval(program, 0, term_make(&s->terms, TERM_PARAMETER, number, i));
        argument_fate(program, ref, false, i, STR(""));
        argument_fate(program, ref, true, UINT32_MAX, terms_text_of(&s->terms, p->name));
    }
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *call = &s->calls.items[f->calls.first + i];
        TypeId callee = type_eval(program, 0, call->term);
        callee_argument_fate(program, callee, 0, STR(""));
    }
}

static inline void ask_class(Program *program, const Summary *s, uint32_t number)
{
    const ClassSummary *c = &s->classes.items[number];
    Ref ref = { 0, number }, method;
    ask_piece(program, s, c->body);
    ask_piece(program, s, c->attributes);
    for (uint32_t i = 0; i < c->body.count; i++)
        class_method(program, ref, terms_text_of(&s->terms, s->members.items[c->body.first + i].name), &method);
    for (uint32_t i = 0; i < s->classes.count && i < 8; i++)
        class_derives(program, ref, (Ref){ 0, i });
    class_derives_api(program, ref, "threading.Thread");
    class_has(program, ref, "__aenter__");
}

static inline void ask_everything(Program *program, Summary *s)
{
    for (uint32_t i = 0; i < s->classes.count; i++)
        ask_class(program, s, i);
    for (uint32_t i = 0; i < s->functions.count; i++)
        ask_function(program, s, i);
    ask_members(program, s->exports.items, s->exports.count);
}

/* The same bytes when it is read and written again. */
static inline Str check_round_trip(const Summary *s, Arena *arena)
{
    Str first = summary_write(s, arena, arena);
    Summary *again = summary_read(arena, first);
    REQUIRE(again);
    Str second = summary_write(again, arena, arena);
    REQUIRE(str_equal(first, second));
    return first;
}

#endif
