#include "engine/paths.h"
#include "engine/session_internal.h"
#include "port/threads.h"
#include "program/ask.h"

enum { PADDING = 16 /* zero bytes that stand behind a text */ };

/* ---- Making ---- */

void session_read_configuration(Session *session)
{
    arena_clear(&session->config);
    session->list = (FileList){ 0 };
    map_init(&session->numbers, &session->config);
    session->configs = configs_new(&session->config, &session->config_options);
    const Settings *settings = configs_main(session->configs, session->roots.items, session->roots.count, NULL);
    session->limits = job_limits(settings->max_file_size, settings->max_memory, settings->max_seconds);
    for (uint32_t i = 0; i < session->texts.count; i++)
        session->texts.items[i]->rules = NULL;
}

Session *session_new(const ConfigOptions *config)
{
    Arena own;
    arena_init(&own);
    Session *session = arena_new(&own, Session);
    session->own = own;
    session->config_options = *config;
    arena_init(&session->config);
    arena_init(&session->roots_arena);
    arena_init(&session->file);
    arena_init(&session->scratch);
    tree_setup();
    session_read_configuration(session);
    session_project_init(session);
    return session;
}

static void release_text(Open *text)
{
    arena_release(&text->name);
    arena_release(&text->content);
    arena_release(&text->out);
    arena_release(&text->said);
    *text = (Open){ 0 };
}

void session_free(Session *session)
{
    session_project_release(session);
    for (uint32_t i = 0; i < session->texts.count; i++)
        release_text(session->texts.items[i]);
    arena_release(&session->config);
    arena_release(&session->roots_arena);
    arena_release(&session->file);
    arena_release(&session->scratch);
    Arena own = session->own; /* holds the session itself */
    arena_release(&own);
}

/* ---- Open texts ---- */

Open *session_open(const Session *session, Str path)
{
    for (uint32_t i = 0; i < session->texts.count; i++) {
        Open *text = session->texts.items[i];
        if (text->is_open && str_equal(text->path, path))
            return text;
    }
    return NULL;
}

static Open *free_place(Session *session)
{
    for (uint32_t i = 0; i < session->texts.count; i++)
        if (!session->texts.items[i]->is_open)
            return session->texts.items[i];
    Open *text = arena_new(&session->own, Open);
    *array_push(&session->own, &session->texts) = text;
    return text;
}

static Open *add_open(Session *session, Str path)
{
    Open *text = free_place(session);
    *text = (Open){ .is_open = true };
    arena_init(&text->name);
    arena_init(&text->content);
    arena_init(&text->out);
    arena_init(&text->said);
    text->path = arena_copy(&text->name, path);
    return text;
}

/* What one text says may count for every other one. */
static void mark_others(Session *session, const Open *changed)
{
    for (uint32_t i = 0; i < session->texts.count; i++) {
        Open *text = session->texts.items[i];
        if (text->is_open && text != changed && text->state == STATE_DONE)
            text->state = STATE_STALE;
    }
}

void session_reload(Session *session)
{
    session->generation++;
    session_forget_all(session);
    session_read_configuration(session);
    mark_others(session, NULL);
}

void session_roots(Session *session, const Str *roots, size_t count)
{
    arena_clear(&session->roots_arena);
    session->roots.items = NULL;
    session->roots.count = session->roots.reserve = 0;
    for (size_t i = 0; i < count; i++)
        *array_push(&session->roots_arena, &session->roots) = arena_copy(&session->roots_arena, roots[i]).p;
    session_reload(session);
}

void session_set(Session *session, Str path, Str bytes)
{
    Open *text = session_open(session, path);
    if (!text)
        text = add_open(session, path);
    arena_clear(&text->content);
    char *copy = arena_alloc_raw(&text->content, bytes.n + PADDING);
    memcpy(copy, bytes.p, bytes.n);
    memset(copy + bytes.n, 0, PADDING);
    text->text = (Str){ copy, bytes.n };
    text->state = STATE_EDITED;
    text->edit = ++session->edits;
}

void session_unset(Session *session, Str path)
{
    Open *text = session_open(session, path);
    if (!text)
        return;
    session_forget(session, path);
    release_text(text);
    mark_others(session, NULL);
}

void session_touch(Session *session, Str path)
{
    if (config_is_file(path_last(path))) {
        session_reload(session);
    } else if (!session_open(session, path)) { /* the open text hides what is on the disk */
        session_forget(session, path);
        mark_others(session, NULL);
    }
}

/* ---- What holds for a text ---- */

/* The walk says of standard input by that name whether the configuration leaves it out. */
static bool is_left_out(Session *session, const Open *text)
{
    WalkOptions options = { .configs = session->configs, .force_exclude = true, .stdin_name = text->path.p };
    const char *const path = "-";
    FileList list = { 0 };
    arena_clear(&session->scratch);
    walk(&list, &session->scratch, &options, &path, 1);
    return list.files.count == 0;
}

static void find_rules(Session *session, Open *text)
{
    if (text->rules)
        return;
    if (path_names_file(text->path)) {
        text->rules = configs_rules_of(session->configs, text->path.p);
        text->is_left_out = is_left_out(session, text);
        return;
    }
    const char *root = session->roots.count ? session->roots.items[0] : NULL;
    const Folder *folder = configs_folder_of(session->configs, root);
    text->rules = configs_rules(session->configs, folder, STR("untitled.py"));
    text->is_left_out = false;
}

/* ---- Looking ---- */

static uint64_t digest_of_span(const Span *span, uint64_t sum)
{
    const uint32_t places[] = { span->begin, span->end, span->start.row, span->start.column, span->stop.row,
        span->stop.column };
    sum = str_hash((Str){ (const char *)places, sizeof places }, sum);
    sum = str_hash(span->path, sum);
    return str_hash(span->label, sum);
}

/* Of all that an editor shows of the findings. */
static uint64_t digest_of(SessionFindings findings)
{
    uint64_t sum = findings.count;
    for (uint32_t i = 0; i < findings.count; i++) {
        const Finding *f = findings.items[i];
        sum = str_hash(str_of(f->rule->code), sum + f->severity * 4 + f->confidence);
        sum = str_hash(f->message, sum);
        sum = digest_of_span(&f->at, sum);
        for (uint32_t k = 0; k < f->also.count; k++)
            sum = digest_of_span(&f->also.items[k], sum);
        for (uint32_t k = 0; k < f->help.count; k++)
            sum = str_hash(f->help.items[k], sum);
        for (uint32_t k = 0; k < f->edits.count; k++)
            sum = str_hash(f->edits.items[k].text, sum + f->edits.items[k].begin + f->edits.items[k].end);
    }
    return sum;
}

/* What others hear of the text is from now on `bytes`. */
static void say(Session *session, Open *text, Str bytes)
{
    arena_clear(&text->said);
    text->summary = bytes.n ? arena_copy(&text->said, bytes) : STR("");
    session->is_linked = false;
    mark_others(session, text);
}

/* What the text says, to itself. While it does not parse, others have what it last said. One without async words is read by whoever
 * asks, so each edit of it may count for others. */
static Str pass_on(Session *session, Open *text, const Job *job, bool was_edited)
{
    bool is_sync = job->module && job->is_read && !job->summary && !job->module->scan.has_async;
    if (is_sync && (was_edited || !text->is_sync))
        say(session, text, STR(""));
    text->is_sync = is_sync || (text->is_sync && !job->is_complete);
    if (!job->summary)
        return text->summary;
    Str own = summary_write(job->summary, &session->file, &session->file);
    if (job->is_complete && !str_equal(own, text->summary))
        say(session, text, own);
    return own;
}

static bool is_too_large(Session *session, Job *job)
{
    uint64_t size = job->content.n, limit = session->limits.max_size;
    if (size <= limit)
        return false;
    Str message = pass_printf(&job->pass, "file has %.*s, the limit is %.*s", STR_ARG(job_size_text(job, size)),
        STR_ARG(job_size_text(job, limit)));
    Finding *f = pass_trouble(&job->pass, "AW003", NULL, 0, 0, message);
    help(&job->pass, f, "raise it with `--max-file-size`, or leave the file out with `--exclude`");
    return true;
}

/* Everything about one text, in its project. */
static void look(Session *session, Open *text, Job *job)
{
    if (is_too_large(session, job))
        return;
    bool was_edited = text->state == STATE_EDITED, has_project = path_names_file(text->path);
    job->reads_sync = has_project;
    bool is_ready = job_parse(job, true), has_async = is_ready && job->module->scan.has_async;
    is_ready = is_ready && (!has_async || job_summarize(job));
    Str own = has_project ? pass_on(session, text, job, was_edited) : STR("");
    if (!is_ready || (has_async && !pass_wants(job->pass.set, &job->module->scan))) {
        job_suppress(job);
        return;
    }
    bool is_joined = has_project && session_join(session, text, job, own);
    if (!is_joined)
        ask_attach(job->module);
    job_check(job);
    if (is_joined)
        session_leave(session, job);
}

/* The one place where a text is analysed. */
static void analyse(Session *session, Open *text)
{
    Job job = {
        .path = text->path,
        .is_buffer = true,
        .rules = text->rules,
        .limits = session->limits,
        .arena = &session->file,
        .scratch = &session->scratch,
        .out = &text->out,
        .content = text->text,
    };
    job_start(&job);
    look(session, text, &job);
    job_finish(&job);
    text->findings = (SessionFindings){ job.pass.findings.items, job.pass.findings.count };
    arena_clear(&session->file);
    arena_clear(&session->scratch);
}

static Open *next_text(const Session *session)
{
    Open *best = NULL;
    for (uint32_t i = 0; i < session->texts.count; i++) {
        Open *text = session->texts.items[i];
        if (!text->is_open || text->state == STATE_DONE)
            continue;
        if (!best || text->state > best->state || (text->state == best->state && text->edit > best->edit))
            best = text;
    }
    return best;
}

/* The list holds every open file, also one that is not on the disk yet. */
static void find_place(Session *session, const Open *text)
{
    if (path_names_file(text->path) && !map_get(&session->numbers, text->path))
        session->is_listed = false;
    session_list(session);
}

bool session_step(Session *session, Str *changed)
{
    *changed = STR("");
    Open *text = next_text(session);
    if (!text)
        return false;
    find_place(session, text);
    find_rules(session, text);
    arena_clear(&text->out);
    text->findings = (SessionFindings){ NULL, 0 };
    if (!text->is_left_out)
        analyse(session, text);
    uint64_t digest = digest_of(text->findings);
    if (text->state == STATE_EDITED || digest != text->digest)
        *changed = text->path;
    text->state = STATE_DONE;
    text->digest = digest;
    return true;
}

SessionFindings session_findings(const Session *session, Str path)
{
    const Open *text = session_open(session, path);
    return text ? text->findings : (SessionFindings){ NULL, 0 };
}

const Messages *session_messages(const Session *session)
{
    return configs_messages(session->configs);
}

Str session_mistake(const Session *session)
{
    return session->mistake;
}

uint32_t session_generation(const Session *session)
{
    return session->generation;
}
