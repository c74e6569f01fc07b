/* Wishes into switches: which rules and cases run, and how severe they are. */
#include <stdlib.h>

#include "base/bug.h"
#include "finding/select.h"

enum { CHECKS = sizeof(((Rule *)0)->on) / sizeof(((Rule *)0)->on[0]), UNITS = 1 + CASES_MOST };
_Static_assert(CHECKS == 8, "RuleSet packs a rule and its check as rule * 8 + check");
_Static_assert(UNITS <= 16, "RuleState has a bit for each case");

/* How specific a word is. */
enum { LEVELS = 9, LEVEL_NAMED = 6 };

static int level_of(const Selector *selector)
{
    switch (selector->kind) {
    case SELECT_TIER:
        return 0;
    case SELECT_FAMILY:
        return 1 + (int)selector->digits; /* AW: 1, AW1: 2, AW10: 3 */
    case SELECT_PEERS:
        return 4;
    case SELECT_PEER:
        return LEVEL_NAMED;
    case SELECT_RULE:
        return LEVEL_NAMED + 1;
    case SELECT_CASE:
        return LEVEL_NAMED + 2;
    }
    return 0;
}

/* What may be wanted by itself: what a rule reports without a case (unit 0), and each of its cases. */
typedef struct Choice {
    bool is_wanted;
    uint8_t level; /* of the word that decided last */
} Choice;

typedef struct Maker {
    RuleSet *set;
    Choice choices[RULES_MOST][UNITS];
} Maker;

static bool has_unit(const Rule *rule, int unit)
{
    return !unit || rule->cases[unit - 1].name;
}

/* Whether the word is about that unit: what is off needs to be named. */
static bool reaches(const Selector *selector, const Rule *rule, int unit)
{
    const RuleCase *case_ = unit ? &rule->cases[unit - 1] : NULL;
    if ((case_ ? case_->tier : rule->tier) == TIER_OFF && level_of(selector) < LEVEL_NAMED)
        return false;
    return selector_covers(selector, rule, case_);
}

/* What is wrong with the input itself is never switched off. */
static bool is_about_input(const Rule *rule)
{
    return strcmp(rule->code, "AW005") < 0;
}

static void choose(Maker *maker, const Selector *selector, bool is_wanted, int level)
{
    for (size_t i = 0; i < all_rules_count; i++)
        for (int unit = 0; unit < UNITS && has_unit(all_rules[i], unit); unit++)
            if (reaches(selector, all_rules[i], unit))
                maker->choices[i][unit] = (Choice){ is_wanted, (uint8_t)level };
}

static void choose_all(Maker *maker, const Selectors *selectors, bool is_wanted, int level)
{
    for (uint32_t i = 0; i < selectors->count; i++)
        if (level_of(&selectors->items[i]) == level)
            choose(maker, &selectors->items[i], is_wanted, level);
}

static void set_severities(Maker *maker, const Wishes *wishes, int level)
{
    for (uint32_t k = 0; k < wishes->grades.count; k++) {
        const Grade *grade = &wishes->grades.items[k];
        if (level_of(&grade->what) != level)
            continue;
        for (size_t i = 0; i < all_rules_count; i++)
            for (int unit = 0; unit < UNITS && has_unit(all_rules[i], unit); unit++)
                if (reaches(&grade->what, all_rules[i], unit))
                    maker->set->states[i].severity[unit] = (uint8_t)(1 + grade->severity);
    }
}

static void apply(Maker *maker, const Wishes *wishes)
{
    if (wishes->has_select)
        memset(maker->choices, 0, sizeof maker->choices);
    for (int level = 0; level < LEVELS; level++) {
        choose_all(maker, &wishes->select, true, level);
        choose_all(maker, &wishes->extend_select, true, level);
        choose_all(maker, &wishes->ignore, false, level);
        set_severities(maker, wishes, level);
    }
}

static void muffle(Maker *maker, const Selectors *muffled)
{
    for (uint32_t k = 0; k < muffled->count; k++)
        for (size_t i = 0; i < all_rules_count; i++)
            for (int unit = 0; unit < UNITS && has_unit(all_rules[i], unit); unit++) {
                Choice *choice = &maker->choices[i][unit];
                if (choice->level < LEVEL_NAMED && reaches(&muffled->items[k], all_rules[i], unit))
                    choice->is_wanted = false;
            }
}

/* The tables that a pass reads, from the choices. */
static void finish(Maker *maker, Arena *arena)
{
    RuleSet *set = maker->set;
    set->has_defaults = true;
    for (size_t i = 0; i < all_rules_count; i++) {
        const Rule *rule = all_rules[i];
        for (int unit = 0; unit < UNITS && has_unit(rule, unit); unit++) {
            bool is_wanted = maker->choices[i][unit].is_wanted || is_about_input(rule);
            Tier tier = unit ? rule->cases[unit - 1].tier : rule->tier;
            set->states[i].wanted |= (uint16_t)(is_wanted << unit);
            set->has_defaults &= is_wanted || tier != TIER_ON;
        }
        set->enabled[i] = set->states[i].wanted != 0;
        for (size_t k = 0; set->enabled[i] && k < CHECKS && rule->on[k].check; k++)
            *array_push(arena, &set->by_kind[rule->on[k].kind]) = (uint16_t)(i * CHECKS + k);
    }
}

void ruleset_init(RuleSet *set, Arena *arena, unsigned tiers)
{
    ALWAYS(all_rules_count <= RULES_MOST);
    *set = (RuleSet){ 0 };
    Maker *maker = arena_new(arena, Maker);
    maker->set = set;
    for (size_t i = 0; i < all_rules_count; i++)
        for (int unit = 0; unit < UNITS && has_unit(all_rules[i], unit); unit++) {
            Tier tier = unit ? all_rules[i]->cases[unit - 1].tier : all_rules[i]->tier;
            maker->choices[i][unit].is_wanted = (tiers & 1u << tier) != 0;
        }
    finish(maker, arena);
}

void ruleset_make(RuleSet *set, Arena *arena, const Wishes *const *sources, size_t count, const Selectors *muffled)
{
    ALWAYS(all_rules_count <= RULES_MOST);
    *set = (RuleSet){ 0 };
    Maker *maker = arena_new(arena, Maker);
    maker->set = set;
    Selector usual;
    selector_read(&usual, STR("default"));
    choose(maker, &usual, true, 0);
    for (size_t i = 0; i < count; i++)
        apply(maker, sources[i]);
    muffle(maker, muffled);
    finish(maker, arena);
}

/* ---- Questions ---- */

static size_t index_of(const Rule *rule)
{
    size_t low = 0, high = all_rules_count; /* sorted by code */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(all_rules[middle]->code, rule->code);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    BUG("rule %s is not in the table", rule->code);
}

static int unit_of(const Rule *rule, const RuleCase *case_)
{
    return case_ ? 1 + (int)(case_ - rule->cases) : 0;
}

bool ruleset_has(const RuleSet *set, const Rule *rule)
{
    return set->enabled[index_of(rule)];
}

bool ruleset_wants(const RuleSet *set, const Rule *rule, const RuleCase *case_)
{
    return (set->states[index_of(rule)].wanted >> unit_of(rule, case_) & 1) != 0;
}

/* A finding of the unit is made in files of one kind only: see rule.h. */
static bool can_be(const Rule *rule, int unit, bool has_async)
{
    bool is_sync = unit && strcmp(rule->cases[unit - 1].name, "sync-file") == 0;
    return !rule->reads_sync_files || is_sync != has_async;
}

bool ruleset_wants_all(const RuleSet *set, const Selector *selector, bool has_async)
{
    for (size_t i = 0; i < all_rules_count; i++)
        for (int unit = 0; unit < UNITS && has_unit(all_rules[i], unit); unit++)
            if (reaches(selector, all_rules[i], unit) && can_be(all_rules[i], unit, has_async) && !(set->states[i].wanted >> unit & 1))
                return false;
    return true;
}

Severity ruleset_severity(const RuleSet *set, const Rule *rule, const RuleCase *case_, Severity own)
{
    unsigned given = set->states[index_of(rule)].severity[unit_of(rule, case_)];
    return given ? (Severity)(given - 1) : own;
}
