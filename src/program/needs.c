/* Conditions that the arguments of a call decide: whether `if p:` or `if isinstance(p, T):` is taken in that call. What an argument is
 * may depend on what its own function was given: entries lead back to the call that was asked about, no further than a way is long. */
#include "program/basis.h"
#include "program/in_memory_internal.h"

/* ---- Arguments ---- */

/* The argument that a parameter gets; *argument NULL: none, its default is taken. False: nobody knows. */
static bool argument_for(
    Program *program, Ref function, uint32_t number, bool is_bound, const Given *given, const Argument **argument)
{
    const Summary *summary = program_file(program, function.file);
    const Parameter *p = &summary->parameters.items[program_function(program, function)->parameters.first + number];
    Str name = terms_text_of(&summary->terms, p->name);
    *argument = NULL;
    for (uint32_t i = 0; i < given->count; i++) {
        const Argument *a = &given->arguments[i];
        Str keyword = terms_text_of(given->terms, a->keyword);
        if (str_is(keyword, "*") || str_is(keyword, "**"))
            return false;
        bool is_positional = !a->keyword && p->kind != PARAMETER_KEYWORD;
        if (is_positional ? a->position + is_bound == number : str_equal(keyword, name)) {
            *argument = a;
            return true;
        }
    }
    return true;
}

/* Whether a literal is true, by its text. */
static Truth truth_of(Str text)
{
    if (str_is(text, "None") || str_is(text, "False") || str_is(text, "0") || str_is(text, "''") || str_is(text, "\"\""))
        return TRUTH_NO;
    bool is_literal = str_is(text, "True") || (text.n && strchr("123456789\"'", text.p[0]));
    return is_literal ? TRUTH_YES : TRUTH_OPEN;
}

Truth truth_given(Program *program, Ref function, uint32_t number, bool is_bound, const Given *given)
{
    const Argument *argument;
    if (!argument_for(program, function, number, is_bound, given, &argument))
        return TRUTH_OPEN;
    if (argument)
        return truth_of(terms_text_of(given->terms, argument->value));
    return program_file(program, function.file)
        ->parameters.items[program_function(program, function)->parameters.first + number]
        .fallback_truth;
}

static const Frame *frame_of(Program *program, Entry *entry);

static const Parameter *parameter_of(Program *program, const Entry *entry, uint32_t number)
{
    const FunctionSummary *f = program_function(program, entry->function);
    return &program_file(program, entry->function.file)->parameters.items[f->parameters.first + number];
}

/* As argument_for; what the object is, and what is gathered by stars, is not known. */
bool argument_given(Program *program, const Entry *entry, uint32_t number, const Argument **argument)
{
    *argument = NULL;
    const Parameter *p = parameter_of(program, entry, number);
    bool is_plain = p->kind != PARAMETER_STAR && p->kind != PARAMETER_STARS && (number || !entry->is_bound);
    return entry->given.file && entry->given.is_known && is_plain &&
           argument_for(program, entry->function, number, entry->is_bound, &entry->given, argument);
}

/* The type of what a parameter gets; 0: unknown. */
static TypeId type_given(Program *program, Entry *entry, uint32_t number)
{
    const Given *given = &entry->given;
    const Parameter *p = parameter_of(program, entry, number);
    const Argument *argument;
    if (!argument_given(program, entry, number, &argument))
        return 0;
    if (!argument)
        return p->fallback ? type_eval(program, entry->function.file, p->fallback) : 0;
    TermId term = argument->term ? argument->term : argument->type;
    const Frame *frame = term ? frame_of(program, entry->before) : NULL;
    return frame ? type_eval_in(program, term, frame) : term ? type_eval(program, given->file - 1, term) : 0;
}

/* NULL: as for anybody. */
static const Frame *frame_of(Program *program, Entry *entry)
{
    if (!entry || entry->has_frame)
        return entry ? &entry->frame : NULL;
    const FunctionSummary *f = program_function(program, entry->function);
    entry->has_frame = true;
    entry->frame = (Frame){ .function = entry->function, .is_bound = entry->is_bound, .arguments = entry->arguments };
    if (entry->is_bound)
        entry->frame.receiver = type_of_parameter(program, entry->function, 0);
    for (uint32_t i = 0; i < CALL_ARGUMENTS && i + entry->is_bound < f->parameters.count; i++) {
        entry->arguments[i] = type_given(program, entry, i + entry->is_bound);
        entry->frame.count = i + 1;
    }
    return &entry->frame;
}

/* ---- isinstance ---- */

static Str name_of(const Atom *atom)
{
    return atom->api ? api_name(atom->api) : atom->name;
}

static bool is_one_of(Str name, const char *const *names)
{
    for (; *names; names++) {
        if (str_is(name, *names))
            return true;
    }
    return false;
}

/* Classes that nothing else is an instance of, but what derives from them. */
static bool is_value_class(Str name)
{
    static const char *const names[] = { "builtins.bool", "builtins.bytes", "builtins.complex", "builtins.dict",
        "builtins.float", "builtins.frozenset", "builtins.int", "builtins.list", "builtins.set", "builtins.str", "builtins.tuple",
        "pathlib.Path", NULL };
    return is_one_of(name, names);
}

/* Of which classes of libraries derive that tables say nothing of. */
static bool is_often_derived(Str name)
{
    static const char *const names[] = { "builtins.dict", "builtins.list", "builtins.set", "builtins.tuple", NULL };
    return is_one_of(name, names);
}

/* What is an instance of them is not said by bases alone. */
static bool is_abstract_class(Str name)
{
    return str_starts(name, STR("typing.")) || str_starts(name, STR("collections.abc.")) || str_starts(name, STR("numbers.")) ||
           str_starts(name, STR("io.")) || str_starts(name, STR("os.PathLike")) || str_starts(name, STR("types.")) ||
           str_is(name, "builtins.object") || str_is(name, "builtins.type");
}

/* Whether all bases of a class are in the project, so that it is known what it derives from. */
static bool is_all_known(Program *program, Ref class_)
{
    return class_has(program, class_, "") == HAS_NOT && !class_is_protocol(program, class_);
}

/* Of an instance of a class of the project. */
static Truth own_is_instance(Program *program, const Atom *atom, const Atom *class_)
{
    bool is_exact = atom->flags & ATOM_EXACT;
    if (class_->is_project && class_derives(program, atom->ref, class_->ref))
        return TRUTH_YES;
    if (class_->api && class_derives_api(program, atom->ref, class_->api->name))
        return TRUTH_YES;
    if (!is_all_known(program, atom->ref) || (class_->is_project && class_is_protocol(program, class_->ref)))
        return TRUTH_OPEN;
    if (!class_->is_project && is_abstract_class(name_of(class_)))
        return TRUTH_OPEN;
    bool is_value = !class_->is_project && is_value_class(name_of(class_));
    return is_exact || is_value ? TRUTH_NO : TRUTH_OPEN;
}

/* Of what is declared as a number. */
static bool may_be_number(Str given, Str wanted)
{
    return str_is(given, "builtins.int") ? str_is(wanted, "builtins.bool")
                                         : (str_is(given, "builtins.float") || str_is(given, "builtins.complex")) &&
                                               (str_is(wanted, "builtins.int") || str_is(wanted, "builtins.float"));
}

/* Of an instance of a class of a library, by names and tables. */
static Truth foreign_is_instance(Program *program, const Atom *atom, const Atom *class_)
{
    Str given = name_of(atom), wanted = name_of(class_);
    bool is_exact = atom->flags & ATOM_EXACT, is_value = is_value_class(given);
    if (class_->is_project)
        return (is_value || is_exact) && is_all_known(program, class_->ref) ? TRUTH_NO : TRUTH_OPEN;
    if (str_equal(given, wanted) || (atom->api && class_->api && api_is_a(atom->api, class_->api->name)))
        return TRUTH_YES;
    if (is_abstract_class(wanted) || may_be_number(given, wanted))
        return TRUTH_OPEN;
    if (atom->api && class_->api)
        return !is_exact && api_is_a(class_->api, atom->api->name) ? TRUTH_OPEN : TRUTH_NO;
    if (is_value && str_is(given, "builtins.bool") && str_is(wanted, "builtins.int"))
        return TRUTH_YES;
    if (is_value)
        return is_value_class(wanted) || class_->api ? TRUTH_NO : TRUTH_OPEN;
    return atom->api && is_value_class(wanted) && !is_often_derived(wanted) ? TRUTH_NO : TRUTH_OPEN;
}

static Truth is_instance(Program *program, const Atom *atom, const Atom *class_)
{
    Str wanted = class_->is_project ? STR("") : name_of(class_);
    bool is_class = class_->kind == ATOM_CLASS || (class_->kind == ATOM_EXTERNAL && wanted.n);
    if (!is_class)
        return TRUTH_OPEN;
    switch ((AtomKind)atom->kind) {
    case ATOM_INSTANCE:
        return atom->is_project ? own_is_instance(program, atom, class_) : foreign_is_instance(program, atom, class_);
    case ATOM_NONE:
        if (class_->is_project)
            return class_is_protocol(program, class_->ref) ? TRUTH_OPEN : TRUTH_NO;
        return !is_abstract_class(wanted) && (class_->api || is_value_class(wanted)) ? TRUTH_NO : TRUTH_OPEN;
    case ATOM_TUPLE:
        if (str_is(wanted, "builtins.tuple"))
            return TRUTH_YES;
        return is_value_class(wanted) ? TRUTH_NO : TRUTH_OPEN;
    case ATOM_FUNCTION:
    case ATOM_CLASS:
    case ATOM_MODULE:
    case ATOM_COROUTINE:
    case ATOM_GENERATOR:
        return is_value_class(wanted) ? TRUTH_NO : TRUTH_OPEN;
    default:
        return TRUTH_OPEN;
    }
}

/* Of one of several answers. */
static Truth either(Truth a, Truth b)
{
    return a == TRUTH_YES || b == TRUTH_YES ? TRUTH_YES : a == TRUTH_NO && b == TRUTH_NO ? TRUTH_NO : TRUTH_OPEN;
}

static Truth is_instance_of_any(Program *program, const Atom *atom, TypeId classes)
{
    Type type = type_get(program, classes);
    Truth truth = type.count ? TRUTH_NO : TRUTH_OPEN;
    for (uint32_t i = 0; i < type.count; i++) {
        Atom class_ = type_get(program, classes).atoms[i];
        TypeId item;
        if (class_.kind != ATOM_TUPLE)
            truth = either(truth, is_instance(program, atom, &class_));
        for (uint32_t k = 0; class_.kind == ATOM_TUPLE && tuple_item(program, classes, k, &item); k++) {
            Type one = type_get(program, item);
            Atom only = one.count == 1 ? one.atoms[0] : (Atom){ .kind = ATOM_VARIABLE };
            truth = either(truth, is_instance(program, atom, &only));
        }
    }
    return truth;
}

/* ---- Coroutine functions and awaitables ---- */

static Truth is_coroutine_function(Program *program, const Atom *atom)
{
    if (atom->kind == ATOM_NONE || atom->kind == ATOM_CLASS)
        return TRUTH_NO;
    if (atom->kind != ATOM_FUNCTION || (atom->flags & (ATOMS_CHANGED | ATOM_UNSURE)))
        return TRUTH_OPEN;
    if (!atom->is_project)
        return atom->api && atom->api->colour == COLOUR_SYNC ? TRUTH_NO : TRUTH_OPEN;
    const FunctionSummary *f = program_function(program, atom->ref);
    rests_on_function(program, THING_SIGNATURE, atom->ref);
    if (f->decorators.count || (f->flags & FUNCTION_ABSTRACT))
        return TRUTH_OPEN;
    return (f->flags & (FUNCTION_ASYNC | FUNCTION_GENERATOR)) == FUNCTION_ASYNC ? TRUTH_YES : TRUTH_NO;
}

static Truth is_awaitable(const Atom *atom, NeedKind need)
{
    switch ((AtomKind)atom->kind) {
    case ATOM_COROUTINE:
        return TRUTH_YES;
    case ATOM_AWAITABLE:
        return need == NEED_AWAITABLE ? TRUTH_YES : TRUTH_OPEN;
    case ATOM_NONE:
    case ATOM_TUPLE:
    case ATOM_FUNCTION:
    case ATOM_CLASS:
        return TRUTH_NO;
    case ATOM_INSTANCE:
        return !atom->is_project && is_value_class(name_of(atom)) ? TRUTH_NO : TRUTH_OPEN;
    default:
        return TRUTH_OPEN;
    }
}

/* ---- Attributes ---- */

static Verdict judge_false(Walk *walk, const Origin *o)
{
    (void)walk;
    return truth_of(o->literal) == TRUTH_NO ? VERDICT_YES : VERDICT_NO;
}

/* Whether what constructors set an attribute of the new object to is surely false when they are called so. */
static bool attribute_is_false(Program *program, Entry *entry, TermId attribute)
{
    Walk walk = { .program = program, .steps = STEPS_OF_ORIGIN };
    Origin o = { .file = entry->function.file, .function = entry->function.number + 1, .term = attribute, .entry = entry };
    return entry->given.file && entry->given.is_known && walk_back(&walk, o, judge_false) != VERDICT_NO;
}

/* ---- Answers ---- */

static Truth answer_for(Program *program, uint32_t file, const CallSummary *call, const Atom *atom)
{
    switch (call->need) {
    case NEED_CLASS:
        return is_instance_of_any(program, atom, type_eval(program, file, call->classes));
    case NEED_COROUTINE_FUNCTION:
    case NEED_ERRORS:
        return is_coroutine_function(program, atom);
    case NEED_AWAITABLE:
    case NEED_COROUTINE:
        return is_awaitable(atom, call->need);
    default:
        return TRUTH_OPEN;
    }
}

/* What is asked of an argument that may be several things has one answer when it has that for each of them. */
static Truth answer_of(Program *program, Entry *entry, const CallSummary *call)
{
    TypeId given = type_given(program, entry, call->needs - 1);
    uint32_t count = type_get(program, given).count;
    Truth truth = TRUTH_OPEN;
    for (uint32_t i = 0; i < count; i++) {
        Atom atom = type_get(program, given).atoms[i];
        Truth one = answer_for(program, entry->function.file, call, &atom);
        if (i && one != truth)
            return TRUTH_OPEN;
        truth = one;
    }
    return truth;
}

bool other_need_fails(Program *program, Ref function, bool is_bound, const Given *given, const CallSummary *call)
{
    Truth truth = call->needs_also && given->is_known ? truth_given(program, function, call->needs_also - 1, is_bound, given) : TRUTH_OPEN;
    return truth != TRUTH_OPEN && truth != call->needed_also;
}

Truth need_is_met(Program *program, Entry *entry, const CallSummary *call)
{
    if (other_need_fails(program, entry->function, entry->is_bound, &entry->given, call))
        return TRUTH_NO;
    if (call->need == NEED_TRUTH && !entry->given.is_known)
        return TRUTH_YES;
    if (call->need == NEED_ATTRIBUTE)
        return attribute_is_false(program, entry, call->classes) ? TRUTH_NO : TRUTH_YES;
    Truth truth = call->need == NEED_TRUTH
                      ? truth_given(program, entry->function, call->needs - 1, entry->is_bound, &entry->given)
                      : answer_of(program, entry, call);
    if (truth == TRUTH_OPEN)
        return call->need == NEED_TRUTH || call->need == NEED_ERRORS ? TRUTH_YES : TRUTH_OPEN;
    return truth == call->needed ? TRUTH_YES : TRUTH_NO;
}

/* The parameter that what is called belongs to: `db.query(User).first`. 0: none. */
static TermId root_of(const Terms *terms, TermId term)
{
    while (term) {
        const Term *t = term_at(terms, term);
        switch ((TermOp)t->op) {
        case TERM_PARAMETER:
            return term;
        case TERM_ATTRIBUTE:
        case TERM_CALL:
        case TERM_ITEM:
        case TERM_AWAIT:
        case TERM_ENTER:
        case TERM_EACH:
            term = t->a;
            break;
        default:
            return 0;
        }
    }
    return 0;
}

/* Files of all kinds have the same methods, whatever a parameter is said to be. */
static bool holds_up_all_the_same(Program *program, Entry *entry, const CallSummary *call)
{
    const Summary *summary = program_file(program, entry->function.file);
    TypeId callee = call->kind == CALL_PLAIN ? type_eval_in(program, call->term, frame_of(program, entry)) : 0;
    return rows_that_block(program, callee, &summary->terms, call_arguments(summary, call), call->arguments.count);
}

bool object_is_another(Program *program, Entry *entry, const CallSummary *call)
{
    const Summary *summary = program_file(program, entry->function.file);
    TermId root = root_of(&summary->terms, call->term);
    const Term *term = term_at(&summary->terms, root);
    if (!root || term->a != entry->function.number || !parameter_of(program, entry, term->b)->has_annotation)
        return false;
    TypeId given = type_given(program, entry, term->b);
    return given && type_contradicts(program, given, type_of_parameter(program, entry->function, term->b)) &&
           !holds_up_all_the_same(program, entry, call);
}

void needs_recorded(Program *program, Entry *entry)
{
    const FunctionSummary *f = program_function(program, entry->function);
    rests_on_function(program, THING_SIGNATURE, entry->function);
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *call = &program_file(program, entry->function.file)->calls.items[f->calls.first + i];
        if (call->needs && call->need != NEED_TRUTH)
            need_is_met(program, entry, call);
    }
}
