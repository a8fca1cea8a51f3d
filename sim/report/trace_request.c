#include "sim/report/trace_request.h"

#include "traces/format/codec.h"

#include <string.h>

int sq_trace_request_of(struct sq_error *err, const struct spikeq_trace_options *options,
                        const struct spikeq_report *report, struct sq_trace_request *request)
{
    const char *detail = options->detail != NULL ? options->detail : "spikes";
    const char *codec = options->codec != NULL ? options->codec : "none";
    const int found = sq_codec_find(codec);
    if (strcmp(detail, "spikes") != 0 && strcmp(detail, "counts") != 0)
        return sq_fail(err, SQ_EUSAGE, "--trace-detail %s: expected spikes or counts", detail);
    if (found < 0)
        return sq_fail(err, SQ_EUSAGE, "--trace-codec %s: expected none, zlib or zstd", codec);
    *request = (struct sq_trace_request){
        .populations = options->populations,
        .n_planned =
            report->n_planned == SQ_FEED_ENDLESS ? SQ_TRACE_SAMPLES_UNKNOWN : report->n_planned,
        .detail = detail[0] == 'c' ? SQ_TRACE_COUNTS : SQ_TRACE_SPIKES,
        .codec = (enum sq_trace_codec)found,
        .arith = report->network->arith,
        .command = options->command,
        .input_path = report->input_path,
        .input_sha256 = report->input_digest,
        .input_description = report->input_description,
        .input_frames = report->input_frames,
        .warnings = report->warnings_text,
    };
    return sq_range_parse(err, "--trace-samples", options->samples, &request->samples);
}
