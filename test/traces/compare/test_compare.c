/* Comparing traces: every single difference is found, counted, and its place named. */
#include "kernels/base/bits.h"
#include "test/support/tiny_trace.h"
#include "traces/compare/compare.h"
#include "traces/compare/compare_frame.h"

#include <stdio.h>
#include <string.h>

static char folder[] = "/tmp/spikeq-compare-XXXXXX";
static char path[2][64];

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path[0], sizeof path[0], "%s/a.db", folder);
    snprintf(path[1], sizeof path[1], "%s/b.db", folder);
}

static void remove_folder(void)
{
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static int compare(struct sq_error *err, const char *populations, struct sq_range samples,
                   struct sq_comparison *found)
{
    struct sq_trace *trace[2];
    const struct sq_compare_options options = {populations, samples, 0};
    for (int i = 0; i < 2; i++)
        ck_assert_msg(sq_trace_open(err, path[i], &trace[i]) == SQ_OK, "%s", err->text);
    const int status = sq_compare(err, trace[0], trace[1], &options, found);
    for (int i = 0; i < 2; i++)
        sq_trace_close(trace[i]);
    return status;
}

static struct sq_comparison compare_all(void)
{
    struct sq_error err = {0};
    struct sq_comparison found;
    ck_assert_msg(compare(&err, NULL, (struct sq_range){0, INT64_MAX}, &found) == SQ_OK, "%s",
                  err.text);
    return found;
}

START_TEST(every_codec_is_equal)
{
    struct sq_trace_plan plan = *tiny_plan();
    tiny_trace(path[0], &plan, 3, 4);
    plan.codec = (enum sq_trace_codec)_i;
    tiny_trace(path[1], &plan, 3, 4);
    struct sq_comparison found = compare_all();
    ck_assert_int_eq(sq_comparison_is_equal(&found), 1);
    ck_assert_uint_eq(found.n_samples, 4);
    ck_assert_uint_eq(found.n_populations, TINY_POPULATIONS);
    ck_assert_int_eq(found.has_first, 0);
    sq_comparison_free(&found);
}
END_TEST

/* Elements of one frame that differ between two seeds, element by element; *first the least. */
static uint64_t brute_force(uint64_t id, uint32_t p, uint32_t t, uint64_t *first)
{
    const struct sq_trace_population *of = &tiny_plan()->population[p];
    uint64_t bits[2][TINY_MAX_NEURONS], n = 0;
    uint16_t value[2][TINY_MAX_NEURONS];
    for (int i = 0; i < 2; i++)
        if (p == 0)
            tiny_values(3 + (uint64_t)i, id, t, value[i]);
        else
            tiny_bits(3 + (uint64_t)i, id, p, t, bits[i]);
    for (uint64_t e = sq_trace_neurons(of); e-- > 0;) {
        const size_t row = e / of->n_channels * sq_words_for(of->n_channels);
        const int other = p == 0 ? value[0][e] != value[1][e]
                                 : sq_bit_get(bits[0] + row, e % of->n_channels) !=
                                       sq_bit_get(bits[1] + row, e % of->n_channels);
        n += (uint64_t)other;
        *first = other ? e : *first;
    }
    return n;
}

START_TEST(mismatches_are_those_of_brute_force)
{
    tiny_trace(path[0], NULL, 3, 4);
    tiny_trace(path[1], NULL, 4, 4);
    struct sq_comparison found = compare_all();
    uint64_t sum = 0, first = 0;
    for (uint32_t p = 0; p < TINY_POPULATIONS; p++)
        for (uint32_t t = 0; t < TINY_TIMESTEPS; t++) {
            uint64_t want = 0;
            for (uint64_t id = 0; id < 4; id++)
                want += brute_force(id, p, t, &first);
            ck_assert_uint_eq(found.mismatches[p * TINY_TIMESTEPS + t], want);
            sum += want;
        }
    ck_assert_uint_eq(found.n_mismatches, sum);
    ck_assert_uint_eq(found.n_samples_differ, 4);
    ck_assert_uint_gt(brute_force(0, 0, 0, &first), 0);
    ck_assert_int_eq(found.first.kind, SQ_DIFFERS_VALUE);
    ck_assert_uint_eq(found.first.sample, 0);
    ck_assert_uint_eq(found.first.timestep, 0);
    ck_assert_uint_eq(found.first_population, 0);
    ck_assert_uint_eq(found.first.element, first);
    ck_assert_uint_eq(found.logits.n, 4);
    ck_assert_uint_eq(found.predictions.n, 0);
    sq_comparison_free(&found);
}
END_TEST

START_TEST(a_selection_is_compared_alone)
{
    struct sq_error err = {0};
    struct sq_comparison found;
    uint64_t first = 0;
    tiny_trace(path[0], NULL, 3, 4);
    tiny_trace(path[1], NULL, 4, 4);
    ck_assert_int_eq(compare(&err, "b.*,nothing", (struct sq_range){2, 3}, &found), SQ_OK);
    ck_assert_uint_eq(found.n_samples, 1);
    ck_assert_uint_eq(found.n_populations, 1);
    for (uint32_t t = 0; t < TINY_TIMESTEPS; t++)
        ck_assert_uint_eq(found.mismatches[t], brute_force(2, 2, t, &first));
    ck_assert_uint_eq(found.first.sample, 2);
    ck_assert_uint_eq(found.first.timestep, 0);
    ck_assert_uint_eq(found.first_population, 2);
    ck_assert_uint_gt(brute_force(2, 2, 0, &first), 1);
    ck_assert_uint_eq(found.first.element, first);
    ck_assert_uint_eq(found.first.a + found.first.b, 1);
    sq_comparison_free(&found);
    ck_assert_int_eq(compare(&err, "nothing", (struct sq_range){0, 9}, &found), SQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, SQ_OPT "populations nothing: names no population of"));
}
END_TEST

START_TEST(samples_of_one_alone_are_told)
{
    tiny_trace(path[0], NULL, 3, 16);
    tiny_trace(path[1], NULL, 3, 3);
    struct sq_comparison found = compare_all();
    ck_assert_uint_eq(found.n_samples, 3);
    ck_assert_uint_eq(found.n_mismatches, 0);
    ck_assert_uint_eq(found.only_a.n, 13);
    ck_assert_uint_eq(found.only_a.id[9], 12);
    ck_assert_uint_eq(found.only_b.n, 0);
    ck_assert_int_eq(sq_comparison_is_equal(&found), 0);
    sq_comparison_free(&found);
}
END_TEST

START_TEST(counts_compare_with_spikes)
{
    struct sq_trace_plan plan = *tiny_plan();
    tiny_trace(path[0], &plan, 3, 2);
    plan.detail = SQ_TRACE_COUNTS;
    tiny_trace(path[1], &plan, 3, 2);
    struct sq_comparison found = compare_all();
    ck_assert_int_eq(sq_comparison_is_equal(&found), 1);
    sq_comparison_free(&found);
    tiny_trace(path[1], &plan, 4, 2);
    found = compare_all();
    ck_assert_int_eq(found.first.kind, SQ_DIFFERS_COUNT);
    ck_assert_uint_ne(found.first.a, found.first.b);
    sq_comparison_free(&found);
}
END_TEST

/* Plans that do not compare: how the second differs, and what is told of it. */
static const struct {
    uint32_t timesteps;
    size_t first, n;           /* of the populations */
    int other_shape, is_first; /* is_first: the other one is given first */
    const char *says;
} other_plan[] = {
    {2, 0, 4, 0, 0, "3 timesteps in "},
    {3, 0, 3, 0, 1, "population c is in "},
    {3, 0, 3, 0, 0, "population c is in "},
    {3, 1, 3, 0, 0, "population input is in "},
    {3, 0, 4, 1, 0, "population c is [3,64], channels_last of 3 rows in "},
};

START_TEST(other_plans_differ)
{
    struct sq_trace_plan plan = *tiny_plan();
    struct sq_trace_population population[TINY_POPULATIONS];
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    memcpy(population, plan.population, sizeof population);
    if (other_plan[_i].other_shape)
        population[3].dim[0] = 64, population[3].dim[1] = 3;
    plan.timesteps = other_plan[_i].timesteps;
    plan.population = population + other_plan[_i].first;
    plan.n_populations = other_plan[_i].n;
    plan.n_nodes = plan.n_operations = 0;
    tiny_trace(path[other_plan[_i].is_first], NULL, 3, 2);
    ck_assert_int_eq(sq_trace_create(&err, path[!other_plan[_i].is_first], &plan, 1, &writer),
                     SQ_OK);
    ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
    sq_trace_writer_free(writer);
    struct sq_comparison found = compare_all();
    ck_assert_msg(strncmp(found.plan, other_plan[_i].says, strlen(other_plan[_i].says)) == 0, "%s",
                  found.plan);
    ck_assert_int_eq(sq_comparison_is_equal(&found), 0);
    ck_assert_uint_eq(found.n_samples, 0);
    sq_comparison_free(&found);
}
END_TEST

/* [5][8][3], channels first: element row * 5 + channel is the array's [channel][row / 3][row % 3]
 */
START_TEST(coordinates_are_those_of_the_module)
{
    const struct sq_trace_population *a = &tiny_plan()->population[1];
    const struct sq_trace_population *b = &tiny_plan()->population[2];
    uint64_t at[SQ_TRACE_MAX_DIMS];
    for (uint64_t channel = 0; channel < 5; channel++)
        for (uint64_t row = 0; row < 24; row++) {
            sq_coordinates(a, row * 5 + channel, at);
            ck_assert_uint_eq(at[0], channel);
            ck_assert_uint_eq(at[1], row / 3);
            ck_assert_uint_eq(at[2], row % 3);
        }
    sq_coordinates(b, 6 * 100 + 99, at);
    ck_assert_uint_eq(at[0], 6);
    ck_assert_uint_eq(at[1], 99);
}
END_TEST

static const struct {
    struct sq_difference difference;
    uint32_t population;
    const char *text;
} sentence[] = {
    {{SQ_DIFFERS_SPIKE, 3, 1, 512, 1, 0},
     2,
     "sample 3, timestep 1, b.attn.q_lif[5,12]: fires in x.db, not in y.db"},
    {{SQ_DIFFERS_SPIKE, 3, 1, 13, 0, 1},
     1,
     "sample 3, timestep 1, a.proj_lif[3,0,2]: fires in y.db, not in x.db"},
    {{SQ_DIFFERS_VALUE, 0, 0, 1, 3, 0},
     0,
     "sample 0, timestep 0, input[1,0,0]: is 3 in x.db, 0 in y.db"},
    {{SQ_DIFFERS_COUNT, 7, 2, 0, 12, 13},
     3,
     "sample 7, timestep 2, c: 12 spikes in x.db, 13 in y.db"},
    {{SQ_DIFFERS_PRESENCE, 7, 2, 0, 0, 1},
     0,
     "sample 7, timestep 2, input: is in y.db, not in x.db"},
};

START_TEST(a_difference_is_one_sentence)
{
    char text[SQ_DIFFERENCE_TEXT], name[2 * SQ_DIFFERENCE_TEXT];
    const struct sq_trace_population *p = &tiny_plan()->population[sentence[_i].population];
    sq_difference_text(p, &sentence[_i].difference, "x.db", "y.db", text);
    ck_assert_str_eq(text, sentence[_i].text);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    sq_difference_text(p, &sentence[_i].difference, name, name, text);
    ck_assert_uint_eq(strlen(text), SQ_DIFFERENCE_TEXT - 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/compare");
    TCase *compare_case = tcase_create("compare");
    tcase_set_timeout(compare_case, 60);
    tcase_add_checked_fixture(compare_case, make_folder, remove_folder);
    tcase_add_loop_test(compare_case, every_codec_is_equal, 0, SQ_CODECS);
    tcase_add_test(compare_case, mismatches_are_those_of_brute_force);
    tcase_add_test(compare_case, a_selection_is_compared_alone);
    tcase_add_test(compare_case, samples_of_one_alone_are_told);
    tcase_add_test(compare_case, counts_compare_with_spikes);
    tcase_add_loop_test(compare_case, other_plans_differ, 0,
                        sizeof other_plan / sizeof other_plan[0]);
    tcase_add_test(compare_case, coordinates_are_those_of_the_module);
    tcase_add_loop_test(compare_case, a_difference_is_one_sentence, 0,
                        sizeof sentence / sizeof sentence[0]);
    suite_add_tcase(s, compare_case);
    return s;
}

SQ_TEST_MAIN(suite())
