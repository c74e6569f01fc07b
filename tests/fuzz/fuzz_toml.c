/* TOML and settings: any bytes are a tree whose places and names are in order, or a mistake with a place; what settings say
 * of themselves is TOML again. */
#include "engine/settings.h"
#include "fuzz.h"

enum { SIZE_MOST = 1 << 14, DEPTH_MOST = 200 };

static void check_value(const TomlValue *value, bool is_in_table, uint32_t rows)
{
    REQUIRE(value->kind <= TOML_TIME);
    REQUIRE(value->at.row > 0 && value->at.row <= rows && value->at.column > 0);
    REQUIRE(!is_in_table || (value->key_at.row > 0 && value->key_at.row <= rows && value->key_at.column > 0));
}

/* Depth is limited by the reader. */
static void check_tree(const TomlValue *parent, uint32_t rows, int depth)
{
    REQUIRE(depth < DEPTH_MOST);
    const TomlValue *last = NULL;
    for (const TomlValue *value = parent->first; value; value = value->next) {
        check_value(value, parent->kind == TOML_TABLE, rows);
        if (value->kind == TOML_TABLE || value->kind == TOML_ARRAY)
            check_tree(value, rows, depth + 1);
        last = value;
    }
    REQUIRE(parent->last == last);
}

static void check_settings(Arena *arena, const TomlValue *table, Str where)
{
    Settings settings, over;
    Messages messages = { 0 };
    settings_init(&settings);
    settings_read(&settings, arena, table, where, &messages);
    for (uint32_t i = 0; i < messages.count; i++)
        REQUIRE(messages.items[i].n > 0);
    settings_init(&over);
    settings_override(&over, &settings);
    RuleSet *set = arena_new(arena, RuleSet);
    const Wishes *wishes[] = { &settings.wishes, &over.demands };
    ruleset_make(set, arena, wishes, 2, &settings.wishes.ignore);
    for (unsigned key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        TomlError error;
        Str text = arena_printf(arena, "%s = %.*s\n", setting_name((SettingKey)key),
            STR_ARG(setting_text(&settings, (SettingKey)key, arena)));
        bool is_toml = messages.count || toml_parse(arena, text, &error);
        if (!is_toml)
            fprintf(stderr, "%.*s\n", STR_ARG(text));
        REQUIRE(is_toml);
    }
}

static void check_text(Arena *arena, Str text)
{
    uint32_t rows = 1;
    for (uint32_t i = 0; i < text.n; i++)
        rows += text.p[i] == '\n' || text.p[i] == '\r';
    TomlError error = { 0 };
    uint32_t at = 0;
    if (toml_mistake(text, &at))
        REQUIRE(at <= text.n);
    TomlValue *table = toml_parse(arena, text, &error);
    if (!table) {
        REQUIRE(error.message.n > 0 && error.at.row > 0 && error.at.row <= rows + 1 && error.at.column > 0);
        return;
    }
    check_tree(table, rows, 0);
    check_settings(arena, table, STR("fuzz.toml"));
    const TomlValue *ours = toml_find(table, "tool.awry");
    if (ours && ours->kind == TOML_TABLE)
        check_settings(arena, ours, STR("--config"));
}

/* The same bytes as words of options. */
static void check_words(Arena *arena, Str text)
{
    Selectors selectors = { 0 };
    Wishes wishes = { 0 };
    Selector selector;
    Str why = STR("");
    uint64_t size;
    unsigned minor;
    REQUIRE(setting_selectors(&selectors, arena, text, &why) || why.n);
    why = STR("");
    REQUIRE(setting_grade(&wishes, arena, text, STR("error"), &why) || why.n);
    setting_size(&size, text);
    setting_version(&minor, text);
    if (text.n < 64 && !selector_read(&selector, text))
        REQUIRE(selector_trouble(arena, text).n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SIZE_MOST)
        return 0;
    static bool is_set_up;
    if (!is_set_up)
        tree_setup(), is_set_up = true;
    Arena arena;
    arena_init(&arena);
    sigjmp_buf guard;
    if (!sigsetjmp(guard, 0)) {
        arena_guard(&arena, FUZZ_MEMORY, &guard);
        Str text = arena_copy(&arena, (Str){ (const char *)data, (uint32_t)size });
        check_text(&arena, text);
        check_words(&arena, text);
    }
    arena_release(&arena);
    return 0;
}
