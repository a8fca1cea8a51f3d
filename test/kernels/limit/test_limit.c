/* Theorem: every variant of sq_limit is its equation, each sum one chain in the order of the rows,
 * bit for bit, and touches nothing beside the sums. */
#include "kernels/limit/limit.h"

#include "test/kernels/fixed_test.h"

enum { N_CASES = 200, MAX_ROWS = 3 * SQ_LIMIT_ROWS };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs)                                                          \
    {"sq_limit_f32_" #isa, (unsigned)(needs), (any_kernel_fn *)sq_limit_f32_##isa},     \
        {"sq_limit_i16_" #isa, (unsigned)(needs), (any_kernel_fn *)sq_limit_i16_##isa}, \
        {"sq_limit_i32_" #isa, (unsigned)(needs), (any_kernel_fn *)sq_limit_i32_##isa},
#include "kernels/limit/limit.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

/* Does fn, a variant of this type, add rows that `draw` makes as the equation does? */
#define AGREES(type, number, draw)                                                                \
    static bool type##_agrees(any_kernel_fn *fn, uint64_t seed)                                   \
    {                                                                                             \
        struct sq_rng rng = {seed};                                                               \
        const size_t width = SQ_LIMIT_BYTES / sizeof(number);                                     \
        const size_t n_rows = sq_rng_below(&rng, MAX_ROWS + 1), n = n_rows * width;               \
        number *w = draw(&rng, n), *sum = draw(&rng, width), *want = guarded_new(SQ_LIMIT_BYTES); \
        memcpy(want, sum, SQ_LIMIT_BYTES);                                                        \
        for (size_t i = 0; i < n; i++)                                                            \
            want[i % width] = (number)(want[i % width] + w[i]);                                   \
        ((sq_limit_##type##_fn *)fn)(sum, w, n_rows);                                             \
        const bool agree = same_bits(sum, want, SQ_LIMIT_BYTES);                                  \
        return guarded_free(w, n * sizeof *w) & guarded_free(sum, SQ_LIMIT_BYTES) &               \
               guarded_free(want, SQ_LIMIT_BYTES) & agree;                                        \
    }

static void *draw_words(struct sq_rng *rng, size_t n)
{
    return draw_integers(rng, n, sizeof(int16_t), INT16_MAX);
}

static void *draw_longs(struct sq_rng *rng, size_t n)
{
    return draw_integers(rng, n, sizeof(int32_t), INT32_MAX);
}

AGREES(f32, float, draw_floats)
AGREES(i16, uint16_t, draw_words)
AGREES(i32, uint32_t, draw_longs)

START_TEST(sums_are_chains_of_rows)
{
    static bool (*const agrees[])(any_kernel_fn *, uint64_t) = {f32_agrees, i16_agrees, i32_agrees};
    require_agreement(&variant[_i], agrees[_i % 3], N_CASES);
}
END_TEST

/* Planted faults: the rows descend; the last one is left out. */
static void descending(float *sum, const float *w, size_t n_rows)
{
    for (size_t r = n_rows; r > 0; r--)
        sq_limit_f32_scalar(sum, w + (r - 1) * (SQ_LIMIT_BYTES / sizeof *w), 1);
}

static void too_few(uint16_t *sum, const uint16_t *w, size_t n_rows)
{
    sq_limit_i16_scalar(sum, w, n_rows > 0 ? n_rows - 1 : 0);
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)descending, f32_agrees, N_CASES), N_CASES / 2);
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)too_few, i16_agrees, N_CASES), N_CASES / 2);
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
