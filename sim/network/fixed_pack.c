#include "kernels/accumulate/accumulate.h"
#include "sim/network/fixed_draft.h"
#include "sim/network/fold.h"

#include <math.h>
#include <stdlib.h>

uint32_t sq_fixed_bits(uint64_t bound)
{
    uint32_t bits = 1;
    while (bound >> (bits - 1) != 0)
        bits++;
    return bits;
}

/* Weights are held in a byte where sums fit 16 bits, or are made of tiles that do (kernels/accumulate). */
void sq_fixed_set_widths(struct sq_fixed_draft *draft)
{
    struct sq_fixed *fixed = draft->fixed;
    double membrane = 0;
    for (size_t o = 0; o < draft->n_out; o++) {
        if (draft->sum[o] > fixed->largest_sum)
            fixed->largest_sum = draft->sum[o];
        if (!draft->node->sends_reals)
            membrane = fmax(membrane, sq_fixed_membrane_bound(draft, o, fixed->guard_bits));
    }
    const enum sq_node_kind kind = draft->node->kind;
    const int is_narrow = kind != SQ_NODE_ANALOG_CONV && kind != SQ_NODE_REAL_CONV &&
                          draft->synapse != NULL && draft->network->fixed.weight_bits <= 8 &&
                          fixed->largest_sum <= INT16_MAX;
    fixed->sum_bits = sq_fixed_bits(fixed->largest_sum);
    fixed->membrane_bits = draft->node->sends_reals ? 0 : sq_fixed_bits((uint64_t)membrane);
    fixed->sum_bytes = is_narrow ? 2 : kind == SQ_NODE_REAL_CONV ? 8 : 4;
    const int has_tiles =
        (kind == SQ_NODE_CONV || kind == SQ_NODE_LINEAR) && draft->network->fixed.weight_bits <= 8;
    fixed->weight_bytes = draft->synapse == NULL ? 0 : is_narrow || has_tiles ? 1 : 2;
}

/* Sums over the weights of a layer. */
struct deviation {
    double error, square;
    uint64_t zeros;
};

/* What packing a channel needs: how its weights become integers, and where its inputs' tables lie. */
struct channel {
    double scale, most;
    size_t stride, of_group, first; /* of packed rows; inputs of its group, and the first of them */
};

/* Live outputs are counted anew: small weights have become zero. The rows of `live` are those of all inputs,
 * tap by tap. */
static void pack_channel(const struct sq_fixed_draft *draft, size_t o, const struct channel *c,
                         struct deviation *sum)
{
    const struct sq_synapse *synapse = draft->synapse;
    const float *w = sq_packed_at(synapse, 0, o);
    const double back = 1 / c->scale;
    const int is_written =
        sq_shared_weights_are_written(draft->network->shared, draft->fixed->weight);
    size_t at = (size_t)(w - synapse->weight), i = 0;
    for (uint32_t *live = synapse->live + c->first; i < synapse->n_in; live += synapse->c_in)
        for (size_t k = 0; k < c->of_group; k++, i++, at += c->stride, w += c->stride) {
            const double q = sq_fixed_integer(*w, c->scale, c->most);
            const double error = q * back - (double)*w;
            if (is_written && draft->fixed->weight_bytes == 1)
                ((int8_t *)draft->fixed->weight)[at] = (int8_t)q;
            else if (is_written)
                ((int16_t *)draft->fixed->weight)[at] = (int16_t)q;
            live[k] += q != 0;
            sum->zeros += q == 0;
            sum->error += error * error;
            sum->square += (double)*w * (double)*w;
        }
}

static void pack_channels(const struct sq_fixed_draft *draft, struct deviation *sum)
{
    const struct sq_synapse *synapse = draft->synapse;
    const size_t n_taps = (size_t)synapse->kernel * synapse->kernel;
    const size_t of_group = synapse->n_in / n_taps, n_groups = synapse->c_in / of_group;
    const size_t outputs = synapse->n_out / n_groups;
    for (size_t o = 0; o < synapse->n_out; o++) {
        const struct channel channel = {
            sq_fixed_weight_scale(draft, o), sq_fixed_weight_limit(draft),
            sq_block_width(synapse->n_out, o / SQ_BLOCK_WIDTH), of_group, o / outputs * of_group};
        pack_channel(draft, o, &channel, sum);
    }
}

/* Do the magnitudes of any `n_rows` successive weight rows of a block's columns sum to 16 bits? */
static int windows_fit(const int8_t *w, size_t n_in, size_t width, size_t n_rows)
{
    int32_t sum[SQ_BLOCK_WIDTH] = {0};
    for (size_t i = 0; i < n_in; i++)
        for (size_t j = 0; j < width; j++) {
            sum[j] += abs(w[i * width + j]);
            if (i >= n_rows)
                sum[j] -= abs(w[(i - n_rows) * width + j]);
            if (sum[j] > INT16_MAX)
                return 0;
        }
    return 1;
}

/* The longest tile, of a few lengths, that is proven; the shortest needs no proof. */
static uint32_t tile_rows(const struct sq_synapse *synapse, const int8_t *weight)
{
    static const uint32_t length[] = {1024, 768, 512, 384, SQ_TILE_SUM_ROWS};
    size_t i = 0;
    for (size_t block = 0; block < synapse->n_blocks; block++)
        while (length[i] > SQ_TILE_SUM_ROWS &&
               !windows_fit(weight + block * SQ_BLOCK_WIDTH * synapse->n_in, synapse->n_in,
                            sq_block_width(synapse->n_out, block), length[i]))
            i++;
    return length[i];
}

int sq_fixed_pack(struct sq_fixed_draft *draft)
{
    struct sq_synapse *synapse = draft->synapse;
    struct sq_fixed *fixed = draft->fixed;
    const size_t columns = sq_packed_columns(synapse->n_out);
    struct deviation sum = {0, 0, 0};
    fixed->weight =
        sq_network_alloc_weights(draft->network, columns * synapse->n_in, fixed->weight_bytes);
    if (fixed->weight == NULL)
        return sq_fail(draft->err, SQ_ENOMEM, "%s: out of memory for the integer weights of %s",
                       draft->network->model_path, synapse->name);
    const int status = sq_fold_alloc_live(draft->err, draft->network,
                                          (size_t)synapse->kernel * synapse->kernel, synapse);
    if (status != SQ_OK)
        return status;
    pack_channels(draft, &sum);
    if (fixed->weight_bytes == 1 && fixed->sum_bytes == 4)
        fixed->tile_rows = tile_rows(synapse, fixed->weight);
    fixed->weight_error = sum.square > 0 ? sqrt(sum.error / sum.square) : 0;
    synapse->weight_zeros = sum.zeros;
    sq_fold_sum_taps(synapse);
    if (synapse->weight_zeros == 0)
        synapse->live = synapse->live_inside = NULL;
    return SQ_OK;
}
