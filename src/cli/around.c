#include "cli/around.h"

#include "cli/clean.h"
#include "cli/cli.h"
#include "cli/setup.h"

#define TEXT_MEMORY ((uint64_t)128 << 20)

bool around_take(Around *around, Arena *arena, const Options *options)
{
    *around = (Around){ .arena = arena };
    around->configs = configs_new(arena, &options->config);
    const Settings *settings = configs_main(around->configs, options->paths.items, options->paths.count, NULL);
    if (!setup_is_right(around->configs) ||
        !setup_environment(&around->environment, options, around->configs, settings, arena))
        return false;
    Str root = configs_folder_of(around->configs, ".")->root;
    RunOptions how = {
        .walk = setup_walk(options, around->configs, settings, arena),
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
    return is_read || setup_is_right(around->configs);
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
