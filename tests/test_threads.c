#include "port/threads.h"

#include <stdatomic.h>
#include <stdbool.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { PIECES = 10000, WORKERS = 8 };

typedef struct Count {
    atomic_uint done[PIECES];
    atomic_bool is_busy[WORKERS]; /* a worker is inside the work */
    atomic_uint wrong;            /* a worker beyond the number asked for, or two pieces at a time */
    uint32_t workers;
} Count;

static void count_piece(void *context, uint32_t piece, uint32_t worker)
{
    Count *count = context;
    if (worker >= count->workers || atomic_exchange(&count->is_busy[worker], true)) {
        atomic_fetch_add(&count->wrong, 1);
        return;
    }
    atomic_fetch_add(&count->done[piece], 1);
    atomic_store(&count->is_busy[worker], false);
}

static void does_each_piece_once(void **state)
{
    (void)state;
    static const uint32_t pieces[] = { 0, 1, 2, 7, 8, 9, PIECES };
    for (uint32_t workers = 1; workers <= WORKERS; workers++) {
        for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
            static Count count;
            count = (Count){ .workers = workers };
            threads_run(workers, pieces[i], count_piece, &count);
            assert_int_equal(count.wrong, 0);
            for (uint32_t piece = 0; piece < PIECES; piece++)
                assert_int_equal(count.done[piece], piece < pieces[i]);
        }
    }
}

static void add_one(void *context, uint32_t piece, uint32_t worker)
{
    (void)piece, (void)worker;
    atomic_fetch_add((atomic_uint *)context, 1);
}

static void takes_any_number_of_workers(void **state)
{
    (void)state;
    atomic_uint done = 0;
    threads_run(0, 100, add_one, &done);
    assert_int_equal(done, 100);
    threads_run(UINT32_MAX, 1000, add_one, &done);
    assert_int_equal(done, 1100);
}

/* Two pieces that wait for each other end only when two threads work. */
static void meet(void *context, uint32_t piece, uint32_t worker)
{
    (void)piece, (void)worker;
    atomic_uint *here = context;
    atomic_fetch_add(here, 1);
    double patience = clock_wall() + 20;
    while (atomic_load(here) < 2 && clock_wall() < patience)
        ;
}

static void works_in_parallel(void **state)
{
    (void)state;
    atomic_uint here = 0;
    double begin = clock_wall();
    threads_run(2, 2, meet, &here);
    assert_true(clock_wall() - begin < 20);
    assert_int_equal(here, 2);
}

/* Half of the promised stack in one frame. */
static void use_stack(void *context, uint32_t piece, uint32_t worker)
{
    (void)worker;
    volatile char frame[512 << 10];
    for (size_t i = 0; i < sizeof frame; i += 1024)
        frame[i] = (char)piece;
    atomic_fetch_add((atomic_uint *)context, frame[0] == (char)piece);
}

static void threads_have_a_stack(void **state)
{
    (void)state;
    atomic_uint done = 0;
    threads_run(4, 64, use_stack, &done);
    assert_int_equal(done, 64);
}

static void tells_time_and_memory(void **state)
{
    (void)state;
    assert_true(threads_available() >= 1);
    assert_true(memory_peak() > 100 << 10);
    double wall = clock_wall(), thread = clock_thread(), process = clock_process();
    while (clock_thread() - thread < 0.01)
        ;
    assert_true(clock_wall() - wall >= 0.009);
    assert_true(clock_process() - process >= 0.009);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_each_piece_once),
        cmocka_unit_test(takes_any_number_of_workers),
        cmocka_unit_test(works_in_parallel),
        cmocka_unit_test(threads_have_a_stack),
        cmocka_unit_test(tells_time_and_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
