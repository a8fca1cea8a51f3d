/* Floats: weights, sums, membranes and streams of float32. */
#include "kernels/dense/average.h"
#include "kernels/real/real_pool.h"
#include "sim/nodes/arithmetic.h"
#include "sim/nodes/nodes.h"

#include <string.h>

static const void *weights(const struct sq_node *node)
{
    return node->synapse->weight;
}

/* A weight row of a strip is a line of the cache. */
static struct sq_ahead look_ahead(const float *row, size_t n_rows, size_t n_quads)
{
    return row != NULL && n_quads > 0
               ? (struct sq_ahead){(const char *)row, n_rows, (n_rows + n_quads - 1) / n_quads}
               : SQ_NOTHING_AHEAD;
}

static void accumulate(const struct sq_task *task, const struct sq_block_weights *w,
                       const struct sq_span_step *step, size_t n_rows)
{
    (void)n_rows;
    static const float nothing[SQ_LANES] = {-0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f,
                                            -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f};
    const float *row = w->row;
    for (size_t column = 0; column < w->width; column += SQ_LANES, row += w->strip_weights) {
        const int is_last = column + SQ_LANES == w->width;
        const struct sq_ahead ahead =
            is_last ? look_ahead(w->next, w->n_next, step->quads.n)
                    : look_ahead(row + w->strip_weights, step->n_weight_rows, step->quads.n);
        task->shared->kernels->accumulate_f32((float *)w->acc + column, w->acc_width,
                                              sq_strip_rows(task, row, step, nothing), &step->quads,
                                              step->from, &ahead);
    }
}

static void masked(const struct sq_task *task, const struct sq_block_weights *w, size_t n,
                   size_t n_taps, int twice)
{
    task->shared->kernels->masked_f32(w->acc, w->row, w->width, task->scratch->mask, n, n_taps,
                                      twice);
}

static void multiply(const struct sq_task *task, const struct sq_block_weights *w, size_t n,
                     size_t n_spans)
{
    task->shared->kernels->dense_f32(w->acc, w->row, w->width, task->scratch->dense, n, n_spans);
}

static void spread(const struct sq_task *task, const struct sq_block_weights *w, size_t n_spans)
{
    const struct sq_pixel_events *frame = &task->scratch->frame;
    task->shared->kernels->spread_f32(w->acc, w->row, w->width, frame->shape.n_channels,
                                      frame->shape.width, frame->span, n_spans);
}

static void attend(const struct sq_task *task, const uint64_t *const qkv[3], size_t stride)
{
    const struct sq_attend_shape *shape = &task->node->attend;
    task->shared->kernels->attend(task->scratch->acc, stride, qkv[0], qkv[1], qkv[2], shape,
                                  sq_attend_choose(shape), task->scratch->attend);
}

static void attend_counts(const struct sq_task *task, const uint64_t *const qkv[3], size_t stride)
{
    sq_attend_graded(task->scratch->acc, stride, qkv[0], qkv[1], qkv[2], &task->node->graded,
                     task->node->graded_factor, task->scratch->attend);
}

/* Of a block; zeros where there is no synapse. */
static const float *bias_of(const struct sq_task *task, size_t block)
{
    const struct sq_synapse *synapse = task->node->synapse;
    return synapse != NULL ? synapse->bias + block * SQ_BLOCK_WIDTH : task->scratch->zero_bias;
}

static void integrate(const struct sq_task *task, size_t block, uint64_t *word, void *membrane,
                      uint32_t n_rows, const void *acc, size_t acc_stride)
{
    const struct sq_kernels *kernels = task->shared->kernels;
    const struct sq_node *node = task->node;
    const struct sq_spike_shape *shape = &node->shape;
    const size_t width = sq_block_width(shape->n_channels, block);
    const float *bias = bias_of(task, block);
    if (node->graph->neuron == SQ_NEURON_KIND_MULTISPIKE)
        kernels->multispike_f32(word, shape->n_words, sq_plane_words(shape), acc, acc_stride, bias,
                                (float)node->max_value,
                                node->graph->rounding == SQ_COUNT_HALF_UP ? SQ_HALF_UP
                                                                          : SQ_HALF_TO_EVEN,
                                width, n_rows);
    else if (node->neuron.model == SQ_MODEL_LIF && node->neuron.tau == 2)
        kernels->lif_f32(word, shape->n_words, membrane, acc, acc_stride, bias, node->threshold,
                         width, n_rows);
    else
        kernels->neuron_f32(word, shape->n_words, membrane, acc, acc_stride, bias, &node->neuron,
                            width, n_rows);
}

static void send(const struct sq_task *task, size_t block, void *out, uint32_t n_rows,
                 const void *acc, size_t acc_stride)
{
    const size_t width = sq_block_width(task->node->shape.n_channels, block);
    task->shared->kernels->real_current_f32(out, acc, acc_stride, bias_of(task, block), width,
                                            n_rows);
}

static void of_counts(void *current, const uint32_t *sum, size_t n)
{
    float *const real = current;
    for (size_t i = 0; i < n; i++)
        real[i] = (float)sum[i];
}

static void of_mean(const struct sq_task *task, uint32_t t, void *current)
{
    sq_mean_tokens(task, t, current);
}

static void of_head(void *current, const void *sum, size_t n, float scale)
{
    float *const real = current;
    for (size_t i = 0; i < n; i++)
        real[i] = ((const float *)sum)[i] * scale;
}

static void add(const struct sq_task *task, void *out, const void *a, const void *b, size_t n)
{
    task->shared->kernels->real_add_f32(out, a, b, n);
}

static void pool(const struct sq_task *task, void *out, const void *in, size_t width)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    const struct sq_graph_node *window = task->node->graph;
    sq_real_pool(out, in, from->height, from->width, width, window->kernel, window->stride,
                 window->padding, task->shared->kernels->real_max_f32);
}

static void average(const struct sq_task *task, void *out, const void *in, size_t width)
{
    const struct sq_node *from = &task->shared->network->node[task->node->source[0]];
    const struct sq_graph_node *window = task->node->graph;
    sq_average(out, in, from->height, from->width, width, window->kernel, window->stride);
}

static void sum_columns(const struct sq_task *task, const struct sq_node *from, const void *in,
                        size_t width, double *sum)
{
    memset(sum, 0, width * sizeof *sum);
    task->shared->kernels->real_sum_f32(sum, in, width, from->shape.n_rows);
}

const struct sq_arithmetic_row sq_f32_row = {
    .weight_bytes = sizeof(float),
    .sum_bytes = sizeof(float),
    .sum_multiple = SQ_LANES,
    .weights = weights,
    .accumulate = accumulate,
    .masked = masked,
    .multiply = multiply,
    .spread = spread,
    .attend = attend,
    .attend_counts = attend_counts,
    .integrate = integrate,
    .send = send,
    .of_counts = of_counts,
    .of_mean = of_mean,
    .of_head = of_head,
    .add = add,
    .pool = pool,
    .average = average,
    .sum_columns = sum_columns,
};
