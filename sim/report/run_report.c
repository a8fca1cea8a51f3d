/* spikeq_run(): open what the options name, run, and make the report. */
#include "sim/report/dump.h"
#include "sim/report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { MAX_THREADS = 1024, MAX_BATCH = 65536 };

/* What one call holds open. */
struct session {
    spikeq_ctx *ctx;
    const struct sq_network *network;
    struct sq_input *input;
    struct sq_dump *dump;
    struct spikeq_report *report;
};

static uint32_t argmax(const float *value, uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++)
        if (value[i] > value[best])
            best = i;
    return best;
}

static int on_finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    struct session *session = data;
    if (outcome->label >= 0) {
        session->report->n_labelled++;
        session->report->n_correct +=
            argmax(outcome->logits, session->network->config.classes) == (uint32_t)outcome->label;
    }
    const int status = sq_record_add(err, session->report->record, outcome);
    if (status != SQ_OK || session->dump == NULL)
        return status;
    return sq_dump_logits(err, session->dump, outcome->sample, outcome->logits);
}

static int open_input(struct session *session, const struct spikeq_run_options *options)
{
    const struct sq_config *config = &session->network->config;
    struct sq_error *err = &session->ctx->error;
    const struct sq_input_want want = {.timesteps = config->timesteps,
                                       .channels = config->in_channels,
                                       .height = config->image_height,
                                       .width = config->image_width,
                                       .frames = config->layout == SQ_LAYOUT_CIFAR10DVS,
                                       .config = config};
    struct spikeq_report *report = session->report;
    if (options->input == NULL)
        return sq_fail(err, SQ_EUSAGE, "no input given");
    if (options->threads > MAX_THREADS || options->batch > MAX_BATCH)
        return sq_fail(err, SQ_EUSAGE, "at most %d threads and a batch of %d", MAX_THREADS,
                       MAX_BATCH);
    int status =
        sq_input_open(err, options->input, options->labels, &want, options->limit, &session->input);
    if (status == SQ_OK)
        status = sq_digest_file(err, options->input, report->input_digest);
    if (status != SQ_OK)
        return status;
    snprintf(report->input_path, sizeof report->input_path, "%s", options->input);
    report->n_planned = sq_input_count(session->input);
    report->input_description = strdup(sq_input_description(session->input));
    return report->input_description != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory");
}

static int run(struct session *session, const struct spikeq_run_options *options)
{
    struct spikeq_report *report = session->report;
    const enum sq_schedule schedule =
        options->schedule == SPIKEQ_SCHEDULE_STEP ? SQ_SCHEDULE_STEP : SQ_SCHEDULE_LAYER;
    report->schedule = options->schedule;
    report->threads = options->threads > 0 ? options->threads : uv_available_parallelism();
    report->batch = options->batch > 0
                        ? options->batch
                        : sq_run_default_batch(session->network, report->threads, schedule);
    if (report->n_planned > 0 && report->batch > report->n_planned)
        report->batch = (unsigned)report->n_planned;
    const struct sq_run_options inner = {
        .threads = report->threads,
        .batch = report->batch,
        .schedule = schedule,
        .isa = options->isa != NULL ? options->isa : "auto",
        .stop_on_sigint = options->stop_on_sigint,
        .observer = session->dump != NULL ? sq_dump_observer(session->dump) : NULL,
        .finished = on_finished,
        .data = session,
        .progress = options->progress,
        .progress_data = options->progress_data,
    };
    return sq_run(&session->ctx->error, session->network, session->input, &inner, &report->totals);
}

int spikeq_run(spikeq_ctx *ctx, const spikeq_network *network,
               const struct spikeq_run_options *options, spikeq_report **out)
{
    struct session session = {.ctx = ctx, .network = sq_network_of(network)};
    int status = sq_report_new(&ctx->error, session.network, &session.report);
    if (status == SQ_OK)
        status = open_input(&session, options);
    if (status == SQ_OK && options->dump_dir != NULL)
        status = sq_dump_open(&ctx->error, session.network, options->dump_dir,
                              session.report->n_planned, &session.dump);
    if (status == SQ_OK)
        status = run(&session, options);
    const int is_partial = status == SQ_EINTERRUPTED;
    if ((status == SQ_OK || is_partial) && session.dump != NULL) {
        const int finished =
            sq_dump_finish(&ctx->error, session.dump, session.report->totals.n_samples);
        status = finished != SQ_OK ? finished : status;
    }
    sq_dump_free(session.dump);
    sq_input_free(session.input);
    if (status != SQ_OK && status != SQ_EINTERRUPTED) {
        spikeq_report_free(session.report);
        return status;
    }
    sq_report_finish(session.report);
    *out = session.report;
    return status;
}
