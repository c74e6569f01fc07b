/* `awry debug facts FILE [NAME]`: what is believed of functions, classes and module-level names, and through what. NAME is
 * a qualified name or the end of one. */
#include <string.h>

#include "cli/debug.h"
#include "program/ask.h"

typedef struct View {
    FILE *out;
    Program *program;
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
    TypeId type = type_eval(v->program, 0, term);
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

static const char *colour_of(const View *v, const FunctionSummary *f, TypeId function, TypeId called)
{
    static const char *const words[] = {
        [ATOM_COROUTINE] = "coroutine function",
        [ATOM_AWAITABLE] = "gives an awaitable",
        [ATOM_ASYNC_ITERATOR] = "async generator",
        [ATOM_GENERATOR] = "generator",
        [ATOM_CONTEXT] = "context manager",
        [ATOM_ASYNC_CONTEXT] = "async context manager",
        [ATOM_TUPLE] = NULL,
    };
    Type type = type_get(v->program, called);
    const char *word = type.count == 1 && type.atoms[0].kind <= ATOM_TUPLE ? words[type.atoms[0].kind] : NULL;
    if (word)
        return word;
    if (!function || (f->flags & (FUNCTION_ASYNC | FUNCTION_GENERATOR)))
        return "unknown";
    return type_get(v->program, function).atoms[0].flags & ATOM_AS_PROPERTY ? "property" : "sync";
}

static void print_blocking(const View *v, Ref ref)
{
    Path path;
    if (!function_blocks(v->program, ref, &path))
        return;
    fprintf(v->out, "  blocks: %s by %s\n", hazard_text(path.hazard), path.api->name);
    for (uint32_t i = 0; i < path.count; i++) {
        static const char *const verbs[] = {
            [CALL_PLAIN] = "calls",
            [CALL_ENTER] = "enters",
            [CALL_EACH] = "iterates",
            [CALL_READ] = "reads",
        };
        const Step *step = &path.steps[i];
        Str next = step->api ? str_of(step->api->name) : text_of(v, program_function(v->program, step->next)->qualname);
        fprintf(v->out, "    %.*s:", STR_ARG(v->summary->path));
        print_place(v, step->at);
        fprintf(v->out, "  %s %.*s\n", verbs[step->kind], STR_ARG(next));
    }
}

static const char *fate_text(ArgumentFate fate)
{
    static const char *const words[] = {
        [FATE_UNKNOWN] = "?",
        [FATE_CALLED] = "called",
        [FATE_AWAITED] = "awaited",
        [FATE_SPAWNED] = "spawned",
        [FATE_SPAWNED_LOOSE] = "spawned, held by the result alone",
        [FATE_SCHEDULED] = "scheduled",
        [FATE_OFFLOADED] = "offloaded",
        [FATE_STORED] = "stored",
        [FATE_RETURNED] = "returned",
        [FATE_IGNORED] = "ignored",
    };
    return words[fate];
}

static void print_parameters(const View *v, Ref ref, const FunctionSummary *f)
{
    static const char *const stars[] = { [PARAMETER_STAR] = "*", [PARAMETER_STARS] = "**" };
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        const Parameter *p = &v->summary->parameters.items[f->parameters.first + i];
        bool is_keyword = p->kind == PARAMETER_KEYWORD;
        ArgumentFate fate = p->kind == PARAMETER_STARS
                                ? FATE_UNKNOWN
                                : argument_fate(v->program, ref, false, is_keyword ? UINT32_MAX : i,
                                      is_keyword ? text_of(v, p->name) : STR(""));
        const char *star = p->kind == PARAMETER_STAR || p->kind == PARAMETER_STARS ? stars[p->kind] : "";
        fprintf(v->out, "  parameter %s%.*s: %s", star, STR_ARG(text_of(v, p->name)), fate_text(fate));
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
    TypeId function = type_eval(v->program, 0, term);
    TypeId called = type_call(v->program, function, NULL, 0);
    fputs(f->flags & FUNCTION_LAMBDA ? "lambda " : "function ", v->out);
    fprintf(v->out, "%.*s ", STR_ARG(text_of(v, f->qualname)));
    print_place(v, f->at);
    fprintf(v->out, ": %s", colour_of(v, f, function, called));
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

static void show_module(FILE *out, Module *module, const void *options)
{
    module_bind(module);
    ask_attach(module);
    Node root = node_at(module, 1);
    View v = {
        .out = out, .program = ask_program(root), .summary = ask_summary(root), .module = module, .arena = module->arena
    };
    v.name = *(const Str *)options;
    for (uint32_t i = 0; i < v.summary->classes.count; i++)
        print_class(&v, &v.summary->classes.items[i]);
    for (uint32_t i = 0; i < v.summary->functions.count; i++)
        print_function(&v, (Ref){ 0, i });
    print_names(&v);
    if (!v.is_found)
        fprintf(stderr, "awry: %.*s: nothing is called `%.*s`\n", STR_ARG(v.summary->path), STR_ARG(v.name));
}

int debug_facts(FILE *out, int argc, char **argv)
{
    if (argc < 1 || argc > 2 || (argv[0][0] == '-' && argv[0][1])) {
        fputs("Usage: awry debug facts FILE [NAME]\n", stderr);
        return 2;
    }
    Str name = argc == 2 ? str_of(argv[1]) : STR("");
    return debug_file(out, argv[0], false, show_module, &name);
}
