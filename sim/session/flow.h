/* Flow: samples pushed by one thread, run by another, fetched by the first. What a session is behind its handle.
 *
 *   caller    sq_flow_push()   samples -> slots of the ring, announced to the run's loop
 *   run       enter()          a slot's pixels into a lane; finished() its result into the slot
 *   caller    sq_flow_next()   waits for the result whose turn it is
 *
 * Invariants
 *  1. Slots. Sample i is the caller's until it is announced and from the moment its result is there;
 *     the run's in between. Of `queue` samples that are pushed and not fetched, and the one fetched
 *     last, each has its own slot.
 *  2. Order. The run finishes samples in their order, so results are a count: n_done.
 *  3. No deadlock. push never waits. next waits only for a sample that the run can finish without
 *     another push: of coupled batches, a whole one, unless the flow is finished. */
#ifndef SQ_FLOW_H
#define SQ_FLOW_H

#include "sim/input/pixel_guard.h"
#include "sim/input/pixel_maker.h"
#include "sim/replay/cut.h"
#include "sim/session/array_view.h"
#include "sim/session/run_job.h"
#include "sim/session/sample_ring.h"

#include <uv.h>

struct sq_flow_options {
    struct sq_run_choices run; /* input, labels, limit and dump play no part */
    uint64_t queue;            /* 0: by the batch */
    const char *keep, *from;   /* patterns; names, comma-separated; NULL: none */
};

struct sq_flow {
    struct sq_run_job job;
    struct sq_network *network; /* held */
    struct sq_arena arena;
    struct sq_run_choices run; /* its texts lie in the arena */
    uint64_t queue;
    struct sq_cut cut;
    int is_partial;              /* `from` was given */
    int needs_pixels;            /* pixels are pushed */
    size_t *wanted, n_wanted;    /* nodes whose spikes are pushed */
    uint64_t *sample_of_lane;    /* [batch]; the run's */
    struct sq_observer observer; /* of kept populations */
    struct sq_sample_ring ring;

    /* Of the caller's thread. */
    uint64_t n_pushed, n_fetched;
    int is_finished;
    struct sq_arena maker_arena;
    struct sq_pixel_maker maker; /* of the shape that was pushed last; n_dims 0: none yet */
    struct sq_pixel_guard *guard;
    int is_guarded; /* 1: enough was seen, or it has warned */

    struct sq_arrivals arrivals;
    uv_thread_t thread;
    int is_running; /* the thread was started and not joined */

    uv_mutex_t lock; /* of all below */
    uv_cond_t changed;
    uint64_t n_announced, n_done;
    int is_over;                  /* the run has ended, */
    int status;                   /* like this */
    struct sq_error error;        /* with this sentence */
    uint64_t busy_ns, busy_since; /* time with samples under way */
};

/* Set up and start the run. What a run refuses; SQ_EUSAGE, SQ_EUNSUPPORTED for `from` and `keep`.
 * After a failure *out is not written. `err` is the caller's in this and the following functions. */
int sq_flow_open(struct sq_error *err, const struct sq_network *network,
                 const struct sq_flow_options *options, struct sq_flow **out);

/* As spikeq_session_push(). */
int sq_flow_push(struct sq_error *err, struct sq_flow *flow, const struct spikeq_samples *samples,
                 uint64_t *n_taken);

/* The slot of the next result; as spikeq_session_next(). */
int sq_flow_next(struct sq_error *err, struct sq_flow *flow, const struct sq_sample_slot **slot);

/* Results that are there. */
uint64_t sq_flow_n_ready(struct sq_flow *flow);

/* No more samples. */
void sq_flow_finish(struct sq_flow *flow);

/* Wait for the run's end; the report, or NULL. Or end it soon. Then only sq_flow_free(). */
int sq_flow_close(struct sq_error *err, struct sq_flow *flow, struct spikeq_report **report);
void sq_flow_abandon(struct sq_error *err, struct sq_flow *flow);

/* After close or abandon. Accepts NULL. */
void sq_flow_free(struct sq_flow *flow);

#endif
