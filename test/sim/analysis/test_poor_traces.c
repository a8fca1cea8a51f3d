/* Theorem: whatever a trace lacks, what it allows is computed, what it does not allow is left out
 * or null and named in the notes, and no figure is NaN or infinite. */
#include "sim/api/calls.h"
#include "test/sim/analysis/analysis_case.h"
#include "test/support/test_context.h"
#include "test/support/tiny_trace.h"

#include <sqlite3.h>

/* Analyse with these options; the trace's object within *root. */
static const cJSON *analyze_with(struct sq_analyze_choices options, const char *path, cJSON **root)
{
    char *json;
    options.traces = &path;
    options.n_traces = 1;
    ck_assert_msg(sq_api_analyze(ctx, &options, &json) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    ck_assert_ptr_null(strstr(json, "nan"));
    ck_assert_ptr_null(strstr(json, "inf"));
    *root = cJSON_Parse(json);
    ck_assert_ptr_nonnull(*root);
    spikeq_free(json);
    return cJSON_GetArrayItem(cJSON_GetObjectItem(*root, "traces"), 0);
}

/* Is there a note whose measure and reason hold these texts? */
static int has_note(const cJSON *trace, const char *measure, const char *reason)
{
    const cJSON *note;
    cJSON_ArrayForEach(
        note, cJSON_GetObjectItem(
                  trace, "notes")) if (strstr(cJSON_GetObjectItem(note, "measure")->valuestring,
                                              measure) != NULL &&
                                       strstr(cJSON_GetObjectItem(note, "reason")->valuestring,
                                              reason) != NULL) return 1;
    return 0;
}

static const cJSON *first_population(const cJSON *trace)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItem(trace, "populations"), 0);
}

/* A request, what must be missing from the trace or its first population, and the note that says
 * it.
 */
static const struct {
    struct golden_request request;
    const char *absent, *absent_of_population, *measure, *reason;
} poor[] = {
    {{.without_labels = 1}, "accuracy", "rate_per_label", "accuracy", "no labels"},
    {{.timesteps = 1}, "none", "none", "overlap_with_next_timestep", "one timestep"},
    {{.n_samples = 1}, "none", "none", "lifetime_sparseness", "one sample"},
    {{.detail = SQ_TRACE_COUNTS}, "attention", "spread", "product_sparsity", "counts only"},
    {{.without_config = 1}, "attention", "heads", "attention", "describes no network"},
    {{0}, "decision", "none", "decision", "--model"},
    {{0}, "cost", "none", "cost", "operations were not recorded"},
};

START_TEST(what_is_missing_is_said)
{
    cJSON *root;
    golden_trace("cifar-2-64", temp_path("a.db"), &poor[_i].request);
    const cJSON *trace = analyze_with((struct sq_analyze_choices){0}, temp_path("a.db"), &root);
    ck_assert_ptr_null(cJSON_GetObjectItem(trace, poor[_i].absent));
    ck_assert_ptr_null(cJSON_GetObjectItem(first_population(trace), poor[_i].absent_of_population));
    ck_assert(has_note(trace, poor[_i].measure, poor[_i].reason));
    ck_assert(cJSON_GetObjectItem(first_population(trace), "spikes")->valuedouble > 0);
    cJSON_Delete(root);
}
END_TEST

START_TEST(one_timestep_has_no_overlap)
{
    cJSON *root;
    golden_trace("dvs-1-64", temp_path("a.db"), &(struct golden_request){.timesteps = 1});
    const cJSON *trace = analyze_with((struct sq_analyze_choices){0}, temp_path("a.db"), &root);
    const cJSON *time = cJSON_GetObjectItem(first_population(trace), "time");
    ck_assert_ptr_null(cJSON_GetObjectItem(time, "overlap_with_next_timestep"));
    ck_assert_ptr_null(cJSON_GetObjectItem(time, "delta_events"));
    cJSON_Delete(root);
}
END_TEST

START_TEST(one_sample_has_no_spread)
{
    cJSON *root;
    golden_trace("cifar-2-64", temp_path("a.db"), NULL);
    const cJSON *trace =
        analyze_with((struct sq_analyze_choices){.samples = "1"}, temp_path("a.db"), &root);
    const cJSON *rate = cJSON_GetObjectItem(first_population(trace), "rate");
    ck_assert(cJSON_IsNumber(cJSON_GetObjectItem(rate, "mean")));
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(rate, "sd")));
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(rate, "low")));
    ck_assert_int_eq(cJSON_GetObjectItem(trace, "first_sample")->valueint, 1);
    cJSON_Delete(root);
}
END_TEST

START_TEST(chosen_populations_only)
{
    cJSON *root;
    golden_trace("cifar-2-64", temp_path("a.db"), NULL);
    const cJSON *trace = analyze_with(
        (struct sq_analyze_choices){.populations = "block.1.attn.?_lif,patch_embed.rpe_lif"},
        temp_path("a.db"), &root);
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(trace, "populations")), 4);
    const cJSON *attention = cJSON_GetObjectItem(trace, "attention");
    ck_assert_int_eq(cJSON_GetArraySize(attention), 1);
    ck_assert_int_eq(cJSON_GetObjectItem(attention->child, "block")->valueint, 1);
    ck_assert(has_note(trace, "residual_streams", "not all recorded and chosen"));
    cJSON_Delete(root);
}
END_TEST

/* Populations of unknown kind, whole numbers at the input, samples without a label. */
START_TEST(a_trace_of_no_spikformer)
{
    cJSON *root;
    tiny_trace(temp_path("a.db"), NULL, 5, 7);
    const cJSON *trace = analyze_with((struct sq_analyze_choices){0}, temp_path("a.db"), &root);
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(trace, "populations")), 3);
    ck_assert(has_note(trace, "input", "whole numbers"));
    ck_assert(has_note(trace, "accuracy", "only 5 of 7 samples"));
    ck_assert_ptr_null(cJSON_GetObjectItem(trace, "attention"));
    cJSON_Delete(root);
}
END_TEST

static const struct {
    struct sq_analyze_choices options;
    int status;
    const char *says;
} refused[] = {
    {{.samples = "9:"}, SPIKEQ_EUSAGE, "samples chooses none of its 2 samples"},
    {{.samples = "x"}, SPIKEQ_EUSAGE, "samples"},
    {{.populations = "nothing"}, SPIKEQ_EUSAGE, "populations nothing matches no population"},
    {{.hardware = "none"}, SPIKEQ_EIO, "none"},
    {{.model = "test/golden/imagenet-1-64/model.safetensors",
      .config = "test/golden/imagenet-1-64/config.json"},
     SPIKEQ_ESHAPE,
     "depth 1, dim 64"},
    {{.model = "test/golden/cifar-2-64/model.safetensors",
      .config = "test/golden/cifar-2-64/config.json",
      .populations = "block.*"},
     SPIKEQ_EUNSUPPORTED,
     "model needs the spikes of"},
};

START_TEST(a_wrong_request_is_refused)
{
    char *json = NULL;
    const char *path = temp_path("a.db");
    struct sq_analyze_choices options = refused[_i].options;
    golden_trace("cifar-2-64", path, NULL);
    options.traces = &path;
    options.n_traces = 1;
    ck_assert_int_eq(sq_api_analyze(ctx, &options, &json), refused[_i].status);
    ck_assert_msg(strstr(spikeq_error_text(ctx), refused[_i].says) != NULL, "%s",
                  spikeq_error_text(ctx));
    ck_assert_ptr_null(json);
}
END_TEST

/* The first damaged sample is named, whoever reads it. */
START_TEST(damage_is_named)
{
    char *json = NULL;
    const char *path = temp_path("a.db");
    sqlite3 *db;
    tiny_trace(path, NULL, 5, 40);
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db,
                                  "UPDATE frame SET spikes = spikes + 1 WHERE sample IN (11, 30) "
                                  "AND population = 2 AND timestep = 1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    const struct sq_analyze_choices options = {.traces = &path, .n_traces = 1, .threads = 3};
    for (int round = 0; round < 10; round++) {
        ck_assert_int_eq(sq_api_analyze(ctx, &options, &json), SPIKEQ_EFORMAT);
        ck_assert_msg(strstr(spikeq_error_text(ctx), "sample 11, timestep 1, b.attn.q_lif") != NULL,
                      "%s", spikeq_error_text(ctx));
    }
}
END_TEST

/* A description alone can ask for memory without end: refused before it is taken. */
START_TEST(a_giant_population_is_refused)
{
    static const struct sq_trace_population giant = {"giant", SQ_TRACE_GENERIC,   1 << 13, 1 << 14,
                                                     2,       {1 << 13, 1 << 14}, 0,       0};
    const struct sq_trace_plan plan = {
        .timesteps = 1, .n_samples = 1, .n_populations = 1, .population = &giant};
    const struct sq_trace_frame frame = {.encoding = SQ_FRAME_GAPS,
                                         .data = (const unsigned char *)""};
    const struct sq_trace_sample sample = {.label = -1, .prediction = -1};
    const char *path = temp_path("a.db");
    const struct sq_analyze_choices options = {.traces = &path, .n_traces = 1};
    struct sq_trace_writer *writer;
    struct sq_error err = {0};
    char *json = NULL;
    ck_assert_int_eq(sq_trace_create(&err, path, &plan, 1, &writer), SQ_OK);
    ck_assert_int_eq(sq_trace_put(&err, writer, &sample, &frame, 1), SQ_OK);
    ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
    sq_trace_writer_free(writer);
    ck_assert_int_eq(sq_api_analyze(ctx, &options, &json), SPIKEQ_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "choose fewer populations"));
}
END_TEST

START_TEST(no_trace_is_refused)
{
    char *json = NULL;
    const char *path = temp_text("a.txt", "no trace");
    const struct sq_analyze_choices options = {.traces = &path, .n_traces = 1};
    ck_assert_int_eq(sq_api_analyze(ctx, &options, &json), SPIKEQ_EFORMAT);
    ck_assert_int_eq(sq_api_analyze(ctx, &(struct sq_analyze_choices){0}, &json), SPIKEQ_EUSAGE);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *poor_traces = tcase_create("poor traces");
    tcase_set_timeout(poor_traces, 60);
    tcase_add_unchecked_fixture(poor_traces, temp_make, temp_remove);
    tcase_add_checked_fixture(poor_traces, make_context, free_context);
    tcase_add_loop_test(poor_traces, what_is_missing_is_said, 0, sizeof poor / sizeof poor[0]);
    tcase_add_test(poor_traces, one_timestep_has_no_overlap);
    tcase_add_test(poor_traces, one_sample_has_no_spread);
    tcase_add_test(poor_traces, chosen_populations_only);
    tcase_add_test(poor_traces, a_trace_of_no_spikformer);
    tcase_add_loop_test(poor_traces, a_wrong_request_is_refused, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(poor_traces, damage_is_named);
    tcase_add_test(poor_traces, a_giant_population_is_refused);
    tcase_add_test(poor_traces, no_trace_is_refused);
    suite_add_tcase(s, poor_traces);
    return s;
}

SQ_TEST_MAIN(suite())
