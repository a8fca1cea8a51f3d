/* Theorem: an element of out is the sum of those of in, of the same place in their pixels, that the window
 * covers, in row-major order, over their number; rows and columns that no whole window covers are left out. */
#include "kernels/dense/average.h"

#include "test/kernels/draw_window.h"

#include <math.h>

enum { N_CASES = 400 };

/* `reversed`: a planted fault, another order of the sum. */
static float mean_of(const struct drawn *d, uint32_t y, uint32_t x, size_t c, bool reversed)
{
    const uint32_t n = d->kernel * d->kernel;
    float sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t k = reversed ? n - 1 - i : i;
        const size_t pixel =
            (size_t)(y * d->stride + k / d->kernel) * d->width + x * d->stride + k % d->kernel;
        const float at = d->in[pixel * d->row + c];
        sum = i == 0 ? at : sum + at;
    }
    return sum / (float)n;
}

static bool agrees(uint64_t seed, bool reversed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw_window(&rng, false);
    const float *got = d.out;
    bool equal = true;
    sq_average(d.out, d.in, d.height, d.width, d.row, d.kernel, d.stride);
    for (uint32_t y = 0; y < d.out_height; y++)
        for (uint32_t x = 0; x < d.out_width; x++)
            for (size_t c = 0; c < d.row; c++, got++)
                equal &= same_bits(got, &(float){mean_of(&d, y, x, c, reversed)}, sizeof *got);
    return discard(&d) && equal;
}

START_TEST(pixels_are_averaged_in_order)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert_msg(agrees(seed, false), "seed %ju", (uintmax_t)seed);
}
END_TEST

START_TEST(another_order_is_found)
{
    unsigned n_found = 0;
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        n_found += !agrees(seed, true);
    ck_assert_uint_gt(n_found, N_CASES / 4);
}
END_TEST

/* In integers, of 1, 4 or 16 pixels: the quotient, rounded down or to the nearest. */
START_TEST(integers_are_shifted_once)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        struct sq_rng rng = {seed};
        struct drawn d = draw_window(&rng, false);
        const uint32_t shift = 2 * (31 - (uint32_t)__builtin_clz(d.kernel));
        const enum sq_rounding rounding = seed % 2 == 0 ? SQ_ROUND_DOWN : SQ_ROUND_NEAREST;
        const int32_t *in = (const int32_t *)(const void *)d.in;
        int32_t *got = (int32_t *)(void *)d.out;
        const bool is_power = 1u << shift == d.kernel * d.kernel;
        if (is_power)
            sq_average_i32(got, in, d.height, d.width, d.row, d.kernel, d.stride, shift, rounding);
        for (uint32_t y = 0; is_power && y < d.out_height; y++)
            for (uint32_t x = 0; x < d.out_width; x++)
                for (size_t c = 0; c < d.row; c++, got++) {
                    double sum = 0;
                    for (uint32_t v = 0; v < d.kernel; v++)
                        for (uint32_t u = 0; u < d.kernel; u++)
                            sum += in[((size_t)(y * d.stride + v) * d.width + x * d.stride + u) *
                                          d.row +
                                      c];
                    sum /= d.kernel * d.kernel;
                    ck_assert_int_eq(*got,
                                     (int32_t)(rounding == SQ_ROUND_DOWN ? floor(sum) : rint(sum)));
                }
        ck_assert(discard(&d));
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("dense");
    TCase *t = tcase_create("average");
    tcase_add_test(t, pixels_are_averaged_in_order);
    tcase_add_test(t, another_order_is_found);
    tcase_add_test(t, integers_are_shifted_once);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
