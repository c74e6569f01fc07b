/* `awry graph FUNCTION [PATH...]`: what a function blocks on and through whom, and who runs it on the loop. */
#include "cli/graph.h"
#include "cli/setup.h"

#include "cli/belief.h"
#include "cli/cli.h"

typedef struct GraphOptions {
    const char *word; /* the function; NULL: none is given */
    bool is_json, shows_all, wants_help;
    ARRAY(char *) rest; /* for options_read: paths, and the options that both commands have */
} GraphOptions;

static void graph_help(void)
{
    fputs(
        "What a function blocks on and through whom, and who runs it on the event loop.\n"
        "\n"
        "Usage: awry graph FUNCTION [PATH...]\n"
        "\n"
        "FUNCTION is a qualified name or the end of one (shop.store.Store.flush, Store.flush), or one of a file, by name or by\n"
        "a line of it (store.py:Store.flush, store.py:12). It is looked for in PATH (default: .), else where\n"
        "an import of it leads (requests.get); what calls it and what it calls, in the whole project and its environment.\n"
        "\n"
        "      --all                     all callers, not only the nearest\n"
        "      --output-format FORMAT    full or json\n"
        "      --color WHEN              auto, always or never\n"
        "      --python PATH, --config FILE, --isolated, --project-root DIR, --exclude PATTERN, --no-ignore,\n"
        "      --cache-dir DIR, --no-cache, --no-library-tables, --jobs N, -j N\n"
        "                                as for awry check; the cache is read and not written\n"
        "  -h, --help                    this text\n"
        "\n"
        "Exit codes: 0 shown, 2 no such function, or it could not be told.\n",
        stdout);
}

/* ---- Options ---- */

/* Those of `awry check` that mean something here. */
static const struct {
    const char *name;
    bool has_value;
} shared[] = {
    { "--color", true },
    { "--python", true },
    { "--config", true },
    { "--isolated", false },
    { "--project-root", true },
    { "--exclude", true },
    { "--extend-exclude", true },
    { "--no-ignore", false },
    { "--cache-dir", true },
    { "--no-cache", false },
    { "--no-library-tables", false },
    { "--jobs", true },
    { "-j", true },
    { "--max-file-size", true },
    { "--max-memory", true },
    { "--max-seconds", true },
};
enum { SHARED_COUNT = sizeof shared / sizeof *shared };

static int unknown_option(const char *word)
{
    const char *names[SHARED_COUNT + 2] = { "--all", "--output-format" };
    for (size_t i = 0; i < SHARED_COUNT; i++)
        names[i + 2] = shared[i].name;
    return cli_unknown("option", word, names, SHARED_COUNT + 2);
}

/* `--name=value`, and `-j4`. */
static bool is_with_value(const char *word, const char *name)
{
    size_t n = strlen(name);
    return strncmp(word, name, n) == 0 && (word[1] == '-' ? word[n] == '=' : word[n] != '\0');
}

/* An option of both commands, with its value. False: it is none. */
static bool take_shared(GraphOptions *o, Arena *arena, int argc, char **argv, int *at)
{
    for (size_t i = 0; i < SHARED_COUNT; i++) {
        bool is_it = strcmp(argv[*at], shared[i].name) == 0;
        if (!is_it && !(shared[i].has_value && is_with_value(argv[*at], shared[i].name)))
            continue;
        *array_push(arena, &o->rest) = argv[*at];
        if (is_it && shared[i].has_value && *at + 1 < argc)
            *array_push(arena, &o->rest) = argv[++*at];
        return true;
    }
    return false;
}

static int choose_format(GraphOptions *o, const char *value)
{
    if (!value || (strcmp(value, "full") != 0 && strcmp(value, "json") != 0))
        return cli_fail("--output-format is full or json here");
    o->is_json = strcmp(value, "json") == 0;
    return EXIT_CLEAN;
}

static int read_word(GraphOptions *o, Arena *arena, int argc, char **argv, int *at)
{
    static const char format[] = "--output-format";
    char *word = argv[*at];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        o->wants_help = true;
    else if (strcmp(word, "--all") == 0)
        o->shows_all = true;
    else if (strcmp(word, format) == 0)
        return choose_format(o, *at + 1 < argc ? argv[++*at] : NULL);
    else if (is_with_value(word, format))
        return choose_format(o, word + sizeof format);
    else if (word[0] == '-' && word[1])
        return take_shared(o, arena, argc, argv, at) ? EXIT_CLEAN : unknown_option(word);
    else if (!o->word)
        o->word = word;
    else
        *array_push(arena, &o->rest) = word;
    return EXIT_CLEAN;
}

static int read_options(GraphOptions *o, Arena *arena, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (read_word(o, arena, argc, argv, &i) != EXIT_CLEAN)
            return EXIT_UNABLE;
    }
    if (!o->word && !o->wants_help)
        return cli_fail("which function? `awry graph --help` says how to name one");
    return EXIT_CLEAN;
}

/* ---- What both views say ---- */

const char *graph_colour(const Graph *graph, Ref function)
{
    TypeId type = function_type(graph->program, function);
    return belief_colour(graph->program, function, type, type_call(graph->program, type, NULL, 0));
}

Str graph_way(const Graph *graph, const CallerWay *way)
{
    Str text = graph_qualname(graph, way->from);
    for (uint32_t i = 0; i < way->count; i++)
        text = arena_printf(graph->arena, "%.*s → %.*s", STR_ARG(text), STR_ARG(graph_qualname(graph, way->names[i])));
    return text;
}

AroundLine graph_call_line(const Graph *graph, Ref from, uint32_t call)
{
    uint32_t begin = call == UINT32_MAX ? program_function(graph->program, from)->at.begin
                                        : program_file(graph->program, from.file)->calls.items[call].at.begin;
    return around_line(graph->around, graph->arena, from.file, begin);
}

const char *graph_handed_words(ArgumentFate fate)
{
    switch (fate) {
    case FATE_OFFLOADED:
        return "sends it to a thread or process";
    case FATE_SCHEDULED:
        return "schedules it on the loop";
    case FATE_STORED:
        return "keeps it for later";
    case FATE_SPAWNED:
    case FATE_SPAWNED_LOOSE:
        return "makes a task of it";
    default:
        return "hands it on, nobody knows to what end";
    }
}

/* ---- The command ---- */

static int say_too_many(const Graph *graph, const Refs *functions, const char *word)
{
    cli_fail("%u functions are called \"%s\", the first of them:", functions->count, word);
    for (uint32_t i = 0; i < GRAPH_FUNCTIONS; i++) {
        Ref ref = functions->items[i];
        cli_fail("  %.*s (%.*s)", STR_ARG(graph_name(graph, ref)), STR_ARG(graph_path(graph, ref)));
    }
    return EXIT_UNABLE;
}

static int show_functions(Graph *graph, const GraphOptions *o, const Options *options)
{
    Refs functions = { 0 };
    graph_find(graph, str_of(o->word), &functions);
    if (!functions.count)
        return graph_say_nothing(graph, str_of(o->word));
    if (functions.count > GRAPH_FUNCTIONS)
        return say_too_many(graph, &functions, o->word);
    survey_load_rest(&graph->around->survey);
    graph->callers = callers_new(graph->program, graph->around->survey.list.files.count);
    if (o->is_json)
        graph_write_json(graph, &functions);
    else
        graph_show(graph, &functions, setup_wants_color((ColorWhen)options->color, stdout));
    return EXIT_CLEAN;
}

static int graph_with(const GraphOptions *o, Arena *arena)
{
    Options options;
    Around around;
    if (!options_read(&options, arena, (int)o->rest.count, o->rest.items))
        return EXIT_UNABLE;
    int code = EXIT_UNABLE;
    if (around_take(&around, arena, &options)) {
        Graph graph = { .around = &around, .program = around.program, .arena = arena, .shows_all = o->shows_all };
        code = show_functions(&graph, o, &options);
    }
    around_release(&around);
    return code;
}

int graph(int argc, char **argv)
{
    Arena arena;
    arena_init(&arena);
    GraphOptions options = { .word = NULL };
    int code = read_options(&options, &arena, argc, argv);
    if (options.wants_help)
        graph_help();
    else if (code == EXIT_CLEAN)
        code = graph_with(&options, &arena);
    arena_release(&arena);
    return options.wants_help ? EXIT_CLEAN : code;
}
