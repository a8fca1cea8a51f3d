/* By what the tilings of a node's synapse are chosen: for the engine, and for who wants to know. */
#ifndef SQ_SYNAPSE_TILING_H
#define SQ_SYNAPSE_TILING_H

#include "sim/network/network.h"
#include "sim/nodes/spans.h"

/* Are its sums of 32 bits made of those of tiles, which fit 16? */
static inline int sq_has_tiles(const struct sq_node *node)
{
    return node->arithmetic == SQ_IN_I8_TILES;
}

/* Bytes of a weight row as the kernel reads it: of a strip, or weights of 8 bits from a tile of two. */
static inline size_t sq_tile_row_bytes(const struct sq_node *node)
{
    switch (node->arithmetic) {
    case SQ_IN_F32:
        return SQ_LANES * sizeof(float);
    case SQ_IN_I16:
        return SQ_LANES * sizeof(int16_t);
    default:
        return SQ_TILE_COLUMNS * sizeof(int16_t);
    }
}

/* Of a tiled node.
 *   forced   its tilings; NULL or none: the engine chooses */
static inline struct sq_tiling_choice sq_synapse_tiling(const struct sq_node *node,
                                                        const struct sq_cpu *cpu,
                                                        const struct sq_forced_tilings *forced)
{
    const uint32_t most_rows = node->synapse->n_in > UINT16_MAX ? SQ_FAR_ROWS : 0;
    return (struct sq_tiling_choice){.forced = forced,
                                     .cpu = cpu,
                                     .row_bytes = sq_tile_row_bytes(node),
                                     .step_cost = sq_has_tiles(node) ? 10 : 4,
                                     .sums_apart = sq_has_tiles(node),
                                     .most_rows =
                                         sq_has_tiles(node) ? node->fixed->tile_rows : most_rows};
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
