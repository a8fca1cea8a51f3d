/* Sums: of spikes over tokens or over the channels of a head, which are currents; the mean over tokens. */
#include "kernels/pack/gate.h"
#include "kernels/pack/planes.h"
#include "sim/nodes/integrate.h"
#include "sim/nodes/nodes.h"

#include <math.h>
#include <string.h>

/* Whole numbers as currents; and how many of them are not 0. */
static uint64_t to_current(const struct sq_task *task, void *current, const uint32_t *sum, size_t n)
{
    uint64_t nonzeros = 0;
    sq_arithmetic_of(task->node)->of_counts(current, sum, n);
    for (size_t i = 0; i < n; i++)
        nonzeros += sum[i] != 0;
    return nonzeros;
}

/* One row: spikes of each channel. */
static void sum_tokens(const struct sq_task *task, uint32_t t)
{
    const struct sq_spike_shape *in = &task->shared->network->node[task->node->source[0]].shape;
    const struct sq_spikes *packet = sq_packet_at(task, task->node->source[0], t);
    const size_t columns = sq_packed_columns(in->n_channels);
    uint32_t *sum = task->scratch->whole;
    memset(sum, 0, columns * sizeof *sum);
    sq_planes_sum(sum, packet->bits, 1, in->n_rows, in->n_words);
    const uint64_t nonzeros = to_current(task, task->scratch->mean, sum, columns);
    sq_tally_at(task, task->node_index, t)->currents = nonzeros;
    for (size_t block = 0; block < in->n_words; block++)
        sq_integrate(task, block, t, 0, 1, task->scratch->mean + block * SQ_BLOCK_WIDTH,
                     sq_block_width(in->n_channels, block));
}

/* Rows of one block of heads, from sums [n][heads] to currents [n][width]. */
static void send_heads(const struct sq_task *task, size_t block, uint32_t t, uint32_t row,
                       uint32_t n, const uint32_t *sum)
{
    const uint32_t heads = task->node->shape.n_channels;
    const size_t width = sq_block_width(heads, block), first = block * SQ_BLOCK_WIDTH;
    const size_t n_heads = heads - first < width ? heads - first : width;
    float *current = task->scratch->acc;
    uint64_t nonzeros = 0;
    memset(current, 0, n * width * sizeof *current);
    for (uint32_t r = 0; r < n; r++)
        nonzeros += to_current(task, current + r * width, sum + (size_t)r * heads + first, n_heads);
    sq_tally_at(task, task->node_index, t)->currents += nonzeros;
    sq_integrate(task, block, t, row, n, current, width);
}

/* One row for each token: spikes of each head. */
static void sum_channels(const struct sq_task *task, uint32_t t)
{
    const struct sq_node *node = task->node;
    const struct sq_spike_shape *in = &task->shared->network->node[node->source[0]].shape;
    const uint64_t *bits = sq_packet_at(task, node->source[0], t)->bits;
    sq_tally_at(task, task->node_index, t)->currents = 0;
    for (uint32_t row = 0; row < in->n_rows; row += SQ_SUM_ROWS) {
        const uint32_t n = in->n_rows - row < SQ_SUM_ROWS ? in->n_rows - row : SQ_SUM_ROWS;
        sq_head_counts(task->scratch->whole, bits + (size_t)row * in->n_words, n, in->n_channels,
                       node->shape.n_channels);
        for (size_t block = 0; block < node->shape.n_words; block++)
            send_heads(task, block, t, row, n, task->scratch->whole);
    }
}

/* A spike, an addition. */
static void tally_sum(const struct sq_task *task, uint32_t t)
{
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    tally->events = sq_tally_at(task, task->node->source[0], t)->spikes;
    tally->additions = tally->unit_additions = tally->live_additions = tally->events;
}

void sq_deliver_sum(struct sq_task *task)
{
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        if (task->node->gate == SQ_GATE_TOKENS)
            sum_tokens(task, t);
        else
            sum_channels(task, t);
        if (!task->shared->uncounted)
            tally_sum(task, t);
    }
}

/* Nonzero sums, for spikes that were recorded elsewhere: those of the currents that are not sent. */
static uint64_t count_sums(const struct sq_task *task, uint32_t t)
{
    const struct sq_node *node = task->node;
    const struct sq_spike_shape *in = &task->shared->network->node[node->source[0]].shape;
    const uint64_t *bits = sq_packet_at(task, node->source[0], t)->bits;
    uint32_t *sum = task->scratch->whole;
    uint64_t nonzeros = 0;
    if (node->gate == SQ_GATE_TOKENS) {
        memset(sum, 0, in->n_channels * sizeof *sum);
        sq_planes_sum(sum, bits, 1, in->n_rows, in->n_words);
        for (uint32_t c = 0; c < in->n_channels; c++)
            nonzeros += sum[c] != 0;
        return nonzeros;
    }
    for (uint32_t row = 0; row < in->n_rows; row++, bits += in->n_words) {
        sq_head_counts(sum, bits, 1, in->n_channels, node->shape.n_channels);
        for (uint32_t h = 0; h < node->shape.n_channels; h++)
            nonzeros += sum[h] != 0;
    }
    return nonzeros;
}

void sq_tally_sum(struct sq_task *task)
{
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        tally_sum(task, t);
        sq_tally_at(task, task->node_index, t)->currents = count_sums(task, t);
    }
}

static void mean_of_reals(const struct sq_task *task, const struct sq_node *from, const float *in,
                          float *mean)
{
    const float n_tokens = (float)from->shape.n_rows;
    _Alignas(64) double sum[SQ_BLOCK_WIDTH];
    for (size_t block = 0; block < from->shape.n_words; block++, mean += SQ_BLOCK_WIDTH) {
        const size_t width = sq_block_width(from->shape.n_channels, block);
        sq_arithmetic_of(from)->sum_columns(task, from, in, width, sum);
        for (size_t j = 0; j < width; j++)
            mean[j] = (float)sum[j] / n_tokens;
        in += from->shape.n_rows * width;
    }
}

const uint32_t *sq_sum_tokens(const struct sq_task *task, uint32_t t)
{
    const uint16_t source = task->node->source[0];
    const struct sq_spike_shape *in = &task->shared->network->node[source].shape;
    uint32_t *sum = task->scratch->whole;
    memset(sum, 0, sq_packed_columns(in->n_channels) * sizeof *sum);
    sq_planes_sum(sum, sq_packet_at(task, source, t)->bits, in->n_planes, in->n_rows, in->n_words);
    return sum;
}

void sq_mean_tokens(const struct sq_task *task, uint32_t t, float *mean)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    const size_t columns = sq_packed_columns(from->shape.n_channels);
    if (from->sends_reals)
        mean_of_reals(task, from, sq_reals_at(task, task->node->source[0], t), mean);
    else
        sq_head_mean(sq_sum_tokens(task, t), from->shape.n_rows, (uint32_t)columns, mean);
}

void sq_deliver_mean(struct sq_task *task)
{
    const struct sq_spike_shape *shape = &task->node->shape;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        sq_arithmetic_of(task->node)->of_mean(task, t, task->scratch->mean);
        for (size_t block = 0; block < shape->n_words; block++)
            sq_integrate(task, block, t, 0, 1, task->scratch->mean + block * SQ_BLOCK_WIDTH,
                         sq_block_width(shape->n_channels, block));
    }
}
