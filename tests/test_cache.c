/* The cache: what is put is found again, what is wrong is nothing, and nobody sees half of it. */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "engine/cache.h"

enum { VERSION = 7 };

typedef struct Home {
    Arena arena;
    char root[64];
    CachePlace place;
} Home;

static int set_up(void **state)
{
    Home *home = calloc(1, sizeof *home);
    arena_init(&home->arena);
    strcpy(home->root, "/tmp/awry_cache_XXXXXX");
    if (!mkdtemp(home->root))
        return -1;
    CacheWishes wishes = { .root = str_of(home->root) };
    home->place = cache_place(&home->arena, &wishes);
    *state = home;
    return 0;
}

static int tear_down(void **state)
{
    Home *home = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", home->root);
    int code = system(command);
    arena_release(&home->arena);
    free(home);
    return code;
}

static Str path_in(Home *home, const char *name)
{
    return arena_printf(&home->arena, "%s/.awry_cache/%s", home->root, name);
}

static bool exists(Str path)
{
    struct stat info;
    return lstat(path.p, &info) == 0;
}

/* Long ago, so that it is not racy. */
static FileStamp old_stamp(uint64_t number)
{
    return (FileStamp){ .size = number, .inode = 1, .mtime_ns = 1000000001, .ctime_ns = 1000000001 };
}

static CacheRecord record_of(const char *path, uint64_t number, const char *summary)
{
    return (CacheRecord){
        .path = str_of(path),
        .stamp = old_stamp(number),
        .content = number * 3,
        .settings = 5,
        .bytes = number,
        .flags = CACHE_HAS_ASYNC | CACHE_COMPLETE,
        .async_functions = 2,
        .suppressed = 1,
        .withheld = 3,
        .parts = { str_of(summary), STR("findings"), STR("") },
    };
}

static bool write_records(Home *home, const CacheRecord *records, size_t count, Str *note)
{
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    CacheWriter *writer = cache_writer_new(&home->arena, cache);
    for (size_t i = 0; i < count; i++)
        cache_put(writer, &records[i]);
    bool is_written = cache_write(writer, 0, note);
    cache_close(cache);
    return is_written;
}

static void write_three(Home *home)
{
    CacheRecord records[] = { record_of("b.py", 2, "two"), record_of("a.py", 1, "one"),
        record_of("c/d.py", 3, "three") };
    Str note;
    assert_true(write_records(home, records, 3, &note));
}

static void assert_part(const Cache *cache, const char *path, CachePart part, const char *expected)
{
    const CacheEntry *entry = cache_find(cache, str_of(path));
    assert_non_null(entry);
    assert_str(cache_part(cache, entry, part), expected);
}

static void finds_what_was_put(void **state)
{
    Home *home = *state;
    write_three(home);
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_count(cache), 3);
    assert_str(cache_path(cache, cache_at(cache, 0)), "a.py");
    assert_str(cache_path(cache, cache_at(cache, 2)), "c/d.py");
    assert_part(cache, "b.py", CACHE_SUMMARY, "two");
    assert_part(cache, "c/d.py", CACHE_FINDINGS, "findings");
    assert_part(cache, "a.py", CACHE_ANSWERS, "");
    assert_null(cache_find(cache, STR("d.py")));
    assert_null(cache_find(cache, STR("")));
    const CacheEntry *entry = cache_find(cache, STR("b.py"));
    assert_int_equal(entry->content, 6);
    assert_int_equal(entry->settings, 5);
    assert_int_equal(entry->bytes, 2);
    assert_int_equal(entry->async_functions, 2);
    assert_int_equal(entry->suppressed, 1);
    assert_int_equal(entry->withheld, 3);
    assert_int_equal(entry->flags, CACHE_HAS_ASYNC | CACHE_COMPLETE);
    assert_int_equal(entry->parts[CACHE_SUMMARY].hash, hash_str(STR("two")));
    assert_int_equal((uintptr_t)cache_part(cache, entry, CACHE_FINDINGS).p % 8, 0);
    cache_close(cache);
}

static void trusts_old_stamps_only(void **state)
{
    Home *home = *state;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    CacheRecord records[] = { record_of("old.py", 1, "x"), record_of("new.py", 1, "x"),
        record_of("coarse.py", 1, "x") };
    records[1].stamp.mtime_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    records[2].stamp.ctime_ns = ((int64_t)now.tv_sec - 1) * 1000000000;
    Str note;
    assert_true(write_records(home, records, 3, &note));
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    assert_true(cache_trusts(cache_find(cache, STR("old.py")), &records[0].stamp));
    assert_false(cache_trusts(cache_find(cache, STR("new.py")), &records[1].stamp));
    assert_false(cache_trusts(cache_find(cache, STR("coarse.py")), &records[2].stamp));
    for (int i = 0; i < 4; i++) {
        FileStamp other = records[0].stamp;
        *(i == 0 ? &other.size : i == 1 ? &other.inode : (uint64_t *)(i == 2 ? &other.mtime_ns : &other.ctime_ns)) += 1;
        assert_false(cache_trusts(cache_find(cache, STR("old.py")), &other));
    }
    cache_close(cache);
}

static void other_versions_are_empty(void **state)
{
    Home *home = *state;
    write_three(home);
    Cache *cache = cache_open(&home->arena, &home->place, VERSION + 1);
    assert_int_equal(cache_count(cache), 0);
    assert_null(cache_find(cache, STR("a.py")));
    assert_str(cache_note(cache, &home->arena), "cache: it is of another version");
    /* What is written then takes its place. */
    CacheWriter *writer = cache_writer_new(&home->arena, cache);
    CacheRecord record = record_of("n.py", 9, "nine");
    cache_put(writer, &record);
    Str note;
    assert_true(cache_write(writer, 0, &note));
    cache_close(cache);
    cache = cache_open(&home->arena, &home->place, VERSION + 1);
    assert_int_equal(cache_count(cache), 1);
    cache_close(cache);
}

static void keeps_what_was_not_looked_at(void **state)
{
    Home *home = *state;
    write_three(home);
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    CacheWriter *writer = cache_writer_new(&home->arena, cache);
    CacheRecord record = record_of("b.py", 22, "twenty-two");
    cache_put(writer, &record);
    Str note;
    assert_true(cache_write(writer, 0, &note));
    cache_close(cache);
    cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_count(cache), 3);
    assert_part(cache, "a.py", CACHE_SUMMARY, "one");
    assert_part(cache, "b.py", CACHE_SUMMARY, "twenty-two");
    cache_close(cache);
}

static void drops_what_is_gone(void **state)
{
    Home *home = *state;
    CacheRecord records[] = { record_of("x/a.py", 1, "1"), record_of("x/b.py", 2, "2"), record_of("xy/c.py", 3, "3"),
        record_of("d.py", 4, "4"), record_of("/lib/e.py", 5, "5") };
    records[4].flags |= CACHE_ENVIRONMENT;
    Str note;
    assert_true(write_records(home, records, 5, &note));
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    CacheWriter *writer = cache_writer_new(&home->arena, cache);
    cache_keep(writer, cache_find(cache, STR("x/a.py")));
    cache_drop_rest(writer, STR("x"));
    cache_drop(writer, STR("d.py"));
    cache_drop(writer, STR("never.py"));
    assert_true(cache_write(writer, 0, &note));
    cache_close(cache);
    cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_count(cache), 3);
    assert_non_null(cache_find(cache, STR("x/a.py")));
    assert_non_null(cache_find(cache, STR("xy/c.py")));
    writer = cache_writer_new(&home->arena, cache);
    cache_drop_rest(writer, STR(""));
    assert_true(cache_write(writer, 0, &note));
    cache_close(cache);
    cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_count(cache), 1);
    assert_part(cache, "/lib/e.py", CACHE_SUMMARY, "5");
    cache_close(cache);
}

static uint64_t inode_of(Str path)
{
    struct stat info;
    return stat(path.p, &info) == 0 ? (uint64_t)info.st_ino : 0;
}

/* Another inode would say that a new file took its place. */
static void writes_nothing_when_nothing_changed(void **state)
{
    Home *home = *state;
    write_three(home);
    Str file = path_in(home, "cache.bin");
    int held = open(file.p, O_RDONLY); /* so that its number is not given again */
    uint64_t before = inode_of(file);
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    CacheWriter *writer = cache_writer_new(&home->arena, cache);
    CacheRecord record = record_of("b.py", 2, "two");
    record.parts[CACHE_SUMMARY] = cache_part(cache, cache_find(cache, STR("b.py")), CACHE_SUMMARY);
    cache_put(writer, &record);
    cache_keep(writer, cache_find(cache, STR("a.py")));
    Str note;
    assert_true(cache_write(writer, 0, &note));
    assert_str(note, "cache: nothing changed");
    assert_int_equal(inode_of(file), before);
    record.suppressed = 2;
    cache_put(writer, &record);
    assert_true(cache_write(writer, 0, &note));
    assert_int_not_equal(inode_of(file), before);
    cache_close(cache);
    close(held);
    cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_find(cache, STR("b.py"))->suppressed, 2);
    assert_part(cache, "b.py", CACHE_SUMMARY, "two");
    cache_close(cache);
}

static void the_last_record_of_a_path_counts(void **state)
{
    Home *home = *state;
    CacheRecord records[] = { record_of("a.py", 1, "first"), record_of("a.py", 1, "second") };
    Str note;
    assert_true(write_records(home, records, 2, &note));
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_count(cache), 1);
    assert_part(cache, "a.py", CACHE_SUMMARY, "second");
    cache_close(cache);
}

static void drops_the_environment_first(void **state)
{
    Home *home = *state;
    char *large = calloc(1, 4000);
    memset(large, 'x', 3999);
    CacheRecord records[] = { record_of("/lib/a.py", 1, large), record_of("b.py", 2, large),
        record_of("/lib/c.py", 3, large) };
    records[0].flags |= CACHE_ENVIRONMENT;
    records[2].flags |= CACHE_ENVIRONMENT;
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    CacheWriter *writer = cache_writer_new(&home->arena, cache);
    for (int i = 0; i < 3; i++)
        cache_put(writer, &records[i]);
    Str note;
    assert_true(cache_write(writer, 9000, &note));
    cache_close(cache);
    cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_count(cache), 2);
    assert_part(cache, "b.py", CACHE_SUMMARY, large);
    /* The one that this run uses stays, the other one goes for a new one. */
    Str kept = cache_path(cache, cache_at(cache, 0));
    writer = cache_writer_new(&home->arena, cache);
    cache_keep(writer, cache_find(cache, STR("b.py")));
    CacheRecord other = record_of("/lib/d.py", 4, large);
    other.flags |= CACHE_ENVIRONMENT;
    cache_put(writer, &other);
    assert_true(cache_write(writer, 9000, &note));
    assert_str(kept, "/lib/a.py");
    cache_close(cache);
    cache = cache_open(&home->arena, &home->place, VERSION);
    assert_null(cache_find(cache, STR("/lib/a.py")));
    assert_non_null(cache_find(cache, STR("/lib/d.py")));
    assert_non_null(cache_find(cache, STR("b.py")));
    cache_close(cache);
    free(large);
}

static void no_place_is_no_cache(void **state)
{
    Home *home = *state;
    CacheWishes off = { .is_off = true, .root = str_of(home->root), .option = "x" };
    CachePlace nowhere = cache_place(&home->arena, &off);
    assert_int_equal(nowhere.directory.n, 0);
    Cache *cache = cache_open(&home->arena, &nowhere, VERSION);
    CacheWriter *writer = cache_writer_new(&home->arena, cache);
    CacheRecord record = record_of("a.py", 1, "one");
    cache_put(writer, &record);
    Str note;
    assert_true(cache_write(writer, 0, &note));
    assert_int_equal(cache_place_open(&nowhere, true), -1);
    assert_false(exists(path_in(home, "")));
    cache_close(NULL);
}

/* ---- Damage ---- */

static Str read_bytes(Home *home)
{
    FILE *file = fopen(path_in(home, "cache.bin").p, "rb");
    assert_non_null(file);
    char *bytes = arena_alloc(&home->arena, 1 << 16);
    size_t n = fread(bytes, 1, 1 << 16, file);
    fclose(file);
    return (Str){ bytes, (uint32_t)n };
}

static void write_bytes(Home *home, Str bytes)
{
    FILE *file = fopen(path_in(home, "cache.bin").p, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
    fclose(file);
}

/* Opens it, asks everything, and writes it anew with one more. Gives how many parts there were. */
static unsigned use(Home *home)
{
    Arena arena;
    arena_init(&arena);
    unsigned parts = 0;
    Cache *cache = cache_open(&arena, &home->place, VERSION);
    for (uint32_t i = 0; i < cache_count(cache); i++) {
        const CacheEntry *entry = cache_at(cache, i);
        cache_find(cache, cache_path(cache, entry));
        for (int part = 0; part < CACHE_PARTS; part++) {
            Str bytes = cache_part(cache, entry, (CachePart)part);
            parts += bytes.n != 0;
            hash_str(bytes);
        }
    }
    cache_find(cache, STR("c/d.py"));
    CacheWriter *writer = cache_writer_new(&arena, cache);
    CacheRecord record = record_of("new.py", 8, "eight");
    cache_put(writer, &record);
    Str note;
    assert_true(cache_write(writer, 0, &note));
    cache_close(cache);
    cache = cache_open(&arena, &home->place, VERSION);
    const CacheEntry *entry = cache_find(cache, STR("new.py"));
    assert_non_null(entry);
    assert_true(str_is(cache_part(cache, entry, CACHE_SUMMARY), "eight"));
    cache_close(cache);
    arena_release(&arena);
    return parts;
}

static void a_file_that_was_cut_is_empty(void **state)
{
    Home *home = *state;
    write_three(home);
    Str bytes = read_bytes(home);
    for (uint32_t n = 0; n < bytes.n; n++) {
        write_bytes(home, str_slice(bytes, 0, n));
        assert_int_equal(use(home), 0);
    }
    write_bytes(home, bytes);
    assert_int_equal(use(home), 6);
}

static void flipped_bytes_are_found(void **state)
{
    Home *home = *state;
    write_three(home);
    Str bytes = read_bytes(home);
    for (uint32_t n = 0; n < bytes.n; n++) {
        Str changed = arena_copy(&home->arena, bytes);
        ((char *)(uintptr_t)changed.p)[n] ^= (char)(1 << n % 8);
        write_bytes(home, changed);
        /* Bytes between parts belong to nobody; else all is gone, or one part. */
        unsigned parts = use(home);
        assert_true(parts == 0 || parts == 5 || (parts == 6 && !bytes.p[n]));
    }
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Somebody who makes the sums right can put any number anywhere. The front is 64 bytes, its checksum the second number. */
static void made_up_numbers_do_no_harm(void **state)
{
    Home *home = *state;
    write_three(home);
    Str bytes = read_bytes(home);
    uint64_t seed = 11, index_size;
    memcpy(&index_size, bytes.p + 32, sizeof index_size);
    for (int round = 0; round < 800; round++) {
        Arena arena;
        arena_init(&arena);
        Str changed = arena_copy(&arena, bytes);
        char *p = (char *)(uintptr_t)changed.p;
        for (uint32_t i = 0, count = 1 + next_random(&seed) % 6; i < count; i++) {
            static const uint32_t values[] = { 0, 1, 2, 3, 4, 8, 64, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFF8 };
            uint32_t value = values[next_random(&seed) % 10];
            memcpy(p + 64 + next_random(&seed) % (index_size / 4) * 4, &value, sizeof value);
        }
        uint64_t zero = 0;
        memcpy(p + 16, &zero, sizeof zero);
        uint64_t check = hash_join(hash_bytes(p, 64), hash_bytes(p + 64, (size_t)index_size));
        memcpy(p + 16, &check, sizeof check);
        write_bytes(home, changed);
        use(home);
        arena_release(&arena);
    }
}

/* ---- Several at a time ---- */

static void concurrent_writers_leave_one_whole_file(void **state)
{
    Home *home = *state;
    enum { WRITERS = 4, ROUNDS = 25 };
    for (int i = 0; i < WRITERS; i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid)
            continue;
        for (int round = 0; round < ROUNDS; round++) {
            char name[32];
            snprintf(name, sizeof name, "file_%d_%d.py", i, round);
            CacheRecord record = record_of(name, (uint64_t)round, "text");
            Str note;
            if (!write_records(home, &record, 1, &note))
                _exit(1);
            Cache *cache = cache_open(&home->arena, &home->place, VERSION);
            if (!cache_count(cache))
                _exit(2);
            cache_close(cache);
        }
        _exit(0);
    }
    for (int i = 0; i < WRITERS; i++) {
        int code;
        wait(&code);
        assert_int_equal(code, 0);
    }
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    assert_in_range(cache_count(cache), ROUNDS, WRITERS * ROUNDS);
    for (uint32_t i = 0; i < cache_count(cache); i++)
        assert_str(cache_part(cache, cache_at(cache, i), CACHE_SUMMARY), "text");
    cache_close(cache);
    DIR *list = opendir(path_in(home, "").p);
    assert_non_null(list);
    int files = 0;
    for (struct dirent *entry; (entry = readdir(list));)
        files += entry->d_name[0] != '.' || strcmp(entry->d_name, ".gitignore") == 0;
    closedir(list);
    assert_int_equal(files, 3); /* cache.bin, CACHEDIR.TAG, .gitignore */
}

static void touch(Str path, time_t when)
{
    close(open(path.p, O_WRONLY | O_CREAT, 0600));
    struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
    assert_int_equal(utimensat(AT_FDCWD, path.p, times, 0), 0);
}

static void old_temporary_files_go(void **state)
{
    Home *home = *state;
    write_three(home);
    touch(path_in(home, "tmp-1"), 1000);
    touch(path_in(home, "tmp-2"), time(NULL));
    touch(path_in(home, "mine"), 1000);
    CacheRecord record = record_of("z.py", 1, "z");
    Str note;
    assert_true(write_records(home, &record, 1, &note));
    assert_false(exists(path_in(home, "tmp-1")));
    assert_true(exists(path_in(home, "tmp-2")));
    assert_true(exists(path_in(home, "mine")));
}

/* ---- Places ---- */

static void stays_below_the_project(void **state)
{
    (void)state;
    assert_true(cache_directory_stays(STR("a")));
    assert_true(cache_directory_stays(STR(".cache/awry")));
    assert_true(cache_directory_stays(STR("./a//b/")));
    assert_true(cache_directory_stays(STR("..a")));
    static const char *const bad[] = { "", "/", "/tmp", "..", "../a", "a/..", "a/../b", ".", "./", "a/b/../../.." };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(cache_directory_stays(str_of(bad[i])));
}

static void the_first_wish_holds(void **state)
{
    Home *home = *state;
    CacheWishes wishes = { .option = "o", .variable = "v", .configured = "c", .root = str_of(home->root) };
    CachePlace place = cache_place(&home->arena, &wishes);
    assert_str(place.directory, "o");
    assert_int_equal(place.root.n, 0);
    wishes.option = NULL;
    assert_str(cache_place(&home->arena, &wishes).directory, "v");
    wishes.variable = "";
    place = cache_place(&home->arena, &wishes);
    assert_str(place.directory, "c");
    assert_str(place.root, home->root);
    wishes.configured = "../c";
    assert_str(cache_place(&home->arena, &wishes).directory, ".awry_cache");
    wishes.root = STR("");
    assert_int_equal(cache_place(&home->arena, &wishes).directory.n, 0);
}

static void marks_its_directory(void **state)
{
    Home *home = *state;
    write_three(home);
    FILE *tag = fopen(path_in(home, "CACHEDIR.TAG").p, "r");
    char line[64];
    assert_non_null(tag);
    assert_non_null(fgets(line, sizeof line, tag));
    fclose(tag);
    assert_string_equal(line, "Signature: 8a477f597d28d172789f06886806bc55\n");
    assert_true(exists(path_in(home, ".gitignore")));
}

/* `*` in the .gitignore of somebody's directory would hide his work. */
static void leaves_directories_of_others_unmarked(void **state)
{
    Home *home = *state;
    assert_int_equal(mkdir(path_in(home, "").p, 0700), 0);
    touch(path_in(home, "work"), 1000);
    write_three(home);
    assert_true(exists(path_in(home, "cache.bin")));
    assert_false(exists(path_in(home, ".gitignore")));
    assert_false(exists(path_in(home, "CACHEDIR.TAG")));
    assert_false(cache_place_clean(&home->place));
    assert_int_equal(errno, EINVAL);
    assert_true(exists(path_in(home, "cache.bin")));
}

static void follows_no_link_below_the_project(void **state)
{
    Home *home = *state;
    Str link = arena_printf(&home->arena, "%s/.awry_cache", home->root);
    Str target = arena_printf(&home->arena, "%s/elsewhere", home->root);
    assert_int_equal(mkdir(target.p, 0700), 0);
    assert_int_equal(symlink(target.p, link.p), 0);
    CacheRecord record = record_of("a.py", 1, "one");
    Str note;
    assert_false(write_records(home, &record, 1, &note));
    assert_int_equal(rmdir(target.p), 0); /* it is empty */
    unlink(link.p);
    /* Where the user chose the directory, links are his business. */
    assert_int_equal(mkdir(target.p, 0700), 0);
    assert_int_equal(symlink(target.p, link.p), 0);
    CacheWishes wishes = { .option = link.p };
    home->place = cache_place(&home->arena, &wishes);
    assert_true(write_records(home, &record, 1, &note));
    assert_true(exists(arena_printf(&home->arena, "%.*s/cache.bin", STR_ARG(target))));
}

static void a_link_in_place_of_the_file_is_not_read(void **state)
{
    Home *home = *state;
    write_three(home);
    Str file = path_in(home, "cache.bin"), other = path_in(home, "other.bin");
    assert_int_equal(rename(file.p, other.p), 0);
    assert_int_equal(symlink("other.bin", file.p), 0);
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_count(cache), 0);
    cache_close(cache);
    uint64_t before = inode_of(other);
    write_three(home);
    assert_int_equal(inode_of(other), before);
    assert_int_not_equal(inode_of(file), before);
}

static void a_read_only_directory_is_no_trouble(void **state)
{
    Home *home = *state;
    if (geteuid() == 0)
        skip(); /* root may write anywhere */
    assert_int_equal(chmod(home->root, 0500), 0);
    CacheRecord record = record_of("a.py", 1, "one");
    Str note;
    assert_false(write_records(home, &record, 1, &note));
    assert_true(str_starts(note, STR("cache: ")));
    chmod(home->root, 0700);
}

static void a_file_in_place_of_the_directory_is_no_trouble(void **state)
{
    Home *home = *state;
    touch(arena_printf(&home->arena, "%s/.awry_cache", home->root), 1000);
    CacheRecord record = record_of("a.py", 1, "one");
    Str note;
    assert_false(write_records(home, &record, 1, &note));
    Cache *cache = cache_open(&home->arena, &home->place, VERSION);
    assert_int_equal(cache_count(cache), 0);
}

static void cleans_what_it_wrote(void **state)
{
    Home *home = *state;
    assert_false(cache_place_clean(&home->place));
    assert_int_equal(errno, ENOENT);
    write_three(home);
    touch(path_in(home, "tmp-3"), time(NULL));
    assert_true(cache_place_clean(&home->place));
    assert_false(exists(arena_printf(&home->arena, "%s/.awry_cache", home->root)));
    write_three(home);
    touch(path_in(home, "mine"), 1000);
    assert_true(cache_place_clean(&home->place));
    assert_true(exists(path_in(home, "mine")));
    assert_false(exists(path_in(home, "cache.bin")));
    assert_false(exists(path_in(home, ".gitignore")));
}

static void deep_directories_are_made(void **state)
{
    Home *home = *state;
    CacheWishes wishes = { .root = str_of(home->root), .configured = "a/./b//c" };
    home->place = cache_place(&home->arena, &wishes);
    write_three(home);
    Str file = arena_printf(&home->arena, "%s/a/b/c/cache.bin", home->root);
    assert_true(exists(file));
    assert_true(cache_place_clean(&home->place));
    assert_false(exists(arena_printf(&home->arena, "%s/a/b/c", home->root)));
    assert_true(exists(arena_printf(&home->arena, "%s/a/b", home->root)));
}

/* ---- Hash ---- */

static void hashes_tell_apart(void **state)
{
    (void)state;
    unsigned char bytes[200] = { 0 };
    uint64_t seen[200];
    for (size_t n = 0; n < 200; n++) { /* zeros of each length */
        seen[n] = hash_bytes(bytes, n);
        for (size_t i = 0; i < n; i++)
            assert_int_not_equal(seen[n], seen[i]);
    }
    for (size_t bit = 0; bit < 1600; bit++) { /* about half of the bits change with each */
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        uint64_t changed = hash_bytes(bytes, 200);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        int count = 0;
        for (uint64_t rest = changed ^ hash_bytes(bytes, 200); rest; rest &= rest - 1)
            count++;
        assert_in_range(count, 12, 52);
    }
    assert_int_not_equal(hash_join(1, 2), hash_join(2, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_what_was_put),
        TEST(trusts_old_stamps_only),
        TEST(other_versions_are_empty),
        TEST(keeps_what_was_not_looked_at),
        TEST(drops_what_is_gone),
        TEST(writes_nothing_when_nothing_changed),
        TEST(the_last_record_of_a_path_counts),
        TEST(drops_the_environment_first),
        TEST(no_place_is_no_cache),
        TEST(a_file_that_was_cut_is_empty),
        TEST(flipped_bytes_are_found),
        TEST(made_up_numbers_do_no_harm),
        TEST(concurrent_writers_leave_one_whole_file),
        TEST(old_temporary_files_go),
        cmocka_unit_test(stays_below_the_project),
        TEST(the_first_wish_holds),
        TEST(marks_its_directory),
        TEST(leaves_directories_of_others_unmarked),
        TEST(follows_no_link_below_the_project),
        TEST(a_link_in_place_of_the_file_is_not_read),
        TEST(a_read_only_directory_is_no_trouble),
        TEST(a_file_in_place_of_the_directory_is_no_trouble),
        TEST(cleans_what_it_wrote),
        TEST(deep_directories_are_made),
        cmocka_unit_test(hashes_tell_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
