/* Classes of a Summary, what their bodies and methods bind, and what the names of the module mean. */
#include <stdlib.h>

#include "facts/summary_make.h"
#include "python/names.h"

/* ---- Definitions ---- */

static void push_part(Maker *m, Piece *piece, TermId term)
{
    *array_push(m->arena, &m->summary->parts) = term;
    piece->count++;
}

/* ABCMeta changes nothing about calls. */
static bool is_abc_meta(Node value)
{
    return str_is(node_text(node_kind(value) == PY_ATTRIBUTE ? node_field(value, F_ATTRIBUTE) : value), "ABCMeta");
}

/* `class Store[T]:` has the base Generic[T]. */
static TermId generic_base(Maker *m, const Class *class_)
{
    Terms *terms = &m->summary->terms;
    TermId rest = 0, base = term_name(terms, STR("typing.Generic"));
    const Scope *scope = class_->scope->parent;
    for (uint32_t i = scope->bindings.count; i-- > 0;)
        rest = term_make(terms, TERM_LIST, summary_site(m->summary, scope->bindings.items[i], &scope->bindings.items[i]->sites.items[0]), rest);
    return rest ? term_make(terms, TERM_GENERIC, base, rest) : base;
}

static void make_bases(Maker *m, const Class *class_, ClassSummary *out)
{
    Summary *s = m->summary;
    out->bases.first = s->parts.count;
    Node list = node_field(maker_node(m, class_->node), F_SUPERCLASSES);
    for (Node n = node_first(list); n.id; n = node_next(n)) {
        if (node_kind(n) == PY_KEYWORD_ARGUMENT) {
            bool is_meta = str_is(node_text(node_field(n, F_NAME)), "metaclass");
            out->has_metaclass |= is_meta && !is_abc_meta(node_field(n, F_VALUE));
            continue;
        }
        Node base = node_unparenthesized(n);
        push_part(
            m, &out->bases, node_kind(base) == PY_SUBSCRIPT ? summary_annotation(s, base) : summary_term(s, base));
    }
    if (node_field(maker_node(m, class_->node), F_TYPE_PARAMETERS).id)
        push_part(m, &out->bases, generic_base(m, class_));
}

static bool binds(const Maker *m, const Class *class_, const char *name)
{
    NameId id = names_find(&m->module->names, str_of(name));
    return id && scope_binding(class_->scope, id);
}

static void make_class(Maker *m, const Class *class_)
{
    ClassSummary *out = &m->summary->classes.items[class_->number];
    Node name = node_field(maker_node(m, class_->node), F_NAME);
    out->name = maker_name(m, class_->name);
    out->qualname = maker_text(m, class_->qualname);
    out->at = (Range){ node_begin(name), node_end(name) };
    out->is_odd = binds(m, class_, "__getattr__") || binds(m, class_, "__getattribute__");
    make_bases(m, class_, out);
    out->decorators.first = m->summary->parts.count;
    Node decorator = maker_node(m, 0);
    while ((decorator = decorator_next(m->module, class_->node, decorator)).id)
        push_part(m, &out->decorators, summary_term(m->summary, decorator));
}

void make_classes(Maker *m)
{
    uint32_t count = m->module->classes.count;
    m->summary->classes.items = arena_array(m->arena, ClassSummary, count);
    m->summary->classes.count = m->summary->classes.reserve = count;
    for (uint32_t i = 0; i < count; i++)
        make_class(m, m->module->classes.items[i]);
}

/* ---- self.x = ... ---- */

/* The class whose instance (or which itself) an expression is, because it is the first parameter of a method: number + 1. */
static uint32_t own_class(const Maker *m, Node object)
{
    if (node_kind(object) != PY_IDENTIFIER)
        return 0;
    const Binding *binding = scope_resolve(node_scope(object), m->module, node_data(object)->name);
    const Function *method = binding ? binding->scope->function : NULL;
    if (!method || !method->class_ || m->states[method->number].self != binding)
        return 0;
    return method->class_->number + 1;
}

static void note_attribute(Maker *m, Node target)
{
    Node object = node_unparenthesized(node_field(target, F_OBJECT));
    NameId name = node_data(node_field(target, F_ATTRIBUTE))->name;
    uint32_t class_ = own_class(m, object);
    if (!class_) {
        m->is_foreign[name] = true;
        return;
    }
    if (node_is_dead(target))
        return;
    Node parent = node_parent(target);
    bool is_whole = node_kind(parent) == PY_ASSIGNMENT && node_role(target) == F_LEFT;
    Node type = is_whole ? node_field(parent, F_TYPE) : maker_node(m, 0);
    Assigned assigned = { .class_ = class_ - 1, .name = name, .order = target.id };
    assigned.term = summary_target(m->summary, target);
    assigned.is_declared = type.id && summary_annotation(m->summary, type);
    if (assigned.is_declared)
        assigned.value = summary_term(m->summary, node_field(parent, F_RIGHT));
    *array_push(m->arena, &m->assigned) = assigned;
}

/* The attributes among the targets below `root`. */
void note_targets(Maker *m, uint32_t root)
{
    for (uint32_t id = root; id && id < m->nodes[root].after;) {
        switch (m->nodes[id].kind) {
        case PY_ATTRIBUTE:
            note_attribute(m, maker_node(m, id));
            id = m->nodes[id].after;
            break;
        case PY_PATTERN_LIST:
        case PY_TUPLE_PATTERN:
        case PY_LIST_PATTERN:
        case PY_LIST_SPLAT_PATTERN:
        case PY_EXPRESSION_LIST:
        case PY_TUPLE:
        case PY_LIST:
        case PY_LIST_SPLAT:
        case PY_PARENTHESIZED_EXPRESSION:
        case PY_AS_PATTERN_TARGET:
            id++;
            break;
        default:
            id = m->nodes[id].after;
        }
    }
}

/* What is between the quotes, behind its last dot. */
static Str last_name(Str literal)
{
    uint32_t begin = 0, end = literal.n;
    while (begin < end && literal.p[begin] != '"' && literal.p[begin] != '\'')
        begin++;
    while (begin < end && (literal.p[begin] == '"' || literal.p[begin] == '\''))
        begin++;
    while (end > begin && (literal.p[end - 1] == '"' || literal.p[end - 1] == '\''))
        end--;
    Str text = str_slice(literal, begin, end);
    uint32_t dot = str_find_last(text, '.');
    return dot < text.n ? str_slice(text, dot + 1, text.n) : text;
}

/* `setattr(x, "name", v)`, `patch.object(X, "name")`, `patch("app.mod.Class.name")`: somebody else assigns the attribute. */
void note_patches(Maker *m, uint32_t call)
{
    Node n = maker_node(m, call), callee = node_field(n, F_FUNCTION);
    Node name = node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee;
    if (!(m->marks[node_data(name)->name] & MARK_PATCH))
        return;
    for (Node argument = node_first(node_field(n, F_ARGUMENTS)); argument.id; argument = node_next(argument)) {
        NameId id =
            node_kind(argument) == PY_STRING ? names_find(&m->module->names, last_name(node_text(argument))) : 0;
        if (id)
            m->is_foreign[id] = true;
    }
}

/* ---- What a name of a class body or module means ---- */

/* A site in the suite of the scope itself, not in a branch, a loop or a function: what was bound before is gone. */
static bool is_straight(const Maker *m, const Binding *binding, const Site *site)
{
    bool is_partial = site->kind == SITE_FOR || site->kind == SITE_EXCEPT || site->kind == SITE_MATCH;
    if (site->from != binding->scope || is_partial)
        return false;
    /* Bounded, since each of many `a = b = c = ...` would climb over all those before it. */
    enum { DEEPEST_TARGET = 64 };
    Node block = node_parent(maker_node(m, site->node));
    for (int i = 0; i < DEEPEST_TARGET && node_kind(block) != PY_BLOCK && node_kind(block) != PY_MODULE; i++)
        block = node_parent(block);
    if (binding->scope->kind == SCOPE_MODULE)
        return node_kind(block) == PY_MODULE;
    return node_same(block, node_field(maker_node(m, binding->scope->node), F_BODY));
}

static bool is_extra_definition(const Maker *m, const Site *site)
{
    const Function *function = site->kind == SITE_FUNCTION ? function_at(m->module, site->node) : NULL;
    if (!function || !function->first_decorator)
        return false;
    return has_decorator(m, function, "overload") || has_decorator(m, function, "setter") ||
           has_decorator(m, function, "deleter");
}

/* `x: T` or `x: T = v` whose annotation is one. `Final`, `ClassVar` and `TypeAlias` alone say nothing. */
static bool is_declaration(const Maker *m, const Site *site)
{
    if (site->kind != SITE_ANNOTATION && site->kind != SITE_ASSIGN)
        return false;
    Node assignment = node_parent(maker_node(m, site->node));
    Node type = node_kind(assignment) == PY_ASSIGNMENT ? node_field(assignment, F_TYPE) : maker_node(m, 0);
    Str text = node_text(type);
    return type.id && !str_ends(text, STR("Final")) && !str_ends(text, STR("ClassVar")) && !str_ends(text, STR("TypeAlias"));
}

static bool says_nothing(const Maker *m, const Binding *binding, const Site *site)
{
    return site->kind == SITE_DELETE || site->kind == SITE_AUGMENTED || site->kind == SITE_ANNOTATION ||
           is_extra_definition(m, site) || stands_in_for_import(m->module, binding, site) ||
           stands_in_for_type(m->module, binding, site) || is_for_old_python(m->module, binding, site);
}

/* Definitions and assignments of one name do not mix, unless the later one surely replaces the earlier one. */
static Member member_of(Maker *m, const Binding *binding)
{
    Member member = { .name = maker_name(m, binding->name) };
    Sum sum = { 0 };
    bool has_function = false, has_value = false;
    for (uint32_t i = 0; i < binding->sites.count; i++) {
        const Site *site = &binding->sites.items[i];
        if (is_declaration(m, site)) {
            member.term = summary_site(m->summary, binding, site);
            member.value = site->value ? summary_term(m->summary, maker_node(m, site->value)) : 0;
            member.is_declared = true;
            return member;
        }
        if (says_nothing(m, binding, site))
            continue;
        if (is_straight(m, binding, site)) {
            sum = (Sum){ 0 };
            has_function = has_value = false;
        }
        has_function |= site->kind == SITE_FUNCTION;
        has_value |= site->kind != SITE_FUNCTION;
        sum_add(&m->summary->terms, &sum, summary_site(m->summary, binding, site));
    }
    member.term = has_function && has_value ? 0 : sum.term;
    return member;
}

/* ---- Members ---- */

static int compare_assigned(const void *left, const void *right)
{
    const Assigned *a = left, *b = right;
    if (a->class_ != b->class_)
        return a->class_ < b->class_ ? -1 : 1;
    if (a->name != b->name)
        return a->name < b->name ? -1 : 1;
    if (a->is_declared != b->is_declared)
        return a->is_declared ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* Of one name; declarations come first. */
static Member attribute_of(Maker *m, const Assigned *first, uint32_t count, const Class *class_)
{
    Member member = { .name = maker_name(m, first->name), .is_declared = first->is_declared };
    Terms *terms = &m->summary->terms;
    if (member.is_declared) {
        member.term = first->term;
        member.value = first->value;
        return member;
    }
    Sum sum = { 0 };
    for (uint32_t i = 0; i < count; i++)
        sum_add(terms, &sum, first[i].term);
    const Binding *binding = scope_binding(class_->scope, first->name);
    if (binding) {
        Member body = member_of(m, binding);
        if (body.is_declared)
            return body;
        bool is_method = term_at(terms, body.term)->op == TERM_FUNCTION;
        sum_add(terms, &sum, is_method ? 0 : body.term);
    }
    member.term = sum.term;
    return member;
}

static void make_attributes(Maker *m, uint32_t *at, const Class *class_, Piece *piece)
{
    piece->first = m->summary->members.count;
    while (*at < m->assigned.count && m->assigned.items[*at].class_ == class_->number) {
        const Assigned *first = &m->assigned.items[*at];
        uint32_t count = 0;
        while (
            *at + count < m->assigned.count && first[count].class_ == first->class_ && first[count].name == first->name)
            count++;
        Member member = attribute_of(m, first, count, class_);
        *array_push(m->arena, &m->summary->members) = member;
        piece->count++;
        *at += count;
    }
}

void make_members(Maker *m)
{
    if (m->assigned.count)
        qsort(m->assigned.items, m->assigned.count, sizeof *m->assigned.items, compare_assigned);
    uint32_t at = 0;
    for (uint32_t i = 0; i < m->module->classes.count; i++) {
        const Class *class_ = m->module->classes.items[i];
        ClassSummary *out = &m->summary->classes.items[i];
        out->body.first = m->summary->members.count;
        for (uint32_t k = 0; k < class_->scope->bindings.count; k++) {
            Member member = member_of(m, class_->scope->bindings.items[k]);
            *array_push(m->arena, &m->summary->members) = member;
        }
        out->body.count = m->summary->members.count - out->body.first;
        make_attributes(m, &at, class_, &out->attributes);
    }
}

/* ---- The module ---- */

typedef struct Sorted {
    Str text;
    uint32_t number; /* of the binding; of a foreign attribute its name */
} Sorted;

static int compare_sorted(const void *left, const void *right)
{
    return str_compare(((const Sorted *)left)->text, ((const Sorted *)right)->text);
}

static void make_foreign(Maker *m)
{
    const Names *names = &m->module->names;
    ARRAY(Sorted) sorted = { 0 };
    for (NameId name = 1; name <= names->count; name++) {
        if (m->is_foreign[name])
            *array_push(m->arena, &sorted) = (Sorted){ names_text(names, name), name };
    }
    if (sorted.count)
        qsort(sorted.items, sorted.count, sizeof *sorted.items, compare_sorted);
    for (uint32_t i = 0; i < sorted.count; i++) {
        TextId text = maker_text(m, sorted.items[i].text);
        *array_push(m->arena, &m->summary->foreign) = text;
    }
}

/* What `__all__` lists, as far as it is plain: `__all__ = ["a"]`, `__all__ += ("b",)`. */
typedef struct Listed {
    bool *names;   /* by NameId */
    bool is_known; /* false: there is none, or it is made in another way */
} Listed;

/* False: not a list or tuple of strings alone. */
static bool list_names(const Maker *m, Node list, bool *names)
{
    PyKind kind = node_kind(list);
    if (kind != PY_LIST && kind != PY_TUPLE && kind != PY_EXPRESSION_LIST)
        return false;
    for (Node n = node_first(list); n.id; n = node_next(n)) {
        if (node_kind(n) != PY_STRING)
            return false;
        names[names_find(&m->module->names, last_name(node_text(n)))] = true;
    }
    return true;
}

static bool text_has(Str text, const char *wanted)
{
    size_t n = strlen(wanted);
    for (const char *p = text.p, *end = text.p + text.n; (p = memchr(p, wanted[0], (size_t)(end - p))) != NULL; p++) {
        if ((size_t)(end - p) < n)
            return false;
        if (memcmp(p, wanted, n) == 0)
            return true;
    }
    return false;
}

static Listed listed_names(Maker *m)
{
    Listed listed = { NULL, false };
    NameId id = names_find(&m->module->names, STR("__all__"));
    const Binding *binding = id ? scope_binding(m->module->scope, id) : NULL;
    if (!binding || text_has(m->module->source.text, "__all__."))
        return listed;
    listed.names = arena_array(m->arena, bool, m->module->names.count + 1);
    listed.is_known = true;
    for (uint32_t i = 0; i < binding->sites.count && listed.is_known; i++) {
        const Site *site = &binding->sites.items[i];
        Node list = site->kind == SITE_AUGMENTED ? node_field(node_parent(maker_node(m, site->node)), F_RIGHT) : maker_node(m, site->value);
        listed.is_known = (site->kind == SITE_ASSIGN || site->kind == SITE_AUGMENTED) && list_names(m, list, listed.names);
    }
    return listed;
}

/* Imports under a condition, in a `try`, in a function may never run, or fail without harm. */
static ImportKind import_kind(const Maker *m, const Binding *binding, TermId term)
{
    const Site *site = &binding->sites.items[0];
    bool is_import = site->kind == SITE_IMPORT || site->kind == SITE_IMPORT_FROM;
    uint32_t statement = is_import && binding->sites.count == 1 ? m->nodes[site->node].parent : 0;
    if (!statement || m->nodes[statement].parent != 1 || node_is_dead(maker_node(m, statement)))
        return IMPORT_NONE;
    if (term_at(&m->summary->terms, term)->op != TERM_NAME)
        return IMPORT_NONE;
    return site->kind == SITE_IMPORT ? IMPORT_MODULE : IMPORT_NAME;
}

void make_exports(Maker *m)
{
    const Scope *scope = m->module->scope;
    uint32_t count = scope->bindings.count;
    Sorted *sorted = arena_array(m->arena, Sorted, count);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = (Sorted){ names_text(&m->module->names, scope->bindings.items[i]->name), i };
    if (count)
        qsort(sorted, count, sizeof *sorted, compare_sorted);
    Listed listed = listed_names(m);
    for (uint32_t i = 0; i < count; i++) {
        const Binding *binding = scope->bindings.items[sorted[i].number];
        Member member = member_of(m, binding);
        member.is_hidden = listed.is_known ? !listed.names[binding->name] : !listed.names && sorted[i].text.p[0] == '_';
        member.import = (uint8_t)(binding->is_imported ? import_kind(m, binding, member.term) : IMPORT_NONE);
        *array_push(m->arena, &m->summary->exports) = member;
    }
    make_foreign(m);
}
