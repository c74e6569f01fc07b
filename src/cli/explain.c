/* A rule's own page, as it stands in the rule's file. */
#include <ctype.h>
#include <stdio.h>

#include "base/map.h"
#include "cli/cli.h"
#include "finding/select.h"
#include "report/words.h"

static const char *const tier_words[] = {
    [TIER_ON] = "on by default",
    [TIER_STRICT] = "with --select strict",
    [TIER_HINT] = "with --select all",
    [TIER_OFF] = "off",
};

/* "AW101 blocking-sleep: summary", then severity, tier, version and what it covers, then the doc. */
static void print_rule(const Rule *rule)
{
    printf("%s %s: %s\n", rule->code, rule->name, rule->summary);
    printf("%s, %s, since %s\n", severity_words[rule->severity], tier_words[rule->tier], rule->since);
    for (const RuleCase *c = rule->cases; c < rule->cases + 4 && c->name; c++)
        printf("%s:%s: %s, %s\n", rule->name, c->name, severity_words[c->severity], tier_words[c->tier]);
    if (rule->peers)
        printf("covers %s\n", rule->peers);
    Arena arena;
    arena_init(&arena);
    Str page = rule_page(&arena, rule);
    if (page.n)
        printf("\n%.*s", STR_ARG(page));
    arena_release(&arena);
}

static void print_list(void)
{
    for (size_t i = 0; i < all_rules_count; i++)
        printf("%s  %-24s %-8s %s\n", all_rules[i]->code, all_rules[i]->name, severity_words[all_rules[i]->severity],
            all_rules[i]->summary);
}

/* `word` as codes (upper case) or as names (lower case) are written. */
static const char *recase(Arena *arena, const char *word, int (*change)(int))
{
    Str copy = arena_copy(arena, str_of(word));
    char *text = arena_alloc(arena, copy.n + 1);
    for (uint32_t i = 0; i < copy.n; i++)
        text[i] = (char)change((unsigned char)copy.p[i]);
    return text;
}

static int unknown_rule(const char *word)
{
    Arena arena;
    arena_init(&arena);
    const char **names = arena_array(&arena, const char *, 2 * all_rules_count);
    for (size_t i = 0; i < all_rules_count; i++) {
        names[i] = all_rules[i]->name;
        names[all_rules_count + i] = all_rules[i]->code;
    }
    const char *nearest = str_nearest(str_of(recase(&arena, word, tolower)), names, all_rules_count);
    if (!nearest)
        nearest = str_nearest(str_of(recase(&arena, word, toupper)), names + all_rules_count, all_rules_count);
    if (nearest)
        cli_fail("unknown rule \"%s\"; did you mean \"%s\"?", word, nearest);
    else
        cli_fail("unknown rule \"%s\"; `awry explain` lists them", word);
    arena_release(&arena);
    return EXIT_UNABLE;
}

static int explain_help(void)
{
    fputs("Usage: awry explain [RULE...|--all]\n"
          "\n"
          "Prints what rules are about; RULE is a code (AW101), a name (blocking-sleep), a family (blocking) or\n"
          "another tool's code (RUF006).\n"
          "Without arguments: a line for each rule.\n",
        stdout);
    return EXIT_CLEAN;
}

/* Whether a word stands for the rule, or for a case of it. */
static bool is_about(const Selector *selector, const Rule *rule)
{
    if (selector->kind == SELECT_RULE || selector->kind == SELECT_CASE)
        return selector->rule == rule;
    return selector_covers(selector, rule, NULL);
}

/* The pages of all rules that a word stands for, with an empty line before all but the first of the output. */
static void explain_word(const char *word, bool *is_first)
{
    Selector selector;
    selector_read(&selector, str_of(word));
    for (size_t i = 0; i < all_rules_count; i++) {
        if (!is_about(&selector, all_rules[i]))
            continue;
        fputs(*is_first ? "" : "\n", stdout);
        print_rule(all_rules[i]);
        *is_first = false;
    }
}

int explain(int argc, char **argv)
{
    bool all = false;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return explain_help();
        static const char *const options[] = { "--all", "--help" };
        if (strcmp(argv[i], "--all") == 0)
            all = true;
        else if (argv[i][0] == '-')
            return cli_unknown("option", argv[i], options, 2);
        else if (!selector_read(&(Selector){ 0 }, str_of(argv[i])))
            return unknown_rule(argv[i]);
    }

    if (argc == 0)
        print_list();
    for (size_t i = 0; all && i < all_rules_count; i++) {
        fputs(i ? "\n" : "", stdout);
        print_rule(all_rules[i]);
    }
    bool is_first = true;
    for (int i = 0; !all && i < argc; i++)
        explain_word(argv[i], &is_first);
    return EXIT_CLEAN;
}
