/* What an expression refers to. An answer is a small set of terms: everything that can be bound there, each once, or
 * `unknown` when that is not known in full. Work is bounded whatever the module looks like: aliases are followed
 * 8 deep (the only recursion), chains are 32 links long at most, and one question looks at no more than 512 sites and expressions. */
#include "python/names.h"

#include "python/scopes.h"

enum {
    DEEPEST_ALIAS = 8,
    LONGEST_CHAIN = 32,
    MOST_SITES = 512,
    MOST_TERMS = 8,
    MOST_BASES = 16,
    MOST_CLASSES = 32,
};

typedef enum TermKind {
    TERM_EXTERNAL,
    TERM_FUNCTION,
    TERM_CLASS,
    TERM_INSTANCE, /* of class_: self */
    TERM_SUPER,    /* super() in class_ */
} TermKind;

typedef struct Term {
    TermKind kind;
    Str qualified;
    Function *function;
    Class *class_;
} Term;

typedef struct Terms {
    Term items[MOST_TERMS];
    uint32_t count;
    bool unknown;
} Terms;

/* One question. */
typedef struct Query {
    const Module *module;
    const TreeNode *nodes;
    uint32_t sites; /* sites and expressions that may still be looked at */
    uint32_t depth;
} Query;

static void add_expression(Query *q, uint32_t node, Terms *out);

static void add_term(Terms *out, Term term)
{
    for (uint32_t i = 0; i < out->count; i++) {
        const Term *other = &out->items[i];
        if (other->kind == term.kind && other->function == term.function && other->class_ == term.class_ &&
            str_equal(other->qualified, term.qualified))
            return;
    }
    if (out->count == MOST_TERMS)
        out->unknown = true;
    else
        out->items[out->count++] = term;
}

static void add_external(Terms *out, Str qualified)
{
    add_term(out, (Term){ .kind = TERM_EXTERNAL, .qualified = qualified });
}

static Str name_text(const Query *q, NameId name)
{
    return names_text(&q->module->names, name);
}

static Str joined(const Query *q, Str front, Str middle, Str name)
{
    char *text = arena_alloc_raw(q->module->arena, (size_t)front.n + middle.n + name.n + 1);
    if (front.n)
        memcpy(text, front.p, front.n);
    if (middle.n)
        memcpy(text + front.n, middle.p, middle.n);
    if (name.n)
        memcpy(text + front.n + middle.n, name.p, name.n);
    text[front.n + middle.n + name.n] = '\0';
    return (Str){ text, front.n + middle.n + name.n };
}

/* ---- Imports ---- */

/* `a . b` without what may stand between the names. */
static Str dotted_text(const Query *q, uint32_t dotted)
{
    Str text = node_text(node_at(q->module, dotted));
    bool is_plain = true;
    for (uint32_t i = 0; i < text.n; i++)
        is_plain &= (unsigned char)text.p[i] > ' ' && text.p[i] != '\\' && text.p[i] != '#';
    if (is_plain)
        return text;
    Str whole = { "", 0 };
    uint32_t links = 0;
    for (uint32_t id = dotted + 1; id < q->nodes[dotted].after && links++ < LONGEST_CHAIN; id = q->nodes[id].after)
        whole = joined(q, whole, whole.n ? STR(".") : STR(""), name_text(q, q->nodes[id].name));
    return whole;
}

/* The module of a from-import; relative ones keep their dots. */
static Str import_module(const Query *q, uint32_t statement)
{
    if (q->nodes[statement].kind == PY_FUTURE_IMPORT_STATEMENT)
        return STR("__future__");
    Node module = node_field(node_at(q->module, statement), F_MODULE_NAME);
    if (node_kind(module) == PY_DOTTED_NAME)
        return dotted_text(q, module.id);
    Str prefix = node_text(node_child_of(module, PY_IMPORT_PREFIX));
    Str dots = { "", 0 };
    for (uint32_t i = 0; i < prefix.n && dots.n < LONGEST_CHAIN; i++) {
        if (prefix.p[i] == '.')
            dots = joined(q, dots, STR("."), STR(""));
    }
    Node dotted = node_child_of(module, PY_DOTTED_NAME);
    return dotted.id ? joined(q, dots, STR(""), dotted_text(q, dotted.id)) : dots;
}

Str star_import_module(const Module *module, uint32_t statement)
{
    Query q = { .module = module, .nodes = module->tree.nodes };
    return import_module(&q, statement);
}

Str import_name(const Module *module, const Site *site)
{
    const Query whole = { .module = module, .nodes = module->tree.nodes }, *q = &whole;
    bool is_aliased = q->nodes[site->node].kind == PY_ALIASED_IMPORT;
    uint32_t dotted = is_aliased ? child_with(q->nodes, site->node, F_NAME) : site->node;
    if (!dotted || q->nodes[dotted].after == dotted + 1)
        return STR("");
    if (site->kind == SITE_IMPORT_FROM) {
        Str from = import_module(q, q->nodes[site->node].parent);
        bool is_dots = from.n && from.p[from.n - 1] == '.';
        return joined(q, from, is_dots ? STR("") : STR("."), dotted_text(q, dotted));
    }
    return is_aliased ? dotted_text(q, dotted) : name_text(q, q->nodes[dotted + 1].name);
}

static void add_import(const Query *q, const Site *site, Terms *out)
{
    Str name = import_name(q->module, site);
    if (name.n)
        add_external(out, name);
    else
        out->unknown = true;
}

/* ---- self and cls ---- */

MethodKind method_kind(const Module *module, const Function *function)
{
    Str name = names_text(&module->names, function->name);
    Node decorator = { module, 0 };
    while ((decorator = decorator_next(module, function->node, decorator)).id) {
        bool is_attribute = node_kind(decorator) == PY_ATTRIBUTE;
        Str text = node_text(is_attribute ? node_field(decorator, F_ATTRIBUTE) : decorator);
        if (str_is(text, "staticmethod") || str_is(text, "abstractstaticmethod"))
            return METHOD_STATIC;
        if (str_is(text, "classmethod") || str_is(text, "abstractclassmethod"))
            return METHOD_CLASS;
    }
    bool gets_class = str_is(name, "__new__") || str_is(name, "__init_subclass__") || str_is(name, "__class_getitem__");
    return gets_class ? METHOD_CLASS : METHOD_PLAIN;
}

/* The first parameter of a method is the instance or the class, whatever it is called. Others are unknown. */
static void add_parameter(const Query *q, const Site *site, Terms *out)
{
    const Function *function = site->from->function;
    uint32_t list = q->nodes[site->node].parent;
    if (q->nodes[list].kind == PY_TYPED_PARAMETER)
        list = q->nodes[list].parent;
    bool is_first =
        q->nodes[list].kind == PY_PARAMETERS && site->node >= list + 1 && q->nodes[list + 1].after > site->node;
    if (!is_first || !function || !function->class_ || site->from->kind != SCOPE_FUNCTION) {
        out->unknown = true;
        return;
    }
    MethodKind kind = method_kind(q->module, function);
    if (kind == METHOD_STATIC)
        out->unknown = true;
    else
        add_term(out, (Term){ .kind = kind == METHOD_CLASS ? TERM_CLASS : TERM_INSTANCE, .class_ = function->class_ });
}

/* ---- Names ---- */

/* `except ImportError: yaml = None`, beside an import of the same name: only the import can be used. */
bool stands_in_for_import(const Module *module, const Binding *binding, const Site *site)
{
    const Query whole = { .module = module, .nodes = module->tree.nodes }, *q = &whole;
    if (q->nodes[site->value].kind != PY_NONE)
        return false;
    uint32_t around = site->node;
    for (int links = 0; around && q->nodes[around].kind != PY_EXCEPT_CLAUSE; links++) {
        if (links == LONGEST_CHAIN)
            return false;
        around = q->nodes[around].parent;
    }
    for (uint32_t i = 0; around && i < binding->sites.count && i < MOST_SITES; i++) {
        if (binding->sites.items[i].kind <= SITE_IMPORT_FROM)
            return true;
    }
    return false;
}

static void add_site(Query *q, const Binding *binding, const Site *site, Terms *out)
{
    switch (site->kind) {
    case SITE_IMPORT:
    case SITE_IMPORT_FROM:
        add_import(q, site, out);
        break;
    case SITE_FUNCTION:
        add_term(out, (Term){ .kind = TERM_FUNCTION, .function = function_at(q->module, site->node) });
        break;
    case SITE_CLASS:
        add_term(out, (Term){ .kind = TERM_CLASS, .class_ = class_at(q->module, site->node) });
        break;
    case SITE_PARAMETER:
        add_parameter(q, site, out);
        break;
    case SITE_ASSIGN:
    case SITE_WALRUS:
        if (!site->value)
            out->unknown = true;
        else if (!stands_in_for_import(q->module, binding, site))
            add_expression(q, site->value, out);
        break;
    case SITE_ANNOTATION:
        break;
    default:
        out->unknown = true;
    }
}

static void add_binding(Query *q, const Binding *binding, Terms *out)
{
    for (uint32_t i = 0; i < binding->sites.count && !out->unknown; i++) {
        if (!q->sites) {
            out->unknown = true;
            return;
        }
        q->sites--;
        add_site(q, binding, &binding->sites.items[i], out);
    }
}

/* In a class body, `sleep = sleep` reads the name from outside. */
static bool reads_own_name(const Query *q, uint32_t identifier, const Scope *scope)
{
    const TreeNode *parent = &q->nodes[q->nodes[identifier].parent];
    if (scope->kind != SCOPE_CLASS || parent->kind != PY_ASSIGNMENT || q->nodes[identifier].field != F_RIGHT)
        return false;
    return q->nodes[q->nodes[identifier].parent + 1].name == q->nodes[identifier].name;
}

static void add_name(Query *q, uint32_t identifier, Terms *out)
{
    NameId name = q->nodes[identifier].name;
    const Scope *scope = node_scope(node_at(q->module, identifier));
    if (scope && reads_own_name(q, identifier, scope))
        scope = scope->parent;
    const Binding *binding = scope_resolve(scope, q->module, name);
    if (binding)
        add_binding(q, binding, out);
    else if (name && !q->module->star_imports.count && is_builtin(name_text(q, name)))
        add_external(out, joined(q, STR("builtins."), STR(""), name_text(q, name)));
    else
        out->unknown = true;
}

/* ---- Classes ---- */

/* Bases that have no methods anybody would look for. */
static bool is_harmless_base(Str qualified)
{
    static const char *const harmless[] = {
        "builtins.object",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Generic",
        "typing_extensions.Protocol",
        "abc.ABC",
    };
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        if (str_is(qualified, harmless[i]))
            return true;
    }
    return false;
}

/* The bases that are classes of this module, in order; NULL stands for one that is not known. */
static uint32_t class_bases(Query *q, const Class *class_, Class **bases)
{
    uint32_t count = 0;
    Node list = node_field(node_at(q->module, class_->node), F_SUPERCLASSES);
    for (Node base = node_first(list); base.id; base = node_next(base)) {
        if (node_kind(base) == PY_KEYWORD_ARGUMENT)
            continue;
        if (count == MOST_BASES) {
            bases[MOST_BASES - 1] = NULL;
            break;
        }
        Terms terms = { .count = 0 };
        base = node_unparenthesized(base);
        uint32_t named = node_kind(base) == PY_SUBSCRIPT ? node_field(base, F_VALUE).id : base.id;
        add_expression(q, named, &terms);
        bool is_one = terms.count == 1 && !terms.unknown;
        if (is_one && terms.items[0].kind == TERM_EXTERNAL && is_harmless_base(terms.items[0].qualified))
            continue;
        bases[count++] = is_one && terms.items[0].kind == TERM_CLASS ? terms.items[0].class_ : NULL;
    }
    return count;
}

/* The classes that a member is looked up in, in order, until one is not known. */
typedef struct Lineage {
    Class *classes[MOST_CLASSES];
    uint32_t count;
    bool complete;
} Lineage;

static bool in_lineage(const Lineage *lineage, const Class *class_)
{
    for (uint32_t i = 0; i < lineage->count; i++) {
        if (lineage->classes[i] == class_)
            return true;
    }
    return false;
}

/* Depth first, left to right, until `name` is found. With skip_first the class itself is left out, as by super(). */
static Binding *find_member(Query *q, Class *class_, NameId name, bool skip_first, Lineage *lineage)
{
    Class *stack[MOST_CLASSES + MOST_BASES];
    uint32_t count = 0;
    stack[count++] = class_;
    *lineage = (Lineage){ .complete = true };
    while (count && lineage->complete) {
        Class *next = stack[--count];
        if (!next || lineage->count == MOST_CLASSES || count > MOST_CLASSES) {
            lineage->complete = false;
            return NULL;
        }
        if (in_lineage(lineage, next))
            continue;
        lineage->classes[lineage->count++] = next;
        Binding *found = skip_first && lineage->count == 1 ? NULL : scope_binding(next->scope, name);
        if (found)
            return found;
        Class *bases[MOST_BASES];
        for (uint32_t i = class_bases(q, next, bases); i > 0; i--)
            stack[count++] = bases[i - 1];
    }
    return NULL;
}

/* `self.name = ...` in a method counts as much as what the class body says. */
static void add_assigned_attribute(Query *q, NameId name, const Lineage *lineage, Terms *out)
{
    const Binding *binding = attribute_binding(q->module, name);
    for (uint32_t i = 0; binding && i < binding->sites.count && !out->unknown; i++) {
        const Site *site = &binding->sites.items[i];
        uint32_t object = unwrapped(q->nodes, site->node + 1);
        if (q->nodes[object].kind != PY_IDENTIFIER)
            continue;
        if (!q->sites) {
            out->unknown = true;
            return;
        }
        q->sites--;
        Terms owner = { .count = 0 };
        add_expression(q, object, &owner);
        for (uint32_t j = 0; j < owner.count; j++) {
            bool is_ours = owner.items[j].class_ && in_lineage(lineage, owner.items[j].class_);
            if (is_ours && site->value)
                add_expression(q, site->value, out);
            else if (is_ours)
                out->unknown = true;
        }
    }
}

static void add_member(Query *q, const Term *term, NameId name, Terms *out)
{
    Lineage lineage;
    const Binding *found = find_member(q, term->class_, name, term->kind == TERM_SUPER, &lineage);
    if (!found) {
        out->unknown = true;
        return;
    }
    add_binding(q, found, out);
    if (term->kind != TERM_SUPER)
        add_assigned_attribute(q, name, &lineage, out);
}

/* ---- Expressions ---- */

/* `super()` or `super(Store, self)` in a method of Store. */
static void add_super(Query *q, uint32_t call, Terms *out)
{
    Node n = node_at(q->module, call);
    Node callee = node_field(n, F_FUNCTION);
    const Function *function = node_function(n);
    bool is_super = node_kind(callee) == PY_IDENTIFIER && str_is(node_text(callee), "super") &&
                    !scope_resolve(node_scope(callee), q->module, node_data(callee)->name);
    if (!is_super || !function || !function->class_) {
        out->unknown = true;
        return;
    }
    Node given = node_first(node_field(n, F_ARGUMENTS));
    if (given.id) {
        Terms terms = { .count = 0 };
        add_expression(q, given.id, &terms);
        if (terms.unknown || terms.count != 1 || terms.items[0].class_ != function->class_) {
            out->unknown = true;
            return;
        }
    }
    add_term(out, (Term){ .kind = TERM_SUPER, .class_ = function->class_ });
}

static void add_base(Query *q, uint32_t node, Terms *out)
{
    switch (q->nodes[node].kind) {
    case PY_IDENTIFIER:
        add_name(q, node, out);
        break;
    case PY_CALL:
        add_super(q, node, out);
        break;
    case PY_LAMBDA:
        add_term(out, (Term){ .kind = TERM_FUNCTION, .function = function_at(q->module, node) });
        break;
    default:
        out->unknown = true;
    }
}

/* What `.name` of each of the terms is. */
static void step(Query *q, Terms *terms, NameId name)
{
    Terms next = { .count = 0 };
    for (uint32_t i = 0; i < terms->count && !next.unknown; i++) {
        const Term *term = &terms->items[i];
        if (!name || term->kind == TERM_FUNCTION)
            next.unknown = true;
        else if (term->kind == TERM_EXTERNAL)
            add_external(&next, joined(q, term->qualified, STR("."), name_text(q, name)));
        else
            add_member(q, term, name, &next);
    }
    *terms = next;
}

static void add_all(const Terms *terms, Terms *out)
{
    out->unknown |= terms->unknown || !terms->count;
    for (uint32_t i = 0; i < terms->count && !out->unknown; i++)
        add_term(out, terms->items[i]);
}

/* A name, or a chain of attributes that ends in one. */
static void add_expression(Query *q, uint32_t node, Terms *out)
{
    NameId links[LONGEST_CHAIN];
    uint32_t count = 0;
    node = unwrapped(q->nodes, node);
    for (; q->nodes[node].kind == PY_ATTRIBUTE && q->nodes[node].after > node + 1;
         node = unwrapped(q->nodes, node + 1)) {
        if (count == LONGEST_CHAIN) {
            out->unknown = true;
            return;
        }
        links[count++] = q->nodes[child_with(q->nodes, node, F_ATTRIBUTE)].name;
    }
    if (q->depth == DEEPEST_ALIAS || !q->sites) {
        out->unknown = true;
        return;
    }
    q->sites--;
    q->depth++;
    Terms terms = { .count = 0 };
    add_base(q, node, &terms);
    while (count && !terms.unknown)
        step(q, &terms, links[--count]);
    add_all(&terms, out);
    q->depth--;
}

/* ---- Answers ---- */

static Terms terms_of(Node n)
{
    Terms terms = { .count = 0 };
    if (!n.id || !n.module->index) {
        terms.unknown = true;
        return terms;
    }
    Query q = { n.module, n.module->tree.nodes, MOST_SITES, 0 };
    add_expression(&q, n.id, &terms);
    return terms;
}

static Target target_from(const Term *term)
{
    switch (term->kind) {
    case TERM_EXTERNAL:
        return (Target){ .kind = TARGET_EXTERNAL, .qualified = term->qualified };
    case TERM_FUNCTION:
        return (Target){ .kind = TARGET_FUNCTION, .qualified = STR(""), .function = term->function };
    case TERM_CLASS:
        return (Target){ .kind = TARGET_CLASS, .qualified = STR(""), .class_ = term->class_ };
    default:
        return (Target){ .kind = TARGET_UNKNOWN, .qualified = STR("") };
    }
}

Target target_of(Node n)
{
    Terms terms = terms_of(n);
    if (terms.unknown || terms.count != 1)
        return (Target){ .kind = TARGET_UNKNOWN, .qualified = STR("") };
    return target_from(&terms.items[0]);
}

uint32_t target_all(Node n, Target *out, uint32_t room)
{
    Terms terms = terms_of(n);
    if (terms.unknown)
        return 0;
    for (uint32_t i = 0; i < terms.count; i++) {
        Target target = target_from(&terms.items[i]);
        if (target.kind == TARGET_UNKNOWN)
            return 0;
        if (i < room)
            out[i] = target;
    }
    return terms.count;
}

Str qualified_name(Node n)
{
    Target target = target_of(n);
    return target.kind == TARGET_EXTERNAL ? target.qualified : STR("");
}
