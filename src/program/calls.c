/* What functions are behind their decorators, and what calls give. */
#include "program/basis.h"
#include "program/fixtures.h"
#include "program/types_internal.h"

/* ---- Decorators ---- */

/* The row of a decorator: of `@name` and of `@name(...)`. */
static const Api *decorator_api(Program *program, uint32_t file, TermId term)
{
    const Terms *terms = &program_file(program, file)->terms;
    if (term && term_at(terms, term)->op == TERM_CALL)
        term = term_at(terms, term)->a;
    Type type = type_get(program, type_eval(program, file, term));
    return type.count == 1 ? type.atoms[0].api : NULL;
}

FunctionKind function_kind(Program *program, Ref function)
{
    const FunctionSummary *f = program_function(program, function);
    const Summary *summary = program_file(program, function.file);
    if (!f->class_)
        return KIND_PLAIN_FUNCTION;
    for (uint32_t i = 0; i < f->decorators.count; i++) {
        const Api *api = decorator_api(program, function.file, summary->parts.items[f->decorators.first + i]);
        if (api && (strcmp(api->name, "builtins.staticmethod") == 0))
            return KIND_STATIC_METHOD;
        if (api && (strcmp(api->name, "builtins.classmethod") == 0))
            return KIND_CLASS_METHOD;
    }
    Str name = terms_text_of(&summary->terms, f->name);
    bool gets_class = str_is(name, "__new__") || str_is(name, "__init_subclass__") || str_is(name, "__class_getitem__");
    return gets_class ? KIND_CLASS_METHOD : KIND_METHOD;
}

static TypeId with_flag(Program *program, TypeId type, uint16_t flag)
{
    Type whole = type_get(program, type);
    TypeId result = 0;
    for (uint32_t i = 0; i < whole.count; i++) {
        Atom atom = whole.atoms[i];
        if (atom.kind != ATOM_FUNCTION)
            return 0;
        atom.flags |= flag;
        TypeId one = type_of_atom(program, atom);
        result = i ? type_union(program, result, one) : one;
    }
    return result;
}

/* A coroutine can be awaited once: one that is kept and given again is nothing to rely on. */
static TypeId cached(Program *program, TypeId function)
{
    Type type = type_get(program, function);
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        if (atom->kind != ATOM_FUNCTION || !atom->is_project || (program_function(program, atom->ref)->flags & FUNCTION_ASYNC))
            return 0;
    }
    return function;
}

/* What a row's decorator makes of a function. */
static TypeId decorated_by_api(Program *program, const Api *api, TypeId function)
{
    switch ((ApiRole)api->role) {
    case ROLE_TRANSPARENT:
        return function;
    case ROLE_CACHES:
        return cached(program, function);
    case ROLE_PROPERTY:
        return with_flag(program, function, ATOM_AS_PROPERTY);
    case ROLE_CONTEXT_MANAGER:
    case ROLE_ASYNC_CONTEXT_MANAGER:
        return with_flag(program, function, ATOM_AS_CONTEXT);
    case ROLE_TO_COROUTINE:
        return with_flag(program, function, ATOM_AS_COROUTINE);
    case ROLE_TO_SYNC:
        return with_flag(program, function, ATOM_AS_SYNC);
    default:
        return 0;
    }
}

/* `@x.setter` goes with the property that it adds to. */
static bool is_property_part(const Terms *terms, TermId decorator)
{
    const Term *term = term_at(terms, decorator);
    Str name = term->op == TERM_ATTRIBUTE ? terms_text_of(terms, term->b) : STR("");
    return str_is(name, "setter") || str_is(name, "getter") || str_is(name, "deleter");
}

static TypeId decorated(Program *program, uint32_t file, TermId decorator, TypeId function)
{
    if (!decorator)
        return 0;
    if (is_property_part(&program_file(program, file)->terms, decorator))
        return with_flag(program, function, ATOM_AS_PROPERTY);
    const Api *api = decorator_api(program, file, decorator);
    if (api)
        return decorated_by_api(program, api, function);
    TypeId made = type_call(program, type_eval(program, file, decorator), &function, 1);
    return is_transparent(program, made, function) ? function : made;
}

TypeId type_of_function(Program *program, Ref function)
{
    const FunctionSummary *f = program_function(program, function);
    const Summary *summary = program_file(program, function.file);
    TypeId type = type_of_atom(program, (Atom){ .kind = ATOM_FUNCTION, .is_project = true, .ref = function });
    rests_on_function(program, THING_SIGNATURE, function);
    for (uint32_t i = f->decorators.count; i-- > 0 && type;)
        type = decorated(program, function.file, summary->parts.items[f->decorators.first + i], type);
    return type;
}

/* ---- Parameters ---- */

/* The protocol that something is declared to be an instance of. */
static bool protocol_of(Program *program, TypeId declared, Ref *protocol)
{
    Type type = type_get(program, type_without_none(program, declared));
    if (type.count != 1 || type.atoms[0].kind != ATOM_INSTANCE || !type.atoms[0].is_project)
        return false;
    *protocol = type.atoms[0].ref;
    return class_is_protocol(program, *protocol);
}

/* What pytest fills a parameter with is what its fixture gives, whatever it is said to be: of a protocol even where nobody knows what that
 * is, but for callbacks that give what it promises. Fixtures of plugins lie beside the protocol, or are not looked for. */
static TypeId declared_or_filled(Program *program, Ref function, uint32_t number, TypeId declared)
{
    Ref fixture, protocol;
    bool is_protocol = protocol_of(program, declared, &protocol);
    bool is_filled = declared && (fixture_of_parameter(program, function, number, &fixture) ||
                                     (is_protocol && fixture_of_parameter_in(program, function, number, protocol.file, &fixture)));
    if (!is_filled)
        return declared;
    TypeId given = type_eval(program, fixture.file, fixture_gives(program, fixture));
    TypeId promised = is_protocol ? type_call(program, declared, NULL, 0) : 0;
    if (promised && promised == type_call(program, given, NULL, 0))
        return declared;
    return is_protocol || type_contradicts(program, given, declared) ? given : declared;
}

static bool is_name_of_self(Str name)
{
    static const char *const names[] = { "klass", "mcls", "mcs", "me", "metacls", "s", "this" };
    for (uint32_t i = 0; i + 4 <= name.n; i++) {
        if (str_starts(str_slice(name, i, name.n), STR("self")))
            return true;
    }
    return str_starts(name, STR("cls")) || str_ends(name, STR("cls")) || str_is_in(name, names, sizeof names / sizeof *names);
}

/* Whether a plain method of the same class calls its instance so. */
static bool is_word_for_self(Program *program, Ref function, TextId name)
{
    const Summary *summary = program_file(program, function.file);
    uint32_t class_ = program_function(program, function)->class_;
    if (program->basis && program->lent && program->lent->path)
        rests_on_text(program, program->lent->path(program->lent->context, function.file));
    for (uint32_t i = 0; i < summary->functions.count; i++) {
        const FunctionSummary *f = &summary->functions.items[i];
        bool is_plain = f->class_ == class_ && !f->decorators.count && f->parameters.count;
        if (is_plain && summary->parameters.items[f->parameters.first].name == name)
            return true;
    }
    return false;
}

/* Whether a decorator may call a function of a class body without an instance: its first parameter is no name for one, and nobody knows the decorator. */
static bool is_taken_bare(Program *program, Ref function)
{
    const FunctionSummary *f = program_function(program, function);
    const Summary *summary = program_file(program, function.file);
    TextId first = summary->parameters.items[f->parameters.first].name;
    if (!f->decorators.count || is_name_of_self(terms_text_of(&summary->terms, first)))
        return false;
    for (uint32_t i = 0; i < f->decorators.count; i++) {
        TermId decorator = summary->parts.items[f->decorators.first + i];
        if (!is_property_part(&summary->terms, decorator) && !decorator_api(program, function.file, decorator))
            return !is_word_for_self(program, function, first);
    }
    return false;
}

TypeId type_of_parameter(Program *program, Ref function, uint32_t number)
{
    const FunctionSummary *f = program_function(program, function);
    const Summary *summary = program_file(program, function.file);
    rests_on_function(program, THING_SIGNATURE, function);
    if (number >= f->parameters.count)
        return 0;
    const Parameter *p = &summary->parameters.items[f->parameters.first + number];
    if (p->kind == PARAMETER_STAR || p->kind == PARAMETER_STARS) {
        TypeId of = p->has_annotation ? type_instance(program, function.file, p->annotation) : 0;
        return type_instance_of_name(
            program, p->kind == PARAMETER_STAR ? STR("builtins.tuple") : STR("builtins.dict"), of);
    }
    if (p->has_annotation) {
        TypeId type = type_instance(program, function.file, p->annotation);
        if (!type_is_injected(program, function.file, p->fallback, type, &type))
            type = declared_or_filled(program, function, number, type);
        bool is_optional = p->fallback && term_at(&summary->terms, p->fallback)->op == TERM_NONE;
        return is_optional ? type_union(program, type, type_none(program)) : type;
    }
    TypeId elsewhere;
    if (twin_parameter(program, function, number, &elsewhere) ||
        type_is_injected(program, function.file, p->fallback, 0, &elsewhere))
        return elsewhere;
    FunctionKind kind = number == 0 ? function_kind(program, function) : KIND_PLAIN_FUNCTION;
    Ref class_ = { function.file, f->class_ - 1 };
    if (kind == KIND_METHOD && is_taken_bare(program, function))
        return 0;
    if (kind == KIND_METHOD)
        return type_of_atom(program, (Atom){ .kind = ATOM_INSTANCE, .is_project = true, .ref = class_ });
    if (kind == KIND_CLASS_METHOD)
        return type_of_atom(program, (Atom){ .kind = ATOM_CLASS, .is_project = true, .ref = class_ });
    return 0;
}

/* ---- Results of functions of the project ---- */

/* What a class method gets that is called on an object. */
static TypeId class_of_object(Program *program, TypeId object)
{
    Type type = type_get(program, object);
    if (type.count != 1 || type.atoms[0].kind != ATOM_INSTANCE)
        return object;
    Atom atom = type.atoms[0];
    atom.kind = ATOM_CLASS;
    atom.flags = 0;
    return type_of_atom(program, atom);
}

static Frame frame_of(Program *program, const Atom *atom, const TypeId *arguments, uint32_t count)
{
    Frame frame = { .function = atom->ref, .arguments = arguments, .count = count, .outer = atom->next };
    frame.is_bound = atom->of && function_kind(program, atom->ref) != KIND_STATIC_METHOD;
    frame.receiver = atom->of;
    if (frame.is_bound && function_kind(program, atom->ref) == KIND_CLASS_METHOD)
        frame.receiver = class_of_object(program, atom->of);
    return frame;
}

/* What each parameter was given teaches what the variables in its annotation are. */
static void learn_from_arguments(Program *program, Substitution *substitution, const Frame *frame)
{
    Piece parameters = program_function(program, frame->function)->parameters;
    for (uint32_t i = 0; i < frame->count && i + frame->is_bound < parameters.count; i++) {
        const Parameter *p = &program_file(program, frame->function.file)->parameters.items[parameters.first + i + frame->is_bound];
        bool is_positional = p->kind == PARAMETER_PLAIN || p->kind == PARAMETER_POSITIONAL;
        if (is_positional && p->has_annotation && frame->arguments[i])
            substitution_learn(program, substitution, type_instance(program, frame->function.file, p->annotation), frame->arguments[i]);
    }
}

/* A declared type, its variables as in this call. */
static TypeId declared_in(Program *program, TypeId declared, const Frame *frame)
{
    if (!type_has_variables(program, declared))
        return declared;
    Substitution substitution = { .count = 0 };
    uint32_t class_ = program_function(program, frame->function)->class_;
    if (class_ && frame->receiver)
        substitution_of_receiver(program, &substitution, frame->receiver, (Ref){ frame->function.file, class_ - 1 });
    learn_from_arguments(program, &substitution, frame);
    return type_substitute(program, declared, &substitution);
}

/* False: nothing says what it returns. */
static bool declared_result(Program *program, Ref function, TypeId *type)
{
    const FunctionSummary *f = program_function(program, function);
    if (f->has_returns)
        *type = type_instance(program, function.file, f->returns);
    return f->has_returns || twin_returns(program, function, type);
}

static bool is_self(Type type)
{
    return type.count == 1 && type.atoms[0].kind == ATOM_INSTANCE &&
           (str_is(type.atoms[0].name, "typing.Self") || str_is(type.atoms[0].name, "typing_extensions.Self"));
}

/* An instance of the class that a class method was called on, or the object itself. */
static TypeId self_of(Program *program, TypeId receiver)
{
    Type type = type_get(program, receiver);
    if (type.count != 1 || type.atoms[0].kind != ATOM_CLASS)
        return receiver;
    Atom atom = type.atoms[0];
    atom.kind = ATOM_INSTANCE;
    return type_of_atom(program, atom);
}

/* The object is nothing more exact than what the method's code knows of it. */
static bool is_plain_receiver(Program *program, const Frame *frame)
{
    if (!frame->is_bound || !program_function(program, frame->function)->class_)
        return true;
    return frame->receiver == type_of_parameter(program, frame->function, 0);
}

/* `def wrap(f) -> Coroutine` that returns a function of its own: the function was meant that gives one. The same of `-> Callable[..., T]`: what
 * the function is says more, such as that it runs `f` to its end. */
static bool is_function_instead(Program *program, Ref function, TypeId declared)
{
    const FunctionSummary *f = program_function(program, function);
    Type type = type_get(program, declared);
    AtomKind kind = type.count == 1 ? (AtomKind)type.atoms[0].kind : ATOM_NONE;
    bool is_vague = kind == ATOM_COROUTINE || kind == ATOM_AWAITABLE || kind == ATOM_CALLABLE;
    return is_vague && !(f->flags & FUNCTION_ASYNC) &&
           term_at(&program_file(program, function.file)->terms, f->result)->op == TERM_FUNCTION;
}

/* `def call(f: Callable[..., T]) -> T` that is given a coroutine function: T is a coroutine only where the body gives what `f()` does. Many
 * run it. */
static TypeId as_body_gives(Program *program, const Frame *frame, TypeId declared, TypeId type)
{
    Type whole = type_get(program, declared), found = type_get(program, type);
    bool is_variable = whole.count == 1 && whole.atoms[0].kind == ATOM_VARIABLE;
    if (!is_variable || !found.count || found.atoms[0].kind != ATOM_COROUTINE)
        return type;
    TermId result = program_function(program, frame->function)->result;
    return result && term_needs_frame(program, result, frame) ? type_eval_in(program, result, frame) : 0;
}

static TypeId body_gives(Program *program, const Atom *atom, const Frame *frame, bool has_arguments)
{
    const FunctionSummary *f = program_function(program, atom->ref);
    if ((f->flags & FUNCTION_ABSTRACT) || !f->result)
        return 0;
    bool is_special = has_arguments || frame->outer || !is_plain_receiver(program, frame);
    if (is_special && term_needs_frame(program, f->result, frame))
        return type_eval_in(program, f->result, frame);
    return type_eval(program, atom->ref.file, f->result);
}

/* `def start(self) -> Coroutine` that is not async: many hand on what runs already, a task, and want to say that it can be awaited. */
static bool is_said_of_sync(Program *program, Ref function, TypeId declared)
{
    const FunctionSummary *f = program_function(program, function);
    Type type = type_get(program, declared);
    return type.count == 1 && type.atoms[0].kind == ATOM_COROUTINE && f->result && !(f->flags & (FUNCTION_ASYNC | FUNCTION_ABSTRACT));
}

static TypeId result_of(Program *program, const Atom *atom, const TypeId *arguments, uint32_t count)
{
    Frame frame = frame_of(program, atom, arguments, count);
    TypeId declared;
    bool is_declared = declared_result(program, atom->ref, &declared) && !is_function_instead(program, atom->ref, declared);
    if (!is_declared || is_said_of_sync(program, atom->ref, declared))
        return body_gives(program, atom, &frame, count > 0);
    if (is_self(type_get(program, declared)))
        return self_of(program, atom->of);
    return as_body_gives(program, &frame, declared, declared_in(program, declared, &frame));
}

/* `-> AsyncIterator[T]` of a generator says what it yields. */
static TypeId yields_of(Program *program, const Atom *atom)
{
    TypeId declared;
    if (!declared_result(program, atom->ref, &declared))
        return type_eval(program, atom->ref.file, program_function(program, atom->ref)->yields);
    Type type = type_get(program, declared);
    TypeId of = type.count == 1 && type.atoms[0].kind != ATOM_NONE ? type.atoms[0].of : 0;
    Frame frame = frame_of(program, atom, NULL, 0);
    return declared_in(program, of, &frame);
}

TypeId type_within(Program *program, const Atom *atom)
{
    if (!(atom->flags & ATOM_LATER))
        return atom->of;
    Atom function = { .kind = ATOM_FUNCTION, .is_project = true, .ref = atom->ref, .of = atom->next };
    return atom->kind == ATOM_COROUTINE ? result_of(program, &function, NULL, 0) : yields_of(program, &function);
}

/* Whether what the call gives depends on what it is given, or on what the function around was. A coroutine that calls its own
 * function is no riddle as long as nobody looks into it: only what it is given and gives back, as it is, counts. */
static bool depends_on_call(Program *program, const Atom *atom)
{
    const FunctionSummary *f = program_function(program, atom->ref);
    TypeId declared;
    if (declared_result(program, atom->ref, &declared))
        return type_has_variables(program, declared);
    if ((f->flags & FUNCTION_ASYNC) && !atom->next)
        return term_at(&program_file(program, atom->ref.file)->terms, f->result)->op == TERM_PARAMETER;
    const Frame frame = { .function = atom->ref, .outer = atom->next };
    return f->result && term_needs_frame(program, f->result, &frame);
}

static TypeId call_project(Program *program, const Atom *atom, const TypeId *arguments, uint32_t count)
{
    const FunctionSummary *f = program_function(program, atom->ref);
    Atom made = { .is_project = true, .ref = atom->ref, .flags = ATOM_LATER | (atom->flags & ATOM_UNSURE), .next = atom->of };
    bool is_async = f->flags & FUNCTION_ASYNC, is_generator = f->flags & FUNCTION_GENERATOR;
    if (is_generator) {
        bool is_context = atom->flags & ATOM_AS_CONTEXT;
        made.kind = is_async ? (is_context ? ATOM_ASYNC_CONTEXT : ATOM_ASYNC_ITERATOR) : is_context ? ATOM_CONTEXT : ATOM_GENERATOR;
        return type_of_atom(program, made);
    }
    if (atom->flags & ATOM_AS_CONTEXT) {
        made.kind = is_async ? ATOM_ASYNC_CONTEXT : ATOM_CONTEXT;
        made.flags &= (uint16_t)~ATOM_LATER;
        made.next = 0;
        return type_of_atom(program, made);
    }
    bool gives_coroutine = is_async ? !(atom->flags & ATOM_AS_SYNC) : (atom->flags & ATOM_AS_COROUTINE) != 0;
    if (!gives_coroutine)
        return result_of(program, atom, arguments, count);
    made.kind = ATOM_COROUTINE;
    if ((count || atom->next) && depends_on_call(program, atom)) {
        made.flags &= (uint16_t)~ATOM_LATER;
        made.next = 0;
        made.of = result_of(program, atom, arguments, count);
    }
    return type_of_atom(program, made);
}

/* ---- Results of APIs ---- */

/* "await(0)": the number in there; UINT32_MAX when the text is no such thing. */
static uint32_t operand_of(Str text, const char *word)
{
    size_t length = strlen(word);
    bool is_it = text.n == length + 3 && memcmp(text.p, word, length) == 0 && text.p[length] == '(' && text.p[length + 2] == ')';
    return is_it ? (uint32_t)(text.p[length + 1] - '0') : UINT32_MAX;
}

static TypeId tuple_result(Program *program, Str items)
{
    TypeId parts[CALL_ARGUMENTS];
    uint32_t count = 0;
    while (items.n && count < CALL_ARGUMENTS) {
        uint32_t comma = str_find(items, ',');
        parts[count++] = type_instance_of_name(program, str_trim(str_slice(items, 0, comma)), 0);
        items = comma < items.n ? str_slice(items, comma + 1, items.n) : STR("");
    }
    TypeId rest = 0;
    while (count--)
        rest = type_of_atom(program, (Atom){ .kind = ATOM_TUPLE, .of = parts[count], .next = rest });
    return rest;
}

static TypeId class_given(Program *program, TypeId type)
{
    Type whole = type_get(program, type);
    if (whole.count != 1 || whole.atoms[0].kind != ATOM_CLASS)
        return 0;
    Atom atom = whole.atoms[0];
    atom.kind = ATOM_INSTANCE;
    return type_of_atom(program, atom);
}

TypeId type_of_result(Program *program, const char *result, TypeId receiver, const TypeId *arguments, uint32_t count)
{
    Str text = str_of(result);
    uint32_t n;
    if (!text.n)
        return 0;
    if (text.p[0] == '(')
        return tuple_result(program, str_slice(text, 1, text.n - 1));
    if (str_is(text, "self"))
        return receiver;
    if (str_is(text, "None") || str_is(text, "builtins.None"))
        return type_none(program);
    if ((n = operand_of(text, "call")) != UINT32_MAX)
        return n < count ? type_call(program, arguments[n], NULL, 0) : 0;
    if ((n = operand_of(text, "await")) != UINT32_MAX)
        return n < count ? type_await(program, arguments[n]) : 0;
    if ((n = operand_of(text, "of")) != UINT32_MAX)
        return n < count ? arguments[n] : 0;
    if ((n = operand_of(text, "type")) != UINT32_MAX)
        return n < count ? class_given(program, arguments[n]) : 0;
    return type_instance_of_name(program, text, 0);
}

TypeId type_of_member(Program *program, const Api *member, TypeId receiver)
{
    if (member->kind == KIND_DATA || member->role == ROLE_PROPERTY)
        return type_of_result(program, member->result, receiver, NULL, 0);
    ApiKind kind = (ApiKind)member->kind;
    return type_of_atom(program, (Atom){ .kind = kind == KIND_CLASS ? ATOM_CLASS : ATOM_FUNCTION,
                                     .api = member, .of = kind == KIND_CLASS ? 0 : receiver, .name = api_name(member) });
}

/* What a task or future holds in the end, as far as its argument says. */
static TypeId held_by(Program *program, const Api *api, const TypeId *arguments, uint32_t count)
{
    uint32_t position = api->argument;
    if (position >= count)
        return 0;
    if (api->role == ROLE_SPAWNS || api->role == ROLE_SPAWNS_OWNED)
        return type_await(program, arguments[position]);
    if (api->role != ROLE_SUBMITS)
        return 0;
    TypeId of = type_await(program, arguments[position]);
    return of ? of : type_call(program, arguments[position], NULL, 0);
}

static TypeId holding(Program *program, TypeId type, TypeId of)
{
    Type whole = type_get(program, type);
    if (!of || whole.count != 1 || whole.atoms[0].kind != ATOM_INSTANCE)
        return type;
    Atom atom = whole.atoms[0];
    atom.of = of;
    return type_of_atom(program, atom);
}

static TypeId call_api(Program *program, const Atom *atom, const TypeId *arguments, uint32_t count);

/* A function of a table behind async_to_sync, sync_to_async or their like. */
static TypeId call_wrapped_api(Program *program, const Atom *atom, const TypeId *arguments, uint32_t count)
{
    Atom plain = *atom;
    plain.flags &= (uint16_t)~(ATOM_AS_COROUTINE | ATOM_AS_SYNC);
    bool is_plain = plain.flags == (atom->flags & ATOM_PARTIAL);
    bool is_coroutine = atom->api->colour == COLOUR_COROUTINE;
    TypeId given = is_plain ? call_api(program, &plain, arguments, count) : 0;
    if ((atom->flags & ATOM_AS_SYNC) && !(atom->flags & ATOM_AS_COROUTINE))
        return given && is_coroutine ? type_await(program, given) : 0;
    if (!is_plain || atom->flags & ATOM_AS_SYNC || atom->api->colour != COLOUR_SYNC)
        return 0;
    return type_of_atom(program, (Atom){ .kind = ATOM_COROUTINE, .api = atom->api, .of = given, .name = api_name(atom->api) });
}

static TypeId call_api(Program *program, const Atom *atom, const TypeId *arguments, uint32_t count)
{
    const Api *api = atom->api;
    if (atom->flags & (ATOM_AS_COROUTINE | ATOM_AS_SYNC | ATOM_AS_CONTEXT | ATOM_AS_PROPERTY))
        return call_wrapped_api(program, atom, arguments, count);
    if (api->role == ROLE_PARTIAL)
        return count ? with_flag(program, arguments[0], ATOM_PARTIAL) : 0;
    if (api->role >= ROLE_TRANSPARENT && api->role <= ROLE_PROPERTY)
        return count ? decorated_by_api(program, api, arguments[0]) : 0;
    if (api->role == ROLE_MOCK)
        return 0;
    TypeId result = type_of_result(program, api->result, atom->of, arguments, count);
    Atom made = { .api = api, .of = result, .colour = api->colour, .name = api_name(api) };
    switch ((ApiColour)api->colour) {
    case COLOUR_SYNC:
    case COLOUR_MAYBE:
        return api->colour == COLOUR_SYNC ? holding(program, result, held_by(program, api, arguments, count)) : 0;
    case COLOUR_COROUTINE:
        made.kind = ATOM_COROUTINE;
        break;
    case COLOUR_ITERATOR:
        made.kind = ATOM_ASYNC_ITERATOR;
        break;
    case COLOUR_CONTEXT:
        made.kind = ATOM_ASYNC_CONTEXT;
        break;
    case COLOUR_FUTURE:
        if (result) /* the class of the future is known */
            return holding(program, result, held_by(program, api, arguments, count));
        made.kind = ATOM_AWAITABLE;
        break;
    default:
        made.kind = ATOM_AWAITABLE;
    }
    return type_of_atom(program, made);
}

/* ---- Calls ---- */

static TypeId instantiated(Program *program, const Atom *atom, const TypeId *arguments, uint32_t count)
{
    if (atom->api && (atom->api->role == ROLE_PARTIAL || atom->api->role == ROLE_MOCK ||
                         (atom->api->role >= ROLE_TRANSPARENT && atom->api->role <= ROLE_PROPERTY)))
        return call_api(program, atom, arguments, count);
    Atom made = { .kind = ATOM_INSTANCE, .flags = ATOM_EXACT, .is_project = atom->is_project, .ref = atom->ref, .api = atom->api };
    made.name = atom->api ? api_name(atom->api) : atom->name;
    made.of = atom->api ? held_by(program, atom->api, arguments, count) : atom->of;
    made.next = atom->next;
    if (atom->is_project && !atom->of)
        arguments_of_class(program, atom, arguments, count, &made);
    return type_of_atom(program, made);
}

static bool needs_arguments(Program *program, const Atom *atom)
{
    if (atom->flags & ATOM_PARTIAL)
        return false;
    if (atom->kind == ATOM_INSTANCE || atom->kind == ATOM_EXTERNAL)
        return true;
    if (atom->kind != ATOM_FUNCTION && atom->kind != ATOM_CLASS)
        return false;
    const Api *api = atom->api;
    if (!api)
        return atom->is_project && (atom->kind == ATOM_CLASS ? class_is_generic(program, atom->ref) : depends_on_call(program, atom));
    return api->role != ROLE_NONE || strchr(api->result, '(') != NULL;
}

bool call_needs_arguments(Program *program, TypeId callee)
{
    Type type = type_get(program, callee);
    for (uint32_t i = 0; i < type.count; i++) {
        Atom atom = type.atoms[i];
        if (needs_arguments(program, &atom))
            return true;
    }
    return false;
}

/* NewType("Id", int): what its instances are. */
static TypeId alias_of(Program *program, TypeId class_)
{
    Type type = type_get(program, class_);
    TypeId of = type.count == 1 && type.atoms[0].kind == ATOM_EXTERNAL ? type_instance_of_name(program, type.atoms[0].name, 0)
                                                                      : class_given(program, class_);
    return of ? type_of_atom(program, (Atom){ .kind = ATOM_ALIAS, .of = of }) : 0;
}

static TypeId call_atom(Program *program, TypeId whole, const Atom *atom, const TypeId *arguments, uint32_t count)
{
    /* What functools.partial was given goes before what it is called with: positions do not fit. */
    if (atom->flags & ATOM_PARTIAL)
        count = 0;
    switch ((AtomKind)atom->kind) {
    case ATOM_FUNCTION:
        return atom->is_project ? call_project(program, atom, arguments, count) : call_api(program, atom, arguments, count);
    case ATOM_CLASS:
        return instantiated(program, atom, arguments, count);
    case ATOM_CALLABLE:
    case ATOM_ALIAS:
        return atom->of;
    case ATOM_EXTERNAL:
        return str_is(atom->name, "typing.NewType") && count > 1 ? alias_of(program, arguments[1]) : 0;
    case ATOM_INSTANCE:
        return type_call(program, type_attribute(program, whole, STR("__call__")), arguments, count);
    default:
        return 0;
    }
}

TypeId type_call(Program *program, TypeId callee, const TypeId *arguments, uint32_t count)
{
    TypeTable *t = program->types;
    callee = type_without_none(program, callee);
    if (!callee || t->depth >= EVAL_DEEPEST)
        return 0;
    t->depth++;
    uint32_t atoms = t->entries.items[callee].count;
    TypeId result = 0;
    for (uint32_t i = 0; i < atoms; i++) {
        Atom atom = t->entries.items[callee].atoms[i];
        TypeId one = call_atom(program, atoms == 1 ? callee : type_of_atom(program, atom), &atom, arguments, count);
        result = i ? type_union(program, result, one) : one;
        if (!result)
            break;
    }
    t->depth--;
    return result;
}
