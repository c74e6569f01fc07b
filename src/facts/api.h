/* What is known of APIs by name: the tables of rules/apis/, compiled in. A row says of one qualified name what kind of thing
 * it is, what a call of it gives, whether it holds up the thread that calls it, and what it does with its arguments.
 * Names are the canonical ones of their library; other spellings are rows of kind alias.
 *
 * A line of a table has columns, separated by two or more spaces or a tab:
 *
 *   # qualified name       facts                     result and what to use instead
 *   requests.get           network                   -> requests.Response  | httpx.AsyncClient.get
 *   requests.Session       class
 *   requests.Session.get   network                   -> requests.Response  | httpx.AsyncClient.get
 *   requests.sessions.Session  alias                 -> requests.Session
 *   httpx.Client           class(httpx._client.BaseClient)
 *   queue.Queue.get        lock unless=block:False,0:False,timeout:0   | asyncio.Queue.get
 *   asyncio.create_task    spawns                    -> asyncio.Task
 *   asyncio.wait_for       coroutine                 -> await(0)
 *   asyncio.to_thread      coroutine offloads        -> call(0)
 *
 * The facts are words in any order, separated by one space; the words are in facts.def. Beside them there are the weights
 * `usually` and `large`, `unless=` and, about what a role or a callback takes, `arg=N`, `arg=all`, `arg=none` and `key=word`.
 *
 * Members that syntax calls are rows like others: `X.__enter__` gives what `with` binds, `X.__aenter__` what `async with` binds,
 * `X.__iter__` an iterator, `X.__next__` and `X.__anext__` an item, `X.__truediv__` what `/` gives. A row `X.*` is about any
 * member of X that has no row of its own. */
#ifndef AWRY_FACTS_API_H
#define AWRY_FACTS_API_H

#include "python/module.h"

/* What kind of thing has the name. */
typedef enum ApiKind {
#define KIND(NAME, word) KIND_##NAME,
#include "facts/facts.def"
#undef KIND
} ApiKind;

/* What a call gives, as far as awaiting is concerned. */
typedef enum ApiColour {
#define COLOUR(NAME, word) COLOUR_##NAME,
#include "facts/facts.def"
#undef COLOUR
} ApiColour;

/* How a call holds up its thread. */
typedef enum Hazard {
#define HAZARD(NAME, word) HAZARD_##NAME,
#include "facts/facts.def"
#undef HAZARD
    HAZARD_COUNT,
} Hazard;

/* How much of the time it does. */
typedef enum ApiWeight {
    WEIGHT_ALWAYS,  /* its purpose is to wait, or it is slow on purpose */
    WEIGHT_USUALLY, /* mostly short, but it may stall */
    WEIGHT_LARGE,   /* grows with the data; small data is nothing */
} ApiWeight;

/* What it does beyond that, as far as a rule asks. */
typedef enum ApiRole {
#define ROLE(NAME, word) ROLE_##NAME,
#include "facts/facts.def"
#undef ROLE
    ROLE_COUNT,
} ApiRole;

/* What kind of function it wants to be given. */
typedef enum ApiCallback {
#define CALLBACK(NAME, word) CALLBACK_##NAME,
#include "facts/facts.def"
#undef CALLBACK
} ApiCallback;

enum { ARGUMENT_NONE = 255, ARGUMENT_KEYWORD = 254 };

typedef struct Api {
    const char *name; /* qualified: "time.sleep" */
    const char
        *result; /* what a call gives (of a coroutine what awaiting gives, of an async context what entering gives, of
                            an async iterator its items), what the data is an instance of, what
                            an alias stands for. A class by its qualified name, "(A, B)" for a tuple, "call(N)" what
                            calling argument N gives, "await(N)" what awaiting argument N gives, "of(N)" argument N itself,
                            "type(N)" an instance of the class that argument N is; "" when it is not known */
    const char *bases; /* of a class: its direct bases, separated by commas; NULL: none */
    const char
        *unless; /* the call does not hold up the thread when an argument is so: "block:False,0:False"; a number is
                            a position, a word a keyword; the value is the text of the argument ("*": it is there, whatever it
                            is); NULL: none */
    const char *instead; /* the way out: an API's qualified name or code to paste; "" when there is none */
    const char *keyword; /* of the argument that the role or callback is about (`key=target`); "" */
    uint8_t kind;        /* ApiKind */
    uint8_t colour;      /* ApiColour */
    uint8_t hazard;      /* Hazard */
    uint8_t weight;      /* ApiWeight */
    uint8_t role;        /* ApiRole */
    uint8_t callback;    /* ApiCallback */
    uint8_t argument;    /* its position (`arg=N`, default 0); ARGUMENT_NONE: all (`arg=all`); ARGUMENT_KEYWORD: it goes by
                            keyword only (`arg=none`) */
    uint8_t name_length; /* bytes of the name */
} Api;

static inline Str api_name(const Api *api)
{
    return (Str){ api->name, api->name_length };
}

extern const Api all_apis[]; /* generated, sorted by name */
extern const size_t all_apis_count;

/* The entry of a qualified name, aliases followed (of the name, or of the class or module that it begins with:
 * "requests.sessions.Session.get" is found as "requests.Session.get"), and a member of a class along its bases; never an alias.
 * NULL when it is not in a table. */
const Api *api_find(Str qualified);

/* The member `name` of the class `owner`: its own or that of its bases, depth first, else what a row `owner.*` says. NULL when
 * there is none.
 * *complete: whether all bases are in the tables, so that NULL means that no table row is missing for lack of a base. */
const Api *api_member(const Api *owner, Str name, bool *complete);

/* Whether a class is `base` or derives from it, as far as the tables know. */
bool api_is_a(const Api *owner, const char *base);

/* Whether there are rows of a library, or of a module of Python's own: "requests". */
bool api_has_library(Str top);

/* Libraries whose rows with the role `since-major` were plain functions in the versions before a major one. */
typedef struct LibraryMajor {
    const char *name; /* as it is imported; its distribution is called the same but for `-` */
    unsigned major;
} LibraryMajor;
enum { LIBRARY_MAJORS = 2 };
extern const LibraryMajor library_majors[LIBRARY_MAJORS];

/* Whether a row is no coroutine function for who is written for old versions of libraries: bit i stands for library_majors[i]. */
bool api_is_plain_before(const Api *api, uint32_t old_libraries);

/* Whether a row with the role `lately` is a coroutine function for this file: the file names something that only the newer
 * versions of the same library have. */
bool api_is_async_by_now(const Api *api, const Module *module);

/* The API that a call calls by name, resolved through the file's imports, aliases and star imports; NULL when unknown. For calls
 * through instances and attributes see program/ask.h. */
const Api *api_called(Node call);

/* The API that a name (or a chain that begins with it) means when nothing but the module's last `import *` can have brought it, by the
 * tables' rows of that module; NULL when unknown. */
const Api *api_from_star(Node callee);

/* "network I/O", "sleep", ...: of a hazard, for messages. */
const char *hazard_text(Hazard hazard);

#endif
