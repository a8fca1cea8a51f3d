/* Convolution of a stream of reals: it multiplies, and is counted as multiply-accumulates. Order of sums:
 * kernel lines top to bottom, taps left to right, channels ascending. */
#include "sim/nodes/integrate.h"
#include "sim/nodes/nodes.h"

#include <string.h>

/* The channels of one block of input pixel (y, x), which lie side by side, for one tap. */
static struct sq_dense_span tap_span(const struct sq_node *from, const void *in, size_t block,
                                     uint32_t row, uint32_t tap)
{
    const uint32_t channels = from->shape.n_channels;
    const size_t width = sq_block_width(channels, block), first = block * SQ_BLOCK_WIDTH;
    const size_t left = channels - first;
    const size_t at = first * from->shape.n_rows + row * width; /* four bytes each */
    return (struct sq_dense_span){(const float *)in + at, (uint32_t)(left < width ? left : width),
                                  (uint32_t)(tap * channels + first)};
}

/* Spans of output pixel `row`: how many. */
static size_t list_spans(const struct sq_task *task, const void *in, uint32_t row,
                         struct sq_dense_span *span)
{
    const struct sq_node *node = task->node;
    const struct sq_node *from = &task->shared->network->node[node->source[0]];
    const struct sq_synapse *synapse = node->synapse;
    const uint32_t k = synapse->kernel;
    size_t n = 0;
    for (uint32_t tap = 0; tap < k * k; tap++) {
        const uint32_t y = row / node->width * synapse->stride + tap / k;
        const uint32_t x = row % node->width * synapse->stride + tap % k;
        const uint32_t in_y = y - synapse->padding, in_x = x - synapse->padding;
        if (y < synapse->padding || x < synapse->padding || in_y >= from->height ||
            in_x >= from->width)
            continue;
        for (size_t block = 0; block < from->shape.n_words; block++)
            span[n++] = tap_span(from, in, block, in_y * from->width + in_x, tap);
    }
    return n;
}

/* One output pixel, all blocks. */
static void multiply_row(const struct sq_task *task, uint32_t t, uint32_t row, size_t n_spans)
{
    const struct sq_arithmetic_row *in = sq_arithmetic_of(task->node);
    for (size_t block = 0; block < task->node->synapse->n_blocks; block++) {
        const struct sq_block_weights w = sq_block_weights(task->node, block, task->scratch->acc);
        memset(w.acc, 0, w.width * in->sum_bytes);
        in->multiply(task, &w, 1, n_spans);
        sq_integrate(task, block, t, row, 1, w.acc, w.width);
    }
}

void sq_deliver_real_conv(struct sq_task *task)
{
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const void *in = sq_reals_at(task, task->node->source[0], t);
        for (uint32_t row = 0; row < task->node->shape.n_rows; row++)
            multiply_row(task, t, row, list_spans(task, in, row, task->scratch->dense));
    }
    if (!task->shared->uncounted)
        sq_tally_real_conv(task);
}

/* Reals are taken as nowhere zero. */
void sq_tally_real_conv(struct sq_task *task)
{
    const struct sq_synapse *synapse = task->node->synapse;
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
        tally->events = (uint64_t)from->shape.n_rows * from->shape.n_channels;
        tally->additions = tally->unit_additions = tally->live_additions = synapse->dense;
        tally->macs = synapse->dense;
    }
}
