/* One text looked at whole: what is wrong with the input, the rules, what comments suppress, limits. For whoever has a text and
 * wants its findings; a run over many files has its own way (run.c). */
#ifndef AWRY_ENGINE_LOOK_H
#define AWRY_ENGINE_LOOK_H

#include "engine/config.h"
#include "finding/pass.h"

typedef struct Look {
    /* Given: */
    Str path;                /* NUL-terminated; what the findings name */
    Str bytes;               /* 16 zero bytes behind */
    bool is_buffer;          /* an editor's: UTF-8, whatever a coding cookie says */
    const FileRules *rules;
    Arena *out;              /* of the findings */
    Arena *file, *scratch;   /* of the module and of its parser; empty. They get budgets for the time of the call */
    uint64_t max_size;       /* bytes; 0: 4 MiB */
    uint64_t max_memory;     /* bytes; 0: 128 MiB + 256 times the size, at most 1 GiB */
    double max_seconds;      /* 0: 10 */
    /* Made: */
    ARRAY(Finding *) findings; /* sorted by place, in `out` */
    uint64_t summary;        /* of the bytes of its Summary */
    bool is_whole;           /* it parses, and all of it was looked at: `summary` is set */
} Look;

void look(Look *look);

#endif
