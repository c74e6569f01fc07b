#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "lsp/server_internal.h"

/* Everything, or the server is over: nobody listens any more. */
static void write_all(Server *server, const char *bytes, size_t n)
{
    while (n && !server->is_over) {
        ssize_t written = write(server->out, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            server->is_over = true;
            server->exit_code = 1;
            return;
        }
        bytes += written;
        n -= (size_t)written;
    }
}

Json *message_begin(Server *server)
{
    FILE *out = open_memstream(&server->body, &server->body_size);
    if (!out)
        abort(); /* no memory for a few hundred bytes */
    server->json = (Json){ .out = out };
    json_open(&server->json, '{');
    json_pair(&server->json, "jsonrpc", STR("2.0"));
    return &server->json;
}

void message_send(Server *server)
{
    json_close(&server->json, '}');
    fclose(server->json.out);
    char header[64];
    int n = snprintf(header, sizeof header, "Content-Length: %zu\r\n\r\n", server->body_size);
    write_all(server, header, (size_t)n);
    write_all(server, server->body, server->body_size);
    free(server->body);
    server->body = NULL;
}

static void write_id(Json *json, const JsonValue *id)
{
    json_key(json, "id");
    if (id && id->kind == JSON_STRING)
        json_text(json, id->text);
    else
        json_word(json, id && id->kind == JSON_NUMBER ? id->raw.p : "null");
}

Json *answer_begin(Server *server, const JsonValue *id)
{
    Json *json = message_begin(server);
    write_id(json, id);
    json_key(json, "result");
    return json;
}

Json *notification_begin(Server *server, const char *method)
{
    Json *json = message_begin(server);
    json_pair(json, "method", str_of(method));
    json_key(json, "params");
    return json;
}

void send_error(Server *server, const JsonValue *id, int code, const char *message)
{
    Json *json = message_begin(server);
    write_id(json, id);
    json_key(json, "error");
    json_open(json, '{');
    json_key(json, "code");
    json_word(json, arena_printf(&server->scratch, "%d", code).p);
    json_pair(json, "message", str_of(message));
    json_close(json, '}');
    message_send(server);
}
