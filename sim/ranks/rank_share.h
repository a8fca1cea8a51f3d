/* The samples that a rank runs: as they are dealt (dealer.h); with a trace, those that no part of it holds (parts.h).
 * The counterpart of sim/session/run_share.h. All functions but those that free are collective; they agree on one
 * status (sq_cluster_agree()). */
#ifndef SQ_RANK_SHARE_H
#define SQ_RANK_SHARE_H

#include "sim/cluster/cluster.h"
#include "sim/ranks/dealer.h"
#include "sim/ranks/parts.h"
#include "sim/session/run_job.h"

struct sq_rank_share {
    struct sq_cluster *cluster;
    struct sq_run_job *job;
    uint64_t n_whole;                /* samples of the run, of all ranks */
    const char *whole;               /* the trace's path; NULL: no trace */
    char *part;                      /* this rank's part of it */
    struct sq_parts old;             /* of an earlier job, at rank 0 */
    int is_merged;                   /* the whole trace is there already: nothing is recorded */
    struct sq_sample_set held, left; /* in this rank's part; at rank 0, in none */
    uint64_t n_held;                 /* samples in any part, at rank 0 */
    int lacks_counts; /* what became of the events of recordings is not known of some samples */
    struct sq_dealer dealer;  /* at rank 0 */
    struct sq_question state; /* of this rank */
    int has_asked;            /* for the block after the current one */
    struct sq_ranges ranges;  /* of the feed */
    uint64_t start_ns;
    void (*progress)(void *data, uint64_t n_done,
                     uint64_t n_total); /* the caller's, of all ranks */
    void *progress_data;
};

/* The input is open at every rank: the same everywhere? Its digest, of content or names as the options say, which rank 0 alone
 * computes, and the number of samples. SQ_ESHAPE: a rank has another input or another version of spikeq. */
int sq_rank_share_take(struct sq_rank_share *share, struct sq_cluster *cluster,
                       struct sq_run_job *job, const struct sq_run_choices *options,
                       const struct sq_input *input);

/* The parts of a trace: what is recorded already is not run again, and is in the reports. Then the recorder of this rank's
 * part. SQ_EUSAGE: the trace or parts of it exist, and neither resume nor force says what becomes of them; SQ_ESHAPE:
 * they were recorded otherwise; two of them hold the same sample. */
int sq_rank_share_record(struct sq_rank_share *share, const struct sq_run_choices *options);

/* Run what is dealt to this rank; `feed` is that of the input. */
int sq_rank_share_run(struct sq_rank_share *share, const struct sq_run_choices *options,
                      struct sq_feed *feed);

/* All ranks are done with `status`, one for all, SQ_OK or SQ_EINTERRUPTED: make the reports one, at rank 0, and the
 * parts the trace, if all samples are there. Returns `status`, or what failed. */
int sq_rank_share_finish(struct sq_rank_share *share, const struct sq_run_choices *options,
                         int status);

/* Accepts a zeroed one. */
void sq_rank_share_free(struct sq_rank_share *share);

#endif
