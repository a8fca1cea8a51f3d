/* Single samples: their sums are the run's, their figures come back from a report. */
#include "sim/account/price/bill.h"
#include "sim/account/price/samples.h"
#include "sim/account/sheets/counters_read.h"
#include "test/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N_SAMPLES = 5, T = 2, MAX_OPS = 128 };

static const struct sq_config config = {.name = "tiny",
                                        .architecture = "spikformer-imagenet",
                                        .depth = 2,
                                        .dim = 16,
                                        .heads = 2,
                                        .mlp_hidden = 64,
                                        .timesteps = T,
                                        .in_channels = 3,
                                        .image_height = 32,
                                        .image_width = 32,
                                        .classes = 5,
                                        .attn_scale = 0.125f};

/* Counts of one sample, random but possible. */
static void draw_calls(struct sq_rng *rng, const struct sq_counters *counters,
                       struct sq_op_group call[MAX_OPS], struct sq_op_count step[MAX_OPS][T])
{
    memset(step, 0, MAX_OPS * sizeof *step);
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        call[i] = (struct sq_op_group){.n_calls = 1, .n_steps = T, .step = step[i]};
        call[i].is = op->is_analog || op->is_head ? SQ_IS_REAL : 0;
        if (op->kind == SQ_OP_SSA)
            call[i].is = SQ_HAS_ORDER_QK | SQ_HAS_ORDER_KV;
        for (int t = 0; t < T; t++) {
            struct sq_op_count *c = &step[i][t];
            c->frames = 1;
            c->nonzeros = c->units = sq_rng_below(rng, op->n_in + 1);
            c->out_nonzeros = sq_rng_below(rng, op->n_out + 1);
            c->fanout = c->unit_fanout = sq_rng_below(rng, op->dense_in + 1);
            c->q = c->k = c->v = sq_rng_below(rng, op->n_in + 1);
            c->coincidences[SQ_KV_FIRST] = sq_rng_below(rng, 100);
            c->events2[SQ_KV_FIRST] = sq_rng_below(rng, 100);
        }
        struct sq_op_count sum = {0};
        sq_call_classify(op, &call[i], &sum);
    }
}

/* Samples first_id, first_id + 1 ... */
static void fill_from(struct sq_source *source, uint64_t first_id)
{
    struct sq_error err = {0};
    struct sq_rng rng = {17};
    struct sq_op_group call[MAX_OPS];
    static struct sq_op_count step[MAX_OPS][T];
    struct sq_counters *counters = &source->counters;
    ck_assert_int_eq(sq_counters_from_config(&err, &config, counters), SQ_OK);
    ck_assert_uint_le(counters->n_ops, MAX_OPS);
    for (int n = 0; n < N_SAMPLES; n++) {
        draw_calls(&rng, counters, call, step);
        struct sq_sample sample = sq_sample_of(counters, call, n % 2);
        sample.id = first_id + (uint64_t)n;
        ck_assert_int_eq(sq_samples_add(&err, &source->samples, &sample), SQ_OK);
        for (size_t i = 0; i < counters->n_ops; i++)
            ck_assert_int_eq(sq_op_add_call(&err, counters, &counters->op[i], &call[i]), SQ_OK);
    }
    counters->n_samples = N_SAMPLES;
    source->has_counts = 1;
}

static void fill(struct sq_source *source)
{
    fill_from(source, 0);
}

static void empty(struct sq_source *source)
{
    sq_counters_free(&source->counters);
    sq_samples_free(&source->samples);
}

START_TEST(samples_add_up_to_the_run)
{
    struct sq_error err = {0};
    struct sq_source source = {.has_counts = 0};
    struct sq_hardware hardware;
    struct sq_arena arena = {0};
    const struct sq_switches switches = sq_switches_default();
    static const enum sq_convention convention[2] = {SQ_EXACT, SQ_PAPER};
    fill(&source);
    ck_assert_int_eq(sq_hardware_load(&err, "configs", "fp32_45nm", &hardware), SQ_OK);
    for (int is_paper = 0; is_paper < 2; is_paper++) {
        struct sq_bill bill;
        ck_assert_int_eq(
            sq_bill_make(&err, &arena, &source, convention[is_paper], &hardware, &switches, &bill),
            SQ_OK);
        const struct sq_spread spread =
            sq_samples_spread(&source.samples, &hardware, convention[is_paper], SQ_ALL_LABELS);
        ck_assert_uint_eq(spread.n, N_SAMPLES);
        ck_assert_double_eq_tol(spread.mean_mj, bill.energy_mj, 1e-12 * bill.energy_mj);
        ck_assert_double_gt(spread.std_mj, 0);
    }
    ck_assert_uint_eq(sq_samples_spread(&source.samples, &hardware, SQ_EXACT, 0).n, 3);
    ck_assert_uint_eq(sq_samples_spread(&source.samples, &hardware, SQ_EXACT, 1).n, 2);
    ck_assert_uint_eq(sq_samples_spread(&source.samples, &hardware, SQ_EXACT, 2).n, 0);
    sq_arena_free(&arena);
    empty(&source);
}
END_TEST

START_TEST(the_deviation_is_of_n_minus_1)
{
    struct sq_error err = {0};
    struct sq_samples samples = {.n = 0};
    struct sq_hardware hardware = {.price[SQ_PRICE_AC] = {.is_given = 1, .energy_pj = 1e9}};
    const uint64_t acs[4] = {2, 4, 4, 6};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(
            sq_samples_add(&err, &samples, &(struct sq_sample){.label = -1, .acs = acs[i]}), SQ_OK);
    const struct sq_spread spread = sq_samples_spread(&samples, &hardware, SQ_EXACT, SQ_ALL_LABELS);
    ck_assert_double_eq(spread.mean_mj, 4);
    ck_assert_double_eq(spread.std_mj, sqrt(8.0 / 3));
    sq_samples_free(&samples);
}
END_TEST

START_TEST(samples_come_back_from_a_report)
{
    struct sq_error err = {0};
    struct sq_source source = {.has_counts = 0};
    struct sq_samples read = {.n = 0};
    fill_from(&source, _i == 0 ? 0 : 70);
    cJSON *report = cJSON_CreateObject();
    cJSON_AddItemToObject(report, "each", sq_samples_to_json(&source.samples));
    char *text = cJSON_Print(report);
    cJSON_Delete(report);
    report = cJSON_Parse(text);
    free(text);
    ck_assert_msg(sq_samples_from_report(&err, "r", report, N_SAMPLES, &read) == SQ_OK, "%s",
                  err.text);
    ck_assert_mem_eq(read.sample, source.samples.sample, N_SAMPLES * sizeof *read.sample);
    sq_samples_free(&read);
    ck_assert_int_eq(sq_samples_from_report(&err, "r", report, 4, &read), SQ_ESHAPE);
    ck_assert_str_eq(err.text, "r: each.label: 5 numbers, expected one for each of 4 samples");
    cJSON_ReplaceItemInArray(cJSON_GetObjectItem(cJSON_GetObjectItem(report, "each"), "acs"), 1,
                             cJSON_CreateNumber(-1));
    ck_assert_int_eq(sq_samples_from_report(&err, "r", report, N_SAMPLES, &read), SQ_EVALUE);
    ck_assert_str_eq(err.text, "r: each.acs: sample 1: -1, expected 0 to 9.0072e+15");
    sq_samples_free(&read);
    ck_assert_int_eq(cJSON_HasObjectItem(cJSON_GetObjectItem(report, "each"), "sample"), _i > 0);
    cJSON_Delete(report);
    empty(&source);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("account samples");
    TCase *t = tcase_create("samples");
    tcase_add_test(t, samples_add_up_to_the_run);
    tcase_add_test(t, the_deviation_is_of_n_minus_1);
    tcase_add_loop_test(t, samples_come_back_from_a_report, 0, 2);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
