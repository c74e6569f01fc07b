#define _POSIX_C_SOURCE 200809L
#include "lsp/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "lsp/server_internal.h"
#include "python/tree.h"
#include "report/report.h"

enum {
    PIECE = 64 << 10,       /* bytes asked for in one read */
    QUEUE_BYTES = 64 << 20, /* of messages that are taken in before the first one is handled */
    PARENT_EVERY = 1000,    /* milliseconds between looks after the client's process */
};

/* ---- Dispatch ---- */

typedef struct Notification {
    const char *method;
    void (*run)(Server *server, const JsonValue *params);
} Notification;

static const Notification notifications[] = {
    { "initialized", initialized },
    { "textDocument/didOpen", did_open },
    { "textDocument/didChange", did_change },
    { "textDocument/didClose", did_close },
    { "textDocument/didSave", did_save },
    { "workspace/didChangeWorkspaceFolders", did_change_folders },
    { "workspace/didChangeConfiguration", did_change_configuration },
    { "workspace/didChangeWatchedFiles", did_change_files },
};

static void leave(Server *server, int code)
{
    server->is_over = true;
    server->exit_code = code;
}

static void handle_notification(Server *server, const JsonValue *message, Str method)
{
    if (str_is(method, "exit")) {
        leave(server, server->phase == PHASE_SHUT_DOWN ? 0 : 1);
        return;
    }
    if (server->phase != PHASE_RUNNING)
        return;
    for (size_t i = 0; i < sizeof notifications / sizeof *notifications; i++)
        if (str_is(method, notifications[i].method))
            notifications[i].run(server, json_member(message, "params"));
}

static bool is_same_id(const JsonValue *a, const JsonValue *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == JSON_STRING ? str_equal(a->text, b->text) : a->kind == JSON_NUMBER && a->number == b->number;
}

/* Whether a message that has come already takes the request back. */
static bool is_cancelled(const Server *server, const JsonValue *id)
{
    for (uint32_t i = server->next; i < server->queue.count; i++) {
        const JsonValue *message = server->queue.items[i];
        if (json_is(json_member(message, "method"), "$/cancelRequest") &&
            is_same_id(json_path(message, "params", "id", NULL), id))
            return true;
    }
    return false;
}

static void shut_down(Server *server, const JsonValue *id)
{
    server->phase = PHASE_SHUT_DOWN;
    json_word(answer_begin(server, id), "null");
    message_send(server);
}

static void handle_request(Server *server, const JsonValue *message, const JsonValue *id, Str method)
{
    bool is_first = str_is(method, "initialize");
    if (server->phase == PHASE_NEW && !is_first)
        send_error(server, id, ERROR_NOT_INITIALIZED, "not initialized yet");
    else if (server->phase == PHASE_SHUT_DOWN)
        send_error(server, id, ERROR_REQUEST, "shut down already");
    else if (is_first && server->phase != PHASE_NEW)
        send_error(server, id, ERROR_REQUEST, "initialized already");
    else if (is_first)
        initialize(server, id, json_member(message, "params"));
    else if (str_is(method, "shutdown"))
        shut_down(server, id);
    else if (is_cancelled(server, id))
        send_error(server, id, ERROR_CANCELLED, "cancelled");
    else
        send_error(server, id, ERROR_METHOD, "no such method");
}

static void handle(Server *server, const JsonValue *message)
{
    const JsonValue *method = json_member(message, "method"), *id = json_member(message, "id");
    bool is_answer = json_member(message, "result")->kind || json_member(message, "error")->kind;
    bool has_id = id->kind == JSON_STRING || id->kind == JSON_NUMBER;
    if (method->kind == JSON_MISSING && is_answer)
        return; /* to a request of ours; none needs its answer */
    if (method->kind != JSON_STRING || (id->kind != JSON_MISSING && !has_id))
        send_error(server, has_id ? id : NULL, ERROR_REQUEST, "not a message of JSON-RPC 2.0");
    else if (has_id)
        handle_request(server, message, id, method->text);
    else
        handle_notification(server, message, method->text);
    arena_clear(&server->scratch);
}

/* ---- In ---- */

static void take_body(Server *server, Str body)
{
    const JsonValue *message = json_read(&server->batch, &server->scratch, body);
    arena_clear(&server->scratch);
    if (message)
        *array_push(&server->batch, &server->queue) = message;
    else
        send_error(server, NULL, ERROR_PARSE, "not JSON");
}

static void take_bodies(Server *server)
{
    Str body;
    for (FrameStatus status; (status = frames_next(&server->frames, &body)) != FRAME_NONE;) {
        if (status == FRAME_BODY)
            take_body(server, body);
        else
            send_error(server, NULL, ERROR_PARSE, body.p);
    }
}

static bool is_waiting(const Server *server, int milliseconds)
{
    struct pollfd in = { .fd = server->in, .events = POLLIN };
    return poll(&in, 1, milliseconds) > 0;
}

/* All that has come, so that what is obsolete already is not looked at. False: the end of the input. */
static bool receive(Server *server)
{
    size_t taken = 0;
    do {
        char *room = frames_room(&server->frames, PIECE);
        ssize_t n = read(server->in, room, PIECE);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return false;
        frames_add(&server->frames, (size_t)n);
        taken += (size_t)n;
        take_bodies(server);
    } while (taken < QUEUE_BYTES && is_waiting(server, 0));
    return true;
}

static void handle_all(Server *server)
{
    while (server->next < server->queue.count && !server->is_over) {
        const JsonValue *message = server->queue.items[server->next++];
        handle(server, message);
    }
    server->queue.items = NULL;
    server->queue.count = server->queue.reserve = server->next = 0;
    arena_clear(&server->batch);
    buffers_flush(server);
}

/* ---- Work ---- */

/* One text; false when everything is up to date. */
static bool do_step(Server *server)
{
    Str changed;
    if (server->phase != PHASE_RUNNING || !session_step(server->session, &changed))
        return false;
    if (changed.n)
        publish(server, changed);
    show_mistakes(server);
    arena_clear(&server->scratch);
    return true;
}

static bool has_parent(const Server *server)
{
    return !server->parent || kill((pid_t)server->parent, 0) == 0 || errno != ESRCH;
}

static void listen_and_work(Server *server)
{
    bool has_work = false;
    while (!server->is_over) {
        int wait = has_work ? 0 : server->parent ? PARENT_EVERY : -1;
        if (is_waiting(server, wait)) {
            bool goes_on = receive(server);
            handle_all(server);
            if (!goes_on && !server->is_over)
                leave(server, 0);
            has_work = true;
        } else if (has_work) {
            has_work = do_step(server);
        } else if (!has_parent(server)) {
            leave(server, 1);
        }
    }
}

int serve(int in, int out, const char *version)
{
    Server server = { .in = in, .out = out, .awry_version = version };
    arena_init(&server.own);
    arena_init(&server.roots_arena);
    arena_init(&server.batch);
    arena_init(&server.scratch);
    frames_init(&server.frames);
    tree_setup();
    server.cwd = report_cwd(&server.own);
    ConfigOptions config = { 0 };
    settings_init(&config.given);
    server.session = session_new(&config);

    listen_and_work(&server);

    session_free(server.session);
    buffers_release(&server);
    frames_release(&server.frames);
    arena_release(&server.scratch);
    arena_release(&server.batch);
    arena_release(&server.roots_arena);
    arena_release(&server.own);
    return server.exit_code;
}
