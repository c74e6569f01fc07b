#include "engine/config.h"

#include <sys/stat.h>

#include "engine/paths.h"
#include "engine/python_version.h"
#include "engine/requirements.h"
#include "port/io.h"

enum {
    FILE_MOST = 1 << 20, /* bytes of a configuration file */
    EXTEND_MOST = 8,     /* files that extend each other */
    TESTS_BIT = 63,      /* in Folder.matched */
    PATH_ROOM = 512,     /* bytes of most paths */
};

/* Where tests and examples are, by their names. */
static const char *const test_patterns[] = { "tests/", "test/", "test_*.py", "*_test.py", "tests.py", "conftest.py",
    "examples/", "samples/" };

/* In tests a blocked loop is nobody's loss: what they hold off for is the code under test. */
static const char *const test_muffled[] = {
    "AW101",
    "AW104",
    "AW105",
    "AW106",
    "AW107",
    "AW108",
    "AW109",
    "AW110",
    "AW117:in-tests",
    "AW753",
};

/* The first of these that is in a directory holds. */
static const char *const file_names[] = { ".awry.toml", "awry.toml", "pyproject.toml" };
enum { FILE_NAMES = 3, PYPROJECT = 2 };

struct Config {
    Settings settings;
    Str file;
    Str directory; /* real; what patterns are relative to */
    IgnoreList *excludes;
    ARRAY(const IgnoreList *) paths; /* a pattern each */
    ARRAY(FileRules *) made;
};

struct Configs {
    Arena *arena;
    const ConfigOptions *options;
    Settings given;
    Messages messages;
    Messages unsaid;   /* of files that were read while it was mute */
    bool is_mute;
    Map folders;       /* by real path */
    Map configs;       /* those without a file, by the directory that patterns are relative to */
    Config *only;      /* of --config FILE */
    Str here;          /* the working directory, real */
    Str project_root;  /* real; NULL in .p: not given */
    Selectors muffled; /* in tests */
    IgnoreList *tests;
    TomlValue **values; /* of --config KEY=VALUE */
};

/* As it is shown: relative to the working directory when below it. */
static Str shown(const Configs *configs, Str path)
{
    if (configs->here.p && path.n > configs->here.n && path_is_below(path, configs->here))
        return str_slice(path, configs->here.n + 1, path.n);
    return path;
}

static Messages *messages_of(Configs *configs)
{
    return configs->is_mute ? &configs->unsaid : &configs->messages;
}

static void complain(Configs *configs, Str where, Place at, Str message)
{
    if (messages_of(configs)->count >= MESSAGES_MOST)
        return;
    *array_push(configs->arena, messages_of(configs)) =
        at.row ? arena_printf(configs->arena, "%.*s:%u:%u: %.*s", STR_ARG(where), at.row, at.column, STR_ARG(message))
               : arena_printf(configs->arena, "%.*s: %.*s", STR_ARG(where), STR_ARG(message));
}

/* ---- Files ---- */

static bool names_awry(Str text)
{
    for (uint32_t i = 0; i + 4 <= text.n; i++)
        if (memcmp(text.p + i, "awry", 4) == 0)
            return true;
    return false;
}

/* The table of a file; NULL when it is not there or of no use. Somebody else's mistake in a pyproject.toml that says nothing of us
 * is not ours to report. */
static TomlValue *read_toml(Configs *configs, Str path, bool is_pyproject, bool *is_found)
{
    Str text;
    uint64_t size;
    ReadStatus status = io_read_file(configs->arena, path.p, true, FILE_MOST, &text, &size);
    *is_found = status != READ_MISSING;
    if (status == READ_MISSING || (is_pyproject && status == READ_NOT_REGULAR))
        return NULL;
    if (status != READ_OK) {
        if (!is_pyproject || status != READ_TOO_LARGE)
            complain(configs, shown(configs, path), (Place){ 0 },
                str_of(status == READ_TOO_LARGE ? "larger than 1 MiB" : read_status_text(status)));
        return NULL;
    }
    TomlError error;
    TomlValue *table = toml_parse(configs->arena, text, &error);
    if (!table && (!is_pyproject || names_awry(text)))
        complain(configs, shown(configs, path), error.at, error.message);
    return table;
}

static bool is_pyproject(Str path)
{
    Str name = str_slice(path, path.n - path_parent(path).n == path.n ? 0 : path_parent(path).n + 1, path.n);
    return str_is(name, file_names[PYPROJECT]);
}

/* The settings in a file's table; NULL: there are none. */
static const TomlValue *own_table(Configs *configs, Str path, const TomlValue *table)
{
    if (!is_pyproject(path))
        return table;
    const TomlValue *own = toml_find(table, "tool.awry");
    if (own && own->kind != TOML_TABLE) {
        complain(configs, shown(configs, path), own->key_at, STR("tool.awry is a table, as [tool.awry]"));
        return NULL;
    }
    return own;
}

typedef struct Extended {
    const TomlValue *table;
    Str path;
} Extended;

/* The file that `extend` names, beside the one that names it. False: there is none, or it is of no use. */
static bool follow_extend(Configs *configs, Extended *next, const Extended *from)
{
    const TomlValue *extend = toml_find(from->table, "extend");
    if (!extend || extend->kind != TOML_STRING)
        return false;
    Str folder = path_parent(from->path);
    next->path = extend->text.n && extend->text.p[0] == '/'
                     ? arena_copy(configs->arena, extend->text)
                     : arena_printf(configs->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(extend->text));
    Str real = path_real(configs->arena, next->path.p);
    if (real.p && real.n)
        next->path = real;
    bool is_found;
    const TomlValue *table = read_toml(configs, next->path, false, &is_found);
    if (!is_found)
        complain(configs, shown(configs, from->path), extend->at,
            arena_printf(configs->arena, "no such file: %.*s", STR_ARG(extend->text)));
    next->table = table ? own_table(configs, next->path, table) : NULL;
    if (table && !next->table)
        complain(configs, shown(configs, from->path), extend->at,
            arena_printf(configs->arena, "%.*s has no table [tool.awry]", STR_ARG(extend->text)));
    return next->table != NULL;
}

/* ---- A configuration ---- */

static void add_patterns(Configs *configs, IgnoreList *list, const Words *words)
{
    for (uint32_t i = 0; i < words->count; i++)
        ignore_add(list, configs->arena, str_of(words->items[i]));
}

/* `values` and options on top, then what is made of patterns. Patterns that options give belong to the walk. */
static Config *finish_config(Configs *configs, Config *config, Str directory)
{
    Settings *settings = &config->settings;
    config->directory = directory;
    for (uint32_t i = 0; i < configs->options->values.count; i++)
        if (configs->values[i])
            settings_read(settings, configs->arena, configs->values[i], STR("--config"), messages_of(configs));
    config->excludes = ignore_new(configs->arena, NULL, 0);
    if (!configs->given.origin[KEY_EXCLUDE].n)
        add_patterns(configs, config->excludes, &settings->exclude);
    add_patterns(configs, config->excludes, &settings->extend_exclude);
    for (uint32_t i = 0; i < settings->per_path.count; i++) {
        IgnoreList *list = ignore_new(configs->arena, NULL, 0);
        ignore_add(list, configs->arena, str_of(settings->per_path.items[i].pattern));
        *array_push(configs->arena, &config->paths) = list;
    }
    settings_override(settings, &configs->given);
    return config;
}

static Config *read_config(Configs *configs, Str path, const TomlValue *table, Str directory)
{
    Extended files[EXTEND_MOST] = { { table, path } };
    int count = 1;
    while (count < EXTEND_MOST && follow_extend(configs, &files[count], &files[count - 1]))
        count++;
    if (count == EXTEND_MOST)
        complain(configs, shown(configs, path), (Place){ 0 }, STR("too many files extend each other"));
    Config *config = arena_new(configs->arena, Config);
    settings_init(&config->settings);
    config->file = shown(configs, path);
    while (count--) {
        const char *extended = config->settings.python;
        settings_read(&config->settings, configs->arena, files[count].table, shown(configs, files[count].path),
            messages_of(configs));
        if (config->settings.python != extended)
            config->settings.python_directory = path_parent(files[count].path);
    }
    return finish_config(configs, config, directory);
}

/* What holds where no file does. */
static Config *plain_config(Configs *configs, Str directory)
{
    void **slot = map_at(&configs->configs, directory);
    if (*slot)
        return *slot;
    Config *config = arena_new(configs->arena, Config);
    *slot = config;
    settings_init(&config->settings);
    config->file = STR("");
    return finish_config(configs, config, directory);
}

const Settings *config_settings(const Config *config)
{
    return &config->settings;
}

Str config_file(const Config *config)
{
    return config->file;
}

bool config_is_file(Str name)
{
    for (int i = 0; i < FILE_NAMES; i++)
        if (str_is(name, file_names[i]))
            return true;
    return false;
}

/* ---- Folders ---- */

static uint64_t match_patterns(const Configs *configs, const Config *config, Str path, bool is_directory)
{
    uint64_t matched = 0;
    for (uint32_t i = 0; i < config->paths.count; i++)
        if (ignore_verdict(config->paths.items[i], path, is_directory) == IGNORE_OUT)
            matched |= UINT64_C(1) << i;
    if (config->settings.profiles && ignore_verdict(configs->tests, path, is_directory) == IGNORE_OUT)
        matched |= UINT64_C(1) << TESTS_BIT;
    return matched;
}

/* Gives the folder a configuration, and all patterns that hold for what stands between that one's directory and here. */
static void set_config(const Configs *configs, Folder *folder, Config *config, Str real)
{
    folder->config = config;
    folder->below = STR("");
    folder->matched = 0;
    if (real.n == config->directory.n || !path_is_below(real, config->directory))
        return;
    Str inside = str_slice(real, config->directory.n + 1, real.n);
    for (uint32_t end = 0; end < inside.n; end++) {
        end += str_find(str_slice(inside, end, inside.n), '/');
        folder->matched |= match_patterns(configs, config, str_slice(inside, 0, end), true);
    }
    folder->below = arena_printf(configs->arena, "%.*s/", STR_ARG(inside));
}

static void read_minor(Configs *configs, Folder *folder, Str path, const TomlValue *table)
{
    const TomlValue *wanted = toml_find(table, "project.requires-python");
    if (!wanted)
        wanted = toml_find(table, "tool.poetry.dependencies.python");
    unsigned minor = wanted && wanted->kind == TOML_STRING ? python_lower_bound(wanted->text) : 0;
    if (!minor)
        return;
    folder->minor = minor;
    folder->minor_origin = arena_printf(
        configs->arena, "%.*s:%u:%u", STR_ARG(shown(configs, path)), wanted->key_at.row, wanted->key_at.column);
}

/* What the root of a project, or a part of it, asks of libraries; who says nothing of one asks what is asked above. */
static void read_requirements(Configs *configs, Folder *folder, Str real)
{
    Demand demands[LIBRARY_MAJORS];
    requirements_of(configs->arena, real, demands);
    for (uint32_t i = 0; i < LIBRARY_MAJORS; i++) {
        uint32_t bit = UINT32_C(1) << i;
        if (demands[i] != DEMAND_NONE)
            folder->old_libraries = demands[i] == DEMAND_OLDER ? folder->old_libraries | bit : folder->old_libraries & ~bit;
    }
}

static bool is_there(Configs *configs, Str real, const char *name)
{
    struct stat st;
    return lstat(arena_printf(configs->arena, "%.*s/%s", STR_ARG(real), name).p, &st) == 0;
}

/* Looks for files in a folder; what is above is in it already. */
static void look_into(Configs *configs, Folder *folder, Str real)
{
    Config *found = NULL;
    for (int i = 0; i < FILE_NAMES; i++) {
        Str path = arena_printf(configs->arena, "%.*s/%s", STR_ARG(real), file_names[i]);
        bool is_found = false;
        const TomlValue *table = NULL;
        if (configs->options->is_isolated)
            is_found = is_there(configs, real, file_names[i]);
        else
            table = read_toml(configs, path, i == PYPROJECT, &is_found);
        if (is_found)
            folder->root = real;
        if (!table)
            continue;
        if (i == PYPROJECT)
            read_minor(configs, folder, path, table);
        const TomlValue *own = found || configs->only ? NULL : own_table(configs, path, table);
        if (own)
            found = read_config(configs, path, own, real);
    }
    if (folder->root.p && str_equal(folder->root, real))
        read_requirements(configs, folder, real);
    if (found)
        set_config(configs, folder, found, real);
}

static void leave_repository(Folder *folder, Str real)
{
    *folder = (Folder){ .root = real, .top = real, .below = STR(""), .minor_origin = STR("") };
}

/* A folder with all that is known from files; its config is NULL when there is none. */
static const Folder *known_folder(Configs *configs, Str real)
{
    const Folder *above = NULL;
    for (uint32_t end = 0;; end++) {
        if (end)
            end += str_find(str_slice(real, end, real.n), '/');
        Str at = arena_copy(configs->arena, str_slice(real, 0, end));
        void **slot = map_at(&configs->folders, at);
        if (!*slot) {
            Folder *folder = arena_new(configs->arena, Folder);
            *slot = folder;
            leave_repository(folder, (Str){ NULL, 0 });
            if (above) {
                *folder = *above;
                if (above->config)
                    set_config(configs, folder, above->config, at);
            }
            bool is_outside =
                configs->project_root.p && path_is_below(configs->project_root, at) && at.n < configs->project_root.n;
            if (!is_outside && is_there(configs, at, ".git"))
                leave_repository(folder, at);
            if (!is_outside)
                look_into(configs, folder, at);
            if (configs->project_root.p && str_equal(configs->project_root, at))
                folder->root = folder->top = at;
        }
        above = *slot;
        if (end == real.n)
            return above;
    }
}

const Folder *configs_folder(Configs *configs, Str real)
{
    const Folder *known = known_folder(configs, real);
    if (known->config)
        return known;
    Folder *folder = arena_new(configs->arena, Folder);
    *folder = *known;
    Str base = folder->root.p ? folder->root : configs->here.p && path_is_below(real, configs->here) ? configs->here : real;
    set_config(configs, folder, configs->only ? configs->only : plain_config(configs, base), real);
    return folder;
}

const Folder *configs_inside(
    Configs *configs, const Folder *above, Str real, Str name, bool has_files, bool is_repository_)
{
    Folder *folder = arena_new(configs->arena, Folder);
    *folder = *above;
    char *below = arena_alloc_raw(configs->arena, (size_t)above->below.n + name.n + 2);
    folder->below = (Str){ below, above->below.n + name.n + 1 };
    memcpy(below, above->below.p, above->below.n);
    memcpy(below + above->below.n, name.p, name.n);
    memcpy(below + folder->below.n - 1, "/", 2);
    folder->matched |= match_patterns(configs, folder->config, str_slice(folder->below, 0, folder->below.n - 1), true);
    if (!has_files && !is_repository_)
        return folder;
    return configs_folder(configs, real);
}

/* ---- Files ---- */

/* From the configuration's directory on; in `room` when it is large enough. */
static Str path_inside(Arena *arena, char room[PATH_ROOM], const Folder *folder, Str name)
{
    if (folder->below.n + name.n > PATH_ROOM)
        return path_join(arena, folder->below, name);
    memcpy(room, folder->below.p, folder->below.n);
    memcpy(room + folder->below.n, name.p, name.n);
    return (Str){ room, folder->below.n + name.n };
}

static bool is_in_tests(const Config *config, uint64_t matched)
{
    bool is = config->settings.profiles && (matched >> TESTS_BIT & 1);
    for (uint32_t i = 0; i < config->settings.per_path.count; i++)
        if (matched >> i & 1 && config->settings.per_path.items[i].profile != PROFILE_BY_NAME)
            is = config->settings.per_path.items[i].profile == PROFILE_TESTS;
    return is;
}

static FileRules *make_rules(Configs *configs, const Config *config, uint64_t matched)
{
    const Settings *settings = &config->settings;
    const Wishes *sources[PATHS_MOST + 2];
    size_t count = 0;
    sources[count++] = &settings->wishes;
    for (uint32_t i = 0; i < settings->per_path.count; i++)
        if (matched >> i & 1)
            sources[count++] = &settings->per_path.items[i].wishes;
    sources[count++] = &settings->demands;
    static const Selectors nothing = { 0 };
    FileRules *rules = arena_new(configs->arena, FileRules);
    rules->is_muffled = is_in_tests(config, matched);
    ruleset_make(&rules->set, configs->arena, sources, count, rules->is_muffled ? &configs->muffled : &nothing);
    rules->config = config;
    rules->matched = matched;
    rules->min_severity = (Severity)settings->min_severity;
    return rules;
}

const FileRules *configs_rules(Configs *configs, const Folder *folder, Str name)
{
    Config *config = folder->config;
    char room[PATH_ROOM];
    uint64_t matched = folder->matched | match_patterns(configs, config, path_inside(configs->arena, room, folder, name), false);
    unsigned minor = config->settings.target_minor ? config->settings.target_minor
                     : folder->minor               ? folder->minor
                                                   : TARGET_DEFAULT;
    for (uint32_t i = 0; i < config->made.count; i++)
        if (config->made.items[i]->matched == matched && config->made.items[i]->target_minor == minor &&
            config->made.items[i]->old_libraries == folder->old_libraries)
            return config->made.items[i];
    FileRules *rules = make_rules(configs, config, matched);
    rules->old_libraries = folder->old_libraries;
    rules->target_minor = minor;
    *array_push(configs->arena, &config->made) = rules;
    return rules;
}

IgnoreVerdict configs_verdict(const Folder *folder, Arena *scratch, Str name, bool is_directory)
{
    const IgnoreList *excludes = folder->config->excludes;
    if (!excludes->patterns.count)
        return IGNORE_SILENT;
    char room[PATH_ROOM];
    return ignore_verdict(excludes, path_inside(scratch, room, folder, name), is_directory);
}

bool configs_leaves_out(const Folder *folder)
{
    Str below = folder->below;
    for (uint32_t i = 0; i < below.n; i++)
        if (below.p[i] == '/' && ignore_verdict(folder->config->excludes, str_slice(below, 0, i), true) == IGNORE_OUT)
            return true;
    return false;
}

/* ---- The whole ---- */

Str configs_project_root(const Configs *configs)
{
    return configs->project_root;
}

const Messages *configs_messages(const Configs *configs)
{
    return &configs->messages;
}

void configs_mute(Configs *configs, bool is_mute)
{
    configs->is_mute = is_mute;
}

/* KEY=VALUE as a line of TOML; a value that is none is taken for a string, so that a shell's quotes need no quotes. */
static TomlValue *read_inline(Configs *configs, const char *line)
{
    TomlError error, unused;
    TomlValue *table = toml_parse(configs->arena, str_of(line), &error);
    if (table)
        return table;
    const char *equals = strchr(line, '=');
    Str quoted =
        arena_printf(configs->arena, "%.*s= '%.*s'", (int)(equals - line), line, STR_ARG(str_trim(str_of(equals + 1))));
    bool is_word = !strpbrk(equals + 1, "[]{}\"'\n");
    table = is_word ? toml_parse(configs->arena, quoted, &unused) : NULL;
    if (!table)
        complain(configs, arena_printf(configs->arena, "--config %s", line), (Place){ 0 }, error.message);
    return table;
}

static void read_values(Configs *configs)
{
    const Words *values = &configs->options->values;
    configs->values = arena_array(configs->arena, TomlValue *, values->count);
    for (uint32_t i = 0; i < values->count; i++)
        configs->values[i] = read_inline(configs, values->items[i]);
}

static void read_only(Configs *configs, const char *file)
{
    Str path = path_real(configs->arena, file);
    if (!path.p || !path.n)
        path = arena_copy(configs->arena, str_of(file));
    Str directory = configs->project_root.p ? configs->project_root : configs->here;
    bool is_found;
    const TomlValue *table = read_toml(configs, path, false, &is_found);
    if (!is_found)
        complain(configs, str_of(file), (Place){ 0 }, STR("no such file"));
    const TomlValue *own = table ? own_table(configs, path, table) : NULL;
    if (table && !own && !configs->messages.count)
        complain(configs, str_of(file), (Place){ 0 }, STR("has no table [tool.awry]"));
    configs->only = own ? read_config(configs, path, own, directory) : plain_config(configs, directory);
}

Configs *configs_new(Arena *arena, const ConfigOptions *options)
{
    Configs *configs = arena_new(arena, Configs);
    *configs = (Configs){ .arena = arena, .options = options, .given = options->given };
    map_init(&configs->folders, arena);
    map_init(&configs->configs, arena);
    configs->here = path_real(arena, ".");
    configs->project_root = options->project_root ? path_real(arena, options->project_root) : (Str){ NULL, 0 };
    if (options->project_root && !configs->project_root.p)
        complain(configs, str_of(options->project_root), (Place){ 0 }, STR("no such directory"));
    configs->tests = ignore_new(arena, NULL, 0);
    for (size_t i = 0; i < sizeof test_patterns / sizeof *test_patterns; i++)
        ignore_add(configs->tests, arena, str_of(test_patterns[i]));
    for (size_t i = 0; i < sizeof test_muffled / sizeof *test_muffled; i++) {
        Selector selector; /* a code is muffled once a rule has it */
        if (selector_read(&selector, str_of(test_muffled[i])))
            *array_push(arena, &configs->muffled) = selector;
    }
    read_values(configs);
    if (options->file)
        read_only(configs, options->file);
    return configs;
}

/* The folder of a path: of itself, or the one that it is in. */
static const Folder *folder_of(Configs *configs, const char *path)
{
    struct stat st;
    Str real = path_real(configs->arena, path);
    if (real.p && stat(path, &st) == 0)
        return configs_folder(configs, S_ISDIR(st.st_mode) ? real : path_parent(real));
    Str folder = path_parent(str_of(path)); /* standard input may go by the name of a file that is not there */
    real = path_real(configs->arena, folder.n ? arena_copy(configs->arena, folder).p : ".");
    return configs_folder(configs, real.p ? real : configs->here.p ? configs->here : STR(""));
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const Folder *configs_folder_of(Configs *configs, const char *path)
{
    return path ? folder_of(configs, path) : configs_folder(configs, configs->here.p ? configs->here : STR(""));
}

const FileRules *configs_rules_of(Configs *configs, const char *path)
{
    Str whole = str_of(path);
    uint32_t slash = str_find_last(whole, '/');
    Str name = path && is_folder(path) ? STR("") : str_slice(whole, slash < whole.n ? slash + 1 : 0, whole.n);
    return configs_rules(configs, configs_folder_of(configs, path), name);
}

const Settings *configs_main(Configs *configs, const char *const *paths, size_t count, const char *name)
{
    const Folder *folder = configs_folder(configs, configs->here.p ? configs->here : STR(""));
    if (folder->config->file.n || !count)
        return &folder->config->settings;
    const char *first = strcmp(paths[0], "-") == 0 ? name : paths[0];
    return &(first ? folder_of(configs, first) : folder)->config->settings;
}
