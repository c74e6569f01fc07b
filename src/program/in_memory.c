/* Databases in memory: `sqlite3.connect(":memory:")` opens no file, and neither does anything that is done with it. Where a connection was
 * made, and what path it was given, is found by walking back from it. */
#include "facts/families.h"
#include "facts/quick.h"
#include "program/in_memory_internal.h"

static Verdict judge_path(Walk *walk, const Origin *o)
{
    return names_memory(o->literal, walk->is_uri) ? VERDICT_YES : VERDICT_NO;
}

/* NULL: none that is known. */
static const Argument *path_of(const Summary *summary, const CallSummary *call, bool *is_uri)
{
    const Argument *arguments = call_arguments(summary, call), *path = NULL;
    *is_uri = false;
    for (uint32_t i = 0; i < call->arguments.count; i++) {
        Str keyword = terms_text_of(&summary->terms, arguments[i].keyword);
        if (str_is(keyword, "*") || str_is(keyword, "**"))
            return NULL;
        *is_uri |= str_is(keyword, "uri");
        if (str_is(keyword, "database") || (!keyword.n && !arguments[i].position))
            path = &arguments[i];
    }
    return path;
}

/* Of a call of sqlite3.connect. */
static bool connects_in_memory(Walk *walk, const MakingCall *site, Entry *entry, unsigned branches)
{
    const Summary *summary = program_file(walk->program, site->function.file);
    if (site->call->quick & QUICK_IN_MEMORY)
        return true;
    const Argument *path = path_of(summary, site->call, &walk->is_uri);
    Origin o = { .file = site->function.file, .function = site->function.number + 1, .entry = entry, .branches = branches + 1 };
    if (!path)
        return false;
    o.term = path->term ? path->term : path->type;
    o.literal = terms_text_of(&summary->terms, path->value);
    return walk_back(walk, o, judge_path) == VERDICT_YES;
}

/* Where several calls could have made the connection, all of them have to do so in memory. */
static Verdict judge_connection(Walk *walk, const Origin *o)
{
    const Terms *terms = &program_file(walk->program, o->file)->terms;
    const Term *call = term_at(terms, o->term);
    MakingCall sites[SITES_MOST];
    if (!o->is_any && (call->op != TERM_CALL || !is_named(terms, call->a, "sqlite3.connect")))
        return VERDICT_NO;
    uint32_t count = sites_of(walk, o, call, sites);
    for (uint32_t i = 0; i < count; i++) {
        if (!connects_in_memory(walk, &sites[i], entry_around(walk, o, &sites[i]), o->branches))
            return VERDICT_NO;
    }
    return count ? VERDICT_YES : VERDICT_NO;
}

/* ---- Files beside a database ---- */

/* Behind `.parent`, `.resolve()` and the like. */
static TermId whole_path(const Terms *terms, TermId term)
{
    for (const Term *t = term_at(terms, term);; t = term_at(terms, term)) {
        const Term *callee = t->op == TERM_CALL ? term_at(terms, t->a) : t;
        if (callee->op != TERM_ATTRIBUTE)
            return term;
        Str name = terms_text_of(terms, callee->b);
        bool is_path = str_is(name, "parent") || str_is(name, "resolve") || str_is(name, "absolute") || str_is(name, "expanduser");
        if (!is_path)
            return term;
        term = callee->a;
    }
}

/* `if path != ":memory:": Path(path).parent.mkdir()`: what is done to a path in some cases only is not done to that one. */
static bool is_beside_memory(Program *program, Ref function, const CallSummary *call, Entry *entry)
{
    const Summary *summary = program_file(program, function.file);
    const Term *callee = term_at(&summary->terms, call->term);
    const Argument *first = call_arguments(summary, call);
    if (!entry || call->kind != CALL_PLAIN || !(call->flags & CALL_CONDITIONAL))
        return false;
    Walk walk = { .program = program, .steps = STEPS_OF_ORIGIN };
    Origin o = { .file = function.file, .function = function.number + 1, .entry = entry };
    if (callee->op == TERM_ATTRIBUTE)
        o.term = whole_path(&summary->terms, callee->a);
    else if (first && !first->keyword)
        o.term = first->term ? first->term : first->type;
    return o.term && walk_back(&walk, o, judge_path) == VERDICT_YES;
}

static bool is_of_connection(Program *program, Ref function, const CallSummary *call, Entry *entry)
{
    const Terms *terms = &program_file(program, function.file)->terms;
    const Term *callee = term_at(terms, call->term);
    bool is_plain = call->kind == CALL_PLAIN;
    Walk walk = { .program = program, .steps = STEPS_OF_ORIGIN };
    if (is_plain && is_named(terms, call->term, "sqlite3.connect"))
        return function.number != UINT32_MAX && connects_in_memory(&walk, &(MakingCall){ function, call }, entry, 0);
    if (is_plain && callee->op != TERM_ATTRIBUTE)
        return false;
    Origin o = { .file = function.file, .term = is_plain ? callee->a : call->term, .entry = entry };
    o.function = function.number == UINT32_MAX ? 0 : function.number + 1;
    return walk_back(&walk, o, judge_connection) == VERDICT_YES;
}

bool call_is_in_memory(Program *program, Ref function, const CallSummary *call, const Api *api, Entry *entry)
{
    Str package = call ? api_package(api) : STR("");
    if (str_is(package, "pathlib") || str_is(package, "os"))
        return is_beside_memory(program, function, call, entry);
    return str_is(package, "sqlite3") && is_of_connection(program, function, call, entry);
}
