/* The answers of `awry graph` for people. */
#include "cli/belief.h"
#include "cli/graph.h"
#include "facts/families.h"
#include "report/paper.h"
#include "report/words.h"

typedef struct Sheet {
    const Graph *graph;
    Paper paper;
} Sheet;

static void put(Sheet *sheet, Style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void put(Sheet *sheet, Style style, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    paper_text(&sheet->paper, style, arena_vprintf(sheet->paper.arena, format, arguments));
    va_end(arguments);
}

static void end_line(Sheet *sheet)
{
    fputc('\n', sheet->paper.out);
}

static void indent(Sheet *sheet, int depth)
{
    fprintf(sheet->paper.out, "%*s", 2 * depth, "");
}

static void put_place(Sheet *sheet, Str path, Place place)
{
    if (place.row)
        put(sheet, STYLE_PATH, "%.*s:%u:%u", STR_ARG(path), place.row, place.column);
    else
        put(sheet, STYLE_PATH, "%.*s", STR_ARG(path));
}

/* `path:row:column  `, what is to be said there is for the caller. */
static AroundLine begin_place(Sheet *sheet, Ref from, uint32_t call)
{
    AroundLine line = graph_call_line(sheet->graph, from, call);
    indent(sheet, 2);
    put_place(sheet, graph_path(sheet->graph, from), line.place);
    put(sheet, STYLE_PLAIN, "  ");
    return line;
}

static void put_excerpt(Sheet *sheet, Str text)
{
    if (!text.n)
        return;
    indent(sheet, 3);
    put(sheet, STYLE_OTHER, "%.*s", STR_ARG(text));
    end_line(sheet);
}

/* ---- What it does ---- */

static void show_path(Sheet *sheet, const Path *path)
{
    const Graph *graph = sheet->graph;
    indent(sheet, 1);
    if (path->hazard == HAZARD_NONE)
        put(sheet, STYLE_BOLD, "runs an event loop, by %s", api_shown(path->api));
    else
        put(sheet, STYLE_BOLD, "blocks: %s, by %s", hazard_text(path->hazard), api_shown(path->api));
    end_line(sheet);
    for (uint32_t i = 0; i < path->count; i++) {
        const Step *step = &path->steps[i];
        Str next = step->api ? str_of(api_shown(step->api)) : graph_qualname(graph, step->next);
        AroundLine line = begin_place(sheet, step->function, step->call);
        put(sheet, STYLE_PLAIN, "%s %.*s", belief_verb(step->kind), STR_ARG(next));
        end_line(sheet);
        put_excerpt(sheet, line.text);
    }
}

static void say_nothing_known(Sheet *sheet)
{
    indent(sheet, 1);
    put(sheet, STYLE_PLAIN, "blocks on nothing that is known");
    end_line(sheet);
}

static void show_blocking(Sheet *sheet, Ref function)
{
    Path path;
    bool is_any = false;
    for (Hazard hazard = next_hazard(HAZARD_NONE); hazard != HAZARD_NONE; hazard = next_hazard(hazard)) {
        if (!body_blocks_by(sheet->graph->program, function, hazard, &path))
            continue;
        show_path(sheet, &path);
        is_any = true;
    }
    if (body_runs_loop(sheet->graph->program, function, &path))
        show_path(sheet, &path);
    else if (!is_any)
        say_nothing_known(sheet);
}

static void show_parameters(Sheet *sheet, Ref function)
{
    const Graph *graph = sheet->graph;
    const FunctionSummary *f = program_function(graph->program, function);
    const Summary *summary = program_file(graph->program, function.file);
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        const Parameter *p = &summary->parameters.items[f->parameters.first + i];
        ArgumentFate fate = belief_of_parameter(graph->program, function, i);
        if (fate == FATE_UNKNOWN || fate == FATE_IGNORED)
            continue;
        indent(sheet, 1);
        Str name = terms_text_of(&summary->terms, p->name);
        put(sheet, STYLE_PLAIN, "parameter %s%.*s: %s", belief_stars(p), STR_ARG(name), belief_fate(fate));
        end_line(sheet);
    }
}

/* ---- Who runs it ---- */

static void show_ways(Sheet *sheet, const CallerWay *ways, uint32_t count)
{
    uint32_t shown = sheet->graph->shows_all || count <= GRAPH_CALLERS ? count : GRAPH_CALLERS;
    for (uint32_t i = 0; i < shown; i++) {
        begin_place(sheet, ways[i].from, ways[i].call);
        put(sheet, STYLE_PLAIN, "%.*s", STR_ARG(graph_way(sheet->graph, &ways[i])));
        end_line(sheet);
    }
    if (shown == count)
        return;
    indent(sheet, 2);
    put(sheet, STYLE_PLAIN, "... and %u more: --all", count - shown);
    end_line(sheet);
}

static void show_handed(Sheet *sheet, const CallersOf *callers)
{
    uint32_t count = callers->handed.count;
    uint32_t shown = sheet->graph->shows_all || count <= GRAPH_CALLERS ? count : GRAPH_CALLERS;
    if (!count)
        return;
    indent(sheet, 1);
    put(sheet, STYLE_BOLD, "handed on");
    end_line(sheet);
    for (uint32_t i = 0; i < shown; i++) {
        const HandedAt *handed = &callers->handed.items[i];
        Str from = graph_qualname(sheet->graph, handed->from), given = graph_qualname(sheet->graph, handed->given);
        begin_place(sheet, handed->from, handed->call);
        put(sheet, STYLE_PLAIN, "%.*s takes %.*s and %s", STR_ARG(from), STR_ARG(given),
            graph_handed_words(handed->fate));
        end_line(sheet);
    }
    if (shown == count)
        return;
    indent(sheet, 2);
    put(sheet, STYLE_PLAIN, "... and %u more: --all", count - shown);
    end_line(sheet);
}

static void head(Sheet *sheet, const char *format, uint32_t count)
{
    indent(sheet, 1);
    if (count)
        put(sheet, STYLE_BOLD, "%s %u async function%s", format, count, plural(count));
    else
        put(sheet, STYLE_BOLD, "%s no async function that is known", format);
    end_line(sheet);
}

static void show_callers(Sheet *sheet, Ref function)
{
    CallersOf callers;
    bool is_async = program_function(sheet->graph->program, function)->flags & FUNCTION_ASYNC;
    callers_of(sheet->graph->callers, function, &callers);
    if (callers.is_only_in_threads) {
        indent(sheet, 1);
        put(sheet, STYLE_BOLD, "runs in threads only");
        end_line(sheet);
    } else {
        head(sheet, is_async ? "called by" : "runs on the loop in", callers.on_loop.count);
        show_ways(sheet, callers.on_loop.items, callers.on_loop.count);
    }
    bool is_own = callers.starts.count == 1 && callers.starts.items[0].count == 0;
    if (callers.starts.count && !is_own) {
        indent(sheet, 1);
        put(sheet, STYLE_BOLD,
            is_async ? "and by other functions" : "reached from functions that no call is seen to run");
        end_line(sheet);
        show_ways(sheet, callers.starts.items, callers.starts.count);
    }
    show_handed(sheet, &callers);
}

static void show_function(Sheet *sheet, Ref function)
{
    const Graph *graph = sheet->graph;
    AroundLine line = graph_call_line(graph, function, UINT32_MAX);
    put(sheet, STYLE_BOLD, "%.*s", STR_ARG(graph_name(graph, function)));
    put(sheet, STYLE_PLAIN, "  ");
    put_place(sheet, graph_path(graph, function), line.place);
    put(sheet, STYLE_PLAIN, "  %s", graph_colour(graph, function));
    end_line(sheet);
    show_blocking(sheet, function);
    show_parameters(sheet, function);
    show_callers(sheet, function);
}

void graph_show(const Graph *graph, const Refs *functions, bool color)
{
    Sheet sheet = { .graph = graph, .paper = { .out = stdout, .arena = graph->arena, .color = color } };
    for (uint32_t i = 0; i < functions->count; i++) {
        if (i)
            end_line(&sheet);
        show_function(&sheet, functions->items[i]);
    }
}
