#include "kernels/accumulate/accumulate.h"
#include "sim/network/fixed_draft.h"
#include "sim/network/fold.h"

#include <math.h>

/* Bits of a two's complement integer that holds -bound .. bound. */
static uint32_t bits_for(uint64_t bound)
{
    uint32_t bits = 1;
    while (bound >> (bits - 1) != 0)
        bits++;
    return bits;
}

/* Widths from the bounds. Weights are held in a byte where that makes an int16 sum enough. */
static void choose_widths(struct sq_fixed_draft *draft)
{
    struct sq_fixed *fixed = draft->fixed;
    double membrane = 0;
    for (size_t o = 0; o < draft->n_out; o++) {
        if (draft->sum[o] > fixed->largest_sum)
            fixed->largest_sum = draft->sum[o];
        membrane = fmax(membrane, sq_fixed_membrane_bound(draft, o, fixed->guard_bits));
    }
    const int is_narrow = draft->node->kind != SQ_NODE_ANALOG_CONV && draft->synapse != NULL &&
                          draft->network->fixed.weight_bits <= 8 && fixed->largest_sum <= INT16_MAX;
    fixed->sum_bits = bits_for(fixed->largest_sum);
    fixed->membrane_bits = bits_for((uint64_t)membrane);
    fixed->sum_bytes = is_narrow ? 2 : 4;
    fixed->weight_bytes = draft->synapse == NULL ? 0 : is_narrow ? 1 : 2;
}

/* Sums over the weights of a layer. */
struct deviation {
    double error, square;
};

static void pack_weight(const struct sq_fixed_draft *draft, size_t i, size_t o,
                        struct deviation *sum)
{
    const float *from = sq_packed_at(draft->synapse, i, o);
    const size_t at = (size_t)(from - draft->synapse->weight);
    const double scale = sq_fixed_weight_scale(draft, o), q = sq_fixed_integer(draft, i, o);
    const double error = q / scale - (double)*from;
    if (draft->fixed->weight_bytes == 1)
        ((int8_t *)draft->fixed->weight)[at] = (int8_t)q;
    else
        ((int16_t *)draft->fixed->weight)[at] = (int16_t)q;
    sum->error += error * error;
    sum->square += (double)*from * (double)*from;
}

/* Zeros anew: small weights have become zero. The order of rows is that of the packed weights. */
static int count_zeros(struct sq_fixed_draft *draft)
{
    struct sq_synapse *synapse = draft->synapse;
    const size_t n_taps = (size_t)synapse->kernel * synapse->kernel;
    const int status = sq_fold_alloc_live(draft->err, draft->network, n_taps, synapse);
    if (status != SQ_OK)
        return status;
    synapse->weight_zeros = 0;
    for (size_t i = 0; i < synapse->n_in; i++) {
        synapse->live[i] = synapse->n_out;
        for (size_t o = 0; o < synapse->n_out; o++) {
            const int is_zero = sq_fixed_integer(draft, i, o) == 0;
            synapse->live[i] -= (uint32_t)is_zero;
            synapse->weight_zeros += (uint64_t)is_zero;
        }
    }
    sq_fold_sum_taps(synapse);
    if (synapse->weight_zeros == 0)
        synapse->live = synapse->live_inside = NULL;
    return SQ_OK;
}

static int pack_weights(struct sq_fixed_draft *draft)
{
    struct sq_synapse *synapse = draft->synapse;
    struct sq_fixed *fixed = draft->fixed;
    const size_t columns = sq_packed_columns(synapse->n_out);
    struct deviation sum = {0, 0};
    fixed->weight =
        sq_arena_alloc(&draft->network->arena, columns * synapse->n_in, fixed->weight_bytes);
    if (fixed->weight == NULL)
        return sq_fail(draft->err, SQ_ENOMEM, "%s: out of memory for the integer weights of %s",
                       draft->network->model_path, synapse->name);
    for (size_t o = 0; o < synapse->n_out; o++)
        for (size_t i = 0; i < synapse->n_in; i++)
            pack_weight(draft, i, o, &sum);
    fixed->weight_error = sum.square > 0 ? sqrt(sum.error / sum.square) : 0;
    return count_zeros(draft);
}

/* ceil(theta * 2^(e + g)); what no membrane reaches is the largest integer. */
static int32_t threshold_of(const struct sq_fixed_draft *draft, size_t o)
{
    const int exponent = draft->fixed->exponent[o] + (int)draft->fixed->guard_bits;
    const double threshold = ceil(ldexp((double)draft->node->threshold, exponent));
    return threshold < INT32_MAX ? (int32_t)threshold : INT32_MAX;
}

static void set_neurons(struct sq_fixed_draft *draft)
{
    struct sq_fixed *fixed = draft->fixed;
    for (size_t o = 0; o < (size_t)draft->node->shape.n_words * SQ_BLOCK_WIDTH; o++)
        fixed->threshold[o] = INT32_MAX;
    for (size_t o = 0; o < draft->n_out; o++) {
        const int exponent = fixed->exponent[o] + (int)fixed->guard_bits;
        if (draft->synapse != NULL)
            fixed->bias[o] = (int32_t)rint(ldexp((double)draft->synapse->bias[o], exponent));
        fixed->threshold[o] = threshold_of(draft, o);
    }
}

int sq_fixed_pack(struct sq_fixed_draft *draft)
{
    choose_widths(draft);
    set_neurons(draft);
    return draft->synapse != NULL ? pack_weights(draft) : SQ_OK;
}
