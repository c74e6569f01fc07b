/* Calls whose arguments surely do not fit what is called: they raise TypeError before anything of it runs. */
#include "facts/quick.h"
#include "finding/prevented.h"
#include "program/basis.h"

enum { PARAMETERS_MOST = 64 };

typedef struct Fitting {
    const Summary *summary;
    Piece parameters; /* without the one that is bound */
    bool has_star, has_stars;
    bool given[PARAMETERS_MOST];
} Fitting;

static const Parameter *parameter_at(const Fitting *fitting, uint32_t number)
{
    return &fitting->summary->parameters.items[fitting->parameters.first + number];
}

static bool takes_position(Fitting *fitting, uint32_t position)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i < fitting->parameters.count; i++) {
        ParameterKind kind = parameter_at(fitting, i)->kind;
        if (kind != PARAMETER_PLAIN && kind != PARAMETER_POSITIONAL)
            continue;
        if (seen++ == position)
            return fitting->given[i] = true;
    }
    return fitting->has_star;
}

static bool takes_keyword(Fitting *fitting, Str name)
{
    for (uint32_t i = 0; i < fitting->parameters.count; i++) {
        const Parameter *p = parameter_at(fitting, i);
        bool is_named = p->kind == PARAMETER_PLAIN || p->kind == PARAMETER_KEYWORD;
        if (!is_named || !str_equal(terms_text_of(&fitting->summary->terms, p->name), name))
            continue;
        bool is_twice = fitting->given[i];
        fitting->given[i] = true;
        return !is_twice;
    }
    return fitting->has_stars;
}

/* The dict display that `**` spreads out: itself, or what a local name is bound to that nothing else is done with. */
static Node dict_spread(Node splat)
{
    Node n = node_unparenthesized(node_first(splat)), dict = node_kind(n) == PY_IDENTIFIER ? only_value(n) : n;
    const Function *function = node_function(splat);
    if (node_same(dict, n) || node_kind(dict) != PY_DICTIONARY || !function || node_function(dict) != function)
        return n;
    uint32_t after = node_data(node_at(n.module, function->node))->after;
    for (uint32_t id = function->node; id < after; id++) {
        Node use = node_at(n.module, id);
        bool is_target = node_role(use) == F_LEFT && node_same(node_field(node_parent(use), F_RIGHT), dict);
        if (node_kind(use) == PY_IDENTIFIER && node_data(use)->name == node_data(n)->name && !is_target &&
            node_kind(node_parent(use)) != PY_DICTIONARY_SPLAT)
            return n;
    }
    return dict;
}

/* *is_known: all of its keys are plain strings. */
static bool takes_dict(Fitting *fitting, Node dict, bool *is_known)
{
    bool is_taken = true;
    *is_known = node_kind(dict) == PY_DICTIONARY;
    for (Node pair = node_first(dict); pair.id && *is_known; pair = node_next(pair)) {
        Str key = node_kind(pair) == PY_PAIR ? node_text(node_field(pair, F_KEY)) : STR("");
        *is_known = key.n > 2 && node_kind(node_field(pair, F_KEY)) == PY_STRING && (key.p[0] == '"' || key.p[0] == '\'') && key.p[1] != key.p[0];
        is_taken = is_taken && *is_known && takes_keyword(fitting, str_slice(key, 1, key.n - 1));
    }
    return is_taken || !*is_known;
}

/* True as well where `*` or `**` may give what is missing. */
static bool takes_all(Fitting *fitting, Node arguments)
{
    uint32_t position = 0;
    if (node_kind(arguments) != PY_ARGUMENT_LIST)
        return true;
    for (Node argument = node_first(arguments); argument.id; argument = node_next(argument)) {
        PyKind kind = node_kind(argument);
        bool is_known = kind != PY_LIST_SPLAT;
        bool is_taken = kind == PY_DICTIONARY_SPLAT    ? takes_dict(fitting, dict_spread(argument), &is_known)
                        : kind == PY_KEYWORD_ARGUMENT ? takes_keyword(fitting, node_text(node_field(argument, F_NAME)))
                                                      : takes_position(fitting, position++);
        if (!is_known)
            return true;
        if (!is_taken)
            return false;
    }
    for (uint32_t i = 0; i < fitting->parameters.count; i++) {
        const Parameter *p = parameter_at(fitting, i);
        bool is_spread = p->kind == PARAMETER_STAR || p->kind == PARAMETER_STARS;
        if (!is_spread && !p->has_default && !fitting->given[i])
            return false;
    }
    return true;
}

/* Decorators that leave the parameters as they are. */
static bool keeps_parameters(Program *program, uint32_t file, TermId decorator)
{
    const Terms *terms = &program_file(program, file)->terms;
    if (decorator && term_at(terms, decorator)->op == TERM_CALL)
        decorator = term_at(terms, decorator)->a;
    Type type = type_get(program, type_eval(program, file, decorator));
    const Api *api = type.count == 1 ? type.atoms[0].api : NULL;
    Str name = api ? api_name(api) : STR("");
    return str_is(name, "builtins.staticmethod") || str_is(name, "builtins.classmethod") || str_starts(name, STR("pytest.mark."));
}

static bool is_plainly_decorated(Program *program, uint32_t file, const FunctionSummary *f)
{
    for (uint32_t i = 0; i < f->decorators.count; i++) {
        if (!keeps_parameters(program, file, program_file(program, file)->parts.items[f->decorators.first + i]))
            return false;
    }
    return true;
}

static bool misfits(Program *program, Ref function, bool is_bound, Node arguments)
{
    const Summary *summary = program_file(program, function.file);
    const FunctionSummary *f = program_function(program, function);
    Fitting fitting = { .summary = summary, .parameters = f->parameters };
    rests_on_function(program, THING_SIGNATURE, function);
    if (f->parameters.count > PARAMETERS_MOST || (is_bound && !f->parameters.count) || !is_plainly_decorated(program, function.file, f))
        return false;
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        ParameterKind kind = parameter_at(&fitting, i)->kind;
        fitting.has_star |= kind == PARAMETER_STAR;
        fitting.has_stars |= kind == PARAMETER_STARS;
    }
    bool is_first_plain = is_bound && parameter_at(&fitting, 0)->kind <= PARAMETER_POSITIONAL;
    fitting.parameters.first += is_first_plain;
    fitting.parameters.count -= is_first_plain;
    return !takes_all(&fitting, arguments);
}

/* `def greet():` in a class, called on an instance, which it has no parameter for. */
static bool takes_no_instance(Program *program, const Atom *atom)
{
    const FunctionSummary *f = program_function(program, atom->ref);
    Type receiver = type_get(program, atom->of);
    for (uint32_t i = 0; i < receiver.count; i++) {
        if (receiver.atoms[i].kind != ATOM_INSTANCE)
            return false;
    }
    rests_on_function(program, THING_SIGNATURE, atom->ref);
    return receiver.count && !f->parameters.count && !f->decorators.count;
}

bool is_misfit_of_function(Node call)
{
    Type type = type_of(node_field(call, F_FUNCTION));
    const Atom *atom = type.count == 1 && type.atoms[0].kind == ATOM_FUNCTION && type.atoms[0].is_project ? &type.atoms[0] : NULL;
    if (!atom || atom->flags || atom->next)
        return false;
    bool is_bound = program_function(ask_program(call), atom->ref)->class_ && atom->of;
    if (is_bound && takes_no_instance(ask_program(call), atom))
        return true;
    return misfits(ask_program(call), atom->ref, is_bound, node_field(call, F_ARGUMENTS));
}

bool is_misfit_of_class(Node call, Ref class_)
{
    Program *program = ask_program(call);
    const ClassSummary *c = program_class(program, class_);
    Ref init;
    if (c->decorators.count || !class_is_plain(program, class_) || !class_method(program, class_, STR("__init__"), &init))
        return false;
    bool is_own = init.file == class_.file && program_function(program, init)->class_ == class_.number + 1;
    return is_own && misfits(program, init, true, node_field(call, F_ARGUMENTS));
}
