#include "report/place.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Folders ---- */

Str report_cwd(Arena *arena)
{
    char folder[PATH_MAX];
    return getcwd(folder, sizeof folder) ? arena_copy(arena, str_of(folder)) : STR("");
}

static bool has_git(Arena *arena, Str folder)
{
    struct stat found;
    return lstat(arena_printf(arena, "%.*s/.git", STR_ARG(folder)).p, &found) == 0;
}

Str report_root(Arena *arena, Str cwd)
{
    for (Str folder = cwd; folder.n; folder = str_slice(folder, 0, str_find_last(folder, '/'))) {
        if (has_git(arena, folder))
            return folder;
        if (str_find_last(folder, '/') == folder.n)
            break;
    }
    return cwd;
}

/* ---- Paths ---- */

/* Whether the `n` bytes of a path that were written end with a segment that `..` takes back. */
static bool has_segment(const char *path, uint32_t n, uint32_t *begin)
{
    Str written = { path, n };
    uint32_t slash = str_find_last(written, '/');
    *begin = slash < n ? slash + 1 : 0;
    Str last = str_slice(written, *begin, n);
    return last.n && !str_is(last, "..");
}

/* `path` without empty segments, `.`, and `..` where there is something to take back. */
static Str normalised(Arena *arena, Str path)
{
    char *out = arena_alloc(arena, path.n + 1);
    uint32_t root = path_is_absolute(path);
    uint32_t n = root;
    out[0] = '/';
    for (uint32_t at = 0; at < path.n;) {
        Str segment = str_slice(path, at, at + str_find(str_slice(path, at, path.n), '/'));
        at += segment.n + 1;
        if (segment.n == 0 || str_is(segment, "."))
            continue;
        uint32_t begin;
        if (str_is(segment, "..") && has_segment(out, n, &begin)) {
            n = begin > root ? begin - 1 : root;
            continue;
        }
        if (str_is(segment, "..") && root)
            continue;
        if (n > root)
            out[n++] = '/';
        memcpy(out + n, segment.p, segment.n);
        n += segment.n;
    }
    return n ? (Str){ out, n } : STR(".");
}

/* `path` relative to `folder`; itself when it is not below. */
static Str below(Str folder, Str path)
{
    if (folder.n == 1 && path.n > 1)
        return str_slice(path, 1, path.n);
    bool is_below = folder.n && str_starts(path, folder) && path.n > folder.n + 1 && path.p[folder.n] == '/';
    return is_below ? str_slice(path, folder.n + 1, path.n) : path;
}

Str place_path(Arena *arena, const ReportOptions *options, Str path)
{
    if (str_is(path, "<stdin>"))
        return path;
    if (!path_is_absolute(path) && options->cwd.n)
        path = arena_printf(arena, "%.*s/%.*s", STR_ARG(options->cwd), STR_ARG(path));
    path = normalised(arena, path);
    Str root = options->root.n ? options->root : options->cwd;
    return path_is_absolute(path) ? below(root, path) : path;
}

Str *place_paths(Arena *arena, const ReportOptions *options, const RunResult *result)
{
    Str *paths = arena_array(arena, Str, result->findings.count);
    for (uint32_t i = 0; i < result->findings.count; i++) {
        Str path = result->findings.items[i]->path;
        bool is_same = i && str_equal(path, result->findings.items[i - 1]->path);
        paths[i] = is_same ? paths[i - 1] : place_path(arena, options, path);
    }
    return paths;
}

/* ---- URIs ---- */

static bool may_stand(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c && strchr("-._~/", c));
}

Str place_uri(Arena *arena, Str path)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char scheme[] = "file://";
    char *uri = arena_alloc(arena, strlen(scheme) + 3 * (size_t)path.n + 1);
    uint32_t n = 0;
    if (path_is_absolute(path)) {
        memcpy(uri, scheme, strlen(scheme));
        n = (uint32_t)strlen(scheme);
    }
    for (uint32_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (may_stand(c)) {
            uri[n++] = (char)c;
            continue;
        }
        uri[n++] = '%';
        uri[n++] = digits[c >> 4];
        uri[n++] = digits[c & 15];
    }
    return (Str){ uri, n };
}
