/* Our own mistakes: loud, with file and line, and the program ends (abort, so that a test or a core file shows it).
 * What the world does wrong (files, input, configuration) is a return value and a place, never a BUG. */
#ifndef AWRY_BASE_BUG_H
#define AWRY_BASE_BUG_H

#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
#define ALWAYS(condition) ((condition) ? (void)0 : BUG("does not hold: %s", #condition))

_Noreturn void bug_at(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
