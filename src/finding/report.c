/* What rules call to say something. All text is in the arena of the findings. */
#include "base/bug.h"
#include "finding/span.h"

static Finding *add_finding(Pass *pass, const Rule *rule)
{
    Finding *f = arena_new(pass->out, Finding);
    f->rule = rule;
    f->severity = rule->severity;
    f->confidence = CONFIDENCE_SURE;
    f->path = pass->path;
    f->symbol = STR("");
    f->chain = STR("");
    f->fix_title = STR("");
    f->order = pass->findings.count;
    *array_push(pass->out, &pass->findings) = f;
    return f;
}

/* Of the innermost def or class that n is in or is. A lambda has no name that a reader would look for. */
static Str symbol_of(Node n)
{
    for (int i = 0; i < CLIMB_MOST && !node_is_null(n); i++, n = node_parent(n)) {
        PyKind kind = node_kind(n);
        const Function *function = kind == PY_FUNCTION_DEFINITION ? function_at(n.module, n.id) : NULL;
        const Class *class_ = kind == PY_CLASS_DEFINITION ? class_at(n.module, n.id) : NULL;
        if (function)
            return function->qualname;
        if (class_)
            return class_->qualname;
    }
    return STR("");
}

Finding *report(Pass *pass, Node n, const char *format, ...)
{
    Finding *f = add_finding(pass, pass->rule);
    f->symbol = arena_copy(pass->out, symbol_of(n));
    f->at = span_at(pass, &pass->module->scan, node_begin(n), node_end(n));
    va_list arguments;
    va_start(arguments, format);
    f->message = span_text(pass, format, arguments);
    va_end(arguments);
    return f;
}

Finding *pass_trouble(Pass *pass, const char *code, const Scan *scan, uint32_t begin, uint32_t end, Str message)
{
    const Rule *rule = rule_find(str_of(code));
    if (!rule)
        BUG("there is no rule %s", code);
    Finding *f = add_finding(pass, rule);
    if (scan)
        f->at = span_at(pass, scan, begin, end);
    else
        f->at = (Span){ .start = { 1, 1 }, .stop = { 1, 1 }, .line = 1, .excerpt = STR(""), .label = STR("") };
    f->message = pass_printf(pass, "%.*s", STR_ARG(message));
    return f;
}

void as_case(Pass *pass, Finding *f, const char *name)
{
    (void)pass;
    for (size_t i = 0; i < sizeof f->rule->cases / sizeof *f->rule->cases && f->rule->cases[i].name; i++) {
        if (strcmp(f->rule->cases[i].name, name) == 0) {
            f->case_ = &f->rule->cases[i];
            f->severity = f->case_->severity;
            return;
        }
    }
    BUG("rule %s has no case %s", f->rule->name, name);
}

void help(Pass *pass, Finding *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *array_push(pass->out, &f->help) = span_text(pass, format, arguments);
    va_end(arguments);
}

void label(Pass *pass, Finding *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    f->at.label = span_text(pass, format, arguments);
    va_end(arguments);
}

static Span *add_span(Pass *pass, Finding *f, Span span, const char *format, va_list arguments)
{
    span.label = span_text(pass, format, arguments);
    Span *added = array_push(pass->out, &f->also);
    *added = span;
    return added;
}

static Span *add_place(Pass *pass, Finding *f, uint32_t begin, uint32_t end, const char *format, va_list arguments)
{
    return add_span(pass, f, span_at(pass, &pass->module->scan, begin, end), format, arguments);
}

void also(Pass *pass, Finding *f, Node n, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_place(pass, f, node_begin(n), node_end(n), format, arguments);
    va_end(arguments);
}

void also_function(Pass *pass, Finding *f, const Function *function, const char *format, ...)
{
    Node n = node_at(pass->module, function->node);
    Node name = node_field(n, F_NAME);
    uint32_t begin = node_begin(n);
    uint32_t end = node_is_null(name) ? begin + (uint32_t)strlen("lambda") : node_end(name);
    va_list arguments;
    va_start(arguments, format);
    add_place(pass, f, begin, end, format, arguments);
    va_end(arguments);
}

void step(Pass *pass, Finding *f, Node n, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_place(pass, f, node_begin(n), node_end(n), format, arguments)->is_step = true;
    va_end(arguments);
}

void step_at(Pass *pass, Finding *f, uint32_t begin, uint32_t end, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_place(pass, f, begin, end, format, arguments)->is_step = true;
    va_end(arguments);
}

void also_in(Pass *pass, Finding *f, const Summary *file, Range at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_span(pass, f, span_in(pass, file, at), format, arguments);
    va_end(arguments);
}

void step_in(Pass *pass, Finding *f, const Summary *file, Range at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_span(pass, f, span_in(pass, file, at), format, arguments)->is_step = true;
    va_end(arguments);
}

void chain(Pass *pass, Finding *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    f->chain = span_text(pass, format, arguments);
    va_end(arguments);
}

void unsure(Pass *pass, Finding *f)
{
    (void)pass;
    f->confidence = CONFIDENCE_LIKELY;
}

void fix(Pass *pass, Finding *f, bool is_safe, const char *title)
{
    f->fix_title = arena_copy(pass->out, str_of(title));
    f->fix_is_safe = is_safe;
}

/* Edits may come in any order; they are kept ascending. */
void fix_replace(Pass *pass, Finding *f, uint32_t begin, uint32_t end, const char *format, ...)
{
    const Scan *scan = &pass->module->scan;
    va_list arguments;
    va_start(arguments, format);
    Edit edit = { .begin = begin, .end = end, .text = arena_vprintf(pass->out, format, arguments) };
    va_end(arguments);
    edit.start = span_place(pass, scan, begin);
    edit.stop = span_place(pass, scan, end);

    array_push(pass->out, &f->edits);
    uint32_t i = f->edits.count - 1;
    for (; i && f->edits.items[i - 1].begin > begin; i--)
        f->edits.items[i] = f->edits.items[i - 1];
    f->edits.items[i] = edit;
    ALWAYS(i == 0 || f->edits.items[i - 1].end <= begin);
    ALWAYS(i + 1 == f->edits.count || end <= f->edits.items[i + 1].begin);
}

Str pass_printf(Pass *pass, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    Str text = span_text(pass, format, arguments);
    va_end(arguments);
    return text;
}
