/* Theorem: a logit is the exact sum rounded once. Products of float32 and their sums fit the 64-bit
 * significand of long double here, which serves as the exact sum. */
#include "kernels/dense/dense.h"

#include "test/kernels/kernel_test.h"

enum { N_CASES = 100, MAX_IN = 300 };

typedef void readout_fn(float *out, const float *w, size_t width, const float *x, size_t n_in,
                        const float *bias);

/* Whole multiples of 1/16 below 64: every sum is exact. */
static float draw_dyadic(struct sq_rng *rng)
{
    return (float)((double)sq_rng_below(rng, 2048) / 16 - 64);
}

static bool agrees(readout_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t width = draw_width(&rng), n_in = 1 + sq_rng_below(&rng, MAX_IN);
    float *w = guarded_new(n_in * width * sizeof *w), *x = guarded_new(n_in * sizeof *x);
    float *bias = guarded_new(width * sizeof *bias), *out = guarded_new(width * sizeof *out);
    for (size_t i = 0; i < n_in * width; i++)
        w[i] = draw_dyadic(&rng);
    for (size_t i = 0; i < n_in; i++)
        x[i] = draw_dyadic(&rng);
    for (size_t j = 0; j < width; j++)
        bias[j] = draw_dyadic(&rng);
    fn(out, w, width, x, n_in, bias);
    bool agree = true;
    for (size_t j = 0; j < width; j++) {
        long double sum = (long double)bias[j];
        for (size_t i = 0; i < n_in; i++)
            sum += (long double)x[i] * (long double)w[i * width + j];
        const float want = (float)sum;
        agree &= same_bits(&want, &out[j], sizeof want);
    }
    agree &= guarded_free(w, n_in * width * sizeof *w) & guarded_free(x, n_in * sizeof *x);
    agree &= guarded_free(bias, width * sizeof *bias);
    return guarded_free(out, width * sizeof *out) & agree;
}

START_TEST(a_logit_is_the_exact_sum_rounded_once)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert_msg(agrees(sq_readout, seed), "seed %ju", (uintmax_t)seed);
}
END_TEST

/* A planted fault: the last input is left out. */
static void short_sum(float *out, const float *w, size_t width, const float *x, size_t n_in,
                      const float *bias)
{
    sq_readout(out, w, width, x, n_in - 1, bias);
}

START_TEST(a_planted_fault_is_found)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert(!agrees(short_sum, seed));
}
END_TEST

static Suite *readout_suite(void)
{
    Suite *suite = suite_create("kernels/dense readout");
    TCase *tests = tcase_create("readout");
    tcase_add_test(tests, a_logit_is_the_exact_sum_rounded_once);
    tcase_add_test(tests, a_planted_fault_is_found);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(readout_suite())
