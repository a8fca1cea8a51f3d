/* A lane: everything that one sample needs while it is in the network. */
#ifndef SQ_LANE_H
#define SQ_LANE_H

#include "kernels/base/arena.h"
#include "kernels/pack/spikes.h"
#include "sim/account/tally.h"
#include "sim/network/network.h"

struct sq_lane {
    uint64_t sample;          /* number in the run */
    int32_t label;            /* or -1 */
    float *raw;               /* [frames][C][H][W], as the input gives it */
    float *pixels;            /* [frames][H][W][C], as the first convolution reads it */
    int pixels_are_counts;    /* every pixel is a whole number >= 0 */
    float *current;           /* static images: the first convolution's result, reused at every t */
    float **membrane;         /* [n_nodes]; [n_blocks][n_rows][width] each, NULL for relays */
    struct sq_spikes *packet; /* [n_nodes][depth] */
    uint32_t *feature_sum;    /* [T][dim] last residual stream summed over tokens */
    float *logits;            /* [classes] */
    /* The classifier's input, for accounting: sum, largest, number of different values. */
    double feature_total;
    float feature_max;
    uint32_t feature_distinct;
    float *sorted_feature;  /* [dim] */
    struct sq_tally *tally; /* [n_nodes][T] */
};

/* Take all memory of a lane for packet rings of `depth` slots; SQ_ENOMEM. */
int sq_lane_alloc(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                  uint32_t depth, struct sq_lane *lane);

/* Bytes that one lane takes, for choosing how many there may be. */
size_t sq_lane_bytes(const struct sq_network *network, uint32_t depth);

/* Frames of a sample: T, or 1 for a static image. */
uint32_t sq_network_frames(const struct sq_network *network);

#endif
