#include "finding/spawned.h"

#include "facts/frames.h"
#include "finding/pass.h"

/* Whether the file puts a mock behind that name: `loop = MagicMock()`, `self.loop = Mock()`, `with patch(...) as loop`. */
static bool is_mocked(Node name)
{
    enum { SITES_MOST = 64 };
    bool is_attribute = node_kind(node_parent(name)) == PY_ATTRIBUTE && node_role(name) == F_ATTRIBUTE;
    NameId id = node_data(name)->name;
    const Binding *binding =
        is_attribute ? attribute_binding(name.module, id) : scope_resolve(node_scope(name), name.module, id);
    for (uint32_t i = 0; binding && i < binding->sites.count && i < SITES_MOST; i++) {
        const Site *site = &binding->sites.items[i];
        const Api *api = site->value ? api_called(node_at(name.module, site->value)) : NULL;
        if (api && api->role == ROLE_MOCK)
            return true;
    }
    return false;
}

bool spawned_is_loop(Node object)
{
    Node name = node_kind(object) == PY_ATTRIBUTE ? node_field(object, F_ATTRIBUTE) : object;
    Str text = node_kind(name) == PY_IDENTIFIER ? node_text(name) : STR("");
    bool is_loop = str_is(text, "loop") || str_is(text, "_loop") || str_is(text, "event_loop");
    return is_loop && !type_of(object).count && target_of(object).kind == TARGET_UNKNOWN && !is_mocked(name);
}

/* `loop.create_task`, `self.bot.loop.create_task`: what has this name and this method is a loop of asyncio. */
static bool is_loop_by_name(Node callee)
{
    return str_is(node_text(node_field(callee, F_ATTRIBUTE)), "create_task") &&
           spawned_is_loop(node_field(callee, F_OBJECT));
}

bool spawned_is_meant(Node call)
{
    if (call.module->source.is_stub || node_is_dead(call))
        return true;
    for (Node n = node_parent(call); n.id && node_kind(n) != PY_FUNCTION_DEFINITION; n = node_parent(n)) {
        Node clause = node_kind(n) == PY_WITH_STATEMENT ? node_child_of(n, PY_WITH_CLAUSE) : node_at(n.module, 0);
        for (Node item = node_first(clause); item.id; item = node_next(item)) {
            Node value = node_field(item, F_VALUE);
            Node callee = node_field(node_kind(value) == PY_AS_PATTERN ? node_first(value) : value, F_FUNCTION);
            bool expects = str_starts(node_text(node_field(callee, F_ATTRIBUTE)), STR("assertRaises")) ||
                           str_is(qualified_name(callee), "pytest.raises");
            if (expects)
                return true;
        }
    }
    return false;
}

/* ensure_future gives back what is a task already. A statement that does no more than that would make no sense, so what
 * is not known counts as a coroutine. */
static bool takes_future(Node call, const Api *api)
{
    Node first = node_first(node_field(call, F_ARGUMENTS));
    return str_ends(api_name(api), STR("ensure_future")) && is_instance_of(first, "asyncio.Future");
}

bool spawned_by(Node call, Spawned *spawned)
{
    *spawned = (Spawned){ .api = NULL };
    if (node_kind(call) != PY_CALL)
        return false;
    spawned->api = api_of_call(call);
    if (spawned->api) {
        spawned->is_sure = true;
        return spawned->api->role == ROLE_SPAWNS && !takes_future(call, spawned->api) && !spawned_is_meant(call);
    }
    if (spawned_is_meant(call))
        return false;
    return is_loop_by_name(node_field(call, F_FUNCTION));
}

/* ---- Helpers ---- */

Node spawned_returned(const Function *function, const Module *module, bool (*is_it)(Node call))
{
    Node top = node_at(module, function->node), found = node_at(module, 0);
    bool is_plain = node_kind(top) == PY_FUNCTION_DEFINITION && !function->is_async && !function->is_generator &&
                    !function->first_decorator;
    for (uint32_t id = top.id + 1; is_plain && id < node_data(top)->after;) {
        Node n = node_at(module, id);
        PyKind kind = node_kind(n);
        if (kind == PY_RETURN_STATEMENT) {
            found = node_unparenthesized(node_first(n));
            is_plain = is_it(found);
        }
        bool is_other = kind == PY_FUNCTION_DEFINITION || kind == PY_LAMBDA || kind == PY_CLASS_DEFINITION;
        id = is_other ? node_data(n)->after : id + 1;
    }
    return is_plain ? found : node_at(module, 0);
}

const Atom *spawned_callee_of_project(Node call)
{
    Type type = type_of(node_field(call, F_FUNCTION));
    const Atom *atom = type.count == 1 ? &type.atoms[0] : NULL;
    return atom && atom->kind == ATOM_FUNCTION && atom->is_project && !spawned_is_meant(call) ? atom : NULL;
}

/* Whether a coroutine that is passed becomes a task that only the result of the call holds. */
static bool spawns_argument(Node call)
{
    Node arguments = node_field(call, F_ARGUMENTS);
    for (Node n = node_first(arguments); n.id && node_kind(arguments) == PY_ARGUMENT_LIST; n = node_next(n)) {
        CoroutineCall made;
        Node value = node_kind(n) == PY_KEYWORD_ARGUMENT ? node_field(n, F_VALUE) : n;
        if (is_coroutine(value, &made) && fate_of_argument(n) == FATE_SPAWNED_LOOSE)
            return true;
    }
    return false;
}

static bool is_sure_spawn(Node call)
{
    Spawned spawned;
    return spawned_by(call, &spawned) && spawned.is_sure;
}

bool spawned_by_helper(Node call, Node *task)
{
    const Atom *atom = node_kind(call) == PY_CALL ? spawned_callee_of_project(call) : NULL;
    *task = node_at(call.module, 0);
    if (!atom)
        return false;
    /* What keeps the task beside does not return it plainly. */
    const Function *function = function_of(call, atom->ref);
    if (function && is_instance_of(call, "asyncio.Task"))
        *task = spawned_returned(function, call.module, is_sure_spawn);
    return task->id || spawns_argument(call) || (!function && function_hands_out_task(ask_program(call), atom->ref));
}

Str spawned_callee(Pass *pass, Node call, const Api *api)
{
    enum { LONGEST = 60 };
    Str text = node_text(node_field(call, F_FUNCTION));
    if (!api || (text.n <= LONGEST && str_find(text, '\n') == text.n && str_find(text, '\r') == text.n))
        return text;
    return pass_printf(pass, "%s", api->name);
}

Node spawned_before(Node call)
{
    static const char *const methods[] = { "add_done_callback", "set_name" };
    Node callee = node_field(call, F_FUNCTION), object = node_unparenthesized(node_field(callee, F_OBJECT));
    Str method = node_text(node_field(callee, F_ATTRIBUTE));
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (str_is(method, methods[i]) && node_kind(object) == PY_CALL)
            return object;
    }
    return node_at(call.module, 0);
}

void spawned_help(Pass *pass, Finding *f, Node call)
{
    if (frame_on_loop(call) && pass->target_minor >= 11)
        help(pass, f,
            "start it in a group that waits for it: `async with asyncio.TaskGroup() as group: group.create_task(...)`");
    help(pass, f, "keep it until it is done: `tasks.add(task)`, then `task.add_done_callback(tasks.discard)`");
}
