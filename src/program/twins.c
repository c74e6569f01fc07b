/* Stubs: what the `.pyi` of a module says of the functions, classes and names that its source leaves without annotations. Twins have the same
 * qualified name. */
#include "program/basis.h"
#include "program/types_internal.h"

enum { TWIN_NONE = UINT32_MAX };

static TwinMemo *twins_of(Program *program, uint32_t file)
{
    types_make_room(program, file);
    TwinMemo *memo = &program->types->classes[file].twins;
    if (memo->is_known)
        return memo;
    memo->is_known = true;
    memo->stub = program->lent ? program->lent->stub(program->lent->context, file) : (uint32_t)NO_FILE;
    if (memo->stub == file || (memo->stub != NO_FILE && !program_load(program, memo->stub)))
        memo->stub = NO_FILE;
    return &program->types->classes[file].twins;
}

uint32_t twin_file(Program *program, uint32_t file)
{
    uint32_t stub = twins_of(program, file)->stub;
    if (stub != NO_FILE && program->lent->path)
        rests_on_text(program, program->lent->path(program->lent->context, stub));
    return stub;
}

/* The text of the source's summary as the stub's knows it; 0: it does not. */
static TextId same_text(Program *program, uint32_t file, uint32_t stub, TextId text)
{
    return names_find(&program_file(program, stub)->terms.texts, terms_text_of(&program_file(program, file)->terms, text));
}

/* The first function of the stub from *number on that is called so. */
static bool next_function(const Summary *stub, TextId qualname, uint32_t *number)
{
    while (*number < stub->functions.count && stub->functions.items[*number].qualname != qualname)
        (*number)++;
    return *number < stub->functions.count;
}

/* With overloads, the first one. */
static bool first_twin(Program *program, Ref function, Ref *twin)
{
    uint32_t stub = twin_file(program, function.file);
    if (stub == NO_FILE)
        return false;
    TwinMemo *memo = twins_of(program, function.file);
    if (!memo->functions)
        memo->functions = arena_array(program->arena, uint32_t, program_file(program, function.file)->functions.count);
    uint32_t *known = &memo->functions[function.number];
    if (!*known) {
        TextId name = same_text(program, function.file, stub, program_function(program, function)->qualname);
        uint32_t number = 0;
        *known = name && next_function(program_file(program, stub), name, &number) ? number + 1 : TWIN_NONE;
    }
    *twin = (Ref){ stub, *known - 1 };
    return *known != TWIN_NONE;
}

bool twin_returns(Program *program, Ref function, TypeId *type)
{
    Ref twin;
    if (!first_twin(program, function, &twin))
        return false;
    const Summary *stub = program_file(program, twin.file);
    uint32_t kinds = FUNCTION_ASYNC | FUNCTION_GENERATOR, wanted = program_function(program, function)->flags & FUNCTION_ASYNC;
    TextId name = stub->functions.items[twin.number].qualname;
    bool is_first = true;
    for (uint32_t number = twin.number; next_function(stub, name, &number); number++) {
        const FunctionSummary *f = &stub->functions.items[number];
        if (!f->has_returns || (f->flags & kinds) != wanted)
            return false;
        TypeId one = type_instance(program, twin.file, f->returns);
        *type = is_first ? one : type_union(program, *type, one);
        is_first = false;
    }
    return true;
}

bool twin_parameter(Program *program, Ref function, uint32_t number, TypeId *type)
{
    Ref twin;
    if (!first_twin(program, function, &twin) || (program_function(program, twin)->flags & FUNCTION_OVERLOAD))
        return false;
    const Summary *summary = program_file(program, function.file), *stub = program_file(program, twin.file);
    const Parameter *own = &summary->parameters.items[program_function(program, function)->parameters.first + number];
    TextId name = same_text(program, function.file, twin.file, own->name);
    Piece parameters = program_function(program, twin)->parameters;
    for (uint32_t i = 0; name && i < parameters.count; i++) {
        const Parameter *p = &stub->parameters.items[parameters.first + i];
        if (p->name != name || !p->has_annotation)
            continue;
        *type = type_instance(program, twin.file, p->annotation);
        return true;
    }
    return false;
}

bool twin_class(Program *program, Ref class_, Ref *twin)
{
    uint32_t stub = twin_file(program, class_.file);
    if (stub == NO_FILE)
        return false;
    TwinMemo *memo = twins_of(program, class_.file);
    if (!memo->classes)
        memo->classes = arena_array(program->arena, uint32_t, program_file(program, class_.file)->classes.count);
    uint32_t *known = &memo->classes[class_.number];
    if (!*known) {
        const Summary *s = program_file(program, stub);
        TextId name = same_text(program, class_.file, stub, program_class(program, class_)->qualname);
        *known = TWIN_NONE;
        for (uint32_t i = 0; name && i < s->classes.count && *known == TWIN_NONE; i++)
            *known = s->classes.items[i].qualname == name ? i + 1 : TWIN_NONE;
    }
    *twin = (Ref){ stub, *known - 1 };
    return *known != TWIN_NONE;
}

/* ---- What is doubtful ---- */

/* The source beside a stub; NO_FILE. */
static uint32_t source_of(Program *program, uint32_t stub)
{
    const Files *lent = program->lent;
    uint32_t file = lent ? module_find(program, stub, lent->name(lent->context, stub)) : (uint32_t)NO_FILE;
    bool is_other = file != NO_FILE && file != stub && program_load(program, file);
    return is_other && twin_file(program, file) == stub ? file : (uint32_t)NO_FILE;
}

bool twin_source(Program *program, Ref class_, Ref *source)
{
    bool is_stub = program_file(program, class_.file)->is_stub;
    uint32_t file = is_stub ? source_of(program, class_.file) : (uint32_t)NO_FILE;
    if (file == NO_FILE)
        return false;
    const Summary *s = program_file(program, file);
    TextId name = same_text(program, class_.file, file, program_class(program, class_)->qualname);
    for (uint32_t i = 0; name && i < s->classes.count; i++) {
        if (s->classes.items[i].qualname == name) {
            *source = (Ref){ file, i };
            return true;
        }
    }
    rests_on_text(program, program->lent->path(program->lent->context, file));
    return false;
}

bool twin_says_async(Program *program, TypeId said)
{
    Type type = type_get(program, said);
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->kind == ATOM_FUNCTION && atom->is_project && (program_function(program, atom->ref)->flags & FUNCTION_ASYNC))
            return true;
    }
    return false;
}

bool twin_leaves_open(const Summary *source, const Member *member)
{
    TermOp op = member ? (TermOp)term_at(&source->terms, member->term)->op : TERM_NAME;
    return (op == TERM_CALL || op == TERM_UNKNOWN) && !member->is_declared;
}
