#include "gen.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void fail_at(const char *path, size_t line, const char *format, ...)
{
    if (line)
        fprintf(stderr, "%s:%zu: error: ", path, line);
    else
        fprintf(stderr, "%s: error: ", path);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    _Exit(1); /* at once: a leak checker has nothing to say about a failed build */
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        fail_at("generator", 0, "out of memory");
    return memory;
}

char *copy_text(const char *text, size_t length)
{
    char *copy = allocate(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

static char *read_text(const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        fail_at(path, 0, "cannot be read");
    size_t size = 0, room = 1 << 16;
    char *text = allocate(room, 1);
    size_t n;
    while ((n = fread(text + size, 1, room - size - 1, in)) > 0) {
        size += n;
        if (size + 1 < room)
            continue;
        char *bigger = allocate(room * 2, 1);
        memcpy(bigger, text, size);
        free(text);
        text = bigger;
        room *= 2;
    }
    if (ferror(in))
        fail_at(path, 0, "cannot be read");
    fclose(in);
    if (memchr(text, '\0', size))
        fail_at(path, 0, "holds a NUL byte");
    return text;
}

Lines read_lines(const char *path)
{
    char *whole = read_text(path);
    char *text = whole;
    size_t breaks = 0;
    for (const char *p = text; *p; p++)
        breaks += *p == '\n';
    Lines lines = { .path = path, .line = allocate(breaks + 2, sizeof *lines.line) };
    while (*text) {
        char *end = strchr(text, '\n');
        size_t length = end ? (size_t)(end - text) : strlen(text);
        if (length && text[length - 1] == '\r')
            fail_at(path, lines.count + 1, "line ends with a carriage return");
        lines.line[lines.count++] = copy_text(text, length);
        text += length + (end != NULL);
    }
    free(whole);
    return lines;
}

bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

char *skip_blanks(char *text)
{
    return text + strspn(text, " \t");
}

void write_literal(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\' || *text == '?')
            putc('\\', out);
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '\t')
            fputs("\\t", out);
        else
            putc(*text, out);
    }
    putc('"', out);
}

FILE *open_output(const char *path)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        fail_at(path, 0, "cannot be written");
    return out;
}

void close_output(FILE *out, const char *path)
{
    bool is_bad = ferror(out) != 0;
    if (fclose(out) != 0 || is_bad)
        fail_at(path, 0, "cannot be written");
}
