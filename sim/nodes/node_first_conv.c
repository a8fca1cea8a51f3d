#include "sim/nodes/fanout.h"
#include "sim/nodes/integrate.h"
#include "sim/nodes/live.h"
#include "sim/nodes/nodes.h"

#include <string.h>

/* The pixels that kernel line ky meets from the output pixel (y, x); consecutive in [H][W][C] order,
 * `bytes` each. */
static struct sq_dense_span dense_line(const char *pixels, size_t bytes,
                                       const struct sq_synapse *synapse, uint32_t y, uint32_t x,
                                       uint32_t ky)
{
    const uint32_t height = synapse->taps.height, width = synapse->taps.width;
    const uint32_t padding = synapse->padding, channels = synapse->c_in;
    const uint32_t row = y * synapse->stride + ky, column = x * synapse->stride;
    const uint32_t end = column + synapse->kernel; /* all three behind the padding */
    if (row < padding || row - padding >= height || end <= padding)
        return (struct sq_dense_span){NULL, 0, 0};
    const uint32_t from = column > padding ? column - padding : 0;
    const uint32_t to = end - padding < width ? end - padding : width;
    if (from >= to)
        return (struct sq_dense_span){NULL, 0, 0};
    const size_t line = (size_t)(row - padding) * width;
    return (struct sq_dense_span){pixels + (line + from) * channels * bytes, (to - from) * channels,
                                  (synapse->kernel * ky + from + padding - column) * channels};
}

/* One block's currents of a few rows whose spans are ready. */
static void add_products(const struct sq_task *task, size_t block, uint32_t row, uint32_t n)
{
    const struct sq_node *node = task->node;
    const struct sq_arithmetic_row *in = sq_arithmetic_of(node);
    const size_t width = sq_block_width(node->synapse->n_out, block);
    const size_t at = block * SQ_BLOCK_WIDTH * node->shape.n_rows + row * width;
    const struct sq_block_weights w =
        sq_block_weights(node, block, (char *)task->lane->current + at * in->sum_bytes);
    memset(w.acc, 0, n * width * in->sum_bytes);
    in->multiply(task, &w, n, node->synapse->kernel);
}

/* current = first convolution of one frame, block by block as membranes lie.
 *   pixels   float, or in fixed point int16_t */
static void multiply(const struct sq_task *task, const void *pixels, uint32_t t)
{
    const struct sq_node *node = task->node;
    const struct sq_synapse *synapse = node->synapse;
    const uint32_t n_rows = node->shape.n_rows, kernel = synapse->kernel;
    const size_t bytes = sq_arithmetic_of(node)->weight_bytes;
    for (uint32_t row = 0; row < n_rows; row += SQ_KERNEL_ROWS) {
        const uint32_t n = n_rows - row < SQ_KERNEL_ROWS ? n_rows - row : SQ_KERNEL_ROWS;
        for (uint32_t r = 0; r < n; r++)
            for (uint32_t ky = 0; ky < kernel; ky++)
                task->scratch->dense[kernel * r + ky] = dense_line(
                    pixels, bytes, synapse, (row + r) / node->width, (row + r) % node->width, ky);
        for (size_t block = 0; block < synapse->n_blocks; block++)
            add_products(task, block, row, n);
    }
    sq_tally_at(task, task->node_index, t)->macs = synapse->dense;
}

/* Returns whether every pixel is a count. */
static int tally_analog(const struct sq_task *task, const float *pixels, uint32_t t)
{
    const struct sq_node *node = task->node;
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    const struct sq_fanout sum =
        sq_fanout_pixels(pixels, &node->synapse->taps, node->synapse->c_in);
    tally->events = sum.nonzeros;
    tally->additions = sum.fanout * node->synapse->n_out;
    tally->unit_additions = sum.unit_fanout * node->synapse->n_out;
    tally->live_additions = tally->additions;
    if (node->synapse->live != NULL)
        tally->live_additions = sq_live_pixels(node->synapse, pixels);
    if (!sum.is_counts)
        task->lane->outcome.pixels_are_counts = 0;
    return sum.is_counts;
}

/* A static image's counts are those of t = 0. */
static int tally_again(const struct sq_task *task, uint32_t t)
{
    const struct sq_tally *first = sq_tally_at(task, task->node_index, 0);
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    tally->events = first->events;
    tally->additions = first->additions;
    tally->unit_additions = first->unit_additions;
    tally->live_additions = first->live_additions;
    return task->lane->outcome.pixels_are_counts;
}

/* Counts of timestep t: of the pixels, or again those of a static image. */
static int tally_frame(const struct sq_task *task, const float *pixels, uint32_t t)
{
    if (t == 0 || sq_network_frames(task->shared->network) > 1)
        return tally_analog(task, pixels, t);
    return tally_again(task, t);
}

/* Pixels of a frame, of all channels. */
static size_t frame_elements(const struct sq_synapse *synapse)
{
    return (size_t)synapse->taps.height * synapse->taps.width * synapse->c_in;
}

/* Without pixels every one is taken as nonzero, and no value as known. */
static void tally_unseen(const struct sq_task *task, uint32_t t)
{
    const struct sq_synapse *synapse = task->node->synapse;
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    tally->events = frame_elements(synapse);
    tally->additions = tally->live_additions = synapse->dense;
    task->lane->outcome.pixels_are_counts = 0;
    task->lane->outcome.input_unseen = 1;
}

void sq_tally_analog(struct sq_task *task)
{
    const struct sq_synapse *synapse = task->node->synapse;
    const int is_static = sq_network_frames(task->shared->network) == 1;
    const int is_seen = sq_shared_role(task->shared, task->node->source[0]) != SQ_SKIP;
    const size_t frame = frame_elements(synapse);
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const int is_counts =
            is_seen && tally_frame(task, task->lane->pixels + (is_static ? 0 : t * frame), t);
        const int is_events = is_counts && sq_network_takes_events(task->shared->network);
        if (!is_seen)
            tally_unseen(task, t);
        if (!is_events && (t == 0 || !is_static))
            sq_tally_at(task, task->node_index, t)->macs = synapse->dense;
    }
}

/* The current of the last convolution, into the membranes. */
static void integrate(const struct sq_task *task, uint32_t t)
{
    const struct sq_synapse *synapse = task->node->synapse;
    const uint32_t n_rows = task->node->shape.n_rows;
    for (size_t block = 0; block < synapse->n_blocks; block++)
        sq_integrate(task, block, t, 0, n_rows,
                     (const float *)task->lane->current + block * SQ_BLOCK_WIDTH * n_rows,
                     sq_block_width(synapse->n_out, block));
}

/* One block's currents of output line y, from its spans, into the membranes. */
static void spread_line(const struct sq_task *task, size_t block, uint32_t t, uint32_t y,
                        size_t n_spans)
{
    const struct sq_node *node = task->node;
    struct sq_pixel_events *frame = &task->scratch->frame;
    const struct sq_block_weights w = sq_block_weights(node, block, frame->sum);
    sq_arithmetic_of(node)->spread(task, &w, n_spans);
    sq_integrate(task, block, t, y * node->width, node->width, (const float *)frame->sum + w.width,
                 w.width);
}

/* A camera's frame of counts enters as events. 0: it holds other pixels, or there is no room for
 * events, as the layer's kernel is not 3x3. */
static int deliver_events(const struct sq_task *task, const float *pixels, const int16_t *whole,
                          uint32_t t)
{
    struct sq_pixel_events *frame = &task->scratch->frame;
    if (frame->plane_room == 0 || !sq_pixel_events_list(frame, pixels, whole))
        return 0;
    for (uint32_t y = 0; y < task->node->height; y++) {
        const size_t n_spans = sq_pixel_events_spans(frame, y);
        for (size_t block = 0; block < task->node->synapse->n_blocks; block++)
            spread_line(task, block, t, y, n_spans);
    }
    return 1;
}

/* A static image is convolved once, at t = 0, and its current reused; frames at every t. */
void sq_deliver_analog(struct sq_task *task)
{
    const struct sq_network *network = task->shared->network;
    const struct sq_synapse *synapse = task->node->synapse;
    const int is_static = sq_network_frames(network) == 1;
    const size_t frame = frame_elements(synapse);
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        const size_t at = is_static ? 0 : t * frame;
        const float *pixels = task->lane->pixels + at;
        const int16_t *whole = network->is_fixed ? task->lane->whole + at : NULL;
        if (!deliver_events(task, pixels, whole, t)) {
            if (t == 0 || !is_static)
                multiply(task, whole != NULL ? (const void *)whole : pixels, t);
            integrate(task, t);
        }
        if (!task->shared->uncounted)
            tally_frame(task, pixels, t);
    }
}
