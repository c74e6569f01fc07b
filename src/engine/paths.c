#define _DEFAULT_SOURCE /* realpath, which the C library does not count to POSIX */
#include "engine/paths.h"

#include <unistd.h>

#include <stdlib.h>

Str path_join(Arena *arena, Str directory, Str name)
{
    char *path = arena_alloc_raw(arena, (size_t)directory.n + name.n + 1);
    memcpy(path, directory.p, directory.n);
    memcpy(path + directory.n, name.p, name.n);
    path[directory.n + name.n] = '\0';
    return (Str){ path, directory.n + name.n };
}

Str path_clean(Arena *arena, Str path)
{
    char *out = arena_alloc(arena, (size_t)path.n + 2);
    uint32_t n = 0;
    if (path.n && path.p[0] == '/')
        out[n++] = '/';
    while (path.n) {
        uint32_t slash = str_find(path, '/');
        Str part = str_slice(path, 0, slash);
        path = str_slice(path, slash < path.n ? slash + 1 : slash, path.n);
        if (!part.n || str_is(part, "."))
            continue;
        if (n && out[n - 1] != '/')
            out[n++] = '/';
        memcpy(out + n, part.p, part.n);
        n += part.n;
    }
    if (!n)
        out[n++] = '.';
    return (Str){ out, n };
}

Str path_real(Arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    if (!real)
        return (Str){ NULL, 0 };
    Str copy = arena_copy(arena, strcmp(real, "/") == 0 ? STR("") : str_of(real));
    free(real);
    return copy;
}

bool path_is_below(Str path, Str directory)
{
    return str_starts(path, directory) && (path.n == directory.n || path.p[directory.n] == '/');
}

Str path_below(Str path, Str directory)
{
    return path.n == directory.n ? STR("") : str_slice(path, directory.n + 1, path.n);
}

Str path_parent(Str path)
{
    uint32_t slash = str_find_last(path, '/');
    return str_slice(path, 0, slash < path.n ? slash : 0);
}

Str path_last(Str path)
{
    uint32_t slash = str_find_last(path, '/');
    return str_slice(path, slash < path.n ? slash + 1 : 0, path.n);
}

bool path_has_dots(Str path)
{
    return str_is(path, "..") || str_starts(path, STR("../")) || str_ends(path, STR("/..")) || strstr(path.p, "/../");
}

Str working_directory(Arena *arena)
{
    enum { LONGEST = 4096 };
    char *room = arena_alloc(arena, LONGEST);
    return getcwd(room, LONGEST) ? str_of(room) : STR("");
}

Str path_key(Arena *arena, Str path, Str root, Str cwd)
{
    bool is_absolute = path.n && path.p[0] == '/';
    Str whole = is_absolute ? path : arena_printf(arena, "%.*s/%.*s", STR_ARG(cwd), STR_ARG(path));
    return root.n && path_is_below(whole, root) ? path_below(whole, root) : whole;
}
