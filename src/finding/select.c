#include "finding/select.h"

#include <ctype.h>
#include <stdlib.h>

typedef struct Family {
    const char *name;
    unsigned first, last; /* numbers of codes */
    unsigned digits;
} Family;

/* A narrower one stands before the one that holds it. */
static const Family families[] = {
    { "input", 0, 99, 1 },
    { "blocking", 100, 199, 1 },
    { "awaiting", 200, 299, 1 },
    { "tasks", 300, 399, 1 },
    { "cancellation", 400, 499, 1 },
    { "concurrency", 500, 599, 1 },
    { "resources", 600, 699, 1 },
    { "loops", 700, 749, 1 },
    { "timeouts", 750, 799, 1 },
    { "sync", 800, 849, 1 },
    { "typing", 850, 899, 1 },
    { "testing", 900, 919, 1 },
    { "groups", 920, 949, 1 },
    { "frameworks", 970, 979, 2 },
    { "security", 980, 989, 2 },
};
enum { FAMILY_COUNT = sizeof families / sizeof *families };

static const char *const tier_words[] = { [TIER_ON] = "default", [TIER_STRICT] = "strict", [TIER_HINT] = "all" };

static unsigned number_of(const Rule *rule)
{
    return (unsigned)strtoul(rule->code + 2, NULL, 10);
}

const char *rule_family(const Rule *rule)
{
    unsigned number = number_of(rule);
    for (int i = 0; i < FAMILY_COUNT; i++)
        if (number >= families[i].first && number <= families[i].last)
            return families[i].name;
    return "";
}

/* ---- Reading a word ---- */

static bool read_tier(Selector *selector, Str word)
{
    for (unsigned tier = TIER_ON; tier <= TIER_HINT; tier++) {
        if (!str_is(word, tier_words[tier]))
            continue;
        selector->kind = SELECT_TIER;
        selector->tier = (Tier)tier;
        return true;
    }
    return false;
}

/* AW, AW1, AW10, AW1xx, AW10x; all of a code is a rule. */
static bool read_prefix(Selector *selector, Str word)
{
    if (word.n < 2 || word.n > 5 || toupper((unsigned char)word.p[0]) != 'A' ||
        toupper((unsigned char)word.p[1]) != 'W')
        return false;
    unsigned value = 0, width = 1000;
    uint32_t i = 2;
    for (; i < word.n && isdigit((unsigned char)word.p[i]); i++) {
        value = value * 10 + (unsigned)(word.p[i] - '0');
        width /= 10;
    }
    unsigned digits = i - 2;
    bool has_rest = i < word.n;
    while (i < word.n && tolower((unsigned char)word.p[i]) == 'x')
        i++;
    if (i < word.n || digits == 3 || (has_rest && word.n != 5))
        return false;
    *selector = (Selector){ .kind = SELECT_FAMILY, .word = word, .first = value * width, .digits = digits };
    selector->last = selector->first + width - 1;
    for (size_t k = 0; k < all_rules_count; k++)
        if (number_of(all_rules[k]) >= selector->first && number_of(all_rules[k]) <= selector->last)
            return true;
    return false;
}

static bool read_family(Selector *selector, Str word)
{
    for (int i = 0; i < FAMILY_COUNT; i++) {
        if (!str_is(word, families[i].name))
            continue;
        *selector = (Selector){ SELECT_FAMILY, word, .first = families[i].first, .last = families[i].last,
            .digits = families[i].digits };
        return true;
    }
    return read_prefix(selector, word);
}

static bool read_rule(Selector *selector, Str word)
{
    uint32_t colon = str_find(word, ':');
    const Rule *rule = rule_find(str_trim(str_slice(word, 0, colon)));
    if (!rule)
        return false;
    selector->kind = SELECT_RULE;
    selector->rule = rule;
    if (colon == word.n)
        return true;
    Str name = str_trim(str_slice(word, colon + 1, word.n));
    selector->kind = SELECT_CASE;
    for (int i = 0; i < CASES_MOST && rule->cases[i].name; i++) {
        selector->case_ = &rule->cases[i];
        if (str_is(name, rule->cases[i].name))
            return true;
    }
    return false;
}

static bool take_peer(Str *peers, Str *peer)
{
    *peers = str_trim(*peers);
    uint32_t end = str_find(*peers, ' ');
    *peer = str_slice(*peers, 0, end);
    *peers = str_slice(*peers, end, peers->n);
    return end != 0;
}

static bool same_letters(Str a, Str b)
{
    for (uint32_t i = 0; i < a.n; i++)
        if (toupper((unsigned char)a.p[i]) != toupper((unsigned char)b.p[i]))
            return false;
    return true;
}

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) != 0;
}

/* Whether `word` is the beginning of another tool's code that takes in all of its letters: ASYNC, ASYNC1 of ASYNC101. */
static bool begins_code(Str word, Str code)
{
    if (word.n < 2 || word.n >= code.n || !same_letters(word, code))
        return false;
    if (!isdigit((unsigned char)code.p[word.n]))
        return false;
    return is_letter(word.p[word.n - 1]) || isdigit((unsigned char)word.p[word.n - 1]);
}

static bool covers_peer(const Rule *rule, Str word, SelectorKind kind)
{
    Str peers = str_of(rule->peers), peer;
    while (take_peer(&peers, &peer)) {
        if (kind == SELECT_PEERS ? begins_code(word, peer) : word.n == peer.n && same_letters(word, peer))
            return true;
    }
    return false;
}

static bool read_peer(Selector *selector, Str word)
{
    for (SelectorKind kind = SELECT_PEER;; kind = SELECT_PEERS) {
        for (size_t i = 0; i < all_rules_count; i++) {
            selector->kind = kind;
            if (covers_peer(all_rules[i], word, kind))
                return true;
        }
        if (kind == SELECT_PEERS)
            return false;
    }
}

bool selector_read(Selector *selector, Str word)
{
    *selector = (Selector){ .word = word };
    if (read_tier(selector, word) || read_rule(selector, word))
        return true;
    return selector->kind != SELECT_CASE && (read_family(selector, word) || read_peer(selector, word));
}

/* ---- Words that stand for nothing ---- */

static Str recased(Arena *arena, Str word, int (*change)(int))
{
    char *text = arena_alloc(arena, (size_t)word.n + 1);
    for (uint32_t i = 0; i < word.n; i++)
        text[i] = (char)change((unsigned char)word.p[i]);
    return (Str){ text, word.n };
}

const char *selector_nearest(Arena *arena, Str word)
{
    if (word.n > 64)
        return NULL;
    size_t count = 0;
    const char **names = arena_array(arena, const char *, 2 * all_rules_count + FAMILY_COUNT + TIER_HINT + 1);
    for (unsigned tier = TIER_ON; tier <= TIER_HINT; tier++)
        names[count++] = tier_words[tier];
    for (int i = 0; i < FAMILY_COUNT; i++)
        names[count++] = families[i].name;
    for (size_t i = 0; i < all_rules_count; i++)
        names[count++] = all_rules[i]->name;
    const char *nearest = str_nearest(recased(arena, word, tolower), names, count);
    if (nearest)
        return nearest;
    for (size_t i = 0; i < all_rules_count; i++)
        names[i] = all_rules[i]->code;
    return str_nearest(recased(arena, word, toupper), names, all_rules_count);
}

Str selector_trouble(Arena *arena, Str word)
{
    Selector selector;
    Str shown = word.n > 64 ? str_slice(word, 0, 64) : word;
    if (selector_read(&selector, str_slice(word, 0, str_find(word, ':'))) && selector.kind == SELECT_RULE) {
        Str cases = STR("");
        for (int i = 0; i < CASES_MOST && selector.rule->cases[i].name; i++)
            cases = arena_printf(arena, "%.*s%s%s", STR_ARG(cases), i ? ", " : "", selector.rule->cases[i].name);
        if (cases.n)
            return arena_printf(arena, "rule \"%s\" has no such case as \"%.*s\"; it has %.*s", selector.rule->name,
                STR_ARG(shown), STR_ARG(cases));
        return arena_printf(arena, "rule \"%s\" has no cases", selector.rule->name);
    }
    const char *nearest = selector_nearest(arena, word);
    if (nearest)
        return arena_printf(arena, "unknown rule \"%.*s\"; did you mean \"%s\"?", STR_ARG(shown), nearest);
    return arena_printf(arena, "unknown rule \"%.*s\"; `awry explain` lists them", STR_ARG(shown));
}

/* ---- What a word covers ---- */

bool selector_covers(const Selector *selector, const Rule *rule, const RuleCase *case_)
{
    unsigned number;
    switch (selector->kind) {
    case SELECT_TIER:
        return (case_ ? case_->tier : rule->tier) <= selector->tier;
    case SELECT_FAMILY:
        number = number_of(rule);
        return number >= selector->first && number <= selector->last;
    case SELECT_PEERS:
    case SELECT_PEER:
        return covers_peer(rule, selector->word, selector->kind);
    case SELECT_RULE:
        return selector->rule == rule;
    case SELECT_CASE:
        return selector->rule == rule && selector->case_ == case_;
    }
    return false;
}
