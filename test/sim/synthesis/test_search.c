/* Theorem: a search ends at an x whose rate is within the tolerance of the wanted one where such an x
 * is, and as near as its limit lets it come where none is; x is what was set last. And: draws are
 * the same for a name and a seed whatever was drawn before, never 0. */
#include "sim/synthesis/draw.h"
#include "sim/synthesis/search.h"
#include "test/unit.h"

#include <math.h>

/* A rate that rises with x, by steps where `steps` is not 0. */
struct curve {
    double centre, width, steps;
    double last; /* x that was set */
    int n;
};

static int rate_of(struct sq_error *err, void *data, double x, double *rate)
{
    struct curve *curve = data;
    (void)err;
    curve->last = x;
    curve->n++;
    *rate = 1 / (1 + exp(-(x - curve->centre) / curve->width));
    if (curve->steps > 0)
        *rate = floor(*rate * curve->steps) / curve->steps;
    return SQ_OK;
}

static double search(struct curve *curve, double wanted, double tolerance, double *x)
{
    const struct sq_search how = {.rate = rate_of,
                                  .data = curve,
                                  .step = 0.5,
                                  .limit = 4096,
                                  .wanted = wanted,
                                  .tolerance = tolerance};
    double rate;
    ck_assert_int_eq(sq_search(NULL, &how, x, &rate), SQ_OK);
    ck_assert_double_eq(curve->last, *x);
    return rate;
}

START_TEST(wanted_rates_are_found)
{
    static const double wanted[] = {0.001, 0.01, 0.1, 0.5, 0.9, 0.999};
    static const double centre[] = {-700, -1, 0, 3, 1000}, width[] = {0.01, 1, 30};
    for (size_t w = 0; w < 6; w++)
        for (size_t c = 0; c < 5; c++)
            for (size_t d = 0; d < 3; d++) {
                struct curve curve = {.centre = centre[c], .width = width[d]};
                double x;
                const double rate = search(&curve, wanted[w], 0.002 * wanted[w], &x);
                ck_assert_msg(fabs(rate - wanted[w]) <= 0.002 * wanted[w],
                              "wanted %g, centre %g, width %g: %g at %g after %d", wanted[w],
                              centre[c], width[d], rate, x, curve.n);
                ck_assert_int_le(curve.n, 42);
            }
}
END_TEST

START_TEST(steps_end_at_the_nearest)
{
    struct curve curve = {.centre = 2, .width = 1, .steps = 10};
    double x;
    ck_assert_double_eq_tol(search(&curve, 0.33, 0.001, &x), 0.3, 1e-12);
}
END_TEST

START_TEST(what_is_out_of_reach_ends_at_the_limit)
{
    struct curve curve = {.centre = 1e6, .width = 1};
    double x;
    ck_assert_double_eq(search(&curve, 0.1, 0.001, &x), 0);
    ck_assert_double_le(fabs(x), 4096);
}
END_TEST

START_TEST(a_name_has_its_own_stream)
{
    struct sq_draw a = sq_draw_of(1, "a.weight"), again = sq_draw_of(1, "a.weight");
    struct sq_draw b = sq_draw_of(1, "b.weight"), seed = sq_draw_of(2, "a.weight");
    const uint64_t bits = sq_draw_bits(&a);
    ck_assert_uint_eq(bits, sq_draw_bits(&again));
    ck_assert_uint_ne(bits, sq_draw_bits(&b));
    ck_assert_uint_ne(bits, sq_draw_bits(&seed));
}
END_TEST

START_TEST(uniform_draws_are_never_0_and_centred)
{
    struct sq_draw draw = sq_draw_of(0, "uniform");
    double sum = 0, square = 0;
    for (int i = 0; i < 1000000; i++) {
        const float x = sq_draw_uniform(&draw);
        ck_assert(x > -1 && x < 1 && x != 0);
        sum += (double)x;
        square += (double)x * (double)x;
    }
    ck_assert_double_eq_tol(sum / 1e6, 0, 0.003);
    ck_assert_double_eq_tol(square / 1e6, 1.0 / 3, 0.002);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/synthesis");
    TCase *t = tcase_create("search");
    tcase_add_test(t, wanted_rates_are_found);
    tcase_add_test(t, steps_end_at_the_nearest);
    tcase_add_test(t, what_is_out_of_reach_ends_at_the_limit);
    tcase_add_test(t, a_name_has_its_own_stream);
    tcase_add_test(t, uniform_draws_are_never_0_and_centred);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
