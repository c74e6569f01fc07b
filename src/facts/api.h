/* What is known of APIs by name: the tables of rules/apis/, compiled in, sorted by qualified name. */
#ifndef AWRY_FACTS_API_H
#define AWRY_FACTS_API_H

#include "python/module.h"

typedef enum ApiRole {
#define ROLE(NAME, word) ROLE_##NAME,
#include "facts/roles.def"
#undef ROLE
    ROLE_COUNT,
} ApiRole;

typedef struct Api {
    const char *name;    /* qualified: "time.sleep" */
    ApiRole role;
    const char *instead; /* the way out as code to paste; "" when there is none */
} Api;

extern const Api all_apis[]; /* generated */
extern const size_t all_apis_count;

/* The entry of a qualified name; NULL when it is not in a table. */
const Api *api_find(Str qualified);

/* The API that a call calls, resolved through the file's imports, aliases and star imports; NULL when unknown. */
const Api *api_called(Node call);

#endif
