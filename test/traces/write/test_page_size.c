/* The page size: what is predicted of a file is what the file takes, and dense frames take little
 * more than their bits. */
#include "traces/write/page_size.h"

#include "test/sim/input/temp_files.h"
#include "test/support/random_trace.h"

/* Shapes of the demonstration network and of awkward ones, one a test. */
static const struct {
    size_t n;
    uint32_t shape[6][2]; /* rows, channels */
    uint64_t n_samples;
    double most; /* bytes of the file for 8 neuron timesteps */
} network[] = {
    {6, {{1024, 8}, {1024, 16}, {1024, 32}, {256, 64}, {64, 64}, {64, 256}}, 60, 1.15},
    {6, {{1024, 8}, {1024, 16}, {1024, 32}, {256, 64}, {64, 64}, {64, 256}}, 300, 1.10},
    {3, {{1024, 48}, {1024, 96}, {64, 384}}, 60, 1.21},
    {2, {{560, 48}, {35, 48}}, 300, 1.17},
};

static struct sq_trace_population population[6];

static struct sq_trace_plan plan_of(size_t i)
{
    for (size_t p = 0; p < network[i].n; p++) {
        const uint32_t *shape = network[i].shape[p];
        population[p] = (struct sq_trace_population){.n_rows = shape[0],
                                                     .n_channels = shape[1],
                                                     .n_dims = 2,
                                                     .dim = {shape[0], shape[1]},
                                                     .threshold = 1};
        snprintf(population[p].name, sizeof population[p].name, "p%zu", p);
    }
    return (struct sq_trace_plan){.timesteps = 4,
                                  .n_samples = network[i].n_samples,
                                  .n_populations = network[i].n,
                                  .population = population};
}

static double file_bytes(const struct sq_trace_plan *plan)
{
    struct stat info;
    random_trace(temp_path("a.db"), plan, 3, plan->n_samples);
    ck_assert_int_eq(stat(temp_path("a.db"), &info), 0);
    return (double)info.st_size;
}

/* Bytes of every frame as bits. */
static double bits_bytes(const struct sq_trace_plan *plan)
{
    double neurons = 0;
    for (size_t p = 0; p < plan->n_populations; p++)
        neurons += (double)sq_trace_neurons(&plan->population[p]);
    return neurons * plan->timesteps * (double)plan->n_samples / 8;
}

START_TEST(dense_frames_take_little_more_than_their_bits)
{
    const struct sq_trace_plan plan = plan_of((size_t)_i);
    const double share = file_bytes(&plan) / bits_bytes(&plan);
    ck_assert_msg(share <= network[_i].most, "%g bytes for 8 neuron timesteps", share);
}
END_TEST

/* Within the pages of the other tables, and what rows vary by. */
START_TEST(the_prediction_holds)
{
    const struct sq_trace_plan plan = plan_of((size_t)_i);
    const uint32_t page = sq_page_size(&plan);
    const double predicted = (double)sq_page_bytes(&plan, page, 0, plan.n_samples);
    const double got = file_bytes(&plan);
    ck_assert_msg(got <= 1.01 * predicted + 12.0 * page && got >= 0.95 * predicted,
                  "%g bytes, %g predicted", got, predicted);
}
END_TEST

/* The fewer samples, the smaller: the other tables take a page each. */
START_TEST(few_samples_take_small_pages)
{
    struct sq_trace_plan plan = plan_of(0);
    uint32_t before = 0;
    for (plan.n_samples = 0; plan.n_samples < 2000; plan.n_samples = 2 * plan.n_samples + 1) {
        const uint32_t page = sq_page_size(&plan);
        ck_assert(page >= 4096 && page <= 65536 && (page & (page - 1)) == 0);
        ck_assert_uint_ge(page, before);
        before = page;
    }
    ck_assert_uint_eq(before, 65536);
    plan.n_samples = 0;
    ck_assert_uint_eq(sq_page_size(&plan), 4096);
    plan.n_samples = INT64_MAX;
    ck_assert_uint_eq(sq_page_size(&plan), 65536);
}
END_TEST

static Suite *page_suite(void)
{
    Suite *suite = suite_create("traces/write");
    TCase *tests = tcase_create("page size");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, dense_frames_take_little_more_than_their_bits, 0, 4);
    tcase_add_loop_test(tests, the_prediction_holds, 0, 4);
    tcase_add_test(tests, few_samples_take_small_pages);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(page_suite())
