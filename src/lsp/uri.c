#include "lsp/uri.h"

#include <strings.h>

#include "report/place.h"

bool uri_has_scheme(Str uri, const char *scheme)
{
    size_t n = strlen(scheme);
    return uri.n > n && uri.p[n] == ':' && strncasecmp(uri.p, scheme, n) == 0;
}

static int digit(char c)
{
    char letter = (char)(c | 0x20);
    if (c >= '0' && c <= '9')
        return c - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* What is percent-encoded decoded; a lone `%` stays. Empty when there is a NUL in it: no file has that name. */
static Str decoded(Arena *arena, Str s)
{
    char *out = arena_alloc(arena, s.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? digit(s.p[i + 1]) : -1;
        int low = high >= 0 ? digit(s.p[i + 2]) : -1;
        out[n] = s.p[i];
        if (low >= 0) {
            out[n] = (char)(high << 4 | low);
            i += 2;
        }
        if (!out[n++])
            return STR("");
    }
    return (Str){ out, n };
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

Str uri_path(Arena *arena, Str uri)
{
    if (!uri_has_scheme(uri, "file"))
        return STR("");
    Str rest = str_slice(uri, (uint32_t)strlen("file:"), uri.n);
    rest = str_slice(rest, 0, str_find(rest, '#'));
    rest = str_slice(rest, 0, str_find(rest, '?'));
    if (str_starts(rest, STR("//"))) {
        Str host = str_slice(rest, 2, 2 + str_find(str_slice(rest, 2, rest.n), '/'));
        if (host.n && !str_is(host, "localhost"))
            return STR("");
        rest = str_slice(rest, 2 + host.n, rest.n);
    }
    Str path = decoded(arena, rest);
    if (!path_is_absolute(path))
        return STR("");
    if (path.n >= 3 && is_letter(path.p[1]) && path.p[2] == ':')
        return arena_copy(arena, str_slice(path, 1, path.n));
    ReportOptions nowhere = { .cwd = { "", 0 }, .root = { "", 0 } };
    return arena_copy(arena, place_path(arena, &nowhere, path));
}

Str uri_of(Arena *arena, Str cwd, Str path)
{
    if (!path_is_absolute(path) && cwd.n)
        path = arena_printf(arena, "%.*s/%.*s", STR_ARG(cwd), STR_ARG(path));
    return place_uri(arena, path);
}
