/* summary_new: definitions first, then one pass over the tree's array, then what the pass has found is put in order. */
#include "facts/summary.h"

#include "facts/frames.h"
#include "facts/summary_make.h"
#include "python/names.h"

/* Outer scopes come before inner ones, so one loop over them is enough. */
static void find_frames(Maker *m)
{
    uint32_t count = m->module->scopes.count;
    m->frames = arena_array(m->arena, uint32_t, count);
    m->functions = arena_array(m->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        const Scope *scope = m->module->scopes.items[i];
        uint32_t outer = scope->parent ? scope->parent->number : 0;
        bool is_transparent = scope->kind == SCOPE_COMPREHENSION || scope->kind == SCOPE_TYPE_PARAMETERS;
        if (is_transparent)
            m->functions[i] = m->functions[outer];
        else if (scope->function)
            m->functions[i] = scope->function->number + 1;

        bool is_outer = scope->kind == SCOPE_TYPE_PARAMETERS;
        if (scope->kind == SCOPE_COMPREHENSION || scope->kind == SCOPE_LAMBDA)
            is_outer = frame_runs_inside(maker_node(m, scope->node));
        if (is_outer)
            m->frames[i] = m->frames[outer];
        else if (scope->kind != SCOPE_COMPREHENSION)
            m->frames[i] = m->functions[i];
    }
}

static void mark(Maker *m, const char *name, uint8_t bit)
{
    NameId id = names_find(&m->module->names, str_of(name));
    if (id)
        m->marks[id] |= bit;
}

static void mark_patches(Maker *m)
{
    static const char *const names[] = { "setattr", "delattr", "__setattr__", "object", "patch" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        mark(m, names[i], MARK_PATCH);
}

static void mark_guards(Maker *m)
{
    static const char *const names[] = { "get_running_loop", "_get_running_loop", "get_event_loop", "is_running",
        "current_async_library", "event_loop_is_running", "has_running_loop", "in_async_context", "in_async_loop", "in_workflow",
        "is_event_loop_running", "is_in_async_context", "is_inside_event_loop", "is_loop_running" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        mark(m, names[i], MARK_GUARD);
}

static void visit(Maker *m, uint32_t id)
{
    const TreeNode *node = &m->nodes[id];
    switch (node->kind) {
    case PY_IDENTIFIER:
        if (m->marks[node->name])
            note_name(m, id);
        break;
    case PY_CALL:
        note_patches(m, id);
        note_call(m, id);
        break;
    case PY_WITH_ITEM:
        note_enter(m, id);
        break;
    case PY_FOR_STATEMENT:
    case PY_FOR_IN_CLAUSE:
        note_each(m, id);
        note_targets(m, node_field(maker_node(m, id), F_LEFT).id);
        break;
    case PY_ASSIGNMENT:
        note_targets(m, node_field(maker_node(m, id), F_LEFT).id);
        break;
    case PY_AS_PATTERN_TARGET:
        note_targets(m, id);
        break;
    case PY_RETURN_STATEMENT:
        note_return(m, id);
        break;
    case PY_YIELD:
        note_yield_of(m, id);
        break;
    default:
        break;
    }
}

static void make_stars(Maker *m)
{
    Summary *s = m->summary;
    for (uint32_t i = 0; i < m->module->star_imports.count; i++) {
        Str name = star_import_module(m->module, m->module->star_imports.items[i]);
        *array_push(m->arena, &s->stars) = term_name(&s->terms, name);
    }
}

/* What Member.import does not tell, as no name, or not the whole one, is bound. */
static void make_nameless(Maker *m)
{
    Summary *s = m->summary;
    for (Node statement = node_first(maker_node(m, 1)); statement.id; statement = node_next(statement)) {
        PyKind kind = node_kind(statement);
        bool is_import = kind == PY_IMPORT_STATEMENT || kind == PY_IMPORT_FROM_STATEMENT;
        if (!is_import || node_is_dead(statement))
            continue;
        if (kind == PY_IMPORT_FROM_STATEMENT && node_child_of(statement, PY_WILDCARD_IMPORT).id)
            *array_push(m->arena, &s->nameless) = term_name(&s->terms, star_import_module(m->module, statement.id));
        for (Node name = node_field(statement, F_NAME); kind == PY_IMPORT_STATEMENT && name.id; name = node_next_same(name)) {
            Str text = node_text(name);
            if (node_kind(name) == PY_DOTTED_NAME && str_find(text, '.') < text.n)
                *array_push(m->arena, &s->nameless) = term_name(&s->terms, text);
        }
    }
}

Summary *summary_new(Arena *arena, Module *module)
{
    Summary *summary = arena_new(arena, Summary);
    terms_init(&summary->terms, arena);
    summary->path = arena_copy(arena, module->source.path);
    summary->module = STR("");
    summary->is_stub = str_ends(module->source.path, STR(".pyi"));
    module->reader = reader_attach(summary, module);

    Maker m = { .summary = summary, .arena = arena, .module = module, .nodes = module->tree.nodes };
    m.marks = arena_array(arena, uint8_t, module->names.count + 1);
    m.pending_of = arena_array(arena, uint32_t, module->names.count + 1);
    m.is_foreign = arena_array(arena, bool, module->names.count + 1);
    m.states = arena_array(arena, FunctionState, module->functions.count);
    find_frames(&m);
    mark_guards(&m);
    mark_patches(&m);
    quick_begin(&m);
    make_functions(&m);
    make_classes(&m);
    for (uint32_t id = 2; id < module->tree.count; id++)
        visit(&m, id);
    make_results(&m);
    make_calls(&m);
    make_questions(&m);
    make_uses(&m);
    make_members(&m);
    make_exports(&m);
    make_stars(&m);
    make_nameless(&m);
    summary->own_terms = summary->terms.items.count;
    summary->own_texts = summary->terms.texts.count;
    return summary;
}

Summary *summary_again(Arena *arena, const Module *module, const Summary *frozen)
{
    Summary *summary = summary_share(arena, frozen);
    reader_attach_again(summary, module);
    return summary;
}
