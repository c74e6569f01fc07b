#include "engine/session.h"

#include <stdlib.h>

#include "engine/look.h"
#include "engine/walk.h"
#include "port/threads.h"

enum { PADDING = 16 /* zero bytes that stand behind a text */ };

typedef enum State {
    STATE_DONE,
    STATE_STALE,  /* something else has changed */
    STATE_EDITED, /* its own text has */
} State;

typedef struct Open {
    bool is_open; /* else the place is free for another one */
    Str path;
    Str text;
    Arena name, content, out; /* of the path, the text, the findings */
    Look look;                /* what came out of it last */
    uint64_t digest;          /* of the findings */
    uint64_t summary;         /* of the Summary's bytes, of the last text that parsed; 0: none did */
    const FileRules *rules;   /* NULL: not asked for yet */
    bool is_left_out;         /* by the configuration */
    State state;
    uint64_t edit; /* when it was edited, counted over the session */
} Open;

struct Session {
    Arena own;    /* this, and the places of open texts */
    Arena config; /* the configuration; dropped whole when it is read again */
    Arena roots_arena;
    Arena file, scratch; /* of the text that is being looked at */
    ConfigOptions config_options;
    Configs *configs;
    const Settings *settings; /* what holds once: the limits */
    ARRAY(const char *) roots;
    ARRAY(Open *) texts;
    uint64_t edits;
    uint32_t generation;
};

/* ---- Making ---- */

static void read_configuration(Session *session)
{
    arena_clear(&session->config);
    session->configs = configs_new(&session->config, &session->config_options);
    session->settings = configs_main(session->configs, session->roots.items, session->roots.count, NULL);
    session->generation++;
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
    read_configuration(session);
    return session;
}

static void release_text(Open *text)
{
    arena_release(&text->name);
    arena_release(&text->content);
    arena_release(&text->out);
    *text = (Open){ 0 };
}

void session_free(Session *session)
{
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

static Open *find_open(const Session *session, Str path)
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

static void forget_rules(Session *session)
{
    for (uint32_t i = 0; i < session->texts.count; i++)
        session->texts.items[i]->rules = NULL;
}

void session_reload(Session *session)
{
    read_configuration(session);
    forget_rules(session);
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
    Open *text = find_open(session, path);
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
    Open *text = find_open(session, path);
    if (!text)
        return;
    release_text(text);
    mark_others(session, NULL);
}

static Str last_part(Str path)
{
    uint32_t slash = str_find_last(path, '/');
    return str_slice(path, slash < path.n ? slash + 1 : 0, path.n);
}

void session_touch(Session *session, Str path)
{
    if (config_is_file(last_part(path)))
        session_reload(session);
    else if (!find_open(session, path)) /* the open text hides what is on the disk */
        mark_others(session, NULL);
}

/* ---- What holds for a text ---- */

static bool has_file(Str path)
{
    return path.n && path.p[0] == '/';
}

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
    if (has_file(text->path)) {
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
    const uint32_t places[] = { span->begin, span->end, span->start.row, span->start.column, span->stop.row, span->stop.column };
    sum = str_hash((Str){ (const char *)places, sizeof places }, sum);
    sum = str_hash(span->path, sum);
    return str_hash(span->label, sum);
}

/* Of all that an editor shows of the findings. */
static uint64_t digest_of(const Look *look)
{
    uint64_t sum = look->findings.count;
    for (uint32_t i = 0; i < look->findings.count; i++) {
        const Finding *f = look->findings.items[i];
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

/* The one place where a text is analysed in its project. */
static void analyse(Session *session, Open *text)
{
    arena_clear(&text->out);
    text->look = (Look){
        .path = text->path,
        .bytes = text->text,
        .is_buffer = true,
        .rules = text->rules,
        .out = &text->out,
        .file = &session->file,
        .scratch = &session->scratch,
        .max_size = session->settings->max_file_size,
        .max_memory = session->settings->max_memory,
        .max_seconds = session->settings->max_seconds,
    };
    look(&text->look);
    /* Nothing of a large text stays behind when it is closed. */
    arena_clear(&session->file);
    arena_clear(&session->scratch);
}

/* While a text does not parse, what it last said holds for the others. */
static void pass_on(Session *session, Open *text)
{
    const Look *look = &text->look;
    if (!look->is_whole || look->summary == text->summary)
        return;
    text->summary = look->summary;
    if (has_file(text->path))
        mark_others(session, text);
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

bool session_step(Session *session, Str *changed)
{
    *changed = STR("");
    Open *text = next_text(session);
    if (!text)
        return false;
    bool was_edited = text->state == STATE_EDITED;
    find_rules(session, text);
    if (text->is_left_out) {
        arena_clear(&text->out);
        text->look = (Look){ 0 };
    } else {
        analyse(session, text);
    }
    text->state = STATE_DONE;
    if (was_edited)
        pass_on(session, text);
    uint64_t digest = digest_of(&text->look);
    if (was_edited || digest != text->digest)
        *changed = text->path;
    text->digest = digest;
    return true;
}

SessionFindings session_findings(const Session *session, Str path)
{
    const Open *text = find_open(session, path);
    if (!text)
        return (SessionFindings){ NULL, 0 };
    return (SessionFindings){ text->look.findings.items, text->look.findings.count };
}

const Messages *session_messages(const Session *session)
{
    return configs_messages(session->configs);
}

uint32_t session_generation(const Session *session)
{
    return session->generation;
}
