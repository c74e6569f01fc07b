#include "port/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PADDING = 16, /* zero bytes behind the content */
    FIRST_ROOM = 64 << 10,
};

/* Content when there is none: padded as any other. */
static const char nothing[PADDING + 1];

/* A Str counts in 32 bits. */
#define LARGEST_CONTENT ((uint64_t)UINT32_MAX - FIRST_ROOM)

static ReadStatus status_of_errno(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return READ_MISSING;
    case EACCES:
    case EPERM:
        return READ_DENIED;
    case ELOOP:
        return READ_LINK;
    case EISDIR:
    case ENXIO: /* a socket, or a device without a driver */
    case ENODEV:
        return READ_NOT_REGULAR;
    case EOVERFLOW:
    case EFBIG:
        return READ_TOO_LARGE;
    default:
        return READ_FAILED;
    }
}

/* Up to `room` bytes; 0 at the end, -1 with errno. A descriptor that does not block (a terminal that somebody left so) is
 * waited for. */
static ssize_t read_some(int fd, char *to, size_t room)
{
    for (;;) {
        ssize_t n = read(fd, to, room);
        if (n >= 0)
            return n;
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd input = { .fd = fd, .events = POLLIN };
            poll(&input, 1, -1);
        } else if (errno != EINTR) {
            return -1;
        }
    }
}

/* Reads to the end. `expected` bytes are likely. */
static ReadStatus read_all(Arena *arena, int fd, uint64_t expected, uint64_t max_size, Str *content)
{
    /* One byte more than expected: a read of 0 bytes says that it was all, without growing first. */
    size_t room = (size_t)expected + 1;
    char *bytes = arena_alloc_raw(arena, room + PADDING);
    size_t n = 0;
    for (;;) {
        if (n == room) {
            size_t more = room * 2 < FIRST_ROOM ? FIRST_ROOM : room * 2;
            if (more > max_size + 1)
                more = (size_t)max_size + 1;
            bytes = arena_grow(arena, bytes, room + PADDING, more + PADDING);
            room = more;
        }
        ssize_t got = read_some(fd, bytes + n, room - n);
        if (got < 0)
            return status_of_errno();
        if (got == 0)
            break;
        n += (size_t)got;
        if (n > max_size)
            return READ_TOO_LARGE;
    }
    memset(bytes + n, 0, PADDING);
    *content = (Str){ bytes, (uint32_t)n };
    return READ_OK;
}

static void close_quietly(int fd)
{
    int error = errno;
    close(fd);
    errno = error;
}

/* read_all closes nothing when the arena leaves by its guard, so a guard of our own stands before it. */
static ReadStatus read_all_and_close(Arena *arena, int fd, uint64_t expected, uint64_t max_size, Str *content)
{
    sigjmp_buf *outer = arena->guard;
    sigjmp_buf guard;
    if (outer) {
        if (sigsetjmp(guard, 0)) {
            close(fd);
            arena->guard = outer;
            siglongjmp(*outer, ARENA_SPENT);
        }
        arena->guard = &guard;
    }
    ReadStatus status = read_all(arena, fd, expected, max_size, content);
    arena->guard = outer;
    close_quietly(fd);
    return status;
}

static int open_quietly(const char *path, bool follow)
{
    int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (follow ? 0 : O_NOFOLLOW);
    for (;;) {
        int fd = open(path, flags);
        if (fd >= 0 || errno != EINTR)
            return fd;
    }
}

ReadStatus io_read_file(Arena *arena, const char *path, bool follow, uint64_t max_size, Str *content, uint64_t *size)
{
    *content = (Str){ nothing, 0 };
    *size = 0;
    if (max_size > LARGEST_CONTENT)
        max_size = LARGEST_CONTENT;
    int fd = open_quietly(path, follow);
    if (fd < 0)
        return status_of_errno();

    struct stat info;
    ReadStatus status = READ_OK;
    if (fstat(fd, &info) < 0)
        status = status_of_errno();
    else if (!S_ISREG(info.st_mode))
        status = READ_NOT_REGULAR;
    else if ((uint64_t)info.st_size > max_size)
        status = READ_TOO_LARGE;
    if (status != READ_OK) {
        if (status == READ_TOO_LARGE)
            *size = (uint64_t)info.st_size;
        close_quietly(fd);
        return status;
    }

    status = read_all_and_close(arena, fd, (uint64_t)info.st_size, max_size, content);
    *size = content->n;
    return status;
}

ReadStatus io_read_stream(Arena *arena, int fd, uint64_t max_size, Str *content)
{
    *content = (Str){ nothing, 0 };
    if (max_size > LARGEST_CONTENT)
        max_size = LARGEST_CONTENT;
    return read_all(arena, fd, 0, max_size, content);
}

const char *read_status_text(ReadStatus status)
{
    switch (status) {
    case READ_OK:
        return "read";
    case READ_MISSING:
        return "no such file";
    case READ_DENIED:
        return "permission denied";
    case READ_NOT_REGULAR:
        return "not a regular file";
    case READ_LINK:
        return "symbolic link that is not followed";
    case READ_TOO_LARGE:
        return "file is too large";
    case READ_FAILED:
        return "cannot be read";
    }
    return "cannot be read";
}
