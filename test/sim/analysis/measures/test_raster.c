/* Rasters: how much is shown, that the lot is fair, and which sample it is. That they hold the
 * spikes of the trace is test_analysis.c's theorem. */
#include "sim/analysis/measures/raster.h"
#include "sim/api/calls.h"
#include "test/sim/analysis/analysis_case.h"
#include "test/support/test_context.h"

START_TEST(a_raster_is_bounded)
{
    static const struct {
        uint64_t n;
        uint32_t timesteps, size;
    } want[] = {{10, 4, 10},     {256, 4, 256},   {8192, 4, 256},  {8192, 32, 256},
                {8192, 33, 248}, {8192, 100, 81}, {8192, 512, 16}, {3, 512, 3}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        ck_assert_uint_eq(sq_raster_size(want[i].n, want[i].timesteps), want[i].size);
}
END_TEST

/* Ascending, within range, and of the right number; all of them where all are wanted. */
START_TEST(neurons_are_drawn_without_replacement)
{
    uint64_t number[SQ_RASTER_NEURONS];
    for (uint64_t n = 1; n < 3000; n += 7) {
        const uint32_t size = sq_raster_size(n, 4);
        sq_raster_draw(number, size, n);
        for (uint32_t i = 0; i < size; i++) {
            ck_assert(i == 0 || number[i] > number[i - 1]);
            ck_assert_uint_lt(number[i], n);
            ck_assert(size < n || number[i] == i);
        }
    }
}
END_TEST

/* Equal steps would meet the same channels in every row; a lot meets nearly all of them. */
START_TEST(the_lot_meets_all_channels)
{
    uint64_t number[SQ_RASTER_NEURONS];
    int n_met = 0, is_met[64] = {0};
    sq_raster_draw(number, SQ_RASTER_NEURONS, 64 * 64);
    for (int i = 0; i < SQ_RASTER_NEURONS; i++) {
        n_met += !is_met[number[i] % 64];
        is_met[number[i] % 64] = 1;
    }
    ck_assert_int_gt(n_met, 55);
}
END_TEST

static char *raster_of(const char *sample)
{
    const char *const trace[] = {temp_path("a.db")};
    const struct sq_analyze_choices options = {
        .traces = trace, .n_traces = 1, .raster_sample = sample};
    char *json = NULL;
    golden_trace("cifar-2-64", trace[0], NULL);
    return sq_api_analyze(ctx, &options, &json) == SPIKEQ_OK ? json : NULL;
}

START_TEST(a_sample_can_be_chosen)
{
    char *json = raster_of("1");
    ck_assert_msg(json != NULL, "%s", spikeq_error_text(ctx));
    ck_assert_ptr_nonnull(strstr(json, "\"raster\":{\"sample\":1,"));
    ck_assert_ptr_null(strstr(json, "\"raster\":{\"sample\":0,"));
    spikeq_free(json);
}
END_TEST

START_TEST(a_sample_that_is_not_there_is_refused)
{
    static const char *const wrong[] = {"2", "0:2", "1:", "x", ""};
    static const char *const said[] = {
        "raster-sample 2 is not among the samples that are analysed",
        "raster-sample 0:2: expected the number of one sample",
        "raster-sample 1:: expected the number of one sample",
        "raster-sample x: expected sample numbers",
        "raster-sample : expected the number of one sample",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_ptr_null(raster_of(wrong[i]));
        ck_assert_msg(strstr(spikeq_error_text(ctx), said[i]) != NULL, "%s",
                      spikeq_error_text(ctx));
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *raster = tcase_create("raster");
    tcase_set_timeout(raster, 60);
    tcase_add_unchecked_fixture(raster, temp_make, temp_remove);
    tcase_add_checked_fixture(raster, make_context, free_context);
    tcase_add_test(raster, a_raster_is_bounded);
    tcase_add_test(raster, neurons_are_drawn_without_replacement);
    tcase_add_test(raster, the_lot_meets_all_channels);
    tcase_add_test(raster, a_sample_can_be_chosen);
    tcase_add_test(raster, a_sample_that_is_not_there_is_refused);
    suite_add_tcase(s, raster);
    return s;
}

SQ_TEST_MAIN(suite())
