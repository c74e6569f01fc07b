#include "finding/blocking.h"

#include "facts/frames.h"
#include "facts/locks.h"
#include "finding/pass.h"
#include "finding/prevented.h"

/* All rules about blocking calls ask about one call after the other: what was found out for the first holds for the rest. */
struct BlockingMemo {
    uint32_t node;
    Blocking found;  /* api NULL: it does not block */
    Flow **flows;    /* by number of the function; those that somebody asked for */
    bool *decorated; /* by NameId; NULL until somebody asks */
    NameId last;     /* the last name that was there then: more may come */
};

static struct BlockingMemo *memo_of(Pass *pass)
{
    if (!pass->blocking)
        pass->blocking = arena_new(pass->module->arena, struct BlockingMemo);
    return pass->blocking;
}

bool pass_has_decorated(Pass *pass, NameId name)
{
    struct BlockingMemo *memo = memo_of(pass);
    const Module *module = pass->module;
    if (!memo->decorated) {
        memo->last = module->names.count;
        memo->decorated = arena_array(module->arena, bool, memo->last + 1);
        for (uint32_t i = 0; i < module->functions.count; i++) {
            const Function *function = module->functions.items[i];
            memo->decorated[function->name] = memo->decorated[function->name] || function->first_decorator;
        }
    }
    return name <= memo->last && memo->decorated[name];
}

bool blocking_is_reached(Pass *pass, Node n)
{
    if (node_is_dead(n))
        return false;
    struct BlockingMemo *memo = memo_of(pass);
    const Function *function = node_function(n);
    if (!function || node_kind(node_at(n.module, function->node)) != PY_FUNCTION_DEFINITION)
        return true;
    if (!memo->flows)
        memo->flows = arena_array(pass->module->arena, Flow *, pass->module->functions.count);
    Flow **flow = &memo->flows[function->number];
    if (!*flow)
        *flow = flow_new(pass->module, function);
    return flow_block_of(*flow, n) == UINT32_MAX || flow_reaches(*flow, n);
}

static bool is_under_async(Node n)
{
    Node parent = node_parent(n);
    if (node_kind(parent) == PY_AS_PATTERN)
        parent = node_parent(parent);
    if (node_kind(parent) == PY_WITH_ITEM)
        return node_has(node_parent(node_parent(parent)), NODE_ASYNC);
    bool is_loop = node_kind(parent) == PY_FOR_STATEMENT || node_kind(parent) == PY_FOR_IN_CLAUSE;
    return is_loop && node_role(n) == F_RIGHT && node_has(parent, NODE_ASYNC);
}

static bool is_awaited(Node n)
{
    return node_kind(node_parent(node_outermost(n))) == PY_AWAIT;
}

/* Whether the receiver of a method was made by that very class or by a function of the library, as far as the file shows it. */
static bool is_made_here(Node call)
{
    Node object = node_field(node_field(call, F_FUNCTION), F_OBJECT), made = only_value(object);
    if (api_of_call(node_is_null(made) ? object : made))
        return true;
    Type type = type_of(object);
    for (uint32_t i = 0; i < type.count; i++) {
        if (!(type.atoms[i].flags & ATOM_EXACT))
            return false;
    }
    return type.count > 0;
}

/* Somebody awaits what we take for sync. When a table knows the method only as "any other", or a session, collection or client only by
 * its annotation (many say Session and mean AsyncSession), the object is something else. */
static bool is_doubtful(Node call, const Api *api)
{
    if (!is_awaited(call))
        return false;
    Family family = api_family(api);
    bool has_async_twin = family == FAMILY_ORM || family == FAMILY_DB_DRIVER || family == FAMILY_SDK;
    bool is_method = node_kind(node_field(call, F_FUNCTION)) == PY_ATTRIBUTE && !qualified_name(node_field(call, F_FUNCTION)).n;
    return str_is(api_last(api), "*") || (has_async_twin && is_method && !is_made_here(call));
}

static bool is_quick(Node call, const Api *api)
{
    CallSite site = site_of_node(call);
    return call_is_quick(&site, api);
}

/* `requests.get(url).iter_lines()`, `connection.execute(...).fetchall()`: who mends the first mends both. */
static bool follows_blocking(Node call, Family family)
{
    Node object = node_unparenthesized(node_field(node_field(call, F_FUNCTION), F_OBJECT));
    const Api *api = node_kind(object) == PY_CALL ? api_that_blocks(object) : NULL;
    return api && api_family(api) == family && api->weight != WEIGHT_LARGE && !is_quick(object, api);
}

static bool is_worth_saying(Pass *pass, Node at, const Api *api)
{
    return api && api->weight != WEIGHT_LARGE && !is_under_async(at) && blocking_is_reached(pass, at);
}

static Blocking find_blocking(Pass *pass, Node call)
{
    Blocking none = { .api = NULL };
    Function *function = node_kind(call) == PY_CALL ? frame_on_loop(call) : NULL;
    const Api *api = function ? api_that_blocks(call) : NULL;
    if (!is_worth_saying(pass, call, api) || is_quick(call, api) || is_doubtful(call, api))
        return none;
    Family family = api_family(api);
    return follows_blocking(call, family) || is_prevented(pass, call)
               ? none
               : (Blocking){ call, api, function, family, .is_awaited = is_awaited(call) };
}

bool call_blocks_loop_somehow(Pass *pass, Node call, Blocking *out)
{
    struct BlockingMemo *memo = memo_of(pass);
    if (memo->node != call.id) {
        memo->found = find_blocking(pass, call);
        memo->node = call.id;
    }
    *out = memo->found;
    return out->api != NULL;
}

bool call_blocks_loop(Pass *pass, Node call, Family family, Blocking *out)
{
    return call_blocks_loop_somehow(pass, call, out) && out->family == family;
}

/* The row of a method that Python calls by itself, when it blocks. */
static bool implicit_blocks_loop(Pass *pass, Node object, const char *const *methods, Family family, Blocking *out)
{
    Function *function = frame_on_loop(object);
    const Api *class_ = function ? instance_api(object) : NULL;
    for (; class_ && *methods; methods++) {
        bool complete;
        const Api *api = api_member(class_, str_of(*methods), &complete);
        if (api && api->hazard && api_family(api) == family && is_worth_saying(pass, object, api) && !is_prevented(pass, object)) {
            *out = (Blocking){ object, api, function, family, .is_implicit = true };
            return true;
        }
    }
    return false;
}

bool enter_blocks_loop(Pass *pass, Node item, Family family, Blocking *out)
{
    static const char *const methods[] = { "__enter__", "__exit__", NULL };
    Node value = with_value(item);
    return !node_has(node_parent(node_parent(item)), NODE_ASYNC) &&
           implicit_blocks_loop(pass, value, methods, family, out);
}

bool each_blocks_loop(Pass *pass, Node loop, Family family, Blocking *out)
{
    /* A file gives its lines: each of them is one read. */
    static const char *const methods[] = { "__iter__", "__next__", "readline", NULL };
    return !node_has(loop, NODE_ASYNC) && implicit_blocks_loop(pass, node_field(loop, F_RIGHT), methods, family, out);
}

Node call_in_range(const Module *module, uint32_t begin, uint32_t end)
{
    const TreeNode *nodes = module->tree.nodes;
    uint32_t low = 1, high = module->tree.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (nodes[middle].begin < begin)
            low = middle + 1;
        else
            high = middle;
    }
    for (uint32_t id = low; id < module->tree.count && nodes[id].begin == begin; id++) {
        if (nodes[id].kind == PY_CALL && nodes[id].end == end)
            return node_at(module, id);
    }
    return node_at(module, 0);
}

bool take_case(Pass *pass, Finding *f, const char *name)
{
    const Rule *rule = pass->rule;
    for (size_t i = 0; i < sizeof rule->cases / sizeof *rule->cases && rule->cases[i].name; i++) {
        if (strcmp(rule->cases[i].name, name) == 0) {
            as_case(pass, f, name);
            return true;
        }
    }
    return false;
}

Str callee_in_words(Pass *pass, Node call, const char *otherwise)
{
    enum { LONGEST = 50 };
    Str callee = node_text(node_kind(call) == PY_CALL ? node_field(call, F_FUNCTION) : call);
    bool is_short =
        callee.n && callee.n <= LONGEST && str_find(callee, '\n') == callee.n && str_find(callee, '\r') == callee.n;
    return is_short ? callee : pass_printf(pass, "%s", otherwise);
}

Str blocking_name(Pass *pass, Node call, const Api *api)
{
    Str owner = api_owner(api), method = node_text(node_field(node_field(call, F_FUNCTION), F_ATTRIBUTE));
    if (str_is(api_last(api), "*") && method.n)
        return pass_printf(pass, "%.*s.%.*s", STR_ARG(owner), STR_ARG(method));
    if (strstr(api->name, "._") && node_kind(call) == PY_CALL)
        return callee_in_words(pass, call, api_shown(api));
    return pass_printf(pass, "%s", api_shown(api));
}

/* What the carets say: which API it is, when it goes by another name, and what it waits for. */
static void label_blocking(Pass *pass, Finding *f, const Blocking *b)
{
    const char *hazard = hazard_text((Hazard)b->api->hazard);
    Str callee = callee_in_words(pass, b->at, api_shown(b->api));
    Str name = blocking_name(pass, b->at, b->api);
    if (b->is_implicit)
        label(pass, f, "a %.*s: %s", STR_ARG(api_owner(b->api)), hazard);
    else if (node_kind(b->at) == PY_CALL && !str_equal(callee, name) && str_find(callee, '(') == callee.n)
        label(pass, f, "`%.*s` is %.*s: %s", STR_ARG(callee), STR_ARG(name), hazard);
    else
        label(pass, f, "%s: no other task runs until it is over", hazard);
}

/* "iterating over `rows`": what Python calls by itself has no name that a reader would know. */
static Str what_blocks(Pass *pass, const Blocking *b)
{
    Str name = blocking_name(pass, b->at, b->api), last = api_last(b->api);
    if (!b->is_implicit)
        return pass_printf(pass, "`%.*s`", STR_ARG(name));
    Str object = callee_in_words(pass, b->at, "...");
    const char *verb = str_is(last, "__enter__") || str_is(last, "__exit__") ? "entering" : "iterating over";
    const char *call = node_kind(b->at) == PY_CALL ? "(...)" : "";
    return pass_printf(pass, "%s `%.*s%s`", verb, STR_ARG(object), call);
}

Finding *report_blocking(Pass *pass, const Blocking *b)
{
    const char *also_said = b->is_awaited ? ": it is sync, although it is awaited" : "";
    Finding *f = report(pass, b->at, "%.*s blocks the event loop%s", STR_ARG(what_blocks(pass, b)), also_said);
    label_blocking(pass, f, b);
    also_function(pass, f, b->function, "runs on the event loop");
    /* Whoever awaits it believes that it is something else, and may be right. */
    if (b->is_awaited)
        unsure(pass, f);
    CallSite site = site_of_node(b->at);
    if (call_is_short(&site, b->api))
        take_case(pass, f, "short");
    return f;
}
