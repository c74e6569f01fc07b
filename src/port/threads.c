/* The set of processors a process may use is no POSIX call. */
#define _GNU_SOURCE
#include "port/threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* The thread sanitizer keeps about 800 KiB of its own at the top of each stack. */
#if defined(__SANITIZE_THREAD__)
enum { STACK_SIZE = 24 << 20 };
#else
enum { STACK_SIZE = 16 << 20 };
#endif

enum {
    MOST_WORKERS = 256, /* more than that only wait for each other; the workers live on the caller's stack */
};

/* What all workers share. */
typedef struct Job {
    atomic_uint next; /* the first piece that nobody has taken */
    uint32_t count;
    Work *work;
    void *context;
} Job;

typedef struct Worker {
    Job *job;
    uint32_t number;
    pthread_t thread;
} Worker;

static void *take_pieces(void *argument)
{
    const Worker *worker = argument;
    Job *job = worker->job;
    for (;;) {
        uint32_t piece = atomic_load_explicit(&job->next, memory_order_relaxed);
        /* Compare and swap, not add: with `count` near the largest number an add by many would come round to 0. */
        do {
            if (piece >= job->count)
                return NULL;
        } while (!atomic_compare_exchange_weak_explicit(
            &job->next, &piece, piece + 1, memory_order_relaxed, memory_order_relaxed));
        job->work(job->context, piece, worker->number);
    }
}

/* The caller is worker 0; how many others could be started. */
static uint32_t start_others(Job *job, Worker *workers, uint32_t wanted)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return 0;
    uint32_t started = 0;
    if (pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0) {
        while (started < wanted) {
            Worker *worker = &workers[started];
            *worker = (Worker){ .job = job, .number = started + 1 };
            if (pthread_create(&worker->thread, &attributes, take_pieces, worker) != 0)
                break;
            started++;
        }
    }
    pthread_attr_destroy(&attributes);
    return started;
}

void threads_run(uint32_t workers, uint32_t count, Work *work, void *context)
{
    Job job = { .count = count, .work = work, .context = context };
    Worker caller = { .job = &job, .number = 0 };
    Worker others[MOST_WORKERS - 1];
    if (workers > MOST_WORKERS)
        workers = MOST_WORKERS;
    if (workers > count)
        workers = count;

    uint32_t started = workers > 1 ? start_others(&job, others, workers - 1) : 0;
    take_pieces(&caller);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(others[i].thread, NULL);
}

uint32_t threads_available(void)
{
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0)
        return (uint32_t)CPU_COUNT(&allowed);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (uint32_t)online : 1;
}

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0)
        return 0;
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double clock_wall(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

double clock_thread(void)
{
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

double clock_process(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t memory_peak(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
#ifdef __APPLE__
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024; /* kibibytes elsewhere */
#endif
}
