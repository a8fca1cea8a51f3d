/* Tallies: what really happened at one node in one timestep, counted while it happened. */
#ifndef SQ_TALLY_H
#define SQ_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* All counts are exact. Additions are true fan-outs: taps over the padding do not exist. Members
 * are uint64_t only, so that tallies add up as arrays (sq_tally_add()). */
struct sq_tally {
    uint64_t spikes; /* nonzero elements of the packet sent */
    uint64_t units;  /* sum of their integer values; = spikes for LIF populations */
    /* Of the node's synapse, for the packets delivered to it: */
    uint64_t events;         /* nonzero inputs */
    uint64_t additions;      /* sum of their fan-outs */
    uint64_t unit_additions; /* the same, each times its integer value */
    uint64_t live_additions; /* additions without synapses whose weight is 0 */
    uint64_t macs;           /* multiply-accumulates done (pixels that are no counts, head) */
    /* Of relays alone: */
    uint64_t windows; /* pooling: sum over nonzero inputs of the windows that hold them */
    uint64_t both;    /* residual addition: both operands nonzero */
    /* Of SSA alone, index 0 (q k^T) v, 1 q (k^T v); definitions in kernels/count/ssa_count.h: */
    uint64_t coincidences[2];
    uint64_t events2[2];
    uint64_t unary2;
    uint64_t currents;      /* nonzero currents of attn_lif */
    uint64_t not_binary[2]; /* timesteps in which the first product, scaled, is not 0 or 1 */
};

/* The first n members of sum += those of add. */
static inline void sq_tally_add(struct sq_tally *sum, const struct sq_tally *add, size_t n)
{
    _Static_assert(sizeof *sum % sizeof(uint64_t) == 0, "a tally is an array of counts");
    uint64_t *to = (uint64_t *)sum;
    const uint64_t *from = (const uint64_t *)add;
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

#endif
