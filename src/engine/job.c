#include "engine/job.h"

#include <setjmp.h>

#include "engine/suppress.h"
#include "port/io.h"
#include "port/threads.h"
#include "program/ask.h"
#include "program/imports.h"
#include "python/unbound.h"

enum {
    TROUBLES_MOST = 5, /* findings of one kind about one input */
    MIB = 1 << 20,
};
#define SIZE_DEFAULT ((uint64_t)4 * MIB)
#define SIZE_MOST ((uint64_t)1024 * MIB) /* offsets are 32 bits wide */
#define SECONDS_DEFAULT 10.0

/* Adds what passed since the last call to a phase. Only when somebody wants to know: the clock of a thread is a system call,
 * and 41,000 of them for 6,739 files cost 20 ms. */
static void take_time(Job *job, size_t phase)
{
    if (!job->timings)
        return;
    double now = clock_thread();
    *(double *)(void *)((char *)job->timings + phase) += now - job->clock;
    job->clock = now;
}

#define TAKE_TIME(job, phase) take_time((job), offsetof(Timings, phase))

JobLimits job_limits(uint64_t max_size, uint64_t max_memory, double max_seconds)
{
    JobLimits limits = { max_size ? max_size : SIZE_DEFAULT, max_memory, max_seconds > 0 ? max_seconds : SECONDS_DEFAULT };
    if (limits.max_size > SIZE_MOST)
        limits.max_size = SIZE_MOST;
    return limits;
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
    job->has_failed |= kind == TROUBLE_UNREADABLE || kind == TROUBLE_ENCODING;
    job->is_limited |= kind == TROUBLE_LIMIT;
    job->is_broken |= kind == TROUBLE_SYNTAX;
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
 * say that could be trusted. Where neither says anything, what Python refuses otherwise. */
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
    for (uint32_t i = 0; i < module->refusals.count; i++)
        add_counted(job, scan, &counted, &module->refusals.items[i]);
    job->is_broken |= module->waits_at_top;
}

/* ---- Reading ---- */

Str job_size_text(Job *job, uint64_t bytes)
{
    if (bytes % MIB == 0)
        return pass_printf(&job->pass, "%llu MiB", (unsigned long long)(bytes / MIB));
    if (bytes >= MIB)
        return pass_printf(&job->pass, "%.1f MiB", (double)bytes / MIB);
    return pass_printf(&job->pass, "%llu bytes", (unsigned long long)bytes);
}

static void add_too_large(Job *job, uint64_t size)
{
    uint64_t limit = job->limits.max_size;
    Str most = job_size_text(job, limit);
    Str message = size > limit ? pass_printf(&job->pass, "file has %.*s, the limit is %.*s", STR_ARG(job_size_text(job, size)), STR_ARG(most))
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
    uint64_t most = job->limits.max_size, size = 0;
    ReadStatus status = file->is_stdin ? io_read_stream(job->arena, 0, most, &job->content)
                                       : io_read_file(job->arena, file->path.p, file->named || file->is_link, most, &job->content, &size);
    TAKE_TIME(job, read);
    if (status == READ_TOO_LARGE)
        add_too_large(job, size);
    else if (status != READ_OK)
        add_unreadable(job, read_status_text(status));
    return status == READ_OK;
}

/* ---- Limits ---- */

static void set_guard(Job *job, uint64_t budget, sigjmp_buf *guard)
{
    arena_guard(job->arena, (size_t)budget, guard);
    arena_guard(job->scratch, (size_t)budget, guard);
    if (job->text)
        arena_guard(job->text, (size_t)budget, guard);
    if (job->shared)
        arena_guard(job->shared, budget ? job->shared->used + (size_t)budget : 0, guard);
}

/* Calls `task` with budgets on the arenas of the file. False: they were spent. The guard is this frame's, so it goes when
 * the frame does. */
static bool with_budget(Job *job, uint64_t budget, void (*task)(Job *))
{
    sigjmp_buf guard;
    if (sigsetjmp(guard, 0)) {
        set_guard(job, 0, NULL);
        return false;
    }
    set_guard(job, budget, &guard);
    task(job);
    set_guard(job, 0, NULL);
    return true;
}

static uint64_t memory_for(const Job *job)
{
    if (job->limits.max_memory)
        return job->limits.max_memory;
    uint64_t most = 128 * (uint64_t)MIB + 256 * (uint64_t)job->content.n; /* measured: dense tables need 200 bytes a byte */
    return most < SIZE_MOST ? most : SIZE_MOST;
}

/* What was found so far is dropped: it is not the whole truth. */
static void give_up(Job *job, uint64_t budget)
{
    job->async_functions = job->suppressed = 0;
    job->has_failed = job->is_limited = job->is_broken = job->is_stranded = job->is_parsed = job->is_complete = false;
    job->module = NULL;
    job->pass.module = NULL;
    job->pass.findings.count = 0;
    Str most = job_size_text(job, budget);
    Finding *f = add_limit(job, NULL, pass_printf(&job->pass, "file needs more than %.*s of memory", STR_ARG(most)));
    help(&job->pass, f, "raise the limit with `--max-memory`");
}

static bool within_limits(Job *job, void (*task)(Job *))
{
    uint64_t budget = memory_for(job);
    if (with_budget(job, budget, task))
        return true;
    give_up(job, budget);
    return false;
}

static void add_late(Job *job)
{
    const Scan *scan = &job->module->scan;
    Finding *f = add_limit(job, scan, pass_printf(&job->pass, "file needs more than %g s", job->limits.max_seconds));
    help(&job->pass, f, "raise the limit with `--max-seconds`");
}

/* ---- The phases ---- */

void job_start(Job *job)
{
    const FileRules *rules = job->rules;
    job->clock = job->timings ? clock_thread() : 0;
    job->pass = (Pass){
        .path = job->path,
        .out = job->out,
        .set = rules ? &rules->set : job->set,
        .is_of_tests = rules && rules->is_muffled,
        .target_minor = rules ? rules->target_minor : TARGET_DEFAULT,
        .old_libraries = rules ? rules->old_libraries : 0,
        .sources = job->sources,
    };
}

static void read_with_budget(Job *job)
{
    if (!read_content(job))
        job->content.p = NULL;
}

bool job_read(Job *job)
{
    if (job->file->problem != WALK_OK) {
        add_unreadable(job, problem_text(job->file->problem));
        return false;
    }
    uint64_t reading = job->limits.max_size + 64 * (uint64_t)MIB;
    if (!with_budget(job, reading, read_with_budget)) {
        give_up(job, reading);
        return false;
    }
    return job->content.p != NULL;
}

/* What an editor sends is UTF-8 already, and its places count in that. An encoding that Python does not know stays a trouble. */
static void undo_cookie(Source *source)
{
    if (source->is_binary || strcmp(source->encoding, "utf-8") == 0)
        return;
    source->text = source->bytes;
    source->has_trouble = false;
}

static void scan(Job *job)
{
    Source source;
    source_init(&source, job->arena, job->path, job->content);
    if (job->is_buffer)
        undo_cookie(&source);
    job->module = job->pass.module = module_scan_apart(job->arena, job->text ? job->text : job->arena, &source);
    job->is_read = !source.is_binary;
    job->bytes = source.bytes.n;
    if (source.has_trouble)
        add_trouble(job, &job->module->scan, source.trouble.kind, source.trouble.begin, source.trouble.end, source.trouble.message);
    TAKE_TIME(job, scan);
}

static void count_functions(Job *job)
{
    for (uint32_t i = 0; i < job->module->functions.count; i++)
        job->async_functions += job->module->functions.items[i]->is_async;
}

static void parse(Job *job)
{
    Module *module = job->module;
    TreeStatus status = module_parse(module, job->scratch, job->pass.deadline);
    TAKE_TIME(job, parse);
    if (job->timings) {
        job->timings->parse -= module->tree.flatten_seconds;
        job->timings->flatten += module->tree.flatten_seconds;
    }
    job->is_parsed = status == TREE_OK;
    if (status == TREE_LATE)
        add_late(job);
    if (job->is_parsed)
        module_bind(module);
    count_functions(job);
    bool is_broken = !job->is_parsed || module->tree.troubles.count;
    if (!module->scan.has_async) { /* what is wrong with its grammar is told where it is parsed for its own sake */
        job->is_parsed = !is_broken;
        return;
    }
    add_troubles(job, module);
    job->is_complete &= !is_broken;
    TAKE_TIME(job, bind);
}

bool job_parse(Job *job, bool for_facts)
{
    job->pass.deadline = clock_wall() + job->limits.max_seconds;
    if (!within_limits(job, scan) || !job->is_read)
        return false;
    const Scan *s = &job->module->scan;
    job->is_complete = !s->refused && !s->troubles.count && !job->module->source.has_trouble;
    bool is_sync = job->reads_sync && job->is_complete && pass_wants_sync(job->pass.set, s);
    if (is_sync || pass_wants(job->pass.set, s) || (for_facts && s->has_async && !s->refused))
        return within_limits(job, parse) && job->is_parsed;
    add_troubles(job, job->module);
    return false;
}

static void summarize(Job *job)
{
    job->summary = summary_new(job->text ? job->text : job->arena, job->module);
    TAKE_TIME(job, summary);
}

bool job_summarize(Job *job)
{
    return within_limits(job, summarize);
}

static void suppress_here(Job *job)
{
    if (!job->ignore_suppressions)
        job->suppressed = suppress(&job->pass, job->arena, &job->module->scan, job->is_complete);
    TAKE_TIME(job, rules);
}

/* Whether it matters that a file can never run. Half-typed code has to keep its findings. */
static bool may_hold(const Job *job)
{
    return !job->check_broken && !job->is_buffer && !(job->file && job->file->is_stdin);
}

/* Whether the module raises a NameError when it is imported. */
static bool fails_alone(const Module *module)
{
    const Summary *summary = ask_summary(node_at(module, 1));
    return !(summary->traits & TRAIT_MAKES_NAMES) && module_reads_unbound(module);
}

/* Whether there is a finding behind the statement, in its block. Marks them when `mark` says so. */
static bool has_finding_behind(Job *job, Node statement, bool mark)
{
    uint32_t begin = node_end(statement), end = node_end(node_parent(statement));
    bool has_one = false;
    for (uint32_t i = 0; i < job->pass.findings.count; i++) {
        Finding *f = job->pass.findings.items[i];
        if (f->at.begin < begin || f->at.begin >= end)
            continue;
        has_one = true;
        f->is_stranded |= mark;
    }
    return has_one;
}

/* The same for what stands behind an import in a function's own block; under a condition, or in a `try`, one may be meant to fail. */
static void look_at_inner_imports(Job *job)
{
    const Sources *sources = job->pass.sources;
    for (uint32_t id = 2; id < job->module->tree.count; id++) {
        Node n = node_at(job->module, id);
        bool is_import = node_kind(n) == PY_IMPORT_STATEMENT || node_kind(n) == PY_IMPORT_FROM_STATEMENT;
        bool is_asked = is_import && node_kind(node_parent(node_parent(n))) == PY_FUNCTION_DEFINITION && has_finding_behind(job, n, false);
        if (is_asked && inner_import_fails(n, sources->scan_of, sources->context))
            has_finding_behind(job, n, true);
    }
}

/* Behind `suppress`: a comment has done its work when its finding is held back. */
static void look_at_imports(Job *job)
{
    const Sources *sources = job->pass.sources;
    if (may_hold(job) && !job->is_broken && sources && pass_claims(&job->pass)) {
        job->is_stranded = fails_alone(job->module) || import_fails(job->module, sources->scan_of, sources->context);
        if (!job->is_stranded)
            look_at_inner_imports(job);
    }
    TAKE_TIME(job, rules);
}

static void run_rules(Job *job)
{
    pass_run(&job->pass);
    if (job->pass.is_late)
        add_late(job);
    job->is_complete &= !job->pass.is_late;
    TAKE_TIME(job, rules);
    suppress_here(job);
    look_at_imports(job);
}

void job_check(Job *job)
{
    job->pass.deadline = clock_wall() + job->limits.max_seconds;
    within_limits(job, run_rules);
}

void job_suppress(Job *job)
{
    if (job->module && job->is_read)
        within_limits(job, suppress_here);
}

static void drop_below(Pass *pass, Severity least)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < pass->findings.count; i++)
        if (pass->findings.items[i]->severity >= least)
            pass->findings.items[kept++] = pass->findings.items[i];
    pass->findings.count = kept;
}

void job_finish(Job *job)
{
    pass_grade(&job->pass);
    if (job->rules)
        drop_below(&job->pass, job->rules->min_severity);
    if (may_hold(job))
        job->withheld = pass_drop_claims(&job->pass, !job->is_broken && !job->is_stranded);
    pass_sort(&job->pass);
}
