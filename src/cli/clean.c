/* awry clean: takes the cache away. Nothing is removed but what awry wrote, in a directory that carries its mark. */
#include "cli/clean.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

CachePlace cache_place_of_run(const Options *options, Configs *configs, const Settings *settings, Arena *arena)
{
    const Folder *folder = configs_folder_of(configs, ".");
    const char *option = options->config.given.cache_dir;
    CacheWishes wishes = {
        .is_off = options->no_cache,
        .option = option,
        .variable = getenv("AWRY_CACHE_DIR"),
        .configured = option ? NULL : settings->cache_dir,
        .root = folder && folder->root.p ? folder->root : STR(""),
    };
    return cache_place(arena, &wishes);
}

static void clean_help(void)
{
    fputs(
        "Removes the cache of a project: what one run left for the next.\n"
        "\n"
        "Usage: awry clean [PATH]\n"
        "\n"
        "PATH is a directory of the project (default: .). The cache is in $AWRY_CACHE_DIR, else where the configuration's\n"
        "`cache-dir` says, else in .awry_cache at the project's root.\n"
        "\n"
        "      --cache-dir DIR           this one\n"
        "  -h, --help                    this text\n",
        stdout);
}

static CachePlace place_for(Arena *arena, const char *path, const char *option)
{
    ConfigOptions none = { 0 };
    settings_init(&none.given);
    Configs *configs = configs_new(arena, &none);
    const Folder *folder = configs_folder_of(configs, path);
    const Settings *settings = configs_main(configs, &path, 1, NULL);
    CacheWishes wishes = {
        .option = option,
        .variable = getenv("AWRY_CACHE_DIR"),
        .configured = settings->cache_dir,
        .root = folder && folder->root.p ? folder->root : STR(""),
    };
    return cache_place(arena, &wishes);
}

static int clean_at(Arena *arena, const char *path, const char *option)
{
    CachePlace place = place_for(arena, path, option);
    if (!place.directory.n)
        return cli_fail("%s: no project here, so there is no cache; --cache-dir says where one is", path);
    Str shown = place.root.n ? arena_printf(arena, "%.*s/%.*s", STR_ARG(place.root), STR_ARG(place.directory))
                             : place.directory;
    if (cache_place_clean(&place)) {
        fprintf(stderr, "awry: removed the cache in %.*s\n", STR_ARG(shown));
        return EXIT_CLEAN;
    }
    if (errno == ENOENT) {
        fprintf(stderr, "awry: there is no cache in %.*s\n", STR_ARG(shown));
        return EXIT_CLEAN;
    }
    if (errno == EINVAL)
        return cli_fail("%.*s: not a cache of awry, nothing removed", STR_ARG(shown));
    return cli_fail("%.*s: %s", STR_ARG(shown), strerror(errno));
}

/* The value of `--cache-dir X` or `--cache-dir=X` at argv[*at]; NULL: it is another word, or there is none. */
static const char *cache_option(int argc, char **argv, int *at)
{
    static const char name[] = "--cache-dir";
    const char *word = argv[*at];
    if (strcmp(word, name) == 0)
        return *at + 1 < argc ? argv[++*at] : NULL;
    bool has_value = strncmp(word, name, sizeof name - 1) == 0 && word[sizeof name - 1] == '=';
    return has_value ? word + sizeof name : NULL;
}

int clean(int argc, char **argv)
{
    const char *path = NULL, *option = NULL;
    for (int i = 0; i < argc; i++) {
        const char *value = cache_option(argc, argv, &i);
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            clean_help();
            return EXIT_CLEAN;
        }
        if (value && value[0])
            option = value;
        else if (strncmp(argv[i], "--cache-dir", 11) == 0)
            return cli_fail("--cache-dir needs a directory");
        else if (argv[i][0] == '-')
            return cli_fail("unknown option \"%s\"; `awry clean --help` lists them", argv[i]);
        else if (path)
            return cli_fail("clean takes one path");
        else
            path = argv[i];
    }
    Arena arena;
    arena_init(&arena);
    int code = clean_at(&arena, path ? path : ".", option);
    arena_release(&arena);
    return code;
}
