#include "cli/setup.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0];
}

static bool is_on(const char *variable)
{
    return is_set(variable) && strcmp(getenv(variable), "0") != 0;
}

bool setup_wants_color(ColorWhen when, FILE *out)
{
    if (when != COLOR_AUTO)
        return when == COLOR_ALWAYS;
    if (out != stdout || is_set("NO_COLOR"))
        return false;
    if (is_on("FORCE_COLOR") || is_on("CLICOLOR_FORCE"))
        return true;
    const char *terminal = getenv("TERM");
    return terminal && strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO);
}

WalkOptions setup_walk(const Options *options, Configs *configs, const Settings *settings, Arena *arena)
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
        .stdin_name = options->stdin_name,
    };
}

bool setup_environment(Environment **environment, const Options *options, Configs *configs, const Settings *settings, Arena *arena)
{
    const char *path = strcmp(options->paths.items[0], "-") == 0 ? options->stdin_name : options->paths.items[0];
    const Folder *folder = configs_folder_of(configs, path);
    EnvironmentOptions wanted = environment_options(settings, folder);
    Str mistake;
    *environment = environment_find(arena, &wanted, folder->root, &mistake);
    if (mistake.n)
        cli_fail("%.*s", STR_ARG(mistake));
    return !mistake.n;
}

bool setup_is_right(const Configs *configs)
{
    const Messages *messages = configs_messages(configs);
    for (uint32_t i = 0; i < messages->count; i++)
        cli_fail("%.*s", STR_ARG(messages->items[i]));
    return messages->count == 0;
}
