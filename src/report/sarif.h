/* The parts of a SARIF log. */
#ifndef AWRY_REPORT_SARIF_H
#define AWRY_REPORT_SARIF_H

#include "base/map.h"
#include "report/report.h"
#include "report/write.h"

/* What GitHub's code scanning takes. */
enum {
    SARIF_RESULTS_MOST = 25000,
    SARIF_STEPS_MOST = 1000,
    SARIF_RELATED_MOST = 100,
    SARIF_FULL_MOST = 1000, /* bytes of a rule's full description, of 1,024 */
};

typedef struct Artifact {
    Str shown; /* the path in findings */
    Str uri;
    bool is_relative; /* to SRCROOT */
} Artifact;

typedef struct Log {
    Json json;
    Arena arena;   /* of the report */
    Arena scratch; /* of one result */
    const ReportOptions *options;
    const RunResult *result;
    ARRAY(const Finding *) findings; /* that are written */
    ARRAY(uint64_t) prints;          /* fingerprints of these */
    ARRAY(uint32_t) files;           /* artifacts of these */
    ARRAY(const Rule *) rules;       /* of these, by code */
    ARRAY(Artifact) artifacts;
    Map by_path;       /* artifacts by their path as shown, as their number + 1 */
    uint32_t left_out; /* findings beyond the limit */
} Log;

/* "error", "warning", "note". */
Str sarif_level(Severity severity);

/* The number of a rule in the log. */
uint32_t sarif_rule_index(const Log *log, const Rule *rule);

/* A value `{"text":...}` behind a key. */
void sarif_message(Json *json, const char *key, Str text);

/* tool.driver.rules. */
void sarif_rules(Log *log);

/* The artifact of a path as shown, made when it is new. */
uint32_t sarif_artifact(Log *log, Str shown);

/* "artifactLocation" of an artifact. */
void sarif_artifact_location(Log *log, const char *key, uint32_t artifact);

/* "locations" with the finding's own place. */
void sarif_own_locations(Log *log, const Finding *f, uint32_t artifact);

/* One element of `results`. */
void sarif_result(Log *log, uint32_t number);

#endif
