/* spikeq_merge(): shards of a run, by what their files are. */
#include "sim/api/context.h"
#include "sim/merge/merge.h"
#include "sim/merge/shard_files.h"
#include "traces/read/trace_reader.h"

/* All are traces, or none is: *is_trace. */
static int find_kind(struct sq_error *err, const struct sq_merge_choices *options, int *is_trace)
{
    *is_trace = sq_trace_is_store(options->shards[0]);
    for (size_t i = 1; i < options->n_shards; i++)
        if (sq_trace_is_store(options->shards[i]) != *is_trace)
            return sq_fail(err, SQ_EUSAGE,
                           "%s: is %s, but %s is %s: give traces alone, or reports alone",
                           options->shards[i], *is_trace ? "not a trace" : "a trace",
                           options->shards[0], *is_trace ? "one" : "not");
    return SQ_OK;
}

int sq_api_merge(spikeq_ctx *ctx, const struct sq_merge_choices *options,
                 struct spikeq_merge_summary *summary)
{
    struct sq_error *err = &ctx->error;
    struct sq_merged merged = {.n_samples = 0};
    int is_trace = 0;
    if (options->n_shards == 0 || options->out == NULL)
        return sq_fail(err, SQ_EUSAGE, "shards and " SQ_OPT "out are needed to merge");
    const struct sq_merge_request request = {.path = options->shards,
                                             .n = options->n_shards,
                                             .out = options->out,
                                             .force = options->force,
                                             .command = options->command,
                                             .progress = options->progress,
                                             .progress_data = options->progress_data};
    int status = summary != NULL ? sq_sized_check(err, summary) : SQ_OK;
    if (status == SQ_OK)
        status = sq_shard_files_check_out(err, options->shards, options->n_shards, options->out);
    if (status == SQ_OK)
        status = find_kind(err, options, &is_trace);
    if (status == SQ_OK)
        status = is_trace ? sq_merge_traces(err, &request, &merged)
                          : sq_merge_reports(err, &request, &merged);
    const struct spikeq_merge_summary filled = {
        .n_samples = merged.n_samples, .n_shards = options->n_shards, .is_trace = is_trace};
    return status == SQ_OK && summary != NULL ? sq_sized_copy(err, summary, &filled, sizeof filled)
                                              : status;
}
