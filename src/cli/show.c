#include "cli/show.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "engine/environment.h"

/* ---- Files ---- */

static const char *problem_text(WalkProblem problem)
{
    static const char *const texts[] = {
        [WALK_OK] = "",
        [WALK_MISSING] = "no such file or directory",
        [WALK_UNREADABLE] = "cannot be opened",
        [WALK_NOT_REGULAR] = "not a regular file",
        [WALK_LINK_OUTSIDE] = "link leads out of the project, and is not followed",
        [WALK_LINK_BROKEN] = "link leads nowhere",
    };
    return texts[problem];
}

int show_files(const FileList *list, const Options *options, Arena *arena)
{
    int code = EXIT_CLEAN;
    bool is_terminal = isatty(STDOUT_FILENO);
    for (uint32_t i = 0; i < list->files.count; i++) {
        const WalkFile *file = &list->files.items[i];
        if (file->problem != WALK_OK) {
            code = cli_fail("%.*s: %s", STR_ARG(file->path), problem_text(file->problem));
            continue;
        }
        Str path = is_terminal ? text_clean(arena, file->path) : file->path;
        printf("%.*s\n", STR_ARG(path));
    }
    if (options->verbose)
        fprintf(stderr, "awry: %u files, %u ignored\n", list->files.count, list->ignored);
    return code;
}

/* ---- Settings ---- */

enum { ORIGIN_COLUMN = 44 };

static void print_setting(FILE *out, Arena *arena, const char *name, Str value, Str origin)
{
    Str line = text_clean(arena, arena_printf(arena, "%s = %.*s", name, STR_ARG(value)));
    int width = (int)text_width(line, 0);
    fprintf(out, "%.*s%*s  # %.*s\n", STR_ARG(line), width < ORIGIN_COLUMN ? ORIGIN_COLUMN - width : 0, "",
        STR_ARG(text_clean(arena, origin.n ? origin : STR("default"))));
}

/* Lists of rules add up: a line for the file and one for the options. */
static void print_selection(FILE *out, Arena *arena, const Settings *settings, const Settings *given, SettingKey key)
{
    bool is_replaced = key == KEY_SELECT && given->wishes.has_select;
    Str value =
        key == KEY_SELECT && !settings->wishes.has_select ? STR("[\"default\"]") : setting_text(settings, key, arena);
    if (!is_replaced)
        print_setting(out, arena, setting_name(key), value, settings->origin[key]);
    if (given->origin[key].n)
        print_setting(out, arena, setting_name(key), setting_text(given, key, arena), given->origin[key]);
}

static void print_target(
    FILE *out, Arena *arena, const Settings *settings, const FileRules *rules, const Folder *folder)
{
    Str origin = settings->origin[KEY_TARGET_VERSION];
    if (!origin.n && folder->minor)
        origin = arena_printf(arena, "requires-python, %.*s", STR_ARG(folder->minor_origin));
    print_setting(
        out, arena, setting_name(KEY_TARGET_VERSION), arena_printf(arena, "\"3.%u\"", rules->target_minor), origin);
}

/* What was said of it, and what it came to. */
static void print_python(FILE *out, Arena *arena, const Settings *settings, const Folder *folder)
{
    if (settings->python)
        print_setting(out, arena, setting_name(KEY_PYTHON), setting_text(settings, KEY_PYTHON, arena),
            settings->origin[KEY_PYTHON]);
    EnvironmentOptions wanted = environment_options(settings, folder);
    Str mistake;
    Environment *environment = environment_find(arena, &wanted, folder->root, &mistake);
    Str text = mistake.n ? mistake : environment_describe(environment, arena);
    fprintf(out, "# %s: %.*s\n", setting_name(KEY_PYTHON), STR_ARG(text_clean(arena, text)));
    environment_release(environment);
}

static void print_rules(FILE *out, const FileRules *rules)
{
    fputs("\n[rules]\n", out);
    for (size_t i = 0; i < all_rules_count; i++) {
        const Rule *rule = all_rules[i];
        if (ruleset_wants(&rules->set, rule, NULL))
            fprintf(out, "%s = \"%s\"  # %s\n", rule->code,
                severity_names[ruleset_severity(&rules->set, rule, NULL, rule->severity)], rule->name);
        for (int k = 0; k < CASES_MOST && rule->cases[k].name; k++) {
            const RuleCase *c = &rule->cases[k];
            if (ruleset_wants(&rules->set, rule, c))
                fprintf(out, "\"%s:%s\" = \"%s\"\n", rule->code, c->name,
                    severity_names[ruleset_severity(&rules->set, rule, c, c->severity)]);
        }
    }
}

void show_settings(FILE *out, const Options *options, Configs *configs, Arena *arena)
{
    const char *path = strcmp(options->paths.items[0], "-") == 0 ? options->stdin_name : options->paths.items[0];
    const Folder *folder = configs_folder_of(configs, path);
    const FileRules *rules = configs_rules_of(configs, path);
    const Settings *settings = config_settings(rules->config), *given = &options->config.given;
    Str file = config_file(rules->config);
    fprintf(out, "# %s: %.*s\n", path ? path : "standard input", STR_ARG(file.n ? file : STR("no configuration file")));
    if (rules->is_muffled)
        fputs("# the profile \"tests\" holds\n", out);
    for (SettingKey key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (key == KEY_SELECT || key == KEY_IGNORE || key == KEY_EXTEND_SELECT || key == KEY_SEVERITY)
            print_selection(out, arena, settings, given, key);
        else if (key == KEY_TARGET_VERSION)
            print_target(out, arena, settings, rules, folder);
        else if (key == KEY_PYTHON)
            print_python(out, arena, settings, folder);
        else if (key == KEY_OUTPUT_FORMAT && !settings->output_format)
            print_setting(
                out, arena, setting_name(key), arena_printf(arena, "\"%s\"", all_formats[0].name), STR("default"));
        else if (key == KEY_CACHE_DIR && !settings->cache_dir)
            print_setting(out, arena, setting_name(key), STR("\".awry_cache\""), STR("default"));
        else if (key == KEY_MAX_MEMORY && !settings->max_memory)
            fprintf(out, "# %s: 128M and 256 times the size of the file\n", setting_name(key));
        else if (key != KEY_EXTEND)
            print_setting(out, arena, setting_name(key), setting_text(settings, key, arena), settings->origin[key]);
    }
    print_rules(out, rules);
}

/* ---- Statistics ---- */

typedef struct Count {
    const Rule *rule;
    uint32_t count;
} Count;

static int compare_counts(const void *a, const void *b)
{
    const Count *left = a, *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(left->rule->code, right->rule->code);
}

void show_statistics(FILE *out, const RunResult *result, const ReportOptions *manner, Arena *arena)
{
    Count *counts = arena_array(arena, Count, all_rules_count);
    for (size_t i = 0; i < all_rules_count; i++)
        counts[i].rule = all_rules[i];
    for (uint32_t i = 0; i < result->findings.count; i++)
        for (size_t k = 0; k < all_rules_count; k++)
            counts[k].count += all_rules[k] == result->findings.items[i]->rule;
    qsort(counts, all_rules_count, sizeof *counts, compare_counts);
    for (size_t i = 0; i < all_rules_count && counts[i].count; i++)
        fprintf(out, "%6u  %s  %s\n", counts[i].count, counts[i].rule->code, counts[i].rule->name);
    if (!manner->quiet)
        report_summary(out, result, manner);
}
