#include "sim/nodes/nodes.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/nodes/fanout.h"
#include "sim/nodes/integrate.h"
#include "sim/nodes/live.h"

/* Weights of a block from a step's first row on, in what `bytes` bytes each. */
static const void *weights_of(const struct sq_synapse *synapse, const void *weight, size_t bytes,
                              size_t block, const struct sq_span_step *step)
{
    const size_t at = block * SQ_BLOCK_WIDTH * synapse->n_in +
                      step->first_row * sq_block_width(synapse->n_out, block);
    return (const char *)weight + at * bytes;
}

/* Are its sums of 32 bits made of those of tiles, which fit 16? */
static int has_tiles(const struct sq_node *node)
{
    return node->fixed != NULL && node->fixed->weight_bytes == 1 && node->fixed->sum_bytes == 4;
}

/* Weights of 8 bits, which the step's rows read from a tile of 16 bits where they meet them more than once
 * and they fit it. */
static void accumulate_i8(const struct sq_task *task, const int8_t *w, size_t width, void *acc,
                          const struct sq_span_step *step, size_t n_rows, int from_zero)
{
    const struct sq_kernels *kernels = task->shared->kernels;
    if (step->n_weight_rows > SQ_TILE_ROWS || step->events < 2 * (double)step->n_weight_rows) {
        kernels->accumulate_i8(acc, w, width, step->span, n_rows, step->n_spans, from_zero);
        return;
    }
    kernels->widen_i8(task->scratch->tile, w, step->n_weight_rows * width);
    kernels->accumulate_tile(acc, task->scratch->tile, width, step->span, n_rows, step->n_spans,
                             from_zero);
}

/* One step of the plan: every row's spans into the accumulators of one block. */
static void accumulate(const struct sq_task *task, size_t block, void *acc,
                       const struct sq_span_plan *plan, uint32_t index)
{
    const struct sq_kernels *kernels = task->shared->kernels;
    const struct sq_synapse *synapse = task->node->synapse;
    const struct sq_fixed *fixed = task->node->fixed;
    const struct sq_span_step *step = &plan->step[index];
    const size_t width = sq_block_width(synapse->n_out, block);
    const int from_zero = index == 0;
    if (fixed == NULL)
        kernels->accumulate_f32(acc,
                                weights_of(synapse, synapse->weight, sizeof(float), block, step),
                                width, step->span, plan->n_rows, step->n_spans, from_zero);
    else if (has_tiles(task->node)) {
        accumulate_i8(task, weights_of(synapse, fixed->weight, 1, block, step), width,
                      task->scratch->part, step, plan->n_rows, 1);
        kernels->add_tile(acc, task->scratch->part, plan->n_rows * width,
                          from_zero           ? SQ_TILE_FIRST
                          : step->span->twice ? SQ_TILE_OF_NEXT_PLANE
                                              : SQ_TILE_NEXT);
    } else if (fixed->weight_bytes == 1)
        accumulate_i8(task, weights_of(synapse, fixed->weight, 1, block, step), width, acc, step,
                      plan->n_rows, from_zero);
    else
        kernels->accumulate_i16(acc, weights_of(synapse, fixed->weight, 2, block, step), width,
                                step->span, plan->n_rows, step->n_spans, from_zero);
}

/* Pass a planned group of strips through all blocks of the synapse, additions first, then LIF,
 * strip by strip in the order of time. */
static void deliver_group(const struct sq_task *task, const struct sq_span_plan *plan,
                          const struct sq_strip *strip, size_t n_strips)
{
    const struct sq_synapse *synapse = task->node->synapse;
    const size_t sum_bytes = sq_sum_bytes(task->node);
    char *const acc = task->scratch->acc;
    for (size_t block = 0; block < synapse->n_blocks; block++) {
        const size_t width = sq_block_width(synapse->n_out, block);
        for (uint32_t step = 0; step < plan->n_steps; step++)
            accumulate(task, block, acc, plan, step);
        const char *row_acc = acc;
        for (size_t s = 0; s < n_strips; s++) {
            sq_integrate(task, block, strip[s].t, strip[s].row, strip[s].n_rows, row_acc, width);
            row_acc += strip[s].n_rows * width * sum_bytes;
        }
    }
}

/* The task's rows as strips of at most `most` rows, numbered over all its timesteps: strip i of
 * *n. Returns 0 behind the last. */
static int strip_at(const struct sq_task *task, uint32_t i, uint32_t most, struct sq_strip *strip)
{
    const uint32_t n_rows = task->node->shape.n_rows, per_step = (n_rows + most - 1) / most;
    const uint32_t step = i / per_step, row = i % per_step * most;
    if (step >= task->n_steps)
        return 0;
    const uint32_t t = task->t + step;
    *strip = (struct sq_strip){sq_packet_at(task, task->node->source[0], t), t, row,
                               n_rows - row < most ? n_rows - row : most};
    return 1;
}

/* Bytes of a weight row of a whole block, as the kernel reads it: those of 8 bits from a tile of 16. */
static size_t row_bytes(const struct sq_node *node)
{
    return SQ_BLOCK_WIDTH * (node->fixed != NULL ? sizeof(int16_t) : sizeof(float));
}

/* Group after group of strips of all timesteps: their spans, then their sums. */
static void deliver(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_node *from = &task->shared->network->node[node->source[0]];
    const struct sq_synapse *synapse = node->synapse;
    const struct sq_kernel_grid grid = {from->height,    from->width,     node->width,
                                        synapse->kernel, synapse->stride, synapse->padding};
    const struct sq_tiling_choice choice = {.cpu = task->shared->cpu,
                                            .row_bytes = row_bytes(node),
                                            .step_cost = has_tiles(node) ? 8 : 3,
                                            .most_rows =
                                                has_tiles(node) ? node->fixed->tile_rows : 0};
    struct sq_strip *strip = task->scratch->strip, next;
    struct sq_span_plan plan = {.span = task->scratch->span, .step = task->scratch->step};
    size_t n_strips = 0, n_rows = 0;
    uint32_t i = 0;
    for (int more = strip_at(task, i, SQ_GROUP_ROWS, &next); more;) {
        strip[n_strips++] = next;
        n_rows += next.n_rows;
        more = strip_at(task, ++i, SQ_GROUP_ROWS, &next);
        if (more && n_rows + next.n_rows <= SQ_GROUP_ROWS)
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
