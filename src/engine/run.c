#include "engine/run.h"

#include <setjmp.h>
#include <stdlib.h>

#include "engine/suppress.h"
#include "port/io.h"
#include "port/threads.h"

enum {
    TROUBLES_MOST = 5,   /* findings of one kind about one input */
    MIB = 1 << 20,
    LINE_OF_CACHE = 128, /* bytes, and to spare */
};
#define SIZE_DEFAULT ((uint64_t)4 * MIB)
#define SIZE_MOST ((uint64_t)1024 * MIB) /* offsets are 32 bits wide */
#define SECONDS_DEFAULT 10.0

typedef struct Worker {
    Arena file, scratch, out; /* of the file, of its parser, of all findings */
    Timings timings;
    char apart[LINE_OF_CACHE]; /* so that threads do not write to one line of the cache */
} Worker;

/* What became of a file. */
typedef struct Outcome {
    Finding **findings;
    uint32_t count;
    uint32_t async_functions;
    uint32_t suppressed;
    uint64_t bytes;
    bool is_read, has_failed, is_limited;
} Outcome;

typedef struct Plan {
    RunOptions options; /* with defaults filled in */
    RuleSet set; /* where no configuration says otherwise */
    FileList list;
    uint32_t *order;    /* the files in the order of work */
    Outcome *outcomes;  /* by file */
    Worker *workers;
    unsigned worker_count;
} Plan;

/* One file at work. Lives outside of what siglongjmp leaves. */
typedef struct Job {
    Plan *plan;
    Worker *worker;
    const WalkFile *file;
    Outcome *outcome;
    Pass pass;
    Str content;
    double clock; /* CPU time of the thread at the end of the last phase */
} Job;

/* Adds what passed since the last call to a phase. Only when somebody wants to know: the clock of a thread is a system call,
 * and 41,000 of them for 6,739 files cost 20 ms. */
static void take_time(Job *job, double *phase)
{
    if (!job->plan->options.timings)
        return;
    double now = clock_thread();
    *phase += now - job->clock;
    job->clock = now;
}

/* ---- Findings about the input ---- */

static const char *code_of(TroubleKind kind)
{
    static const char *const codes[] = {
        [TROUBLE_UNREADABLE] = "AW001",
        [TROUBLE_SYNTAX] = "AW002",
        [TROUBLE_LIMIT] = "AW003",
        [TROUBLE_ENCODING] = "AW004",
    };
    return codes[kind];
}

static Finding *add_trouble(Job *job, const Scan *scan, TroubleKind kind, uint32_t begin, uint32_t end, Str message)
{
    job->outcome->has_failed |= kind == TROUBLE_UNREADABLE || kind == TROUBLE_ENCODING;
    job->outcome->is_limited |= kind == TROUBLE_LIMIT;
    return pass_trouble(&job->pass, code_of(kind), scan, begin, end, message);
}

static Finding *add_limit(Job *job, const Scan *scan, Str message)
{
    return add_trouble(job, scan, TROUBLE_LIMIT, 0, 0, message);
}

static void add_unreadable(Job *job, const char *why)
{
    add_trouble(job, NULL, TROUBLE_UNREADABLE, 0, 0, str_of(why));
}

typedef struct Counted {
    uint32_t count[TROUBLE_ENCODING + 1];
    uint32_t row[TROUBLE_ENCODING + 1]; /* of the last one, from 1 */
} Counted;

/* One a line, and only the first few: what follows an error is often its echo. */
static void add_counted(Job *job, const Scan *scan, Counted *counted, const Trouble *trouble)
{
    uint32_t row = scan_line(scan, trouble->begin) + 1;
    if (counted->count[trouble->kind] >= TROUBLES_MOST || counted->row[trouble->kind] == row)
        return;
    counted->count[trouble->kind]++;
    counted->row[trouble->kind] = row;
    add_trouble(job, scan, trouble->kind, trouble->begin, trouble->end, trouble->message);
}

/* The tokenizer's and the grammar's in order of place. Behind a line that the tokenizer refuses the grammar has nothing to
 * say that could be trusted. */
static void add_troubles(Job *job, const Module *module)
{
    const Scan *scan = &module->scan;
    const Tree *tree = &module->tree;
    Counted counted = { 0 };
    uint32_t refused = scan->troubles.count ? scan_line(scan, scan->troubles.items[0].begin) : UINT32_MAX;
    for (uint32_t i = 0; i < tree->troubles.count && counted.count[TROUBLE_SYNTAX] < TROUBLES_MOST; i++) {
        const Trouble *trouble = &tree->troubles.items[i];
        if (scan_line(scan, trouble->begin) >= refused)
            break;
        add_counted(job, scan, &counted, trouble);
    }
    for (uint32_t i = 0; i < scan->troubles.count; i++)
        add_counted(job, scan, &counted, &scan->troubles.items[i]);
}

/* ---- Reading ---- */

static Str size_text(Job *job, uint64_t bytes)
{
    if (bytes % MIB == 0)
        return pass_printf(&job->pass, "%llu MiB", (unsigned long long)(bytes / MIB));
    if (bytes >= MIB)
        return pass_printf(&job->pass, "%.1f MiB", (double)bytes / MIB);
    return pass_printf(&job->pass, "%llu bytes", (unsigned long long)bytes);
}

static void add_too_large(Job *job, uint64_t size)
{
    uint64_t limit = job->plan->options.max_file_size;
    Str most = size_text(job, limit);
    Str message = size > limit ? pass_printf(&job->pass, "file has %.*s, the limit is %.*s", STR_ARG(size_text(job, size)), STR_ARG(most))
                               : pass_printf(&job->pass, "file is larger than the limit of %.*s", STR_ARG(most));
    Finding *f = add_limit(job, NULL, message);
    help(&job->pass, f, "raise it with `--max-file-size`, or leave the file out with `--exclude`");
}

static const char *problem_text(WalkProblem problem)
{
    switch (problem) {
    case WALK_OK:
        break;
    case WALK_MISSING:
        return "no such file or directory";
    case WALK_UNREADABLE:
        return "cannot be opened";
    case WALK_NOT_REGULAR:
        return "not a regular file";
    case WALK_LINK_OUTSIDE:
        return "link leads out of the project, and is not followed";
    case WALK_LINK_BROKEN:
        return "link leads nowhere";
    }
    return "";
}

static bool read_content(Job *job)
{
    const WalkFile *file = job->file;
    uint64_t most = job->plan->options.max_file_size, size = 0;
    ReadStatus status = file->is_stdin
                            ? io_read_stream(&job->worker->file, 0, most, &job->content)
                            : io_read_file(&job->worker->file, file->path.p, file->named || file->is_link, most, &job->content, &size);
    take_time(job, &job->worker->timings.read);
    if (status == READ_TOO_LARGE)
        add_too_large(job, size);
    else if (status != READ_OK)
        add_unreadable(job, read_status_text(status));
    return status == READ_OK;
}

/* ---- One file ---- */

static void count_functions(Job *job, const Module *module)
{
    for (uint32_t i = 0; i < module->functions.count; i++)
        job->outcome->async_functions += module->functions.items[i]->is_async;
}

static void add_late(Job *job, const Scan *scan)
{
    Finding *f = add_limit(job, scan, pass_printf(&job->pass, "file needs more than %g s", job->plan->options.max_seconds));
    help(&job->pass, f, "raise the limit with `--max-seconds`");
}

/* Tree, names, rules. False when not all of the file could be analysed. */
static bool check_tree(Job *job, Module *module)
{
    Timings *timings = &job->worker->timings;
    TreeStatus status = module_parse(module, &job->worker->scratch, job->pass.deadline);
    take_time(job, &timings->parse);
    timings->parse -= module->tree.flatten_seconds;
    timings->flatten += module->tree.flatten_seconds;
    if (status != TREE_OK) {
        if (status == TREE_LATE)
            add_late(job, &module->scan);
        add_troubles(job, module);
        return false;
    }
    module_bind(module);
    ask_attach(module);
    count_functions(job, module);
    take_time(job, &timings->bind);
    add_troubles(job, module);
    pass_run(&job->pass);
    if (job->pass.is_late)
        add_late(job, &module->scan);
    take_time(job, &timings->rules);
    return !job->pass.is_late && !module->tree.troubles.count;
}

static void check_content(Job *job)
{
    Worker *worker = job->worker;
    Source source;
    source_init(&source, &worker->file, job->pass.path, job->content);
    Module *module = module_scan(&worker->file, &source);
    const Scan *scan = &module->scan;
    job->pass.module = module;
    job->outcome->is_read = !source.is_binary;
    job->outcome->bytes = source.bytes.n;
    if (source.has_trouble)
        add_trouble(job, scan, source.trouble.kind, source.trouble.begin, source.trouble.end, source.trouble.message);
    take_time(job, &worker->timings.scan);
    if (source.is_binary)
        return;

    bool is_complete = !scan->refused && !scan->troubles.count && !source.has_trouble;
    if (pass_wants(job->pass.set, scan))
        is_complete &= check_tree(job, module);
    else
        add_troubles(job, module);
    if (!job->plan->options.ignore_suppressions)
        job->outcome->suppressed = suppress(&job->pass, &worker->file, scan, is_complete);
    take_time(job, &worker->timings.rules);
}

static uint64_t memory_for(const Plan *plan, uint64_t size)
{
    if (plan->options.max_memory)
        return plan->options.max_memory;
    uint64_t most = 128 * (uint64_t)MIB + 256 * size; /* measured: dense tables need 200 bytes a byte */
    return most < SIZE_MOST ? most : SIZE_MOST;
}

static void set_guard(Worker *worker, uint64_t budget, sigjmp_buf *guard)
{
    arena_guard(&worker->file, (size_t)budget, guard);
    arena_guard(&worker->scratch, (size_t)budget, guard);
}

/* Calls `task` with budgets on the arenas of the file. False: they were spent. The guard is this frame's, so it goes when
 * the frame does. */
static bool with_budget(Job *job, uint64_t budget, void (*task)(Job *))
{
    sigjmp_buf guard;
    if (sigsetjmp(guard, 0)) {
        set_guard(job->worker, 0, NULL);
        return false;
    }
    set_guard(job->worker, budget, &guard);
    task(job);
    set_guard(job->worker, 0, NULL);
    return true;
}

static void read_with_budget(Job *job)
{
    if (!read_content(job))
        job->content.p = NULL;
}

/* What was found so far is dropped: it is not the whole truth. */
static void give_up(Job *job, uint64_t budget)
{
    *job->outcome = (Outcome){ .is_read = job->outcome->is_read, .bytes = job->outcome->bytes };
    job->pass.findings.count = 0;
    Str most = size_text(job, budget);
    Finding *f = add_limit(job, NULL, pass_printf(&job->pass, "file needs more than %.*s of memory", STR_ARG(most)));
    help(&job->pass, f, "raise the limit with `--max-memory`");
}

static void check_file(Job *job)
{
    Worker *worker = job->worker;
    if (job->file->problem != WALK_OK) {
        add_unreadable(job, problem_text(job->file->problem));
        return;
    }
    arena_clear(&worker->file);
    arena_clear(&worker->scratch);
    uint64_t reading = job->plan->options.max_file_size + 64 * (uint64_t)MIB;
    if (!with_budget(job, reading, read_with_budget)) {
        give_up(job, reading);
        return;
    }
    if (!job->content.p)
        return;
    uint64_t budget = memory_for(job->plan, job->content.n);
    if (!with_budget(job, budget, check_content))
        give_up(job, budget);
}

static void drop_below(Pass *pass, Severity least)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < pass->findings.count; i++)
        if (pass->findings.items[i]->severity >= least)
            pass->findings.items[kept++] = pass->findings.items[i];
    pass->findings.count = kept;
}

static void work(void *context, uint32_t piece, uint32_t number)
{
    Plan *plan = context;
    uint32_t file = plan->order[piece];
    Worker *worker = &plan->workers[number];
    const FileRules *rules = plan->list.files.items[file].rules;
    Job job = { .plan = plan, .worker = worker, .file = &plan->list.files.items[file], .outcome = &plan->outcomes[file] };
    job.clock = plan->options.timings ? clock_thread() : 0;
    job.pass = (Pass){
        .path = job.file->path,
        .out = &worker->out,
        .set = rules ? &rules->set : &plan->set,
        .is_of_tests = rules && rules->is_muffled,
        .target_minor = rules ? rules->target_minor : TARGET_DEFAULT,
        .deadline = clock_wall() + plan->options.max_seconds,
    };
    check_file(&job);
    pass_grade(&job.pass);
    if (rules)
        drop_below(&job.pass, rules->min_severity);
    pass_sort(&job.pass);
    job.outcome->findings = job.pass.findings.items;
    job.outcome->count = job.pass.findings.count;
}

/* ---- The run ---- */

static RunOptions with_defaults(const RunOptions *given)
{
    RunOptions options = *given;
    if (!options.workers)
        options.workers = threads_available();
    if (!options.max_file_size)
        options.max_file_size = SIZE_DEFAULT;
    if (options.max_file_size > SIZE_MOST)
        options.max_file_size = SIZE_MOST;
    if (!(options.max_seconds > 0))
        options.max_seconds = SECONDS_DEFAULT;
    if (!options.tiers)
        options.tiers = 1u << TIER_ON;
    if (!options.stdin_path.n)
        options.stdin_path = STR("<stdin>");
    return options;
}

typedef struct Sized {
    uint64_t size;
    uint32_t file;
} Sized;

static int compare_sizes(const void *a, const void *b)
{
    const Sized *left = a, *right = b;
    if (left->size != right->size)
        return left->size > right->size ? -1 : 1;
    return (left->file > right->file) - (left->file < right->file);
}

/* Large files first: the last one to be done should be a small one. */
static uint32_t *order_of_work(Arena *arena, const FileList *list)
{
    uint32_t count = list->files.count;
    Sized *sized = arena_array(arena, Sized, count);
    for (uint32_t i = 0; i < count; i++)
        sized[i] = (Sized){ list->files.items[i].size, i };
    if (count > 1)
        qsort(sized, count, sizeof *sized, compare_sizes);
    uint32_t *order = arena_array(arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        order[i] = sized[i].file;
    return order;
}

static void add_timings(Timings *sum, const Timings *t)
{
    sum->read += t->read;
    sum->scan += t->scan;
    sum->parse += t->parse;
    sum->flatten += t->flatten;
    sum->bind += t->bind;
    sum->rules += t->rules;
}

static void collect(RunResult *result, Arena *arena, const Plan *plan)
{
    for (uint32_t i = 0; i < plan->list.files.count; i++) {
        const Outcome *outcome = &plan->outcomes[i];
        for (uint32_t k = 0; k < outcome->count; k++)
            *array_push(arena, &result->findings) = outcome->findings[k];
        result->files += outcome->is_read;
        result->files_with_findings += outcome->count != 0;
        result->async_functions += outcome->async_functions;
        result->failed += outcome->has_failed || outcome->is_limited;
        result->limited += outcome->is_limited && !outcome->has_failed;
        result->suppressed += outcome->suppressed;
        result->bytes += outcome->bytes;
    }
    /* The list is sorted by path, but standard input goes by another name than its place says. */
    if (result->findings.count > 1)
        qsort(result->findings.items, result->findings.count, sizeof *result->findings.items, finding_compare);
}

static void make_workers(Plan *plan, Arena *arena, unsigned count)
{
    plan->workers = arena_array(arena, Worker, count);
    plan->worker_count = count;
    for (unsigned i = 0; i < count; i++) {
        arena_init(&plan->workers[i].file);
        arena_init(&plan->workers[i].scratch);
        arena_init(&plan->workers[i].out);
    }
}

/* What they found goes on living in the arena of the run. */
static void dismiss_workers(RunResult *result, Arena *arena, Plan *plan)
{
    for (unsigned i = 0; i < plan->worker_count; i++) {
        Worker *worker = &plan->workers[i];
        add_timings(&result->timings, &worker->timings);
        arena_release(&worker->file);
        arena_release(&worker->scratch);
        arena_adopt(arena, &worker->out);
    }
}

static void list_files(Plan *plan, Arena *arena, const char *const *paths, size_t path_count)
{
    walk(&plan->list, arena, &plan->options.walk, paths, path_count);
    for (uint32_t i = 0; i < plan->list.files.count; i++) {
        if (plan->list.files.items[i].is_stdin)
            plan->list.files.items[i].path = arena_copy(arena, plan->options.stdin_path);
    }
    plan->order = order_of_work(arena, &plan->list);
}

void run(RunResult *result, Arena *arena, const RunOptions *options, const char *const *paths, size_t path_count)
{
    *result = (RunResult){ 0 };
    double begin = clock_thread();
    Plan *plan = arena_new(arena, Plan);
    plan->options = with_defaults(options);
    ruleset_init(&plan->set, arena, plan->options.tiers);
    list_files(plan, arena, paths, path_count);
    uint32_t count = plan->list.files.count;
    plan->outcomes = arena_array(arena, Outcome, count);
    result->total = count;
    result->timings.walk = clock_thread() - begin;
    if (options->walk.configs && configs_messages(options->walk.configs)->count)
        return;

    unsigned workers = plan->options.workers < count ? plan->options.workers : count ? count : 1;
    make_workers(plan, arena, workers);
    tree_setup();
    threads_run(workers, count, work, plan);

    begin = clock_thread();
    dismiss_workers(result, arena, plan);
    collect(result, arena, plan);
    result->timings.sort = clock_thread() - begin;
}

int run_exit_code(const RunResult *result, Severity fail_on, bool allow_limits)
{
    enum { CLEAN, FOUND, UNABLE };
    if (result->failed > (allow_limits ? result->limited : 0))
        return UNABLE;
    for (uint32_t i = 0; i < result->findings.count; i++) {
        const Finding *f = result->findings.items[i];
        bool is_allowed = allow_limits && strcmp(f->rule->code, "AW003") == 0;
        if (f->confidence == CONFIDENCE_SURE && f->severity >= fail_on && !is_allowed)
            return FOUND;
    }
    return CLEAN;
}
