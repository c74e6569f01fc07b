/* Summaries as bytes: the arrays one behind the other, as they lie in memory, so that reading is looking at them where they are.
 * Nothing is made anew but the Summary itself; one pass over the numbers sees to it that none leads out of its array.
 *
 * The tables below say what is in the arrays. A new member of a record is one line there, a new array is a line in `arrays`
 * and one in ArrayNumber, a new number of the whole file one in `scalars`; the layout of all of it is hashed into the front of
 * the bytes, so that bytes of an older layout are not read. Where numbers come to mean something else, the version in
 * `magic` goes up. */
#include "base/bug.h"
#include "base/hash.h"
#include "facts/summary.h"

static const char magic[16] = "awry summary 9\n";

/* ---- What there is ---- */

typedef enum ArrayNumber {
    OF_TERMS,
    OF_PARTS,
    OF_EXPORTS,
    OF_MEMBERS,
    OF_CLASSES,
    OF_FUNCTIONS,
    OF_PARAMETERS,
    OF_CALLS,
    OF_ARGUMENTS,
    OF_USES,
    OF_QUESTIONS,
    OF_FOREIGN,
    OF_STARS,
    OF_NAMELESS,
    ARRAYS,
} ArrayNumber;

typedef enum FieldKind {
    AS_NUMBER,  /* any */
    AS_BELOW,   /* below `limit` */
    AS_FLAG,    /* a bool */
    AS_TEXT,    /* a TextId */
    AS_TERM,    /* a TermId */
    AS_INDEX,   /* into the array `limit` */
    AS_INDEX_1, /* the same + 1, or 0 */
    AS_EARLIER, /* + 1 of one that stands before this one in its own array; or 0 */
    AS_RANGE,
    AS_PIECE, /* of the array `limit`; all of them together have no more items than it, so that what is asked of all stays linear */
} FieldKind;

typedef struct Field {
    uint16_t at, size, kind, limit;
} Field;

#define FIELD(Type, member, kind, limit)                                        \
    {                                                                           \
        offsetof(Type, member), sizeof(((Type *)NULL)->member), (kind), (limit) \
    }

/* Looked at by terms_check. */
static const Field of_term[] = {
    FIELD(Term, op, AS_NUMBER, 0),
    FIELD(Term, depth, AS_NUMBER, 0),
    FIELD(Term, width, AS_NUMBER, 0),
    FIELD(Term, a, AS_NUMBER, 0),
    FIELD(Term, b, AS_NUMBER, 0),
};

static const Field of_member[] = {
    FIELD(Member, name, AS_TEXT, 0),
    FIELD(Member, term, AS_TERM, 0),
    FIELD(Member, value, AS_TERM, 0),
    FIELD(Member, is_declared, AS_FLAG, 0),
    FIELD(Member, is_hidden, AS_FLAG, 0),
    FIELD(Member, import, AS_BELOW, IMPORT_NAME + 1),
};

static const Field of_class[] = {
    FIELD(ClassSummary, name, AS_TEXT, 0),
    FIELD(ClassSummary, qualname, AS_TEXT, 0),
    FIELD(ClassSummary, at, AS_RANGE, 0),
    FIELD(ClassSummary, bases, AS_PIECE, OF_PARTS),
    FIELD(ClassSummary, decorators, AS_PIECE, OF_PARTS),
    FIELD(ClassSummary, body, AS_PIECE, OF_MEMBERS),
    FIELD(ClassSummary, attributes, AS_PIECE, OF_MEMBERS),
    FIELD(ClassSummary, has_metaclass, AS_FLAG, 0),
    FIELD(ClassSummary, is_odd, AS_FLAG, 0),
};

static const Field of_function[] = {
    FIELD(FunctionSummary, name, AS_TEXT, 0),
    FIELD(FunctionSummary, qualname, AS_TEXT, 0),
    FIELD(FunctionSummary, at, AS_RANGE, 0),
    FIELD(FunctionSummary, class_, AS_INDEX_1, OF_CLASSES),
    FIELD(FunctionSummary, outer, AS_EARLIER, 0),
    FIELD(FunctionSummary, flags, AS_NUMBER, 0),
    FIELD(FunctionSummary, parameters, AS_PIECE, OF_PARAMETERS),
    FIELD(FunctionSummary, decorators, AS_PIECE, OF_PARTS),
    FIELD(FunctionSummary, returns, AS_TERM, 0),
    FIELD(FunctionSummary, result, AS_TERM, 0),
    FIELD(FunctionSummary, yields, AS_TERM, 0),
    FIELD(FunctionSummary, has_returns, AS_FLAG, 0),
    FIELD(FunctionSummary, calls, AS_PIECE, OF_CALLS),
    FIELD(FunctionSummary, uses, AS_PIECE, OF_USES),
    FIELD(FunctionSummary, questions, AS_PIECE, OF_QUESTIONS),
};

static const Field of_parameter[] = {
    FIELD(Parameter, name, AS_TEXT, 0),
    FIELD(Parameter, kind, AS_BELOW, PARAMETER_STARS + 1),
    FIELD(Parameter, annotation, AS_TERM, 0),
    FIELD(Parameter, fallback, AS_TERM, 0),
    FIELD(Parameter, has_annotation, AS_FLAG, 0),
    FIELD(Parameter, has_default, AS_FLAG, 0),
    FIELD(Parameter, is_rebound, AS_FLAG, 0),
    FIELD(Parameter, fallback_truth, AS_BELOW, TRUTH_YES + 1),
    FIELD(Parameter, is_in_memory, AS_FLAG, 0),
    FIELD(Parameter, address, AS_BELOW, 7),
};

static const Field of_call[] = {
    FIELD(CallSummary, kind, AS_BELOW, CALL_READ + 1),
    FIELD(CallSummary, flags, AS_NUMBER, 0),
    FIELD(CallSummary, term, AS_TERM, 0),
    FIELD(CallSummary, at, AS_RANGE, 0),
    FIELD(CallSummary, arguments, AS_PIECE, OF_ARGUMENTS),
    FIELD(CallSummary, needs, AS_NUMBER, 0), /* see is_function_whole */
    FIELD(CallSummary, needed, AS_BELOW, TRUTH_YES + 1),
    FIELD(CallSummary, need, AS_BELOW, NEED_ATTRIBUTE + 1),
    FIELD(CallSummary, classes, AS_TERM, 0),
    FIELD(CallSummary, needs_also, AS_NUMBER, 0), /* as needs */
    FIELD(CallSummary, needed_also, AS_BELOW, TRUTH_YES + 1),
    FIELD(CallSummary, callee_end, AS_NUMBER, 0),
    FIELD(CallSummary, quick, AS_NUMBER, 0),
    FIELD(CallSummary, object, AS_TEXT, 0),
    FIELD(CallSummary, given, AS_PIECE, OF_PARTS),
};

static const Field of_argument[] = {
    FIELD(Argument, keyword, AS_TEXT, 0),
    FIELD(Argument, position, AS_NUMBER, 0),
    FIELD(Argument, value, AS_TEXT, 0),
    FIELD(Argument, term, AS_TERM, 0),
    FIELD(Argument, type, AS_TERM, 0),
};

static const Field of_use[] = {
    FIELD(ParameterUse, parameter, AS_NUMBER, 0), /* see is_function_whole */
    FIELD(ParameterUse, kind, AS_BELOW, USE_UNCLEAR + 1),
    FIELD(ParameterUse, term, AS_TERM, 0),
    FIELD(ParameterUse, position, AS_NUMBER, 0),
    FIELD(ParameterUse, keyword, AS_TEXT, 0),
    FIELD(ParameterUse, is_star, AS_FLAG, 0),
    FIELD(ParameterUse, is_part, AS_FLAG, 0),
    FIELD(ParameterUse, is_kept, AS_FLAG, 0),
    FIELD(ParameterUse, is_result, AS_FLAG, 0),
    FIELD(ParameterUse, result, AS_BELOW, RESULT_UNCLEAR + 1),
    FIELD(ParameterUse, next, AS_NUMBER, 0), /* see is_function_whole */
    FIELD(ParameterUse, function, AS_INDEX, OF_FUNCTIONS),
    FIELD(ParameterUse, at, AS_RANGE, 0),
};

static const Field of_question[] = {
    FIELD(Question, object, AS_TEXT, 0),
    FIELD(Question, about, AS_NUMBER, 0),
    FIELD(Question, at, AS_NUMBER, 0),
};

static const Field of_text_id[] = { { 0, sizeof(TextId), AS_TEXT, 0 } };
static const Field of_term_id[] = { { 0, sizeof(TermId), AS_TERM, 0 } };

/* Where an array is in a Summary, and its items. All arrays begin as this one does. */
typedef ARRAY(char) AnyArray;
typedef struct ArrayShape {
    size_t at, item;
    const Field *fields;
    uint32_t field_count;
} ArrayShape;

#define SHAPE(member, fields)                                                         \
    {                                                                                 \
        offsetof(Summary, member), sizeof *((Summary *)NULL)->member.items, (fields), \
            sizeof(fields) / sizeof *(fields)                                         \
    }

static const ArrayShape arrays[ARRAYS] = {
    [OF_TERMS] = SHAPE(terms.items, of_term),
    [OF_PARTS] = SHAPE(parts, of_term_id),
    [OF_EXPORTS] = SHAPE(exports, of_member),
    [OF_MEMBERS] = SHAPE(members, of_member),
    [OF_CLASSES] = SHAPE(classes, of_class),
    [OF_FUNCTIONS] = SHAPE(functions, of_function),
    [OF_PARAMETERS] = SHAPE(parameters, of_parameter),
    [OF_CALLS] = SHAPE(calls, of_call),
    [OF_ARGUMENTS] = SHAPE(arguments, of_argument),
    [OF_USES] = SHAPE(uses, of_use),
    [OF_QUESTIONS] = SHAPE(questions, of_question),
    [OF_FOREIGN] = SHAPE(foreign, of_text_id),
    [OF_STARS] = SHAPE(stars, of_term_id),
    [OF_NAMELESS] = SHAPE(nameless, of_term_id),
};

/* Numbers of the whole file. */
static const size_t scalars[] = { offsetof(Summary, traits) };
enum { SCALARS = sizeof scalars / sizeof *scalars };

/* What stands in front. Behind it come the arrays, then begins, hashes and ids of the texts, then the texts, the path and the module; each
 * of them begins at a multiple of 8. */
typedef struct Front {
    char magic[sizeof magic];
    uint64_t layout;
    uint32_t counts[ARRAYS], scalars[SCALARS];
    uint32_t texts, text_bytes, path, module, is_stub;
} Front;

uint64_t summary_layout(void)
{
    uint64_t hash = hash_join(hash_bytes(magic, sizeof magic), hash_bytes(scalars, sizeof scalars));
    for (size_t i = 0; i < ARRAYS; i++) {
        hash = hash_join(hash, arrays[i].item);
        hash = hash_join(hash, hash_bytes(arrays[i].fields, arrays[i].field_count * sizeof(Field)));
    }
    return hash;
}

static AnyArray array_of(const Summary *s, const ArrayShape *shape)
{
    AnyArray array;
    memcpy(&array, (const char *)s + shape->at, sizeof array);
    return array;
}

/* Offsets of the parts from the begin of the bytes. In 64 bits: no counts make them overflow. */
typedef struct Places {
    uint64_t arrays[ARRAYS], begins, hashes, ids, texts, path, module, end;
} Places;

static uint64_t place(uint64_t *next, uint64_t count, uint64_t size)
{
    uint64_t at = *next;
    *next = (at + count * size + 7) & ~UINT64_C(7);
    return at;
}

static Places places_of(const Front *front)
{
    Places places;
    uint64_t next = sizeof(Front);
    for (size_t i = 0; i < ARRAYS; i++)
        places.arrays[i] = place(&next, front->counts[i], arrays[i].item);
    places.begins = place(&next, (uint64_t)front->texts + 1, sizeof(uint32_t));
    places.hashes = place(&next, front->texts, sizeof(uint32_t));
    places.ids = place(&next, front->texts, sizeof(uint32_t));
    places.texts = place(&next, front->text_bytes, 1);
    places.path = place(&next, front->path, 1);
    places.module = place(&next, front->module, 1);
    places.end = next;
    return places;
}

/* ---- Writing ---- */

/* What the compiler left between members is not always zero. A gap as large as a number is a member without a line in the
 * tables. */
static void clear_gaps(char *items, uint32_t count, const ArrayShape *shape)
{
    bool is_member[256] = { false };
    ALWAYS(shape->item <= sizeof is_member);
    for (uint32_t i = 0; i < shape->field_count; i++)
        memset(is_member + shape->fields[i].at, true, shape->fields[i].size);
    for (size_t at = 0, gap = 0; at < shape->item; at++) {
        gap = is_member[at] ? 0 : gap + 1;
        ALWAYS(gap < sizeof(uint32_t));
        if (is_member[at])
            continue;
        for (uint32_t i = 0; i < count; i++)
            items[i * shape->item + at] = 0;
    }
}

static void put_arrays(char *bytes, const Summary *s, const Front *front, const Places *places)
{
    for (size_t i = 0; i < ARRAYS; i++) {
        char *to = bytes + places->arrays[i];
        if (!front->counts[i])
            continue;
        memcpy(to, array_of(s, &arrays[i]).items, front->counts[i] * arrays[i].item);
        clear_gaps(to, front->counts[i], &arrays[i]);
    }
}

static void put_texts(char *bytes, const Summary *s, const Places *places, Arena *arena)
{
    const Names *names = &s->terms.texts;
    uint32_t *begins = (uint32_t *)(void *)(bytes + places->begins);
    char *next = bytes + places->texts;
    for (TextId id = 1; id <= s->own_texts; id++) {
        Str text = names_text(names, id);
        memcpy(next, text.p, text.n);
        next += text.n;
        begins[id] = begins[id - 1] + text.n;
    }
    names_order(names, s->own_texts, arena, (uint32_t *)(void *)(bytes + places->hashes),
        (uint32_t *)(void *)(bytes + places->ids));
}

static Front front_of(const Summary *s)
{
    Front front = { .layout = summary_layout(), .texts = s->own_texts, .path = s->path.n, .module = s->module.n };
    memcpy(front.magic, magic, sizeof magic);
    front.is_stub = s->is_stub;
    for (size_t i = 0; i < ARRAYS; i++)
        front.counts[i] = array_of(s, &arrays[i]).count;
    for (size_t i = 0; i < SCALARS; i++)
        memcpy(&front.scalars[i], (const char *)s + scalars[i], sizeof front.scalars[i]);
    front.counts[OF_TERMS] = s->own_terms;
    for (TextId id = 1; id <= s->own_texts; id++)
        front.text_bytes += names_text(&s->terms.texts, id).n;
    return front;
}

Str summary_write(const Summary *s, Arena *arena, Arena *scratch)
{
    Front front = front_of(s);
    Places places = places_of(&front);
    ALWAYS(places.end <= UINT32_MAX);
    char *bytes = arena_alloc(arena, (size_t)places.end);
    memcpy(bytes, &front, sizeof front);
    put_arrays(bytes, s, &front, &places);
    put_texts(bytes, s, &places, scratch);
    if (front.path)
        memcpy(bytes + places.path, s->path.p, s->path.n);
    if (front.module)
        memcpy(bytes + places.module, s->module.p, s->module.n);
    return (Str){ bytes, (uint32_t)places.end };
}

/* ---- Reading ---- */

/* `count` numbers, `step` bytes apart: whether all are below the limit. */
static bool are_below(const char *at, uint32_t count, size_t step, uint64_t limit)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < count; i++, at += step) {
        uint32_t value;
        memcpy(&value, at, sizeof value);
        most = value > most ? value : most;
    }
    return !count || most < limit;
}

static bool are_bytes_below(const char *at, uint32_t count, size_t step, uint64_t limit)
{
    unsigned char most = 0;
    for (uint32_t i = 0; i < count; i++, at += step)
        most = (unsigned char)*at > most ? (unsigned char)*at : most;
    return !count || most < limit;
}

static bool are_earlier(const char *at, uint32_t count, size_t step)
{
    bool is_good = true;
    for (uint32_t i = 0; i < count; i++, at += step) {
        uint32_t value;
        memcpy(&value, at, sizeof value);
        is_good &= value <= i;
    }
    return is_good;
}

static bool are_ranges(const char *at, uint32_t count, size_t step)
{
    bool is_good = true;
    for (uint32_t i = 0; i < count; i++, at += step) {
        Range range;
        memcpy(&range, at, sizeof range);
        is_good &= range.begin <= range.end;
    }
    return is_good;
}

/* `sum`: of all pieces of that array so far. */
static bool are_pieces(const char *at, uint32_t count, size_t step, uint32_t limit, uint64_t *sum)
{
    bool is_good = true;
    for (uint32_t i = 0; i < count; i++, at += step) {
        Piece piece;
        memcpy(&piece, at, sizeof piece);
        is_good &= (uint64_t)piece.first + piece.count <= limit;
        *sum += piece.count;
    }
    return is_good && *sum <= limit;
}

typedef struct Input {
    const Front *front;
    uint64_t sums[ARRAYS]; /* of the pieces of each array */
} Input;

static bool is_field_whole(Input *in, const Field *field, const char *at, uint32_t count, size_t step)
{
    const uint32_t *counts = in->front->counts;
    switch ((FieldKind)field->kind) {
    case AS_NUMBER:
        return true;
    case AS_FLAG:
        return are_bytes_below(at, count, step, 2);
    case AS_BELOW:
        return field->size == 1 ? are_bytes_below(at, count, step, field->limit)
                                : are_below(at, count, step, field->limit);
    case AS_TEXT:
        return are_below(at, count, step, (uint64_t)in->front->texts + 1);
    case AS_TERM:
        return are_below(at, count, step, counts[OF_TERMS]);
    case AS_INDEX:
        return are_below(at, count, step, counts[field->limit]);
    case AS_INDEX_1:
        return are_below(at, count, step, (uint64_t)counts[field->limit] + 1);
    case AS_EARLIER:
        return are_earlier(at, count, step);
    case AS_RANGE:
        return are_ranges(at, count, step);
    case AS_PIECE:
        return are_pieces(at, count, step, counts[field->limit], &in->sums[field->limit]);
    }
    return false;
}

static bool are_arrays_whole(const Summary *s, const Front *front)
{
    Input in = { .front = front };
    for (size_t i = 0; i < ARRAYS; i++) {
        const ArrayShape *shape = &arrays[i];
        const char *items = array_of(s, shape).items;
        for (uint32_t k = 0; k < shape->field_count; k++)
            if (!is_field_whole(&in, &shape->fields[k], items + shape->fields[k].at, front->counts[i], shape->item))
                return false;
    }
    return true;
}

/* What depends on the function that it belongs to. `next` leads forward within the function, so following it ends. */
static bool is_function_whole(const Summary *s, const FunctionSummary *f)
{
    for (uint32_t i = 0; i < f->calls.count; i++) {
        const CallSummary *call = &s->calls.items[f->calls.first + i];
        if (call->needs > f->parameters.count || call->needs_also > f->parameters.count)
            return false;
    }
    uint32_t end = f->uses.first + f->uses.count;
    for (uint32_t i = f->uses.first; i < end; i++) {
        const ParameterUse *use = &s->uses.items[i];
        if (use->parameter >= f->parameters.count || (use->next && (use->next <= i + 1 || use->next > end)))
            return false;
    }
    return true;
}

static bool names_definitions(const Summary *s)
{
    for (TermId id = 1; id < s->own_terms; id++) {
        const Term *term = term_at(&s->terms, id);
        bool is_class = term->op == TERM_CLASS || term->op == TERM_SUPER;
        bool is_function = term->op == TERM_FUNCTION || term->op == TERM_PARAMETER;
        if (is_class && term->a >= s->classes.count)
            return false;
        if (is_function && term->a >= s->functions.count)
            return false;
        if (term->op == TERM_PARAMETER && term->b >= s->functions.items[term->a].parameters.count)
            return false;
    }
    return true;
}

/* Texts are never empty, so their begins ascend strictly. */
static bool are_texts_whole(const FrozenNames *texts, uint32_t text_bytes)
{
    bool is_good = texts->begins[0] == 0 && texts->begins[texts->count] == text_bytes;
    for (uint32_t i = 0; i < texts->count; i++) {
        is_good &= texts->begins[i] < texts->begins[i + 1];
        is_good &= texts->ids[i] - 1 < texts->count;
    }
    return is_good;
}

static const uint32_t *numbers_at(Str bytes, uint64_t at)
{
    return (const uint32_t *)(const void *)(bytes.p + at);
}

static bool is_whole(const Summary *s, const Front *front)
{
    if (!are_texts_whole(&s->terms.texts.frozen, front->text_bytes))
        return false;
    if (!are_arrays_whole(s, front) || !terms_check(&s->terms, s->own_terms, s->own_texts) || !names_definitions(s))
        return false;
    for (uint32_t i = 0; i < s->functions.count; i++)
        if (!is_function_whole(s, &s->functions.items[i]))
            return false;
    return true;
}

/* Nobody writes to the arrays of a Summary that was read back; a push moves them first, because they have no reserve. */
static void set_array(Summary *s, const ArrayShape *shape, const char *items, uint32_t count)
{
    AnyArray array = { (char *)(uintptr_t)items, count, count };
    memcpy((char *)s + shape->at, &array, sizeof array);
}

/* In bytes whose parts are as long as the front says. */
static Summary *summary_over(Arena *arena, Str bytes, const Front *front)
{
    Places places = places_of(front);
    Summary *s = arena_new(arena, Summary);
    for (size_t i = 0; i < ARRAYS; i++)
        set_array(s, &arrays[i], bytes.p + places.arrays[i], front->counts[i]);
    for (size_t i = 0; i < SCALARS; i++)
        memcpy((char *)s + scalars[i], &front->scalars[i], sizeof front->scalars[i]);
    FrozenNames texts = {
        .bytes = bytes.p + places.texts,
        .begins = numbers_at(bytes, places.begins),
        .hashes = numbers_at(bytes, places.hashes),
        .ids = numbers_at(bytes, places.ids),
        .count = front->texts,
    };
    names_thaw(&s->terms.texts, arena, &texts);
    s->terms.arena = arena;
    s->own_texts = front->texts;
    s->own_terms = front->counts[OF_TERMS];
    s->path = (Str){ bytes.p + places.path, front->path };
    s->module = (Str){ bytes.p + places.module, front->module };
    s->is_stub = front->is_stub;
    return s;
}

Summary *summary_read(Arena *arena, Str bytes)
{
    Front front;
    if (bytes.n < sizeof front)
        return NULL;
    memcpy(&front, bytes.p, sizeof front);
    if (memcmp(front.magic, magic, sizeof magic) != 0 || front.layout != summary_layout())
        return NULL;
    if ((uintptr_t)bytes.p % sizeof(uint64_t))
        bytes = arena_copy(arena, bytes);
    if (places_of(&front).end != bytes.n || front.is_stub > 1)
        return NULL;
    Summary *s = summary_over(arena, bytes, &front);
    return is_whole(s, &front) ? s : NULL;
}

Summary *summary_take(Arena *arena, Str bytes)
{
    Front front;
    memcpy(&front, bytes.p, sizeof front);
    return summary_over(arena, bytes, &front);
}

Summary *summary_share(Arena *arena, const Summary *frozen)
{
    Summary *s = arena_new(arena, Summary);
    *s = *frozen;
    names_thaw(&s->terms.texts, arena, &frozen->terms.texts.frozen);
    s->terms.arena = arena;
    return s;
}
