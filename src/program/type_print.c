/* Types to text, for people. */
#include "program/types_internal.h"

static Str atom_subject(Program *program, const Atom *atom)
{
    if (atom->api)
        return api_name(atom->api);
    if (!atom->is_project)
        return atom->name;
    if (atom->kind == ATOM_MODULE)
        return program->lent->name(program->lent->context, atom->ref.file);
    const Summary *summary = program_file(program, atom->ref.file);
    bool is_class = atom->kind == ATOM_CLASS || atom->kind == ATOM_INSTANCE;
    TextId text = is_class ? program_class(program, atom->ref)->qualname : program_function(program, atom->ref)->qualname;
    return terms_text_of(&summary->terms, text);
}

static Str print(Program *program, Arena *arena, TypeId id, uint32_t depth);

static Str print_atom(Program *program, Arena *arena, const Atom *atom, uint32_t depth)
{
    static const char *const words[] = {
        [ATOM_NONE] = "None",
        [ATOM_EXTERNAL] = "",
        [ATOM_CLASS] = "class ",
        [ATOM_INSTANCE] = "instance of ",
        [ATOM_FUNCTION] = "function ",
        [ATOM_COROUTINE] = "coroutine of ",
        [ATOM_AWAITABLE] = "awaitable of ",
        [ATOM_ASYNC_ITERATOR] = "async iterator of ",
        [ATOM_GENERATOR] = "generator of ",
        [ATOM_CONTEXT] = "context manager of ",
        [ATOM_ASYNC_CONTEXT] = "async context manager of ",
        [ATOM_TUPLE] = "tuple",
        [ATOM_CALLABLE] = "callable",
        [ATOM_MODULE] = "module ",
        [ATOM_ALIAS] = "alias",
        [ATOM_VARIABLE] = "variable ",
    };
    Str subject = atom_subject(program, atom);
    TypeId within = atom->kind != ATOM_FUNCTION ? type_within(program, atom) : 0;
    bool has_items = within != 0;
    if (!subject.n && atom->kind != ATOM_NONE && atom->kind != ATOM_TUPLE && atom->kind != ATOM_CALLABLE && atom->kind != ATOM_ALIAS)
        subject = STR("nothing known");
    if (!has_items)
        return arena_printf(arena, "%s%.*s", words[atom->kind], STR_ARG(subject));
    Str of = print(program, arena, within, depth + 1);
    return arena_printf(arena, "%s%.*s[%.*s]", words[atom->kind], STR_ARG(subject), STR_ARG(of));
}

static Str print(Program *program, Arena *arena, TypeId id, uint32_t depth)
{
    Type type = type_get(program, id);
    if (!type.count)
        return STR("unknown");
    if (depth > 6)
        return STR("...");
    Str text = STR("");
    for (uint32_t i = 0; i < type.count; i++) {
        Str one = print_atom(program, arena, &type.atoms[i], depth);
        text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), i ? " | " : "", STR_ARG(one));
    }
    return text;
}

Str type_print(Program *program, Arena *arena, TypeId id)
{
    return print(program, arena, id, 0);
}
