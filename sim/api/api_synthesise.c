/* spikeq_synthesise(): draw a network, calibrate its firing rates, write its checkpoint. */
#include "sim/api/context.h"
#include "sim/report/frames_request.h"
#include "sim/report/input_want.h"
#include "sim/synthesis/noise.h"
#include "sim/synthesis/synthesis_file.h"
#include "sim/synthesis/wanted.h"
#include "traces/files/npy_header.h"
#include "traces/files/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_SAMPLES = 4, MOST_SAMPLES = 4096 };

/* What one call holds. */
struct job {
    spikeq_ctx *ctx;
    const struct sq_synthesise_choices *options;
    struct sq_network *network;
    struct sq_frame_request frame_request; /* of recordings; used by the input */
    struct sq_input *input;                /* NULL: noise */
    struct sq_synthesis synthesis;
    struct sq_synthesis_note note;
};

static struct sq_error *error_of(struct job *job)
{
    return &job->ctx->error;
}

static int check_options(struct job *job)
{
    const struct sq_synthesise_choices *options = job->options;
    if (options->config == NULL || options->out == NULL)
        return sq_fail(error_of(job), SQ_EUSAGE, "a configuration and -o FILE are needed");
    if (options->limit > MOST_SAMPLES)
        return sq_fail(error_of(job), SQ_EUSAGE, SQ_OPT "limit: at most %d samples calibrate",
                       MOST_SAMPLES);
    if (options->save_input != NULL && options->input != NULL)
        return sq_fail(error_of(job), SQ_EUSAGE,
                       SQ_OPT "save-input saves the noise that " SQ_OPT
                              "input takes the place of: give one of them");
    return sq_synthesis_may_write(error_of(job), options->out, options->force);
}

static int make_network(struct job *job)
{
    const struct sq_synthesise_choices *options = job->options;
    struct sq_config config;
    int status = sq_config_open(job->ctx, options->config, options->architecture, options->set,
                                options->n_set, &config);
    if (status == SQ_OK)
        status = sq_config_warn_assumed(error_of(job), &config);
    if (status == SQ_OK)
        status = sq_network_without_weights(error_of(job), &config, &job->network);
    if (status == SQ_OK)
        snprintf(job->network->model_path, sizeof job->network->model_path, "%s", options->out);
    return status;
}

static int open_input(struct job *job)
{
    const struct sq_synthesise_choices *options = job->options;
    struct sq_input_want want = sq_input_want_of(job->network);
    const int status = sq_frames_request_of(error_of(job), &options->frames, &job->frame_request);
    if (status != SQ_OK || options->input == NULL)
        return status;
    want.frame_request = options->frames.rule != NULL ? &job->frame_request : NULL;
    return sq_input_open(error_of(job), options->input, NULL, &want, options->limit, &job->input);
}

/* As many as are asked for; else four, or what memory and input have. */
static uint32_t count_samples(const struct job *job)
{
    const uint64_t wanted = job->options->limit;
    const uint64_t n = wanted > 0 ? wanted : sq_stage_room(job->network, DEFAULT_SAMPLES);
    const uint64_t there = job->input != NULL ? sq_input_count(job->input) : n;
    return (uint32_t)(there < n ? there : n);
}

static int fill_pixels(struct job *job)
{
    struct sq_stage *stage = &job->synthesis.stage;
    int32_t label;
    int status = SQ_OK;
    for (uint32_t i = 0; status == SQ_OK && i < stage->n_lanes; i++)
        if (job->input != NULL)
            status = sq_input_next(error_of(job), job->input, stage->lane[i].raw, &label);
        else
            sq_noise_fill(job->network, job->options->seed, i, stage->lane[i].raw);
    return status;
}

/* The noise as float32 [B,C,H,W], or frames [B,T,C,H,W]: what spikeq run takes as it is. */
static int save_input(struct job *job)
{
    const struct sq_stage *stage = &job->synthesis.stage;
    const struct sq_config *config = &job->network->config;
    const int has_frames = sq_network_takes_frames(job->network);
    struct sq_npy_plan plan = {.type = SQ_NPY_F32, .samples = stage->n_lanes};
    if (has_frames)
        plan.dim[plan.n_dims++] = config->timesteps;
    plan.dim[plan.n_dims++] = config->in_channels;
    plan.dim[plan.n_dims++] = config->image_height;
    plan.dim[plan.n_dims++] = config->image_width;
    size_t bytes = sizeof(float);
    for (uint32_t i = 0; i < plan.n_dims; i++)
        bytes *= plan.dim[i];
    char header[SQ_NPY_MAX_HEADER];
    const size_t n = sq_npy_header(&plan, 0, header);
    struct sq_output out;
    int status =
        sq_output_begin(error_of(job), &out, job->options->save_input, job->options->force);
    if (status != SQ_OK)
        return status;
    status = sq_output_open(error_of(job), &out);
    if (status == SQ_OK)
        status = sq_output_write(error_of(job), &out, header, n);
    for (uint32_t i = 0; status == SQ_OK && i < stage->n_lanes; i++)
        status = sq_output_write(error_of(job), &out, stage->lane[i].raw, bytes);
    return sq_output_end(error_of(job), &out, status);
}

/* Wanted rates, drawn weights, samples. */
static int prepare(struct job *job)
{
    const struct sq_synthesise_choices *options = job->options;
    struct sq_synthesis *synthesis = &job->synthesis;
    const struct sq_wanted wanted = {options->rate, options->n_rate, options->rates};
    double *rate = calloc(job->network->n_nodes, sizeof *rate);
    synthesis->network = job->network;
    synthesis->drawn.graph = &job->network->graph;
    synthesis->drawn.seed = options->seed;
    synthesis->progress = options->progress;
    synthesis->progress_data = options->progress_data;
    int status = rate != NULL ? sq_wanted_read(error_of(job), job->network, &wanted, rate)
                              : sq_fail(error_of(job), SQ_ENOMEM, "out of memory");
    if (status == SQ_OK)
        status = open_input(job);
    if (status == SQ_OK)
        status = sq_synthesis_open(error_of(job), synthesis);
    for (size_t i = 0; status == SQ_OK && i < job->network->n_nodes; i++)
        synthesis->rate[i].wanted = rate[i];
    free(rate);
    if (status == SQ_OK)
        status =
            sq_stage_open(error_of(job), job->network, options->isa != NULL ? options->isa : "auto",
                          count_samples(job), &synthesis->stage);
    return status == SQ_OK ? fill_pixels(job) : status;
}

static void describe(struct job *job)
{
    struct sq_synthesis_note *note = &job->note;
    note->synthesis = &job->synthesis;
    note->out = job->options->out;
    snprintf(note->input, sizeof note->input, "%s",
             job->input != NULL ? job->options->input : "uniform noise");
    sq_synthesis_describe(note);
}

/* Warnings come first: where they are errors nothing is written. */
static int finish(struct job *job, char **text)
{
    const struct sq_synthesise_choices *options = job->options;
    describe(job);
    int status = sq_synthesis_warn(error_of(job), &job->note);
    if (status == SQ_OK && options->save_input != NULL)
        status = save_input(job);
    if (status == SQ_OK)
        status = sq_synthesis_tell(error_of(job), &job->note, options->as_json, text);
    if (status == SQ_OK) {
        status = sq_synthesis_write(error_of(job), &job->note, options->force);
        if (status != SQ_OK)
            free(*text);
    }
    return status;
}

static int synthesise(struct job *job, char **text)
{
    int status = check_options(job);
    if (status == SQ_OK)
        status = make_network(job);
    if (status == SQ_OK)
        status = prepare(job);
    if (status == SQ_OK)
        status = sq_synthesis_calibrate(error_of(job), &job->synthesis);
    return status == SQ_OK ? finish(job, text) : status;
}

int sq_api_synthesise(spikeq_ctx *ctx, const struct sq_synthesise_choices *options, char **text)
{
    struct job *job = calloc(1, sizeof *job);
    char *made = NULL;
    if (job == NULL)
        return sq_fail(&ctx->error, SQ_ENOMEM, "out of memory");
    job->ctx = ctx;
    job->options = options;
    const int status = synthesise(job, &made);
    if (status == SQ_OK)
        *text = made;
    sq_synthesis_close(&job->synthesis);
    sq_input_free(job->input);
    sq_network_free(job->network);
    free(job);
    return status;
}
