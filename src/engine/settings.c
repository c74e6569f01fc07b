#include "engine/settings.h"

#include <stdio.h>

#include "base/bug.h"
#include "engine/cache_place.h"

typedef enum ValueKind {
    VALUE_SELECTORS,
    VALUE_SEVERITIES,
    VALUE_BOOLEAN,
    VALUE_SEVERITY,
    VALUE_VERSION,
    VALUE_WORD,
    VALUE_DIRECTORY,
    VALUE_PATTERNS,
    VALUE_SIZE,
    VALUE_SECONDS,
    VALUE_PATHS,
} ValueKind;

#define AT(member) offsetof(Settings, member)

static const struct {
    const char *name;
    ValueKind kind;
    size_t at; /* in Settings */
} keys[KEY_COUNT] = {
    [KEY_NONE] = { "", VALUE_WORD, 0 },
    [KEY_SELECT] = { "select", VALUE_SELECTORS, AT(wishes.select) },
    [KEY_IGNORE] = { "ignore", VALUE_SELECTORS, AT(wishes.ignore) },
    [KEY_EXTEND_SELECT] = { "extend-select", VALUE_SELECTORS, AT(wishes.extend_select) },
    [KEY_SEVERITY] = { "severity", VALUE_SEVERITIES, AT(wishes) },
    [KEY_PROFILES] = { "profiles", VALUE_BOOLEAN, AT(profiles) },
    [KEY_FAIL_ON] = { "fail-on", VALUE_SEVERITY, AT(fail_on) },
    [KEY_MIN_SEVERITY] = { "min-severity", VALUE_SEVERITY, AT(min_severity) },
    [KEY_TARGET_VERSION] = { "target-version", VALUE_VERSION, AT(target_minor) },
    [KEY_PYTHON] = { "python", VALUE_WORD, AT(python) },
    [KEY_CACHE_DIR] = { "cache-dir", VALUE_DIRECTORY, AT(cache_dir) },
    [KEY_OUTPUT_FORMAT] = { "output-format", VALUE_WORD, AT(output_format) },
    [KEY_EXCLUDE] = { "exclude", VALUE_PATTERNS, AT(exclude) },
    [KEY_EXTEND_EXCLUDE] = { "extend-exclude", VALUE_PATTERNS, AT(extend_exclude) },
    [KEY_FORCE_EXCLUDE] = { "force-exclude", VALUE_BOOLEAN, AT(force_exclude) },
    [KEY_RESPECT_IGNORE] = { "respect-ignore", VALUE_BOOLEAN, AT(respect_ignore) },
    [KEY_MAX_FILE_SIZE] = { "max-file-size", VALUE_SIZE, AT(max_file_size) },
    [KEY_MAX_MEMORY] = { "max-memory", VALUE_SIZE, AT(max_memory) },
    [KEY_MAX_SECONDS] = { "max-seconds", VALUE_SECONDS, AT(max_seconds) },
    [KEY_ALLOW_LIMITS] = { "allow-limits", VALUE_BOOLEAN, AT(allow_limits) },
    [KEY_PER_PATH] = { "per-path", VALUE_PATHS, AT(per_path) },
    [KEY_EXTEND] = { "extend", VALUE_WORD, 0 },
};

const char *const severity_names[] = {
    [SEVERITY_INFO] = "info", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error", NULL
};

void settings_init(Settings *settings)
{
    *settings = (Settings){ .profiles = true,
        .fail_on = SEVERITY_WARNING,
        .respect_ignore = true,
        .max_file_size = 4 << 20,
        .max_seconds = 10 };
}

const char *setting_name(SettingKey key)
{
    return keys[key].name;
}

/* ---- Values from words ---- */

bool setting_selectors(Selectors *selectors, Arena *arena, Str list, Str *why)
{
    bool is_empty = true;
    while (list.n) {
        uint32_t comma = str_find(list, ',');
        Str word = str_trim(str_slice(list, 0, comma));
        list = str_slice(list, comma < list.n ? comma + 1 : comma, list.n);
        if (!word.n)
            continue;
        is_empty = false;
        Selector selector;
        if (!selector_read(&selector, arena_copy(arena, word))) {
            *why = selector_trouble(arena, word);
            return false;
        }
        *array_push(arena, selectors) = selector;
    }
    if (is_empty)
        *why = STR("a rule needs a name");
    return !is_empty;
}

static bool read_severity(unsigned *severity, Arena *arena, Str word, Str *why)
{
    for (unsigned i = 0; severity_names[i]; i++) {
        if (str_is(word, severity_names[i])) {
            *severity = i;
            return true;
        }
    }
    const char *nearest = str_nearest(word, severity_names, 3);
    *why = nearest ? arena_printf(arena, "unknown severity \"%.*s\"; did you mean \"%s\"?", STR_ARG(word), nearest)
                   : arena_printf(arena, "unknown severity \"%.*s\"; it is info, warning or error", STR_ARG(word));
    return false;
}

bool setting_grade(Wishes *wishes, Arena *arena, Str rule, Str severity, Str *why)
{
    Selectors one = { 0 };
    unsigned level;
    if (str_find(rule, ',') < rule.n)
        *why = STR("one rule at a time");
    else if (setting_selectors(&one, arena, rule, why) && read_severity(&level, arena, severity, why)) {
        *array_push(arena, &wishes->grades) = (Grade){ one.items[0], (Severity)level };
        return true;
    }
    return false;
}

bool setting_size(uint64_t *size, Str text)
{
    const uint64_t most = 1 << 30; /* offsets have 32 bits */
    uint64_t number = 0;
    uint32_t i = 0;
    for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9' && number <= most; i++)
        number = number * 10 + (uint64_t)(text.p[i] - '0');
    unsigned shift = 0;
    if (i > 0 && i + 1 == text.n) {
        static const char units[] = "KMGkmg";
        const char *unit = strchr(units, text.p[i]);
        if (!unit)
            return false;
        shift = 10 * (unsigned)((unit - units) % 3 + 1);
        i++;
    }
    if (i < text.n || !number || number > most >> shift)
        return false;
    *size = number << shift;
    return true;
}

/* 3.9 and py39 */
bool setting_version(unsigned *minor, Str text)
{
    Str rest =
        str_starts(text, STR("py3")) ? str_slice(text, 3, text.n) : str_slice(text, text.n < 2 ? text.n : 2, text.n);
    if (!str_starts(text, STR("py3")) && !str_starts(text, STR("3.")))
        return false;
    unsigned number = 0;
    for (uint32_t i = 0; i < rest.n; i++) {
        if (rest.p[i] < '0' || rest.p[i] > '9' || rest.n > 2)
            return false;
        number = number * 10 + (unsigned)(rest.p[i] - '0');
    }
    *minor = number;
    return rest.n != 0 && number > 0;
}

/* ---- Values of a file ---- */

typedef struct Reading {
    Settings *settings;
    Arena *arena;
    Str where;
    Messages *messages;
} Reading;

/* What comes from an option has no place. */
static bool has_places(Str where)
{
    return !str_starts(where, STR("--"));
}

static void complain(Reading *reading, Place at, Str message)
{
    if (reading->messages->count >= MESSAGES_MOST)
        return;
    if (!has_places(reading->where)) {
        *array_push(reading->arena, reading->messages) =
            arena_printf(reading->arena, "%.*s: %.*s", STR_ARG(reading->where), STR_ARG(message));
        return;
    }
    *array_push(reading->arena, reading->messages) =
        arena_printf(reading->arena, "%.*s:%u:%u: %.*s", STR_ARG(reading->where), at.row, at.column, STR_ARG(message));
}

static void complain_of_kind(Reading *reading, const TomlValue *value, Str key, const char *wanted)
{
    complain(reading, value->at,
        arena_printf(reading->arena, "%.*s takes %s, not %s", STR_ARG(key), wanted, toml_kind_name(value->kind)));
}

static void complain_of_key(Reading *reading, const TomlValue *value, const char *const *names, size_t count)
{
    const char *nearest = str_nearest(value->key, names, count);
    complain(reading, value->key_at,
        nearest
            ? arena_printf(reading->arena, "unknown key \"%.*s\"; did you mean \"%s\"?", STR_ARG(value->key), nearest)
            : arena_printf(reading->arena, "unknown key \"%.*s\"", STR_ARG(value->key)));
}

/* Strings of an array, or one alone. */
typedef void TakeWord(Reading *reading, void *target, const TomlValue *word);

static void read_words(
    Reading *reading, const TomlValue *value, Str key, const char *wanted, TakeWord *take, void *target)
{
    if (value->kind != TOML_STRING && value->kind != TOML_ARRAY) {
        complain_of_kind(reading, value, key, wanted);
        return;
    }
    for (const TomlValue *word = value->kind == TOML_ARRAY ? value->first : value; word; word = word->next) {
        if (word->kind == TOML_STRING)
            take(reading, target, word);
        else
            complain_of_kind(reading, word, key, "strings");
        if (value->kind == TOML_STRING)
            return;
    }
}

static void take_selectors(Reading *reading, void *target, const TomlValue *word)
{
    Str why;
    if (!setting_selectors(target, reading->arena, word->text, &why))
        complain(reading, word->at, why);
}

static void take_pattern(Reading *reading, void *target, const TomlValue *word)
{
    Words *words = target;
    *array_push(reading->arena, words) = arena_copy(reading->arena, word->text).p;
}

static void read_grades(Reading *reading, Wishes *wishes, const TomlValue *value, Str key)
{
    if (value->kind != TOML_TABLE) {
        complain_of_kind(reading, value, key, "a table of rules and severities");
        return;
    }
    for (const TomlValue *grade = value->first; grade; grade = grade->next) {
        Str why;
        if (grade->kind != TOML_STRING)
            complain_of_kind(reading, grade, grade->key, "\"info\", \"warning\" or \"error\"");
        else if (!setting_grade(wishes, reading->arena, grade->key, grade->text, &why))
            complain(reading, grade->key_at, why);
    }
}

static void read_selectors(Reading *reading, Selectors *selectors, const TomlValue *value, Str key)
{
    *selectors = (Selectors){ 0 };
    read_words(reading, value, key, "an array of rules", take_selectors, selectors);
}

static void read_profile(Reading *reading, Profile *profile, const TomlValue *value)
{
    if (value->kind == TOML_STRING && str_is(value->text, "tests"))
        *profile = PROFILE_TESTS;
    else if (value->kind == TOML_STRING && str_is(value->text, "none"))
        *profile = PROFILE_NONE;
    else
        complain(reading, value->at, STR("profile takes \"tests\" or \"none\""));
}

static void read_path(Reading *reading, const TomlValue *table)
{
    static const char *const names[] = { "select", "ignore", "extend-select", "severity", "profile" };
    PathSettings path = { .pattern = arena_copy(reading->arena, table->key).p };
    for (const TomlValue *value = table->first; value; value = value->next) {
        Str key = value->key;
        if (str_is(key, "select")) {
            path.wishes.has_select = true;
            read_selectors(reading, &path.wishes.select, value, key);
        } else if (str_is(key, "ignore")) {
            read_selectors(reading, &path.wishes.ignore, value, key);
        } else if (str_is(key, "extend-select")) {
            read_selectors(reading, &path.wishes.extend_select, value, key);
        } else if (str_is(key, "severity")) {
            read_grades(reading, &path.wishes, value, key);
        } else if (str_is(key, "profile")) {
            read_profile(reading, &path.profile, value);
        } else {
            complain_of_key(reading, value, names, sizeof names / sizeof *names);
        }
    }
    if (table->key.n && (table->key.p[0] == '!' || table->key.p[0] == '#'))
        complain(reading, table->key_at, STR("a pattern of per-path begins with neither \"!\" nor \"#\""));
    *array_push(reading->arena, &reading->settings->per_path) = path;
}

static void read_paths(Reading *reading, const TomlValue *value, Str key)
{
    if (value->kind != TOML_TABLE) {
        complain_of_kind(reading, value, key, "a table of patterns, as [per-path.\"tests/**\"]");
        return;
    }
    for (const TomlValue *path = value->first; path; path = path->next) {
        if (path->kind != TOML_TABLE)
            complain_of_kind(reading, path, path->key, "a table");
        else if (reading->settings->per_path.count == PATHS_MOST)
            complain(reading, path->key_at,
                arena_printf(reading->arena, "there are more than %d tables in per-path", PATHS_MOST));
        else
            read_path(reading, path);
    }
}

static void read_size(Reading *reading, uint64_t *size, const TomlValue *value, Str key)
{
    Str text = value->kind == TOML_STRING    ? value->text
               : value->kind == TOML_INTEGER ? arena_printf(reading->arena, "%lld", (long long)value->integer)
                                             : STR("");
    if (!setting_size(size, text))
        complain(reading, value->at,
            arena_printf(reading->arena, "%.*s takes a size from 1 to 1G, as \"4M\", \"512K\" or a number of bytes",
                STR_ARG(key)));
}

static void read_version(Reading *reading, unsigned *minor, const TomlValue *value)
{
    if (value->kind != TOML_STRING || !setting_version(minor, value->text))
        complain(reading, value->at, STR("target-version takes a string as \"3.9\" or \"py39\""));
}

static void read_boolean(Reading *reading, bool *target, const TomlValue *value)
{
    if (value->kind == TOML_BOOLEAN)
        *target = value->boolean;
    else
        complain_of_kind(reading, value, value->key, "true or false");
}

static void read_level(Reading *reading, unsigned *target, const TomlValue *value)
{
    Str why;
    if (value->kind != TOML_STRING)
        complain_of_kind(reading, value, value->key, "\"info\", \"warning\" or \"error\"");
    else if (!read_severity(target, reading->arena, value->text, &why))
        complain(reading, value->at, why);
}

/* `target` NULL: it is read elsewhere. */
static void read_word(Reading *reading, const char **target, const TomlValue *value)
{
    if (value->kind != TOML_STRING || !value->text.n)
        complain_of_kind(reading, value, value->key, "a string that is not empty");
    else if (target)
        *target = arena_copy(reading->arena, value->text).p;
}

/* A file may come from anyone, and something is written there. */
static void read_directory(Reading *reading, const char **target, const TomlValue *value)
{
    if (value->kind == TOML_STRING && cache_directory_stays(value->text))
        *target = arena_copy(reading->arena, value->text).p;
    else
        complain(reading, value->at,
            arena_printf(reading->arena, "%.*s takes a directory below the project's root, as \".cache/awry\"",
                STR_ARG(value->key)));
}

static void read_seconds(Reading *reading, double *target, const TomlValue *value)
{
    bool is_number = value->kind == TOML_INTEGER || value->kind == TOML_FLOAT;
    if (is_number && value->number > 0 && value->number <= 86400)
        *target = value->number;
    else
        complain(
            reading, value->at, arena_printf(reading->arena, "%.*s takes seconds, as 10 or 0.5", STR_ARG(value->key)));
}

static void read_patterns(Reading *reading, Words *target, const TomlValue *value)
{
    *target = (Words){ 0 };
    read_words(reading, value, value->key, "an array of patterns", take_pattern, target);
}

static void read_value(Reading *reading, SettingKey key, const TomlValue *value)
{
    Settings *settings = reading->settings;
    void *target = (char *)settings + keys[key].at;
    switch (keys[key].kind) {
    case VALUE_SELECTORS:
        settings->wishes.has_select |= key == KEY_SELECT;
        read_selectors(reading, target, value, value->key);
        break;
    case VALUE_SEVERITIES:
        read_grades(reading, target, value, value->key);
        break;
    case VALUE_BOOLEAN:
        read_boolean(reading, target, value);
        break;
    case VALUE_SEVERITY:
        read_level(reading, target, value);
        break;
    case VALUE_VERSION:
        read_version(reading, target, value);
        break;
    case VALUE_WORD:
        read_word(reading, key == KEY_EXTEND ? NULL : target, value);
        break;
    case VALUE_DIRECTORY:
        read_directory(reading, target, value);
        break;
    case VALUE_PATTERNS:
        read_patterns(reading, target, value);
        break;
    case VALUE_SIZE:
        read_size(reading, target, value, value->key);
        break;
    case VALUE_SECONDS:
        read_seconds(reading, target, value);
        break;
    case VALUE_PATHS:
        read_paths(reading, value, value->key);
        break;
    }
}

static SettingKey find_key(Str name)
{
    for (unsigned key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (str_is(name, keys[key].name))
            return (SettingKey)key;
    return KEY_NONE;
}

void settings_read(Settings *settings, Arena *arena, const TomlValue *table, Str where, Messages *messages)
{
    const char *names[KEY_COUNT];
    for (unsigned key = KEY_NONE + 1; key < KEY_COUNT; key++)
        names[key - 1] = keys[key].name;
    Reading reading = { settings, arena, where, messages };
    for (const TomlValue *value = table->first; value; value = value->next) {
        SettingKey key = find_key(value->key);
        if (key == KEY_NONE) {
            complain_of_key(&reading, value, names, KEY_COUNT - 1);
            continue;
        }
        read_value(&reading, key, value);
        settings->origin[key] = has_places(where) ? arena_printf(arena, "%.*s:%u:%u", STR_ARG(where), value->key_at.row,
                                                        value->key_at.column)
                                                  : where;
    }
}

/* ---- Options over files ---- */

void settings_override(Settings *settings, const Settings *options)
{
    static const size_t sizes[] = {
        [VALUE_BOOLEAN] = sizeof(bool),
        [VALUE_SEVERITY] = sizeof(unsigned),
        [VALUE_VERSION] = sizeof(unsigned),
        [VALUE_WORD] = sizeof(const char *),
        [VALUE_DIRECTORY] = sizeof(const char *),
        [VALUE_PATTERNS] = sizeof(Words),
        [VALUE_SIZE] = sizeof(uint64_t),
        [VALUE_SECONDS] = sizeof(double),
        [VALUE_PATHS] = sizeof settings->per_path,
    };
    settings->demands = options->wishes;
    for (unsigned key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        ValueKind kind = keys[key].kind;
        bool has_place = kind != VALUE_SELECTORS && kind != VALUE_SEVERITIES && key != KEY_EXTEND;
        if (!options->origin[key].n || !has_place)
            continue;
        memcpy((char *)settings + keys[key].at, (const char *)options + keys[key].at, sizes[kind]);
        settings->origin[key] = options->origin[key];
    }
}

/* ---- For people ---- */

/* A string of TOML. */
static Str quoted(Arena *arena, Str text)
{
    ARRAY(char) out = { 0 };
    *array_push(arena, &out) = '"';
    for (uint32_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool is_control = c < 0x20 || c == 0x7F;
        Str shown = is_control                ? arena_printf(arena, "\\u%04X", c)
                    : c == '"' || c == '\\' ? arena_printf(arena, "\\%c", c)
                                             : (Str){ &text.p[i], 1 };
        for (uint32_t k = 0; k < shown.n; k++)
            *array_push(arena, &out) = shown.p[k];
    }
    *array_push(arena, &out) = '"';
    return (Str){ out.items, out.count };
}

static Str add_word(Arena *arena, Str list, Str word)
{
    return arena_printf(arena, "%.*s%s%.*s", STR_ARG(list), list.n > 1 ? ", " : "", STR_ARG(quoted(arena, word)));
}

static Str selectors_text(Arena *arena, const Selectors *selectors)
{
    Str text = STR("[");
    for (uint32_t i = 0; i < selectors->count; i++)
        text = add_word(arena, text, selectors->items[i].word);
    return arena_printf(arena, "%.*s]", STR_ARG(text));
}

static Str words_text(Arena *arena, const Words *words)
{
    Str text = STR("[");
    for (uint32_t i = 0; i < words->count; i++)
        text = add_word(arena, text, str_of(words->items[i]));
    return arena_printf(arena, "%.*s]", STR_ARG(text));
}

static Str grades_text(Arena *arena, const Wishes *wishes)
{
    Str text = STR("{");
    for (uint32_t i = 0; i < wishes->grades.count; i++)
        text = arena_printf(arena, "%.*s%s\"%.*s\" = \"%s\"", STR_ARG(text), i ? ", " : " ",
            STR_ARG(wishes->grades.items[i].what.word), severity_names[wishes->grades.items[i].severity]);
    return arena_printf(arena, "%.*s%s}", STR_ARG(text), wishes->grades.count ? " " : "");
}

static Str paths_text(Arena *arena, const Settings *settings)
{
    Str text = STR("[");
    for (uint32_t i = 0; i < settings->per_path.count; i++)
        text = add_word(arena, text, str_of(settings->per_path.items[i].pattern));
    return arena_printf(arena, "%.*s]", STR_ARG(text));
}

static Str size_text(Arena *arena, uint64_t size)
{
    if (size >= 1 << 20 && size % (1 << 20) == 0)
        return arena_printf(arena, "\"%lluM\"", (unsigned long long)(size >> 20));
    return arena_printf(arena, "%llu", (unsigned long long)size);
}

Str setting_text(const Settings *settings, SettingKey key, Arena *arena)
{
    const void *value = (const char *)settings + keys[key].at;
    switch (keys[key].kind) {
    case VALUE_SELECTORS:
        return selectors_text(arena, value);
    case VALUE_SEVERITIES:
        return grades_text(arena, value);
    case VALUE_BOOLEAN:
        return *(const bool *)value ? STR("true") : STR("false");
    case VALUE_SEVERITY:
        return arena_printf(arena, "\"%s\"", severity_names[*(const unsigned *)value]);
    case VALUE_VERSION:
        return arena_printf(arena, "\"3.%u\"", *(const unsigned *)value);
    case VALUE_WORD:
    case VALUE_DIRECTORY:
        return quoted(arena, str_of(key == KEY_EXTEND || !*(const char *const *)value ? "" : *(const char *const *)value));
    case VALUE_PATTERNS:
        return words_text(arena, value);
    case VALUE_SIZE:
        return size_text(arena, *(const uint64_t *)value);
    case VALUE_SECONDS:
        return arena_printf(arena, "%g", *(const double *)value);
    case VALUE_PATHS:
        return paths_text(arena, settings);
    }
    BUG("key %s has no kind", keys[key].name);
}
