#include "sim/session/run_share.h"

#include "sim/replay/report_from_trace.h"
#include "sim/report/frame_counts_json.h"
#include "traces/read/trace_reader.h"

int sq_run_share_take(struct sq_run_job *job, const struct sq_shard *shard, uint64_t n_samples,
                      struct sq_run_share *share)
{
    struct spikeq_report *report = job->report;
    *share = (struct sq_run_share){.samples = {0, n_samples}};
    report->n_planned = n_samples;
    if (shard->of == 0)
        return SQ_OK;
    const int status =
        sq_shard_samples(job->err, shard, n_samples, report->couple_batch, &share->samples);
    if (status == SQ_OK)
        sq_report_take_shard(report, shard, share->samples, n_samples);
    return status;
}

/* The first samples, from the trace of an earlier run. */
static int report_held(struct sq_run_job *job, struct sq_trace *trace, struct sq_run_share *share)
{
    const uint64_t first = share->samples.first, n = share->n_held;
    const struct sq_range held = {first, first + n};
    const unsigned couple = job->report->couple_batch;
    const char *recordings = sq_trace_meta(trace, SQ_META_RECORDINGS);
    share->lacks_counts = recordings == NULL;
    if (couple > 1 && held.end < share->samples.end && n % couple > 0)
        return sq_fail(job->err, SQ_EUNSUPPORTED,
                       "%s: ends after %llu samples, within a batch of %u whose state ran on; "
                       "record it again",
                       sq_trace_path(trace), (unsigned long long)n, couple);
    const int status = sq_report_add_trace(job->err, trace, &held, job->report);
    return status == SQ_OK
               ? sq_frame_counts_read(job->err, sq_trace_path(trace), recordings, job->report)
               : status;
}

int sq_run_share_resume(struct sq_run_job *job, const struct sq_recorder_options *options,
                        struct sq_run_share *share)
{
    const struct sq_sample_set mine = {.range = &share->samples, .n = 1};
    struct sq_trace *trace = NULL;
    struct sq_sample_set held = {.n = 0};
    int status = sq_recorder_peek(job->err, job->network, options, &trace, &held);
    if (status == SQ_OK)
        share->n_held = sq_sample_set_begun(&mine, &held);
    if (status == SQ_OK && share->n_held > 0)
        status = report_held(job, trace, share);
    sq_sample_set_free(&held);
    sq_trace_close(trace);
    return status;
}

int sq_run_share_feed(struct sq_error *err, struct sq_run_share *share, struct sq_feed *feed)
{
    const struct sq_range left = {share->samples.first + share->n_held, share->samples.end};
    const int status = sq_sample_set_append(err, &share->to_run, left);
    share->ranges = sq_ranges_of_set(&share->cursor, &share->to_run);
    feed->ranges = &share->ranges;
    feed->n_before = share->n_held;
    feed->n_samples = share->samples.end - share->samples.first;
    return status;
}

void sq_run_share_free(struct sq_run_share *share)
{
    sq_sample_set_free(&share->to_run);
}
