#include "finding/paths.h"

#include "finding/blocking.h"
#include "finding/quick.h"

enum { NAME_LONGEST = 50 };

Str function_name(Program *program, Ref ref)
{
    const Summary *file = program_file(program, ref.file);
    return terms_text_of(&file->terms, program_function(program, ref)->qualname);
}

static const Step *leaf_of(const Path *path)
{
    return &path->steps[path->count - 1];
}

/* The smallest part of the step that says what it is: of a call its callee. */
static Range range_of(Program *program, const Step *step)
{
    CallSite site = site_of_step(program, step);
    return (Range){ step->at.begin, site.call ? site.call->callee_end : step->at.end };
}

/* The last part of what is called, whatever it is a part of. */
static Str method_name(Program *program, const CallSite *site)
{
    const Terms *terms = &program_file(program, site->function.file)->terms;
    const Term *callee = term_at(terms, site->call ? site->call->term : 0);
    Str name = callee->op == TERM_NAME        ? terms_text_of(terms, callee->a)
               : callee->op == TERM_ATTRIBUTE ? terms_text_of(terms, callee->b)
                                              : STR("");
    uint32_t dot = str_find_last(name, '.');
    return dot < name.n ? str_slice(name, dot + 1, name.n) : name;
}

static bool is_one_line(Str text)
{
    return str_find(text, '\n') == text.n && str_find(text, '\r') == text.n;
}

Str path_leaf_name(Pass *pass, Program *program, const Path *path)
{
    const Api *api = path->api;
    const Step *leaf = leaf_of(path);
    CallSite site = site_of_step(program, leaf);
    Str method = str_is(api_last(api), "*") ? method_name(program, &site) : STR("");
    if (method.n)
        return pass_printf(pass, "%.*s.%.*s", STR_ARG(api_owner(api)), STR_ARG(method));
    /* A name that nobody would know: that of the base of several classes. */
    bool is_inner = strstr(api->name, "._") && site.call && !(site.call->quick & QUICK_NO_CALL);
    Str callee = is_inner ? text_in(pass, program_file(program, leaf->function.file), range_of(program, leaf)) : STR("");
    if (callee.n && callee.n <= NAME_LONGEST && is_one_line(callee))
        return pass_printf(pass, "%.*s", STR_ARG(callee));
    return pass_printf(pass, "%s", api_shown(api));
}

/* "load_profile → _fetch → requests.get" */
static void chain_path(Pass *pass, Finding *f, Program *program, const Path *path, Str leaf)
{
    Str text = STR("");
    for (uint32_t i = 0; i + 1 < path->count; i++)
        text = pass_printf(pass, "%.*s%.*s → ", STR_ARG(text), STR_ARG(function_name(program, path->steps[i].next)));
    chain(pass, f, "%.*s%.*s", STR_ARG(text), STR_ARG(leaf));
}

static const char *verb_of(CallKind kind)
{
    switch (kind) {
    case CALL_ENTER:
        return "enters";
    case CALL_EACH:
        return "takes items from";
    case CALL_READ:
        return "reads";
    case CALL_PLAIN:
        break;
    }
    return "calls";
}

void tell_path(Pass *pass, Finding *f, Program *program, const Path *path)
{
    Str leaf = path_leaf_name(pass, program, path);
    for (uint32_t i = 1; i < path->count; i++) {
        const Step *s = &path->steps[i];
        const Summary *file = program_file(program, s->function.file);
        Range at = range_of(program, s);
        if (s == leaf_of(path)) {
            const char *what = path->hazard == HAZARD_NONE ? "runs an event loop" : hazard_text(path->hazard);
            step_in(pass, f, file, at, "`%.*s`: %s", STR_ARG(leaf), what);
            continue;
        }
        Str caller = function_name(program, s->function), callee = function_name(program, s->next);
        step_in(pass, f, file, at, "`%.*s` %s `%.*s`", STR_ARG(caller), verb_of(s->kind), STR_ARG(callee));
    }
    chain_path(pass, f, program, path, leaf);
}
