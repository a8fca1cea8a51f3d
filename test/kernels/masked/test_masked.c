/* Theorem: for every variant, acc[r][j] is the one chain of additions of the weights whose bit is set,
 * taps ascending, after the doubling; in float32 bit for bit, also where weights are -0. */
#include "kernels/masked/masked.h"

#include "test/kernels/fixed_test.h"

enum { N_CASES = 300, MAX_ROWS = 6, MAX_TAPS = 30 };

static const struct variant variant_f32[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_masked_f32, isa, needs)
#include "kernels/masked/masked.inc"
#undef SQ_VARIANT
};
static const struct variant variant_i8[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_masked_i8, isa, needs)
#include "kernels/masked/masked.inc"
#undef SQ_VARIANT
};
static const struct variant variant_i16[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_masked_i16, isa, needs)
#include "kernels/masked/masked.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant_f32 / sizeof variant_f32[0] };

struct drawn {
    size_t width, n_rows, n_taps, n_acc, n_w, sum_bytes, weight_bytes; /* of one */
    int twice;
    uint64_t *word;
    void *acc, *w;
};

/* A case of words and sizes; bits past the width are set now and then. */
static struct drawn draw(struct sq_rng *rng, size_t weight_bytes, size_t sum_bytes)
{
    struct drawn d = {.width = draw_width(rng),
                      .n_rows = sq_rng_below(rng, MAX_ROWS + 1),
                      .n_taps = sq_rng_below(rng, MAX_TAPS + 1),
                      .sum_bytes = sum_bytes,
                      .weight_bytes = weight_bytes,
                      .twice = (int)sq_rng_below(rng, 2)};
    d.n_acc = d.n_rows * d.width;
    d.n_w = d.n_taps * d.width;
    d.word =
        draw_bits(rng, d.n_rows * d.n_taps, sq_rng_below(rng, 4) ? d.width : 64, draw_rate(rng));
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->acc, d->n_acc * d->sum_bytes) &
           guarded_free(d->w, d->n_w * d->weight_bytes) &
           guarded_free(d->word, d->n_rows * d->n_taps * 8);
}

static bool is_set(const struct drawn *d, size_t r, size_t t, size_t j)
{
    return d->word[r * d->n_taps + t] >> j & 1;
}

/* The definition, one output at a time. */
static float chain(const struct drawn *d, size_t r, size_t j)
{
    float sum = ((const float *)d->acc)[r * d->width + j];
    sum = d->twice ? sum + sum : sum;
    for (size_t t = 0; t < d->n_taps; t++)
        if (is_set(d, r, t, j))
            sum = sum + ((const float *)d->w)[t * d->width + j];
    return sum;
}

/* Accumulators are zero, or what was summed before, which is never -0. A third of the weights is 0 of
 * either sign, or so small that the sums are subnormal. */
static struct drawn draw_f32(struct sq_rng *rng)
{
    struct drawn d = draw(rng, sizeof(float), sizeof(float));
    const bool starts = sq_rng_below(rng, 2);
    d.acc = draw_floats(rng, d.n_acc);
    d.w = draw_floats(rng, d.n_w);
    for (size_t i = 0; i < d.n_acc; i++)
        ((float *)d.acc)[i] = starts ? 0.0f : ((float *)d.acc)[i] + 0.0f;
    for (size_t i = 0; i < d.n_w; i++)
        if (sq_rng_below(rng, 4) == 0)
            ((float *)d.w)[i] = sq_rng_below(rng, 2) ? -0.0f : 0x1p-149f;
    return d;
}

static bool f32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw_f32(&rng);
    float *want = guarded_new(d.n_acc * sizeof *want);
    for (size_t i = 0; i < d.n_acc; i++)
        want[i] = chain(&d, i / d.width, i % d.width);
    ((sq_masked_f32_fn *)fn)(d.acc, d.w, d.width, d.word, d.n_rows, d.n_taps, d.twice);
    const bool agree = same_bits(d.acc, want, d.n_acc * sizeof *want);
    return guarded_free(want, d.n_acc * sizeof *want) & discard(&d) & agree;
}

/* The same sum in 64 bits; the limits keep every part of it in the accumulator. */
static bool fixed_agrees(any_kernel_fn *fn, uint64_t seed, size_t bytes)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng, bytes, 2 * bytes);
    d.acc = draw_integers(&rng, d.n_acc, 2 * bytes, bytes == 1 ? 10000 : 500000000);
    d.w = draw_integers(&rng, d.n_w, bytes, bytes == 1 ? 127 : 32767);
    int64_t *want = calloc(d.n_acc + 1, sizeof *want);
    for (size_t i = 0; i < d.n_acc; i++) {
        want[i] = fixed_get(d.acc, 2 * bytes, i) * (d.twice ? 2 : 1);
        for (size_t t = 0; t < d.n_taps; t++)
            if (is_set(&d, i / d.width, t, i % d.width))
                want[i] += fixed_get(d.w, bytes, t * d.width + i % d.width);
    }
    if (bytes == 1)
        ((sq_masked_i8_fn *)fn)(d.acc, d.w, d.width, d.word, d.n_rows, d.n_taps, d.twice);
    else
        ((sq_masked_i16_fn *)fn)(d.acc, d.w, d.width, d.word, d.n_rows, d.n_taps, d.twice);
    bool agree = true;
    for (size_t i = 0; i < d.n_acc; i++)
        agree &= fixed_get(d.acc, 2 * bytes, i) == want[i];
    free(want);
    return discard(&d) && agree;
}

static bool i8_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return fixed_agrees(fn, seed, 1);
}

static bool i16_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return fixed_agrees(fn, seed, 2);
}

START_TEST(every_variant_is_the_chain)
{
    require_agreement(&variant_f32[_i], f32_agrees, N_CASES);
}
END_TEST

START_TEST(every_variant_of_8_bits_is_the_sum)
{
    require_agreement(&variant_i8[_i], i8_agrees, N_CASES);
}
END_TEST

START_TEST(every_variant_of_16_bits_is_the_sum)
{
    require_agreement(&variant_i16[_i], i16_agrees, N_CASES);
}
END_TEST

/* A sum that starts as +0 stays +0: weights of -0, and a weight and its opposite. */
START_TEST(no_accumulator_becomes_minus_zero)
{
    float acc[16] __attribute__((aligned(64))) = {0};
    float w[3 * 16] __attribute__((aligned(64)));
    const uint64_t word[3] = {0xff0f, 0xfff0, 0xffff};
    if (!runs_here(&variant_f32[_i]))
        return;
    for (size_t j = 0; j < 16; j++) {
        w[j] = -0.0f;
        w[16 + j] = j % 2 ? -1.5f : -0.0f;
        w[32 + j] = j % 2 && j > 3 ? 1.5f : -0.0f;
    }
    ((sq_masked_f32_fn *)variant_f32[_i].fn)(acc, w, 16, word, 1, 3, 1);
    for (size_t j = 0; j < 16; j++)
        ck_assert(same_bits(&acc[j], &(float){0.0f}, sizeof acc[j]));
}
END_TEST

/* A planted fault: the taps descend. Same sums, other bits. */
static void descending(float *acc, const float *w, size_t width, const uint64_t *word,
                       size_t n_rows, size_t n_taps, int twice)
{
    for (size_t r = 0; r < n_rows; r++) {
        sq_masked_f32_scalar(acc + r * width, w, width, word, 1, 0, twice);
        for (size_t t = n_taps; t > 0; t--)
            sq_masked_f32_scalar(acc + r * width, w + (t - 1) * width, width,
                                 word + r * n_taps + t - 1, 1, 1, 0);
    }
}

/* A planted fault: sums are doubled after the taps. */
static void doubled_late(int16_t *acc, const int8_t *w, size_t width, const uint64_t *word,
                         size_t n_rows, size_t n_taps, int twice)
{
    sq_masked_i8_scalar(acc, w, width, word, n_rows, n_taps, 0);
    sq_masked_i8_scalar(acc, w, width, word, n_rows, 0, twice);
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)descending, f32_agrees, N_CASES), N_CASES / 4);
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)doubled_late, i8_agrees, N_CASES),
                      N_CASES / 8);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("masked");
    TCase *t = tcase_create("masked");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_chain, 0, N_VARIANTS);
    tcase_add_loop_test(t, every_variant_of_8_bits_is_the_sum, 0, N_VARIANTS);
    tcase_add_loop_test(t, every_variant_of_16_bits_is_the_sum, 0, N_VARIANTS);
    tcase_add_loop_test(t, no_accumulator_becomes_minus_zero, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
