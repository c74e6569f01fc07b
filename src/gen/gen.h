/* What the table generators share: a file as lines, growing text, and errors with a place.
 *
 * Generators are short-lived programs of the build: they stop at the first error and leave the memory to the system then. */
#ifndef AWRY_GEN_H
#define AWRY_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct Lines {
    const char *path;
    char **line; /* line[0] is line 1; without line ends; NULL after the last */
    size_t count;
} Lines;

/* Prints `path:line: message` and ends the program; line 0 means the whole file. */
_Noreturn void fail_at(const char *path, size_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Zeroed memory, never NULL. */
void *allocate(size_t count, size_t size);

char *copy_text(const char *text, size_t length);
Lines read_lines(const char *path);
bool starts_with(const char *text, const char *prefix);

/* Text without the blanks before it. */
char *skip_blanks(char *text);

/* A C string literal that the preprocessor cannot misread (no trigraphs). */
void write_literal(FILE *out, const char *text);

FILE *open_output(const char *path);
void close_output(FILE *out, const char *path);

#endif
