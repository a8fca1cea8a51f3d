#include "sim/engine/deliver.h"

#include "kernels/accumulate/tile.h"
#include "sim/engine/fanout.h"

#include <string.h>

/* One timestep of LIF over `n_rows` rows of block `block`, from row `row` on. */
static void integrate(const struct sq_task *task, size_t block, uint64_t *bits, uint32_t row,
                      uint32_t n_rows, const float *acc, size_t acc_stride, const float *bias)
{
    const struct sq_spike_shape *shape = &task->node->shape;
    const size_t width = sq_block_width(shape->n_channels, block);
    float *v = task->lane->membrane[task->node_index] + block * SQ_BLOCK_WIDTH * shape->n_rows;
    task->stage->kernels->lif_f32(bits + (size_t)row * shape->n_words + block, shape->n_words,
                                  v + row * width, acc, acc_stride, bias, task->node->threshold,
                                  width, n_rows);
}

/* Pass a planned group of strips through all blocks of the synapse, additions first, then LIF,
 * strip by strip in the order of time. */
static void deliver_group(const struct sq_task *task, const struct sq_run_plan *plan,
                          const struct sq_strip *strip, size_t n_strips)
{
    const struct sq_synapse *synapse = task->node->synapse;
    const size_t step_runs = (size_t)plan->n_rows * plan->n_runs;
    float *acc = task->scratch->acc;
    for (size_t block = 0; block < synapse->n_blocks; block++) {
        const size_t width = sq_block_width(synapse->n_out, block);
        const float *w = synapse->weight + block * SQ_BLOCK_WIDTH * synapse->n_in;
        memset(acc, 0, plan->n_rows * width * sizeof *acc);
        for (uint32_t step = 0; step < plan->n_steps; step++)
            task->stage->kernels->accumulate_f32(acc, w, width, plan->run + step * step_runs,
                                                 plan->n_rows, plan->n_runs);
        const float *row_acc = acc;
        for (size_t s = 0; s < n_strips; s++) {
            integrate(task, block, strip[s].out_bits, strip[s].row, strip[s].n_rows, row_acc, width,
                      synapse->bias + block * SQ_BLOCK_WIDTH);
            row_acc += strip[s].n_rows * width;
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
    *strip = (struct sq_strip){sq_packet_at(task, task->node->source[0], t),
                               sq_packet_at(task, task->node_index, t)->bits, t, row,
                               n_rows - row < most ? n_rows - row : most};
    return 1;
}

/* Firing rate of the synapse's inputs over the task's timesteps: events per input, 0..1. */
static double input_rate(const struct sq_task *task, const struct sq_spike_shape *in)
{
    uint64_t events = 0;
    for (uint32_t step = 0; step < task->n_steps; step++)
        events += sq_tally_at(task, task->node->source[0], task->t + step)->units;
    return (double)events / ((double)in->n_rows * in->n_channels * task->n_steps);
}

static void tally_linear(const struct sq_task *task)
{
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const struct sq_tally *in = sq_tally_at(task, task->node->source[0], t);
        struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
        tally->events = in->spikes;
        tally->additions = in->spikes * task->node->synapse->n_out;
        tally->unit_additions = in->units * task->node->synapse->n_out;
    }
}

void sq_deliver_linear(struct sq_task *task)
{
    const struct sq_synapse *synapse = task->node->synapse;
    const struct sq_spike_shape *in = &task->stage->network->node[task->node->source[0]].shape;
    const size_t tile =
        sq_accumulate_tile(task->stage->cpu, synapse->n_in, SQ_BLOCK_WIDTH, input_rate(task, in));
    struct sq_strip *strip = task->scratch->strip, next;
    struct sq_run_plan plan = {.run = task->scratch->run};
    size_t n_strips = 0, n_rows = 0;
    uint32_t i = 0;
    for (int more = strip_at(task, i, SQ_GROUP_ROWS, &next); more;) {
        strip[n_strips++] = next;
        n_rows += next.n_rows;
        more = strip_at(task, ++i, SQ_GROUP_ROWS, &next);
        if (more && n_rows + next.n_rows <= SQ_GROUP_ROWS)
            continue;
        sq_runs_linear(&plan, strip, n_strips, in, tile);
        deliver_group(task, &plan, strip, n_strips);
        n_strips = n_rows = 0;
    }
    tally_linear(task);
}

void sq_deliver_kernel(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_spike_shape *in = &task->stage->network->node[node->source[0]].shape;
    struct sq_strip strip;
    struct sq_run_plan plan = {.run = task->scratch->run};
    for (uint32_t i = 0; strip_at(task, i, SQ_KERNEL_ROWS, &strip); i++) {
        sq_runs_kernel(&plan, &strip, 1, in, node->height, node->width);
        deliver_group(task, &plan, &strip, 1);
    }
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const struct sq_spikes *packet = sq_packet_at(task, node->source[0], t);
        struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
        tally->events = sq_tally_at(task, node->source[0], t)->spikes;
        tally->additions = tally->unit_additions =
            sq_fanout_events(packet->begin, node->height, node->width) * node->synapse->n_out;
    }
}

/* The pixels that kernel line ky meets around (y, x); consecutive in [H][W][C] order. */
static struct sq_dense_run dense_line(const float *pixels, const struct sq_node *node,
                                      uint32_t channels, uint32_t y, uint32_t x, uint32_t ky)
{
    if (y + ky < 1 || y + ky > node->height)
        return (struct sq_dense_run){NULL, 0, 0};
    const uint32_t from = x > 0 ? x - 1 : 0, to = x + 2 < node->width ? x + 2 : node->width;
    const size_t line = (size_t)(y + ky - 1) * node->width;
    return (struct sq_dense_run){pixels + (line + from) * channels, (to - from) * channels,
                                 (3 * ky + from + 1 - x) * channels};
}

/* current = first convolution of one frame, block by block as membranes lie. */
static void convolve(const struct sq_task *task, const float *pixels)
{
    const struct sq_node *node = task->node;
    const struct sq_synapse *synapse = node->synapse;
    const uint32_t n_rows = node->shape.n_rows, channels = synapse->n_in / 9;
    for (uint32_t row = 0; row < n_rows; row += SQ_KERNEL_ROWS) {
        const uint32_t n = n_rows - row < SQ_KERNEL_ROWS ? n_rows - row : SQ_KERNEL_ROWS;
        for (uint32_t r = 0; r < n; r++)
            for (uint32_t ky = 0; ky < 3; ky++)
                task->scratch->dense[3 * r + ky] = dense_line(
                    pixels, node, channels, (row + r) / node->width, (row + r) % node->width, ky);
        for (size_t block = 0; block < synapse->n_blocks; block++) {
            const size_t width = sq_block_width(synapse->n_out, block);
            const size_t first = block * SQ_BLOCK_WIDTH;
            float *acc = task->lane->current + first * n_rows + row * width;
            memset(acc, 0, n * width * sizeof *acc);
            task->stage->kernels->dense_f32(acc, synapse->weight + first * synapse->n_in, width,
                                            task->scratch->dense, n, 3);
        }
    }
}

static void tally_analog(const struct sq_task *task, const float *pixels, uint32_t t)
{
    const struct sq_node *node = task->node;
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    const struct sq_fanout sum =
        sq_fanout_pixels(pixels, node->height, node->width, node->synapse->n_in / 9);
    tally->events = sum.nonzeros;
    tally->additions = sum.fanout * node->synapse->n_out;
    tally->unit_additions = sum.unit_fanout * node->synapse->n_out;
    if (!sum.is_counts)
        task->lane->pixels_are_counts = 0;
}

/* A static image is convolved once, at t = 0, and its current reused; frames at every t. */
void sq_deliver_analog(struct sq_task *task)
{
    const struct sq_network *network = task->stage->network;
    const struct sq_synapse *synapse = task->node->synapse;
    const uint32_t n_rows = task->node->shape.n_rows;
    const int is_static = sq_network_frames(network) == 1;
    const size_t frame = (size_t)n_rows * (synapse->n_in / 9);
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const float *pixels = task->lane->pixels + (is_static ? 0 : t * frame);
        if (t == 0 || !is_static) {
            convolve(task, pixels);
            sq_tally_at(task, task->node_index, t)->macs = synapse->dense;
        }
        tally_analog(task, pixels, t);
        for (size_t block = 0; block < synapse->n_blocks; block++)
            integrate(task, block, sq_packet_at(task, task->node_index, t)->bits, 0, n_rows,
                      task->lane->current + block * SQ_BLOCK_WIDTH * n_rows,
                      sq_block_width(synapse->n_out, block),
                      synapse->bias + block * SQ_BLOCK_WIDTH);
    }
}

void sq_deliver_attend(struct sq_task *task)
{
    const struct sq_attend_shape *shape = &task->stage->network->attend;
    const enum sq_attend_order order = sq_attend_choose(shape);
    const size_t stride = (size_t)shape->n_words * SQ_BLOCK_WIDTH;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        task->stage->kernels->attend(task->scratch->acc, stride,
                                     sq_packet_at(task, task->node->source[0], t)->bits,
                                     sq_packet_at(task, task->node->source[1], t)->bits,
                                     sq_packet_at(task, task->node->source[2], t)->bits, shape,
                                     order, task->scratch->attend);
        for (size_t block = 0; block < shape->n_words; block++)
            integrate(task, block, sq_packet_at(task, task->node_index, t)->bits, 0,
                      shape->n_tokens, task->scratch->acc + block * SQ_BLOCK_WIDTH, stride,
                      task->scratch->zero_bias);
    }
}
