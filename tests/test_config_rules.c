/* Words that stand for rules, what they add up to, and versions of Python. Holds for any table of rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/python_version.h"
#include "engine/requirements.h"
#include "engine/settings.h"
#include "support.h"

static Selector read(const char *word)
{
    Selector selector;
    if (!selector_read(&selector, str_of(word)))
        fail_msg("not understood: %s", word);
    return selector;
}

static void want(Wishes *wishes, Arena *arena, const char *select, const char *ignore)
{
    Str why;
    *wishes = (Wishes){ 0 };
    if (select) {
        wishes->has_select = true;
        assert_true(setting_selectors(&wishes->select, arena, str_of(select), &why));
    }
    if (ignore)
        assert_true(setting_selectors(&wishes->ignore, arena, str_of(ignore), &why));
}

static void test_every_rule_has_its_words(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < all_rules_count; i++) {
        const Rule *rule = all_rules[i];
        assert_ptr_equal(read(rule->code).rule, rule);
        assert_ptr_equal(read(rule->name).rule, rule);
        Selector family = read(rule_family(rule));
        assert_int_equal(family.kind, SELECT_FAMILY);
        assert_true(selector_covers(&family, rule, NULL));
        Str beginning = { rule->code, 3 };
        Selector prefix;
        assert_true(selector_read(&prefix, beginning));
        assert_true(selector_covers(&prefix, rule, NULL));
        for (int k = 0; k < CASES_MOST && rule->cases[k].name; k++) {
            Selector one = read(arena_printf(&arena, "%s:%s", rule->name, rule->cases[k].name).p);
            assert_true(selector_covers(&one, rule, &rule->cases[k]));
            assert_false(selector_covers(&one, rule, NULL));
        }
        for (Str peers = str_of(rule->peers); peers.n;) {
            uint32_t end = str_find(peers, ' ');
            Selector peer;
            if (!selector_read(&peer, str_slice(peers, 0, end)))
                fail_msg("%s: `%.*s` is not understood", rule->code, (int)end, peers.p);
            if (peer.kind == SELECT_PEER)
                assert_true(selector_covers(&peer, rule, NULL));
            peers = str_slice(peers, end < peers.n ? end + 1 : end, peers.n);
        }
    }
    arena_release(&arena);
}

static void test_words_for_nothing(void **state)
{
    (void)state;
    static const char *const words[] = { "", "A", "AWX", "AW1234", "AW99999", "1", "aw1x", "AW1xxx", "Blocking",
        "blocking_sleep", "ASYN", "xyz", "blocking-sleep:", "blocking-sleep:nothing", "nothing:zero", ":" };
    Selector selector;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (selector_read(&selector, str_of(words[i])))
            fail_msg("understood: %s", words[i]);
}

static bool wants(const RuleSet *set, const char *code)
{
    return ruleset_wants(set, rule_find(str_of(code)), NULL);
}

static void test_sources_in_their_order(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    static const Selectors nothing = { 0 };
    RuleSet *set = arena_new(&arena, RuleSet);
    Wishes first, second;
    const Wishes *sources[] = { &first, &second };

    ruleset_make(set, &arena, sources, 0, &nothing);
    assert_true(wants(set, "AW101") && wants(set, "AW005") && !wants(set, "AW007") && set->has_defaults);

    want(&first, &arena, "AW201,AW007", NULL);
    ruleset_make(set, &arena, sources, 1, &nothing);
    assert_true(!wants(set, "AW101") && wants(set, "AW201") && wants(set, "AW007") && wants(set, "AW001") &&
                !set->has_defaults);

    want(&second, &arena, NULL, "AW2"); /* less specific, but later */
    ruleset_make(set, &arena, sources, 2, &nothing);
    assert_false(wants(set, "AW201"));

    want(&second, &arena, "all", "AW1");
    ruleset_make(set, &arena, sources, 2, &nothing);
    assert_true(wants(set, "AW201") && !wants(set, "AW101") && !wants(set, "AW007"));

    /* What is muffled comes back by its name only. */
    Selectors muffled = { 0 };
    Str why;
    assert_true(setting_selectors(&muffled, &arena, STR("AW101"), &why));
    want(&first, &arena, "blocking,ASYNC", NULL);
    ruleset_make(set, &arena, sources, 1, &muffled);
    assert_false(wants(set, "AW101"));
    want(&first, &arena, "ASYNC251", NULL);
    ruleset_make(set, &arena, sources, 1, &muffled);
    assert_true(wants(set, "AW101"));
    want(&second, &arena, NULL, "blocking");
    ruleset_make(set, &arena, sources, 2, &nothing);
    assert_false(wants(set, "AW101"));
    arena_release(&arena);
}

static void test_tables_of_a_set(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    static const Selectors nothing = { 0 };
    RuleSet *set = arena_new(&arena, RuleSet);
    Wishes wishes;
    const Wishes *sources[] = { &wishes };
    want(&wishes, &arena, "AW101:zero", NULL);
    ruleset_make(set, &arena, sources, 1, &nothing);
    const Rule *rule = rule_find(STR("AW101"));
    assert_true(ruleset_has(set, rule) && !ruleset_wants(set, rule, NULL) && ruleset_wants(set, rule, &rule->cases[0]));
    Selector whole = read("AW101"), zero = read("AW101:zero");
    assert_false(ruleset_wants_all(set, &whole, true));
    assert_true(ruleset_wants_all(set, &zero, true));
    uint32_t checks = 0;
    for (int kind = 0; kind < PY_KIND_COUNT; kind++)
        checks += set->by_kind[kind].count;
    uint32_t own = 0;
    while (own < 8 && rule->on[own].check)
        own++;
    assert_int_equal(checks, own);

    want(&wishes, &arena, NULL, "all");
    ruleset_make(set, &arena, sources, 1, &nothing);
    for (size_t i = 0; i < all_rules_count; i++)
        assert_true(set->enabled[i] == (strcmp(all_rules[i]->code, "AW005") < 0));
    arena_release(&arena);
}

static void test_python_versions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned minor;
    } versions[] = { { ">=3.8", 8 }, { "<4.0,>=3.10", 10 }, { "~=3.11", 11 }, { "==3.12.*", 12 }, { "^3.9", 9 },
        { "3.13", 13 }, { "===3.9", 9 }, { ">=3.8, >=3.9", 9 }, { "<3.12", 0 }, { "!=3.9.1", 0 }, { ">=2.7", 0 },
        { "", 0 }, { ",", 0 }, { ">=", 0 }, { "*", 0 }, { ">=3", 0 }, { ">= 3.7.1 ", 7 } };
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (python_lower_bound(str_of(versions[i].text)) != versions[i].minor)
            fail_msg("%s is %u", versions[i].text, python_lower_bound(str_of(versions[i].text)));
    unsigned minor = 0;
    assert_true(setting_version(&minor, STR("3.14")) && minor == 14);
    assert_true(setting_version(&minor, STR("py38")) && minor == 8);
    assert_false(setting_version(&minor, STR("3")) || setting_version(&minor, STR("3.")) ||
                 setting_version(&minor, STR("py3.9")) || setting_version(&minor, STR("3.0")) ||
                 setting_version(&minor, STR("")) || setting_version(&minor, STR("3.10.1")));
}

/* What is asked of aiohttp before or since 3, in whatever syntax it is written. */
static void test_versions_of_libraries(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        Demand demand;
    } texts[] = { { "aiohttp==2.3.10", DEMAND_OLDER }, { "# x\naiohttp == 2.0.5 # y\nyarl<3", DEMAND_OLDER }, { "aiohttp<3", DEMAND_OLDER },
        { "aiohttp<3.0,>=2.3", DEMAND_OLDER }, { "aiohttp[speedups]>=2.0,<2.1; python_version>='3.5'", DEMAND_OLDER }, { "AioHTTP<=2", DEMAND_OLDER },
        { "install_requires=['aiohttp>=2.0.0<2.1.0', 'x']", DEMAND_OLDER }, { "aiohttp = \"^2.3\"", DEMAND_OLDER }, { "[versions]\naiohttp = 2.0.5\n", DEMAND_OLDER },
        { "aiohttp (<3)", DEMAND_OLDER }, { "aiohttp~=2.3", DEMAND_OLDER }, { "aiohttp = { version = '2.3' }", DEMAND_NONE },
        { "aiohttp>=2.3", DEMAND_NONE }, { "aiohttp", DEMAND_NONE }, { "aiohttp!=2.1", DEMAND_NONE }, { "aiohttp = \"*\"", DEMAND_NONE },
        { "import aiohttp\nx == 2", DEMAND_NONE }, { "aiohttp-jinja2==2.0", DEMAND_NONE }, { "pytest-aiohttp<2", DEMAND_NONE }, { "aiohttp<=3", DEMAND_NONE },
        { "aiohttp<4,>=3.8", DEMAND_NEWER }, { "aiohttp==2.3\naiohttp==3.9.1", DEMAND_NEWER }, { "aiohttp>=3", DEMAND_NEWER }, { "", DEMAND_NONE },
        { "aiohttp[", DEMAND_NONE }, { "aiohttp==", DEMAND_NONE }, { "aiohttp<", DEMAND_NONE }, { "aiohttp=", DEMAND_NONE } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (requirement_in(str_of(texts[i].text), "aiohttp", 3) != texts[i].demand)
            fail_msg("%s is %d", texts[i].text, requirement_in(str_of(texts[i].text), "aiohttp", 3));
    }
    assert_int_equal(requirement_in(STR("aio-pika = '^6.4.1'"), "aio_pika", 7), DEMAND_OLDER);
    assert_int_equal(requirement_in(STR("aio_pika>=9"), "aio_pika", 7), DEMAND_NEWER);
}

/* What is shown of settings is TOML, and options can set each key. */
static void test_settings_as_toml(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Str text = STR("exclude = ['a\\b', \"c\\\"d\\n\"]\nextend = '..'\n[per-path.'x\\y']\nignore = ['AW1']\n");
    TomlError error;
    Messages messages = { 0 };
    Settings settings, over;
    settings_init(&settings);
    settings_init(&over);
    settings_read(&settings, &arena, toml_parse(&arena, text, &error), STR("--config"), &messages);
    assert_int_equal(messages.count, 0);
    settings_override(&over, &settings);
    assert_int_equal(over.per_path.count, 1);
    assert_str(setting_text(&over, KEY_EXCLUDE, &arena), "[\"a\\\\b\", \"c\\\"d\\u000A\"]");
    assert_str(setting_text(&over, KEY_PER_PATH, &arena), "[\"x\\\\y\"]");
    Str line = arena_printf(&arena, "exclude = %.*s\n", STR_ARG(setting_text(&over, KEY_EXCLUDE, &arena)));
    const TomlValue *again = toml_find(toml_parse(&arena, line, &error), "exclude");
    assert_str(again->first->text, "a\\b");
    assert_str(again->last->text, "c\"d\n");
    arena_release(&arena);
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
    } sizes[] = { { "1", 1 }, { "1073741824", 1 << 30 }, { "1G", 1 << 30 }, { "4m", 4 << 20 }, { "512K", 512 << 10 },
        { "0", 0 }, { "", 0 }, { "K", 0 }, { "2G", 0 }, { "4X", 0 }, { "4MB", 0 }, { "1073741825", 0 },
        { "99999999999999999999999", 0 }, { "-1", 0 }, { " 1", 0 } };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t size = 0;
        if (setting_size(&size, str_of(sizes[i].text)) != (sizes[i].size != 0) || size != sizes[i].size)
            fail_msg("\"%s\" is %llu", sizes[i].text, (unsigned long long)size);
    }
}

int main(void)
{
    tree_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rule_has_its_words),
        cmocka_unit_test(test_words_for_nothing),
        cmocka_unit_test(test_sources_in_their_order),
        cmocka_unit_test(test_tables_of_a_set),
        cmocka_unit_test(test_python_versions),
        cmocka_unit_test(test_versions_of_libraries),
        cmocka_unit_test(test_settings_as_toml),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
