/* spikeq_quantise(): choose scales, compare with float32, write the model of integers. */
#include "sim/quantise/quantise.h"

#include "sim/api/context.h"
#include "sim/network/fixed_file.h"
#include "sim/quantise/bit_energy.h"
#include "sim/report/frames_request.h"
#include "sim/report/input_want.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* What one call holds. */
struct job {
    spikeq_ctx *ctx;
    const struct sq_quantise_choices *options;
    struct sq_quantise found;
    struct sq_frame_request frame_request; /* of recordings; used by the input */
    struct sq_input *input;
    struct sq_moments *moments; /* NULL: scales by range */
    enum sq_quantise_format format;
    int by_error;
};

static struct sq_error *error_of(struct job *job)
{
    return &job->ctx->error;
}

static int check_options(struct job *job)
{
    const struct sq_quantise_choices *options = job->options;
    static const char *const format[] = {"table", "markdown", "json"};
    const char *wanted = options->format != NULL ? options->format : "table";
    const char *choose = options->choose != NULL ? options->choose : "range";
    if (options->model == NULL || options->n_bits == 0 || options->n_bits > SQ_MAX_SWEEP)
        return sq_fail(error_of(job), SQ_EUSAGE, "a model and 1 to %d widths are needed",
                       SQ_MAX_SWEEP);
    if (options->out != NULL && options->n_bits > 1)
        return sq_fail(error_of(job), SQ_EUSAGE, "-o goes with one width of " SQ_OPT "bits");
    job->by_error = strcmp(choose, "error") == 0;
    if (!job->by_error && strcmp(choose, "range") != 0)
        return sq_fail(error_of(job), SQ_EUSAGE, SQ_OPT "choose %s: expected range or error",
                       choose);
    if (job->by_error && options->calibrate == NULL)
        return sq_fail(error_of(job), SQ_EUSAGE, SQ_OPT "choose error needs " SQ_OPT "calibrate");
    for (int i = 0; i < 3; i++)
        if (strcmp(wanted, format[i]) == 0)
            return job->format = (enum sq_quantise_format)i, SQ_OK;
    return sq_fail(error_of(job), SQ_EUSAGE, SQ_OPT "format %s: expected table, markdown or json",
                   wanted);
}

static int load(struct job *job, struct sq_trial *trial)
{
    const struct sq_quantise_choices *options = job->options;
    const struct sq_network_choices network = {.model = options->model,
                                               .config = options->config,
                                               .set = options->set,
                                               .n_set = options->n_set,
                                               .weights = options->weights,
                                               .architecture = options->architecture,
                                               .input = options->calibrate};
    int status = sq_network_open(job->ctx, &network, &trial->network);
    if (status == SQ_OK && trial->network->is_fixed)
        status = sq_fail(error_of(job), SQ_EUNSUPPORTED,
                         "%s: holds fixed-point weights already; give the trained checkpoint",
                         options->model);
    return status;
}

static int open_input(struct job *job)
{
    const struct sq_quantise_choices *options = job->options;
    struct sq_input_want want = sq_input_want_of(job->found.f32.network);
    if (options->calibrate == NULL)
        return SQ_OK;
    job->found.input_path = options->calibrate;
    want.frame_request = options->frames.rule != NULL ? &job->frame_request : NULL;
    const int status = sq_frames_request_of(error_of(job), &options->frames, &job->frame_request);
    return status == SQ_OK ? sq_input_open(error_of(job), options->calibrate, options->labels,
                                           &want, options->limit, &job->input)
                           : status;
}

/* Mean and variance of one synapse's inputs, from the counts of float32: spikes are 0 or 1, a
 * residual stream is taken as a sum of independent spikes, pixels and reals as of mean 0. */
static struct sq_moments moments_of(const struct sq_trial *f32, const struct sq_node *node)
{
    const struct sq_network *network = f32->network;
    const size_t source = node->source[0], steps = network->config.timesteps;
    const struct sq_node *from = &network->node[source];
    const double n = (double)from->shape.n_rows * from->shape.n_channels * (double)steps *
                     (double)f32->report->totals.n_samples;
    uint64_t units = 0;
    if (node->kind == SQ_NODE_ANALOG_CONV || node->kind == SQ_NODE_REAL_CONV)
        return (struct sq_moments){0, 1};
    for (size_t t = 0; t < steps; t++)
        units += f32->report->totals.tally[source * steps + t].units;
    const double mean = (double)units / n;
    return (struct sq_moments){mean, mean * (1 - mean / from->max_value)};
}

static int take_moments(struct job *job)
{
    const struct sq_trial *f32 = &job->found.f32;
    job->moments = calloc(f32->network->n_synapses + 1, sizeof *job->moments);
    if (job->moments == NULL)
        return sq_fail(error_of(job), SQ_ENOMEM, "out of memory for the calibration");
    for (size_t i = 0; i < f32->network->n_nodes; i++) {
        const struct sq_node *node = &f32->network->node[i];
        if (node->synapse != NULL)
            job->moments[node->synapse - f32->network->synapse] = moments_of(f32, node);
    }
    return SQ_OK;
}

/* Each width is its own network. */
static int make_trials(struct job *job)
{
    struct sq_fixed_settings settings;
    int status = sq_fixed_settings_of(error_of(job), &job->options->fixed, &settings);
    for (size_t i = 0; status == SQ_OK && i < job->options->n_bits; i++) {
        struct sq_trial *trial = &job->found.fixed[job->found.n_fixed++];
        settings.weight_bits = job->options->bits[i];
        status = load(job, trial);
        if (status == SQ_OK)
            status = sq_fixed_make(error_of(job), trial->network, &settings, job->moments);
        if (status == SQ_OK)
            status = sq_trial_open(error_of(job), trial);
    }
    return status;
}

/* Chunk by chunk: float32, and with the first chunk's counts the scales; then every width. */
static int compare(struct job *job)
{
    struct sq_quantise *found = &job->found;
    struct sq_chunk chunk;
    const unsigned threads =
        job->options->threads > 0 ? job->options->threads : uv_available_parallelism();
    const uint64_t n = sq_input_count(job->input);
    int status = sq_chunk_open(error_of(job), found->f32.network, threads, &chunk);
    while (status == SQ_OK && found->n_samples < n) {
        const uint64_t left = n - found->n_samples;
        status = sq_chunk_keep(error_of(job), &chunk, job->input, found->n_samples,
                               left < chunk.capacity ? left : chunk.capacity, &found->f32);
        if (status == SQ_OK && job->by_error && job->moments == NULL)
            status = take_moments(job);
        if (status == SQ_OK && found->n_fixed == 0)
            status = make_trials(job);
        for (size_t i = 0; status == SQ_OK && i < found->n_fixed; i++)
            status = sq_chunk_compare(error_of(job), &chunk, job->input, &found->fixed[i]);
        found->n_samples += chunk.n_samples;
    }
    sq_chunk_close(&chunk);
    return status;
}

static int price(struct job *job)
{
    struct sq_quantise *found = &job->found;
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && found->n_samples > 0 && i <= found->n_fixed; i++)
        status = sq_bit_energy(error_of(job), job->ctx->config_dirs,
                               i == 0 ? &found->f32 : &found->fixed[i - 1], &found->energy_uj[i]);
    return status;
}

static int quantise(struct job *job, char **text)
{
    struct sq_quantise *found = &job->found;
    int status = check_options(job);
    if (status == SQ_OK)
        status = load(job, &found->f32);
    if (status == SQ_OK)
        status = sq_trial_open(error_of(job), &found->f32);
    if (status == SQ_OK)
        status = open_input(job);
    if (status == SQ_OK)
        status = job->input != NULL ? compare(job) : make_trials(job);
    if (status == SQ_OK)
        status = price(job);
    if (status == SQ_OK && job->options->out != NULL) {
        found->out = job->options->out;
        status = sq_fixed_file_write(error_of(job), found->fixed[0].network, found->out,
                                     job->options->force);
    }
    return status == SQ_OK ? sq_quantise_tell(error_of(job), found, job->format, text) : status;
}

int sq_api_quantise(spikeq_ctx *ctx, const struct sq_quantise_choices *options, char **text)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return sq_fail(&ctx->error, SQ_ENOMEM, "out of memory");
    job->ctx = ctx;
    job->options = options;
    const int status = quantise(job, text);
    sq_trial_close(&job->found.f32);
    for (size_t i = 0; i < job->found.n_fixed; i++)
        sq_trial_close(&job->found.fixed[i]);
    sq_input_free(job->input);
    free(job->moments);
    free(job);
    return status;
}
