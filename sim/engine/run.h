/* Run: every sample of an input through the event queue, on a libuv loop. */
#ifndef SQ_RUN_H
#define SQ_RUN_H

#include "sim/account/count/tally.h"
#include "sim/engine/feed.h"
#include "sim/engine/observer.h"
#include "sim/engine/profile.h"
#include "sim/network/network.h"
#include "sim/nodes/outcome.h"
#include "sim/nodes/tiling.h"
#include "sim/queue/queue.h"

/* The result after a timestep. */
struct sq_step {
    uint64_t sample;
    uint32_t t;
    const float *logits; /* [classes]: of the mean over the timesteps 0 .. t */
    uint64_t spikes;     /* of all populations, timesteps 0 .. t of the sample */
};

struct sq_run_options {
    unsigned threads, batch; /* > 0 */
    enum sq_schedule schedule;
    const char *isa;
    int stop_on_sigint;
    struct sq_observers observers;
    /* A sample is finished. Called on the loop thread in the order of the samples, in whatever
     * order lanes finish, so that whatever is made of it is the same for every run. A failure ends
     * the run. */
    int (*finished)(struct sq_error *err, void *data, const struct sq_outcome *outcome);
    void *data;
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total); /* of this run */
    void *progress_data;
    const int *
        stop; /* looked at after each call of progress: not 0 ends the run as SIGINT does; NULL: nothing does */
    /* A timestep of a sample is through: what the head would say if it were the last. Worker
     * threads, one call after the other for a sample, in the order of timesteps; only under
     * SQ_SCHEDULE_STEP. NULL: not called. */
    int (*stepped)(struct sq_error *err, void *data, const struct sq_step *step);
    unsigned
        couple; /* samples of a batch, through whose timesteps the state of batch-coupled neurons
                        runs (sq_run_couples()); it divides `batch`. 0: each sample alone */
    struct sq_profile
        *profile; /* the time of each firing goes there, and the limit; NULL: no clock is
                                   read */
    const struct sq_forced_tilings *forced; /* [n_nodes] in place of the engine's choice; NULL */
    int uncounted; /* leave every counter at 0 that the run itself does without; for the benchmark
                      of what counting costs only */
};

/* The result of a run. pixels_are_counts starts as 1. Sums of exact counts: independent of
 * threads, schedule, batch, isa. */
struct sq_totals {
    uint64_t n_samples;
    int pixels_are_counts;  /* every pixel of every sample is a whole number >= 0 */
    struct sq_tally *tally; /* [n_nodes][T] */
    double seconds;
    const char *isa; /* of the kernels that ran */
};

/* How many lanes fit a budget of 48 MiB, at least one, at most two a
 * thread (so that a thread finds work while others wait).
 *   keeps_currents   an observer wants currents, which lanes then keep */
unsigned sq_run_default_batch(const struct sq_network *network, unsigned threads,
                              enum sq_schedule schedule, int keeps_currents);

/* Is it the name of an instruction set that runs here? As sq_run() refuses it: SQ_EUSAGE. */
int sq_run_check_isa(struct sq_error *err, const char *isa);

/* Has the network neurons whose state the official module runs over the samples of a batch? */
int sq_run_couples(const struct sq_network *network);

/* The least multiple of `couple` from `batch` on: lanes of whole batches. couple 0 or 1: batch. */
unsigned sq_run_whole_batches(unsigned batch, unsigned couple);

/* Samples that can be under way between entering and delivery: their turns modulo this are all
 * different. */
static inline uint64_t sq_run_in_flight(unsigned batch)
{
    return 2 * (uint64_t)batch;
}

/* Run all samples of `feed`, which outlives the call. Totals are added to: totals->tally is the
 * caller's, zeroed, or the sums of samples that were run before.
 * SQ_EINTERRUPTED after SIGINT: the totals cover the first n_samples samples. Other failures leave
 * the totals without meaning. */
int sq_run(struct sq_error *err, const struct sq_network *network, const struct sq_feed *feed,
           const struct sq_run_options *options, struct sq_totals *totals);

#endif
