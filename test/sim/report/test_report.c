/* The report: what its JSON holds, that its numbers agree with each other, and that nothing but
 * "timing" depends on how the run was done. */
#include "sim/api/calls.h"
#include "test/sim/report/report_case.h"

#include "kernels/base/cpu.h"
#include "test/support/dense_reference.h"

#include <float.h>
#include <math.h>

/* The members of an object, in order, are exactly these. */
static void require_keys(const cJSON *object, const char *want)
{
    char got[512] = "";
    for (const cJSON *item = object->child; item != NULL; item = item->next)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", got[0] != '\0' ? " " : "",
                 item->string);
    ck_assert_str_eq(got, want);
}

START_TEST(the_keys)
{
    spikeq_report *report = case_run((struct sq_run_choices){.threads = 2});
    cJSON *json = case_json(report);
    require_keys(json,
                 "format version spikeq model config graph input arith warnings complete samples "
                 "populations synapses attention totals counters each timing");
    require_keys(member(json, "model"), "path sha256 container root weights parameters");
    require_keys(
        member(json, "config"),
        "name source assumed architecture depth dim heads mlp_hidden T in_channels image_height "
        "image_width classes v_threshold attn_v_threshold attn_scale bn_eps mean std fit");
    require_keys(member(json, "input"), "path sha256 description");
    require_keys(member(json, "populations")->child,
                 "name neurons timesteps spikes rate rate_per_timestep");
    require_keys(member(json, "synapses")->child,
                 "name kind source target events additions sops unit_additions dense_additions "
                 "macs");
    require_keys(member(json, "attention")->child,
                 "name order target events first_product_additions second_product_additions "
                 "additions unit_additions dense_additions");
    require_keys(member(json, "totals"), "additions dense_additions macs_done");
    require_keys(member(json, "timing"), "seconds samples_per_second threads batch schedule isa");
    cJSON_Delete(json);
    spikeq_report_free(report);
}
END_TEST

START_TEST(the_values_at_the_top)
{
    spikeq_report *report = case_run((struct sq_run_choices){.threads = 1, .batch = 2});
    cJSON *json = case_json(report);
    ck_assert_str_eq(text_of(json, "format"), "spikeq report");
    ck_assert(number(json, "version") == 1);
    ck_assert_str_eq(text_of(json, "spikeq"), spikeq_version());
    ck_assert_str_eq(text_of(member(json, "model"), "path"), temp_path("model.safetensors"));
    ck_assert_uint_eq(strlen(text_of(member(json, "model"), "sha256")), 64);
    ck_assert_str_eq(text_of(member(json, "input"), "path"), temp_path("input.npy"));
    ck_assert_uint_eq(strlen(text_of(member(json, "input"), "sha256")), 64);
    ck_assert_str_eq(text_of(member(json, "input"), "description"),
                     "npy float32 [6,3,12,8], as stored");
    ck_assert(cJSON_IsTrue(member(json, "complete")));
    ck_assert(number(json, "samples") == 6);
    ck_assert_str_eq(text_of(member(json, "config"), "name"), "tiny");
    ck_assert(number(member(json, "config"), "T") == 3);
    ck_assert(number(member(json, "timing"), "threads") == 1);
    ck_assert(number(member(json, "timing"), "batch") == 2);
    cJSON_Delete(json);
    spikeq_report_free(report);
}
END_TEST

static void require_rates(const cJSON *population, double samples)
{
    const cJSON *per_t = member(population, "rate_per_timestep");
    const double neurons = number(population, "neurons"), spikes = number(population, "spikes");
    const double rate = number(population, "rate");
    double sum = 0;
    ck_assert_int_eq(cJSON_GetArraySize(per_t), (int)net.timesteps);
    ck_assert(number(population, "timesteps") == net.timesteps);
    ck_assert(fabs(rate - spikes / (neurons * net.timesteps * samples)) < 1e-12);
    for (const cJSON *t = per_t->child; t != NULL; t = t->next)
        sum += t->valuedouble * neurons * samples;
    ck_assert_msg(fabs(sum - spikes) < 1e-6, "%s: rates make %.9g spikes of %.0f",
                  text_of(population, "name"), sum, spikes);
}

/* Outputs of each kind of synapse; a linear layer's additions are events * outputs exactly. */
static void require_counts(const cJSON *synapse)
{
    const char *kind = text_of(synapse, "kind");
    const double events = number(synapse, "events"), additions = number(synapse, "additions");
    ck_assert(additions <= number(synapse, "dense_additions"));
    ck_assert(events <= additions);
    ck_assert_int_eq(number(synapse, "macs") > 0,
                     strcmp(kind, "conv3x3_analog") == 0 || strcmp(kind, "head") == 0);
    if (number(synapse, "macs") > 0)
        ck_assert(cJSON_IsNull(member(synapse, "unit_additions")));
    else
        ck_assert(number(synapse, "unit_additions") >= additions);
    if (strcmp(kind, "linear") == 0)
        ck_assert(fmod(additions, events > 0 ? events : 1) == 0);
}

START_TEST(the_numbers_agree)
{
    spikeq_report *report = case_run((struct sq_run_choices){.threads = 2});
    cJSON *json = case_json(report);
    double additions = 0, dense = 0, macs = 0;
    struct spikeq_summary summary = {.size = sizeof summary};
    for (const cJSON *p = member(json, "populations")->child; p != NULL; p = p->next)
        require_rates(p, 6);
    for (const cJSON *s = member(json, "synapses")->child; s != NULL; s = s->next) {
        require_counts(s);
        macs += number(s, "macs");
        additions += number(s, "macs") > 0 ? 0 : number(s, "additions");
        dense += number(s, "macs") > 0 ? 0 : number(s, "dense_additions");
    }
    for (const cJSON *a = member(json, "attention")->child; a != NULL; a = a->next) {
        additions += number(a, "additions");
        dense += number(a, "dense_additions");
    }
    spikeq_report_summary(report, &summary);
    ck_assert((double)summary.additions == additions);
    ck_assert((double)summary.dense_additions == dense);
    ck_assert((double)summary.macs == macs);
    const cJSON *totals = member(json, "totals");
    ck_assert(number(totals, "additions") == additions);
    ck_assert(number(totals, "dense_additions") == dense);
    ck_assert(number(totals, "macs_done") == macs);
    ck_assert(summary.accuracy == -1);
    ck_assert(summary.seconds > 0 && summary.samples_per_second > 0);
    cJSON_Delete(json);
    spikeq_report_free(report);
}
END_TEST

START_TEST(events_of_linear_layers_are_spikes_of_their_source)
{
    spikeq_report *report = case_run((struct sq_run_choices){.threads = 2});
    cJSON *json = case_json(report);
    int n_checked = 0;
    for (const cJSON *s = member(json, "synapses")->child; s != NULL; s = s->next)
        for (const cJSON *p = member(json, "populations")->child; p != NULL; p = p->next)
            if (strcmp(text_of(s, "source"), text_of(p, "name")) == 0) {
                ck_assert(number(s, "events") == number(p, "spikes"));
                n_checked++;
            }
    ck_assert_int_eq(n_checked, 4); /* conv1, conv2, proj, fc2: no relay in between */
    cJSON_Delete(json);
    spikeq_report_free(report);
}
END_TEST

/* The class that the dense forward pass finds for sample i: the first of the largest logits. */
static int64_t class_of(const struct dense_result *dense, size_t i)
{
    const double *logit = dense->logits + i * net.classes;
    int64_t best = 0;
    for (int64_t c = 1; c < (int64_t)net.classes; c++)
        if (logit[c] > logit[best])
            best = c;
    return best;
}

START_TEST(accuracy_counts_the_labels)
{
    struct dense_result dense;
    int64_t label[6];
    dense_run(&net, &dense);
    for (size_t i = 0; i < 6; i++)
        label[i] = (class_of(&dense, i) + (i == 1 || i == 4)) % 7;
    spikeq_report *report =
        case_run((struct sq_run_choices){.labels = case_write_labels(label, 6)});
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_report_summary(report, &summary);
    ck_assert_uint_eq(summary.n_labelled, 6);
    ck_assert_uint_eq(summary.n_correct, 4);
    cJSON *json = case_json(report);
    ck_assert(number(json, "correct") == 4);
    ck_assert(number(json, "accuracy") == 4.0 / 6);
    cJSON_Delete(json);
    spikeq_report_free(report);
    dense_free(&dense);
}
END_TEST

/* The text with "timing", its last member, cut off. */
static char *timeless_text(struct sq_run_choices how)
{
    char *text;
    spikeq_report *report = case_run(how);
    ck_assert_int_eq(spikeq_report_json(ctx, report, &text), SPIKEQ_OK);
    spikeq_report_free(report);
    char *timing = strstr(text, "\"timing\"");
    ck_assert_ptr_nonnull(timing);
    *timing = '\0';
    return text;
}

static const char *const isa[] = {"scalar", "avx2", "avx512", "auto"};

START_TEST(only_timing_depends_on_how)
{
    if (sq_cpu_restrict(sq_cpu_detect().features, isa[_i]) < 0) {
        sq_skip("reports on %s: this processor has none of it", isa[_i]);
        return;
    }
    char *want = timeless_text((struct sq_run_choices){.threads = 1, .batch = 1, .isa = "scalar"});
    for (unsigned i = 0; i < 6; i++) {
        struct sq_run_choices how = {
            .threads = 1 + i % 3, .batch = 1 + i % 5, .schedule = i % 2, .isa = isa[_i]};
        char *got = timeless_text(how);
        ck_assert_str_eq(got, want);
        spikeq_free(got);
    }
    spikeq_free(want);
}
END_TEST

START_TEST(a_limit_is_the_first_samples)
{
    spikeq_report *report = case_run((struct sq_run_choices){.limit = 2});
    cJSON *json = case_json(report);
    ck_assert(number(json, "samples") == 2);
    ck_assert(cJSON_IsTrue(member(json, "complete")));
    ck_assert_str_eq(text_of(member(json, "input"), "description"),
                     "npy float32 [6,3,12,8], first 2, as stored");
    cJSON_Delete(json);
    spikeq_report_free(report);
}
END_TEST

static void require_refused(struct sq_run_choices how, int code, const char *part)
{
    spikeq_report *report = NULL;
    ck_assert_int_eq(sq_api_run(ctx, network, &how, &report), code);
    ck_assert_msg(strstr(spikeq_error_text(ctx), part) != NULL, "%s", spikeq_error_text(ctx));
    ck_assert_ptr_null(report);
}

START_TEST(wrong_options)
{
    const char *input = temp_path("input.npy");
    require_refused((struct sq_run_choices){0}, SPIKEQ_EUSAGE, "no input");
    require_refused((struct sq_run_choices){.input = input, .isa = "neon"}, SPIKEQ_EUSAGE,
                    "isa neon: not one of auto, scalar, avx2, avx512");
    require_refused((struct sq_run_choices){.input = temp_path("none.npy")}, SPIKEQ_EIO,
                    "none.npy");
    require_refused((struct sq_run_choices){.input = input, .dump_dir = input}, SPIKEQ_EIO, input);
    spikeq_report_free(NULL);
    spikeq_network_free(NULL);
    spikeq_ctx_free(NULL);
}
END_TEST

static Suite *report_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("JSON and summary");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, case_set_up, case_tear_down);
    tcase_add_test(tests, the_keys);
    tcase_add_test(tests, the_values_at_the_top);
    tcase_add_test(tests, the_numbers_agree);
    tcase_add_test(tests, events_of_linear_layers_are_spikes_of_their_source);
    tcase_add_test(tests, accuracy_counts_the_labels);
    tcase_add_loop_test(tests, only_timing_depends_on_how, 0, sizeof isa / sizeof isa[0]);
    tcase_add_test(tests, a_limit_is_the_first_samples);
    tcase_add_test(tests, wrong_options);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(report_suite())
