/* Look-ups of hosts that are IP addresses already: `socket.gethostbyname(host)`, where `host` is "127.0.0.1", asks nobody. The address is found
 * by walking back from the argument. */
#include "facts/quick.h"
#include "program/in_memory_internal.h"

static Verdict judge_address(Walk *walk, const Origin *o)
{
    (void)walk;
    return names_address(o->literal) ? VERDICT_YES : VERDICT_NO;
}

static Verdict judge_address_of_four(Walk *walk, const Origin *o)
{
    (void)walk;
    return names_address(o->literal) == 4 ? VERDICT_YES : VERDICT_NO;
}

/* NULL: none that is known. */
static const Argument *host_of(const Summary *summary, const CallSummary *call)
{
    const Argument *arguments = call_arguments(summary, call), *host = NULL;
    for (uint32_t i = 0; i < call->arguments.count; i++) {
        Str keyword = terms_text_of(&summary->terms, arguments[i].keyword);
        if (str_is(keyword, "*") || str_is(keyword, "**"))
            return NULL;
        if (str_is(keyword, "host") || (!keyword.n && !arguments[i].position))
            host = &arguments[i];
    }
    return host;
}

bool call_asks_nobody(Program *program, const CallSummary *call, const Api *api, Entry *entry)
{
    Str name = call && call->kind == CALL_PLAIN ? api_name(api) : STR("");
    bool has_six = str_is(name, "socket.getaddrinfo");
    if (!has_six && !str_is(name, "socket.gethostbyname") && !str_is(name, "socket.gethostbyname_ex"))
        return false;
    const Summary *summary = program_file(program, entry->function.file);
    const Argument *host = host_of(summary, call);
    if (!host)
        return false;
    Walk walk = { .program = program, .steps = STEPS_OF_ORIGIN };
    Origin o = { .file = entry->function.file, .function = entry->function.number + 1, .entry = entry };
    o.term = host->term ? host->term : host->type;
    o.literal = terms_text_of(&summary->terms, host->value);
    return walk_back(&walk, o, has_six ? judge_address : judge_address_of_four) == VERDICT_YES;
}
