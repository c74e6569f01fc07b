#include "finding/cancelled.h"

#include "finding/pass.h"

bool cancelled_alone(const Cancellation *c)
{
    Node value = node_field(c->catcher, F_VALUE);
    Node class_ = node_kind(value) == PY_AS_PATTERN ? node_first(value) : value;
    bool is_single =
        node_kind(class_) == PY_IDENTIFIER || node_kind(class_) == PY_ATTRIBUTE || node_kind(class_) == PY_CALL;
    return node_kind(c->catcher) == PY_EXCEPT_CLAUSE && is_single && catches_by_name(c->catcher);
}

/* The blanks before n when nothing else stands before it on its line; *is_first says so. */
static Str indent_of(Node n, bool *is_first)
{
    Str text = n.module->source.text;
    uint32_t begin = node_begin(n);
    while (begin && (text.p[begin - 1] == ' ' || text.p[begin - 1] == '\t'))
        begin--;
    *is_first = !begin || text.p[begin - 1] == '\n' || text.p[begin - 1] == '\r';
    return str_slice(text, begin, node_begin(n));
}

/* A line `raise` behind the suite, and behind a comment at its end. */
static bool append_raise(Pass *pass, Finding *f, Node suite)
{
    Str text = suite.module->source.text;
    uint32_t end = node_end(suite);
    while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r')
        end++;
    bool is_first, is_crlf = end + 1 < text.n && text.p[end] == '\r' && text.p[end + 1] == '\n';
    Str indent = indent_of(node_first(suite), &is_first);
    if (!is_first)
        return false;
    fix(pass, f, false, "raise it again at the end of the handler");
    fix_replace(pass, f, end, end, "%s%.*sraise", is_crlf ? "\r\n" : "\n", STR_ARG(indent));
    return true;
}

static bool offer_raise(Pass *pass, Finding *f, const Cancellation *c)
{
    if (!cancelled_alone(c) || c->end == CANCEL_RERAISED_AS)
        return false;
    Node suite = node_child_of(c->catcher, PY_BLOCK), only = node_first(suite);
    bool is_pass = node_kind(only) == PY_PASS_STATEMENT && node_count(suite) == 1;
    if (!c->jump.id && !is_pass)
        return append_raise(pass, f, suite);
    Node replaced = c->jump.id ? c->jump : only;
    fix(pass, f, false, c->jump.id ? "raise it again instead" : "raise it again");
    fix_replace(pass, f, node_begin(replaced), node_end(replaced), "raise");
    return true;
}

void cancelled_fix(Pass *pass, Finding *f, const Cancellation *c)
{
    if (offer_raise(pass, f, c))
        return;
    if (node_kind(c->catcher) == PY_WITH_ITEM)
        help(pass, f, "suppress other exceptions only, and let the cancellation through");
    else if (c->end == CANCEL_RERAISED_AS)
        help(pass, f, "raise the cancellation itself when it is meant for the caller too");
    else if (!catches_by_name(c->catcher))
        help(pass, f, "`except Exception` leaves cancellation alone; else end the handler with `raise`");
    else
        help(pass, f, "put `except asyncio.CancelledError: raise` before it");
}
