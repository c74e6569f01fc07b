#include "engine/suppress.h"

#include <ctype.h>
#include <stdlib.h>

enum {
    WHOLE_FILE = 0,   /* as a row */
    INNER_ROWS = 100, /* of a finding over more rows only the first ones and the last one are looked at */
    UNKNOWN_MOST = 100,
    NAME_MOST = 64,   /* bytes of a wrong name that are shown */
};
#define NO_ROW UINT32_MAX

/* One name in one comment. */
typedef struct Entry {
    uint32_t row;         /* the line it is about */
    bool is_next;         /* it stands above that line */
    bool is_all;          /* it names no rule */
    Selector what;        /* else */
    bool is_own;          /* of ours, not of another tool */
    bool is_double;       /* the same was said before */
    bool is_used;
    uint32_t begin, end;  /* the name in the text */
} Entry;

typedef struct Suppressions {
    Pass *pass;
    Arena *scratch;
    const Scan *scan;
    ARRAY(Entry) entries;
    uint32_t unknown; /* AW006 so far */
    ARRAY(uint32_t) statements; /* nodes */
    bool is_listed;
    /* The last search for a line of code: from a row, and what it found. */
    uint32_t searched_from, searched_to;
} Suppressions;

/* What a comment is about: a row, and whether it stands above it. */
typedef struct Reach {
    uint32_t row;
    bool is_next;
} Reach;

/* ---- Statements ---- */

typedef struct Rows {
    uint32_t first, last; /* 0: none */
} Rows;

static bool is_statement(const Tree *tree, uint32_t id)
{
    uint16_t kind = tree->nodes[id].kind, parent = tree->nodes[tree->nodes[id].parent].kind;
    return parent == PY_BLOCK || parent == PY_MODULE || kind == PY_ELIF_CLAUSE || kind == PY_ELSE_CLAUSE
           || kind == PY_EXCEPT_CLAUSE || kind == PY_FINALLY_CLAUSE || kind == PY_CASE_CLAUSE;
}

/* Statements and clauses with a header of their own, in order of place. */
static void list_statements(Suppressions *all)
{
    const Tree *tree = &all->pass->module->tree;
    for (uint32_t id = 2; id < tree->count; id++)
        if (is_statement(tree, id))
            *array_push(all->scratch, &all->statements) = id;
    all->is_listed = true;
}

/* Of a decorated definition too. */
static bool has_block(const Tree *tree, uint32_t id)
{
    for (uint32_t child = id + 1; child < tree->nodes[id].after; child = tree->nodes[child].after) {
        uint16_t kind = tree->nodes[child].kind;
        if (kind == PY_BLOCK || kind == PY_FUNCTION_DEFINITION || kind == PY_CLASS_DEFINITION || kind == PY_CASE_CLAUSE)
            return true;
    }
    return false;
}

/* The first row of the innermost statement around an offset, and its last one unless a block makes it long. */
static Rows statement_rows(Suppressions *all, uint32_t offset)
{
    const Tree *tree = &all->pass->module->tree;
    if (!all->is_listed)
        list_statements(all);
    uint32_t low = 0, high = all->statements.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (tree->nodes[all->statements.items[middle]].begin <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return (Rows){ 0, 0 };
    uint32_t id = all->statements.items[low - 1];
    while (id > 1 && (tree->nodes[id].end <= offset || !is_statement(tree, id)))
        id = tree->nodes[id].parent;
    if (id <= 1)
        return (Rows){ 0, 0 };
    Rows rows = { scan_line(all->scan, tree->nodes[id].begin) + 1, 0 };
    if (!has_block(tree, id))
        rows.last = scan_line(all->scan, tree->nodes[id].end) + 1;
    return rows;
}

/* ---- Text ---- */

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Takes `word` off the beginning, when it is there and no longer word begins with it; ASCII letters of any case. */
static bool take_word(Str *s, const char *word)
{
    uint32_t n = (uint32_t)strlen(word);
    if (s->n < n || (s->n > n && is_word_byte(word[n - 1]) && is_word_byte(s->p[n])))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (tolower((unsigned char)s->p[i]) != word[i])
            return false;
    }
    *s = str_trim(str_slice(*s, n, s->n));
    return true;
}

/* The next piece of a list; false behind the last one. */
static bool take_item(Str *list, Str *item, const char *separators)
{
    while (list->n && strchr(separators, list->p[0]))
        *list = str_slice(*list, 1, list->n);
    uint32_t end = 0;
    while (end < list->n && !strchr(separators, list->p[end]))
        end++;
    *item = str_slice(*list, 0, end);
    *list = str_slice(*list, end, list->n);
    return end != 0;
}

/* "[...]" at the beginning of s, which is left with what follows. False: there is none. */
static bool take_brackets(Str *s, Str *inside)
{
    if (!s->n || s->p[0] != '[')
        return false;
    uint32_t end = str_find(*s, ']');
    if (end == s->n)
        return false;
    *inside = str_slice(*s, 1, end);
    *s = str_trim(str_slice(*s, end + 1, s->n));
    return true;
}

static uint32_t offset_of(const Suppressions *all, Str part)
{
    return (uint32_t)(part.p - all->scan->source->text.p);
}

/* ---- Rows ---- */

/* The row of the first line of code behind `row`. */
static uint32_t next_code(Suppressions *all, uint32_t row)
{
    if (row >= all->searched_from && row < all->searched_to)
        return all->searched_to;
    uint32_t line = row; /* the row behind, counted from 0 */
    for (; line < all->scan->lines.count; line++) {
        Str text = str_trim(scan_line_text(all->scan, line));
        if (text.n && text.p[0] != '#')
            break;
    }
    all->searched_from = row;
    all->searched_to = line < all->scan->lines.count ? line + 1 : NO_ROW;
    return all->searched_to;
}

static Reach reach_of(Suppressions *all, const Comment *comment)
{
    uint32_t row = scan_line(all->scan, comment->begin) + 1;
    return comment->alone ? (Reach){ next_code(all, row), true } : (Reach){ row, false };
}

/* ---- Names ---- */

/* `what` NULL: all rules. */
static Entry *add_entry(Suppressions *all, Reach reach, const Selector *what)
{
    Entry *entry = array_push(all->scratch, &all->entries);
    *entry = (Entry){ .row = reach.row, .is_next = reach.is_next, .is_all = !what };
    if (what)
        entry->what = *what;
    return entry;
}

/* A code of another tool stands for every rule of ours that covers it. */
static void add_foreign(Suppressions *all, Reach reach, Str name)
{
    Selector what;
    if (selector_read(&what, name) && (what.kind == SELECT_RULE || what.kind == SELECT_PEER))
        add_entry(all, reach, &what);
}

static void complain(Suppressions *all, Str at, Str message, Str advice)
{
    static const char code[] = "AW006";
    if (!ruleset_has(all->pass->set, rule_find(str_of(code))) || all->unknown++ >= UNKNOWN_MOST)
        return;
    uint32_t begin = offset_of(all, at);
    Finding *f = pass_trouble(all->pass, code, all->scan, begin, begin + at.n, message);
    if (advice.n)
        help(all->pass, f, "%.*s", STR_ARG(advice));
}

static Str shortened(Str name)
{
    return name.n > NAME_MOST ? str_slice(name, 0, NAME_MOST) : name;
}

static void complain_of_name(Suppressions *all, Str name)
{
    Pass *pass = all->pass;
    if (all->unknown >= UNKNOWN_MOST) /* the search for what is near costs more than all the rest */
        return;
    Selector what;
    Str first = str_slice(name, 0, str_find(name, ':')), shown = shortened(name);
    if (selector_read(&what, str_trim(first)) && what.kind == SELECT_RULE) {
        Str second = shortened(str_trim(str_slice(name, first.n + 1, name.n)));
        complain(all, name, pass_printf(pass, "`%s` has no case `%.*s`", what.rule->name, STR_ARG(second)), STR(""));
        return;
    }
    const char *near = selector_nearest(all->scratch, name);
    if (near)
        complain(all, name, pass_printf(pass, "unknown rule `%.*s`; did you mean `%s`?", STR_ARG(shown), near), STR(""));
    else
        complain(all, name, pass_printf(pass, "unknown rule `%.*s`", STR_ARG(shown)),
            STR("`awry explain` lists the rules"));
}

static bool is_about_input(const Selector *what)
{
    const Rule *rule = what->rule;
    return rule ? str_starts(str_of(rule->code), STR("AW0")) : what->kind == SELECT_FAMILY && what->first < 100;
}

/* A name in one of our own comments. */
static void add_own(Suppressions *all, Reach reach, Str name)
{
    Selector what;
    if (!selector_read(&what, name)) {
        complain_of_name(all, name);
    } else if (what.kind == SELECT_TIER) {
        complain(all, name, pass_printf(all->pass, "`%.*s` is no rule", STR_ARG(name)), STR("without brackets all rules are meant"));
    } else if (is_about_input(&what)) {
        Str shown = what.rule ? str_of(what.rule->name) : name;
        complain(all, name, pass_printf(all->pass, "`%.*s` cannot be suppressed by a comment", STR_ARG(shown)), STR(""));
    } else {
        Entry *entry = add_entry(all, reach, &what);
        entry->is_own = true;
        entry->begin = offset_of(all, name);
        entry->end = entry->begin + name.n;
    }
}

/* ---- Comments ---- */

static bool has_reason(Str s)
{
    for (uint32_t i = 0; i < s.n; i++) {
        if (isalnum((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80)
            return true;
    }
    return false;
}

static void check_reason(Suppressions *all, Str directive, Str reason)
{
    const Rule *rule = rule_find(STR("AW007"));
    if (has_reason(reason) || !ruleset_has(all->pass->set, rule))
        return;
    uint32_t begin = offset_of(all, directive);
    Finding *f = pass_trouble(all->pass, rule->code, all->scan, begin, begin + directive.n, STR("suppression has no reason"));
    help(all->pass, f, "say why behind it: `# %.*s why`", STR_ARG(shortened(directive)));
}

/* `directive` is all of "awry: ...". */
static void read_own(Suppressions *all, const Comment *comment, Str directive)
{
    Str s = directive;
    take_word(&s, "awry:");
    Reach reach = reach_of(all, comment);
    Str words = s;
    if (take_word(&s, "file-ignore"))
        reach = (Reach){ WHOLE_FILE, false };
    else if (!take_word(&s, "ignore")) {
        Str word;
        if (take_item(&words, &word, " \t["))
            complain(all, word, pass_printf(all->pass, "unknown word `%.*s` behind `awry:`", STR_ARG(shortened(word))),
                STR("`# awry: ignore[rule] reason`, or `file-ignore`"));
        return;
    }
    Str list, name;
    if (take_brackets(&s, &list)) {
        bool is_empty = true;
        while (take_item(&list, &name, ",")) {
            name = str_trim(name);
            if (name.n) {
                is_empty = false;
                add_own(all, reach, name);
            }
        }
        if (is_empty)
            complain(all, directive, STR("no rule is named between the brackets"), STR(""));
    } else if (s.n && s.p[0] == '[') {
        complain(all, directive, STR("the `[` is never closed"), STR(""));
        return;
    } else {
        Entry *entry = add_entry(all, reach, NULL);
        entry->is_own = true;
        entry->begin = offset_of(all, directive);
        entry->end = (uint32_t)(entry->begin + (s.n ? (uint32_t)(s.p - directive.p) : directive.n));
        while (entry->end > entry->begin && strchr(" \t", all->scan->source->text.p[entry->end - 1]))
            entry->end--;
    }
    check_reason(all, directive, s);
}

/* "ASYNC251": letters, then digits. */
static bool is_code(Str s)
{
    uint32_t letters = 0;
    while (letters < s.n && isalpha((unsigned char)s.p[letters]))
        letters++;
    uint32_t digits = letters;
    while (digits < s.n && isdigit((unsigned char)s.p[digits]))
        digits++;
    return letters && digits > letters && digits == s.n;
}

/* Behind the word noqa: nothing, or a colon and codes. A colon without a code says nothing that holds. */
static void read_noqa(Suppressions *all, Reach reach, Str s)
{
    if (!s.n || s.p[0] != ':') {
        add_entry(all, reach, NULL);
        return;
    }
    Str code;
    s = str_slice(s, 1, s.n);
    while (take_item(&s, &code, ", \t") && is_code(code))
        add_foreign(all, reach, code);
}

static void read_list(Suppressions *all, Reach reach, Str list)
{
    Str name;
    while (take_item(&list, &name, ", \t"))
        add_foreign(all, reach, name);
}

static void read_foreign(Suppressions *all, const Comment *comment, Str s)
{
    Str list;
    Reach here = { scan_line(all->scan, comment->begin) + 1, false }, file = { WHOLE_FILE, false };
    if (take_word(&s, "noqa")) {
        read_noqa(all, here, s);
    } else if (take_word(&s, "ruff:")) {
        if (take_word(&s, "noqa"))
            read_noqa(all, file, s);
        else if (take_word(&s, "file-ignore") && take_brackets(&s, &list))
            read_list(all, file, list);
        else if (take_word(&s, "ignore") && take_brackets(&s, &list))
            read_list(all, reach_of(all, comment), list);
    } else if (take_word(&s, "flake8:")) {
        if (take_word(&s, "noqa"))
            read_noqa(all, file, s);
    } else if (take_word(&s, "type:")) {
        if (take_word(&s, "ignore") && take_brackets(&s, &list))
            read_list(all, here, list);
    } else if (take_word(&s, "pylint:")) {
        if (take_word(&s, "disable-next")) /* whose row is the next, code or not */
            here.row++;
        else if (!take_word(&s, "disable") || comment->alone)
            return;
        if (s.n && s.p[0] == '=')
            read_list(all, here, str_slice(s, 1, s.n));
    }
}

/* `# noqa: E501  # awry: ignore[...]`: each '#' begins anew. */
static void read_comment(Suppressions *all, const Comment *comment)
{
    Str text = str_slice(all->scan->source->text, comment->begin, comment->end);
    while (text.n) {
        uint32_t end = str_find(text, '#');
        Str part = str_trim(str_slice(text, 0, end)), rest = part;
        if (take_word(&rest, "awry:"))
            read_own(all, comment, part);
        else if (part.n)
            read_foreign(all, comment, part);
        text = str_slice(text, end < text.n ? end + 1 : end, text.n);
    }
}

/* ---- Matching ---- */

static int compare_numbers(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

static int compare_words(Str a, Str b)
{
    for (uint32_t i = 0; i < a.n && i < b.n; i++) {
        int left = tolower((unsigned char)a.p[i]), right = tolower((unsigned char)b.p[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return compare_numbers(a.n, b.n);
}

static int compare_selectors(const Selector *a, const Selector *b)
{
    int order = compare_numbers(a->kind, b->kind);
    if (order)
        return order;
    switch (a->kind) {
    case SELECT_RULE:
        return strcmp(a->rule->code, b->rule->code);
    case SELECT_CASE:
        order = strcmp(a->rule->code, b->rule->code);
        return order ? order : strcmp(a->case_->name, b->case_->name);
    case SELECT_FAMILY:
        order = compare_numbers(a->first, b->first);
        return order ? order : compare_numbers(a->last, b->last);
    default:
        return compare_words(a->word, b->word);
    }
}

/* By row, then all that says the same together. */
static int compare_meaning(const Entry *a, const Entry *b)
{
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    if (a->is_next != b->is_next)
        return a->is_next ? 1 : -1;
    if (a->is_all || b->is_all)
        return (int)b->is_all - (int)a->is_all;
    return compare_selectors(&a->what, &b->what);
}

/* Of two that say the same the first one of ours counts. */
static int compare_entries(const void *a, const void *b)
{
    const Entry *left = a, *right = b;
    int order = compare_meaning(left, right);
    if (order)
        return order;
    if (left->is_own != right->is_own)
        return left->is_own ? -1 : 1;
    return (left->begin > right->begin) - (left->begin < right->begin);
}

/* Doubles to the end: a line with many comments above it and many findings on it would cost their product. */
static uint32_t sort_entries(Suppressions *all)
{
    Entry *items = all->entries.items;
    uint32_t count = all->entries.count, kept = 0;
    qsort(items, count, sizeof *items, compare_entries);
    Entry *doubles = arena_array(all->scratch, Entry, count);
    uint32_t doubled = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept && compare_meaning(&items[kept - 1], &items[i]) == 0) {
            doubles[doubled] = items[i];
            doubles[doubled++].is_double = true;
        } else {
            items[kept++] = items[i];
        }
    }
    memcpy(items + kept, doubles, doubled * sizeof *items);
    return kept;
}

static bool covers(const Entry *entry, const Finding *f)
{
    return entry->is_all || selector_covers(&entry->what, f->rule, f->case_);
}

/* Uses all entries for one row that cover the finding; whether there was one. Those that stand above the row count only where
 * the finding, or its statement, begins. */
static bool use_row(Entry *entries, uint32_t count, uint32_t row, bool is_beginning, const Finding *f)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (entries[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_used = false;
    for (; low < count && entries[low].row == row; low++) {
        if (!covers(&entries[low], f) || (entries[low].is_next && !is_beginning))
            continue;
        entries[low].is_used = true;
        is_used = true;
    }
    return is_used;
}

static bool is_suppressed(Suppressions *all, uint32_t count, const Finding *f)
{
    if (str_starts(str_of(f->rule->code), STR("AW0")))
        return false;
    Entry *entries = all->entries.items;
    uint32_t first = f->at.start.row, last = f->at.stop.row;
    bool is_used = use_row(entries, count, WHOLE_FILE, true, f);
    for (uint32_t row = first; row <= last && row < first + INNER_ROWS; row++)
        is_used |= use_row(entries, count, row, row == first, f);
    if (last >= first + INNER_ROWS)
        is_used |= use_row(entries, count, last, false, f);
    Rows rows = statement_rows(all, f->at.begin);
    if (rows.first && rows.first < first)
        is_used |= use_row(entries, count, rows.first, true, f);
    if (rows.last > last)
        is_used |= use_row(entries, count, rows.last, false, f);
    return is_used;
}

static uint32_t take_out(Suppressions *suppressions, uint32_t count)
{
    Pass *pass = suppressions->pass;
    uint32_t kept = 0, all = pass->findings.count;
    for (uint32_t i = 0; i < all; i++) {
        if (!is_suppressed(suppressions, count, pass->findings.items[i]))
            pass->findings.items[kept++] = pass->findings.items[i];
    }
    pass->findings.count = kept;
    return all - kept;
}

/* ---- What was of no use ---- */

/* Whether all that the entry may be for was looked for in this run: a comment for a stricter run is not unused. */
static bool was_looked_for(const Pass *pass, const Entry *entry)
{
    return entry->is_all ? pass->set->has_defaults : ruleset_wants_all(pass->set, &entry->what, pass->module->scan.has_async);
}

static Str name_of(Pass *pass, const Selector *what)
{
    if (what->kind == SELECT_CASE)
        return pass_printf(pass, "%s:%s", what->rule->name, what->case_->name);
    return what->rule ? str_of(what->rule->name) : what->word;
}

static void report_unused(Suppressions *all)
{
    Pass *pass = all->pass;
    const Rule *rule = rule_find(STR("AW005"));
    if (!ruleset_has(pass->set, rule))
        return;
    for (uint32_t i = 0; i < all->entries.count; i++) {
        const Entry *entry = &all->entries.items[i];
        if (!entry->is_own || entry->is_used || !was_looked_for(pass, entry))
            continue;
        Str message = STR("unused suppression: no rule reports anything here");
        if (!entry->is_all)
            message = pass_printf(pass, "unused suppression: `%.*s` reports nothing here", STR_ARG(name_of(pass, &entry->what)));
        Finding *f = pass_trouble(pass, rule->code, all->scan, entry->begin, entry->end, message);
        help(pass, f, entry->is_double ? "it is there twice: remove one" : "remove it");
    }
}

uint32_t suppress(Pass *pass, Arena *scratch, const Scan *scan, bool is_complete)
{
    if (!scan->comments.count)
        return 0;
    Suppressions all = { .pass = pass, .scratch = scratch, .scan = scan };
    for (uint32_t i = 0; i < scan->comments.count; i++)
        read_comment(&all, &scan->comments.items[i]);
    if (!all.entries.count)
        return 0;
    uint32_t kept = sort_entries(&all);
    uint32_t taken = take_out(&all, kept);
    if (is_complete)
        report_unused(&all);
    return taken;
}
