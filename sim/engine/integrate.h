/* Integrate: currents of one block into its LIF membranes, spikes out. */
#ifndef SQ_INTEGRATE_H
#define SQ_INTEGRATE_H

#include "sim/engine/fire.h"

/* One timestep of LIF over `n_rows` rows of block `block`, from row `row` on. */
static inline void sq_integrate(const struct sq_task *task, size_t block, uint64_t *bits,
                                uint32_t row, uint32_t n_rows, const float *acc, size_t acc_stride,
                                const float *bias)
{
    const struct sq_spike_shape *shape = &task->node->shape;
    const size_t width = sq_block_width(shape->n_channels, block);
    float *v = task->lane->membrane[task->node_index] + block * SQ_BLOCK_WIDTH * shape->n_rows;
    task->stage->kernels->lif_f32(bits + (size_t)row * shape->n_words + block, shape->n_words,
                                  v + row * width, acc, acc_stride, bias, task->node->threshold,
                                  width, n_rows);
}

#endif
