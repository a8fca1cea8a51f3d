#include "sim/ranks/rank_share.h"

#include "sim/report/input_identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* What must be the same at every rank, besides the digest that rank 0 computes. */
struct hello {
    char version[32];
    uint64_t n_samples;
    char description[512];
};

static struct hello hello_of(const struct sq_rank_share *share)
{
    struct hello hello = {.n_samples = share->n_whole};
    snprintf(hello.version, sizeof hello.version, "%s", SQ_VERSION);
    snprintf(hello.description, sizeof hello.description, "%s",
             share->job->report->input_description);
    return hello;
}

/* Does rank 0 have the same? */
static int compare(struct sq_error *err, const struct hello *own, const struct hello *first,
                   const char *path)
{
    if (strcmp(own->version, first->version) != 0)
        return sq_fail(err, SQ_ESHAPE, "spikeq is of version %s here, of version %s at rank 0",
                       own->version, first->version);
    if (own->n_samples != first->n_samples || strcmp(own->description, first->description) != 0)
        return sq_fail(
            err, SQ_ESHAPE,
            "%s: is another input than that of rank 0: %s, %" PRIu64 " samples, there %s, %" PRIu64,
            path, own->description, own->n_samples, first->description, first->n_samples);
    return SQ_OK;
}

int sq_rank_share_take(struct sq_rank_share *share, struct sq_cluster *cluster,
                       struct sq_run_job *job, const struct sq_run_choices *options,
                       const struct sq_input *input)
{
    struct spikeq_report *report = job->report;
    struct sq_error *err = job->err;
    share->cluster = cluster;
    share->job = job;
    share->n_whole = report->n_planned = sq_input_count(input);
    share->start_ns = uv_hrtime();
    const struct hello own = hello_of(share);
    struct hello first = own;
    int status = cluster->rank == 0
                     ? sq_report_identify_input(err, options->input_digest, input, report)
                     : SQ_OK;
    status = sq_cluster_agree(err, cluster, status);
    if (status == SQ_OK)
        status = sq_cluster_share(err, cluster, report->input_digest, sizeof report->input_digest);
    if (status == SQ_OK)
        status = sq_cluster_share(err, cluster, report->input_names, sizeof report->input_names);
    if (status == SQ_OK)
        status = sq_cluster_share(err, cluster, &first, sizeof first);
    if (status == SQ_OK)
        status = compare(err, &own, &first, report->input_path);
    return sq_cluster_agree(err, cluster, status);
}

/* The next block; the one behind it is asked for meanwhile. */
static int next_block(struct sq_error *err, void *data, struct sq_range *range)
{
    struct sq_rank_share *share = data;
    struct sq_block block;
    int status = SQ_OK;
    if (!share->has_asked)
        status = sq_cluster_ask(err, share->cluster, &share->state);
    if (status == SQ_OK)
        status = sq_cluster_hear(err, share->cluster, &block);
    if (status != SQ_OK)
        return status;
    if (block.first == block.end)
        return SQ_FEED_OVER;
    *range = (struct sq_range){block.first, block.end};
    share->has_asked = 1;
    return sq_cluster_ask(err, share->cluster, &share->state);
}

static int count_finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    struct sq_rank_share *share = data;
    (void)err, (void)outcome;
    share->state.n_done++;
    return SQ_OK;
}

/* Rank 0: of all ranks, as they last said. */
static void show_progress(void *data, uint64_t n_done, uint64_t n_total)
{
    const struct sq_rank_share *share = data;
    (void)n_total;
    share->progress(share->progress_data, n_done + sq_dealer_done_elsewhere(&share->dealer),
                    share->n_whole - share->n_held);
}

/* Without a trace that holds some, all samples are left. */
static int begin_dealing(struct sq_rank_share *share)
{
    struct sq_error *err = share->job->err;
    const struct sq_cluster *cluster = share->cluster;
    int status = SQ_OK;
    if (cluster->rank > 0)
        return SQ_OK;
    if (share->whole == NULL)
        status = sq_sample_set_append(err, &share->left, (struct sq_range){0, share->n_whole});
    return status == SQ_OK ? sq_dealer_begin(err, &share->dealer, &share->left, cluster->size,
                                             share->job->report->couple_batch)
                           : status;
}

static int run_blocks(struct sq_rank_share *share, const struct sq_run_choices *options,
                      struct sq_feed *feed)
{
    struct sq_run_choices inner = *options;
    share->progress = options->progress;
    share->progress_data = options->progress_data;
    share->ranges = (struct sq_ranges){.next = next_block, .data = share};
    share->job->finished = count_finished;
    share->job->data = share;
    inner.progress = options->progress != NULL && share->cluster->rank == 0 ? show_progress : NULL;
    inner.progress_data = share;
    feed->ranges = &share->ranges;
    feed->n_samples = SQ_FEED_ENDLESS;
    return sq_run_job_run(share->job->err, share->job, &inner, feed);
}

int sq_rank_share_run(struct sq_rank_share *share, const struct sq_run_choices *options,
                      struct sq_feed *feed)
{
    struct sq_error *err = share->job->err;
    const struct sq_desk desk = {.answer = sq_dealer_answer, .data = &share->dealer};
    int status = sq_cluster_agree(err, share->cluster, begin_dealing(share));
    if (status == SQ_OK)
        status = sq_cluster_open_desk(err, share->cluster, &desk);
    if (status != SQ_OK)
        return status;
    status = run_blocks(share, options, feed);
    share->state.leaves = 1;
    share->state.failed = status != SQ_OK;
    const int closed = sq_cluster_close_desk(err, share->cluster, &share->state);
    return sq_cluster_agree(err, share->cluster, status != SQ_OK ? status : closed);
}

void sq_rank_share_free(struct sq_rank_share *share)
{
    sq_dealer_free(&share->dealer);
    sq_sample_set_free(&share->held);
    sq_sample_set_free(&share->left);
    sq_parts_free(&share->old);
    free(share->part);
    share->part = NULL;
}
