/* spikeq_report_...(): what a report holds; the report of a recorded run. */
#include "sim/api/context.h"
#include "sim/replay/report_from_trace.h"
#include "traces/compare/trace_digest.h"

#include <string.h>

void spikeq_report_free(spikeq_report *report)
{
    sq_report_free(report);
}

void spikeq_report_summary(const spikeq_report *report, struct spikeq_summary *summary)
{
    sq_report_summary(report, summary);
}

void spikeq_report_population(const spikeq_report *report, size_t index,
                              struct spikeq_population *population)
{
    sq_report_population(report, index, population);
}

void spikeq_report_synapse(const spikeq_report *report, size_t index,
                           struct spikeq_synapse *synapse)
{
    sq_report_synapse(report, index, synapse);
}

void spikeq_report_attention(const spikeq_report *report, size_t index,
                             struct spikeq_attention *attention)
{
    sq_report_attention(report, index, attention);
}

void spikeq_report_node_time(const spikeq_report *report, size_t index,
                             struct spikeq_node_time *time)
{
    sq_report_node_time(report, index, time);
}

void spikeq_report_warning(const spikeq_report *report, size_t index,
                           struct spikeq_warning *warning)
{
    sq_report_warning(report, index, warning);
}

int spikeq_report_json(spikeq_ctx *ctx, const spikeq_report *report, char **text)
{
    return sq_report_json(&ctx->error, report, text);
}

int spikeq_report_of_trace(spikeq_ctx *ctx, const char *path, spikeq_report **out)
{
    return sq_report_from_trace(&ctx->error, path, out);
}

int spikeq_trace_digest(spikeq_ctx *ctx, const char *path, char **text)
{
    struct sq_trace *trace;
    char digest[SQ_DIGEST_TEXT];
    int status = sq_trace_open(&ctx->error, path, &trace);
    if (status != SQ_OK)
        return status;
    status = sq_trace_digest(&ctx->error, trace, digest);
    sq_trace_close(trace);
    if (status == SQ_OK && (*text = strdup(digest)) == NULL)
        status = sq_fail(&ctx->error, SQ_ENOMEM, "%s: out of memory", path);
    return status;
}
