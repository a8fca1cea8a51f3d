/* Bytes to pixels, against the definition written out plainly. */
#include "sim/input/images/fit.h"
#include "test/unit.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { C = 3, MOST = C * 40 * 40 };

static struct sq_arena arena;
static struct sq_config config = {
    .n_mean = 3, .n_std = 3, .mean = {.4914f, .4822f, .4465f}, .std = {.2470f, .2435f, .2616f}};

static struct sq_fit_plan prepare(enum sq_fit fit, uint32_t from_h, uint32_t from_w, uint32_t h,
                                  uint32_t w)
{
    struct sq_fit_plan plan = {
        .channels = C, .from_height = from_h, .from_width = from_w, .height = h, .width = w};
    config.fit = fit;
    ck_assert_int_eq(sq_fit_prepare(&plan, &config, &arena), SQ_OK);
    return plan;
}

static void draw_bytes(struct sq_rng *rng, unsigned char *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)sq_rng_next(rng);
}

static float normalised(uint32_t c, float x)
{
    return (x - config.mean[c]) / config.std[c];
}

START_TEST(padding_is_black_and_normalised)
{
    static const uint32_t side[][4] = {
        {28, 28, 32, 32}, {27, 30, 32, 32}, {32, 32, 32, 32}, {1, 1, 4, 4}, {5, 7, 5, 8}};
    struct sq_rng rng = {(uint64_t)_i + 1};
    const uint32_t *s = side[_i];
    unsigned char in[MOST];
    float out[MOST];
    draw_bytes(&rng, in, sizeof in);
    const struct sq_fit_plan plan = prepare(SQ_FIT_PAD, s[0], s[1], s[2], s[3]);
    sq_fit_apply(&plan, in, out);
    const int top = (int)((s[2] - s[0]) / 2), left = (int)((s[3] - s[1]) / 2);
    for (uint32_t c = 0, i = 0; c < C; c++)
        for (int y = 0; y < (int)s[2]; y++)
            for (int x = 0; x < (int)s[3]; x++, i++) {
                const bool inside =
                    y >= top && y < top + (int)s[0] && x >= left && x < left + (int)s[1];
                const int at = ((int)c * (int)s[0] + y - top) * (int)s[1] + x - left;
                const float want = normalised(c, inside ? (float)in[at] / 255.0f : 0.0f);
                ck_assert_msg(out[i] == want, "channel %u, row %d, column %d", c, y, x);
            }
}
END_TEST

START_TEST(without_mean_only_scaled)
{
    unsigned char in[C * 4] = {0, 1, 128, 255};
    float out[C * 4];
    config.n_mean = config.n_std = 0;
    const struct sq_fit_plan plan = prepare(SQ_FIT_NONE, 2, 2, 2, 2);
    sq_fit_apply(&plan, in, out);
    for (int i = 0; i < 4; i++)
        ck_assert(out[i] == (float)in[i] / 255.0f);
}
END_TEST

/* Bilinear in double precision, straight from the definition. */
static double interpolated(const unsigned char *in, int h, int w, double y, double x)
{
    y = fmax(y, 0);
    x = fmax(x, 0);
    const int y0 = (int)fmin(floor(y), h - 1), x0 = (int)fmin(floor(x), w - 1);
    const int y1 = y0 + 1 < h ? y0 + 1 : y0, x1 = x0 + 1 < w ? x0 + 1 : x0;
    const double b = y - y0, a = x - x0;
    return ((1 - b) * ((1 - a) * in[y0 * w + x0] + a * in[y0 * w + x1]) +
            b * ((1 - a) * in[y1 * w + x0] + a * in[y1 * w + x1])) /
           255;
}

START_TEST(resizing_interpolates_between_pixel_centres)
{
    static const int side[][4] = {
        {28, 28, 32, 32}, {40, 37, 16, 20}, {1, 1, 8, 8}, {3, 40, 40, 3}, {2, 2, 4, 4}};
    struct sq_rng rng = {(uint64_t)_i + 11};
    const int *s = side[_i];
    unsigned char in[MOST];
    float out[MOST];
    draw_bytes(&rng, in, sizeof in);
    const struct sq_fit_plan plan =
        prepare(SQ_FIT_RESIZE, (uint32_t)s[0], (uint32_t)s[1], (uint32_t)s[2], (uint32_t)s[3]);
    sq_fit_apply(&plan, in, out);
    for (int c = 0, i = 0; c < C; c++)
        for (int y = 0; y < s[2]; y++)
            for (int x = 0; x < s[3]; x++, i++) {
                const double x_in = (x + 0.5) * s[1] / s[3] - 0.5;
                const double y_in = (y + 0.5) * s[0] / s[2] - 0.5;
                const double want =
                    (interpolated(in + c * s[0] * s[1], s[0], s[1], y_in, x_in) - config.mean[c]) /
                    config.std[c];
                ck_assert_msg(fabs(out[i] - want) < 3e-5, "%d %d %d: %g, %g", c, y, x, out[i],
                              want);
            }
}
END_TEST

START_TEST(the_same_size_is_not_touched)
{
    unsigned char in[C * 9];
    float out[C * 9];
    struct sq_rng rng = {5};
    draw_bytes(&rng, in, sizeof in);
    const struct sq_fit_plan plan = prepare(SQ_FIT_RESIZE, 3, 3, 3, 3);
    ck_assert_int_eq(plan.fit, SQ_FIT_NONE);
    sq_fit_apply(&plan, in, out);
    for (uint32_t i = 0; i < C * 9; i++)
        ck_assert(out[i] == normalised(i / 9, (float)in[i] / 255.0f));
}
END_TEST

static void free_arena(void)
{
    sq_arena_free(&arena);
}

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input/fit");
    TCase *t = tcase_create("fit");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_checked_fixture(t, NULL, free_arena);
    tcase_add_loop_test(t, padding_is_black_and_normalised, 0, 5);
    tcase_add_test(t, without_mean_only_scaled);
    tcase_add_loop_test(t, resizing_interpolates_between_pixel_centres, 0, 5);
    tcase_add_test(t, the_same_size_is_not_touched);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
