#include "sim/nodes/nodes.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/nodes/arithmetic.h"
#include "sim/nodes/fanout.h"
#include "sim/nodes/integrate.h"
#include "sim/nodes/live.h"
#include "sim/nodes/synapse_tiling.h"

#include <string.h>

/* Weights of a block's first strip that a step of the plan reads. */
static const char *weights_of(const struct sq_task *task, size_t block,
                              const struct sq_span_step *step)
{
    const struct sq_synapse *synapse = task->node->synapse;
    const struct sq_arithmetic_row *in = sq_arithmetic_of(task->node);
    const size_t strip = block * (SQ_BLOCK_WIDTH / SQ_LANES);
    const size_t row = strip * ((size_t)synapse->n_in + 1) + step->first_row;
    return (const char *)in->weights(task->node) + row * SQ_LANES * in->weight_bytes;
}

/* One step of the plan: what every row of the group meets, into the sums of one block. */
static void accumulate(const struct sq_task *task, size_t block, void *acc,
                       const struct sq_span_plan *plan, uint32_t index)
{
    const struct sq_synapse *synapse = task->node->synapse;
    const struct sq_span_step *step = &plan->step[index];
    const int is_last = index + 1 == plan->n_steps;
    const struct sq_span_step *next = &plan->step[is_last ? 0 : index + 1];
    struct sq_block_weights w = {.row = weights_of(task, block, step),
                                 .width = sq_block_width(synapse->n_out, block),
                                 .acc = acc,
                                 .acc_width = sq_sum_width(task->node, block),
                                 .strip_weights = ((size_t)synapse->n_in + 1) * SQ_LANES};
    if (block + is_last < synapse->n_blocks) {
        w.next = weights_of(task, block + is_last, next);
        w.n_next = next->n_weight_rows;
    }
    sq_arithmetic_of(task->node)->accumulate(task, &w, step, plan->n_rows);
}

/* The sums of a block are there: strip by strip in the order of time. A group of near membranes has them for itself,
 * one block after the other. */
static void integrate_group(const struct sq_task *task, size_t block, const struct sq_strip *strip,
                            size_t n_strips)
{
    const struct sq_node *node = task->node;
    const size_t width = sq_sum_width(node, block);
    const size_t row_bytes = width * sq_arithmetic_of(node)->sum_bytes;
    const char *acc = task->scratch->acc;
    if (task->membranes_are_near && !node->sends_reals)
        memset(task->membrane, 0,
               strip->n_rows * sq_block_width(node->shape.n_channels, block) * sizeof(float));
    for (size_t s = 0; s < n_strips; s++, strip++) {
        void *const membrane =
            (float *)task->membrane +
            (task->membranes_are_near ? 0 : sq_membrane_at(node, block, strip->row));
        sq_integrate_into(task, block, strip->t, strip->row, strip->n_rows, membrane, acc, width);
        acc += strip->n_rows * row_bytes;
    }
}

/* Pass a planned group of strips through all blocks of the synapse, additions first, then LIF,
 * strip by strip in the order of time. */
static void deliver_group(const struct sq_task *task, const struct sq_span_plan *plan,
                          const struct sq_strip *strip, size_t n_strips)
{
    const struct sq_synapse *synapse = task->node->synapse;
    void *const acc = task->scratch->acc;
    for (size_t block = 0; block < synapse->n_blocks; block++) {
        for (uint32_t step = 0; step < plan->n_steps; step++)
            accumulate(task, block, acc, plan, step);
        integrate_group(task, block, strip, n_strips);
    }
}

/* The task's rows as strips of at most `most` rows: strip i of all. With near membranes all timesteps of the same
 * rows follow one another, else all rows of a timestep. Returns 0 behind the last. */
static int strip_at(const struct sq_task *task, uint32_t i, uint32_t most, struct sq_strip *strip)
{
    const uint32_t n_rows = task->node->shape.n_rows, of_step = (n_rows + most - 1) / most;
    const int is_near = task->membranes_are_near;
    const uint32_t step = is_near ? i % task->n_steps : i / of_step;
    const uint32_t row = (is_near ? i / task->n_steps : i % of_step) * most;
    if (step >= task->n_steps || row >= n_rows)
        return 0;
    const uint32_t t = task->t + step;
    *strip = (struct sq_strip){sq_packet_at(task, task->node->source[0], t), t, row,
                               n_rows - row < most ? n_rows - row : most};
    return 1;
}

int sq_membranes_can_be_near(const struct sq_node *node, uint32_t n_steps)
{
    return sq_is_tiled(node) && n_steps <= SQ_GROUP_ROWS;
}

/* Group after group of strips of all timesteps: their spans, then their sums. */
static void deliver(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_node *from = &task->shared->network->node[node->source[0]];
    const struct sq_synapse *synapse = node->synapse;
    const struct sq_kernel_grid grid = {from->height,    from->width,     node->width,
                                        synapse->kernel, synapse->stride, synapse->padding};
    const struct sq_forced_tilings *forced = task->shared->forced;
    const struct sq_tiling_choice choice = sq_synapse_tiling(
        node, task->shared->cpu, forced != NULL ? &forced[task->node_index] : NULL);
    struct sq_strip *strip = task->scratch->strip, next;
    struct sq_span_plan plan = {task->scratch->span, task->scratch->step, task->scratch->quads, 0,
                                0};
    const uint32_t most = SQ_GROUP_ROWS / (task->membranes_are_near ? task->n_steps : 1);
    size_t n_strips = 0, n_rows = 0;
    uint32_t i = 0;
    for (int more = strip_at(task, i, most, &next); more;) {
        strip[n_strips++] = next;
        n_rows += next.n_rows;
        more = strip_at(task, ++i, most, &next);
        const int is_of_group = task->membranes_are_near ? next.row == strip->row
                                                         : n_rows + next.n_rows <= SQ_GROUP_ROWS;
        if (more && is_of_group)
            continue;
        sq_spans_plan(&plan, strip, n_strips, &from->shape, &grid, &choice);
        deliver_group(task, &plan, strip, n_strips);
        n_strips = n_rows = 0;
    }
}

void sq_tally_linear(struct sq_task *task)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const struct sq_tally *in = sq_tally_at(task, task->node->source[0], t);
        struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
        tally->events = in->spikes;
        tally->additions = in->spikes * task->node->synapse->n_out;
        tally->unit_additions = in->units * task->node->synapse->n_out;
        tally->live_additions = tally->additions;
        if (task->node->synapse->live != NULL)
            tally->live_additions =
                sq_live_linear(task->node->synapse, sq_packet_at(task, task->node->source[0], t),
                               &from->shape, sq_node_levels(from) > 1);
    }
}

void sq_deliver_linear(struct sq_task *task)
{
    deliver(task);
    if (!task->shared->uncounted)
        sq_tally_linear(task);
}

/* Fan-outs of one packet: of spikes by their lists, where there are any, else by its bits. */
static struct sq_fanout fanout_of(const struct sq_task *task, uint32_t t)
{
    const uint16_t source = task->node->source[0];
    const struct sq_spike_shape *in = &task->shared->network->node[source].shape;
    const struct sq_spikes *packet = sq_packet_at(task, source, t);
    const struct sq_taps *taps = &task->node->synapse->taps;
    struct sq_fanout sum;
    if (in->n_planes > 1 || packet->begin == NULL)
        return sq_fanout_counts(packet, in, taps);
    sum.nonzeros = sq_tally_at(task, source, t)->spikes;
    sum.fanout = sum.unit_fanout = sq_fanout_events(packet->begin, taps);
    return sum;
}

void sq_tally_kernel(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_synapse *synapse = node->synapse;
    const struct sq_node *from = &task->shared->network->node[node->source[0]];
    const uint64_t of_tap = synapse->n_out / synapse->layer->groups;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        struct sq_fanout sum = fanout_of(task, t);
        if (sq_node_levels(from) > 1) {
            sum.nonzeros = sq_tally_at(task, node->source[0], t)->units;
            sum.fanout = sum.unit_fanout;
        }
        struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
        tally->events = sum.nonzeros;
        tally->additions = sum.fanout * of_tap;
        tally->unit_additions = sum.unit_fanout * of_tap;
        tally->live_additions = tally->additions;
        if (synapse->live != NULL)
            tally->live_additions = sq_live_kernel(synapse, sq_packet_at(task, node->source[0], t),
                                                   &from->shape, sq_node_levels(from) > 1);
    }
}

void sq_deliver_kernel(struct sq_task *task)
{
    deliver(task);
    if (!task->shared->uncounted)
        sq_tally_kernel(task);
}
