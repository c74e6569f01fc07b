#include "finding/callbacks.h"

#include "finding/spawned.h"

/* ---- Who is called ---- */

/* Other loops have methods of the same names, and some of them take coroutine functions. */
static bool has_other_loops(const Module *module)
{
    static const char *const names[] = { "tornado", "IOLoop", "gevent", "GLib", "pyglet", "zmq", "QEventLoop" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names_find(&module->names, str_of(names[i])))
            return true;
    }
    return false;
}

/* What a method is when its object is not known. */
static const Api *api_by_name(Node callee)
{
    static const char *const rows[] = {
        "asyncio.AbstractEventLoop.add_reader",
        "asyncio.AbstractEventLoop.add_signal_handler",
        "asyncio.AbstractEventLoop.add_writer",
        "asyncio.AbstractEventLoop.call_at",
        "asyncio.AbstractEventLoop.call_later",
        "asyncio.AbstractEventLoop.call_soon",
        "asyncio.AbstractEventLoop.call_soon_threadsafe",
        "asyncio.AbstractEventLoop.run_in_executor",
    };
    Node object = node_field(callee, F_OBJECT);
    Str method = node_text(node_field(callee, F_ATTRIBUTE));
    if (node_kind(callee) != PY_ATTRIBUTE || type_of(object).count || target_of(callee).kind != TARGET_UNKNOWN)
        return NULL;
    if (str_is(method, "add_done_callback"))
        return api_find(STR("asyncio.Future.add_done_callback"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str row = str_of(rows[i]);
        if (str_equal(method, str_slice(row, str_find_last(row, '.') + 1, row.n)))
            return spawned_is_loop(object) && !has_other_loops(callee.module) ? api_find(row) : NULL;
    }
    return NULL;
}

/* ---- What it is given ---- */

/* The value of the argument that the row is about; a null node when it is not there, or nobody knows which one it is. */
static Node value_for(Node call, const Api *api)
{
    Node none = node_at(call.module, 0), arguments = node_field(call, F_ARGUMENTS);
    uint32_t position = 0;
    for (Node n = node_first(arguments); n.id && node_kind(arguments) == PY_ARGUMENT_LIST; n = node_next(n)) {
        switch (node_kind(n)) {
        case PY_LIST_SPLAT:
            return none;
        case PY_DICTIONARY_SPLAT:
            break;
        case PY_KEYWORD_ARGUMENT:
            if (api->keyword[0] && str_is(node_text(node_field(n, F_NAME)), api->keyword))
                return node_unparenthesized(node_field(n, F_VALUE));
            break;
        default:
            if (position++ == api->argument)
                return node_unparenthesized(n);
        }
    }
    return none;
}

bool callback_of(Node call, Callback *out)
{
    Node callee = node_field(call, F_FUNCTION);
    const Api *api = api_of_call(call);
    *out = (Callback){ .is_sure = api != NULL };
    out->api = api ? api : api_by_name(callee);
    bool is_given = out->api && (out->api->role == ROLE_SCHEDULES || out->api->callback == CALLBACK_SYNC);
    if (is_given)
        out->value = value_for(call, out->api);
    return is_given && out->value.id;
}

/* ---- Decorators ---- */

static bool has_class(Node call)
{
    Node arguments = node_field(call, F_ARGUMENTS);
    for (Node n = node_first(arguments); n.id; n = node_next(n)) {
        if (node_kind(n) == PY_DICTIONARY_SPLAT ||
            (node_kind(n) == PY_KEYWORD_ARGUMENT && str_is(node_text(node_field(n, F_NAME)), "cls")))
            return true;
    }
    return false;
}

static bool takes_function(const Api *api, Node decorator)
{
    if (api->callback == CALLBACK_DECORATED)
        return !has_class(decorator);
    return api->callback == CALLBACK_SYNC && api->argument == 0 && node_kind(decorator) != PY_CALL;
}

bool callback_decorated(Node definition, Callback *out)
{
    enum { DECORATORS_MOST = 16 };
    Node decorators[DECORATORS_MOST], decorator = node_at(definition.module, 0);
    uint32_t count = 0;
    while ((decorator = decorator_next(definition.module, definition.id, decorator)).id) {
        if (count == DECORATORS_MOST)
            return false;
        decorators[count++] = decorator;
    }
    while (count--) {
        decorator = decorators[count];
        const Api *api = node_kind(decorator) == PY_CALL ? api_of_call(decorator) : api_of(decorator);
        *out = (Callback){ .api = api, .value = decorator, .is_sure = true };
        if (api && takes_function(api, decorator))
            return true;
        if (!api || api->role != ROLE_TRANSPARENT)
            return false;
    }
    return false;
}
