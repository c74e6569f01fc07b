#include "engine/ignored.h"

#include <unistd.h>

#include "engine/ignore.h"
#include "engine/paths.h"
#include "port/io.h"

enum { IGNORE_FILE_MOST = 1 << 20 /* bytes; a larger one is not read */ };

/* The directory of the repository, without the slash at its end; empty, the topmost one, when there is none. */
static Str repository_of(Arena *arena, Str directory)
{
    for (; directory.n; directory = path_parent(directory)) {
        if (access(arena_printf(arena, "%.*s/.git", STR_ARG(directory)).p, F_OK) == 0)
            break;
    }
    return directory;
}

/* With the patterns of one directory's file in front of those above. */
static const IgnoreList *with_file(Arena *arena, const IgnoreList *above, Str directory, uint32_t base)
{
    Str text;
    uint64_t size;
    if (io_read_file(arena, arena_printf(arena, "%.*s/.gitignore", STR_ARG(directory)).p, true, IGNORE_FILE_MOST, &text, &size) != READ_OK)
        return above;
    IgnoreList *list = ignore_new(arena, above, base);
    ignore_add_file(list, arena, text);
    return list;
}

static bool is_out(const IgnoreList *list, Str path, bool is_directory)
{
    return ignore_verdict(list, path, is_directory) == IGNORE_OUT;
}

bool path_is_ignored(Str directory, Str name)
{
    Arena arena;
    arena_init(&arena);
    uint32_t top = repository_of(&arena, directory).n;
    const IgnoreList *list = NULL;
    for (uint32_t end = top; end <= directory.n; end++) {
        if (end == directory.n || directory.p[end] == '/')
            list = with_file(&arena, list, str_slice(directory, 0, end), end == top ? 0 : end - top);
    }
    Str below = directory.n == top ? STR("") : str_slice(directory, top + 1, directory.n);
    Str path = below.n ? arena_printf(&arena, "%.*s/%.*s", STR_ARG(below), STR_ARG(name)) : name;
    bool is_ignored = !list || (is_out(list, path, true) || is_out(list, arena_printf(&arena, "%.*s.py", STR_ARG(path)), false) ||
                                   is_out(list, arena_printf(&arena, "%.*s/__init__.py", STR_ARG(path)), false));
    arena_release(&arena);
    return is_ignored;
}
