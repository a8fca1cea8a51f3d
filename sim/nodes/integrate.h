/* Integrate: currents of one block into its membranes, spikes out; or into a stream. */
#ifndef SQ_INTEGRATE_H
#define SQ_INTEGRATE_H

#include "sim/nodes/arithmetic.h"

/* One timestep of `n_rows` rows of block `block`, from row `row` on: into the membranes of a population,
 * or out of a node that sends its current.
 *   acc   of the arithmetic's sum_bytes each, acc_stride of them a row */
static inline void sq_integrate(const struct sq_task *task, size_t block, uint32_t t, uint32_t row,
                                uint32_t n_rows, const void *acc, size_t acc_stride)
{
    const struct sq_node *node = task->node;
    const struct sq_spike_shape *shape = &node->shape;
    const size_t width = sq_block_width(shape->n_channels, block), first = block * SQ_BLOCK_WIDTH;
    const size_t at = first * shape->n_rows + row * width; /* of the membranes, four bytes each */
    const struct sq_arithmetic_row *in = sq_arithmetic_of(node);
    void *const reals = sq_reals_at(task, task->node_index, t);
    if (reals != NULL)
        in->send(task, block, (float *)reals + at, n_rows, acc, acc_stride);
    if (node->sends_reals)
        return;
    uint64_t *word =
        sq_packet_at(task, task->node_index, t)->bits + (size_t)row * shape->n_words + block;
    in->integrate(task, block, word, (float *)task->membrane + at, n_rows, acc, acc_stride);
}

#endif
