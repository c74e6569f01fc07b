/* What the files of the server share. */
#ifndef AWRY_LSP_SERVER_INTERNAL_H
#define AWRY_LSP_SERVER_INTERNAL_H

#include <stdio.h>

#include "lsp/frame.h"
#include "lsp/json.h"
#include "lsp/publish.h"

typedef enum Phase { PHASE_NEW, PHASE_RUNNING, PHASE_SHUT_DOWN } Phase;

typedef struct Buffer { /* a document that is open */
    bool is_open;
    Str uri;    /* as the client spells it */
    Str path;   /* its name in the session; empty: it is not looked at */
    Arena name; /* of both */
    Document document;
    double version;
    bool has_version;
    bool is_dirty; /* the session does not know this text yet */
} Buffer;

typedef struct Server {
    int in, out;
    const char *awry_version;
    Phase phase;
    bool is_over;
    int exit_code;
    Arena own, roots_arena;
    Arena batch, scratch; /* of the messages at hand; of what is done with one of them */
    Frames frames;
    Session *session;
    ARRAY(Buffer *) buffers;
    ARRAY(Str) roots; /* paths of the folders */
    Units units;
    Abilities abilities;
    bool watches; /* the client lets us register what to watch */
    long parent;  /* its process; 0: unknown */
    Str cwd;
    bool is_environment_shown;
    uint32_t shown, shown_of;       /* mistakes of the configuration that were shown, and of which reading */
    ARRAY(const JsonValue *) queue; /* messages that have come and were not handled */
    uint32_t next;
    Json json; /* of the message that is being written */
    char *body;
    size_t body_size;
} Server;

/* ---- Out (server_write.c) ---- */

enum {
    ERROR_PARSE = -32700,
    ERROR_REQUEST = -32600,
    ERROR_METHOD = -32601,
    ERROR_NOT_INITIALIZED = -32002,
    ERROR_CANCELLED = -32800,
};

/* A message is begun, filled through the Json that comes back, and sent: one at a time. */
Json *message_begin(Server *server);
void message_send(Server *server);

/* An answer: its `result` follows. `id` is the request's. */
Json *answer_begin(Server *server, const JsonValue *id);
/* A notification: its `params` follow. */
Json *notification_begin(Server *server, const char *method);
/* `id` may be NULL: the request's could not be read. */
void send_error(Server *server, const JsonValue *id, int code, const char *message);

/* ---- Documents (server_documents.c) ---- */

Buffer *buffer_find(const Server *server, Str uri);
void did_open(Server *server, const JsonValue *params);
void did_change(Server *server, const JsonValue *params);
void did_close(Server *server, const JsonValue *params);
void did_save(Server *server, const JsonValue *params);

/* Texts that were edited go to the session. */
void buffers_flush(Server *server);

/* The diagnostics of the document with that path in the session. */
void publish(Server *server, Str path);

void buffers_release(Server *server);

/* ---- The project (server_project.c) ---- */

void initialize(Server *server, const JsonValue *id, const JsonValue *params);
void initialized(Server *server, const JsonValue *params);
void did_change_folders(Server *server, const JsonValue *params);
void did_change_configuration(Server *server, const JsonValue *params);
void did_change_files(Server *server, const JsonValue *params);

/* What is wrong with the configuration, as far as it was not shown yet. */
void show_mistakes(Server *server);

#endif
