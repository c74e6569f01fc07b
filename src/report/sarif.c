/* SARIF 2.1.0, written as it goes: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
#include "report/sarif.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "finding/fingerprint.h"
#include "report/place.h"
#include "report/words.h"

/* ---- What is written ---- */

/* How many findings of each severity may be written, the most severe ones first. */
static void share_out(const RunResult *result, uint32_t room[3])
{
    uint32_t counts[3] = { 0 };
    for (uint32_t i = 0; i < result->findings.count; i++)
        counts[result->findings.items[i]->severity]++;
    uint32_t left = SARIF_RESULTS_MOST;
    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--) {
        room[severity] = counts[severity] < left ? counts[severity] : left;
        left -= room[severity];
    }
}

uint32_t sarif_artifact(Log *log, Str shown)
{
    void **known = map_at(&log->by_path, shown);
    if (*known)
        return (uint32_t)((uintptr_t)*known - 1);
    Str path = place_path(&log->arena, log->options, shown);
    *array_push(&log->arena, &log->artifacts) = (Artifact){
        .shown = shown,
        .uri = place_uri(&log->arena, path),
        .is_relative = !path_is_absolute(path),
    };
    *known = (void *)(uintptr_t)log->artifacts.count;
    return log->artifacts.count - 1;
}

static void add_rule(Log *log, const Rule *rule)
{
    if (sarif_rule_index(log, rule) == log->rules.count)
        *array_push(&log->arena, &log->rules) = rule;
}

static void add_finding(Log *log, const Finding *f, uint64_t print)
{
    *array_push(&log->arena, &log->findings) = f;
    *array_push(&log->arena, &log->prints) = print;
    *array_push(&log->arena, &log->files) = sarif_artifact(log, f->path);
    add_rule(log, f->rule);
}

/* The list of artifacts is written before the results: those of secondary places have to be in it. */
static void add_other_files(Log *log)
{
    for (uint32_t i = 0; i < log->findings.count; i++) {
        const Finding *f = log->findings.items[i];
        for (uint32_t k = 0; k < f->also.count; k++) {
            if (f->also.items[k].path.n)
                sarif_artifact(log, f->also.items[k].path);
        }
    }
}

static int compare_rules(const void *a, const void *b)
{
    const Rule *left = *(const Rule *const *)a, *right = *(const Rule *const *)b;
    return strcmp(left->code, right->code);
}

static void collect(Log *log)
{
    const RunResult *result = log->result;
    uint32_t room[3];
    share_out(result, room);
    const Str *paths = place_paths(&log->arena, log->options, result);
    const uint64_t *prints = fingerprint_all(&log->arena, result->findings.items, result->findings.count, paths);
    for (uint32_t i = 0; i < result->findings.count; i++) {
        const Finding *f = result->findings.items[i];
        if (room[f->severity] == 0)
            continue;
        room[f->severity]--;
        add_finding(log, f, prints[i]);
    }
    log->left_out = result->findings.count - log->findings.count;
    add_other_files(log);
    if (log->rules.count > 1)
        qsort(log->rules.items, log->rules.count, sizeof *log->rules.items, compare_rules);
}

/* ---- The run ---- */

/* Validators want an address. Where there is none on the web, the package's own identifier is one (a package URL). */
static Str information_uri(Log *log)
{
    const char *version = log->options->version;
    if (awry_rules_url[0])
        return str_of(awry_rules_url);
    return arena_printf(&log->arena, "pkg:generic/awry%s%s", version ? "@" : "", version ? version : "");
}

static void write_driver(Log *log)
{
    Json *json = &log->json;
    const char *version = log->options->version;
    json_key(json, "tool");
    json_open(json, '{');
    json_key(json, "driver");
    json_open(json, '{');
    json_pair(json, "name", STR("awry"));
    json_pair(json, "fullName", version ? arena_printf(&log->arena, "awry %s", version) : STR("awry"));
    if (version) {
        json_pair(json, "version", str_of(version));
        json_pair(json, "semanticVersion", str_of(version));
    }
    json_pair(json, "informationUri", information_uri(log));
    sarif_rules(log);
    json_close(json, '}');
    json_close(json, '}');
}

/* AW001 to AW004: not all of the file could be analysed. */
static bool is_about_analysis(const Rule *rule)
{
    return strncmp(rule->code, "AW00", 4) == 0 && rule->code[4] >= '1' && rule->code[4] <= '4';
}

static void write_notification(Log *log, uint32_t number)
{
    const Finding *f = log->findings.items[number];
    Json *json = &log->json;
    json_line(json);
    json_open(json, '{');
    json_key(json, "associatedRule");
    json_open(json, '{');
    json_pair(json, "id", str_of(f->rule->code));
    json_pair_number(json, "index", sarif_rule_index(log, f->rule));
    json_close(json, '}');
    json_pair(json, "level", sarif_level(f->severity));
    sarif_message(json, "message", arena_printf(&log->scratch, "%.*s.", STR_ARG(f->message)));
    sarif_own_locations(log, f, log->files.items[number]);
    json_close(json, '}');
    arena_clear(&log->scratch);
}

static void write_left_out(Log *log)
{
    Json *json = &log->json;
    json_line(json);
    json_open(json, '{');
    json_pair(json, "level", STR("warning"));
    sarif_message(json, "message",
        arena_printf(&log->arena, "%u of %u findings are left out, the least severe ones: a log may hold %d.",
            log->left_out, log->result->findings.count, (int)SARIF_RESULTS_MOST));
    json_close(json, '}');
}

static void write_withheld(Log *log)
{
    const RunResult *result = log->result;
    Json *json = &log->json;
    json_line(json);
    json_open(json, '{');
    json_pair(json, "level", STR("note"));
    sarif_message(json, "message",
        arena_printf(&log->arena, "Held back: %u of the findings, which are in code that cannot be compiled or imported (in %u file%s).",
            result->withheld, result->files_withheld, result->files_withheld == 1 ? "" : "s"));
    json_close(json, '}');
}

static void write_invocation(Log *log)
{
    enum { UNABLE = 2 };
    Json *json = &log->json;
    bool is_successful = log->options->exit_code < UNABLE;
    json_key(json, "invocations");
    json_open(json, '[');
    json_open(json, '{');
    json_key(json, "executionSuccessful");
    json_word(json, is_successful ? "true" : "false");
    json_pair_number(json, "exitCode", (uint64_t)log->options->exit_code);
    json_key(json, "toolExecutionNotifications");
    json_open(json, '[');
    if (log->left_out)
        write_left_out(log);
    if (log->result->withheld)
        write_withheld(log);
    for (uint32_t i = 0; i < log->findings.count; i++) {
        if (is_about_analysis(log->findings.items[i]->rule))
            write_notification(log, i);
    }
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, ']');
}

static void write_root(Log *log)
{
    Json *json = &log->json;
    Str root = log->options->root.n ? log->options->root : log->options->cwd;
    json_key(json, "originalUriBaseIds");
    json_open(json, '{');
    json_key(json, "SRCROOT");
    json_open(json, '{');
    if (path_is_absolute(root)) {
        bool has_slash = root.p[root.n - 1] == '/';
        Str uri = place_uri(&log->arena, root);
        json_pair(json, "uri", arena_printf(&log->arena, "%.*s%s", STR_ARG(uri), has_slash ? "" : "/"));
    }
    sarif_message(json, "description", STR("The root of the checked project."));
    json_close(json, '}');
    json_close(json, '}');
}

/* The length is the file's of now; standard input has none. */
static void write_artifact(Log *log, uint32_t number)
{
    Json *json = &log->json;
    struct stat file;
    Str path = arena_copy(&log->scratch, log->artifacts.items[number].shown);
    json_line(json);
    json_open(json, '{');
    sarif_artifact_location(log, "location", number);
    if (stat(path.p, &file) == 0 && S_ISREG(file.st_mode))
        json_pair_number(json, "length", (uint64_t)file.st_size);
    json_pair(json, "sourceLanguage", STR("python"));
    json_close(json, '}');
    arena_clear(&log->scratch);
}

static void write_artifacts(Log *log)
{
    json_key(&log->json, "artifacts");
    json_open(&log->json, '[');
    for (uint32_t i = 0; i < log->artifacts.count; i++)
        write_artifact(log, i);
    json_close(&log->json, ']');
}

static void write_results(Log *log)
{
    json_key(&log->json, "results");
    json_open(&log->json, '[');
    for (uint32_t i = 0; i < log->findings.count && !ferror(log->json.out); i++) {
        sarif_result(log, i);
        arena_clear(&log->scratch);
    }
    json_close(&log->json, ']');
}

static void write_run(Log *log)
{
    Json *json = &log->json;
    json_open(json, '{');
    write_driver(log);
    write_invocation(log);
    json_key(json, "automationDetails");
    json_open(json, '{');
    json_pair(json, "id", STR("awry/"));
    json_close(json, '}');
    write_root(log);
    json_pair(json, "columnKind", STR("unicodeCodePoints"));
    write_artifacts(log);
    write_results(log);
    json_close(json, '}');
}

void report_sarif(FILE *out, const RunResult *result, const ReportOptions *options)
{
    Log *log = &(Log){ .json = { .out = out }, .options = options, .result = result };
    arena_init(&log->arena);
    arena_init(&log->scratch);
    map_init(&log->by_path, &log->arena);
    collect(log);
    json_open(&log->json, '{');
    json_pair(&log->json, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
    json_pair(&log->json, "version", STR("2.1.0"));
    json_key(&log->json, "runs");
    json_open(&log->json, '[');
    write_run(log);
    json_close(&log->json, ']');
    json_close(&log->json, '}');
    fputc('\n', out);
    arena_release(&log->scratch);
    arena_release(&log->arena);
}
