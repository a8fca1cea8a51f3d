/* Counters of parts of a run, merged in any order: those of the run, to the last digit and in the order of groups. */
#include "sim/account/count/counters_json.h"
#include "sim/account/sheets/counters_read.h"
#include "test/unit.h"

#include <math.h>
#include <string.h>

enum { T = 3, SAMPLES = 40, MOST_PARTS = 7 };

static const struct sq_config config = {.name = "tiny",
                                        .architecture = "spikformer-cifar10",
                                        .depth = 1,
                                        .dim = 16,
                                        .heads = 2,
                                        .mlp_hidden = 32,
                                        .timesteps = T,
                                        .in_channels = 2,
                                        .image_height = 8,
                                        .image_width = 8,
                                        .classes = 5};

static struct sq_error err;

static void must(int status)
{
    ck_assert_msg(status == SQ_OK, "%s", err.text);
}

/* The calls of one sample, which depend on its number alone. Sums of reals of very different sizes; some samples
 * have the flags of another group. */
static void add_sample(struct sq_counters *counters, uint64_t seed, uint64_t id)
{
    struct sq_rng rng = {seed * 1000 + id};
    for (size_t i = 0; i < counters->n_ops; i++) {
        struct sq_op_count step[T] = {{0}};
        struct sq_op_group call = {.n_calls = 1, .first = id, .n_steps = T, .step = step};
        for (int t = 0; t < T; t++)
            step[t].nonzeros = step[t].units = sq_rng_below(&rng, 100);
        call.is = sq_rng_below(&rng, 4) == 0 ? SQ_IS_REAL : SQ_IS_BINARY;
        call.real_sum = ldexp(sq_rng_unit(&rng) - 0.4, (int)sq_rng_below(&rng, 120) - 60);
        call.max = sq_rng_unit(&rng);
        must(sq_op_add_call(&err, counters, &counters->op[i], &call));
    }
    counters->n_samples++;
}

static char *text_of(const struct sq_counters *counters)
{
    cJSON *json = sq_counters_to_json(counters);
    char *text = sq_json_print(json);
    cJSON_Delete(json);
    ck_assert_ptr_nonnull(text);
    return text;
}

START_TEST(parts_in_any_order_are_the_run)
{
    struct sq_rng rng = {(uint64_t)_i + 9};
    struct sq_counters whole = {.n_ops = 0}, part[MOST_PARTS] = {{.n_ops = 0}};
    const size_t n = 2 + (size_t)sq_rng_below(&rng, MOST_PARTS - 1);
    must(sq_counters_from_config(&err, &config, &whole));
    for (size_t i = 0; i < n; i++)
        must(sq_counters_from_config(&err, &config, &part[i]));
    for (uint64_t id = 0; id < SAMPLES; id++) {
        add_sample(&whole, (uint64_t)_i, id);
        add_sample(&part[sq_rng_below(&rng, n)], (uint64_t)_i, id);
    }
    const size_t begin = (size_t)sq_rng_below(&rng, n);
    for (size_t i = 1; i < n; i++) /* into one of them, round the circle */
        must(sq_counters_merge(&err, &part[begin], &part[(begin + i) % n]));
    char *want = text_of(&whole), *got = text_of(&part[begin]);
    ck_assert_str_eq(got, want);
    ck_assert_ptr_nonnull(strstr(want, "real_rest"));
    free(want);
    free(got);
    sq_counters_free(&whole);
    for (size_t i = 0; i < n; i++)
        sq_counters_free(&part[i]);
}
END_TEST

static Suite *counters_merge_suite(void)
{
    Suite *suite = suite_create("counters_merge");
    TCase *tests = tcase_create("parts");
    tcase_add_loop_test(tests, parts_in_any_order_are_the_run, 0, 30);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(counters_merge_suite())
