#include "engine/survey.h"

#include "engine/paths.h"
#include "port/threads.h"

/* What one thread works with. */
typedef struct SurveyWorker {
    Arena file, scratch; /* of one file after the other */
    Arena findings;      /* which nobody wants */
    Arena out;           /* of the Summaries */
} SurveyWorker;

/* ---- One file ---- */

static void put(Survey *survey, SurveyWorker *worker, uint32_t file, Str bytes)
{
    if (bytes.n)
        project_put(survey->project, file, &worker->out, bytes);
}

static void gather(void *context, uint32_t file, uint32_t number)
{
    Survey *survey = context;
    SurveyWorker *worker = &survey->workers[number];
    const WalkFile *listed = &survey->list.files.items[file];
    if (listed->problem != WALK_OK)
        return;
    arena_clear(&worker->file);
    arena_clear(&worker->scratch);
    arena_clear(&worker->findings);
    Job job = {
        .file = listed,
        .path = listed->path,
        .rules = listed->rules,
        .set = &survey->set,
        .limits = survey->limits,
        .arena = &worker->file,
        .scratch = &worker->scratch,
        .out = &worker->findings,
    };
    job_start(&job);
    bool is_known = warm_state(survey->warm, file) == WARM_SAME;
    if (!is_known && job_read(&job))
        is_known = warm_read(survey->warm, file, job.content);
    if (is_known && warm_has_async(survey->warm, file))
        put(survey, worker, file, warm_summary(survey->warm, file));
    else if (is_known)
        project_suspect(survey->project, file, warm_derives(survey->warm, file));
    else if (job.content.p && job_parse(&job, true) && job_summarize(&job))
        put(survey, worker, file, summary_write(job.summary, &worker->out, &worker->scratch));
    else if (job.module && job.is_read)
        project_suspect(survey->project, file, derived_names(&job.module->scan, &worker->out));
}

static void load(void *context, uint32_t file, uint32_t number)
{
    Survey *survey = context;
    (void)number;
    if (survey->list.files.items[file].problem != WALK_OK)
        return;
    const Files *files = project_files(survey->project);
    files->load(files->context, file);
}

/* ---- All of them ---- */

static Str known(void *context, Str path, uint32_t file)
{
    const Survey *survey = context;
    return file == NO_FILE ? warm_summary_outside(survey->warm, path) : warm_summary(survey->warm, file);
}

static void make_workers(Survey *survey, Arena *arena, unsigned wanted)
{
    uint32_t most = survey->list.files.count ? survey->list.files.count : 1;
    unsigned count = wanted ? wanted : threads_available();
    survey->worker_count = count < most ? count : most;
    survey->workers = arena_array(arena, SurveyWorker, survey->worker_count);
    for (unsigned i = 0; i < survey->worker_count; i++) {
        arena_init(&survey->workers[i].file);
        arena_init(&survey->workers[i].scratch);
        arena_init(&survey->workers[i].findings);
        arena_init(&survey->workers[i].out);
    }
}

static void link_files(Survey *survey, Arena *arena, const RunOptions *options)
{
    ProjectOptions how = {
        .list = &survey->list,
        .root = options->root,
        .environment = options->environment,
        .no_library_tables = options->no_library_tables,
        .max_file_size = survey->limits.max_size,
        .max_memory = survey->limits.max_memory,
        .max_seconds = survey->limits.max_seconds,
        .known = known,
        .context = survey,
    };
    survey->project = project_new(arena, &how);
}

bool survey_take(Survey *survey, Arena *arena, const RunOptions *options, const char *const *paths, size_t path_count)
{
    *survey = (Survey){ .limits = job_limits(options->max_file_size, options->max_memory, options->max_seconds) };
    ruleset_init(&survey->set, arena, 1u << TIER_ON);
    WarmOptions warm = {
        .place = options->cache, .version = options->version, .environment = options->environment, .set = &survey->set
    };
    survey->warm = warm_open(arena, &warm);
    WalkOptions how = options->walk;
    how.whole_project = true;
    walk(&survey->list, arena, &how, paths, path_count);
    bool is_right = !how.configs || configs_messages(how.configs)->count == 0;
    if (!is_right)
        survey->list.files.count = 0;
    warm_look(survey->warm, &survey->list, options->root, working_directory(arena));
    make_workers(survey, arena, options->workers);
    link_files(survey, arena, options);
    tree_setup();
    threads_run(survey->worker_count, survey->list.files.count, gather, survey);
    project_settle(survey->project);
    return is_right;
}

void survey_load_rest(Survey *survey)
{
    threads_run(survey->worker_count, survey->list.files.count, load, survey);
}

void survey_release(Survey *survey)
{
    Str note;
    project_release(survey->project);
    warm_close(survey->warm, &note);
    for (unsigned i = 0; i < survey->worker_count; i++) {
        arena_release(&survey->workers[i].file);
        arena_release(&survey->workers[i].scratch);
        arena_release(&survey->workers[i].findings);
        arena_release(&survey->workers[i].out);
    }
}
