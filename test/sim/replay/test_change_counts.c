/* What a changed replay counts does not depend on where it began. */
#include "sim/api/calls.h"
#include "test/sim/replay/recorded_case.h"

enum { N_NETWORKS = 12 };

/* What a trace counted of every operation: the member "counters" of its report. */
static cJSON *counters_of(struct recorded *r, const char *trace)
{
    spikeq_report *retold;
    char *text;
    CASE_UNLESS(&r->c, spikeq_report_of_trace(r->c.ctx, trace, &retold) == SPIKEQ_OK, "%s",
                spikeq_error_text(r->c.ctx));
    CASE_UNLESS(&r->c, spikeq_report_json(r->c.ctx, retold, &text) == SPIKEQ_OK, "no JSON");
    spikeq_report_free(retold);
    cJSON *report = cJSON_Parse(text);
    spikeq_free(text);
    cJSON *counters = cJSON_DetachItemFromObjectCaseSensitive(report, "counters");
    CASE_UNLESS(&r->c, counters != NULL, "%s: its report has no counters", trace);
    cJSON_Delete(report);
    return counters;
}

/* Replay with this change into a trace, and what that counted. */
static cJSON *counters_with(struct recorded *r, struct sq_replay_choices how, const char *trace)
{
    int is_equal;
    CASE_DRAW_HOW(&r->c, &how);
    how.record = (struct sq_trace_choices){.path = trace, .force = 1};
    cJSON_Delete(case_replay(&r->c, temp_path("a.db"), how, &is_equal));
    return counters_of(r, trace);
}

/* Theorem: what a silenced network counted, and so every price, does not depend on where the replay
 * began: at the population itself, which is then injected and changed, or at the input, where its
 * spikes are computed. */
START_TEST(a_change_counts_the_same_from_everywhere)
{
    struct recorded r;
    open_recorded(&r, 700 + (uint64_t)_i);
    for (int round = 0; round < 6; round++) {
        size_t first, end;
        char text[128];
        draw_part(&r, draw_population(&r), text, &first, &end);
        const char *const silence[] = {text}, *const from[] = {"input"};
        struct sq_replay_choices how = {.silence = silence, .n_silence = 1};
        cJSON *injected = counters_with(&r, how, temp_path("b.db"));
        how.from = from;
        how.n_from = 1;
        how.input = temp_path("input.npy");
        cJSON *computed = counters_with(&r, how, temp_path("c.db"));
        CASE_UNLESS(&r.c, cJSON_Compare(injected, computed, 1), "%s: counted otherwise from input",
                    text);
        cJSON_Delete(injected);
        cJSON_Delete(computed);
    }
    close_recorded(&r);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/replay");
    TCase *tests = tcase_create("counts of a change");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, a_change_counts_the_same_from_everywhere, 0, N_NETWORKS);
    suite_add_tcase(s, tests);
    return s;
}

SQ_TEST_MAIN(suite())
