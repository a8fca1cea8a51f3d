/* Theorems: planes of a sum are the sum of the planes' values; column sums are sums of values. */
#include "kernels/pack/planes.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 300, MAX_WORDS = 7 };

/* Value of element i of [n_planes][n_words]. */
static unsigned value(const uint64_t *planes, unsigned n_planes, size_t n_words, size_t i)
{
    unsigned sum = 0;
    for (unsigned p = 0; p < n_planes; p++)
        sum += (unsigned)sq_bit_get(planes + p * n_words, i) << p;
    return sum;
}

/* The smallest n_out that holds the largest possible sum, or more. */
static unsigned planes_for(unsigned n_a, unsigned n_b)
{
    const unsigned most = ((1u << n_a) - 1) + ((1u << n_b) - 1);
    unsigned n_out = n_a;
    while (most >> n_out)
        n_out++;
    return n_out;
}

static bool sum_agrees(uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t n_words = sq_rng_below(&rng, MAX_WORDS + 1);
    const unsigned n_a = 1 + (unsigned)sq_rng_below(&rng, 6);
    const unsigned n_b = 1 + (unsigned)sq_rng_below(&rng, n_a);
    const unsigned n_out = planes_for(n_a, n_b) + (unsigned)sq_rng_below(&rng, 2);
    uint64_t *a = draw_bits(&rng, n_a, n_words * 64, draw_rate(&rng));
    uint64_t *b = draw_bits(&rng, n_b, n_words * 64, draw_rate(&rng));
    uint64_t *out = guarded_new(n_out * n_words * 8);
    sq_planes_add(out, n_out, a, n_a, b, n_b, n_words);
    bool agree = true;
    for (size_t i = 0; i < n_words * 64; i++)
        agree &=
            value(out, n_out, n_words, i) == value(a, n_a, n_words, i) + value(b, n_b, n_words, i);
    return guarded_free(a, n_a * n_words * 8) & guarded_free(b, n_b * n_words * 8) &
           guarded_free(out, n_out * n_words * 8) & agree;
}

START_TEST(planes_add_like_integers)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert_msg(sum_agrees(seed), "seed %ju", (uintmax_t)seed);
}
END_TEST

/* As in a residual stream whose bound is known to be less than the planes could hold. */
START_TEST(a_bounded_sum_fits_its_planes)
{
    const uint64_t a[2] = {0x5, 0x0}, b[2] = {0x3, 0x4}; /* at most 1 + 2, in two planes */
    uint64_t out[2];
    sq_planes_add(out, 2, a, 2, b, 2, 1);
    ck_assert_uint_eq(out[0], 0x6);
    ck_assert_uint_eq(out[1], 0x5);
}
END_TEST

/* Column sums start from what `sum` holds. `fault` is added to one of them, a planted fault. */
static bool columns_agree(uint64_t seed, uint32_t fault)
{
    struct sq_rng rng = {seed};
    const unsigned n_planes = 1 + (unsigned)sq_rng_below(&rng, 4);
    const uint32_t n_rows = (uint32_t)sq_rng_below(&rng, 20);
    const uint32_t n_channels = 1 + (uint32_t)sq_rng_below(&rng, 200);
    const uint32_t n_words = (uint32_t)sq_words_for(n_channels);
    uint64_t *bits = draw_bits(&rng, n_planes * n_rows, n_channels, draw_rate(&rng));
    uint32_t *sum = guarded_new(n_channels * sizeof *sum);
    for (uint32_t c = 0; c < n_channels; c++)
        sum[c] = c;
    sq_planes_sum(sum, bits, n_planes, n_rows, n_words);
    sum[n_channels - 1] += fault;
    bool agree = true;
    for (uint32_t c = 0; c < n_channels; c++) {
        uint32_t want = c;
        for (uint32_t r = 0; r < n_rows; r++)
            want += value(bits + (size_t)r * n_words, n_planes, (size_t)n_rows * n_words, c);
        agree &= sum[c] == want;
    }
    return guarded_free(bits, (size_t)n_planes * n_rows * n_words * 8) &
           guarded_free(sum, n_channels * sizeof *sum) & agree;
}

START_TEST(columns_sum_like_integers)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        ck_assert_msg(columns_agree(seed, 0), "seed %ju", (uintmax_t)seed);
        ck_assert(!columns_agree(seed, 1));
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pack");
    TCase *t = tcase_create("planes");
    tcase_add_test(t, planes_add_like_integers);
    tcase_add_test(t, a_bounded_sum_fits_its_planes);
    tcase_add_test(t, columns_sum_like_integers);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
