/* A lane: everything that one sample needs while it is in the network. */
#ifndef SQ_LANE_H
#define SQ_LANE_H

#include "kernels/base/arena.h"
#include "kernels/pack/spikes.h"
#include "sim/network/network.h"
#include "sim/nodes/outcome.h"

struct sq_lane {
    float *raw;     /* [frames][C][H][W], as the input gives it */
    float *pixels;  /* [frames][H][W][C], as the first convolution reads it */
    int16_t *whole; /* as pixels, in fixed point; else NULL */
    void *current;  /* static images: the first convolution's result, reused at every t */
    void **
        membrane; /* [n_nodes] between firings, of which all pages may be untouched; [n_blocks][n_rows][width] each, NULL for relays; float,
                                 or in fixed point int32_t */
    struct sq_spikes *packet; /* [n_nodes][depth] */
    void **reals;             /* [n_nodes][depth] as membranes lie; NULL: it sends spikes */
    uint32_t *feature_slot;   /* [2^sq_feature_log2_slots(dim)] table of different features */
    struct sq_outcome outcome;
};

/* Take all memory of a lane for packet rings of `depth` slots; SQ_ENOMEM.
 *   keeps_currents   room for the currents of every population, too */
int sq_lane_alloc(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                  uint32_t depth, int keeps_currents, struct sq_lane *lane);

/* Membranes of a population, padding included; 0 of other nodes. */
size_t sq_membrane_count(const struct sq_node *node);

/* Bytes that one lane takes, for choosing how many there may be. */
size_t sq_lane_bytes(const struct sq_network *network, uint32_t depth, int keeps_currents);

/* At least two slots for each of `dim` values. */
static inline uint32_t sq_feature_log2_slots(uint32_t dim)
{
    uint32_t log2_slots = 1;
    while ((uint32_t)1 << log2_slots < 2 * dim)
        log2_slots++;
    return log2_slots;
}

/* Frames of a sample: T, or 1 for a static image. */
uint32_t sq_network_frames(const struct sq_network *network);

#endif
