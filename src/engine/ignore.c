/* A pattern is matched as in git: a literal beginning by comparison, `*suffix` by its end, and the rest by the automaton
 * below, which follows all ways through the pattern at once (a bit for each piece of it) and so never backtracks. That
 * the literal beginning is taken off first is visible: in `a**` `/b` the stars then stand at the beginning. */
#include "engine/ignore.h"

enum {
    PATTERN_MOST = 4096, /* bytes */
    WORDS_MOST = PATTERN_MOST / 64 + 1,
};

typedef enum PieceKind {
    PIECE_BYTE,
    PIECE_ANY,   /* ?: a byte that is no slash */
    PIECE_SET,   /* [...] */
    PIECE_STAR,  /* bytes that are no slash, or none */
    PIECE_STARS, /* any bytes, or none */
    PIECE_DIRS,  /* ** and a slash: nothing, or anything that ends in a slash */
} PieceKind;

typedef struct ByteSet {
    uint64_t bits[4];
} ByteSet;

typedef struct Piece {
    PieceKind kind;
    unsigned char byte;
    const ByteSet *set;
} Piece;

struct IgnorePattern {
    uint32_t older;       /* the one before it of those with the same end, + 1; 0: none */
    Str literal;          /* the beginning without wildcards */
    Str suffix;           /* of `*suffix`; only with is_suffix */
    ARRAY(Piece) pieces;  /* what follows the literal */
    bool is_negative;     /* !pattern */
    bool needs_directory; /* pattern/ */
    bool is_name;         /* no slash in it: matches the last part of a path, at any depth */
    bool is_suffix;
    bool is_hopeless;     /* malformed: matches nothing, and is not kept */
};

/* ---- Reading a pattern ---- */

static void set_add(ByteSet *set, unsigned first, unsigned last)
{
    for (unsigned c = first; c <= last; c++)
        set->bits[c / 64] |= UINT64_C(1) << c % 64;
}

static bool set_has(const ByteSet *set, unsigned char c)
{
    return (set->bits[c / 64] >> c % 64 & 1) != 0;
}

/* The names between [: and :], over ASCII whatever the locale; white space is git's own. */
static const struct {
    const char *name;
    const char *ranges; /* first and last, in pairs */
} classes[] = {
    { "alnum", "09AZaz" }, { "alpha", "AZaz" }, { "blank", "  \t\t" },       { "cntrl", "\x01\x1f\x7f\x7f" },
    { "digit", "09" },     { "graph", "!~" },   { "lower", "az" },           { "print", " ~" },
    { "punct", "!/:@[`{~" }, { "space", "  \t\n\r\r" }, { "upper", "AZ" }, { "xdigit", "09AFaf" },
};

static bool set_add_class(ByteSet *set, Str name)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (!str_is(name, classes[i].name))
            continue;
        for (const char *r = classes[i].ranges; *r; r += 2)
            set_add(set, (unsigned char)r[0], (unsigned char)r[1]);
        return true;
    }
    return false;
}

/* A pattern's text that ends in NUL bytes as far as the reader cares. */
static unsigned char byte_at(Str s, uint32_t i)
{
    return i < s.n ? (unsigned char)s.p[i] : 0;
}

/* [:name:] at `*at`, which is left on its `]`. False: it is no class, or (with *at at the end) a wrong one. */
static bool read_class(ByteSet *set, Str s, uint32_t *at)
{
    uint32_t name = *at + 2, end = name;
    while (end < s.n && s.p[end] != ']')
        end++;
    if (end == s.n) {
        *at = s.n;
        return false;
    }
    if (end == name || s.p[end - 1] != ':')
        return false;
    bool is_known = set_add_class(set, str_slice(s, name, end - 1));
    *at = is_known ? end : s.n;
    return is_known;
}

/* The set whose `[` is at `*at`, which is left behind its `]`. False: malformed. */
static bool read_set(ByteSet *set, Str s, uint32_t *at)
{
    uint32_t i = *at + 1;
    bool is_negated = byte_at(s, i) == '!' || byte_at(s, i) == '^';
    i += is_negated;
    unsigned char previous = 0, c = byte_at(s, i);
    do {
        if (!c)
            return false;
        if (c == '\\') {
            if (!(c = byte_at(s, ++i)))
                return false;
            set_add(set, c, c);
        } else if (c == '-' && previous && byte_at(s, i + 1) && byte_at(s, i + 1) != ']') {
            c = byte_at(s, ++i);
            if (c == '\\' && !(c = byte_at(s, ++i)))
                return false;
            set_add(set, previous, c);
            c = 0; /* a range is not the beginning of another */
        } else if (c == '[' && byte_at(s, i + 1) == ':') {
            if (read_class(set, s, &i))
                c = 0;
            else if (i >= s.n)
                return false;
            else
                set_add(set, c, c);
        } else {
            set_add(set, c, c);
        }
        previous = c;
        c = byte_at(s, ++i);
    } while (c != ']');
    for (int k = 0; is_negated && k < 4; k++)
        set->bits[k] = ~set->bits[k];
    *at = i + 1;
    return true;
}

/* The stars at `*at`, which is left behind what they took. `**` is more than `*` only between slashes or ends. */
static PieceKind read_stars(Str s, uint32_t *at, bool is_name)
{
    uint32_t begin = *at, end = begin;
    while (end < s.n && s.p[end] == '*')
        end++;
    *at = end;
    if (is_name || end == begin + 1 || (begin && s.p[begin - 1] != '/'))
        return PIECE_STAR;
    if (end == s.n || (s.p[end] == '\\' && byte_at(s, end + 1) == '/'))
        return PIECE_STARS;
    if (s.p[end] != '/')
        return PIECE_STAR;
    *at = end + 1;
    return PIECE_DIRS;
}

/* What stands behind the literal beginning. False: malformed. */
static bool read_pieces(IgnorePattern *pattern, Arena *arena, Str s)
{
    for (uint32_t i = 0; i < s.n;) {
        Piece piece = { .kind = PIECE_BYTE };
        if (s.p[i] == '*') {
            piece.kind = read_stars(s, &i, pattern->is_name);
        } else if (s.p[i] == '?') {
            piece.kind = PIECE_ANY;
            i++;
        } else if (s.p[i] == '[') {
            ByteSet *set = arena_new(arena, ByteSet);
            piece.kind = PIECE_SET;
            piece.set = set;
            if (!read_set(set, s, &i))
                return false;
        } else {
            if (s.p[i] == '\\' && ++i == s.n)
                return false;
            piece.byte = (unsigned char)s.p[i++];
        }
        *array_push(arena, &pattern->pieces) = piece;
    }
    return true;
}

static uint32_t literal_length(Str s)
{
    uint32_t i = 0;
    while (i < s.n && !strchr("*?[\\", s.p[i]))
        i++;
    return i;
}

/* Spaces at the end do not count unless a backslash stands before them. */
static Str trim_line(Str s)
{
    uint32_t end = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\') {
            if (++i >= s.n)
                return s;
            end = i + 1;
        } else if (s.p[i] != ' ') {
            end = i + 1;
        }
    }
    return str_slice(s, 0, end);
}

/* The byte that all it matches end in; IGNORE_ANY_END when there is none such. */
static uint32_t end_of(const IgnorePattern *pattern)
{
    Str plain = pattern->is_suffix ? pattern->suffix : pattern->literal;
    const Piece *last = pattern->pieces.count ? &pattern->pieces.items[pattern->pieces.count - 1] : NULL;
    if (last)
        return last->kind == PIECE_BYTE ? last->byte : IGNORE_ANY_END;
    return plain.n ? (unsigned char)plain.p[plain.n - 1] : IGNORE_ANY_END;
}

static void add_pattern(IgnoreList *list, Arena *arena, IgnorePattern *pattern)
{
    if (pattern->is_hopeless)
        return;
    if (!list->newest)
        list->newest = arena_array(arena, uint32_t, IGNORE_ANY_END + 1);
    uint32_t *newest = &list->newest[end_of(pattern)];
    pattern->older = *newest;
    *array_push(arena, &list->patterns) = *pattern;
    *newest = list->patterns.count;
}

void ignore_add(IgnoreList *list, Arena *arena, Str line)
{
    if (!line.n || line.p[0] == '#')
        return;
    Str s = trim_line(str_slice(line, 0, str_find(line, '\0')));
    if (s.n > PATTERN_MOST)
        return;
    IgnorePattern pattern = { .literal = STR(""), .suffix = STR("") };
    if (s.n && s.p[0] == '!') {
        pattern.is_negative = true;
        s = str_slice(s, 1, s.n);
    }
    if (s.n && s.p[s.n - 1] == '/') {
        pattern.needs_directory = true;
        s = str_slice(s, 0, s.n - 1);
    }
    pattern.is_name = str_find(s, '/') == s.n;
    if (s.n && s.p[0] == '/')
        s = str_slice(s, 1, s.n);

    uint32_t literal = literal_length(s);
    pattern.literal = str_slice(s, 0, literal);
    Str rest = str_slice(s, literal, s.n);
    if (pattern.is_name && literal == 0 && s.n && s.p[0] == '*' && literal_length(str_slice(s, 1, s.n)) == s.n - 1) {
        pattern.is_suffix = true;
        pattern.suffix = str_slice(s, 1, s.n);
    } else {
        pattern.is_hopeless = !s.n || !read_pieces(&pattern, arena, rest);
    }
    add_pattern(list, arena, &pattern);
}

void ignore_add_file(IgnoreList *list, Arena *arena, Str text)
{
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_slice(text, 3, text.n);
    while (text.n) {
        uint32_t end = str_find(text, '\n');
        Str line = str_slice(text, 0, end);
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        ignore_add(list, arena, line);
        text = str_slice(text, end < text.n ? end + 1 : end, text.n);
    }
}

IgnoreList *ignore_new(Arena *arena, const IgnoreList *above, uint32_t base)
{
    IgnoreList *list = arena_new(arena, IgnoreList);
    list->above = above;
    list->base = base;
    return list;
}

/* ---- Matching ---- */

typedef struct States {
    uint64_t bits[WORDS_MOST]; /* bit i: what was read so far is matched by the pieces before i */
} States;

static bool is_optional(PieceKind kind)
{
    return kind >= PIECE_STAR;
}

/* State i and those that can be reached from it without reading anything. */
static void enter(States *states, const IgnorePattern *pattern, uint32_t i)
{
    for (;; i++) {
        states->bits[i / 64] |= UINT64_C(1) << i % 64;
        if (i == pattern->pieces.count || !is_optional(pattern->pieces.items[i].kind))
            return;
    }
}

/* Where state i leads when c is read. */
static void step(States *next, const IgnorePattern *pattern, uint32_t i, unsigned char c)
{
    const Piece *piece = &pattern->pieces.items[i];
    switch (piece->kind) {
    case PIECE_BYTE:
        if (c == piece->byte)
            enter(next, pattern, i + 1);
        break;
    case PIECE_ANY:
        if (c != '/')
            enter(next, pattern, i + 1);
        break;
    case PIECE_SET:
        if (set_has(piece->set, c) && c != '/')
            enter(next, pattern, i + 1);
        break;
    case PIECE_STAR:
        if (c != '/')
            enter(next, pattern, i);
        break;
    case PIECE_STARS:
        enter(next, pattern, i);
        break;
    case PIECE_DIRS: /* to stay is not to enter again: the way on opens only behind a slash */
        next->bits[i / 64] |= UINT64_C(1) << i % 64;
        if (c == '/')
            enter(next, pattern, i + 1);
        break;
    }
}

static uint32_t lowest_bit(uint64_t word)
{
    return (uint32_t)__builtin_ctzll(word);
}

static bool match_pieces(const IgnorePattern *pattern, Str text)
{
    uint32_t count = pattern->pieces.count, words = count / 64 + 1;
    States states[2];
    memset(states[0].bits, 0, words * sizeof(uint64_t));
    enter(&states[0], pattern, 0);
    for (uint32_t at = 0; at < text.n; at++) {
        const States *now = &states[at % 2];
        States *next = &states[(at + 1) % 2];
        memset(next->bits, 0, words * sizeof(uint64_t));
        uint64_t any = 0;
        for (uint32_t w = 0; w < words; w++) {
            for (uint64_t left = now->bits[w]; left; left &= left - 1) {
                uint32_t i = w * 64 + lowest_bit(left);
                if (i < count)
                    step(next, pattern, i, (unsigned char)text.p[at]);
            }
        }
        for (uint32_t w = 0; w < words; w++)
            any |= next->bits[w];
        if (!any)
            return false;
    }
    return (states[text.n % 2].bits[count / 64] >> count % 64 & 1) != 0;
}

/* What stands at the end of a pattern may be a set: *.py[cod]. */
static bool ends_otherwise(const IgnorePattern *pattern, Str text)
{
    const Piece *last = &pattern->pieces.items[pattern->pieces.count - 1];
    return last->kind == PIECE_SET && (!text.n || !set_has(last->set, (unsigned char)text.p[text.n - 1]));
}

static bool match(const IgnorePattern *pattern, Str path, Str name)
{
    if (pattern->is_suffix)
        return str_ends(name, pattern->suffix);
    Str text = pattern->is_name ? name : path;
    if (!str_starts(text, pattern->literal))
        return false;
    text = str_slice(text, pattern->literal.n, text.n);
    if (!pattern->pieces.count)
        return text.n == 0;
    return !ends_otherwise(pattern, text) && match_pieces(pattern, text);
}

/* The newest pattern of two chains is asked first, each time. */
static IgnoreVerdict verdict_of(const IgnoreList *list, Str path, Str name, bool is_directory)
{
    uint32_t ending = list->newest[(unsigned char)name.p[name.n - 1]], any = list->newest[IGNORE_ANY_END];
    while (ending || any) {
        uint32_t *next = ending > any ? &ending : &any;
        const IgnorePattern *pattern = &list->patterns.items[*next - 1];
        *next = pattern->older;
        if ((!pattern->needs_directory || is_directory) && match(pattern, path, name))
            return pattern->is_negative ? IGNORE_KEPT : IGNORE_OUT;
    }
    return IGNORE_SILENT;
}

IgnoreVerdict ignore_verdict(const IgnoreList *list, Str path, bool is_directory)
{
    uint32_t slash = str_find_last(path, '/');
    Str name = slash == path.n ? path : str_slice(path, slash + 1, path.n);
    if (!name.n)
        return IGNORE_SILENT;
    for (; list; list = list->above) {
        if (list->base > path.n || !list->patterns.count)
            continue;
        IgnoreVerdict verdict = verdict_of(list, str_slice(path, list->base, path.n), name, is_directory);
        if (verdict != IGNORE_SILENT)
            return verdict;
    }
    return IGNORE_SILENT;
}
