/* `awry debug facts FILE [NAME]`: what is believed of functions, classes and module-level names, and through what. NAME is
 * a qualified name or the end of one. The project around the file counts, unless `--alone` says that the file does. */
#include <string.h>

#include "cli/around.h"
#include "cli/belief.h"
#include "cli/cli.h"
#include "cli/debug.h"
#include "program/ask.h"
#include "program/callers.h"

typedef struct View {
    FILE *out;
    Around *around; /* NULL: the file is alone */
    Program *program;
    uint32_t file; /* its number */
    Summary *summary;
    const Module *module;
    Arena *arena;
    Str name;
    bool is_found;
} View;

static Str text_of(const View *v, TextId id)
{
    return terms_text_of(&v->summary->terms, id);
}

static void print_place(const View *v, Range at)
{
    Place place = scan_place(&v->module->scan, at.begin);
    fprintf(v->out, "%u:%u", place.row, place.column);
}

static void print_type(const View *v, TypeId type)
{
    Str text = type_print(v->program, v->arena, type);
    fprintf(v->out, "%.*s\n", STR_ARG(text));
}

/* The type that a term comes to; when that is unknown, the term itself, which shows why. */
static void print_term(const View *v, TermId term)
{
    TypeId type = type_eval(v->program, v->file, term);
    if (type) {
        print_type(v, type);
        return;
    }
    Str text = term_print(&v->summary->terms, v->arena, term);
    fprintf(v->out, "?%s%.*s\n", term ? " " : "", STR_ARG(term ? text : STR("")));
}

/* Whether the name was asked for: all of it, or what it ends in behind a dot. */
static bool is_wanted(View *v, Str name)
{
    bool ends = str_ends(name, v->name) && (name.n == v->name.n || name.p[name.n - v->name.n - 1] == '.');
    v->is_found |= !v->name.n || ends;
    return !v->name.n || ends;
}

/* ---- Functions ---- */

/* Of another file too; its row and column are 0 when it cannot be read. */
static void print_step_place(const View *v, const Step *step)
{
    Place place = { 0 };
    if (step->function.file == v->file)
        place = scan_place(&v->module->scan, step->at.begin);
    else
        place = around_line(v->around, v->arena, step->function.file, step->at.begin).place;
    Str path = program_file(v->program, step->function.file)->path;
    fprintf(v->out, "%.*s:%u:%u", STR_ARG(path), place.row, place.column);
}

static void print_blocking(const View *v, Ref ref)
{
    Path path;
    Hazard hazard = next_hazard(HAZARD_NONE);
    while (hazard != HAZARD_NONE && !body_blocks_by(v->program, ref, hazard, &path))
        hazard = next_hazard(hazard);
    if (hazard == HAZARD_NONE)
        return;
    fprintf(v->out, "  blocks: %s by %s\n", hazard_text(path.hazard), path.api->name);
    for (uint32_t i = 0; i < path.count; i++) {
        const Step *step = &path.steps[i];
        const Summary *next_file = step->api ? NULL : program_file(v->program, step->next.file);
        Str next = step->api ? api_name(step->api)
                             : terms_text_of(&next_file->terms, program_function(v->program, step->next)->qualname);
        fputs("    ", v->out);
        print_step_place(v, step);
        fprintf(v->out, "  %s %.*s\n", belief_verb(step->kind), STR_ARG(next));
    }
}

static void print_parameters(const View *v, Ref ref, const FunctionSummary *f)
{
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        const Parameter *p = &v->summary->parameters.items[f->parameters.first + i];
        const char *fate = belief_fate(belief_of_parameter(v->program, ref, i));
        fprintf(v->out, "  parameter %s%.*s: %s", belief_stars(p), STR_ARG(text_of(v, p->name)), fate);
        if (p->annotation) {
            fputs(", annotated ", v->out);
            print_term(v, term_make(&v->summary->terms, TERM_INSTANCE, p->annotation, 0));
        } else {
            fputc('\n', v->out);
        }
    }
}

static void print_function(View *v, Ref ref)
{
    const FunctionSummary *f = program_function(v->program, ref);
    if (!is_wanted(v, text_of(v, f->qualname)))
        return;
    TermId term = term_make(&v->summary->terms, TERM_FUNCTION, ref.number, 0);
    TypeId function = type_eval(v->program, v->file, term);
    TypeId called = type_call(v->program, function, NULL, 0);
    fputs(f->flags & FUNCTION_LAMBDA ? "lambda " : "function ", v->out);
    fprintf(v->out, "%.*s ", STR_ARG(text_of(v, f->qualname)));
    print_place(v, f->at);
    fprintf(v->out, ": %s", belief_colour(v->program, ref, function, called));
    fputs(f->flags & FUNCTION_ABSTRACT ? ", abstract" : "", v->out);
    fputs(f->flags & FUNCTION_OVERLOAD ? ", overload" : "", v->out);
    fputs(f->flags & FUNCTION_DEAD ? ", never runs\n" : "\n", v->out);
    print_blocking(v, ref);
    print_parameters(v, ref, f);
    fputs("  gives ", v->out);
    print_type(v, called);
}

/* ---- Classes and names ---- */

static void print_member(const View *v, const char *what, const Member *member)
{
    fprintf(v->out, "  %s %.*s%s: ", what, STR_ARG(text_of(v, member->name)), member->is_declared ? " (declared)" : "");
    print_term(v, member->term);
}

static void print_class(View *v, const ClassSummary *c)
{
    if (!is_wanted(v, text_of(v, c->qualname)))
        return;
    fprintf(v->out, "class %.*s ", STR_ARG(text_of(v, c->qualname)));
    print_place(v, c->at);
    fprintf(v->out, "%s%s\n", c->has_metaclass ? ", metaclass" : "", c->is_odd ? ", makes up attributes" : "");
    for (uint32_t i = 0; i < c->bases.count; i++) {
        fputs("  base ", v->out);
        print_term(v, v->summary->parts.items[c->bases.first + i]);
    }
    for (uint32_t i = 0; i < c->body.count; i++)
        print_member(v, "in the body", &v->summary->members.items[c->body.first + i]);
    for (uint32_t i = 0; i < c->attributes.count; i++)
        print_member(v, "attribute", &v->summary->members.items[c->attributes.first + i]);
}

static void print_names(View *v)
{
    for (uint32_t i = 0; i < v->summary->exports.count; i++) {
        const Member *member = &v->summary->exports.items[i];
        TermOp op = (TermOp)term_at(&v->summary->terms, member->term)->op;
        bool is_definition = op == TERM_FUNCTION || op == TERM_CLASS;
        if (!is_definition && is_wanted(v, text_of(v, member->name)))
            print_member(v, "name", member);
    }
}

static void show_view(View *v)
{
    for (uint32_t i = 0; i < v->summary->classes.count; i++)
        print_class(v, &v->summary->classes.items[i]);
    for (uint32_t i = 0; i < v->summary->functions.count; i++)
        print_function(v, (Ref){ v->file, i });
    print_names(v);
    if (!v->is_found)
        fprintf(stderr, "awry: %.*s: nothing is called `%.*s`\n", STR_ARG(v->summary->path), STR_ARG(v->name));
}

/* ---- The command ---- */

typedef struct Wish {
    Str name;
    Around *around;
    uint32_t file;
} Wish;

static void show_module(FILE *out, Module *module, const void *options)
{
    const Wish *wish = options;
    module_bind(module);
    if (wish->around)
        ask_join(module, wish->around->program, wish->file, NULL);
    else
        ask_attach(module);
    Node root = node_at(module, 1);
    View v = { .out = out,
        .around = wish->around,
        .program = ask_program(root),
        .file = ask_file(root),
        .module = module,
        .arena = module->arena,
        .name = wish->name };
    v.summary = ask_summary(root);
    show_view(&v);
    if (wish->around)
        ask_leave(module);
}

/* The file that was named, in the list of those around it. */
static bool find_file(const Around *around, uint32_t *file)
{
    const FileList *list = &around->survey.list;
    for (uint32_t i = 0; i < list->files.count; i++) {
        *file = i;
        if (list->files.items[i].named)
            return list->files.items[i].problem == WALK_OK;
    }
    return false;
}

static int show_in_project(FILE *out, char *path, Wish *wish)
{
    Arena arena;
    arena_init(&arena);
    Around around;
    Options options;
    int code = EXIT_UNABLE;
    if (options_read(&options, &arena, 1, &path)) {
        if (around_take(&around, &arena, &options)) {
            bool is_listed = find_file(&around, &wish->file);
            wish->around = is_listed ? &around : NULL;
            code = debug_file(
                out, is_listed ? around.survey.list.files.items[wish->file].path.p : path, false, show_module, wish);
        }
        around_release(&around);
    }
    arena_release(&arena);
    return code;
}

int debug_facts(FILE *out, int argc, char **argv)
{
    bool is_alone = argc > 0 && strcmp(argv[0], "--alone") == 0;
    argc -= is_alone;
    argv += is_alone;
    if (argc < 1 || argc > 2 || argv[0][0] == '-') {
        fputs("Usage: awry debug facts [--alone] FILE [NAME]\n", stderr);
        return EXIT_UNABLE;
    }
    Wish wish = { .name = argc == 2 ? str_of(argv[1]) : STR("") };
    return is_alone ? debug_file(out, argv[0], false, show_module, &wish) : show_in_project(out, argv[0], &wish);
}
