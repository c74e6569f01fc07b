/* The stack, what is read onto it, and the actions of the tables. */
#include "python/tree_internal.h"

#if AWRY_TS_INTERNALS

#include "port/threads.h"
#include "python/lr_internal.h"

enum {
    BETWEEN_LOOKS = 4096,     /* tokens from one look at the clock to the next */
    TEXT_MOST = 1 << 28,      /* bytes: what is read has to be counted in 32 bits */
    WORDS_A_BYTE = 2,         /* of records, more than most texts need */
};

/* ---- Records ---- */

static uint32_t *take_words(Parser *parser, uint32_t n)
{
    if (parser->records_n + n > parser->records_room) {
        uint32_t room = parser->records_room * 2;
        parser->records =
            arena_grow(parser->arena, parser->records, parser->records_room * sizeof(uint32_t), room * sizeof(uint32_t));
        parser->records_room = room;
    }
    uint32_t *words = &parser->records[parser->records_n];
    parser->records_n += n;
    return words;
}

static uint32_t leaf(Parser *parser, uint16_t symbol, uint32_t begin, uint32_t end)
{
    uint32_t id = parser->records_n;
    uint32_t *words = take_words(parser, HEAD_WORDS);
    words[0] = symbol | with_weight(0);
    words[1] = begin;
    words[2] = end;
    return id;
}

/* A hidden node that was left out comes back, when the node around it gives it a name. */
static uint32_t named_again(Parser *parser, const Entry *entry)
{
    uint32_t id = parser->records_n;
    uint32_t *words = take_words(parser, HEAD_WORDS + 2);
    uint32_t head = parser->records[entry->record];
    words[0] = entry->symbol | 1u << KEPT_AT | 1u << COUNT_AT | with_weight(weight_of(head));
    words[1] = entry->begin;
    words[2] = entry->end;
    words[3] = entry->record;
    words[4] = symbol_of(head) << OUTER_AT;
    return id;
}

static void name_again(Parser *parser, const LrReduction *r, Entry *children)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (!lr_parts[r->production][i].alias)
            continue;
        if (!children[i].record)
            parser->is_given_up = true;
        else if (symbol_of(parser->records[children[i].record]) != children[i].symbol)
            children[i].record = named_again(parser, &children[i]);
    }
}

/* While there are several versions nothing is left out, so that what they have read can be compared. */
static void keep_tokens(Parser *parser, const LrReduction *r, Entry *children)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (!children[i].record)
            children[i].record = leaf(parser, children[i].symbol, children[i].begin, children[i].end);
    }
}

/* Whether a node can be left out: it is hidden, and nothing or one child is in it, of which it says nothing. */
static bool is_empty(const LrReduction *r, uint32_t kept, const uint32_t *words)
{
    if (r->is_visible || r->weight || kept > 1)
        return false;
    return !kept || (!(words[4] & FIELD) && !(words[4] >> ALIAS_AT));
}

/* The record of a node; 0 when nothing of it is wanted. */
static uint32_t gather(Parser *parser, const LrReduction *r, Entry *children, const Entry *node)
{
    if (r->production)
        name_again(parser, r, children);
    if (parser->count > 1)
        keep_tokens(parser, r, children);
    uint32_t id = parser->records_n;
    uint32_t *words = take_words(parser, HEAD_WORDS + 2 * (uint32_t)r->count), *next = words + HEAD_WORDS;
    const LrPart *parts = lr_parts[r->production];
    int32_t weight = r->weight;
    for (uint32_t i = 0; i < r->count; i++) {
        uint32_t child = children[i].record;
        if (!child)
            continue;
        weight += weight_of(parser->records[child]);
        *next++ = child;
        *next++ = parts[i].field | (uint32_t)children[i].symbol << OUTER_AT | (uint32_t)parts[i].alias << ALIAS_AT;
    }
    uint32_t kept = (uint32_t)(next - words - HEAD_WORDS) / 2;
    if (parser->count == 1 && is_empty(r, kept, words)) {
        parser->records_n = id;
        return kept ? words[3] : 0;
    }
    parser->records_n = id + HEAD_WORDS + 2 * kept;
    words[0] = r->symbol | kept << KEPT_AT | (uint32_t)r->count << COUNT_AT | with_weight(weight);
    words[1] = node->begin;
    words[2] = node->end;
    return id;
}

/* ---- Actions ---- */

static void push(Parser *parser, Version *v, Entry entry)
{
    if (v->count == v->room) {
        v->items = arena_grow(parser->arena, v->items, v->room * sizeof(Entry), 2 * v->room * sizeof(Entry));
        v->room *= 2;
    }
    v->items[v->count++] = entry;
}

enum { ACTION_SHIFT = 1 << 16 };

void lr_reduce(Parser *parser, Version *v, const LrReduction *r)
{
    uint32_t first = v->count - r->count;
    uint16_t next = lr_goto(v->items[first - 1].state, r->symbol);
    if (r->is_nothing && parser->count == 1) {
        v->items[first].state = next;
        v->items[first].symbol = r->symbol;
        return;
    }
    Entry entry = { .begin = v->at, .end = v->at, .state = next, .symbol = r->symbol };
    if (r->count) {
        entry.begin = v->items[first].begin;
        entry.end = version_top(v)->end;
    }
    uint32_t action = (uint32_t)(r - lr_reductions);
    entry.node = lr_node(parser, version_top(v)->node, action, v->items[first - 1].node);
    entry.record = gather(parser, r, v->items + first, &entry);
    v->count = first;
    push(parser, v, entry);
}

/* Tokens that leave nothing in the tree, whatever is around them: no field ever asks for them, they set no flag. */
static const bool is_dropped[LR_TERMINALS] = {
    [LR_LPAREN] = true, [LR_RPAREN] = true, [LR_LBRACKET] = true, [LR_RBRACKET] = true, [LR_LBRACE] = true, [LR_RBRACE] = true,
    [LR_COLON] = true, [LR_SEMICOLON] = true, [LR_DOT] = true, [LR_ARROW] = true, [LR_ASSIGN] = true, [LR_COMMA] = true,
    [LR_SYMBOL__NEWLINE] = true, [LR_SYMBOL__INDENT] = true, [LR_SYMBOL__DEDENT] = true, [LR_SYMBOL_STRING_START] = true,
    [LR_SYMBOL_STRING_END] = true, [LR_WORD_class] = true, [LR_WORD_def] = true, [LR_WORD_elif] = true, [LR_WORD_else] = true,
    [LR_WORD_except] = true, [LR_WORD_finally] = true, [LR_WORD_if] = true, [LR_WORD_import] = true, [LR_WORD_raise] = true,
    [LR_WORD_return] = true, [LR_WORD_try] = true, [LR_WORD_while] = true, [LR_WORD_with] = true, [LR_WORD_for] = true,
};

static void shift(Parser *parser, Version *v, uint16_t state, const Token *token)
{
    Entry entry = { .begin = token->begin, .end = token->end, .state = state, .symbol = token->symbol };
    if (!is_dropped[token->symbol] || (token->symbol == LR_COMMA && parser->keeps_commas))
        entry.record = leaf(parser, token->symbol, token->begin, token->end);
    uint32_t from = version_top(v)->node;
    entry.node = lr_node(parser, from, ACTION_SHIFT | state, from);
    push(parser, v, entry);
    v->at = token->end;
}

/* No action for a keyword: where a name may stand it is one. */
static bool becomes_name(Token *token, uint32_t state)
{
    if (!token->is_word || lr_is_reserved(state, token->symbol) || !lr_cell(state, LR_IDENTIFIER))
        return false;
    token->symbol = LR_IDENTIFIER;
    token->is_word = false;
    return true;
}

static bool reduce_turn(Parser *parser, Turn *turn, const LrReduction *r)
{
    if (parser->count > 1)
        return lr_reduce_all(parser, turn, r);
    lr_reduce(parser, parser->versions[0], r);
    return true;
}

/* Shift, or the end of the text. */
static void finish_turn(Parser *parser, const Turn *turn, uint16_t todo, const Token *token)
{
    for (uint32_t i = 0; i < turn->count; i++) {
        Version *v = turn_version(parser, turn, i);
        if (todo == LR_END)
            v->is_done = true;
        else
            shift(parser, v, todo, token);
    }
    if (todo == LR_END)
        parser->last = token->end; /* as far as the end of the text go the others, too */
}

/* What the tables want at a token: false when the turn is over. Of several things each but the last one is done by copies. */
static bool act(Parser *parser, Turn *turn, uint16_t todo, const Token *token)
{
    uint16_t single[] = { todo, 0 };
    const uint16_t *cells = todo > LR_END ? &lr_forks[todo - LR_END - 1] : single;
    for (;; cells++) {
        if (*cells < LR_STATES || *cells == LR_END) {
            finish_turn(parser, turn, *cells, token);
            return false;
        }
        const LrReduction *r = &lr_reductions[*cells - LR_STATES];
        if (!cells[1])
            return reduce_turn(parser, turn, r) && !parser->is_given_up;
        lr_reduce_copies(parser, turn, r);
        if (parser->is_given_up)
            return false;
    }
}

static bool lex(const Parser *parser, const Turn *turn, Token *token)
{
    for (uint32_t i = 0; i < turn->count; i++) {
        Version *v = turn_version(parser, turn, i);
        v->layout.before = v->layout.now;
        if (!lr_token(parser, v, version_top(v)->state, token))
            return false;
    }
    return true;
}

static void kill(const Parser *parser, const Turn *turn)
{
    for (uint32_t i = 0; i < turn->count; i++)
        turn_version(parser, turn, i)->is_dead = true;
}

/* One token: all reductions in front of it, and its shift. False when the versions of the turn have left their place. */
static bool step(Parser *parser, Turn *turn)
{
    Token token;
    if (!lex(parser, turn, &token)) {
        kill(parser, turn);
        return true;
    }
    for (;;) {
        uint32_t state = version_top(turn_version(parser, turn, 0))->state;
        uint16_t todo = lr_cell(state, token.symbol);
        if (!todo && !becomes_name(&token, state)) {
            kill(parser, turn);
            return true;
        }
        if (todo && !act(parser, turn, todo, &token))
            return turn->count != 0;
    }
}

/* ---- The parse ---- */

/* The versions from `first` on that are one: they go on until they are as far as those before them, the first ones until they get on
 * at all. The place of those whose turn is next. */
static uint32_t take_turn(Parser *parser, uint32_t first)
{
    Turn turn = lr_turn(parser, first);
    while (!parser->is_given_up) {
        if (turn_is_over(parser, &turn))
            break;
        if (!step(parser, &turn))
            return turn.first;
        const Version *v = turn_version(parser, &turn, 0);
        if (turn_is_over(parser, &turn))
            break;
        if (v->at > parser->last || (first && v->at == parser->last)) {
            parser->last = v->at;
            break;
        }
    }
    return turn.first + turn.count;
}

static void start(Parser *parser, Arena *arena, const Scan *scan)
{
    Str text = scan->compact;
    *parser = (Parser){ .arena = arena, .text = text.p, .n = text.n, .keeps_commas = scan->has_type_defaults };
    parser->records_room = text.n * WORDS_A_BYTE + 1024;
    parser->records = arena_alloc_raw(arena, parser->records_room * sizeof(uint32_t));
    parser->records_n = 1;
    Version *v = arena_new(arena, Version);
    v->room = 512;
    v->items = arena_alloc_raw(arena, v->room * sizeof(Entry));
    v->layout.now.indents_n = 1;
    push(parser, v, (Entry){ .state = LR_START });
    parser->versions[parser->count++] = v;
}

LrStatus lr_parse(LrTree *tree, Arena *arena, const Scan *scan, double deadline)
{
    if (scan->compact.n > TEXT_MOST)
        return LR_GIVEN_UP;
    Parser parser;
    start(&parser, arena, scan);
    for (uint32_t round = 0; !(parser.versions[0]->is_done && parser.count == 1); round++) {
        for (uint32_t i = 0; i < parser.count && !parser.is_given_up;)
            i = take_turn(&parser, i);
        if (parser.count > 1 || parser.versions[0]->is_dead)
            lr_condense(&parser);
        if (parser.is_given_up || !parser.count)
            return LR_GIVEN_UP;
        if (round % BETWEEN_LOOKS == 0 && deadline > 0 && clock_wall() > deadline)
            return LR_LATE;
    }
    *tree = (LrTree){ parser.records, version_top(parser.versions[0])->record };
    return tree->root ? LR_PARSED : LR_GIVEN_UP;
}

#endif
