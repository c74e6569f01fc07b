#include "report/words.h"

const char *const severity_words[] = {
    [SEVERITY_INFO] = "info",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

const char *const confidence_words[] = {
    [CONFIDENCE_SURE] = "sure",
    [CONFIDENCE_LIKELY] = "likely",
};

const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- Chains ---- */

static Str callee_text(const Span *span)
{
    Str marked = str_slice(span->excerpt, span->mark, span->mark_end);
    return str_trim(str_slice(marked, 0, str_find(marked, '(')));
}

Str chain_text(Arena *arena, const Finding *f)
{
    if (f->chain.n || !finding_has_steps(f))
        return f->chain;
    Str text = callee_text(&f->at);
    for (uint32_t i = 0; i < f->also.count; i++) {
        const Span *span = &f->also.items[i];
        Str callee = callee_text(span);
        if (span->is_step && callee.n)
            text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), text.n ? " → " : "", STR_ARG(callee));
    }
    return text;
}

/* ---- Pages ---- */

Str rule_page(Arena *arena, const Rule *rule)
{
    static const char mark[] = "# expect: ";
    const char *doc = rule_doc(rule);
    char *page = arena_alloc(arena, strlen(doc) + 2);
    uint32_t n = 0;
    while (*doc) {
        size_t line = strcspn(doc, "\n");
        size_t kept = line;
        Str code = { "", 0 };
        const char *found = strstr(doc, mark);
        if (found && found < doc + line) {
            kept = (size_t)(found - doc) + 2; /* with "# " */
            code = (Str){ found + strlen(mark), (uint32_t)strcspn(found + strlen(mark), " \n") };
        }
        memcpy(page + n, doc, kept);
        n += (uint32_t)kept;
        memcpy(page + n, code.p, code.n);
        n += code.n;
        page[n++] = '\n';
        doc += line + (doc[line] == '\n');
    }
    return (Str){ page, n };
}

/* The line of `text` at *at, which moves behind it. */
static Str next_line(Str text, uint32_t *at)
{
    Str rest = str_slice(text, *at, text.n);
    uint32_t end = str_find(rest, '\n');
    *at += end < rest.n ? end + 1 : end;
    return str_trim(str_slice(rest, 0, end));
}

Str rule_paragraph(Arena *arena, const Rule *rule)
{
    Str doc = str_of(rule_doc(rule));
    Str paragraph = { "", 0 };
    for (uint32_t at = 0; at < doc.n;) {
        Str line = next_line(doc, &at);
        bool is_heading = str_starts(line, STR("#"));
        if (line.n && !is_heading)
            paragraph = arena_printf(arena, "%.*s%s%.*s", STR_ARG(paragraph), paragraph.n ? " " : "", STR_ARG(line));
        else if (paragraph.n)
            break;
    }
    return paragraph;
}
