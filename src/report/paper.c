#include "report/paper.h"

#include "base/text.h"

static const char *const escapes[] = {
    [STYLE_PLAIN] = "",
    [STYLE_BOLD] = "\x1b[1m",
    [STYLE_ERROR] = "\x1b[1;31m",
    [STYLE_WARNING] = "\x1b[1;33m",
    [STYLE_INFO] = "\x1b[1;34m",
    [STYLE_PATH] = "\x1b[36m",
    [STYLE_OTHER] = "\x1b[34m",
    [STYLE_ADDED] = "\x1b[32m",
    [STYLE_REMOVED] = "\x1b[31m",
};

const Style severity_styles[] = {
    [SEVERITY_INFO] = STYLE_INFO,
    [SEVERITY_WARNING] = STYLE_WARNING,
    [SEVERITY_ERROR] = STYLE_ERROR,
};

static void style_begin(Paper *paper, Style style)
{
    if (paper->color && style != STYLE_PLAIN)
        fputs(escapes[style], paper->out);
}

static void style_end(Paper *paper, Style style)
{
    if (paper->color && style != STYLE_PLAIN)
        fputs("\x1b[0m", paper->out);
}

void paper_text(Paper *paper, Style style, Str text)
{
    Str clean = text_clean(paper->arena, text);
    if (clean.n == 0)
        return;
    style_begin(paper, style);
    fwrite(clean.p, 1, clean.n, paper->out);
    style_end(paper, style);
}

void paper_word(Paper *paper, Style style, const char *word)
{
    style_begin(paper, style);
    fputs(word, paper->out);
    style_end(paper, style);
}

void paper_gutter(Paper *paper, uint32_t number, char sign)
{
    Style style = sign == '+' ? STYLE_ADDED : sign == '-' ? STYLE_REMOVED : STYLE_PATH;
    style_begin(paper, style);
    if (number)
        fprintf(paper->out, "%*u %c", paper->gutter, number, sign);
    else
        fprintf(paper->out, "%*s %c", paper->gutter, "", sign);
    style_end(paper, style);
}

void paper_place(Paper *paper, const char *arrow, Str path, Place place)
{
    fprintf(paper->out, "%*s", paper->gutter, "");
    paper_word(paper, STYLE_PATH, arrow);
    fputc(' ', paper->out);
    paper_text(paper, STYLE_PATH, path);
    if (place.row) {
        style_begin(paper, STYLE_PATH);
        fprintf(paper->out, ":%u:%u", place.row, place.column);
        style_end(paper, STYLE_PATH);
    }
    fputc('\n', paper->out);
}
