/* The parts of a trace at the beginning of a job: which samples they hold, and which are left. */
#include "sim/ranks/rank_share_inside.h"

#include "sim/replay/report_from_trace.h"
#include "sim/report/frame_counts_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int sq_rank_recorder_options(const struct sq_rank_share *share,
                             const struct sq_run_choices *options, const char *path,
                             char text[SQ_DEALT_TEXT], struct sq_recorder_options *recorder)
{
    const int status = sq_run_job_ask(share->job, options, recorder);
    if (status != SQ_OK)
        return status;
    const struct sq_range *samples = &recorder->request.samples;
    const uint64_t end = samples->end < share->n_whole ? samples->end : share->n_whole;
    snprintf(text, SQ_DEALT_TEXT, "{\"dealt\":true,\"whole\":%" PRIu64 "}",
             samples->first < end ? end - samples->first : 0);
    recorder->path = path;
    recorder->replace = 0;
    recorder->request.shard = text;
    return SQ_OK;
}

int sq_rank_take_held(struct sq_rank_share *share, const struct sq_recorder_options *recorder,
                      int with_report, struct sq_sample_set *held)
{
    static const struct sq_range all = {0, INT64_MAX};
    struct sq_run_job *job = share->job;
    struct sq_trace *trace = NULL;
    int status = sq_recorder_peek(job->err, job->network, recorder, &trace, held);
    if (status == SQ_OK && trace != NULL && held->n > 0 && with_report) {
        const char *recordings = sq_trace_meta(trace, SQ_META_RECORDINGS);
        share->lacks_counts |= recordings == NULL;
        status = sq_report_add_trace(job->err, trace, &all, job->report);
        if (status == SQ_OK)
            status = sq_frame_counts_read(job->err, recorder->path, recordings, job->report);
    }
    sq_trace_close(trace);
    return status;
}

static int forget_parts(struct sq_rank_share *share)
{
    sq_parts_free(&share->old);
    return sq_parts_remove(share->job->err, share->whole);
}

/* Is there something that neither `resume` nor `force` says what to do with? Rank 0. */
static int check_files(struct sq_rank_share *share, const struct sq_trace_choices *trace)
{
    struct sq_error *err = share->job->err;
    int status = sq_parts_find(err, trace->path, &share->old);
    if (status != SQ_OK || trace->resume)
        return status;
    if (trace->force)
        return forget_parts(share);
    if (access(trace->path, F_OK) == 0)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: already exists; " SQ_OPT "force replaces it, " SQ_OPT
                       "resume continues it",
                       trace->path);
    return share->old.n == 0 ? SQ_OK
                             : sq_fail(err, SQ_EUSAGE,
                                       "%s.rank-%u: is part of a job that was cut short; " SQ_OPT
                                       "resume goes on with it, " SQ_OPT "force begins anew",
                                       trace->path, share->old.rank[0]);
}

/* Which part holds which samples. */
struct holding {
    struct sq_range samples;
    unsigned owner; /* its rank */
};

struct holdings {
    struct holding *item;
    size_t n, room;
};

static int add_holdings(struct sq_error *err, struct holdings *all, unsigned owner,
                        const struct sq_range *range, size_t n)
{
    if (all->n + n > all->room) {
        const size_t room = (all->n + n) * 2;
        struct holding *grown = realloc(all->item, room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "out of memory for what parts of the trace hold");
        all->item = grown;
        all->room = room;
    }
    for (size_t i = 0; i < n; i++) {
        all->item[all->n].owner = owner;
        memcpy(&all->item[all->n++].samples, &range[i], sizeof *range);
    }
    return SQ_OK;
}

/* Of one trace: its samples, not yet in any report. */
static int add_trace(struct sq_rank_share *share, const struct sq_recorder_options *recorder,
                     unsigned owner, struct holdings *all)
{
    struct sq_sample_set held = {.n = 0};
    int status = sq_rank_take_held(share, recorder, 0, &held);
    if (status == SQ_OK)
        status = add_holdings(share->job->err, all, owner, held.range, held.n);
    sq_sample_set_free(&held);
    return status;
}

/* Parts of ranks that this cluster has not. */
static int add_gone(struct sq_rank_share *share, const struct sq_recorder_options *recorder,
                    struct holdings *all)
{
    struct sq_recorder_options of_part = *recorder;
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < share->old.n; i++) {
        const unsigned rank = share->old.rank[i];
        char *path = sq_rank_is_gone(share, rank) ? sq_part_path(share->whole, rank) : NULL;
        if (sq_rank_is_gone(share, rank) && path == NULL)
            status = sq_fail(share->job->err, SQ_ENOMEM, "%s: out of memory", share->whole);
        of_part.path = path;
        if (path != NULL)
            status = add_trace(share, &of_part, rank, all);
        free(path);
    }
    return status;
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = ((const struct holding *)a)->samples.first;
    const uint64_t y = ((const struct holding *)b)->samples.first;
    return (x > y) - (x < y);
}

static int refuse_twice(const struct sq_rank_share *share, uint64_t sample, unsigned a, unsigned b)
{
    return sq_fail(share->job->err, SQ_EVALUE,
                   "%s.rank-%u and %s.rank-%u: both hold sample %" PRIu64
                   "; remove one of them, " SQ_OPT "resume then runs its samples again",
                   share->whole, a, share->whole, b, sample);
}

/* What nothing holds is left. */
static int subtract(struct sq_rank_share *share, struct holdings *all)
{
    struct sq_error *err = share->job->err;
    struct sq_range everything = {0, share->n_whole};
    const struct sq_sample_set whole = {.range = &everything, .n = 1};
    struct sq_sample_set held = {.n = 0};
    int status = SQ_OK;
    if (all->n > 1)
        qsort(all->item, all->n, sizeof *all->item, compare);
    for (size_t i = 0; status == SQ_OK && i < all->n; i++) {
        if (i > 0 && all->item[i].samples.first < all->item[i - 1].samples.end)
            status = refuse_twice(share, all->item[i].samples.first, all->item[i - 1].owner,
                                  all->item[i].owner);
        else
            status = sq_sample_set_append(err, &held, all->item[i].samples);
    }
    if (status == SQ_OK)
        status = sq_sample_set_without(err, &whole, &held, &share->left);
    share->n_held = share->n_whole - sq_sample_set_count(&share->left);
    sq_sample_set_free(&held);
    return status;
}

/* State runs on through whole batches: none can be begun in the middle. */
static int check_batches(const struct sq_rank_share *share)
{
    const unsigned couple = share->job->report->couple_batch;
    for (size_t i = 0; couple > 1 && i < share->left.n; i++)
        if (share->left.range[i].first % couple > 0)
            return sq_fail(share->job->err, SQ_EUNSUPPORTED,
                           "%s: its parts end at sample %" PRIu64
                           ", within a batch of %u whose state ran on; record it again",
                           share->whole, share->left.range[i].first, couple);
    return SQ_OK;
}

/* Rank 0: what all ranks hold, and those that are gone. */
static int find_left(struct sq_rank_share *share, const struct sq_recorder_options *recorder,
                     const struct sq_gathered *gathered)
{
    struct holdings all = {.n = 0};
    int status = SQ_OK;
    for (unsigned rank = 0; status == SQ_OK && rank < share->cluster->size; rank++) {
        size_t bytes;
        const unsigned char *range = sq_gathered_of(gathered, rank, &bytes);
        status = add_holdings(share->job->err, &all, rank, (const void *)range,
                              bytes / sizeof(struct sq_range));
    }
    if (status == SQ_OK)
        status = add_gone(share, recorder, &all);
    if (status == SQ_OK)
        status = subtract(share, &all);
    free(all.item);
    return status == SQ_OK ? check_batches(share) : status;
}

/* What the ranks hold, from everyone's own part. */
static int gather_held(struct sq_rank_share *share, const struct sq_recorder_options *recorder)
{
    struct sq_error *err = share->job->err;
    struct sq_gathered gathered;
    int status = sq_rank_take_held(share, recorder, 1, &share->held);
    status = sq_cluster_agree(err, share->cluster, status);
    if (status != SQ_OK)
        return status;
    status = sq_cluster_gather(err, share->cluster, share->held.range,
                               share->held.n * sizeof *share->held.range, &gathered);
    if (status == SQ_OK && share->cluster->rank == 0)
        status = find_left(share, recorder, &gathered);
    sq_gathered_free(&gathered);
    return sq_cluster_agree(err, share->cluster, status);
}

/* A trace of that name that is there already, where it is resumed: it was merged, and the job ended before its parts
 * were removed; or it was begun by one process alone. What it does not hold (trace.samples) runs for the report. Rank 0. */
static int take_whole(struct sq_rank_share *share, const struct sq_run_choices *options)
{
    struct sq_run_job *job = share->job;
    struct sq_recorder_options recorder;
    struct sq_trace *trace = NULL;
    struct sq_sample_set held = {.n = 0};
    struct holdings all = {.n = 0};
    if (access(share->whole, F_OK) != 0)
        return SQ_OK;
    int status = sq_run_job_ask(job, options, &recorder);
    if (status == SQ_OK)
        status = sq_recorder_peek(job->err, job->network, &recorder, &trace, &held);
    if (status == SQ_OK && trace != NULL && !sq_trace_is_complete(trace))
        status = sq_fail(job->err, SQ_EUSAGE,
                         "%s: was begun by one process alone; go on without mpirun, or give " SQ_OPT
                         "force",
                         share->whole);
    share->is_merged = status == SQ_OK && trace != NULL;
    if (share->is_merged)
        status = add_holdings(job->err, &all, 0, held.range, held.n);
    if (status == SQ_OK && share->is_merged)
        status = subtract(share, &all);
    free(all.item);
    sq_sample_set_free(&held);
    sq_trace_close(trace);
    return status == SQ_OK ? check_batches(share) : status;
}

static int open_part(struct sq_rank_share *share, const struct sq_run_choices *options)
{
    struct sq_error *err = share->job->err;
    struct sq_recorder_options recorder;
    char text[SQ_DEALT_TEXT];
    int status = sq_rank_recorder_options(share, options, share->part, text, &recorder);
    status = sq_cluster_agree(err, share->cluster, status);
    if (status == SQ_OK)
        status = gather_held(share, &recorder);
    if (status == SQ_OK)
        status = sq_cluster_agree(err, share->cluster, sq_run_job_record(share->job, &recorder));
    return status;
}

int sq_rank_share_record(struct sq_rank_share *share, const struct sq_run_choices *options)
{
    struct sq_cluster *cluster = share->cluster;
    struct sq_error *err = share->job->err;
    share->whole = options->trace.path;
    share->part = sq_part_path(share->whole, cluster->rank);
    int status =
        share->part != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "%s: out of memory", share->whole);
    if (status == SQ_OK && cluster->rank == 0)
        status = check_files(share, &options->trace);
    if (status == SQ_OK && cluster->rank == 0 && options->trace.resume)
        status = take_whole(share, options);
    status = sq_cluster_agree(err, cluster, status);
    if (status == SQ_OK)
        status = sq_cluster_share(err, cluster, &share->is_merged, sizeof share->is_merged);
    return status == SQ_OK && !share->is_merged ? open_part(share, options) : status;
}
