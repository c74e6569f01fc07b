/* GitLab's code quality report. */
#include <inttypes.h>

#include "finding/fingerprint.h"
#include "report/place.h"
#include "report/words.h"
#include "report/write.h"

static void write_position(Json *json, const char *key, Place place)
{
    json_key(json, key);
    json_open(json, '{');
    json_pair_number(json, "line", place.row ? place.row : 1);
    json_pair_number(json, "column", place.column ? place.column : 1);
    json_close(json, '}');
}

static Str description_of(Arena *arena, const Finding *f)
{
    Str chain = chain_text(arena, f);
    return arena_printf(arena, "%s: %.*s%s%.*s%s%s", f->rule->code, STR_ARG(f->message), chain.n ? " (" : "",
        STR_ARG(chain), chain.n ? ")" : "", f->confidence == CONFIDENCE_LIKELY ? " [likely]" : "");
}

static void write_finding(Json *json, Arena *arena, const Finding *f, Str path, uint64_t fingerprint)
{
    static const char *const severities[] = {
        [SEVERITY_INFO] = "info",
        [SEVERITY_WARNING] = "minor",
        [SEVERITY_ERROR] = "major",
    };
    json_line(json);
    json_open(json, '{');
    json_pair(json, "check_name", str_of(f->rule->name));
    json_pair(json, "description", description_of(arena, f));
    json_pair(json, "severity", str_of(severities[f->severity]));
    json_pair(json, "fingerprint", arena_printf(arena, "%016" PRIx64, fingerprint));
    json_key(json, "location");
    json_open(json, '{');
    json_pair(json, "path", path);
    json_key(json, "positions");
    json_open(json, '{');
    write_position(json, "begin", f->at.start);
    write_position(json, "end", f->at.stop);
    json_close(json, '}');
    json_close(json, '}');
    json_close(json, '}');
}

void report_gitlab(FILE *out, const RunResult *result, const ReportOptions *options)
{
    Arena arena, lasting;
    arena_init(&arena);
    arena_init(&lasting);
    Json json = { .out = out };
    uint32_t count = result->findings.count;
    const Str *paths = place_paths(&lasting, options, result);
    const uint64_t *prints = fingerprint_all(&lasting, result->findings.items, count, paths);
    json_open(&json, '[');
    for (uint32_t i = 0; i < count && !ferror(out); i++) {
        write_finding(&json, &arena, result->findings.items[i], paths[i], prints[i]);
        arena_clear(&arena);
    }
    fputs(count ? "\n]\n" : "]\n", out);
    arena_release(&lasting);
    arena_release(&arena);
}
