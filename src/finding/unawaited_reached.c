/* Calls that never happen because something before them, or in them, surely raises: a name that nobody binds, an attribute that a class of
 * the project does not have. */
#include "finding/unawaited.h"
#include "program/basis.h"
#include "python/names.h"

enum { NODES_MOST = 5000 /* that one question looks at */ };

/* Whether what is in n may not be evaluated although n is, or not then. */
static bool may_be_skipped(Node n)
{
    switch (node_kind(n)) {
    case PY_BOOLEAN_OPERATOR:
    case PY_COMPARISON_OPERATOR:
    case PY_CONDITIONAL_EXPRESSION:
    case PY_LAMBDA:
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
    case PY_GENERATOR_EXPRESSION:
        return true;
    default:
        return false;
    }
}

/* ---- Names ---- */

/* `_` is what gettext installs among the builtins; `__file__` and its like come with the module. */
static bool is_unbound(Node n)
{
    Node parent = node_parent(n);
    bool is_label = node_role(n) == F_ATTRIBUTE || (node_kind(parent) == PY_KEYWORD_ARGUMENT && node_role(n) == F_NAME);
    if (node_kind(n) != PY_IDENTIFIER || is_label)
        return false;
    Str name = node_text(n);
    return !str_is(name, "_") && !str_starts(name, STR("__")) && !is_builtin(name) &&
           !scope_resolve(node_scope(n), n.module, node_data(n)->name);
}

static bool has_unbound(Node call)
{
    bool is_found = false;
    uint32_t after = node_data(call)->after;
    for (uint32_t id = call.id; id < after && id < call.id + NODES_MOST && !is_found;) {
        Node n = node_at(call.module, id);
        is_found = is_unbound(n);
        id = may_be_skipped(n) ? node_data(n)->after : id + 1;
    }
    return is_found && !(ask_summary(call)->traits & (TRAIT_MAKES_NAMES | TRAIT_BROKEN));
}

/* ---- Attributes of classes ---- */

/* Whether the file sets an attribute of that name, or some by `setattr`, of what is not its own object. */
static bool may_set(const Summary *summary, Str name)
{
    uint32_t low = 0, high = summary->foreign.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_compare(terms_text_of(&summary->terms, summary->foreign.items[middle]), name);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return names_find(&summary->terms.texts, STR("builtins.setattr")) != 0;
}

/* Whether `Class.name` surely raises: a class that derives from nothing, and nobody adds to. */
static bool is_lacking(Node attribute)
{
    Str name = node_text(node_field(attribute, F_ATTRIBUTE));
    Node object = node_field(attribute, F_OBJECT);
    Type type = node_kind(object) == PY_IDENTIFIER && !str_starts(name, STR("__")) && !str_is(name, "mro") ? type_of(object)
                                                                                                        : (Type){ NULL, 0 };
    const Atom *atom = type.count == 1 && type.atoms[0].kind == ATOM_CLASS && type.atoms[0].is_project ? &type.atoms[0] : NULL;
    Program *program = ask_program(attribute);
    if (!atom || !program->lent)
        return false;
    Ref ref = atom->ref;
    const Summary *summary = program_file(program, ref.file);
    const ClassSummary *c = program_class(program, ref);
    bool is_plain = !c->bases.count && !c->decorators.count && !c->has_metaclass && !c->is_odd;
    char text[256];
    if (!is_plain || name.n >= sizeof text)
        return false;
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    if (class_has(program, ref, text) != HAS_NOT)
        return false;
    rests_on_text(program, program->lent->path(program->lent->context, ref.file));
    return !(summary->traits & TRAIT_BROKEN) && !may_set(summary, name) && !may_set(ask_summary(attribute), name);
}

/* Looks at no more than *left nodes. */
static bool reads_lacking(Node statement, uint32_t *left)
{
    uint32_t after = node_data(statement)->after;
    for (uint32_t id = statement.id; id < after && *left; --*left) {
        Node n = node_at(statement.module, id);
        bool is_target = node_role(n) == F_LEFT && node_kind(node_parent(n)) == PY_ASSIGNMENT;
        if (node_kind(n) == PY_ATTRIBUTE && !is_target && is_lacking(n))
            return true;
        id = is_target || may_be_skipped(n) ? node_data(n)->after : id + 1;
    }
    return false;
}

/* Whether a block surely does not come to its end: whatever else leaves it does not lead to what stands behind it either. */
static bool block_raises(Node block, uint32_t *left)
{
    for (Node n = node_first(block); n.id && *left; n = node_next(n)) {
        PyKind kind = node_kind(n);
        bool is_exit = kind == PY_RAISE_STATEMENT || kind == PY_RETURN_STATEMENT || kind == PY_CONTINUE_STATEMENT || kind == PY_BREAK_STATEMENT;
        if (is_exit || (kind == PY_EXPRESSION_STATEMENT && reads_lacking(n, left)))
            return true;
    }
    return false;
}

/* Also where each branch of an `if` with an `else` does. */
static bool statement_raises(Node statement, uint32_t *left)
{
    if (!*left)
        return false;
    --*left;
    if (node_kind(statement) == PY_EXPRESSION_STATEMENT)
        return reads_lacking(statement, left);
    if (node_kind(statement) != PY_IF_STATEMENT || !block_raises(node_field(statement, F_CONSEQUENCE), left))
        return false;
    bool has_else = false;
    for (Node part = node_field(statement, F_ALTERNATIVE); part.id; part = node_next_same(part)) {
        has_else |= node_kind(part) == PY_ELSE_CLAUSE;
        if (!block_raises(node_field(part, node_kind(part) == PY_ELSE_CLAUSE ? F_BODY : F_CONSEQUENCE), left))
            return false;
    }
    return has_else;
}

/* The statements before n in the blocks around it. */
static bool is_behind_error(Node n)
{
    uint32_t left = NODES_MOST;
    for (int i = 0; i < CLIMB_MOST && n.id && node_kind(n) != PY_FUNCTION_DEFINITION && node_kind(n) != PY_LAMBDA; i++) {
        Node parent = node_parent(n), before = node_first(parent);
        for (; node_kind(parent) == PY_BLOCK && left && before.id && !node_same(before, n); before = node_next(before)) {
            if (statement_raises(before, &left))
                return true;
        }
        n = parent;
    }
    return false;
}

bool unawaited_is_prevented(Node n)
{
    return (node_kind(n) == PY_CALL && has_unbound(n)) || is_behind_error(n);
}

bool unawaited_is_of_old_library(Node call)
{
    const Api *api = api_of_call(call);
    return api && str_is(api_name(api), "aiohttp.ClientSession.close") && (ask_summary(call)->traits & TRAIT_OLD_AIOHTTP);
}
