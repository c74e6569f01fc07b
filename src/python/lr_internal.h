/* What the parts of the LR parser share: lr_lex.c (tokens), lr_parse.c (stack and actions), lr_meet.c (several ways at
 * once), lr_walk.c (the result in order). The tables are made by src/gen/gen_parser.c of the grammar's own. */
#ifndef AWRY_PYTHON_LR_INTERNAL_H
#define AWRY_PYTHON_LR_INTERNAL_H

#include "parser_tables.h" /* generated: LR_* */
#include "python/lr.h"
#include "python/scan_internal.h"

/* ---- Tables ---- */

typedef struct LrReduction {
    uint16_t symbol, production;
    uint8_t count;
    bool is_visible;
    int8_t weight;   /* dynamic precedence */
    bool is_nothing; /* of one hidden node without a field or alias: the child stays what it is */
} LrReduction;

typedef struct LrPart { /* what a production says of one of its children; 0: nothing */
    uint16_t field, alias;
} LrPart;

typedef struct LrMode { /* how a state wants its token lexed */
    uint16_t lex_state;
    uint16_t externals; /* LR_EXTERNAL_*: what the grammar's external scanner may give */
    uint16_t reserved;
} LrMode;

typedef struct LrWord {
    const char *text;
    uint16_t n;
    uint16_t symbol;
} LrWord;

/* What to do in a state at a token: 0 nothing; below LR_STATES shift and go to that state; below LR_END reduce number LR_STATES
 * less; LR_END the text is over; above it several things, a list in lr_forks. */
extern const uint16_t lr_columns[LR_TERMINALS]; /* by token: where a state's row says what to do at it */
/* Rows are cut into blocks of LR_BLOCK cells, and equal ones are there once. With that and the frequent tokens in one block what is
 * looked at stays in the processor's nearest cache: the tables take 0.32 MB and not 0.70, and parsing
 * takes 4 % less time. */
extern const uint16_t lr_action_blocks[], lr_action_block_of[];
extern const uint16_t lr_goto_blocks[], lr_goto_block_of[];
extern const uint16_t lr_forks[];
extern const LrReduction lr_reductions[];
extern const LrPart lr_parts[][LR_LONGEST];
extern const LrMode lr_modes[LR_STATES];
extern const LrWord lr_words[LR_HASH_ROOM];
extern const uint16_t lr_reserved[]; /* sets of LR_RESERVED */
extern const uint16_t lr_public[];   /* by symbol: the one that stands for it */
extern const bool lr_visible[];

static inline uint16_t lr_cell(uint32_t state, uint32_t symbol)
{
    uint32_t column = lr_columns[symbol];
    uint32_t block = lr_action_block_of[column / LR_BLOCK * LR_STATES + state];
    return lr_action_blocks[block * LR_BLOCK + column % LR_BLOCK];
}

static inline uint16_t lr_goto(uint32_t state, uint32_t symbol)
{
    uint32_t column = symbol - LR_TERMINALS;
    uint32_t block = lr_goto_block_of[column / LR_BLOCK * LR_STATES + state];
    return lr_goto_blocks[block * LR_BLOCK + column % LR_BLOCK];
}

bool lr_is_reserved(uint32_t state, uint16_t symbol);

/* ---- Records ----
 * A record is a head, begin, end, then for each child that is kept its record and a link. */
enum {
    SYMBOL_BITS = 9,
    SYMBOL = (1 << SYMBOL_BITS) - 1,
    KEPT_AT = 16,      /* head: children in the record */
    COUNT_AT = 20,     /* head: children in the grammar */
    WEIGHT_AT = 24,    /* head: the dynamic precedences in it, in sum, + WEIGHT_ZERO */
    WEIGHT_ZERO = 100,
    WEIGHT_UNKNOWN = 100, /* this or more, or as much less: not counted any more */
    FIELD = 63,        /* link */
    OUTER_AT = 6,      /* link: Entry.symbol of the child */
    ALIAS_AT = 16,     /* link */
    HEAD_WORDS = 3,
};

static inline uint32_t symbol_of(uint32_t head) { return head & SYMBOL; }
static inline uint32_t kept_of(uint32_t head) { return head >> KEPT_AT & 15; }
static inline uint32_t count_of(uint32_t head) { return head >> COUNT_AT & 15; }
static inline int32_t weight_of(uint32_t head) { return (int32_t)(head >> WEIGHT_AT) - WEIGHT_ZERO; }

static inline uint32_t with_weight(int32_t weight)
{
    bool is_known = weight > -WEIGHT_UNKNOWN && weight < WEIGHT_UNKNOWN;
    return (uint32_t)((is_known ? weight : WEIGHT_UNKNOWN) + WEIGHT_ZERO) << WEIGHT_AT;
}

/* ---- Versions ---- */

enum {
    MOST_VERSIONS = 6,   /* more would come in an order that is not known here */
    DEEPEST_FORK = 1024, /* entries of a stack that is copied */
    DELIMITERS = 256,
    IS_TRIPLE = 0x80,
};

/* What the grammar's external scanner remembers. What is taken off stays behind the counts until the next one is put on, so
 * the counts alone go back in front of a token. */
typedef struct LayoutMark {
    uint32_t indents_n, delimiters_n;
    bool is_format; /* the string that was opened last has fields, and no string was closed since */
    bool has_begun; /* there was a token that says something of this */
} LayoutMark;

typedef struct Layout {
    LayoutMark now, before; /* before: in front of the token that is looked at */
    uint16_t indents[SCAN_MAX_INDENTS + 2];
    uint8_t delimiters[DELIMITERS]; /* the quote; with IS_TRIPLE */
} Layout;

typedef struct Entry {
    uint32_t record; /* 0: nothing that the tree wants */
    uint32_t begin, end;
    uint32_t node;   /* which node of the runtime's stack it would be: versions may share one, and what is below it may differ */
    uint16_t state;
    uint16_t symbol; /* that of the record, or of a hidden node around it that was left out */
} Entry;

typedef struct Token {
    uint16_t symbol;
    bool is_word; /* a keyword */
    uint32_t begin, end;
} Token;

typedef struct Version {
    Entry *items;
    uint32_t count, room;
    uint32_t at; /* where the last token ended */
    bool is_dead, is_done;
    Layout layout;
} Version;

/* What was put on the stack: versions that share a node and do the same on the same base share the new one, too. */
typedef struct Joint {
    uint32_t from, action, base, node;
} Joint;
enum { MOST_JOINTS = 512 };

typedef struct Parser {
    Arena *arena;
    const char *text;
    uint32_t n;
    bool keeps_commas;
    uint32_t *records;
    uint32_t records_n, records_room;
    Version *versions[MOST_VERSIONS]; /* behind `count`: dead ones, to be used again, or NULL */
    uint32_t count;
    uint32_t nodes;       /* the last number of a node */
    Joint *joints;        /* of this round; NULL while there was but one version */
    uint32_t joints_n;
    uint32_t since_look;  /* tokens and rounds since the last look at the clock */
    uint32_t last;        /* where the version that is ahead stands */
    bool is_given_up;
} Parser;

static inline Entry *version_top(const Version *v)
{
    return &v->items[v->count - 1];
}

/* lr_lex.c: the next token of a version in its state; false: none that could be. */
bool lr_token(const Parser *parser, Version *v, uint32_t state, Token *token);

/* Versions that share their head are one version for the runtime: they stand side by side and do everything together. */
typedef struct Turn {
    uint32_t first, count; /* of parser->versions */
} Turn;

static inline Version *turn_version(const Parser *parser, const Turn *turn, uint32_t i)
{
    return parser->versions[turn->first + i];
}

/* Whether none of them goes on. One that is dead goes along with the one that was chosen, which has the same states. */
static inline bool turn_is_over(const Parser *parser, const Turn *turn)
{
    for (uint32_t i = 0; i < turn->count; i++) {
        const Version *v = turn_version(parser, turn, i);
        if (!v->is_dead && !v->is_done)
            return false;
    }
    return true;
}

/* lr_parse.c */
void lr_reduce(Parser *parser, Version *v, const LrReduction *r);

/* lr_meet.c: the number of the node that an action puts on the stack. */
uint32_t lr_node(Parser *parser, uint32_t from, uint32_t action, uint32_t base);
/* The versions from `first` on that share a head. */
Turn lr_turn(const Parser *parser, uint32_t first);
/* A reduction by all versions of the turn; those that part from the others go to the end of the line. False: the turn is over, and
 * another version has its place. */
bool lr_reduce_all(Parser *parser, Turn *turn, const LrReduction *r);
/* The same by copies of them, in front of their token. */
void lr_reduce_copies(Parser *parser, Turn *turn, const LrReduction *r);
/* Behind a round: versions with one head become one; of those that are the same but for what they have read one stays. */
void lr_condense(Parser *parser);

#endif
