/* Integers: weights of 8 or 16 bits, sums of 16, 32 or 64, membranes and streams of 32 (docs/fixed-point.md). */
#include "kernels/dense/average.h"
#include "kernels/real/real_pool.h"
#include "sim/nodes/arithmetic.h"
#include "sim/nodes/nodes.h"

#include <string.h>

static const void *weights(const struct sq_node *node)
{
    return node->fixed->weight;
}

/* Of bytes and of words. */
static const int16_t nothing[SQ_LANES];

/* Two strips of bytes, which the step's rows read from a tile of 16 bits.
 *   other   the second strip; NULL where the block ends with the first */
static void add_tile_of(const struct sq_task *task, int16_t *acc, size_t acc_width,
                        const int8_t *row, const int8_t *other, const struct sq_span_step *step,
                        enum sq_sums_from from)
{
    const struct sq_kernels *kernels = task->shared->kernels;
    int16_t *const tile = task->scratch->tile;
    kernels->widen_i8(tile, row, other, step->n_weight_rows);
    memset(tile + (size_t)step->pad * SQ_TILE_COLUMNS, 0, SQ_TILE_COLUMNS * sizeof *tile);
    kernels->accumulate_tile(acc, acc_width, tile, &step->quads, from);
}

/* Weights of 8 bits into sums at `acc`: in a tile where rows meet them more than once, else as they are. */
static void add_bytes_to(const struct sq_task *task, int16_t *acc, const struct sq_block_weights *w,
                         const struct sq_span_step *step, enum sq_sums_from from)
{
    const int has_tile = step->events >= 2 * (double)step->n_weight_rows;
    const size_t n_strips = has_tile ? 2 : 1, columns = n_strips * SQ_LANES;
    const int8_t *row = w->row;
    for (size_t at = 0; at < w->width; at += columns, row += n_strips * w->strip_weights)
        if (has_tile)
            add_tile_of(task, acc + at, w->acc_width, row,
                        at + SQ_LANES < w->width ? row + w->strip_weights : NULL, step, from);
        else
            task->shared->kernels->accumulate_i8(acc + at, w->acc_width,
                                                 sq_strip_rows(task, row, step, nothing),
                                                 &step->quads, from);
}

static void add_bytes(const struct sq_task *task, const struct sq_block_weights *w,
                      const struct sq_span_step *step, size_t n_rows)
{
    (void)n_rows;
    add_bytes_to(task, w->acc, w, step, step->from);
}

/* Sums of 32 bits, of tiles' sums that fit 16. */
static void add_tiles(const struct sq_task *task, const struct sq_block_weights *w,
                      const struct sq_span_step *step, size_t n_rows)
{
    int16_t *const part = task->scratch->part;
    add_bytes_to(task, part, w, step, SQ_FROM_ZERO);
    task->shared->kernels->add_tile(w->acc, part, n_rows * w->acc_width, step->from);
}

static void add_words(const struct sq_task *task, const struct sq_block_weights *w,
                      const struct sq_span_step *step, size_t n_rows)
{
    (void)n_rows;
    const int16_t *row = w->row;
    for (size_t column = 0; column < w->width; column += SQ_LANES, row += w->strip_weights)
        task->shared->kernels->accumulate_i16((int32_t *)w->acc + column, w->acc_width,
                                              sq_strip_rows(task, row, step, nothing), &step->quads,
                                              step->from);
}

static void masked_i8(const struct sq_task *task, const struct sq_block_weights *w, size_t n,
                      size_t n_taps, int twice)
{
    task->shared->kernels->masked_i8(w->acc, w->row, w->width, task->scratch->mask, n, n_taps,
                                     twice);
}

static void masked_i16(const struct sq_task *task, const struct sq_block_weights *w, size_t n,
                       size_t n_taps, int twice)
{
    task->shared->kernels->masked_i16(w->acc, w->row, w->width, task->scratch->mask, n, n_taps,
                                      twice);
}

static void multiply_pixels(const struct sq_task *task, const struct sq_block_weights *w, size_t n,
                            size_t n_spans)
{
    task->shared->kernels->dense_i16(w->acc, w->row, w->width, task->scratch->dense, n, n_spans);
}

/* Inputs are integers of a stream. */
static void multiply_stream(const struct sq_task *task, const struct sq_block_weights *w, size_t n,
                            size_t n_spans)
{
    sq_dense_i32(w->acc, w->row, w->width, task->scratch->dense, n, n_spans);
}

static void spread(const struct sq_task *task, const struct sq_block_weights *w, size_t n_spans)
{
    const struct sq_pixel_events *frame = &task->scratch->frame;
    task->shared->kernels->spread_i16(w->acc, w->row, w->width, frame->shape.n_channels,
                                      frame->shape.width, frame->span, n_spans);
}

static void attend(const struct sq_task *task, const uint64_t *const qkv[3], size_t stride)
{
    const struct sq_attend_shape *shape = &task->node->attend;
    task->shared->kernels->attend_i32(task->scratch->acc, stride, qkv[0], qkv[1], qkv[2], shape,
                                      sq_attend_choose(shape), task->scratch->attend);
}

static void attend_counts(const struct sq_task *task, const uint64_t *const qkv[3], size_t stride)
{
    sq_attend_graded_i32(task->scratch->acc, stride, qkv[0], qkv[1], qkv[2], &task->node->graded,
                         task->scratch->attend);
}

/* A learned decay that is a power of two is a leak like any other. */
static enum sq_neuron_model model_of(const struct sq_node *node)
{
    return node->neuron.model == SQ_MODEL_PLIF ? SQ_MODEL_LIF : node->neuron.model;
}

/* A block's neurons. */
static struct sq_neuron_fixed neurons_of(const struct sq_node *node, size_t block)
{
    const struct sq_fixed *fixed = node->fixed;
    const size_t first = block * SQ_BLOCK_WIDTH;
    return (struct sq_neuron_fixed){
        fixed->bias + first, fixed->threshold + first, node->shape.n_words * SQ_BLOCK_WIDTH,
        fixed->guard_bits,   model_of(node),           fixed->leak,
        fixed->rounding};
}

/* The same for sums of both widths. */
#define INTEGRATE(suffix)                                                                        \
    static void integrate_##suffix(const struct sq_task *task, size_t block, uint64_t *word,     \
                                   void *membrane, uint32_t n_rows, const void *acc,             \
                                   size_t acc_stride)                                            \
    {                                                                                            \
        const struct sq_kernels *kernels = task->shared->kernels;                                \
        const struct sq_node *node = task->node;                                                 \
        const size_t stride = node->shape.n_words;                                               \
        const size_t width = sq_block_width(node->shape.n_channels, block);                      \
        const struct sq_neuron_fixed neurons = neurons_of(node, block);                          \
        const struct sq_lif_fixed lif = {neurons.bias, neurons.threshold, neurons.shift,         \
                                         neurons.rounding};                                      \
        if (node->graph->neuron == SQ_NEURON_KIND_MULTISPIKE)                                    \
            kernels->multispike_##suffix(word, stride, sq_plane_words(&node->shape), acc,        \
                                         acc_stride, &neurons, node->max_value, width, n_rows);  \
        else if (neurons.model == SQ_MODEL_LIF && neurons.leak == 1)                             \
            kernels->lif_##suffix(word, stride, membrane, acc, acc_stride, &lif, width, n_rows); \
        else                                                                                     \
            kernels->neuron_##suffix(word, stride, membrane, acc, acc_stride, &neurons, width,   \
                                     n_rows);                                                    \
    }

INTEGRATE(i16)
INTEGRATE(i32)

/* What brings a block's currents to the unit of their stream. */
static struct sq_real_align align_of(const struct sq_node *node, size_t block)
{
    const struct sq_fixed *fixed = node->fixed;
    const size_t first = block * SQ_BLOCK_WIDTH;
    return (struct sq_real_align){fixed->bias + first, fixed->left + first, fixed->right + first,
                                  fixed->half + first, fixed->odd + first};
}

/* Membranes are bounded by 2^30, and so are the sums of neurons. */
static void integrate_i64(const struct sq_task *task, size_t block, uint64_t *word, void *membrane,
                          uint32_t n_rows, const void *acc, size_t acc_stride)
{
    const size_t stride = task->node->shape.n_words;
    const size_t width = sq_block_width(task->node->shape.n_channels, block);
    _Alignas(64) int32_t narrow[SQ_BLOCK_WIDTH];
    for (uint32_t row = 0; row < n_rows; row++) {
        for (size_t j = 0; j < width; j++)
            narrow[j] = (int32_t)((const int64_t *)acc)[row * acc_stride + j];
        integrate_i32(task, block, word + row * stride, (int32_t *)membrane + row * width, 1,
                      narrow, width);
    }
}

static void send_i16(const struct sq_task *task, size_t block, void *out, uint32_t n_rows,
                     const void *acc, size_t acc_stride)
{
    const struct sq_real_align align = align_of(task->node, block);
    const size_t width = sq_block_width(task->node->shape.n_channels, block);
    task->shared->kernels->real_current_i16(out, acc, acc_stride, &align, width, n_rows);
}

static void send_i32(const struct sq_task *task, size_t block, void *out, uint32_t n_rows,
                     const void *acc, size_t acc_stride)
{
    const struct sq_real_align align = align_of(task->node, block);
    const size_t width = sq_block_width(task->node->shape.n_channels, block);
    task->shared->kernels->real_current_i32(out, acc, acc_stride, &align, width, n_rows);
}

static void send_i64(const struct sq_task *task, size_t block, void *out, uint32_t n_rows,
                     const void *acc, size_t acc_stride)
{
    const struct sq_real_align align = align_of(task->node, block);
    const size_t width = sq_block_width(task->node->shape.n_channels, block);
    sq_real_current_i64(out, acc, acc_stride, &align, width, n_rows);
}

static void of_counts(void *current, const uint32_t *sum, size_t n)
{
    int32_t *const whole = current;
    for (size_t i = 0; i < n; i++)
        whole[i] = (int32_t)sum[i];
}

/* Sums over tokens of a block of a stream. */
static void sum_integers(const struct sq_task *task, const struct sq_node *from, const void *in,
                         size_t width, int64_t *sum)
{
    memset(sum, 0, SQ_BLOCK_WIDTH * sizeof *sum);
    task->shared->kernels->real_sum_i32(sum, in, width, from->shape.n_rows);
}

static int32_t narrowed(const struct sq_node *node, int64_t sum)
{
    return (int32_t)sq_shift_rounded(sum, node->fixed->narrowed, node->fixed->rounding);
}

/* Of a stream: the sums themselves, narrowed to the width of a membrane. The thresholds are those of a sum. */
static void mean_of_stream(const struct sq_task *task, uint32_t t, int32_t *current)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    const int32_t *in = sq_reals_at(task, task->node->source[0], t);
    _Alignas(64) int64_t sum[SQ_BLOCK_WIDTH];
    for (size_t block = 0; block < from->shape.n_words; block++, current += SQ_BLOCK_WIDTH) {
        const size_t width = sq_block_width(from->shape.n_channels, block);
        sum_integers(task, from, in, width, sum);
        for (size_t j = 0; j < width; j++)
            current[j] = narrowed(task->node, sum[j]);
        in += from->shape.n_rows * width;
    }
}

/* The same of spikes and counts. */
static void of_mean(const struct sq_task *task, uint32_t t, void *current)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    if (from->sends_reals) {
        mean_of_stream(task, t, current);
        return;
    }
    const size_t columns = sq_packed_columns(from->shape.n_channels);
    const uint32_t *sum = sq_sum_tokens(task, t);
    for (size_t c = 0; c < columns; c++)
        ((int32_t *)current)[c] = narrowed(task->node, sum[c]);
}

/* The scale is in the thresholds. */
static void of_head(void *current, const void *sum, size_t n, float scale)
{
    (void)scale;
    memcpy(current, sum, n * sizeof(int32_t));
}

static void add(const struct sq_task *task, void *out, const void *a, const void *b, size_t n)
{
    task->shared->kernels->real_add_i32(out, a, b, n);
}

static void pool(const struct sq_task *task, void *out, const void *in, size_t width)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    const struct sq_graph_node *window = task->node->graph;
    sq_real_pool_i32(out, in, from->height, from->width, width, window->kernel, window->stride,
                     window->padding, task->shared->kernels->real_max_i32);
}

/* Of windows of a power of two. */
static void average(const struct sq_task *task, void *out, const void *in, size_t width)
{
    const struct sq_network *network = task->shared->network;
    const struct sq_node *from = &network->node[task->node->source[0]];
    const struct sq_graph_node *window = task->node->graph;
    sq_average_i32(out, in, from->height, from->width, width, window->kernel, window->stride,
                   2 * (uint32_t)__builtin_ctz(window->kernel), network->fixed.rounding);
}

/* Exact as doubles: below 2^30 times the tokens. */
static void sum_columns(const struct sq_task *task, const struct sq_node *from, const void *in,
                        size_t width, double *sum)
{
    _Alignas(64) int64_t whole[SQ_BLOCK_WIDTH];
    sum_integers(task, from, in, width, whole);
    for (size_t j = 0; j < width; j++)
        sum[j] = sq_stream_value(from->stream, whole[j]);
}

const struct sq_arithmetic_row sq_i8_row = {
    .weight_bytes = sizeof(int8_t),
    .sum_bytes = sizeof(int16_t),
    .sum_multiple = SQ_TILE_COLUMNS,
    .weights = weights,
    .accumulate = add_bytes,
    .masked = masked_i8,
    .integrate = integrate_i16,
    .send = send_i16,
    .sum_columns = sum_columns,
};

const struct sq_arithmetic_row sq_i8_tiles_row = {
    .weight_bytes = sizeof(int8_t),
    .sum_bytes = sizeof(int32_t),
    .sum_multiple = SQ_TILE_COLUMNS,
    .weights = weights,
    .accumulate = add_tiles,
    .integrate = integrate_i32,
    .send = send_i32,
    .sum_columns = sum_columns,
};

const struct sq_arithmetic_row sq_i16_row = {
    .weight_bytes = sizeof(int16_t),
    .sum_bytes = sizeof(int32_t),
    .sum_multiple = SQ_LANES,
    .weights = weights,
    .accumulate = add_words,
    .masked = masked_i16,
    .multiply = multiply_pixels,
    .spread = spread,
    .attend = attend,
    .attend_counts = attend_counts,
    .integrate = integrate_i32,
    .send = send_i32,
    .of_counts = of_counts,
    .of_mean = of_mean,
    .of_head = of_head,
    .add = add,
    .pool = pool,
    .average = average,
    .sum_columns = sum_columns,
};

const struct sq_arithmetic_row sq_i64_row = {
    .weight_bytes = sizeof(int16_t),
    .sum_bytes = sizeof(int64_t),
    .weights = weights,
    .multiply = multiply_stream,
    .integrate = integrate_i64,
    .send = send_i64,
    .sum_columns = sum_columns,
};
