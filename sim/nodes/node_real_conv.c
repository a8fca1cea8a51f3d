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
    const struct sq_synapse *synapse = task->node->synapse;
    const struct sq_fixed *fixed = task->node->fixed;
    const struct sq_dense_span *span = task->scratch->dense;
    void *const acc = task->scratch->acc;
    for (size_t block = 0; block < synapse->n_blocks; block++) {
        const size_t width = sq_block_width(synapse->n_out, block);
        const size_t at = block * SQ_BLOCK_WIDTH * synapse->n_in; /* of the block's weights */
        memset(acc, 0, width * sq_sum_bytes(task->node));
        if (fixed != NULL)
            sq_dense_i32(acc, (const int16_t *)fixed->weight + at, width, span, 1, n_spans);
        else
            task->shared->kernels->dense_f32(acc, synapse->weight + at, width, span, 1, n_spans);
        sq_integrate(task, block, t, row, 1, acc, width);
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
