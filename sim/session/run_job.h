/* A run job: what spikeq_run() and a session keep open while samples go through the network. Report, trace
 * and dump are made in one place, whatever feeds the samples. */
#ifndef SQ_RUN_JOB_H
#define SQ_RUN_JOB_H

#include "sim/record/recorder.h"
#include "sim/report/dump.h"
#include "sim/report/report.h"
#include "sim/report/run_choices.h"
#include "sim/spikeq.h"

struct sq_run_job {
    struct sq_error *err; /* of the calling thread */
    const struct sq_network *network;
    struct spikeq_report *report;
    struct sq_dump *dump;         /* or NULL */
    struct sq_recorder *recorder; /* or NULL */
    int is_stream;                /* a recording that is still being made */
    int is_open_ended;            /* how many samples come is known at the end only */
    /* Of the caller; may be NULL: after report, dump and trace have a sample; after a timestep. */
    int (*finished)(struct sq_error *err, void *data, const struct sq_outcome *outcome);
    int (*stepped)(struct sq_error *err, void *data, const struct sq_step *step);
    void *data;
    const struct sq_observer *observer; /* one more; NULL: no other */
    struct sq_forced_tilings
        *forced; /* [n_nodes] of a plan, in the report's arena; NULL: no plan */
};

/* A job with an empty report, whose list of warnings err has from now on. SQ_ENOMEM. */
int sq_run_job_begin(struct sq_error *err, const struct sq_network *network,
                     struct sq_run_job *job);

/* Its options as far as they are the same for every feed: threads, batch, coupling, a plan, which is read. SQ_EUSAGE,
 * what sq_tilings_read() refuses. */
int sq_run_job_check(struct sq_run_job *job, const struct sq_run_choices *options);

/* Threads, batch and schedule, given or by default; report->n_planned is set. */
void sq_run_job_size(struct sq_run_job *job, const struct sq_run_choices *options);

/* What is to be recorded; SQ_EUSAGE. And the recorder of it: what sq_recorder_open() refuses. */
int sq_run_job_ask(struct sq_run_job *job, const struct sq_run_choices *options,
                   struct sq_recorder_options *recorder);
int sq_run_job_record(struct sq_run_job *job, const struct sq_recorder_options *recorder);

/* Measure the time of every node; SQ_EUSAGE, SQ_ENOMEM. */
int sq_run_job_profile(struct sq_run_job *job, const struct sq_run_choices *options);

/* Run all samples of the feed. `err`: of the running thread. As sq_run(). */
int sq_run_job_run(struct sq_error *err, struct sq_run_job *job,
                   const struct sq_run_choices *options, const struct sq_feed *feed);

/* The run ended with `status`: give the files their names. Returns `status`, or what failed. */
int sq_run_job_finish(struct sq_run_job *job, int status);

/* Close everything but the report, which is the caller's; NULL where `status` is a failure. */
struct spikeq_report *sq_run_job_end(struct sq_run_job *job, int status);

#endif
