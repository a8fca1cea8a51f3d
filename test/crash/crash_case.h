/* A small network and a recording of it that takes several transactions, to be cut short. */
#ifndef SQ_TEST_CRASH_CASE_H
#define SQ_TEST_CRASH_CASE_H

#include "sim/api/calls.h"
#include "test/sim/input/temp_files.h"
#include "test/support/tiny_file.h"

#include <cjson/cJSON.h>

enum { CRASH_SAMPLES = 150 }; /* two transactions of 64, and a rest */

static spikeq_ctx *ctx;
static spikeq_network *network;
static char whole_digest[80];     /* of the recording that nothing cut short, */
static char *whole_report;        /* and its report, without timing */
static const char *crash_samples; /* what --trace-samples says, or NULL */
static uint64_t crash_pause_at;   /* when so many samples are finished, crash_pause() */
static void (*crash_pause)(void); /* or NULL */

/* What of a report is the same for every run. */
static inline char *crash_report_text(const spikeq_report *report)
{
    char *text;
    ck_assert_int_eq(spikeq_report_json(ctx, report, &text), SPIKEQ_OK);
    cJSON *json = cJSON_Parse(text);
    spikeq_free(text);
    cJSON_DeleteItemFromObject(json, "timing");
    text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return text;
}

static inline void crash_progress(void *data, uint64_t n_done, uint64_t n_all)
{
    (void)data;
    (void)n_all;
    if (crash_pause != NULL && n_done == crash_pause_at)
        crash_pause();
}

/* Record at a.db; *text (may be NULL) becomes its report. The status. */
static inline int crash_record(int force, int resume, char **text)
{
    spikeq_report *report;
    const struct sq_run_choices how = {
        .input = temp_path("input.npy"),
        .threads = 1,
        .batch = 4,
        .progress = crash_progress,
        .trace = {
            .path = temp_path("a.db"), .samples = crash_samples, .force = force, .resume = resume}};
    const int status = sq_api_run(ctx, network, &how, &report);
    if (status != SPIKEQ_OK)
        return status;
    if (text != NULL)
        *text = crash_report_text(report);
    spikeq_report_free(report);
    return SPIKEQ_OK;
}

static inline void crash_digest(char digest[80])
{
    char *text;
    ck_assert_msg(spikeq_trace_digest(ctx, temp_path("a.db"), &text) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    snprintf(digest, 80, "%s", text);
    spikeq_free(text);
}

static inline void crash_set_up(void)
{
    static struct tiny_network net;
    struct sq_rng rng = {77};
    /* A killed process loses nothing that it wrote: memory will do where a disk would only be
     * slow. */
    snprintf(temp_dir, sizeof temp_dir, "/dev/shm/spikeq-test-XXXXXX");
    if (mkdtemp(temp_dir) == NULL)
        temp_make();
    tiny_draw_sizes(&rng, TINY_CIFAR10, &net);
    net.depth = 1;
    net.dim = 16;
    net.heads = 2;
    net.hidden = 16;
    net.timesteps = 2;
    net.height = net.width = 8;
    net.batch = CRASH_SAMPLES;
    tiny_fill(&rng, &net);
    tiny_write(&net, temp_dir);
    tiny_free(&net);
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_int_eq(spikeq_network_load(ctx, temp_path("model.safetensors"),
                                         temp_path("config.json"), NULL, 0, &network),
                     SPIKEQ_OK);
    ck_assert_int_eq(crash_record(0, 0, &whole_report), SPIKEQ_OK);
    crash_digest(whole_digest);
    unlink(temp_path("a.db"));
}

static inline void crash_tear_down(void)
{
    cJSON_free(whole_report);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
    temp_remove();
}

/* Nothing lies beside a.db. */
static inline void crash_require_tidy(void)
{
    static const char *const name[] = {"a.db.partial", "a.db-journal", "a.db.partial-journal"};
    for (size_t i = 0; i < 3; i++)
        ck_assert_msg(access(temp_path(name[i]), F_OK) != 0, "%s is left behind", name[i]);
}

/* Go on with what there is: it becomes what nothing cut short. */
static inline void crash_resume(void)
{
    char digest[80], *report;
    ck_assert_msg(crash_record(0, 1, &report) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    crash_digest(digest);
    ck_assert_str_eq(digest, whole_digest);
    ck_assert_str_eq(report, whole_report);
    crash_require_tidy();
    cJSON_free(report);
}

#endif
