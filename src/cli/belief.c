#include "cli/belief.h"

#include "program/program.h"

const char *belief_colour(Program *program, Ref ref, TypeId function, TypeId called)
{
    static const char *const words[] = {
        [ATOM_COROUTINE] = "coroutine function",
        [ATOM_AWAITABLE] = "gives an awaitable",
        [ATOM_ASYNC_ITERATOR] = "async generator",
        [ATOM_GENERATOR] = "generator",
        [ATOM_CONTEXT] = "context manager",
        [ATOM_ASYNC_CONTEXT] = "async context manager",
        [ATOM_TUPLE] = NULL,
    };
    Type type = type_get(program, called);
    const char *word = type.count == 1 && type.atoms[0].kind <= ATOM_TUPLE ? words[type.atoms[0].kind] : NULL;
    if (word)
        return word;
    if (!function || (program_function(program, ref)->flags & (FUNCTION_ASYNC | FUNCTION_GENERATOR)))
        return "unknown";
    return type_get(program, function).atoms[0].flags & ATOM_AS_PROPERTY ? "property" : "sync";
}

const char *belief_fate(ArgumentFate fate)
{
    static const char *const words[] = {
        [FATE_UNKNOWN] = "?",
        [FATE_CALLED] = "called",
        [FATE_AWAITED] = "awaited",
        [FATE_SPAWNED] = "spawned",
        [FATE_SPAWNED_LOOSE] = "spawned, held by the result alone",
        [FATE_SCHEDULED] = "scheduled",
        [FATE_OFFLOADED] = "offloaded",
        [FATE_STORED] = "stored",
        [FATE_RETURNED] = "returned",
        [FATE_IGNORED] = "ignored",
    };
    return words[fate];
}

ArgumentFate belief_of_parameter(Program *program, Ref ref, uint32_t number)
{
    const Summary *summary = program_file(program, ref.file);
    const Parameter *p = &summary->parameters.items[program_function(program, ref)->parameters.first + number];
    if (p->kind == PARAMETER_STARS)
        return FATE_UNKNOWN;
    bool is_keyword = p->kind == PARAMETER_KEYWORD;
    Str keyword = is_keyword ? terms_text_of(&summary->terms, p->name) : STR("");
    return argument_fate(program, ref, false, is_keyword ? UINT32_MAX : number, keyword);
}

const char *belief_stars(const Parameter *parameter)
{
    return parameter->kind == PARAMETER_STAR ? "*" : parameter->kind == PARAMETER_STARS ? "**" : "";
}

const char *belief_verb(CallKind kind)
{
    static const char *const verbs[] = {
        [CALL_PLAIN] = "calls",
        [CALL_ENTER] = "enters",
        [CALL_EACH] = "iterates",
        [CALL_READ] = "reads",
    };
    return verbs[kind];
}
