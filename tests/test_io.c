#include "port/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Each test runs in a folder of its own, which is the working directory. */
typedef struct Place {
    Arena arena;
    char folder[64];
    int before; /* the working directory to go back to */
} Place;

static int place_new(void **state)
{
    Place *place = calloc(1, sizeof *place);
    if (!place)
        return -1;
    arena_init(&place->arena);
    strcpy(place->folder, "/tmp/awry_test_io_XXXXXX");
    place->before = open(".", O_RDONLY);
    *state = place;
    return place->before >= 0 && mkdtemp(place->folder) && chdir(place->folder) == 0 ? 0 : -1;
}

static int place_free(void **state)
{
    Place *place = *state;
    static const char *const names[] = { "file", "link", "loop", "fifo", "socket", "big" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(names[i]);
    int failed = fchdir(place->before) | rmdir(place->folder);
    close(place->before);
    arena_release(&place->arena);
    free(place);
    return failed;
}

static void write_file(const char *path, Str content)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(content.p, 1, content.n, out), content.n);
    assert_int_equal(fclose(out), 0);
}

static void assert_padded(Str content)
{
    for (int i = 0; i < 16; i++)
        assert_int_equal(content.p[content.n + i], 0);
}

static int open_files(void)
{
    int next = dup(0);
    close(next);
    return next;
}

/* Reads `path`; whatever the outcome, no descriptor stays open and content is padded. */
static ReadStatus read_it(Place *place, const char *path, bool follow, uint64_t max_size, Str *content, uint64_t *size)
{
    int before = open_files();
    ReadStatus status = io_read_file(&place->arena, path, follow, max_size, content, size);
    assert_int_equal(open_files(), before);
    assert_padded(*content);
    if (status != READ_OK)
        assert_int_equal(content->n, 0);
    return status;
}

static void reads_a_file(void **state)
{
    Str content;
    uint64_t size;
    write_file("file", STR("a\0b\n"));
    assert_int_equal(read_it(*state, "file", false, 100, &content, &size), READ_OK);
    assert_true(str_equal(content, STR("a\0b\n")));
    assert_int_equal(size, 4);
    write_file("file", STR(""));
    assert_int_equal(read_it(*state, "file", false, 0, &content, &size), READ_OK);
    assert_int_equal(content.n, 0);
}

static void obeys_the_limit(void **state)
{
    Str content;
    uint64_t size;
    write_file("file", STR("12345"));
    assert_int_equal(read_it(*state, "file", false, 5, &content, &size), READ_OK);
    assert_int_equal(content.n, 5);
    assert_int_equal(read_it(*state, "file", false, 4, &content, &size), READ_TOO_LARGE);
    assert_int_equal(size, 5);

    /* A sparse file of 1 TiB is refused by its size, not by reading it. */
    int fd = open("big", O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    int grown = ftruncate(fd, (off_t)1 << 40);
    close(fd);
    if (grown == 0) {
        assert_int_equal(read_it(*state, "big", false, UINT64_MAX, &content, &size), READ_TOO_LARGE);
        assert_true(size == (uint64_t)1 << 40);
    }
}

/* Files of /proc say that they are empty. */
static void reads_more_than_the_size_says(void **state)
{
    Str content;
    uint64_t size;
    if (access("/proc/self/maps", R_OK) != 0)
        skip();
    assert_int_equal(read_it(*state, "/proc/self/maps", true, 1 << 24, &content, &size), READ_OK);
    assert_true(content.n > 100);
    assert_int_equal(size, content.n);
    assert_int_equal(read_it(*state, "/proc/self/maps", true, 100, &content, &size), READ_TOO_LARGE);
}

static void tells_what_is_wrong(void **state)
{
    Str content;
    uint64_t size;
    assert_int_equal(read_it(*state, "none", true, 100, &content, &size), READ_MISSING);
    write_file("file", STR("x"));
    assert_int_equal(read_it(*state, "file/x", true, 100, &content, &size), READ_MISSING);
    assert_int_equal(read_it(*state, ".", true, 100, &content, &size), READ_NOT_REGULAR);
    assert_int_equal(read_it(*state, "/dev/zero", true, 100, &content, &size), READ_NOT_REGULAR);
    assert_int_equal(chmod("file", 0), 0);
    if (geteuid() != 0) /* root may read anything */
        assert_int_equal(read_it(*state, "file", true, 100, &content, &size), READ_DENIED);

    char name[5000];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    errno = 0;
    assert_int_equal(read_it(*state, name, true, 100, &content, &size), READ_FAILED);
    assert_int_equal(errno, ENAMETOOLONG);
}

/* Nobody writes to the FIFO: a blocking open would wait for ever. */
static void does_not_wait_for_special_files(void **state)
{
    Str content;
    uint64_t size;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(read_it(*state, "fifo", true, 100, &content, &size), READ_NOT_REGULAR);

    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(read_it(*state, "socket", true, 100, &content, &size), READ_NOT_REGULAR);
    close(fd);
}

static void follows_links_when_told(void **state)
{
    Str content;
    uint64_t size;
    write_file("file", STR("x"));
    assert_int_equal(symlink("file", "link"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(read_it(*state, "link", false, 100, &content, &size), READ_LINK);
    assert_int_equal(read_it(*state, "link", true, 100, &content, &size), READ_OK);
    assert_int_equal(read_it(*state, "loop", true, 100, &content, &size), READ_LINK);
    assert_int_equal(read_it(*state, "loop", false, 100, &content, &size), READ_LINK);
}

/* When the budget is spent half-way the file is closed and the caller's guard is met, and stands as before. */
static void closes_when_the_budget_is_spent(void **state)
{
    Place *place = *state;
    int fd = open("big", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(fd, 200000), 0);
    close(fd);

    sigjmp_buf guard;
    Str content;
    uint64_t size;
    int before = open_files();
    arena_guard(&place->arena, 100000, &guard);
    if (sigsetjmp(guard, 0) == 0) {
        io_read_file(&place->arena, "big", true, 1 << 20, &content, &size);
        fail_msg("200000 bytes do not fit into 100000");
    }
    assert_int_equal(open_files(), before);
    assert_ptr_equal(place->arena.guard, &guard);
    arena_guard(&place->arena, 0, NULL);
    assert_int_equal(read_it(place, "big", true, 1 << 20, &content, &size), READ_OK);
    assert_null(place->arena.guard);
}

static void reads_a_stream(void **state)
{
    Place *place = *state;
    Str content;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    /* It does not block; the end is there because the writer is gone. */
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(write(ends[1], "hello", 5), 5);
    close(ends[1]);
    assert_int_equal(io_read_stream(&place->arena, ends[0], 5, &content), READ_OK);
    assert_true(str_is(content, "hello"));
    assert_padded(content);
    close(ends[0]);

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "hello!", 6), 6);
    close(ends[1]);
    assert_int_equal(io_read_stream(&place->arena, ends[0], 5, &content), READ_TOO_LARGE);
    assert_int_equal(content.n, 0);
    close(ends[0]);
    assert_int_equal(io_read_stream(&place->arena, -1, 5, &content), READ_FAILED);
    assert_int_equal(errno, EBADF);
}

/* An endless stream ends at the limit. */
static void stops_reading_an_endless_stream(void **state)
{
    Place *place = *state;
    Str content;
    int fd = open("/dev/zero", O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(io_read_stream(&place->arena, fd, 1 << 20, &content), READ_TOO_LARGE);
    assert_true(place->arena.used < 8 << 20);
    close(fd);
}

static void has_words_for_each_status(void **state)
{
    (void)state;
    for (int status = READ_OK; status <= READ_FAILED; status++)
        assert_true(strlen(read_status_text((ReadStatus)status)) > 3);
    assert_string_equal(read_status_text(READ_DENIED), "permission denied");
}

#define IN_A_PLACE(test) cmocka_unit_test_setup_teardown(test, place_new, place_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_PLACE(reads_a_file),
        IN_A_PLACE(obeys_the_limit),
        IN_A_PLACE(reads_more_than_the_size_says),
        IN_A_PLACE(tells_what_is_wrong),
        IN_A_PLACE(does_not_wait_for_special_files),
        IN_A_PLACE(follows_links_when_told),
        IN_A_PLACE(closes_when_the_budget_is_spent),
        IN_A_PLACE(reads_a_stream),
        IN_A_PLACE(stops_reading_an_endless_stream),
        cmocka_unit_test(has_words_for_each_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
