/* spikeq_report_...(): what a report holds; the report of a recorded run. */
#include "sim/api/context.h"
#include "sim/replay/report_from_trace.h"
#include "traces/compare/trace_digest.h"

#include <string.h>

void spikeq_report_free(spikeq_report *report)
{
    sq_report_free(report);
}

int spikeq_report_summary(const spikeq_report *report, struct spikeq_summary *summary)
{
    struct spikeq_summary filled;
    sq_report_summary(report, &filled);
    return sq_sized_copy(NULL, summary, &filled, sizeof filled);
}

/* spikeq_report_PART(): as much of what sq_report_PART() fills as the caller has room for, of `n_parts`. */
#define REPORT_PART(part, n_parts)                                      \
    int spikeq_report_##part(const spikeq_report *report, size_t index, \
                             struct spikeq_##part *part)                \
    {                                                                   \
        struct spikeq_##part filled;                                    \
        if (index >= (n_parts))                                         \
            return SQ_EUSAGE;                                           \
        sq_report_##part(report, index, &filled);                       \
        return sq_sized_copy(NULL, part, &filled, sizeof filled);       \
    }

REPORT_PART(population, report->n_populations)
REPORT_PART(synapse, report->n_synapses)
REPORT_PART(attention, report->n_attentions)
REPORT_PART(node_time, sq_report_n_node_times(report))
REPORT_PART(warning, report->warnings.n)

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
