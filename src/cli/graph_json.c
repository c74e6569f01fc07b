/* The answers of `awry graph` for programs: an array of objects, one a function. */
#include "cli/belief.h"
#include "cli/graph.h"
#include "report/write.h"

static void write_place(Json *json, Str path, Place place)
{
    json_pair(json, "filename", path);
    json_key(json, "location");
    if (!place.row) {
        json_word(json, "null");
        return;
    }
    json_open(json, '{');
    json_pair_number(json, "row", place.row);
    json_pair_number(json, "column", place.column);
    json_close(json, '}');
}

static void write_call(const Graph *graph, Json *json, Ref from, uint32_t call)
{
    AroundLine line = graph_call_line(graph, from, call);
    write_place(json, graph_path(graph, from), line.place);
    json_pair(json, "text", line.text);
    json_pair(json, "function", graph_name(graph, from));
}

static void write_path(const Graph *graph, Json *json, const Path *path)
{
    json_line(json);
    json_open(json, '{');
    json_pair(json, "hazard", path->hazard == HAZARD_NONE ? STR("event loop") : str_of(hazard_text(path->hazard)));
    json_pair(json, "api", api_name(path->api));
    json_key(json, "steps");
    json_open(json, '[');
    for (uint32_t i = 0; i < path->count; i++) {
        const Step *step = &path->steps[i];
        json_open(json, '{');
        write_call(graph, json, step->function, step->call);
        json_pair(json, "does", str_of(belief_verb(step->kind)));
        json_pair(json, "next", step->api ? api_name(step->api) : graph_name(graph, step->next));
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void write_blocking(const Graph *graph, Json *json, Ref function)
{
    Path path;
    json_key(json, "blocks");
    json_open(json, '[');
    for (Hazard hazard = next_hazard(HAZARD_NONE); hazard != HAZARD_NONE; hazard = next_hazard(hazard)) {
        if (body_blocks_by(graph->program, function, hazard, &path))
            write_path(graph, json, &path);
    }
    if (body_runs_loop(graph->program, function, &path))
        write_path(graph, json, &path);
    json_close(json, ']');
}

static void write_parameters(const Graph *graph, Json *json, Ref function)
{
    const FunctionSummary *f = program_function(graph->program, function);
    const Summary *summary = program_file(graph->program, function.file);
    json_key(json, "parameters");
    json_open(json, '[');
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        ArgumentFate fate = belief_of_parameter(graph->program, function, i);
        json_open(json, '{');
        json_pair(
            json, "name", terms_text_of(&summary->terms, summary->parameters.items[f->parameters.first + i].name));
        json_key(json, "fate");
        if (fate == FATE_UNKNOWN)
            json_word(json, "null");
        else
            json_text(json, str_of(belief_fate(fate)));
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_ways(const Graph *graph, Json *json, const char *key, const CallerWay *ways, uint32_t count)
{
    uint32_t shown = graph->shows_all || count <= GRAPH_CALLERS ? count : GRAPH_CALLERS;
    json_key(json, key);
    json_open(json, '[');
    for (uint32_t i = 0; i < shown; i++) {
        json_line(json);
        json_open(json, '{');
        write_call(graph, json, ways[i].from, ways[i].call);
        json_pair(json, "way", graph_way(graph, &ways[i]));
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_handed(const Graph *graph, Json *json, const CallersOf *callers)
{
    uint32_t count = callers->handed.count;
    uint32_t shown = graph->shows_all || count <= GRAPH_CALLERS ? count : GRAPH_CALLERS;
    json_key(json, "handed_on");
    json_open(json, '[');
    for (uint32_t i = 0; i < shown; i++) {
        const HandedAt *handed = &callers->handed.items[i];
        json_line(json);
        json_open(json, '{');
        write_call(graph, json, handed->from, handed->call);
        json_pair(json, "given", graph_name(graph, handed->given));
        json_key(json, "fate");
        if (handed->fate == FATE_UNKNOWN)
            json_word(json, "null");
        else
            json_text(json, str_of(belief_fate(handed->fate)));
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_callers(const Graph *graph, Json *json, Ref function)
{
    CallersOf callers;
    callers_of(graph->callers, function, &callers);
    json_key(json, "only_in_threads");
    json_word(json, callers.is_only_in_threads ? "true" : "false");
    json_pair_number(json, "on_loop_count", callers.on_loop.count);
    write_ways(graph, json, "on_loop", callers.on_loop.items, callers.on_loop.count);
    json_pair_number(json, "starts_count", callers.starts.count);
    write_ways(graph, json, "starts", callers.starts.items, callers.starts.count);
    json_pair_number(json, "handed_on_count", callers.handed.count);
    write_handed(graph, json, &callers);
}

void graph_write_json(const Graph *graph, const Refs *functions)
{
    Json json = { .out = stdout };
    json_open(&json, '[');
    for (uint32_t i = 0; i < functions->count; i++) {
        Ref function = functions->items[i];
        AroundLine line = graph_call_line(graph, function, UINT32_MAX);
        json_line(&json);
        json_open(&json, '{');
        json_pair(&json, "name", graph_name(graph, function));
        json_pair(&json, "qualname", graph_qualname(graph, function));
        write_place(&json, graph_path(graph, function), line.place);
        json_pair(&json, "colour", str_of(graph_colour(graph, function)));
        write_blocking(graph, &json, function);
        write_parameters(graph, &json, function);
        write_callers(graph, &json, function);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    fputc('\n', stdout);
}
