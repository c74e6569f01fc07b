/* awry check: options, a run, a report. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/output.h"
#include "port/threads.h"
#include "report/report.h"

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0];
}

static bool is_on(const char *variable)
{
    return is_set(variable) && strcmp(getenv(variable), "0") != 0;
}

/* What the user says, then the environment's habits, then whether somebody looks. */
static bool wants_color(ColorWhen when, FILE *out)
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

static RunOptions run_options(const Options *options)
{
    static const unsigned tiers[] = {
        1u << TIER_ON,
        1u << TIER_ON | 1u << TIER_STRICT,
        1u << TIER_ON | 1u << TIER_STRICT | 1u << TIER_HINT,
    };
    return (RunOptions){
        .walk = {
            .excludes = options->excludes.items,
            .exclude_count = options->excludes.count,
            .no_ignore = options->no_ignore,
            .force_exclude = options->force_exclude,
        },
        .workers = (unsigned)options->workers,
        .max_file_size = options->max_file_size,
        .max_memory = options->max_memory,
        .max_seconds = options->max_seconds,
        .tiers = tiers[options->select],
        .stdin_path = str_of(options->stdin_name),
        .timings = options->timings,
    };
}

/* ---- --show-files ---- */

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

/* Paths as they are, for `xargs`; cleaned where a terminal would obey them. */
static int show_files(const Options *options, Arena *arena)
{
    FileList list;
    RunOptions how = run_options(options);
    walk(&list, arena, &how.walk, options->paths.items, options->paths.count);

    int code = EXIT_CLEAN;
    bool is_terminal = isatty(STDOUT_FILENO);
    for (uint32_t i = 0; i < list.files.count; i++) {
        const WalkFile *file = &list.files.items[i];
        if (file->problem != WALK_OK) {
            code = cli_fail("%.*s: %s", STR_ARG(file->path), problem_text(file->problem));
            continue;
        }
        Str path = is_terminal ? text_clean(arena, file->path) : file->path;
        printf("%.*s\n", STR_ARG(path));
    }
    if (options->verbose)
        fprintf(stderr, "awry: %u files, %u ignored\n", list.files.count, list.ignored);
    return code;
}

/* ---- What is said on standard error ---- */

static void warn_of_nothing(const RunResult *result)
{
    if (result->total == 0)
        fprintf(stderr, "awry: warning: no Python files found\n");
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

/* `code`, or EXIT_UNABLE when the report could not be written. */
static int report_to(const RunResult *result, const Options *options, Arena *arena, double seconds, int code)
{
    Output output;
    if (!output_open(&output, arena, options->output_file))
        return EXIT_UNABLE;
    ReportOptions manner = {
        .color = wants_color((ColorWhen)options->color, output.stream),
        .quiet = options->quiet,
        .seconds = seconds,
    };
    all_formats[options->format].report(output.stream, result, &manner);
    return output_close(&output, code);
}

static int run_and_report(const Options *options, Arena *arena, double begin)
{
    RunResult result;
    RunOptions how = run_options(options);
    run(&result, arena, &how, options->paths.items, options->paths.count);
    double seconds = clock_wall() - begin;

    int code = run_exit_code(&result, (Severity)options->fail_on, options->allow_limits);
    if (options->exit_zero && code == EXIT_FOUND)
        code = EXIT_CLEAN;
    if (!options->quiet)
        warn_of_nothing(&result);
    double before = clock_thread();
    code = report_to(&result, options, arena, seconds, code);
    double report = clock_thread() - before;

    if (options->verbose)
        print_verbose(&result, options);
    if (options->timings)
        print_timings(&result, report, clock_wall() - begin);
    return code;
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
        code = options.help         ? EXIT_CLEAN
               : options.show_files ? show_files(&options, &arena)
                                    : run_and_report(&options, &arena, begin);
    }
    arena_release(&arena);
    return code;
}
