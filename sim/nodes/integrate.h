/* Integrate: currents of one block into its membranes, spikes out; or into a stream. */
#ifndef SQ_INTEGRATE_H
#define SQ_INTEGRATE_H

#include "sim/nodes/task.h"

/* Bytes of an accumulator of the node: float, or the integer that its bound allows. */
static inline size_t sq_sum_bytes(const struct sq_node *node)
{
    return node->fixed != NULL ? node->fixed->sum_bytes : sizeof(float);
}

/* As LIF with the leak that it is: a trained decay that is a power of two. */
static inline enum sq_neuron_model sq_fixed_model(const struct sq_node *node)
{
    return node->neuron.model == SQ_MODEL_PLIF ? SQ_MODEL_LIF : node->neuron.model;
}

static inline void sq_integrate_fixed(const struct sq_task *task, size_t block, uint64_t *word,
                                      int32_t *v, uint32_t n_rows, const void *acc,
                                      size_t acc_stride)
{
    const struct sq_kernels *kernels = task->shared->kernels;
    const struct sq_node *node = task->node;
    const struct sq_fixed *fixed = node->fixed;
    const size_t stride = node->shape.n_words, first = block * SQ_BLOCK_WIDTH;
    const size_t width = sq_block_width(node->shape.n_channels, block);
    const struct sq_lif_fixed lif = {fixed->bias + first, fixed->threshold + first,
                                     fixed->guard_bits, fixed->rounding};
    const struct sq_neuron_fixed other = {
        lif.bias,          lif.threshold,        stride * SQ_BLOCK_WIDTH,
        fixed->guard_bits, sq_fixed_model(node), fixed->leak,
        fixed->rounding};
    const int is_multispike = node->graph->neuron == SQ_NEURON_KIND_MULTISPIKE;
    const int is_lif = other.model == SQ_MODEL_LIF && fixed->leak == 1;
    if (fixed->sum_bytes == 2 && is_multispike)
        kernels->multispike_i16(word, stride, sq_plane_words(&node->shape), acc, acc_stride, &other,
                                node->max_value, width, n_rows);
    else if (is_multispike)
        kernels->multispike_i32(word, stride, sq_plane_words(&node->shape), acc, acc_stride, &other,
                                node->max_value, width, n_rows);
    else if (fixed->sum_bytes == 2 && is_lif)
        kernels->lif_i16(word, stride, v, acc, acc_stride, &lif, width, n_rows);
    else if (is_lif)
        kernels->lif_i32(word, stride, v, acc, acc_stride, &lif, width, n_rows);
    else if (fixed->sum_bytes == 2)
        kernels->neuron_i16(word, stride, v, acc, acc_stride, &other, width, n_rows);
    else
        kernels->neuron_i32(word, stride, v, acc, acc_stride, &other, width, n_rows);
}

/* A current that joins a stream, in units of the stream. */
static inline void sq_send_fixed(const struct sq_task *task, size_t block, int32_t *out,
                                 uint32_t n_rows, const void *acc, size_t acc_stride)
{
    const struct sq_kernels *kernels = task->shared->kernels;
    const struct sq_fixed *fixed = task->node->fixed;
    const size_t width = sq_block_width(task->node->shape.n_channels, block);
    const size_t first = block * SQ_BLOCK_WIDTH;
    const struct sq_real_align align = {fixed->bias + first, fixed->left + first,
                                        fixed->right + first, fixed->half + first,
                                        fixed->odd + first};
    if (fixed->sum_bytes == 2)
        kernels->real_current_i16(out, acc, acc_stride, &align, width, n_rows);
    else if (fixed->sum_bytes == 4)
        kernels->real_current_i32(out, acc, acc_stride, &align, width, n_rows);
    else
        sq_real_current_i64(out, acc, acc_stride, &align, width, n_rows);
}

/* The same current as reals: into the packet of a node that sends it, or beside that of a population for
 * an observer. */
static inline void sq_send_current(const struct sq_task *task, size_t block, float *out,
                                   uint32_t n_rows, const void *acc, size_t acc_stride)
{
    const struct sq_node *node = task->node;
    const size_t width = sq_block_width(node->shape.n_channels, block);
    const float *bias = node->synapse != NULL ? node->synapse->bias + block * SQ_BLOCK_WIDTH
                                              : task->scratch->zero_bias;
    task->shared->kernels->real_current_f32(out, acc, acc_stride, bias, width, n_rows);
}

/* One timestep of `n_rows` rows of block `block`, from row `row` on: into the membranes of a population,
 * or out of a node that sends its current.
 *   acc   of sq_sum_bytes() each, acc_stride of them a row */
static inline void sq_integrate(const struct sq_task *task, size_t block, uint32_t t, uint32_t row,
                                uint32_t n_rows, const void *acc, size_t acc_stride)
{
    const struct sq_node *node = task->node;
    const struct sq_spike_shape *shape = &node->shape;
    const size_t width = sq_block_width(shape->n_channels, block), first = block * SQ_BLOCK_WIDTH;
    const size_t at = first * shape->n_rows + row * width; /* of the membranes, four bytes each */
    void *const reals = sq_reals_at(task, task->node_index, t);
    if (reals != NULL && node->fixed != NULL)
        sq_send_fixed(task, block, (int32_t *)reals + at, n_rows, acc, acc_stride);
    else if (reals != NULL)
        sq_send_current(task, block, (float *)reals + at, n_rows, acc, acc_stride);
    if (node->sends_reals)
        return;
    uint64_t *word =
        sq_packet_at(task, task->node_index, t)->bits + (size_t)row * shape->n_words + block;
    void *const membrane = task->lane->membrane[task->node_index];
    const float *bias =
        node->synapse != NULL ? node->synapse->bias + first : task->scratch->zero_bias;
    if (node->fixed != NULL)
        sq_integrate_fixed(task, block, word, (int32_t *)membrane + at, n_rows, acc, acc_stride);
    else if (node->graph->neuron == SQ_NEURON_KIND_MULTISPIKE)
        task->shared->kernels->multispike_f32(
            word, shape->n_words, sq_plane_words(shape), acc, acc_stride, bias,
            (float)node->max_value,
            node->graph->rounding == SQ_COUNT_HALF_UP ? SQ_HALF_UP : SQ_HALF_TO_EVEN, width,
            n_rows);
    else if (node->neuron.model == SQ_MODEL_LIF && node->neuron.tau == 2)
        task->shared->kernels->lif_f32(word, shape->n_words, (float *)membrane + at, acc,
                                       acc_stride, bias, node->threshold, width, n_rows);
    else
        task->shared->kernels->neuron_f32(word, shape->n_words, (float *)membrane + at, acc,
                                          acc_stride, bias, &node->neuron, width, n_rows);
}

#endif
