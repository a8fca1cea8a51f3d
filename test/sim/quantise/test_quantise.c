/* Theorem: what quantize says of a width is what two runs of their own say, float32 and fixed
 * point, compared neuron by neuron: spikes lost and spikes gained, per population; predictions;
 * accuracy. On random networks of the three layouts, any number of threads. */
#include "sim/api/calls.h"
#include "test/sim/replay/replay_case.h"
#include "test/support/network_arith.h"
#include "test/support/trace_arrays.h"

#include <math.h>

enum { N_NETWORKS = 9 };

/* Record the case's input in one arithmetic. */
static void record(struct replay_case *c, const char *path, unsigned weight_bits)
{
    const struct sq_fixed_choices fixed = {.arith = "fixed", .weight_bits = weight_bits};
    const struct sq_run_choices how = {.input = temp_path("input.npy"),
                                       .trace = {.path = path, .force = 1}};
    spikeq_network *network;
    spikeq_report *report;
    CASE_UNLESS(c,
                spikeq_network_load(c->ctx, temp_path("model.safetensors"),
                                    temp_path("config.json"), NULL, 0, &network) == SPIKEQ_OK,
                "%s", spikeq_error_text(c->ctx));
    CASE_UNLESS(c, weight_bits == 0 || network_arith(c->ctx, network, &fixed) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    CASE_UNLESS(c, sq_api_run(c->ctx, network, &how, &report) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    spikeq_report_free(report);
    spikeq_network_free(network);
}

/* The findings about one width. */
static cJSON *quantise(struct replay_case *c, unsigned weight_bits)
{
    char *const model = strdup(temp_path("model.safetensors"));
    char *const config = strdup(temp_path("config.json")), *text;
    const struct sq_quantise_choices options = {.model = model,
                                                .config = config,
                                                .bits = &weight_bits,
                                                .n_bits = 1,
                                                .calibrate = temp_path("input.npy"),
                                                .threads = 1 + (unsigned)(c->seed % 3),
                                                .format = "json"};
    CASE_UNLESS(c, sq_api_quantise(c->ctx, &options, &text) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    cJSON *json = cJSON_Parse(text);
    ck_assert_ptr_nonnull(json);
    spikeq_free(text);
    free(model);
    free(config);
    return json;
}

struct difference {
    uint64_t lost, gained, all;
};

static struct difference differ(const struct trace_array *f32, const struct trace_array *fixed,
                                size_t n)
{
    struct difference d = {0, 0, n};
    for (size_t i = 0; i < n; i++) {
        d.lost += f32->spikes[i] && !fixed->spikes[i];
        d.gained += !f32->spikes[i] && fixed->spikes[i];
    }
    return d;
}

/* Every population's difference, and the sum of them. */
static struct difference require_populations(struct replay_case *c, const cJSON *side)
{
    const cJSON *counts = case_member(c, side, "populations");
    struct difference sum = {0, 0, 0};
    struct trace_arrays f32, fixed;
    trace_arrays_read(temp_path("f32.db"), &f32);
    trace_arrays_read(temp_path("fixed.db"), &fixed);
    for (size_t i = 0; i < f32.n; i++) {
        const struct trace_array *a = &f32.array[i], *b = trace_array_find(&fixed, a->name);
        const cJSON *said = cJSON_GetObjectItemCaseSensitive(counts, a->name);
        if (said == NULL)
            continue; /* the input */
        const struct difference d = differ(a, b, a->n_neurons * f32.timesteps * f32.n_samples);
        CASE_UNLESS(c, said->valuedouble == (double)(d.lost + d.gained),
                    "%s: %g spikes differ, not %" PRIu64 " lost and %" PRIu64 " gained", a->name,
                    said->valuedouble, d.lost, d.gained);
        sum.lost += d.lost;
        sum.gained += d.gained;
        sum.all += d.all;
    }
    trace_arrays_free(&f32);
    trace_arrays_free(&fixed);
    return sum;
}

static uint64_t changed_predictions(struct replay_case *c)
{
    const char *const a = strdup(temp_path("f32.db")), *const b = strdup(temp_path("fixed.db"));
    const struct sq_diff_choices options = {.as_json = 1};
    int is_equal;
    char *text;
    CASE_UNLESS(c, sq_api_diff(c->ctx, a, b, &options, &is_equal, &text) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    cJSON *json = cJSON_Parse(text);
    const cJSON *predictions = case_member(c, json, "predictions");
    const uint64_t n = (uint64_t)case_member(c, predictions, "count")->valuedouble;
    cJSON_Delete(json);
    spikeq_free(text);
    free((char *)a);
    free((char *)b);
    return n;
}

static struct difference all; /* of every network, so that the test has something to see */

START_TEST(a_width_is_compared_spike_by_spike)
{
    struct replay_case c;
    all = (struct difference){0, 0, 0};
    for (uint64_t seed = 0; seed < N_NETWORKS; seed++) {
        const unsigned bits = 4 + (unsigned)(seed % 3);
        case_open(&c, 7000 + seed);
        record(&c, temp_path("f32.db"), 0);
        record(&c, temp_path("fixed.db"), bits);
        cJSON *json = quantise(&c, bits);
        const cJSON *side = cJSON_GetArrayItem(case_member(&c, json, "arithmetics"), 1);
        const struct difference d = require_populations(&c, side);
        CASE_UNLESS(&c,
                    case_member(&c, side, "spikes_unlike_f32")->valuedouble ==
                        (double)(d.lost + d.gained),
                    "sum of the populations");
        CASE_UNLESS(&c, case_member(&c, side, "neuron_timesteps")->valuedouble == (double)d.all,
                    "neurons times timesteps");
        CASE_UNLESS(&c,
                    case_member(&c, side, "predictions_changed")->valuedouble ==
                        (double)changed_predictions(&c),
                    "predictions");
        all.lost += d.lost;
        all.gained += d.gained;
        cJSON_Delete(json);
        case_close(&c);
    }
    ck_assert_uint_gt(all.lost, 100);
    ck_assert_uint_gt(all.gained, 100);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/quantise");
    TCase *t = tcase_create("comparison");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, a_width_is_compared_spike_by_spike);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
