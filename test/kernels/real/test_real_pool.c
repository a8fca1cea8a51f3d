/* Theorem: an element of out is the maximum of those of in, of the same place in their pixels, that
 * the window covers; of several zeros the first. */
#include "kernels/real/real_pool.h"

#include "test/kernels/draw_window.h"

enum { N_CASES = 400 };

/* `as_float` 0: the same bits as integers. */
static bool exceeds(float a, float b, bool as_float)
{
    int32_t i, k;
    memcpy(&i, &a, sizeof i);
    memcpy(&k, &b, sizeof k);
    return as_float ? a > b : i > k;
}

static float in_window(const struct drawn *d, uint32_t y, uint32_t x, size_t c, bool as_float)
{
    float most = 0;
    bool any = false;
    for (uint32_t v = y * d->stride; v < y * d->stride + d->kernel; v++)
        for (uint32_t u = x * d->stride; u < x * d->stride + d->kernel; u++) {
            if (v < d->padding || v - d->padding >= d->height || u < d->padding ||
                u - d->padding >= d->width)
                continue;
            const size_t pixel = (size_t)(v - d->padding) * d->width + (u - d->padding);
            const float at = d->in[pixel * d->row + c];
            most = !any || exceeds(at, most, as_float) ? at : most;
            any = true;
        }
    return most;
}

static bool equals_definition(const struct drawn *d, bool as_float)
{
    const float *got = d->out;
    bool equal = true;
    for (uint32_t y = 0; y < d->out_height; y++)
        for (uint32_t x = 0; x < d->out_width; x++)
            for (size_t c = 0; c < d->row; c++, got++)
                equal &= same_bits(got, &(float){in_window(d, y, x, c, as_float)}, sizeof *got);
    return equal;
}

static bool agrees(uint64_t seed, sq_real_max_f32_fn *max)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw_window(&rng, true);
    sq_real_pool(d.out, d.in, d.height, d.width, d.row, d.kernel, d.stride, d.padding, max);
    const bool agree = equals_definition(&d, true);
    return discard(&d) && agree;
}

START_TEST(pool_is_the_maximum_of_the_window)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert_msg(agrees(seed, sq_real_max_f32_scalar), "seed %ju", (uintmax_t)seed);
}
END_TEST

START_TEST(pool_of_integers_is_the_maximum_of_the_window)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        struct sq_rng rng = {seed};
        struct drawn d = draw_window(&rng, true);
        sq_real_pool_i32((int32_t *)(void *)d.out, (const int32_t *)(const void *)d.in, d.height,
                         d.width, d.row, d.kernel, d.stride, d.padding, sq_real_max_i32_scalar);
        const bool agree = equals_definition(&d, false);
        ck_assert_msg(discard(&d) && agree, "seed %ju", (uintmax_t)seed);
    }
}
END_TEST

/* A planted fault: the last cell of each window, not the greatest. */
static void last(float *out, const float *a, size_t n)
{
    memcpy(out, a, n * sizeof *out);
}

START_TEST(planted_fault_is_found)
{
    unsigned n_found = 0;
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        n_found += !agrees(seed, last);
    ck_assert_uint_gt(n_found, N_CASES / 4);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("real");
    TCase *t = tcase_create("pool");
    tcase_add_test(t, pool_is_the_maximum_of_the_window);
    tcase_add_test(t, pool_of_integers_is_the_maximum_of_the_window);
    tcase_add_test(t, planted_fault_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
