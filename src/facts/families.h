/* Which rule a blocking API belongs to. A hazard says how it holds up the loop; the family says what users call it: a request
 * by requests and one by a cloud's SDK are both network I/O, but the way out is another. This is the one place that divides them. */
#ifndef AWRY_FACTS_FAMILIES_H
#define AWRY_FACTS_FAMILIES_H

#include "facts/api.h"

typedef enum Family {
    FAMILY_NONE,             /* no hazard, or one that no rule about blocking calls speaks of */
    FAMILY_SLEEP,            /* AW101 */
    FAMILY_HTTP,             /* AW102: requests, urllib, urllib3, http.client, ... */
    FAMILY_HTTP_CLIENT,      /* AW103: httpx, whose async twin is one import away */
    FAMILY_OPEN,             /* AW104: gives an open file */
    FAMILY_FILE_IO,          /* AW105: reads or writes one file */
    FAMILY_PATH_CHECK,       /* AW106: stat, listdir, mkdir, unlink */
    FAMILY_TREE,             /* AW107: many files */
    FAMILY_SUBPROCESS,       /* AW108: starts a process and waits for its end */
    FAMILY_PROCESS_START,    /* starts a process or thread and does not wait */
    FAMILY_PROCESS_WAIT,     /* AW110: waits for one that was started */
    FAMILY_INPUT,            /* AW111 */
    FAMILY_NETWORK,          /* AW112: sockets, DNS, mail, ssh */
    FAMILY_DB_DRIVER,        /* AW113 */
    FAMILY_ORM,              /* AW114 */
    FAMILY_SDK,              /* AW116: clients of services */
    FAMILY_THREAD_PRIMITIVE, /* AW119: locks, queues, events of threads */
    FAMILY_FUTURE_RESULT,    /* AW121: results of futures, joins of threads and pools */
    FAMILY_CPU,
    FAMILY_ONCE, /* reads files at its first call only */
} Family;

/* FAMILY_NONE for NULL. */
Family api_family(const Api *api);

/* Whether a read or write of a file or of what is said about files: what is quick most of the time. */
bool family_is_of_files(Family family);

/* "requests" of "requests.Session.get". */
Str api_package(const Api *api);

/* Its name as people write it: "open" for "builtins.open". */
const char *api_shown(const Api *api);

/* "get" of "requests.Session.get"; "requests.Session" is what stands before it. */
Str api_last(const Api *api);
Str api_owner(const Api *api);

#endif
