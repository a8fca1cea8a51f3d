/* Theorem: in every variant the counts of packets are those of trying every element, and for
 * pooling every window. */
#include "kernels/count/packet_count.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 200, MAX_ROWS = 40, MAX_CHANNELS = 200, MAX_SIDE = 18 };

static const struct functions {
    struct variant variant;
    sq_count_common_fn *common;
    sq_count_windows_fn *windows;
    sq_count_nonzeros_f32_fn *nonzeros;
} table[] = {
#define SQ_VARIANT(isa, needs)                    \
    {{"sq_count_" #isa, (unsigned)(needs), NULL}, \
     sq_count_common_##isa,                       \
     sq_count_windows_##isa,                      \
     sq_count_nonzeros_f32_##isa},
#include "kernels/count/packet_count.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof table / sizeof table[0] };

/* Is element i of the packet not 0? */
static int is_nonzero(const uint64_t *bits, uint32_t n_planes, size_t n_words, size_t i)
{
    int any = 0;
    for (uint32_t p = 0; p < n_planes; p++)
        any |= sq_bit_get(bits + p * n_words, i);
    return any;
}

START_TEST(common_elements)
{
    const struct functions *fn = &table[_i];
    if (!runs_here(&fn->variant))
        return;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        struct sq_rng rng = {seed};
        const size_t n_channels = 1 + sq_rng_below(&rng, MAX_CHANNELS);
        const size_t n_rows = 1 + sq_rng_below(&rng, MAX_ROWS);
        const size_t n_words = n_rows * sq_words_for(n_channels);
        const uint32_t n_a = 1 + (uint32_t)sq_rng_below(&rng, 4);
        const uint32_t n_b = 1 + (uint32_t)sq_rng_below(&rng, 4);
        uint64_t *a = draw_bits(&rng, n_a * n_rows, n_channels, draw_rate(&rng));
        uint64_t *b = draw_bits(&rng, n_b * n_rows, n_channels, draw_rate(&rng));
        uint64_t both = 0, of_a = 0;
        for (size_t i = 0; i < 64 * n_words; i++) {
            of_a += (uint64_t)is_nonzero(a, n_a, n_words, i);
            both += (uint64_t)(is_nonzero(a, n_a, n_words, i) & is_nonzero(b, n_b, n_words, i));
        }
        ck_assert_uint_eq(fn->common(a, n_a, b, n_b, n_words), both);
        ck_assert_uint_eq(fn->common(a, n_a, a, n_a, n_words), of_a);
        ck_assert_int_eq(guarded_free(a, n_a * n_words * 8), 1);
        ck_assert_int_eq(guarded_free(b, n_b * n_words * 8), 1);
    }
}
END_TEST

/* Windows along one axis that hold the place `at`, one by one. */
static uint64_t try_windows(int64_t at, int64_t size)
{
    uint64_t n = 0;
    for (int64_t centre = 0; centre < size; centre += 2)
        n += at >= centre - 1 && at <= centre + 1;
    return n;
}

START_TEST(windows_of_pixels)
{
    const struct functions *fn = &table[_i];
    if (!runs_here(&fn->variant))
        return;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        struct sq_rng rng = {seed};
        const uint32_t height = 1 + (uint32_t)sq_rng_below(&rng, MAX_SIDE);
        const uint32_t width = 1 + (uint32_t)sq_rng_below(&rng, MAX_SIDE);
        const uint32_t n_channels = 1 + (uint32_t)sq_rng_below(&rng, MAX_CHANNELS);
        const uint32_t n_words = (uint32_t)sq_words_for(n_channels);
        uint64_t *bits = draw_bits(&rng, (size_t)height * width, n_channels, draw_rate(&rng));
        uint64_t want = 0;
        for (uint32_t pixel = 0; pixel < height * width; pixel++)
            want += sq_popcount(bits + (size_t)pixel * n_words, n_words) *
                    try_windows(pixel / width, height) * try_windows(pixel % width, width);
        ck_assert_uint_eq(fn->windows(bits, height, width, n_words), want);
        ck_assert_int_eq(guarded_free(bits, (size_t)height * width * n_words * 8), 1);
    }
}
END_TEST

START_TEST(values_that_are_not_zero)
{
    const struct functions *fn = &table[_i];
    if (!runs_here(&fn->variant))
        return;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        struct sq_rng rng = {seed};
        const size_t n = sq_rng_below(&rng, 400);
        float *y = draw_floats(&rng, n); /* zeros of both signs and subnormals among them */
        uint64_t want = 0;
        for (size_t i = 0; i < n; i++)
            want += fpclassify(y[i]) != FP_ZERO;
        ck_assert_uint_eq(fn->nonzeros(y, n), want);
        ck_assert_int_eq(guarded_free(y, n * sizeof *y), 1);
    }
}
END_TEST

static Suite *packet_count_suite(void)
{
    Suite *suite = suite_create("kernels/count");
    TCase *tests = tcase_create("packet_count");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, common_elements, 0, N_VARIANTS);
    tcase_add_loop_test(tests, windows_of_pixels, 0, N_VARIANTS);
    tcase_add_loop_test(tests, values_that_are_not_zero, 0, N_VARIANTS);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(packet_count_suite())
