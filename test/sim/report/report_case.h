/* A tiny network in a temporary folder, run with options of the test's choice. */
#ifndef SQ_TEST_REPORT_CASE_H
#define SQ_TEST_REPORT_CASE_H

/* Samples of the input; a program may ask for more. */
#ifndef CASE_SAMPLES
#define CASE_SAMPLES 6
#endif

#include "sim/api/calls.h"
#include "test/sim/input/temp_files.h"
#include "test/support/bytes.h"
#include "test/support/tiny_file.h"

#include <cjson/cJSON.h>

static struct tiny_network net;
static spikeq_ctx *ctx;
static spikeq_network *network;

static inline void case_set_up(void)
{
    struct sq_rng rng = {21};
    tiny_draw_sizes(&rng, TINY_CIFAR10, &net);
    net.depth = 1;
    net.dim = 24;
    net.channels = 3;
    net.heads = 2;
    net.timesteps = 3;
    net.batch = CASE_SAMPLES;
    net.classes = 7;
    net.height = 12;
    net.width = 8;
    tiny_fill(&rng, &net);
    tiny_write(&net, temp_dir);
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(spikeq_network_load(ctx, temp_path("model.safetensors"), temp_path("config.json"),
                                      NULL, 0, &network) == SPIKEQ_OK,
                  "%s", spikeq_error_text(ctx));
}

static inline void case_tear_down(void)
{
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
    tiny_free(&net);
}

/* labels.npy, int64 [B]. */
static inline const char *case_write_labels(const int64_t *label, size_t n)
{
    struct bytes content = {0};
    char dictionary[118], line[128];
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '<i8', 'fortran_order': False, 'shape': (%zu,), }", n);
    snprintf(line, sizeof line, "%-117s\n", dictionary);
    bytes_put(&content, "\x93NUMPY\x01", 8);
    bytes_put_u16(&content, 118);
    bytes_put_text(&content, line);
    bytes_put(&content, label, n * sizeof *label);
    const char *path = temp_write("labels.npy", content.data, content.n);
    bytes_free(&content);
    return path;
}

/* Run; the report is the caller's. */
static inline spikeq_report *case_run(struct sq_run_choices how)
{
    spikeq_report *report = NULL;
    how.input = temp_path("input.npy");
    ck_assert_msg(sq_api_run(ctx, network, &how, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    return report;
}

static inline cJSON *case_json(const spikeq_report *report)
{
    char *text;
    ck_assert_int_eq(spikeq_report_json(ctx, report, &text), SPIKEQ_OK);
    cJSON *json = cJSON_Parse(text);
    ck_assert_msg(json != NULL, "no JSON: %.100s", text);
    spikeq_free(text);
    return json;
}

static inline const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    ck_assert_msg(value != NULL, "the report has no \"%s\"", key);
    return value;
}

static inline double number(const cJSON *object, const char *key)
{
    ck_assert_msg(cJSON_IsNumber(member(object, key)), "\"%s\" is no number", key);
    return member(object, key)->valuedouble;
}

static inline const char *text_of(const cJSON *object, const char *key)
{
    ck_assert_msg(cJSON_IsString(member(object, key)), "\"%s\" is no text", key);
    return member(object, key)->valuestring;
}

#endif
