/* Where an object was made, by the terms that lead there: through what functions return, back through what they were given, and through
 * attributes of instances to where their constructor got them from. Of the in_memory*.c files.
 *
 * A walk has a budget of steps and room for so many calls; what lies further away is unknown. It keeps nothing: the answer depends on
 * the question alone. */
#ifndef AWRY_PROGRAM_IN_MEMORY_INTERNAL_H
#define AWRY_PROGRAM_IN_MEMORY_INTERNAL_H

#include "program/effects_internal.h"

enum { STEPS_OF_ORIGIN = 96, CALLS_OF_ORIGIN = 16, NAMES_OF_ORIGIN = 6, SITES_MOST = 8, BRANCHES_DEEPEST = 4 };

/* An instance of a class of the project, of which it is known by which call it was made (of its `__init__`), or not (NULL). */
typedef struct Instance {
    Ref class_;
    Entry *made;
    bool is_known;
} Instance;

typedef struct Walk {
    Program *program;
    unsigned steps;
    uint32_t count;
    Entry calls[CALLS_OF_ORIGIN];
    Instance selves[CALLS_OF_ORIGIN]; /* whose method is called, where that is known */
    bool is_uri;                      /* paths may be URIs */
} Walk;

/* A term, in the function whose code it is of, or in some method of a class; and the attributes that are wanted of it. */
typedef struct Origin {
    uint32_t file, function; /* of the function number + 1; 0: unknown, or `self` is known */
    TermId term;
    Str literal;        /* of a string that was given: its text */
    Entry *entry; /* the call of the function; NULL: unknown */
    Instance self;      /* the term is of a method of `home`, of this instance */
    Ref home;
    bool is_any;        /* it is made somewhere in those methods */
    Str names[NAMES_OF_ORIGIN];
    uint32_t name_count;
    unsigned branches;
} Origin;

typedef enum Verdict { VERDICT_NO, VERDICT_YES, VERDICT_NONE /* it is None, and nothing is done with it */ } Verdict;

/* Goes back as far as it can, and asks `judge` about what it comes to; of several origins all have to be alike. */
typedef Verdict Judge(Walk *walk, const Origin *origin);
Verdict walk_back(Walk *walk, Origin origin, Judge *judge);

/* The calls that a TERM_CALL of the origin can stand for; with is_any those of `sqlite3.connect`. 0: none is known, or there are too many. */
typedef struct MakingCall {
    Ref function;
    const CallSummary *call;
} MakingCall;
uint32_t sites_of(Walk *walk, const Origin *origin, const Term *call, MakingCall *sites);

/* The call of the function in which a site of the origin is; NULL: unknown. */
Entry *entry_around(Walk *walk, const Origin *origin, const MakingCall *site);

bool is_named(const Terms *terms, TermId term, const char *name);

#endif
