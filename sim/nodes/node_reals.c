/* Streams of reals: they are added, pooled and read by neurons; none of it is an event. */
#include "kernels/dense/average.h"
#include "kernels/real/real_pool.h"
#include "sim/nodes/integrate.h"
#include "sim/nodes/nodes.h"

/* Elements of a block of a node's packet, padding included. */
static size_t block_elements(const struct sq_node *node, size_t block)
{
    return node->shape.n_rows * sq_block_width(node->shape.n_channels, block);
}

void sq_deliver_neurons(struct sq_task *task)
{
    const struct sq_spike_shape *shape = &task->node->shape;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const float *current = sq_reals_at(task, task->node->source[0], t); /* or int32_t */
        for (size_t block = 0; block < shape->n_words; block++)
            sq_integrate(task, block, t, 0, shape->n_rows,
                         current + block * SQ_BLOCK_WIDTH * shape->n_rows,
                         sq_block_width(shape->n_channels, block));
    }
}

void sq_deliver_real_add(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const size_t n = node->shape.n_rows * sq_packed_columns(node->shape.n_channels);
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        void *const out = sq_reals_at(task, task->node_index, t);
        const void *const a = sq_reals_at(task, node->source[0], t);
        const void *const b = sq_reals_at(task, node->source[1], t);
        if (node->stream != NULL)
            task->shared->kernels->real_add_i32(out, a, b, n);
        else
            task->shared->kernels->real_add_f32(out, a, b, n);
    }
}

/* Means of one block, as below; in fixed point of windows of a power of two. */
static void average_block(const struct sq_task *task, void *out, const void *in, size_t width)
{
    const struct sq_network *network = task->shared->network;
    const struct sq_node *from = &network->node[task->node->source[0]];
    const struct sq_graph_node *pool = task->node->graph;
    if (task->node->stream != NULL)
        sq_average_i32(out, in, from->height, from->width, width, pool->kernel, pool->stride,
                       2 * (uint32_t)__builtin_ctz(pool->kernel), network->fixed.rounding);
    else
        sq_average(out, in, from->height, from->width, width, pool->kernel, pool->stride);
}

/* One block, of float or in fixed point of int32_t. */
static void pool_block(const struct sq_task *task, void *out, const void *in, size_t width)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    const struct sq_graph_node *pool = task->node->graph;
    if (pool->operation == SQ_OPERATION_AVGPOOL)
        average_block(task, out, in, width);
    else if (task->node->stream != NULL)
        sq_real_pool_i32(out, in, from->height, from->width, width, pool->kernel, pool->stride,
                         pool->padding, task->shared->kernels->real_max_i32);
    else
        sq_real_pool(out, in, from->height, from->width, width, pool->kernel, pool->stride,
                     pool->padding, task->shared->kernels->real_max_f32);
}

void sq_deliver_real_pool(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_node *from = &task->shared->network->node[node->source[0]];
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        void *const out = sq_reals_at(task, task->node_index, t);
        const void *const in = sq_reals_at(task, node->source[0], t);
        size_t to = 0, at = 0;
        for (size_t block = 0; block < node->shape.n_words; block++) {
            pool_block(task, (float *)out + to, (const float *)in + at,
                       sq_block_width(node->shape.n_channels, block));
            to += block_elements(node, block);
            at += block_elements(from, block);
        }
    }
}

void sq_tally_nothing(struct sq_task *task)
{
    (void)task;
}
