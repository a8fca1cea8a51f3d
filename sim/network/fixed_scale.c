#include "kernels/accumulate/accumulate.h"
#include "sim/network/fixed_draft.h"
#include "sim/network/fold.h"

#include <math.h>
#include <string.h>

double sq_fixed_weight_scale(const struct sq_fixed_draft *draft, size_t o)
{
    return ldexp(1.0, draft->fixed->exponent[o] - draft->input_exponent);
}

/* Of every channel, 16 at a time: a line of the cache holds one weight of each. */
static void find_largest(struct sq_fixed_draft *draft)
{
    for (size_t first = 0; first < draft->n_out; first += SQ_LANES) {
        const size_t stride = sq_packed_stride(draft->synapse, first);
        const float *w = sq_packed_at(draft->synapse, 0, first);
        float largest[SQ_LANES] = {0};
        for (size_t i = 0; i < draft->synapse->n_in; i++, w += stride)
            for (size_t j = 0; j < SQ_LANES; j++)
                largest[j] = fabsf(w[j]) > largest[j] ? fabsf(w[j]) : largest[j];
        for (size_t j = 0; j < SQ_LANES && first + j < draft->n_out; j++)
            draft->largest[first + j] = (double)largest[j];
    }
}

double sq_fixed_weight_limit(const struct sq_fixed_draft *draft)
{
    return ldexp(1.0, (int)draft->network->fixed.weight_bits - 1) - 1;
}

int64_t sq_fixed_limit(const struct sq_network *network)
{
    return ((int64_t)1 << (network->fixed.membrane_bits - 1)) - 1;
}

/* The bound of a channel's current: sum |q| * largest input. */
static uint64_t sum_bound(const struct sq_fixed_draft *draft, size_t o)
{
    const double scale = sq_fixed_weight_scale(draft, o), most = sq_fixed_weight_limit(draft);
    const size_t stride = sq_packed_stride(draft->synapse, o);
    const float *w = sq_packed_at(draft->synapse, 0, o);
    double sum = 0; /* of whole numbers below 2^53: exact */
    for (size_t i = 0; i < draft->synapse->n_in; i++, w += stride)
        sum += fabs(sq_fixed_integer(*w, scale, most));
    return (uint64_t)sum * draft->max_input;
}

/* The bounds of all channels, 16 at a time: sums of whole numbers are exact in any order. */
static void find_sums(struct sq_fixed_draft *draft)
{
    const double most = sq_fixed_weight_limit(draft);
    for (size_t first = 0; first < draft->n_out; first += SQ_LANES) {
        const size_t stride = sq_packed_stride(draft->synapse, first);
        const float *w = sq_packed_at(draft->synapse, 0, first);
        double scale[SQ_LANES], sum[SQ_LANES] = {0};
        for (size_t j = 0; j < SQ_LANES; j++)
            scale[j] = first + j < draft->n_out ? sq_fixed_weight_scale(draft, first + j) : 1;
        for (size_t i = 0; i < draft->synapse->n_in; i++, w += stride)
            for (size_t j = 0; j < SQ_LANES; j++)
                sum[j] += fabs(sq_fixed_integer(w[j], scale[j], most));
        for (size_t j = 0; j < SQ_LANES && first + j < draft->n_out; j++)
            draft->sum[first + j] = (uint64_t)sum[j] * draft->max_input;
    }
}

/* Expected square of a current's error, for independent inputs of the same mean and variance:
 * variance * sum d^2 + (mean * sum d)^2, d being the errors of the weights. */
static double expected_error(const struct sq_fixed_draft *draft, size_t o)
{
    const double scale = sq_fixed_weight_scale(draft, o), most = sq_fixed_weight_limit(draft);
    const double back = 1 / scale, mean = draft->moments->mean;
    const size_t stride = sq_packed_stride(draft->synapse, o);
    const float *w = sq_packed_at(draft->synapse, 0, o);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < draft->synapse->n_in; i++, w += stride) {
        const double d = sq_fixed_integer(*w, scale, most) * back - (double)*w;
        sum += d;
        squares += d * d;
    }
    return draft->moments->variance * squares + mean * mean * sum * sum;
}

/* The largest e for which the weights' magnitudes fit; SQ_MAX_EXPONENT if all are zero. */
static int range_exponent(const struct sq_fixed_draft *draft, double largest)
{
    if (largest == 0)
        return SQ_MAX_EXPONENT;
    const double most = sq_fixed_weight_limit(draft);
    int exponent = ilogb(most) + 1 - ilogb(largest);
    while (rint(ldexp(largest, exponent)) > most)
        exponent--;
    return exponent + draft->input_exponent;
}

static int fail_range(const struct sq_fixed_draft *draft, size_t o, int exponent)
{
    return sq_fail(
        draft->err, SQ_EVALUE,
        "%s: weights of %s reach %g at channel %zu: as %u-bit integers they need a scale "
        "of 2^%d, out of 2^%d to 2^%d; rescale the layer",
        draft->network->model_path, draft->synapse->name, draft->largest[o], o,
        draft->network->fixed.weight_bits, exponent, SQ_MIN_EXPONENT, SQ_MAX_EXPONENT);
}

double sq_fixed_membrane_bound(const struct sq_fixed_draft *draft, size_t o, uint32_t guard_bits)
{
    const double bias = draft->synapse != NULL ? fabs((double)draft->synapse->bias[o]) : 0;
    const int exponent = draft->fixed->exponent[o] + (int)guard_bits;
    const double current =
        ldexp((double)draft->sum[o], (int)guard_bits - (int)draft->fixed->narrowed);
    const double whole = draft->fixed->narrowed > 0 ? floor(current) + 1 : current;
    return sq_fixed_reach(draft->network, draft->node, whole + rint(ldexp(bias, exponent)));
}

static int fail_bound(const struct sq_fixed_draft *draft, size_t o, uint32_t guard_bits)
{
    const char *name = draft->synapse != NULL ? draft->synapse->name : draft->node->name;
    const uint32_t bits = draft->network->fixed.membrane_bits;
    return sq_fail(
        draft->err, SQ_EVALUE,
        "%s: %s: membranes of channel %zu reach %.0f in units of their last place (%u "
        "guard bits), %u bits hold %lld; use fewer " SQ_OPT "weight-bits or " SQ_OPT "pixel-bits%s",
        draft->network->model_path, name, o, sq_fixed_membrane_bound(draft, o, guard_bits),
        guard_bits, bits, (long long)sq_fixed_limit(draft->network),
        bits < SQ_MAX_MEMBRANE_BITS ? ", or more " SQ_OPT "membrane-bits" : "");
}

/* Would the bias, and not the weights, decide how large a membrane gets? It may be as large as the
 * sum, and up to 16 bits where there is room. That of a current that joins a stream counts units of the
 * stream. */
static int bias_is_large(const struct sq_fixed_draft *draft, size_t o)
{
    if (draft->node->sends_reals)
        return 0;
    const int64_t half = sq_fixed_limit(draft->network) / 2;
    const double room = fmin(0x1p16, (double)half);
    const double bias = ldexp(fabs((double)draft->synapse->bias[o]), draft->fixed->exponent[o]);
    return bias > fmax(room, (double)draft->sum[o]);
}

/* A finer scale cuts the few largest weights off and rounds all others less: the e from that by
 * range up to two above it whose expected error is least. */
static int exponent_of_least_error(struct sq_fixed_draft *draft, size_t o, int by_range)
{
    double least = INFINITY;
    int best = by_range;
    for (int e = by_range; e <= by_range + 2 && e <= SQ_MAX_EXPONENT; e++) {
        draft->fixed->exponent[o] = (int8_t)e;
        const double error = expected_error(draft, o);
        if (error < least) {
            least = error;
            best = e;
        }
    }
    return best;
}

/* The exponents by range, or by error, are there: the bounds, with coarser ones where a bias is large. Returns the
 * lowest exponent. */
static int bound_sums(struct sq_fixed_draft *draft)
{
    int lowest = SQ_MAX_EXPONENT;
    find_sums(draft);
    for (size_t o = 0; o < draft->n_out; o++) {
        int8_t *e = &draft->fixed->exponent[o];
        for (; *e > SQ_MIN_EXPONENT && bias_is_large(draft, o); draft->sum[o] = sum_bound(draft, o))
            --*e;
        lowest = *e < lowest ? *e : lowest;
    }
    return lowest;
}

static int choose_exponents(struct sq_fixed_draft *draft)
{
    int8_t *e = draft->fixed->exponent;
    for (size_t o = 0; o < draft->n_out; o++) {
        int exponent = range_exponent(draft, draft->largest[o]);
        if (exponent < SQ_MIN_EXPONENT)
            return fail_range(draft, o, exponent);
        if (draft->moments != NULL)
            exponent = exponent_of_least_error(draft, o, exponent);
        e[o] = (int8_t)(exponent > SQ_MAX_EXPONENT ? SQ_MAX_EXPONENT : exponent);
    }
    const int lowest = bound_sums(draft);
    if (draft->network->fixed.by_layer) {
        memset(e, lowest, draft->n_out);
        bound_sums(draft);
    }
    return SQ_OK;
}

/* The exponents of a file: its weights and bounds are checked, not chosen. */
static int check_exponents(struct sq_fixed_draft *draft)
{
    const int8_t *exponent = draft->given->exponent;
    for (size_t o = 0; o < draft->n_out; o++) {
        draft->fixed->exponent[o] = exponent[o];
        if (exponent[o] < SQ_MIN_EXPONENT || exponent[o] > SQ_MAX_EXPONENT ||
            exponent[o] > range_exponent(draft, draft->largest[o]))
            return fail_range(draft, o, exponent[o]);
    }
    find_sums(draft);
    return SQ_OK;
}

/* A current that joins a stream: its accumulator holds it. */
static int check_sums(const struct sq_fixed_draft *draft)
{
    const int is_wide = draft->node->kind == SQ_NODE_REAL_CONV;
    const uint64_t most = is_wide ? (uint64_t)1 << 61 : ((uint64_t)1 << 30) - 1;
    for (size_t o = 0; draft->node->sends_reals && o < draft->n_out; o++)
        if (draft->sum[o] > most)
            return sq_fail(draft->err, SQ_EVALUE,
                           "%s: %s: sums of channel %zu reach %llu, accumulators hold %llu; use "
                           "fewer " SQ_OPT "weight-bits or " SQ_OPT "pixel-bits",
                           draft->network->model_path, draft->synapse->name, o,
                           (unsigned long long)draft->sum[o], (unsigned long long)most);
    return SQ_OK;
}

int sq_fixed_set_exponents(struct sq_fixed_draft *draft)
{
    find_largest(draft);
    const int status = draft->given != NULL ? check_exponents(draft) : choose_exponents(draft);
    return status == SQ_OK ? check_sums(draft) : status;
}

static int fits(const struct sq_fixed_draft *draft, uint32_t guard_bits, size_t *where)
{
    const double limit = (double)sq_fixed_limit(draft->network);
    for (*where = 0; *where < draft->n_out; ++*where)
        if (sq_fixed_membrane_bound(draft, *where, guard_bits) > limit)
            return 0;
    return 1;
}

static int choose_guard(struct sq_fixed_draft *draft)
{
    size_t where = 0;
    uint32_t guard_bits = SQ_MAX_GUARD_BITS;
    while (!fits(draft, guard_bits, &where))
        if (guard_bits-- == 0)
            return fail_bound(draft, where, 0);
    draft->fixed->guard_bits = guard_bits;
    return SQ_OK;
}

static int check_guard(struct sq_fixed_draft *draft)
{
    size_t where = 0;
    const uint32_t guard_bits = draft->given->guard_bits;
    if (guard_bits > SQ_MAX_GUARD_BITS)
        return sq_fail(draft->err, SQ_EVALUE, "%s: %s has %u guard bits; 0 to %d are possible",
                       draft->network->model_path, draft->synapse->name, guard_bits,
                       SQ_MAX_GUARD_BITS);
    draft->fixed->guard_bits = guard_bits;
    return fits(draft, guard_bits, &where) ? SQ_OK : fail_bound(draft, where, guard_bits);
}

int sq_fixed_set_guard(struct sq_fixed_draft *draft)
{
    return draft->given != NULL ? check_guard(draft) : choose_guard(draft);
}
