/* Observers: who wants to see every packet that a population sends (dump, trace). */
#ifndef SQ_OBSERVER_H
#define SQ_OBSERVER_H

#include "kernels/pack/spikes.h"
#include "sim/network/network.h"

/* Called from worker threads, for different packets at the same time and in any order of samples
 * and timesteps: what it does must not depend on that order.
 *   slab     room for n_rows * n_channels bytes that belongs to the caller's thread
 *   returns  SQ_OK, or a status with *err written: the run then ends with it */
struct sq_observer {
    int (*see)(struct sq_error *err, void *data, uint64_t sample, uint32_t t, size_t node_index,
               const struct sq_spikes *packet, unsigned char *slab);
    void *data;
};

#endif
