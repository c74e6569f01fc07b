/* The engine kept alive: texts that are open in an editor, unsaved, edited again and again, and their findings.
 *
 *   Session *session = session_new(&options);
 *   session_set(session, path, text);                 opened, or edited
 *   while (session_step(session, &changed)) ...       what was edited last comes first; stop whenever something new has come
 *   session_findings(session, path);                  what `awry check` would say of a file with that text
 *
 * Around the open texts is their project: the files of the roots, and what is beside an open file that is below none. What they say is
 * gathered when the first text is looked at, so findings follow calls into files that are not open, and into other open texts as they are
 * now. While a text does not parse, the others have what it last said.
 *
 * An open text hides the file on the disk. Paths are absolute; a path that is not names no file ("untitled:1"): such a text is looked at by
 * itself, with the settings of the first root. The same path must be spelt the same way each time.
 *
 * A session writes no file and runs no command. It is used by one thread. What it keeps is bounded by the texts that are open and
 * by what the files of the project say. */
#ifndef AWRY_ENGINE_SESSION_H
#define AWRY_ENGINE_SESSION_H

#include "engine/run.h"

typedef struct Session Session;

typedef struct SessionFindings {
    Finding *const *items; /* sorted by place, suppressed ones left out */
    uint32_t count;
} SessionFindings;

/* `config` is copied; what it points to must live as long as the session. */
Session *session_new(const ConfigOptions *config);
void session_free(Session *session);

/* ---- What happened ---- */

/* The folders of the project, instead of those before. The configuration is read again. */
void session_roots(Session *session, const Str *roots, size_t count);

/* A text is open, or is another one now. UTF-8, whatever a coding cookie in it says. Copied. */
void session_set(Session *session, Str path, Str text);

/* It is closed: what is on the disk holds again, and there are no findings for it any more. */
void session_unset(Session *session, Str path);

/* A file on the disk has changed, appeared or gone. For a configuration file: the configuration is read again. */
void session_touch(Session *session, Str path);

/* The configuration is read again, and every open text is looked at again. */
void session_reload(Session *session);

/* ---- What follows from it ---- */

/* Looks at one open text for which something has changed; those that were edited come first, the last one edited before the
 * others. False: everything is up to date. *changed: its path, when its findings are other ones than before or it was edited;
 * else the empty text. The path lives until the text is closed. */
bool session_step(Session *session, Str *changed);

/* Of an open text, as of its last session_step. They live until the next one that looks at this text, or session_unset. */
SessionFindings session_findings(const Session *session, Str path);

/* What is wrong with the configuration, as far as it was read: `path:row:column: what`. Where something is wrong, what
 * could be read holds. Valid until the configuration is read again; the count grows as folders are seen. */
const Messages *session_messages(const Session *session);

/* Why the environment that the configuration asks for cannot be used; empty: nothing is wrong, or it was not looked for yet. */
Str session_mistake(const Session *session);

/* How often the configuration was read anew because something of it has changed. */
uint32_t session_generation(const Session *session);

#endif
