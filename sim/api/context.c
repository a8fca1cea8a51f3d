#include "sim/api/context.h"

#include "sim/api/opened_with.h"
#include "sim/config/config_extra.h"
#include "sim/config/config_folders.h"
#include "sim/input/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XX(name, code, text) \
    _Static_assert((int)SPIKEQ_##name == (int)SQ_##name, "public and internal codes agree");
SQ_STATUS_MAP(XX)
#undef XX

const char *spikeq_version(void)
{
    return SQ_VERSION;
}

/* The outermost list's: pass it to the caller. */
static void pass_warning(void *data, const struct sq_warning *warning)
{
    const spikeq_ctx *ctx = data;
    const struct spikeq_warning shown = {
        .size = sizeof shown, .name = warning->name, .text = warning->text};
    if (ctx->on_warning != NULL)
        ctx->on_warning(ctx->on_warning_data, &shown);
}

int spikeq_ctx_new(spikeq_ctx **out)
{
    spikeq_ctx *ctx = calloc(1, sizeof *ctx);
    if (ctx == NULL)
        return SPIKEQ_ENOMEM;
    ctx->config_dirs = sq_folders_here();
    if (ctx->config_dirs == NULL) {
        free(ctx);
        return SPIKEQ_ENOMEM;
    }
    ctx->error.warnings = &ctx->warnings;
    ctx->warnings.pass = pass_warning;
    ctx->warnings.data = ctx;
    ctx->warnings.names = SQ_NAMES_PLAIN;
    *out = ctx;
    return SPIKEQ_OK;
}

void spikeq_ctx_on_warning(spikeq_ctx *ctx,
                           void (*on_warning)(void *data, const struct spikeq_warning *warning),
                           void *data)
{
    ctx->on_warning = on_warning;
    ctx->on_warning_data = data;
}

void spikeq_ctx_strict(spikeq_ctx *ctx, int is_strict)
{
    ctx->warnings.is_strict = is_strict;
}

void spikeq_ctx_dashes(spikeq_ctx *ctx, int has_dashes)
{
    ctx->warnings.names = has_dashes ? SQ_NAMES_DASHED : SQ_NAMES_PLAIN;
}

void spikeq_ctx_free(spikeq_ctx *ctx)
{
    if (ctx == NULL || atomic_fetch_sub(&ctx->n_holds, 1) > 0)
        return;
    sq_cluster_free(ctx->cluster);
    free(ctx->config_dirs);
    free(ctx);
}

const char *spikeq_status_text(int status)
{
    return sq_status_text(status);
}

/* What a struct's member `size` says. */
static size_t room_of(const void *sized)
{
    size_t room = 0;
    if (sized != NULL)
        memcpy(&room, sized, sizeof room);
    return room;
}

int sq_sized_check(struct sq_error *err, const void *to)
{
    return room_of(to) >= sizeof(size_t)
               ? SQ_OK
               : sq_fail(err, SQ_EUSAGE, "a struct to be filled needs its member size set");
}

int sq_sized_copy(struct sq_error *err, void *to, const void *from, size_t size)
{
    const size_t room = room_of(to);
    const int status = sq_sized_check(err, to);
    if (status != SQ_OK)
        return status;
    const size_t n = room < size ? room : size;
    memcpy((char *)to + sizeof room, (const char *)from + sizeof room, n - sizeof room);
    return SQ_OK;
}

const char *spikeq_error_text(const spikeq_ctx *ctx)
{
    return ctx->error.text;
}

int sq_network_give(struct sq_network *network, int status, spikeq_network **out)
{
    if (status == SQ_OK)
        *out = (spikeq_network *)(void *)network;
    else
        sq_network_free(network);
    return status;
}

int spikeq_network_load(spikeq_ctx *ctx, const char *model, const char *config,
                        const char *const *set, size_t n_set, spikeq_network **out)
{
    const struct sq_network_choices options = {
        .model = model, .config = config, .set = set, .n_set = n_set};
    struct sq_network *network;
    int status = sq_network_open(ctx, &options, &network);
    if (status != SQ_OK)
        return status;
    status = sq_opened_with(&ctx->error, network, "model", model);
    if (status == SQ_OK)
        status = sq_opened_with(&ctx->error, network, "config", config);
    for (size_t i = 0; status == SQ_OK && i < n_set; i++)
        status = sq_opened_with(&ctx->error, network, "set", set[i]);
    return sq_network_give(network, status, out);
}

int sq_network_open(spikeq_ctx *ctx, const struct sq_network_choices *options,
                    struct sq_network **out)
{
    struct sq_shared_weights *shared = ctx->cluster != NULL ? &ctx->shared : NULL;
    struct sq_fixed_settings settings;
    struct sq_network *network = NULL;
    int is_fixed = 0;
    int status = options->arith != NULL
                     ? sq_arith_of(&ctx->error, options->arith, &is_fixed, &settings)
                     : SQ_OK;
    const struct sq_network_request request = {.config_dirs = ctx->config_dirs,
                                               .model = options->model,
                                               .config = options->config,
                                               .set = options->set,
                                               .n_set = options->n_set,
                                               .weights = options->weights,
                                               .architecture = options->architecture,
                                               .fixed = is_fixed ? &settings : NULL,
                                               .shared = shared,
                                               .image_size =
                                                   options->input != NULL ? sq_input_size : NULL,
                                               .image_data = (void *)options->input};
    status = status == SQ_OK ? sq_network_load_request(&ctx->error, &request, &network)
                             : sq_shared_weights_end(&ctx->error, shared, status);
    status = sq_shared_weights_agree(&ctx->error, shared, status);
    if (status == SQ_OK && options->arith != NULL)
        status = sq_arith_make(&ctx->error, options->arith, network);
    if (status == SQ_OK)
        *out = network;
    else
        sq_network_free(network);
    return status;
}

int sq_api_network_open(spikeq_ctx *ctx, const struct sq_network_choices *options,
                        spikeq_network **out)
{
    struct sq_network *network;
    const int status = sq_network_open(ctx, options, &network);
    return status == SQ_OK ? sq_network_give(network, SQ_OK, out) : status;
}

int sq_config_open(spikeq_ctx *ctx, const char *name, const char *architecture,
                   const char *const *set, size_t n_set, struct sq_config *out)
{
    struct sq_error *err = &ctx->error;
    int status = sq_config_load(err, ctx->config_dirs, name, out);
    if (status == SQ_OK && architecture != NULL)
        status = sq_config_set_architecture(err, ctx->config_dirs, architecture, out);
    for (size_t i = 0; status == SQ_OK && i < n_set; i++)
        status = sq_config_set_pair(err, out, set[i]);
    return status;
}

void spikeq_network_free(spikeq_network *network)
{
    sq_network_free((struct sq_network *)(void *)network);
}

void spikeq_free(void *text)
{
    free(text);
}
