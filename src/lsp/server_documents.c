#include "lsp/server_internal.h"
#include "lsp/uri.h"

/* ---- Which one ---- */

/* Clients spell one file in several ways: %20 and %3A, capital and small digits. */
static bool is_same(const Buffer *buffer, Str uri, Str path)
{
    return buffer->is_open && (str_equal(buffer->uri, uri) || (path.n && str_equal(buffer->path, path)));
}

Buffer *buffer_find(const Server *server, Str uri)
{
    Arena arena;
    arena_init(&arena);
    Str path = uri_path(&arena, uri);
    Buffer *found = NULL;
    for (uint32_t i = 0; i < server->buffers.count && !found; i++)
        if (is_same(server->buffers.items[i], uri, path))
            found = server->buffers.items[i];
    arena_release(&arena);
    return found;
}

static const Buffer *buffer_of_path(const Server *server, Str path)
{
    for (uint32_t i = 0; i < server->buffers.count; i++)
        if (server->buffers.items[i]->is_open && str_equal(server->buffers.items[i]->path, path))
            return server->buffers.items[i];
    return NULL;
}

static Buffer *new_buffer(Server *server)
{
    for (uint32_t i = 0; i < server->buffers.count; i++)
        if (!server->buffers.items[i]->is_open)
            return server->buffers.items[i];
    Buffer *buffer = arena_new(&server->own, Buffer);
    *array_push(&server->own, &server->buffers) = buffer;
    return buffer;
}

static void release_buffer(Buffer *buffer)
{
    if (!buffer->is_open)
        return;
    arena_release(&buffer->name);
    document_release(&buffer->document);
    *buffer = (Buffer){ 0 };
}

void buffers_release(Server *server)
{
    for (uint32_t i = 0; i < server->buffers.count; i++)
        release_buffer(server->buffers.items[i]);
}

/* ---- Opened, edited, closed ---- */

static const JsonValue *document_member(const JsonValue *params, const char *key)
{
    return json_path(params, "textDocument", key, NULL);
}

static bool is_python(const JsonValue *language, Str path)
{
    if (language->kind != JSON_STRING || !language->text.n || str_is(language->text, "python"))
        return true;
    return str_ends(path, STR(".py")) || str_ends(path, STR(".pyi"));
}

/* Its name in the session. A cell of a notebook or a version of the past is no module of its own. */
static Str session_name(Buffer *buffer, const JsonValue *language)
{
    Str path = uri_path(&buffer->name, buffer->uri);
    if (!path.n && uri_has_scheme(buffer->uri, "untitled"))
        path = buffer->uri;
    return is_python(language, path) ? path : STR("");
}

static void set_version(Buffer *buffer, const JsonValue *version)
{
    buffer->has_version = version->kind == JSON_NUMBER;
    buffer->version = version->number;
}

void did_open(Server *server, const JsonValue *params)
{
    const JsonValue *uri = document_member(params, "uri"), *text = document_member(params, "text");
    if (uri->kind != JSON_STRING || text->kind != JSON_STRING)
        return;
    Buffer *buffer = buffer_find(server, uri->text);
    if (!buffer) {
        buffer = new_buffer(server);
        *buffer = (Buffer){ .is_open = true };
        arena_init(&buffer->name);
        document_init(&buffer->document);
        buffer->uri = arena_copy(&buffer->name, uri->text);
        buffer->path = session_name(buffer, document_member(params, "languageId"));
    }
    document_set(&buffer->document, text->text);
    set_version(buffer, document_member(params, "version"));
    buffer->is_dirty = true;
}

static Position position_of(const JsonValue *position)
{
    return (Position){ json_uint(json_member(position, "line")), json_uint(json_member(position, "character")) };
}

static void apply_change(const Server *server, Document *document, const JsonValue *change)
{
    const JsonValue *range = json_member(change, "range"), *text = json_member(change, "text");
    if (text->kind != JSON_STRING)
        return;
    if (range->kind != JSON_OBJECT) {
        document_set(document, text->text);
        return;
    }
    uint32_t begin = document_offset(document, server->units, position_of(json_member(range, "start")));
    uint32_t end = document_offset(document, server->units, position_of(json_member(range, "end")));
    document_replace(document, begin < end ? begin : end, begin < end ? end : begin, text->text);
}

void did_change(Server *server, const JsonValue *params)
{
    Buffer *buffer = buffer_find(server, document_member(params, "uri")->text);
    if (!buffer)
        return;
    for (const JsonValue *change = json_member(params, "contentChanges")->first; change; change = change->next)
        apply_change(server, &buffer->document, change);
    set_version(buffer, document_member(params, "version"));
    buffer->is_dirty = true;
}

static void write_publication(Server *server, const Buffer *buffer, SessionFindings findings);

void did_close(Server *server, const JsonValue *params)
{
    Buffer *buffer = buffer_find(server, document_member(params, "uri")->text);
    if (!buffer)
        return;
    if (buffer->path.n) {
        buffer->has_version = false;
        write_publication(server, buffer, (SessionFindings){ NULL, 0 });
        session_unset(server->session, buffer->path);
    }
    release_buffer(buffer);
}

void did_save(Server *server, const JsonValue *params)
{
    Arena arena;
    arena_init(&arena);
    Str path = uri_path(&arena, document_member(params, "uri")->text);
    if (path.n)
        session_touch(server->session, path);
    arena_release(&arena);
}

void buffers_flush(Server *server)
{
    for (uint32_t i = 0; i < server->buffers.count; i++) {
        Buffer *buffer = server->buffers.items[i];
        if (buffer->is_open && buffer->is_dirty && buffer->path.n)
            session_set(server->session, buffer->path, buffer->document.text);
        buffer->is_dirty = false;
    }
}

/* ---- Findings ---- */

static const Document *find_document(const void *context, Str path, Str *uri)
{
    const Server *server = context;
    Arena arena;
    arena_init(&arena);
    if (path.n && path.p[0] != '/')
        path = arena_printf(&arena, "%.*s/%.*s", STR_ARG(server->cwd), STR_ARG(path));
    const Buffer *buffer = buffer_of_path(server, path);
    arena_release(&arena);
    if (!buffer)
        return NULL;
    *uri = buffer->uri;
    return &buffer->document;
}

static void write_publication(Server *server, const Buffer *buffer, SessionFindings findings)
{
    Publication publication = {
        .document = &buffer->document,
        .uri = buffer->uri,
        .units = server->units,
        .abilities = &server->abilities,
        .find = find_document,
        .context = server,
        .cwd = server->cwd,
        .scratch = &server->scratch,
    };
    Json *json = notification_begin(server, "textDocument/publishDiagnostics");
    json_open(json, '{');
    json_pair(json, "uri", buffer->uri);
    if (buffer->has_version) {
        json_key(json, "version");
        json_word(json, arena_printf(&server->scratch, "%.0f", buffer->version).p);
    }
    json_key(json, "diagnostics");
    publish_findings(json, &publication, findings);
    json_close(json, '}');
    message_send(server);
}

void publish(Server *server, Str path)
{
    const Buffer *buffer = buffer_of_path(server, path);
    if (buffer)
        write_publication(server, buffer, session_findings(server->session, path));
}
