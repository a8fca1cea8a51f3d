/* Tallies: what really happened at one node in one timestep, counted while it happened. */
#ifndef SQ_TALLY_H
#define SQ_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* All counts are exact. Additions are true fan-outs: taps over the padding do not exist. */
struct sq_tally {
    uint64_t spikes; /* nonzero elements of the packet sent */
    uint64_t units;  /* sum of their integer values; = spikes for LIF populations */
    /* Of the node's synapse, for the packets delivered to it: */
    uint64_t events;         /* nonzero inputs */
    uint64_t additions;      /* sum of their fan-outs */
    uint64_t unit_additions; /* the same, each times its integer value */
    uint64_t macs;           /* multiply-accumulates done (first convolution, head) */
};

/* sum[i] += add[i] for n tallies. */
static inline void sq_tally_add(struct sq_tally *sum, const struct sq_tally *add, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sum[i].spikes += add[i].spikes;
        sum[i].units += add[i].units;
        sum[i].events += add[i].events;
        sum[i].additions += add[i].additions;
        sum[i].unit_additions += add[i].unit_additions;
        sum[i].macs += add[i].macs;
    }
}

#endif
