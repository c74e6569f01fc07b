/* gen_parser HEADER SOURCE: the grammar's parse tables in the shape that src/python/lr_internal.h declares: rows by state in
 * blocks, equal blocks once, what an action does in one number, and the keywords as a perfect hash. The header has numbers and sizes.
 *
 * Reads the tables of the compiled grammar through the runtime's private header, so it is built only when the runtime is. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

#include <language.h>

const TSLanguage *tree_sitter_python(void);

typedef struct Reduction {
    TSSymbol symbol;
    uint16_t production;
    uint8_t count;
    int16_t weight;
} Reduction;

/* A cell: 0 nothing; below `states` a shift to that state; then a reduction; then the end; then a list of several cells. */
typedef struct Tables {
    const TSLanguage *language;
    FILE *header, *source;
    uint32_t states, terminals, symbols;
    Reduction *reductions;
    uint32_t reduction_count;
    uint16_t *forks; /* each list ends with 0 */
    uint32_t fork_count;
    uint16_t *columns; /* of terminals in the table of actions */
    uint32_t *fork_of; /* by index into the grammar's actions: where the list begins, + 1 */
} Tables;

enum { MOST_REDUCTIONS = 4096, MOST_FORKS = 1 << 16, ROW = 512, TERMINAL_NONE = 0xffff };

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "gen_parser: %s\n", what);
    exit(1);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        fail("out of memory");
    return memory;
}

/* ---- Cells ---- */

static uint32_t reduction_of(Tables *t, const TSParseAction *action)
{
    Reduction wanted = { action->reduce.symbol, action->reduce.production_id, action->reduce.child_count,
                         action->reduce.dynamic_precedence };
    for (uint32_t i = 0; i < t->reduction_count; i++) {
        const Reduction *r = &t->reductions[i];
        if (r->symbol == wanted.symbol && r->production == wanted.production && r->count == wanted.count &&
            r->weight == wanted.weight)
            return i;
    }
    if (t->reduction_count == MOST_REDUCTIONS)
        fail("too many reductions");
    t->reductions[t->reduction_count] = wanted;
    return t->reduction_count++;
}

/* In a first round all reductions are found, so that the numbers behind them are known in the second. */
static uint16_t cell_of(Tables *t, uint32_t first_end, const TSParseAction *action)
{
    switch (action->type) {
    case TSParseActionTypeShift:
        /* Comments and continuation lines are not in what is parsed: a shift of them is an error here. */
        return action->shift.extra || action->shift.repetition ? 0 : action->shift.state;
    case TSParseActionTypeReduce:
        return (uint16_t)(t->states + reduction_of(t, action));
    case TSParseActionTypeAccept:
        return (uint16_t)first_end;
    default:
        return 0;
    }
}

static uint16_t cell_at(Tables *t, uint32_t first_end, uint16_t index)
{
    const TSParseActionEntry *entry = &t->language->parse_actions[index];
    uint16_t cells[16];
    uint32_t count = 0;
    for (uint32_t i = 0; i < entry->entry.count; i++) {
        uint16_t cell = cell_of(t, first_end, &entry[i + 1].action);
        if (cell && count < 15)
            cells[count++] = cell;
    }
    if (count < 2)
        return count ? cells[0] : 0;
    if (!t->fork_of[index]) {
        if (t->fork_count + count + 1 > MOST_FORKS)
            fail("too many conflicts");
        t->fork_of[index] = t->fork_count + 1;
        for (uint32_t i = 0; i < count; i++)
            t->forks[t->fork_count++] = cells[i];
        t->forks[t->fork_count++] = 0;
    }
    return (uint16_t)(first_end + t->fork_of[index]);
}

static uint32_t index_count(const Tables *t)
{
    uint32_t most = 0;
    for (uint32_t state = 0; state < t->states; state++) {
        for (uint32_t symbol = 0; symbol < t->terminals; symbol++) {
            uint16_t value = ts_language_lookup(t->language, (TSStateId)state, (TSSymbol)symbol);
            most = value > most ? value : most;
        }
    }
    return most + 1;
}

static void find_reductions(Tables *t)
{
    for (uint32_t state = 0; state < t->states; state++) {
        for (uint32_t symbol = 0; symbol < t->terminals; symbol++) {
            const TSParseActionEntry *entry =
                &t->language->parse_actions[ts_language_lookup(t->language, (TSStateId)state, (TSSymbol)symbol)];
            for (uint32_t i = 0; i < entry->entry.count; i++) {
                if (entry[i + 1].action.type == TSParseActionTypeReduce)
                    reduction_of(t, &entry[i + 1].action);
            }
        }
    }
}

/* ---- Blocks ---- */

enum { BLOCK = 32 }; /* cells: one line of the processor's cache */

/* A table of states and columns, cut into blocks: of those that are the same one is kept. */
typedef struct Blocks {
    uint16_t *cells; /* of `count` blocks */
    uint32_t states, a_row, count;
    uint16_t *of; /* the first block of each state, then the second one of each, ... */
} Blocks;

static bool fits(const uint16_t *kept, const uint16_t *wanted, bool is_sparse)
{
    for (uint32_t i = 0; i < BLOCK; i++) {
        if (kept[i] != wanted[i] && !(is_sparse && (!kept[i] || !wanted[i])))
            return false;
    }
    return true;
}

/* A block of a sparse table is only asked for what is in it, so it can share its place with one that says nothing else there. */
static uint32_t block_like(Blocks *blocks, const uint16_t *wanted, bool is_sparse)
{
    uint32_t i = 0;
    while (i < blocks->count && !fits(&blocks->cells[i * BLOCK], wanted, is_sparse))
        i++;
    for (uint32_t k = 0; k < BLOCK; k++)
        blocks->cells[i * BLOCK + k] |= wanted[k];
    blocks->count += i == blocks->count;
    return i;
}

static void add_row(Blocks *blocks, uint32_t state, const uint16_t *row, bool is_sparse)
{
    for (uint32_t i = 0; i < blocks->a_row; i++)
        blocks->of[i * blocks->states + state] = (uint16_t)block_like(blocks, row + i * BLOCK, is_sparse);
}

static void print_array(FILE *out, const char *declaration, const uint16_t *items, uint32_t count)
{
    fprintf(out, "const %s = {", declaration);
    for (uint32_t i = 0; i < count; i++)
        fprintf(out, "%s%u,", i % 24 ? "" : "\n", items[i]);
    fprintf(out, "\n};\n");
}

static void print_blocks(FILE *out, const char *name, const Blocks *blocks)
{
    char text[96];
    snprintf(text, sizeof text, "_Alignas(64) uint16_t %s_blocks[]", name);
    print_array(out, text, blocks->cells, blocks->count * BLOCK);
    snprintf(text, sizeof text, "uint16_t %s_block_of[]", name);
    print_array(out, text, blocks->of, blocks->a_row * blocks->states);
}

static void init_blocks(Blocks *blocks, uint32_t columns, uint32_t states)
{
    *blocks = (Blocks){ .states = states, .a_row = (columns + BLOCK - 1) / BLOCK };
    blocks->cells = allocate((size_t)blocks->a_row * states * BLOCK, sizeof(uint16_t));
    blocks->of = allocate((size_t)blocks->a_row * states, sizeof(uint16_t));
}

static void free_blocks(Blocks *blocks)
{
    free(blocks->cells);
    free(blocks->of);
}

/* ---- Columns ---- */

static TSSymbol token_named(const Tables *t, const char *name, uint32_t from)
{
    for (uint32_t i = from; i < t->terminals; i++) {
        if (strcmp(t->language->symbol_names[i], name) == 0)
            return (TSSymbol)i;
    }
    return TERMINAL_NONE;
}

/* The tokens that most text is made of: what a state does at them lies in one block. */
static const char *const frequent[] = { "identifier", "(", ")", ".", ",", "=", ":", "_newline", "[", "]", "string_start", "string_end",
    "_indent", "_dedent", "integer", "none", "true", "false", "return", "if", "def", "import", "from", "await", "async", "for", "in",
    "not", "{", "}", "|" };
_Static_assert(sizeof frequent / sizeof *frequent < BLOCK, "the first block has a column for nothing as well");

/* Fills t->columns: the frequent tokens first, behind the end of the text (0). */
static void order_columns(Tables *t)
{
    uint32_t next = 1;
    for (size_t i = 0; i < sizeof frequent / sizeof *frequent; i++) {
        TSSymbol symbol = token_named(t, frequent[i], 1);
        if (symbol != TERMINAL_NONE)
            t->columns[symbol] = (uint16_t)next++;
    }
    for (uint32_t symbol = 1; symbol < t->terminals; symbol++) {
        if (!t->columns[symbol])
            t->columns[symbol] = (uint16_t)next++;
    }
}

static void print_actions(Tables *t)
{
    Blocks actions, gotos;
    init_blocks(&actions, t->terminals, t->states);
    init_blocks(&gotos, t->symbols - t->terminals, t->states);
    uint32_t first_end = t->states + t->reduction_count;
    order_columns(t);
    for (uint32_t state = 0; state < t->states; state++) {
        uint16_t row[ROW] = { 0 }, gotos_row[ROW] = { 0 };
        for (uint32_t symbol = 0; symbol < t->symbols; symbol++) {
            uint16_t value = ts_language_lookup(t->language, (TSStateId)state, (TSSymbol)symbol);
            if (symbol >= t->terminals)
                gotos_row[symbol - t->terminals] = value;
            else if (value)
                row[t->columns[symbol]] = cell_at(t, first_end, value);
        }
        add_row(&actions, state, row, false);
        add_row(&gotos, state, gotos_row, true);
    }
    if (first_end + t->fork_count + 1 > UINT16_MAX)
        fail("too many cells");
    fprintf(t->header, "enum { LR_START = 1, LR_STATES = %u, LR_TERMINALS = %u, LR_BLOCK = %d, LR_END = %u };\n", t->states, t->terminals,
            BLOCK, first_end);
    print_array(t->source, "uint16_t lr_columns[LR_TERMINALS]", t->columns, t->terminals);
    print_blocks(t->source, "lr_action", &actions);
    print_blocks(t->source, "lr_goto", &gotos);
    print_array(t->source, "uint16_t lr_forks[]", t->forks, t->fork_count);
    free_blocks(&actions);
    free_blocks(&gotos);
}

/* ---- Productions ---- */

static uint16_t field_at(const TSLanguage *language, uint16_t production, uint32_t child)
{
    const TSFieldMapEntry *entry, *end;
    ts_language_field_map(language, production, &entry, &end);
    for (; entry < end; entry++) {
        if (!entry->inherited && entry->child_index == child)
            return entry->field_id;
    }
    return 0;
}

static bool says_something(const TSLanguage *language, uint16_t production, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (ts_language_alias_at(language, production, i) || field_at(language, production, i))
            return true;
    }
    return false;
}

static void print_reductions(const Tables *t)
{
    FILE *out = t->source;
    const TSLanguage *language = t->language;
    uint32_t width = language->max_alias_sequence_length;
    fprintf(out, "const LrReduction lr_reductions[] = {\n");
    for (uint32_t i = 0; i < t->reduction_count; i++) {
        const Reduction *r = &t->reductions[i];
        if (r->count > width)
            fail("a production is longer than the longest");
        bool is_visible = language->symbol_metadata[r->symbol].visible;
        bool is_plain = !says_something(language, r->production, r->count);
        fprintf(out, "{ %u, %u, %u, %d, %d, %d },\n", r->symbol, r->production, r->count, is_visible, r->weight,
                !is_visible && is_plain && r->count == 1);
    }
    fprintf(t->header, "enum { LR_LONGEST = %u };\n", width);
    fprintf(out, "};\nconst LrPart lr_parts[][LR_LONGEST] = {\n");
    for (uint32_t production = 0; production < language->production_id_count; production++) {
        fprintf(out, "{");
        for (uint32_t i = 0; i < width; i++)
            fprintf(out, "{%u,%u},", field_at(language, (uint16_t)production, i), ts_language_alias_at(language, production, i));
        fprintf(out, "},\n");
    }
    fprintf(out, "};\n");
}

static void print_symbols(const Tables *t)
{
    FILE *out = t->source;
    fprintf(out, "const uint16_t lr_public[] = {");
    uint32_t all = t->symbols + t->language->alias_count;
    for (uint32_t i = 0; i < all; i++)
        fprintf(out, "%s%u,", i % 24 ? "" : "\n", t->language->public_symbol_map[i]);
    fprintf(out, "\n};\nconst bool lr_visible[] = {");
    for (uint32_t i = 0; i < all; i++)
        fprintf(out, "%s%d,", i % 24 ? "" : "\n", t->language->symbol_metadata[i].visible);
    fprintf(out, "\n};\n");
}

/* ---- Modes of the lexer ---- */

static const char *closer_name(char closer)
{
    return closer == ')' ? "PAREN" : closer == ']' ? "BRACKET" : "BRACE";
}

static void print_modes(const Tables *t)
{
    FILE *out = t->source;
    fprintf(out, "const LrMode lr_modes[] = {\n");
    TSSymbol text = token_named(t, "format_specifier_token1", 1);
    for (uint32_t state = 0; state < t->states; state++) {
        TSLexerMode mode = t->language->lex_modes[state];
        const bool *externals = ts_language_enabled_external_tokens(t->language, mode.external_lex_state);
        uint32_t bits = 0;
        for (uint32_t i = 0; externals && i < t->language->external_token_count; i++)
            bits |= externals[i] ? 1u << i : 0;
        bool is_text = text != TERMINAL_NONE && ts_language_lookup(t->language, (TSStateId)state, text);
        fprintf(out, "{%u,%u,%u},", is_text ? UINT16_MAX : mode.lex_state, bits, mode.reserved_word_set_id);
        if (state % 12 == 11)
            fprintf(out, "\n");
    }
    fprintf(out, "};\n");
    for (uint32_t i = 0; i < t->language->external_token_count; i++) {
        uint32_t symbol = t->language->external_scanner.symbol_map[i];
        const char *name = t->language->symbol_names[symbol];
        char spelled[64];
        size_t n = 0;
        for (; *name && n < sizeof spelled - 1; name++) {
            if ((*name >= 'a' && *name <= 'z') || *name == '_')
                spelled[n++] = *name == '_' ? '_' : (char)(*name - 'a' + 'A');
        }
        spelled[n] = '\0';
        if (n)
            fprintf(t->header, "#define LR_EXTERNAL_%s %uu\n#define LR_SYMBOL_%s %u\n", spelled, 1u << i, spelled, symbol);
        else
            fprintf(t->header, "#define LR_EXTERNAL_%s %uu\n", closer_name(t->language->symbol_names[symbol][0]), 1u << i);
    }
}

/* ---- Words and punctuation ---- */

static const struct {
    const char *text, *name; /* the word, and the grammar's name of its token */
} words[] = {
    { "False", "false" }, { "None", "none" }, { "True", "true" }, { "_", "_" }, { "__future__", "__future__" }, { "and", "and" },
    { "as", "as" }, { "assert", "assert" }, { "async", "async" }, { "await", "await" }, { "break", "break" }, { "case", "case" },
    { "class", "class" }, { "continue", "continue" }, { "def", "def" }, { "del", "del" }, { "elif", "elif" }, { "else", "else" },
    { "except", "except" }, { "exec", "exec" }, { "finally", "finally" }, { "for", "for" }, { "from", "from" },
    { "global", "global" }, { "if", "if" }, { "import", "import" }, { "in", "in" }, { "is", "is" }, { "lambda", "lambda" },
    { "match", "match" }, { "nonlocal", "nonlocal" }, { "not", "not" }, { "or", "or" }, { "pass", "pass" }, { "print", "print" },
    { "raise", "raise" }, { "return", "return" }, { "try", "try" }, { "type", "type" }, { "while", "while" }, { "with", "with" },
    { "yield", "yield" },
};
enum { WORDS = sizeof words / sizeof *words, HASH = 256 };

static uint32_t hash_of(const char *p, size_t n, uint32_t a, uint32_t b)
{
    return ((uint32_t)(uint8_t)p[0] * a + (uint32_t)(uint8_t)p[n - 1] * b + (uint32_t)(uint8_t)p[n / 2] * 7 + (uint32_t)n) % HASH;
}

/* A word of the grammar that is not in the list above would be taken for a name. */
static void check_words(const Tables *t)
{
    for (uint32_t i = 1; i < t->terminals; i++) {
        const char *name = t->language->symbol_names[i];
        bool is_word = !t->language->symbol_metadata[i].named && t->language->symbol_metadata[i].visible && *name;
        for (const char *p = name; *p; p++)
            is_word &= (*p >= 'a' && *p <= 'z') || *p == '_';
        bool is_known = !is_word;
        for (size_t k = 0; k < WORDS; k++)
            is_known |= strcmp(words[k].name, name) == 0;
        if (!is_known)
            fail("the grammar has a keyword that is not in the list");
    }
}

static bool hash_fits(uint32_t a, uint32_t b, uint8_t slots[HASH])
{
    memset(slots, 0, HASH);
    for (size_t i = 0; i < WORDS; i++) {
        uint32_t slot = hash_of(words[i].text, strlen(words[i].text), a, b);
        if (slots[slot])
            return false;
        slots[slot] = (uint8_t)(i + 1);
    }
    return true;
}

static void print_words(const Tables *t)
{
    FILE *out = t->source;
    check_words(t);
    uint8_t slots[HASH];
    uint32_t a = 1, b = 1;
    while (!hash_fits(a, b, slots)) {
        b = b % 255 + 1;
        a += b == 1;
        if (a > 255)
            fail("the keywords have no perfect hash");
    }
    fprintf(t->header, "enum { LR_HASH_A = %u, LR_HASH_B = %u, LR_HASH_ROOM = %d };\n", a, b, HASH);
    fprintf(out, "const LrWord lr_words[LR_HASH_ROOM] = {\n");
    for (uint32_t i = 0; i < HASH; i++) {
        if (!slots[i])
            continue;
        const char *text = words[slots[i] - 1].text;
        TSSymbol symbol = token_named(t, words[slots[i] - 1].name, 1);
        if (symbol == TERMINAL_NONE)
            fail("a keyword is not in the grammar");
        fprintf(t->header, "#define LR_WORD_%s %u\n", text, symbol);
        fprintf(out, "[%u] = { \"%s\", %zu, %u },\n", i, text, strlen(text), symbol);
    }
    fprintf(out, "};\n");
    uint32_t width = t->language->max_reserved_word_set_size, sets = 0;
    for (uint32_t state = 0; state < t->states; state++) {
        uint32_t set = t->language->lex_modes[state].reserved_word_set_id;
        sets = set > sets ? set : sets;
    }
    fprintf(t->header, "enum { LR_RESERVED = %u };\n", width);
    print_array(out, "uint16_t lr_reserved[]", t->language->reserved_words, (sets + 1) * width);
}

static const struct {
    const char *text, *name;
} marks[] = {
    { "!=", "NE" }, { "%", "PERCENT" }, { "%=", "PERCENT_EQ" }, { "&", "AMP" }, { "&=", "AMP_EQ" }, { "(", "LPAREN" },
    { ")", "RPAREN" }, { "*", "STAR" }, { "**", "STAR_STAR" }, { "**=", "STAR_STAR_EQ" }, { "*=", "STAR_EQ" }, { "+", "PLUS" },
    { "+=", "PLUS_EQ" }, { ",", "COMMA" }, { "-", "MINUS" }, { "-=", "MINUS_EQ" }, { "->", "ARROW" }, { ".", "DOT" },
    { "/", "SLASH" }, { "//", "SLASH_SLASH" }, { "//=", "SLASH_SLASH_EQ" }, { "/=", "SLASH_EQ" }, { ":", "COLON" },
    { ":=", "WALRUS" }, { ";", "SEMICOLON" }, { "<", "LT" }, { "<<", "LSHIFT" }, { "<<=", "LSHIFT_EQ" }, { "<=", "LE" },
    { "<>", "LT_GT" }, { "=", "ASSIGN" }, { "==", "EQ" }, { ">", "GT" }, { ">=", "GE" }, { ">>", "RSHIFT" },
    { ">>=", "RSHIFT_EQ" }, { "@", "AT" }, { "@=", "AT_EQ" }, { "[", "LBRACKET" }, { "]", "RBRACKET" }, { "^", "CARET" },
    { "^=", "CARET_EQ" }, { "{", "LBRACE" }, { "|", "PIPE" }, { "|=", "PIPE_EQ" }, { "}", "RBRACE" }, { "~", "TILDE" },
    { "ellipsis", "ELLIPSIS" }, { "integer", "INTEGER" }, { "identifier", "IDENTIFIER" }, { "string_content", "STRING_BODY" },
};

/* Symbols by name; a spelling that two tokens share has a second one: `except*` has a star of its own. */
static void print_marks(const Tables *t)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        TSSymbol symbol = token_named(t, marks[i].text, 1);
        if (symbol == TERMINAL_NONE)
            continue;
        fprintf(t->header, "#define LR_%s %u\n", marks[i].name, symbol);
        TSSymbol second = token_named(t, marks[i].text, symbol + 1u);
        if (second != TERMINAL_NONE)
            fprintf(t->header, "#define LR_%s_2 %u\n", marks[i].name, second);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail("usage: gen_parser HEADER SOURCE");
    Tables t = { .language = tree_sitter_python() };
    t.states = t.language->state_count;
    t.terminals = t.language->token_count;
    t.symbols = t.language->symbol_count;
    if (t.symbols > ROW)
        fail("too many symbols");
    t.reductions = allocate(MOST_REDUCTIONS, sizeof *t.reductions);
    t.forks = allocate(MOST_FORKS, sizeof *t.forks);
    t.fork_of = allocate(index_count(&t), sizeof *t.fork_of);
    t.columns = allocate(t.terminals, sizeof *t.columns);
    find_reductions(&t);
    t.header = fopen(argv[1], "w");
    t.source = fopen(argv[2], "w");
    if (!t.header || !t.source)
        fail("cannot write");
    fprintf(t.header, "/* Made by gen_parser of the grammar's tables. */\n");
    fprintf(t.source, "/* Made by gen_parser of the grammar's tables. */\n#include \"python/lr_internal.h\"\n\n");
    print_actions(&t);
    print_reductions(&t);
    print_symbols(&t);
    print_modes(&t);
    print_words(&t);
    print_marks(&t);
    if (fclose(t.header) || fclose(t.source))
        fail("cannot write");
    free(t.reductions);
    free(t.forks);
    free(t.fork_of);
    free(t.columns);
    return 0;
}
