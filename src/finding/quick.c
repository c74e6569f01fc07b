#include "finding/quick.h"

#include "facts/frames.h"
#include "facts/quick.h"

CallSite site_of_node(Node n)
{
    const Function *frame = frame_function(n);
    CallSite site = { ask_program(n), { ask_file(n), frame ? frame->number : UINT32_MAX }, NULL };
    const FunctionSummary *function = site_function(site.program, site.function);
    if (function && node_kind(n) == PY_CALL)
        site.call = summary_call_at(ask_summary(n), function, node_begin(n), node_end(n));
    return site;
}

bool path_is_quick(Program *program, const Path *path)
{
    CallSite leaf = site_of_step(program, &path->steps[path->count - 1]);
    for (uint32_t i = 0; i + 1 < path->count; i++) {
        if (call_is_asked_about(program, path->steps[i].function, path->steps[i].at.begin, &leaf, path->api))
            return true;
    }
    return call_is_quick(&leaf, path->api);
}
