/* SIGINT during a run: the samples in flight are finished, report and dump cover exactly the
 * first samples and are valid. */
/* Many, so that a signal handled late still finds samples that have not entered. */
#define CASE_SAMPLES 24
#include "sim/api/calls.h"
#include "test/sim/report/report_case.h"

#include "test/support/npz.h"

#include <signal.h>

/* Send ourselves SIGINT after the sample of number `after`. */
struct interruption {
    uint64_t after, last_done;
};

static void raise_after(void *data, uint64_t n_done, uint64_t n_total)
{
    struct interruption *interruption = data;
    ck_assert_uint_eq(n_total, net.batch);
    ck_assert_uint_eq(n_done, interruption->last_done + 1);
    interruption->last_done = n_done;
    if (n_done == interruption->after)
        raise(SIGINT);
}

/* Run with two lanes; *report is the caller's. */
static int run_interrupted(struct interruption *interruption, const char *dump, int schedule,
                           spikeq_report **report)
{
    const struct sq_run_choices how = {.input = temp_path("input.npy"),
                                       .threads = 2,
                                       .batch = 2,
                                       .schedule = schedule,
                                       .stop_on_sigint = 1,
                                       .dump_dir = dump,
                                       .progress = raise_after,
                                       .progress_data = interruption};
    return sq_api_run(ctx, network, &how, report);
}

START_TEST(the_report_is_partial_and_says_so)
{
    struct interruption interruption = {.after = 1};
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_report *report = NULL;
    ck_assert_int_eq(run_interrupted(&interruption, NULL, _i, &report), SPIKEQ_EINTERRUPTED);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), " of 24 samples"));
    spikeq_report_summary(report, &summary);
    ck_assert_uint_ge(summary.n_samples, 1);
    ck_assert_uint_lt(summary.n_samples, CASE_SAMPLES);
    ck_assert_uint_eq(summary.n_samples, interruption.last_done);
    cJSON *json = case_json(report);
    ck_assert(cJSON_IsFalse(member(json, "complete")));
    ck_assert(number(json, "samples") == (double)summary.n_samples);
    cJSON_Delete(json);
    spikeq_report_free(report);
}
END_TEST

/* What is reported is what a run over as many samples reports. */
START_TEST(counts_are_those_of_the_first_samples)
{
    struct interruption interruption = {.after = 1};
    spikeq_report *partial = NULL;
    ck_assert_int_eq(run_interrupted(&interruption, NULL, _i, &partial), SPIKEQ_EINTERRUPTED);
    spikeq_report *limited = case_run((struct sq_run_choices){.limit = interruption.last_done});
    cJSON *a = case_json(partial), *b = case_json(limited);
    ck_assert(cJSON_Compare(member(a, "populations"), member(b, "populations"), 1));
    ck_assert(cJSON_Compare(member(a, "synapses"), member(b, "synapses"), 1));
    cJSON_Delete(a);
    cJSON_Delete(b);
    spikeq_report_free(partial);
    spikeq_report_free(limited);
}
END_TEST

/* Element i of [T][n] and of [T][B]: the partial file is the whole one, cut in B. */
static void compare_dumped(const char *name, uint64_t n_done)
{
    char part[128], whole[128];
    snprintf(part, sizeof part, "part/%s.npy", name);
    snprintf(whole, sizeof whole, "whole/%s.npy", name);
    struct npz_array *a = npy_load(temp_path(part)), *b = npy_load(temp_path(whole));
    const int has_t = strcmp(name, "logits") != 0 && strcmp(name, "head_in") != 0;
    const size_t slab = b->n_bytes / (net.batch * (has_t ? net.timesteps : 1));
    ck_assert_uint_eq(a->header.dim[has_t], n_done);
    ck_assert_uint_eq(a->n_bytes, slab * n_done * (has_t ? net.timesteps : 1));
    for (size_t t = 0; t < (has_t ? net.timesteps : 1); t++)
        ck_assert_msg(
            memcmp(a->data + t * n_done * slab, b->data + t * net.batch * slab, n_done * slab) == 0,
            "%s differs at t = %zu", name, t);
    npz_free(a, 1);
    npz_free(b, 1);
}

START_TEST(the_dump_shrinks_to_what_was_done)
{
    struct interruption interruption = {.after = 2};
    spikeq_report *partial = NULL;
    spikeq_report_free(case_run((struct sq_run_choices){.dump_dir = temp_path("whole")}));
    ck_assert_int_eq(run_interrupted(&interruption, temp_path("part"), _i, &partial),
                     SPIKEQ_EINTERRUPTED);
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_report_summary(partial, &summary);
    for (size_t i = 0; i < summary.n_populations; i++) {
        struct spikeq_population population = {.size = sizeof population};
        spikeq_report_population(partial, i, &population);
        compare_dumped(population.name, interruption.last_done);
    }
    compare_dumped("logits", interruption.last_done);
    compare_dumped("head_in", interruption.last_done);
    DIR *dir = opendir(temp_path("part"));
    size_t n_files = 0;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        n_files += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(dir);
    ck_assert_uint_eq(n_files, summary.n_populations + 2); /* nothing partial is left */
    spikeq_report_free(partial);
}
END_TEST

/* With the last sample done, or all of them entered, there is nothing left to interrupt. */
START_TEST(too_late_to_interrupt)
{
    struct interruption interruption = {.after = CASE_SAMPLES};
    spikeq_report *report = NULL;
    ck_assert_int_eq(run_interrupted(&interruption, NULL, 0, &report), SPIKEQ_OK);
    spikeq_report_free(report);
}
END_TEST

/* Unless asked, the library leaves signals to their owner. */
static volatile sig_atomic_t n_seen;

static void count_signal(int number)
{
    n_seen += number == SIGINT;
}

START_TEST(signals_are_not_touched_unless_asked)
{
    struct interruption interruption = {.after = 1};
    signal(SIGINT, count_signal);
    spikeq_report_free(case_run((struct sq_run_choices){
        .batch = 2, .progress = raise_after, .progress_data = &interruption}));
    ck_assert_int_eq(n_seen, 1);
}
END_TEST

START_TEST(the_handler_is_gone_after_the_run)
{
    struct interruption interruption = {.after = 100};
    spikeq_report *report = NULL;
    ck_assert_int_eq(run_interrupted(&interruption, NULL, 0, &report), SPIKEQ_OK);
    spikeq_report_free(report);
    struct sigaction now;
    ck_assert_int_eq(sigaction(SIGINT, NULL, &now), 0);
    ck_assert(now.sa_handler == SIG_DFL);
}
END_TEST

static Suite *interrupt_suite(void)
{
    Suite *suite = suite_create("interrupt");
    TCase *tests = tcase_create("SIGINT");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, case_set_up, case_tear_down);
    tcase_add_loop_test(tests, the_report_is_partial_and_says_so, 0, 2);
    tcase_add_loop_test(tests, counts_are_those_of_the_first_samples, 0, 2);
    tcase_add_loop_test(tests, the_dump_shrinks_to_what_was_done, 0, 2);
    tcase_add_test(tests, too_late_to_interrupt);
    tcase_add_test(tests, signals_are_not_touched_unless_asked);
    tcase_add_test(tests, the_handler_is_gone_after_the_run);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(interrupt_suite())
