#include "python/compile_errors.h"

#include <stdlib.h>

#include "python/scopes.h"

enum { REFUSALS_MOST = 32 };

/* ---- Saying it ---- */

/* The versions differ in what they evaluate of an annotation, and so in what they refuse there. */
static bool is_in_annotation(const TreeNode *nodes, uint32_t id)
{
    for (; id && !kind_is_simple_statement((PyKind)nodes[id].kind) && nodes[id].kind != PY_BLOCK; id = nodes[id].parent) {
        if (nodes[id].field == F_TYPE || nodes[id].field == F_RETURN_TYPE)
            return true;
    }
    return false;
}

/* Marks the keyword that the node begins with, or what of the node is on its first line. */
static void refuse(Module *module, uint32_t id, uint32_t keyword, Str message)
{
    bool is_sure = !module->source.is_stub && !module->tree.troubles.count && !module->scan.troubles.count;
    if (!is_sure || module->refusals.count == REFUSALS_MOST || is_in_annotation(module->tree.nodes, id))
        return;
    const TreeNode *node = &module->tree.nodes[id];
    Str text = module->source.text;
    uint32_t end = node->begin + keyword;
    while (!keyword && end < node->end && text.p[end] != '\n' && text.p[end] != '\r')
        end++;
    *array_push(module->arena, &module->refusals) = (Trouble){ TROUBLE_SYNTAX, node->begin, end, message };
}

/* ---- Waiting ---- */

static bool begins_cell(Str line)
{
    static const char *const marks[] = { "# %%", "#%%", "# In[", "# <codecell>", "# COMMAND -----", "# Databricks notebook", "# jupyter:" };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (str_starts(line, str_of(marks[i])))
            return true;
    }
    return false;
}

/* Whether a module is a notebook that was saved as a script, or runs in the browser: its own code may wait then. */
static bool is_notebook(const Module *module)
{
    static const char *const names[] = { "get_ipython", "micropip", "pyodide", "pyscript" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names_find(&module->names, str_of(names[i])))
            return true;
    }
    Str rest = module->source.text;
    while (rest.n) {
        if (rest.p[0] == '#' && begins_cell(rest))
            return true;
        uint32_t end = str_find(rest, '\n');
        rest = str_slice(rest, end < rest.n ? end + 1 : rest.n, rest.n);
    }
    return false;
}

/* Whether code of that scope may wait. In a comprehension it may: whether the comprehension may stand where it does is asked
 * when it is known to wait. */
static bool may_wait(Module *module, const Scope *scope)
{
    switch (scope->kind) {
    case SCOPE_MODULE:
        module->waits_at_top = true;
        return true;
    case SCOPE_FUNCTION:
        return scope->function->is_async;
    case SCOPE_LAMBDA:
    case SCOPE_CLASS:
        return false;
    default:
        return true;
    }
}

/* A generator expression may wait anywhere: who iterates over it does the waiting. One that stands around a comprehension takes it in. */
static void see_comprehension(Module *module, const Scope *scope)
{
    bool is_generator = module->tree.nodes[scope->node].kind == PY_GENERATOR_EXPRESSION;
    if (!is_generator && !may_wait(module, scope->parent))
        refuse(module, scope->node, 0, STR("asynchronous comprehension outside of an asynchronous function"));
}

/* ---- Yielding and returning ---- */

static Str comprehension_text(PyKind kind)
{
    switch (kind) {
    case PY_LIST_COMPREHENSION:
        return STR("'yield' inside list comprehension");
    case PY_SET_COMPREHENSION:
        return STR("'yield' inside set comprehension");
    case PY_DICTIONARY_COMPREHENSION:
        return STR("'yield' inside dict comprehension");
    default:
        return STR("'yield' inside generator expression");
    }
}

static void see_yield(Module *module, const Scope *scope, uint32_t id)
{
    enum { YIELD = sizeof "yield" - 1 };
    const TreeNode *nodes = module->tree.nodes;
    switch (scope->kind) {
    case SCOPE_FUNCTION:
        if (scope->function->is_async && (nodes[id].flags & NODE_FROM))
            refuse(module, id, YIELD, STR("'yield from' inside async function"));
        break;
    case SCOPE_COMPREHENSION:
        refuse(module, id, YIELD, comprehension_text((PyKind)nodes[scope->node].kind));
        break;
    case SCOPE_MODULE:
    case SCOPE_CLASS:
        refuse(module, id, YIELD, STR("'yield' outside function"));
        break;
    default:
        break;
    }
}

/* `return value` of a function that is an async generator. */
static void see_async_generator(Module *module, const Function *function)
{
    enum { RETURN = sizeof "return" - 1 };
    const TreeNode *nodes = module->tree.nodes;
    uint32_t after = nodes[function->node].after;
    for (uint32_t id = child_with(nodes, function->node, F_BODY); id && id < after;) {
        bool is_other = nodes[id].kind == PY_FUNCTION_DEFINITION || nodes[id].kind == PY_CLASS_DEFINITION;
        if (nodes[id].kind == PY_RETURN_STATEMENT && nodes[id].after > id + 1)
            refuse(module, id, RETURN, STR("'return' with value in async generator"));
        id = is_other ? nodes[id].after : id + 1;
    }
}

/* ---- Loops ---- */

/* Whether a `break` or `continue` has a loop to go on with. The `else` of a loop is outside of it. */
static bool is_in_loop(const TreeNode *nodes, uint32_t id)
{
    for (uint32_t around = nodes[id].parent; around; id = around, around = nodes[id].parent) {
        switch (nodes[around].kind) {
        case PY_FOR_STATEMENT:
        case PY_WHILE_STATEMENT:
            if (nodes[id].field == F_BODY)
                return true;
            break;
        case PY_FUNCTION_DEFINITION:
        case PY_CLASS_DEFINITION:
            return false;
        default:
            break;
        }
    }
    return false;
}

/* ---- What module_bind calls ---- */

void compile_error_see(Module *module, const Scope *scope, uint32_t id)
{
    enum { ASYNC = sizeof "async" - 1, AWAIT = ASYNC, RETURN = sizeof "return" - 1 };
    switch (module->tree.nodes[id].kind) {
    case PY_AWAIT:
        if (!may_wait(module, scope))
            refuse(module, id, AWAIT, scope->kind == SCOPE_CLASS ? STR("'await' outside function") : STR("'await' outside async function"));
        break;
    case PY_FOR_STATEMENT:
        if (!may_wait(module, scope))
            refuse(module, id, ASYNC, STR("'async for' outside async function"));
        break;
    case PY_WITH_STATEMENT:
        if (!may_wait(module, scope))
            refuse(module, id, ASYNC, STR("'async with' outside async function"));
        break;
    case PY_YIELD:
        see_yield(module, scope, id);
        break;
    case PY_RETURN_STATEMENT:
        if (scope->kind == SCOPE_MODULE || scope->kind == SCOPE_CLASS)
            refuse(module, id, RETURN, STR("'return' outside function"));
        break;
    case PY_BREAK_STATEMENT:
        if (!is_in_loop(module->tree.nodes, id))
            refuse(module, id, 0, STR("'break' outside loop"));
        break;
    case PY_CONTINUE_STATEMENT:
        if (!is_in_loop(module->tree.nodes, id))
            refuse(module, id, 0, STR("'continue' not properly in loop"));
        break;
    case PY_IMPORT_FROM_STATEMENT:
        if (scope->kind != SCOPE_MODULE)
            refuse(module, id, 0, STR("import * only allowed at module level"));
        break;
    case PY_NONLOCAL_STATEMENT:
        if (scope->kind == SCOPE_MODULE)
            refuse(module, id, 0, STR("nonlocal declaration not allowed at module level"));
        break;
    default:
        break;
    }
}

void compile_error_parameters(Module *module, uint32_t list)
{
    const TreeNode *nodes = module->tree.nodes;
    bool has_default = false;
    for (uint32_t id = list + 1; id < nodes[list].after; id = nodes[id].after) {
        PyKind kind = (PyKind)(nodes[id].kind == PY_TYPED_PARAMETER ? nodes[id + 1].kind : nodes[id].kind);
        if (kind == PY_LIST_SPLAT_PATTERN || kind == PY_KEYWORD_SEPARATOR)
            return; /* behind it any order will do */
        if (kind == PY_IDENTIFIER && has_default)
            refuse(module, id, 0, STR("parameter without a default follows parameter with a default"));
        has_default |= kind == PY_DEFAULT_PARAMETER || kind == PY_TYPED_DEFAULT_PARAMETER;
    }
}

void compile_error_duplicate(Module *module, uint32_t parameter)
{
    Str name = names_text(&module->names, module->tree.nodes[parameter].name);
    refuse(module, parameter, 0, arena_printf(module->arena, "duplicate argument '%.*s' in function definition", STR_ARG(name)));
}

/* The versions do not agree in which order the clauses of a `try` come: an `else` may be looked at before the handlers. */
static bool is_in_else(const TreeNode *nodes, uint32_t id)
{
    for (; id && nodes[id].kind != PY_FUNCTION_DEFINITION && nodes[id].kind != PY_CLASS_DEFINITION; id = nodes[id].parent) {
        if (nodes[id].kind == PY_ELSE_CLAUSE && nodes[nodes[id].parent].kind == PY_TRY_STATEMENT)
            return true;
    }
    return false;
}

void compile_error_late(Module *module, uint32_t name, const Binding *binding, bool is_global)
{
    if (is_in_else(module->tree.nodes, name))
        return;
    Str text = names_text(&module->names, binding->name);
    const char *declared = is_global ? "global" : "nonlocal";
    Str message;
    switch (binding->sites.items[0].kind) {
    case SITE_PARAMETER:
        message = arena_printf(module->arena, "name '%.*s' is parameter and %s", STR_ARG(text), declared);
        break;
    case SITE_ANNOTATION:
        message = arena_printf(module->arena, "annotated name '%.*s' can't be %s", STR_ARG(text), declared);
        break;
    default:
        message = arena_printf(module->arena, "name '%.*s' is assigned to before %s declaration", STR_ARG(text), declared);
    }
    refuse(module, name, 0, message);
}

static int compare_places(const void *left, const void *right)
{
    const Trouble *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

void compile_errors_finish(Module *module)
{
    for (uint32_t i = 0; i < module->scopes.count; i++) {
        const Scope *scope = module->scopes.items[i];
        const Function *function = scope->function;
        if (scope->kind == SCOPE_COMPREHENSION && scope->is_async)
            see_comprehension(module, scope);
        if (function && function->is_async && function->is_generator)
            see_async_generator(module, function);
    }
    module->waits_at_top = module->waits_at_top && !is_notebook(module);
    if (module->refusals.count > 1)
        qsort(module->refusals.items, module->refusals.count, sizeof *module->refusals.items, compare_places);
}
