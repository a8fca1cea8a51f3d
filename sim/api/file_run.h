/* A run of files: what one call of spikeq_run() keeps open, alone (api_run.c) or as a rank of several
 * (run_ranks.c). */
#ifndef SQ_FILE_RUN_H
#define SQ_FILE_RUN_H

#include "sim/ranks/rank_share.h"
#include "sim/report/stream_feed.h"
#include "sim/session/run_share.h"
#include "sim/spikeq.h"

struct sq_file_run {
    struct sq_run_job job;
    struct sq_input *input;
    struct sq_frame_request frame_request; /* of recordings; used by the input */
    struct sq_stream_feed stream;          /* instead of an input */
    struct sq_run_share share;             /* samples of the input that this run is about */
    struct sq_rank_share rank;             /* instead, of a rank: as they are dealt */
};

/* Check the options and open the input, or the stream. The report knows the input then, but not its digest. */
int sq_file_run_open(struct sq_file_run *run, const struct sq_run_choices *options,
                     const struct sq_shard *shard);

/* Recordings in the report, before the input is closed. */
void sq_file_run_keep_counts(struct sq_file_run *run, int status);

/* Close all but the report. */
void sq_file_run_close(struct sq_file_run *run);

/* spikeq_run() by the ranks of a cluster, of which this process is one; as the ranks of a dry run; as the only rank,
 * which completes what several began. */
int sq_run_ranks(struct sq_error *err, const struct sq_network *network,
                 const struct sq_run_choices *options, struct sq_cluster *cluster,
                 struct spikeq_report **out);
int sq_run_dry_ranks(struct sq_error *err, const struct sq_network *network,
                     const struct sq_run_choices *options, struct spikeq_report **out);
int sq_run_only_rank(struct sq_error *err, const struct sq_network *network,
                     const struct sq_run_choices *options, struct spikeq_report **out);

/* Is a trace to be resumed of which there are parts of ranks (sim/ranks/parts.h)? */
int sq_run_resumes_ranks(const struct sq_run_choices *options);

#endif
