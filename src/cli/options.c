#include "cli/options.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

typedef enum OptionKind {
    OPTION_FLAG,      /* bool */
    OPTION_OFF,       /* bool, which becomes false */
    OPTION_TEXT,      /* const char * */
    OPTION_PATTERNS,  /* Words, repeatable */
    OPTION_SELECTORS, /* Selectors, separated by commas, repeatable */
    OPTION_GRADE,     /* Wishes: RULE=SEVERITY, repeatable */
    OPTION_CONFIG,    /* a file or KEY=VALUE */
    OPTION_CHOICE,    /* unsigned: which of `choices` */
    OPTION_FORMAT,    /* Outputs, repeatable */
    OPTION_VERSION,   /* unsigned: the minor version of Python */
    OPTION_COUNT,     /* uint64_t, 0 allowed */
    OPTION_SIZE,      /* uint64_t, with K, M or G */
    OPTION_SECONDS,   /* double */
} OptionKind;

typedef struct Option {
    const char *group; /* the heading that begins here in --help; NULL: goes on */
    char letter;       /* 0: none */
    const char *name;
    OptionKind kind;
    size_t at;         /* offset in Options */
    SettingKey key;    /* KEY_NONE: it is no setting */
    const char *value; /* in --help; NULL: takes none, or the choices */
    const char *help;
    const char *choices[4]; /* ends at NULL */
} Option;

#define AT(member)    offsetof(Options, member)
#define GIVEN(member) offsetof(Options, config.given.member)

static const Option table[] = {
    { "Output", 0, "output-format", OPTION_FORMAT, AT(outputs), KEY_OUTPUT_FORMAT, "FORMAT[:FILE]",
        "repeatable; FORMAT is one of these (default: full):", { 0 } },
    { NULL, 'o', "output-file", OPTION_TEXT, AT(output_file), KEY_NONE, "FILE",
        "write there; the file appears when it is complete", { 0 } },
    { NULL, 0, "statistics", OPTION_FLAG, AT(statistics), KEY_NONE, NULL,
        "count findings by rule instead of showing them", { 0 } },
    { NULL, 0, "color", OPTION_CHOICE, AT(color), KEY_NONE, NULL, "colours (default: on a terminal)",
        { "auto", "always", "never" } },
    { NULL, 'q', "quiet", OPTION_FLAG, AT(quiet), KEY_NONE, NULL, "findings only: no summary, no warnings", { 0 } },
    { NULL, 'v', "verbose", OPTION_FLAG, AT(verbose), KEY_NONE, NULL, "say on standard error what was done", { 0 } },
    { NULL, 0, "timings", OPTION_FLAG, AT(timings), KEY_NONE, NULL, "CPU time of each phase on standard error", { 0 } },
    { NULL, 0, "show-files", OPTION_FLAG, AT(show_files), KEY_NONE, NULL, "list the files that would be read, and stop",
        { 0 } },
    { NULL, 0, "show-settings", OPTION_FLAG, AT(show_settings), KEY_NONE, NULL,
        "what holds for the first path, and where it was set, and stop", { 0 } },
    { "Rules and exit code", 0, "select", OPTION_SELECTORS, GIVEN(wishes.select), KEY_SELECT, "RULES",
        "default, strict, all, or rules by code, name or family", { 0 } },
    { NULL, 0, "ignore", OPTION_SELECTORS, GIVEN(wishes.ignore), KEY_IGNORE, "RULES",
        "not these; the most specific word decides", { 0 } },
    { NULL, 0, "extend-select", OPTION_SELECTORS, GIVEN(wishes.extend_select), KEY_EXTEND_SELECT, "RULES",
        "these besides the selected ones", { 0 } },
    { NULL, 0, "severity", OPTION_GRADE, GIVEN(wishes), KEY_SEVERITY, "RULE=SEVERITY",
        "info, warning or error; repeatable", { 0 } },
    { NULL, 0, "min-severity", OPTION_CHOICE, GIVEN(min_severity), KEY_MIN_SEVERITY, NULL, "show nothing below",
        { "info", "warning", "error" } },
    { NULL, 0, "fail-on", OPTION_CHOICE, GIVEN(fail_on), KEY_FAIL_ON, NULL,
        "least severity that gives exit code 1 (default: warning)", { "info", "warning", "error" } },
    { NULL, 0, "exit-zero", OPTION_FLAG, AT(exit_zero), KEY_NONE, NULL, "exit code 0 whatever is found", { 0 } },
    { NULL, 0, "ignore-suppressions", OPTION_FLAG, AT(ignore_suppressions), KEY_NONE, NULL,
        "report what comments suppress, too", { 0 } },
    { NULL, 0, "check-broken", OPTION_FLAG, AT(check_broken), KEY_NONE, NULL,
        "report what is in code that cannot be compiled or imported, too", { 0 } },
    { NULL, 0, "no-profiles", OPTION_OFF, GIVEN(profiles), KEY_PROFILES, NULL, "do not go easy on tests and examples",
        { 0 } },
    { NULL, 0, "target-version", OPTION_VERSION, GIVEN(target_minor), KEY_TARGET_VERSION, "3.X",
        "oldest Python to support (default: requires-python, else 3.9)", { 0 } },
    { "Configuration", 0, "config", OPTION_CONFIG, AT(config), KEY_NONE, "FILE|KEY=VALUE",
        "this file for all paths; or one setting; repeatable", { 0 } },
    { NULL, 0, "isolated", OPTION_FLAG, AT(config.is_isolated), KEY_NONE, NULL, "read no configuration file", { 0 } },
    { NULL, 0, "project-root", OPTION_TEXT, AT(config.project_root), KEY_NONE, "DIR", "nothing above it is looked at",
        { 0 } },
    { NULL, 0, "python", OPTION_TEXT, GIVEN(python), KEY_PYTHON, "PATH",
        "environment, or its interpreter, to look imports up in; none", { 0 } },
    { NULL, 0, "cache-dir", OPTION_TEXT, GIVEN(cache_dir), KEY_CACHE_DIR, "DIR",
        "where the cache is (default: .awry_cache at the project's root)", { 0 } },
    { NULL, 0, "no-cache", OPTION_FLAG, AT(no_cache), KEY_NONE, NULL, "neither read nor write the cache", { 0 } },
    { NULL, 0, "no-library-tables", OPTION_FLAG, AT(no_library_tables), KEY_NONE, NULL,
        "know of libraries what their sources say, and nothing else", { 0 } },
    { "Files", 0, "exclude", OPTION_PATTERNS, GIVEN(exclude), KEY_EXCLUDE, "PATTERN",
        "leave out what matches, as in .gitignore; repeatable", { 0 } },
    { NULL, 0, "extend-exclude", OPTION_PATTERNS, GIVEN(extend_exclude), KEY_EXTEND_EXCLUDE, "PATTERN",
        "the same, besides what the configuration excludes", { 0 } },
    { NULL, 0, "force-exclude", OPTION_FLAG, GIVEN(force_exclude), KEY_FORCE_EXCLUDE, NULL,
        "excludes hold for named files too", { 0 } },
    { NULL, 0, "no-ignore", OPTION_OFF, GIVEN(respect_ignore), KEY_RESPECT_IGNORE, NULL,
        "do not read .gitignore and .ignore", { 0 } },
    { NULL, 0, "stdin-filename", OPTION_TEXT, AT(stdin_name), KEY_NONE, "NAME",
        "the name of standard input, which is the path \"-\"", { 0 } },
    { "Limits", 'j', "jobs", OPTION_COUNT, AT(workers), KEY_NONE, "N", "threads (default: as many as processors)",
        { 0 } },
    { NULL, 0, "max-file-size", OPTION_SIZE, GIVEN(max_file_size), KEY_MAX_FILE_SIZE, "SIZE",
        "of a file: bytes, 512K, 4M (default: 4M)", { 0 } },
    { NULL, 0, "max-memory", OPTION_SIZE, GIVEN(max_memory), KEY_MAX_MEMORY, "SIZE",
        "for a file (default: 128M and 256 times its size)", { 0 } },
    { NULL, 0, "max-seconds", OPTION_SECONDS, GIVEN(max_seconds), KEY_MAX_SECONDS, "S", "for a file (default: 10)",
        { 0 } },
    { NULL, 0, "allow-limits", OPTION_FLAG, GIVEN(allow_limits), KEY_ALLOW_LIMITS, NULL,
        "a file stopped by a limit does not give exit code 2", { 0 } },
    { "Help", 'h', "help", OPTION_FLAG, AT(help), KEY_NONE, NULL, "this text", { 0 } },
};
enum { OPTION_TABLE_COUNT = sizeof table / sizeof *table };

_Static_assert(
    SEVERITY_INFO == 0 && SEVERITY_WARNING == 1 && SEVERITY_ERROR == 2, "--fail-on's words are in this order");
_Static_assert(COLOR_AUTO == 0 && COLOR_ALWAYS == 1 && COLOR_NEVER == 2, "--color's words are in this order");

static bool takes_value(const Option *option)
{
    return option->kind != OPTION_FLAG && option->kind != OPTION_OFF;
}

/* ---- --help ---- */

enum { HELP_COLUMN = 36 };

static int print_name(FILE *out, const Option *option)
{
    int width = option->letter ? fprintf(out, "  -%c, --%s", option->letter, option->name)
                               : fprintf(out, "      --%s", option->name);
    if (option->value)
        width += fprintf(out, " %s", option->value);
    for (size_t i = 0; takes_value(option) && !option->value && option->choices[i]; i++)
        width += fprintf(out, "%s%s", i ? "|" : " ", option->choices[i]);
    return width;
}

static void print_formats(FILE *out)
{
    fprintf(out, "%*s", HELP_COLUMN, "");
    for (const Format *format = all_formats; format->name; format++)
        fprintf(out, "%s%s", format > all_formats ? ", " : "", format->name);
    fputc('\n', out);
}

void options_help(FILE *out)
{
    fputs("Finds async bugs in Python files; directories are searched for *.py and *.pyi.\n"
          "\n"
          "Usage: awry check [OPTIONS] [PATH...]\n",
        out);
    for (const Option *option = table; option < table + OPTION_TABLE_COUNT; option++) {
        if (option->group)
            fprintf(out, "\n%s:\n", option->group);
        int width = print_name(out, option);
        if (width >= HELP_COLUMN)
            fprintf(out, "\n%*s%s\n", HELP_COLUMN, "", option->help);
        else
            fprintf(out, "%*s%s\n", HELP_COLUMN - width, "", option->help);
        if (option->kind == OPTION_FORMAT)
            print_formats(out);
    }
    fputs("\nExit codes: 0 nothing found, 1 problems found, 2 something could not be done.\n", out);
}

/* ---- Values ---- */

/* Digits alone, at most `most`. */
static bool read_number(const char **text, uint64_t most, uint64_t *number)
{
    const char *p = *text;
    *number = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        *number = *number * 10 + (uint64_t)(*p - '0');
        if (*number > most)
            return false;
    }
    bool any = p > *text;
    *text = p;
    return any;
}

static bool set_count(uint64_t *target, const Option *option, const char *value)
{
    const char *end = value;
    if (read_number(&end, 1024, target) && *end == '\0')
        return true;
    cli_fail("--%s needs a number from 0 to 1024, not \"%s\"", option->name, value);
    return false;
}

static bool set_size(uint64_t *target, const Option *option, const char *value)
{
    if (setting_size(target, str_of(value)))
        return true;
    cli_fail("--%s needs a size from 1 to 1G, as 4M, 512K or a number of bytes, not \"%s\"", option->name, value);
    return false;
}

static bool set_version(unsigned *target, const Option *option, const char *value)
{
    if (setting_version(target, str_of(value)))
        return true;
    cli_fail("--%s needs a version as 3.9 or py39, not \"%s\"", option->name, value);
    return false;
}

static bool set_seconds(double *target, const Option *option, const char *value)
{
    char *end;
    *target = strtod(value, &end);
    bool is_plain = value[0] && value[strspn(value, "0123456789.")] == '\0';
    if (is_plain && *end == '\0' && *target > 0 && *target <= 86400)
        return true;
    cli_fail("--%s needs seconds, as 10 or 0.5, not \"%s\"", option->name, value);
    return false;
}

static bool set_choice(unsigned *target, const Option *option, const char *value)
{
    const char *words[4];
    size_t count = 0;
    for (; count < 4 && option->choices[count]; count++) {
        words[count] = option->choices[count];
        if (strcmp(words[count], value) == 0) {
            *target = (unsigned)count;
            return true;
        }
    }

    const char *nearest = str_nearest(str_of(value), words, count);
    if (nearest) {
        cli_fail("unknown value \"%s\" for --%s; did you mean \"%s\"?", value, option->name, nearest);
        return false;
    }
    char all[512] = "";
    for (size_t i = 0, used = 0; i < count && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", words[i]);
    cli_fail("unknown value \"%s\" for --%s; it takes %s", value, option->name, all);
    return false;
}

static bool set_text(const char **target, const Option *option, const char *value)
{
    *target = value;
    if (value[0])
        return true;
    cli_fail("--%s needs a value that is not empty", option->name);
    return false;
}

static bool set_selectors(Options *options, Arena *arena, const Option *option, const char *value)
{
    Str why;
    options->config.given.wishes.has_select |= option->key == KEY_SELECT;
    if (setting_selectors((Selectors *)(void *)((char *)options + option->at), arena, str_of(value), &why))
        return true;
    cli_fail("--%s: %.*s", option->name, STR_ARG(why));
    return false;
}

static bool set_grade(Wishes *wishes, Arena *arena, const Option *option, const char *value)
{
    Str text = str_of(value), why = STR("it takes RULE=SEVERITY, as AW104=warning");
    uint32_t equals = str_find(text, '=');
    if (equals < text.n &&
        setting_grade(wishes, arena, str_slice(text, 0, equals), str_slice(text, equals + 1, text.n), &why))
        return true;
    cli_fail("--%s: %.*s", option->name, STR_ARG(why));
    return false;
}

/* KEY=VALUE, unless there is a file of that name. */
static bool set_config(ConfigOptions *config, Arena *arena, const char *value)
{
    if (strchr(value, '=') && access(value, F_OK) != 0) {
        *array_push(arena, &config->values) = value;
        return true;
    }
    if (config->file || !value[0]) {
        cli_fail(value[0] ? "--config names more than one file" : "--config needs a value that is not empty");
        return false;
    }
    config->file = value;
    return true;
}

static bool set_value(Options *options, Arena *arena, const Option *option, const char *value)
{
    void *at = (char *)options + option->at;
    switch (option->kind) {
    case OPTION_FLAG:
    case OPTION_OFF:
        *(bool *)at = option->kind == OPTION_FLAG;
        return true;
    case OPTION_TEXT:
        return set_text(at, option, value);
    case OPTION_PATTERNS: {
        Words *words = at;
        return set_text(array_push(arena, words), option, value);
    }
    case OPTION_SELECTORS:
        return set_selectors(options, arena, option, value);
    case OPTION_GRADE:
        return set_grade(at, arena, option, value);
    case OPTION_CONFIG:
        return set_config(at, arena, value);
    case OPTION_CHOICE:
        return set_choice(at, option, value);
    case OPTION_FORMAT:
        return outputs_add(at, arena, value);
    case OPTION_VERSION:
        return set_version(at, option, value);
    case OPTION_COUNT:
        return set_count(at, option, value);
    case OPTION_SIZE:
        return set_size(at, option, value);
    case OPTION_SECONDS:
        return set_seconds(at, option, value);
    }
    return false;
}

static bool set(Options *options, Arena *arena, const Option *option, const char *value)
{
    if (!set_value(options, arena, option, value))
        return false;
    if (option->key != KEY_NONE)
        options->config.given.origin[option->key] = arena_printf(arena, "--%s", option->name);
    return true;
}

/* ---- Words ---- */

typedef struct Reader {
    Options *options;
    Arena *arena;
    char **argv;
    int argc;
    int next; /* the word behind the one being read */
} Reader;

static bool unknown_option(Arena *arena, Str word)
{
    const char *names[OPTION_TABLE_COUNT];
    for (size_t i = 0; i < OPTION_TABLE_COUNT; i++)
        names[i] = table[i].name;
    const char *nearest = str_nearest(word, names, OPTION_TABLE_COUNT);
    if (nearest)
        cli_fail("unknown option \"--%s\"; did you mean \"--%s\"?", arena_copy(arena, word).p, nearest);
    else
        cli_fail("unknown option \"--%s\"; `awry check --help` lists them", arena_copy(arena, word).p);
    return false;
}

/* The option takes `inside` (behind "=" or behind its letter) or else the next word. */
static bool set_from(Reader *reader, const Option *option, const char *inside)
{
    const char *value = inside;
    if (!value && takes_value(option)) {
        if (reader->next >= reader->argc) {
            cli_fail("--%s needs a value", option->name);
            return false;
        }
        value = reader->argv[reader->next++];
    }
    return set(reader->options, reader->arena, option, value);
}

/* `--name`, `--name=value`, `--name value` */
static bool read_long(Reader *reader, const char *word)
{
    Str name = str_of(word + 2);
    uint32_t equals = str_find(name, '=');
    const char *inside = equals < name.n ? name.p + equals + 1 : NULL;
    name = str_slice(name, 0, equals);
    for (const Option *option = table; option < table + OPTION_TABLE_COUNT; option++) {
        if (!str_is(name, option->name))
            continue;
        if (inside && !takes_value(option)) {
            cli_fail("--%s takes no value", option->name);
            return false;
        }
        return set_from(reader, option, inside);
    }
    return unknown_option(reader->arena, name);
}

/* `-q`, `-qv`, `-j4`, `-j 4` */
static bool read_letters(Reader *reader, const char *word)
{
    for (const char *p = word + 1; *p; p++) {
        const Option *option = table;
        while (option < table + OPTION_TABLE_COUNT && option->letter != *p)
            option++;
        if (option == table + OPTION_TABLE_COUNT) {
            cli_fail("unknown option \"%s\"; `awry check --help` lists them", word);
            return false;
        }
        if (takes_value(option))
            return set_from(reader, option, p[1] ? p + 1 : NULL);
        if (!set_from(reader, option, NULL))
            return false;
    }
    return true;
}

static bool read_path(Reader *reader, const char *word)
{
    *array_push(reader->arena, &reader->options->paths) = word;
    if (word[0])
        return true;
    cli_fail("a path is empty");
    return false;
}

static bool makes_sense(const Options *options)
{
    if (options->config.file && options->config.is_isolated) {
        cli_fail("--config FILE and --isolated exclude each other");
        return false;
    }
    bool reads_stdin = false;
    for (uint32_t i = 0; i < options->paths.count; i++)
        reads_stdin |= strcmp(options->paths.items[i], "-") == 0;
    if (options->stdin_name && !reads_stdin) {
        cli_fail("--stdin-filename needs \"-\" among the paths");
        return false;
    }
    if (options->quiet && options->verbose) {
        cli_fail("--quiet and --verbose exclude each other");
        return false;
    }
    return true;
}

bool options_read(Options *options, Arena *arena, int argc, char **argv)
{
    *options = (Options){ 0 };
    settings_init(&options->config.given);
    Reader reader = { options, arena, argv, argc, 0 };
    bool only_paths = false;
    while (reader.next < argc) {
        const char *word = argv[reader.next++];
        if (!only_paths && strcmp(word, "--") == 0) {
            only_paths = true;
            continue;
        }
        bool is_path = only_paths || word[0] != '-' || word[1] == '\0';
        bool good = is_path          ? read_path(&reader, word)
                    : word[1] == '-' ? read_long(&reader, word)
                                     : read_letters(&reader, word);
        if (!good)
            return false;
        if (options->help)
            return true;
    }
    if (options->paths.count == 0)
        *array_push(arena, &options->paths) = ".";
    return makes_sense(options);
}
