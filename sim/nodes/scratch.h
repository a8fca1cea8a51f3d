/* Scratch: the buffers of one worker thread, large enough for any firing of the network. */
#ifndef SQ_SCRATCH_H
#define SQ_SCRATCH_H

#include "kernels/dense/dense.h"
#include "sim/network/network.h"
#include "sim/nodes/pixel_events.h"
#include "sim/nodes/spans.h"

/* Rows whose accumulators of one block stay in the second-level cache. */
enum { SQ_GROUP_ROWS = 256, SQ_KERNEL_ROWS = 128, SQ_SUM_ROWS = 64, SQ_MASK_WORDS = 4096 };

/* Bytes of a weight row of a tile: a line of the cache. */
enum { SQ_TILE_BYTES = SQ_TILE_COLUMNS * sizeof(int16_t) };

struct sq_scratch {
    void *
        acc; /* [SQ_GROUP_ROWS + 1][64], of which the last row is for quads that are not full; or [n_tokens][dim columns] for SSA: floats,
                                    or the integers of fixed point, which take no more */
    void *membrane;            /* of the largest population, as sq_lane has them */
    struct sq_span *span;      /* for the largest plan, */
    struct sq_span_step *step; /* and its steps */
    struct sq_quad_room quads; /* and the quads of all of them */
    /* Of fixed point: weight rows of the most inputs that a tile can be of, and one more; or of SQ_FAR_ROWS, of a layer
     * whose last row is too far off; else NULL. */
    void *tile;
    int16_t *part;               /* sums of a tile, [SQ_GROUP_ROWS + 1][64] */
    struct sq_dense_span *dense; /* [SQ_KERNEL_ROWS][kernel] of the first layer, or the spans of one
                                    pixel of a convolution of reals */
    uint64_t *mask;              /* of rows of a grouped convolution: [rows][n_in] */
    struct sq_pixel_events frame; /* of a network that takes a camera's frames */
    struct sq_strip *strip;       /* [SQ_GROUP_ROWS] */
    void *attend;                 /* for sq_attend and sq_ssa_count */
    float *dssa;                  /* rows, sums and currents of a product of DSSA */
    float *feature;               /* [columns of dim] */
    float *mean;                  /* [columns] of a mean or a sum over tokens, */
    uint32_t *whole;              /* and its whole numbers; or [SQ_SUM_ROWS][heads] */
    float *zero_bias;             /* [64] */
    unsigned char *slab; /* one packet as bytes, or its currents as floats, for observers */
};

/* SQ_ENOMEM if the arena cannot give the buffers.
 *   keeps_currents   an observer wants currents */
int sq_scratch_alloc(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                     int keeps_currents, struct sq_scratch *scratch);

#endif
