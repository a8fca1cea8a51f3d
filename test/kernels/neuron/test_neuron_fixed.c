/* Theorem: every integer variant of the neurons is the equation of its model in 64 bits, in either rounding,
 * for currents of 16 and 32 bits; and of multispike the number of thresholds that its current reaches. */
#include "kernels/neuron/neuron.h"

#include "test/kernels/fixed_test.h"

enum { N_CASES = 400, MAX_ROWS = 7, MAX_SPIKES = 7, LIMIT = (1 << 29) - 1 };

/* The kernels of one instruction set. */
static const struct {
    const char *name;
    unsigned needs;
    sq_neuron_i16_fn *neuron_i16;
    sq_neuron_i32_fn *neuron_i32;
    sq_multispike_i16_fn *multispike_i16;
    sq_multispike_i32_fn *multispike_i32;
} variant[] = {
#define SQ_VARIANT(isa, needs)                                          \
    {"sq_neuron_" #isa,   (unsigned)(needs),       sq_neuron_i16_##isa, \
     sq_neuron_i32_##isa, sq_multispike_i16_##isa, sq_multispike_i32_##isa},
#include "kernels/neuron/neuron.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    size_t width, n_rows, word_stride, acc_stride, plane_stride;
    size_t n_words, n_acc, bytes; /* of a current: 2 or 4 */
    uint32_t most;                /* of multispike */
    void *acc;
    int32_t *bias, *threshold, *v; /* [MAX_SPIKES][width] thresholds, ascending */
    struct sq_neuron_fixed fixed;
};

/* A neuron and its arrays: currents and biases of half the range each, small numbers half of the time. */
static struct drawn draw(struct sq_rng *rng, size_t bytes)
{
    static const enum sq_neuron_model model[] = {SQ_MODEL_LIF, SQ_MODEL_IF, SQ_MODEL_MS};
    struct drawn d = {
        .width = draw_width(rng), .n_rows = sq_rng_below(rng, MAX_ROWS + 1), .bytes = bytes};
    const uint32_t shift = (uint32_t)sq_rng_below(rng, 14);
    const bool small = sq_rng_below(rng, 2);
    const int64_t most = (LIMIT / 2) >> shift, limit = bytes == 2 && most > 32767 ? 32767 : most;
    d.word_stride = 1 + sq_rng_below(rng, 3);
    d.acc_stride = d.width + 16 * sq_rng_below(rng, 3);
    d.plane_stride = d.n_rows * d.word_stride + 1;
    d.n_words = SQ_MULTISPIKE_PLANES * d.plane_stride;
    d.n_acc = d.n_rows ? (d.n_rows - 1) * d.acc_stride + d.width : 0;
    d.most = 1 + (uint32_t)sq_rng_below(rng, MAX_SPIKES);
    d.acc = draw_integers(rng, d.n_acc, bytes, small ? 9 : limit);
    d.bias = draw_integers(rng, d.width, 4, small ? 9 : LIMIT / 2);
    d.v = draw_integers(rng, d.n_rows * d.width, 4, small ? 9 : LIMIT);
    d.threshold = draw_integers(rng, MAX_SPIKES * d.width, 4, small ? 9 : LIMIT);
    for (size_t j = d.width; j < MAX_SPIKES * d.width; j++)
        d.threshold[j] = d.threshold[j - d.width] + (int32_t)sq_rng_below(rng, small ? 4 : 1 << 26);
    d.fixed = (struct sq_neuron_fixed){d.bias,
                                       d.threshold,
                                       d.width,
                                       small ? 0 : shift,
                                       model[sq_rng_below(rng, 3)],
                                       (uint32_t)sq_rng_below(rng, 5),
                                       sq_rng_below(rng, 2) ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN};
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->v, d->n_rows * d->width * 4) &
           guarded_free(d->acc, d->n_acc * d->bytes) & guarded_free(d->bias, d->width * 4) &
           guarded_free(d->threshold, MAX_SPIKES * d->width * 4);
}

static int64_t current_at(const struct drawn *d, size_t r, size_t j)
{
    const int64_t acc = fixed_get(d->acc, d->bytes, r * d->acc_stride + j);
    return acc * ((int64_t)1 << d->fixed.shift) + d->bias[j];
}

/* x / 2^leak by looking at both neighbours. */
static int64_t leaked(int64_t x, const struct sq_neuron_fixed *fixed)
{
    const int64_t unit = (int64_t)1 << fixed->leak;
    const int64_t rest = (x % unit + unit) % unit, low = (x - rest) / unit;
    if (fixed->rounding == SQ_ROUND_DOWN || 2 * rest < unit)
        return low;
    return 2 * rest > unit || low % 2 != 0 ? low + 1 : low;
}

static int64_t charged(int64_t v, int64_t x, const struct sq_neuron_fixed *fixed)
{
    if (fixed->model == SQ_MODEL_IF)
        return v + x;
    return fixed->model == SQ_MODEL_MS ? leaked(v, fixed) + x : v + leaked(x - v, fixed);
}

static void step(uint64_t *word, const struct drawn *d, int32_t *v)
{
    for (size_t r = 0; r < d->n_rows; r++) {
        word[r * d->word_stride] = 0;
        for (size_t j = 0; j < d->width; j++, v++) {
            const int64_t h = charged(*v, current_at(d, r, j), &d->fixed);
            if (h >= d->threshold[j])
                word[r * d->word_stride] |= (uint64_t)1 << j;
            *v = h >= d->threshold[j] ? 0 : (int32_t)h;
        }
    }
}

static bool neuron_agrees(any_kernel_fn *fn, size_t bytes, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng, bytes);
    const size_t word_bytes = d.n_words * 8, v_bytes = d.n_rows * d.width * 4;
    uint64_t *want = guarded_new(word_bytes), *got = guarded_new(word_bytes);
    int32_t *want_v = guarded_new(v_bytes);
    memcpy(want_v, d.v, v_bytes);
    step(want, &d, want_v);
    if (bytes == 2)
        ((sq_neuron_i16_fn *)fn)(got, d.word_stride, d.v, d.acc, d.acc_stride, &d.fixed, d.width,
                                 d.n_rows);
    else
        ((sq_neuron_i32_fn *)fn)(got, d.word_stride, d.v, d.acc, d.acc_stride, &d.fixed, d.width,
                                 d.n_rows);
    const bool agree = same_bits(got, want, word_bytes) && same_bits(d.v, want_v, v_bytes);
    return guarded_free(want, word_bytes) & guarded_free(got, word_bytes) &
           guarded_free(want_v, v_bytes) & discard(&d) & agree;
}

/* How many thresholds each current reaches, as bit planes. */
static void count(uint64_t *word, const struct drawn *d)
{
    for (size_t r = 0; r < d->n_rows; r++)
        for (size_t p = 0; p < SQ_MULTISPIKE_PLANES; p++) {
            uint64_t *at = word + p * d->plane_stride + r * d->word_stride;
            *at = 0;
            for (size_t j = 0; j < d->width; j++) {
                uint64_t k = 0;
                for (uint32_t level = 0; level < d->most; level++)
                    k += current_at(d, r, j) >= d->threshold[level * d->width + j];
                *at |= (k >> p & 1) << j;
            }
        }
}

static bool multispike_agrees(any_kernel_fn *fn, size_t bytes, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng, bytes);
    uint64_t *want = guarded_new(d.n_words * 8), *got = guarded_new(d.n_words * 8);
    count(want, &d);
    if (bytes == 2)
        ((sq_multispike_i16_fn *)fn)(got, d.word_stride, d.plane_stride, d.acc, d.acc_stride,
                                     &d.fixed, d.most, d.width, d.n_rows);
    else
        ((sq_multispike_i32_fn *)fn)(got, d.word_stride, d.plane_stride, d.acc, d.acc_stride,
                                     &d.fixed, d.most, d.width, d.n_rows);
    const bool agree = same_bits(got, want, d.n_words * 8);
    return guarded_free(want, d.n_words * 8) & guarded_free(got, d.n_words * 8) & discard(&d) &
           agree;
}

static bool neuron_i16_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return neuron_agrees(fn, 2, seed);
}

static bool neuron_i32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return neuron_agrees(fn, 4, seed);
}

static bool multispike_i16_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return multispike_agrees(fn, 2, seed);
}

static bool multispike_i32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return multispike_agrees(fn, 4, seed);
}

/* Every case of one kernel of variant i. */
static void require(int i, any_kernel_fn *fn, agrees_fn *agrees)
{
    require_agreement(&(struct variant){variant[i].name, variant[i].needs, fn}, agrees, N_CASES);
}

START_TEST(every_variant_is_the_equation)
{
    require(_i, (any_kernel_fn *)variant[_i].neuron_i16, neuron_i16_agrees);
    require(_i, (any_kernel_fn *)variant[_i].neuron_i32, neuron_i32_agrees);
}
END_TEST

START_TEST(every_variant_counts_thresholds)
{
    require(_i, (any_kernel_fn *)variant[_i].multispike_i16, multispike_i16_agrees);
    require(_i, (any_kernel_fn *)variant[_i].multispike_i32, multispike_i32_agrees);
}
END_TEST

/* Planted fault: the roundings are exchanged. */
static void exchanged(uint64_t *word, size_t word_stride, int32_t *v, const int16_t *acc,
                      size_t acc_stride, const struct sq_neuron_fixed *fixed, size_t width,
                      size_t n_rows)
{
    struct sq_neuron_fixed other = *fixed;
    other.rounding = fixed->rounding == SQ_ROUND_DOWN ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN;
    sq_neuron_i16_scalar(word, word_stride, v, acc, acc_stride, &other, width, n_rows);
}

/* Planted fault: the last threshold is forgotten. */
static void forgetful(uint64_t *word, size_t word_stride, size_t plane_stride, const int32_t *acc,
                      size_t acc_stride, const struct sq_neuron_fixed *fixed, uint32_t most,
                      size_t width, size_t n_rows)
{
    sq_multispike_i32_scalar(word, word_stride, plane_stride, acc, acc_stride, fixed, most - 1,
                             width, n_rows);
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)exchanged, neuron_i16_agrees, N_CASES),
                      N_CASES / 4);
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)forgetful, multispike_i32_agrees, N_CASES),
                      N_CASES / 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("neuron");
    TCase *t = tcase_create("fixed point");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_equation, 0, N_VARIANTS);
    tcase_add_loop_test(t, every_variant_counts_thresholds, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
