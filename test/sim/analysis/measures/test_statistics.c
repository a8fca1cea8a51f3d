/* Intervals: of proportions against published values, of means by their definition, of resampled
 * differences by what they must obey. */
#include "sim/analysis/measures/bootstrap.h"
#include "sim/analysis/scope/figure_json.h"
#include "test/unit.h"

#include <math.h>
#include <string.h>

/* Newcombe, Statistics in Medicine 17 (1998), table I, method 3. */
static const struct {
    uint64_t part, whole;
    double low, high;
} wilson[] = {
    {81, 263, 0.2553, 0.3662},
    {15, 148, 0.0624, 0.1605},
    {0, 20, 0, 0.1611},
    {1, 29, 0.0061, 0.1718},
};

START_TEST(proportions_have_published_intervals)
{
    double interval[2];
    sq_wilson(wilson[_i].part, wilson[_i].whole, interval);
    ck_assert_msg(fabs(interval[0] - wilson[_i].low) < 5e-5, "%g", interval[0]);
    ck_assert_msg(fabs(interval[1] - wilson[_i].high) < 5e-5, "%g", interval[1]);
}
END_TEST

static double number(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItem(object, key)->valuedouble;
}

START_TEST(moments_of_known_samples)
{
    uint64_t moments[SQ_MOMENTS] = {0};
    cJSON *object = cJSON_CreateObject();
    const uint64_t value[4] = {10, 20, 30, 40};
    for (int i = 0; i < 4; i++)
        sq_moments_add(moments, value[i]);
    sq_put_moments(object, "rate", moments, 4, 100);
    char *text = cJSON_PrintUnformatted(object);
    cJSON *parsed = cJSON_Parse(text);
    const cJSON *rate = cJSON_GetObjectItem(parsed, "rate");
    const double sd = sqrt(500.0 / 3) / 100, half = SQ_NORMAL_975 * sd / 2;
    ck_assert(number(rate, "mean") == 0.25);
    ck_assert(fabs(number(rate, "sd") - sd) < 1e-15);
    ck_assert(fabs(number(rate, "low") - (0.25 - half)) < 1e-15);
    ck_assert(fabs(number(rate, "high") - (0.25 + half)) < 1e-15);
    free(text);
    cJSON_Delete(parsed);
    cJSON_Delete(object);
}
END_TEST

START_TEST(numbers_read_back_as_they_were)
{
    const double value[5] = {0.1, 1.0 / 3, 1e-300, NAN, INFINITY};
    const uint64_t count = UINT64_MAX;
    cJSON *object = cJSON_CreateObject();
    sq_put_reals(object, "reals", value, 5);
    sq_put_count(object, "count", count);
    char *text = cJSON_PrintUnformatted(object);
    ck_assert_ptr_nonnull(strstr(text, "\"count\":18446744073709551615"));
    ck_assert_ptr_nonnull(strstr(text, "[0.1,0.33333333333333331,1e-300,null,null]"));
    free(text);
    cJSON_Delete(object);
}
END_TEST

/* Columns: a constant, a shift of the next one, standard normal numbers (sum of 12 uniforms). */
enum { N = 400, COLUMNS = 3 };

static void draw(double value[N][COLUMNS])
{
    struct sq_rng rng = {3};
    for (int i = 0; i < N; i++) {
        double sum = -6;
        for (int j = 0; j < 12; j++)
            sum += sq_rng_unit(&rng);
        value[i][0] = 0.25;
        value[i][1] = sum + 2;
        value[i][2] = sum;
    }
}

START_TEST(resampled_means_obey)
{
    static double value[N][COLUMNS];
    double interval[2 * COLUMNS], mean = 0, again[2 * COLUMNS];
    struct sq_error err = {0};
    draw(value);
    ck_assert_int_eq(sq_bootstrap(&err, value[0], N, COLUMNS, interval), SQ_OK);
    for (int i = 0; i < N; i++)
        mean += value[i][2] / N;
    ck_assert(interval[0] == 0.25 && interval[1] == 0.25);
    ck_assert(fabs(interval[2] - interval[4] - 2) < 1e-12);
    ck_assert(fabs(interval[3] - interval[5] - 2) < 1e-12);
    /* As wide as theory: 1.96 standard errors on either side, within 5 %. */
    ck_assert_msg(fabs((interval[5] - interval[4]) / (2 * 1.96 / sqrt(N)) - 1) < 0.05, "%g",
                  interval[5] - interval[4]);
    ck_assert(interval[4] < mean && mean < interval[5]);
    ck_assert_int_eq(sq_bootstrap(&err, value[0], N, COLUMNS, again), SQ_OK);
    ck_assert_mem_eq(again, interval, sizeof again);
}
END_TEST

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The means of every resample, as bootstrap.h defines them. */
static void resampled_means(double value[N][COLUMNS], int column, double mean[SQ_RESAMPLES])
{
    for (int r = 0; r < SQ_RESAMPLES; r++) {
        struct sq_rng first = {SQ_BOOTSTRAP_SEED + (uint64_t)r};
        struct sq_rng rng = {sq_rng_next(&first)};
        mean[r] = 0;
        for (int i = 0; i < N; i++) {
            const uint64_t x = sq_rng_next(&rng),
                           row = (x >> 32) * N + ((x & UINT32_MAX) * N >> 32);
            mean[r] += value[row >> 32][column];
        }
        mean[r] /= N;
    }
}

/* Both ends are the very order statistics: 250 of 10,000 means lie below the one and 250 above the
 * other. */
START_TEST(ends_are_the_order_statistics_said)
{
    static double value[N][COLUMNS], mean[SQ_RESAMPLES];
    double interval[2 * COLUMNS];
    struct sq_error err = {0};
    draw(value);
    ck_assert_int_eq(sq_bootstrap(&err, value[0], N, COLUMNS, interval), SQ_OK);
    for (int c = 0; c < COLUMNS; c++) {
        resampled_means(value, c, mean);
        qsort(mean, SQ_RESAMPLES, sizeof *mean, ascending);
        ck_assert(interval[2 * c] == mean[250]);
        ck_assert(interval[2 * c + 1] == mean[9749]);
    }
}
END_TEST

/* Theorem: the interval of -x is that of x, mirrored: as much is cut off above as below. */
START_TEST(ends_are_symmetric)
{
    static double value[N][COLUMNS], negated[N][COLUMNS];
    double interval[2 * COLUMNS], mirrored[2 * COLUMNS];
    struct sq_error err = {0};
    draw(value);
    for (int i = 0; i < N; i++)
        for (int c = 0; c < COLUMNS; c++)
            negated[i][c] = -value[i][c];
    ck_assert_int_eq(sq_bootstrap(&err, value[0], N, COLUMNS, interval), SQ_OK);
    ck_assert_int_eq(sq_bootstrap(&err, negated[0], N, COLUMNS, mirrored), SQ_OK);
    for (int c = 0; c < COLUMNS; c++)
        ck_assert(mirrored[2 * c] == -interval[2 * c + 1] &&
                  mirrored[2 * c + 1] == -interval[2 * c]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *statistics = tcase_create("statistics");
    tcase_set_timeout(statistics, 60);
    tcase_add_loop_test(statistics, proportions_have_published_intervals, 0,
                        sizeof wilson / sizeof wilson[0]);
    tcase_add_test(statistics, moments_of_known_samples);
    tcase_add_test(statistics, numbers_read_back_as_they_were);
    tcase_add_test(statistics, resampled_means_obey);
    tcase_add_test(statistics, ends_are_the_order_statistics_said);
    tcase_add_test(statistics, ends_are_symmetric);
    suite_add_tcase(s, statistics);
    return s;
}

SQ_TEST_MAIN(suite())
