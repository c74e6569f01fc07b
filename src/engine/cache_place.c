#include "engine/cache_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/cache_internal.h"

static const char default_directory[] = ".awry_cache";
static const char tag_name[] = "CACHEDIR.TAG", ignore_name[] = ".gitignore";
static const char tag_text[] = "Signature: 8a477f597d28d172789f06886806bc55\n"
                               "# This file is a cache directory tag created by awry.\n"
                               "# For information about cache directory tags see https://bford.info/cachedir/\n";
static const char ignore_text[] = "*\n";

bool cache_directory_stays(Str directory)
{
    if (!directory.n || directory.p[0] == '/' || memchr(directory.p, '\0', directory.n))
        return false;
    bool is_named = false;
    for (uint32_t at = 0; at < directory.n;) {
        Str rest = str_slice(directory, at, directory.n);
        Str part = str_slice(rest, 0, str_find(rest, '/'));
        if (str_is(part, ".."))
            return false;
        is_named |= part.n && !str_is(part, ".");
        at += part.n + 1;
    }
    return is_named;
}

CachePlace cache_place(Arena *arena, const CacheWishes *wishes)
{
    CachePlace place = { STR(""), STR("") };
    const char *chosen = wishes->option ? wishes->option : wishes->variable;
    if (wishes->is_off)
        return place;
    if (chosen && chosen[0]) {
        place.directory = arena_copy(arena, str_of(chosen));
    } else if (wishes->root.n) {
        Str configured = str_of(wishes->configured);
        place.root = arena_copy(arena, wishes->root);
        place.directory = arena_copy(arena, cache_directory_stays(configured) ? configured : str_of(default_directory));
    }
    return place;
}

/* ---- Opening ---- */

enum {
    DIRECTORY = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK,
    PART_MOST = 256, /* bytes of a name, its end included */
};

static void close_quietly(int fd)
{
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
}

/* The directory `name` in the one that `fd` is, which is closed. */
static int enter(int fd, Str name, int flags, bool is_made)
{
    char part[PART_MOST];
    int inner = -1;
    errno = ENAMETOOLONG;
    if (name.n < sizeof part) {
        memcpy(part, name.p, name.n);
        part[name.n] = '\0';
        if (!is_made || mkdirat(fd, part, 0777) == 0 || errno == EEXIST)
            inner = openat(fd, part, DIRECTORY | flags);
    }
    close_quietly(fd);
    return inner;
}

/* The directory, or (`is_parent`) the one that it is in; its last component is in *name. What is below a project's root may
 * have come with the project: no link is followed there. */
static int open_directory(const CachePlace *place, bool is_made, bool is_parent, Str *name)
{
    bool is_absolute = place->directory.p[0] == '/';
    int flags = place->root.n ? O_NOFOLLOW : 0;
    int fd = open(place->root.n ? place->root.p : is_absolute ? "/" : ".", DIRECTORY);
    *name = STR("");
    for (uint32_t at = 0; fd >= 0 && at < place->directory.n;) {
        Str rest = str_slice(place->directory, at, place->directory.n);
        Str component = str_slice(rest, 0, str_find(rest, '/'));
        at += component.n + 1;
        if (!component.n || str_is(component, "."))
            continue;
        Str next = is_parent ? *name : component;
        *name = component;
        if (next.n)
            fd = enter(fd, next, flags, is_made);
    }
    return fd;
}

/* ---- What is in there ---- */

/* Up to `room` bytes of a file that must be a regular one; -1 when it is not there. */
static ssize_t read_small(int directory, const char *name, char *to, size_t room)
{
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat info;
    ssize_t n = -1;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        n = read(fd, to, room);
    close_quietly(fd);
    return n;
}

static bool holds(int directory, const char *name, const char *text)
{
    char content[sizeof tag_text + 1];
    ssize_t n = read_small(directory, name, content, sizeof content);
    return n >= 0 && (size_t)n == strlen(text) && memcmp(content, text, (size_t)n) == 0;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_empty(int directory)
{
    int fd = openat(directory, ".", DIRECTORY);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    if (!list) {
        close_quietly(fd);
        return false;
    }
    bool found = false;
    for (struct dirent *entry; !found && (entry = readdir(list));)
        found = !is_dots(entry->d_name);
    closedir(list);
    return !found;
}

static void write_small(int directory, const char *name, const char *text)
{
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return;
    bool is_written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    if (!is_written)
        unlinkat(directory, name, 0);
}

/* A directory that holds something else is somebody's: the mark, and above all `*` in .gitignore, would be wrong in it. */
int cache_place_open(const CachePlace *place, bool is_made)
{
    Str name;
    if (!place->directory.n) {
        errno = ENOENT;
        return -1;
    }
    int fd = open_directory(place, is_made, false, &name);
    if (fd >= 0 && is_made && is_empty(fd)) {
        write_small(fd, tag_name, tag_text);
        write_small(fd, ignore_name, ignore_text);
    }
    return fd;
}

void cache_place_sweep(int directory, int64_t before_ns)
{
    int fd = openat(directory, ".", DIRECTORY);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    if (!list) {
        close_quietly(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(list));) {
        struct stat info;
        if (!str_starts(str_of(entry->d_name), str_of(cache_temporary)))
            continue;
        if (fstatat(directory, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode))
            continue;
        if ((int64_t)info.st_mtim.tv_sec < before_ns / 1000000000)
            unlinkat(directory, entry->d_name, 0);
    }
    closedir(list);
}

/* The directory itself, when nothing is left in it. */
static void remove_directory(const CachePlace *place)
{
    char part[PART_MOST];
    Str name;
    int fd = open_directory(place, false, true, &name);
    if (fd >= 0 && name.n && name.n < sizeof part) {
        memcpy(part, name.p, name.n);
        part[name.n] = '\0';
        unlinkat(fd, part, AT_REMOVEDIR);
    }
    close_quietly(fd);
}

bool cache_place_clean(const CachePlace *place)
{
    int fd = cache_place_open(place, false);
    if (fd < 0)
        return false;
    if (!holds(fd, tag_name, tag_text)) {
        close(fd);
        errno = EINVAL;
        return false;
    }
    bool is_done = unlinkat(fd, cache_name, 0) == 0 || errno == ENOENT;
    if (is_done) {
        cache_place_sweep(fd, INT64_MAX);
        if (holds(fd, ignore_name, ignore_text))
            unlinkat(fd, ignore_name, 0);
        unlinkat(fd, tag_name, 0);
        remove_directory(place);
    }
    close_quietly(fd);
    return is_done;
}
