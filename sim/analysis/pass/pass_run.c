#include "sim/analysis/pass/pass.h"
#include "sim/analysis/scope/frames.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 8, MAX_THREADS = 8 };

/* What the threads share. */
struct crew {
    const struct sq_scope *scope;
    struct sq_pass *pass;
    struct sq_decision *decision;
    atomic_uint_fast64_t next; /* first sample of the next chunk */
    atomic_int stop;           /* a thread failed: take no more chunks */
};

struct worker {
    struct crew *crew;
    pthread_t thread;
    struct sq_arena arena;
    struct sq_frames frames;
    uint64_t *count;
    void *scratch;
    int status;
    uint64_t failed_at; /* the failing sample: the first one is reported */
    struct sq_error err;
};

static void sum_sample(const struct crew *crew, const struct sq_frame_view *view, uint64_t sample)
{
    const struct sq_scope *scope = crew->scope;
    uint64_t *sum = crew->pass->of_sample + sample * scope->timesteps;
    for (uint32_t i = 0; i < scope->n_populations; i++)
        for (uint32_t t = 0; t < scope->timesteps; t++)
            sum[t] += view->spikes[(size_t)scope->subject[i].source[0] * scope->timesteps + t];
}

static void add_sample(struct worker *worker, struct sq_frame_view *view, uint64_t sample)
{
    const struct crew *crew = worker->crew;
    const struct sq_scope *scope = crew->scope;
    for (size_t i = 0; i < crew->pass->n_jobs; i++) {
        const struct sq_pass_job *job = &crew->pass->job[i];
        const size_t population = (size_t)(job->subject - scope->subject);
        view->each = job->measure->kind == SQ_SUBJECT_POPULATION
                         ? sq_pass_each(crew->pass, scope, sample, (uint32_t)population)
                         : NULL;
        job->measure->add(worker->count + job->offset, scope, job->subject, view, worker->scratch);
    }
    sum_sample(crew, view, sample);
    if (crew->decision != NULL)
        sq_decision_add(crew->decision, scope, view, sample, worker->scratch);
}

static void read_chunk(struct worker *worker, uint64_t first)
{
    const struct sq_scope *scope = worker->crew->scope;
    const uint64_t end = first + CHUNK < scope->n_samples ? first + CHUNK : scope->n_samples;
    for (uint64_t i = first; worker->status == SQ_OK && i < end; i++) {
        struct sq_frame_view view;
        worker->status = sq_frames_read(&worker->err, &worker->frames, &scope->sample[i], &view);
        if (worker->status == SQ_OK)
            add_sample(worker, &view, i);
        else
            worker->failed_at = i;
    }
}

static int set_up(struct worker *worker)
{
    const struct crew *crew = worker->crew;
    const size_t scratch = crew->decision != NULL ? sq_decision_scratch_bytes(crew->decision) : 0;
    const size_t bytes = crew->pass->scratch_bytes > scratch ? crew->pass->scratch_bytes : scratch;
    worker->scratch = sq_arena_alloc(&worker->arena, 1, bytes);
    if (worker->scratch == NULL || worker->count == NULL)
        return sq_fail(&worker->err, SQ_ENOMEM, "%s: out of memory for a thread",
                       crew->scope->path);
    return sq_frames_open(&worker->err, crew->scope, &worker->frames);
}

/* A chunk once taken is read up to its first failure: the first failing sample is always found. */
static void *work(void *data)
{
    struct worker *worker = data;
    struct crew *crew = worker->crew;
    worker->status = set_up(worker);
    while (worker->status == SQ_OK && !atomic_load(&crew->stop)) {
        const uint64_t first = atomic_fetch_add(&crew->next, CHUNK);
        if (first >= crew->scope->n_samples)
            break;
        read_chunk(worker, first);
    }
    if (worker->status != SQ_OK)
        atomic_store(&crew->stop, 1);
    return NULL;
}

/* The first thread counts into the pass itself. */
static void *counters_for(struct worker *worker, int is_first)
{
    struct sq_pass *pass = worker->crew->pass;
    return is_first ? pass->count
                    : sq_arena_alloc(&worker->arena, pass->n_counts, sizeof *pass->count);
}

static unsigned choose_threads(const struct sq_scope *scope, unsigned wanted)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const uint64_t n_chunks = (scope->n_samples + CHUNK - 1) / CHUNK;
    unsigned n = wanted > 0 ? wanted : cores > 0 ? (unsigned)cores : 1;
    n = n > MAX_THREADS ? MAX_THREADS : n;
    return n > n_chunks ? (unsigned)n_chunks : n;
}

/* Add what a thread counted; the error of the first sample that failed wins. */
static void take_over(struct sq_error *err, struct worker *first, struct worker *worker)
{
    struct sq_pass *pass = worker->crew->pass;
    if (worker->status != SQ_OK &&
        (first->status == SQ_OK || worker->failed_at < first->failed_at)) {
        first->status = worker->status;
        first->failed_at = worker->failed_at;
        sq_error_copy(err, &worker->err);
    }
    for (size_t i = 0; worker->status == SQ_OK && i < pass->n_counts; i++)
        pass->count[i] += worker->count[i];
}

int sq_pass_run(struct sq_error *err, const struct sq_scope *scope, struct sq_pass *pass,
                unsigned threads, struct sq_decision *decision)
{
    struct crew crew = {.scope = scope, .pass = pass, .decision = decision};
    struct worker worker[MAX_THREADS] = {{.crew = &crew}};
    unsigned n_started = 1;
    worker[0].count = counters_for(&worker[0], 1);
    for (unsigned i = 1; i < choose_threads(scope, threads); i++) {
        worker[i].crew = &crew;
        worker[i].count = counters_for(&worker[i], 0);
        if (pthread_create(&worker[i].thread, NULL, work, &worker[i]) != 0)
            break; /* fewer threads suffice */
        n_started++;
    }
    work(&worker[0]);
    if (worker[0].status != SQ_OK)
        sq_error_copy(err, &worker[0].err);
    for (unsigned i = 0; i < n_started; i++) {
        if (i > 0 && pthread_join(worker[i].thread, NULL) == 0)
            take_over(err, &worker[0], &worker[i]);
        sq_frames_close(&worker[i].frames);
    }
    for (unsigned i = 0; i < MAX_THREADS; i++)
        sq_arena_free(&worker[i].arena);
    return worker[0].status;
}
