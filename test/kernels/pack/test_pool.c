/* Theorem: a bit of out is set if and only if a cell of in has it inside the window: 3x3, stride 2,
 * padding 1, or any other. */
#include "kernels/pack/pool.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 300 };

struct image {
    uint32_t height, width, n_words;
    uint64_t *cell;
};

static size_t image_bytes(const struct image *i)
{
    return (size_t)i->height * i->width * i->n_words * 8;
}

struct window {
    uint32_t kernel, stride, padding;
};

static const struct window usual = {3, 2, 1};

static uint64_t in_window(const struct image *in, const struct window *window, uint32_t y,
                          uint32_t x, uint32_t w)
{
    const int64_t top = (int64_t)y * window->stride - window->padding;
    const int64_t left = (int64_t)x * window->stride - window->padding;
    uint64_t any = 0;
    for (int64_t v = top; v < top + window->kernel; v++)
        for (int64_t u = left; u < left + window->kernel; u++)
            if (0 <= v && v < in->height && 0 <= u && u < in->width)
                any |= in->cell[((size_t)v * in->width + (size_t)u) * in->n_words + w];
    return any;
}

static bool equals_definition(const struct image *out, const struct image *in,
                              const struct window *window)
{
    const uint64_t *got = out->cell;
    for (uint32_t y = 0; y < out->height; y++)
        for (uint32_t x = 0; x < out->width; x++)
            for (uint32_t w = 0; w < in->n_words; w++)
                if (*got++ != in_window(in, window, y, x, w))
                    return false;
    return true;
}

static struct image draw_image(struct sq_rng *rng)
{
    struct image in = {.height = 1 + (uint32_t)sq_rng_below(rng, 12),
                       .width = 1 + (uint32_t)sq_rng_below(rng, 12),
                       .n_words = 1 + (uint32_t)sq_rng_below(rng, 4)};
    in.cell = draw_bits(rng, (size_t)in.height * in.width, in.n_words * 64, draw_rate(rng) / 4);
    return in;
}

/* `flip` is a bit of out to flip after the kernel, a planted fault; -1 for none. */
static bool agrees(uint64_t seed, int flip)
{
    struct sq_rng rng = {seed};
    struct image in = draw_image(&rng);
    struct image out = {(in.height + 1) / 2, (in.width + 1) / 2, in.n_words, NULL};
    out.cell = guarded_new(image_bytes(&out));
    sq_pool_spikes(out.cell, in.cell, in.height, in.width, in.n_words);
    if (flip >= 0)
        out.cell[0] ^= (uint64_t)1 << flip;
    const bool agree = equals_definition(&out, &in, &usual);
    return guarded_free(in.cell, image_bytes(&in)) & guarded_free(out.cell, image_bytes(&out)) &
           agree;
}

/* Some window that the padded image holds. */
static struct window draw_window(struct sq_rng *rng, const struct image *in)
{
    struct window window = {.kernel = 1 + (uint32_t)sq_rng_below(rng, 4),
                            .stride = 1 + (uint32_t)sq_rng_below(rng, 4)};
    window.padding = (uint32_t)sq_rng_below(rng, window.kernel);
    while (window.kernel > in->height + 2 * window.padding ||
           window.kernel > in->width + 2 * window.padding)
        window.padding = --window.kernel / 2;
    return window;
}

/* `exchange`: two sides of the image are exchanged for the kernel, a planted fault. */
static bool any_agrees(uint64_t seed, bool exchange)
{
    struct sq_rng rng = {seed};
    struct image in = draw_image(&rng);
    const struct window window = draw_window(&rng, &in);
    struct image out = {(in.height + 2 * window.padding - window.kernel) / window.stride + 1,
                        (in.width + 2 * window.padding - window.kernel) / window.stride + 1,
                        in.n_words, NULL};
    out.cell = guarded_new(image_bytes(&out));
    sq_pool_any(out.cell, in.cell, exchange ? in.width : in.height, exchange ? in.height : in.width,
                in.n_words, window.kernel, window.stride, window.padding);
    const bool agree = equals_definition(&out, &in, &window);
    return guarded_free(in.cell, image_bytes(&in)) & guarded_free(out.cell, image_bytes(&out)) &
           agree;
}

START_TEST(pool_is_any_in_window)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert_msg(agrees(seed, -1), "seed %ju", (uintmax_t)seed);
}
END_TEST

START_TEST(pool_of_any_window_is_any_in_it)
{
    unsigned n_found = 0;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        ck_assert_msg(any_agrees(seed, false), "seed %ju", (uintmax_t)seed);
        n_found += !any_agrees(seed, true);
    }
    ck_assert_uint_gt(n_found, N_CASES / 4);
}
END_TEST

START_TEST(one_flipped_bit_is_found)
{
    for (int bit = 0; bit < 64; bit++)
        ck_assert(!agrees((uint64_t)bit, bit));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pack");
    TCase *t = tcase_create("pool");
    tcase_add_test(t, pool_is_any_in_window);
    tcase_add_test(t, pool_of_any_window_is_any_in_it);
    tcase_add_test(t, one_flipped_bit_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
