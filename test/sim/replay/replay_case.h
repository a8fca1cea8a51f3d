/* Tests of recording and replay: a random tiny network in a temporary folder, recorded and replayed
 * with options of the test's choice. */
#ifndef SQ_TEST_REPLAY_CASE_H
#define SQ_TEST_REPLAY_CASE_H

#include "kernels/base/cpu.h"
#include "sim/api/calls.h"
#include "test/sim/input/temp_files.h"
#include "test/support/tiny_file.h"

#include <cjson/cJSON.h>
#include <inttypes.h>

struct replay_case {
    uint64_t seed;
    struct sq_rng rng;
    struct tiny_network net;
    spikeq_ctx *ctx;
};

/* The seed in front of every message, which is made after the condition was looked at: it may tell
 * the error of a call in it. */
#define CASE_UNLESS(c, is_true, ...)                                                            \
    do {                                                                                        \
        const int holds_ = (is_true);                                                           \
        char said_[2048];                                                                       \
        snprintf(said_, sizeof said_, __VA_ARGS__);                                             \
        ck_assert_msg(holds_, "seed %" PRIu64 " (%s): %s", (c)->seed, tiny_describe(&(c)->net), \
                      said_);                                                                   \
    } while (0)

/* Draw a network of layout seed % 3 and write its files. */
static inline void case_open(struct replay_case *c, uint64_t seed)
{
    *c = (struct replay_case){.seed = seed, .rng = {seed}};
    tiny_draw(&c->rng, TINY_CIFAR10 + (enum tiny_layout)(seed % 3), &c->net);
    tiny_write(&c->net, temp_dir);
    ck_assert_int_eq(spikeq_ctx_new(&c->ctx), SPIKEQ_OK);
}

static inline void case_close(struct replay_case *c)
{
    spikeq_ctx_free(c->ctx);
    tiny_free(&c->net);
}

/* Options of a run or a replay that change no result, drawn. */
#define CASE_DRAW_HOW(c, options)                                           \
    do {                                                                    \
        (options)->threads = 1 + (unsigned)sq_rng_below(&(c)->rng, 3);      \
        (options)->batch = 1 + (unsigned)sq_rng_below(&(c)->rng, 3);        \
        (options)->schedule = (enum sq_schedule)sq_rng_below(&(c)->rng, 2); \
        (options)->isa = case_draw_isa(c);                                  \
    } while (0)

static inline const char *case_draw_isa(struct replay_case *c)
{
    static const char *const isa[] = {"auto", "scalar", "avx2", "avx512"};
    const char *name = isa[sq_rng_below(&c->rng, 4)];
    return sq_cpu_restrict(sq_cpu_detect().features, name) >= 0 ? name : "auto";
}

/* Run with the case's input; its report as JSON, for spikeq_free(). */
static inline char *case_run(struct replay_case *c, struct sq_run_choices how)
{
    spikeq_network *network;
    spikeq_report *report;
    char *text;
    how.input = temp_path("input.npy");
    CASE_UNLESS(c,
                spikeq_network_load(c->ctx, temp_path("model.safetensors"),
                                    temp_path("config.json"), NULL, 0, &network) == SPIKEQ_OK,
                "%s", spikeq_error_text(c->ctx));
    CASE_UNLESS(c, sq_api_run(c->ctx, network, &how, &report) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    CASE_UNLESS(c, spikeq_report_json(c->ctx, report, &text) == SPIKEQ_OK, "no JSON");
    spikeq_report_free(report);
    spikeq_network_free(network);
    return text;
}

/* Record every spike at `path`, in any way. */
static inline void case_record(struct replay_case *c, const char *path)
{
    struct sq_run_choices how = {.trace = {.path = path, .force = 1}};
    CASE_DRAW_HOW(c, &how);
    spikeq_free(case_run(c, how));
}

/* Replay a trace with the case's model; the status. */
static inline int case_try(struct replay_case *c, const char *trace, struct sq_replay_choices how,
                           char **text, int *is_equal)
{
    how.trace = trace;
    how.model = how.model != NULL ? how.model : temp_path("model.safetensors");
    how.as_json = 1;
    *text = NULL;
    return sq_api_replay(c->ctx, &how, text, is_equal);
}

/* The same, which must succeed; what it says is the caller's. */
static inline cJSON *case_replay(struct replay_case *c, const char *trace,
                                 struct sq_replay_choices how, int *is_equal)
{
    char *text;
    CASE_UNLESS(c, case_try(c, trace, how, &text, is_equal) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    cJSON *json = cJSON_Parse(text);
    CASE_UNLESS(c, json != NULL, "no JSON: %.100s", text);
    spikeq_free(text);
    return json;
}

/* The digest of a trace; static text. */
static inline const char *case_digest(struct replay_case *c, const char *trace)
{
    static char digest[2][80];
    static unsigned next;
    char *text;
    CASE_UNLESS(c, spikeq_trace_digest(c->ctx, trace, &text) == SPIKEQ_OK, "%s",
                spikeq_error_text(c->ctx));
    char *out = digest[next++ % 2];
    snprintf(out, sizeof digest[0], "%s", text);
    spikeq_free(text);
    return out;
}

static inline const cJSON *case_member(const struct replay_case *c, const cJSON *object,
                                       const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    CASE_UNLESS(c, value != NULL, "what the replay says has no \"%s\"", key);
    return value;
}

#endif
