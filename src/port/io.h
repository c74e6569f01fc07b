/* Files, read safely: what is opened is a regular file, is never executed, and does not block. */
#ifndef AWRY_PORT_IO_H
#define AWRY_PORT_IO_H

#include <stdbool.h>

#include "base/arena.h"

typedef enum ReadStatus {
    READ_OK,
    READ_MISSING,     /* no such file */
    READ_DENIED,      /* permission */
    READ_NOT_REGULAR, /* directory, FIFO, socket, device */
    READ_LINK,        /* a symbolic link that was not to be followed (loop, or O_NOFOLLOW) */
    READ_TOO_LARGE,   /* more than max_size bytes; *size says how many when the system knows */
    READ_FAILED,      /* any other error of the system; errno is kept */
} ReadStatus;

/* Reads the whole file into a private buffer in the arena (never mmap: a truncated mapping kills the process). Opened
 * with O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, and O_NOFOLLOW unless `follow`; fstat must say regular file; a file
 * that grows while it is read is read up to max_size. EINTR is retried. 16 zero bytes stand behind the content, outside
 * *content. `path` is NUL-terminated. On another status than READ_OK *content is empty. */
ReadStatus io_read_file(Arena *arena, const char *path, bool follow, uint64_t max_size, Str *content, uint64_t *size);

/* The same from a file descriptor that is not a regular file (standard input): up to max_size bytes. */
ReadStatus io_read_stream(Arena *arena, int fd, uint64_t max_size, Str *content);

/* Why, in words for a message: "permission denied". Constant. */
const char *read_status_text(ReadStatus status);

#endif
