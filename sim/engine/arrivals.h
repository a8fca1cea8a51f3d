/* Arrivals: samples that come while a run goes on. One thread announces them, the run's loop admits
 * them; what a sample is made of is the feed's affair.
 *
 * Invariants
 *  1. Sample i may enter once i < n. n only grows, and not after the end.
 *  2. While a loop is attached it is woken for every announcement; what was announced before it
 *     looks at when it starts. So no announcement is lost.
 *  3. A loop that finds no sample to admit waits, unless the end was announced. */
#ifndef SQ_ARRIVALS_H
#define SQ_ARRIVALS_H

#include "kernels/base/status.h"

#include <stdint.h>
#include <uv.h>

/* What a loop sees of them. */
struct sq_arrived {
    uint64_t n;       /* samples before this number are there */
    int is_over;      /* no more will come */
    int is_abandoned; /* the run is to end as if it were interrupted */
};

struct sq_arrivals {
    uv_mutex_t lock; /* guards all below */
    struct sq_arrived seen;
    uv_async_t wake; /* of the attached loop */
    int is_attached;
};

/* SQ_ENOMEM. Afterwards sq_arrivals_close(), once no run uses it. */
int sq_arrivals_open(struct sq_error *err, struct sq_arrivals *arrivals);
void sq_arrivals_close(struct sq_arrivals *arrivals);

/* `n` more samples are there; no more will come; the run is to end. Any thread. */
void sq_arrivals_add(struct sq_arrivals *arrivals, uint64_t n);
void sq_arrivals_end(struct sq_arrivals *arrivals);
void sq_arrivals_abandon(struct sq_arrivals *arrivals);

/* For the loop: call `woken` (whose handle->data is `data`) after every announcement from now on;
 * SQ_ENOMEM. Let go of the loop, once. */
int sq_arrivals_attach(struct sq_error *err, struct sq_arrivals *arrivals, uv_loop_t *loop,
                       uv_async_cb woken, void *data);
void sq_arrivals_detach(struct sq_arrivals *arrivals);

struct sq_arrived sq_arrivals_look(struct sq_arrivals *arrivals);

#endif
