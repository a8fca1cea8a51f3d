/* State of one run, for run.c (the loop) and run_setup.c (kernels, queue, lanes, jobs) alone. */
#ifndef SQ_RUN_STATE_H
#define SQ_RUN_STATE_H

#include "sim/engine/run.h"
#include "sim/engine/window.h"
#include "sim/engine/workers.h"
#include "sim/nodes/task.h"

/* A worker's job: compute one firing, then further ones as long as the queue has any ready. It
 * returns to the loop thread when none is ready, a sample is finished or something failed. */
struct sq_firing_job {
    struct sq_job job; /* first: the workers hand this back */
    struct sq_firing firing;
    int sample_done; /* this firing was the last of its lane's sample */
    int status;      /* of the last firing */
    struct sq_error error;
};

struct sq_run_state {
    const struct sq_network *network;
    const struct sq_run_options *options;
    const struct sq_feed *feed;
    struct sq_totals *totals;
    struct sq_error *err;
    struct sq_arena arena; /* of all arrays below */
    struct sq_cpu cpu;
    struct sq_kernels kernels;
    struct sq_shared shared;

    uv_mutex_t lock; /* guards the five members below */
    struct sq_queue *queue;
    struct sq_firing_job **free_job; /* [n_jobs] stack */
    size_t n_free_jobs;
    int is_ending; /* set after a failure: no firing is taken any more */

    struct sq_queue_node *queue_node; /* [n_nodes] */
    struct sq_firing_job *job;        /* [n_jobs] */
    size_t n_jobs;
    struct sq_lane *lane;       /* [batch] */
    struct sq_scratch *scratch; /* [threads] */

    /* Of the loop thread alone. */
    unsigned char *lane_is_busy; /* [batch] a sample is in it */
    struct sq_window window;
    uint64_t next;         /* turn of the sample that enters next */
    struct sq_range range; /* samples that enter next; empty: the feed's ranges are asked */
    int has_all_ranges;    /* no more will come */
    uint32_t n_active;     /* lanes with a sample */
    int status;            /* the first failure, or SQ_OK */
    int interrupted;
    int feed_is_over; /* SQ_FEED_OVER: the sample in the network stays incomplete */
    uv_loop_t loop;
    uv_signal_t on_sigint;
    struct sq_workers *workers;
};

/* Choose kernels, plan the queue, allocate lanes, scratch, jobs and the window. run: network,
 * options, feed, totals, err and shared are set. SQ_EUSAGE (isa), SQ_ENOMEM. */
int sq_run_set_up(struct sq_run_state *run);

#endif
