/* Fan-outs of 3x3 kernels: the sum over inputs of the taps that exist equals trying every tap. */
#include "sim/nodes/fanout.h"
#include "test/unit.h"

#include <math.h>
#include <stddef.h>

/* Output pixels that input pixel (y, x) reaches, one by one. */
static uint64_t count_taps(int64_t y, int64_t x, int64_t height, int64_t width)
{
    uint64_t n = 0;
    for (int64_t to_y = y - 1; to_y <= y + 1; to_y++)
        for (int64_t to_x = x - 1; to_x <= x + 1; to_x++)
            n += to_y >= 0 && to_y < height && to_x >= 0 && to_x < width;
    return n;
}

static const uint32_t size[][2] = {{1, 1}, {1, 2}, {2, 1}, {1, 9},  {9, 1},  {2, 2},
                                   {2, 3}, {3, 3}, {4, 7}, {13, 5}, {32, 32}};
enum { N_SIZES = sizeof size / sizeof size[0] };

START_TEST(of_events)
{
    struct sq_rng rng = {(uint64_t)_i};
    const uint32_t height = size[_i % N_SIZES][0], width = size[_i % N_SIZES][1];
    uint32_t *begin = calloc(height * width + 1, sizeof *begin);
    uint64_t want = 0;
    begin[0] = (uint32_t)sq_rng_below(&rng, 1000); /* lists of higher planes begin elsewhere */
    for (uint32_t pixel = 0; pixel < height * width; pixel++) {
        const uint32_t n = (uint32_t)sq_rng_below(&rng, 3) * (uint32_t)sq_rng_below(&rng, 40);
        begin[pixel + 1] = begin[pixel] + n;
        want += n * count_taps(pixel / width, pixel % width, height, width);
    }
    const uint64_t got = sq_fanout_events(begin, height, width);
    ck_assert_msg(got == want, "seed %d, %ux%u: %llu, not %llu", _i, height, width,
                  (unsigned long long)got, (unsigned long long)want);
    free(begin);
}
END_TEST

/* kind 0: whole numbers; 1: with fractions; 2: with negative ones; 3: with one beyond 2^24. */
static float draw_pixel(struct sq_rng *rng, int kind)
{
    const float whole = (float)(sq_rng_below(rng, 4) * sq_rng_below(rng, 100));
    if (sq_rng_below(rng, 3) == 0)
        return 0;
    return kind == 1 ? whole / 8 : kind == 2 ? -whole : kind == 3 ? whole * 0x1p20f : whole;
}

START_TEST(of_pixels)
{
    struct sq_rng rng = {(uint64_t)_i};
    const uint32_t height = size[_i % N_SIZES][0], width = size[_i % N_SIZES][1];
    const uint32_t channels = 1 + (uint32_t)sq_rng_below(&rng, 3);
    const size_t n = (size_t)height * width * channels;
    float *pixels = calloc(n, sizeof *pixels);
    struct sq_fanout want = {.is_counts = 1};
    for (size_t i = 0; i < n; i++) {
        const float p = pixels[i] = draw_pixel(&rng, _i % 4);
        const size_t pixel = i / channels;
        const uint64_t taps =
            count_taps((int64_t)(pixel / width), (int64_t)(pixel % width), height, width);
        want.nonzeros += p != 0;
        want.fanout += p != 0 ? taps : 0;
        if (p < 0 || p != truncf(p) || p > 0x1p24f)
            want.is_counts = 0;
        else
            want.unit_fanout += (uint64_t)p * taps;
    }
    const struct sq_fanout got = sq_fanout_pixels(pixels, height, width, channels);
    ck_assert_uint_eq(got.nonzeros, want.nonzeros);
    ck_assert_uint_eq(got.fanout, want.fanout);
    ck_assert_int_eq(got.is_counts, want.is_counts);
    if (want.is_counts)
        ck_assert_uint_eq(got.unit_fanout, want.unit_fanout);
    free(pixels);
}
END_TEST

static Suite *fanout_suite(void)
{
    Suite *suite = suite_create("fanout");
    TCase *tests = tcase_create("against every tap");
    tcase_add_loop_test(tests, of_events, 0, 44);
    tcase_add_loop_test(tests, of_pixels, 0, 44);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(fanout_suite())
