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

/* Outputs that are packed together: a line of the cache of float32 weights. Sums run lane by lane. */
struct lanes {
    size_t first; /* output */
    double scale[SQ_LANES], back[SQ_LANES], most;
    double error[SQ_LANES], square[SQ_LANES];
};

/* Rows of `live` are those of all inputs, tap by tap; of a layer in groups each output has inputs of its own. */
struct groups {
    size_t of_group, outputs, n; /* inputs and outputs of a group */
};

static void begin_lanes(const struct sq_fixed_draft *draft, size_t first, struct lanes *lanes)
{
    *lanes = (struct lanes){.first = first, .most = sq_fixed_weight_limit(draft)};
    for (size_t j = 0; j < SQ_LANES; j++) {
        lanes->scale[j] = first + j < draft->n_out ? sq_fixed_weight_scale(draft, first + j) : 1;
        lanes->back[j] = 1 / lanes->scale[j];
    }
}

/* A row of 16 weights as integers, and what that loses. */
static void round_row(struct lanes *lanes, const float *w, int16_t *q)
{
    for (size_t j = 0; j < SQ_LANES; j++) {
        const double whole = sq_fixed_integer(w[j], lanes->scale[j], lanes->most);
        const double error = whole * lanes->back[j] - (double)w[j];
        lanes->error[j] += error * error;
        lanes->square[j] += (double)w[j] * (double)w[j];
        q[j] = (int16_t)whole;
    }
}

static void store_row(const struct sq_fixed *fixed, size_t at, const int16_t *q)
{
    int8_t *bytes = (int8_t *)fixed->weight + at;
    int16_t *words = (int16_t *)fixed->weight + at;
    if (fixed->weight_bytes == 1)
        for (size_t j = 0; j < SQ_LANES; j++)
            bytes[j] = (int8_t)q[j];
    else
        for (size_t j = 0; j < SQ_LANES; j++)
            words[j] = q[j];
}

/* Outputs of one input row whose weight is not 0: small weights have become zero. Returns how many. */
static uint32_t count_live(const struct groups *groups, size_t first, const int16_t *q,
                           uint32_t *live)
{
    uint32_t n = 0;
    for (size_t j = 0; j < SQ_LANES; j++)
        n += q[j] != 0;
    if (groups->n == 1)
        *live += n;
    for (size_t j = 0; groups->n > 1 && j < SQ_LANES; j++)
        if (q[j] != 0)
            live[(first + j) / groups->outputs * groups->of_group]++;
    return n;
}

/* All rows of 16 outputs; returns how many weights are not 0. */
static uint64_t pack_lanes(const struct sq_fixed_draft *draft, const struct groups *groups,
                           struct lanes *lanes)
{
    const struct sq_synapse *synapse = draft->synapse;
    const size_t stride = sq_packed_stride(synapse, lanes->first);
    const int is_written =
        sq_shared_weights_are_written(draft->network->shared, draft->fixed->weight);
    size_t at = sq_packed_index(synapse, 0, lanes->first);
    uint32_t *live = synapse->live;
    uint64_t n_live = 0;
    for (size_t i = 0; i < synapse->n_in; live += synapse->c_in)
        for (size_t k = 0; k < groups->of_group; k++, i++, at += stride) {
            int16_t q[SQ_LANES];
            round_row(lanes, synapse->weight + at, q);
            if (is_written)
                store_row(draft->fixed, at, q);
            n_live += count_live(groups, lanes->first, q, live + k);
        }
    static const int16_t nothing[SQ_LANES];
    if (synapse->in_strips && is_written)
        store_row(draft->fixed, at, nothing); /* the row that adds nothing to any sum */
    return n_live;
}

/* All weights: their zeros, and the error of the integers. */
static void pack_weights(const struct sq_fixed_draft *draft)
{
    struct sq_synapse *synapse = draft->synapse;
    const size_t of_group = synapse->n_in / ((size_t)synapse->kernel * synapse->kernel);
    const size_t n_groups = synapse->c_in / of_group;
    const struct groups groups = {of_group, synapse->n_out / n_groups, n_groups};
    double error = 0, square = 0;
    uint64_t n_live = 0;
    for (size_t o = 0; o < synapse->n_out; o += SQ_LANES) {
        struct lanes lanes;
        begin_lanes(draft, o, &lanes);
        n_live += pack_lanes(draft, &groups, &lanes);
        for (size_t j = 0; j < SQ_LANES; j++) {
            error += lanes.error[j];
            square += lanes.square[j];
        }
    }
    synapse->weight_zeros = (uint64_t)synapse->n_in * synapse->n_out - n_live;
    draft->fixed->weight_error = square > 0 ? sqrt(error / square) : 0;
}

/* Do the magnitudes of any `n_rows` successive weight rows of a strip's columns sum to 16 bits? */
static int windows_fit(const int8_t *w, size_t n_in, size_t n_rows)
{
    static const int8_t none[SQ_LANES];
    int32_t sum[SQ_LANES] = {0};
    for (size_t i = 0; i < n_in; i++) {
        const int8_t *in = w + i * SQ_LANES, *out = i >= n_rows ? in - n_rows * SQ_LANES : none;
        int32_t over = 0;
        for (size_t j = 0; j < SQ_LANES; j++) {
            sum[j] += abs(in[j]) - abs(out[j]);
            over |= sum[j] > INT16_MAX;
        }
        if (over)
            return 0;
    }
    return 1;
}

/* The longest tile, of a few lengths, that is proven; the shortest needs no proof. */
static uint32_t tile_rows(const struct sq_synapse *synapse, const int8_t *weight)
{
    static const uint32_t length[] = {1024, 768, 512, 384, SQ_TILE_SUM_ROWS};
    size_t i = 0;
    for (size_t o = 0; o < synapse->n_out; o += SQ_LANES)
        while (length[i] > SQ_TILE_SUM_ROWS &&
               !windows_fit(weight + sq_packed_index(synapse, 0, o), synapse->n_in, length[i]))
            i++;
    return length[i];
}

int sq_fixed_pack(struct sq_fixed_draft *draft)
{
    struct sq_synapse *synapse = draft->synapse;
    struct sq_fixed *fixed = draft->fixed;
    fixed->weight =
        sq_network_alloc_weights(draft->network, sq_packed_count(synapse), fixed->weight_bytes);
    if (fixed->weight == NULL)
        return sq_fail(draft->err, SQ_ENOMEM, "%s: out of memory for the integer weights of %s",
                       draft->network->model_path, synapse->name);
    const int status = sq_fold_alloc_live(draft->err, draft->network,
                                          (size_t)synapse->kernel * synapse->kernel, synapse);
    if (status != SQ_OK)
        return status;
    pack_weights(draft);
    if (fixed->weight_bytes == 1 && fixed->sum_bytes == 4)
        fixed->tile_rows = tile_rows(synapse, fixed->weight);
    sq_fold_sum_taps(synapse);
    if (synapse->weight_zeros == 0)
        synapse->live = synapse->live_inside = NULL;
    return SQ_OK;
}
