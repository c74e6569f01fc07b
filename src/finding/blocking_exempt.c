/* Calls that block by what they are, and do not by what the file says of their object. */
#include "finding/blocking.h"

static bool has_name(const Module *module, const char *name)
{
    return names_find(&module->names, str_of(name)) != 0;
}

static bool has_name_of(const Module *module, const char *const *names)
{
    for (; *names; names++) {
        if (has_name(module, *names))
            return true;
    }
    return false;
}

/* ---- sockets ---- */

/* Files that make sockets which do not block, hand them to the loop, or wait until they are ready: which socket is which cannot be
 * told, so none of them is spoken of. */
static bool has_sockets_that_do_not_block(const Module *module)
{
    static const char *const names[] = {
        "MSG_DONTWAIT",
        "SOCK_NONBLOCK",
        "add_reader",
        "add_writer",
        "select",
        "selectors",
        "set_blocking",
        "setblocking",
        "settimeout",
        "sock_accept",
        "sock_connect",
        "sock_recv",
        "sock_recv_into",
        "sock_recvfrom",
        "sock_recvfrom_into",
        "sock_sendall",
        "sock_sendfile",
        "sock_sendto",
        NULL,
    };
    return has_name_of(module, names);
}

/* Datagrams and local sockets: connecting and sending hand the data to the kernel and return. */
static bool has_sockets_that_send_at_once(const Module *module)
{
    static const char *const names[] = { "AF_CAN", "AF_NETLINK", "AF_PACKET", "AF_UNIX", "SOCK_DGRAM", "SOCK_RAW",
        NULL };
    return has_name_of(module, names);
}

static bool is_quick_socket(const Module *module, const Api *api)
{
    Str owner = api_owner(api), last = api_last(api);
    bool is_socket = str_is(owner, "socket.socket") || str_is(owner, "ssl.SSLSocket") || str_is(last, "sendfile");
    if (!is_socket)
        return false;
    bool sends = str_starts(last, STR("send")) || str_starts(last, STR("connect"));
    return has_sockets_that_do_not_block(module) || (sends && has_sockets_that_send_at_once(module));
}

/* ---- what an object was made by ---- */

Node only_value(Node n)
{
    const Module *module = n.module;
    Node none = node_at(module, 0);
    const Binding *binding = NULL;
    if (node_kind(n) == PY_IDENTIFIER)
        binding = scope_resolve(node_scope(n), module, node_data(n)->name);
    else if (node_kind(n) == PY_ATTRIBUTE)
        binding = attribute_binding(module, node_data(node_field(n, F_ATTRIBUTE))->name);
    if (!binding || binding->sites.count != 1)
        return none;
    if (binding->sites.items[0].kind == SITE_WITH)
        return node_at(module, binding->sites.items[0].value);
    Node target = node_at(module, binding->sites.items[0].node);
    Node assignment = node_parent(target);
    bool is_assigned = node_kind(assignment) == PY_ASSIGNMENT && node_role(target) == F_LEFT;
    return is_assigned ? node_field(assignment, F_RIGHT) : none;
}

/* The object of `object.method(...)`. */
static Node receiver(Node call)
{
    return node_unparenthesized(node_field(node_field(call, F_FUNCTION), F_OBJECT));
}

static bool is_put(const Api *api)
{
    return str_is(api_last(api), "put") && api_family(api) == FAMILY_THREAD_PRIMITIVE;
}

/* Queues wait to take something in only when they have a bound: `Queue(10)`, `Queue(maxsize=n)`. Unknown is no. */
static bool is_put_without_bound(Node call, const Api *api)
{
    if (!is_put(api))
        return false;
    Node made = only_value(receiver(call));
    if (node_kind(made) != PY_CALL)
        return true;
    Node first = node_first(node_field(made, F_ARGUMENTS));
    if (node_kind(first) == PY_KEYWORD_ARGUMENT)
        first = node_field(first, F_VALUE);
    bool is_dynamic = node_kind(first) == PY_LIST_SPLAT || node_kind(first) == PY_DICTIONARY_SPLAT;
    return node_is_null(first) || is_dynamic || str_is(node_text(first), "0") || str_starts(node_text(first), STR("-"));
}

/* ---- what was asked before ---- */

static bool is_word_of(Str name, const char *const *words)
{
    for (; *words; words++) {
        if (str_is(name, *words))
            return true;
    }
    return false;
}

/* Whether something in the function, before the call, has one of those names and is about the object: `object.word(...)`,
 * `word(object)`. By text: a hint is enough for silence. */
static bool is_asked_before(Node call, Node object, const char *const *words)
{
    enum { LOOKED_AT = 4000 }; /* so that a function of nothing but such calls does not cost its square */
    const Function *function = node_function(call);
    Str text = node_text(object);
    if (!function || node_is_null(object))
        return false;
    uint32_t first = call.id - function->node > LOOKED_AT ? call.id - LOOKED_AT : function->node;
    bool asks = false;
    for (uint32_t id = first; id < call.id; id++) {
        Node n = node_at(call.module, id);
        if (node_kind(n) == PY_ATTRIBUTE && is_word_of(node_text(node_field(n, F_ATTRIBUTE)), words)) {
            if (str_equal(node_text(node_field(n, F_OBJECT)), text))
                return true;
            asks = true;
        }
        asks = asks || (node_kind(n) == PY_IDENTIFIER && is_word_of(node_text(n), words));
        bool is_argument = node_kind(node_parent(n)) == PY_ARGUMENT_LIST || node_kind(node_parent(n)) == PY_LIST;
        if (asks && is_argument && str_equal(node_text(n), text))
            return true;
    }
    return false;
}

/* What an object is asked to know that a call of it will not wait; NULL when there is nothing of the sort. */
static const char *const *questions_about(const Api *api)
{
    /* `while not q.empty(): q.get()`: only this thread takes things out. */
    static const char *const of_queues[] = { "empty", "qsize", NULL };
    /* A process that has been polled, or has closed its pipes, is over or was found to be. */
    static const char *const of_processes[] = { "poll", "communicate", NULL };
    static const char *const of_futures[] = { "done", "wait", "wrap_future", "as_completed", "add_done_callback", NULL };
    Str last = api_last(api);
    if (api_family(api) == FAMILY_PROCESS_WAIT)
        return of_processes;
    if (api_family(api) == FAMILY_THREAD_PRIMITIVE && str_is(last, "get"))
        return of_queues;
    bool is_result = str_is(last, "result") || str_is(last, "exception");
    return is_result && str_is(api_owner(api), "concurrent.futures.Future") ? of_futures : NULL;
}

bool is_asked_in_caller(Node call, Node leaf, const Api *api)
{
    const char *const *words = questions_about(api);
    return words && is_asked_before(call, receiver(leaf), words);
}

/* ---- futures ---- */

/* `for f in as_completed(fs): f.result()`; a callback gets a future that is done. */
static bool is_given_when_done(Node future)
{
    if (node_kind(future) != PY_IDENTIFIER)
        return false;
    const Binding *binding = scope_resolve(node_scope(future), future.module, node_data(future)->name);
    SiteKind kind = binding && binding->sites.count ? binding->sites.items[0].kind : SITE_ASSIGN;
    bool is_given = kind == SITE_FOR || kind == SITE_PARAMETER;
    if (!is_given || !has_name(future.module, kind == SITE_FOR ? "as_completed" : "add_done_callback"))
        return false;
    for (uint32_t i = 1; i < binding->sites.count; i++) {
        if (kind != SITE_FOR || binding->sites.items[i].kind != SITE_FOR)
            return false;
    }
    return true;
}

static bool is_of_done_future(Node call, const Api *api)
{
    Str last = api_last(api);
    bool is_result = str_is(last, "result") || str_is(last, "exception");
    return is_result && str_is(api_owner(api), "concurrent.futures.Future") && is_given_when_done(receiver(call));
}

/* ---- by the arguments ---- */

/* psutil.cpu_percent() compares with the call before; only with an interval it waits. */
static bool is_without_interval(Node call, const Api *api)
{
    if (!str_is(api_package(api), "psutil") || !str_starts(api_last(api), STR("cpu_")))
        return false;
    Node first = node_first(node_field(call, F_ARGUMENTS));
    Str value = node_text(node_kind(first) == PY_KEYWORD_ARGUMENT ? node_field(first, F_VALUE) : first);
    bool is_other =
        node_kind(first) == PY_KEYWORD_ARGUMENT && !str_is(node_text(node_field(first, F_NAME)), "interval");
    return node_is_null(first) || is_other || str_is(value, "None") || str_is(value, "0");
}

/* getaddrinfo of numbers asks nobody. */
static bool is_numeric_lookup(Node call, const Api *api)
{
    Str arguments = node_text(node_field(call, F_ARGUMENTS));
    if (api->hazard != HAZARD_DNS || arguments.n > 400)
        return false;
    for (uint32_t i = 0; i + 7 <= arguments.n; i++) {
        if (str_starts(str_slice(arguments, i, arguments.n), STR("NUMERIC")))
            return true;
    }
    return false;
}

/* What is opened from or written to memory: `ZipFile(BytesIO(data))`, `image.save(BytesIO())`. What would open a file, and is given one
 * that is open, does not open it: `PdfReader(file)`. */
static bool is_given_file(Node call, const Api *api)
{
    if (api_family(api) != FAMILY_OPEN && api_family(api) != FAMILY_FILE_IO)
        return false;
    for (Node n = node_first(node_field(call, F_ARGUMENTS)); !node_is_null(n); n = node_next(n)) {
        Node value = node_kind(n) == PY_KEYWORD_ARGUMENT ? node_field(n, F_VALUE) : n;
        const Api *class_ = instance_api(value);
        if (api->weight == WEIGHT_USUALLY && is_instance_of(value, "io.IOBase"))
            return true;
        if (class_ && (str_is(api_last(class_), "BytesIO") || str_is(api_last(class_), "StringIO")))
            return true;
    }
    return false;
}

/* Clients for tests ask an application in the same process. */
static bool is_of_test_client(Node call, const Api *api)
{
    if (api_family(api) != FAMILY_HTTP_CLIENT)
        return false;
    Node object = receiver(call), made = only_value(object);
    const Api *class_ = node_kind(made) == PY_CALL ? api_of_call(made) : instance_api(object);
    return class_ && str_is(api_last(class_), "TestClient");
}

static bool is_connect_in_memory(Node call)
{
    Node first = node_first(node_field(call, F_ARGUMENTS));
    Str text = node_text(first);
    return node_kind(first) == PY_STRING && (str_is(text, "\":memory:\"") || str_is(text, "':memory:'"));
}

/* A database of sqlite3 that is in memory, as far as the file shows how the connection was made. */
static bool is_in_memory(Node call, const Api *api)
{
    if (!str_is(api_package(api), "sqlite3"))
        return false;
    return is_connect_in_memory(call) || is_connect_in_memory(only_value(receiver(call)));
}

bool call_is_exempt(Node call, const Api *api)
{
    if (is_quick_socket(call.module, api))
        return true;
    if (node_is_null(call))
        return is_put(api) || str_is(api_owner(api), "concurrent.futures.Future");
    return is_put_without_bound(call, api) || is_asked_in_caller(call, call, api) ||
           is_of_done_future(call, api) || is_without_interval(call, api) ||
           is_numeric_lookup(call, api) || is_in_memory(call, api) || is_of_test_client(call, api) ||
           is_given_file(call, api);
}
