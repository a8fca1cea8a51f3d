/* Theorem: every variant of sq_limit_f32 is its equation, each sum one chain in the order of the rows,
 * bit for bit, and touches nothing beside the sums. */
#include "kernels/limit/limit.h"

#include "test/kernels/fixed_test.h"

enum { N_CASES = 200, MAX_ROWS = 40 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) \
    {"sq_limit_f32_" #isa, (unsigned)(needs), (any_kernel_fn *)sq_limit_f32_##isa},
#include "kernels/limit/limit.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

static bool agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t n_rows = sq_rng_below(&rng, MAX_ROWS + 1), n = n_rows * SQ_LIMIT_WIDTH;
    const size_t bytes = SQ_LIMIT_WIDTH * sizeof(float);
    float *w = draw_floats(&rng, n), *sum = draw_floats(&rng, SQ_LIMIT_WIDTH);
    float *want = guarded_new(bytes);
    memcpy(want, sum, bytes);
    for (size_t i = 0; i < n; i++)
        want[i % SQ_LIMIT_WIDTH] += w[i];
    ((sq_limit_f32_fn *)fn)(sum, w, n_rows);
    const bool agree = same_bits(sum, want, bytes);
    return guarded_free(w, n * sizeof *w) & guarded_free(sum, bytes) & guarded_free(want, bytes) &
           agree;
}

START_TEST(sums_are_chains_of_rows)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

/* A planted fault: the rows descend. */
static void descending(float *sum, const float *w, size_t n_rows)
{
    for (size_t r = n_rows; r > 0; r--)
        sq_limit_f32_scalar(sum, w + (r - 1) * SQ_LIMIT_WIDTH, 1);
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)descending, agrees, N_CASES), N_CASES / 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("limit");
    TCase *t = tcase_create("limit");
    tcase_add_loop_test(t, sums_are_chains_of_rows, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
