/* awry check: options, a run, a report. */
#include "cli/clean.h"
#include "cli/cli.h"
#include "cli/setup.h"
#include "cli/show.h"
#include "port/threads.h"

/* What a run has once. */
static RunOptions run_options(const Options *options, Configs *configs, const Settings *settings, Arena *arena)
{
    return (RunOptions){
        .walk = setup_walk(options, configs, settings, arena),
        .workers = (unsigned)options->workers,
        .max_file_size = settings->max_file_size,
        .max_memory = settings->max_memory,
        .max_seconds = settings->max_seconds,
        .ignore_suppressions = options->ignore_suppressions,
        .check_broken = options->check_broken,
        .stdin_path = str_of(options->stdin_name),
        .timings = options->timings,
    };
}

/* ---- What is said on standard error ---- */

static void warn_of_nothing(const RunResult *result)
{
    if (result->total == 0)
        fprintf(stderr, "awry: warning: no Python files found\n");
}

/* What is not shown has to be told, whatever the format of the report is. */
static void tell_of_withheld(const RunResult *result)
{
    if (result->withheld)
        fprintf(stderr, "awry: %u finding%s in code of %u file%s that cannot be compiled or imported %s held back (--check-broken shows them)\n",
            result->withheld, result->withheld == 1 ? "" : "s", result->files_withheld, result->files_withheld == 1 ? "" : "s",
            result->withheld == 1 ? "is" : "are");
}

static void print_verbose(const RunResult *result, const Options *options)
{
    fprintf(stderr,
        "awry %s: %u files and %.1f MB read, %u not analysed (%u by a limit), %u findings suppressed; %u threads\n",
        awry_version, result->files, (double)result->bytes / 1e6, result->failed, result->limited, result->suppressed,
        options->workers ? (unsigned)options->workers : threads_available());
}

static void print_timings(const RunResult *result, double report, double wall)
{
    const Timings *t = &result->timings;
    const struct {
        const char *phase;
        double seconds;
    } rows[] = {
        { "walk", t->walk },
        { "read", t->read },
        { "scan", t->scan },
        { "parse", t->parse },
        { "flatten", t->flatten },
        { "bind", t->bind },
        { "summary", t->summary },
        { "link", t->link },
        { "rules", t->rules },
        { "sort", t->sort },
        { "report", report },
    };
    double total = clock_process();
    double other = total;
    fprintf(stderr, "phase     CPU ms\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fprintf(stderr, "%-8s %7.1f\n", rows[i].phase, rows[i].seconds * 1e3);
        other -= rows[i].seconds;
    }
    fprintf(stderr, "%-8s %7.1f\n", "other", other > 0 ? other * 1e3 : 0);
    fprintf(stderr, "%-8s %7.1f\n", "total", total * 1e3);
    fprintf(stderr, "%u files, %.1f MB, %.1f ms wall, %.1f MB peak memory\n", result->files,
        (double)result->bytes / 1e6, wall * 1e3, (double)memory_peak() / 1e6);
}

/* ---- The run ---- */

/* A file may name the format of the report, but not where it goes: it may come from anywhere. */
static bool choose_outputs(Options *options, const Settings *settings, Arena *arena)
{
    const char *name = settings->output_format;
    if (!options->outputs.count && name) {
        Str origin = settings->origin[KEY_OUTPUT_FORMAT];
        if (!format_find(str_of(name))) {
            cli_fail("%.*s: unknown value \"%s\" for output-format", STR_ARG(origin), name);
            return false;
        }
        if (!outputs_add(&options->outputs, arena, name))
            return false;
    }
    return outputs_settle(&options->outputs, arena, options->output_file);
}

static void write_reports(
    Options *options, const Configs *configs, const RunResult *result, Arena *arena, double seconds, int code)
{
    Str cwd = report_cwd(arena), root = configs_project_root(configs);
    ReportOptions manner = {
        .quiet = options->quiet, .seconds = seconds, .version = awry_version, .exit_code = code, .cwd = cwd
    };
    manner.root = root.n ? root : report_root(arena, cwd);
    for (uint32_t i = 0; i < options->outputs.count; i++) {
        const OutputReport *report = &options->outputs.items[i];
        manner.color = setup_wants_color((ColorWhen)options->color, report->output.stream);
        if (options->statistics && !report->path)
            show_statistics(report->output.stream, result, &manner, arena);
        else
            report->format->report(report->output.stream, result, &manner);
    }
}

static int run_and_report(Options *options, Configs *configs, const Settings *settings, Arena *arena, double begin)
{
    if (!choose_outputs(options, settings, arena))
        return EXIT_UNABLE;
    RunResult result;
    RunOptions how = run_options(options, configs, settings, arena);
    if (!setup_environment(&how.environment, options, configs, settings, arena))
        return EXIT_UNABLE;
    how.no_library_tables = options->no_library_tables;
    if (options->verbose)
        fprintf(stderr, "awry: Python environment: %.*s\n", STR_ARG(environment_describe(how.environment, arena)));
    how.cache = cache_place_of_run(options, configs, settings, arena);
    Str root = configs_folder_of(configs, ".")->root;
    how.root = root.p ? root : STR("");
    how.version = str_of(awry_version);
    run(&result, arena, &how, options->paths.items, options->paths.count);
    environment_release(how.environment);
    if (!setup_is_right(configs))
        return EXIT_UNABLE;
    double seconds = clock_wall() - begin;

    int code = run_exit_code(&result, (Severity)settings->fail_on, settings->allow_limits);
    if (options->exit_zero && code == EXIT_FOUND)
        code = EXIT_CLEAN;
    if (!options->quiet)
        warn_of_nothing(&result);
    double before = clock_thread();
    if (!outputs_open(&options->outputs, arena))
        return EXIT_UNABLE;
    write_reports(options, configs, &result, arena, seconds, code);
    code = outputs_close(&options->outputs, code);
    double report = clock_thread() - before;

    if (options->verbose)
        print_verbose(&result, options);
    if (!options->quiet)
        tell_of_withheld(&result);
    if (options->timings)
        print_timings(&result, report, clock_wall() - begin);
    return code;
}

static int check_with(Options *options, Arena *arena, double begin)
{
    Configs *configs = configs_new(arena, &options->config);
    const Settings *settings = configs_main(configs, options->paths.items, options->paths.count, options->stdin_name);
    if (!setup_is_right(configs))
        return EXIT_UNABLE;
    if (options->show_settings) {
        show_settings(stdout, options, configs, arena);
        return setup_is_right(configs) ? EXIT_CLEAN : EXIT_UNABLE;
    }
    if (options->show_files) {
        RunOptions how = run_options(options, configs, settings, arena);
        FileList list;
        walk(&list, arena, &how.walk, options->paths.items, options->paths.count);
        return setup_is_right(configs) ? show_files(&list, options, arena) : EXIT_UNABLE;
    }
    return run_and_report(options, configs, settings, arena, begin);
}

int check(int argc, char **argv)
{
    double begin = clock_wall();
    Arena arena;
    arena_init(&arena);
    Options options;
    int code = EXIT_UNABLE;
    if (options_read(&options, &arena, argc, argv)) {
        if (options.help)
            options_help(stdout);
        code = options.help ? EXIT_CLEAN : check_with(&options, &arena, begin);
    }
    arena_release(&arena);
    return code;
}
