#include "program/heritage.h"

#include <stdlib.h>

#include "program/basis.h"

/* What stands under a name: where it is among `classes` and `aliases`. */
typedef struct Bucket {
    uint32_t name; /* 0: free */
    uint32_t first, count;
    uint32_t alias_first, alias_count;
} Bucket;

struct Heritage {
    Bucket *buckets; /* open addressing */
    uint32_t room;   /* a power of two */
    Ref *classes;    /* by name, then by file and place */
    uint32_t *aliases;
    Heirs unnamed;
    SuspectList suspects; /* by name, then by file */
};

/* ---- Notes ---- */

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

/* Counted first (`items` is NULL), then put down: they stay for the whole run, and there are many files. */
typedef struct NoteList {
    HeirNote *items;
    uint32_t count;
} NoteList;

static void add_note(NoteList *notes, HeirNote note)
{
    if (notes->items)
        notes->items[notes->count] = note;
    notes->count++;
}

static void note_base(NoteList *notes, const Summary *s, uint32_t class_, TermId base)
{
    Str name = heir_key(s, base);
    bool is_union = base && term_at(&s->terms, base)->op == TERM_UNION;
    if (name.n)
        add_note(notes, (HeirNote){ .name = thing_of_heirs(name), .class_ = class_ });
    else if (base && !is_union)
        add_note(notes, (HeirNote){ .class_ = class_ });
    for (; is_union && term_at(&s->terms, base)->op == TERM_UNION; base = term_at(&s->terms, base)->b) {
        name = heir_key(s, term_at(&s->terms, base)->a);
        if (name.n)
            add_note(notes, (HeirNote){ .name = thing_of_heirs(name), .class_ = class_ });
    }
}

static void note_all(NoteList *notes, const Summary *s)
{
    for (uint32_t i = 0; i < s->classes.count; i++) {
        Piece bases = s->classes.items[i].bases;
        for (uint32_t k = 0; k < bases.count; k++)
            note_base(notes, s, i, s->parts.items[bases.first + k]);
    }
    for (uint32_t i = 0; i < s->exports.count; i++) {
        const Member *export = &s->exports.items[i];
        Str target = heir_key(s, export->term), own = terms_text_of(&s->terms, export->name);
        if (target.n && own.n && !str_equal(target, own))
            add_note(notes, (HeirNote){ .name = thing_of_heirs(target), .alias = thing_of_heirs(own) });
    }
}

HeirNotes heir_notes(const Summary *s, Arena *arena)
{
    NoteList notes = { NULL, 0 };
    note_all(&notes, s);
    notes.items = arena_array(arena, HeirNote, notes.count);
    notes.count = 0;
    note_all(&notes, s);
    return (HeirNotes){ notes.items, notes.count };
}

/* ---- The index ---- */

/* The bucket of a name, or the free one where it belongs. */
static Bucket *bucket_of(const Heritage *h, uint32_t name)
{
    uint32_t at = (name ^ name >> 15) & (h->room - 1);
    while (h->buckets[at].name && h->buckets[at].name != name)
        at = (at + 1) & (h->room - 1);
    return &h->buckets[at];
}

typedef struct Counts {
    uint32_t classes, aliases, unnamed;
} Counts;

static void count_note(Heritage *h, const HeirNote *note, Counts *counts)
{
    if (!note->name) {
        counts->unnamed += !note->alias;
        return;
    }
    Bucket *bucket = bucket_of(h, note->name);
    bucket->name = note->name;
    bucket->count += !note->alias;
    bucket->alias_count += note->alias != 0;
    counts->classes += !note->alias;
    counts->aliases += note->alias != 0;
}

/* Where each bucket begins; its counts begin anew. */
static void lay_out(Heritage *h)
{
    uint32_t classes = 0, aliases = 0;
    for (uint32_t i = 0; i < h->room; i++) {
        Bucket *bucket = &h->buckets[i];
        bucket->first = classes;
        bucket->alias_first = aliases;
        classes += bucket->count;
        aliases += bucket->alias_count;
        bucket->count = bucket->alias_count = 0;
    }
}

static void place(Heritage *h, uint32_t file, const HeirNote *note, Ref *unnamed)
{
    Ref class_ = { file, note->class_ };
    if (!note->name && !note->alias)
        unnamed[h->unnamed.count++] = class_;
    if (!note->name)
        return;
    Bucket *bucket = bucket_of(h, note->name);
    if (note->alias)
        h->aliases[bucket->alias_first + bucket->alias_count++] = note->alias;
    else
        h->classes[bucket->first + bucket->count++] = class_;
}

static int compare_suspects(const void *a, const void *b)
{
    const Suspect *left = a, *right = b;
    if (left->name != right->name)
        return left->name < right->name ? -1 : 1;
    return (left->file > right->file) - (left->file < right->file);
}

/* Counted, then placed: the order within a name stays. */
Heritage *heritage_new(Arena *arena, const HeirNotes *files, uint32_t count, SuspectList suspects)
{
    Heritage *h = arena_new(arena, Heritage);
    uint32_t notes = 0;
    for (uint32_t file = 0; file < count; file++)
        notes += files[file].count;
    for (h->room = 16; h->room < 2 * notes;)
        h->room *= 2;
    h->buckets = arena_array(arena, Bucket, h->room);
    Counts counts = { 0 };
    for (uint32_t file = 0; file < count; file++) {
        for (uint32_t i = 0; i < files[file].count; i++)
            count_note(h, &files[file].items[i], &counts);
    }
    lay_out(h);
    Ref *unnamed = arena_array(arena, Ref, counts.unnamed);
    h->classes = arena_array(arena, Ref, counts.classes);
    h->aliases = arena_array(arena, uint32_t, counts.aliases);
    h->unnamed.classes = unnamed;
    for (uint32_t file = 0; file < count; file++) {
        for (uint32_t i = 0; i < files[file].count; i++)
            place(h, file, &files[file].items[i], unnamed);
    }
    if (suspects.count)
        qsort(suspects.items, suspects.count, sizeof *suspects.items, compare_suspects);
    h->suspects = suspects;
    return h;
}

/* ---- Asking ---- */

SuspectList heirs_suspects(const HeirSearch *search)
{
    const SuspectList *all = &search->heritage->suspects;
    uint32_t name = search->names[search->next - 1];
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

void heirs_start(HeirSearch *search, const Heritage *heritage, Str name)
{
    *search = (HeirSearch){ .heritage = heritage };
    search->names[search->count++] = thing_of_heirs(name);
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
    const Bucket *bucket = bucket_of(h, search->names[search->next++]);
    for (uint32_t i = 0; i < bucket->alias_count; i++)
        add_name(search, h->aliases[bucket->alias_first + i]);
    *heirs = (Heirs){ h->classes + bucket->first, bucket->count };
    return true;
}

Heirs heirs_unnamed(const Heritage *heritage)
{
    return heritage ? heritage->unnamed : (Heirs){ NULL, 0 };
}
