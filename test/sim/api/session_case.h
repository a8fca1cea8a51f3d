/* A golden set in a session: its network, and its input as an array in memory. */
#ifndef SQ_TEST_SESSION_CASE_H
#define SQ_TEST_SESSION_CASE_H

#include "test/sim/input/temp_files.h"
#include "test/support/golden_set.h"

#include <sys/wait.h>

static spikeq_ctx *ctx;
static spikeq_network *network;
static struct npz_array *input; /* [B,...], or frames [B,T,...] */
static struct spikeq_array pixels;

static inline enum spikeq_dtype dtype_of(const struct sq_array *a)
{
    const unsigned n = a->item_bytes;
    if (a->kind == 'f')
        return n == 4 ? SPIKEQ_F32 : n == 2 ? SPIKEQ_F16 : SPIKEQ_F64;
    if (a->kind == 'u')
        return n == 1 ? SPIKEQ_U8 : n == 2 ? SPIKEQ_U16 : n == 4 ? SPIKEQ_U32 : SPIKEQ_U64;
    return n == 1 ? SPIKEQ_I8 : n == 2 ? SPIKEQ_I16 : n == 4 ? SPIKEQ_I32 : SPIKEQ_I64;
}

static inline struct spikeq_array array_of(const struct npz_array *from)
{
    struct spikeq_array array = {.size = sizeof array,
                                 .data = from->data,
                                 .dtype = dtype_of(&from->header),
                                 .n_dims = from->header.n_dims};
    memcpy(array.dim, from->header.dim, sizeof array.dim);
    return array;
}

static inline void session_ok(int status)
{
    ck_assert_msg(status == SPIKEQ_OK, "%d: %s", status, spikeq_error_text(ctx));
}

static inline void session_refused(int status, int code, const char *part)
{
    ck_assert_msg(status == code, "%d instead of %d: %s", status, code, spikeq_error_text(ctx));
    ck_assert_msg(strstr(spikeq_error_text(ctx), part) != NULL, "\"%s\" does not say \"%s\"",
                  spikeq_error_text(ctx), part);
    ck_assert_ptr_null(strchr(spikeq_error_text(ctx), '\n'));
}

static inline void session_set_up(const char *set)
{
    char model[512], config[512], path[512];
    golden_path(model, sizeof model, set, "model.safetensors");
    golden_path(config, sizeof config, set, "config.json");
    golden_path(path, sizeof path, set, "input.npy");
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    session_ok(spikeq_network_load(ctx, model, config, NULL, 0, &network));
    input = npy_load(path);
    pixels = array_of(input);
}

static inline void session_tear_down(void)
{
    npz_free(input, 1);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
}

/* Open with options "name=value", ended by NULL. */
static inline int session_try(const char *const *settings, spikeq_session **out)
{
    spikeq_options *options;
    session_ok(spikeq_options_new(ctx, "session", &options));
    for (; *settings != NULL; settings++) {
        char name[64];
        const size_t n = strcspn(*settings, "=");
        snprintf(name, sizeof name, "%.*s", (int)n, *settings);
        session_ok(spikeq_options_set(options, name, *settings + n + 1));
    }
    const int status = spikeq_session_open(ctx, network, options, out);
    spikeq_options_free(options);
    return status;
}

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static inline spikeq_session *session_open(const char *const *settings)
{
    spikeq_session *session = NULL;
    session_ok(session_try(settings, &session));
    return session;
}

/* One array, from sample `first` on. */
static inline struct spikeq_samples samples_of(const struct spikeq_array *array, uint64_t first)
{
    return (struct spikeq_samples){
        .size = sizeof(struct spikeq_samples), .array = array, .n_arrays = 1, .first = first};
}

#endif
