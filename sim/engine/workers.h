/* Workers: the compute threads of one run. The loop thread gives jobs, threads of the pool do them,
 * finished jobs come back on the loop thread by uv_async_send(). */
#ifndef SQ_WORKERS_H
#define SQ_WORKERS_H

#include "kernels/base/status.h"

#include <uv.h>

/* Intrusive: embed it first in what the job is about. */
struct sq_job {
    struct sq_job *next;
};

/* Do a job on worker `worker` (0 .. n - 1): runs on a worker thread. */
typedef void sq_job_do(struct sq_job *job, unsigned worker, void *data);

/* A job is done: runs on the loop thread. */
typedef void sq_job_done(struct sq_job *job, void *data);

struct sq_workers;

/* Start n threads (1 .. 1024) on `loop`. `data` is passed to both functions. */
int sq_workers_start(struct sq_error *err, uv_loop_t *loop, unsigned n, sq_job_do *work,
                     sq_job_done *done, void *data, struct sq_workers **out);

/* Hand over a job; it belongs to the pool until `done` is called with it. Any thread. */
void sq_workers_give(struct sq_workers *workers, struct sq_job *job);

/* Let the threads finish what they were given, join them and let the loop end: call it when no
 * job is out. Memory is freed when the loop has closed its handle, so run the loop afterwards. */
void sq_workers_stop(struct sq_workers *workers);

#endif
