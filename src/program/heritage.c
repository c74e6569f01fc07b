#include "program/heritage.h"

#include <stdlib.h>

#include "program/basis.h"

/* A class, or another name, under the last part of a name. */
typedef struct Entry {
    uint32_t name;  /* id in names */
    uint32_t alias; /* of another name: its id; else 0 */
    Ref class_;
} Entry;

struct Heritage {
    Names names;
    ARRAY(Entry) entries; /* while it is made */
    Ref *classes;         /* by name, in order */
    uint32_t *first;      /* classes of name n: first[n] ... first[n + 1] */
    uint32_t *aliases, *alias_first;
    ARRAY(Ref) unnamed;
    SuspectList suspects; /* by name, then by file */
};

static Str last_part(Str dotted)
{
    uint32_t dot = str_find_last(dotted, '.');
    Str last = dot < dotted.n ? str_slice(dotted, dot + 1, dotted.n) : dotted;
    return last.n && last.p[0] == '*' ? str_slice(last, 1, last.n) : last;
}

Str heir_key(const Summary *s, TermId id)
{
    const Term *term = term_at(&s->terms, id);
    while (term->op == TERM_ITEM || term->op == TERM_GENERIC)
        term = term_at(&s->terms, term->a);
    switch ((TermOp)term->op) {
    case TERM_NAME:
        return last_part(terms_text_of(&s->terms, term->a));
    case TERM_ATTRIBUTE:
        return terms_text_of(&s->terms, term->b);
    case TERM_CLASS:
        return terms_text_of(&s->terms, s->classes.items[term->a].name);
    default:
        return STR("");
    }
}

static uint32_t name_id(Heritage *h, Arena *arena, Str name)
{
    uint32_t id = names_find(&h->names, name);
    return id ? id : names_add(&h->names, arena_copy(arena, name));
}

static void add_class(Heritage *h, Arena *arena, const Summary *s, Ref ref)
{
    Piece bases = s->classes.items[ref.number].bases;
    for (uint32_t i = 0; i < bases.count; i++) {
        TermId base = s->parts.items[bases.first + i];
        Str name = heir_key(s, base);
        bool is_union = base && term_at(&s->terms, base)->op == TERM_UNION;
        if (name.n)
            *array_push(arena, &h->entries) = (Entry){ .name = name_id(h, arena, name), .class_ = ref };
        else if (base && !is_union)
            *array_push(arena, &h->unnamed) = ref;
        for (; is_union && term_at(&s->terms, base)->op == TERM_UNION; base = term_at(&s->terms, base)->b) {
            name = heir_key(s, term_at(&s->terms, base)->a);
            if (name.n)
                *array_push(arena, &h->entries) = (Entry){ .name = name_id(h, arena, name), .class_ = ref };
        }
    }
}

static void add_aliases(Heritage *h, Arena *arena, const Summary *s)
{
    for (uint32_t i = 0; i < s->exports.count; i++) {
        const Member *export = &s->exports.items[i];
        Str target = heir_key(s, export->term), own = terms_text_of(&s->terms, export->name);
        if (!target.n || !own.n || str_equal(target, own))
            continue;
        Entry entry = { .name = name_id(h, arena, target), .alias = name_id(h, arena, own) };
        *array_push(arena, &h->entries) = entry;
    }
}

/* Counted, then placed: the order within a name stays. */
static void place(Heritage *h, Arena *arena)
{
    uint32_t names = h->names.count;
    h->first = arena_array(arena, uint32_t, names + 3);
    h->alias_first = arena_array(arena, uint32_t, names + 3);
    uint32_t classes = 0, aliases = 0;
    for (uint32_t i = 0; i < h->entries.count; i++) {
        const Entry *e = &h->entries.items[i];
        (e->alias ? h->alias_first : h->first)[e->name + 2]++;
        *(e->alias ? &aliases : &classes) += 1;
    }
    for (uint32_t n = 2; n < names + 3; n++) {
        h->first[n] += h->first[n - 1];
        h->alias_first[n] += h->alias_first[n - 1];
    }
    h->classes = arena_array(arena, Ref, classes);
    h->aliases = arena_array(arena, uint32_t, aliases);
    for (uint32_t i = 0; i < h->entries.count; i++) {
        const Entry *e = &h->entries.items[i];
        if (e->alias)
            h->aliases[h->alias_first[e->name + 1]++] = e->alias;
        else
            h->classes[h->first[e->name + 1]++] = e->class_;
    }
}

static int compare_suspects(const void *a, const void *b)
{
    const Suspect *left = a, *right = b;
    if (left->name != right->name)
        return left->name < right->name ? -1 : 1;
    return (left->file > right->file) - (left->file < right->file);
}

SuspectList heirs_suspects(const HeirSearch *search)
{
    const SuspectList *all = &search->heritage->suspects;
    uint32_t id = search->names[search->next - 1];
    uint32_t name = thing_of_heirs(id ? names_text(&search->heritage->names, id) : search->own);
    uint32_t low = 0, high = all->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (all->items[middle].name < name)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t end = low;
    while (end < all->count && all->items[end].name == name)
        end++;
    return (SuspectList){ all->items + low, end - low };
}

Heritage *heritage_new(Arena *arena, const Summary *const *files, uint32_t count, SuspectList suspects)
{
    Heritage *h = arena_new(arena, Heritage);
    names_init(&h->names, arena);
    for (uint32_t file = 0; file < count; file++) {
        const Summary *s = files[file];
        for (uint32_t i = 0; s && i < s->classes.count; i++)
            add_class(h, arena, s, (Ref){ file, i });
        if (s)
            add_aliases(h, arena, s);
    }
    place(h, arena);
    if (suspects.count)
        qsort(suspects.items, suspects.count, sizeof *suspects.items, compare_suspects);
    h->suspects = suspects;
    return h;
}

void heirs_start(HeirSearch *search, const Heritage *heritage, Str name)
{
    *search = (HeirSearch){ .heritage = heritage };
    search->own = name;
    search->names[search->count++] = heritage ? names_find(&heritage->names, name) : 0;
}

static void add_name(HeirSearch *search, uint32_t name)
{
    for (uint32_t i = 0; i < search->count; i++) {
        if (search->names[i] == name)
            return;
    }
    if (search->count < sizeof search->names / sizeof *search->names)
        search->names[search->count++] = name;
}

bool heirs_next(HeirSearch *search, Heirs *heirs)
{
    const Heritage *h = search->heritage;
    if (!h || search->next == search->count)
        return false;
    uint32_t name = search->names[search->next++];
    *heirs = (Heirs){ NULL, 0 };
    if (!name)
        return true; /* no file that is summarised has a base of that name */
    for (uint32_t i = h->alias_first[name]; i < h->alias_first[name + 1]; i++)
        add_name(search, h->aliases[i]);
    *heirs = (Heirs){ h->classes + h->first[name], h->first[name + 1] - h->first[name] };
    return true;
}

Heirs heirs_unnamed(const Heritage *heritage)
{
    return heritage ? (Heirs){ heritage->unnamed.items, heritage->unnamed.count } : (Heirs){ NULL, 0 };
}
