#include "lsp/server_internal.h"
#include "lsp/uri.h"

enum { SYNC_INCREMENTAL = 2, MESSAGE_ERROR = 1 };

/* ---- What the client can ---- */

static bool holds_text(const JsonValue *array, const char *text)
{
    for (const JsonValue *value = array->first; value; value = value->next)
        if (json_is(value, text))
            return true;
    return false;
}

static bool holds_number(const JsonValue *array, uint32_t number)
{
    for (const JsonValue *value = array->first; value; value = value->next)
        if (value->kind == JSON_NUMBER && json_uint(value) == number)
            return true;
    return false;
}

/* UTF-8 costs nothing to count; UTF-16 is what everybody has to know. */
static Units choose_units(const JsonValue *capabilities)
{
    const JsonValue *offered = json_path(capabilities, "general", "positionEncodings", NULL);
    if (holds_text(offered, "utf-8"))
        return UNITS_UTF8;
    bool is_wide = holds_text(offered, "utf-32") && !holds_text(offered, "utf-16");
    return is_wide ? UNITS_UTF32 : UNITS_UTF16;
}

static void read_capabilities(Server *server, const JsonValue *capabilities)
{
    const JsonValue *diagnostics = json_path(capabilities, "textDocument", "publishDiagnostics", NULL);
    server->units = choose_units(capabilities);
    server->abilities = (Abilities){
        .related = json_is_true(json_member(diagnostics, "relatedInformation")),
        .code_description = json_is_true(json_member(diagnostics, "codeDescriptionSupport")),
        .data = json_is_true(json_member(diagnostics, "dataSupport")),
        .tag_unnecessary = holds_number(json_path(diagnostics, "tagSupport", "valueSet", NULL), 1),
    };
    server->watches =
        json_is_true(json_path(capabilities, "workspace", "didChangeWatchedFiles", "dynamicRegistration", NULL));
}

/* ---- Folders ---- */

static void add_root(Server *server, Str path)
{
    if (!path.n || path.p[0] != '/')
        return;
    for (uint32_t i = 0; i < server->roots.count; i++)
        if (str_equal(server->roots.items[i], path))
            return;
    *array_push(&server->roots_arena, &server->roots) = arena_copy(&server->roots_arena, path);
}

static void add_folders(Server *server, const JsonValue *folders)
{
    for (const JsonValue *folder = folders->first; folder; folder = folder->next)
        add_root(server, uri_path(&server->scratch, json_member(folder, "uri")->text));
}

/* The newest way of saying it that the client uses. */
static void read_roots(Server *server, const JsonValue *params)
{
    add_folders(server, json_member(params, "workspaceFolders"));
    if (!server->roots.count)
        add_root(server, uri_path(&server->scratch, json_member(params, "rootUri")->text));
    if (!server->roots.count)
        add_root(server, json_member(params, "rootPath")->text);
    session_roots(server->session, server->roots.items, server->roots.count);
}

static void remove_folders(Server *server, const JsonValue *folders)
{
    for (const JsonValue *folder = folders->first; folder; folder = folder->next) {
        Str path = uri_path(&server->scratch, json_member(folder, "uri")->text);
        uint32_t kept = 0;
        for (uint32_t i = 0; i < server->roots.count; i++)
            if (!str_equal(server->roots.items[i], path))
                server->roots.items[kept++] = server->roots.items[i];
        server->roots.count = kept;
    }
}

/* Into an arena of their own again, so that folders that come and go leave nothing behind. */
static void repack_roots(Server *server)
{
    Arena old = server->roots_arena;
    Str *roots = server->roots.items;
    uint32_t count = server->roots.count;
    arena_init(&server->roots_arena);
    server->roots.items = NULL;
    server->roots.count = server->roots.reserve = 0;
    for (uint32_t i = 0; i < count; i++)
        add_root(server, roots[i]);
    arena_release(&old);
}

void did_change_folders(Server *server, const JsonValue *params)
{
    const JsonValue *event = json_member(params, "event");
    remove_folders(server, json_member(event, "removed"));
    add_folders(server, json_member(event, "added"));
    repack_roots(server);
    session_roots(server->session, server->roots.items, server->roots.count);
}

/* ---- initialize ---- */

static void write_sync(Json *json)
{
    json_key(json, "textDocumentSync");
    json_open(json, '{');
    json_key(json, "openClose");
    json_word(json, "true");
    json_pair_number(json, "change", SYNC_INCREMENTAL);
    json_key(json, "save");
    json_open(json, '{');
    json_key(json, "includeText");
    json_word(json, "false");
    json_close(json, '}');
    json_close(json, '}');
}

static void write_workspace(Json *json)
{
    json_key(json, "workspace");
    json_open(json, '{');
    json_key(json, "workspaceFolders");
    json_open(json, '{');
    json_key(json, "supported");
    json_word(json, "true");
    json_key(json, "changeNotifications");
    json_word(json, "true");
    json_close(json, '}');
    json_close(json, '}');
}

void initialize(Server *server, const JsonValue *id, const JsonValue *params)
{
    static const char *const names[] = { [UNITS_UTF16] = "utf-16", [UNITS_UTF8] = "utf-8", [UNITS_UTF32] = "utf-32" };
    read_capabilities(server, json_member(params, "capabilities"));
    read_roots(server, params);
    server->parent = (long)json_uint(json_member(params, "processId"));
    server->phase = PHASE_RUNNING;

    Json *json = answer_begin(server, id);
    json_open(json, '{');
    json_key(json, "capabilities");
    json_open(json, '{');
    json_pair(json, "positionEncoding", str_of(names[server->units]));
    write_sync(json);
    write_workspace(json);
    json_close(json, '}');
    json_key(json, "serverInfo");
    json_open(json, '{');
    json_pair(json, "name", STR("awry"));
    json_pair(json, "version", str_of(server->awry_version));
    json_close(json, '}');
    json_close(json, '}');
    message_send(server);
}

/* Files that are not open change findings too, and so does the configuration. */
void initialized(Server *server, const JsonValue *params)
{
    static const char *const patterns[] = { "**/*.{py,pyi}", "**/{.awry,awry,pyproject}.toml" };
    (void)params;
    if (!server->watches)
        return;
    Json *json = message_begin(server);
    json_pair(json, "id", STR("awry-watch"));
    json_pair(json, "method", STR("client/registerCapability"));
    json_key(json, "params");
    json_open(json, '{');
    json_key(json, "registrations");
    json_open(json, '[');
    json_open(json, '{');
    json_pair(json, "id", STR("awry-watch"));
    json_pair(json, "method", STR("workspace/didChangeWatchedFiles"));
    json_key(json, "registerOptions");
    json_open(json, '{');
    json_key(json, "watchers");
    json_open(json, '[');
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        json_open(json, '{');
        json_pair(json, "globPattern", str_of(patterns[i]));
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
    message_send(server);
}

/* ---- Changes ---- */

void did_change_configuration(Server *server, const JsonValue *params)
{
    (void)params;
    session_reload(server->session);
}

void did_change_files(Server *server, const JsonValue *params)
{
    for (const JsonValue *change = json_member(params, "changes")->first; change; change = change->next) {
        Str path = uri_path(&server->scratch, json_member(change, "uri")->text);
        if (path.n)
            session_touch(server->session, path);
    }
}

static void show(Server *server, Str mistake)
{
    Json *json = notification_begin(server, "window/showMessage");
    json_open(json, '{');
    json_pair_number(json, "type", MESSAGE_ERROR);
    json_pair(json, "message", arena_printf(&server->scratch, "awry: %.*s", STR_ARG(mistake)));
    json_close(json, '}');
    message_send(server);
}

void show_mistakes(Server *server)
{
    uint32_t reading = session_generation(server->session);
    if (server->shown_of != reading) {
        server->shown = 0;
        server->is_environment_shown = false;
    }
    server->shown_of = reading;
    const Messages *messages = session_messages(server->session);
    for (; server->shown < messages->count; server->shown++)
        show(server, messages->items[server->shown]);
    Str mistake = session_mistake(server->session);
    if (mistake.n && !server->is_environment_shown)
        show(server, mistake);
    server->is_environment_shown |= mistake.n != 0;
}
