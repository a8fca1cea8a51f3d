/* Fan-outs of kernels: the sum over inputs of the taps that exist equals trying every tap of every output
 * pixel, whatever the kernel, its stride, its padding and the grid. */
#include "sim/nodes/fanout.h"
#include "test/sim/nodes/kernel_case.h"

#include <math.h>
#include <string.h>

/* Taps that input pixel (y, x) has, and those of every line and column. */
struct tap_case {
    struct kernel_case of;
    struct sq_taps taps;
    uint32_t down[KERNEL_CASE_SIDE], across[KERNEL_CASE_SIDE];
};

static void draw_case(struct sq_rng *rng, struct tap_case *out)
{
    out->of = draw_kernel_case(rng);
    for (uint32_t y = 0; y < out->of.height; y++)
        out->down[y] = count_taps(&out->of, y, out->of.height);
    for (uint32_t x = 0; x < out->of.width; x++)
        out->across[x] = count_taps(&out->of, x, out->of.width);
    out->taps = (struct sq_taps){out->of.height, out->of.width, out->down, out->across};
}

static uint64_t taps_of(const struct tap_case *of, size_t pixel)
{
    return (uint64_t)of->down[pixel / of->of.width] * of->across[pixel % of->of.width];
}

START_TEST(of_events)
{
    struct sq_rng rng = {(uint64_t)_i};
    struct tap_case of;
    draw_case(&rng, &of);
    const size_t n_pixels = (size_t)of.of.height * of.of.width;
    uint32_t *begin = calloc(n_pixels + 1, sizeof *begin);
    uint64_t want = 0;
    begin[0] = (uint32_t)sq_rng_below(&rng, 1000); /* lists of higher planes begin elsewhere */
    for (size_t pixel = 0; pixel < n_pixels; pixel++) {
        const uint32_t n = (uint32_t)sq_rng_below(&rng, 3) * (uint32_t)sq_rng_below(&rng, 40);
        begin[pixel + 1] = begin[pixel] + n;
        want += n * taps_of(&of, pixel);
    }
    const uint64_t got = sq_fanout_events(begin, &of.taps);
    ck_assert_msg(got == want, "seed %d, %s: %llu, not %llu", _i, describe_kernel_case(&of.of),
                  (unsigned long long)got, (unsigned long long)want);
    free(begin);
}
END_TEST

/* A packet of counts in bit rows, with the begins of its lists. */
struct counts {
    struct sq_spike_shape shape;
    struct sq_spikes spikes;
    struct sq_fanout want;
};

static struct counts draw_counts(struct sq_rng *rng, const struct tap_case *of, uint32_t planes)
{
    struct counts c = {.want.is_counts = 1};
    const uint32_t channels = 1 + (uint32_t)sq_rng_below(rng, 150);
    c.shape = (struct sq_spike_shape){of->of.height * of->of.width, channels, (channels + 63) / 64,
                                      planes, of->of.width};
    c.spikes.bits = calloc(planes * sq_plane_words(&c.shape), sizeof *c.spikes.bits);
    c.spikes.begin = calloc(planes * (c.shape.n_rows + 1), sizeof *c.spikes.begin);
    for (uint32_t row = 0; row < c.shape.n_rows; row++)
        for (uint32_t channel = 0; channel < channels; channel++) {
            const uint64_t value = sq_rng_below(rng, 3) > 0 ? 0 : sq_rng_below(rng, 1ull << planes);
            c.want.nonzeros += value != 0;
            c.want.fanout += value != 0 ? taps_of(of, row) : 0;
            c.want.unit_fanout += value * taps_of(of, row);
            for (uint32_t p = 0; p < planes; p++) {
                uint64_t *word = c.spikes.bits + p * sq_plane_words(&c.shape) +
                                 (size_t)row * c.shape.n_words + channel / 64;
                *word |= (value >> p & 1) << channel % 64;
                c.spikes.begin[p * (c.shape.n_rows + 1) + row + 1] += value >> p & 1;
            }
        }
    for (uint32_t p = 0, at = 0; p < planes; p++)
        for (uint32_t row = 0; row <= c.shape.n_rows; row++)
            at = c.spikes.begin[p * (c.shape.n_rows + 1) + row] += at;
    return c;
}

START_TEST(of_counts)
{
    struct sq_rng rng = {1000 + (uint64_t)_i};
    struct tap_case of;
    draw_case(&rng, &of);
    struct counts c = draw_counts(&rng, &of, 1 + (uint32_t)_i % 5);
    const struct sq_fanout got = sq_fanout_counts(&c.spikes, &c.shape, &of.taps);
    ck_assert_msg(got.nonzeros == c.want.nonzeros && got.fanout == c.want.fanout &&
                      got.unit_fanout == c.want.unit_fanout,
                  "seed %d, %s: %llu, %llu, %llu, not %llu, %llu, %llu", _i,
                  describe_kernel_case(&of.of), (unsigned long long)got.nonzeros,
                  (unsigned long long)got.fanout, (unsigned long long)got.unit_fanout,
                  (unsigned long long)c.want.nonzeros, (unsigned long long)c.want.fanout,
                  (unsigned long long)c.want.unit_fanout);
    ck_assert_int_eq(got.is_counts, 1);
    free(c.spikes.bits);
    free(c.spikes.begin);
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
    struct sq_rng rng = {2000 + (uint64_t)_i};
    struct tap_case of;
    draw_case(&rng, &of);
    const uint32_t channels = 1 + (uint32_t)sq_rng_below(&rng, 3);
    const size_t n = (size_t)of.of.height * of.of.width * channels;
    float *pixels = calloc(n, sizeof *pixels);
    struct sq_fanout want = {.is_counts = 1};
    for (size_t i = 0; i < n; i++) {
        const float p = pixels[i] = draw_pixel(&rng, _i % 4);
        const uint64_t taps = taps_of(&of, i / channels);
        want.nonzeros += p != 0;
        want.fanout += p != 0 ? taps : 0;
        if (p < 0 || p != truncf(p) || p > 0x1p24f)
            want.is_counts = 0;
        else
            want.unit_fanout += (uint64_t)p * taps;
    }
    const struct sq_fanout got = sq_fanout_pixels(pixels, &of.taps, channels);
    ck_assert_uint_eq(got.nonzeros, want.nonzeros);
    ck_assert_msg(got.fanout == want.fanout, "seed %d, %s", _i, describe_kernel_case(&of.of));
    ck_assert_int_eq(got.is_counts, want.is_counts);
    ck_assert_uint_eq(got.unit_fanout, want.is_counts ? want.unit_fanout : 0);
    free(pixels);
}
END_TEST

static Suite *fanout_suite(void)
{
    Suite *suite = suite_create("fanout");
    TCase *tests = tcase_create("against every tap");
    tcase_add_loop_test(tests, of_events, 0, 2 * N_KERNEL_CASES);
    tcase_add_loop_test(tests, of_counts, 0, 2 * N_KERNEL_CASES);
    tcase_add_loop_test(tests, of_pixels, 0, 2 * N_KERNEL_CASES);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(fanout_suite())
