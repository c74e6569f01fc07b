/* The project around the open texts: its files are listed, what they say is gathered once and kept as bytes of Summaries, and linked
 * anew whenever one of them says something else. */
#include <stdlib.h>

#include "engine/paths.h"
#include "engine/session_internal.h"
#include "port/threads.h"
#include "program/ask.h"

enum { MIB = 1 << 20, PROGRAM_MOST = 64 * MIB, WASTE_MOST = 64 * MIB };
#define SOURCE_MEMORY ((uint64_t)128 * MIB) /* of a file that is shown */

/* What a file on the disk says. */
typedef struct Known {
    FileStamp stamp;
    Str bytes; /* of its Summary; empty: it has no async words and nobody has asked, or it cannot be had */
    ThingList derives; /* of one without async words: what its classes derive from */
    bool is_gone;
} Known;

static Str absolute(const Session *session, Arena *arena, Str path)
{
    return path_names_file(path) ? path : path_join(arena, path_join(arena, session->cwd, STR("/")), path);
}

Open *session_open_shown(const Session *session, Str path)
{
    if (path_names_file(path))
        return session_open(session, path);
    for (uint32_t i = 0; i < session->texts.count; i++) {
        Open *text = session->texts.items[i];
        uint32_t n = session->cwd.n;
        if (text->is_open && text->path.n == n + 1 + path.n && text->path.p[n] == '/' &&
            str_starts(text->path, session->cwd) && str_ends(text->path, path))
            return text;
    }
    return NULL;
}

/* ---- What is known ---- */

static void unlink_project(Session *session);

static Known *known_of(const Session *session, Str path)
{
    Known *known = map_get(&session->known, path);
    return known && !known->is_gone ? known : NULL;
}

static void drop_store(Session *session)
{
    arena_clear(&session->store);
    map_init(&session->known, &session->store);
    session->waste = 0;
}

static void keep(Session *session, Str path, Known known)
{
    Known *kept = map_get(&session->known, path);
    if (!kept) {
        kept = arena_new(&session->store, Known);
        *map_at(&session->known, arena_copy(&session->store, path)) = kept;
    }
    session->waste += kept->bytes.n;
    *kept = known;
}

void session_forget(Session *session, Str path)
{
    unlink_project(session); /* which keeps what it has loaded: before that is out of date */
    bool is_below = path.n > session->cwd.n + 1 && str_starts(path, session->cwd) && path.p[session->cwd.n] == '/';
    Str shown = is_below ? str_slice(path, session->cwd.n + 1, path.n) : path;
    Known *known = map_get(&session->known, path), *listed = map_get(&session->known, shown);
    if (known)
        known->is_gone = true;
    if (listed)
        listed->is_gone = true;
    session->is_listed = false;
}

/* ---- Gathering ---- */

typedef struct Gatherer {
    Arena file, scratch, findings, out;
} Gatherer;

typedef struct Gathering {
    Session *session;
    uint32_t *files; /* numbers */
    uint32_t count;
    Str *bytes;         /* by piece */
    ThingList *derives; /* by piece */
    Gatherer *workers;
    RuleSet none;
} Gathering;

static void gather(void *context, uint32_t piece, uint32_t number)
{
    Gathering *g = context;
    Gatherer *worker = &g->workers[number];
    const WalkFile *listed = &g->session->list.files.items[g->files[piece]];
    arena_clear(&worker->file);
    arena_clear(&worker->scratch);
    arena_clear(&worker->findings);
    Job job = {
        .file = listed,
        .path = listed->path,
        .rules = listed->rules,
        .set = &g->none,
        .limits = g->session->limits,
        .arena = &worker->file,
        .scratch = &worker->scratch,
        .out = &worker->findings,
    };
    job_start(&job);
    g->bytes[piece] = STR("");
    if (job_read(&job) && job_parse(&job, true) && job_summarize(&job))
        g->bytes[piece] = summary_write(job.summary, &worker->out, &worker->scratch);
    else if (job.module && job.is_read)
        g->derives[piece] = derived_names(&job.module->scan, &worker->out);
}

static bool is_same_stamp(const FileStamp *a, const FileStamp *b)
{
    return a->size == b->size && a->inode == b->inode && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

/* Files on the disk that nothing is known of. */
static void choose_files(Gathering *g, Arena *arena)
{
    const FileList *list = &g->session->list;
    g->files = arena_array(arena, uint32_t, list->files.count);
    for (uint32_t i = 0; i < list->files.count; i++) {
        const WalkFile *file = &list->files.items[i];
        const Known *known = known_of(g->session, file->path);
        bool is_known = known && is_same_stamp(&known->stamp, &file->stamp);
        if (file->problem == WALK_OK && !is_known && !session_open_shown(g->session, file->path))
            g->files[g->count++] = i;
    }
}

static void gather_all(Session *session)
{
    Arena arena;
    arena_init(&arena);
    Gathering g = { .session = session };
    ruleset_init(&g.none, &arena, 1u << TIER_ON);
    choose_files(&g, &arena);
    unsigned workers = threads_available();
    workers = workers < g.count ? workers : g.count;
    g.bytes = arena_array(&arena, Str, g.count);
    g.derives = arena_array(&arena, ThingList, g.count);
    g.workers = arena_array(&arena, Gatherer, workers);
    threads_run(workers, g.count, gather, &g);
    for (unsigned i = 0; i < workers; i++) {
        arena_release(&g.workers[i].file);
        arena_release(&g.workers[i].scratch);
        arena_release(&g.workers[i].findings);
        arena_adopt(&session->store, &g.workers[i].out);
    }
    for (uint32_t i = 0; i < g.count; i++) {
        const WalkFile *file = &session->list.files.items[g.files[i]];
        keep(session, file->path, (Known){ .stamp = file->stamp, .bytes = g.bytes[i], .derives = g.derives[i] });
    }
    arena_release(&arena);
}

/* ---- Listing ---- */

/* The home directory, or one above it, is no project: an editor that was started there names it as its folder. */
static bool is_too_wide(Session *session, const char *root)
{
    const char *home = getenv("HOME");
    Str real = path_real(&session->config, root), real_home = path_real(&session->config, home && home[0] ? home : "/");
    return !real.p || (real_home.p && path_is_below(real_home, real));
}

static void walk_all(Session *session)
{
    Arena *arena = &session->config;
    ARRAY(const char *) paths = { 0 };
    for (uint32_t i = 0; i < session->roots.count; i++)
        if (!is_too_wide(session, session->roots.items[i]))
            *array_push(arena, &paths) = session->roots.items[i];
    for (uint32_t i = 0; i < session->texts.count; i++) {
        const Open *text = session->texts.items[i];
        if (text->is_open && path_names_file(text->path))
            *array_push(arena, &paths) = text->path.p;
    }
    WalkOptions options = { .configs = session->configs, .whole_project = true };
    if (paths.count)
        walk(&session->list, arena, &options, paths.items, paths.count);
    for (uint32_t i = 0; i < session->list.files.count; i++) {
        Str path = absolute(session, arena, session->list.files.items[i].path);
        *map_at(&session->numbers, path) = (void *)(uintptr_t)(i + 1);
    }
}

static void find_environment(Session *session)
{
    if (session->has_environment)
        return;
    session->has_environment = true;
    const char *path = session->roots.count ? session->roots.items[0] : NULL;
    for (uint32_t i = 0; i < session->texts.count && !path; i++)
        if (session->texts.items[i]->is_open && path_names_file(session->texts.items[i]->path))
            path = session->texts.items[i]->path.p;
    const Folder *folder = configs_folder_of(session->configs, path);
    const char *const paths[] = { path };
    const Settings *settings = configs_main(session->configs, paths, path ? 1 : 0, NULL);
    EnvironmentOptions wanted = environment_options(settings, folder);
    session->environment = environment_find(&session->environment_arena, &wanted, folder->root, &session->mistake);
}

void session_list(Session *session)
{
    if (session->is_listed)
        return;
    unlink_project(session);
    if (session->waste > WASTE_MOST)
        drop_store(session);
    session_read_configuration(session);
    find_environment(session);
    walk_all(session);
    gather_all(session);
    session->is_listed = true;
}

/* ---- Linking ---- */

/* What was loaded because somebody asked is kept for the next time. */
static void keep_loaded(Session *session)
{
    for (uint32_t i = 0; i < project_count(session->project); i++) {
        bool is_inside = i < session->list.files.count;
        Str bytes = project_loaded(session->project, i);
        Str path = is_inside ? project_path(session->project, i) : project_key(session->project, i);
        if (!bytes.n || session_open_shown(session, path))
            continue;
        const Known *before = known_of(session, path);
        if (before && before->bytes.n)
            continue;
        Known known = { .bytes = arena_copy(&session->store, bytes) };
        if (before) {
            known.stamp = before->stamp;
            known.derives = before->derives;
        }
        keep(session, path, known);
    }
}

static void unlink_project(Session *session)
{
    session->is_linked = false;
    if (!session->project)
        return;
    keep_loaded(session);
    arena_release(&session->knowledge);
    session->program = NULL;
    project_release(session->project);
    session->project = NULL;
    arena_clear(&session->link);
}

static Str known_bytes(void *context, Str path, uint32_t file)
{
    const Session *session = context;
    (void)file;
    const Known *known = session_open_shown(session, path) ? NULL : known_of(session, path);
    return known ? known->bytes : STR("");
}

static Str open_text(void *context, Str path)
{
    const Open *text = session_open_shown(context, path);
    return text ? text->text : (Str){ NULL, 0 };
}

static bool text_of(void *context, Arena *arena, Str path, Str *bytes)
{
    (void)arena;
    *bytes = open_text(context, path);
    return bytes->p != NULL;
}

/* What the classes of an open text without async words derive from. */
static ThingList names_of_text(Session *session, const Open *text)
{
    Source source;
    Scan scan;
    source_init(&source, &session->link, text->path, text->text);
    scan_init(&scan, &session->link, &source);
    return derived_names(&scan, &session->link);
}

/* `self` says `own`, which lives as long as it is looked at; the others what they last said. */
static void link_project(Session *session, const Open *self, Str own)
{
    unlink_project(session);
    session->is_linked = str_equal(own, self->summary);
    if (session->is_linked)
        own = self->summary;
    ProjectOptions options = {
        .list = &session->list,
        .environment = session->environment,
        .max_file_size = session->limits.max_size,
        .max_memory = session->limits.max_memory,
        .max_seconds = session->limits.max_seconds,
        .known = known_bytes,
        .text = open_text,
        .context = session,
    };
    session->project = project_new(&session->link, &options);
    for (uint32_t i = 0; i < session->list.files.count; i++) {
        Str path = session->list.files.items[i].path;
        const Open *text = session_open_shown(session, path);
        Str bytes = !text ? known_bytes(session, path, i) : text == self ? own : text->summary;
        const Known *known = text ? NULL : known_of(session, path);
        if (bytes.n)
            project_put(session->project, i, &session->link, bytes);
        else if (text || known)
            project_suspect(session->project, i, text ? names_of_text(session, text) : known->derives);
    }
    project_settle(session->project);
}

bool session_join(Session *session, const Open *text, Job *job, Str own)
{
    uint32_t number = (uint32_t)(uintptr_t)map_get(&session->numbers, text->path);
    if (!number)
        return false;
    if (!session->is_linked || !str_equal(own, text->summary))
        link_project(session, text, own);
    if (!session->program || session->knowledge.used > PROGRAM_MOST) {
        arena_release(&session->knowledge);
        session->program = program_new(&session->knowledge, project_files(session->project));
    }
    source_cache_clear(&session->sources);
    job->pass.sources = &session->sources.sources;
    job->shared = &session->knowledge;
    ask_join(job->module, session->program, number - 1, job->summary);
    return true;
}

void session_leave(Session *session, const Job *job)
{
    if (job->module)
        ask_leave(job->module);
    else
        session->program = NULL; /* it was left in the middle of something */
}

/* ---- Making ---- */

void session_project_init(Session *session)
{
    Arena *const arenas[] = { &session->store, &session->link, &session->knowledge, &session->environment_arena };
    for (size_t i = 0; i < sizeof arenas / sizeof *arenas; i++)
        arena_init(arenas[i]);
    session->cwd = working_directory(&session->own);
    drop_store(session);
    source_cache_init(&session->sources, session->limits.max_size, SOURCE_MEMORY);
    session->sources.text_of = text_of;
    session->sources.text_context = session;
}

void session_forget_all(Session *session)
{
    unlink_project(session);
    drop_store(session);
    environment_release(session->environment);
    session->environment = NULL;
    session->mistake = STR("");
    session->has_environment = session->is_listed = false;
    arena_clear(&session->environment_arena);
}

void session_project_release(Session *session)
{
    session_forget_all(session);
    source_cache_release(&session->sources);
    arena_release(&session->store);
    arena_release(&session->link);
    arena_release(&session->knowledge);
    arena_release(&session->environment_arena);
}
