#include "base/text.h"
#include "report/paper.h"
#include "report/words.h"

enum {
    LINE_COLUMNS = 160, /* a line that is longer is cut */
    CUT_COLUMNS = 150,  /* to this */
    CUT_BEFORE = 30,    /* and at least so much is kept before the mark */
    NEAR_LINES = 8,     /* a step further away than this begins a snippet of its own */
    STEPS_SHOWN = 6,    /* of a longer path the steps in the middle are counted */
    STEPS_FIRST = 3,    /* and so many of those shown come before them */
};

/* A line as it is shown, and where its mark is then. */
typedef struct Shown {
    Str text;                    /* cleaned */
    uint32_t column;             /* of the mark, from 0 */
    uint32_t width;              /* of the mark, at least 1 */
    uint32_t from;               /* the column at which it was cut; marks of the same cut share the line */
    const char *before, *behind; /* "..." where something was left out */
} Shown;

static uint32_t clean_width(Arena *arena, Str s)
{
    return text_width(text_clean(arena, s), 0);
}

/* Offset of the first character of the cleaned `text` at or behind a column. */
static uint32_t offset_of_column(Str text, uint32_t column)
{
    uint32_t at = 0;
    uint32_t offset = 0;
    while (offset < text.n && at < column) {
        uint32_t code;
        uint32_t size = text_decode(str_slice(text, offset, text.n), &code);
        at += text_width(str_slice(text, offset, offset + size), at);
        offset += size;
    }
    return offset;
}

static Str trim_end(Str s)
{
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n'))
        s.n--;
    return s;
}

/* A line with its marked part as it is shown; `is_begun`: something of the line stands before `line`. */
static Shown show(Arena *arena, Str line, uint32_t mark, uint32_t mark_end, bool is_begun)
{
    Shown shown = { .before = is_begun ? "..." : "", .behind = "" };
    Str whole = trim_end(line);
    mark = mark < line.n ? mark : line.n;
    mark_end = mark_end < whole.n ? mark_end : whole.n;
    mark_end = mark_end > mark ? mark_end : mark;

    shown.text = text_clean(arena, whole);
    shown.column = clean_width(arena, str_slice(line, 0, mark));
    uint32_t end = clean_width(arena, str_slice(line, 0, mark_end));
    uint32_t total = text_width(shown.text, 0);
    if (total > LINE_COLUMNS) {
        uint32_t from = end <= CUT_COLUMNS ? 0 : shown.column > CUT_BEFORE ? shown.column - CUT_BEFORE : 0;
        uint32_t first = offset_of_column(shown.text, from);
        from = text_width(str_slice(shown.text, 0, first), 0);
        uint32_t last = offset_of_column(shown.text, from + CUT_COLUMNS);
        shown.before = from ? "..." : shown.before;
        shown.behind = last < shown.text.n ? "..." : "";
        shown.text = str_slice(shown.text, first, last);
        shown.column -= from;
        end = end - from < CUT_COLUMNS ? end - from : CUT_COLUMNS;
        shown.from = from;
    }
    shown.width = end > shown.column ? end - shown.column : 1;
    shown.column += (uint32_t)strlen(shown.before);
    return shown;
}

static void print_line(Paper *paper, uint32_t number, char sign, const Shown *shown)
{
    Style style = sign == '+' ? STYLE_ADDED : sign == '-' ? STYLE_REMOVED : STYLE_PLAIN;
    paper_gutter(paper, number, sign);
    if (shown->text.n) {
        fputc(' ', paper->out);
        paper_word(paper, STYLE_PLAIN, shown->before);
        paper_text(paper, style, shown->text);
        paper_word(paper, STYLE_PLAIN, shown->behind);
    }
    fputc('\n', paper->out);
}

/* Carets under the own place, dashes under the others, then what is to be said there. */
static void print_mark(Paper *paper, const Shown *shown, bool is_own, Str label)
{
    Style style = is_own ? paper->style : STYLE_OTHER;
    paper_gutter(paper, 0, '|');
    fprintf(paper->out, " %*s", (int)shown->column, "");
    char *mark = arena_alloc(paper->arena, shown->width + 1);
    memset(mark, is_own ? '^' : '-', shown->width);
    paper_word(paper, style, mark);
    if (label.n) {
        fputc(' ', paper->out);
        paper_text(paper, style, label);
    }
    fputc('\n', paper->out);
}

static void print_bar(Paper *paper)
{
    paper_gutter(paper, 0, '|');
    fputc('\n', paper->out);
}

static Shown show_span(Paper *paper, const Span *span)
{
    return show(paper->arena, span->excerpt, span->mark, span->mark_end, span->excerpt_at != 0);
}

static bool has_line(const Span *span)
{
    return span->line != 0 && span->excerpt.n != 0;
}

static bool is_in_file(const Finding *f, const Span *span)
{
    return span->path.n == 0 || str_equal(span->path, f->path);
}

/* ---- Steps ---- */

/* The number of a step, the finding's own place being the first. */
static uint32_t step_number(const Finding *f, const Span *span)
{
    uint32_t number = 1;
    for (const Span *other = f->also.items; other <= span; other++)
        number += other->is_step;
    return number;
}

/* How many steps of a path are left out, behind number STEPS_FIRST. */
static uint32_t steps_folded(const Finding *f)
{
    uint32_t steps = f->also.count ? step_number(f, &f->also.items[f->also.count - 1]) : 1;
    return steps > STEPS_SHOWN ? steps - STEPS_SHOWN : 0;
}

static bool is_folded(const Finding *f, const Span *span, uint32_t folded)
{
    if (!folded || !span->is_step)
        return false;
    uint32_t number = step_number(f, span);
    return number > STEPS_FIRST && number <= STEPS_FIRST + folded;
}

/* How many of the secondary places belong to the snippet of the finding's own place: with a path, those behind its first
 * step that is in another file or far away are told in the order of the story. */
static uint32_t places_at_hand(const Finding *f)
{
    for (uint32_t i = 0; i < f->also.count; i++) {
        const Span *span = &f->also.items[i];
        uint32_t line = span->line, own = f->at.line;
        bool is_far = line > own ? line - own > NEAR_LINES : own - line > NEAR_LINES;
        if (span->is_step && (is_far || !is_in_file(f, span)))
            return i;
    }
    return f->also.count;
}

/* The label of a place; that of a step has its number in front, the finding's own place being the first. */
static Str label_of(Paper *paper, const Finding *f, const Span *span)
{
    bool is_own = span == &f->at;
    if (!(is_own ? finding_has_steps(f) : span->is_step))
        return span->label;
    uint32_t number = is_own ? 1 : step_number(f, span);
    return arena_printf(paper->arena, "%u.%s%.*s", number, span->label.n ? " " : "", STR_ARG(span->label));
}

/* ---- The own file ---- */

/* Whether a place is shown with the finding's own. */
static bool is_at_hand(const Finding *f, uint32_t number, uint32_t at_hand)
{
    const Span *span = &f->also.items[number];
    return is_in_file(f, span) && has_line(span) && (number < at_hand || !span->is_step) &&
           !is_folded(f, span, steps_folded(f));
}

/* The places that are shown together, in order of the lines; the finding's own place before others of its line. An
 * insertion sort, because there are few and because it must be stable. */
static uint32_t spans_in_order(Paper *paper, const Finding *f, uint32_t at_hand, const Span ***result)
{
    const Span **spans = arena_array(paper->arena, const Span *, f->also.count + 1);
    uint32_t count = 0;
    if (has_line(&f->at))
        spans[count++] = &f->at;
    for (uint32_t i = 0; i < f->also.count; i++) {
        const Span *span = &f->also.items[i];
        if (!is_at_hand(f, i, at_hand))
            continue;
        uint32_t to = count++;
        for (; to > 0 && spans[to - 1]->line > span->line; to--)
            spans[to] = spans[to - 1];
        spans[to] = span;
    }
    *result = spans;
    return count;
}

static void print_own_file(Paper *paper, const Finding *f, uint32_t at_hand)
{
    const Span **spans;
    uint32_t count = spans_in_order(paper, f, at_hand, &spans);
    if (count == 0)
        return;

    print_bar(paper);
    const Span *above = NULL;
    uint32_t cut_at = 0;
    for (uint32_t i = 0; i < count; i++) {
        const Span *span = spans[i];
        Shown shown = show_span(paper, span);
        bool is_same =
            above && above->line == span->line && above->excerpt_at == span->excerpt_at && shown.from == cut_at;
        if (above && span->line > above->line + 1)
            paper_word(paper, STYLE_PATH, "...\n");
        if (!is_same)
            print_line(paper, span->line, '|', &shown);
        print_mark(paper, &shown, span == &f->at, label_of(paper, f, span));
        above = span;
        cut_at = shown.from;
    }
    print_bar(paper);
}

static void print_other_place(Paper *paper, const Finding *f, const Span *span)
{
    Str label = label_of(paper, f, span);
    paper_place(paper, ":::", span->path.n ? span->path : f->path, span->start);
    if (has_line(span)) {
        Shown shown = show_span(paper, span);
        print_line(paper, span->line, '|', &shown);
        print_mark(paper, &shown, false, label);
        print_bar(paper);
    } else if (label.n) {
        paper_gutter(paper, 0, '|');
        fputc(' ', paper->out);
        paper_text(paper, STYLE_OTHER, label);
        fputc('\n', paper->out);
    }
}

static void print_fold(Paper *paper, uint32_t folded)
{
    fprintf(paper->out, "%*s", paper->gutter, "");
    paper_word(paper, STYLE_PATH, ":::");
    fprintf(paper->out, " ... %u more call%s\n", folded, plural(folded));
}

void snippet_print(Paper *paper, const Finding *f)
{
    uint32_t at_hand = places_at_hand(f), folded = steps_folded(f);
    bool is_told = false;
    print_own_file(paper, f, at_hand);
    for (uint32_t i = 0; i < f->also.count; i++) {
        const Span *span = &f->also.items[i];
        if (!is_folded(f, span, folded)) {
            if (!is_at_hand(f, i, at_hand))
                print_other_place(paper, f, span);
        } else if (!is_told) {
            print_fold(paper, folded);
            is_told = true;
        }
    }
}

/* ---- The fix ---- */

/* The excerpt that shows a row of the finding's file from its beginning or from where it was cut; NULL: none does. */
static const Span *span_of_row(const Finding *f, uint32_t row)
{
    if (has_line(&f->at) && f->at.line == row)
        return &f->at;
    for (uint32_t i = 0; i < f->also.count; i++) {
        const Span *span = &f->also.items[i];
        if (is_in_file(f, span) && has_line(span) && span->line == row)
            return span;
    }
    return NULL;
}

/* An insertion of whole lines needs no excerpt. */
static bool is_new_line(const Edit *edit)
{
    return edit->begin == edit->end && edit->start.column == 1 && edit->text.n &&
           edit->text.p[edit->text.n - 1] == '\n';
}

/* The edit takes the line's end too, and the next line is not touched. */
static bool takes_line_end(const Edit *edit)
{
    bool stays_apart = edit->text.n ? edit->text.p[edit->text.n - 1] == '\n' : edit->start.column == 1;
    return edit->stop.row == edit->start.row + 1 && edit->stop.column == 1 && stays_apart;
}

/* Where the excerpt of a span begins, in bytes of the text. */
static uint32_t excerpt_begin(const Span *span)
{
    return span->begin - span->mark;
}

static bool can_show(const Finding *f, const Edit *edit)
{
    if (is_new_line(edit))
        return true;
    const Span *span = span_of_row(f, edit->start.row);
    if (!span || edit->begin < excerpt_begin(span))
        return false;
    if (edit->stop.row == edit->start.row)
        return edit->end - excerpt_begin(span) <= span->excerpt.n;
    return takes_line_end(edit) && edit->begin - excerpt_begin(span) <= span->excerpt.n;
}

static Str join(Arena *arena, Str a, Str b)
{
    return arena_printf(arena, "%.*s%.*s", STR_ARG(a), STR_ARG(b));
}

static void print_added(Paper *paper, uint32_t row, Str text, uint32_t mark, bool is_begun)
{
    for (bool is_first = true; text.n || is_first; is_first = false) {
        uint32_t end = str_find(text, '\n');
        Shown shown = show(paper->arena, str_slice(text, 0, end), is_first ? mark : 0, 0, is_first && is_begun);
        print_line(paper, row++, '+', &shown);
        text = end < text.n ? str_slice(text, end + 1, text.n) : (Str){ "", 0 };
    }
}

/* The edits from `first` on that begin in the same row, shown as the line before and the lines after; how many. */
static uint32_t print_row(Paper *paper, const Finding *f, uint32_t first)
{
    const Edit *edits = &f->edits.items[first];
    uint32_t row = edits[0].start.row;
    if (is_new_line(&edits[0])) {
        print_added(paper, row, edits[0].text, 0, false);
        return 1;
    }

    const Span *span = span_of_row(f, row);
    uint32_t base = excerpt_begin(span);
    bool is_begun = span->excerpt_at != 0;
    uint32_t done = 0; /* bytes of the excerpt that are in `line` or replaced */
    uint32_t count = 0;
    bool is_gone = false; /* the line and its end */
    Str line = { "", 0 };
    for (; first + count < f->edits.count && edits[count].start.row == row; count++) {
        const Edit *edit = &edits[count];
        uint32_t begin = edit->begin - base;
        line = join(paper->arena, line, str_slice(span->excerpt, done, begin));
        line = join(paper->arena, line, edit->text);
        done = edit->stop.row == row ? edit->end - base : span->excerpt.n;
        is_gone = takes_line_end(edit) && line.n == 0;
    }
    line = join(paper->arena, line, str_slice(span->excerpt, done, span->excerpt.n));

    uint32_t mark = edits[0].begin - base;
    Shown old = show(paper->arena, span->excerpt, mark, mark, is_begun);
    print_line(paper, row, '-', &old);
    if (!is_gone)
        print_added(paper, row, line, mark, is_begun);
    return count;
}

void snippet_print_fix(Paper *paper, const Finding *f)
{
    if (f->edits.count == 0)
        return;
    for (uint32_t i = 0; i < f->edits.count; i++)
        if (!can_show(f, &f->edits.items[i]))
            return;

    print_bar(paper);
    for (uint32_t i = 0; i < f->edits.count;)
        i += print_row(paper, f, i);
}
