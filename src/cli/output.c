/* realpath is of the X/Open part of POSIX. */
#define _XOPEN_SOURCE 700

#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* 0, or why not everything that was printed arrived. The first error of a stream may be long past and its errno lost:
 * then the descriptor is asked whether its reader is gone. */
static int stream_error(FILE *stream)
{
    errno = 0;
    bool failed = fflush(stream) != 0;
    int why = errno;
    if (!failed && !ferror(stream))
        return 0;
    struct pollfd end = { .fd = fileno(stream), .events = POLLOUT };
    if (poll(&end, 1, 0) > 0 && (end.revents & (POLLERR | POLLHUP)))
        return EPIPE;
    return why ? why : EIO;
}

int output_close_stdout(int code)
{
    int why = stream_error(stdout);
    if (why == 0 || why == EPIPE)
        return code;
    return cli_fail("standard output: %s", strerror(why));
}

/* Held back while a temporary file is there. */
static void block_signals(sigset_t *old)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, old);
}

static void unblock_signals(const Output *output)
{
    sigprocmask(SIG_SETMASK, &output->signals, NULL);
}

static bool fail_open(Output *output, const char *path)
{
    int why = errno;
    unblock_signals(output);
    cli_fail("cannot write %s: %s", path, strerror(why));
    return false;
}

/* A new file beside the target, with the mode of what it replaces. */
static int open_beside(Output *output, Arena *arena, const struct stat *old)
{
    uint32_t slash = str_find_last(output->path, '/');
    Str folder = slash < output->path.n ? str_slice(output->path, 0, slash + 1) : STR("");
    Str name = str_slice(output->path, folder.n, output->path.n);
    for (unsigned i = 0; i < 100; i++) {
        Str path = arena_printf(arena, "%.*s.%.*s.%ld-%u", STR_ARG(folder), STR_ARG(name), (long)getpid(), i);
        int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd < 0 && errno == EEXIST)
            continue;
        if (fd >= 0) {
            output->temporary = path;
            if (old)
                (void)fchmod(fd, old->st_mode & 07777);
        }
        return fd;
    }
    return -1;
}

bool output_open(Output *output, Arena *arena, const char *path)
{
    *output = (Output){ .stream = stdout, .path = str_of(path) };
    if (!path)
        return true;

    block_signals(&output->signals);
    struct stat old;
    bool is_there = stat(path, &old) == 0;
    char *real = is_there ? realpath(path, NULL) : NULL;
    if (real)
        output->path = arena_copy(arena, str_of(real));
    free(real);

    bool is_special = is_there && !S_ISREG(old.st_mode);
    int fd =
        is_special ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY) : open_beside(output, arena, is_there ? &old : NULL);
    if (fd < 0)
        return fail_open(output, path);
    output->stream = fdopen(fd, "w");
    if (!output->stream) {
        if (output->temporary.n)
            unlink(output->temporary.p);
        return fail_open(output, path);
    }
    setvbuf(output->stream, NULL, _IOFBF, 1 << 18);
    return true;
}

/* 0, or why the file did not get into its place. */
static int put_in_place(Output *output)
{
    int why = stream_error(output->stream);
    if (why == 0 && output->temporary.n && fsync(fileno(output->stream)) != 0 && errno != EINVAL)
        why = errno;
    if (fclose(output->stream) != 0 && why == 0)
        why = errno;
    if (why == 0 && output->temporary.n && rename(output->temporary.p, output->path.p) != 0)
        why = errno;
    if (why && output->temporary.n)
        unlink(output->temporary.p);
    return why;
}

/* As if it had never been opened. */
static void output_discard(Output *output)
{
    if (output->path.n == 0)
        return;
    fclose(output->stream);
    if (output->temporary.n)
        unlink(output->temporary.p);
    unblock_signals(output);
}

int output_close(Output *output, int code)
{
    if (output->path.n == 0)
        return code;
    int why = put_in_place(output);
    unblock_signals(output);
    if (why == 0 || (why == EPIPE && output->temporary.n == 0))
        return code;
    return cli_fail("cannot write %.*s: %s", STR_ARG(output->path), strerror(why));
}

/* ---- Several reports of one run ---- */

static void unknown_format(Arena *arena, Str word)
{
    const char *names[32];
    size_t count = 0;
    Str list = { "", 0 };
    for (const Format *format = all_formats; format->name && count < sizeof names / sizeof *names; format++) {
        list = arena_printf(arena, "%.*s%s%s", STR_ARG(list), count ? ", " : "", format->name);
        names[count++] = format->name;
    }
    const char *nearest = str_nearest(word, names, count);
    if (nearest)
        cli_fail("unknown value \"%.*s\" for --output-format; did you mean \"%s\"?", STR_ARG(word), nearest);
    else
        cli_fail("unknown value \"%.*s\" for --output-format; it takes %.*s", STR_ARG(word), STR_ARG(list));
}

bool outputs_add(Outputs *outputs, Arena *arena, const char *word)
{
    Str text = str_of(word);
    uint32_t colon = str_find(text, ':');
    const Format *format = format_find(str_slice(text, 0, colon));
    if (!format) {
        unknown_format(arena, str_slice(text, 0, colon));
        return false;
    }
    const char *path = colon < text.n ? word + colon + 1 : NULL;
    if (path && path[0] == '\0') {
        cli_fail("--output-format %s needs a file behind the colon", word);
        return false;
    }
    *array_push(arena, outputs) = (OutputReport){ .format = format, .path = path };
    return true;
}

/* Where `/dev/stdout` leads to a file, that file must not be replaced under what else is printed into it. */
static bool is_stdout(const char *path)
{
    return !path || strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
}

/* Which report has no file of its own; NULL: none. */
static OutputReport *without_file(const Outputs *outputs)
{
    for (uint32_t i = 0; i < outputs->count; i++) {
        if (!outputs->items[i].path)
            return &outputs->items[i];
    }
    return NULL;
}

static bool go_to_one_place(const OutputReport *a, const OutputReport *b)
{
    if (is_stdout(a->path) || is_stdout(b->path))
        return is_stdout(a->path) && is_stdout(b->path);
    struct stat left, right;
    if (stat(a->path, &left) == 0 && stat(b->path, &right) == 0)
        return S_ISREG(left.st_mode) && left.st_dev == right.st_dev && left.st_ino == right.st_ino;
    return strcmp(a->path, b->path) == 0;
}

bool outputs_settle(Outputs *outputs, Arena *arena, const char *file)
{
    if (outputs->count == 0)
        *array_push(arena, outputs) = (OutputReport){ .format = &all_formats[0] };
    OutputReport *rest = without_file(outputs);
    if (file && !rest) {
        cli_fail("--output-file %s: every format has a file already", file);
        return false;
    }
    if (file)
        rest->path = file;

    for (uint32_t i = 0; i < outputs->count; i++) {
        OutputReport *report = &outputs->items[i];
        for (uint32_t k = 0; k < i; k++) {
            if (go_to_one_place(report, &outputs->items[k])) {
                cli_fail("two reports go to %s", is_stdout(report->path) ? "standard output" : report->path);
                return false;
            }
        }
    }
    for (uint32_t i = 0; i < outputs->count; i++) {
        if (is_stdout(outputs->items[i].path))
            outputs->items[i].path = NULL;
    }
    return true;
}

bool outputs_open(Outputs *outputs, Arena *arena)
{
    for (uint32_t i = 0; i < outputs->count; i++) {
        if (output_open(&outputs->items[i].output, arena, outputs->items[i].path))
            continue;
        while (i-- > 0)
            output_discard(&outputs->items[i].output);
        return false;
    }
    return true;
}

/* From the last to the first: each gives back the signals that it found, and the first one found them all. */
int outputs_close(Outputs *outputs, int code)
{
    for (uint32_t i = outputs->count; i-- > 0;)
        code = output_close(&outputs->items[i].output, code);
    return code;
}
