/* Streams of reals: they are added, pooled and read by neurons; none of it is an event. */
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
        const float *current = sq_reals_at(task, task->node->source[0], t);
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
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++)
        task->shared->kernels->real_add_f32(sq_reals_at(task, task->node_index, t),
                                            sq_reals_at(task, node->source[0], t),
                                            sq_reals_at(task, node->source[1], t), n);
}

void sq_deliver_real_pool(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_node *from = &task->shared->network->node[node->source[0]];
    const struct sq_graph_node *pool = node->graph;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        float *out = sq_reals_at(task, task->node_index, t);
        const float *in = sq_reals_at(task, node->source[0], t);
        for (size_t block = 0; block < node->shape.n_words; block++) {
            sq_real_pool(out, in, from->height, from->width,
                         sq_block_width(node->shape.n_channels, block), pool->kernel, pool->stride,
                         pool->padding, task->shared->kernels->real_max_f32);
            out += block_elements(node, block);
            in += block_elements(from, block);
        }
    }
}

void sq_tally_nothing(struct sq_task *task)
{
    (void)task;
}
