/* `awry debug tree`: what the parser saw. For people by default; --flat is for programs, one node a line. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "cli/debug.h"
#include "python/module.h"

typedef struct Options {
    bool is_flat;
    bool only_leaves;
    bool all_kinds;
    bool wanted[PY_KIND_COUNT];
} Options;

static const char *const trouble_names[] = {
    [TROUBLE_UNREADABLE] = "unreadable",
    [TROUBLE_SYNTAX] = "syntax",
    [TROUBLE_LIMIT] = "limit",
    [TROUBLE_ENCODING] = "encoding",
};

static void print_trouble(FILE *out, const Trouble *t)
{
    fprintf(out, "! %s %u %u %.*s\n", trouble_names[t->kind], t->begin, t->end, STR_ARG(t->message));
}

static void print_flags(FILE *out, unsigned flags, const char *none)
{
    static const char *const names[] = { "async", "from", "star", "default", "missing", "broken" };
    const char *separator = "";
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(flags & (1u << i)))
            continue;
        fprintf(out, "%s%s", separator, names[i]);
        separator = "+";
    }
    if (!*separator)
        fputs(none, out);
}

static void print_flat(FILE *out, const Module *module, const Options *options)
{
    for (uint32_t i = 1; i < module->tree.count; i++) {
        const TreeNode *n = &module->tree.nodes[i];
        if ((options->only_leaves && n->after != i + 1) || (!options->all_kinds && !options->wanted[n->kind]))
            continue;
        fprintf(out, "%s %u %u ", py_kind_names[n->kind], n->begin, n->end);
        print_flags(out, n->flags, "-");
        fprintf(out, " %s\n", n->field ? py_field_names[n->field] : "-");
    }
}

static void print_node(FILE *out, const Module *module, uint32_t id, uint32_t depth)
{
    enum { DEEPEST = 100, LONGEST = 60 };
    const TreeNode *n = &module->tree.nodes[id];
    Place begin = scan_place(&module->scan, n->begin), end = scan_place(&module->scan, n->end);
    fprintf(out, "%*s", (int)(2 * (depth < DEEPEST ? depth : DEEPEST)), "");
    if (n->field)
        fprintf(out, "%s: ", py_field_names[n->field]);
    fprintf(out, "%s %u:%u-%u:%u", py_kind_names[n->kind], begin.row, begin.column, end.row, end.column);
    if (n->flags) {
        fputc(' ', out);
        print_flags(out, n->flags, "");
    }
    if (n->after == id + 1 && id != 1) {
        Str text = str_slice(module->source.text, n->begin, n->end);
        fputs(" \"", out);
        text_write_json(out, str_slice(text, 0, text.n < LONGEST ? text.n : LONGEST));
        fputs(text.n < LONGEST ? "\"" : "...\"", out);
    }
    fputc('\n', out);
}

static void print_tree(FILE *out, const Module *module)
{
    uint32_t *depths = calloc(module->tree.count, sizeof *depths);
    if (!depths)
        return;
    for (uint32_t i = 1; i < module->tree.count; i++) {
        uint32_t parent = module->tree.nodes[i].parent;
        depths[i] = parent ? depths[parent] + 1 : 0;
        print_node(out, module, i, depths[i]);
    }
    free(depths);
}

static void show_module(FILE *out, Module *module, const void *chosen)
{
    const Options *options = chosen;
    if (options->is_flat)
        print_flat(out, module, options);
    else
        print_tree(out, module);
    if (module->source.has_trouble)
        print_trouble(out, &module->source.trouble);
    for (uint32_t i = 0; i < module->scan.troubles.count; i++)
        print_trouble(out, &module->scan.troubles.items[i]);
    for (uint32_t i = 0; i < module->tree.troubles.count; i++)
        print_trouble(out, &module->tree.troubles.items[i]);
}

/* `a,b,c`: kinds by the grammar's names. False: one is unknown, which was said. */
static bool read_kinds(Options *options, Str list)
{
    options->all_kinds = false;
    while (list.n) {
        uint32_t comma = str_find(list, ',');
        Str name = str_slice(list, 0, comma);
        bool is_known = false;
        for (uint32_t i = 1; i < PY_KIND_COUNT; i++)
            if (str_is(name, py_kind_names[i]))
                options->wanted[i] = is_known = true;
        if (!is_known) {
            fprintf(stderr, "awry: unknown kind of node \"%.*s\"\n", STR_ARG(name));
            return false;
        }
        list = str_slice(list, comma < list.n ? comma + 1 : list.n, list.n);
    }
    return true;
}

int debug_tree(FILE *out, int argc, char **argv)
{
    Options options = { .all_kinds = true };
    int code = 0;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--flat")) {
            options.is_flat = true;
        } else if (!strcmp(argv[i], "--leaves")) {
            options.is_flat = options.only_leaves = true;
        } else if (!strcmp(argv[i], "--kinds") && i + 1 < argc) {
            options.is_flat = true;
            if (!read_kinds(&options, str_of(argv[++i])))
                return 2;
        } else if (argv[i][0] == '-' && argv[i][1]) {
            fprintf(stderr, "awry: unknown option %s\n", argv[i]);
            return 2;
        } else if (debug_file(out, argv[i], options.is_flat, show_module, &options)) {
            code = 2;
        }
    }
    return code;
}
