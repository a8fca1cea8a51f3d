/* Theorem: what an analysis says of cost is what the run that recorded the trace counted, and what
 * its energy costs by every convention. */
#include "sim/analysis/cost/trace_cost.h"
#include "sim/api/calls.h"
#include "test/sim/analysis/analysis_case.h"

static spikeq_ctx *ctx;
static spikeq_network *network;
static spikeq_report *report;
static cJSON *root;
static const cJSON *cost;

/* Run a golden set with a trace, and analyse the trace. Both samples are of class 3. */
static void record(void)
{
    static const char idx[] = {0, 0, 8, 1, 0, 0, 0, 2, 3, 3};
    const char *path = temp_path("a.db");
    const struct sq_run_choices options = {.input = "test/golden/cifar-2-64/input.npy",
                                           .labels = temp_write("labels.idx", idx, sizeof idx),
                                           .trace = {.path = path, .force = 1}};
    char *json;
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_int_eq(spikeq_network_load(ctx, "test/golden/cifar-2-64/model.safetensors",
                                         "test/golden/cifar-2-64/config.json", NULL, 0, &network),
                     SPIKEQ_OK);
    ck_assert_msg(sq_api_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    json = analyze(path, NULL, NULL, 2);
    root = cJSON_Parse(json);
    spikeq_free(json);
    const cJSON *trace = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "traces"), 0);
    cost = cJSON_GetObjectItem(trace, "cost");
    ck_assert_ptr_nonnull(cost);
}

static void discard(void)
{
    cJSON_Delete(root);
    spikeq_report_free(report);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
}

static double number(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    ck_assert_msg(cJSON_IsNumber(item), "%s is no number", key);
    return item->valuedouble;
}

static const cJSON *by_name(const cJSON *list, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list) if (strcmp(cJSON_GetObjectItem(item, "name")->valuestring,
                                              name) == 0) return item;
    ck_abort_msg("there is no %s", name);
    return NULL;
}

static double sum_of(const cJSON *list)
{
    const cJSON *item;
    double sum = 0;
    cJSON_ArrayForEach(item, list) sum += item->valuedouble;
    return sum;
}

START_TEST(layers_are_the_synapses_of_the_report)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    struct spikeq_synapse synapse = {.size = sizeof synapse};
    spikeq_report_summary(report, &summary);
    for (size_t i = 0; i < summary.n_synapses; i++) {
        spikeq_report_synapse(report, i, &synapse);
        const cJSON *layer = by_name(cJSON_GetObjectItem(cost, "layers"), synapse.name);
        if (synapse.macs == 0)
            ck_assert(number(layer, "additions") == (double)synapse.additions);
        if (strcmp(synapse.kind, "head") != 0)
            ck_assert_str_eq(cJSON_GetObjectItem(layer, "population")->valuestring, synapse.target);
    }
}
END_TEST

START_TEST(timesteps_add_up)
{
    const cJSON *layer;
    double energy_mj = 0;
    cJSON_ArrayForEach(layer, cJSON_GetObjectItem(cost, "layers"))
    {
        const cJSON *energy = cJSON_GetObjectItem(layer, "energy_mj_per_sample_per_timestep");
        ck_assert(sum_of(cJSON_GetObjectItem(layer, "additions_per_timestep")) ==
                  number(layer, "additions"));
        ck_assert(sum_of(cJSON_GetObjectItem(layer, "macs_per_timestep")) == number(layer, "macs"));
        ck_assert(fabs(sum_of(energy) - number(layer, "energy_mj_per_sample")) < 1e-15);
        energy_mj += number(layer, "energy_mj_per_sample");
    }
    ck_assert(fabs(energy_mj - number(cost, "energy_mj_per_sample")) <= 1e-12 * energy_mj);
}
END_TEST

/* Both samples are of one class: it costs what a sample costs. */
START_TEST(a_class_costs_the_mean_of_its_samples)
{
    const cJSON *list = cJSON_GetObjectItem(cost, "per_label"), *layer;
    const cJSON *class = cJSON_GetArrayItem(list, 0);
    double additions = 0, macs = 0;
    cJSON_ArrayForEach(layer, cJSON_GetObjectItem(cost, "layers"))
    {
        additions += number(layer, "additions");
        macs += number(layer, "macs");
    }
    ck_assert_int_eq(cJSON_GetArraySize(list), 1);
    ck_assert(number(class, "label") == 3 && number(class, "samples") == 2);
    ck_assert(number(class, "additions_per_sample") == additions / 2);
    ck_assert(number(class, "macs_per_sample") == macs / 2);
    ck_assert(fabs(number(class, "energy_mj_per_sample") - number(cost, "energy_mj_per_sample")) <
              1e-15);
}
END_TEST

/* The layers of every convention add up to what it says of the network. */
START_TEST(layers_of_a_convention_add_up)
{
    const cJSON *convention, *layer;
    cJSON_ArrayForEach(convention, cJSON_GetObjectItem(cost, "conventions"))
    {
        double additions = 0, macs = 0, energy = 0;
        cJSON_ArrayForEach(layer, cJSON_GetObjectItem(convention, "layers"))
        {
            additions += number(layer, "additions_per_sample");
            macs += number(layer, "macs_per_sample");
            energy += number(layer, "energy_mj_per_sample");
        }
        ck_assert(energy > 0);
        ck_assert_double_eq_tol(additions / number(convention, "additions_per_sample"), 1, 1e-12);
        ck_assert_double_eq_tol(macs / number(convention, "macs_per_sample"), 1, 1e-12);
        ck_assert_double_eq_tol(energy / number(convention, "energy_mj_per_sample"), 1, 1e-12);
    }
}
END_TEST

START_TEST(conventions_are_those_of_energy)
{
    static const char *const name[] = {"exact",        "paper",      "syops",
                                       "spikingjelly", "neurobench", "lemaire"};
    char *report_text, *text;
    ck_assert_int_eq(spikeq_report_json(ctx, report, &report_text), SPIKEQ_OK);
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        const cJSON *row = by_name(cJSON_GetObjectItem(cost, "conventions"), name[i]);
        const struct sq_energy_choices options = {
            .report = "r", .report_text = report_text, .convention = name[i], .format = "csv"};
        char want[64];
        ck_assert_int_eq(sq_api_energy(ctx, &options, &text), SPIKEQ_OK);
        snprintf(want, sizeof want, "%.9g", number(row, "energy_mj_per_sample"));
        want[strlen(want) > 8 ? 8 : strlen(want)] = '\0'; /* as many digits as both print */
        ck_assert_msg(strstr(text, want) != NULL, "%s: no %s in %s", name[i], want, text);
        spikeq_free(text);
    }
    spikeq_free(report_text);
}
END_TEST

/* One pass, every layer dense: that of spikeq energy, and the sum of its layers. */
START_TEST(the_ann_is_that_of_energy)
{
    const cJSON *ann = cJSON_GetObjectItem(cost, "ann"), *layer;
    double macs = 0, energy_mj = 0, want;
    char *report_text, *text;
    ck_assert_int_eq(spikeq_report_json(ctx, report, &report_text), SPIKEQ_OK);
    const struct sq_energy_choices options = {
        .report = "r", .report_text = report_text, .convention = "exact", .format = "csv"};
    ck_assert_int_eq(sq_api_energy(ctx, &options, &text), SPIKEQ_OK);
    const char *row = strstr(text, "\nann,");
    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(sscanf(row, "\nann,%*[^,],%*[^,],%lf", &want), 1);
    ck_assert(fabs(number(ann, "energy_mj_per_sample") - want) <= 1e-9 * want);
    cJSON_ArrayForEach(layer, cJSON_GetObjectItem(ann, "layers"))
    {
        macs += number(layer, "macs_per_sample");
        energy_mj += number(layer, "energy_mj_per_sample");
    }
    ck_assert(macs == number(ann, "macs_per_sample") && macs > 1e6);
    ck_assert(fabs(energy_mj - want) <= 1e-9 * want);
    spikeq_free(text);
    spikeq_free(report_text);
}
END_TEST

/* What has no price costs null, not 0. */
START_TEST(an_ann_without_a_price_has_no_energy)
{
    const char *const path[] = {temp_path("a.db")};
    const struct sq_analyze_choices options = {.traces = path, .n_traces = 1, .hardware = "loihi"};
    char *json;
    ck_assert_int_eq(sq_api_analyze(ctx, &options, &json), SPIKEQ_OK);
    const char *ann = strstr(json, "\"ann\":{\"macs_per_sample\":");
    ck_assert_ptr_nonnull(ann);
    ck_assert_ptr_nonnull(strstr(ann, ",\"energy_mj_per_sample\":null,\"layers\":[{"));
    spikeq_free(json);
}
END_TEST

/* Nobody is sure enough at a threshold of 1: every sample pays for all timesteps. */
START_TEST(the_last_exit_pays_for_everything)
{
    const cJSON *layer;
    double additions = 0;
    char *json = analyze(temp_path("a.db"), NULL, "cifar-2-64", 1);
    cJSON *own = cJSON_Parse(json);
    spikeq_free(json);
    const cJSON *trace = cJSON_GetArrayItem(cJSON_GetObjectItem(own, "traces"), 0);
    const cJSON *exits = cJSON_GetObjectItem(cJSON_GetObjectItem(trace, "decision"), "early_exit");
    cJSON_ArrayForEach(layer, cJSON_GetObjectItem(cost, "layers")) additions +=
        number(layer, "additions");
    const cJSON *last = cJSON_GetArrayItem(exits, cJSON_GetArraySize(exits) - 1);
    ck_assert(number(last, "threshold") == 1);
    ck_assert(number(last, "mean_timesteps") == 4);
    ck_assert(number(last, "mean_additions") == additions / 2); /* two samples */
    cJSON_Delete(own);
}
END_TEST

START_TEST(correlations_of_known_pairs)
{
    const double x[5] = {1, 2, 3, 4, 5}, y[5] = {2, 1, 4, 3, 5}, constant[5] = {7, 7, 7, 7, 7};
    double r[3];
    sq_correlation(x, y, 5, r);
    ck_assert(fabs(r[0] - 0.8) < 1e-15);
    ck_assert(fabs(r[1] - tanh(atanh(0.8) - 1.959963984540054 / sqrt(2))) < 1e-15);
    ck_assert(fabs(r[2] - tanh(atanh(0.8) + 1.959963984540054 / sqrt(2))) < 1e-15);
    sq_correlation(x, constant, 5, r);
    ck_assert(isnan(r[0]) && isnan(r[1]) && isnan(r[2]));
    sq_correlation(x, y, 3, r);
    ck_assert(isfinite(r[0]) && isnan(r[1]));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *costs = tcase_create("cost");
    tcase_set_timeout(costs, 60);
    tcase_add_unchecked_fixture(costs, temp_make, temp_remove);
    tcase_add_checked_fixture(costs, record, discard);
    tcase_add_test(costs, layers_are_the_synapses_of_the_report);
    tcase_add_test(costs, timesteps_add_up);
    tcase_add_test(costs, a_class_costs_the_mean_of_its_samples);
    tcase_add_test(costs, layers_of_a_convention_add_up);
    tcase_add_test(costs, conventions_are_those_of_energy);
    tcase_add_test(costs, the_ann_is_that_of_energy);
    tcase_add_test(costs, an_ann_without_a_price_has_no_energy);
    tcase_add_test(costs, the_last_exit_pays_for_everything);
    tcase_add_test(costs, correlations_of_known_pairs);
    suite_add_tcase(s, costs);
    return s;
}

SQ_TEST_MAIN(suite())
