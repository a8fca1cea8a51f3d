#include "sim/report/trace_request.h"

#include "sim/json/warnings_json.h"
#include "sim/report/frame_counts_json.h"
#include "sim/report/shard_json.h"
#include "traces/format/codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The part that runs, and how many samples the traces of all parts will hold. */
static int request_shard(struct sq_error *err, struct spikeq_report *report,
                         struct sq_trace_request *request)
{
    const struct sq_range *samples = &request->samples;
    const uint64_t end = samples->end < report->n_whole ? samples->end : report->n_whole;
    if (report->shard.of == 0)
        return SQ_OK;
    free(report->shard_note);
    report->shard_note = sq_shard_note(report, samples->first < end ? end - samples->first : 0);
    request->n_planned = report->n_whole;
    request->share = report->share;
    request->shard = report->shard_note;
    request->shard_from = report->shard.source[0] != '\0' ? report->shard.source : NULL;
    return report->shard_note != NULL ? SQ_OK
                                      : sq_fail(err, SQ_ENOMEM, "out of memory for the trace");
}

int sq_trace_request_of(struct sq_error *err, const struct sq_trace_choices *options,
                        struct spikeq_report *report, struct sq_trace_request *request)
{
    const char *detail = options->detail != NULL ? options->detail : "spikes";
    const char *codec = options->codec != NULL ? options->codec : "none";
    const int found = sq_codec_find(codec), has_names = report->input_names[0] != '\0';
    if (strcmp(detail, "spikes") != 0 && strcmp(detail, "counts") != 0)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "trace-detail %s: expected spikes or counts", detail);
    if (found < 0)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "trace-codec %s: expected none, zlib or zstd", codec);
    *request = (struct sq_trace_request){
        .populations = options->populations,
        .n_planned =
            report->n_planned == SQ_FEED_ENDLESS ? SQ_TRACE_SAMPLES_UNKNOWN : report->n_planned,
        .detail = detail[0] == 'c' ? SQ_TRACE_COUNTS : SQ_TRACE_SPIKES,
        .codec = (enum sq_trace_codec)found,
        .arith = report->network->arith,
        .command = options->command,
        .couple_batch = report->couple_batch,
        .input_path = report->input_path,
        .input_sha256 = has_names ? NULL : report->input_digest,
        .input_names_sha256 = has_names ? report->input_names : NULL,
        .input_description = report->input_description,
        .input_frames = report->input_frames,
        .warnings = report->warnings_text,
    };
    const int status =
        sq_range_parse(err, SQ_OPT "trace-samples", options->samples, &request->samples);
    return status == SQ_OK ? request_shard(err, report, request) : status;
}

static int amend_recordings(struct sq_error *err, struct sq_recorder *recorder,
                            const struct spikeq_report *report)
{
    char *text = sq_frame_counts_text(report);
    const int status = text != NULL ? sq_recorder_amend(err, recorder, SQ_META_RECORDINGS, text)
                                    : sq_fail(err, SQ_ENOMEM, "out of memory for the trace");
    free(text);
    return status;
}

/* Those that came after the trace had begun. */
static int amend_warnings(struct sq_error *err, struct sq_recorder *recorder,
                          const struct spikeq_report *report)
{
    char *text = NULL;
    int status = sq_warnings_note(err, &report->warnings, &text);
    if (status == SQ_OK && text != NULL)
        status = sq_recorder_amend(err, recorder, SQ_META_WARNINGS, text);
    free(text);
    return status;
}

static int amend_length(struct sq_error *err, struct sq_recorder *recorder, uint64_t n_samples)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRIu64, n_samples);
    return sq_recorder_amend(err, recorder, "run_samples", number);
}

int sq_trace_end(struct sq_error *err, struct sq_recorder *recorder,
                 const struct spikeq_report *report, int is_stream, int is_interrupted)
{
    int status = SQ_OK;
    if (report->has_frames)
        status = amend_recordings(err, recorder, report);
    if (status == SQ_OK)
        status = amend_warnings(err, recorder, report);
    if (status != SQ_OK || is_interrupted)
        return status;
    if (is_stream)
        status = amend_length(err, recorder, report->totals.n_samples);
    return status == SQ_OK ? sq_recorder_finish(err, recorder) : status;
}
