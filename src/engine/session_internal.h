/* What the files of the session share. */
#ifndef AWRY_ENGINE_SESSION_INTERNAL_H
#define AWRY_ENGINE_SESSION_INTERNAL_H

#include "base/map.h"
#include "engine/environment.h"
#include "engine/job.h"
#include "engine/project.h"
#include "engine/session.h"
#include "engine/sources.h"

typedef enum State {
    STATE_DONE,
    STATE_STALE,  /* something else has changed */
    STATE_EDITED, /* its own text has */
} State;

typedef struct Open {
    bool is_open; /* else the place is free for another one */
    Str path;
    Str text;                       /* 16 zero bytes behind */
    Arena name, content, out, said; /* of the path, the text, the findings, the Summary */
    Str summary;  /* bytes: what the text said when it last parsed; empty: nothing yet, or it has no async words */
    bool is_sync; /* no async words: its Summary is made when somebody asks */
    SessionFindings findings;
    uint64_t digest;        /* of the findings */
    const FileRules *rules; /* NULL: not asked for yet */
    bool is_left_out;       /* by the configuration */
    State state;
    uint64_t edit; /* when it was edited, counted over the session */
} Open;

struct Session {
    Arena own;    /* this, and the places of open texts */
    Arena config; /* the configuration and the list of files; dropped whole when they are read again */
    Arena roots_arena, file, scratch;
    ConfigOptions config_options;
    Configs *configs;
    JobLimits limits;
    ARRAY(const char *) roots;
    ARRAY(Open *) texts;
    uint64_t edits;
    uint32_t generation;
    /* The project (session_project.c): */
    Str cwd;
    bool is_listed; /* `list` is what is on the disk */
    FileList list;
    Map numbers;      /* number + 1 of a file, by its absolute path */
    Arena store;      /* what files on the disk say */
    Map known;        /* by path as in the list: Known */
    size_t waste;     /* bytes in `store` that nobody needs any more */
    Arena link;       /* of the Project */
    bool is_linked;   /* `project` is of what is said now */
    Project *project; /* NULL: none */
    Arena knowledge;  /* of the Program */
    Program *program;
    Arena environment_arena;
    Environment *environment;
    bool has_environment; /* it was looked for */
    Str mistake;          /* why there is none, although it was asked for; in its arena */
    SourceCache sources;
};

/* An open text by its path, or by the path of a file of the list; NULL. */
Open *session_open(const Session *session, Str path);
Open *session_open_shown(const Session *session, Str path);

static inline bool path_names_file(Str path)
{
    return path.n && path.p[0] == '/';
}

/* ---- The project ---- */

void session_project_init(Session *session);
void session_project_release(Session *session);

/* Drops all that was read from the disk. */
void session_forget_all(Session *session);

/* The configuration, from the disk (session.c). */
void session_read_configuration(Session *session);

/* Lists the files and gathers what they say, unless that was done. */
void session_list(Session *session);

/* What is known of a file on the disk is no longer so. */
void session_forget(Session *session, Str path);

/* Joins the module of a job to the Program of the project, in which the text says `own`, which need not be what it says to others.
 * False: it is of no project. */
bool session_join(Session *session, const Open *text, Job *job, Str own);
/* When the rules are done. */
void session_leave(Session *session, const Job *job);

#endif
