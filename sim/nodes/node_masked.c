/* Grouped and depthwise convolution of spikes and counts: every output has inputs of its own, so events
 * enter as masks of outputs (kernels/masked). Order of sums: planes from high to low, doubling in
 * between; in a plane kernel lines top to bottom, taps left to right, channels of the group ascending. */
#include "sim/nodes/integrate.h"
#include "sim/nodes/nodes.h"

#include <string.h>

/* A layer, and the bit plane of its input that is being added. */
struct masks {
    const struct sq_task *task;
    const struct sq_node *from;
    const uint64_t *bits; /* of one plane of the input */
    uint32_t group_in, group_out;
    size_t n_taps; /* kernel^2 * group_in */
};

/* Bits of the outputs of group g within a block. */
static uint64_t outputs_of(const struct masks *masks, uint32_t g, uint32_t first, uint32_t width)
{
    const uint32_t begin = g * masks->group_out, end = begin + masks->group_out;
    const uint32_t from = begin > first ? begin - first : 0;
    const uint32_t to = end > first + width ? width : end - first;
    const uint64_t below = to == 64 ? ~(uint64_t)0 : ((uint64_t)1 << to) - 1;
    return below & ~(((uint64_t)1 << from) - 1);
}

/* The channels of one pixel that outputs of a block read: word i has the outputs that channel i of their
 * group reaches. */
static void add_pixel(const struct masks *masks, const uint64_t *pixel, uint32_t first,
                      uint32_t width, uint64_t *word)
{
    const uint32_t n = masks->from->shape.n_channels;
    const uint32_t begin = first / masks->group_out * masks->group_in;
    const uint32_t last = (first + width - 1) / masks->group_out + 1;
    const uint32_t end = last * masks->group_in < n ? last * masks->group_in : n;
    for (uint32_t c = begin; c < end; c = (c | 63) + 1) {
        uint64_t left = pixel[c / 64] >> (c % 64) << (c % 64);
        if (end - (c & ~63u) < 64)
            left &= ((uint64_t)1 << (end & 63)) - 1;
        for (; left != 0; left &= left - 1) {
            const uint32_t at = (c & ~63u) + (uint32_t)__builtin_ctzll(left);
            word[at % masks->group_in] |= outputs_of(masks, at / masks->group_in, first, width);
        }
    }
}

/* The masks of output pixel `row` for one block, [n_taps]. */
static void fill_row(const struct masks *masks, uint32_t row, size_t block, uint64_t *word)
{
    const struct sq_node *node = masks->task->node, *from = masks->from;
    const struct sq_synapse *synapse = node->synapse;
    const uint32_t k = synapse->kernel, first = (uint32_t)block * SQ_BLOCK_WIDTH;
    const uint32_t left = synapse->n_out - first, width = left < 64 ? left : 64;
    const int is_depthwise = masks->group_in == 1 && masks->group_out == 1;
    memset(word, 0, masks->n_taps * sizeof *word);
    for (uint32_t tap = 0; tap < k * k; tap++, word += masks->group_in) {
        const uint32_t y = row / node->width * synapse->stride + tap / k;
        const uint32_t x = row % node->width * synapse->stride + tap % k;
        const uint32_t in_y = y - synapse->padding, in_x = x - synapse->padding;
        if (y < synapse->padding || x < synapse->padding || in_y >= from->height ||
            in_x >= from->width)
            continue;
        const uint64_t *pixel =
            masks->bits + ((size_t)in_y * from->width + in_x) * from->shape.n_words;
        if (is_depthwise)
            *word = pixel[block];
        else
            add_pixel(masks, pixel, first, width, word);
    }
}

/* The masks of n rows into their accumulators. */
static void add_masked(const struct masks *masks, size_t block, void *acc, uint32_t n, int twice)
{
    const struct sq_block_weights w = sq_block_weights(masks->task->node, block, acc);
    sq_arithmetic_of(masks->task->node)->masked(masks->task, &w, n, masks->n_taps, twice);
}

/* A strip of rows through one block, plane by plane, into the neurons. */
static void deliver_strip(struct masks *masks, uint32_t t, size_t block, uint32_t row, uint32_t n)
{
    const struct sq_task *task = masks->task;
    const struct sq_synapse *synapse = task->node->synapse;
    const struct sq_spike_shape *in = &masks->from->shape;
    const struct sq_spikes *packet = sq_packet_at(task, task->node->source[0], t);
    const size_t width = sq_block_width(synapse->n_out, block);
    void *const acc = task->scratch->acc;
    memset(acc, 0, n * width * sq_arithmetic_of(task->node)->sum_bytes);
    for (uint32_t plane = in->n_planes; plane-- > 0;) {
        masks->bits = packet->bits + plane * sq_plane_words(in);
        for (uint32_t r = 0; r < n; r++)
            fill_row(masks, row + r, block, task->scratch->mask + r * masks->n_taps);
        add_masked(masks, block, acc, n, plane + 1 < in->n_planes);
    }
    sq_integrate(task, block, t, row, n, acc, width);
}

uint32_t sq_masked_rows(const struct sq_synapse *synapse)
{
    const uint32_t rows = SQ_MASK_WORDS / synapse->n_in;
    return rows < 1 ? 1 : rows < SQ_KERNEL_ROWS ? rows : SQ_KERNEL_ROWS;
}

void sq_deliver_masked(struct sq_task *task)
{
    const struct sq_node *node = task->node;
    const struct sq_synapse *synapse = node->synapse;
    const uint32_t groups = synapse->layer->groups, most = sq_masked_rows(synapse);
    struct masks masks = {.task = task,
                          .from = &task->shared->network->node[node->source[0]],
                          .group_in = synapse->c_in / groups,
                          .group_out = synapse->n_out / groups,
                          .n_taps = synapse->n_in};
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++)
        for (size_t block = 0; block < synapse->n_blocks; block++)
            for (uint32_t row = 0; row < node->shape.n_rows; row += most) {
                const uint32_t left = node->shape.n_rows - row;
                deliver_strip(&masks, t, block, row, left < most ? left : most);
            }
    if (!task->shared->uncounted)
        sq_tally_kernel(task);
}
