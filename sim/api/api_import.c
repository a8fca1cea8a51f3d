/* spikeq_import(): a recording of another tool becomes a trace. */
#include "sim/api/import_network.h"

#include "sim/input/labels.h"

#include <string.h>
#include <unistd.h>

/* Sizes from a checkpoint, with which a configuration must agree if one is given too. */
static int config_of_model(struct sq_import *import, const char *config_dirs,
                           struct sq_config *config)
{
    const struct sq_import_choices *options = import->options;
    const struct sq_network_request request = {.config_dirs = config_dirs,
                                               .model = options->model,
                                               .config = options->config,
                                               .set = options->set,
                                               .n_set = options->n_set,
                                               .weights = options->weights,
                                               .architecture = options->architecture};
    return sq_network_config(import->err, &request, config);
}

int sq_import_load_network(spikeq_ctx *ctx, struct sq_import *import)
{
    const struct sq_import_choices *options = import->options;
    const int is_given = options->config != NULL || options->model != NULL;
    struct sq_config config;
    if (!is_given && (options->n_set > 0 || options->partial))
        return sq_fail(import->err, SQ_EUSAGE,
                       SQ_OPT "set and " SQ_OPT "partial need " SQ_OPT "config or " SQ_OPT "model");
    if (!is_given && options->architecture != NULL)
        return sq_fail(import->err, SQ_EUSAGE,
                       SQ_OPT "architecture needs " SQ_OPT "config or " SQ_OPT "model");
    if (options->weights != NULL && options->model == NULL)
        return sq_fail(import->err, SQ_EUSAGE, SQ_OPT "weights goes with " SQ_OPT "model");
    if (!is_given)
        return SQ_OK;
    const int status = options->model != NULL
                           ? config_of_model(import, ctx->config_dirs, &config)
                           : sq_config_open(ctx, options->config, options->architecture,
                                            options->set, options->n_set, &config);
    return status == SQ_OK ? sq_network_without_weights(import->err, &config, &import->network)
                           : status;
}

static int open_labels(struct sq_import *import)
{
    const char *path = import->options->labels;
    const uint32_t classes = import->network != NULL ? import->network->head.n_out : 0;
    if (path == NULL)
        return SQ_OK;
    return sq_labels_open(import->err, path, import->recording->n_samples, classes,
                          &import->labels);
}

/* All or nothing: a failed import is removed from `path`, but not a trace that
 * was there before. */
static int write_trace(struct sq_import *import)
{
    const char *path = import->options->trace;
    const int was_there = access(path, F_OK) == 0;
    struct sq_trace_writer *writer = NULL;
    int status = sq_trace_create(import->err, path, &import->plan, import->options->force, &writer);
    if (status != SQ_OK)
        return status;
    status = sq_import_write(import, writer);
    if (status == SQ_OK)
        status = sq_trace_finish(import->err, writer);
    sq_trace_writer_free(writer);
    if (status != SQ_OK)
        sq_trace_discard(path, was_there);
    return status;
}

int sq_import_summarise(const struct sq_import *import, struct spikeq_import_summary *summary)
{
    struct spikeq_import_summary filled = {.n_samples = import->plan.n_samples,
                                           .n_populations = import->plan.n_populations,
                                           .spikes = import->spikes,
                                           .timesteps = import->plan.timesteps,
                                           .format = import->recording->kind->description};
    memcpy(filled.note, import->recording->note, sizeof filled.note);
    return summary != NULL ? sq_sized_copy(import->err, summary, &filled, sizeof filled) : SQ_OK;
}

static void close_all(struct sq_import *import)
{
    sq_array_close(import->labels);
    sq_recording_close(import->recording);
    sq_network_free(import->network);
    sq_arena_free(&import->arena);
}

int sq_api_import(spikeq_ctx *ctx, const struct sq_import_choices *options)
{
    struct sq_import import = {.err = &ctx->error, .options = options};
    if (options->source == NULL || options->trace == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, "an import needs a source and a trace");
    if (!(options->dt_ms >= 0) || options->dt_ms > 1e9)
        return sq_fail(&ctx->error, SQ_EUSAGE, SQ_OPT "dt: expected milliseconds, up to 1e9");
    int status = options->summary != NULL ? sq_sized_check(&ctx->error, options->summary) : SQ_OK;
    if (status == SQ_OK)
        status = sq_import_load_network(ctx, &import);
    if (status == SQ_OK)
        status = sq_import_open(&import);
    if (status == SQ_OK)
        status = sq_import_plan(&import);
    if (status == SQ_OK)
        status = open_labels(&import);
    if (status == SQ_OK)
        status = write_trace(&import);
    if (status == SQ_OK)
        status = sq_import_summarise(&import, options->summary);
    close_all(&import);
    return status;
}
