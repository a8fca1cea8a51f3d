/* AND of spike sets, and the 3x3 maximum of one: nothing is added. */
#include "kernels/pack/erode.h"
#include "kernels/pack/gate.h"
#include "sim/nodes/nodes.h"
#include "sim/ops/windows.h"

static void and_sets(const struct sq_node *node, uint64_t *out, const uint64_t *spikes,
                     const uint64_t *gate)
{
    const struct sq_spike_shape *shape = &node->shape;
    switch (node->gate) {
    case SQ_GATE_TOKENS:
        sq_gate_tokens(out, spikes, gate, shape->n_rows, shape->n_words);
        break;
    case SQ_GATE_HEADS:
        sq_gate_heads(out, spikes, gate, shape->n_rows, shape->n_channels, node->n_heads);
        break;
    default:
        if (node->is_negated)
            sq_gate_and_not(out, spikes, gate, sq_plane_words(shape));
        else
            sq_gate_and(out, spikes, gate, sq_plane_words(shape));
    }
}

/* source[0] holds the spikes that source[1] gates (sim/network/plan.c). */
void sq_deliver_and(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++)
        and_sets(node, sq_packet_at(task, task->node_index, t)->bits,
                 sq_packet_at(task, node->source[0], t)->bits,
                 sq_packet_at(task, node->source[1], t)->bits);
}

/* Sum over the spikes of the windows that hold them. */
static uint64_t erode_windows(const struct sq_node *node, const uint64_t *in)
{
    const struct sq_spike_shape *shape = &node->shape;
    if (node->graph->erode_axes == SQ_ERODE_HEADS)
        return sq_windows_count_heads(
            in, &(struct sq_window_axis){shape->n_rows, 3, 1, 1},
            &(struct sq_window_axis){shape->n_channels / node->n_heads, 3, 1, 1},
            shape->n_channels);
    return sq_windows_count(in, &(struct sq_window_axis){node->height, 3, 1, 1},
                            &(struct sq_window_axis){node->width, 3, 1, 1}, shape->n_words);
}

void sq_deliver_erode(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_spike_shape *shape = &node->shape;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        uint64_t *out = sq_packet_at(task, task->node_index, t)->bits;
        const uint64_t *in = sq_packet_at(task, node->source[0], t)->bits;
        if (node->graph->erode_axes == SQ_ERODE_HEADS)
            sq_erode_heads(out, in, shape->n_rows, shape->n_channels,
                           shape->n_channels / node->n_heads);
        else
            sq_erode_grid(out, in, node->height, node->width, shape->n_words);
        if (!task->shared->uncounted)
            sq_tally_at(task, task->node_index, t)->windows = erode_windows(node, in);
    }
}
