#include "sim/replay/report_from_trace.h"

#include "sim/record/operations.h"
#include "sim/record/trace_warnings.h"
#include "sim/replay/rebuild.h"
#include "sim/report/frame_counts_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sq_outcome_from_trace(struct sq_error *err, const struct sq_trace *trace,
                          const struct sq_network *network, const struct sq_trace_sample *sample,
                          struct sq_outcome *outcome)
{
    char where[600];
    snprintf(where, sizeof where, "%s: sample %" PRIu64, sq_trace_path(trace), sample->id);
    outcome->sample = sample->id;
    outcome->label = (int32_t)sample->label;
    if ((sample->n_logits != 0 && sample->n_logits != network->head.n_out) ||
        sample->label > INT32_MAX)
        return sq_fail(err, SQ_ESHAPE, "%s: %zu logits, the network has %u classes", where,
                       sample->n_logits, network->head.n_out);
    memset(outcome->logits, 0, network->head.n_out * sizeof *outcome->logits);
    if (sample->n_logits == 0)
        outcome->label = -1; /* recorded elsewhere, without logits: no prediction to compare */
    else
        memcpy(outcome->logits, sample->logits, sample->n_logits * sizeof *outcome->logits);
    return sq_operations_read(err, where, network, sq_trace_plan_of(trace), sample, outcome);
}

int sq_report_add_trace(struct sq_error *err, struct sq_trace *trace, const struct sq_range *range,
                        struct spikeq_report *report)
{
    const struct sq_network *network = report->network;
    struct sq_arena arena = {NULL, 0};
    struct sq_outcome outcome;
    struct sq_trace_sample sample;
    int status = sq_outcome_alloc(err, &arena, network, &outcome);
    if (status == SQ_OK)
        status = sq_trace_seek(err, trace, range->first);
    while (status == SQ_OK && (status = sq_trace_next(err, trace, &sample)) == 1) {
        status = SQ_OK;
        if (sample.id >= range->end)
            break;
        status = sq_outcome_from_trace(err, trace, network, &sample, &outcome);
        if (status == SQ_OK)
            status = sq_report_add_finished(err, report, &outcome);
    }
    sq_arena_free(&arena);
    return status;
}

unsigned sq_couple_batch_of(const struct sq_trace *trace)
{
    const char *text = sq_trace_meta(trace, SQ_META_COUPLE_BATCH);
    const unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 0;
    return n <= UINT16_MAX ? (unsigned)n : 0;
}

static int take_input(struct sq_error *err, const struct sq_trace *trace,
                      struct spikeq_report *report)
{
    const char *path = sq_trace_meta(trace, "input_path");
    const char *digest = sq_trace_meta(trace, "input_sha256");
    const char *names = sq_trace_meta(trace, "input_names_sha256");
    const char *description = sq_trace_meta(trace, "input_description");
    snprintf(report->input_path, sizeof report->input_path, "%s", path != NULL ? path : "");
    snprintf(report->input_digest, sizeof report->input_digest, "%s", digest != NULL ? digest : "");
    snprintf(report->input_names, sizeof report->input_names, "%s", names != NULL ? names : "");
    report->input_description = strdup(description != NULL ? description : "");
    report->n_planned = sq_trace_plan_of(trace)->n_samples;
    if (report->n_planned == SQ_TRACE_SAMPLES_UNKNOWN)
        report->n_planned = SQ_FEED_ENDLESS;
    report->schedule = SQ_SCHEDULE_LAYER;
    report->couple_batch = sq_couple_batch_of(trace);
    report->totals.isa = "";
    if (report->input_description == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
    const int status = sq_warnings_of_trace(err, trace, &report->warnings);
    return status != SQ_OK ? status
                           : sq_frame_counts_read(err, sq_trace_path(trace),
                                                  sq_trace_meta(trace, SQ_META_RECORDINGS), report);
}

int sq_report_begin_from_trace(struct sq_error *err, const struct sq_trace *trace,
                               struct spikeq_report **out)
{
    struct sq_network *network;
    int status = sq_rebuild_network(err, trace, &network);
    if (status != SQ_OK)
        return status;
    status = sq_report_new(err, network, out);
    sq_network_free(network); /* the report holds it */
    return status;
}

static int report_from_trace(struct sq_error *err, struct sq_trace *trace,
                             struct spikeq_report **out)
{
    static const struct sq_range all = {0, INT64_MAX};
    struct spikeq_report *report;
    int status = sq_report_begin_from_trace(err, trace, &report);
    if (status != SQ_OK)
        return status;
    status = take_input(err, trace, report);
    if (status == SQ_OK)
        status = sq_report_add_trace(err, trace, &all, report);
    if (status == SQ_OK && report->totals.n_samples == 0)
        status = sq_fail(err, SQ_EVALUE, "%s: holds no samples", sq_trace_path(trace));
    if (status != SQ_OK) {
        sq_report_free(report);
        return status;
    }
    sq_report_finish(report);
    *out = report;
    return SQ_OK;
}

int sq_report_from_trace(struct sq_error *err, const char *path, struct spikeq_report **out)
{
    struct sq_trace *trace;
    int status = sq_trace_open(err, path, &trace);
    if (status != SQ_OK)
        return status;
    status = report_from_trace(err, trace, out);
    sq_trace_close(trace);
    return status;
}
