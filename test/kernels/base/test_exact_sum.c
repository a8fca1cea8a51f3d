/* Exact sums: rounded once, whatever the order; against sums in whole numbers, and taken apart. */
#include "kernels/base/exact_sum.h"
#include "test/unit.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { N = 200, ROUNDS = 300 };

/* A number of any size that a double has. */
static double draw(struct sq_rng *rng)
{
    const double fraction = 1 + sq_rng_unit(rng);
    const int exponent = (int)sq_rng_below(rng, 2096) - 1074;
    return ldexp(sq_rng_below(rng, 2) ? fraction : -fraction, exponent);
}

static void shuffle(struct sq_rng *rng, double *x, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t other = (size_t)sq_rng_below(rng, i);
        const double kept = x[i - 1];
        x[i - 1] = x[other];
        x[other] = kept;
    }
}

static struct sq_exact_sum sum_of(const double *x, size_t n)
{
    struct sq_exact_sum sum = {.special = 0};
    for (size_t i = 0; i < n; i++)
        sq_exact_sum_add(&sum, x[i]);
    return sum;
}

START_TEST(no_order_and_no_grouping_changes_a_bit)
{
    struct sq_rng rng = {(uint64_t)_i + 1};
    double x[N];
    for (size_t i = 0; i < N; i++)
        x[i] = draw(&rng);
    const struct sq_exact_sum want = sum_of(x, N);
    for (int round = 0; round < 10; round++) {
        shuffle(&rng, x, N);
        const size_t cut = (size_t)sq_rng_below(&rng, N);
        struct sq_exact_sum part = sum_of(x, cut);
        const struct sq_exact_sum rest = sum_of(x + cut, N - cut);
        sq_exact_sum_merge(&part, &rest);
        ck_assert_mem_eq(&part, &want, sizeof want);
    }
    for (size_t i = 0; i < N; i++)
        x[i] = -x[i];
    const struct sq_exact_sum less = sum_of(x, N);
    ck_assert_double_eq(sq_exact_sum_value(&less), -sq_exact_sum_value(&want));
    struct sq_exact_sum none = want;
    sq_exact_sum_merge(&none, &less);
    ck_assert_double_eq(sq_exact_sum_value(&none), 0);
}
END_TEST

/* Multiples of 2^-60 below 2^61: their sum fits a whole number of 128 bits, rounded by hand. */
START_TEST(the_sum_is_rounded_to_the_nearest_double)
{
    struct sq_rng rng = {(uint64_t)_i + 7};
    struct sq_exact_sum sum = {.special = 0};
    __int128 want = 0;
    const int n = 1 + (int)sq_rng_below(&rng, 50);
    for (int i = 0; i < n; i++) {
        const int64_t mantissa = (int64_t)(sq_rng_next(&rng) >> 11) - ((int64_t)1 << 52);
        const int shift = (int)sq_rng_below(&rng, 60);
        sq_exact_sum_add(&sum, ldexp((double)mantissa, shift - 60));
        want += (__int128)mantissa * ((__int128)1 << shift);
    }
    ck_assert_double_eq(sq_exact_sum_value(&sum), ldexp((double)want, -60));
}
END_TEST

START_TEST(halves_go_to_the_even_one)
{
    const double one = 1, half = DBL_EPSILON / 2, least = DBL_TRUE_MIN;
    const struct {
        double x[4], want;
    } cases[] = {
        {{one, half}, 1},
        {{one, half, least}, 1 + DBL_EPSILON},
        {{one, half, -least}, 1},
        {{one + DBL_EPSILON, half}, 1 + 2 * DBL_EPSILON},
        {{-one, -half}, -1},
        {{DBL_MAX, DBL_MAX, -DBL_MAX}, DBL_MAX},
        {{DBL_MAX, 1, -DBL_MAX}, 1},
        {{least, least, least}, 3 * DBL_TRUE_MIN},
        {{DBL_MIN, -least}, DBL_MIN - DBL_TRUE_MIN},
        {{1e308, -1e-308, -1e308, 1e-308}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sq_exact_sum sum = sum_of(cases[i].x, 4);
        ck_assert_msg(sq_exact_sum_value(&sum) == cases[i].want, "case %zu: %a, expected %a", i,
                      sq_exact_sum_value(&sum), cases[i].want);
    }
}
END_TEST

START_TEST(a_sum_is_taken_apart_and_made_whole)
{
    struct sq_rng rng = {(uint64_t)_i + 3};
    double x[N];
    for (size_t i = 0; i < N; i++)
        x[i] = draw(&rng);
    const struct sq_exact_sum want = sum_of(x, N);
    struct sq_exact_sum rest = want, again = {.special = 0};
    double part;
    int n = 0;
    ck_assert_double_eq(sq_exact_sum_take(&rest), sq_exact_sum_value(&want));
    rest = want;
    for (; (part = sq_exact_sum_take(&rest)) != 0; n++)
        sq_exact_sum_add(&again, part);
    ck_assert_int_le(n, 45);
    ck_assert_mem_eq(&again, &want, sizeof want);
}
END_TEST

START_TEST(what_is_not_finite_stays)
{
    const double infinite[] = {1, INFINITY, 2}, neither[] = {INFINITY, -INFINITY}, nan[] = {NAN, 1};
    struct sq_exact_sum sum = sum_of(infinite, 3);
    ck_assert_double_eq(sq_exact_sum_value(&sum), INFINITY);
    sum = sum_of(neither, 2);
    ck_assert(isnan(sq_exact_sum_value(&sum)));
    sum = sum_of(nan, 2);
    ck_assert(isnan(sq_exact_sum_value(&sum)));
}
END_TEST

static Suite *exact_sum_suite(void)
{
    Suite *suite = suite_create("exact_sum");
    TCase *tests = tcase_create("sums");
    tcase_add_loop_test(tests, no_order_and_no_grouping_changes_a_bit, 0, 20);
    tcase_add_loop_test(tests, the_sum_is_rounded_to_the_nearest_double, 0, ROUNDS);
    tcase_add_test(tests, halves_go_to_the_even_one);
    tcase_add_loop_test(tests, a_sum_is_taken_apart_and_made_whole, 0, 20);
    tcase_add_test(tests, what_is_not_finite_stays);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(exact_sum_suite())
