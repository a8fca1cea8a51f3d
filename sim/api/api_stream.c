/* spikeq_stream(): events of a trace, in the order of time, to a listener. */
#include "sim/replay/stream_pump.h"

#include "sim/api/context.h"
#include "sim/record/trace_warnings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PACE_MS = 24 * 60 * 60 * 1000 };

/* "max" or whole milliseconds. */
static int parse_pace(struct sq_error *err, const char *text, uint64_t *pace_ms)
{
    char *rest;
    *pace_ms = 0;
    if (text == NULL || strcmp(text, "max") == 0)
        return SQ_OK;
    errno = 0;
    *pace_ms = strtoull(text, &rest, 10);
    if (*text >= '0' && *text <= '9' && *rest == '\0' && errno == 0 && *pace_ms <= MOST_PACE_MS)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "pace %s: expected max, or milliseconds from 0 to %d",
                   text, MOST_PACE_MS);
}

static int parse_form(struct sq_error *err, const char *text, enum sq_aer_form *form)
{
    *form = text != NULL && strcmp(text, "binary") == 0 ? SQ_AER_BINARY : SQ_AER_TEXT;
    if (text == NULL || strcmp(text, "text") == 0 || *form == SQ_AER_BINARY)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "form %s: expected text or binary", text);
}

static int stream_trace(const struct sq_stream_choices *options, const struct sq_range *range,
                        struct sq_stream *stream)
{
    struct sq_trace *trace;
    int status = sq_trace_open(stream->err, options->trace, &trace);
    if (status != SQ_OK)
        return status;
    status = sq_warnings_of_trace(stream->err, trace, NULL);
    if (status == SQ_OK)
        status = sq_event_reader_open(stream->err, trace, options->populations, range,
                                      SQ_EVENTS_BY_TIME, &stream->reader);
    if (status == SQ_OK) {
        stream->aer.selection = sq_event_reader_selection(stream->reader);
        status = sq_stream_run(stream, options->target, options->force);
    }
    sq_event_reader_close(stream->reader);
    sq_trace_close(trace);
    return status;
}

int sq_api_stream(spikeq_ctx *ctx, const struct sq_stream_choices *options,
                  struct spikeq_stream_result *result)
{
    struct sq_stream stream = {.err = &ctx->error};
    struct sq_range range;
    if (options->trace == NULL || options->target == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, "a stream needs a trace and a target");
    int status = result != NULL ? sq_sized_check(&ctx->error, result) : SQ_OK;
    if (status == SQ_OK)
        status = parse_pace(&ctx->error, options->pace, &stream.pace_ms);
    if (status == SQ_OK)
        status = parse_form(&ctx->error, options->form, &stream.aer.form);
    if (status == SQ_OK)
        status = sq_range_parse(&ctx->error, SQ_OPT "samples", options->samples, &range);
    if (status == SQ_OK)
        status = stream_trace(options, &range, &stream);
    return status == SQ_OK && result != NULL
               ? sq_sized_copy(&ctx->error, result, &stream.result, sizeof stream.result)
               : status;
}
