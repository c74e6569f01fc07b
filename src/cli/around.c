#include "cli/around.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/clean.h"
#include "cli/cli.h"

#define TEXT_MEMORY ((uint64_t)128 << 20)

static bool say_mistakes(const Configs *configs)
{
    const Messages *messages = configs_messages(configs);
    for (uint32_t i = 0; i < messages->count; i++)
        cli_fail("%.*s", STR_ARG(messages->items[i]));
    return messages->count == 0;
}

static WalkOptions walk_options(const Options *options, Configs *configs, const Settings *settings, Arena *arena)
{
    Words excludes = { 0 };
    const Settings *given = &options->config.given;
    for (uint32_t i = 0; i < given->exclude.count; i++)
        *array_push(arena, &excludes) = given->exclude.items[i];
    for (uint32_t i = 0; i < given->extend_exclude.count; i++)
        *array_push(arena, &excludes) = given->extend_exclude.items[i];
    return (WalkOptions){
        .configs = configs,
        .excludes = excludes.items,
        .exclude_count = excludes.count,
        .no_ignore = !settings->respect_ignore,
        .force_exclude = settings->force_exclude,
    };
}

/* That of the first path. */
static bool find_environment(Around *around, const Options *options, const Settings *settings)
{
    const Folder *folder = configs_folder_of(around->configs, options->paths.items[0]);
    EnvironmentOptions wanted = environment_options(settings, folder);
    Str mistake;
    around->environment = environment_find(around->arena, &wanted, folder->root, &mistake);
    if (mistake.n)
        cli_fail("%.*s", STR_ARG(mistake));
    return !mistake.n;
}

bool around_take(Around *around, Arena *arena, const Options *options)
{
    *around = (Around){ .arena = arena };
    around->configs = configs_new(arena, &options->config);
    const Settings *settings = configs_main(around->configs, options->paths.items, options->paths.count, NULL);
    if (!say_mistakes(around->configs) || !find_environment(around, options, settings))
        return false;
    Str root = configs_folder_of(around->configs, ".")->root;
    RunOptions how = {
        .walk = walk_options(options, around->configs, settings, arena),
        .workers = (unsigned)options->workers,
        .max_file_size = settings->max_file_size,
        .max_memory = settings->max_memory,
        .max_seconds = settings->max_seconds,
        .cache = cache_place_of_run(options, around->configs, settings, arena),
        .root = root.p ? root : STR(""),
        .version = str_of(awry_version),
        .environment = around->environment,
        .no_library_tables = options->no_library_tables,
    };
    bool is_read = survey_take(&around->survey, arena, &how, options->paths.items, options->paths.count);
    around->is_taken = true;
    source_cache_init(&around->texts, around->survey.limits.max_size, TEXT_MEMORY);
    around->program = program_new(arena, project_files(around->survey.project));
    return is_read || say_mistakes(around->configs);
}

void around_release(Around *around)
{
    if (around->is_taken) {
        source_cache_release(&around->texts);
        survey_release(&around->survey);
    }
    environment_release(around->environment);
}

AroundLine around_line(Around *around, Arena *arena, uint32_t file, uint32_t offset)
{
    const Sources *sources = &around->texts.sources;
    const Scan *scan = sources->scan_of(sources->context, program_file(around->program, file)->path);
    if (!scan || offset > scan->source->text.n)
        return (AroundLine){ .text = STR("") };
    Str line = str_trim(scan_line_text(scan, scan_line(scan, offset)));
    return (AroundLine){ scan_place(scan, offset), arena_copy(arena, line) };
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0];
}

static bool is_on(const char *variable)
{
    return is_set(variable) && strcmp(getenv(variable), "0") != 0;
}

bool around_color(ColorWhen when)
{
    if (when != COLOR_AUTO)
        return when == COLOR_ALWAYS;
    if (is_set("NO_COLOR"))
        return false;
    const char *terminal = getenv("TERM");
    bool is_capable = terminal && strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO);
    return is_capable || is_on("FORCE_COLOR") || is_on("CLICOLOR_FORCE");
}
