#include "facts/spelling.h"

/* The module that an import statement's name binds, as far as it is `package` itself: `import package`,
 * `import package.part`, `import package as x`. */
static bool imports_package(Node name, Str package)
{
    bool is_aliased = node_kind(name) == PY_ALIASED_IMPORT;
    Str text = node_text(is_aliased ? node_field(name, F_NAME) : name);
    if (str_equal(text, package))
        return true;
    return !is_aliased && text.n > package.n && str_starts(text, package) && text.p[package.n] == '.';
}

/* `from package import member`, also with an alias. */
static bool imports_member(Node name, Str package, Str member)
{
    Node statement = node_parent(name);
    Str text = node_text(node_kind(name) == PY_ALIASED_IMPORT ? node_field(name, F_NAME) : name);
    return str_equal(text, member) && str_equal(node_text(node_field(statement, F_MODULE_NAME)), package);
}

/* An import that has surely run when n does: directly in the module, or before n directly in a function around it. */
static bool is_surely_bound(const Site *site, const Scope *scope, Node n)
{
    Node statement = node_parent(node_at(n.module, site->node));
    Node parent = node_parent(statement);
    if (site->from != scope || node_is_dead(statement))
        return false;
    if (node_kind(parent) == PY_MODULE)
        return node_function(n) || node_begin(statement) < node_begin(n);
    return scope->function && node_begin(statement) < node_begin(n) &&
           node_same(node_parent(parent), node_at(n.module, scope->function->node));
}

static Str spelling_of(const Binding *binding, Node n, Str package, Str member)
{
    const Module *module = n.module;
    Str none = { "", 0 };
    if (binding->sites.count != 1 || !is_surely_bound(&binding->sites.items[0], binding->scope, n))
        return none;
    const Site *site = &binding->sites.items[0];
    Node name = node_at(module, site->node);
    Str text = names_text(&module->names, binding->name);
    if (site->kind == SITE_IMPORT && imports_package(name, package))
        return arena_printf(module->arena, "%.*s.%.*s", STR_ARG(text), STR_ARG(member));
    if (site->kind == SITE_IMPORT_FROM && imports_member(name, package, member))
        return text;
    return none;
}

Str spelling_at(Node n, const char *package, const char *member)
{
    for (const Scope *scope = node_scope(n); scope; scope = scope->parent) {
        if (scope->kind != SCOPE_FUNCTION && scope->kind != SCOPE_MODULE)
            continue;
        for (uint32_t i = 0; i < scope->imports.count; i++) {
            const Binding *binding = scope->imports.items[i];
            Str spelling = spelling_of(binding, n, str_of(package), str_of(member));
            if (spelling.n && scope_resolve(node_scope(n), n.module, binding->name) == binding)
                return spelling;
        }
    }
    return (Str){ "", 0 };
}

static bool site_imports(const Module *module, const Site *site, Str package)
{
    Node name = node_at(module, site->node);
    if (site->kind == SITE_IMPORT)
        return imports_package(node_kind(name) == PY_ALIASED_IMPORT ? node_field(name, F_NAME) : name, package);
    if (site->kind != SITE_IMPORT_FROM)
        return false;
    return imports_package(node_field(node_parent(name), F_MODULE_NAME), package);
}

static bool is_imported(const Module *module, const char *package)
{
    if (!names_find(&module->names, str_of(package)))
        return false;
    for (uint32_t b = 0; b < module->imports.count; b++) {
        const Binding *binding = module->imports.items[b];
        for (uint32_t i = 0; i < binding->sites.count; i++) {
            if (site_imports(module, &binding->sites.items[i], str_of(package)))
                return true;
        }
    }
    return false;
}

AsyncLibrary module_library(const Module *module)
{
    if (is_imported(module, "anyio"))
        return LIBRARY_ANYIO;
    bool has_trio = is_imported(module, "trio");
    bool has_asyncio = is_imported(module, "asyncio");
    if (has_trio && has_asyncio)
        return LIBRARY_SEVERAL;
    return has_trio ? LIBRARY_TRIO : has_asyncio ? LIBRARY_ASYNCIO : LIBRARY_NONE;
}

const char *library_name(AsyncLibrary library)
{
    return library == LIBRARY_ANYIO ? "anyio" : library == LIBRARY_TRIO ? "trio" : "asyncio";
}
