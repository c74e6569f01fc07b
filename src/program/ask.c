#include "program/ask.h"

#include "facts/outlook.h"

typedef struct Asker {
    Summary *summary; /* NULL until somebody asks */
    Program *program;
    uint32_t file;
    bool is_joined;
    Outlook *outlook; /* NULL until somebody asks */
} Asker;

void ask_attach(Module *module)
{
    if (!module->asker)
        module->asker = arena_new(module->arena, Asker);
}

void ask_join(Module *module, Program *program, uint32_t file, Summary *summary)
{
    ask_attach(module);
    *module->asker = (Asker){ .summary = summary, .program = program, .file = file, .is_joined = true };
    if (summary)
        program_lay_over(program, file, summary);
}

void ask_leave(Module *module)
{
    Asker *asker = module->asker;
    if (asker && asker->is_joined && asker->summary)
        program_lay_over(asker->program, asker->file, NULL);
}

/* A Module is const for those who ask; what is known of it grows all the same. */
static Asker *asker_of(Node n)
{
    Asker *asker = n.module->asker;
    if (asker->summary)
        return asker;
    asker->summary = summary_new(n.module->arena, (Module *)(uintptr_t)n.module);
    if (asker->is_joined) {
        program_lay_over(asker->program, asker->file, asker->summary);
    } else {
        asker->program = program_new(n.module->arena, NULL);
        asker->file = program_add(asker->program, asker->summary);
    }
    return asker;
}

Program *ask_program(Node n) { return asker_of(n)->program; }
Summary *ask_summary(Node n) { return asker_of(n)->summary; }
uint32_t ask_file(Node n) { return asker_of(n)->file; }

TypeId type_id_of(Node n)
{
    if (!n.id || !n.module->asker)
        return 0;
    Asker *asker = asker_of(n);
    return type_eval(asker->program, asker->file, summary_term(asker->summary, n));
}

Type type_of(Node n)
{
    TypeId id = type_id_of(n);
    return id ? type_get(ask_program(n), id) : (Type){ NULL, 0 };
}

static Type type_in_use(Node n)
{
    TypeId id = type_id_of(n);
    return id ? type_get(ask_program(n), type_without_none(ask_program(n), id)) : (Type){ NULL, 0 };
}

const Function *function_of(Node n, Ref ref)
{
    return ref.file == ask_file(n) && ref.number < n.module->functions.count ? n.module->functions.items[ref.number] : NULL;
}

bool ask_foresees(Node n, Ref function)
{
    Asker *asker = asker_of(n);
    const Files *files = asker->program->lent;
    const FunctionSummary *f = program_function(asker->program, function);
    if (!files || function.file >= files->project_count || !(f->flags & FUNCTION_ASYNC))
        return false;
    if (!asker->outlook) {
        asker->outlook = arena_new(n.module->arena, Outlook);
        *asker->outlook = outlook_of(&n.module->scan, files->path(files->context, asker->file), n.module->arena);
    }
    Str name = terms_text_of(&program_file(asker->program, function.file)->terms, f->name);
    return outlook_has(asker->outlook, name, files->path(files->context, function.file));
}

/* ---- APIs ---- */

enum { ATOM_WRAPPED = ATOM_AS_COROUTINE | ATOM_AS_SYNC | ATOM_AS_CONTEXT };

static bool is_api_atom(const Atom *atom)
{
    return (atom->kind == ATOM_FUNCTION || atom->kind == ATOM_CLASS) && atom->api && !(atom->flags & ATOM_WRAPPED);
}

const Api *api_of(Node n)
{
    Type type = type_in_use(n);
    for (uint32_t i = 0; i < type.count; i++) {
        if (!is_api_atom(&type.atoms[i]))
            return NULL;
    }
    return type.count ? type.atoms[0].api : NULL;
}

const Api *api_of_call(Node call)
{
    return node_kind(call) == PY_CALL ? api_of(node_field(call, F_FUNCTION)) : NULL;
}

const Api *instance_api(Node n)
{
    Type type = type_in_use(n);
    for (uint32_t i = 0; i < type.count; i++) {
        if (type.atoms[i].kind != ATOM_INSTANCE || !type.atoms[i].api)
            return NULL;
    }
    return type.count ? type.atoms[0].api : NULL;
}

static bool is_instance(Program *program, const Atom *atom, const char *base)
{
    if (atom->kind != ATOM_INSTANCE)
        return false;
    if (atom->is_project)
        return class_derives_api(program, atom->ref, base);
    return atom->api ? api_is_a(atom->api, base) : str_is(atom->name, base);
}

bool is_instance_of(Node n, const char *base)
{
    Type type = type_in_use(n);
    for (uint32_t i = 0; i < type.count; i++) {
        if (!is_instance(ask_program(n), &type.atoms[i], base))
            return false;
    }
    return type.count > 0;
}

/* ---- Coroutines ---- */

static Str name_of(Node n, const Atom *atom)
{
    if (atom->api)
        return api_name(atom->api);
    if (!atom->is_project)
        return STR("");
    const Summary *summary = program_file(ask_program(n), atom->ref.file);
    return terms_text_of(&summary->terms, program_function(ask_program(n), atom->ref)->qualname);
}

static void describe(Node n, const Atom *atom, CoroutineCall *made)
{
    made->api = atom->api;
    made->function = atom->is_project ? function_of(n, atom->ref) : NULL;
    made->name = name_of(n, atom);
}

/* A call of what is a coroutine function in the versions of a library that the file is written for. */
static bool gives_coroutine_by_now(Node call, CoroutineCall *made)
{
    const Api *api = node_kind(call) == PY_CALL ? api_of_call(call) : NULL;
    if (!api || !api_is_async_by_now(api, call.module))
        return false;
    made->api = api;
    made->name = api_name(api);
    return true;
}

bool is_coroutine(Node n, CoroutineCall *made)
{
    *made = (CoroutineCall){ .name = STR(""), .is_sure = true };
    Type type = type_of(n);
    if (!type.count)
        return gives_coroutine_by_now(n, made);
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        bool waits = atom->kind == ATOM_AWAITABLE && atom->colour == COLOUR_AWAITABLE_CONTEXT;
        if (atom->kind != ATOM_COROUTINE && !waits)
            return false;
        made->is_awaitable |= waits;
        made->is_sure &= !(atom->flags & ATOM_UNSURE);
    }
    if (type.count)
        describe(n, &type.atoms[0], made);
    return type.count > 0;
}

bool call_gives_coroutine(Node call, CoroutineCall *made)
{
    *made = (CoroutineCall){ .name = STR(""), .is_sure = true };
    return node_kind(call) == PY_CALL && is_coroutine(call, made);
}

static bool makes_coroutine(Node n, const Atom *atom)
{
    if (atom->kind != ATOM_FUNCTION || (atom->flags & (ATOM_AS_SYNC | ATOM_AS_CONTEXT | ATOM_AS_PROPERTY)))
        return false;
    if (atom->flags & ATOM_AS_COROUTINE)
        return true;
    if (!atom->is_project)
        return atom->api->colour == COLOUR_COROUTINE;
    uint32_t flags = program_function(ask_program(n), atom->ref)->flags;
    return (flags & (FUNCTION_ASYNC | FUNCTION_GENERATOR)) == FUNCTION_ASYNC;
}

bool is_coroutine_function(Node n, CoroutineCall *made)
{
    *made = (CoroutineCall){ .name = STR(""), .is_sure = true };
    Type type = type_of(n);
    for (uint32_t i = 0; i < type.count; i++) {
        if (!makes_coroutine(n, &type.atoms[i]))
            return false;
        made->is_sure &= !(type.atoms[i].flags & ATOM_UNSURE);
    }
    if (type.count)
        describe(n, &type.atoms[0], made);
    return type.count > 0;
}

/* ---- Protocols: for, with, and their async twins ---- */

static Having api_has(const Api *api, const char *name)
{
    bool complete;
    return api_member(api, str_of(name), &complete) ? HAS : complete ? HAS_NOT : MAY_HAVE;
}

static Having atom_has(Node n, const Atom *atom, const char *name)
{
    if (atom->is_project)
        return class_has(ask_program(n), atom->ref, name);
    return atom->api ? api_has(atom->api, name) : MAY_HAVE;
}

static Str class_name(const Atom *atom) { return atom->api ? api_name(atom->api) : atom->name; }

static bool is_builtin_iterable(Str name)
{
    static const char *const names[] = { "builtins.list", "builtins.dict", "builtins.set", "builtins.tuple", "builtins.str",
        "builtins.bytes", "builtins.frozenset", "builtins.range", "builtins.bytearray" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return false;
}

/* Whether all that n can be has the one method and surely lacks the other, or is of a kind that says as much. */
static bool has_only(Node n, AtomKind kind, const char *has, const char *lacks)
{
    Type type = type_in_use(n);
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->kind == kind)
            continue;
        if (kind == ATOM_GENERATOR && (atom->kind == ATOM_TUPLE || (atom->kind == ATOM_INSTANCE && is_builtin_iterable(class_name(atom)))))
            continue;
        if (kind == ATOM_ASYNC_CONTEXT && atom->kind == ATOM_AWAITABLE && atom->colour == COLOUR_AWAITABLE_CONTEXT)
            continue;
        if (atom->kind != ATOM_INSTANCE || atom_has(n, atom, has) != HAS || atom_has(n, atom, lacks) != HAS_NOT)
            return false;
    }
    return type.count > 0;
}

bool is_async_iterable_only(Node n) { return has_only(n, ATOM_ASYNC_ITERATOR, "__aiter__", "__iter__"); }
bool is_sync_iterable_only(Node n) { return has_only(n, ATOM_GENERATOR, "__iter__", "__aiter__"); }
bool is_async_context_only(Node n) { return has_only(n, ATOM_ASYNC_CONTEXT, "__aenter__", "__enter__"); }
bool is_sync_context_only(Node n) { return has_only(n, ATOM_CONTEXT, "__enter__", "__aenter__"); }
