/* Pass: every measure of every subject over all samples, once, on several threads.
 *
 * Threads take samples in chunks and add to counters of their own, which are whole numbers and are
 * added up at the end; each sample's own figures have their own place. So no result depends on
 * the number of threads. */
#ifndef SQ_PASS_H
#define SQ_PASS_H

#include "sim/analysis/measures/decision.h"
#include "sim/analysis/scope/measure.h"

/* A measure of a subject, and where its counters begin. */
struct sq_pass_job {
    const struct sq_measure *measure;
    const struct sq_subject *subject;
    size_t offset;
};

struct sq_pass {
    struct sq_arena arena;
    size_t n_jobs, n_counts, scratch_bytes;
    struct sq_pass_job *job;
    uint64_t *count;     /* [n_counts] */
    uint64_t *each;      /* [n_samples][n_populations][SQ_EACH] */
    uint64_t *of_sample; /* [n_samples][T] spikes of all populations */
};

/* List the measures and allocate their counters. SQ_EUNSUPPORTED (populations so large
 * that they would need more than 1 GiB of them), SQ_ENOMEM; the caller frees the pass in every
 * case. */
int sq_pass_plan(struct sq_error *err, const struct sq_scope *scope, struct sq_pass *pass);
void sq_pass_free(struct sq_pass *pass);

/* Read all samples.
 *   threads    at most this many; 0: one per core
 *   decision   filled for each sample; NULL: do not
 * The first failing sample's error: SQ_EFORMAT, SQ_EIO, SQ_ENOMEM. */
int sq_pass_run(struct sq_error *err, const struct sq_scope *scope, struct sq_pass *pass,
                unsigned threads, struct sq_decision *decision);

/* Counters of a measure and subject, or NULL. */
const uint64_t *sq_pass_counts(const struct sq_pass *pass, const struct sq_measure *measure,
                               const struct sq_subject *subject);

/* The figures kept for a sample and population. */
static inline uint64_t *sq_pass_each(const struct sq_pass *pass, const struct sq_scope *scope,
                                     uint64_t sample, uint32_t population)
{
    return pass->each + (sample * scope->n_populations + population) * SQ_EACH;
}

#endif
