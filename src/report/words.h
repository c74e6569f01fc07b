/* What reports call things. */
#ifndef AWRY_REPORT_WORDS_H
#define AWRY_REPORT_WORDS_H

#include "finding/finding.h"

extern const char *const severity_words[];   /* "info", "warning", "error" */
extern const char *const confidence_words[]; /* "sure", "likely" */

/* "s" unless there is one. */
const char *plural(uint32_t count);

/* The path that a finding tells, in one line: what its rule says, else the marked texts of its steps up to their
 * arguments with " → " between. Empty when it tells none. In the arena. */
Str chain_text(Arena *arena, const Finding *f);

/* A rule's page as a reader wants it: the marks of its code blocks, which are tests, become the mere code of the rule. In
 * the arena. */
Str rule_page(Arena *arena, const Rule *rule);

/* The first paragraph of a rule's page as one line. In the arena. */
Str rule_paragraph(Arena *arena, const Rule *rule);

#endif
