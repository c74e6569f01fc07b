#include "finding/span.h"

#include "base/text.h"

enum {
    LONG_LINE = 4096, /* bytes: from here on columns are counted from the last one */
    TEXT_MOST = 1024,
};

/* Whether `at` may be a border between code points. */
static bool is_border(Str s, uint32_t at)
{
    return at >= s.n || ((unsigned char)s.p[at] & 0xC0) != 0x80;
}

static uint32_t border_before(Str s, uint32_t at)
{
    for (int i = 0; i < 3 && at && !is_border(s, at); i++)
        at--;
    return at;
}

static uint32_t border_behind(Str s, uint32_t at)
{
    for (int i = 0; i < 3 && !is_border(s, at); i++)
        at++;
    return at;
}

/* A line of megabytes with a finding every few bytes would cost its length at each of them; from one finding to the next
 * it is a step. */
Place span_place(Pass *pass, const Scan *scan, uint32_t offset)
{
    if (offset > scan->source->text.n)
        offset = scan->source->text.n;
    uint32_t line = scan_line(scan, offset), start = scan->lines.items[line];
    if (offset - start < LONG_LINE || scan != &pass->module->scan)
        return scan_place(scan, offset);

    if (pass->counted.line != line + 1)
        pass->counted.line = line + 1, pass->counted.offset = start, pass->counted.column = 1;
    Str text = scan->source->text;
    if (offset >= pass->counted.offset)
        pass->counted.column += text_length(str_slice(text, pass->counted.offset, offset));
    else
        pass->counted.column -= text_length(str_slice(text, offset, pass->counted.offset));
    pass->counted.offset = offset;
    return (Place){ line + 1, pass->counted.column };
}

/* The part of the line that is shown: all of it, or a window that begins a little before the mark. */
static void cut_excerpt(Span *span, Str line)
{
    uint32_t begin = 0, end = line.n;
    if (line.n > SPAN_EXCERPT_MOST) {
        uint32_t length = span->mark_end - span->mark, room = SPAN_EXCERPT_MOST - SPAN_EXCERPT_MOST / 4;
        uint32_t before = length < room ? (SPAN_EXCERPT_MOST - length) / 2 : SPAN_EXCERPT_MOST / 4;
        begin = span->mark > before ? border_behind(line, span->mark - before) : 0;
        if (begin > span->mark)
            begin = span->mark;
        end = line.n - begin > SPAN_EXCERPT_MOST ? border_before(line, begin + SPAN_EXCERPT_MOST) : line.n;
    }
    span->excerpt = str_slice(line, begin, end);
    span->excerpt_at = begin;
    span->mark -= begin;
    span->mark_end = (span->mark_end < end ? span->mark_end : end) - begin;
}

/* From the beginning of the first line to the end of the last; empty for one line, and for what is too long to be shown. */
static Str lines_of(Pass *pass, const Scan *scan, const Span *span)
{
    uint32_t begin = scan->lines.items[span->start.row - 1], last = span->stop.row - 1;
    uint32_t end = scan->lines.items[last] + scan_line_text(scan, last).n;
    bool is_shown = span->stop.row > span->start.row && end - begin <= TEXT_MOST;
    return is_shown ? arena_copy(pass->out, str_slice(scan->source->text, begin, end)) : STR("");
}

Span span_at(Pass *pass, const Scan *scan, uint32_t begin, uint32_t end)
{
    uint32_t most = scan->source->text.n;
    begin = begin < most ? begin : most;
    end = end < begin ? begin : end < most ? end : most;

    Span span = { .begin = begin, .end = end, .label = STR("") };
    span.start = span_place(pass, scan, begin);
    span.stop = span_place(pass, scan, end);
    span.line = span.start.row;
    Str line = scan_line_text(scan, span.start.row - 1);
    uint32_t start = scan->lines.items[span.start.row - 1];
    span.mark = begin - start < line.n ? begin - start : line.n;
    span.mark_end = end - start < line.n ? end - start : line.n;
    cut_excerpt(&span, line);
    span.excerpt = arena_copy(pass->out, span.excerpt);
    span.lines = lines_of(pass, scan, &span);
    return span;
}

/* The scan that holds the bytes of a place; NULL when there is none. */
static const Scan *scan_of(Pass *pass, const Summary *file, Range at)
{
    const Scan *scan = NULL;
    if (str_equal(file->path, pass->path))
        scan = &pass->module->scan;
    else if (pass->sources)
        scan = pass->sources->scan_of(pass->sources->context, file->path);
    return scan && at.begin <= at.end && at.end <= scan->source->text.n ? scan : NULL;
}

Span span_in(Pass *pass, const Summary *file, Range at)
{
    const Scan *scan = scan_of(pass, file, at);
    Span span = { .excerpt = STR(""), .lines = STR(""), .label = STR("") };
    if (scan)
        span = span_at(pass, scan, at.begin, at.end);
    bool is_own = str_equal(file->path, pass->path);
    span.path = is_own ? STR("") : arena_copy(pass->out, file->path);
    return span;
}

Str text_in(Pass *pass, const Summary *file, Range at)
{
    const Scan *scan = scan_of(pass, file, at);
    return scan ? str_slice(scan->source->text, at.begin, at.end) : STR("");
}

Str span_text(Pass *pass, const char *format, va_list arguments)
{
    Str text = arena_vprintf(pass->out, format, arguments);
    if (text.n > TEXT_MOST)
        text = arena_printf(pass->out, "%.*s...", (int)border_before(text, TEXT_MOST - 3), text.p);
    return text;
}
