#include "engine/requirements.h"

#include <stdlib.h>
#include <string.h>

#include "port/io.h"

enum { FILE_MOST = 1 << 20 /* bytes */ };

static const char *const file_names[] = { "requirements.txt", "requirements/base.txt", "requirements/common.txt", "constraints.txt", "setup.py",
    "setup.cfg", "pyproject.toml", "Pipfile", "buildout.cfg" };

static bool is_one_of(char byte, const char *bytes)
{
    return byte && strchr(bytes, byte);
}

static bool is_of_name(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_one_of(byte, "_-.");
}

/* Names of distributions: case does not matter, nor which of `-`, `_` and `.` stands there (PEP 503). */
static char plain(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte == '_' || byte == '.' ? '-' : byte;
}

static bool is_named(Str text, uint32_t at, const char *library)
{
    for (; *library && at < text.n && plain(text.p[at]) == plain(*library); library++)
        at++;
    return !*library && (at == text.n || !is_of_name(text.p[at]));
}

static uint32_t skip(Str text, uint32_t at, const char *bytes)
{
    while (at < text.n && is_one_of(text.p[at], bytes))
        at++;
    return at;
}

/* One clause, `>=2.0`, behind its sign. */
static Demand clause_demands(Str sign, Str version, unsigned major)
{
    char *end;
    unsigned long first = strtoul(version.p, &end, 10); /* ends at the end of the line at the latest: texts end with NUL */
    if (end == version.p)
        return DEMAND_NONE;
    bool is_bound = sign.n && sign.p[0] == '<';
    if (is_bound)
        return first < major || (first == major && sign.n == 1) ? DEMAND_OLDER : DEMAND_NONE;
    if (first >= major)
        return DEMAND_NEWER;
    return sign.n && sign.p[0] == '>' ? DEMAND_NONE : DEMAND_OLDER;
}

/* The clauses from `at` on, separated by commas; signs may follow a version without one. */
static Demand clauses_demand(Str text, uint32_t at, unsigned major)
{
    Demand demand = DEMAND_NONE;
    while (at < text.n) {
        uint32_t begin = skip(text, at, " \t,");
        uint32_t version = skip(text, begin, "<>=~^!");
        Str sign = str_slice(text, begin, version);
        version = skip(text, version, " \t\"'");
        if (version == text.n || text.p[version] < '0' || text.p[version] > '9')
            return demand;
        Demand one = sign.n && sign.p[0] == '!' ? DEMAND_NONE : clause_demands(sign, str_slice(text, version, text.n), major);
        demand = one > demand ? one : demand;
        for (at = version; at < text.n && !is_one_of(text.p[at], "\"'\n\r;#,<>=~^! \t)"); at++)
            ;
    }
    return demand;
}

/* Behind the name: `[speedups]`, quotes and the `=` of an assignment; whether a version may stand there at all. */
static bool leads_to_version(Str text, uint32_t *at)
{
    uint32_t i = *at;
    if (i < text.n && text.p[i] == '[')
        i += str_find(str_slice(text, i, text.n), ']') + 1;
    i = skip(text, i < text.n ? i : text.n, " \t(\"'");
    bool is_assigned = i + 1 < text.n && text.p[i] == '=' && text.p[i + 1] != '=';
    i = is_assigned ? skip(text, i + 1, " \t\"'") : i;
    *at = i;
    return i < text.n && (is_assigned || is_one_of(text.p[i], "<>=~^!"));
}

Demand requirement_in(Str text, const char *library, unsigned major)
{
    Demand demand = DEMAND_NONE;
    uint32_t length = (uint32_t)strlen(library);
    for (uint32_t at = 0; at + length <= text.n; at++) {
        uint32_t end = at + length;
        bool is_begun = plain(text.p[at]) == library[0] && (at == 0 || !is_of_name(text.p[at - 1]));
        if (!is_begun || !is_named(text, at, library) || !leads_to_version(text, &end))
            continue;
        Demand one = clauses_demand(text, end, major);
        demand = one > demand ? one : demand;
    }
    return demand;
}

void requirements_of(Arena *arena, Str directory, Demand demands[LIBRARY_MAJORS])
{
    for (uint32_t i = 0; i < LIBRARY_MAJORS; i++)
        demands[i] = DEMAND_NONE;
    for (size_t file = 0; file < sizeof file_names / sizeof file_names[0]; file++) {
        Str text;
        uint64_t size;
        Str path = arena_printf(arena, "%.*s/%s", STR_ARG(directory), file_names[file]);
        if (io_read_file(arena, path.p, true, FILE_MOST, &text, &size) != READ_OK)
            continue;
        for (uint32_t i = 0; i < LIBRARY_MAJORS; i++) {
            Demand one = requirement_in(text, library_majors[i].name, library_majors[i].major);
            demands[i] = one > demands[i] ? one : demands[i];
        }
    }
}
