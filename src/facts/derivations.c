#include "facts/derivations.h"

#include "facts/lines.h"

static void add_names(Str bases, Arena *arena, NameList *out)
{
    for (uint32_t at = 0; at < bases.n;) {
        uint32_t begin = at;
        while (at < bases.n && is_name_byte(bases.p[at]))
            at++;
        if (at > begin)
            *array_push(arena, out) = str_slice(bases, begin, at);
        else
            at++;
    }
}

/* `from store import Base as _Base`: what another name is given to is a base as well, when a class has that. */
static void add_renamed(Str line, Arena *arena, NameList *out)
{
    Str as = STR(" as ");
    for (uint32_t at = 0; at + as.n < line.n; at++) {
        uint32_t begin = at;
        if (line.p[at] != ' ' || !str_starts(str_slice(line, at, line.n), as))
            continue;
        while (begin && is_name_byte(line.p[begin - 1]))
            begin--;
        if (begin < at)
            *array_push(arena, out) = str_slice(line, begin, at);
        at += as.n - 1;
    }
}

/* A statement is one line of the compacted text, with a space for each level before it. */
void derivations(const Scan *scan, Arena *arena, NameList *out)
{
    Str text = scan->compact, word = STR("class ");
    NameList renamed = { 0 };
    for (uint32_t at = 0, end; at < text.n; at = end + 1) {
        end = line_end(text, at);
        while (at < end && text.p[at] == ' ')
            at++;
        Str line = str_slice(text, at, end);
        if (str_starts(line, STR("from ")) || str_starts(line, STR("import ")))
            add_renamed(line, arena, &renamed);
        uint32_t open = str_starts(line, word) ? str_find(line, '(') : line.n;
        if (open < line.n)
            add_names(str_slice(line, open + 1, line.n), arena, out);
    }
    for (uint32_t i = 0; out->count && i < renamed.count; i++)
        *array_push(arena, out) = renamed.items[i];
}
