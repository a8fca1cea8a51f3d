/* The samples of an input that one run is about: all of it or a shard, and those of them that are left to run
 * where an earlier run recorded the first ones. */
#ifndef SQ_RUN_SHARE_H
#define SQ_RUN_SHARE_H

#include "sim/session/run_job.h"

struct sq_run_share {
    struct sq_range samples; /* of the input */
    uint64_t n_held;         /* the first ones, which the trace of an earlier run holds */
    int lacks_counts;        /* what became of their events is not known: that run was killed */
    struct sq_sample_set to_run;
    struct sq_set_ranges cursor;
    struct sq_ranges ranges; /* of to_run */
};

/* All samples, or the given shard of them, which the job's report then names. SQ_EUSAGE: that shard would be
 * empty. *share: written; sq_run_share_free() frees it. */
int sq_run_share_take(struct sq_run_job *job, const struct sq_shard *shard, uint64_t n_samples,
                      struct sq_run_share *share);

/* Resume: leave out the first samples as far as the trace holds them; the report has them from there. (A
 * trace of samples that come later holds nothing of the first ones: all run again, for the report.)
 * As sq_recorder_peek(); SQ_EUNSUPPORTED: it ends within a coupled batch. */
int sq_run_share_resume(struct sq_run_job *job, const struct sq_recorder_options *options,
                        struct sq_run_share *share);

/* Let the feed of the input give what is left to run; `share` outlives it. SQ_ENOMEM. */
int sq_run_share_feed(struct sq_error *err, struct sq_run_share *share, struct sq_feed *feed);

/* Accepts a zeroed one. */
void sq_run_share_free(struct sq_run_share *share);

#endif
