/* Theorem: a run has one number of additions, wherever it is shown. The total of the report is the
 * sum of its rows, attention among them; what `exact` prices; what the samples add up to; what the
 * trace says; what an analysis finds in layers and timesteps; what a replay says of the
 * recording. On random networks of the three layouts, and with event counts of a camera. */
#include "sim/account/price/bill.h"
#include "sim/api/calls.h"
#include "sim/report/report.h"
#include "test/sim/replay/replay_case.h"

enum { N_NETWORKS = 24 };

struct totals {
    uint64_t additions, dense_additions;
};

static cJSON *parse_and_free(char *text)
{
    cJSON *json = cJSON_Parse(text);
    ck_assert_ptr_nonnull(json);
    spikeq_free(text);
    return json;
}

static double number_at(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    ck_assert_msg(cJSON_IsNumber(item), "%s is no number", key);
    return item->valuedouble;
}

static double sum_of(const cJSON *list, const char *key)
{
    const cJSON *item;
    double sum = 0;
    cJSON_ArrayForEach(item, list) sum += number_at(item, key);
    return sum;
}

static double sum_of_numbers(const cJSON *list)
{
    const cJSON *item;
    double sum = 0;
    cJSON_ArrayForEach(item, list) sum += item->valuedouble;
    return sum;
}

static struct totals totals_of(const spikeq_report *report)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_report_summary(report, &summary);
    return (struct totals){summary.additions, summary.dense_additions};
}

/* Rows of the report. */
static void require_rows(const struct replay_case *c, const spikeq_report *report)
{
    struct totals want = totals_of(report), sum = {0, 0};
    struct spikeq_summary summary = {.size = sizeof summary};
    int is_mixed = 0; /* frames of counts, and others */
    spikeq_report_summary(report, &summary);
    CASE_UNLESS(c, summary.n_attentions == c->net.depth, "%zu attentions", summary.n_attentions);
    for (size_t i = 0; i < summary.n_synapses; i++) {
        struct spikeq_synapse s = {.size = sizeof s};
        spikeq_report_synapse(report, i, &s);
        is_mixed |= i == 0 && s.sops > 0 && s.macs > 0;
        sum.additions += s.sops;
        sum.dense_additions += s.sops > 0 || s.macs == 0 ? s.dense_additions : 0;
    }
    for (size_t i = 0; i < summary.n_attentions; i++) {
        const uint64_t n = tiny_grid_height(&c->net) * tiny_grid_width(&c->net);
        const uint64_t dim = c->net.dim, frames = c->net.timesteps * summary.n_samples;
        const int is_kv = c->net.layout == TINY_IMAGENET;
        struct spikeq_attention a = {.size = sizeof a};
        spikeq_report_attention(report, i, &a);
        CASE_UNLESS(c, a.dense_additions == 2 * frames * n * dim * (is_kv ? dim / c->net.heads : n),
                    "%s: %" PRIu64 " dense additions", a.name, a.dense_additions);
        CASE_UNLESS(c, a.additions == a.first_additions + a.second_additions, "%s", a.name);
        CASE_UNLESS(c, a.additions <= a.unit_additions && a.additions <= a.dense_additions, "%s",
                    a.name);
        sum.additions += a.additions;
        sum.dense_additions += a.dense_additions;
    }
    if (is_mixed) /* the row's dense additions are of all samples */
        sum.dense_additions = want.dense_additions;
    CASE_UNLESS(c, sum.additions == want.additions && sum.dense_additions == want.dense_additions,
                "rows sum up to %" PRIu64 " additions of %" PRIu64 ", not %" PRIu64 " of %" PRIu64,
                sum.additions, sum.dense_additions, want.additions, want.dense_additions);
}

/* What the convention exact prices, per sample. */
static void require_bill(const struct replay_case *c, const spikeq_report *report)
{
    const struct sq_source source = {.counters = *sq_record_counters(report->record),
                                     .has_counts = 1};
    const struct sq_hardware hardware = {.name = ""};
    const struct sq_switches switches = sq_switches_default();
    const struct totals want = totals_of(report);
    const double n = (double)source.counters.n_samples;
    struct sq_error err = {0};
    struct sq_arena arena = {NULL, 0};
    struct sq_bill bill;
    ck_assert_int_eq(sq_bill_make(&err, &arena, &source, SQ_EXACT, &hardware, &switches, &bill),
                     SQ_OK);
    CASE_UNLESS(c, bill.acs == (double)want.additions / n,
                "exact prices %.17g additions, not %.17g", bill.acs, (double)want.additions / n);
    sq_arena_free(&arena);
}

static void require_json(const struct replay_case *c, const spikeq_report *report)
{
    const struct totals want = totals_of(report);
    char *text;
    ck_assert_int_eq(spikeq_report_json(c->ctx, report, &text), SPIKEQ_OK);
    cJSON *json = parse_and_free(text);
    const cJSON *totals = cJSON_GetObjectItem(json, "totals"),
                *each = cJSON_GetObjectItem(json, "each");
    CASE_UNLESS(c, number_at(totals, "additions") == (double)want.additions, "report: totals");
    CASE_UNLESS(c, number_at(totals, "dense_additions") == (double)want.dense_additions,
                "report: dense additions");
    CASE_UNLESS(c, sum_of_numbers(cJSON_GetObjectItem(each, "acs")) == (double)want.additions,
                "the samples add up to other additions");
    cJSON_Delete(json);
}

/* What an analysis finds: all layers; each timestep, by the way of an early exit that never comes.
 */
static void require_analysis(const struct replay_case *c, const struct totals *want)
{
    const char *const trace = temp_path("a.db");
    char *const path = strdup(trace);
    const struct sq_analyze_choices options = {.traces = (const char *const *)&path,
                                               .n_traces = 1,
                                               .model = temp_path("model.safetensors"),
                                               .config = temp_path("config.json")};
    char *text;
    CASE_UNLESS(c, sq_api_analyze(c->ctx, &options, &text) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    cJSON *json = parse_and_free(text);
    const cJSON *of = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "traces"), 0);
    const cJSON *cost = cJSON_GetObjectItem(of, "cost");
    const cJSON *exits = cJSON_GetObjectItem(cJSON_GetObjectItem(of, "decision"), "early_exit");
    const double sum = sum_of(cJSON_GetObjectItem(cost, "layers"), "additions");
    CASE_UNLESS(c, sum == (double)want->additions,
                "analyze: layers have %.17g additions, not %" PRIu64, sum, want->additions);
    const cJSON *last = cJSON_GetArrayItem(exits, cJSON_GetArraySize(exits) - 1);
    if (last != NULL && number_at(last, "mean_timesteps") == c->net.timesteps) {
        const double mean = (double)want->additions / number_at(of, "samples");
        CASE_UNLESS(c, number_at(last, "mean_additions") == mean,
                    "analyze: timesteps have %.17g additions a sample, not %.17g",
                    number_at(last, "mean_additions"), mean);
    }
    cJSON_Delete(json);
    free(path);
}

/* A silenced key saves both products, in the total as in the block's row. */
static void require_replay(struct replay_case *c, const struct totals *want)
{
    static const char *const silence[] = {"block.0.attn.k_lif"}, *const from[] = {"block.0"};
    const struct sq_replay_choices how = {
        .from = from, .n_from = 1, .silence = silence, .n_silence = 1};
    int is_equal;
    cJSON *json = case_replay(c, temp_path("a.db"), how, &is_equal);
    const cJSON *attention = cJSON_GetObjectItem(json, "attention");
    const double rows = sum_of(cJSON_GetObjectItem(json, "synapses"), "additions_recorded") +
                        sum_of(attention, "additions_recorded");
    CASE_UNLESS(c, number_at(json, "additions_recorded") == (double)want->additions,
                "replay: %.17g additions recorded, not %" PRIu64,
                number_at(json, "additions_recorded"), want->additions);
    CASE_UNLESS(c, rows >= (double)want->additions, "replay: rows of %.17g additions", rows);
    CASE_UNLESS(c, number_at(attention->child, "additions") == 0,
                "k is silent, and is charged for");
    cJSON_Delete(json);
}

/* Run with a trace. */
static spikeq_report *record(struct replay_case *c, spikeq_network **network)
{
    const struct sq_run_choices how = {.input = temp_path("input.npy"),
                                       .trace = {.path = temp_path("a.db"), .force = 1}};
    spikeq_report *report;
    CASE_UNLESS(c,
                spikeq_network_load(c->ctx, temp_path("model.safetensors"),
                                    temp_path("config.json"), NULL, 0, network) == SPIKEQ_OK,
                "%s", spikeq_error_text(c->ctx));
    CASE_UNLESS(c, sq_api_run(c->ctx, *network, &how, &report) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    return report;
}

/* Half of the frames as a camera's: whole numbers, which are added and not multiplied. */
static void draw_counts(struct replay_case *c)
{
    for (size_t i = 0; i < c->net.n_input; i++)
        c->net.input[i] = (float)sq_rng_below(&c->rng, 4);
    tiny_write(&c->net, temp_dir);
}

START_TEST(everybody_says_the_same)
{
    struct replay_case c;
    spikeq_network *network;
    spikeq_report *again;
    case_open(&c, 4000 + (uint64_t)_i);
    if (_i % 2 == 1)
        draw_counts(&c);
    spikeq_report *report = record(&c, &network);
    const struct totals want = totals_of(report);
    CASE_UNLESS(&c, want.additions > 0, "nothing happened");
    require_rows(&c, report);
    require_bill(&c, report);
    require_json(&c, report);
    CASE_UNLESS(&c, spikeq_report_of_trace(c.ctx, temp_path("a.db"), &again) == SPIKEQ_OK, "%s",
                spikeq_error_text(c.ctx));
    const struct totals retold = totals_of(again);
    CASE_UNLESS(&c, memcmp(&retold, &want, sizeof want) == 0, "the trace gives other totals");
    spikeq_report_free(again);
    require_analysis(&c, &want);
    require_replay(&c, &want);
    spikeq_report_free(report);
    spikeq_network_free(network);
    case_close(&c);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/report");
    TCase *totals = tcase_create("totals");
    tcase_set_timeout(totals, 120);
    tcase_add_unchecked_fixture(totals, temp_make, temp_remove);
    tcase_add_loop_test(totals, everybody_says_the_same, 0, N_NETWORKS);
    suite_add_tcase(s, totals);
    return s;
}

SQ_TEST_MAIN(suite())
