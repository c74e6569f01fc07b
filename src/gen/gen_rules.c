/* gen_rules OUTPUT RULE.c...: the table of all rules, sorted by code, and their docs.
 *
 * A rule's file is read line by line: the `///` block at its top is the doc, a line `RULE(id)` begins the record, and the
 * record's lines `.code = "…"` and `.name = "…"` name it. A file without a line `RULE(` is a helper and left out. */
#include "gen.h"

#include <stdlib.h>
#include <string.h>

typedef struct Record {
    Lines lines;
    size_t doc_count; /* lines of the doc, from the top */
    size_t rule_line; /* 1-based */
    size_t code_line;
    size_t name_line;
    char *id;
    char *code;
    char *name;
} Record;

/* The text between the quotes of `.key = "text",`; NULL when the line is another one. */
static char *string_value(char *line, const char *key)
{
    line = skip_blanks(line);
    if (!starts_with(line, key))
        return NULL;
    line = skip_blanks(line + strlen(key));
    if (*line != '=')
        return NULL;
    line = skip_blanks(line + 1);
    char *end = *line == '"' ? strchr(line + 1, '"') : NULL;
    return end ? copy_text(line + 1, (size_t)(end - line - 1)) : NULL;
}

static char *rule_id(const Lines *lines, size_t at)
{
    char *begin = skip_blanks(lines->line[at] + strlen("RULE("));
    size_t length = strspn(begin, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (!length || *skip_blanks(begin + length) != ')')
        fail_at(lines->path, at + 1, "RULE(…) takes one name in lower case");
    return copy_text(begin, length);
}

static void find_record(Record *record)
{
    Lines *lines = &record->lines;
    for (size_t i = 0; i < lines->count; i++) {
        char *value;
        if (starts_with(lines->line[i], "RULE(")) {
            if (record->rule_line)
                fail_at(lines->path, i + 1, "a second rule; a file holds one (the first is on line %zu)",
                    record->rule_line);
            record->rule_line = i + 1;
            record->id = rule_id(lines, i);
        } else if (!record->rule_line) {
            continue;
        } else if (!record->code && (value = string_value(lines->line[i], ".code"))) {
            record->code = value;
            record->code_line = i + 1;
        } else if (!record->name && (value = string_value(lines->line[i], ".name"))) {
            record->name = value;
            record->name_line = i + 1;
        }
    }
}

static void check_code(const Record *record)
{
    const char *code = record->code;
    if (!code)
        fail_at(record->lines.path, record->rule_line, "the record has no line `.code = \"AW…\"`");
    if (strlen(code) != 5 || !starts_with(code, "AW") || strspn(code + 2, "0123456789") != 3)
        fail_at(record->lines.path, record->code_line, "code `%s` is not AW and three digits", code);
}

static void check_name(const Record *record)
{
    const char *path = record->lines.path;
    if (!record->name)
        fail_at(path, record->rule_line, "the record has no line `.name = \"…\"`");
    char *id = copy_text(record->name, strlen(record->name));
    for (char *p = id; *p; p++) {
        if (*p == '_')
            fail_at(
                path, record->name_line, "name `%s` has an underscore; names are written with hyphens", record->name);
        if (*p == '-')
            *p = '_';
    }
    if (strcmp(id, record->id) != 0)
        fail_at(path, record->rule_line, "RULE(%s) is named `%s`; expected RULE(%s)", record->id, record->name, id);

    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t length = strlen(base) - strlen(".c");
    if (length != strlen(id) || strncmp(base, id, length) != 0)
        fail_at(path, record->name_line, "rule `%s` belongs into %s.c", record->name, id);
    free(id);
}

static void check_doc(Record *record)
{
    const Lines *lines = &record->lines;
    while (record->doc_count < lines->count && starts_with(lines->line[record->doc_count], "///"))
        record->doc_count++;
    for (size_t i = 0; i < record->doc_count; i++) {
        char after = lines->line[i][3];
        if (after != '\0' && after != ' ')
            fail_at(lines->path, i + 1, "a doc line is `/// ` and text, or `///` alone");
    }
    if (!record->doc_count || !starts_with(lines->line[0], "/// # "))
        fail_at(lines->path, 1, "a rule begins with its doc: `/// # %s`", record->name);
    if (strcmp(lines->line[0] + strlen("/// # "), record->name) != 0)
        fail_at(lines->path, 1, "the doc's title is not the rule's name `%s`", record->name);
    if (record->doc_count < 3)
        fail_at(lines->path, 1, "the doc is only a title");
}

static void release_record(Record *record)
{
    for (size_t i = 0; i < record->lines.count; i++)
        free(record->lines.line[i]);
    free(record->lines.line);
    free(record->id);
    free(record->code);
    free(record->name);
}

/* False when the file is no rule; the record holds nothing then. */
static bool read_record(Record *record, const char *path)
{
    *record = (Record){ .lines = read_lines(path) };
    find_record(record);
    if (!record->rule_line) {
        release_record(record);
        return false;
    }
    check_code(record);
    check_name(record);
    check_doc(record);
    return true;
}

static int by_code(const void *a, const void *b)
{
    const Record *left = a, *right = b;
    int order = strcmp(left->code, right->code);
    return order ? order : strcmp(left->name, right->name);
}

/* Names need no check of their own: a name is its file's name. */
static void check_unique(const Record *records, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const Record *first = &records[i - 1], *second = &records[i];
        if (strcmp(first->code, second->code) == 0)
            fail_at(second->lines.path, second->code_line, "code %s is taken by %s:%zu", second->code,
                first->lines.path, first->code_line);
    }
}

static void write_doc(FILE *out, const Record *record)
{
    fprintf(out, "    { \"%s\",", record->code);
    for (size_t i = 0; i < record->doc_count; i++) {
        const char *text = record->lines.line[i] + strlen("///");
        fputs("\n      ", out);
        write_literal(out, *text ? text + 1 : text);
        fputs(" \"\\n\"", out);
    }
    fputs(" },\n", out);
}

static void write_table(FILE *out, const Record *records, size_t count)
{
    fputs("/* Generated from rules/ by gen_rules. */\n#include \"finding/rule.h\"\n\n#include <stddef.h>\n\n", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "extern const Rule rule_%s;\n", records[i].id);
    fputs("\nconst Rule *const all_rules[] = {\n", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "    &rule_%s,\n", records[i].id);
    fprintf(out, "    NULL,\n};\n\nconst size_t all_rules_count = %zu;\n\nconst RuleDoc all_rule_docs[] = {\n", count);
    for (size_t i = 0; i < count; i++)
        write_doc(out, &records[i]);
    fputs("    { NULL, NULL },\n};\n", out);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: gen_rules OUTPUT RULE.c...\n", stderr);
        return 2;
    }
    Record *records = allocate((size_t)argc, sizeof *records);
    size_t count = 0;
    for (int i = 2; i < argc; i++)
        count += read_record(&records[count], argv[i]);
    if (count)
        qsort(records, count, sizeof *records, by_code);
    check_unique(records, count);

    FILE *out = open_output(argv[1]);
    write_table(out, records, count);
    close_output(out, argv[1]);
    for (size_t i = 0; i < count; i++)
        release_record(&records[i]);
    free(records);
    return 0;
}
