/* Nodes without neurons: the input, pooling, residual addition. */
#include "sim/nodes/nodes.h"
#include "sim/ops/windows.h"

#include "kernels/pack/planes.h"
#include "kernels/pack/pool.h"

/* [C][H][W] as files have it -> [H][W][C] as the first convolution reads it. */
static void transpose_frame(const struct sq_task *task, uint32_t frame)
{
    const uint32_t channels = task->node->shape.n_channels;
    const size_t n_pixels = task->node->shape.n_rows, at = frame * n_pixels * channels;
    const float *from = task->lane->raw + at;
    float *to = task->lane->pixels + at;
    for (uint32_t c = 0; c < channels; c++)
        for (size_t i = 0; i < n_pixels; i++)
            to[i * channels + c] = from[c * n_pixels + i];
}

void sq_deliver_input(struct sq_task *task)
{
    const uint32_t frames = sq_network_frames(task->shared->network);
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++)
        if (t < frames)
            transpose_frame(task, t);
}

/* Windows of 3, stride 2, padding 1, as nearly all networks have them, by kernels of their own. */
static int is_usual(const struct sq_graph_node *pool)
{
    return pool->kernel == 3 && pool->stride == 2 && pool->padding == 1;
}

static void pool_packet(const struct sq_task *task, uint64_t *out, const uint64_t *in)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    const struct sq_graph_node *pool = task->node->graph;
    if (is_usual(pool))
        sq_pool_spikes(out, in, from->height, from->width, from->shape.n_words);
    else
        sq_pool_any(out, in, from->height, from->width, from->shape.n_words, pool->kernel,
                    pool->stride, pool->padding);
}

static uint64_t count_windows(const struct sq_task *task, const uint64_t *in)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    const struct sq_graph_node *pool = task->node->graph;
    if (is_usual(pool))
        return task->shared->kernels->count_windows(in, from->height, from->width,
                                                    from->shape.n_words);
    const struct sq_window_axis down = {from->height, pool->kernel, pool->stride, pool->padding};
    const struct sq_window_axis across = {from->width, pool->kernel, pool->stride, pool->padding};
    return sq_windows_count(in, &down, &across, from->shape.n_words);
}

void sq_deliver_pool(struct sq_task *task)
{
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const uint64_t *in = sq_packet_at(task, task->node->source[0], t)->bits;
        pool_packet(task, sq_packet_at(task, task->node_index, t)->bits, in);
        if (!task->shared->uncounted)
            sq_tally_at(task, task->node_index, t)->windows = count_windows(task, in);
    }
}

void sq_deliver_sum_pool(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_node *from = &task->shared->network->node[node->source[0]];
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++)
        sq_pool_sum(sq_packet_at(task, task->node_index, t)->bits, node->shape.n_planes,
                    sq_packet_at(task, node->source[0], t)->bits, from->shape.n_planes,
                    from->height, from->width, from->shape.n_words, node->graph->kernel,
                    node->graph->stride);
}

void sq_deliver_add(struct sq_task *task)
{
    const struct sq_node *node = task->node, *all = task->shared->network->node;
    const int swap = all[node->source[0]].shape.n_planes < all[node->source[1]].shape.n_planes;
    const uint16_t larger = node->source[swap], smaller = node->source[!swap];
    const uint32_t n_a = all[larger].shape.n_planes, n_b = all[smaller].shape.n_planes;
    const size_t n_words = sq_plane_words(&node->shape);
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const uint64_t *a = sq_packet_at(task, larger, t)->bits;
        const uint64_t *b = sq_packet_at(task, smaller, t)->bits;
        sq_planes_add(sq_packet_at(task, task->node_index, t)->bits, node->shape.n_planes, a, n_a,
                      b, n_b, n_words);
        if (!task->shared->uncounted)
            sq_tally_at(task, task->node_index, t)->both =
                task->shared->kernels->count_common(a, n_a, b, n_b, n_words);
    }
}
