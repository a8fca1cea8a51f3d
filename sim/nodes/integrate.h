/* Integrate: currents of one block into its membranes, spikes out; or into a stream. */
#ifndef SQ_INTEGRATE_H
#define SQ_INTEGRATE_H

#include "sim/nodes/arithmetic.h"

/* Where row `row` of a block lies among the membranes of a node, or its reals: four bytes each. */
static inline size_t sq_membrane_at(const struct sq_node *node, size_t block, uint32_t row)
{
    const struct sq_spike_shape *shape = &node->shape;
    return block * SQ_BLOCK_WIDTH * shape->n_rows + row * sq_block_width(shape->n_channels, block);
}

/* One timestep of `n_rows` rows of block `block`, from row `row` on, whose membranes lie at `membrane`. */
static inline void sq_integrate_into(const struct sq_task *task, size_t block, uint32_t t,
                                     uint32_t row, uint32_t n_rows, void *membrane, const void *acc,
                                     size_t acc_stride)
{
    const struct sq_node *node = task->node;
    const struct sq_arithmetic_row *in = sq_arithmetic_of(node);
    float *const reals = sq_reals_at(task, task->node_index, t);
    if (reals != NULL)
        in->send(task, block, reals + sq_membrane_at(node, block, row), n_rows, acc, acc_stride);
    if (node->sends_reals)
        return;
    uint64_t *word =
        sq_packet_at(task, task->node_index, t)->bits + (size_t)row * node->shape.n_words + block;
    in->integrate(task, block, word, membrane, n_rows, acc, acc_stride);
}

/* One timestep of `n_rows` rows of block `block`, from row `row` on: into the membranes of a population,
 * or out of a node that sends its current.
 *   acc   of the arithmetic's sum_bytes each, acc_stride of them a row */
static inline void sq_integrate(const struct sq_task *task, size_t block, uint32_t t, uint32_t row,
                                uint32_t n_rows, const void *acc, size_t acc_stride)
{
    const size_t at = sq_membrane_at(task->node, block, row);
    sq_integrate_into(task, block, t, row, n_rows, (float *)task->membrane + at, acc, acc_stride);
}

#endif
