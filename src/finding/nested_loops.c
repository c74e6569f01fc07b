#include "finding/nested_loops.h"

/* ---- Expected errors ---- */

static bool mentions(Node n, Str word)
{
    NameId name = names_find(&n.module->names, word);
    for (uint32_t id = n.id; name && id && id < node_data(n)->after; id++) {
        if (node_data(node_at(n.module, id))->name == name)
            return true;
    }
    return false;
}

/* Whether the body of a `try` asks for the loop, which raises RuntimeError where none runs. */
static bool asks_for_loop(Node statement)
{
    Node body = node_field(statement, F_BODY);
    NameId name = names_find(&statement.module->names, STR("get_running_loop"));
    for (uint32_t id = body.id; name && id && id < node_data(body)->after; id++) {
        Node n = node_at(body.module, id);
        if (node_kind(n) == PY_CALL && str_is(qualified_name(node_field(n, F_FUNCTION)), "asyncio.get_running_loop"))
            return true;
    }
    return false;
}

/* Whether n is the handler for the case that no loop runs. */
static bool is_without_loop(Node n)
{
    return node_kind(n) == PY_EXCEPT_CLAUSE && mentions(node_field(n, F_VALUE), STR("RuntimeError")) &&
           asks_for_loop(node_parent(n));
}

bool loop_error_is_expected(Node call)
{
    for (Node inner = call; inner.id && node_kind(inner) != PY_FUNCTION_DEFINITION; inner = node_parent(inner)) {
        Node outer = node_parent(inner);
        bool is_body = node_role(inner) == F_BODY;
        if (is_body && node_kind(outer) == PY_WITH_STATEMENT &&
            mentions(node_child_of(outer, PY_WITH_CLAUSE), STR("RuntimeError")))
            return true;
        if (is_without_loop(outer))
            return true;
        for (Node n = is_body && node_kind(outer) == PY_TRY_STATEMENT ? node_first(outer) : node_at(call.module, 0);
             n.id; n = node_next(n)) {
            if (node_kind(n) == PY_EXCEPT_CLAUSE && mentions(node_field(n, F_VALUE), STR("RuntimeError")))
                return true;
        }
    }
    return false;
}

/* ---- What runs a loop ---- */

/* `async_to_sync(f)(...)`. */
static bool is_made_sync(Node call)
{
    Type type = type_of(node_field(call, F_FUNCTION));
    for (uint32_t i = 0; i < type.count; i++) {
        if (!(type.atoms[i].flags & ATOM_AS_SYNC))
            return false;
    }
    return type.count > 0;
}

bool call_runs_loop(Node call, const Api **api)
{
    *api = api_of_call(call);
    return *api ? (*api)->role == ROLE_RUNS_LOOP : is_made_sync(call);
}

/* ---- Loops in loops ---- */

static bool nests_loops(Node module_name)
{
    Str name = node_text(node_kind(module_name) == PY_ALIASED_IMPORT ? node_first(module_name) : module_name);
    const Api *api = api_find(str_slice(name, 0, str_find(name, '.')));
    return api && api->role == ROLE_NESTS_LOOPS;
}

bool loops_are_nested(const Module *module)
{
    if (names_find(&module->names, STR("nest_asyncio")))
        return true;
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (node_kind(n) == PY_IMPORT_FROM_STATEMENT && nests_loops(node_field(n, F_MODULE_NAME)))
            return true;
        for (Node name = node_first(n); name.id && node_kind(n) == PY_IMPORT_STATEMENT; name = node_next(name)) {
            if (nests_loops(name))
                return true;
        }
    }
    return false;
}

bool summary_nests_loops(const Summary *summary)
{
    static const char *const words[] = { "nest_asyncio", "NestAsyncio" };
    for (uint32_t text = 1; text <= summary->own_texts; text++) {
        Str name = terms_text_of(&summary->terms, text);
        uint32_t dot = str_find_last(name, '.');
        Str last = dot < name.n ? str_slice(name, dot + 1, name.n) : name;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (str_is(last, words[i]) || (str_starts(name, str_of(words[i])) && dot < name.n))
                return true;
        }
    }
    return false;
}
