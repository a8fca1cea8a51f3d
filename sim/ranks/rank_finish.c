/* The end of a job: the reports of all ranks become one, the parts of the trace become the trace. */
#include "sim/ranks/rank_share_inside.h"

#include "sim/ranks/report_gather.h"
#include "sim/replay/report_from_trace.h"
#include "sim/report/trace_request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <uv.h>

/* The rank's part is written down, and closed: unfinished, as only all of them are the run. */
static int close_part(struct sq_rank_share *share)
{
    struct sq_run_job *job = share->job;
    if (job->recorder == NULL)
        return SQ_OK;
    int status = sq_trace_end(job->err, job->recorder, job->report, 0, 1);
    if (status == SQ_OK)
        status = sq_recorder_keep(job->err, job->recorder);
    sq_recorder_free(job->recorder);
    job->recorder = NULL;
    return status;
}

/* Samples that ranks recorded which this cluster has not. Rank 0. */
static int report_gone(struct sq_rank_share *share, const struct sq_run_choices *options)
{
    struct sq_recorder_options recorder;
    char text[SQ_DEALT_TEXT];
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < share->old.n; i++) {
        struct sq_sample_set held = {.n = 0};
        if (!sq_rank_is_gone(share, share->old.rank[i]))
            continue;
        char *path = sq_part_path(share->whole, share->old.rank[i]);
        status = path != NULL
                     ? sq_rank_recorder_options(share, options, path, text, &recorder)
                     : sq_fail(share->job->err, SQ_ENOMEM, "%s: out of memory", share->whole);
        if (status == SQ_OK)
            status = sq_rank_take_held(share, &recorder, 1, &held);
        sq_sample_set_free(&held);
        free(path);
    }
    return status;
}

/* The trace was merged before. Rank 0. */
static int report_merged(struct sq_rank_share *share, const struct sq_run_choices *options)
{
    struct sq_recorder_options recorder;
    struct sq_sample_set held = {.n = 0};
    int status = sq_run_job_ask(share->job, options, &recorder);
    if (status == SQ_OK)
        status = sq_rank_take_held(share, &recorder, 1, &held);
    sq_sample_set_free(&held);
    return status;
}

/* Rank 0 takes what no rank reports. */
static int report_rest(struct sq_rank_share *share, const struct sq_run_choices *options)
{
    if (share->whole == NULL || share->cluster->rank > 0 || !options->trace.resume)
        return SQ_OK;
    return share->is_merged ? report_merged(share, options) : report_gone(share, options);
}

/* Events of recordings are known of all samples or said of none. */
static int check_counts(struct sq_rank_share *share)
{
    uint64_t lacks = share->lacks_counts != 0;
    const int status = sq_cluster_sum(share->job->err, share->cluster, &lacks, 1);
    if (status == SQ_OK && share->cluster->rank == 0 && lacks > 0)
        share->job->report->has_frames = 0;
    return status;
}

/* All parts as one trace, which takes its name when it is whole; then they are removed. Rank 0. */
static int merge_parts(struct sq_rank_share *share, const struct sq_run_choices *options)
{
    struct sq_error *err = share->job->err;
    const uint64_t start_ns = uv_hrtime();
    sq_parts_free(&share->old);
    int status = sq_parts_find(err, share->whole, &share->old);
    if (status == SQ_OK && !share->is_merged)
        status = sq_parts_merge(err, share->whole, &share->old, options->trace.command,
                                options->trace.force);
    share->job->report->merge_seconds = (double)(uv_hrtime() - start_ns) * 1e-9;
    return status == SQ_OK ? sq_parts_remove(err, share->whole) : status;
}

/* Interrupted, unless every sample was finished all the same. */
static int say_interrupted(const struct sq_rank_share *share)
{
    const uint64_t n = share->job->report->totals.n_samples;
    if (n == share->n_whole)
        return SQ_OK;
    return share->whole != NULL
               ? sq_fail(share->job->err, SQ_EINTERRUPTED,
                         "interrupted after %" PRIu64 " of %" PRIu64
                         " samples; %s.rank-* hold them, " SQ_OPT "resume goes on",
                         n, share->n_whole, share->whole)
               : sq_fail(share->job->err, SQ_EINTERRUPTED,
                         "interrupted after %" PRIu64 " of %" PRIu64 " samples", n, share->n_whole);
}

int sq_rank_share_finish(struct sq_rank_share *share, const struct sq_run_choices *options,
                         int status)
{
    struct sq_cluster *cluster = share->cluster;
    struct sq_error *err = share->job->err;
    struct spikeq_report *report = share->job->report;
    int done = sq_cluster_agree(err, cluster, close_part(share));
    if (done == SQ_OK)
        done = sq_cluster_agree(err, cluster, report_rest(share, options));
    if (done == SQ_OK)
        done = sq_report_gather(err, cluster, report);
    if (done == SQ_OK)
        done = sq_cluster_agree(err, cluster, check_counts(share));
    if (done == SQ_OK && status != SQ_OK && cluster->rank == 0)
        status = say_interrupted(share);
    if (done == SQ_OK)
        done = sq_cluster_share(err, cluster, &status, sizeof status);
    if (done == SQ_OK && status == SQ_OK && share->whole != NULL && cluster->rank == 0)
        done = merge_parts(share, options);
    done = sq_cluster_agree(err, cluster, done);
    report->ranks = cluster->size;
    if (cluster->rank == 0)
        report->totals.seconds = (double)(uv_hrtime() - share->start_ns) * 1e-9;
    return done != SQ_OK ? done : status;
}
