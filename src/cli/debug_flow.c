/* `awry debug flow`: blocks, edges and await points of each function. The module's own code comes first. --count: only
 * how many there are, which is linear in the size of the file, whatever the length of its lines. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/debug.h"
#include "python/flow.h"

static const char *const event_names[] = {
    [EVENT_STATEMENT] = "statement", [EVENT_TEST] = "test",   [EVENT_CALL] = "call",   [EVENT_AWAIT] = "await",
    [EVENT_YIELD] = "yield",         [EVENT_BIND] = "bind",   [EVENT_ENTER] = "enter", [EVENT_LEAVE] = "leave",
    [EVENT_HANDLER] = "handler",     [EVENT_DEFINE] = "define",
};

static const char *const edge_names[] = {
    [EDGE_NEXT] = "next", [EDGE_TRUE] = "true", [EDGE_FALSE] = "false", [EDGE_EXCEPTION] = "exception",
    [EDGE_CAUGHT] = "caught", [EDGE_LOOP] = "loop", [EDGE_BREAK] = "break", [EDGE_RETURN] = "return",
};

static void print_at(FILE *out, Node n)
{
    Place at = scan_place(&n.module->scan, node_begin(n));
    fprintf(out, "%u:%u", at.row, at.column);
}

/* The beginning of the first line of what n covers. */
static void print_text(FILE *out, Node n)
{
    enum { LONGEST = 40 };
    Str text = node_text(n);
    uint32_t end = 0, code;
    for (uint32_t i = 0; i < LONGEST && end < text.n && text.p[end] != '\n' && text.p[end] != '\r'; i++)
        end += text_decode(str_slice(text, end, text.n), &code);
    fputs(" \"", out);
    text_write_json(out, str_slice(text, 0, end));
    fputs(end < text.n ? "...\"" : "\"", out);
}

static void print_edges(FILE *out, const Flow *flow, const Block *block)
{
    for (uint32_t i = 0; i < block->edges.count; i++) {
        const Edge *edge = &block->edges.items[i];
        fprintf(out, "    -> %u %s", edge->to, edge_names[edge->kind]);
        if (edge->at) {
            fputs(" by ", out);
            print_at(out, node_at(flow->module, edge->at));
        }
        fputc('\n', out);
    }
}

static void print_block(FILE *out, const Flow *flow, BlockId id)
{
    static const char *const roles[] = { " entry", " exit", " raise" };
    const Block *block = &flow->blocks[id];
    fprintf(out, "  %u%s%s%s\n", id, id <= FLOW_RAISE ? roles[id] : "", block->is_dispatch ? " dispatch" : "",
        block->reachable ? "" : " unreachable");
    for (uint32_t i = 0; i < block->events.count; i++) {
        Node n = node_at(flow->module, block->events.items[i].node);
        fputs("    ", out);
        print_at(out, n);
        fprintf(out, " %s", event_names[block->events.items[i].kind]);
        print_text(out, n);
        fputc('\n', out);
    }
    print_edges(out, flow, block);
}

static void print_handler(FILE *out, Node n, Catches sort)
{
    bool unknown = false;
    Node handler = flow_handler(n, sort, &unknown);
    if (handler.id)
        print_at(out, handler);
    else
        fputs(unknown ? "unknown" : "none", out);
}

static void print_awaits(FILE *out, const Flow *flow)
{
    for (uint32_t i = 0; i < flow->awaits.count; i++) {
        Node n = node_at(flow->module, flow->awaits.items[i]);
        fputs("  await ", out);
        print_at(out, n);
        print_text(out, n);
        fputs(" cancelled: ", out);
        print_handler(out, n, CATCHES_CANCELLED);
        fputs(" exception: ", out);
        print_handler(out, n, CATCHES_EXCEPTION);
        fputs(flow_reaches(flow, n) ? "\n" : " unreachable\n", out);
    }
}

static void print_counts(FILE *out, const Flow *flow)
{
    uint32_t events = 0, edges = 0, reachable = 0;
    for (BlockId id = 0; id < flow->count; id++) {
        events += flow->blocks[id].events.count;
        edges += flow->blocks[id].edges.count;
        reachable += flow->blocks[id].reachable;
    }
    Str name = flow->function ? flow->function->qualname : STR("-");
    fprintf(out, "%.*s blocks %u reachable %u edges %u events %u awaits %u\n", STR_ARG(name), flow->count, reachable, edges,
        events, flow->awaits.count);
}

static void print_flow(FILE *out, Module *module, const Function *function, bool only_counts)
{
    const Flow *flow = flow_new(module, function);
    if (only_counts) {
        print_counts(out, flow);
        return;
    }
    if (function) {
        Node n = node_at(module, function->node);
        fprintf(out, "%s %.*s ", function->is_async ? "async def" : node_kind(n) == PY_LAMBDA ? "lambda" : "def",
            STR_ARG(function->qualname));
        print_at(out, n);
        fputc('\n', out);
    } else {
        fputs("module\n", out);
    }
    for (BlockId id = 0; id < flow->count; id++)
        print_block(out, flow, id);
    print_awaits(out, flow);
}

static void show_module(FILE *out, Module *module, const void *options)
{
    bool only_counts = *(const bool *)options;
    module_bind(module);
    print_flow(out, module, NULL, only_counts);
    for (uint32_t i = 0; i < module->functions.count; i++)
        print_flow(out, module, module->functions.items[i], only_counts);
}

int debug_flow(FILE *out, int argc, char **argv)
{
    bool only_counts = false;
    int code = 0;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--count")) {
            only_counts = true;
        } else if (argv[i][0] == '-' && argv[i][1]) {
            fprintf(stderr, "awry: unknown option %s\n", argv[i]);
            return 2;
        } else if (debug_file(out, argv[i], true, show_module, &only_counts)) {
            code = 2;
        }
    }
    return code;
}
