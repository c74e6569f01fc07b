#include "engine/suppress.h"

#include <ctype.h>
#include <stdlib.h>

enum {
    WHOLE_FILE = 0,   /* as a row */
    INNER_ROWS = 100, /* of a finding over more rows only the first ones and the last one are looked at */
    UNKNOWN_MOST = 100,
    NAME_MOST = 64,   /* bytes of a wrong name that are shown */
    CASES = sizeof(((Rule *)0)->cases) / sizeof(RuleCase),
};
#define NO_ROW UINT32_MAX

/* One name in one comment. */
typedef struct Entry {
    uint32_t row;         /* the line it is about */
    bool is_next;         /* it stands above that line */
    const Rule *rule;     /* NULL: all */
    const RuleCase *case_; /* NULL: all */
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
    /* The last search for a line of code: from a row, and what it found. */
    uint32_t searched_from, searched_to;
} Suppressions;

/* What a comment is about: a row, and whether it stands above it. */
typedef struct Reach {
    uint32_t row;
    bool is_next;
} Reach;

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

static Entry *add_entry(Suppressions *all, Reach reach, const Rule *rule, const RuleCase *case_)
{
    Entry *entry = array_push(all->scratch, &all->entries);
    *entry = (Entry){ .row = reach.row, .is_next = reach.is_next, .rule = rule, .case_ = case_ };
    return entry;
}

static bool is_peer(const Rule *rule, Str name)
{
    Str peers = str_of(rule->peers), peer;
    while (take_item(&peers, &peer, " ")) {
        if (str_equal(peer, name))
            return true;
    }
    return false;
}

/* A code of another tool stands for every rule of ours that covers it. */
static void add_peer(Suppressions *all, Reach reach, Str name)
{
    for (size_t i = 0; i < all_rules_count; i++) {
        if (is_peer(all_rules[i], name))
            add_entry(all, reach, all_rules[i], NULL);
    }
}

static void add_foreign(Suppressions *all, Reach reach, Str name)
{
    const Rule *rule = rule_find(name);
    if (rule)
        add_entry(all, reach, rule, NULL);
    else
        add_peer(all, reach, name);
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

static const char *nearest_rule(Str name)
{
    const char *names[sizeof(((RuleSet *)0)->enabled)];
    size_t count = 0;
    for (size_t i = 0; i < all_rules_count; i++) {
        if (!str_starts(str_of(all_rules[i]->code), STR("AW0")))
            names[count++] = all_rules[i]->name;
    }
    return name.n <= NAME_MOST ? str_nearest(name, names, count) : NULL;
}

static void complain_of_name(Suppressions *all, Str name)
{
    Pass *pass = all->pass;
    Str shown = shortened(name);
    for (size_t i = 0; i < all_rules_count; i++) {
        if (!is_peer(all_rules[i], name))
            continue;
        complain(all, name, pass_printf(pass, "`%.*s` is a code of another tool", STR_ARG(shown)),
            pass_printf(pass, "here it is `%s`", all_rules[i]->name));
        return;
    }
    const char *near = nearest_rule(name);
    if (near)
        complain(all, name, pass_printf(pass, "unknown rule `%.*s`; did you mean `%s`?", STR_ARG(shown), near), STR(""));
    else
        complain(all, name, pass_printf(pass, "unknown rule `%.*s`", STR_ARG(shown)),
            STR("`awry explain` lists the rules"));
}

static const RuleCase *find_case(const Rule *rule, Str name)
{
    for (int i = 0; i < CASES && rule->cases[i].name; i++) {
        if (str_is(name, rule->cases[i].name))
            return &rule->cases[i];
    }
    return NULL;
}

/* A name in one of our own comments. */
static void add_own(Suppressions *all, Reach reach, Str name)
{
    uint32_t colon = str_find(name, ':');
    Str first = str_trim(str_slice(name, 0, colon));
    const Rule *rule = rule_find(first);
    if (!rule) {
        complain_of_name(all, name);
        return;
    }
    if (str_starts(str_of(rule->code), STR("AW0"))) {
        complain(all, name, pass_printf(all->pass, "`%s` cannot be suppressed by a comment", rule->name), STR(""));
        return;
    }
    const RuleCase *case_ = NULL;
    if (colon < name.n) {
        Str second = str_trim(str_slice(name, colon + 1, name.n));
        case_ = find_case(rule, second);
        if (!case_) {
            complain(all, name, pass_printf(all->pass, "`%s` has no case `%.*s`", rule->name, STR_ARG(shortened(second))),
                STR(""));
            return;
        }
    }
    Entry *entry = add_entry(all, reach, rule, case_);
    entry->is_own = true;
    entry->begin = offset_of(all, name);
    entry->end = entry->begin + name.n;
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
        Entry *entry = add_entry(all, reach, NULL, NULL);
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
        add_entry(all, reach, NULL, NULL);
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

static int compare_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

/* By row, then all that says the same together. */
static int compare_meaning(const Entry *a, const Entry *b)
{
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    if (a->is_next != b->is_next)
        return a->is_next ? 1 : -1;
    int order = compare_text(a->rule ? a->rule->code : NULL, b->rule ? b->rule->code : NULL);
    return order ? order : compare_text(a->case_ ? a->case_->name : NULL, b->case_ ? b->case_->name : NULL);
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
    return (!entry->rule || entry->rule == f->rule) && (!entry->case_ || entry->case_ == f->case_);
}

/* Uses all entries for one row that cover the finding; whether there was one. */
static bool use_row(Entry *entries, uint32_t count, uint32_t row, const Finding *f)
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
        if (!covers(&entries[low], f) || (entries[low].is_next && row != f->at.start.row))
            continue;
        entries[low].is_used = true;
        is_used = true;
    }
    return is_used;
}

static bool is_suppressed(Entry *entries, uint32_t count, const Finding *f)
{
    if (str_starts(str_of(f->rule->code), STR("AW0")))
        return false;
    uint32_t first = f->at.start.row, last = f->at.stop.row;
    bool is_used = use_row(entries, count, WHOLE_FILE, f);
    for (uint32_t row = first; row <= last && row < first + INNER_ROWS; row++)
        is_used |= use_row(entries, count, row, f);
    if (last >= first + INNER_ROWS)
        is_used |= use_row(entries, count, last, f);
    return is_used;
}

static uint32_t take_out(Pass *pass, Entry *entries, uint32_t count)
{
    uint32_t kept = 0, all = pass->findings.count;
    for (uint32_t i = 0; i < all; i++) {
        if (!is_suppressed(entries, count, pass->findings.items[i]))
            pass->findings.items[kept++] = pass->findings.items[i];
    }
    pass->findings.count = kept;
    return all - kept;
}

/* ---- What was of no use ---- */

/* Whether all that the entry may be for was looked for in this run: a comment for a stricter run is not unused. */
static bool was_looked_for(const Pass *pass, const Entry *entry)
{
    if (!entry->rule)
        return (pass->tiers & 1u << TIER_ON) != 0;
    if (entry->case_)
        return (pass->tiers & 1u << entry->case_->tier) != 0;
    unsigned needed = 1u << entry->rule->tier;
    for (int i = 0; i < CASES && entry->rule->cases[i].name; i++)
        needed |= 1u << entry->rule->cases[i].tier;
    return (pass->tiers & needed) == needed;
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
        if (entry->rule)
            message = pass_printf(pass, "unused suppression: `%s%s%s` reports nothing here", entry->rule->name,
                entry->case_ ? ":" : "", entry->case_ ? entry->case_->name : "");
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
    uint32_t taken = take_out(pass, all.entries.items, kept);
    if (is_complete)
        report_unused(&all);
    return taken;
}
