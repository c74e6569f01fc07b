#include "python/unbound.h"

#include "python/names.h"

enum { PARENTS_MOST = 200 };

static bool is_installed(Str name)
{
    static const char *const names[] = { "_", "ngettext", "profile", "reveal_type", "get_ipython", "display", "WindowsError", "basestring", "cmp",
        "execfile", "file", "long", "raw_input", "reduce", "reload", "unichr", "unicode", "xrange" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return str_starts(name, STR("__")); /* `__file__` and its like come with the module */
}

bool is_unbound(Node n)
{
    Node parent = node_parent(n);
    bool is_label = node_role(n) == F_ATTRIBUTE || (node_kind(parent) == PY_KEYWORD_ARGUMENT && node_role(n) == F_NAME);
    if (node_kind(n) != PY_IDENTIFIER || is_label)
        return false;
    Str name = node_text(n);
    return !is_installed(name) && !is_builtin(name) && !scope_resolve(node_scope(n), n.module, node_data(n)->name);
}

/* A decorator whose first name is that of a module, or of what every reader knows: its import was forgotten. Other names may be put there by
 * who loads the file: `@borg.on(...)`. */
static bool is_forgotten_import(Str name)
{
    static const char *const names[] = { "abstractmethod", "contextmanager", "dataclass", "lru_cache", "pytest", "wraps" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return is_stdlib_module(name);
}

/* What a part of a definition that runs with it stands in: what it is made of. */
static bool runs_with(Node n, Node parent)
{
    switch (node_kind(parent)) {
    case PY_DEFAULT_PARAMETER:
    case PY_TYPED_DEFAULT_PARAMETER:
        return node_role(n) == F_VALUE;
    case PY_DECORATOR:
    case PY_DECORATED_DEFINITION:
    case PY_PARAMETERS:
    case PY_ARGUMENT_LIST:
    case PY_KEYWORD_ARGUMENT:
    case PY_CALL:
    case PY_ATTRIBUTE:
    case PY_SUBSCRIPT:
    case PY_TUPLE:
    case PY_LIST:
    case PY_DICTIONARY:
    case PY_PAIR:
    case PY_PARENTHESIZED_EXPRESSION:
    case PY_BLOCK:
    case PY_MODULE:
        return true;
    case PY_FUNCTION_DEFINITION:
        return node_role(n) == F_PARAMETERS;
    case PY_CLASS_DEFINITION:
        return node_role(n) == F_SUPERCLASSES || node_role(n) == F_BODY;
    default:
        return false;
    }
}

/* Whether it stands in a decorator, a base class or a default value, and those in nothing but classes. */
static bool is_read_on_import(Node n)
{
    Str name = node_text(n);
    bool is_of_definition = false;
    for (int i = 0; i < PARENTS_MOST; i++) {
        Node parent = node_parent(n);
        if (!parent.id || node_kind(n) == PY_MODULE)
            return is_of_definition && node_kind(n) == PY_MODULE;
        if (!runs_with(n, parent) || (!is_of_definition && node_kind(parent) == PY_BLOCK))
            return false;
        is_of_definition |= (node_kind(n) == PY_DECORATOR && is_forgotten_import(name)) || node_role(n) == F_PARAMETERS || node_role(n) == F_SUPERCLASSES;
        n = parent;
    }
    return false;
}

bool module_reads_unbound(const Module *module)
{
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        if (module->tree.nodes[id].kind == PY_IDENTIFIER && is_read_on_import(n) && is_unbound(n))
            return true;
    }
    return false;
}
