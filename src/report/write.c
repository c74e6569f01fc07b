#include "report/write.h"

#include <inttypes.h>

#include "base/text.h"

static void begin_value(Json *json)
{
    if (json->needs_comma)
        fputc(',', json->out);
    json->needs_comma = true;
}

void json_open(Json *json, char bracket)
{
    begin_value(json);
    fputc(bracket, json->out);
    json->needs_comma = false;
}

void json_close(Json *json, char bracket)
{
    fputc(bracket, json->out);
    json->needs_comma = true;
}

void json_key(Json *json, const char *key)
{
    begin_value(json);
    fprintf(json->out, "\"%s\":", key);
    json->needs_comma = false;
}

void json_line(Json *json)
{
    if (json->needs_comma)
        fputc(',', json->out);
    fputc('\n', json->out);
    json->needs_comma = false;
}

void json_text(Json *json, Str text)
{
    begin_value(json);
    fputc('"', json->out);
    text_write_json(json->out, text);
    fputc('"', json->out);
}

void json_number(Json *json, uint64_t number)
{
    begin_value(json);
    fprintf(json->out, "%" PRIu64, number);
}

void json_word(Json *json, const char *word)
{
    begin_value(json);
    fputs(word, json->out);
}

void json_pair(Json *json, const char *key, Str text)
{
    json_key(json, key);
    json_text(json, text);
}

void json_pair_number(Json *json, const char *key, uint64_t number)
{
    json_key(json, key);
    json_number(json, number);
}
