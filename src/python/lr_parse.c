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

/* Whether a hidden node with this one child says anything of it. */
static bool is_said(uint32_t link)
{
    return (link & FIELD) || link >> ALIAS_AT;
}

/* The record of a node; 0 when nothing of it is wanted. Whether a child is there cannot be foretold, so each is written, and the next
 * one over it when there was none: record 0 weighs nothing. */
static inline uint32_t gather(Parser *parser, const LrReduction *r, Entry *children, const Entry *node, bool is_alone)
{
    if (r->production)
        name_again(parser, r, children);
    if (!is_alone)
        keep_tokens(parser, r, children);
    uint32_t id = parser->records_n;
    uint32_t *words = take_words(parser, HEAD_WORDS + 2 * (uint32_t)r->count), *next = words + HEAD_WORDS;
    const uint32_t *records = parser->records;
    const LrPart *parts = lr_parts[r->production];
    int32_t weight = r->weight;
    for (uint32_t i = 0; i < r->count; i++) {
        uint32_t child = children[i].record;
        weight += weight_of(records[child]);
        next[0] = child;
        next[1] = parts[i].field | (uint32_t)children[i].symbol << OUTER_AT | (uint32_t)parts[i].alias << ALIAS_AT;
        next += child ? 2 : 0;
    }
    uint32_t kept = (uint32_t)(next - words - HEAD_WORDS) / 2;
    bool may_go = is_alone && !r->is_visible && !r->weight; /* hidden, and nothing or one child is in it */
    if (may_go && kept < 2 && !(kept && is_said(words[4]))) {
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

/* Room for one more entry, and for another one behind it: a reduction of nothing puts that there without asking. */
static void make_room(Parser *parser, Version *v)
{
    if (v->count + 1 < v->room)
        return;
    v->items = arena_grow(parser->arena, v->items, v->room * sizeof(Entry), 2 * v->room * sizeof(Entry));
    v->room *= 2;
}

static void push(Parser *parser, Version *v, Entry entry)
{
    make_room(parser, v);
    v->items[v->count++] = entry;
}

enum { ACTION_SHIFT = 1 << 16 };

/* Puts the node in the place of its children, which end with `top`; the new top. */
static inline Entry *reduce(Parser *parser, const Version *v, Entry *top, const LrReduction *r, bool is_alone)
{
    Entry *first = top + 1 - r->count;
    uint16_t next = lr_goto(first[-1].state, r->symbol);
    if (r->is_nothing && is_alone) {
        first->state = next;
        first->symbol = r->symbol;
        return first;
    }
    Entry entry = { .begin = v->at, .end = v->at, .state = next, .symbol = r->symbol };
    if (r->count) {
        entry.begin = first->begin;
        entry.end = top->end;
    }
    entry.node = is_alone ? ++parser->nodes : lr_node(parser, top->node, (uint32_t)(r - lr_reductions), first[-1].node);
    entry.record = gather(parser, r, first, &entry, is_alone);
    *first = entry;
    return first;
}

void lr_reduce(Parser *parser, Version *v, const LrReduction *r)
{
    v->count = (uint32_t)(reduce(parser, v, version_top(v), r, false) - v->items) + 1;
}

/* Tokens that leave nothing in the tree, whatever is around them: no field ever asks for them, they set no flag. */
static const bool is_dropped[LR_TERMINALS] = {
    [LR_LPAREN] = true, [LR_RPAREN] = true, [LR_LBRACKET] = true, [LR_RBRACKET] = true, [LR_LBRACE] = true, [LR_RBRACE] = true,
    [LR_COLON] = true, [LR_SEMICOLON] = true, [LR_DOT] = true, [LR_ARROW] = true, [LR_ASSIGN] = true, [LR_COMMA] = true,
    [LR_SYMBOL__NEWLINE] = true, [LR_SYMBOL__INDENT] = true, [LR_SYMBOL__DEDENT] = true, [LR_SYMBOL_STRING_START] = true,
    [LR_SYMBOL_STRING_END] = true, [LR_WORD_class] = true, [LR_WORD_def] = true, [LR_WORD_elif] = true, [LR_WORD_else] = true,
    [LR_WORD_except] = true, [LR_WORD_finally] = true, [LR_WORD_if] = true, [LR_WORD_import] = true, [LR_WORD_raise] = true,
    [LR_WORD_return] = true, [LR_WORD_try] = true, [LR_WORD_while] = true, [LR_WORD_with] = true, [LR_WORD_for] = true,
    [LR_WORD_as] = true, [LR_WORD_assert] = true, [LR_WORD_await] = true, [LR_WORD_break] = true, [LR_WORD_continue] = true,
    [LR_WORD_del] = true, [LR_WORD_lambda] = true, [LR_WORD_pass] = true, [LR_WORD_yield] = true,
};

static inline void shift(Parser *parser, Version *v, uint16_t state, const Token *token, bool is_alone)
{
    Entry entry = { .begin = token->begin, .end = token->end, .state = state, .symbol = token->symbol };
    if (!is_dropped[token->symbol] || (token->symbol == LR_COMMA && parser->keeps_commas))
        entry.record = leaf(parser, token->symbol, token->begin, token->end);
    uint32_t from = version_top(v)->node;
    entry.node = is_alone ? ++parser->nodes : lr_node(parser, from, ACTION_SHIFT | state, from);
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
    Version *v = parser->versions[0];
    v->count = (uint32_t)(reduce(parser, v, version_top(v), r, true) - v->items) + 1;
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
            shift(parser, v, todo, token, parser->count == 1);
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

/* All reductions in front of a token, and its shift. False when the versions of the turn have left their place. */
static bool follow(Parser *parser, Turn *turn, Token *token)
{
    for (;;) {
        uint32_t state = version_top(turn_version(parser, turn, 0))->state;
        uint16_t todo = lr_cell(state, token->symbol);
        if (!todo && !becomes_name(token, state)) {
            kill(parser, turn);
            return true;
        }
        if (todo && !act(parser, turn, todo, token))
            return turn->count != 0;
    }
}

/* What the tables want at the token, up to its shift: false when that is anything but reductions and this shift. */
static bool follow_alone(Parser *parser, Version *v, const Token *token)
{
    Entry *top = version_top(v);
    for (;;) {
        uint16_t todo = lr_cell(top->state, token->symbol);
        if (todo < LR_STATES || todo >= LR_END) {
            v->count = (uint32_t)(top - v->items) + 1;
            if (todo && todo < LR_STATES)
                shift(parser, v, todo, token, true);
            return todo && todo < LR_STATES;
        }
        top = reduce(parser, v, top, &lr_reductions[todo - LR_STATES], true);
    }
}

/* Goes on while there is one version and one thing to do, which is nearly always. True: the token that stands there is to be followed
 * in the long way; the reductions in front of it are done as far as they were plain. */
static bool run_alone(Parser *parser, Token *token)
{
    Version *v = parser->versions[0];
    bool is_read;
    do {
        v->layout.before = v->layout.now;
        is_read = lr_token(parser, v, version_top(v)->state, token);
    } while (is_read && parser->since_look++ < BETWEEN_LOOKS && follow_alone(parser, v, token));
    if (v->at > parser->last)
        parser->last = v->at;
    return is_read;
}

/* One token, or many. False when the versions of the turn have left their place. */
static bool step(Parser *parser, Turn *turn)
{
    Token token;
    if (parser->count == 1 ? run_alone(parser, &token) : lex(parser, turn, &token))
        return follow(parser, turn, &token);
    kill(parser, turn);
    return true;
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
    parser->since_look = BETWEEN_LOOKS;
    parser->records_room = text.n * WORDS_A_BYTE + 1024;
    parser->records = arena_alloc_raw(arena, parser->records_room * sizeof(uint32_t));
    parser->records[0] = with_weight(0);
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
    while (!(parser.versions[0]->is_done && parser.count == 1)) {
        for (uint32_t i = 0; i < parser.count && !parser.is_given_up;)
            i = take_turn(&parser, i);
        if (parser.count > 1 || parser.versions[0]->is_dead)
            lr_condense(&parser);
        if (parser.is_given_up || !parser.count)
            return LR_GIVEN_UP;
        if (parser.since_look++ < BETWEEN_LOOKS)
            continue;
        parser.since_look = 0;
        if (deadline > 0 && clock_wall() > deadline)
            return LR_LATE;
    }
    *tree = (LrTree){ parser.records, version_top(parser.versions[0])->record };
    return tree->root ? LR_PARSED : LR_GIVEN_UP;
}

#endif
