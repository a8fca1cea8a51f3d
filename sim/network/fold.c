#include "sim/network/fold.h"

#include "kernels/accumulate/accumulate.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t sq_packed_index(const struct sq_synapse *synapse, size_t i, size_t o)
{
    const size_t block = o >> 6, strip = o / SQ_LANES;
    if (synapse->in_strips)
        return (strip * ((size_t)synapse->n_in + 1) + i) * SQ_LANES + o % SQ_LANES;
    return block * SQ_BLOCK_WIDTH * synapse->n_in + i * sq_block_width(synapse->n_out, block) +
           (o & 63);
}

size_t sq_packed_stride(const struct sq_synapse *synapse, size_t o)
{
    return synapse->in_strips ? (size_t)SQ_LANES : sq_block_width(synapse->n_out, o >> 6);
}

size_t sq_packed_count(const struct sq_synapse *synapse)
{
    const size_t n_rows = (size_t)synapse->n_in + (synapse->in_strips != 0);
    return sq_packed_columns(synapse->n_out) * n_rows;
}

float *sq_packed_at(const struct sq_synapse *synapse, size_t i, size_t o)
{
    return synapse->weight + sq_packed_index(synapse, i, o);
}

int sq_fold_alloc(struct sq_error *err, struct sq_network *network, struct sq_synapse *synapse)
{
    struct sq_arena *arena = &network->arena;
    const size_t n = sq_packed_count(synapse);
    const int is_new = synapse->weight == NULL;
    if (is_new)
        synapse->weight = sq_network_alloc_weights(network, n, sizeof(float));
    if (synapse->bias == NULL)
        synapse->bias =
            sq_arena_alloc(arena, (size_t)synapse->n_blocks * SQ_BLOCK_WIDTH, sizeof(float));
    if (synapse->weight == NULL || synapse->bias == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for the weights of %s",
                       network->model_path, synapse->name);
    if (is_new)
        sq_arena_will_fill(synapse->weight, n * sizeof(float));
    return SQ_OK;
}

int sq_fold_scale(struct sq_error *err, const struct sq_network *network, const char *layer,
                  const struct sq_raw_layer *raw, size_t o, float *scale)
{
    const float variance = raw->var[o] + network->config.bn_eps;
    if (!(raw->var[o] >= 0) || !(variance > 0))
        return sq_fail(err, SQ_EVALUE,
                       "%s: running_var of the batch norm behind %s is %g at channel %zu; a "
                       "variance cannot be negative",
                       network->model_path, layer, (double)raw->var[o], o);
    *scale = (float)((double)raw->gamma[o] / sqrt((double)variance));
    return SQ_OK;
}

int sq_fold_alloc_live(struct sq_error *err, struct sq_network *network, size_t n_taps,
                       struct sq_synapse *synapse)
{
    struct sq_arena *arena = &network->arena;
    synapse->live = sq_arena_alloc(arena, n_taps * synapse->c_in, sizeof *synapse->live);
    if (n_taps > 1)
        synapse->live_inside = sq_arena_alloc(arena, synapse->c_in, sizeof *synapse->live_inside);
    return synapse->live != NULL && (n_taps == 1 || synapse->live_inside != NULL)
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory for %s", network->model_path,
                         synapse->name);
}

void sq_fold_sum_taps(struct sq_synapse *synapse)
{
    const size_t c_in = synapse->c_in;
    const size_t n = (size_t)synapse->kernel * synapse->kernel * c_in;
    for (size_t i = 0; synapse->live_inside != NULL && i < n; i++)
        synapse->live_inside[i % c_in] += synapse->live[i];
}

/* Zeros of weights, counted where they stand in the file: [group][channel of it][tap]. */
struct zeros {
    uint32_t *at;      /* [groups][n_in] */
    size_t n, outputs; /* of them; of a group */
};

static int zeros_begin(struct sq_error *err, const struct sq_network *network,
                       struct sq_synapse *synapse, size_t n_taps, struct zeros *zeros)
{
    const size_t of_group = synapse->n_in / n_taps;
    const size_t groups = synapse->c_in > of_group ? synapse->c_in / of_group : 1;
    zeros->n = groups * synapse->n_in;
    zeros->outputs = synapse->n_out / groups;
    zeros->at = calloc(zeros->n, sizeof *zeros->at);
    synapse->weight_zeros = 0;
    return zeros->at != NULL ? SQ_OK
                             : sq_fail(err, SQ_ENOMEM, "%s: out of memory for %s",
                                       network->model_path, synapse->name);
}

/* The weights of output o, [n_in] as the file has them. */
static void zeros_count(struct zeros *zeros, const float *row, size_t o, struct sq_synapse *synapse)
{
    const size_t n = synapse->n_in;
    uint32_t *at = zeros->at + o / zeros->outputs * n, found = 0;
    for (size_t i = 0; i < n; i++)
        found += row[i] == 0;
    synapse->weight_zeros += found;
    for (size_t i = 0; found > 0 && i < n; i++)
        at[i] += row[i] == 0;
}

/* All outputs were counted: the live ones of each input row, if any weight is 0. */
static int zeros_end(struct sq_error *err, struct sq_network *network, const struct zeros *zeros,
                     size_t n_taps, struct sq_synapse *synapse)
{
    if (synapse->weight_zeros == 0)
        return SQ_OK;
    const int status = sq_fold_alloc_live(err, network, n_taps, synapse);
    for (size_t i = 0; status == SQ_OK && i < zeros->n; i++)
        synapse->live[i % n_taps * synapse->c_in + i / n_taps] =
            (uint32_t)zeros->outputs - zeros->at[i];
    if (status == SQ_OK)
        sq_fold_sum_taps(synapse);
    return status;
}

int sq_fold_count_zeros(struct sq_error *err, struct sq_network *network, const float *weight,
                        size_t n_taps, struct sq_synapse *synapse)
{
    struct zeros zeros;
    int status = zeros_begin(err, network, synapse, n_taps, &zeros);
    for (size_t o = 0; status == SQ_OK && o < synapse->n_out; o++)
        zeros_count(&zeros, weight + o * synapse->n_in, o, synapse);
    if (status == SQ_OK)
        status = zeros_end(err, network, &zeros, n_taps, synapse);
    free(zeros.at);
    return status;
}

/* Outputs that are folded together: a line of the cache in the packed array. */
enum { LANES = 16, PARTS = 8 };

/* A layer under way. */
struct folding {
    struct sq_error *err;
    struct sq_network *network;
    const struct sq_raw_layer *raw;
    size_t n_taps;
    double max_input;
    struct sq_synapse *synapse;
    struct zeros zeros;
    float *row; /* [LANES][n_in] */
};

/* Weights of outputs `first` to `first` + n - 1, as the file has them; zeros behind them. */
static int take_rows(const struct folding *folding, size_t first, size_t n)
{
    const size_t n_in = folding->synapse->n_in;
    const struct sq_raw_layer *raw = folding->raw;
    int status = SQ_OK;
    memset(folding->row + n * n_in, 0, (LANES - n) * n_in * sizeof *folding->row);
    if (raw->weight != NULL) {
        memcpy(folding->row, raw->weight + first * n_in, n * n_in * sizeof *folding->row);
        return SQ_OK;
    }
    status = sq_tensor_next(folding->err, raw->pieces, n * n_in, folding->row);
    for (size_t i = 0; status == SQ_OK && raw->unit != 1 && i < n * n_in; i++)
        folding->row[i] = (float)((double)folding->row[i] * raw->unit);
    return status;
}

static double sum_of_magnitudes(const float *value, size_t n)
{
    double part[PARTS] = {0}, sum = 0;
    size_t i = 0;
    for (; i + PARTS <= n; i += PARTS)
        for (size_t j = 0; j < PARTS; j++)
            part[j] += fabs((double)value[i + j]);
    for (; i < n; i++)
        sum += fabs((double)value[i]);
    for (size_t j = 0; j < PARTS; j++)
        sum += part[j];
    return sum;
}

/* Can the current of an output reach so far that it overflows? It can reach sum |w| * max_input + |b|; LIF
 * forms differences of two such values, so a quarter of the largest float is the limit. What is clearly
 * below it is summed in any order. */
static int can_overflow(const struct folding *folding, const float *row, float bias)
{
    const size_t n = folding->synapse->n_in;
    double largest = fabs((double)bias);
    if (largest + sum_of_magnitudes(row, n) * folding->max_input < FLT_MAX / 8)
        return 0;
    for (size_t i = 0; i < n; i++)
        largest += fabs((double)row[i]) * folding->max_input;
    return !(largest < FLT_MAX / 4);
}

/* Fold output o into its row and its bias. */
static int fold_output(const struct folding *folding, size_t o, float *row)
{
    const struct sq_raw_layer *raw = folding->raw;
    struct sq_synapse *synapse = folding->synapse;
    const int is_normed = raw->gamma != NULL;
    float a = 1;
    const int status =
        is_normed ? sq_fold_scale(folding->err, folding->network, synapse->name, raw, o, &a)
                  : SQ_OK;
    if (status != SQ_OK)
        return status;
    const double bias = raw->bias != NULL ? (double)raw->bias[o] : 0.0;
    synapse->bias[o] = (float)bias;
    if (is_normed)
        synapse->bias[o] =
            (float)((bias - (double)raw->mean[o]) * (double)a + (double)raw->beta[o]);
    for (size_t i = 0; is_normed && i < synapse->n_in; i++)
        row[i] *= a;
    return can_overflow(folding, row, synapse->bias[o])
               ? sq_fail(folding->err, SQ_EVALUE,
                         "%s: the folded weights of %s could overflow float32 at channel %zu",
                         folding->network->model_path, synapse->name, o)
               : SQ_OK;
}

/* LANES rows from input `first` on, n of them, to the packed columns at `out`. */
static void pack_tile(const struct folding *folding, size_t first, size_t n, size_t stride,
                      float *out)
{
    const size_t n_in = folding->synapse->n_in, n_taps = folding->n_taps, c_in = n_in / n_taps;
    float tile[LANES][LANES];
    for (size_t j = 0; j < LANES; j++)
        memcpy(tile[j], folding->row + j * n_in + first, n * sizeof tile[0][0]);
    size_t channel = first / n_taps, tap = first % n_taps;
    for (size_t i = 0; i < n; i++) {
        float *to = out + (tap * c_in + channel) * stride;
        for (size_t j = 0; j < LANES; j++)
            to[j] = tile[j][i];
        channel += tap + 1 == n_taps;
        tap = tap + 1 == n_taps ? 0 : tap + 1;
    }
}

/* The rows of outputs `first` to `first` + LANES - 1, input by input. */
static void pack_rows(const struct folding *folding, size_t first)
{
    const size_t n_in = folding->synapse->n_in;
    const size_t stride = sq_packed_stride(folding->synapse, first);
    float *out = sq_packed_at(folding->synapse, 0, first);
    for (size_t i = 0; i < n_in; i += LANES)
        pack_tile(folding, i, n_in - i < LANES ? n_in - i : LANES, stride, out);
    for (size_t j = 0; folding->synapse->in_strips && j < LANES; j++)
        out[n_in * stride + j] = -0.0f; /* the row that adds nothing to any sum */
}

static int fold_rows(struct folding *folding, size_t first)
{
    struct sq_synapse *synapse = folding->synapse;
    const size_t n = synapse->n_out - first < LANES ? synapse->n_out - first : LANES;
    int status = take_rows(folding, first, n);
    for (size_t j = 0; status == SQ_OK && j < n; j++) {
        float *row = folding->row + j * synapse->n_in;
        zeros_count(&folding->zeros, row, first + j, synapse);
        status = fold_output(folding, first + j, row);
    }
    if (status == SQ_OK &&
        sq_shared_weights_are_written(folding->network->shared, folding->synapse->weight))
        pack_rows(folding, first);
    return status;
}

int sq_fold_layer(struct sq_error *err, struct sq_network *network, const struct sq_raw_layer *raw,
                  size_t n_taps, double max_input, struct sq_synapse *synapse)
{
    struct folding folding = {.err = err,
                              .network = network,
                              .raw = raw,
                              .n_taps = n_taps,
                              .max_input = max_input,
                              .synapse = synapse,
                              .row = malloc(LANES * (size_t)synapse->n_in * sizeof(float))};
    int status = folding.row != NULL ? sq_fold_alloc(err, network, synapse)
                                     : sq_fail(err, SQ_ENOMEM, "%s: out of memory for %s",
                                               network->model_path, synapse->name);
    if (status == SQ_OK)
        status = zeros_begin(err, network, synapse, n_taps, &folding.zeros);
    for (size_t o = 0; status == SQ_OK && o < synapse->n_out; o += LANES)
        status = fold_rows(&folding, o);
    if (status == SQ_OK)
        status = zeros_end(err, network, &folding.zeros, n_taps, synapse);
    free(folding.zeros.at);
    free(folding.row);
    return status;
}
