/* Streams of reals: they are added, pooled and read by neurons; none of it is an event. */
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
        sq_arithmetic_of(node)->add(task, out, a, b, n);
    }
}

void sq_deliver_real_pool(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_node *from = &task->shared->network->node[node->source[0]];
    const struct sq_arithmetic_row *in_what = sq_arithmetic_of(node);
    void (*const pool)(const struct sq_task *, void *, const void *, size_t) =
        node->graph->operation == SQ_OPERATION_AVGPOOL ? in_what->average : in_what->pool;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        void *const out = sq_reals_at(task, task->node_index, t);
        const void *const in = sq_reals_at(task, node->source[0], t);
        size_t to = 0, at = 0;
        for (size_t block = 0; block < node->shape.n_words; block++) {
            pool(task, (float *)out + to, (const float *)in + at,
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
