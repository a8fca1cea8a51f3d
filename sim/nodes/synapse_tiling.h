/* By what the tilings of a node's synapse are chosen: for the engine, and for who wants to know. */
#ifndef SQ_SYNAPSE_TILING_H
#define SQ_SYNAPSE_TILING_H

#include "sim/network/network.h"
#include "sim/nodes/spans.h"

/* Has the node a synapse that is tiled: events of a linear layer, or of a convolution of one group? */
static inline int sq_is_tiled(const struct sq_node *node)
{
    return node->kind == SQ_NODE_CONV || node->kind == SQ_NODE_LINEAR;
}

/* Are its sums of 32 bits made of those of tiles, which fit 16? */
static inline int sq_has_tiles(const struct sq_node *node)
{
    return node->arithmetic == SQ_IN_I8_TILES;
}

/* Bytes of a weight row of a whole block, as the kernel reads it: weights of 8 bits from a tile of 16. */
static inline size_t sq_tile_row_bytes(const struct sq_node *node)
{
    return SQ_BLOCK_WIDTH * (node->arithmetic == SQ_IN_F32 ? sizeof(float) : sizeof(int16_t));
}

/* Of a tiled node.
 *   forced   its tilings; NULL or none: the engine chooses */
static inline struct sq_tiling_choice sq_synapse_tiling(const struct sq_node *node,
                                                        const struct sq_cpu *cpu,
                                                        const struct sq_forced_tilings *forced)
{
    return (struct sq_tiling_choice){.forced = forced,
                                     .cpu = cpu,
                                     .row_bytes = sq_tile_row_bytes(node),
                                     .step_cost = sq_has_tiles(node) ? 8 : 3,
                                     .most_rows = sq_has_tiles(node) ? node->fixed->tile_rows : 0};
}

/* What a bit plane of the node's input is tiled by, of whose elements `rate` are 1; `from` is its source. */
static inline struct sq_tiling_case sq_synapse_case(const struct sq_node *node,
                                                    const struct sq_node *from,
                                                    const struct sq_cpu *cpu, double rate)
{
    const struct sq_tiling_choice choice = sq_synapse_tiling(node, cpu, NULL);
    const uint32_t kernel = node->synapse->kernel, channels = from->shape.n_channels;
    const double events = rate * kernel * kernel * channels;
    return (struct sq_tiling_case){kernel, channels,         choice.row_bytes,
                                   events, choice.step_cost, choice.most_rows};
}

#endif
