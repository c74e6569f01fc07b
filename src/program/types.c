/* The table of types, and the operators of terms. Recursion goes over terms, not over input, and is bounded by EVAL_DEEPEST. A term
 * that needs itself is unknown, and so is all of the cycle, whoever asks first. */
#include "program/basis.h"
#include "program/types_internal.h"

/* ---- The table ---- */

static uint32_t hash_atom(uint32_t h, const Atom *atom)
{
    uint64_t parts[] = {
        (uint64_t)atom->kind | (uint64_t)atom->colour << 8 | (uint64_t)atom->flags << 16 | (uint64_t)atom->is_project << 32,
        (uint64_t)atom->ref.file << 32 | atom->ref.number,
        (uint64_t)(uintptr_t)atom->api,
        (uint64_t)atom->of << 32 | atom->next,
        atom->api ? 0 : str_hash(atom->name, 0),
    };
    uint64_t sum = h;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        sum = (sum ^ parts[i]) * 0x9E3779B97F4A7C15u, sum ^= sum >> 29;
    return (uint32_t)(sum ^ (sum >> 32));
}

static bool same_atom(const Atom *a, const Atom *b)
{
    return a->kind == b->kind && a->flags == b->flags && a->colour == b->colour && a->is_project == b->is_project &&
           a->ref.file == b->ref.file && a->ref.number == b->ref.number && a->api == b->api && a->of == b->of &&
           a->next == b->next && (a->api || str_equal(a->name, b->name));
}

static uint32_t hash_atoms(const Atom *atoms, uint32_t count)
{
    uint32_t h = count;
    for (uint32_t i = 0; i < count; i++)
        h = hash_atom(h, &atoms[i]);
    return h;
}

static bool same_atoms(const TypeEntry *entry, const Atom *atoms, uint32_t count)
{
    if (entry->count != count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!same_atom(&entry->atoms[i], &atoms[i]))
            return false;
    }
    return true;
}

static void make_room(Program *program)
{
    TypeTable *t = program->types;
    if (t->entries.count * 2 < t->room)
        return;
    t->room = t->room ? t->room * 2 : 128;
    t->slots = arena_array(program->arena, TypeSlot, t->room);
    for (TypeId id = 1; id < t->entries.count; id++) {
        uint32_t hash = t->entries.items[id].hash, at = hash & (t->room - 1);
        while (t->slots[at].type)
            at = (at + 1) & (t->room - 1);
        t->slots[at] = (TypeSlot){ hash, id };
    }
}

static bool has_variables(const TypeTable *t, const Atom *atoms, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (atoms[i].kind == ATOM_VARIABLE || t->entries.items[atoms[i].of].has_variables || t->entries.items[atoms[i].next].has_variables)
            return true;
    }
    return false;
}

static TypeId intern(Program *program, const Atom *atoms, uint32_t count)
{
    if (!count)
        return 0;
    make_room(program);
    TypeTable *t = program->types;
    uint32_t hash = hash_atoms(atoms, count), at = hash & (t->room - 1);
    for (; t->slots[at].type; at = (at + 1) & (t->room - 1)) {
        if (t->slots[at].hash == hash && same_atoms(&t->entries.items[t->slots[at].type], atoms, count))
            return t->slots[at].type;
    }
    Atom *copy = arena_array(program->arena, Atom, count);
    memcpy(copy, atoms, count * sizeof *atoms);
    for (uint32_t i = 0; i < count; i++) { /* names may come from a Summary that lives shorter */
        if (copy[i].name.n && !copy[i].api)
            copy[i].name = arena_copy(program->arena, copy[i].name);
    }
    t->slots[at] = (TypeSlot){ hash, t->entries.count };
    *array_push(program->arena, &t->entries) =
        (TypeEntry){ .atoms = copy, .count = count, .hash = hash, .has_variables = has_variables(t, copy, count) };
    return t->slots[at].type;
}

TypeId type_of_atom(Program *program, Atom atom)
{
    if (!atom.name.p)
        atom.name = STR("");
    return intern(program, &atom, 1);
}

TypeId type_none(Program *program)
{
    return type_of_atom(program, (Atom){ .kind = ATOM_NONE });
}

Type type_get(const Program *program, TypeId id)
{
    const TypeEntry *entry = &program->types->entries.items[id];
    return (Type){ entry->atoms, entry->count };
}

TypeId type_union(Program *program, TypeId a, TypeId b)
{
    if (a == b || !a || !b)
        return a == b ? a : 0;
    Type first = type_get(program, a), second = type_get(program, b);
    Atom atoms[2 * TYPE_ATOMS];
    uint32_t count = first.count;
    memcpy(atoms, first.atoms, count * sizeof *atoms);
    for (uint32_t i = 0; i < second.count; i++) {
        bool is_new = true;
        for (uint32_t k = 0; k < first.count; k++)
            is_new &= !same_atom(&atoms[k], &second.atoms[i]);
        if (is_new)
            atoms[count++] = second.atoms[i];
    }
    return count > TYPE_ATOMS ? 0 : intern(program, atoms, count);
}

TypeId type_without_none(Program *program, TypeId type)
{
    Type whole = type_get(program, type);
    Atom atoms[TYPE_ATOMS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < whole.count; i++) {
        if (whole.atoms[i].kind != ATOM_NONE)
            atoms[count++] = whole.atoms[i];
    }
    return count == whole.count ? type : intern(program, atoms, count);
}

/* ---- Operators over the atoms of a type ---- */

typedef struct Operands {
    Str name;
    const TypeId *arguments;
    uint32_t count; /* of arguments; of ITEM the position */
    bool is_async;
} Operands;

typedef TypeId Operator(Program *program, TypeId whole, const Atom *atom, const Operands *operands);

/* The union of what the operator gives for every atom; None is left out, since using it is an error of another kind. */
static TypeId over(Program *program, TypeId type, Operator *operator, const Operands *operands)
{
    TypeTable *t = program->types;
    type = type_without_none(program, type);
    if (!type || t->depth >= EVAL_DEEPEST)
        return 0;
    t->depth++;
    uint32_t count = t->entries.items[type].count;
    TypeId result = 0;
    for (uint32_t i = 0; i < count; i++) {
        Atom atom = t->entries.items[type].atoms[i];
        TypeId one = operator(program, count == 1 ? type : type_of_atom(program, atom), &atom, operands);
        result = i ? type_union(program, result, one) : one;
        if (!result)
            break;
    }
    t->depth--;
    return result;
}

static bool is_dict(const Atom *atom) { return atom->kind == ATOM_INSTANCE && str_is(atom->name, "builtins.dict"); }

/* Methods of a dict whose values are known. */
static TypeId dict_attribute(Program *program, const Atom *atom, Str name)
{
    if (!atom->of)
        return 0;
    TypeId given = 0;
    if (str_is(name, "get") || str_is(name, "pop") || str_is(name, "setdefault"))
        given = atom->of;
    else if (str_is(name, "values"))
        given = type_of_atom(program, (Atom){ .kind = ATOM_INSTANCE, .name = STR("builtins.list"), .of = atom->of });
    else if (str_is(name, "items") && atom->next) {
        TypeId last = type_of_atom(program, (Atom){ .kind = ATOM_TUPLE, .of = atom->of });
        TypeId pair = type_of_atom(program, (Atom){ .kind = ATOM_TUPLE, .of = atom->next, .next = last });
        given = type_of_atom(program, (Atom){ .kind = ATOM_INSTANCE, .name = STR("builtins.list"), .of = pair });
    }
    return given ? type_of_atom(program, (Atom){ .kind = ATOM_CALLABLE, .of = given }) : 0;
}

/* `pop` of a list whose items are known. */
static TypeId list_attribute(Program *program, const Atom *atom, Str name)
{
    bool gives_item = str_is(name, "pop") || str_is(name, "popleft");
    return gives_item && atom->of ? type_of_atom(program, (Atom){ .kind = ATOM_CALLABLE, .of = atom->of }) : 0;
}

static TypeId attribute_of_api(Program *program, TypeId whole, const Atom *atom, Str name)
{
    bool complete;
    const Api *member = api_member(atom->api, name, &complete);
    TypeId other;
    if (member && member_instead(program, atom->api, member, atom, whole, &other))
        return other;
    return member ? type_of_member(program, member, atom->kind == ATOM_INSTANCE ? whole : 0) : 0;
}

static TypeId attribute(Program *program, TypeId whole, const Atom *atom, const Operands *o)
{
    bool is_class_like = atom->kind == ATOM_INSTANCE || atom->kind == ATOM_CLASS;
    if (is_class_like && atom->is_project)
        return member_of_project(program, atom, o->name, whole);
    if (is_class_like && atom->api) {
        TypeId member = attribute_of_api(program, whole, atom, o->name);
        Ref source;
        if (member)
            return member;
        if (program->lent && class_in_sources(program, api_name(atom->api), &source)) {
            Atom owner = { .kind = atom->kind, .flags = atom->flags, .is_project = true, .ref = source, .name = STR("") };
            return member_of_project(program, &owner, o->name, type_of_atom(program, owner));
        }
    }
    if (atom->kind == ATOM_INSTANCE)
        return is_dict(atom) ? dict_attribute(program, atom, o->name) : list_attribute(program, atom, o->name);
    if (atom->kind == ATOM_EXTERNAL) {
        const char *dot = atom->name.n && atom->name.p[atom->name.n - 1] == '.' ? "" : ".";
        Str name = arena_printf(program->arena, "%.*s%s%.*s", STR_ARG(atom->name), dot, STR_ARG(o->name));
        return type_of_name(program, atom->ref.file, name);
    }
    if (atom->kind == ATOM_MODULE) {
        TypeId member;
        return module_member(program, atom->ref.file, o->name, &member) ? member : 0;
    }
    return 0;
}

TypeId type_attribute(Program *program, TypeId object, Str name)
{
    return over(program, object, attribute, &(Operands){ .name = name });
}

static TypeId awaited(Program *program, TypeId whole, const Atom *atom, const Operands *o)
{
    (void)whole, (void)o;
    bool is_future = atom->kind == ATOM_INSTANCE && atom->api && api_is_a(atom->api, "asyncio.Future");
    return atom->kind == ATOM_COROUTINE || atom->kind == ATOM_AWAITABLE || is_future ? type_within(program, atom) : 0;
}

TypeId type_await(Program *program, TypeId type)
{
    return over(program, type, awaited, &(Operands){ 0 });
}

static TypeId entered(Program *program, TypeId whole, const Atom *atom, const Operands *o)
{
    bool is_context = atom->kind == (o->is_async ? ATOM_ASYNC_CONTEXT : ATOM_CONTEXT);
    if (is_context || (o->is_async && atom->kind == ATOM_AWAITABLE && atom->colour == COLOUR_AWAITABLE_CONTEXT))
        return type_within(program, atom);
    if (atom->kind != ATOM_INSTANCE)
        return 0;
    Str method = o->is_async ? STR("__aenter__") : STR("__enter__");
    if (!atom->is_project) {
        bool complete;
        const Api *row = atom->api ? api_member(atom->api, method, &complete) : NULL;
        /* Most context managers of libraries give themselves. */
        bool is_other = row && row->result[0];
        return is_other ? type_of_result(program, row->result, whole, NULL, 0) : atom->api ? whole : 0;
    }
    TypeId given = type_call(program, type_attribute(program, whole, method), NULL, 0);
    return o->is_async ? type_await(program, given) : given;
}

TypeId type_enter(Program *program, TypeId type, bool is_async)
{
    return over(program, type, entered, &(Operands){ .is_async = is_async });
}

static TypeId each(Program *program, TypeId whole, const Atom *atom, const Operands *o)
{
    if (atom->kind == ATOM_ASYNC_ITERATOR || atom->kind == ATOM_GENERATOR)
        return (atom->kind == ATOM_ASYNC_ITERATOR) == o->is_async ? type_within(program, atom) : 0;
    if (atom->kind != ATOM_INSTANCE)
        return 0;
    if (atom->is_project) {
        TypeId iterator = type_call(program, type_attribute(program, whole, o->is_async ? STR("__aiter__") : STR("__iter__")), NULL, 0);
        Type type = type_get(program, iterator);
        bool is_generator = type.count == 1 && type.atoms[0].kind != ATOM_INSTANCE;
        if (is_generator || !o->is_async)
            return is_generator ? type_each(program, iterator, o->is_async) : 0;
        return type_await(program, type_call(program, type_attribute(program, iterator, STR("__anext__")), NULL, 0));
    }
    if (o->is_async || !atom->api) {
        bool complete;
        const Api *row = atom->api ? api_member(atom->api, STR("__anext__"), &complete) : NULL;
        return row ? type_of_result(program, row->result, whole, NULL, 0) : o->is_async ? 0 : is_dict(atom) ? atom->next : atom->of;
    }
    bool complete;
    const Api *row = api_member(atom->api, STR("__next__"), &complete);
    return row ? type_of_result(program, row->result, whole, NULL, 0) : is_dict(atom) ? atom->next : atom->of;
}

TypeId type_each(Program *program, TypeId type, bool is_async)
{
    return over(program, type, each, &(Operands){ .is_async = is_async });
}

static TypeId item(Program *program, TypeId whole, const Atom *atom, const Operands *o)
{
    if (atom->kind == ATOM_TUPLE) {
        Atom tuple = *atom;
        for (uint32_t i = o->count; i > 1 && tuple.next; i--)
            tuple = type_get(program, tuple.next).atoms[0];
        return o->count ? tuple.of : 0;
    }
    if (atom->kind != ATOM_INSTANCE)
        return 0;
    if (atom->is_project)
        return o->count ? field_of_named_tuple(program, atom->ref, o->count - 1) : 0;
    bool complete;
    const Api *row = atom->api ? api_member(atom->api, STR("__getitem__"), &complete) : NULL;
    return row ? type_of_result(program, row->result, whole, NULL, 0) : atom->of;
}

TypeId type_item(Program *program, TypeId type, uint32_t position)
{
    return over(program, type, item, &(Operands){ .count = position });
}

/* ---- Terms ---- */

uint32_t type_list(Program *program, uint32_t file, TermId list, TypeId *out)
{
    const Summary *summary = program_file(program, file);
    uint32_t count = 0;
    for (; list && count < CALL_ARGUMENTS; list = term_at(&summary->terms, list)->b)
        out[count++] = type_eval(program, file, term_at(&summary->terms, list)->a);
    return count;
}

static uint32_t list_length(Program *program, uint32_t file, TermId list)
{
    const Summary *summary = program_file(program, file);
    uint32_t count = 0;
    for (; list && count < CALL_ARGUMENTS; list = term_at(&summary->terms, list)->b)
        count++;
    return count;
}

/* What is passed is looked at only by those calls whose result depends on it: most terms never are. */
static TypeId called(Program *program, uint32_t file, const Term *term)
{
    TypeId arguments[CALL_ARGUMENTS] = { 0 };
    TypeId callee = type_eval(program, file, term->a);
    if (!callee)
        return 0;
    if (call_needs_arguments(program, callee))
        return type_call(program, callee, arguments, type_list(program, file, term->b, arguments));
    return type_call(program, callee, arguments, list_length(program, file, term->b));
}

static TypeId fresh(Program *program, uint32_t file, Term term)
{
    const Terms *terms = &program_file(program, file)->terms;
    switch ((TermOp)term.op) {
    case TERM_NONE:
        return type_none(program);
    case TERM_NAME:
        return type_of_name(program, file, terms_text_of(terms, term.a));
    case TERM_FUNCTION:
        return type_of_function(program, (Ref){ file, term.a });
    case TERM_CLASS:
        return type_of_atom(program, (Atom){ .kind = ATOM_CLASS, .is_project = true, .ref = { file, term.a } });
    case TERM_PARAMETER:
        return type_of_parameter(program, (Ref){ file, term.a }, term.b);
    case TERM_SUPER:
        return type_of_atom(
            program, (Atom){ .kind = ATOM_INSTANCE, .flags = ATOM_SUPER, .is_project = true, .ref = { file, term.a } });
    case TERM_CALL:
        return called(program, file, &term);
    case TERM_ATTRIBUTE:
        return type_attribute(program, type_eval(program, file, term.a), terms_text_of(terms, term.b));
    case TERM_ITEM:
        return type_item(program, type_eval(program, file, term.a), term.b);
    case TERM_AWAIT:
        return type_await(program, type_eval(program, file, term.a));
    case TERM_ENTER:
    case TERM_ENTER_ASYNC:
        return type_enter(program, type_eval(program, file, term.a), term.op == TERM_ENTER_ASYNC);
    case TERM_EACH:
    case TERM_EACH_ASYNC:
        return type_each(program, type_eval(program, file, term.a), term.op == TERM_EACH_ASYNC);
    case TERM_INSTANCE:
        return type_instance(program, file, term.a);
    case TERM_UNION:
        return type_union(program, type_eval(program, file, term.a), type_eval(program, file, term.b));
    case TERM_TUPLE: {
        TypeId items[CALL_ARGUMENTS];
        uint32_t count = type_list(program, file, term.b, items);
        return type_of_tuple(program, items, count);
    }
    case TERM_ELEMENTS: {
        TypeId of = type_eval(program, file, term.a);
        Str name = term.b == ELEMENTS_OF_DICT ? STR("builtins.dict") : STR("builtins.list");
        return type_of_atom(program, (Atom){ .kind = ATOM_INSTANCE, .name = name, .of = of });
    }
    case TERM_GENERIC:
        return type_of_generic(program, file, &term);
    default:
        return 0;
    }
}

void types_make_room(Program *program, uint32_t file)
{
    TypeTable *t = program->types;
    if (file < t->memo_count)
        return;
    uint32_t room = t->memo_count ? t->memo_count : 16;
    while (room <= file)
        room *= 2;
    TermMemo *memos = arena_array(program->arena, TermMemo, room);
    ClassMemo *classes = arena_array(program->arena, ClassMemo, room);
    if (t->memo_count) {
        memcpy(memos, t->memos, t->memo_count * sizeof *memos);
        memcpy(classes, t->classes, t->memo_count * sizeof *classes);
    }
    t->memos = memos;
    t->classes = classes;
    t->memo_count = room;
}

static TypeId *memo_of(Program *program, uint32_t file, TermId term)
{
    types_make_room(program, file);
    TermMemo *memo = &program->types->memos[file];
    if (term >= memo->room) {
        const Terms *terms = &program_file(program, file)->terms;
        uint32_t room = terms->items.count > terms->items.reserve ? terms->items.count : terms->items.reserve;
        memo->types = arena_grow(program->arena, memo->types, memo->room * sizeof(TypeId), room * sizeof(TypeId));
        memset(memo->types + memo->room, 0, (room - memo->room) * sizeof(TypeId));
        if (program->basis)
            memo->nodes = arena_grow(program->arena, memo->nodes, memo->room * sizeof(uint32_t), room * sizeof(uint32_t));
        memo->room = room;
    }
    return &memo->types[term];
}

static void note_basis(Program *program, const Pending *pending, uint32_t node)
{
    if (program->basis)
        program->types->memos[pending->file].nodes[pending->term] = node;
}

/* A term that is done, and so are those pushed after it: each of them led back to it. All of a cycle is unknown, whoever asks first. */
static void settle(Program *program, uint32_t place, TypeId type, uint32_t node)
{
    TypeTable *t = program->types;
    bool is_cycle = t->lowest == place;
    while (t->pending.count > place + 1) {
        const Pending *pending = &t->pending.items[--t->pending.count];
        *memo_of(program, pending->file, pending->term) = 0 + 1;
        note_basis(program, pending, node);
    }
    const Pending *own = &t->pending.items[--t->pending.count];
    *memo_of(program, own->file, own->term) = (is_cycle ? 0 : type) + 1;
    note_basis(program, own, node);
}

/* Strongly connected components as Tarjan found them, with the stack of evaluations for his search. */
TypeId type_eval(Program *program, uint32_t file, TermId term)
{
    if (!term)
        return 0;
    TypeTable *t = program->types;
    TypeId known = *memo_of(program, file, term);
    if (known & TERM_BUSY) {
        uint32_t place = known & ~TERM_BUSY;
        t->lowest = place < t->lowest ? place : t->lowest;
        return 0;
    }
    if (known) {
        if (program->basis)
            rests_on_node(program, t->memos[file].nodes[term]);
        return known - 1;
    }
    if (t->depth >= EVAL_DEEPEST)
        return 0;
    uint32_t place = t->pending.count, outer = t->lowest, mark = basis_mark(program);
    *array_push(program->arena, &t->pending) = (Pending){ file, term };
    *memo_of(program, file, term) = TERM_BUSY | place;
    uint32_t frames = t->frames;
    t->lowest = NO_FILE;
    t->frames = 0;
    t->depth++;
    TypeId type = fresh(program, file, *term_at(&program_file(program, file)->terms, term));
    t->depth--;
    t->frames = frames;
    if (t->lowest >= place) {
        type = t->lowest == place ? 0 : type;
        uint32_t node = basis_node(program, mark);
        settle(program, place, type, node);
        rests_on_node(program, node);
        t->lowest = outer;
        return type;
    }
    t->lowest = t->lowest < outer ? t->lowest : outer;
    return 0;
}
