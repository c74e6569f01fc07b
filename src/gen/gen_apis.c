/* gen_apis OUTPUT ROLES.def TABLE.tbl...: the table of what libraries' functions do, sorted by qualified name.
 *
 * A line of a table is `qualified.name  role  way out`: columns are separated by a tab or by two or more spaces, the way out is
 * the rest of the line and may be missing. Lines that begin with `#` are comments. Roles come from the lines `ROLE(NAME, "name")`
 * of ROLES.def, so a new role needs no change here. */
#include "gen.h"

#include <stdlib.h>
#include <string.h>

typedef struct Role {
    char *identifier; /* SLEEP */
    char *name;       /* sleep */
} Role;

typedef struct Entry {
    const char *path;
    size_t line;
    char *name;
    const Role *role;
    char *instead;
} Entry;

typedef struct Table {
    Role *roles;
    size_t role_count;
    Entry *entries;
    size_t count;
    size_t room;
} Table;

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

static bool is_quoted(const char *text, size_t length)
{
    return text[0] == '"' && length > 0 && text[1 + length] == '"';
}

static Role parse_role(const char *path, size_t number, char *text)
{
    char *identifier = skip_blanks(text);
    size_t identifier_length = strspn(identifier, letters);
    char *comma = skip_blanks(identifier + identifier_length);
    char *quoted = *comma == ',' ? skip_blanks(comma + 1) : comma;
    size_t length = *quoted == '"' ? strcspn(quoted + 1, "\"") : 0;
    if (!identifier_length || *comma != ',' || !is_quoted(quoted, length))
        fail_at(path, number, "expected ROLE(NAME, \"name\")");
    return (Role){ .identifier = copy_text(identifier, identifier_length), .name = copy_text(quoted + 1, length) };
}

static void read_roles(Table *table, const char *path)
{
    Lines lines = read_lines(path);
    table->roles = allocate(lines.count, sizeof *table->roles);
    for (size_t i = 0; i < lines.count; i++) {
        char *text = skip_blanks(lines.line[i]);
        if (starts_with(text, "ROLE("))
            table->roles[table->role_count++] = parse_role(path, i + 1, text + strlen("ROLE("));
        free(lines.line[i]);
    }
    free(lines.line);
    if (!table->role_count)
        fail_at(path, 0, "no line ROLE(NAME, \"name\")");
}

static const Role *find_role(const Table *table, const char *path, size_t line, const char *name)
{
    for (size_t i = 0; i < table->role_count; i++) {
        if (strcmp(table->roles[i].name, name) == 0)
            return &table->roles[i];
    }
    fail_at(path, line, "unknown role `%s`; the roles are in src/facts/roles.def", name);
}

static bool is_qualified_name(const char *name)
{
    for (;;) {
        size_t length = strspn(name, letters);
        if (!length || (*name >= '0' && *name <= '9'))
            return false;
        name += length;
        if (*name == '\0')
            return true;
        if (*name++ != '.')
            return false;
    }
}

/* Cuts the first column off *text and leaves *text at the next one. */
static char *next_column(char **text)
{
    char *begin = skip_blanks(*text), *end = begin;
    while (*end && *end != '\t' && !(end[0] == ' ' && (end[1] == ' ' || end[1] == '\t')))
        end++;
    *text = skip_blanks(end);
    return copy_text(begin, (size_t)(end - begin));
}

static Entry *new_entry(Table *table)
{
    if (table->count == table->room) {
        table->room = table->room ? table->room * 2 : 256;
        Entry *bigger = allocate(table->room, sizeof *bigger);
        if (table->count)
            memcpy(bigger, table->entries, table->count * sizeof *bigger);
        free(table->entries);
        table->entries = bigger;
    }
    return &table->entries[table->count++];
}

static void read_entry(Table *table, const char *path, size_t number, char *text)
{
    for (size_t n = strlen(text); n && (text[n - 1] == ' ' || text[n - 1] == '\t'); n--)
        text[n - 1] = '\0';
    Entry *entry = new_entry(table);
    *entry = (Entry){ .path = path, .line = number, .name = next_column(&text) };
    if (!is_qualified_name(entry->name))
        fail_at(path, number, "`%s` is no qualified name; columns are separated by two spaces or a tab", entry->name);
    if (!*text)
        fail_at(path, number, "`%s` has no role", entry->name);
    char *role = next_column(&text);
    entry->role = find_role(table, path, number, role);
    free(role);
    entry->instead = copy_text(text, strlen(text));
}

static void read_table(Table *table, const char *path)
{
    Lines lines = read_lines(path);
    for (size_t i = 0; i < lines.count; i++) {
        char *text = skip_blanks(lines.line[i]);
        if (*text && *text != '#')
            read_entry(table, path, i + 1, text);
        free(lines.line[i]);
    }
    free(lines.line);
}

/* Bytewise by name; equal names by place, so that the error names the later one. */
static int by_name(const void *a, const void *b)
{
    const Entry *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    if (!order)
        order = strcmp(left->path, right->path);
    return order ? order : (left->line > right->line) - (left->line < right->line);
}

static void sort_entries(Table *table)
{
    if (table->count)
        qsort(table->entries, table->count, sizeof *table->entries, by_name);
    for (size_t i = 1; i < table->count; i++) {
        const Entry *first = &table->entries[i - 1], *second = &table->entries[i];
        if (strcmp(first->name, second->name) == 0)
            fail_at(second->path, second->line, "`%s` is listed twice; first at %s:%zu", second->name, first->path,
                first->line);
    }
}

static void write_table(FILE *out, const Table *table)
{
    fputs("/* Generated from rules/apis/ by gen_apis. */\n#include \"facts/api.h\"\n\n#include <stddef.h>\n\n", out);
    fputs("const Api all_apis[] = {\n", out);
    for (size_t i = 0; i < table->count; i++) {
        const Entry *entry = &table->entries[i];
        fprintf(out, "    { \"%s\", ROLE_%s, ", entry->name, entry->role->identifier);
        write_literal(out, entry->instead);
        fputs(" },\n", out);
    }
    fprintf(out, "    { NULL, (ApiRole)0, NULL },\n};\n\nconst size_t all_apis_count = %zu;\n", table->count);
}

static void release_table(Table *table)
{
    for (size_t i = 0; i < table->role_count; i++) {
        free(table->roles[i].identifier);
        free(table->roles[i].name);
    }
    for (size_t i = 0; i < table->count; i++) {
        free(table->entries[i].name);
        free(table->entries[i].instead);
    }
    free(table->roles);
    free(table->entries);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: gen_apis OUTPUT ROLES.def TABLE.tbl...\n", stderr);
        return 2;
    }
    Table table = { 0 };
    read_roles(&table, argv[2]);
    for (int i = 3; i < argc; i++)
        read_table(&table, argv[i]);
    sort_entries(&table);

    FILE *out = open_output(argv[1]);
    write_table(out, &table);
    close_output(out, argv[1]);
    release_table(&table);
    return 0;
}
