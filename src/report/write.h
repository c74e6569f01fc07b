/* JSON written as it goes: the commas set themselves. */
#ifndef AWRY_REPORT_WRITE_H
#define AWRY_REPORT_WRITE_H

#include <stdio.h>

#include "base/str.h"

typedef struct Json {
    FILE *out;
    bool needs_comma; /* a value stands before */
} Json;

/* `{` or `[`, and what ends it. */
void json_open(Json *json, char bracket);
void json_close(Json *json, char bracket);

/* A member's name; its value follows. */
void json_key(Json *json, const char *key);

/* The next value begins a line. */
void json_line(Json *json);

void json_text(Json *json, Str text);
void json_number(Json *json, uint64_t number);
void json_word(Json *json, const char *word); /* true, false, null */

/* A key with its value. */
void json_pair(Json *json, const char *key, Str text);
void json_pair_number(Json *json, const char *key, uint64_t number);

#endif
