/* Live synapses: additions without those whose weight is zero (pruned networks). Counted only for
 * synapses that have zero weights; all others have as many live additions as additions. */
#ifndef SQ_LIVE_H
#define SQ_LIVE_H

#include "kernels/pack/spikes.h"
#include "sim/network/network.h"

/* Sum over the nonzero inputs of one packet of the synapses whose weight is not 0.
 *   in        n_planes bit planes of `shape`; the synapse has a live table
 *   by_units  an input counts as often as its value says, as spikes of virtual timesteps; else once */
uint64_t sq_live_linear(const struct sq_synapse *synapse, const struct sq_spikes *in,
                        const struct sq_spike_shape *shape, int by_units);

/* The same for a kernel over the grid of its taps: taps that do not exist do not count. Spikes or
 * counts, and analog pixels [height][width][channels]. */
uint64_t sq_live_kernel(const struct sq_synapse *synapse, const struct sq_spikes *in,
                        const struct sq_spike_shape *shape, int by_units);
uint64_t sq_live_pixels(const struct sq_synapse *synapse, const float *pixels);

#endif
