/* gen_apis OUTPUT FACTS.def TABLE.tbl...: the table of what libraries' functions do, sorted by qualified name, and its index.
 *
 * src/facts/api.h says what a line of a table looks like. The words come from the lines `KIND(NAME, "word")`, COLOUR, HAZARD, ROLE
 * and CALLBACK of FACTS.def, so a new word needs no change here; the first line of each group is what holds when no word is given. */
#include "gen.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef enum Group {
    GROUP_KIND,
    GROUP_COLOUR,
    GROUP_HAZARD,
    GROUP_ROLE,
    GROUP_CALLBACK,
    GROUP_WEIGHT,
    GROUP_COUNT,
} Group;

static const char *const group_names[GROUP_COUNT] = { "KIND", "COLOUR", "HAZARD", "ROLE", "CALLBACK", "WEIGHT" };

typedef struct Word {
    Group group;
    char *identifier; /* SLEEP */
    char *text;       /* sleep; "" when it is only what holds without a word */
} Word;

typedef struct Entry {
    const char *path;
    size_t line;
    const Word *word[GROUP_COUNT];                            /* NULL: none given */
    char *name, *result, *bases, *unless, *instead, *keyword; /* NULL: "" */
    unsigned argument;
    size_t depth; /* of a class: of its bases */
} Entry;

typedef struct Table {
    Word *words;
    size_t word_count;
    Entry *entries;
    size_t count;
    size_t room;
} Table;

enum { ARGUMENT_ALL = 255, ARGUMENT_KEYWORD = 254, ROW_BITS = 16, ROWS_MOST = (1 << ROW_BITS) - 2 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

/* ---- words ---- */

static bool is_quoted(const char *text, size_t length)
{
    return text[0] == '"' && text[1 + length] == '"';
}

static Word parse_word(const char *path, size_t number, Group group, char *text)
{
    char *identifier = skip_blanks(text);
    size_t identifier_length = strspn(identifier, letters);
    char *comma = skip_blanks(identifier + identifier_length);
    char *quoted = *comma == ',' ? skip_blanks(comma + 1) : comma;
    size_t length = *quoted == '"' ? strcspn(quoted + 1, "\"") : 0;
    if (!identifier_length || *comma != ',' || !is_quoted(quoted, length))
        fail_at(path, number, "expected %s(NAME, \"word\")", group_names[group]);
    return (Word){ group, copy_text(identifier, identifier_length), copy_text(quoted + 1, length) };
}

static void read_words(Table *table, const char *path)
{
    Lines lines = read_lines(path);
    table->words = allocate(lines.count + 3, sizeof *table->words);
    bool has_group[GROUP_COUNT] = { false };
    for (size_t i = 0; i < lines.count; i++) {
        char *text = skip_blanks(lines.line[i]);
        for (Group group = GROUP_KIND; group < GROUP_WEIGHT; group++) {
            size_t length = strlen(group_names[group]);
            if (!starts_with(text, group_names[group]) || text[length] != '(')
                continue;
            table->words[table->word_count++] = parse_word(path, i + 1, group, text + length + 1);
            has_group[group] = true;
        }
        free(lines.line[i]);
    }
    free(lines.line);
    for (Group group = GROUP_KIND; group < GROUP_WEIGHT; group++) {
        if (!has_group[group])
            fail_at(path, 0, "no line %s(NAME, \"word\")", group_names[group]);
    }
    table->words[table->word_count++] = (Word){ GROUP_WEIGHT, copy_text("ALWAYS", 6), copy_text("", 0) };
    table->words[table->word_count++] = (Word){ GROUP_WEIGHT, copy_text("USUALLY", 7), copy_text("usually", 7) };
    table->words[table->word_count++] = (Word){ GROUP_WEIGHT, copy_text("LARGE", 5), copy_text("large", 5) };
}

static const Word *first_word(const Table *table, Group group)
{
    const Word *word = table->words;
    while (word->group != group)
        word++;
    return word;
}

static const Word *find_word(const Table *table, const char *text)
{
    for (size_t i = 0; i < table->word_count; i++) {
        if (*text && strcmp(table->words[i].text, text) == 0)
            return &table->words[i];
    }
    return NULL;
}

static bool is_alias(const Entry *entry)
{
    return entry->word[GROUP_KIND] && strcmp(entry->word[GROUP_KIND]->text, "alias") == 0;
}

/* ---- the shape of what a column holds ---- */

/* The length of the qualified name that text begins with; 0 when it begins with none. */
static size_t name_length(const char *text)
{
    for (const char *p = text;;) {
        size_t length = strspn(p, letters);
        if (!length || (*p >= '0' && *p <= '9'))
            return 0;
        p += length;
        if (*p != '.')
            return (size_t)(p - text);
        p++;
    }
}

static bool is_qualified_name(const char *text)
{
    size_t length = name_length(text);
    return length && text[length] == '\0';
}

/* A row may be about all other members of a class: `botocore.client.BaseClient.*`. */
static bool is_row_name(const char *text)
{
    size_t length = strlen(text);
    if (length < 3 || strcmp(text + length - 2, ".*") != 0)
        return is_qualified_name(text);
    char *owner = copy_text(text, length - 2);
    bool is_good = is_qualified_name(owner);
    free(owner);
    return is_good;
}

/* A qualified name, or call(N), await(N), of(N), type(N): its length, 0 when it is neither. */
static size_t simple_result_length(const char *text)
{
    static const char *const operators[] = { "call(", "await(", "of(", "type(" };
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t length = strlen(operators[i]);
        if (!starts_with(text, operators[i]))
            continue;
        size_t digits = strspn(text + length, "0123456789");
        return digits && text[length + digits] == ')' ? length + digits + 1 : 0;
    }
    return name_length(text);
}

static bool is_result(const char *text)
{
    if (*text != '(') {
        size_t length = simple_result_length(text);
        return length && text[length] == '\0';
    }
    do {
        text += *text == '(' ? 1 : 2;
        size_t length = simple_result_length(text);
        if (!length)
            return false;
        text += length;
    } while (text[0] == ',' && text[1] == ' ');
    return text[0] == ')' && text[1] == '\0';
}

static bool are_bases(const char *text)
{
    for (;;) {
        size_t length = name_length(text);
        if (!length)
            return false;
        text += length;
        if (*text == '\0')
            return true;
        if (*text++ != ',')
            return false;
    }
}

/* argument:value, separated by commas. */
static bool are_conditions(const char *text)
{
    for (;;) {
        size_t length = strspn(text, letters);
        if (!length || text[length] != ':')
            return false;
        text += length + 1;
        length = strcspn(text, ",:");
        if (!length || text[length] == ':')
            return false;
        text += length;
        if (*text++ == '\0')
            return true;
    }
}

/* ---- lines ---- */

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

/* Cuts the first column off *text and leaves *text at the next one. */
static char *next_column(char **text)
{
    char *begin = skip_blanks(*text), *end = begin;
    while (*end && *end != '\t' && !(end[0] == ' ' && (end[1] == ' ' || end[1] == '\t')))
        end++;
    *text = skip_blanks(end);
    return copy_text(begin, (size_t)(end - begin));
}

_Noreturn static void fail_unknown(const Table *table, const Entry *entry, const char *text)
{
    char known[2048];
    size_t used = 0;
    for (size_t i = 0; i < table->word_count; i++) {
        const char *word = table->words[i].text;
        if (*word && used + strlen(word) + 3 < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", word);
    }
    fail_at(entry->path, entry->line, "unknown word `%s`; known are %s", text, used ? known : "none");
}

static void take_word(const Table *table, Entry *entry, const char *text)
{
    const Word *word = find_word(table, text);
    if (!word)
        fail_unknown(table, entry, text);
    const Word *before = entry->word[word->group];
    if (before)
        fail_at(entry->path, entry->line, "`%s` and `%s` exclude each other", before->text, text);
    entry->word[word->group] = word;
}

/* class(base,base) */
static void take_bases(const Table *table, Entry *entry, const char *text)
{
    size_t length = strlen(text);
    take_word(table, entry, "class");
    if (text[length - 1] == ')')
        entry->bases = copy_text(text + strlen("class("), length - strlen("class()"));
    if (!entry->bases || !are_bases(entry->bases))
        fail_at(entry->path, entry->line, "`%s` is not class(base,base)", text);
}

static void take_argument(Entry *entry, const char *text)
{
    char *end = NULL;
    bool is_word = strcmp(text, "all") == 0 || strcmp(text, "none") == 0;
    unsigned long value = strcmp(text, "all") == 0 ? ARGUMENT_ALL : ARGUMENT_KEYWORD;
    if (!is_word)
        value = strtoul(text, &end, 10);
    if (text[0] == '-' || !*text || (end && *end) || (end && value >= ARGUMENT_KEYWORD))
        fail_at(entry->path, entry->line, "`arg=%s` is no position", text);
    entry->argument = (unsigned)value;
}

static void take_fact(const Table *table, Entry *entry, const char *text)
{
    if (starts_with(text, "class(")) {
        take_bases(table, entry, text);
    } else if (starts_with(text, "unless=")) {
        entry->unless = copy_text(text + 7, strlen(text + 7));
        if (!are_conditions(entry->unless))
            fail_at(entry->path, entry->line, "`%s` is not unless=argument:value,...", text);
    } else if (starts_with(text, "arg=")) {
        take_argument(entry, text + 4);
    } else if (starts_with(text, "key=")) {
        entry->keyword = copy_text(text + 4, strlen(text + 4));
        if (!is_qualified_name(entry->keyword) || strchr(entry->keyword, '.'))
            fail_at(entry->path, entry->line, "`%s` is not key=name", text);
    } else {
        take_word(table, entry, text);
    }
}

static void read_facts(const Table *table, Entry *entry, char *facts)
{
    for (char *word = facts; *word;) {
        size_t length = strcspn(word, " ");
        char *text = copy_text(word, length);
        take_fact(table, entry, text);
        free(text);
        word = skip_blanks(word + length);
    }
}

/* What only makes sense together. */
static void check_entry(const Entry *entry)
{
    const char *path = entry->path;
    size_t line = entry->line;
    bool has_role = entry->word[GROUP_ROLE] != NULL, has_hazard = entry->word[GROUP_HAZARD] != NULL;
    bool has_callback = entry->word[GROUP_CALLBACK] != NULL;
    bool has_fact = has_role || has_hazard || has_callback || entry->word[GROUP_COLOUR];
    if (!has_fact && !entry->word[GROUP_KIND] && !entry->result)
        fail_at(path, line, "`%s` has no facts", entry->name);
    if ((entry->argument || entry->keyword) && !has_role && !has_callback)
        fail_at(path, line, "`arg=` and `key=` say what a role is about, and `%s` has none", entry->name);
    if (entry->argument == ARGUMENT_KEYWORD && !entry->keyword)
        fail_at(path, line, "`arg=none` leaves the keyword, and `%s` has none", entry->name);
    if ((entry->word[GROUP_WEIGHT] || entry->unless) && !has_hazard)
        fail_at(path, line, "weights and `unless=` are about a hazard, and `%s` has none", entry->name);
    if (is_alias(entry) && (has_fact || !entry->result || !is_qualified_name(entry->result)))
        fail_at(path, line, "an alias has `-> name` and nothing else");
    if (is_alias(entry) && strcmp(entry->name, entry->result) == 0)
        fail_at(path, line, "`%s` is an alias of itself", entry->name);
}

static void read_entry(Table *table, const char *path, size_t number, char *text)
{
    for (size_t n = strlen(text); n && (text[n - 1] == ' ' || text[n - 1] == '\t'); n--)
        text[n - 1] = '\0';
    Entry *entry = new_entry(table);
    *entry = (Entry){ .path = path, .line = number, .name = next_column(&text) };
    if (!is_row_name(entry->name))
        fail_at(path, number, "`%s` is no qualified name; columns are separated by two spaces or a tab", entry->name);
    if (*text && !starts_with(text, "-> ") && !starts_with(text, "| ")) {
        char *facts = next_column(&text);
        read_facts(table, entry, facts);
        free(facts);
    }
    if (starts_with(text, "-> ")) {
        text = skip_blanks(text + 3);
        entry->result = next_column(&text);
        if (!is_result(entry->result))
            fail_at(path, number, "`%s` is no result; see src/facts/api.h", entry->result);
    }
    if (starts_with(text, "| ")) {
        text = skip_blanks(text + 2);
        entry->instead = copy_text(text, strlen(text));
    } else if (*text) {
        fail_at(path, number, "expected `-> result` or `| what to use instead` before `%s`", text);
    }
    check_entry(entry);
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

/* ---- the table ---- */

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
    if (table->count > ROWS_MOST)
        fail_at("tables", 0, "more than %d rows; the index has %d bits for them", ROWS_MOST, ROW_BITS);
}

/* ---- what rows say of each other ---- */

static Entry *find_entry(const Table *table, const char *name, size_t length)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        Entry *entry = &table->entries[middle];
        int order = strncmp(entry->name, name, length);
        if (order == 0 && entry->name[length] == '\0')
            return entry;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Rows are keyed by canonical names, and so is what they refer to. */
static void check_canonical(const Table *table, const Entry *entry, const char *name, size_t length)
{
    const Entry *other = find_entry(table, name, length);
    if (other && is_alias(other))
        fail_at(entry->path, entry->line, "`%s` is an alias; write `%s`", other->name, other->result);
}

/* How many classes deep the bases of a class go, as far as the rows before it in this round know. */
static size_t depth_of_bases(const Table *table, const Entry *entry)
{
    size_t depth = 0;
    for (const char *base = entry->bases; base && *base; base += *base == ',') {
        size_t length = name_length(base);
        const Entry *class_ = find_entry(table, base, length);
        check_canonical(table, entry, base, length);
        if (class_ && class_->depth + 1 > depth)
            depth = class_->depth + 1;
        base += length;
    }
    return depth;
}

static void check_bases(Table *table)
{
    enum { DEEPEST = 24 };
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (size_t i = 0; i < table->count; i++) {
            Entry *entry = &table->entries[i];
            size_t depth = depth_of_bases(table, entry);
            if (depth > DEEPEST)
                fail_at(entry->path, entry->line, "the bases of `%s` go in a circle", entry->name);
            has_changed = has_changed || depth != entry->depth;
            entry->depth = depth;
        }
    }
}

static void check_references(Table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const Entry *entry = &table->entries[i];
        if (entry->result)
            check_canonical(table, entry, entry->result, strlen(entry->result));
    }
    check_bases(table);
}

/* ---- output ---- */

static void write_text(FILE *out, const char *field, const char *text)
{
    fprintf(out, ".%s = ", field);
    write_literal(out, text ? text : "");
    fputs(", ", out);
}

/* Every pointer costs 24 bytes of relocations besides its own 8: what few rows have is left out, NULL. */
static void write_entry(FILE *out, const Table *table, const Entry *entry)
{
    static const char *const fields[GROUP_COUNT] = { "kind", "colour", "hazard", "role", "callback", "weight" };
    fputs("    { ", out);
    write_text(out, "name", entry->name);
    write_text(out, "result", entry->result);
    if (entry->bases)
        write_text(out, "bases", entry->bases);
    if (entry->unless)
        write_text(out, "unless", entry->unless);
    write_text(out, "instead", entry->instead);
    write_text(out, "keyword", entry->keyword);
    for (Group group = GROUP_KIND; group < GROUP_COUNT; group++) {
        const Word *word = entry->word[group] ? entry->word[group] : first_word(table, group);
        fprintf(out, ".%s = %s_%s, ", fields[group], group_names[group], word->identifier);
    }
    fprintf(out, ".argument = %u, .name_length = %zu },\n", entry->argument, strlen(entry->name));
}

/* The hash and the slots are those of src/facts/api_index.h, which says what they mean; tests/test_api.c finds every row. */
static uint32_t hash_of(const char *name)
{
    uint32_t hash = 2166136261U;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619U;
    return hash;
}

static void write_index(FILE *out, const Table *table)
{
    uint32_t count = 1;
    while (count < table->count * 2 + 1)
        count *= 2;
    uint32_t *slots = allocate(count, sizeof *slots);
    for (size_t i = 0; i < table->count; i++) {
        uint32_t hash = hash_of(table->entries[i].name);
        uint32_t slot = (hash ^ hash >> 15) & (count - 1);
        while (slots[slot])
            slot = (slot + 1) & (count - 1);
        slots[slot] = hash >> ROW_BITS << ROW_BITS | (uint32_t)(i + 1);
    }
    fprintf(out, "const uint32_t api_slot_count = %u;\nconst uint32_t api_slots[] = {", count);
    for (uint32_t i = 0; i < count; i++)
        fprintf(out, "%s%#x,", i % 12 ? " " : "\n    ", slots[i]);
    fputs("\n};\n", out);
    free(slots);
}

static void write_table(FILE *out, const Table *table)
{
    fputs("/* Generated from rules/apis/ by gen_apis. */\n#include \"facts/api.h\"\n#include \"facts/api_index.h\"\n\n",
        out);
    fprintf(out, "const size_t all_apis_count = %zu;\nconst Api all_apis[] = {\n", table->count);
    for (size_t i = 0; i < table->count; i++)
        write_entry(out, table, &table->entries[i]);
    fputs("    { 0 },\n};\n\n", out);
    write_index(out, table);
}

static void release_table(Table *table)
{
    for (size_t i = 0; i < table->word_count; i++) {
        free(table->words[i].identifier);
        free(table->words[i].text);
    }
    for (size_t i = 0; i < table->count; i++) {
        Entry *entry = &table->entries[i];
        char *texts[] = { entry->name, entry->result, entry->bases, entry->unless, entry->instead, entry->keyword };
        for (size_t text = 0; text < sizeof texts / sizeof *texts; text++)
            free(texts[text]);
    }
    free(table->words);
    free(table->entries);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: gen_apis OUTPUT FACTS.def TABLE.tbl...\n", stderr);
        return 2;
    }
    Table table = { 0 };
    read_words(&table, argv[2]);
    for (int i = 3; i < argc; i++)
        read_table(&table, argv[i]);
    sort_entries(&table);
    check_references(&table);

    FILE *out = open_output(argv[1]);
    write_table(out, &table);
    close_output(out, argv[1]);
    release_table(&table);
    return 0;
}
