#include <ctype.h>

#include "report/sarif.h"
#include "report/words.h"

Str sarif_level(Severity severity)
{
    static const char *const levels[] = {
        [SEVERITY_INFO] = "note",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_ERROR] = "error",
    };
    return str_of(levels[severity]);
}

void sarif_message(Json *json, const char *key, Str text)
{
    json_key(json, key);
    json_open(json, '{');
    json_pair(json, "text", text);
    json_close(json, '}');
}

/* "blocking-sleep" as "BlockingSleep". */
static Str pascal_case(Arena *arena, const char *name)
{
    char *out = arena_alloc(arena, strlen(name) + 1);
    uint32_t n = 0;
    bool is_first = true;
    for (; *name; name++) {
        if (*name == '-') {
            is_first = true;
            continue;
        }
        out[n++] = is_first ? (char)toupper((unsigned char)*name) : *name;
        is_first = false;
    }
    return (Str){ out, n };
}

/* "sleep stops the loop" as "Sleep stops the loop." */
static Str sentence(Arena *arena, const char *text)
{
    return arena_printf(arena, "%c%s.", toupper((unsigned char)text[0]), text[0] ? text + 1 : "");
}

static Str full_description(Arena *arena, const Rule *rule)
{
    Str text = rule_paragraph(arena, rule);
    if (text.n <= SARIF_FULL_MOST)
        return text.n ? text : sentence(arena, rule->summary ? rule->summary : rule->name);
    uint32_t end = str_find_last(str_slice(text, 0, SARIF_FULL_MOST), ' ');
    return arena_printf(arena, "%.*s ...", (int)end, text.p);
}

/* The first digits of a code say what it is about. */
static const char *family_of(const Rule *rule)
{
    static const char *const families[] = { "input", "blocking", "awaiting", "tasks", "cancellation", "concurrency",
        "resources", "loops", "threads", "testing" };
    char digit = strlen(rule->code) > 2 ? rule->code[2] : '0';
    return families[digit >= '0' && digit <= '9' ? digit - '0' : 0];
}

static void write_properties(Json *json, const Rule *rule)
{
    static const char *const precisions[] = {
        [TIER_ON] = "high",
        [TIER_STRICT] = "medium",
        [TIER_HINT] = "low",
        [TIER_OFF] = "low",
    };
    static const char *const problems[] = {
        [SEVERITY_INFO] = "recommendation",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_ERROR] = "error",
    };
    json_key(json, "properties");
    json_open(json, '{');
    json_key(json, "tags");
    json_open(json, '[');
    json_text(json, STR("async"));
    json_text(json, str_of(family_of(rule)));
    json_close(json, ']');
    json_pair(json, "precision", str_of(precisions[rule->tier]));
    json_pair(json, "problem.severity", str_of(problems[rule->severity]));
    json_close(json, '}');
}

static void write_help(Log *log, const Rule *rule)
{
    Str page = rule_page(&log->scratch, rule);
    if (page.n == 0)
        page = sentence(&log->scratch, rule->summary ? rule->summary : rule->name);
    json_key(&log->json, "help");
    json_open(&log->json, '{');
    json_pair(&log->json, "text", page);
    json_pair(&log->json, "markdown", page);
    json_close(&log->json, '}');
}

static void write_rule(Log *log, const Rule *rule)
{
    Json *json = &log->json;
    Arena *arena = &log->scratch;
    json_line(json);
    json_open(json, '{');
    json_pair(json, "id", str_of(rule->code));
    json_pair(json, "name", pascal_case(arena, rule->name));
    sarif_message(json, "shortDescription", sentence(arena, rule->summary ? rule->summary : rule->name));
    sarif_message(json, "fullDescription", full_description(arena, rule));
    write_help(log, rule);
    if (awry_rules_url[0])
        json_pair(json, "helpUri", arena_printf(arena, "%s/%s", awry_rules_url, rule->name));
    json_key(json, "defaultConfiguration");
    json_open(json, '{');
    json_pair(json, "level", sarif_level(rule->severity));
    json_close(json, '}');
    write_properties(json, rule);
    json_close(json, '}');
}

void sarif_rules(Log *log)
{
    json_key(&log->json, "rules");
    json_open(&log->json, '[');
    for (uint32_t i = 0; i < log->rules.count; i++) {
        write_rule(log, log->rules.items[i]);
        arena_clear(&log->scratch);
    }
    json_close(&log->json, ']');
}

uint32_t sarif_rule_index(const Log *log, const Rule *rule)
{
    uint32_t i = 0;
    while (i < log->rules.count && log->rules.items[i] != rule)
        i++;
    return i;
}
