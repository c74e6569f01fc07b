#include "program/types_internal.h"

Program *program_new(Arena *arena)
{
    Program *program = arena_new(arena, Program);
    program->arena = arena;
    program->types = arena_new(arena, TypeTable);
    *array_push(arena, &program->types->entries) = (TypeEntry){ 0 };
    return program;
}

uint32_t program_add(Program *program, Summary *summary)
{
    uint32_t number = program->files.count;
    *array_push(program->arena, &program->files) = summary;
    return number;
}
