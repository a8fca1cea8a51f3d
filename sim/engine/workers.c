#include "sim/engine/workers.h"

#include <stdlib.h>

/* First in, first out. */
struct fifo {
    struct sq_job *first, **last;
};

struct sq_workers;

struct worker {
    struct sq_workers *pool;
    unsigned index;
    uv_thread_t thread;
};

struct sq_workers {
    sq_job_do *work;
    sq_job_done *done;
    void *data;
    uv_mutex_t lock; /* guards the four members below */
    struct fifo given, finished;
    int stopping;
    unsigned n_waiting; /* threads without a job */
    uv_cond_t wake;
    uv_async_t back;
    unsigned n;
    struct worker worker[];
};

static void fifo_clear(struct fifo *fifo)
{
    fifo->first = NULL;
    fifo->last = &fifo->first;
}

static void fifo_put(struct fifo *fifo, struct sq_job *job)
{
    job->next = NULL;
    *fifo->last = job;
    fifo->last = &job->next;
}

static struct sq_job *fifo_take(struct fifo *fifo)
{
    struct sq_job *job = fifo->first;
    if (job != NULL && (fifo->first = job->next) == NULL)
        fifo->last = &fifo->first;
    return job;
}

/* The next job, or NULL when the pool stops. The lock is held on entry and return. */
static struct sq_job *wait_for_job(struct sq_workers *pool)
{
    for (;;) {
        struct sq_job *job = fifo_take(&pool->given);
        if (job != NULL || pool->stopping)
            return job;
        pool->n_waiting++;
        uv_cond_wait(&pool->wake, &pool->lock);
        pool->n_waiting--;
    }
}

static void worker_main(void *arg)
{
    const struct worker *worker = arg;
    struct sq_workers *pool = worker->pool;
    uv_mutex_lock(&pool->lock);
    for (struct sq_job *job; (job = wait_for_job(pool)) != NULL;) {
        uv_mutex_unlock(&pool->lock);
        pool->work(job, worker->index, pool->data);
        uv_mutex_lock(&pool->lock);
        fifo_put(&pool->finished, job);
        uv_async_send(&pool->back);
    }
    uv_mutex_unlock(&pool->lock);
}

/* uv_async_send() coalesces: take back all that is finished. */
static void on_back(uv_async_t *handle)
{
    struct sq_workers *pool = handle->data;
    uv_mutex_lock(&pool->lock);
    struct sq_job *job = pool->finished.first;
    fifo_clear(&pool->finished);
    uv_mutex_unlock(&pool->lock);
    while (job != NULL) {
        struct sq_job *next = job->next;
        pool->done(job, pool->data);
        job = next;
    }
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

int sq_workers_start(struct sq_error *err, uv_loop_t *loop, unsigned n, sq_job_do *work,
                     sq_job_done *done, void *data, struct sq_workers **out)
{
    struct sq_workers *pool = calloc(1, sizeof *pool + n * sizeof pool->worker[0]);
    if (pool == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for %u threads", n);
    pool->work = work;
    pool->done = done;
    pool->data = data;
    fifo_clear(&pool->given);
    fifo_clear(&pool->finished);
    if (uv_mutex_init(&pool->lock) != 0)
        goto no_lock;
    if (uv_cond_init(&pool->wake) != 0)
        goto no_cond;
    if (uv_async_init(loop, &pool->back, on_back) != 0)
        goto no_async;
    pool->back.data = pool;
    for (; pool->n < n; pool->n++) {
        struct worker *worker = &pool->worker[pool->n];
        *worker = (struct worker){.pool = pool, .index = pool->n};
        const int failed = uv_thread_create(&worker->thread, worker_main, worker);
        if (failed != 0) {
            sq_workers_stop(pool);
            return sq_fail(err, SQ_ENOMEM, "cannot start thread %u of %u: %s", pool->n + 1, n,
                           uv_strerror(failed));
        }
    }
    *out = pool;
    return SQ_OK;
no_async:
    uv_cond_destroy(&pool->wake);
no_cond:
    uv_mutex_destroy(&pool->lock);
no_lock:
    free(pool);
    return sq_fail(err, SQ_ENOMEM, "cannot set up %u threads", n);
}

void sq_workers_give(struct sq_workers *pool, struct sq_job *job)
{
    uv_mutex_lock(&pool->lock);
    fifo_put(&pool->given, job);
    if (pool->n_waiting > 0)
        uv_cond_signal(&pool->wake);
    uv_mutex_unlock(&pool->lock);
}

void sq_workers_stop(struct sq_workers *pool)
{
    uv_mutex_lock(&pool->lock);
    pool->stopping = 1;
    uv_cond_broadcast(&pool->wake);
    uv_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->n; i++)
        uv_thread_join(&pool->worker[i].thread);
    uv_cond_destroy(&pool->wake);
    uv_mutex_destroy(&pool->lock);
    uv_close((uv_handle_t *)&pool->back, on_closed);
}
