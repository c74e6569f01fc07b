#include "cli/options.h"

#include <stdlib.h>

#include "cli/cli.h"
#include "finding/rule.h"
#include "report/report.h"

typedef enum OptionKind {
    OPTION_FLAG,    /* bool */
    OPTION_TEXT,    /* const char * */
    OPTION_LIST,    /* Words, repeatable */
    OPTION_CHOICE,  /* unsigned: which of `choices` */
    OPTION_FORMAT,  /* unsigned: which of all_formats */
    OPTION_COUNT,   /* uint64_t, 0 allowed */
    OPTION_SIZE,    /* uint64_t, with K, M or G */
    OPTION_SECONDS, /* double */
} OptionKind;

typedef struct Option {
    const char *group; /* the heading that begins here in --help; NULL: goes on */
    char letter;       /* 0: none */
    const char *name;
    OptionKind kind;
    size_t at;         /* offset in Options */
    const char *value; /* in --help; NULL: takes none, or the choices */
    const char *help;
    const char *choices[4]; /* ends at NULL */
} Option;

#define AT(member) offsetof(Options, member)

static const Option table[] = {
    { "Output", 0, "output-format", OPTION_FORMAT, AT(format), NULL, "how findings are written (default: full)",
        { 0 } },
    { NULL, 'o', "output-file", OPTION_TEXT, AT(output_file), "FILE",
        "write there; the file appears when it is complete", { 0 } },
    { NULL, 0, "color", OPTION_CHOICE, AT(color), NULL, "colours (default: on a terminal)",
        { "auto", "always", "never" } },
    { NULL, 'q', "quiet", OPTION_FLAG, AT(quiet), NULL, "findings only: no summary, no warnings", { 0 } },
    { NULL, 'v', "verbose", OPTION_FLAG, AT(verbose), NULL, "say on standard error what was done", { 0 } },
    { NULL, 0, "timings", OPTION_FLAG, AT(timings), NULL, "CPU time of each phase on standard error", { 0 } },
    { NULL, 0, "show-files", OPTION_FLAG, AT(show_files), NULL, "list the files that would be read, and stop", { 0 } },
    { "Rules and exit code", 0, "select", OPTION_CHOICE, AT(select), NULL, "which rules: each set holds the one before",
        { "default", "strict", "all" } },
    { NULL, 0, "fail-on", OPTION_CHOICE, AT(fail_on), NULL, "least severity that gives exit code 1 (default: warning)",
        { "info", "warning", "error" } },
    { NULL, 0, "exit-zero", OPTION_FLAG, AT(exit_zero), NULL, "exit code 0 whatever is found", { 0 } },
    { "Files", 0, "exclude", OPTION_LIST, AT(excludes), "PATTERN",
        "leave out what matches, as in .gitignore; repeatable", { 0 } },
    { NULL, 0, "force-exclude", OPTION_FLAG, AT(force_exclude), NULL, "excludes hold for named files too", { 0 } },
    { NULL, 0, "no-ignore", OPTION_FLAG, AT(no_ignore), NULL, "do not read .gitignore and .ignore", { 0 } },
    { NULL, 0, "stdin-filename", OPTION_TEXT, AT(stdin_name), "NAME",
        "the name of standard input, which is the path \"-\"", { 0 } },
    { "Limits", 'j', "jobs", OPTION_COUNT, AT(workers), "N", "threads (default: as many as processors)", { 0 } },
    { NULL, 0, "max-file-size", OPTION_SIZE, AT(max_file_size), "SIZE", "of a file: bytes, 512K, 4M (default: 4M)",
        { 0 } },
    { NULL, 0, "max-memory", OPTION_SIZE, AT(max_memory), "SIZE", "for a file (default: 128M and 256 times its size)", { 0 } },
    { NULL, 0, "max-seconds", OPTION_SECONDS, AT(max_seconds), "S", "for a file (default: 10)", { 0 } },
    { NULL, 0, "allow-limits", OPTION_FLAG, AT(allow_limits), NULL,
        "a file stopped by a limit does not give exit code 2", { 0 } },
    { "Help", 'h', "help", OPTION_FLAG, AT(help), NULL, "this text", { 0 } },
};
enum { OPTION_TABLE_COUNT = sizeof table / sizeof *table };

_Static_assert(
    SEVERITY_INFO == 0 && SEVERITY_WARNING == 1 && SEVERITY_ERROR == 2, "--fail-on's words are in this order");
_Static_assert(COLOR_AUTO == 0 && COLOR_ALWAYS == 1 && COLOR_NEVER == 2, "--color's words are in this order");

static bool takes_value(const Option *option)
{
    return option->kind != OPTION_FLAG;
}

/* The word of a choice; NULL behind the last. */
static const char *choice_word(const Option *option, size_t i)
{
    return option->kind == OPTION_FORMAT ? all_formats[i].name : option->choices[i];
}

/* ---- --help ---- */

enum { HELP_COLUMN = 36 };

static int print_name(FILE *out, const Option *option)
{
    int width = option->letter ? fprintf(out, "  -%c, --%s", option->letter, option->name)
                               : fprintf(out, "      --%s", option->name);
    if (option->value)
        width += fprintf(out, " %s", option->value);
    for (size_t i = 0; takes_value(option) && !option->value && choice_word(option, i); i++)
        width += fprintf(out, "%s%s", i ? "|" : " ", choice_word(option, i));
    return width;
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
    static const struct {
        const char *unit;
        uint64_t bytes;
    } units[] = { { "", 1 }, { "K", 1 << 10 }, { "k", 1 << 10 }, { "M", 1 << 20 }, { "m", 1 << 20 }, { "G", 1 << 30 } };
    const uint64_t most = 1 << 30; /* offsets have 32 bits */
    const char *end = value;
    uint64_t number;
    if (read_number(&end, most, &number) && number > 0)
        for (size_t i = 0; i < sizeof units / sizeof *units; i++)
            if (strcmp(end, units[i].unit) == 0 && number <= most / units[i].bytes) {
                *target = number * units[i].bytes;
                return true;
            }
    cli_fail("--%s needs a size from 1 to 1G, as 4M, 512K or a number of bytes, not \"%s\"", option->name, value);
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
    const char *words[64];
    size_t count = 0;
    for (; count < 64 && choice_word(option, count); count++) {
        words[count] = choice_word(option, count);
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

static bool set(Options *options, Arena *arena, const Option *option, const char *value)
{
    char *at = (char *)options + option->at;
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)(void *)at = true;
        return true;
    case OPTION_TEXT:
        return set_text((const char **)(void *)at, option, value);
    case OPTION_LIST: {
        Words *list = (Words *)(void *)at;
        return set_text(array_push(arena, list), option, value);
    }
    case OPTION_CHOICE:
    case OPTION_FORMAT:
        return set_choice((unsigned *)(void *)at, option, value);
    case OPTION_COUNT:
        return set_count((uint64_t *)(void *)at, option, value);
    case OPTION_SIZE:
        return set_size((uint64_t *)(void *)at, option, value);
    case OPTION_SECONDS:
        return set_seconds((double *)(void *)at, option, value);
    }
    return false;
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
    *options = (Options){ .fail_on = SEVERITY_WARNING };
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
