#include "sim/network/fold.h"

#include "kernels/accumulate/accumulate.h"

#include <float.h>
#include <math.h>

/* Where weight (input row i, output o) lies in the packed array. */
float *sq_packed_at(const struct sq_synapse *synapse, size_t i, size_t o)
{
    const size_t block = o >> 6;
    return synapse->weight + block * SQ_BLOCK_WIDTH * synapse->n_in +
           i * sq_block_width(synapse->n_out, block) + (o & 63);
}

int sq_fold_alloc(struct sq_error *err, struct sq_network *network, struct sq_synapse *synapse)
{
    struct sq_arena *arena = &network->arena;
    const size_t columns = sq_packed_columns(synapse->n_out);
    if (synapse->weight != NULL)
        return SQ_OK;
    synapse->weight = sq_arena_alloc(arena, columns * synapse->n_in, sizeof(float));
    synapse->bias =
        sq_arena_alloc(arena, (size_t)synapse->n_blocks * SQ_BLOCK_WIDTH, sizeof(float));
    if (synapse->weight == NULL || synapse->bias == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for the weights of %s",
                       network->model_path, synapse->name);
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

/* Fold and pack output o. Its current can reach sum |w| * max_input + |b|; LIF forms differences
 * of two such values, so a quarter of the largest float is the limit. */
static int fold_output(struct sq_error *err, const struct sq_network *network,
                       const struct sq_raw_layer *raw, size_t o, size_t n_taps, double max_input,
                       struct sq_synapse *synapse)
{
    const int is_normed = raw->gamma != NULL;
    float a = 1;
    const int status = is_normed ? sq_fold_scale(err, network, synapse->name, raw, o, &a) : SQ_OK;
    if (status != SQ_OK)
        return status;
    const double bias = raw->bias != NULL ? (double)raw->bias[o] : 0.0;
    const size_t c_in = synapse->n_in / n_taps;
    const float *w = raw->weight + o * synapse->n_in;
    synapse->bias[o] = (float)bias;
    if (is_normed)
        synapse->bias[o] =
            (float)((bias - (double)raw->mean[o]) * (double)a + (double)raw->beta[o]);
    double largest = fabs((double)synapse->bias[o]);
    for (size_t c = 0; c < c_in; c++)
        for (size_t tap = 0; tap < n_taps; tap++) {
            const float folded = w[c * n_taps + tap] * a;
            *sq_packed_at(synapse, tap * c_in + c, o) = folded;
            largest += fabs((double)folded) * max_input;
        }
    if (!(largest < FLT_MAX / 4))
        return sq_fail(err, SQ_EVALUE,
                       "%s: the folded weights of %s could overflow float32 at channel %zu",
                       network->model_path, synapse->name, o);
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

int sq_fold_count_zeros(struct sq_error *err, struct sq_network *network, const float *weight,
                        size_t n_taps, struct sq_synapse *synapse)
{
    const size_t of_group = synapse->n_in / n_taps, n = (size_t)synapse->n_out * synapse->n_in;
    const size_t outputs = of_group * synapse->n_out / synapse->c_in; /* of a group */
    synapse->weight_zeros = 0;
    for (size_t i = 0; i < n; i++)
        synapse->weight_zeros += weight[i] == 0;
    if (synapse->weight_zeros == 0)
        return SQ_OK;
    const int status = sq_fold_alloc_live(err, network, n_taps, synapse);
    if (status != SQ_OK)
        return status;
    /* The file has [output][channel of its group][tap]. */
    for (size_t i = 0; i < n; i++) {
        const size_t group = i / synapse->n_in / outputs;
        const size_t channel = group * of_group + i / n_taps % of_group;
        synapse->live[i % n_taps * synapse->c_in + channel] += weight[i] != 0;
    }
    sq_fold_sum_taps(synapse);
    return SQ_OK;
}

int sq_fold_layer(struct sq_error *err, struct sq_network *network, const struct sq_raw_layer *raw,
                  size_t n_taps, double max_input, struct sq_synapse *synapse)
{
    int status = sq_fold_alloc(err, network, synapse);
    if (status == SQ_OK)
        status = sq_fold_count_zeros(err, network, raw->weight, n_taps, synapse);
    for (size_t o = 0; status == SQ_OK && o < synapse->n_out; o++)
        status = fold_output(err, network, raw, o, n_taps, max_input, synapse);
    return status;
}
