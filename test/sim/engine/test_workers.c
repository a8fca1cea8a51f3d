/* Workers: every job is done once, on a worker thread, and comes back once, on the loop thread. */
#include "sim/engine/workers.h"
#include "test/unit.h"

#include <stdatomic.h>
#include <string.h>

enum { N_JOBS = 5000, MAX_THREADS = 9, FIRST = 64 };

struct counted_job {
    struct sq_job job; /* first: the pool hands this back */
    atomic_int n_done;
    int n_back;
};

struct bench {
    uv_loop_t loop;
    struct sq_workers *workers;
    uv_thread_t loop_thread;
    unsigned n_threads;
    struct counted_job job[N_JOBS];
    size_t n_given, n_back, n_jobs;
    atomic_int on_loop_thread, bad_worker, shared_worker;
    atomic_int in_use[MAX_THREADS];
};

static void do_job(struct sq_job *job, unsigned worker, void *data)
{
    struct bench *b = data;
    struct counted_job *counted = (struct counted_job *)job;
    const uv_thread_t self = uv_thread_self();
    if (uv_thread_equal(&self, &b->loop_thread))
        atomic_store(&b->on_loop_thread, 1);
    if (worker >= b->n_threads) {
        atomic_store(&b->bad_worker, 1);
        return;
    }
    /* The index names one thread's scratch: nobody else may have it now. */
    if (atomic_fetch_add(&b->in_use[worker], 1) != 0)
        atomic_store(&b->shared_worker, 1);
    atomic_fetch_add(&counted->n_done, 1);
    atomic_fetch_sub(&b->in_use[worker], 1);
}

/* Loop thread: one more job for each that came back, then stop. */
static void job_back(struct sq_job *job, void *data)
{
    struct bench *b = data;
    const uv_thread_t self = uv_thread_self();
    if (!uv_thread_equal(&self, &b->loop_thread))
        atomic_store(&b->on_loop_thread, 2);
    ((struct counted_job *)job)->n_back++;
    b->n_back++;
    if (b->n_given < b->n_jobs)
        sq_workers_give(b->workers, &b->job[b->n_given++].job);
    else if (b->n_back == b->n_jobs)
        sq_workers_stop(b->workers);
}

static void start(struct bench *b, unsigned n_threads)
{
    struct sq_error error = {0};
    b->n_threads = n_threads;
    b->loop_thread = uv_thread_self();
    ck_assert_int_eq(uv_loop_init(&b->loop), 0);
    ck_assert_int_eq(
        sq_workers_start(&error, &b->loop, n_threads, do_job, job_back, b, &b->workers), SQ_OK);
}

static void turn(struct bench *b)
{
    ck_assert_int_eq(uv_run(&b->loop, UV_RUN_DEFAULT), 0);
    ck_assert_int_eq(uv_loop_close(&b->loop), 0); /* every handle is closed */
}

START_TEST(every_job_comes_back_once)
{
    static const unsigned n_threads[] = {1, 2, 4, MAX_THREADS};
    struct bench *b = calloc(1, sizeof *b);
    b->n_jobs = N_JOBS;
    start(b, n_threads[_i]);
    while (b->n_given < FIRST)
        sq_workers_give(b->workers, &b->job[b->n_given++].job);
    turn(b);
    ck_assert_int_eq(atomic_load(&b->on_loop_thread), 0);
    ck_assert_int_eq(atomic_load(&b->bad_worker), 0);
    ck_assert_int_eq(atomic_load(&b->shared_worker), 0);
    ck_assert_uint_eq(b->n_back, N_JOBS);
    for (size_t i = 0; i < N_JOBS; i++)
        if (b->job[i].n_back != 1 || atomic_load(&b->job[i].n_done) != 1)
            ck_abort_msg("job %zu: done %d times, back %d times", i, atomic_load(&b->job[i].n_done),
                         b->job[i].n_back);
    free(b);
}
END_TEST

START_TEST(stops_without_a_job)
{
    struct bench *b = calloc(1, sizeof *b);
    start(b, 1 + (unsigned)_i);
    sq_workers_stop(b->workers);
    turn(b);
    ck_assert_uint_eq(b->n_back, 0);
    free(b);
}
END_TEST

/* What was given is finished by the threads, though nobody waits for it any more. */
START_TEST(what_was_given_is_done_before_the_end)
{
    struct bench *b = calloc(1, sizeof *b);
    b->n_jobs = N_JOBS; /* job_back() must not stop the pool again */
    b->n_given = N_JOBS;
    start(b, 2);
    for (size_t i = 0; i < 100; i++)
        sq_workers_give(b->workers, &b->job[i].job);
    sq_workers_stop(b->workers);
    for (size_t i = 0; i < 100; i++)
        ck_assert_int_eq(atomic_load(&b->job[i].n_done), 1);
    turn(b);
    free(b);
}
END_TEST

static Suite *workers_suite(void)
{
    Suite *suite = suite_create("workers");
    TCase *tests = tcase_create("jobs");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_job_comes_back_once, 0, 4);
    tcase_add_loop_test(tests, stops_without_a_job, 0, 3);
    tcase_add_test(tests, what_was_given_is_done_before_the_end);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(workers_suite())
