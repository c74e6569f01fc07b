#include "program/basis.h"
#include "program/types_internal.h"
#include "port/threads.h"
#include "python/names.h"

Program *program_new(Arena *arena, const Files *lent)
{
    Program *program = arena_new(arena, Program);
    program->arena = arena;
    program->lent = lent;
    program->types = arena_new(arena, TypeTable);
    program->types->lowest = NO_FILE;
    *array_push(arena, &program->types->entries) = (TypeEntry){ 0 };
    return program;
}

uint32_t program_add(Program *program, const Summary *summary)
{
    uint32_t number = program->files.count;
    *array_push(program->arena, &program->files) = summary;
    return number;
}

static void make_room(Program *program, uint32_t file)
{
    while (program->files.count <= file)
        *array_push(program->arena, &program->files) = NULL;
}

const Summary *program_load(Program *program, uint32_t file)
{
    make_room(program, file);
    if (!program->files.items[file] && program->lent) {
        double begin = clock_wall();
        program->files.items[file] = program->lent->load(program->lent->context, file);
        program->loading += clock_wall() - begin;
    }
    if (!program->files.items[file] && program->lent && program->lent->path)
        rests_on_text(program, program->lent->path(program->lent->context, file)); /* another text may do better */
    return program->files.items[file];
}

void program_lay_over(Program *program, uint32_t file, const Summary *summary)
{
    make_room(program, file);
    program->files.items[file] = summary;
    if (!summary)
        program_load(program, file);
}

const Api *program_api(const Program *program, Str qualified)
{
    const Api *api = api_find(qualified);
    if (!api || !program->lent || !program->lent->no_library_tables)
        return api;
    Str name = api_name(api), top = str_slice(name, 0, str_find(name, '.'));
    return str_is(top, "builtins") || is_stdlib_module(top) ? api : NULL;
}
