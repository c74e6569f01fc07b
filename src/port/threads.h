/* Work in parallel: `count` pieces, each done once by some thread, in no order. */
#ifndef AWRY_PORT_THREADS_H
#define AWRY_PORT_THREADS_H

#include <stdint.h>

/* Called with the number of the piece (0 .. count - 1) and of the worker (0 .. workers - 1); one worker runs one piece
 * at a time, so what is kept per worker needs no lock. */
typedef void Work(void *context, uint32_t piece, uint32_t worker);

/* Runs all pieces on at most `workers` threads (at most 256; the caller's own is worker 0) and returns when all are
 * done. Threads have a stack of 16 MiB. When a thread cannot be made the rest do its work. */
void threads_run(uint32_t workers, uint32_t count, Work *work, void *context);

/* Processors that this process may use (affinity), at least 1. */
uint32_t threads_available(void);

/* Seconds since some start, monotonic. */
double clock_wall(void);
/* CPU seconds of the calling thread; of the whole process. */
double clock_thread(void);
double clock_process(void);
/* Peak resident memory of the process, in bytes. */
uint64_t memory_peak(void);

#endif
