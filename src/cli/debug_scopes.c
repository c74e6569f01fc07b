/* `awry debug scopes`: the scopes of a file and what is bound in them, and with --names what each use refers to.
 *
 * --flat is for programs. A line `== PATH` per file, then a line per scope, in order of place:
 *
 *   scope NUMBER PARENT KIND LINE NAME name:flags name:flags ...
 *
 * KIND is module, class, function, lambda, listcomp, setcomp, dictcomp, genexpr or types; the module's PARENT is `-`. Names
 * stand in bytewise order, all that the scope binds, uses or hands on to a scope inside. Of the flags the first says whose the
 * name is: l (this scope's), f (free: a scope around), g (global or builtin), e (declared global). Behind it, as they hold:
 * p parameter, i imported, b bound here, n declared nonlocal, u used here other than in an annotation. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "cli/debug.h"
#include "python/module.h"

typedef struct Options {
    bool is_flat;
    bool with_names;
} Options;

static const char *const site_names[] = {
    [SITE_IMPORT] = "import",
    [SITE_IMPORT_FROM] = "import-from",
    [SITE_FUNCTION] = "function",
    [SITE_CLASS] = "class",
    [SITE_PARAMETER] = "parameter",
    [SITE_ASSIGN] = "assign",
    [SITE_ANNOTATION] = "annotation",
    [SITE_AUGMENTED] = "augmented",
    [SITE_WALRUS] = "walrus",
    [SITE_FOR] = "for",
    [SITE_WITH] = "with",
    [SITE_EXCEPT] = "except",
    [SITE_DELETE] = "delete",
    [SITE_MATCH] = "match",
    [SITE_TYPE] = "type",
    [SITE_TYPE_PARAMETER] = "type-parameter",
};

static const char *scope_word(const Module *module, const Scope *scope)
{
    switch (scope->kind) {
    case SCOPE_MODULE:
        return "module";
    case SCOPE_CLASS:
        return "class";
    case SCOPE_FUNCTION:
        return "function";
    case SCOPE_LAMBDA:
        return "lambda";
    case SCOPE_TYPE_PARAMETERS:
        return "types";
    case SCOPE_COMPREHENSION:
        break;
    }
    switch (node_kind(node_at(module, scope->node))) {
    case PY_LIST_COMPREHENSION:
        return "listcomp";
    case PY_SET_COMPREHENSION:
        return "setcomp";
    case PY_DICTIONARY_COMPREHENSION:
        return "dictcomp";
    default:
        return "genexpr";
    }
}

/* ---- Uses ---- */

static bool is_import(PyKind kind)
{
    return kind == PY_IMPORT_STATEMENT || kind == PY_IMPORT_FROM_STATEMENT || kind == PY_FUTURE_IMPORT_STATEMENT ||
           kind == PY_ALIASED_IMPORT || kind == PY_RELATIVE_IMPORT;
}

/* Whether an identifier is a name that is looked up, as far as its place says; binding sites are told apart by the caller. */
static bool is_looked_up(Node n)
{
    Node parent = node_parent(n);
    bool is_first = n.id == parent.id + 1;
    switch (node_kind(parent)) {
    case PY_ATTRIBUTE:
        return node_role(n) != F_ATTRIBUTE;
    case PY_KEYWORD_ARGUMENT:
    case PY_FUNCTION_DEFINITION:
    case PY_CLASS_DEFINITION:
        return node_role(n) != F_NAME;
    case PY_GLOBAL_STATEMENT:
    case PY_NONLOCAL_STATEMENT:
    case PY_ALIASED_IMPORT:
        return false;
    case PY_KEYWORD_PATTERN:
        return !is_first;
    case PY_MEMBER_TYPE:
        return is_first;
    case PY_DOTTED_NAME:
        if (!is_first || is_import(node_kind(node_parent(parent))))
            return false;
        return node_data(parent)->after > n.id + 1 || node_kind(node_parent(parent)) == PY_CLASS_PATTERN ||
               node_role(parent) == F_KEY || !str_is(node_text(n), "_");
    default:
        return true;
    }
}

/* By node: whether it is a site of a binding. The caller frees it. */
static bool *find_sites(const Module *module)
{
    bool *is_site = calloc(module->tree.count, sizeof *is_site);
    for (uint32_t i = 0; is_site && i < module->scopes.count; i++) {
        const Scope *scope = module->scopes.items[i];
        for (uint32_t j = 0; j < scope->bindings.count; j++) {
            const Binding *binding = scope->bindings.items[j];
            for (uint32_t k = 0; k < binding->sites.count; k++)
                is_site[binding->sites.items[k].node] = true;
        }
    }
    return is_site;
}

/* ---- For programs ---- */

enum {
    FLAG_LOCAL = 1,
    FLAG_FREE = 2,
    FLAG_GLOBAL = 4,
    FLAG_DECLARED = 8,
    FLAG_PARAMETER = 16,
    FLAG_IMPORTED = 32,
    FLAG_BOUND = 64,
    FLAG_NONLOCAL = 128,
    FLAG_USED = 256,
};

/* One thing that a scope has to do with a name; there may be many of the same two. */
typedef struct Record {
    uint32_t scope;
    unsigned flags;
    Str name;
} Record;

typedef struct Records {
    Arena *arena;
    const Module *module;
    ARRAY(Record) list;
} Records;

static void add_record(Records *records, const Scope *scope, NameId name, unsigned flags)
{
    *array_push(records->arena, &records->list) =
        (Record){ scope->number, flags, names_text(&records->module->names, name) };
}

/* A name seen in `from`: the scopes up to the one that it belongs to hand it on. */
static void add_seen(Records *records, const Scope *from, NameId name, unsigned flags)
{
    const Module *module = records->module;
    const Binding *binding = scope_resolve(from, module, name);
    if (binding && binding->scope == from) {
        add_record(records, from, name, FLAG_LOCAL | flags);
        return;
    }
    if (!binding || binding->scope == module->scope) {
        add_record(records, from, name, FLAG_GLOBAL | flags);
        return;
    }
    add_record(records, from, name, FLAG_FREE | flags);
    for (const Scope *scope = from->parent; scope && scope != binding->scope; scope = scope->parent)
        add_record(records, scope, name, FLAG_FREE);
}

static void add_bindings(Records *records, const Scope *scope)
{
    for (uint32_t i = 0; i < scope->bindings.count; i++) {
        const Binding *binding = scope->bindings.items[i];
        add_record(records, scope, binding->name, FLAG_LOCAL);
        for (uint32_t j = 0; j < binding->sites.count; j++) {
            const Site *site = &binding->sites.items[j];
            unsigned flags = site->kind == SITE_PARAMETER     ? FLAG_PARAMETER
                             : site->kind <= SITE_IMPORT_FROM ? FLAG_IMPORTED
                                                              : FLAG_BOUND;
            add_seen(records, site->from, binding->name, flags);
            /* A walrus in a comprehension binds in the scope around as well. */
            const Scope *from = site->from;
            while (site->kind == SITE_WALRUS && from->kind == SCOPE_COMPREHENSION)
                from = from->parent;
            if (from != site->from)
                add_seen(records, from, binding->name, flags);
        }
    }
}

static void add_declarations(Records *records, Node statement)
{
    bool is_global = node_kind(statement) == PY_GLOBAL_STATEMENT;
    const Scope *scope = node_scope(statement);
    for (Node name = node_first(statement); name.id; name = node_next(name)) {
        if (!node_data(name)->name)
            continue;
        if (is_global) /* the module has the name, if only to be asked for */
            add_seen(records, records->module->scope, node_data(name)->name, 0);
        add_seen(records, scope, node_data(name)->name, is_global ? FLAG_DECLARED : FLAG_NONLOCAL);
    }
}

static void add_uses(Records *records, const bool *is_site)
{
    const Module *module = records->module;
    uint32_t annotation_after = 0;
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        PyKind kind = node_kind(n);
        if (kind == PY_GLOBAL_STATEMENT || kind == PY_NONLOCAL_STATEMENT)
            add_declarations(records, n);
        bool is_annotation = node_role(n) == F_TYPE || node_role(n) == F_RETURN_TYPE;
        if (is_annotation && id >= annotation_after)
            annotation_after = node_data(n)->after;
        if (kind == PY_IDENTIFIER && !is_site[id] && is_looked_up(n))
            add_seen(records, node_scope(n), node_data(n)->name, id < annotation_after ? 0 : FLAG_USED);
    }
}

static int compare_records(const void *left, const void *right)
{
    const Record *a = left, *b = right;
    if (a->scope != b->scope)
        return a->scope < b->scope ? -1 : 1;
    return str_compare(a->name, b->name);
}

static void print_record(FILE *out, const Record *record)
{
    static const struct {
        unsigned flag;
        char letter;
    } letters[] = {
        { FLAG_PARAMETER, 'p' },
        { FLAG_IMPORTED, 'i' },
        { FLAG_BOUND, 'b' },
        { FLAG_NONLOCAL, 'n' },
        { FLAG_USED, 'u' },
    };
    unsigned flags = record->flags;
    char whose = flags & FLAG_DECLARED ? 'e' : flags & FLAG_LOCAL ? 'l' : flags & FLAG_FREE ? 'f' : 'g';
    fprintf(out, " %.*s:%c", STR_ARG(record->name), whose);
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (flags & letters[i].flag)
            fputc(letters[i].letter, out);
    }
}

static void print_flat(FILE *out, const Module *module, const bool *is_site)
{
    Records records = { .arena = module->arena, .module = module };
    for (uint32_t i = 0; i < module->scopes.count; i++)
        add_bindings(&records, module->scopes.items[i]);
    add_uses(&records, is_site);
    if (records.list.count)
        qsort(records.list.items, records.list.count, sizeof *records.list.items, compare_records);

    uint32_t at = 0;
    for (uint32_t i = 0; i < module->scopes.count; i++) {
        const Scope *scope = module->scopes.items[i];
        Str name = scope->kind == SCOPE_FUNCTION ? names_text(&module->names, scope->function->name)
                   : scope->kind == SCOPE_CLASS  ? names_text(&module->names, scope->class_->name)
                                                 : STR("-");
        fprintf(out, "scope %u ", scope->number);
        if (scope->parent)
            fprintf(out, "%u", scope->parent->number);
        else
            fputc('-', out);
        fprintf(out, " %s %u %.*s", scope_word(module, scope),
            scan_line(&module->scan, node_begin(node_at(module, scope->node))) + 1, STR_ARG(name));
        while (at < records.list.count && records.list.items[at].scope == i) {
            Record merged = records.list.items[at];
            for (at++; at < records.list.count && compare_records(&merged, &records.list.items[at]) == 0; at++)
                merged.flags |= records.list.items[at].flags;
            print_record(out, &merged);
        }
        fputc('\n', out);
    }
}

/* ---- For people ---- */

static void print_place(FILE *out, Node n)
{
    Place place = scan_place(&n.module->scan, node_begin(n));
    fprintf(out, "%u:%u", place.row, place.column);
}

static void print_scope(FILE *out, const Module *module, const Scope *scope)
{
    int depth = 0;
    for (const Scope *s = scope->parent; s && depth < 50; s = s->parent)
        depth++;
    Str name = scope->function ? scope->function->qualname : scope->class_ ? scope->class_->qualname : STR("");
    fprintf(out, "%*s%s ", 4 * depth, "", scope_word(module, scope));
    if (name.n)
        fprintf(out, "%.*s ", STR_ARG(name));
    print_place(out, node_at(module, scope->node));
    const Function *function = scope->function;
    if (function && function->class_)
        fputs(" method", out);
    if (function ? function->is_async : scope->is_async)
        fputs(" async", out);
    if (function && function->is_generator)
        fputs(" generator", out);
    if (function && function->has_await)
        fputs(" awaits", out);
    if (scope->has_star_import)
        fputs(" star-import", out);
    fputc('\n', out);

    for (uint32_t i = 0; i < scope->bindings.count; i++) {
        const Binding *binding = scope->bindings.items[i];
        fprintf(out, "%*s%.*s:", 4 * depth + 2, "", STR_ARG(names_text(&module->names, binding->name)));
        for (uint32_t j = 0; j < binding->sites.count; j++) {
            fprintf(out, "%s%s ", j ? ", " : " ", site_names[binding->sites.items[j].kind]);
            print_place(out, node_at(module, binding->sites.items[j].node));
        }
        fputc('\n', out);
    }
}

static void print_target(FILE *out, const Target *target)
{
    switch (target->kind) {
    case TARGET_EXTERNAL:
        fprintf(out, "%.*s", STR_ARG(target->qualified));
        break;
    case TARGET_FUNCTION:
        fprintf(out, "function %.*s", STR_ARG(target->function->qualname));
        break;
    case TARGET_CLASS:
        fprintf(out, "class %.*s", STR_ARG(target->class_->qualname));
        break;
    case TARGET_UNKNOWN:
        fputs("unknown", out);
        break;
    }
}

static void print_use(FILE *out, Node n)
{
    enum { LONGEST = 100 };
    Target targets[8];
    uint32_t count = target_all(n, targets, 8);
    Str text = node_text(n);
    print_place(out, n);
    fputs(" `", out);
    text_write_json(out, str_slice(text, 0, text.n < LONGEST ? text.n : LONGEST));
    fputs("` ", out);
    if (!count)
        fputs("unknown", out);
    for (uint32_t i = 0; i < count; i++) {
        fputs(i ? " | " : "", out);
        print_target(out, &targets[i]);
    }
    fputs(node_is_dead(n) ? " (dead)\n" : "\n", out);
}

static void print_uses(FILE *out, const Module *module, const bool *is_site)
{
    for (uint32_t id = 1; id < module->tree.count; id++) {
        Node n = node_at(module, id);
        bool is_name = node_kind(n) == PY_IDENTIFIER && !is_site[id] && is_looked_up(n);
        if (is_name || node_kind(n) == PY_ATTRIBUTE)
            print_use(out, n);
    }
}

static void show_module(FILE *out, Module *module, const void *chosen)
{
    const Options *options = chosen;
    module_bind(module);
    bool *is_site = find_sites(module);
    if (!is_site)
        return;
    if (options->is_flat) {
        print_flat(out, module, is_site);
    } else {
        for (uint32_t i = 0; i < module->scopes.count; i++)
            print_scope(out, module, module->scopes.items[i]);
    }
    if (options->with_names)
        print_uses(out, module, is_site);
    free(is_site);
}

int debug_scopes(FILE *out, int argc, char **argv)
{
    Options options = { .is_flat = false };
    int code = 0;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--flat")) {
            options.is_flat = true;
        } else if (!strcmp(argv[i], "--names")) {
            options.with_names = true;
        } else if (argv[i][0] == '-' && argv[i][1]) {
            fprintf(stderr, "awry: unknown option %s\n", argv[i]);
            return 2;
        } else if (debug_file(out, argv[i], true, show_module, &options)) {
            code = 2;
        }
    }
    return code;
}
