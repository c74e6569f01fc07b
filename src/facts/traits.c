#include "facts/traits.h"

typedef struct Words { /* 0: the module does not have it */
    NameId vars, locals, pass_context, timeout, message_type;
} Words;

/* `vars()`, not `vars(options)`: the names of whoever calls it. */
static bool asks_for_own_names(Node n, const Words *words)
{
    NameId name = node_data(n)->name;
    Node call = node_parent(n);
    if (node_kind(n) != PY_IDENTIFIER || !name || (name != words->vars && name != words->locals))
        return false;
    return node_kind(call) != PY_CALL || node_role(n) != F_FUNCTION || !node_first(node_field(call, F_ARGUMENTS)).id;
}

/* `@commands.command(pass_context=True)` is of discord.py before 1.0, which runs with aiohttp before 1.1 alone; `aiohttp.Timeout` and
 * `aiohttp.MsgType` are no more since 2.0, `web.MsgType` since 3.0. */
static bool is_for_old_aiohttp(Node n, const Words *words)
{
    if (words->pass_context && node_kind(n) == PY_KEYWORD_ARGUMENT)
        return node_data(node_field(n, F_NAME))->name == words->pass_context;
    NameId name = node_kind(n) == PY_ATTRIBUTE ? node_data(node_field(n, F_ATTRIBUTE))->name : 0;
    if (!name || (name != words->timeout && name != words->message_type))
        return false;
    Str object = node_text(node_field(n, F_OBJECT));
    return str_is(object, "aiohttp") || (name == words->message_type && (str_is(object, "web") || str_is(object, "aiohttp.web")));
}

static bool has_any(const Names *names, const char *const *words)
{
    for (; *words; words++) {
        if (names_find(names, str_of(*words)))
            return true;
    }
    return false;
}

/* `exec(code)`, or the function as a value; a variable of that name is only that: `with pytest.raises(E) as exec:`. */
static bool uses_exec(const Module *module)
{
    NameId name = names_find(&module->names, STR("exec"));
    for (uint32_t id = 1; name && id < module->tree.count; id++) {
        if (module->tree.nodes[id].name != name || module->tree.nodes[id].kind != PY_IDENTIFIER)
            continue;
        Node n = node_at(module, id);
        const Binding *binding = node_role(n) == F_ATTRIBUTE ? NULL : scope_resolve(node_scope(n), module, name);
        if (!binding || !binding->scope || binding->scope->kind != SCOPE_FUNCTION)
            return true;
    }
    return false;
}

/* Names that can be bound, or read, without being written down. */
static bool has_maker(const Module *module)
{
    static const char *const makers[] = { "__builtin__", "__builtins__", "__dict__", "builtins", "execfile", "globals", "modules", NULL };
    return has_any(&module->names, makers) || uses_exec(module);
}

/* `await db.read(...)`, `session.get(...)`: what somebody else has made or kept, and neither an own object nor a class. */
static bool is_of_others(Node value)
{
    bool is_awaited = node_kind(value) == PY_AWAIT;
    Node call = node_unparenthesized(is_awaited ? node_first(value) : value), callee = node_field(call, F_FUNCTION);
    Str object = node_text(node_field(callee, F_OBJECT)), name = node_text(node_field(callee, F_ATTRIBUTE));
    bool is_method = node_kind(call) == PY_CALL && node_kind(callee) == PY_ATTRIBUTE;
    bool is_own = str_is(object, "cls") || str_starts(object, STR("super(")) || (str_is(object, "self") && !is_awaited);
    return is_method && !is_own && !str_starts(name, STR("__"));
}

/* `setattr(row, key, value)`, where `row` is a local name for nothing but such things. */
static bool sets_others(Node callee)
{
    Node call = node_parent(callee), object = node_first(node_field(call, F_ARGUMENTS));
    bool is_call = node_kind(call) == PY_CALL && node_role(callee) == F_FUNCTION && node_kind(object) == PY_IDENTIFIER;
    const Binding *binding = is_call ? scope_resolve(node_scope(object), callee.module, node_data(object)->name) : NULL;
    if (!binding || !binding->scope || binding->scope->kind != SCOPE_FUNCTION)
        return false;
    for (uint32_t i = 0; i < binding->sites.count; i++) {
        const Site *site = &binding->sites.items[i];
        if (site->kind != SITE_ASSIGN || !is_of_others(node_unparenthesized(node_at(callee.module, site->value))))
            return false;
    }
    return true;
}

/* What `setattr` shows, and `monkeypatch.setattr`. */
static uint32_t traits_of_setting(const Module *module)
{
    NameId name = names_find(&module->names, STR("setattr"));
    uint32_t traits = 0;
    for (uint32_t id = 1; name && id < module->tree.count; id++) {
        if (module->tree.nodes[id].name != name || module->tree.nodes[id].kind != PY_IDENTIFIER)
            continue;
        bool is_attribute = module->tree.nodes[id].field == F_ATTRIBUTE;
        if (is_attribute || !sets_others(node_at(module, id)))
            traits |= TRAIT_MAKES_ATTRIBUTES | (is_attribute ? 0 : TRAIT_SETS_ATTRIBUTES);
    }
    return traits;
}

static uint32_t traits_of_makers(const Module *module)
{
    static const char *const makers[] = { "__dict__", "__setattr__", "locals", "vars", NULL };
    bool makes = has_any(&module->names, makers) || uses_exec(module);
    return traits_of_setting(module) | (makes ? TRAIT_MAKES_ATTRIBUTES : 0);
}

uint32_t traits_of_expressions(const Module *module)
{
    const Names *names = &module->names;
    uint32_t traits = module->star_imports.count || has_maker(module) ? TRAIT_MAKES_NAMES : 0;
    traits |= traits_of_makers(module);
    Words words = { .vars = names_find(names, STR("vars")), .locals = names_find(names, STR("locals")) };
    if (names_find(names, STR("aiohttp"))) {
        words.pass_context = names_find(names, STR("pass_context"));
        words.timeout = names_find(names, STR("Timeout"));
        words.message_type = names_find(names, STR("MsgType"));
    }
    bool is_worth_it = words.vars || words.locals || words.pass_context || words.timeout || words.message_type;
    for (uint32_t id = 1; is_worth_it && id < module->tree.count; id++) {
        Node n = node_at(module, id);
        traits |= asks_for_own_names(n, &words) ? TRAIT_MAKES_NAMES : 0;
        traits |= is_for_old_aiohttp(n, &words) ? TRAIT_OLD_AIOHTTP : 0;
    }
    return traits;
}
