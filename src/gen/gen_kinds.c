/* gen_kinds HEADER SOURCE: the grammar's symbols and fields as C enums.
 *
 * Several symbols of the grammar share a name (a rule and its aliases): they become one kind. A named `lambda` and the keyword
 * `lambda` are two: PY_LAMBDA and PY_KW_LAMBDA. Hidden symbols have no kind. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_python(void);

enum { IDENTIFIER_MAX = 96 };

typedef struct Kind {
    const char *name;                /* the grammar's name */
    char identifier[IDENTIFIER_MAX]; /* ours */
    bool is_named;
} Kind;

typedef struct Kinds {
    Kind *items;
    uint32_t count;
    uint16_t *of_symbol;
    uint32_t symbol_count;
} Kinds;

/* Tokens whose spelling is no identifier. */
static const struct {
    const char *token;
    const char *name;
} token_names[] = {
    { "!=", "NE" },
    { "%", "PERCENT" },
    { "%=", "PERCENT_EQ" },
    { "&", "AMP" },
    { "&=", "AMP_EQ" },
    { "(", "LPAREN" },
    { ")", "RPAREN" },
    { "*", "STAR" },
    { "**", "STAR_STAR" },
    { "**=", "STAR_STAR_EQ" },
    { "*=", "STAR_EQ" },
    { "+", "PLUS" },
    { "+=", "PLUS_EQ" },
    { ",", "COMMA" },
    { "-", "MINUS" },
    { "-=", "MINUS_EQ" },
    { "->", "ARROW" },
    { ".", "DOT" },
    { "/", "SLASH" },
    { "//", "SLASH_SLASH" },
    { "//=", "SLASH_SLASH_EQ" },
    { "/=", "SLASH_EQ" },
    { ":", "COLON" },
    { ":=", "WALRUS" },
    { ";", "SEMICOLON" },
    { "<", "LT" },
    { "<<", "LSHIFT" },
    { "<<=", "LSHIFT_EQ" },
    { "<=", "LE" },
    { "<>", "LT_GT" },
    { "=", "ASSIGN" },
    { "==", "EQ" },
    { ">", "GT" },
    { ">=", "GE" },
    { ">>", "RSHIFT" },
    { ">>=", "RSHIFT_EQ" },
    { "@", "AT" },
    { "@=", "AT_EQ" },
    { "[", "LBRACKET" },
    { "\\", "BACKSLASH" },
    { "]", "RBRACKET" },
    { "^", "CARET" },
    { "^=", "CARET_EQ" },
    { "_", "UNDERSCORE" },
    { "{", "LBRACE" },
    { "|", "PIPE" },
    { "|=", "PIPE_EQ" },
    { "}", "RBRACE" },
    { "~", "TILDE" },
};

static _Noreturn void fail(const char *what, const char *name)
{
    fprintf(stderr, "gen_kinds: %s: `%s`\n", what, name);
    exit(1);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        fail("out of memory", "");
    return memory;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* PREFIX + the name in upper case; blanks become underscores. False when the name holds anything else. */
static bool spell(char out[IDENTIFIER_MAX], const char *prefix, const char *name)
{
    size_t n = strlen(prefix);
    if (n + strlen(name) >= IDENTIFIER_MAX)
        fail("name is too long", name);
    memcpy(out, prefix, n);
    for (const char *p = name; *p; p++) {
        bool is_digit = *p >= '0' && *p <= '9';
        if (!is_letter(*p) && !is_digit && *p != '_' && *p != ' ')
            return false;
        out[n++] = *p == ' ' ? '_' : upper(*p);
    }
    out[n] = '\0';
    return true;
}

static void spell_token(char out[IDENTIFIER_MAX], const char *token)
{
    for (size_t i = 0; i < sizeof token_names / sizeof token_names[0]; i++) {
        if (strcmp(token_names[i].token, token) == 0) {
            spell(out, "PY_OP_", token_names[i].name);
            return;
        }
    }
    if (strcmp(token, "__future__") == 0)
        token = "future";
    if (!is_letter(token[0]) || !spell(out, "PY_KW_", token))
        fail("the grammar has a token without a name in token_names", token);
}

static uint32_t add(Kinds *kinds, const char *name, bool is_named)
{
    for (uint32_t i = 0; i < kinds->count; i++) {
        if (kinds->items[i].is_named == is_named && strcmp(kinds->items[i].name, name) == 0)
            return i;
    }
    Kind *kind = &kinds->items[kinds->count];
    kind->name = name;
    kind->is_named = is_named;
    if (!is_named)
        spell_token(kind->identifier, name);
    else if (!spell(kind->identifier, "PY_", name))
        fail("a named node that is no identifier", name);
    for (uint32_t i = 0; i < kinds->count; i++) {
        if (strcmp(kinds->items[i].identifier, kind->identifier) == 0)
            fail("two kinds get the same identifier", kind->identifier);
    }
    return kinds->count++;
}

static void add_all(Kinds *kinds, const TSLanguage *language, TSSymbolType type)
{
    for (uint32_t symbol = 0; symbol < kinds->symbol_count; symbol++) {
        if (ts_language_symbol_type(language, (TSSymbol)symbol) == type)
            kinds->of_symbol[symbol] =
                (uint16_t)add(kinds, ts_language_symbol_name(language, (TSSymbol)symbol), type == TSSymbolTypeRegular);
    }
}

static Kinds read_kinds(const TSLanguage *language)
{
    Kinds kinds = { .symbol_count = ts_language_symbol_count(language) };
    kinds.items = allocate(kinds.symbol_count + 2, sizeof *kinds.items);
    kinds.of_symbol = allocate(kinds.symbol_count, sizeof *kinds.of_symbol);
    kinds.items[0] = (Kind){ .name = "", .identifier = "PY_NO_NODE" };
    kinds.items[1] = (Kind){ .name = "ERROR", .identifier = "PY_ERROR", .is_named = true };
    kinds.count = 2;
    add_all(&kinds, language, TSSymbolTypeRegular);
    add_all(&kinds, language, TSSymbolTypeAnonymous);
    return kinds;
}

static void write_header(FILE *out, const Kinds *kinds, const TSLanguage *language)
{
    fputs("/* Generated from the grammar by gen_kinds. */\n#ifndef AWRY_KINDS_H\n#define AWRY_KINDS_H\n\n", out);
    fputs("#include <stdbool.h>\n#include <stdint.h>\n\ntypedef enum PyKind {\n", out);
    for (uint32_t i = 0; i < kinds->count; i++)
        fprintf(out, "    %s = %u,\n", kinds->items[i].identifier, i);
    fputs("    PY_KIND_COUNT\n} PyKind;\n\ntypedef enum PyField {\n    F_NONE = 0,\n", out);
    uint32_t fields = ts_language_field_count(language);
    for (uint32_t id = 1; id <= fields; id++) {
        char identifier[IDENTIFIER_MAX];
        const char *name = ts_language_field_name_for_id(language, (TSFieldId)id);
        if (!spell(identifier, "F_", name))
            fail("a field that is no identifier", name);
        fprintf(out, "    %s = %u,\n", identifier, id);
    }
    fputs("    F_COUNT\n} PyField;\n\n", out);
    fputs("/* Indexed by TSSymbol, py_symbol_count long; hidden symbols are PY_NO_NODE.\n", out);
    fputs(" * The symbol of errors is beyond the end. */\n", out);
    fputs("extern const uint16_t py_kind_of_symbol[];\nextern const uint32_t py_symbol_count;\n\n", out);
    fputs("/* The grammar's own names: `function_definition`, `async`, `+=`; \"\" for PY_NO_NODE. */\n", out);
    fputs("extern const char *const py_kind_names[PY_KIND_COUNT];\n", out);
    fputs("extern const bool py_kind_named[PY_KIND_COUNT];\n", out);
    fputs("extern const char *const py_field_names[F_COUNT];\n\n#endif\n", out);
}

static void write_string(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', out);
        putc(*text, out);
    }
    putc('"', out);
}

static void write_source(FILE *out, const Kinds *kinds, const TSLanguage *language)
{
    fputs("/* Generated from the grammar by gen_kinds. */\n#include \"kinds.h\"\n\n", out);
    fputs("const uint16_t py_kind_of_symbol[] = {\n", out);
    for (uint32_t i = 0; i < kinds->symbol_count; i++)
        fprintf(out, "    %s,\n", kinds->items[kinds->of_symbol[i]].identifier);
    fprintf(out, "};\n\nconst uint32_t py_symbol_count = %u;\n\n", kinds->symbol_count);
    fputs("const char *const py_kind_names[PY_KIND_COUNT] = {\n", out);
    for (uint32_t i = 0; i < kinds->count; i++) {
        fprintf(out, "    [%s] = ", kinds->items[i].identifier);
        write_string(out, kinds->items[i].name);
        fputs(",\n", out);
    }
    fputs("};\n\nconst bool py_kind_named[PY_KIND_COUNT] = {\n", out);
    for (uint32_t i = 0; i < kinds->count; i++) {
        if (kinds->items[i].is_named)
            fprintf(out, "    [%s] = true,\n", kinds->items[i].identifier);
    }
    fputs("};\n\nconst char *const py_field_names[F_COUNT] = {\n    [F_NONE] = \"\",\n", out);
    uint32_t fields = ts_language_field_count(language);
    for (uint32_t id = 1; id <= fields; id++)
        fprintf(out, "    [%u] = \"%s\",\n", id, ts_language_field_name_for_id(language, (TSFieldId)id));
    fputs("};\n", out);
}

typedef void Writer(FILE *out, const Kinds *kinds, const TSLanguage *language);

static void write_file(const char *path, Writer *write, const Kinds *kinds, const TSLanguage *language)
{
    FILE *out = fopen(path, "w");
    if (!out)
        fail("cannot write", path);
    write(out, kinds, language);
    if (fclose(out) != 0)
        fail("cannot write", path);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: gen_kinds HEADER SOURCE\n", stderr);
        return 2;
    }
    const TSLanguage *language = tree_sitter_python();
    Kinds kinds = read_kinds(language);
    write_file(argv[1], write_header, &kinds, language);
    write_file(argv[2], write_source, &kinds, language);
    free(kinds.items);
    free(kinds.of_symbol);
    return 0;
}
